//! The dict of a profile, entry by entry, whatever tool wrote it.

use super::marshal::{Container, Kind, Marshal, Object, Span, Text};
use profkit_core::{Error, Input, Result};
use std::borrow::Cow;

/// The marshalled dict of one file.
pub(super) struct Stats<'a> {
    heap: Marshal<'a>,
    entries: Span,
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
    /// `(file, line, name): (cc, nc, tt, ct, callers)`.
    Function { at: usize, key: Key, cc: i64, nc: i64, tt: f64, ct: f64, callers: Span },
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
    /// Reads the dict and returns it with the bytes behind it.
    pub(super) fn read(input: Input<'a>) -> Result<(Stats<'a>, &'a [u8])> {
        let mut heap = Marshal::new(input)?;
        let root = heap.object(0)?;
        let Kind::Many(Container::Dict, entries) = root.kind else {
            return Err(root.unlike("a dict of functions"));
        };
        let rest = heap.rest();
        Ok((Stats { heap, entries }, rest))
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Result<Entry>> + '_ {
        self.pairs(self.entries).map(|(key, value)| match self.parts(key) {
            Some([mark]) if self.is_mark(mark) => Ok(Entry::Sampled),
            _ => self.function(key, value),
        })
    }

    pub(super) fn callers(&self, callers: Span) -> impl Iterator<Item = Result<Caller>> + '_ {
        self.pairs(callers)
            .map(|(key, value)| Ok(Caller { at: key.at, key: self.key(key)?, numbers: self.caller_numbers(value)? }))
    }

    /// Returns a text as UTF-8; bytes that are not are spelled as Python does, `\xff`.
    pub(super) fn text(&self, text: Text) -> Cow<'a, str> {
        let (bytes, is_latin) = self.heap.bytes(text);
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
        let (bytes, is_latin) = self.heap.bytes(text);
        is_latin || std::str::from_utf8(bytes).is_ok()
    }

    /// Returns whether a text is this one, without looking at all of a longer one.
    pub(super) fn is(&self, text: Text, ascii: &str) -> bool {
        self.heap.bytes(text).0 == ascii.as_bytes()
    }

    /// Returns the number of callers, and of the parts of them, of a dict of callers.
    pub(super) fn work(&self, callers: Span) -> usize {
        callers.len()
            + self.pairs(callers).filter_map(|(_, value)| self.parts(value)).map(<[Object]>::len).sum::<usize>()
    }

    /// Returns the error of more `work` than any file of this size takes that does not share its parts.
    pub(super) fn check_work(&self, work: usize) -> Result<()> {
        if work <= self.heap.size_of_input() {
            return Ok(());
        }
        let size = self.heap.size_of_input();
        let message = format!("expected at most {size} callers and numbers of them in {size} bytes, found {work}");
        Err(Error::limit(format!("{message}: they are shared too often")))
    }

    fn pairs(&self, dict: Span) -> impl Iterator<Item = (&Object, &Object)> + '_ {
        self.heap.parts(dict).as_chunks().0.iter().map(|[key, value]| (key, value))
    }

    fn parts(&self, tuple: &Object) -> Option<&[Object]> {
        match tuple.kind {
            Kind::Many(Container::Tuple, span) => Some(self.heap.parts(span)),
            _ => None,
        }
    }

    fn is_mark(&self, mark: &Object) -> bool {
        matches!(mark.kind, Kind::Text(text) if self.is(text, "__sampled__"))
    }

    fn function(&self, key: &Object, value: &Object) -> Result<Entry> {
        let at = key.at;
        let key = self.key(key)?;
        let Some([cc, nc, tt, ct, callers]) = self.parts(value) else {
            return Err(value.unlike("the tuple (calls, calls, time, time, callers) of a function"));
        };
        let Kind::Many(Container::Dict, span) = callers.kind else {
            return Err(callers.unlike("a dict of callers"));
        };
        let (cc, nc, tt, ct) = (count(cc)?, count(nc)?, seconds(tt)?, seconds(ct)?);
        Ok(Entry::Function { at, key, cc, nc, tt, ct, callers: span })
    }

    fn key(&self, object: &Object) -> Result<Key> {
        let Some([file, line, name]) = self.parts(object) else {
            return Err(object.unlike("the tuple (file, line, name) of a function"));
        };
        let Kind::Text(file_text) = file.kind else { return Err(file.unlike("a file name")) };
        let Kind::Int(line) = line.kind else { return Err(line.unlike("a line number")) };
        match name.kind {
            Kind::Text(name) => Ok(Key { file: file_text, line, name, is_code: false }),
            Kind::Code(span) => match self.heap.parts(span) {
                [Object { kind: Kind::Text(file), .. }, Object { kind: Kind::Text(name), .. }] => {
                    Ok(Key { file: *file, line, name: *name, is_code: true })
                }
                _ => Err(name.unlike("the name of a function")),
            },
            _ => Err(name.unlike("the name of a function")),
        }
    }

    fn caller_numbers(&self, value: &Object) -> Result<CallerNumbers> {
        if let Kind::Int(calls) = value.kind {
            return Ok(CallerNumbers::Count(calls));
        }
        let expected = "calls or a tuple (calls, primitive calls, time, time) of a caller";
        let Some((tuples @ [_, ..], [])) = self.parts(value).map(<[Object]>::as_chunks) else {
            return Err(value.unlike(expected));
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
