//! A rule by which names become others, as `sed` spells it.

use regex::{Regex, RegexBuilder};
use std::borrow::Cow;
use std::str::FromStr;

/// A substitution in the manner of `sed`: `s/OLD/NEW/`.
///
/// OLD is a regular expression. In NEW, `\1` and `$1` are what its first group matched, `&` is all that it
/// matched, and a backslash takes the meaning from the next character. Any character may stand in the place of `/`.
/// Only the first match of a name is replaced; with `g` behind it all are, with `i` capitals do not matter.
///
/// ```
/// use profkit_ops::Rename;
///
/// let rename: Rename = r"s/^old_(\w+)/new.\1/".parse()?;
/// assert_eq!(rename.apply("old_main"), "new.main");
/// assert_eq!("s,::,.,g".parse::<Rename>()?.apply("a::b::c"), "a.b.c");
/// assert!("s/a/b".parse::<Rename>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug)]
pub struct Rename {
    pattern: Regex,
    with: String,
    is_global: bool,
}

impl Rename {
    /// Returns the name that a name becomes.
    pub fn apply<'n>(&self, name: &'n str) -> Cow<'n, str> {
        let with = self.with.as_str();
        if self.is_global { self.pattern.replace_all(name, with) } else { self.pattern.replace(name, with) }
    }
}

impl FromStr for Rename {
    type Err = String;

    fn from_str(text: &str) -> Result<Rename, String> {
        let malformed = || format!("expected s/OLD/NEW/, found {text:?}");
        let mut rest = text.strip_prefix('s').ok_or_else(malformed)?.chars();
        let mark = rest.next().filter(|it| !it.is_alphanumeric() && *it != '\\').ok_or_else(malformed)?;
        let mut parts = vec![String::new()];
        while let Some(character) = rest.next() {
            let part = parts.last_mut().ok_or_else(malformed)?;
            if character == mark {
                parts.push(String::new());
            } else if character == '\\' {
                match rest.next() {
                    Some(next) if next == mark => part.push(next),
                    Some(next) => part.extend(['\\', next]),
                    None => return Err(malformed()),
                }
            } else {
                part.push(character);
            }
        }
        let [pattern, with, flags] = parts.as_slice() else { return Err(malformed()) };
        if let Some(unknown) = flags.chars().find(|flag| !"gi".contains(*flag)) {
            return Err(format!("{text:?} has the flag {unknown:?}; there are g and i"));
        }
        let pattern = RegexBuilder::new(pattern).case_insensitive(flags.contains('i')).build();
        let pattern = pattern.map_err(|error| error.to_string())?;
        Ok(Rename { pattern, with: replacement(with), is_global: flags.contains('g') })
    }
}

/// Returns what stands in the place of a match, as the regex crate spells it.
fn replacement(with: &str) -> String {
    let mut spelled = String::with_capacity(with.len());
    let mut characters = with.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '&' => spelled.push_str("${0}"),
            '\\' => match characters.next() {
                Some(digit) if digit.is_ascii_digit() => spelled.push_str(&format!("${{{digit}}}")),
                Some('$') => spelled.push_str("$$"),
                Some(other) => spelled.push(other),
                None => spelled.push('\\'),
            },
            // `$1x` is the first group and an x here, not a group that is called `1x`.
            '$' if characters.peek().is_some_and(char::is_ascii_digit) => {
                let digit = characters.next().unwrap_or_default();
                spelled.push_str(&format!("${{{digit}}}"));
            }
            '$' if characters.peek() != Some(&'{') => spelled.push_str("$$"),
            other => spelled.push(other),
        }
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(rule: &str, name: &str) -> String {
        rule.parse::<Rename>().unwrap().apply(name).into_owned()
    }

    #[test]
    fn substitutes_as_sed_does() {
        assert_eq!(apply(r"s/a\/b/c/", "a/b"), "c");
        assert_eq!(apply("s|old|new|", "old old"), "new old");
        assert_eq!(apply("s/O/x/gi", "foo"), "fxx");
        assert_eq!(apply(r"s/(f)(.*)/\2_\1&/", "foo"), "oo_ffoo");
        assert_eq!(apply(r"s/f/$/", "foo"), "$oo");
        assert_eq!(apply(r"s/(?P<x>f)/${x}1$1z\&/", "foo"), "f1fz&oo");
        assert_eq!(apply("s/x/y/", "foo"), "foo");
    }

    #[test]
    fn what_is_no_substitution_is_an_error_that_says_what_is() {
        let message = |rule: &str| rule.parse::<Rename>().unwrap_err();
        for rule in ["", "s", "s/a/b", "s/a", "x/a/b/", "s/a/b/c/d/", "saabba", "s/a/b\\"] {
            assert!(message(rule).contains("expected s/OLD/NEW/"), "{rule}");
        }
        assert!(message("s/a/b/x").contains("g and i"));
        assert!(message("s/(/b/").contains("unclosed group"));
    }
}
