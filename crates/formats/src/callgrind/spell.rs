//! Names on their way out: spelled so that no reader takes them for something else, each with a number.

use super::names::{UNKNOWN, plain};
use profkit_core::{Function, FunctionId, NoteKind, Notes, Profile, StringId};
use std::borrow::Cow;
use std::collections::HashMap;

/// A blank that nothing takes for the end of a name.
const NO_BREAK: &str = "\u{a0}";

/// The names of one kind that were written so far, by number.
///
/// KCachegrind forgets all numbers at the start of a part, and speedscope wants each number defined once: so a number
/// stands for the same name in the whole file, and each part defines those that it uses.
#[derive(Default)]
pub(super) struct Numbers {
    by_name: HashMap<String, (usize, usize)>,
}

impl Numbers {
    /// Returns a name as it is written in a part: its number, and the name where the part has not had it yet.
    pub(super) fn spell(&mut self, name: &str, part: usize) -> String {
        let next = self.by_name.len() + 1;
        match self.by_name.get_mut(name) {
            Some((number, last_part)) if *last_part == part => format!("({number})"),
            Some((number, last_part)) => {
                *last_part = part;
                format!("({number}) {name}")
            }
            None => {
                self.by_name.insert(name.to_owned(), (next, part));
                format!("({next}) {name}")
            }
        }
    }
}

/// Returns a text that stands at the end of a line, as it is written.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    let is_plain = |it: char| !it.is_control();
    let is_trimmed = text.trim_ascii().len() == text.len();
    if is_trimmed && text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut spelled = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            it if is_plain(it) => spelled.push(it),
            it => spelled.push_str(&format!("\\x{:02x}", u32::from(it))),
        }
    }
    let inner = spelled.trim_matches(' ');
    let start = spelled.len() - spelled.trim_start_matches(' ').len();
    let end = spelled.len() - start - inner.len();
    Cow::Owned([&NO_BREAK.repeat(start), inner, &NO_BREAK.repeat(end)].concat())
}

/// Returns a text that stands at the end of a line, and notes it where it had to be changed.
pub(super) fn noted<'t>(original: &'t str, notes: &mut Notes) -> Cow<'t, str> {
    let spelled = text(original);
    if spelled != original {
        let what = "callgrind cannot hold control characters, and blanks at the ends of texts";
        notes.add(NoteKind::Renamed, what, 1, "texts were changed|text was changed", || spelled.clone().into_owned());
    }
    spelled
}

/// Returns a file or an object as it is written. One that is called like an unknown one is another.
pub(super) fn file(profile: &Profile, file: Option<StringId>) -> Cow<'_, str> {
    match file.map(|file| &profile.strings[file]) {
        None => Cow::Borrowed(UNKNOWN),
        Some(UNKNOWN) => Cow::Borrowed("./???"),
        Some(name) => text(name),
    }
}

/// Returns the name of a function as it is written.
pub(super) fn function(profile: &Profile, id: FunctionId, has_contexts: bool) -> Cow<'_, str> {
    let Function { name, context_of, .. } = profile.functions[id];
    let name = &profile.strings[name];
    let spelled = if name.is_empty() { Cow::Borrowed(UNKNOWN) } else { text(name) };
    let is_context = has_contexts && plain(&spelled).is_some();
    match context_of {
        // What would be taken for callers is spelled with another apostrophe.
        None if is_context => Cow::Owned(spelled.replace('\'', "\u{2019}")),
        _ => spelled,
    }
}

/// Notes the functions, files and objects whose names are written otherwise than they are.
pub(super) fn note(profile: &Profile, is_used: &[bool], has_contexts: bool, notes: &mut Notes) {
    for ((id, it), _) in profile.functions.iter().zip(is_used).filter(|(_, is_used)| **is_used) {
        let name = function(profile, id, has_contexts);
        let context_of = it.context_of.map(|plain| &profile.strings[plain]);
        let is_read_as = plain(&name).filter(|_| has_contexts);
        let files = [it.file, it.module].into_iter().flatten();
        let is_changed = name != profile.strings[it.name]
            || is_read_as != context_of
            || files.into_iter().any(|id| file(profile, Some(id)) != profile.strings[id]);
        if is_changed {
            let what = "some names cannot be spelled in callgrind";
            notes.add(NoteKind::Renamed, what, 1, "functions were renamed|function was renamed", || name.into_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_defined_once_in_each_part() {
        let mut numbers = Numbers::default();
        assert_eq!(numbers.spell("f", 0), "(1) f");
        assert_eq!(numbers.spell("g", 0), "(2) g");
        assert_eq!(numbers.spell("f", 0), "(1)");
        assert_eq!(numbers.spell("f", 1), "(1) f");
        assert_eq!(numbers.spell("f", 1), "(1)");
    }

    #[test]
    fn texts_stay_in_their_line() {
        assert_eq!(text("operator()(int)"), "operator()(int)");
        assert_eq!(text(" a\nb  "), "\u{a0}a\\x0ab\u{a0}\u{a0}");
        assert_eq!(text(" "), "\u{a0}");
    }
}
