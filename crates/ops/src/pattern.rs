//! Regular expressions on functions.

use profkit_core::{Error, Result};
use regex::Regex;

/// A regular expression that a function matches by its name, its file or its module.
///
/// It is not anchored, as in grep and in pprof. `fn:`, `file:` or `mod:` in front of it picks what it is held
/// against:
///
/// ```
/// use profkit_ops::Pattern;
///
/// let json = Pattern::new("json")?;
/// assert!(json.matches("loads", Some("lib/json/decoder.py"), None));
/// assert!(!Pattern::new("fn:json")?.matches("loads", Some("lib/json/decoder.py"), None));
/// assert!(Pattern::new("file:^lib/")?.matches("loads", Some("lib/json/decoder.py"), None));
/// assert!(Pattern::new("(").is_err());
/// # Ok::<(), profkit_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pattern {
    field: Field,
    regex: Regex,
}

/// What a regular expression is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Any,
    Name,
    File,
    Module,
}

const FIELDS: &[(&str, Field)] = &[("fn:", Field::Name), ("file:", Field::File), ("mod:", Field::Module)];

impl Pattern {
    /// Returns the pattern that a text spells.
    ///
    /// # Errors
    ///
    /// What is no regular expression is an error of kind `Usage`.
    pub fn new(text: &str) -> Result<Pattern> {
        let picked = FIELDS.iter().find_map(|&(prefix, field)| Some((field, text.strip_prefix(prefix)?)));
        let (field, regex) = picked.unwrap_or((Field::Any, text));
        let regex = Regex::new(regex).map_err(|error| Error::usage(format!("not a regular expression: {error}")))?;
        Ok(Pattern { field, regex })
    }

    /// Returns whether a function of this name, in this file and module, is one that is meant.
    pub fn matches(&self, name: &str, file: Option<&str>, module: Option<&str>) -> bool {
        let is_match = |text: Option<&str>| text.is_some_and(|text| self.regex.is_match(text));
        match self.field {
            Field::Any => is_match(Some(name)) || is_match(file) || is_match(module),
            Field::Name => is_match(Some(name)),
            Field::File => is_match(file),
            Field::Module => is_match(module),
        }
    }
}
