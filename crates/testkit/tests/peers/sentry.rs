//! Sentry's own SDK: what it records here and now is read, and says what it said.

use super::{peers_are_wanted, run, script};
use profkit_core::{Notes, Profile, ReadOptions};
use profkit_testkit::fixtures::testdata;
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

/// What a double of seconds since 1970 is off by, on both ends.
const TOLERANCE_NS: i64 = 600;

/// How often each thread was seen and for how long, in nanoseconds.
type Seen = BTreeMap<String, (i64, i64)>;

#[test]
fn sentrys_sdk() {
    if !peers_are_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    for scenario in ["single", "threads", "continuous"] {
        let mut capture = Command::new("python3");
        capture.env("PYTHONPATH", script("python")).env("PYTHONDONTWRITEBYTECODE", "1");
        capture.arg(testdata().join("sentry/capture.py")).arg(scenario).arg(folder.path());
        run(&mut capture).unwrap_or_else(|error| panic!("{scenario}: {error}"));
    }
    let files: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").collect();
    assert!(files.len() >= 3, "the SDK sent {} envelopes", files.len());
    for file in files {
        let path = file.expect("a file").path();
        let bytes = std::fs::read(&path).expect("a readable file");
        let mut options = ReadOptions::default();
        options.options.push(("weights".to_owned(), "naive".to_owned()));
        let (profile, format) =
            profkit_formats::read(&bytes, None, None, &options, &mut Notes::new()).expect("a profile of the SDK");
        assert_eq!(format.name(), "sentry", "{}", path.display());
        let (wanted, found) = (sent(&bytes), read(&profile));
        assert_eq!(wanted.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>(), "{}", path.display());
        for (thread, (count, span_ns)) in wanted {
            let (found_count, found_ns) = found[&thread];
            assert_eq!(count, found_count, "{}: samples of {thread}", path.display());
            assert!((span_ns - found_ns).abs() <= TOLERANCE_NS, "{}: {span_ns} ns, {found_ns} ns", path.display());
        }
        let names: Vec<&str> = profile.functions.iter().map(|(_, it)| &profile.strings[it.name]).collect();
        assert!(names.contains(&"spin") || names.contains(&"leaf"), "{}: {names:?}", path.display());
    }
}

/// Returns how often each thread is in an envelope, and from when to when.
fn sent(envelope: &[u8]) -> Seen {
    let payloads = envelope.split(|&byte| byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let mut spans: BTreeMap<String, (i64, i64, i64)> = BTreeMap::new();
    for payload in payloads {
        for sample in payload["profile"]["samples"].as_array().into_iter().flatten() {
            let elapsed = sample["elapsed_since_start_ns"].as_str().map(|text| text.parse().expect("a number"));
            let time_ns = elapsed.unwrap_or_else(|| {
                let seconds = sample["timestamp"].as_f64().expect("seconds");
                seconds.trunc() as i64 * 1_000_000_000 + (seconds.fract() * 1e9) as i64
            });
            let thread = sample["thread_id"].as_str().expect("a thread").to_owned();
            let (count, first, last) = spans.entry(thread).or_insert((0, time_ns, time_ns));
            (*count, *first, *last) = (*count + 1, time_ns.min(*first), time_ns.max(*last));
        }
    }
    spans.into_iter().map(|(thread, (count, first, last))| (thread, (count, last - first))).collect()
}

/// Returns the same as the profile has it.
fn read(profile: &Profile) -> Seen {
    let mut seen = Seen::new();
    for sample in profile.samples.iter() {
        let thread = sample.thread.and_then(|thread| profile.threads[thread].id).expect("a thread with an id");
        let (count, sum) = seen.entry(profile.strings[thread].to_owned()).or_default();
        (*count, *sum) = (*count + sample.values[0], *sum + sample.values[1]);
    }
    seen
}
