//! The one error of the library, as wide as a pointer.

use std::fmt;

/// The result of everything that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an input was refused or an output not written, and where.
///
/// The display form is `PLACE: FORMAT: MESSAGE`, each part where it is known. It does not name the
/// file: whoever opened it knows that.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    format: Option<&'static str>,
    place: Option<Place>,
    message: String,
}

/// What sort of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input breaks the rules of its format.
    Malformed,
    /// The format could not be told, or no such format is known.
    UnknownFormat,
    /// The input or the output would be larger than a limit allows.
    Limit,
    /// A number does not fit into 64 bits.
    Overflow,
    /// The format cannot do what was asked.
    Unsupported,
    /// An option has no such name or value.
    Usage,
    /// Reading or writing failed.
    Io(std::io::ErrorKind),
}

/// Where in an input something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A byte of the decompressed input, counted from 0.
    Byte(usize),
    /// A line and a column in bytes, both counted from 1.
    Line(usize, usize),
    /// A path into a JSON document, such as `profile.samples[17].stack_id`.
    Path(String),
}

impl Error {
    /// Returns an error of the given kind without a place.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error(Box::new(Inner { kind, format: None, place: None, message: message.into() }))
    }

    /// Returns the error of an input that breaks the rules of its format.
    pub fn malformed(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Malformed, message)
    }

    /// Returns the error of an input or output beyond a limit.
    pub fn limit(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Limit, message)
    }

    /// Returns the error of a stack of more than so many frames.
    pub fn too_deep(max_depth: u32) -> Error {
        Error::limit(format!("a stack of more than {max_depth} frames; --max-depth allows more"))
    }

    /// Returns the error of a sum or conversion that does not fit into 64 bits; `what` names the number.
    pub fn overflow(what: &str) -> Error {
        Error::new(ErrorKind::Overflow, format!("{what} does not fit into 64 bits"))
    }

    /// Returns the error of something the format cannot do.
    pub fn unsupported(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Unsupported, message)
    }

    /// Returns the error of an unknown option name or value.
    pub fn usage(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Usage, message)
    }

    /// Returns this error with the place where it happened; a place already set stays.
    #[must_use]
    pub fn at(mut self, place: Place) -> Error {
        self.0.place.get_or_insert(place);
        self
    }

    /// Returns this error with the name of the format that raised it; a name already set stays.
    #[must_use]
    pub fn in_format(mut self, format: &'static str) -> Error {
        self.0.format.get_or_insert(format);
        self
    }

    /// Returns what sort of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the name of the format that raised the error.
    pub fn format(&self) -> Option<&'static str> {
        self.0.format
    }

    /// Returns where in the input it happened.
    pub fn place(&self) -> Option<&Place> {
        self.0.place.as_ref()
    }

    /// Returns the message alone, without place and format.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.0.place {
            write!(out, "{place}: ")?;
        }
        if let Some(format) = self.0.format {
            write!(out, "{format}: ")?;
        }
        out.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}({self})", self.0.kind)
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Error {
        Error::new(ErrorKind::Io(error.kind()), error.to_string())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Byte(offset) => write!(out, "byte {offset}"),
            Place::Line(line, column) => write!(out, "{line}:{column}"),
            Place::Path(path) => out.write_str(path),
        }
    }
}
