//! What the JSON formats share.

pub(crate) mod key;

use profkit_core::{Error, Place, Result};
use serde::Deserialize;

/// Returns the error of a JSON text that is broken or has a value of another type than expected.
pub(crate) fn error(error: serde_json::Error) -> Error {
    let place = Place::Line(error.line(), error.column().max(1));
    let message = error.to_string();
    // The library ends its message with the place, which the error carries already.
    let end = message.rfind(" at line ").unwrap_or(message.len());
    Error::malformed(message.get(..end).unwrap_or_default()).at(place)
}

/// Returns the value of a JSON text whose top level is an object.
///
/// # Errors
///
/// The error of a value of the wrong type has its path, for which the text is parsed once more; that of a
/// broken text has line and column.
pub(crate) fn object<'a, T: Deserialize<'a>>(input: &'a [u8]) -> Result<T> {
    // The library would take a list for an object whose keys are left out.
    let text = input.trim_ascii_start();
    if !text.starts_with(b"{") {
        let found = text.first().map_or("nothing".to_owned(), |byte| format!("'{}'", byte.escape_ascii()));
        let place = Place::Byte(input.len() - text.len());
        return Err(Error::malformed(format!("expected a JSON object, found {found}")).at(place));
    }
    let tracked =
        |error: serde_json::Error| if error.is_data() { with_path::<T>(input, error) } else { self::error(error) };
    serde_json::from_slice(input).map_err(tracked)
}

fn with_path<'a, T: Deserialize<'a>>(input: &'a [u8], found: serde_json::Error) -> Error {
    let mut again = serde_json::Deserializer::from_slice(input);
    let Err(tracked) = serde_path_to_error::deserialize::<_, T>(&mut again) else { return error(found) };
    let path = tracked.path().to_string();
    let error = error(tracked.into_inner());
    match error.place() {
        Some(Place::Line(line, column)) if path != "." => {
            let message = format!("{} (line {line}, column {column})", error.message());
            Error::malformed(message).at(Place::Path(path))
        }
        _ => error,
    }
}

/// Returns the top-level keys of a JSON object with the bytes of their values, in file order.
///
/// Values are skipped, not parsed; where the text breaks off, the keys before it are returned. Returns
/// none for anything that does not start like an object.
pub(crate) fn top_level(input: &[u8]) -> Option<Vec<(&str, &[u8])>> {
    let entries = Entries::of(input)?;
    let text = |(key, value)| Some((std::str::from_utf8(key).ok()?, value));
    Some(entries.filter_map(text).collect())
}

/// Returns what follows the colon of a key, from the value on, in a JSON object.
pub(crate) fn from_value<'a>(object: &'a [u8], key: &str) -> Option<&'a [u8]> {
    let after = find_key(object, |found, after| (found == key.as_bytes()).then_some(after))?;
    Some(after.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start())
}

/// Returns the values of the JSON list at the start of a text, up to where it ends or breaks off.
pub(crate) fn elements(list: &[u8]) -> Option<impl Iterator<Item = &[u8]>> {
    let mut rest = list.trim_ascii_start().strip_prefix(b"[")?.trim_ascii_start();
    Some(std::iter::from_fn(move || {
        let (value, after) = rest.split_at(value_length(rest));
        rest = after.trim_ascii_start().strip_prefix(b",").unwrap_or_default().trim_ascii_start();
        (!value.is_empty()).then_some(value.trim_ascii_end())
    }))
}

/// Returns the first of the given keys that a JSON object has, without a look at what follows.
pub(crate) fn first_key(input: &[u8], names: &[&str]) -> Option<usize> {
    find_key(input, |key, _| names.iter().position(|name| name.as_bytes() == key))
}

/// Returns what `pick` makes of the first key of a JSON object that it picks, and of the text behind that key.
fn find_key<'a, T>(object: &'a [u8], pick: impl Fn(&[u8], &'a [u8]) -> Option<T>) -> Option<T> {
    let mut entries = Entries::of(object)?;
    loop {
        let (key, after) = string(entries.rest)?;
        if let Some(picked) = pick(key, after) {
            return Some(picked);
        }
        entries.next()?;
    }
}

/// Returns the length of the JSON object that the text starts with, if it is complete.
pub(crate) fn object_length(input: &[u8]) -> Option<usize> {
    if !input.starts_with(b"{") {
        return None;
    }
    let length = value_length(input);
    input.get(..length)?.ends_with(b"}").then_some(length)
}

/// The entries of an object as raw text, up to where it breaks off.
struct Entries<'a> {
    rest: &'a [u8],
}

impl<'a> Entries<'a> {
    /// Returns those of the object that the text starts with, if it starts with one.
    fn of(text: &'a [u8]) -> Option<Entries<'a>> {
        Some(Entries { rest: text.trim_ascii_start().strip_prefix(b"{")?.trim_ascii_start() })
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, after) = string(self.rest)?;
        let value = after.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
        let (value, after) = value.split_at(value_length(value));
        self.rest = after.trim_ascii_start().strip_prefix(b",").unwrap_or_default().trim_ascii_start();
        Some((key, value.trim_ascii_end()))
    }
}

/// Returns the raw inside of the string at the start of `text`, and what follows it.
fn string(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let inside = text.strip_prefix(b"\"")?;
    let mut from = 0;
    loop {
        let end = from + memchr::memchr2(b'"', b'\\', inside.get(from..)?)?;
        match inside.get(end) {
            Some(b'"') => return Some((inside.get(..end)?, inside.get(end + 1..)?)),
            _ => from = end + 2,
        }
    }
}

/// Returns the length of the value at the start of `text`, up to the comma or bracket that ends it.
///
/// Brackets of the other kind need no counting: in JSON they nest. So most bytes are only searched.
fn value_length(text: &[u8]) -> usize {
    let (open, close) = match text.first() {
        Some(b'[') => match objects_length(text) {
            Some(length) => return length,
            None => (b'[', b']'),
        },
        Some(b'{') => (b'{', b'}'),
        Some(b'"') => return string(text).map_or(text.len(), |(_, after)| text.len() - after.len()),
        _ => return text.iter().position(|byte| b",]}".contains(byte)).unwrap_or(text.len()),
    };
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| memchr::memchr3(b'"', open, close, rest)) {
        at += found;
        match text.get(at..) {
            Some(rest @ [b'"', ..]) => match string(rest) {
                Some((_, after)) => at = text.len() - after.len(),
                None => return text.len(),
            },
            Some([byte, ..]) => {
                at += 1;
                depth = if *byte == open { depth + 1 } else { depth.saturating_sub(1) };
                if depth == 0 {
                    return at;
                }
            }
            _ => break,
        }
    }
    text.len()
}

/// Returns the length of a list of objects, whose own lists need no look then.
fn objects_length(text: &[u8]) -> Option<usize> {
    let mut rest = text.strip_prefix(b"[")?.trim_ascii_start();
    loop {
        let object = if rest.starts_with(b"{") { value_length(rest) } else { return None };
        rest = rest.get(object..)?.trim_ascii_start();
        match rest.strip_prefix(b",") {
            Some(next) => rest = next.trim_ascii_start(),
            None => return rest.starts_with(b"]").then(|| text.len() - rest.len() + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{elements, first_key, from_value, object_length, top_level, value_length};

    #[test]
    fn finds_keys_behind_nested_values() {
        let text = br#" {"a" : {"b": ["}", "\""]}, "c":1 , "d":"x"}"#;
        let keys: Vec<_> = top_level(text).unwrap();
        assert_eq!(keys, [("a", &br#"{"b": ["}", "\""]}"#[..]), ("c", b"1"), ("d", br#""x""#)]);
        let text = br#"{"a":[{"b":[[1],{}]},"]["],"c":{"d":[{"e":"}"}]} , "f":"\\","g":-1.5e3}"#;
        let keys: Vec<_> = top_level(text).unwrap().into_iter().map(|(key, value)| (key, value.len())).collect();
        assert_eq!(keys, [("a", 21), ("c", 17), ("f", 4), ("g", 6)]);
    }

    #[test]
    fn finds_the_end_of_an_object_and_its_first_known_key() {
        assert_eq!(object_length(b"{\"a\": \"}\"} \n{\"b\": 2}"), Some(10));
        assert_eq!(object_length(b"{\"a\": ["), None);
        assert_eq!(first_key(br#"{"x": {"a": 1}, "b": 2, "a""#, &["a", "b"]), Some(1));
        assert_eq!(first_key(br#"{"x": 1}"#, &["a"]), None);
    }

    #[test]
    fn finds_values_of_objects_in_lists() {
        let text = br#"{"a": "p", "p" : [ {"s":[1,[2]] } ,{}, 3 , "]"] }"#;
        let list = from_value(text, "p").unwrap();
        let values: Vec<_> = elements(list).unwrap().collect();
        assert_eq!(values, [&br#"{"s":[1,[2]] }"#[..], b"{}", b"3", br#""]""#]);
        let members = values.iter().map(|value| from_value(value, "s")).collect::<Vec<_>>();
        assert_eq!(members, [Some(&b"[1,[2]] }"[..]), None, None, None]);
        assert_eq!(elements(b"[]").unwrap().count() + elements(b"[1").unwrap().skip(1).count(), 0);
    }

    #[test]
    fn finds_the_end_of_lists() {
        let length = |text: &str| value_length(text.as_bytes());
        for list in ["[]", "[ {} ]", r#"[{"a":[1]} , {"b":"]"}]"#, "[{},1]", "[[],{}]", "[{},[{}]]"] {
            assert_eq!(length(&format!("{list}, 1]")), list.len());
            assert_eq!(length(list), list.len());
        }
        assert_eq!([length("[{}"), length("[{}, {"), length("[{} {}] 1")], [3, 6, 7]);
    }

    #[test]
    fn stops_where_the_text_breaks_off() {
        assert_eq!(top_level(br#"{"a": [1, 2"#).unwrap().len(), 1);
        assert_eq!(top_level(br#"{"a": "x\"#).unwrap().len(), 1);
        assert_eq!(top_level(br#"{"a"#).unwrap().len(), 0);
        assert_eq!(top_level(b"[1]"), None);
        assert_eq!(top_level(br#"{"a": [1, "]", "#).unwrap().len(), 1);
    }
}
