//! Inputs: files or stdin, read whole and opened.

use crate::args::{FormatName, InputArgs};
use crate::failure::{Failure, Result};
use crate::knobs;
use crate::progress::{Extent, Progress};
use profkit_core::{Error, Format, Notes, Profile, ReadOptions};
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::num::NonZeroUsize;
use std::path::Path;

/// An input that is in memory, unpacked, and whose format is known, but which is not parsed yet.
#[derive(Debug)]
pub struct Source {
    name: String,
    format: FormatName,
    bytes: Vec<u8>,
    options: ReadOptions,
}

/// How many bytes of a file are read before progress is shown.
const PIECE: u64 = 1 << 20;
/// What is wrong where stdin is asked for twice.
pub(crate) const ONE_STDIN: &str = "- stands for stdin, which can be read only once";

impl Source {
    /// Reads a file, or stdin for `-` and for no path at all.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be read, is larger than allowed or is not of any known format.
    pub fn open(path: Option<&Path>, args: &InputArgs) -> Result<Source> {
        Source::open_watched(path, args, &|_, _| Progress::hidden())
    }

    /// Does what [`open`](Source::open) does, and calls `progress` at the start of each step.
    pub(crate) fn open_watched(
        path: Option<&Path>,
        args: &InputArgs,
        progress: &dyn Fn(Extent, &str) -> Progress,
    ) -> Result<Source> {
        let file = path.filter(|path| *path != Path::new("-"));
        let name = file.map_or("<stdin>".to_owned(), |path| path.display().to_string());
        if path.is_none() && io::stdin().is_terminal() {
            return Err(Failure::Error("no input: name a FILE, pipe one in, or say - to type it".to_owned()));
        }
        let mut options = ReadOptions::default();
        options.max_size = args.max_size.unwrap_or(options.max_size);
        options.max_depth = args.max_depth.unwrap_or(options.max_depth);
        options.max_name = args.max_name.unwrap_or(options.max_name);
        options.demangle = !args.no_demangle;
        let reading = |size| progress(Extent::Bytes(size), &format!("reading {name}"));
        let packed = read_all(file, options.max_size, &reading);
        let packed = packed.map_err(|error| Failure::io(&name, "cannot read", &error))?;
        let _step = progress(Extent::Unknown, &format!("looking into {name}"));
        let opened = unpack(packed, options.max_size).and_then(|bytes| {
            let format = match args.from {
                Some(FormatName(format)) => format,
                None => profkit_formats::detect(&bytes, file.map(|_| name.as_str()))?,
            };
            Ok((bytes, format))
        });
        let (bytes, format) = opened.map_err(|error| Failure::in_file(&name, &error))?;
        options.options = knobs::of(&args.knobs, format);
        Ok(Source { name, format: FormatName(format), bytes, options })
    }

    /// Returns the name for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the format.
    pub fn format(&self) -> &'static Format {
        self.format.0
    }

    /// Parses the input in so many threads, once: its bytes are gone then, and the memory is free for what is done with
    /// the profile.
    ///
    /// # Errors
    ///
    /// Fails where the input breaks the rules of its format.
    pub fn read(&mut self, threads: usize, notes: &mut Notes) -> Result<Profile> {
        self.options.threads = NonZeroUsize::new(threads);
        let bytes = std::mem::take(&mut self.bytes);
        let read = profkit_formats::parse(&bytes, self.format(), &self.options, notes);
        read.map_err(|error| Failure::in_file(&self.name, &error))
    }
}

/// Reads at most one byte more than the limit: enough to see that it is exceeded.
///
/// Whatever writes into a pipe may show its own progress, so that ours would only be in its way.
fn read_all(file: Option<&Path>, max_size: u64, progress: &dyn Fn(u64) -> Progress) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = max_size.saturating_add(1);
    match file {
        None => drop(io::stdin().lock().take(limit).read_to_end(&mut bytes)?),
        Some(path) => {
            let file = File::open(path)?;
            let metadata = file.metadata()?;
            let size = metadata.len().min(limit);
            bytes.try_reserve_exact(usize::try_from(size).unwrap_or(usize::MAX))?;
            let step = if metadata.is_file() { progress(size) } else { Progress::hidden() };
            // Not through a reader that counts: it would have every byte set to zero before it is read.
            let mut rest = file.take(limit);
            loop {
                match rest.by_ref().take(PIECE).read_to_end(&mut bytes)? {
                    0 => break,
                    read => step.advance(read as u64),
                }
            }
        }
    };
    Ok(bytes)
}

/// Returns the bytes inside a container, without a second copy where there is none.
fn unpack(packed: Vec<u8>, max_size: u64) -> std::result::Result<Vec<u8>, Error> {
    if packed.len() as u64 > max_size {
        return Err(Error::limit(format!("the input is larger than {max_size} bytes; --max-size allows more")));
    }
    let mark = match profkit_formats::open(&packed, max_size)? {
        Cow::Owned(bytes) => return Ok(bytes),
        Cow::Borrowed(bytes) => packed.len() - bytes.len(),
    };
    let mut bytes = packed;
    bytes.drain(..mark);
    Ok(bytes)
}
