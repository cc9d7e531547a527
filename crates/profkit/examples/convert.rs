//! Converts a profile: `cargo run -p profkit --example convert -- IN OUT`.

use profkit::{Notes, ReadOptions, WriteOptions, formats};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let [input, output] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "usage: convert IN OUT")?;
    let mut notes = Notes::new();
    let bytes = std::fs::read(&input)?;
    let (profile, _) = formats::read(&bytes, Some(&input), None, &ReadOptions::default(), &mut notes)?;
    let mut out = Vec::new();
    formats::for_output(&output)?.write(&profile, &mut out, &WriteOptions::default(), &mut notes)?;
    std::fs::write(&output, out)?;
    notes.iter().for_each(|note| eprintln!("note: {note}"));
    Ok(())
}
