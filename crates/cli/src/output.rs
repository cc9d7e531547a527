//! Results that appear complete or not at all.

use crate::failure::{Failure, Result};
use crate::gzip::Gzip;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, IsTerminal, Seek, Write};
use std::path::{Path, PathBuf};
use tempfile::{SpooledTempFile, TempPath};

/// A result on its way to a file or to stdout.
///
/// A file is written beside its place and moved there by [`Session::commit`](crate::Session::commit); dropped before
/// that, it leaves no trace. On Linux it has no name until then, so that not even a run that is killed leaves one. What is no regular file (stdout, a pipe, a device) is written as the bytes
/// come, unless the run is strict: then they wait until it is certain that they may appear.
#[derive(Debug)]
pub struct Output {
    name: String,
    is_gzip: bool,
    threads: usize,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    /// A temporary file in the folder of `place`, and its path if it has a name.
    Beside { file: BufWriter<File>, path: Option<TempPath>, place: PathBuf },
    /// A stream that takes the bytes at once.
    Stream(BufWriter<Stream>),
    /// Bytes that wait for a stream.
    Waiting { bytes: SpooledTempFile, stream: Stream },
}

#[derive(Debug)]
enum Stream {
    Stdout(io::Stdout),
    File(File),
}

/// What is written at once.
const BUFFER_SIZE: usize = 64 << 10;
/// What a strict run keeps in memory before it takes a temporary file.
const SPOOL_SIZE: usize = 64 << 20;
/// What the system calls stdout; it may lead to a regular file, which is still not ours to replace.
const STDOUT_NAMES: &[&str] = &["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
/// How many symbolic links may lead from one to the next.
const MAX_LINKS: usize = 40;

impl Output {
    pub(crate) fn open(path: Option<&Path>, is_binary: bool, is_strict: bool) -> Result<Output> {
        let path = path.filter(|path| *path != Path::new("-"));
        let name = path.map_or("<stdout>".to_owned(), |path| path.display().to_string());
        let is_gzip = path.is_some_and(|path| path.as_os_str().as_encoded_bytes().ends_with(b".gz"));
        let stream = match path {
            None => Some(Stream::Stdout(io::stdout())),
            Some(path) if STDOUT_NAMES.iter().any(|name| path == Path::new(name)) => Some(Stream::Stdout(io::stdout())),
            Some(path) => special_file(path).map_err(|error| Failure::io(&name, "cannot write", &error))?,
        };
        let sink = match (stream, path) {
            (Some(stream), _) => {
                refuse_binary(&name, stream.is_terminal(), is_binary || is_gzip)?;
                if is_strict {
                    Sink::Waiting { bytes: SpooledTempFile::new(SPOOL_SIZE), stream }
                } else {
                    Sink::Stream(BufWriter::with_capacity(BUFFER_SIZE, stream))
                }
            }
            (None, path) => {
                beside(path.unwrap_or(Path::new(""))).map_err(|error| Failure::io(&name, "cannot write", &error))?
            }
        };
        Ok(Output { name, is_gzip, threads: 1, sink })
    }

    /// Says in how many threads to compress.
    #[must_use]
    pub(crate) fn in_threads(mut self, threads: usize) -> Output {
        self.threads = threads;
        self
    }

    /// Returns the name for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether somebody may be looking at the bytes as they come.
    pub(crate) fn is_seen_at_once(&self) -> bool {
        matches!(self.sink, Sink::Stream(_))
    }

    /// Puts the whole result in, compressed if the name asks for it. What waits to appear is complete then.
    ///
    /// # Errors
    ///
    /// Returns the error of `write`, and that of a full disk or a closed pipe.
    pub fn fill(&mut self, write: impl FnOnce(&mut dyn Write) -> profkit_core::Result<()>) -> Result<()> {
        let out: &mut dyn Write = match &mut self.sink {
            Sink::Beside { file, .. } => file,
            Sink::Stream(stream) => stream,
            Sink::Waiting { bytes, .. } => bytes,
        };
        let done = if self.is_gzip {
            let mut gzip = Gzip::new(out, self.threads);
            write(&mut gzip).and_then(|()| Ok(gzip.finish()?))
        } else {
            write(out)
        };
        let done = done.and_then(|()| Ok(out.flush()?));
        done.map_err(|error| Failure::in_output(&self.name, &error))
    }

    /// Lets the result appear.
    pub(crate) fn commit(self) -> Result<()> {
        let done = match self.sink {
            Sink::Beside { path: Some(path), place, .. } => path.persist(place).map_err(io::Error::from),
            Sink::Beside { file, path: None, place } => {
                let linked = temporary().make_in(folder_of(&place), |path| nameless::link(file.get_ref(), path));
                linked.and_then(|linked| linked.into_temp_path().persist(place).map_err(io::Error::from))
            }
            Sink::Stream(_) => Ok(()),
            Sink::Waiting { mut bytes, mut stream } => {
                bytes.rewind().and_then(|()| io::copy(&mut bytes, &mut stream)).and_then(|_| stream.flush())
            }
        };
        done.map_err(|error| Failure::in_output(&self.name, &error.into()))
    }
}

/// Returns a file that exists and is not a regular one, open for writing.
fn special_file(path: &Path) -> io::Result<Option<Stream>> {
    match fs::metadata(path) {
        // A folder is no regular file either: opening it gives the error that says so.
        Ok(metadata) if !metadata.is_file() => OpenOptions::new().write(true).open(path).map(Stream::File).map(Some),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(None),
    }
}

/// Returns a temporary file in the folder of the file that a path leads to, with the permissions that
/// this file has or that a new one gets.
fn beside(path: &Path) -> io::Result<Sink> {
    let place = behind_links(path)?;
    let replaced = match OpenOptions::new().write(true).open(&place) {
        Ok(file) => Some(file.metadata()?.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let folder = folder_of(&place);
    let (file, path) = match nameless::open(folder) {
        Some(file) => (file, None),
        None => {
            let mut builder = temporary();
            if let Some(permissions) = new_file_permissions() {
                builder.permissions(permissions);
            }
            let file = builder.tempfile_in(folder).map_err(|error| io::Error::new(error.kind(), describe(&error)))?;
            let (file, path) = file.into_parts();
            (file, Some(path))
        }
    };
    if let Some(permissions) = replaced {
        file.set_permissions(permissions)?;
    }
    Ok(Sink::Beside { file: BufWriter::with_capacity(BUFFER_SIZE, file), path, place })
}

fn folder_of(place: &Path) -> &Path {
    place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Returns how temporary files are named.
fn temporary() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".profkit-").suffix(".tmp");
    builder
}

/// Files that have no name yet: whatever happens to the process, nothing is left of them.
#[cfg(target_os = "linux")]
mod nameless {
    use rustix::fs::{AtFlags, CWD, Mode, OFlags};
    use std::fs::File;
    use std::io;
    use std::os::fd::AsRawFd;
    use std::path::Path;

    /// Where the kernel shows open files, which is the way to one without a name.
    const OPEN_FILES: &str = "/proc/self/fd";

    /// Returns a new file in a folder, or none where the file system knows only files with names.
    pub(super) fn open(folder: &Path) -> Option<File> {
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        let file = rustix::fs::open(folder, flags, Mode::from_raw_mode(0o666)).ok()?;
        Path::new(OPEN_FILES).is_dir().then(|| File::from(file))
    }

    /// Gives a file a name that nobody has yet.
    pub(super) fn link(file: &File, path: &Path) -> io::Result<()> {
        let own = format!("{OPEN_FILES}/{}", file.as_raw_fd());
        Ok(rustix::fs::linkat(CWD, own, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
    }
}

#[cfg(not(target_os = "linux"))]
mod nameless {
    use std::fs::File;
    use std::io;
    use std::path::Path;

    pub(super) fn open(_folder: &Path) -> Option<File> {
        None
    }

    pub(super) fn link(_file: &File, _path: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Returns what went wrong without the path of the temporary file, which would only puzzle.
fn describe(error: &io::Error) -> String {
    let text = error.to_string();
    text.split_once(" at path ").map_or(text.clone(), |(what, _)| what.to_owned())
}

/// Returns the permissions to ask for when a file is created; the system takes the umask off.
#[cfg(unix)]
fn new_file_permissions() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn new_file_permissions() -> Option<Permissions> {
    None
}

/// Returns the path that the symbolic links at the end of a path lead to, whether or not it exists.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut place = path.to_owned();
    for _ in 0..MAX_LINKS {
        if !fs::symlink_metadata(&place).is_ok_and(|metadata| metadata.is_symlink()) {
            return Ok(place);
        }
        let link = fs::read_link(&place)?;
        place = place.parent().unwrap_or(Path::new("")).join(link);
    }
    Err(io::Error::other("too many symbolic links"))
}

fn refuse_binary(name: &str, is_terminal: bool, is_binary: bool) -> Result<()> {
    if is_terminal && is_binary {
        let message = "this output is binary and would spoil the terminal; write it to a file with -o, or pipe it";
        return Err(Failure::Error(format!("{name}: {message}")));
    }
    Ok(())
}

impl Stream {
    fn is_terminal(&self) -> bool {
        match self {
            Stream::Stdout(stdout) => stdout.is_terminal(),
            Stream::File(file) => file.is_terminal(),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Stdout(stdout) => stdout.write(bytes),
            Stream::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Stdout(stdout) => stdout.flush(),
            Stream::File(file) => file.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_binary_output_is_kept_off_a_terminal() {
        assert!(refuse_binary("<stdout>", true, true).is_err());
        assert!(refuse_binary("<stdout>", true, false).is_ok());
        assert!(refuse_binary("<stdout>", false, true).is_ok());
    }

    #[test]
    fn the_temporary_file_is_not_in_the_message() {
        let folder = tempfile::tempdir().unwrap();
        let error = temporary().tempfile_in(folder.path().join("none")).unwrap_err();
        assert!(error.to_string().contains(".tmp"));
        assert!(!describe(&error).contains(".tmp") && describe(&error).starts_with("No such file"));
    }

    #[test]
    fn a_dropped_output_leaves_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "before").unwrap();
        let mut output = Output::open(Some(&path), false, false).unwrap();
        output.fill(|out| Ok(out.write_all(b"half")?)).unwrap();
        // What is not there cannot be left over by a run that is killed.
        let is_nameless = nameless::open(folder.path()).is_some();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), if is_nameless { 1 } else { 2 });
        drop(output);
        assert_eq!(fs::read(&path).unwrap(), b"before");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
