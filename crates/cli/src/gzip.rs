//! Compression of what is written to a name that ends in `.gz`.

use profkit_formats::GzipWriter;
use std::io::{Result, Write};

/// Compresses, unless what is written turns out to be gzip already: some formats compress by themselves,
/// and their usual names end in `.gz` too.
pub(crate) struct Gzip<'o> {
    stream: Stream<'o>,
    threads: usize,
}

enum Stream<'o> {
    /// Nothing was written yet.
    Open(&'o mut dyn Write),
    AsIs(&'o mut dyn Write),
    Compressed(Box<GzipWriter<&'o mut dyn Write>>),
    /// Takes the place of another while that one moves.
    Moving,
}

/// What every gzip stream starts with.
const MAGIC: [u8; 2] = [0x1f, 0x8b];

impl<'o> Gzip<'o> {
    pub(crate) fn new(out: &'o mut dyn Write, threads: usize) -> Gzip<'o> {
        Gzip { stream: Stream::Open(out), threads }
    }

    fn decide(&mut self, is_gzip: bool) {
        self.stream = match std::mem::replace(&mut self.stream, Stream::Moving) {
            Stream::Open(out) if is_gzip => Stream::AsIs(out),
            Stream::Open(out) => Stream::Compressed(Box::new(GzipWriter::new(out, self.threads))),
            decided => decided,
        };
    }

    /// Writes the end of the stream.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.decide(false);
        match self.stream {
            Stream::Compressed(encoder) => encoder.finish().map(drop),
            _ => Ok(()),
        }
    }
}

impl Write for Gzip<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        if !bytes.is_empty() {
            self.decide(bytes.starts_with(&MAGIC));
        }
        match &mut self.stream {
            Stream::Open(_) | Stream::Moving => Ok(0),
            Stream::AsIs(out) => out.write(bytes),
            Stream::Compressed(encoder) => encoder.write(bytes),
        }
    }

    /// Does nothing: a flush in the middle would only make the stream longer.
    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn gzip(parts: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut gzip = Gzip::new(&mut out, 1);
        parts.iter().for_each(|part| gzip.write_all(part).unwrap());
        gzip.finish().unwrap();
        out
    }

    fn unpacked(bytes: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(bytes).read_to_end(&mut text).unwrap();
        text
    }

    #[test]
    fn compresses_once() {
        let once = gzip(&[b"", b"f", b" 1\n"]);
        assert_eq!(unpacked(&once), b"f 1\n");
        assert_eq!(gzip(&[&once[..10], &once[10..]]), once);
    }

    #[test]
    fn nothing_is_a_stream_too() {
        assert_eq!(unpacked(&gzip(&[])), b"");
    }
}
