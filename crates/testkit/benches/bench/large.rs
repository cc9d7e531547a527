//! An input for every reader, of the same size once it is unpacked.

use flate2::bufread::MultiGzDecoder;
use profkit_core::{Format, Notes, ReadOptions, WriteOptions};
use profkit_formats::FORMATS;
use profkit_testkit::inputs::{Drift, Graph, Stacks, callgrind, collapsed, heap, pprof, pstats, speedscope};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

/// Arcs of a graph for each of its functions.
const ARCS: usize = 6;

type Make = fn(usize, &mut dyn Write) -> io::Result<()>;

/// Formats that we generate without our own writers; the number is the bytes to ask of the generator for each byte.
const GENERATED: &[(&str, f64, Make)] = &[
    ("callgrind", 1.0 / 525.0, |functions, out| callgrind(&Graph::new(functions, ARCS * functions), out)),
    ("collapsed", 1.0, |bytes, out| collapsed(&stacks(bytes), out)),
    ("pprof", 4.2, |bytes, out| {
        let stacks = stacks(bytes);
        pprof(&stacks, 0..stacks.len(), out)
    }),
    ("pprof-legacy", 0.6, |bytes, out| heap(&stacks(bytes), out)),
    ("pstats", 1.0 / 380.0, |functions, out| pstats(&Graph::new(functions, ARCS * functions), out)),
    ("speedscope", 2.7, |bytes, out| speedscope(&stacks(bytes), out)),
];

fn stacks(bytes: usize) -> Stacks {
    Stacks::of_collapsed_bytes(bytes, 1, Drift::None)
}

/// Returns every format with a reader, and the name of its input if there can be one.
pub(crate) fn readers() -> impl Iterator<Item = (&'static str, Option<String>)> {
    FORMATS.iter().filter(|format| format.can_read()).map(|format| {
        let there = format.can_write() || GENERATED.iter().any(|made| made.0 == format.name());
        (format.name(), there.then(|| format!("large.{}", format.name())))
    })
}

/// Writes the input of the given name, of about so many bytes once it is unpacked.
pub(crate) fn write(name: &str, bytes: usize, out: &mut dyn Write) -> io::Result<()> {
    let format = name.strip_prefix("large.").unwrap_or(name);
    if let Some(&(_, factor, make)) = GENERATED.iter().find(|made| made.0 == format) {
        return make((bytes as f64 * factor) as usize, out);
    }
    let format = profkit_formats::named(format).map_err(io::Error::other)?;
    // What one byte of stacks comes to is seen on a small file.
    let trial = bytes / 50;
    let mut written = Vec::new();
    through(format, trial, &mut written)?;
    through(format, (trial as f64 * bytes as f64 / written.len() as f64) as usize, out)
}

/// Writes stacks by the writer of the format.
fn through(format: &'static Format, bytes: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Vec::new();
    collapsed(&stacks(bytes), &mut text)?;
    let mut notes = Notes::new();
    let (profile, _) = profkit_formats::read(&text, Some("s.folded"), None, &ReadOptions::default(), &mut notes)
        .map_err(io::Error::other)?;
    let prepared =
        profkit_core::prepare(&profile, format, &WriteOptions::default(), &mut notes).map_err(io::Error::other)?;
    format.write(prepared, out, &WriteOptions::default(), &mut notes).map_err(io::Error::other)
}

/// Returns the bytes of a file once it is unpacked.
pub(crate) fn unpacked(file: &Path) -> io::Result<u64> {
    let mut input = BufReader::new(File::open(file)?);
    match input.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        true => io::copy(&mut MultiGzDecoder::new(input), &mut io::sink()),
        false => Ok(file.metadata()?.len()),
    }
}
