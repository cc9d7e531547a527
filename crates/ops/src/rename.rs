//! Names that are known to have changed.

use crate::filter::Substitution;
use std::str::FromStr;

/// A rule by which names of functions become others: `s/OLD/NEW/`, as in [`filter`](crate::filter()).
///
/// ```
/// use profkit_ops::Rename;
///
/// let rename: Rename = r"s/^old_(\w+)/new.\1/".parse()?;
/// assert_eq!(rename.apply("old_main"), "new.main");
/// assert!("s/a/b".parse::<Rename>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug)]
pub struct Rename(Substitution);

impl Rename {
    /// Returns the name that a name becomes.
    pub fn apply(&self, name: &str) -> String {
        self.0.apply(name)
    }
}

impl FromStr for Rename {
    type Err = String;

    fn from_str(text: &str) -> Result<Rename, String> {
        Substitution::parse(text).map(Rename).map_err(|error| error.message().to_owned())
    }
}
