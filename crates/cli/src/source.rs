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
/// How many bytes of a file one of several threads reads, or more. Two of that is more than what allocators keep for
/// later when it is given back.
const SHARE: u64 = 16 << 20;
/// What is wrong where stdin is asked for twice.
pub(crate) const ONE_STDIN: &str = "- stands for stdin, which can be read only once";

impl Source {
    /// Reads a file, or stdin for `-` and for no path at all.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be read, is larger than allowed or is not of any known format.
    pub fn open(path: Option<&Path>, args: &InputArgs) -> Result<Source> {
        Source::open_watched(path, args, 1, &|_, _| Progress::hidden())
    }

    /// Does what [`open`](Source::open) does, in so many threads, and calls `progress` at the start of each step.
    pub(crate) fn open_watched(
        path: Option<&Path>,
        args: &InputArgs,
        threads: usize,
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
        let packed = read_all(file, options.max_size, threads, &reading);
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
fn read_all(
    file: Option<&Path>,
    max_size: u64,
    threads: usize,
    progress: &dyn Fn(u64) -> Progress,
) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = max_size.saturating_add(1);
    match file {
        None => drop(io::stdin().lock().take(limit).read_to_end(&mut bytes)?),
        Some(path) => {
            let mut file = File::open(path)?;
            let metadata = file.metadata()?;
            let size = metadata.len().min(limit);
            bytes.try_reserve_exact(usize::try_from(size).unwrap_or(usize::MAX))?;
            let step = if metadata.is_file() { progress(size) } else { Progress::hidden() };
            if metadata.is_file() && size > 2 * SHARE && threads > 1 {
                read_side_by_side(&mut file, size, threads, &mut bytes, &step)?;
            }
            // Not through a reader that counts: it would have every byte set to zero before it is read.
            let mut rest = file.take(limit - bytes.len() as u64);
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

/// Reads the first so many bytes of a file in threads, since memory fresh from the system takes longer than the bytes.
/// What is there if the file has become shorter is a beginning of it.
#[cfg(unix)]
fn read_side_by_side(
    file: &mut File,
    size: u64,
    threads: usize,
    bytes: &mut Vec<u8>,
    step: &Progress,
) -> io::Result<()> {
    use std::io::{Seek, SeekFrom};
    use std::os::unix::fs::FileExt;

    let read = &|share: &mut [u8], start: u64| -> io::Result<usize> {
        let mut done = 0;
        while let Some(rest) = share.get_mut(done..).filter(|rest| !rest.is_empty()) {
            let piece = rest.len().min(PIECE as usize);
            match file.read_at(&mut rest[..piece], start + done as u64) {
                Ok(0) => break,
                Ok(read) => {
                    step.advance(read as u64);
                    done += read;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    };
    // What was reserved is given back first. Fresh memory is all zeros, and costs nothing before it is used.
    *bytes = Vec::new();
    *bytes = vec![0; usize::try_from(size).unwrap_or(usize::MAX)];
    let share = bytes.len().div_ceil(threads).max(SHARE as usize);
    let done = std::thread::scope(|scope| -> io::Result<usize> {
        let mut started = Vec::new();
        for (index, part) in bytes.chunks_mut(share).enumerate() {
            let (wanted, read) = (part.len(), move || read(part, (index * share) as u64));
            // What no thread could be started for is read after that.
            let Ok(thread) = std::thread::Builder::new().spawn_scoped(scope, read) else { break };
            started.push((wanted, thread));
        }
        let mut done = 0;
        for (wanted, thread) in started {
            let gone = |_| io::Error::other("a thread that reads has ended too early");
            let read = thread.join().map_err(gone)??;
            done += read;
            if read < wanted {
                break;
            }
        }
        Ok(done)
    })?;
    bytes.truncate(done);
    file.seek(SeekFrom::Start(done as u64))?;
    Ok(())
}

#[cfg(not(unix))]
fn read_side_by_side(_: &mut File, _: u64, _: usize, _: &mut Vec<u8>, _: &Progress) -> io::Result<()> {
    Ok(())
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;

    /// Returns a file of a half more than so many shares, and what is in it.
    fn file(shares: usize) -> (tempfile::NamedTempFile, Vec<u8>) {
        let bytes: Vec<u8> = (0..SHARE as usize * (2 * shares + 1) / 2).map(|index| (index / 3) as u8).collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), &bytes).unwrap();
        (file, bytes)
    }

    #[test]
    fn threads_read_what_is_there() {
        let (file, wanted) = file(2);
        for threads in [1, 2, 3, 9] {
            assert!(read_all(Some(file.path()), u64::MAX, threads, &|_| Progress::hidden()).unwrap() == wanted);
            let few = read_all(Some(file.path()), 2 * SHARE + 9, threads, &|_| Progress::hidden()).unwrap();
            assert!(few == wanted[..2 * SHARE as usize + 10]);
        }
    }

    #[test]
    fn a_file_may_have_become_shorter_or_longer() {
        let (file, wanted) = file(1);
        for (told, there) in [(SHARE * 4, wanted.len()), (SHARE * 5 / 4, SHARE as usize * 5 / 4)] {
            let mut file = File::open(file.path()).unwrap();
            let mut bytes = Vec::new();
            read_side_by_side(&mut file, told, 3, &mut bytes, &Progress::hidden()).unwrap();
            assert_eq!(bytes.len(), there);
            file.read_to_end(&mut bytes).unwrap();
            assert!(bytes == wanted);
        }
    }
}
