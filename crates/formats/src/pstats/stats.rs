//! The dict of a profile, entry by entry, whatever tool wrote it.

use super::marshal::{Marshal, Pairs, Tuple};
use super::object::{Container, Kind, Object, Span, Text};
use profkit_core::{Error, Input, Place, Result};
use std::borrow::Cow;

/// The marshalled dict of one file, on the way through it.
pub(super) struct Stats<'a> {
    marshal: Marshal<'a>,
    functions: Pairs,
    /// The callers of the function at hand that are left.
    callers: Pairs,
    /// How many callers there were, and numbers of them.
    work: usize,
}

/// The key that tells a function: `(file, line, name)`.
#[derive(Clone, Copy)]
pub(super) struct Key {
    pub(super) file: Text,
    pub(super) line: i64,
    pub(super) name: Text,
    /// The name was the code that was run, and both file and name are those of the code.
    pub(super) is_code: bool,
}

/// One entry of the dict.
pub(super) enum Entry {
    /// `(file, line, name): (cc, nc, tt, ct, callers)`; its callers come next.
    Function { at: usize, key: Key, cc: i64, nc: i64, tt: f64, ct: f64 },
    /// `('__sampled__',): True`, by which Python 3.15 marks a sampled profile.
    Sampled,
}

/// What a function knows of one of its callers.
pub(super) struct Caller {
    pub(super) at: usize,
    pub(super) key: Key,
    pub(super) numbers: CallerNumbers,
}

/// The numbers of a caller, in the two shapes that tools write.
pub(super) enum CallerNumbers {
    /// A plain count: calls, or samples in a sampled profile.
    Count(i64),
    /// `(nc, cc, tt, ct)`, where calls come first; `parts` is how many such tuples stand in a row.
    Full { nc: i64, cc: i64, tt: f64, ct: f64, parts: usize },
}

impl<'a> Stats<'a> {
    /// Returns the entries of a dict, none of which is read yet.
    pub(super) fn new(input: Input<'a>) -> Result<Stats<'a>> {
        let none = Pairs::Kept(Span { start: 0, length: 0 });
        let mut stats = Stats { marshal: Marshal::new(input)?, functions: none, callers: none, work: 0 };
        stats.rewind()?;
        Ok(stats)
    }

    /// Goes back to the first entry.
    pub(super) fn rewind(&mut self) -> Result<()> {
        self.marshal.rewind();
        self.work = 0;
        let functions = self.marshal.dict_of_pairs(0)?;
        self.functions = functions.map_err(|found| found.unlike("a dict of functions"))?;
        Ok(())
    }

    /// Returns what follows the dict, once all of it is read.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.marshal.rest()
    }

    /// Reads the next entry; all callers of the one before have been read.
    pub(super) fn entry(&mut self) -> Result<Option<Entry>> {
        self.marshal.forget();
        let (at, key) = self.marshal.key_of(&mut self.functions)?;
        match key {
            Err(Object { kind: Kind::Null, .. }) => return Ok(None),
            Err(mark) if self.is_mark(&mark) => {
                return self.marshal.value_of::<0>(&mut self.functions).map(|_| Some(Entry::Sampled));
            }
            _ => {}
        }
        let key = self.key(key)?;
        let expected = "the tuple (calls, calls, time, time, callers) of a function";
        let ([cc, nc, tt, ct], callers) = if self.marshal.enters_tuple(5) {
            let [cc, nc, tt, ct] = std::array::from_fn(|_| self.marshal.part(1));
            ([cc?, nc?, tt?, ct?], None)
        } else {
            let value = self.marshal.value_of(&mut self.functions)?;
            let [cc, nc, tt, ct, callers] = value.map_err(|found| found.unlike(expected))?;
            ([cc, nc, tt, ct], Some(callers))
        };
        let (cc, nc, tt, ct) = (count(&cc)?, count(&nc)?, seconds(&tt)?, seconds(&ct)?);
        self.callers = match callers {
            None => self.marshal.dict_of_pairs(2)?,
            Some(Object { kind: Kind::Many(Container::Dict, span), .. }) => Ok(Pairs::Kept(span)),
            Some(callers) => Err(callers),
        }
        .map_err(|found| found.unlike("a dict of callers"))?;
        Ok(Some(Entry::Function { at, key, cc, nc, tt, ct }))
    }

    /// Reads the next caller of the function at hand.
    ///
    /// # Errors
    ///
    /// More of them than any file of this size has that does not share its parts are an error: references could make a
    /// few bytes stand for the same callers again and again.
    pub(super) fn caller(&mut self) -> Result<Option<Caller>> {
        self.marshal.forget();
        let (at, key) = self.marshal.key_of(&mut self.callers)?;
        if let Err(Object { kind: Kind::Null, .. }) = key {
            return Ok(None);
        }
        let key = self.key(key)?;
        let value = self.marshal.value_of(&mut self.callers)?;
        let numbers = self.caller_numbers(&value)?;
        let parts = if let CallerNumbers::Full { parts, .. } = numbers { parts } else { 0 };
        self.work = self.work.saturating_add(2 + 4 * parts);
        let size = self.marshal.size_of_input();
        if self.work > size {
            let message = format!("expected at most {size} callers and numbers of them in {size} bytes, found more");
            return Err(Error::limit(format!("{message}: they are shared too often")).at(Place::Byte(at)));
        }
        Ok(Some(Caller { at, key, numbers }))
    }

    /// Returns a text as UTF-8; bytes that are not are spelled as Python does, `\xff`.
    pub(super) fn text(&self, text: Text) -> Cow<'a, str> {
        let (bytes, is_latin) = self.marshal.bytes(text);
        match std::str::from_utf8(bytes) {
            Ok(text) if !is_latin || text.is_ascii() => Cow::Borrowed(text),
            _ if is_latin => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
            _ => Cow::Owned(bytes.utf8_chunks().fold(String::new(), |text, chunk| {
                let escaped = chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}"));
                text + chunk.valid() + &escaped.collect::<String>()
            })),
        }
    }

    /// Returns whether a text is what Python wrote and not spelled otherwise.
    pub(super) fn is_utf8(&self, text: Text) -> bool {
        let (bytes, is_latin) = self.marshal.bytes(text);
        is_latin || std::str::from_utf8(bytes).is_ok()
    }

    /// Returns whether a text is this one, without looking at all of a longer one.
    pub(super) fn is(&self, text: Text, ascii: &str) -> bool {
        self.marshal.bytes(text).0 == ascii.as_bytes()
    }

    fn is_mark(&self, object: &Object) -> bool {
        let mark = self.marshal.parts_of(object);
        matches!(mark, Some([Object { kind: Kind::Text(text), .. }]) if self.is(text, "__sampled__"))
    }

    fn key(&self, tuple: Tuple<3>) -> Result<Key> {
        let [file, line, name] = tuple.map_err(|found| found.unlike("the tuple (file, line, name) of a function"))?;
        let Kind::Text(file_text) = file.kind else { return Err(file.unlike("a file name")) };
        let Kind::Int(line) = line.kind else { return Err(line.unlike("a line number")) };
        match name.kind {
            Kind::Text(name) => Ok(Key { file: file_text, line, name, is_code: false }),
            Kind::Code(span) => match self.marshal.parts(span) {
                [Object { kind: Kind::Text(file), .. }, Object { kind: Kind::Text(name), .. }] => {
                    Ok(Key { file: *file, line, name: *name, is_code: true })
                }
                _ => Err(name.unlike("the name of a function")),
            },
            _ => Err(name.unlike("the name of a function")),
        }
    }

    fn caller_numbers(&self, value: &Tuple<4>) -> Result<CallerNumbers> {
        let unlike = |found: &Object| found.unlike("calls or a tuple (calls, primitive calls, time, time) of a caller");
        let tuples = match value {
            Ok(tuple) => std::slice::from_ref(tuple),
            Err(Object { kind: Kind::Int(calls), .. }) => return Ok(CallerNumbers::Count(*calls)),
            Err(found @ Object { kind: Kind::Many(Container::Tuple, span), .. }) => {
                match self.marshal.parts(*span).as_chunks() {
                    (tuples @ [_, ..], []) => tuples,
                    _ => return Err(unlike(found)),
                }
            }
            Err(found) => return Err(unlike(found)),
        };
        let (mut counts, mut times) = ([0i64; 2], [0.0; 2]);
        for [nc, cc, tt, ct] in tuples {
            let sum = |sum: i64, part: &Object| {
                let overflow = || Error::overflow("the calls of one caller");
                sum.checked_add(count(part)?).ok_or_else(overflow)
            };
            counts = [sum(counts[0], nc)?, sum(counts[1], cc)?];
            times = [times[0] + seconds(tt)?, times[1] + seconds(ct)?];
        }
        let ([nc, cc], [tt, ct]) = (counts, times);
        Ok(CallerNumbers::Full { nc, cc, tt, ct, parts: tuples.len() })
    }
}

fn count(object: &Object) -> Result<i64> {
    match object.kind {
        Kind::Int(count) => Ok(count),
        _ => Err(object.unlike("a number of calls")),
    }
}

fn seconds(object: &Object) -> Result<f64> {
    match object.kind {
        Kind::Float(seconds) if seconds.is_finite() => Ok(seconds),
        // The `profile` module starts its sums with the integer 0.
        Kind::Int(seconds) => Ok(seconds as f64),
        _ => Err(object.unlike("a number of seconds")),
    }
}
