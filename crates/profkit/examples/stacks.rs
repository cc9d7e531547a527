//! Prints every sample of a profile, innermost function first: `cargo run -p profkit --example stacks -- FILE`.

use profkit::{Notes, ReadOptions, formats};
use std::error::Error;
use std::io::Write;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("usage: stacks FILE")?;
    let (profile, format) =
        formats::read(&std::fs::read(&file)?, Some(&file), None, &ReadOptions::default(), &mut Notes::new())?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{file} is {}", format.description())?;
    for sample in profile.samples.iter() {
        let frames = sample.stack.into_iter().flat_map(|stack| profile.stacks.leaf_to_root(stack));
        let names: Vec<_> = frames.map(|frame| profile.frame_name(frame).unwrap_or("?")).collect();
        writeln!(out, "{:?} {}", sample.values, names.join(" < "))?;
    }
    Ok(())
}
