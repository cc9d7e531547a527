//! Walking a message field by field, straight from the bytes.
//!
//! A message is a run of fields. Each starts with a number, `field << 3 | wire type`; wire type 0 is a
//! number in groups of seven bits, low ones first, 1 and 5 are eight and four bytes, 2 is a length and as
//! many bytes. Fields that are not in the layout are passed over and counted.

use super::layout::{FieldType, Kind, Message};
use profkit_core::{Error, Input, NoteKind, Notes, Place, Result};
use std::cell::{Cell, RefCell};

/// The whole input, and what was odd about it so far.
pub(super) struct Wire<'a> {
    input: Input<'a>,
    unknown: Tally,
    repeated: Tally,
    overlong: Cell<u64>,
}

/// A count and the first case.
#[derive(Default)]
struct Tally {
    count: Cell<u64>,
    first: RefCell<Option<String>>,
}

/// The fields of one message that have not been walked yet.
pub(super) struct Fields<'w, 'a> {
    wire: &'w Wire<'a>,
    message: &'static Message,
    rest: &'a [u8],
    seen: u64,
}

/// One field of a message, of the type that the layout gives it.
#[derive(Clone, Copy)]
pub(super) struct Field<'w, 'a> {
    pub(super) number: u64,
    name: &'static str,
    wire: &'w Wire<'a>,
    at: &'a [u8],
    value: Value<'a>,
}

/// A number, the name of its field and where that starts; 0 if the field is not there.
#[derive(Clone, Copy, Default)]
pub(super) struct Number<'a> {
    pub(super) value: u64,
    pub(super) name: &'static str,
    pub(super) at: &'a [u8],
}

#[derive(Clone, Copy)]
enum Value<'a> {
    Varint(u64),
    Fixed(usize),
    Bytes(&'a [u8]),
}

impl Tally {
    fn add(&self, example: impl FnOnce() -> String) {
        if self.count.replace(self.count.get().saturating_add(1)) == 0 {
            self.first.replace(Some(example()));
        }
    }

    /// Adds what was counted after this.
    fn append(&self, other: &Tally) {
        if self.count.get() == 0 {
            self.first.replace(other.first.take());
        }
        self.count.set(self.count.get().saturating_add(other.count.get()));
    }

    fn note(&self, notes: &mut Notes, kind: NoteKind, what: &str, of: &'static str) {
        if self.count.get() > 0 {
            notes.add(kind, what, self.count.get(), of, || self.first.take());
        }
    }
}

impl<'a> Wire<'a> {
    pub(super) fn new(input: Input<'a>) -> Wire<'a> {
        Wire { input, unknown: Tally::default(), repeated: Tally::default(), overlong: Cell::new(0) }
    }

    /// Returns the same input for another walk, whose oddities are nobody's business.
    pub(super) fn again(&self) -> Wire<'a> {
        Wire::new(self.input)
    }

    /// Adds what was odd on a walk of the same input that came after this one.
    pub(super) fn append(&self, other: &Wire<'a>) {
        self.unknown.append(&other.unknown);
        self.repeated.append(&other.repeated);
        self.overlong.set(self.overlong.get().saturating_add(other.overlong.get()));
    }

    /// Returns the fields of a message that fills `bytes`, a part of the input.
    pub(super) fn fields(&self, message: &'static Message, bytes: &'a [u8]) -> Fields<'_, 'a> {
        Fields { wire: self, message, rest: bytes, seen: 0 }
    }

    /// Returns the fields of the message that is the whole input.
    pub(super) fn all(&self, message: &'static Message) -> Fields<'_, 'a> {
        self.fields(message, self.input.bytes())
    }

    /// Returns the number of bytes of the input.
    pub(super) fn len(&self) -> usize {
        self.input.bytes().len()
    }

    /// Returns the place where `at`, a part of the input, starts.
    pub(super) fn place(&self, at: &[u8]) -> Place {
        self.input.byte(at)
    }

    /// Returns the error of something wrong at the start of `at`.
    pub(super) fn error(&self, at: &[u8], message: impl Into<String>) -> Error {
        Error::malformed(message).at(self.place(at))
    }

    /// Returns the error of something that the input does not have.
    pub(super) fn missing(&self, message: impl Into<String>) -> Error {
        Error::malformed(message).at(Place::Byte(self.len()))
    }

    /// Returns whether a field was passed over that is not in the layout.
    pub(super) fn has_unknown(&self) -> bool {
        self.unknown.count.get() > 0
    }

    /// Notes what was odd.
    pub(super) fn note(&self, notes: &mut Notes) {
        let unknown = "fields that are not in profile.proto were passed over";
        self.unknown.note(notes, NoteKind::Skipped, unknown, "fields");
        let repeated = "fields that may come once came again: the last one counts";
        self.repeated.note(notes, NoteKind::Skipped, repeated, "fields");
        if self.overlong.get() > 0 {
            let what = "numbers of more than 64 bits were cut to 64";
            notes.add(NoteKind::Odd, what, self.overlong.get(), "numbers|number", || None);
        }
    }

    /// Takes a number off the start of `rest`; none if it has no end within ten bytes.
    #[inline]
    fn varint(&self, rest: &mut &'a [u8]) -> Option<u64> {
        let start = *rest;
        if let [byte @ ..0x80, after @ ..] = start {
            *rest = after;
            return Some(u64::from(*byte));
        }
        if let [low, high @ ..0x80, after @ ..] = start {
            *rest = after;
            return Some(u64::from(low & 0x7f) | u64::from(*high) << 7);
        }
        let mut value = 0u64;
        for (index, &byte) in start.iter().enumerate().take(10) {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte < 0x80 {
                if index == 9 && byte > 1 {
                    self.overlong.set(self.overlong.get().saturating_add(1));
                }
                *rest = start.get(index + 1..).unwrap_or_default();
                return Some(value);
            }
        }
        None
    }

    /// Returns the error of a number that has no end.
    fn endless(&self, start: &[u8], name: &str) -> Error {
        let found = if start.len() < 10 { "the end in the middle of it" } else { "a longer one" };
        self.error(start, format!("{name}: expected a number of at most 10 bytes, found {found}"))
    }

    /// Takes the value of a field off the start of `rest`; `name` is for errors.
    fn value(&self, wire_type: u64, rest: &mut &'a [u8], name: impl Fn() -> String) -> Result<Value<'a>> {
        let start = *rest;
        let length = match wire_type {
            0 => return self.varint(rest).map(Value::Varint).ok_or_else(|| self.endless(start, &name())),
            1 => 8,
            5 => 4,
            2 => self.varint(rest).ok_or_else(|| self.endless(start, &name()))?,
            3 | 4 => return Err(self.error(start, format!("{}: expected a value, found a group", name()))),
            other => return Err(self.error(start, format!("{}: there is no wire type {other}", name()))),
        };
        let split = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
        let Some((bytes, after)) = split else {
            let message = format!("{}: expected {length} bytes, found the end after {}", name(), rest.len());
            return Err(self.error(start, message));
        };
        *rest = after;
        Ok(if wire_type == 2 { Value::Bytes(bytes) } else { Value::Fixed(bytes.len()) })
    }
}

impl<'w, 'a> Fields<'w, 'a> {
    /// Returns the next field that is in the layout; none at the end of the message.
    pub(super) fn next(&mut self) -> Result<Option<Field<'w, 'a>>> {
        while !self.rest.is_empty() {
            let at = self.rest;
            let tag = self.wire.varint(&mut self.rest);
            let tag = tag.ok_or_else(|| self.wire.endless(at, self.message.name))?;
            let number = tag >> 3;
            let known = self.message.field(number);
            let message = self.message;
            let value = self.wire.value(tag & 7, &mut self.rest, || message.name_of(number))?;
            if let Some(known) = known {
                self.check(known, value, at)?;
                return Ok(Some(Field { number, name: known.name, wire: self.wire, at, value }));
            }
            self.wire.unknown.add(|| self.message.name_of(number));
        }
        Ok(None)
    }

    /// Returns what follows the last field that was returned.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Checks that a field has the type that the layout gives it.
    fn check(&mut self, known: &FieldType, value: Value<'a>, at: &'a [u8]) -> Result<()> {
        let expected = match (known.kind, value) {
            (Kind::Number, Value::Varint(_)) | (Kind::Message(_), Value::Bytes(_)) => {
                let bit = 1u64.checked_shl(known.number as u32).unwrap_or(1);
                if self.seen & bit != 0 {
                    self.wire.repeated.add(|| known.name.to_owned());
                }
                self.seen |= bit;
                return Ok(());
            }
            (Kind::Numbers, Value::Varint(_) | Value::Bytes(_)) => return Ok(()),
            (Kind::Texts | Kind::Messages(_), Value::Bytes(_)) => return Ok(()),
            (Kind::Number | Kind::Numbers, _) => "a number",
            (Kind::Texts, _) => "a text",
            (Kind::Message(_) | Kind::Messages(_), _) => "a message",
        };
        let found = match value {
            Value::Varint(_) => "a number".to_owned(),
            Value::Fixed(size) => format!("{size} fixed bytes"),
            Value::Bytes(bytes) => format!("{} bytes with a length", bytes.len()),
        };
        Err(self.wire.error(at, format!("{}: expected {expected}, found {found}", known.name)))
    }
}

impl<'a> Field<'_, 'a> {
    /// Returns the number in the field.
    pub(super) fn number(self) -> Number<'a> {
        let value = if let Value::Varint(value) = self.value { value } else { 0 };
        Number { value, name: self.name, at: self.at }
    }

    /// Returns whether the number in the field is not 0.
    pub(super) fn is_set(self) -> bool {
        self.number().value != 0
    }

    /// Returns the bytes in the field.
    pub(super) fn bytes(self) -> &'a [u8] {
        if let Value::Bytes(bytes) = self.value { bytes } else { &[] }
    }

    /// Adds the numbers in the field, be it one or many packed, to `numbers`.
    ///
    /// # Errors
    ///
    /// A packed number without an end is an error.
    pub(super) fn numbers(self, numbers: &mut Vec<u64>) -> Result<()> {
        match self.value {
            Value::Varint(value) => numbers.push(value),
            Value::Fixed(_) => {}
            Value::Bytes(mut rest) => {
                while !rest.is_empty() {
                    let start = rest;
                    let number = self.wire.varint(&mut rest);
                    numbers.push(number.ok_or_else(|| self.wire.endless(start, self.name))?);
                }
            }
        }
        Ok(())
    }
}

impl Number<'_> {
    /// Returns the number as the signed one that it is on the wire.
    pub(super) fn signed(self) -> i64 {
        self.value.cast_signed()
    }
}
