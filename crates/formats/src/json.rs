//! What the JSON formats share.

use profkit_core::{Error, Place};

/// Returns the error of a JSON text that is broken or has a value of another type than expected.
pub(crate) fn error(error: serde_json::Error) -> Error {
    let place = Place::Line(error.line(), error.column().max(1));
    let message = error.to_string();
    // The library ends its message with the place, which the error carries already.
    let end = message.rfind(" at line ").unwrap_or(message.len());
    Error::malformed(message.get(..end).unwrap_or_default()).at(place)
}

/// Returns the top-level keys of a JSON object with the bytes of their values, in file order.
///
/// Values are skipped, not parsed; where the text breaks off, the keys before it are returned. Returns
/// none for anything that does not start like an object.
pub(crate) fn top_level(input: &[u8]) -> Option<Vec<(&str, &[u8])>> {
    let mut keys = Vec::new();
    let mut rest = input.trim_ascii_start().strip_prefix(b"{")?.trim_ascii_start();
    while let Some((key, after)) = string(rest) {
        let Some(value) = after.trim_ascii_start().strip_prefix(b":") else { break };
        let value = value.trim_ascii_start();
        let length = value_length(value);
        let (value, after) = value.split_at(length);
        if let Ok(key) = std::str::from_utf8(key) {
            keys.push((key, value.trim_ascii_end()));
        }
        let Some(next) = after.trim_ascii_start().strip_prefix(b",") else { break };
        rest = next.trim_ascii_start();
    }
    Some(keys)
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
        Some(b'[') => (b'[', b']'),
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

#[cfg(test)]
mod tests {
    use super::top_level;

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
    fn stops_where_the_text_breaks_off() {
        assert_eq!(top_level(br#"{"a": [1, 2"#).unwrap().len(), 1);
        assert_eq!(top_level(br#"{"a": "x\"#).unwrap().len(), 1);
        assert_eq!(top_level(br#"{"a"#).unwrap().len(), 0);
        assert_eq!(top_level(b"[1]"), None);
        assert_eq!(top_level(br#"{"a": [1, "]", "#).unwrap().len(), 1);
    }
}
