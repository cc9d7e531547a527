//! One profile or chunk as JSON.

use super::header::{Header, TransactionOut, is_id};
use super::threads::Threads;
use super::{FileKey, FileRow, NS_PER_SECOND};
use crate::sentry::key::FrameKey;
use profkit_core::{Error, FrameId, Id, Profile, Result, StackId};
use serde::Serialize;
use serde_json::json;
use std::io::Write;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    One,
    Two,
}

/// What one profile or chunk is made of.
pub(super) struct Document<'d> {
    pub(super) profile: &'d Profile,
    pub(super) threads: &'d Threads,
    pub(super) header: &'d Header,
    pub(super) version: Version,
    pub(super) rows: &'d [FileRow],
}

#[derive(Serialize)]
struct FrameOut<'p> {
    #[serde(skip_serializing_if = "Option::is_none")]
    function: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    symbol: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    abs_path: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lineno: Option<std::num::NonZeroU32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    colno: Option<std::num::NonZeroU32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_app: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instruction_addr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profkit: Option<FrameKey>,
}

impl Document<'_> {
    /// Writes the document; `profiler` is the id of the profiler, unless it shall be made from what is written.
    /// Returns that id.
    pub(super) fn write(&self, out: &mut Hashed<impl Write>, key: FileKey, profiler: Option<&str>) -> Result<String> {
        self.head(out)?;
        self.samples(out)?;
        match self.version {
            Version::One => self.tail_of_profile(out, key),
            Version::Two => self.tail_of_chunk(out, key, profiler),
        }
    }

    fn head(&self, out: &mut Hashed<impl Write>) -> Result<()> {
        let header = self.header;
        let version = if self.version == Version::One { "1" } else { "2" };
        write!(out, "{{\"version\":\"{version}\"")?;
        field(out, "platform", &header.platform)?;
        match self.version {
            Version::One => field(out, "timestamp", &date(header.start_ns)?)?,
            Version::Two => write!(out, ",\n\"timestamp\":{}", Seconds(header.start_ns))?,
        }
        field(out, "release", &header.release)?;
        field(out, "environment", &header.environment)?;
        if let Some(dist) = &header.dist {
            field(out, "dist", dist)?;
        }
        field(out, "client_sdk", &json!({"name": header.sdk.0, "version": header.sdk.1}))?;
        if self.version == Version::Two {
            return Ok(());
        }
        let (mut device, mut os) =
            (json!({"architecture": header.device}), json!({"name": header.os.0, "version": header.os.1}));
        // Relay wants to know more of Apple's.
        if let (Some(device), Some(os), "cocoa") =
            (device.as_object_mut(), os.as_object_mut(), header.platform.as_str())
        {
            device.extend(["locale", "manufacturer", "model"].map(|name| (name.to_owned(), json!(""))));
            device.insert("is_emulator".to_owned(), json!(false));
            os.insert("build_number".to_owned(), json!(""));
        }
        field(out, "device", &device)?;
        field(out, "os", &os)?;
        if let Some((name, version)) = &header.runtime {
            field(out, "runtime", &json!({"name": name, "version": version}))?;
        }
        Ok(())
    }

    fn samples(&self, out: &mut Hashed<impl Write>) -> Result<()> {
        let tables = Tables::of(self.profile, self.rows);
        out.write_all(b",\n\"profile\":{\"frames\":[")?;
        list(out, tables.frames.iter().map(|&frame| self.frame(frame)))?;
        out.write_all(b"],\n\"stacks\":[")?;
        list(
            out,
            tables.stacks.iter().map(|&stack| {
                let frames = stack.into_iter().flat_map(|stack| self.profile.stacks.leaf_to_root(stack));
                frames.map(|frame| tables.frame_row(frame)).collect::<Vec<u32>>()
            }),
        )?;
        out.write_all(b"],\n\"samples\":[")?;
        for (index, row) in self.rows.iter().enumerate() {
            out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
            let (stack, thread) = (tables.stack_row(row.stack), self.threads.written(row.thread).0);
            match self.version {
                Version::One => write!(
                    out,
                    "{{\"stack_id\":{stack},\"thread_id\":\"{thread}\",\"elapsed_since_start_ns\":\"{}\"}}",
                    row.time_ns
                )?,
                Version::Two => {
                    let time_ns =
                        self.header.start_ns.checked_add(row.time_ns).ok_or_else(|| Error::overflow("a time"))?;
                    write!(
                        out,
                        "{{\"stack_id\":{stack},\"thread_id\":\"{thread}\",\"timestamp\":{}}}",
                        Seconds(time_ns)
                    )?;
                }
            }
        }
        out.write_all(b"],\n\"thread_metadata\":{")?;
        let mut is_first = true;
        for number in tables.threads {
            let (id, name) = self.threads.written(number);
            if !name.is_empty() {
                out.write_all(if is_first { b"" } else { b"," })?;
                write!(out, "\"{id}\":{{\"name\":")?;
                to_json(out, name)?;
                out.write_all(b"}")?;
                is_first = false;
            }
        }
        out.write_all(b"}}")?;
        Ok(())
    }

    fn frame(&self, id: FrameId) -> FrameOut<'_> {
        let profile = self.profile;
        let frame = profile.frames[id];
        let function = frame.function.map(|function| profile.functions[function]);
        let text = |id: Option<profkit_core::StringId>| id.map(|id| &profile.strings[id]);
        let mapping = frame.mapping.map(|mapping| profile.mappings[mapping]);
        let known = frame.address.filter(|_| function.is_some());
        let key = FrameKey { address: known, mapping: frame.mapping.map(Id::index) };
        FrameOut {
            function: function.map(|function| &profile.strings[function.name]),
            symbol: function.and_then(|function| text(function.system_name)),
            module: function.and_then(|function| text(function.module)),
            filename: function.and_then(|function| text(function.file)),
            abs_path: function.and_then(|function| text(function.full_path)),
            lineno: frame.line,
            colno: frame.column,
            in_app: frame.in_app,
            package: mapping.and_then(|mapping| text(mapping.file)),
            // One function at many addresses is many functions to Sentry.
            instruction_addr: frame.address.filter(|_| function.is_none()).map(|address| format!("{address:#x}")),
            profkit: (key.address.is_some() || key.mapping.is_some()).then_some(key),
        }
    }

    fn tail_of_profile(&self, out: &mut Hashed<impl Write>, mut key: FileKey) -> Result<String> {
        let times = || self.rows.iter().map(|row| row.time_ns);
        let span_ns = (times().min().unwrap_or(0), times().max().unwrap_or(0));
        let made_up = out.id();
        let transaction = TransactionOut::of(self.profile, self.threads, &mut key, &made_up, span_ns);
        field(out, "transaction", &transaction)?;
        field(out, "profkit", &key)?;
        let id = self.session_id().unwrap_or(made_up);
        field(out, "event_id", &id)?;
        out.write_all(b"}")?;
        Ok(id)
    }

    fn tail_of_chunk(&self, out: &mut Hashed<impl Write>, mut key: FileKey, profiler: Option<&str>) -> Result<String> {
        if key.transactions.as_ref().is_some_and(Vec::is_empty) {
            key.transactions = None;
        }
        if key.comments.is_none() && self.header.comments(false) != self.profile.meta.comments {
            key.comments = Some(self.profile.meta.comments.clone());
        }
        field(out, "profkit", &key)?;
        let chunk = out.id();
        field(out, "chunk_id", &chunk)?;
        let profiler = profiler.map(str::to_owned).or_else(|| self.session_id()).unwrap_or(chunk);
        field(out, "profiler_id", &profiler)?;
        out.write_all(b"}")?;
        Ok(profiler)
    }

    fn session_id(&self) -> Option<String> {
        self.profile.meta.sessions.first().and_then(|session| session.id.clone()).filter(|id| is_id(id))
    }
}

/// The rows of frames, stacks and threads that samples use, in order of first use.
struct Tables {
    frames: Vec<FrameId>,
    frame_rows: Vec<u32>,
    stacks: Vec<Option<StackId>>,
    /// Of no stack first.
    stack_rows: Vec<u32>,
    threads: Vec<u32>,
}

const UNUSED: u32 = u32::MAX;

impl Tables {
    fn of(profile: &Profile, rows: &[FileRow]) -> Tables {
        let mut tables = Tables {
            frames: Vec::new(),
            frame_rows: vec![UNUSED; profile.frames.len()],
            stacks: Vec::new(),
            stack_rows: vec![UNUSED; profile.stacks.len() + 1],
            threads: Vec::new(),
        };
        let mut seen = std::collections::HashSet::new();
        for row in rows {
            if seen.insert(row.thread) {
                tables.threads.push(row.thread);
            }
            let place = row.stack.map_or(0, |stack| stack.index() + 1);
            let Some(number) = tables.stack_rows.get_mut(place).filter(|number| **number == UNUSED) else { continue };
            *number = tables.stacks.len() as u32;
            tables.stacks.push(row.stack);
            for frame in row.stack.into_iter().flat_map(|stack| profile.stacks.leaf_to_root(stack)) {
                if let Some(number) = tables.frame_rows.get_mut(frame.index()).filter(|number| **number == UNUSED) {
                    *number = tables.frames.len() as u32;
                    tables.frames.push(frame);
                }
            }
        }
        tables
    }

    fn frame_row(&self, frame: FrameId) -> u32 {
        self.frame_rows.get(frame.index()).copied().unwrap_or_default()
    }

    fn stack_row(&self, stack: Option<StackId>) -> u32 {
        self.stack_rows.get(stack.map_or(0, |stack| stack.index() + 1)).copied().unwrap_or_default()
    }
}

/// Nanoseconds as seconds, with all nine digits of the fraction: the reader takes such a text by its digits.
struct Seconds(i64);

impl std::fmt::Display for Seconds {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (sign, ns) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let second = NS_PER_SECOND.unsigned_abs();
        write!(out, "{sign}{}.{:09}", ns / second, ns % second)
    }
}

/// Returns nanoseconds since 1970 as a date with its time.
fn date(ns: i64) -> Result<String> {
    let timestamp = jiff::Timestamp::from_nanosecond(i128::from(ns));
    Ok(timestamp.map_err(|_| Error::overflow("the start"))?.to_string())
}

/// A writer that knows a hash of what it has written: 128 bits of FNV-1a.
pub(super) struct Hashed<W> {
    out: W,
    hash: u128,
}

impl<W: Write> Hashed<W> {
    pub(super) fn new(out: W) -> Hashed<W> {
        Hashed { out, hash: 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d }
    }

    /// Returns what is written to.
    pub(super) fn into_inner(self) -> W {
        self.out
    }

    /// Returns the hash as an id, which is not zero.
    fn id(&self) -> String {
        format!("{:032x}", self.hash.max(1))
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let length = self.out.write(bytes)?;
        for &byte in bytes.get(..length).unwrap_or_default() {
            self.hash = (self.hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
        Ok(length)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

fn field(out: &mut impl Write, name: &str, value: &impl Serialize) -> Result<()> {
    write!(out, ",\n\"{name}\":")?;
    to_json(out, value)
}

fn list<T: Serialize>(out: &mut impl Write, rows: impl Iterator<Item = T>) -> Result<()> {
    for (index, row) in rows.enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        to_json(out, &row)?;
    }
    Ok(())
}

fn to_json(out: &mut impl Write, value: &(impl Serialize + ?Sized)) -> Result<()> {
    serde_json::to_writer(out, value).map_err(|error| std::io::Error::from(error).into())
}
