//! The JSON objects of a file, as SDKs and Sentry write them. Unknown keys are passed over.

use super::android::{AndroidEvent, AndroidMethod, AndroidThread};
use super::key::{FileKey, FrameKey};
use super::samples::{SampleColumns, Stacks};
use super::words::{Line, Nanoseconds, Word};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// A profile of a transaction (version 1), a chunk of a continuous one (version 2), or what came before these.
#[derive(Default, serde::Deserialize)]
#[serde(default, expecting = "a profile")]
pub(super) struct Payload<'a> {
    #[serde(borrow)]
    pub(super) event_id: Word<'a>,
    #[serde(borrow)]
    pub(super) profile_id: Word<'a>,
    #[serde(borrow)]
    pub(super) profiler_id: Word<'a>,
    #[serde(borrow)]
    pub(super) platform: Word<'a>,
    #[serde(borrow)]
    pub(super) timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) release: Word<'a>,
    #[serde(borrow)]
    pub(super) environment: Word<'a>,
    #[serde(borrow)]
    pub(super) dist: Word<'a>,
    #[serde(borrow)]
    pub(super) device: Option<Device<'a>>,
    #[serde(borrow)]
    pub(super) os: Option<Named<'a>>,
    #[serde(borrow)]
    pub(super) runtime: Option<Named<'a>>,
    #[serde(borrow)]
    pub(super) client_sdk: Option<Named<'a>>,
    #[serde(borrow)]
    pub(super) transaction: Option<TransactionEntry<'a>>,
    #[serde(borrow)]
    pub(super) transactions: Option<Vec<TransactionEntry<'a>>>,
    /// Android writes the transaction without an object.
    #[serde(borrow)]
    pub(super) transaction_id: Word<'a>,
    #[serde(borrow)]
    pub(super) transaction_name: Word<'a>,
    #[serde(borrow)]
    pub(super) trace_id: Word<'a>,
    #[serde(borrow)]
    pub(super) active_thread_id: Word<'a>,
    /// An Android trace in base64.
    #[serde(borrow)]
    pub(super) sampled_profile: Word<'a>,
    #[serde(borrow)]
    pub(super) profile: Option<Inside<'a>>,
    pub(super) profkit: Option<FileKey>,
}

#[derive(Default, serde::Deserialize)]
#[serde(expecting = "a device")]
pub(super) struct Device<'a> {
    #[serde(default, borrow)]
    pub(super) architecture: Word<'a>,
}

/// What Sentry's endpoint of chunks answers.
#[derive(serde::Deserialize)]
#[serde(expecting = "an object with a chunk")]
pub(super) struct Wrapped<'a> {
    #[serde(borrow)]
    pub(super) chunk: Payload<'a>,
}

/// A thing with a version, such as an operating system.
#[derive(Clone, Default, serde::Deserialize)]
#[serde(expecting = "an object with name and version")]
pub(super) struct Named<'a> {
    #[serde(default, borrow)]
    pub(super) name: Word<'a>,
    #[serde(default, borrow)]
    pub(super) version: Word<'a>,
}

#[derive(serde::Deserialize)]
#[serde(expecting = "a transaction")]
pub(super) struct TransactionEntry<'a> {
    #[serde(default, borrow)]
    pub(super) id: Word<'a>,
    #[serde(default, borrow)]
    pub(super) name: Word<'a>,
    #[serde(default, borrow)]
    pub(super) trace_id: Word<'a>,
    #[serde(default, borrow)]
    pub(super) active_thread_id: Word<'a>,
    pub(super) relative_start_ns: Option<Nanoseconds>,
    pub(super) relative_end_ns: Option<Nanoseconds>,
}

/// What is under the key `profile`.
pub(super) enum Inside<'a> {
    /// What the first samplers of iOS wrote: the JSON text of a profile.
    Text(Cow<'a, str>),
    Object(Box<Body<'a>>),
}

/// Samples, which all platforms write but Android, or the events of an Android trace.
#[derive(Default, serde::Deserialize)]
#[serde(default, expecting = "an object with frames, stacks and samples")]
pub(super) struct Body<'a> {
    #[serde(borrow)]
    pub(super) frames: Option<Vec<FrameEntry<'a>>>,
    pub(super) stacks: Option<Stacks>,
    #[serde(borrow)]
    pub(super) samples: Option<SampleColumns<'a>>,
    #[serde(borrow)]
    pub(super) thread_metadata: Option<BTreeMap<String, Option<ThreadEntry<'a>>>>,
    #[serde(borrow)]
    pub(super) queue_metadata: Option<BTreeMap<String, Option<QueueEntry<'a>>>>,
    #[serde(borrow)]
    pub(super) clock: Word<'a>,
    pub(super) start_time: Option<Nanoseconds>,
    #[serde(borrow)]
    pub(super) threads: Option<Vec<AndroidThread<'a>>>,
    #[serde(borrow)]
    pub(super) methods: Option<Vec<AndroidMethod<'a>>>,
    pub(super) events: Option<Vec<AndroidEvent>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Inside<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Inside<'a>, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Inside<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object with frames, stacks and samples")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Inside<'de>, E> {
                Ok(Inside::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Inside<'de>, E> {
                Ok(Inside::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Inside<'de>, A::Error> {
                Body::deserialize(MapAccessDeserializer::new(map)).map(|body| Inside::Object(Box::new(body)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

#[derive(serde::Deserialize)]
#[serde(expecting = "facts about a thread")]
pub(super) struct ThreadEntry<'a> {
    #[serde(default, borrow)]
    pub(super) name: Word<'a>,
}

#[derive(serde::Deserialize)]
#[serde(expecting = "facts about a queue")]
pub(super) struct QueueEntry<'a> {
    #[serde(default, borrow)]
    pub(super) label: Word<'a>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, expecting = "a frame")]
pub(super) struct FrameEntry<'a> {
    #[serde(alias = "name", borrow)]
    pub(super) function: Word<'a>,
    #[serde(borrow)]
    pub(super) symbol: Word<'a>,
    #[serde(borrow)]
    pub(super) module: Word<'a>,
    #[serde(alias = "file", borrow)]
    pub(super) filename: Word<'a>,
    #[serde(borrow)]
    pub(super) abs_path: Word<'a>,
    #[serde(borrow)]
    pub(super) package: Word<'a>,
    #[serde(borrow)]
    pub(super) instruction_addr: Word<'a>,
    #[serde(alias = "line")]
    pub(super) lineno: Line,
    #[serde(alias = "column", alias = "col")]
    pub(super) colno: Line,
    pub(super) in_app: Option<bool>,
    pub(super) profkit: Option<FrameKey>,
}

/// What the item of a transaction in an envelope tells beside its profile.
#[derive(serde::Deserialize)]
#[serde(expecting = "a transaction")]
pub(super) struct TransactionItem<'a> {
    #[serde(default, borrow)]
    pub(super) event_id: Word<'a>,
    #[serde(default, borrow)]
    pub(super) transaction: Word<'a>,
    #[serde(borrow)]
    pub(super) start_timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) timestamp: Option<&'a RawValue>,
    #[serde(default, borrow)]
    pub(super) contexts: Contexts<'a>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, expecting = "contexts")]
pub(super) struct Contexts<'a> {
    #[serde(borrow)]
    pub(super) trace: TraceContext<'a>,
    #[serde(borrow)]
    pub(super) profile: ProfileContext<'a>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, expecting = "the context of a trace")]
pub(super) struct TraceContext<'a> {
    #[serde(borrow)]
    pub(super) trace_id: Word<'a>,
    #[serde(borrow)]
    pub(super) data: TraceFacts<'a>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, expecting = "the facts of a trace")]
pub(super) struct TraceFacts<'a> {
    #[serde(rename = "thread.id", borrow)]
    pub(super) thread_id: Word<'a>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, expecting = "the context of a profile")]
pub(super) struct ProfileContext<'a> {
    #[serde(borrow)]
    pub(super) profiler_id: Word<'a>,
}
