//! Names: compressed to numbers, with callers in them, and where they are not known.
//!
//! ```text
//! fn=(4) scale            number 4 is scale from here on, until it is defined anew
//! fn=(4)                  scale
//! fn=scale                a name without a number
//! fn=(7) (4)'2'(1)        --compress-mangled: the second level of scale, called by number 1
//! ```

use super::lines::{Lines, digits, shown};
use crate::ids::Ids;
use profkit_core::{NoteKind, Notes, Profile, Result, StringId};
use std::borrow::Cow;

/// What stands for a file, an object or a function that is not known.
pub(super) const UNKNOWN: &str = "???";

/// The longest name made of others by number: a few bytes of it can stand for very many.
const MOST_BYTES: usize = 1 << 16;

/// How many bytes a name with a number takes at least, about.
const LEAST_NAME: usize = 64;

/// A name, and what it is without callers, where it has some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) full: StringId,
    pub(super) plain: Option<StringId>,
    is_unknown: bool,
}

impl Name {
    /// Returns the name, unless it stands for one that is not known.
    pub(super) fn known(self) -> Option<StringId> {
        (!self.is_unknown).then_some(self.full)
    }
}

/// The names of one kind by number. They hold for the whole file: the parts that valgrind combines refer to each other.
pub(super) struct Names {
    by_number: Ids<Name>,
    /// What the names are of, in messages.
    of: &'static str,
    /// Whether a name can have callers.
    has_contexts: bool,
    /// What is left of the bytes by which all names together may grow.
    room: usize,
}

impl Names {
    /// Returns no names, of a file of `room` bytes; those that are made of others may take as many.
    pub(super) fn new(of: &'static str, room: usize) -> Names {
        let by_number = Ids::new(room / LEAST_NAME);
        Names { by_number, of, has_contexts: false, room: room.max(MOST_BYTES) }
    }

    /// Says that callers may be part of the names that follow.
    pub(super) fn have_contexts(&mut self, is_so: bool) {
        self.has_contexts = is_so;
    }

    /// Returns the name that is spelled after an equals sign.
    pub(super) fn name(
        &mut self,
        lines: &Lines<'_>,
        spelled: &[u8],
        profile: &mut Profile,
        notes: &mut Notes,
    ) -> Result<Name> {
        let Some((number, rest)) = reference(spelled) else { return Ok(self.intern(spelled, profile, notes)) };
        if rest.is_empty() {
            let missing = || {
                let (number, of) = (shown(spelled), self.of);
                lines.wrong(spelled, format!("expected the number of {of} named before, found {number}"))
            };
            return self.by_number.value(number).ok_or_else(missing);
        }
        let name = self.resolved(rest, profile).unwrap_or(Cow::Borrowed(rest));
        let name = self.intern(&name, profile, notes);
        self.by_number.insert(number, name);
        Ok(name)
    }

    fn intern(&self, name: &[u8], profile: &mut Profile, notes: &mut Notes) -> Name {
        let text = match std::str::from_utf8(name) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => {
                let text = name.utf8_chunks().fold(String::new(), |text, chunk| {
                    let bytes = chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}"));
                    text + chunk.valid() + &bytes.collect::<String>()
                });
                let what = "the bytes of names that are not UTF-8 are spelled \\xff";
                notes.add(NoteKind::Renamed, what, 1, "names|name", || text.clone());
                Cow::Owned(text)
            }
        };
        let plain = if self.has_contexts { plain(&text) } else { None };
        let plain = plain.map(|plain| profile.string(plain));
        Name { full: profile.string(&text), plain, is_unknown: [UNKNOWN, ""].contains(&&*text) }
    }

    /// Returns a name with names in the place of numbers, where it is made of numbers of known names.
    fn resolved<'n>(&mut self, name: &'n [u8], profile: &Profile) -> Option<Cow<'n, [u8]>> {
        if !self.has_contexts || !name.starts_with(b"(") {
            return None;
        }
        let mut text = Vec::new();
        for (place, segment) in name.split(|&byte| byte == b'\'').enumerate() {
            if place > 0 {
                text.push(b'\'');
            }
            match reference(segment) {
                Some((number, [])) => {
                    text.extend_from_slice(profile.strings[self.by_number.value(number)?.full].as_bytes());
                }
                _ => text.extend_from_slice(segment),
            }
        }
        if text.len() > MOST_BYTES {
            return None;
        }
        self.room = self.room.checked_sub(text.len())?;
        Some(Cow::Owned(text))
    }
}

/// Returns the number in parentheses at the start of a name, and the name after it.
fn reference(name: &[u8]) -> Option<(u64, &[u8])> {
    let (number, rest) = digits(name.strip_prefix(b"(")?)?;
    Some((number?, rest.strip_prefix(b")")?.trim_ascii_start()))
}

/// Returns a name without the levels of recursion and the callers behind it, where it has some: `scale` of
/// `scale'2'one'work`.
pub(super) fn plain(name: &str) -> Option<&str> {
    let mut depth = 0i32;
    let mut cut = None;
    for (at, byte) in name.bytes().enumerate() {
        match byte {
            b'<' if is_operator(name.get(..at)) => {}
            b'(' | b'<' | b'[' | b'{' => depth += 1,
            b')' | b'>' | b']' | b'}' => depth -= 1,
            b'\'' if depth <= 0 => {
                cut = Some(at);
                break;
            }
            _ => {}
        }
    }
    let (plain, callers) = name.split_at_checked(cut?)?;
    (!plain.is_empty() && callers.len() > 1).then_some(plain)
}

/// Returns whether a name so far ends like the name of an operator, which brackets do not open.
fn is_operator(name: Option<&str>) -> bool {
    name.is_some_and(|name| name.trim_end_matches('<').ends_with("operator"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_stand_behind_the_first_apostrophe_outside_of_brackets() {
        assert_eq!(plain("scale'2'one'work"), Some("scale"));
        assert_eq!(plain("(below main)'0x1ab70"), Some("(below main)"));
        assert_eq!(plain("call<for<'a> Fn(&'a u8)>'2"), Some("call<for<'a> Fn(&'a u8)>"));

        assert_eq!(plain("operator<<(out&)'2"), Some("operator<<(out&)"));
        assert_eq!(plain("scale"), None);
        assert_eq!(plain("'2"), None);
        assert_eq!(plain("prime'"), None);
    }
}
