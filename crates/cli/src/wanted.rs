//! Patterns of the command line that pick functions.

use crate::failure::{Failure, Result};
use profkit_core::Profile;
use profkit_ops::{Pattern, TopRow};

/// A regular expression of the command line, and the option that it belongs to.
#[derive(Clone, Debug)]
pub struct Wanted {
    option: &'static str,
    text: String,
    pattern: Pattern,
}

impl Wanted {
    /// Returns the pattern that was given with an option, if it was.
    ///
    /// # Errors
    ///
    /// What is no regular expression is an error that names the option.
    pub fn new(option: &'static str, text: Option<&str>) -> Result<Option<Wanted>> {
        let Some(text) = text else { return Ok(None) };
        let pattern = Pattern::parse(text).map_err(|error| Failure::Error(format!("{option}: {}", error.message())))?;
        Ok(Some(Wanted { option, text: text.to_owned(), pattern }))
    }

    /// Returns whether a function of this name, in this file and module, is meant.
    pub fn matches(&self, name: &str, file: Option<&str>, module: Option<&str>) -> bool {
        self.pattern.matches(name, file, module)
    }

    pub(crate) fn has(&self, row: &TopRow) -> bool {
        self.matches(&row.name, row.file.as_deref(), row.module.as_deref())
    }

    /// Checks that a function of the profile is meant, if it has any.
    ///
    /// # Errors
    ///
    /// Fails where functions are there and none of them is meant: most likely a slip of the pen.
    pub fn check(&self, profile: &Profile) -> Result<()> {
        let text = |id: Option<_>| id.map(|id| &profile.strings[id]);
        let mut functions = profile.functions.iter().map(|(_, function)| function);
        let is_meant = functions
            .any(|function| self.matches(&profile.strings[function.name], text(function.file), text(function.module)));
        self.check_match(is_meant, profile.functions.len())
    }

    pub(crate) fn check_match(&self, is_met: bool, functions: usize) -> Result<()> {
        if is_met || functions == 0 {
            return Ok(());
        }
        let (option, text) = (self.option, &self.text);
        Err(Failure::Error(format!("{option} {text:?}: none of the {functions} functions matches")))
    }
}
