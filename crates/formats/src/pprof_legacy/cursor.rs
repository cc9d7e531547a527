//! What remains of an input, or of one line of it.

use profkit_core::{Error, Input, NoteKind, Notes, Place, Result};
use std::borrow::Cow;

/// The rest of an input or of a line; the position of anything in it can be told.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    input: Input<'a>,
    pub(super) rest: &'a [u8],
    is_binary: bool,
}

impl<'a> Cursor<'a> {
    /// Returns all of an input that is text.
    pub(super) fn new(input: Input<'a>) -> Cursor<'a> {
        Cursor { input, rest: input.bytes(), is_binary: false }
    }

    /// Returns a part of an input that is not text as a whole.
    pub(super) fn in_binary(input: Input<'a>, rest: &'a [u8]) -> Cursor<'a> {
        Cursor { input, rest, is_binary: true }
    }

    /// Returns a part of the same input.
    pub(super) fn on(&self, rest: &'a [u8]) -> Cursor<'a> {
        Cursor { rest, ..*self }
    }

    /// Returns the next line without blanks around it.
    pub(super) fn line(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.rest);
        let (line, rest) = end.and_then(|end| self.rest.split_at_checked(end)).unwrap_or((self.rest, &[]));
        self.rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        Some(line.trim_ascii())
    }

    /// Skips blanks.
    pub(super) fn blanks(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    /// Skips blanks and then a text, if it is there.
    pub(super) fn skip(&mut self, text: &str) -> bool {
        let rest = self.rest.trim_ascii_start().strip_prefix(text.as_bytes());
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Skips blanks and then a text that must be there.
    pub(super) fn expect(&mut self, text: &str) -> Result<()> {
        if self.skip(text) { Ok(()) } else { Err(self.expected(&format!("{text:?}"))) }
    }

    /// Returns the decimal number behind blanks.
    pub(super) fn number(&mut self) -> Result<i64> {
        self.blanks();
        let is_digit = |at: usize, byte: &u8| byte.is_ascii_digit() || at == 0 && *byte == b'-';
        let end = self.rest.iter().enumerate().position(|(at, byte)| !is_digit(at, byte)).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        if !digits.last().is_some_and(u8::is_ascii_digit) {
            return Err(self.expected("a number"));
        }
        let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
        let number = number.ok_or_else(|| Error::overflow("the number").at(self.place(digits)))?;
        self.rest = rest;
        Ok(number)
    }

    /// Returns the number that starts with `0x` behind blanks, or none if there is none.
    pub(super) fn address(&mut self) -> Result<Option<u64>> {
        self.blanks();
        let Some(digits) = self.rest.strip_prefix(b"0x") else { return Ok(None) };
        let (digits, rest) = split_hex(digits);
        match hex(digits) {
            Some(address) => {
                self.rest = rest;
                Ok(Some(address))
            }
            None => Err(self.expected("an address of up to 16 digits")),
        }
    }

    /// Adds the addresses of the rest of this line; anything behind them is noted.
    pub(super) fn addresses(&mut self, to: &mut Vec<u64>, notes: &mut Notes) -> Result<()> {
        while let Some(address) = self.address()? {
            to.push(address);
        }
        self.blanks();
        if !self.rest.is_empty() {
            let what = "text where addresses were expected was passed over";
            notes.add(NoteKind::Skipped, what, 1, "lines|line", || Some(escaped(self.rest).into_owned()));
        }
        Ok(())
    }

    /// Returns the error of something else standing here.
    pub(super) fn expected(&self, what: &str) -> Error {
        let found = self.rest.get(..24).unwrap_or(self.rest);
        let found = match found {
            [] => "the end".to_owned(),
            _ => format!("{:?}", escaped(found)),
        };
        self.error(self.rest, format!("expected {what}, found {found}"))
    }

    /// Returns an error at a part of the input.
    pub(super) fn error(&self, part: &[u8], message: impl Into<String>) -> Error {
        Error::malformed(message).at(self.place(part))
    }

    /// Returns where a part of the input stands.
    pub(super) fn place(&self, part: &[u8]) -> Place {
        if self.is_binary { self.input.byte(part) } else { self.input.line(part) }
    }
}

/// Returns whether a line is empty or a comment.
pub(super) fn is_comment(line: &[u8]) -> bool {
    matches!(line, [] | [b'#', ..])
}

/// Returns the hexadecimal digits at the start, and the rest.
pub(super) fn split_hex(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(text.len()))
}

/// Returns the number that hexadecimal digits spell, unless they are none or too many.
pub(super) fn hex(digits: &[u8]) -> Option<u64> {
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    std::str::from_utf8(digits).ok().filter(|_| is_hex).and_then(|digits| u64::from_str_radix(digits, 16).ok())
}

/// Returns a name as text; bytes that are not UTF-8 are spelled out and noted.
pub(super) fn name<'a>(bytes: &'a [u8], notes: &mut Notes) -> Cow<'a, str> {
    let text = escaped(bytes);
    if matches!(text, Cow::Owned(_)) {
        let what = "texts that are not UTF-8 were written with \\x and two digits for each odd byte";
        notes.add(NoteKind::Renamed, what, 1, "texts|text", || Some(text.to_string()));
    }
    text
}

pub(super) fn escaped(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    Cow::Owned(text)
}
