//! The first look at an input, and the positions in it.

use crate::error::Place;

/// A whole decompressed input.
///
/// A parser keeps only the slice that remains; where it stands is computed when an error happens.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    bytes: &'a [u8],
}

/// What a format gets to see to recognise its own.
#[derive(Clone, Copy, Debug)]
pub struct Peek<'a> {
    /// The decompressed input from its start; all of it.
    pub head: &'a [u8],
    /// The top-level keys with the bytes of their values, if the input looks like a JSON object.
    pub json: Option<&'a [(&'a str, &'a [u8])]>,
}

/// How well an input fits a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sniff {
    /// It does not.
    No,
    /// It could be.
    Maybe,
    /// It has a mark that nothing else has.
    Sure,
}

impl<'a> Input<'a> {
    /// Returns an input of these bytes.
    pub fn new(bytes: &'a [u8]) -> Input<'a> {
        Input { bytes }
    }

    /// Returns all bytes.
    pub fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// Returns the offset of a slice of this input.
    pub fn offset(self, part: &[u8]) -> usize {
        (part.as_ptr() as usize).saturating_sub(self.bytes.as_ptr() as usize).min(self.bytes.len())
    }

    /// Returns the byte at which a slice of this input starts, as a place.
    pub fn byte(self, part: &[u8]) -> Place {
        Place::Byte(self.offset(part))
    }

    /// Returns the line and column at which a slice of this input starts, as a place.
    pub fn line(self, part: &[u8]) -> Place {
        let before = &self.bytes[..self.offset(part)];
        let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |index| index + 1);
        let lines = before.iter().filter(|&&byte| byte == b'\n').count();
        Place::Line(lines + 1, before.len() - start + 1)
    }
}

impl<'a> Peek<'a> {
    /// Returns the bytes of the value of a top-level JSON key.
    pub fn key(&self, name: &str) -> Option<&'a [u8]> {
        self.json?.iter().find(|(key, _)| *key == name).map(|&(_, value)| value)
    }
}
