//! The options of single formats: `-O NAME=VALUE`.

use crate::failure::{Failure, Result};
use profkit_core::{Format, Opt};

/// Checks that each option is one of some format involved, with a value that it knows.
///
/// # Errors
///
/// Anything else is an error that lists what there is.
pub fn check(given: &[(String, String)], involved: &[&'static Format]) -> Result<()> {
    for (name, value) in given {
        let known: Vec<&Opt> = options(involved).filter(|option| option.name == name).collect();
        let values = unique(known.iter().flat_map(|option| option.values).copied());
        if known.is_empty() {
            return Err(Failure::Error(format!("-O {name}: {}", no_such_option(involved))));
        }
        if !values.contains(&value.as_str()) {
            let values = values.join(", ");
            return Err(Failure::Error(format!("-O {name}={value}: no such value; {name} can be {values}")));
        }
    }
    Ok(())
}

/// Returns the options that one format knows, with values that it knows; another format involved may
/// know the rest.
pub fn of(given: &[(String, String)], format: &Format) -> Vec<(String, String)> {
    let knows = |name: &str, value: &str| {
        format.knobs().iter().any(|option| option.name == name && option.values.contains(&value))
    };
    given.iter().filter(|(name, value)| knows(name, value)).cloned().collect()
}

/// Returns how an option is typed, with all its values: `layout=auto|evented`.
pub(crate) fn spelled(option: &Opt) -> String {
    format!("{}={}", option.name, option.values.join("|"))
}

fn options(involved: &[&'static Format]) -> impl Iterator<Item = &'static Opt> {
    involved.iter().flat_map(|format| format.knobs())
}

/// Returns each item once, in order of first use.
fn unique<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut unique = Vec::new();
    for item in items {
        if !unique.contains(&item) {
            unique.push(item);
        }
    }
    unique
}

fn no_such_option(involved: &[&'static Format]) -> String {
    let formats = unique(involved.iter().map(|format| format.name()));
    let known = unique(options(involved).map(spelled));
    match known.as_slice() {
        [] => format!("{} has no options; --list-formats names those of every format", formats.join(" or ")),
        _ => format!("{} has no such option; there are {}", formats.join(" or "), known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static SHORT: Format = Format::new("short", "").options(&[Opt { name: "version", values: &["1", "2"], help: "" }]);
    static PLAIN: Format = Format::new("plain", "");
    static OTHER: Format = Format::new("other", "").options(&[Opt { name: "version", values: &["2", "3"], help: "" }]);

    fn message(given: &[(&str, &str)], involved: &[&'static Format]) -> Option<String> {
        let given: Vec<_> = given.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        match check(&given, involved) {
            Err(Failure::Error(message)) => Some(message),
            _ => None,
        }
    }

    #[test]
    fn lists_what_there_is() {
        assert_eq!(message(&[("version", "3")], &[&SHORT, &OTHER]), None);
        let bad_value = message(&[("version", "9")], &[&SHORT, &PLAIN]).unwrap();
        assert_eq!(bad_value, "-O version=9: no such value; version can be 1, 2");
        let bad_name = message(&[("depth", "9")], &[&PLAIN, &SHORT]).unwrap();
        assert_eq!(bad_name, "-O depth: plain or short has no such option; there are version=1|2");
        let twice = message(&[("version", "9")], &[&SHORT, &OTHER, &SHORT]).unwrap();
        assert_eq!(twice, "-O version=9: no such value; version can be 1, 2, 3");
        let none = message(&[("depth", "9")], &[&PLAIN, &PLAIN]).unwrap();
        assert_eq!(none, "-O depth: plain has no options; --list-formats names those of every format");
    }

    #[test]
    fn a_format_sees_only_values_that_it_knows() {
        let given = [("version".to_owned(), "3".to_owned())];
        assert_eq!((of(&given, &SHORT).len(), of(&given, &OTHER).len()), (0, 1));
    }
}
