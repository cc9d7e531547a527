//! What the writer tells its own reader, under the key `profkit` that Sentry passes over.
//!
//! ```text
//! file    "profkit": {"told": true,                         values are told by the samples, and the last sample
//!                                                           of each thread only ends the one before
//!                     "values": [{"kind": "wall", ...}],    columns, where they are not those of a sampler
//!                     "threads": [{"id": "7", "name": "main"}, null],    what thread_id 1, 2 ... are
//!                     "times": "positions",                 where the samples lie is when they were taken
//!                     "transactions": [], "comments": [], "no_start": true}      what the file had to make up
//! frame   "profkit": {"address": 4096, "mapping": 0}        what a frame of Sentry cannot say
//! ```

use crate::json::key::{ThreadKey, ValueKey};
use profkit_core::{Mapping, Profile, Session, Symbols, Transaction, Weights};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU64;

/// What is true of a whole file; in a file of several parts, of each of them.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, expecting = "what profkit adds to a file")]
pub(super) struct FileKey {
    /// Whether values were there first and times made from them. The last sample of each thread is then the end
    /// of the one before it, and none of its own.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) told: bool,
    /// Whether where samples lie is when they were taken, where `told`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) positions: bool,
    /// When the samples were taken, in file order, where that is known and positions do not tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) times: Option<Vec<Option<i64>>>,
    /// The value types, where they are not the reader's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) values: Option<Vec<ValueKey>>,
    /// The value to show first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default: Option<usize>,
    /// The runs of a sampler, where not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sessions: Option<Vec<SessionKey>>,
    /// What the thread ids 1, 2 and so on are, where they are not the ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) threads: Option<Vec<Option<ThreadKey>>>,
    /// The mappings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) mappings: Vec<MappingKey>,
    /// What is earlier than the start, in nanoseconds.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) before_ns: i64,
    /// Whether the start is not known.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) no_start: bool,
    /// What the profile is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<String>,
    /// Whether the producer is not known.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) no_producer: bool,
    /// The comments, where they are not what the file says of platform, release and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comments: Option<Vec<String>>,
    /// The transactions, where they are not the one of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) transactions: Option<Vec<TransactionKey>>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(expecting = "a run of a sampler")]
pub(super) struct SessionKey {
    #[serde(default)]
    source: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    weights: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(expecting = "a transaction")]
pub(super) struct TransactionKey {
    #[serde(default)]
    source: u32,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_ns: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_ns: Option<i64>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(expecting = "a mapping")]
pub(super) struct MappingKey {
    start: u64,
    limit: u64,
    offset: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    build_id: Option<String>,
    /// Functions, file names, line numbers and inlined frames, in this order.
    has: [bool; 4],
}

/// What a frame of Sentry cannot say.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(expecting = "what profkit adds to a frame")]
pub(super) struct FrameKey {
    /// The address, where the function is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<NonZeroU64>,
    /// The row of its mapping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mapping: Option<usize>,
}

const SYMBOLS: [Symbols; 4] = [Symbols::FUNCTIONS, Symbols::FILENAMES, Symbols::LINE_NUMBERS, Symbols::INLINE_FRAMES];

fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl FileKey {
    /// Returns what is true of every part of a file, and not told by the first part alone.
    pub(super) fn of_any_part(&self) -> FileKey {
        FileKey {
            told: self.told,
            positions: self.positions,
            values: self.values.clone(),
            sessions: self.sessions.clone(),
            threads: self.threads.clone(),
            mappings: self.mappings.clone(),
            before_ns: self.before_ns,
            no_start: self.no_start,
            no_producer: self.no_producer,
            ..FileKey::default()
        }
    }
}

impl SessionKey {
    pub(super) fn of(session: &Session) -> SessionKey {
        let weights = session.weights.name().to_owned();
        SessionKey { source: session.source, id: session.id.clone(), weights }
    }

    /// Returns the session, or what is wrong with it.
    pub(super) fn session(&self) -> Result<Session, String> {
        let weights = Weights::from_name(&self.weights);
        let weights = weights.ok_or_else(|| format!("expected \"ticks\" or \"naive\", found {:?}", self.weights))?;
        Ok(Session { source: self.source, id: self.id.clone(), weights })
    }
}

impl TransactionKey {
    pub(super) fn of(transaction: &Transaction) -> TransactionKey {
        let Transaction { source, name, id, trace_id, thread, start_ns, end_ns, .. } = transaction.clone();
        TransactionKey { source, name, id, trace_id, thread, start_ns, end_ns }
    }

    pub(super) fn transaction(self) -> Transaction {
        let mut transaction = Transaction::default();
        (transaction.source, transaction.name) = (self.source, self.name);
        (transaction.id, transaction.trace_id, transaction.thread) = (self.id, self.trace_id, self.thread);
        (transaction.start_ns, transaction.end_ns) = (self.start_ns, self.end_ns);
        transaction
    }
}

impl MappingKey {
    pub(super) fn of(profile: &Profile, mapping: Mapping) -> MappingKey {
        let Mapping { start, limit, offset, file, build_id, has } = mapping;
        let [file, build_id] = [file, build_id].map(|id| id.map(|id| profile.strings[id].to_owned()));
        MappingKey { start, limit, offset, file, build_id, has: SYMBOLS.map(|symbols| has.contains(symbols)) }
    }

    pub(super) fn mapping(&self, profile: &mut Profile) -> Mapping {
        let [file, build_id] =
            [&self.file, &self.build_id].map(|text| text.as_deref().map(|text| profile.string(text)));
        let has =
            SYMBOLS.into_iter().zip(self.has).fold(Symbols::default(), |has, (symbols, on)| has.with(symbols, on));
        Mapping { start: self.start, limit: self.limit, offset: self.offset, file, build_id, has }
    }
}
