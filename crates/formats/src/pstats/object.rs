//! Marshalled objects: parts and bytes stay where they are.

use profkit_core::{Error, Place};

/// One object, and where it stands in the input.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object {
    pub(super) at: usize,
    pub(super) kind: Kind,
}

// A file has an object for every few bytes.
const _: () = assert!(size_of::<Object>() <= 24);

/// The objects that are nothing but a type code.
const CONSTANTS: [(u8, &str); 5] =
    [(b'N', "None"), (b'T', "True"), (b'F', "False"), (b'.', "Ellipsis"), (b'S', "StopIteration")];

pub(super) fn constant(code: u8) -> Option<&'static str> {
    CONSTANTS.iter().find(|&&(it, _)| it == code).map(|&(_, name)| name)
}

/// What an object is; parts and bytes stay where they are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Null,
    /// One of [`CONSTANTS`], by its type code.
    Constant(u8),
    Int(i64),
    /// An integer beyond 64 bits.
    Huge,
    Float(f64),
    Complex,
    Text(Text),
    /// A container, as a range of the heap. A dict holds keys and values in turn.
    Many(Container, Span),
    /// The file and the name of a code object, as a range of the heap.
    Code(Span),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Tuple,
    List,
    Set,
    Dict,
    Slice,
}

/// A range of the heap, or of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) length: u32,
}

/// A text or bytes, as a range of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Text {
    pub(super) span: Span,
    pub(super) is_latin: bool,
}

impl Text {
    /// Returns where the text starts, which tells it from any other.
    pub(super) fn place(self) -> u32 {
        self.span.start
    }
}

impl Span {
    pub(super) fn len(self) -> usize {
        self.length as usize
    }
}

impl Object {
    /// Returns what the object is, for the `found` of an error.
    pub(super) fn name(&self) -> String {
        match self.kind {
            Kind::Null => "NULL".to_owned(),
            Kind::Constant(code) => constant(code).unwrap_or("a constant").to_owned(),
            Kind::Int(number) => format!("the integer {number}"),
            Kind::Huge => "an integer beyond 64 bits".to_owned(),
            Kind::Float(number) => format!("the number {number}"),
            Kind::Complex => "a complex number".to_owned(),
            Kind::Text(_) => "a text".to_owned(),
            Kind::Many(Container::Dict, span) => format!("a dict of {}", span.len() / 2),
            Kind::Many(Container::Slice, _) => "a slice".to_owned(),
            Kind::Many(Container::Tuple, span) => format!("a tuple of {}", span.len()),
            Kind::Many(Container::List, span) => format!("a list of {}", span.len()),
            Kind::Many(Container::Set, span) => format!("a set of {}", span.len()),
            Kind::Code(_) => "a code object".to_owned(),
        }
    }

    /// Returns the error of finding this object where something else is expected.
    pub(super) fn unlike(&self, expected: &str) -> Error {
        Error::malformed(format!("expected {expected}, found {}", self.name())).at(Place::Byte(self.at))
    }
}
