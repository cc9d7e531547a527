//! What we read of a file against what a program reads that shares no code with us.

use super::{peers_are_wanted, run, script};
use profkit_core::{FunctionId, Profile};
use profkit_formats::named;
use profkit_testkit::fixtures::{Fixture, readable};
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

/// File, line and name.
type Key = (String, u64, String);

/// What a file says of one function: own and inclusive time in nanoseconds, and call counts where they are known.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    own: i128,
    total: i128,
    calls: Option<i64>,
    primitive_calls: Option<i64>,
}

impl Said {
    fn add(&mut self, other: Said) {
        let sum = |sum: Option<i64>, count: Option<i64>| count.map(|count| sum.unwrap_or(0) + count).or(sum);
        self.own += other.own;
        self.total += other.total;
        self.calls = sum(self.calls, other.calls);
        self.primitive_calls = sum(self.primitive_calls, other.primitive_calls);
    }

    /// Returns whether both say the same, where a time that is no whole number of nanoseconds may go either way.
    fn is(&self, other: &Said) -> bool {
        let is_close = |a: i128, b: i128| (a - b).abs() <= 1 + b.abs() / 1_000_000_000_000_000;
        let counts = (self.calls, self.primitive_calls) == (other.calls, other.primitive_calls);
        counts && is_close(self.own, other.own) && is_close(self.total, other.total)
    }
}

fn ours(profile: &Profile) -> BTreeMap<Key, Said> {
    let nanos = |costs: &[i64]| {
        let exponent = profile.value_types[0].unit.exponent + 9;
        i128::from(costs[0]) * 10i128.pow(u32::try_from(exponent).expect("whole nanoseconds"))
    };
    let key = |id: FunctionId| -> Key {
        let function = profile.functions[id];
        let line = function.start_line.map_or(0, std::num::NonZeroU32::get);
        let file = function.file.map_or("~", |file| &profile.strings[file]);
        (file.to_owned(), line.into(), profile.strings[function.name].to_owned())
    };
    let mut said: BTreeMap<Key, Said> = BTreeMap::new();
    let [graph] = &profile.calls[..] else { panic!("expected one call graph, found {}", profile.calls.len()) };
    for total in graph.totals() {
        let count = |counts: Option<&[i64]>| counts.map(|counts| counts[0]);
        said.entry(key(total.function)).or_default().add(Said {
            total: nanos(total.inclusive.expect("stated")),
            calls: count(total.calls),
            primitive_calls: count(total.primitive_calls),
            own: 0,
        });
    }
    for (frame, costs) in graph.own() {
        let function = profile.frames[frame].function.expect("a name");
        said.entry(key(function)).or_default().own += nanos(costs);
    }
    said
}

fn theirs(file: &Value) -> BTreeMap<Key, Said> {
    let rows = file["functions"].as_array().expect("a list");
    let is_sampled = file["sampled"] == true;
    // yappi writes both counts the other way round; a count below zero was never made.
    let is_swapped = rows.iter().any(|row| row["cc"].as_i64() > row["nc"].as_i64() && row["nc"].as_i64() > Some(0));
    let mut said: BTreeMap<Key, Said> = BTreeMap::new();
    for row in rows {
        let text = |name: &str| row[name].as_str().expect("a text").to_owned();
        let nanos = |name: &str| (row[name].as_f64().expect("a number") * 1e9).round() as i128;
        let known = |name: &str| row[name].as_i64().filter(|&count| count >= 0 && !is_sampled);
        let (mut calls, mut primitive_calls) = (known("nc"), known("cc"));
        if is_swapped && primitive_calls > calls {
            std::mem::swap(&mut calls, &mut primitive_calls);
        }
        // A sampled file has a row for each line that was executed.
        let line = row["line"].as_u64().filter(|_| !is_sampled).unwrap_or(0);
        let row = Said { own: nanos("tt"), total: nanos("ct"), calls, primitive_calls };
        // The profile module has no file for what is built in, cProfile one of this name.
        let file = Some(text("file")).filter(|file| !file.is_empty()).unwrap_or("~".to_owned());
        said.entry((file, line, text("name"))).or_default().add(row);
    }
    said
}

fn compare(fixture: &Fixture, file: &Value) -> Result<(), String> {
    let (ours, theirs) = (ours(&super::read(fixture)), theirs(file));
    if ours.len() != theirs.len() {
        return Err(format!("found {} functions, wanted {}", ours.len(), theirs.len()));
    }
    for ((our_key, our), (key, their)) in ours.iter().zip(&theirs) {
        if our_key != key || !our.is(their) {
            return Err(format!("found {our_key:?} {our:?}, wanted {key:?} {their:?}"));
        }
    }
    Ok(())
}

#[test]
fn every_pstats_file_says_what_a_plain_reader_finds() {
    if !peers_are_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let format = named("pstats").expect("registered");
    let mut fixtures: Vec<_> = readable().into_iter().filter(|fixture| std::ptr::eq(fixture.format, format)).collect();
    // Files that are not in the repository can be named, too.
    for path in std::env::var("PROFKIT_MORE_PSTATS").unwrap_or_default().split_whitespace() {
        let bytes = std::fs::read(path).expect("a readable file");
        fixtures.push(Fixture { format, name: path.replace('/', "-"), bytes });
    }
    let mut paths = Vec::new();
    for (index, fixture) in fixtures.iter().enumerate() {
        paths.push(folder.path().join(index.to_string()));
        std::fs::write(&paths[index], &fixture.bytes).expect("a writable folder");
    }
    let files = run(Command::new("python3").arg(script("pstats_read.py")).args(&paths));
    let files: Value = serde_json::from_str(&files.expect("a plain reading")).expect("JSON of our own script");
    let files = files.as_array().expect("a list");
    assert_eq!(files.len(), fixtures.len());
    for (fixture, file) in fixtures.iter().zip(files) {
        compare(fixture, file).unwrap_or_else(|difference| panic!("{}: {difference}", fixture.title()));
    }
}
