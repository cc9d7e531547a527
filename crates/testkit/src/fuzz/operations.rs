//! Merging, comparing, cutting and grouping two profiles.

use super::choices::Choices;
use super::reading::profile;
use crate::law;
use profkit_core::{Notes, Profile};
use profkit_ops::{
    By, DiffOptions, DiffSort, Merge, MergeOptions, Sort, Step, diff, diff_profile, explain, filter, group, lines,
    only_thread, peek, thread_shares, top,
};

/// Steps that drop no value of samples.
const KEEPS_ALL: &[&str] = &["prune-from", "max-depth", "collapse-recursion", "rename", "strip-paths", "anonymize"];

/// Steps with something to look for that profiles of all sorts have.
const STEPS: &[(&str, &str)] = &[
    ("focus", "a"),
    ("ignore", "main"),
    ("hide", "e"),
    ("hide", "^fn:m"),
    ("show", "a|o"),
    ("show-from", "main|f"),
    ("root", "e"),
    ("prune-from", "f|r"),
    ("in-app", ""),
    ("max-depth", "2"),
    ("collapse-recursion", ""),
    ("min", "1"),
    ("min", "30%"),
    ("thread", "1|main"),
    ("thread", "active"),
    ("label", "request=1..3"),
    ("label", "path!=p"),
    ("time", "1us..1ms"),
    ("transaction", "e"),
    ("rename", "s/^./x/"),
    ("rename", "s/[0-9]+//"),
    ("strip-paths", ""),
    ("label-root", "request"),
    ("label-leaf", "path"),
    ("anonymize", ""),
];

/// Does everything that can be done with two profiles.
pub fn operations(bytes: &[u8]) {
    let (mut choices, rest) = Choices::of(bytes);
    let Some((length, rest)) = rest.split_first_chunk() else { return };
    let (first, second) = rest.split_at(usize::from(u16::from_le_bytes(*length)).min(rest.len()));
    let Some(a) = profile(&mut choices, first) else { return };
    let Some(b) = profile(&mut choices, second) else { return };
    let flags = choices.next();
    merged(&a, &b, flags);
    compared(&a, &b, flags);
    cut(&a, [(); 3].map(|()| *choices.pick(STEPS)));
    listed(&b, flags);
}

fn check_valid(profile: &Profile, what: &str) {
    if let Err(message) = law::check_valid(profile) {
        panic!("{what}: {message}");
    }
}

fn merged(a: &Profile, b: &Profile, flags: u8) {
    let mut options = MergeOptions::default();
    options.as_graph = flags & 1 != 0;
    options.join_threads = flags & 2 != 0;
    options.label_inputs = (flags & 4 != 0).then(|| "file".to_owned());
    let mut merge = Merge::new(options);
    let mut notes = Notes::new();
    let added = merge.add("a", a.clone(), &mut notes).and_then(|()| merge.add("b", b.clone(), &mut notes));
    if let Ok(merged) = added.and_then(|()| merge.finish(&mut notes)) {
        check_valid(&merged, "merged");
    }
}

fn compared(a: &Profile, b: &Profile, flags: u8) {
    let mut options = DiffOptions::default();
    options.normalize = flags & 8 != 0;
    let mut notes = Notes::new();
    if let Ok(mut diff) = diff(&[a], &[b], &options, &mut notes) {
        let deltas: i128 = diff.rows.iter().map(|row| row.own.delta()).sum();
        assert!(options.normalize || deltas == diff.total.delta(), "deltas of functions: {deltas}, {:?}", diff.total);
        diff.sort(DiffSort::Total);
        if let Some(row) = diff.rows.first() {
            let _ = explain(&[a], &[b], &row.name, &options, &mut notes);
        }
    }
    if let Ok(profile) = diff_profile(&[a], &[b], &options, &mut notes) {
        check_valid(&profile, "compared");
    }
    if let Ok(same) = diff(&[a], &[a], &DiffOptions::default(), &mut notes) {
        assert_eq!(same.rows.iter().find(|row| row.is_changed()), None, "a profile differs from itself");
    }
}

fn cut(profile: &Profile, steps: [(&str, &str); 3]) {
    let parsed = steps.map(|(name, value)| Step::parse(name, value).expect("a step"));
    let Ok(less) = filter(profile, &parsed, profile.default_value(), &mut Notes::new()) else { return };
    check_valid(&less, "cut");
    if steps.iter().all(|(name, _)| KEEPS_ALL.contains(name)) && profile.calls.is_empty() {
        assert_eq!(profile.column_totals().ok(), less.column_totals().ok(), "{steps:?} drops values");
    }
}

fn listed(profile: &Profile, flags: u8) {
    let by = [By::Function, By::File, By::Module, By::Line][usize::from(flags >> 4) % 4];
    if let Ok(groups) = group(profile, by) {
        check_valid(&groups, "grouped");
    }
    let (value, mut notes) = (profile.default_value(), Notes::new());
    if profile.value_types.is_empty() {
        return;
    }
    let _ = top(profile, value, Sort::Total, &mut notes);
    let _ = peek(profile, value, Sort::Own, |_| true, &mut notes);
    let _ = lines(profile, value, Sort::Own, |_| true);
    let _ = thread_shares(profile, value);
    if let Ok(one) = only_thread(profile, "active", value, &mut notes) {
        check_valid(&one, "one thread");
    }
}
