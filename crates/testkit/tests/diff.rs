//! What holds for the difference of any two profiles.

use profkit_core::derive::function_totals;
use profkit_core::{Notes, Profile, WriteOptions};
use profkit_ops::{Diff, DiffOptions, DiffRow, DiffSort, Presence, diff, diff_profile};
use profkit_testkit::fixtures;
use profkit_testkit::generate::{Generated, Names, call_graph, evented, sampled};
use proptest::prelude::*;

/// The row of what belongs to no function.
const NO_STACK: &str = "(no stack)";

fn any_profile() -> impl Strategy<Value = Generated> {
    prop_oneof![sampled(Names::Plain), evented(Names::Plain), call_graph(Names::Plain)]
}

/// Returns the difference, and none where the two have no value in common.
fn difference(before: &Profile, after: &Profile, values: [usize; 2]) -> Diff {
    let mut options = DiffOptions::default();
    options.values = values.map(Some);
    diff(&[before], &[after], &options, &mut Notes::new()).unwrap()
}

fn common_values(before: &Profile, after: &Profile) -> Option<[usize; 2]> {
    DiffOptions::default().compared(before, after).ok().map(|compared| compared.values)
}

/// What a row says, without the names that each side has for it.
fn costs(row: &DiffRow) -> ([[i64; 2]; 2], Presence, &'static str, [Option<i64>; 2]) {
    let change = |change: &profkit_ops::Change| [change.before, change.after];
    ([change(&row.own), change(&row.total)], row.presence, row.own.verdict.name(), row.calls)
}

fn mirrored(row: &DiffRow) -> ([[i64; 2]; 2], Presence, &'static str, [Option<i64>; 2]) {
    let (costs, presence, verdict, [before, after]) = costs(row);
    let presence = match presence {
        Presence::Gone => Presence::New,
        Presence::New => Presence::Gone,
        Presence::Both => Presence::Both,
    };
    (costs.map(|[before, after]| [after, before]), presence, verdict, [after, before])
}

fn check_sums(diff: &Diff) {
    let deltas: i128 = diff.rows.iter().map(|row| row.own.delta()).sum();
    assert_eq!(deltas, diff.total.delta(), "the deltas of functions and the delta of the total");
}

fn check_mirror(there: &Diff, back: &Diff) {
    let sorted = |mut rows: Vec<_>| {
        rows.sort_by_key(|row: &([[i64; 2]; 2], Presence, &str, [Option<i64>; 2])| format!("{row:?}"));
        rows
    };
    let there = sorted(there.rows.iter().map(mirrored).collect());
    let back = sorted(back.rows.iter().map(costs).collect());
    assert_eq!(there, back);
}

fn check_nothing_changed(profile: &Profile) {
    let Some(values) = common_values(profile, profile) else { return };
    let diff = difference(profile, profile, values);
    assert_eq!(diff.rows.iter().find(|row| row.is_changed()), None);
    assert_eq!((diff.total.delta(), diff.explained(), diff.suggestions.len()), (0, None, 0));
}

/// Checks that the profile of a difference says of each function what its rows say.
fn check_profile(before: &Profile, after: &Profile, values: [usize; 2]) {
    let mut options = DiffOptions::default();
    options.values = values.map(Some);
    let profile = diff_profile(&[before], &[after], &options, &mut Notes::new()).unwrap();
    let diff = diff(&[before], &[after], &options, &mut Notes::new()).unwrap();
    // A call graph has no place for time in which nothing ran, and the notes say so.
    let idle = diff.rows.iter().find(|row| row.name == NO_STACK && !profile.calls.is_empty());
    let idle = idle.map_or([0, 0], |row| [row.own.before, row.own.after]);
    assert_eq!(profile.column_totals().unwrap(), [diff.total.before - idle[0], diff.total.after - idle[1]]);
    let totals = function_totals(&profile).unwrap();
    let mut of_profile: Vec<_> = profile
        .functions
        .iter()
        .map(|(id, function)| {
            (profile.strings[function.name].to_owned(), totals[id].own.clone(), totals[id].total.clone())
        })
        .filter(|(_, own, total)| own.iter().chain(total).any(|&cost| cost != 0))
        .collect();
    let mut of_rows: Vec<_> = diff
        .rows
        .iter()
        .filter(|row| row.name != NO_STACK)
        .map(|row| (row.name.clone(), vec![row.own.before, row.own.after], vec![row.total.before, row.total.after]))
        .filter(|(_, own, total)| own.iter().chain(total).any(|&cost| cost != 0))
        .collect();
    of_profile.sort();
    of_rows.sort();
    assert_eq!(of_profile, of_rows);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn a_profile_does_not_differ_from_itself(profile in any_profile()) {
        check_nothing_changed(&profile);
    }

    #[test]
    fn deltas_add_up_and_the_way_back_mirrors_the_way_there(before in any_profile(), after in any_profile()) {
        if let Some([left, right]) = common_values(&before, &after) {
            let (there, back) = (difference(&before, &after, [left, right]), difference(&after, &before, [right, left]));
            check_sums(&there);
            check_mirror(&there, &back);
        }
    }

    #[test]
    fn the_profile_of_a_difference_says_what_its_rows_say(before in any_profile(), after in any_profile()) {
        if let Some(values) = common_values(&before, &after) {
            check_profile(&before, &after, values);
        }
    }

    #[test]
    fn means_of_runs_and_normalized_sides_add_up(
        runs in proptest::collection::vec(sampled(Names::Plain), 2..4),
        normalize in any::<bool>(),
    ) {
        let runs: Vec<&Profile> = runs.iter().map(|run| &**run).collect();
        let (before, after) = runs.split_at(1);
        let mut options = DiffOptions::default();
        options.normalize = normalize;
        if let Ok(mut diff) = diff(before, after, &options, &mut Notes::new()) {
            check_sums(&diff);
            diff.sort(DiffSort::Ratio);
            check_sums(&diff);
        }
    }
}

#[test]
fn real_profiles_add_up_and_mirror() {
    let read = |fixture: fixtures::Fixture| fixture.read_as_its_format(&mut Notes::new()).unwrap();
    let profiles: Vec<Profile> = fixtures::readable().into_iter().map(read).collect();
    assert!(profiles.len() > 50);
    for (index, profile) in profiles.iter().enumerate() {
        check_nothing_changed(profile);
        let other = &profiles[(index * 7 + 3) % profiles.len()];
        if let Some([left, right]) = common_values(profile, other) {
            let (there, back) = (difference(profile, other, [left, right]), difference(other, profile, [right, left]));
            check_sums(&there);
            check_mirror(&there, &back);
            check_profile(profile, other, [left, right]);
        }
    }
}

/// As `inferno-diff-folded` compares two files, so do we, but for what it does not claim to know: that a function on
/// another line is the same. Its order of lines is another one in each run.
#[test]
fn stacks_of_two_files_are_those_of_inferno() {
    let fixture = fixtures::readable().into_iter().find(|it| it.name == "py-spy-nolineno.folded").unwrap();
    let text = String::from_utf8(fixture.bytes.clone()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() > 9);
    let part = |from: usize| {
        lines.iter().skip(from).step_by(3).chain(&lines[..4]).fold(String::new(), |all, line| all + *line + "\n")
    };
    let sides = [part(0), part(1)];
    let mut theirs = Vec::new();
    inferno::differential::from_readers(Default::default(), sides[0].as_bytes(), sides[1].as_bytes(), &mut theirs)
        .unwrap();
    let read = |side: &String| {
        let part =
            fixtures::Fixture { format: fixture.format, name: fixture.name.clone(), bytes: side.clone().into_bytes() };
        part.read_as_its_format(&mut Notes::new()).unwrap()
    };
    let [before, after] = [read(&sides[0]), read(&sides[1])];
    let profile = diff_profile(&[&before], &[&after], &DiffOptions::default(), &mut Notes::new()).unwrap();
    let mut options = WriteOptions::default();
    options.options = vec![("values".to_owned(), "unnamed".to_owned())];
    let mut ours = Vec::new();
    fixture.format.write(&profile, &mut ours, &options, &mut Notes::new()).unwrap();
    let sorted = |text: Vec<u8>| {
        let mut lines: Vec<String> = String::from_utf8(text).unwrap().lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(ours), sorted(theirs));
}
