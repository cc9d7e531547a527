//! speedscope's web app in headless Chromium.

use crate::{assert_close, peers_are_wanted, run, script, written};
use profkit_core::Notes;
use profkit_formats::named;
use profkit_testkit::fixtures::readable;
use serde_json::Value;
use std::collections::HashMap;
use std::process::Command;

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
        // The app demangles names as we do.
        let (profile, _) = fixture.read(&mut Notes::new()).expect("a readable fixture");
        let (path, prepared) = written(&profile, format, folder.path(), &name);
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
