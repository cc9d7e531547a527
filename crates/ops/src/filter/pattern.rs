//! Regular expressions on functions.

use profkit_core::{Error, Frame, Id, Profile, Result, StringId};
use regex::Regex;

/// A regular expression on the name, the file or the module of functions.
///
/// It may match anywhere in any of the three; `fn:`, `file:` or `mod:` before it picks one. The module is the
/// loaded binary, too, and the name of a function that is not known is its address.
///
/// ```
/// use profkit_ops::Pattern;
/// assert!(Pattern::parse("file:^/usr/lib")?.matches("read", Some("/usr/lib/io.py"), None));
/// assert!(Pattern::parse("f(").is_err());
/// # Ok::<(), profkit_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pattern {
    field: Field,
    regex: Regex,
}

/// What of a function a pattern is matched against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Any,
    Name,
    File,
    Module,
}

/// The prefixes that pick a field.
const FIELDS: [(&str, Field); 3] = [("fn:", Field::Name), ("file:", Field::File), ("mod:", Field::Module)];

impl Field {
    /// Takes the prefix that picks a field off a text.
    pub(super) fn split(text: &str) -> (Field, &str) {
        let picked = FIELDS.iter().find_map(|&(prefix, field)| Some((field, text.strip_prefix(prefix)?)));
        picked.unwrap_or((Field::Any, text))
    }
}

impl Pattern {
    /// Returns the pattern that a text spells.
    ///
    /// # Errors
    ///
    /// What is no regular expression is an error of kind `Usage` that shows the place.
    pub fn parse(text: &str) -> Result<Pattern> {
        let (field, regex) = Field::split(text);
        Ok(Pattern { field, regex: self::regex(regex)? })
    }

    /// Returns whether the pattern matches a function of this name, in this file and module.
    pub fn matches(&self, name: &str, file: Option<&str>, module: Option<&str>) -> bool {
        let is_match = |field, text: Option<&str>| text.is_some_and(|text| self.is_match(field, text));
        is_match(Field::Name, Some(name)) || is_match(Field::File, file) || is_match(Field::Module, module)
    }

    /// Returns whether the pattern looks at a field and matches a text in it.
    pub(super) fn is_match(&self, field: Field, text: &str) -> bool {
        (self.field == Field::Any || self.field == field) && self.regex.is_match(text)
    }

    /// Returns for each function of a profile whether the pattern matches it.
    pub(super) fn functions(&self, profile: &Profile) -> Vec<bool> {
        let mut texts = Texts { pattern: self, profile, known: [const { Vec::new() }; 3] };
        let functions = profile.functions.iter().map(|(_, it)| {
            texts.is_match(Field::Name, Some(it.name))
                || texts.is_match(Field::File, it.file)
                || texts.is_match(Field::File, it.full_path)
                || texts.is_match(Field::Module, it.module)
        });
        functions.collect()
    }

    /// Returns for each frame of a profile whether the pattern matches it.
    pub(super) fn frames(&self, profile: &Profile) -> Vec<bool> {
        let functions = self.functions(profile);
        let mut texts = Texts { pattern: self, profile, known: [const { Vec::new() }; 3] };
        let frames = profile.frames.iter().map(|(_, frame)| {
            let is_function = match frame.function {
                Some(function) => functions[function.index()],
                None => self.is_match(Field::Name, &address(frame)),
            };
            is_function
                || texts.is_match(Field::File, frame.file)
                || texts.is_match(Field::Module, frame.mapping.and_then(|mapping| profile.mappings[mapping].file))
        });
        frames.collect()
    }
}

/// Returns the name of a frame without a function, as tables show it.
fn address(frame: Frame) -> String {
    frame.address.map_or_else(|| "(unknown)".to_owned(), |address| format!("{address:#x}"))
}

/// Returns the regular expression that a text spells.
pub(super) fn regex(text: &str) -> Result<Regex> {
    Regex::new(text).map_err(|error| Error::usage(error.to_string()))
}

/// What a pattern says of the texts of a profile, each looked at once.
struct Texts<'p> {
    pattern: &'p Pattern,
    profile: &'p Profile,
    known: [Vec<Option<bool>>; 3],
}

impl Texts<'_> {
    fn is_match(&mut self, field: Field, text: Option<StringId>) -> bool {
        let Some(text) = text else { return false };
        let known = match field {
            Field::Any | Field::Name => &mut self.known[0],
            Field::File => &mut self.known[1],
            Field::Module => &mut self.known[2],
        };
        known.resize(self.profile.strings.len(), None);
        *known[text.index()].get_or_insert_with(|| self.pattern.is_match(field, &self.profile.strings[text]))
    }
}
