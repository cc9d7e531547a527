//! Sentry's profiles: the sample formats 1 (of a transaction) and 2 (a chunk of a continuous profile), envelopes that
//! carry them, Android traces, and what the first samplers of iOS wrote.
//!
//! `schemas/sentry.md` describes them and says where they are specified. A file:
//!
//! ```text
//! {"version": "1", "event_id": "56270cdc66f14cc9ad760db4fdca74eb", "platform": "python",
//!  "timestamp": "2026-11-21T05:27:42.618464Z",
//!  "transaction": {"id": "9947d4a6b1884dd8865c7781b48c02d1", "name": "GET /", "active_thread_id": "7"},
//!  "profile": {"frames": [{"function": "main", "module": "app", "filename": "app.py", "lineno": 3}, {"function": "f"}],
//!              "stacks": [[1, 0]],
//!              "samples": [{"stack_id": 0, "thread_id": "7", "elapsed_since_start_ns": "23212950"}],
//!              "thread_metadata": {"7": {"name": "MainThread"}}}}
//! ```
//!
//! | format field | model field |
//! |---|---|
//! | `samples[]` | a sample each, with thread and time; how often (`samples/count`) and for how long (`wall/nanoseconds`) a stack was seen |
//! | `elapsed_since_start_ns`, `timestamp` of a sample | the time since `timestamp` of the file, or since the first sample |
//! | `stacks[]`, leaf first | the stack; an empty one is a sample without a stack, which is idle |
//! | `function`, `symbol`, `module`, `filename`, `abs_path` | a function: name, system name, module, file, full path |
//! | `lineno`, `colno`, `in_app`, `instruction_addr`, `package` | a frame: line, column, mark of application code, address, file of its mapping |
//! | `thread_id`, `thread_metadata`, `queue_metadata` | id and name of the thread |
//! | `transaction`, the transactions of an envelope | transactions |
//! | `profiler_id`, `event_id` | the id of a session: chunks of one profiler are joined |
//! | `client_sdk` | the producer |
//! | `platform`, `release`, `environment`, `dist`, `device`, `os`, `runtime` | comments such as `platform: python` |
//! | `methods`, `events` of an Android trace | samples with calls kept, of one value |
//! | `profkit` | what the writer adds for its own reader, see `sentry/key.rs`; Sentry ignores it |
//!
//! An SDK writes when it looked and not for how long; [`weigh`](profkit_core::weigh) makes values of that. What the
//! format cannot hold: several values, unless they follow from times; values that are no times, which are written as
//! if one were a nanosecond; negative values, labels, call boundaries, inlining, start lines.

mod about;
mod android;
mod android_trace;
mod envelope;
mod file;
mod key;
mod legacy;
mod parts;
mod places;
mod read;
mod samples;
#[cfg(test)]
mod tests;
mod told;
mod words;
mod write;

use profkit_core::{Census, Facet, Format, Holds, OnlyTime, Opt, Peek, Role, Shape, Sniff, WriteOptions};

/// How long a sample stands for; read when a file is read.
const WEIGHTS: Opt = Opt {
    name: "weights",
    values: &["ticks", "naive"],
    help: "reading: a sample stands for the time to the next tick of the sampler, or (naive, Sentry's own rule) to the next sample of its thread",
};

const VERSION: Opt = Opt {
    name: "version",
    values: &["1", "2"],
    help: "writing: 1, the profile of a transaction, or 2, a chunk of a continuous profile",
};
const UPLOAD: Opt = Opt {
    name: "upload",
    values: &["whole", "split"],
    help: "writing: one file, or (split) chunks of version 2 in an envelope, none longer than Sentry takes",
};

pub(crate) static FORMAT: Format =
    Format::new("sentry", "Sentry profiles: versions 1 and 2, envelopes, Android traces")
        .extensions(&["sentry.json", "profile.json"])
        .options(&[WEIGHTS, VERSION, UPLOAD])
        .holds(holds)
        .reads(sniff, read::read)
        .writes(write::write);

fn sniff(peek: &Peek<'_>) -> Sniff {
    if peek.head.starts_with(android_trace::MAGIC) || envelope::is_envelope(peek.head) {
        return Sniff::Sure;
    }
    let has = |name: &str| peek.key(name).is_some();
    let inside =
        |name: &str, names: &[&str]| peek.key(name).is_some_and(|value| crate::json::first_key(value, names).is_some());
    let is_profile = inside("profile", &["samples", "stacks", "methods", "events"])
        || has("platform") && peek.key("profile").is_some_and(|value| value.starts_with(b"\""));
    let is_chunk = inside("chunk", &["profile", "profiler_id"]);
    if is_profile || is_chunk || has("sampled_profile") {
        Sniff::Sure
    } else if has("frames") && has("stacks") && has("samples") && !has("resources") {
        Sniff::Maybe
    } else {
        Sniff::No
    }
}

fn holds(options: &WriteOptions, census: &Census) -> Holds {
    let has = |facet| census.count(facet) > 0;
    // A sampler knows nothing but times, and so does the format; all values follow.
    let is_session = has(Facet::Sessions) && options.value.is_none();
    let holds = Holds::new(Shape::Stacks)
        .keeps(&[Facet::ValueTypes, Facet::UnitScales, Facet::ZeroSamples, Facet::EmptyStacks])
        .keeps(&[Facet::Threads, Facet::Processes, Facet::Unnamed, Facet::SystemNames, Facet::Modules, Facet::Files])
        .keeps(&[Facet::FullPaths, Facet::Lines, Facet::Columns, Facet::Addresses, Facet::Mappings, Facet::InApp])
        .keeps(&[Facet::Title, Facet::Start, Facet::Producer, Facet::Comments, Facet::Transactions])
        .keeps_if(is_session || options.option(&UPLOAD) != "split", Facet::Timestamps);
    if is_session {
        return holds.keeps(&[Facet::Sessions, Facet::SeveralValues, Facet::DefaultValue, Facet::Roles]);
    }
    holds.only_time(OnlyTime {
        kind: "wall",
        unit: "nanoseconds",
        role: Role::Measured,
        other_exponent: -9,
        finest_exponent: -9,
    })
}
