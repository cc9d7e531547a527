//! Python's marshalled objects of every version.
//!
//! What is read whole goes to a flat heap, which is made empty again and again but for what a later reference may lead
//! to. So a dict can be read pair by pair, however large it is.
//!
//! Nothing is executed and nothing is trusted: sizes are bounded by the bytes that remain, depth by
//! [`MAX_DEPTH`], and a reference leads only to an object that is complete, so that no circle can exist.

mod pairs;

pub(super) use pairs::{Pairs, Tuple};

use super::code::Layout;
use super::object::{Container, Kind, Object, Span, Text, constant};
use profkit_core::{Error, Input, Place, Result};

/// The depth of nesting above which an input is refused. A profile nests three deep, and below a code
/// object in a key as deep as the functions of the program do.
const MAX_DEPTH: usize = 200;
/// The bit of a type code that says that the object is put on the list of references.
const FLAG_REF: u8 = 0x80;

/// The reader of one input, and the heap of what it has read.
pub(super) struct Marshal<'a> {
    input: &'a [u8],
    at: usize,
    heap: Vec<Object>,
    /// How much of the heap is kept.
    kept: usize,
    /// The parts, so far, of the containers that are not complete.
    open: Vec<Object>,
    /// The objects that `r` can refer to; none while they are not complete.
    refs: Vec<Option<Object>>,
    /// The texts that `R` of Python 2 can refer to.
    interned: Vec<Object>,
    /// The code layout of the Python that wrote the input, once it is known.
    pub(super) layout: Option<&'static Layout>,
}

/// How far a reader had got.
pub(super) struct Position {
    at: usize,
    sizes: [usize; 5],
}

impl<'a> Marshal<'a> {
    pub(super) fn new(input: Input<'a>) -> Result<Marshal<'a>> {
        let input = input.bytes();
        if u32::try_from(input.len()).is_err() {
            return Err(Error::limit("a marshalled input of more than 4 GiB"));
        }
        let (heap, open, refs, interned) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Ok(Marshal { input, at: 0, heap, kept: 0, open, refs, interned, layout: None })
    }

    /// Returns what follows the objects that were read.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.input.get(self.at..).unwrap_or_default()
    }

    /// Returns the size of the whole input.
    pub(super) fn size_of_input(&self) -> usize {
        self.input.len()
    }

    /// Returns where the next object starts.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Returns the objects in a range of the heap.
    pub(super) fn parts(&self, span: Span) -> &[Object] {
        let start = span.start as usize;
        self.heap.get(start..start + span.length as usize).unwrap_or_default()
    }

    /// Returns the bytes of a text, and whether they are Latin-1.
    pub(super) fn bytes(&self, text: Text) -> (&'a [u8], bool) {
        let start = text.span.start as usize;
        (self.input.get(start..start + text.span.length as usize).unwrap_or_default(), text.is_latin)
    }

    /// Keeps all that is on the heap.
    fn keep(&mut self) {
        self.kept = self.heap.len();
    }

    /// Takes off the heap what nothing can refer to.
    pub(super) fn forget(&mut self) {
        self.heap.truncate(self.kept);
    }

    /// Returns the parts of a tuple on the heap, if it has so many.
    pub(super) fn parts_of<const N: usize>(&self, tuple: &Object) -> Option<[Object; N]> {
        match tuple.kind {
            Kind::Many(Container::Tuple, span) => self.parts(span).try_into().ok(),
            _ => None,
        }
    }

    /// Reads the next object.
    pub(super) fn object(&mut self, depth: usize) -> Result<Object> {
        let at = self.at;
        if depth > MAX_DEPTH {
            return Err(Error::limit(format!("objects nested more than {MAX_DEPTH} deep")).at(Place::Byte(at)));
        }
        if let Some(kind) = self.number() {
            return Ok(Object { at, kind });
        }
        let [byte] = self.take()?;
        let code = byte & !FLAG_REF;
        if code == b'r' {
            return self.reference(at);
        }
        let is_referable = byte & FLAG_REF != 0 && !matches!(code, b'0' | b'R') && constant(code).is_none();
        let slot = self.refs.len();
        if is_referable {
            self.refs.push(None);
        }
        let object = Object { at, kind: self.kind(code, at, depth)? };
        if is_referable && let Some(slot) = self.refs.get_mut(slot) {
            *slot = Some(object);
            if let Kind::Many(..) | Kind::Code(_) = object.kind {
                self.keep();
            }
        }
        if code == b't' {
            self.interned.push(object);
        }
        Ok(object)
    }

    /// Reads a number to which nothing refers, which most objects of a profile are.
    fn number(&mut self) -> Option<Kind> {
        let (kind, size) = match self.rest() {
            [b'i', rest @ ..] => (Kind::Int(i32::from_le_bytes(*rest.first_chunk()?).into()), 5),
            [b'g', rest @ ..] => (Kind::Float(f64::from_le_bytes(*rest.first_chunk()?)), 9),
            _ => return None,
        };
        self.at += size;
        Some(kind)
    }

    fn kind(&mut self, code: u8, at: usize, depth: usize) -> Result<Kind> {
        Ok(match code {
            b'0' => Kind::Null,
            b'i' => Kind::Int(self.int()?.into()),
            b'I' => Kind::Int(i64::from_le_bytes(self.take()?)),
            b'l' => self.long()?,
            b'g' => Kind::Float(f64::from_le_bytes(self.take()?)),
            b'f' => Kind::Float(self.spelled_float()?),
            b'y' => self.take::<16>().map(|_| Kind::Complex)?,
            b'x' => {
                self.spelled_float()?;
                self.spelled_float()?;
                Kind::Complex
            }
            b's' | b't' | b'u' => self.text_of_size(false)?,
            b'a' | b'A' => self.text_of_size(true)?,
            b'z' | b'Z' => {
                let [length] = self.take()?;
                self.text(length.into(), true)?
            }
            b'R' => self.interned(at)?,
            b'(' => self.tuple(None, depth)?,
            b')' => {
                let [length] = self.take()?;
                self.tuple(Some(length.into()), depth)?
            }
            b'[' => self.sized(Container::List, depth)?,
            b'<' | b'>' => self.sized(Container::Set, depth)?,
            b':' => self.many(Container::Slice, 3, depth)?,
            b'{' | b'}' => self.dict(depth)?,
            b'c' => self.code(at, depth)?,
            _ if constant(code).is_some() => Kind::Constant(code),
            _ => {
                let code = code.escape_ascii();
                return Err(Error::malformed(format!("expected a marshalled object, found the type code '{code}'"))
                    .at(Place::Byte(at)));
            }
        })
    }

    /// Reads a part of a container: anything but NULL.
    pub(super) fn part(&mut self, depth: usize) -> Result<Object> {
        not_null(self.object(depth + 1)?)
    }

    fn tuple(&mut self, length: Option<usize>, depth: usize) -> Result<Kind> {
        match length {
            Some(length) => self.many(Container::Tuple, length, depth),
            None => self.sized(Container::Tuple, depth),
        }
    }

    fn sized(&mut self, container: Container, depth: usize) -> Result<Kind> {
        let length = self.size()?;
        self.many(container, length, depth)
    }

    fn many(&mut self, container: Container, length: usize, depth: usize) -> Result<Kind> {
        let start = self.open.len();
        for _ in 0..length {
            let part = self.part(depth)?;
            self.open.push(part);
        }
        Ok(Kind::Many(container, self.close(start)))
    }

    fn dict(&mut self, depth: usize) -> Result<Kind> {
        let start = self.open.len();
        loop {
            let key = self.object(depth + 1)?;
            if matches!(key.kind, Kind::Null) {
                return Ok(Kind::Many(Container::Dict, self.close(start)));
            }
            self.open.push(key);
            let value = self.part(depth)?;
            self.open.push(value);
        }
    }

    /// Moves the parts of a container from `start` on, now that it is complete, to the heap.
    fn close(&mut self, start: usize) -> Span {
        let before = self.heap.len();
        self.heap.extend(self.open.drain(start..));
        // Each object takes at least a byte of an input of less than 4 GiB.
        Span { start: before as u32, length: (self.heap.len() - before) as u32 }
    }

    /// Puts objects on the heap.
    pub(super) fn put(&mut self, parts: &[Object]) -> Span {
        let start = self.heap.len() as u32;
        self.heap.extend_from_slice(parts);
        Span { start, length: parts.len() as u32 }
    }

    fn reference(&mut self, at: usize) -> Result<Object> {
        let index = self.int()?;
        let target = usize::try_from(index).ok().and_then(|index| self.refs.get(index)).copied();
        match target {
            Some(Some(object)) => Ok(Object { at, ..object }),
            Some(None) => Err(Error::malformed(format!(
                "expected a reference to an earlier object, found one to object {index}, which it is a part of"
            ))
            .at(Place::Byte(at))),
            None => Err(Error::malformed(format!(
                "expected a reference to one of {} objects, found one to object {index}",
                self.refs.len()
            ))
            .at(Place::Byte(at))),
        }
    }

    fn interned(&mut self, at: usize) -> Result<Kind> {
        let index = self.int()?;
        let target = usize::try_from(index).ok().and_then(|index| self.interned.get(index));
        target.map(|object| object.kind).ok_or_else(|| {
            let there = self.interned.len();
            Error::malformed(format!("expected a reference to one of {there} texts, found one to text {index}"))
                .at(Place::Byte(at))
        })
    }

    /// Reads an integer of any size: its digits are of 15 bits, its sign is that of their number.
    fn long(&mut self) -> Result<Kind> {
        let at = self.at;
        let digits = self.int()?;
        let length = digits.unsigned_abs() as usize;
        let bytes = self.slice(length.saturating_mul(2), at)?;
        let mut number = Some(0i128);
        for digit in bytes.as_chunks::<2>().0.iter().rev().map(|&digit| u16::from_le_bytes(digit)) {
            if digit >= 1 << 15 {
                return Err(Error::malformed("expected digits of 15 bits, found one of 16").at(Place::Byte(at)));
            }
            number = number.and_then(|number| number.checked_mul(1 << 15)?.checked_add(digit.into()));
        }
        let number = number.map(|number| if digits < 0 { -number } else { number });
        Ok(number.and_then(|number| i64::try_from(number).ok()).map_or(Kind::Huge, Kind::Int))
    }

    fn spelled_float(&mut self) -> Result<f64> {
        let at = self.at;
        let [length] = self.take()?;
        let text = self.slice(length.into(), at)?;
        let number = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
        number.ok_or_else(|| {
            let text = text.escape_ascii();
            Error::malformed(format!("expected a number, found \"{text}\"")).at(Place::Byte(at))
        })
    }

    fn text_of_size(&mut self, is_latin: bool) -> Result<Kind> {
        let length = self.size()?;
        self.text(length, is_latin)
    }

    fn text(&mut self, length: usize, is_latin: bool) -> Result<Kind> {
        let start = self.at;
        self.slice(length, start)?;
        let span = Span { start: start as u32, length: length as u32 };
        Ok(Kind::Text(Text { span, is_latin }))
    }

    /// Reads a number of things, each of which takes at least a byte.
    fn size(&mut self) -> Result<usize> {
        let at = self.at;
        let size = self.int()?;
        let left = self.rest().len();
        usize::try_from(size).ok().filter(|&size| size <= left).ok_or_else(|| {
            Error::malformed(format!("expected a size of at most {left}, the bytes that are left, found {size}"))
                .at(Place::Byte(at))
        })
    }

    pub(super) fn int(&mut self) -> Result<i32> {
        self.take().map(i32::from_le_bytes)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let &bytes = self.rest().first_chunk().ok_or_else(|| self.too_short(N, self.at))?;
        self.at += N;
        Ok(bytes)
    }

    fn slice(&mut self, length: usize, at: usize) -> Result<&'a [u8]> {
        let bytes = self.rest().get(..length).ok_or_else(|| self.too_short(length, at))?;
        self.at += length;
        Ok(bytes)
    }

    #[cold]
    fn too_short(&self, length: usize, at: usize) -> Error {
        let message = format!("expected {length} more bytes, found only {}", self.rest().len());
        Error::malformed(message).at(Place::Byte(at))
    }

    /// Goes back to the start.
    pub(super) fn rewind(&mut self) {
        self.back_to(&Position { at: 0, sizes: [0; 5] });
    }

    /// Returns how far the reader has got.
    pub(super) fn position(&self) -> Position {
        let sizes = [self.heap.len(), self.kept, self.open.len(), self.refs.len(), self.interned.len()];
        Position { at: self.at, sizes }
    }

    /// Goes back to where the reader was, as if it had never been further.
    pub(super) fn back_to(&mut self, position: &Position) {
        let [heap, kept, open, refs, interned] = position.sizes;
        self.at = position.at;
        self.heap.truncate(heap);
        self.kept = kept;
        self.open.truncate(open);
        self.refs.truncate(refs);
        self.interned.truncate(interned);
    }
}

fn not_null(object: Object) -> Result<Object> {
    match object.kind {
        Kind::Null => Err(Error::malformed("expected an object, found NULL").at(Place::Byte(object.at))),
        _ => Ok(object),
    }
}
