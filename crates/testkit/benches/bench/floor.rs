//! What cannot be avoided: programs that only read, only unpack, or only look for the ends of lines.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};

/// The first argument of our own binary when it is to do one of these.
pub(crate) const FLOOR: &str = "--floor";

/// Does what the first word says to all files that follow.
pub(crate) fn run(words: &[OsString]) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 20];
    for file in &words[1..] {
        let mut file = File::open(file)?;
        match words[0].to_string_lossy().as_ref() {
            "read" => drain(&mut file, &mut buffer, |_| ())?,
            "gunzip" => drain(&mut flate2::read::MultiGzDecoder::new(file), &mut buffer, |_| ())?,
            "lines" => {
                let mut lines = 0;
                drain(&mut file, &mut buffer, |bytes| lines += memchr::memchr_iter(b'\n', bytes).count())?;
                println!("{lines}");
            }
            other => return Err(io::Error::other(format!("there is no floor {other:?}"))),
        }
    }
    Ok(())
}

fn drain(input: &mut dyn Read, buffer: &mut [u8], mut each: impl FnMut(&[u8])) -> io::Result<()> {
    loop {
        match input.read(buffer)? {
            0 => return Ok(()),
            length => each(&buffer[..length]),
        }
    }
}
