//! The real tools judge what we write. They run where `PROFKIT_PEERS=1`, and there a missing one fails.
//!
//! The peers are Python's `pstats`, Go's `go tool pprof`, Graphviz's `dot` and speedscope's web app in headless
//! Chromium, which `npm ci` in `crates/testkit/peers` provides.

#[path = "peers/graphs.rs"]
mod graphs;
#[path = "peers/lists.rs"]
mod lists;
#[path = "peers/readings.rs"]
mod readings;

use profkit_core::{CallGraph, Format, NoteKind, Notes, Profile, ReadOptions, WriteOptions, prepare};
use profkit_formats::named;
use profkit_testkit::fixtures::{Fixture, readable};
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn peers_are_wanted() -> bool {
    let wanted = std::env::var_os("PROFKIT_PEERS").is_some_and(|value| value == "1");
    if !wanted {
        eprintln!("not judged by peers: PROFKIT_PEERS=1 is not set");
    }
    wanted
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(name)
}

/// Returns what a peer prints, or what it complains about.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} is missing: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

fn python(option: Option<&str>, file: &Path) -> Result<String, String> {
    run(Command::new("python3").arg(script("pstats_load.py")).args(option).arg(file))
}

fn go_pprof(report: &str, file: &Path) -> Result<String, String> {
    let mut command = Command::new("go");
    command.args(["tool", "pprof", "-symbolize=none", report]).arg(file);
    run(command.env("PPROF_BINARY_PATH", "/nonexistent").env("TZ", "UTC"))
}

/// Writes a profile into a folder and returns the file, and the profile as the format can hold it.
fn written(profile: &Profile, format: &'static Format, folder: &Path, name: &str) -> (PathBuf, Profile) {
    let options = WriteOptions::default();
    let path = folder.join(name);
    let mut out = Vec::new();
    format.write(profile, &mut out, &options, &mut Notes::new()).unwrap_or_else(|error| panic!("{name}: {error}"));
    std::fs::write(&path, out).expect("a writable folder");
    (path, prepare(profile, format, &options, &mut Notes::new()).expect("written before").into_owned())
}

/// Reads a fixture with the names as they stand there: the peers show them so.
fn read(fixture: &Fixture) -> Profile {
    let mut options = ReadOptions::default();
    options.demangle = false;
    let read = profkit_formats::read(&fixture.bytes, Some(&fixture.name), None, &options, &mut Notes::new());
    read.expect("a readable fixture").0
}

fn total(profile: &Profile, column: usize) -> f64 {
    let unit = &profile.value_types[column].unit;
    let total = profile.column_totals().expect("small numbers")[column] as f64;
    total * unit.factor as f64 * 10f64.powi(i32::from(unit.exponent))
}

fn assert_close(found: f64, wanted: f64, what: &str) {
    let tolerance = 1e-9 + wanted.abs() * 1e-9;
    assert!((found - wanted).abs() <= tolerance, "{what}: found {found}, wanted {wanted}");
}

#[test]
fn pythons_pstats() {
    if !peers_are_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let format = named("pstats").expect("registered");
    for fixture in readable() {
        let name = fixture.title().replace('/', "-");
        let (ours, prepared) = written(&read(&fixture), format, folder.path(), &name);
        // A profile of no function is an empty dict, which is valid marshal but which Python's pstats refuses.
        if prepared.calls.iter().all(CallGraph::is_empty) {
            assert!(python(None, &ours).is_err_and(|error| error.contains("Cannot create or construct")), "{name}");
            continue;
        }
        let loaded = python(None, &ours).unwrap_or_else(|error| panic!("{name}: Python rejects it: {error}"));
        let loaded: Value = serde_json::from_str(&loaded).expect("JSON of our own script");
        assert_close(loaded["total_tt"].as_f64().expect("a number"), total(&prepared, 0), &name);
        let mut notes = Notes::new();
        fixture.read(&mut notes).expect("a readable fixture");
        // What Python takes at its word and we do not, or what we had to make up, it prints otherwise.
        let is_plain = notes.iter().all(|note| note.kind != NoteKind::Odd) && prepared.meta.invented.is_empty();
        if fixture.format.name() == format.name() && is_plain {
            let original = folder.path().join("original");
            std::fs::write(&original, &fixture.bytes).expect("a writable folder");
            for report in ["--print-stats", "--print-callers", "--print-callees"] {
                // Old dialects cannot be loaded by this Python at all: nothing to compare with.
                let Ok(wanted) = python(Some(report), &original) else { continue };
                assert_eq!(python(Some(report), &ours), Ok(wanted), "{name} {report}");
            }
        }
    }
}

#[test]
fn gos_pprof() {
    if !peers_are_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let format = named("pprof").expect("registered");
    for fixture in readable() {
        let name = fixture.title().replace('/', "-");
        let (ours, prepared) = written(&read(&fixture), format, folder.path(), &name);
        let raw = go_pprof("-raw", &ours).unwrap_or_else(|error| panic!("{name}: go tool pprof rejects it: {error}"));
        for column in 0..prepared.value_types.len() {
            // Go 1.19 leaves samples without a stack out of its reports.
            let shown = prepared.samples.iter().filter(|sample| sample.stack.is_some());
            let wanted: i64 = shown.map(|sample| sample.values[column]).sum();
            assert_eq!(sum_of_raw(&raw, column), wanted, "{name}, value {column}");
        }
        if fixture.format.name() == format.name() {
            let original = folder.path().join("original");
            std::fs::write(&original, &fixture.bytes).expect("a writable folder");
            for report in ["-raw", "-top", "-traces"] {
                // What it refuses or shows of the original, it must refuse or show of ours.
                if let Ok(wanted) = go_pprof(report, &original) {
                    assert_eq!(go_pprof(report, &ours), Ok(wanted), "{name} {report}");
                }
            }
        }
    }
}

/// Returns the sum of one value over the samples of a `-raw` report.
fn sum_of_raw(raw: &str, column: usize) -> i64 {
    let samples = raw.lines().skip_while(|line| *line != "Samples:").skip(2);
    let samples = samples.take_while(|line| *line != "Locations");
    let value = |line: &str| line.split_once(':')?.0.split_whitespace().nth(column)?.parse::<i64>().ok();
    // Labels stand on lines of their own, as `key:[value]`.
    samples.filter(|line| !line.contains(":[")).filter_map(value).sum()
}

#[test]
fn speedscopes_web_app() {
    if !peers_are_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let format = named("speedscope").expect("registered");
    let mut files = Vec::new();
    for fixture in readable() {
        let name = format!("{}.speedscope.json", fixture.title().replace('/', "-"));
        let (path, prepared) = written(&read(&fixture), format, folder.path(), &name);
        // What has no sample has no total to show.
        if prepared.column_totals().expect("small numbers").iter().any(|&total| total != 0) {
            files.push((path, prepared));
        }
    }
    let paths: Vec<_> = files.iter().map(|(path, _)| path).collect();
    let shown = run(Command::new("node").arg(script("speedscope_open.mjs")).args(["--rows", "0"]).args(&paths))
        .unwrap_or_else(|error| panic!("speedscope rejects it: {error}"));
    let shown: Value = serde_json::from_str(&shown).expect("JSON of our own script");
    let opened = shown["files"].as_array().expect("a list");
    assert_eq!(opened.len(), files.len());
    for ((path, _), opened) in files.iter().zip(opened) {
        let text = std::fs::read(path).expect("written before");
        let ours: Value = serde_json::from_slice(&text).expect("valid JSON");
        let profiles = ours["profiles"].as_array().expect("a list");
        let shown = opened["profiles"].as_array().expect("a list");
        assert_eq!(shown.len(), profiles.len(), "{}", path.display());
        for (profile, shown) in profiles.iter().zip(shown) {
            let name = format!("{}: {}", path.display(), profile["name"]);
            let ours_total = number(&profile["endValue"]) - number(&profile["startValue"]);
            assert_close(number(&shown["total"]), ours_total * unit_ratio(profile, shown), &name);
            if profile["type"] == "sampled" {
                check_rows(&ours, profile, shown, &name);
            }
        }
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("expected a number, found {value}"))
}

/// Returns what the values of our file are multiplied with to be in the unit of the app's own export.
fn unit_ratio(profile: &Value, shown: &Value) -> f64 {
    let scale = |unit: &Value| match unit.as_str() {
        Some("nanoseconds") => 1e-9,
        Some("microseconds") => 1e-6,
        Some("milliseconds") => 1e-3,
        _ => 1.0,
    };
    scale(&profile["unit"]) / scale(&shown["unit"])
}

/// Checks self and total of every function in the app's table against the samples of our file.
fn check_rows(file: &Value, profile: &Value, shown: &Value, name: &str) {
    let frames = file["shared"]["frames"].as_array().expect("a list");
    let samples = profile["samples"].as_array().expect("a list");
    let weights = profile["weights"].as_array().expect("a list");
    let mut costs: HashMap<u64, (f64, f64)> = HashMap::new();
    for (sample, weight) in samples.iter().zip(weights) {
        let mut path: Vec<u64> = sample.as_array().expect("a list").iter().filter_map(Value::as_u64).collect();
        if let Some(leaf) = path.last() {
            costs.entry(*leaf).or_default().0 += number(weight);
        }
        path.sort_unstable();
        path.dedup();
        path.into_iter().for_each(|frame| costs.entry(frame).or_default().1 += number(weight));
    }
    let busy: f64 =
        samples.iter().zip(weights).filter(|(it, _)| *it != &Value::Array(vec![])).map(|it| number(it.1)).sum();
    let mut wanted: Vec<(String, i64, i64)> = costs
        .iter()
        .map(|(&frame, &(own, total))| {
            let title = frames[frame as usize]["name"].as_str().expect("a name").to_owned();
            (title, rounded(own / busy * 100.0), rounded(total / busy * 100.0))
        })
        .collect();
    let mut found: Vec<(String, i64, i64)> = shown["rows"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| {
            let title = row["name"].as_str().expect("a name").to_owned();
            (title, rounded(number(&row["selfPercent"])), rounded(number(&row["totalPercent"])))
        })
        .collect();
    wanted.sort();
    found.sort();
    assert_eq!(wanted.len(), found.len(), "{name}: functions shown");
    for (wanted, found) in wanted.iter().zip(&found) {
        let is_same = wanted.0 == found.0 && (wanted.1 - found.1).abs() <= 1 && (wanted.2 - found.2).abs() <= 1;
        assert!(is_same, "{name}: found {found:?}, wanted {wanted:?}");
    }
}

/// Returns thousandths of a percent.
fn rounded(percent: f64) -> i64 {
    (percent * 1000.0).round() as i64
}
