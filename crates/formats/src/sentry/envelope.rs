//! Envelopes: what SDKs send, a line of JSON, and then items of a header line and a payload each.
//!
//! ```text
//! {"event_id":"9947d4a6b1884dd8865c7781b48c02d1"}
//! {"type":"profile","length":26438}
//! {"platform":"python", ...}
//! {"type":"transaction"}
//! {"transaction":"GET /", ...}
//! ```
//!
//! With a length, a payload is exactly that long; without, it goes to the end of the line.

use super::words::Word;
use profkit_core::{Error, Input, Result};
use serde::Deserialize;

/// The header of an envelope.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "the header of an envelope")]
pub(super) struct Header<'a> {
    #[serde(borrow)]
    pub(super) sdk: super::file::Named<'a>,
}

/// The header of an item, and what belongs to it.
#[derive(Deserialize)]
#[serde(expecting = "the header of an item")]
pub(super) struct Item<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Word<'a>,
    #[serde(default, borrow)]
    pub(super) content_type: Word<'a>,
    length: Option<u64>,
    #[serde(skip)]
    pub(super) payload: &'a [u8],
}

/// Returns whether this is an envelope: a line that is an object but no profile, and a line that has a type.
pub(super) fn is_envelope(input: &[u8]) -> bool {
    let (first, rest) = line(input.trim_ascii_start());
    let is_object = crate::json::object_length(first).is_some_and(|length| length == first.trim_ascii_end().len());
    let (second, _) = line(rest);
    let has_type = crate::json::first_key(second, &["type"]).is_some();
    is_object && has_type && crate::json::first_key(first, &["profile", "sampled_profile"]).is_none()
}

/// Returns the header and the items of an envelope.
pub(super) fn items(input: Input<'_>) -> Result<(Header<'_>, Vec<Item<'_>>)> {
    let (first, mut rest) = line(input.bytes().trim_ascii_start());
    let header = crate::json::object(first).map_err(|error| moved(error, input, first))?;
    let mut items: Vec<Item<'_>> = Vec::new();
    while !rest.trim_ascii_start().is_empty() {
        let (head, after) = line(rest.trim_ascii_start());
        let mut item: Item<'_> = crate::json::object(head).map_err(|error| moved(error, input, head))?;
        (item.payload, rest) = match item.length {
            Some(length) => {
                let split = usize::try_from(length).ok().and_then(|length| after.split_at_checked(length));
                split.ok_or_else(|| {
                    let message = format!("expected {length} bytes of a payload, found {}", after.len());
                    Error::malformed(message).at(input.line(after))
                })?
            }
            None => line(after),
        };
        items.push(item);
    }
    Ok((header, items))
}

/// Splits at the end of the line, which neither part has.
fn line(text: &[u8]) -> (&[u8], &[u8]) {
    let (line, rest) = text.split_at(memchr::memchr(b'\n', text).unwrap_or(text.len()));
    (line, rest.strip_prefix(b"\n").unwrap_or(rest))
}

/// Returns an error of a part of the input with its place in the whole of it.
pub(super) fn moved(error: Error, input: Input<'_>, part: &[u8]) -> Error {
    use profkit_core::Place;
    let Place::Line(before, _) = input.line(part) else { return error };
    let place = match error.place() {
        Some(Place::Line(line, column)) => Place::Line(line + before - 1, *column),
        Some(Place::Byte(byte)) => Place::Byte(byte + input.offset(part)),
        Some(Place::Path(path)) => Place::Path(format!("line {before}: {path}")),
        _ => input.line(part),
    };
    Error::new(error.kind(), error.message()).at(place)
}
