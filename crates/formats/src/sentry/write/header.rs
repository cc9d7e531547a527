//! What stands around the samples: platform, device, start, transaction, with stand-ins where nothing is known.

use super::FileKey;
use super::threads::Threads;
use crate::sentry::about::{facts_as_comments, sdk};
use profkit_core::{Profile, Transaction};
use serde::Serialize;

const UNKNOWN: &str = "unknown";

/// The facts of a file beside its samples.
pub(super) struct Header {
    pub(super) platform: String,
    pub(super) release: String,
    pub(super) environment: String,
    pub(super) dist: Option<String>,
    pub(super) device: String,
    pub(super) os: (String, String),
    pub(super) runtime: Option<(String, String)>,
    pub(super) sdk: (String, String),
    /// What the file calls its start, in nanoseconds since 1970.
    pub(super) start_ns: i64,
}

/// The transaction that a file of version 1 must have.
#[derive(Serialize)]
pub(super) struct TransactionOut {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) trace_id: String,
    pub(super) active_thread_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) relative_start_ns: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) relative_end_ns: Option<String>,
}

impl Header {
    /// Returns the facts, and tells the key those that are only stand-ins.
    pub(super) fn of(profile: &Profile, key: &mut FileKey) -> Header {
        let meta = &profile.meta;
        let fact = |name: &str| {
            let value = |comment: &String| Some(comment.strip_prefix(name)?.strip_prefix(": ")?.to_owned());
            meta.comments.iter().find_map(value).filter(|value| !value.is_empty())
        };
        let named = |name: &str| {
            let value = fact(name)?;
            let split = value.rsplit_once(' ').map(|(name, version)| (name.to_owned(), version.to_owned()));
            Some(split.unwrap_or((value, String::new())))
        };
        let producer = meta.producer.as_deref().map_or(("profkit", env!("CARGO_PKG_VERSION")), sdk);
        let header = Header {
            platform: fact("platform").unwrap_or_else(|| "other".to_owned()),
            release: fact("release").unwrap_or_default(),
            environment: fact("environment").unwrap_or_default(),
            dist: fact("dist"),
            device: fact("device").unwrap_or_else(|| UNKNOWN.to_owned()),
            os: named("os").unwrap_or_else(|| (UNKNOWN.to_owned(), String::new())),
            runtime: named("runtime"),
            sdk: (producer.0.to_owned(), producer.1.to_owned()),
            start_ns: meta.start_ns.unwrap_or(0).saturating_add(key.before_ns),
        };
        if header.comments(true) != meta.comments {
            key.comments = Some(meta.comments.clone());
        }
        header
    }

    /// Returns what the reader makes of these facts; a chunk has no device, system and runtime.
    pub(super) fn comments(&self, has_device: bool) -> Vec<String> {
        let join = |(name, version): &(String, String)| match version.as_str() {
            "" => name.clone(),
            version => format!("{name} {version}"),
        };
        let filled = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        facts_as_comments([
            filled(&self.platform),
            filled(&self.release),
            filled(&self.environment),
            self.dist.clone(),
            filled(&self.device).filter(|_| has_device),
            Some(join(&self.os)).filter(|os| has_device && !os.is_empty()),
            self.runtime.as_ref().map(join).filter(|_| has_device),
        ])
    }
}

impl TransactionOut {
    /// Returns the transaction of a profile, and tells the key what it cannot say; `id` stands in for missing ones.
    pub(super) fn of(
        profile: &Profile,
        threads: &Threads,
        key: &mut FileKey,
        id: &str,
        (first_ns, last_ns): (i64, i64),
    ) -> TransactionOut {
        let known = profile.meta.transactions.first().cloned().unwrap_or_default();
        let filled = |text: &Option<String>| text.clone().filter(|text| is_id(text));
        let own_thread = known.thread.as_deref().and_then(|thread| threads.own_id(thread));
        let name = [Some(&known.name), profile.meta.title.as_ref()].into_iter().flatten().find(|name| !name.is_empty());
        let mut written = TransactionOut {
            id: filled(&known.id).unwrap_or_else(|| id.to_owned()),
            name: name.map_or("profile", String::as_str).to_owned(),
            trace_id: filled(&known.trace_id).unwrap_or_else(|| id.to_owned()),
            active_thread_id: own_thread.unwrap_or_else(|| heaviest(profile, threads)).to_string(),
            relative_start_ns: None,
            relative_end_ns: None,
        };
        // Relay throws away what is outside of it.
        let window = known.start_ns.zip(known.end_ns);
        let window = window.filter(|&(start, end)| 0 <= start && start < end && start <= first_ns && last_ns <= end);
        if let Some((start_ns, end_ns)) = window.filter(|_| key.before_ns == 0) {
            written.relative_start_ns = Some(start_ns.to_string());
            written.relative_end_ns = Some(end_ns.to_string());
        }
        if profile.meta.transactions == [written.as_read()] && key.threads.is_none() {
            key.transactions = None;
        }
        written
    }

    /// Returns what the reader makes of it.
    fn as_read(&self) -> Transaction {
        let mut transaction = Transaction::default();
        transaction.name.clone_from(&self.name);
        transaction.id = Some(self.id.clone());
        transaction.trace_id = Some(self.trace_id.clone());
        transaction.thread = Some(self.active_thread_id.clone());
        let number = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
        (transaction.start_ns, transaction.end_ns) = (number(&self.relative_start_ns), number(&self.relative_end_ns));
        transaction
    }
}

/// Returns whether a text is an id that Relay takes.
pub(super) fn is_id(text: &str) -> bool {
    text.len() == 32
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        && text.bytes().any(|byte| byte != b'0')
}

/// Returns the written id of the thread that costs most.
fn heaviest(profile: &Profile, threads: &Threads) -> u64 {
    let column = profile.default_value();
    let mut costs = vec![0i128; threads.all().len()];
    for sample in profile.samples.iter() {
        if let Some(cost) = costs.get_mut(threads.number(sample.thread) as usize) {
            *cost += i128::from(sample.values.get(column).copied().unwrap_or_default());
        }
    }
    let most = costs.iter().enumerate().max_by_key(|&(number, &cost)| (cost, std::cmp::Reverse(number)));
    threads.written(most.map_or(0, |(number, _)| number as u32)).0
}
