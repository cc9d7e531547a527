//! Python's marshalled objects, written.

use profkit_core::{Error, Result};
use std::collections::HashMap;

/// Writes objects in one of two versions of the format.
pub(super) struct Encoder {
    out: Vec<u8>,
    /// The numbers of the objects that can be referred to; none in a version without references.
    refs: Option<Refs>,
}

/// What has been written and can be referred to.
#[derive(Default)]
struct Refs {
    next: i32,
    texts: HashMap<String, i32>,
    keys: HashMap<usize, i32>,
}

/// The bit of a type code that puts an object on the list of references.
const FLAG_REF: u8 = 0x80;

impl Encoder {
    /// Returns an encoder of version 2, which every Python since 2.5 reads.
    pub(super) fn version_2() -> Encoder {
        Encoder { out: Vec::new(), refs: None }
    }

    /// Returns an encoder of version 4, which Python 3.4 and later read: half the size.
    pub(super) fn version_4() -> Encoder {
        Encoder { out: Vec::new(), refs: Some(Refs::default()) }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    pub(super) fn start_dict(&mut self) {
        self.out.push(b'{');
    }

    pub(super) fn end_dict(&mut self) {
        self.out.push(b'0');
    }

    /// Writes the start of a tuple of `length` objects, which follow.
    pub(super) fn start_tuple(&mut self, length: u8) {
        self.tuple(length, 0);
    }

    fn tuple(&mut self, length: u8, flag: u8) {
        if self.refs.is_some() {
            self.out.extend([b')' | flag, length]);
        } else {
            self.out.push(b'(');
            self.out.extend(i32::from(length).to_le_bytes());
        }
    }

    /// Writes a reference to the tuple with this number of the caller's own, or starts a tuple of
    /// `length` objects under that number; returns whether it was started, so that they have to follow.
    pub(super) fn start_shared_tuple(&mut self, number: usize, length: u8) -> bool {
        let Some(refs) = &mut self.refs else {
            self.start_tuple(length);
            return true;
        };
        if let Some(&known) = refs.keys.get(&number) {
            self.reference(known);
            return false;
        }
        refs.keys.insert(number, refs.next);
        refs.next = refs.next.saturating_add(1);
        self.tuple(length, FLAG_REF);
        true
    }

    fn reference(&mut self, index: i32) {
        self.out.push(b'r');
        self.out.extend(index.to_le_bytes());
    }

    pub(super) fn float(&mut self, number: f64) {
        self.out.push(b'g');
        self.out.extend(number.to_le_bytes());
    }

    /// Writes an integer: in 32 bits, or else in as many digits of 15 bits as it takes.
    pub(super) fn integer(&mut self, number: i64) {
        if let Ok(number) = i32::try_from(number) {
            self.out.push(b'i');
            self.out.extend(number.to_le_bytes());
            return;
        }
        let magnitude = number.unsigned_abs();
        let digits = (64 - magnitude.leading_zeros()).div_ceil(15).cast_signed();
        self.out.push(b'l');
        self.out.extend((if number < 0 { -digits } else { digits }).to_le_bytes());
        for digit in 0..digits {
            let digit = (magnitude >> (15 * digit)) & 0x7fff;
            self.out.extend((digit as u16).to_le_bytes());
        }
    }

    /// Writes a text, or a reference to it if it was written before and the version has references.
    ///
    /// # Errors
    ///
    /// A text of more than 2 GiB is an error of kind `Limit`.
    pub(super) fn text(&mut self, text: &str) -> Result<()> {
        let Some(refs) = &mut self.refs else {
            return self.sized_text(b'u', text);
        };
        if let Some(&known) = refs.texts.get(text) {
            self.reference(known);
            return Ok(());
        }
        refs.texts.insert(text.to_owned(), refs.next);
        refs.next = refs.next.saturating_add(1);
        match u8::try_from(text.len()) {
            Ok(length) if text.is_ascii() => {
                self.out.extend([b'z' | FLAG_REF, length]);
                self.out.extend(text.as_bytes());
                Ok(())
            }
            _ => self.sized_text(b'u' | FLAG_REF, text),
        }
    }

    /// Writes a text in the one way that every version has.
    pub(super) fn sized_text(&mut self, code: u8, text: &str) -> Result<()> {
        let length = i32::try_from(text.len()).map_err(|_| Error::limit("a text of more than 2 GiB"))?;
        self.out.push(code);
        self.out.extend(length.to_le_bytes());
        self.out.extend(text.as_bytes());
        Ok(())
    }
}
