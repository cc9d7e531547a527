//! What a file says about the run: who wrote it, on what, and during which transactions.

use super::file::{Named, Payload, TransactionEntry, TransactionItem};
use super::key::TransactionKey;
use super::parts::Parts;
use super::read::Sources;
use super::words::{Nanoseconds, Word, moment};
use profkit_core::{Profile, Transaction};

/// Sets everything of [`Meta`](profkit_core::Meta) but start and sessions. `shift_ns` says by how much the times of
/// a profile of the file are moved.
pub(super) fn describe(profile: &mut Profile, parts: Parts<'_>, sources: &Sources, shift_ns: impl Fn(usize) -> i64) {
    let start_ns = profile.meta.start_ns;
    let meta = &mut profile.meta;
    for (index, payload) in parts.payloads.iter().enumerate() {
        let key = payload.profkit.as_ref();
        let sdk = payload.client_sdk.as_ref().filter(|_| !key.is_some_and(|key| key.no_producer)).and_then(producer);
        meta.producer = meta.producer.take().or(sdk);
        let comments = key.and_then(|key| key.comments.clone()).unwrap_or_else(|| comments(payload));
        for comment in comments {
            if index == 0 || !meta.comments.contains(&comment) {
                meta.comments.push(comment);
            }
        }
        if key.is_none_or(|key| key.transactions.is_none()) {
            // Windows are since the start of their own profile, also where its samples have times since 1970.
            let shift_ns = if key.is_none() { shift_ns(index).max(0) } else { 0 };
            meta.transactions.extend(transaction(payload, sources.at(index), shift_ns));
        }
    }
    meta.producer = meta.producer.take().or_else(|| producer(&parts.sdk));
    for item in &parts.transactions {
        join(&mut meta.transactions, item, sources, start_ns);
    }
    for key in parts.payloads.into_iter().filter_map(|payload| payload.profkit) {
        meta.title = meta.title.take().or(key.title);
        meta.default_value = meta.default_value.or(key.default);
        meta.transactions.extend(key.transactions.into_iter().flatten().map(TransactionKey::transaction));
    }
}

/// Returns name and version as one text.
fn producer(sdk: &Named<'_>) -> Option<String> {
    let name = sdk.name.filled()?;
    Some(sdk.version.filled().map_or_else(|| name.to_owned(), |version| format!("{name}@{version}")))
}

/// Returns name and version of a producer.
pub(super) fn sdk(producer: &str) -> (&str, &str) {
    match producer.rsplit_once('@') {
        Some((name, version)) if !name.is_empty() && !version.is_empty() => (name, version),
        _ => (producer, ""),
    }
}

/// Returns platform, release and so on as comments: `platform: python`.
fn comments(payload: &Payload<'_>) -> Vec<String> {
    let named = |named: &Option<Named<'_>>| {
        let named = named.as_ref()?;
        let name = named.name.filled()?;
        Some(named.version.filled().map_or_else(|| name.to_owned(), |version| format!("{name} {version}")))
    };
    facts_as_comments([
        payload.platform.owned(),
        payload.release.owned(),
        payload.environment.owned(),
        payload.dist.owned(),
        payload.device.as_ref().and_then(|device| device.architecture.owned()),
        named(&payload.os),
        named(&payload.runtime),
    ])
}

/// Returns the facts that are known, each as a comment with its name.
pub(super) fn facts_as_comments(facts: [Option<String>; 7]) -> Vec<String> {
    let names = ["platform", "release", "environment", "dist", "device", "os", "runtime"];
    let named = names.into_iter().zip(facts);
    named.filter_map(|(name, value)| Some(format!("{name}: {}", value?))).collect()
}

/// Returns the transaction of a profile.
fn transaction(payload: &Payload<'_>, source: u32, shift_ns: i64) -> Option<Transaction> {
    let first = payload.transactions.as_ref().and_then(|transactions| transactions.first());
    let flat = TransactionEntry {
        id: payload.transaction_id.clone(),
        name: payload.transaction_name.clone(),
        trace_id: payload.trace_id.clone(),
        active_thread_id: payload.active_thread_id.clone(),
        relative_start_ns: None,
        relative_end_ns: None,
    };
    let is_flat = flat.name.filled().is_some() || flat.id.filled().is_some();
    let entry = payload.transaction.as_ref().or(first).or_else(|| is_flat.then_some(&flat))?;
    let mut transaction = Transaction::default();
    transaction.source = source;
    transaction.name = entry.name.text().unwrap_or_default().to_owned();
    (transaction.id, transaction.trace_id) = (entry.id.owned(), entry.trace_id.owned());
    transaction.thread = entry.active_thread_id.owned();
    // An end of 0 is none.
    if let Some(Nanoseconds(end_ns)) = entry.relative_end_ns.filter(|end| end.0 > 0) {
        let start_ns = entry.relative_start_ns.map_or(0, |start| start.0);
        transaction.start_ns = Some(start_ns.saturating_add(shift_ns));
        transaction.end_ns = Some(end_ns.saturating_add(shift_ns));
    }
    Some(transaction)
}

/// Adds what the item of a transaction tells to the transaction of a profile, or as one of its own.
fn join(known: &mut Vec<Transaction>, item: &TransactionItem<'_>, sources: &Sources, start_ns: Option<i64>) {
    let id = item.event_id.owned();
    let since = |json: Option<&serde_json::value::RawValue>| moment(json?)?.checked_sub(start_ns?);
    let window = since(item.start_timestamp).zip(since(item.timestamp));
    let thread = item.contexts.trace.data.thread_id.owned();
    let same = |transaction: &&mut Transaction| {
        id.is_some() && transaction.id.as_deref().map(plain) == id.as_deref().map(plain)
    };
    if let Some(transaction) = known.iter_mut().find(same) {
        if let (None, Some((start_ns, end_ns))) = (transaction.end_ns, window) {
            (transaction.start_ns, transaction.end_ns) = (Some(start_ns), Some(end_ns));
        }
        transaction.thread = transaction.thread.take().or(thread);
        return;
    }
    let profiler = item.contexts.profile.profiler_id.filled();
    let mut transaction = Transaction::default();
    transaction.source = profiler.and_then(|id| sources.of_profiler(id)).unwrap_or_default();
    transaction.name = Word::text(&item.transaction).unwrap_or_default().to_owned();
    (transaction.id, transaction.trace_id) = (id, item.contexts.trace.trace_id.owned());
    transaction.thread = thread;
    (transaction.start_ns, transaction.end_ns) = (window.map(|it| it.0), window.map(|it| it.1));
    known.push(transaction);
}

/// Returns an id without dashes and capitals.
fn plain(id: &str) -> String {
    id.chars().filter(|letter| *letter != '-').map(|letter| letter.to_ascii_lowercase()).collect()
}
