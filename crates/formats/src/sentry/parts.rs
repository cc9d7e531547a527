//! The profiles of a file, whatever they are wrapped in.

use super::android::{self, Trace};
use super::android_trace;
use super::envelope::{self, moved};
use super::file::{Body, Inside, Named, Payload, TransactionItem, Wrapped};
use super::legacy;
use super::words::Word;
use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use profkit_core::{Error, Input, NoteKind, Notes, Place, Result};
use std::borrow::Cow;

/// What is in a file.
#[derive(Default)]
pub(super) struct Parts<'a> {
    pub(super) payloads: Vec<Payload<'a>>,
    pub(super) transactions: Vec<TransactionItem<'a>>,
    /// What sent the envelope.
    pub(super) sdk: Named<'a>,
}

/// One profile of a file.
pub(super) enum Shape<'a> {
    Samples(Box<Body<'a>>),
    Events(Trace<'a>),
}

/// Base64 as Android and everybody else writes it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Returns the profiles of a file.
pub(super) fn parts<'a>(input: Input<'a>, notes: &mut Notes) -> Result<Parts<'a>> {
    let bytes = input.bytes();
    if bytes.starts_with(android_trace::MAGIC) {
        return Ok(Parts::default());
    }
    if !envelope::is_envelope(bytes) {
        let payload = payload(bytes)
            .map_err(|error| if error.place().is_some() { error } else { error.at(input.byte(bytes)) })?;
        return Ok(Parts { payloads: vec![payload], ..Parts::default() });
    }
    let (header, items) = envelope::items(input)?;
    let mut parts = Parts { sdk: header.sdk, ..Parts::default() };
    let mut others: Vec<String> = Vec::new();
    for item in items {
        match item.kind.text().unwrap_or_default() {
            "profile" | "profile_chunk" => {
                if item.content_type.text() == Some("application/x-perfetto-trace") {
                    let message =
                        "a Perfetto trace in an envelope is not read yet; extract it and use Perfetto's own tools";
                    return Err(Error::unsupported(message).at(input.line(item.payload)));
                }
                let payload = payload(item.payload).map_err(|error| moved(error, input, item.payload))?;
                parts.payloads.push(payload);
            }
            "transaction" => {
                let transaction =
                    crate::json::object(item.payload).map_err(|error| moved(error, input, item.payload))?;
                parts.transactions.push(transaction);
            }
            other => others.push(other.to_owned()),
        }
    }
    if parts.payloads.is_empty() {
        if !parts.transactions.is_empty() {
            others.insert(0, "transaction".to_owned());
        }
        let message = format!("expected an item of type profile or profile_chunk, found only: {}", others.join(", "));
        return Err(Error::malformed(message).at(input.line(bytes)));
    }
    if !others.is_empty() {
        let example = others.first().cloned();
        notes.add(
            NoteKind::Odd,
            "items of the envelope that are no profiles",
            others.len() as u64,
            "items|item",
            || example,
        );
    }
    Ok(parts)
}

/// Returns the object of one profile.
fn payload(bytes: &[u8]) -> Result<Payload<'_>> {
    let keys = crate::json::top_level(bytes).unwrap_or_default();
    let value = |name: &str| keys.iter().find(|(key, _)| *key == name).map(|&(_, value)| value);
    if value("chunk").is_some() && value("profile").is_none() {
        return crate::json::object::<Wrapped<'_>>(bytes).map(|wrapped| wrapped.chunk);
    }
    if value("profile").is_none() && value("samples").is_some() {
        let body = crate::json::object(bytes)?;
        return Ok(Payload { profile: Some(Inside::Object(Box::new(body))), ..Payload::default() });
    }
    crate::json::object(bytes)
}

/// What a payload may keep outside of the input: texts in texts, and what base64 stands for.
pub(super) enum Unpacked {
    Nothing,
    Text(String),
    Bytes(Vec<u8>),
}

/// Returns what is packed into a text of a payload.
pub(super) fn unpack(payload: &mut Payload<'_>) -> Result<Unpacked> {
    if let Some(text) = payload.sampled_profile.filled() {
        let bytes = BASE64.decode(text.trim_end()).map_err(|error| {
            let message = format!("expected an Android trace in base64, found something else: {error}");
            Error::malformed(message).at(Place::Path("sampled_profile".to_owned()))
        })?;
        return Ok(Unpacked::Bytes(bytes));
    }
    match payload.profile.take() {
        Some(Inside::Text(text)) => Ok(Unpacked::Text(text.into_owned())),
        other => {
            payload.profile = other;
            Ok(Unpacked::Nothing)
        }
    }
}

/// Returns the shape of a payload.
pub(super) fn shape<'s, 'a: 's>(payload: &mut Payload<'a>, unpacked: &'s Unpacked) -> Result<Shape<'s>> {
    let path = |path: &str| Place::Path(path.to_owned());
    match unpacked {
        Unpacked::Bytes(bytes) => {
            let inside = |error: Error| {
                let message = format!("in the trace: {}", error.message());
                Error::new(error.kind(), message).at(path("sampled_profile"))
            };
            return android_trace::parse(bytes).map(Shape::Events).map_err(inside);
        }
        Unpacked::Text(text) => return legacy::body(text).map(|body| Shape::Samples(Box::new(body))),
        Unpacked::Nothing => {}
    }
    let Some(Inside::Object(mut body)) = payload.profile.take() else {
        return Err(Error::malformed("expected a profile, found none").at(path("profile")));
    };
    if let (Some(methods), Some(events)) = (body.methods.take(), body.events.take()) {
        let clock = Word(body.clock.text().map(Cow::Borrowed));
        let threads = body.threads.take().unwrap_or_default();
        let trace = android::from_json(&clock, body.start_time, threads, methods, events)?;
        return Ok(Shape::Events(trace));
    }
    let lacks =
        [("frames", body.frames.is_none()), ("stacks", body.stacks.is_none()), ("samples", body.samples.is_none())];
    match lacks.iter().find(|(_, lacks)| *lacks) {
        Some((name, _)) => Err(Error::malformed(format!("expected a list of {name}, found none")).at(path("profile"))),
        None => Ok(Shape::Samples(body)),
    }
}
