//! What the first samplers of iOS wrote in 2022: a profile as text in the profile, with whole stacks in the samples.

use super::file::{Body, FrameEntry, QueueEntry, ThreadEntry};
use super::samples::{SampleColumns, Stacks};
use super::words::{Nanoseconds, Word};
use profkit_core::{Error, Place, Result};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

#[derive(Deserialize)]
#[serde(expecting = "an object with samples")]
struct Text<'a> {
    #[serde(borrow)]
    samples: Vec<Entry<'a>>,
    #[serde(borrow)]
    thread_metadata: Option<BTreeMap<String, Option<ThreadEntry<'a>>>>,
    #[serde(borrow)]
    queue_metadata: Option<BTreeMap<String, Option<QueueEntry<'a>>>>,
}

/// A sample; its frames are leaf first.
#[derive(Deserialize)]
#[serde(expecting = "a sample")]
struct Entry<'a> {
    #[serde(borrow)]
    frames: Vec<FrameEntry<'a>>,
    #[serde(default, borrow)]
    thread_id: Word<'a>,
    #[serde(default, borrow)]
    queue_address: Word<'a>,
    relative_timestamp_ns: Nanoseconds,
}

/// Returns the samples in the form in which they are written today.
pub(super) fn body(text: &str) -> Result<Body<'_>> {
    let inside = |error: Error| {
        let place = match error.place() {
            Some(Place::Path(path)) => format!("profile.{path}"),
            _ => "profile".to_owned(),
        };
        let message = format!("in the text: {}", error.message());
        Error::new(error.kind(), message).at(Place::Path(place))
    };
    let text: Text<'_> = crate::json::object(text.as_bytes()).map_err(inside)?;
    let (mut frames, mut stacks) = (Vec::new(), Stacks::default());
    let (mut samples, mut rows) = (SampleColumns::default(), HashMap::new());
    for entry in text.samples {
        let first = frames.len();
        frames.extend(entry.frames);
        let stack = stacks.push(first..frames.len());
        let Nanoseconds(time_ns) = entry.relative_timestamp_ns;
        samples.push_row(stack, (entry.thread_id, entry.queue_address), time_ns, &mut rows);
    }
    let (thread_metadata, queue_metadata) = (text.thread_metadata, text.queue_metadata);
    let (frames, stacks, samples) = (Some(frames), Some(stacks), Some(samples));
    Ok(Body { frames, stacks, samples, thread_metadata, queue_metadata, ..Body::default() })
}
