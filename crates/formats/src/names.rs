//! How long names may be, and all of them together.
//!
//! In most formats a name stands once and is pointed at: a file of a megabyte can give a hundred thousand functions
//! a name of half a megabyte, which no table and no line can show. What is shown spells each name out.

use profkit_core::{Error, LabelValue, Profile, Result, StringId};

/// How many of the longest names all names together may be as long as.
const MOST_OF_THE_LONGEST: u64 = 256;
/// How much of a name is shown.
const SHOWN: usize = 40;

/// How many times longer than the input all names together may be in any case: rows of a few bytes point at real names.
const MOST_GROWTH: u64 = 32;

/// Checks that no text of functions, binaries, threads and labels is longer than `max_name` bytes, nor all of them, each
/// as often as something has it, longer than 256 times that and 32 times the input.
pub(crate) fn check(profile: &Profile, size_of_input: usize, max_name: u64) -> Result<()> {
    let mut all = 0u64;
    let mut add = |what: &str, text: Option<StringId>| {
        let text = profile.strings.text(text);
        let length = text.len() as u64;
        all = all.saturating_add(length);
        if length > max_name {
            let message = format!("{what} of {length} bytes, more than {max_name}: {}", start(text));
            return Err(Error::limit(format!("{message}; --max-name allows more")));
        }
        Ok(())
    };
    for (_, it) in profile.functions.iter() {
        add("the name of a function", Some(it.name))?;
        add("the system name of a function", it.system_name)?;
        add("the module of a function", it.module)?;
        add("the file of a function", it.file)?;
        add("the path of a function", it.full_path)?;
    }
    profile.frames.iter().try_for_each(|(_, it)| add("the file of a line", it.file))?;
    profile.mappings.iter().try_for_each(|(_, it)| add("the name of a binary", it.file))?;
    for (_, it) in profile.threads.iter() {
        add("the name of a thread", it.name)?;
        add("the id of a thread", it.id)?;
        add("the process of a thread", it.process)?;
    }
    for (_, it) in profile.labels.iter() {
        add("the key of a label", Some(it.key))?;
        if let LabelValue::Text(text) = it.value {
            add("the value of a label", Some(text))?;
        }
    }
    let most = max_name.saturating_mul(MOST_OF_THE_LONGEST).max((size_of_input as u64).saturating_mul(MOST_GROWTH));
    if all > most {
        let message = format!("the names of all functions, threads and labels take {all} bytes, more than {most}");
        return Err(Error::limit(format!("{message}; --max-name allows more")));
    }
    Ok(())
}

fn start(text: &str) -> String {
    let mut start: String = text.chars().take(SHOWN).collect();
    if start.len() < text.len() {
        start.push_str("...");
    }
    format!("{start:?}")
}

#[cfg(test)]
mod tests {
    use super::check;
    use profkit_core::{Function, Profile, ValueType};
    use std::num::NonZeroU32;

    fn message(profile: &Profile, max_name: u64) -> Option<String> {
        check(profile, 700, max_name).err().map(|error| error.message().to_owned())
    }

    #[test]
    fn names_are_limited_each_and_all() {
        let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
        let name = profile.string(&"long".repeat(25));
        for line in 1..=256 {
            profile.function(Function { start_line: NonZeroU32::new(line), ..Function::named(name) });
        }
        assert_eq!(message(&profile, 100), None);
        let long = "the name of a function of 100 bytes, more than 99: ";
        assert!(message(&profile, 99).is_some_and(|it| it.starts_with(long) && it.ends_with("--max-name allows more")));
        profile.function(Function::named(name));
        assert!(check(&profile, 900, 100).is_ok(), "a large input may have more");
        let all = "the names of all functions, threads and labels take 25700 bytes, more than 25600";
        assert!(message(&profile, 100).is_some_and(|it| it.starts_with(all)));
    }
}
