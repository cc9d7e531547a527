//! Writing: samples with the times that they have, or values laid end to end on a time line made up for them.
//!
//! What Sentry's Relay demands of an upload is there: ids, a device, a transaction, thread ids that are numbers. Ids are
//! a hash of what is written, so that the same profile has the same.

mod chunks;
mod document;
mod header;
mod threads;
mod timeline;

use super::key::{FileKey, MappingKey, SessionKey, TransactionKey};
use super::{UPLOAD, VERSION};
use crate::json::key::ValueKey;
use document::{Document, Hashed, Version};
use header::Header;
use profkit_core::{
    Error, Id, NoteKind, Notes, Profile, Result, Role, StackId, ValueType, Weights, WriteOptions, is_weighed,
};
use std::io::{BufWriter, Write};
use threads::Threads;

/// About how many bytes a frame of a stack takes; the whole file is gathered before it is written.
const FRAME: u64 = 16;
const NS_PER_SECOND: i64 = 1_000_000_000;

/// A sample as it is written: the stack, the number of the thread, nanoseconds since the start of the file.
#[derive(Clone, Copy)]
pub(super) struct FileRow {
    stack: Option<StackId>,
    thread: u32,
    time_ns: i64,
}

pub(super) fn write(profile: &Profile, out: &mut dyn Write, options: &WriteOptions, notes: &mut Notes) -> Result<()> {
    check_size(profile, options)?;
    let threads = Threads::of(profile);
    let mut key = key(profile, &threads);
    let mut rows = if profile.meta.sessions.is_empty() {
        timeline::rows(profile, &threads, &mut key, notes)?
    } else {
        sampled(profile, &threads, &mut key)?
    };
    start_at_zero(&mut rows, &mut key)?;
    let header = Header::of(profile, &mut key);
    note_limits(&rows, options, notes);
    if options.option(&UPLOAD) == "split" {
        return chunks::write(profile, &threads, &header, key, &rows, out);
    }
    let version = if options.option(&VERSION) == "2" { Version::Two } else { Version::One };
    let document = Document { profile, threads: &threads, header: &header, version, rows: &rows };
    let mut out = Hashed::new(BufWriter::new(out));
    document.write(&mut out, key, None)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}

/// Checks the size of a file in which every stack that samples have stands once.
fn check_size(profile: &Profile, options: &WriteOptions) -> Result<()> {
    let mut is_used = vec![false; profile.stacks.len()];
    for stack in profile.samples.iter().filter_map(|sample| sample.stack) {
        is_used.get_mut(stack.index()).into_iter().for_each(|used| *used = true);
    }
    let used = profile.stacks.ids().zip(is_used).filter(|&(_, is_used)| is_used).map(|(stack, _)| Some(stack));
    profile.check_repeated(used, |_| FRAME, options).map(drop)
}

/// Returns what the reader has to know beside what Sentry does.
fn key(profile: &Profile, threads: &Threads) -> FileKey {
    let meta = &profile.meta;
    FileKey {
        threads: threads.keys(profile),
        mappings: profile.mappings.iter().map(|(_, mapping)| MappingKey::of(profile, mapping)).collect(),
        no_start: meta.start_ns.is_none(),
        title: meta.title.clone(),
        no_producer: meta.producer.is_none(),
        default: meta.default_value,
        transactions: Some(meta.transactions.iter().map(TransactionKey::of).collect()),
        ..FileKey::default()
    }
}

/// Returns the samples of a sampler as they were taken.
fn sampled(profile: &Profile, threads: &Threads, key: &mut FileKey) -> Result<Vec<FileRow>> {
    if !is_weighed(profile)? {
        return Err(Error::unsupported("the values do not follow from the times of the samples as the profile says"));
    }
    let usual = [ValueType::unnamed().with_role(Role::Observations), ValueType::new("wall", "nanoseconds")];
    key.values = (profile.value_types != usual).then(|| profile.value_types.iter().map(ValueKey::of).collect());
    let sessions = &profile.meta.sessions;
    let is_plain = |session: &profkit_core::Session| {
        session.source == 0 && session.weights == Weights::Ticks && session.id.as_deref().is_some_and(header::is_id)
    };
    let is_told = matches!(sessions.as_slice(), [session] if is_plain(session)) && key.threads.is_none();
    key.sessions = (!is_told).then(|| sessions.iter().map(SessionKey::of).collect());
    let row = |sample: profkit_core::Sample<'_>| {
        let missing = || Error::unsupported("a sample of a session has no time");
        let time_ns = sample.time_ns.ok_or_else(missing)?;
        Ok(FileRow { stack: sample.stack, thread: threads.number(sample.thread), time_ns })
    };
    profile.samples.iter().map(row).collect()
}

/// Moves all rows so that none is before the start.
fn start_at_zero(rows: &mut [FileRow], key: &mut FileKey) -> Result<()> {
    let first_ns = rows.iter().map(|row| row.time_ns).min().unwrap_or(0).min(0);
    key.before_ns = first_ns;
    for row in rows {
        row.time_ns = row.time_ns.checked_sub(first_ns).ok_or_else(|| Error::overflow("a time"))?;
    }
    Ok(())
}

/// Notes what Sentry would refuse.
fn note_limits(rows: &[FileRow], options: &WriteOptions, notes: &mut Notes) {
    let last_ns = rows.iter().map(|row| row.time_ns).max().unwrap_or(0);
    let first_ns = rows.iter().map(|row| row.time_ns).min().unwrap_or(0);
    let is_split = options.option(&UPLOAD) == "split";
    let is_chunk = options.option(&VERSION) == "2";
    let (span_ns, most) = if is_chunk { (last_ns.saturating_sub(first_ns), 66) } else { (last_ns, 30) };
    if !is_split && span_ns > most * NS_PER_SECOND {
        let what =
            format!("Sentry takes no upload of more than {most} seconds; `-O upload=split` writes one in chunks");
        notes.add(NoteKind::Odd, what, 1, "", || format!("{:.3} s", span_ns as f64 / 1e9));
    }
    if rows.iter().all(|row| row.stack.is_none()) {
        notes.remark(NoteKind::Odd, "Sentry takes no upload without samples that have a stack");
    }
}
