//! The names of many input files.

use crate::failure::{Failure, Result};
use crate::source::ONE_STDIN;
use clap::Args;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

/// The inputs of a tool that takes any number of them.
#[derive(Args, Clone, Debug)]
pub struct FilesArgs {
    /// Input files; `-` or nothing is stdin
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Take more names of files from a list, one per line; `-` is stdin
    #[arg(long, value_name = "LIST", help_heading = "Input")]
    files_from: Option<PathBuf>,

    /// Names in the list end with a NUL byte and not with the line, as `find -print0` writes them
    #[arg(short = '0', long, requires = "files_from", help_heading = "Input")]
    null: bool,

    /// Go on without files that cannot be read, and note each
    #[arg(long, help_heading = "Input")]
    pub skip_bad: bool,
}

impl FilesArgs {
    /// Returns the inputs in order: those named first, then those of the list.
    ///
    /// # Errors
    ///
    /// Fails where the list cannot be read or is empty, and where stdin would be read twice.
    pub fn paths(&self) -> Result<Vec<PathBuf>> {
        let mut paths = self.files.clone();
        if let Some(list) = &self.files_from {
            paths.extend(self.listed(list)?);
        } else if paths.is_empty() {
            if io::stdin().is_terminal() {
                return Err(Failure::Error("no input: name a FILE, pipe one in, or say - to type it".to_owned()));
            }
            paths.push(PathBuf::from("-"));
        }
        let of_stdin = paths.iter().chain(&self.files_from).filter(|path| is_stdin(path)).count();
        if of_stdin > 1 {
            return Err(Failure::Error(ONE_STDIN.to_owned()));
        }
        if paths.is_empty() {
            return Err(Failure::Error("no input: the list of files is empty".to_owned()));
        }
        Ok(paths)
    }

    fn listed(&self, list: &Path) -> Result<Vec<PathBuf>> {
        let name = if is_stdin(list) { "<stdin>".to_owned() } else { list.display().to_string() };
        let mut bytes = Vec::new();
        let read = match is_stdin(list) {
            true => io::stdin().lock().read_to_end(&mut bytes),
            false => File::open(list).and_then(|mut file| file.read_to_end(&mut bytes)),
        };
        read.map_err(|error| Failure::io(&name, "cannot read", &error))?;
        let end = if self.null { 0 } else { b'\n' };
        let names = bytes.split(|&byte| byte == end).filter(|name| !name.is_empty());
        names.map(|bytes| path(bytes).ok_or_else(|| not_text(&name))).collect()
    }
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

fn not_text(list: &str) -> Failure {
    Failure::Error(format!("{list}: a name in the list of files is not UTF-8"))
}

/// Returns the path of the given bytes, which the system takes as they are.
#[cfg(unix)]
fn path(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(|name| PathBuf::from(name.trim_end_matches('\r')))
}
