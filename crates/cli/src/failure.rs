//! Why a tool ends without a result, and the exit code that says so.

use profkit_core::{Error, ErrorKind, Place};
use std::io;

/// The result of what a tool does.
pub type Result<T> = std::result::Result<T, Failure>;

/// Why a tool ends without a result.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure {
    /// The answer of the tool is no, for the reasons given. Exit code 1.
    No(Vec<String>),
    /// Usage, input or output: the message, with the file in front where there is one. Exit code 2.
    Error(String),
    /// `--strict` does not accept a loss, which is named here. Exit code 3.
    Refused(String),
    /// Nobody reads the output any more. Exit code 0, and nothing is said.
    ClosedPipe,
}

impl Failure {
    /// Returns the failure of a library error in the file of the given name:
    /// `prof.out:412:7: callgrind: expected a cost line, found "calls"`.
    ///
    /// Line and column follow the name at once, where editors and terminals look for them; a byte
    /// offset or a JSON path stands on its own: `prof.pb.gz: byte 31: pprof: ...`.
    pub fn in_file(file: &str, error: &Error) -> Failure {
        let place = match error.place() {
            Some(place @ Place::Line(..)) => format!(":{place}"),
            Some(place) => format!(": {place}"),
            None => String::new(),
        };
        let format = error.format().map_or(String::new(), |format| format!(": {format}"));
        Failure::Error(format!("{file}{place}{format}: {}", error.message()))
    }

    /// Returns the failure to read or write the file of the given name.
    pub fn io(file: &str, doing: &str, error: &io::Error) -> Failure {
        Failure::Error(format!("{file}: {doing}: {error}"))
    }

    /// Returns the failure to write to the file of the given name, for errors of the writer and of the
    /// output alike.
    pub(crate) fn in_output(file: &str, error: &Error) -> Failure {
        match error.kind() {
            ErrorKind::Io(io::ErrorKind::BrokenPipe) => Failure::ClosedPipe,
            ErrorKind::Io(_) => Failure::Error(format!("{file}: cannot write: {}", error.message())),
            _ => Failure::in_file(file, error),
        }
    }

    /// Returns the exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::ClosedPipe => 0,
            Failure::No(_) => 1,
            Failure::Error(_) => 2,
            Failure::Refused(_) => 3,
        }
    }
}

impl From<Error> for Failure {
    /// Returns the failure of what has no file to name.
    fn from(error: Error) -> Failure {
        Failure::Error(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(error: &Error) -> String {
        match Failure::in_file("a.prof", error) {
            Failure::Error(message) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn names_file_place_and_format() {
        let error = || Error::malformed("expected a cost line");
        assert_eq!(message(&error()), "a.prof: expected a cost line");
        assert_eq!(message(&error().in_format("f")), "a.prof: f: expected a cost line");
        assert_eq!(message(&error().at(Place::Line(4, 7)).in_format("f")), "a.prof:4:7: f: expected a cost line");
        assert_eq!(message(&error().at(Place::Byte(31)).in_format("f")), "a.prof: byte 31: f: expected a cost line");
        let path = Place::Path("samples[17].stack_id".to_owned());
        assert_eq!(message(&error().at(path)), "a.prof: samples[17].stack_id: expected a cost line");
    }
}
