//! The difference of two pprof files, as Go's `-diff_base` shows it.
//!
//! Both agree to the last unit, function by function. What Go does otherwise is a matter of the table: its percentages
//! are parts of the total of the base, it adds functions up that have a name in common, and shows no two sides.

use crate::{go_pprof, peers_are_wanted, read, written};
use profkit_core::{Notes, Profile, filter_frames};
use profkit_formats::named;
use profkit_ops::{DiffOptions, diff};
use profkit_testkit::fixtures::readable;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The change of the own and of the whole cost of the functions of each name, but for those without any.
type Changes = BTreeMap<String, [i128; 2]>;

#[test]
fn a_difference_is_that_of_gos_diff_base() {
    if !peers_are_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let inputs: Vec<(PathBuf, Profile)> = readable()
        .into_iter()
        .filter(|fixture| fixture.format.name() == "pprof" && fixture.name.starts_with("go-"))
        .map(|fixture| written(&read(&fixture), named("pprof").expect("registered"), folder.path(), &fixture.name))
        .collect();
    let mut compared = 0;
    for (before, after) in inputs.iter().flat_map(|before| inputs.iter().map(move |after| (before, after))) {
        let halves = [some(&before.1, 0), some(&after.1, 1)];
        if before.1.value_types != after.1.value_types {
            continue;
        }
        let format = named("pprof").expect("registered");
        let [base, file] = [("base", &halves[0]), ("file", &halves[1])]
            .map(|(name, half)| written(half, format, folder.path(), name).0);
        for value in 0..before.1.value_types.len() {
            let unit = &before.1.value_types[value].unit.name;
            assert_eq!(ours(&halves, value), gos(&base, &file, value, unit), "{:?} and {:?}", before.0, after.0);
            compared += 1;
        }
    }
    assert!(compared >= 6, "{compared} values were compared");
}

/// Returns a profile as another run of the same program might be: some of its samples.
fn some(profile: &Profile, left_out: i64) -> Profile {
    let keeps = |sample: &profkit_core::Sample<'_>| sample.stack.is_some() && sample.values[0] % 3 != left_out;
    let kept = profile.filtered(keeps, |_| true).expect("small numbers");
    filter_frames(&kept, &mut Notes::new()).expect("no deeper than before").into_owned()
}

fn ours([before, after]: &[Profile; 2], value: usize) -> Changes {
    let mut options = DiffOptions::default();
    options.values = [Some(value); 2];
    let diff = diff(&[before], &[after], &options, &mut Notes::new()).expect("the same values");
    let mut changes = Changes::new();
    for row in diff.rows {
        let sum = changes.entry(row.name).or_default();
        sum[0] += row.own.delta();
        sum[1] += row.total.delta();
    }
    changes.retain(|_, change| *change != [0, 0]);
    changes
}

fn gos(base: &Path, file: &Path, value: usize, unit: &str) -> Changes {
    let shown = [format!("-unit={unit}"), format!("-sample_index={value}"), format!("-diff_base={}", base.display())];
    let all = ["-top", "-nodecount=1000000", "-nodefraction=0"].map(OsStr::new);
    let words = all.into_iter().chain(shown.iter().map(OsStr::new)).chain([file.as_os_str()]);
    let text = go_pprof(words).expect("a table");
    let mut changes = Changes::new();
    for line in text.lines().skip_while(|line| line.split_whitespace().next() != Some("flat")).skip(1) {
        let mut words = line.split_whitespace();
        let mut number = |skipped: usize| -> i128 {
            let word = words.nth(skipped).expect("a number");
            let digits = word.trim_end_matches(|it: char| it.is_ascii_alphabetic());
            digits.parse().unwrap_or_else(|error| panic!("{line}: {error}"))
        };
        let change = [number(0), number(2)];
        let name = words.skip(1).collect::<Vec<_>>().join(" ");
        let name = name.trim_end_matches(" (inline)").trim_end_matches(" (partial-inline)");
        let sum = changes.entry(name.to_owned()).or_default();
        (0..2).for_each(|part| sum[part] += change[part]);
    }
    changes.retain(|_, change| *change != [0, 0]);
    changes
}
