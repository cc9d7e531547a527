//! Chunks that Sentry takes as an upload: of a minute each, in an envelope.
//!
//! A value that is longer than what is left of a chunk ends there and goes on in the next one.

use super::document::{Document, Hashed, Version};
use super::header::Header;
use super::threads::Threads;
use super::{FileKey, FileRow, NS_PER_SECOND};
use profkit_core::{Error, Profile, Result};
use serde_json::json;
use std::io::{BufWriter, Write};

/// Sentry takes 66 seconds.
const CHUNK_NS: i64 = 60 * NS_PER_SECOND;
/// More than that is no upload.
const MOST_CHUNKS: i64 = 100_000;

pub(super) fn write(
    profile: &Profile,
    threads: &Threads,
    header: &Header,
    mut key: FileKey,
    rows: &[FileRow],
    out: &mut dyn Write,
) -> Result<()> {
    let last_ns = rows.iter().map(|row| row.time_ns).max().unwrap_or(0);
    let count = last_ns / CHUNK_NS + 1;
    if count > MOST_CHUNKS {
        return Err(Error::limit(format!("expected at most {MOST_CHUNKS} chunks of a minute, found {count}")));
    }
    let mut chunks: Vec<Vec<FileRow>> = vec![Vec::new(); usize::try_from(count).unwrap_or_default()];
    match key.told {
        true => told(rows, &mut chunks),
        false => sampled(rows, &mut chunks),
    }
    let mut out = BufWriter::new(out);
    out.write_all(b"{}\n")?;
    let mut profiler: Option<String> = None;
    let has_comments = key.comments.is_some();
    for rows in chunks.iter().filter(|rows| !rows.is_empty()).chain(rows.is_empty().then_some(&Vec::new())) {
        let document = Document { profile, threads, header, version: Version::Two, rows };
        let mut chunk = Hashed::new(Vec::new());
        let rest = FileKey { comments: has_comments.then(Vec::new), ..key.of_any_part() };
        let key = std::mem::replace(&mut key, rest);
        profiler = Some(document.write(&mut chunk, key, profiler.as_deref())?);
        let chunk = chunk.into_inner();
        let item = json!({"type": "profile_chunk", "platform": header.platform, "content_type": "application/json", "length": chunk.len()});
        writeln!(out, "{item}")?;
        out.write_all(&chunk)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

/// Samples of a sampler go into the chunk of their time.
fn sampled(rows: &[FileRow], chunks: &mut [Vec<FileRow>]) {
    for row in rows {
        push(chunks, index(row.time_ns), *row);
    }
}

/// Values go into all chunks that they reach into, and each chunk ends each of its threads.
fn told(rows: &[FileRow], chunks: &mut [Vec<FileRow>]) {
    for lane in rows.chunk_by(|a, b| a.thread == b.thread) {
        // Where the last sample that was added to a chunk ends, and with which stack.
        let mut open: Option<(usize, FileRow)> = None;
        for pair in lane.windows(2) {
            let &[row, next] = pair else { continue };
            // What takes no time at the end of a chunk belongs to the next one.
            let last = if next.time_ns > row.time_ns { index(next.time_ns - 1) } else { index(row.time_ns) };
            for place in index(row.time_ns)..=last {
                let before = open.take();
                if let Some((before, end)) = before.filter(|(before, _)| *before != place) {
                    push(chunks, before, end);
                }
                let start_ns = place as i64 * CHUNK_NS;
                push(chunks, place, FileRow { time_ns: row.time_ns.max(start_ns), ..row });
                let stack = row.stack.or(before.filter(|(before, _)| *before == place).and_then(|(_, end)| end.stack));
                let end_ns = next.time_ns.min(start_ns.saturating_add(CHUNK_NS));
                open = Some((place, FileRow { stack, time_ns: end_ns, ..row }));
            }
        }
        if let Some((place, end)) = open {
            push(chunks, place, end);
        }
    }
}

fn push(chunks: &mut [Vec<FileRow>], place: usize, row: FileRow) {
    if let Some(chunk) = chunks.get_mut(place) {
        chunk.push(row);
    }
}

fn index(time_ns: i64) -> usize {
    usize::try_from(time_ns / CHUNK_NS).unwrap_or_default()
}
