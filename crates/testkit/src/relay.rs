//! The rules by which Sentry's Relay takes a profile or throws it away, as `schemas/sentry.md` lists them.

use serde_json::{Map, Value};
use std::collections::HashMap;

/// The most bytes of one profile.
const MOST_BYTES: usize = 50 << 20;
/// The latest sample of a profile of a transaction.
const MOST_NS: u64 = 30_000_000_000;
/// The longest chunk.
const MOST_SECONDS: f64 = 66.0;

type Fields = Map<String, Value>;

/// Returns why Relay would refuse a file: a profile, a chunk, or an envelope of chunks.
///
/// # Errors
///
/// The error is the first rule that the file breaks.
pub fn check(file: &[u8]) -> Result<(), String> {
    let Some(mut rest) = file.strip_prefix(b"{}\n") else { return check_profile(file) };
    let mut count = 0;
    while !rest.is_empty() {
        let (header, after) = rest.split_at(rest.iter().position(|&byte| byte == b'\n').ok_or("no line of a header")?);
        let header = object(header)?;
        let length = header.get("length").and_then(Value::as_u64).ok_or("no length")? as usize;
        let payload = after.get(1..=length).ok_or("a payload is cut off")?;
        let platform = text(&header, "platform")?;
        if platform != text(&object(payload)?, "platform")? {
            return Err("the platforms of header and payload differ".to_owned());
        }
        check_profile(payload)?;
        rest = after.get(length + 2..).ok_or("no line break behind a payload")?;
        count += 1;
    }
    if count > 0 { Ok(()) } else { Err("no items".to_owned()) }
}

fn check_profile(file: &[u8]) -> Result<(), String> {
    if file.len() > MOST_BYTES {
        return Err("more than 50 MB".to_owned());
    }
    let fields = object(file)?;
    match text(&fields, "version")?.as_str() {
        "1" => check_one(&fields),
        "2" => check_two(&fields),
        version => Err(format!("unknown version {version}")),
    }
}

fn check_one(fields: &Fields) -> Result<(), String> {
    id(fields, "event_id")?;
    text(fields, "timestamp")?;
    let (device, os) = (inner(fields, "device")?, inner(fields, "os")?);
    text(device, "architecture")?;
    text(os, "name")?;
    text(os, "version")?;
    if text(fields, "platform")? == "cocoa" {
        text(os, "build_number")?;
        device.get("is_emulator").and_then(Value::as_bool).ok_or("no is_emulator")?;
        ["locale", "manufacturer", "model"].into_iter().try_for_each(|name| text(device, name).map(drop))?;
    }
    let transaction = inner(fields, "transaction")?;
    id(transaction, "id")?;
    id(transaction, "trace_id")?;
    number(transaction, "active_thread_id")?;
    if text(transaction, "name")?.is_empty() {
        return Err("a transaction without a name".to_owned());
    }
    let at = |name| if transaction.contains_key(name) { number(transaction, name) } else { Ok(0) };
    let (start, end) = (at("relative_start_ns")?, at("relative_end_ns")?);
    if end > 0 && start >= end {
        return Err("a transaction that ends before it starts".to_owned());
    }
    let samples = samples(fields)?;
    let mut rows: Vec<(String, usize, u64)> = Vec::new();
    for sample in &samples {
        let time = number(sample, "elapsed_since_start_ns")?;
        let thread = number(sample, "thread_id")?.to_string();
        rows.push((thread, number(sample, "stack_id")? as usize, time));
    }
    rows.retain(|row| end == 0 || (start..=end).contains(&row.2));
    let lengths = check_indices(fields, rows.iter().map(|row| row.1))?;
    let mut lanes: HashMap<&str, Vec<bool>> = HashMap::new();
    rows.iter().for_each(|(thread, stack, _)| lanes.entry(thread).or_default().push(lengths[*stack] == 0));
    // Idle at the beginning and at the end of a thread is taken away before the rest is counted.
    let busy = |idle: &Vec<bool>| {
        let first = idle.iter().position(|idle| !idle)?;
        Some(idle.iter().rposition(|idle| !idle)? + 1 - first)
    };
    if !lanes.values().any(|idle| busy(idle).is_some_and(|count| count > 1)) {
        return Err("not enough samples".to_owned());
    }
    match rows.last() {
        Some(&(_, _, time)) if time > MOST_NS => Err("longer than 30 s".to_owned()),
        _ => Ok(()),
    }
}

fn check_two(fields: &Fields) -> Result<(), String> {
    id(fields, "chunk_id")?;
    id(fields, "profiler_id")?;
    text(fields, "platform")?;
    text(inner(fields, "client_sdk")?, "name")?;
    text(inner(fields, "client_sdk")?, "version")?;
    let mut rows: Vec<(String, usize, f64)> = Vec::new();
    for sample in &samples(fields)? {
        let time = sample.get("timestamp").and_then(Value::as_f64).ok_or("a timestamp that is no number")?;
        rows.push((text(sample, "thread_id")?, number(sample, "stack_id")? as usize, time));
    }
    let lengths = check_indices(fields, rows.iter().map(|row| row.1))?;
    let mut lanes: HashMap<&str, usize> = HashMap::new();
    rows.iter().for_each(|(thread, stack, _)| *lanes.entry(thread).or_default() += usize::from(lengths[*stack] > 0));
    if !lanes.values().any(|&count| count > 1) {
        return Err("not enough samples".to_owned());
    }
    let times = || rows.iter().map(|row| row.2);
    let span = times().fold(f64::MIN, f64::max) - times().fold(f64::MAX, f64::min);
    if span > MOST_SECONDS { Err("longer than 66 s".to_owned()) } else { Ok(()) }
}

/// Checks that indices are those of rows, and returns how deep each stack is.
fn check_indices(fields: &Fields, mut used: impl Iterator<Item = usize>) -> Result<Vec<usize>, String> {
    let profile = inner(fields, "profile")?;
    let list = |name: &str| profile.get(name).and_then(Value::as_array).ok_or(format!("no list of {name}"));
    let frames = list("frames")?.len() as u64;
    let stacks = list("stacks")?;
    if used.any(|stack| stack >= stacks.len()) {
        return Err("a stack index that is none".to_owned());
    }
    let depth = |stack: &Value| {
        let stack = stack.as_array().ok_or("a stack that is no list")?;
        let is_known = stack.iter().all(|frame| frame.as_u64().is_some_and(|frame| frame < frames));
        if is_known { Ok(stack.len()) } else { Err("a frame index that is none".to_owned()) }
    };
    stacks.iter().map(depth).collect()
}

fn samples(fields: &Fields) -> Result<Vec<Fields>, String> {
    let samples = inner(fields, "profile")?.get("samples").and_then(Value::as_array).ok_or("no list of samples")?;
    samples.iter().map(|sample| sample.as_object().cloned().ok_or("a sample that is no object".to_owned())).collect()
}

fn object(json: &[u8]) -> Result<Fields, String> {
    serde_json::from_slice(json).map_err(|error| error.to_string())
}

fn inner<'f>(fields: &'f Fields, name: &str) -> Result<&'f Fields, String> {
    fields.get(name).and_then(Value::as_object).ok_or(format!("no {name}"))
}

fn text(fields: &Fields, name: &str) -> Result<String, String> {
    fields.get(name).and_then(Value::as_str).map(str::to_owned).ok_or(format!("no {name}"))
}

/// Returns a whole number of 64 bits without a sign, or a text of one.
fn number(fields: &Fields, name: &str) -> Result<u64, String> {
    let value = fields.get(name).ok_or(format!("no {name}"))?;
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    number.ok_or(format!("{name} is no number"))
}

fn id(fields: &Fields, name: &str) -> Result<(), String> {
    let id = text(fields, name)?.replace('-', "");
    let is_id =
        id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) && id.bytes().any(|byte| byte != b'0');
    if is_id { Ok(()) } else { Err(format!("{name} is no id")) }
}
