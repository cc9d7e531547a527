//! Valgrind's `callgrind_annotate`.

use crate::{peers_are_wanted, read, run, written};
use profkit_core::{CallGraph, Profile, derive};
use profkit_formats::named;
use profkit_testkit::fixtures::{Fixture, readable};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Costs by place, each a number per event.
type Costs = BTreeMap<String, Vec<i64>>;

#[test]
fn valgrinds_callgrind_annotate() {
    if !peers_are_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let format = named("callgrind").expect("registered");
    let mut differ = Vec::new();
    let mut compared = 0;
    for fixture in readable() {
        let name = fixture.title().replace('/', "-");
        let (ours, prepared) = written(&read(&fixture), format, folder.path(), &name);
        // It wants something to show.
        if prepared.column_totals().expect("small numbers").first().is_none_or(|&total| total == 0) {
            continue;
        }
        let shown = annotated(&ours).unwrap_or_else(|error| panic!("{name}: it rejects ours: {error}"));
        let takes_costs_of_calls = prepared.calls.iter().flat_map(CallGraph::arcs).any(|arc| arc.calls == Some(&[0]));
        if !takes_costs_of_calls {
            assert_eq!(by_function(&shown), own_costs(&prepared), "{name}");
        }
        if fixture.format.name() != format.name() {
            continue;
        }
        let original = folder.path().join("original");
        std::fs::write(&original, &fixture.bytes).expect("a writable folder");
        // What it does not understand of the original, it cannot compare.
        let Ok(wanted) = annotated(&original) else { continue };
        let is_whole = wanted.values().all(|costs| costs.iter().all(|&cost| cost >= 0));
        if is_whole && !wanted.is_empty() && !takes_costs_of_calls && says_the_same(&fixture) {
            if shown != wanted {
                differ.push(format!("{name}: of ours {shown:?}, of the original {wanted:?}"));
            }
            compared += 1;
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(compared >= 15, "only {compared} originals were compared");
}

/// Returns whether it shows what the original says, in the words in which we say it.
fn says_the_same(fixture: &Fixture) -> bool {
    // It loses the last function of a file without a single fl=.
    let has_file = fixture.bytes.windows(4).any(|it| it == b"\nfl=");
    // It takes the calls that nobody counted for costs of the caller, knows neither names made of others nor those that
    // come up beside names only, and puts the columns of later parts into those of the first. A carriage return is part
    // of a name to it. Names and units of yappi and Xdebug, and names that are not UTF-8, are ours to spell.
    let differs = [
        "beside-names",
        "callers-compressed",
        "crlf",
        "not-utf-8",
        "number-defined",
        "parts-of-other",
        "pprof",
        "xdebug",
        "xtree",
        "yappi",
    ];
    has_file && !differs.iter().any(|start| fixture.name.starts_with(start))
}

/// Returns the own costs by `file:function`, as it prints them.
fn annotated(file: &Path) -> Result<Costs, String> {
    let mut command = Command::new("callgrind_annotate");
    let text = run(command.args(["--threshold=100", "--auto=no"]).arg(file).current_dir("/"))?;
    let table = text.lines().skip_while(|line| !line.ends_with("file:function")).skip(2);
    let table = table.take_while(|line| !line.is_empty() && !line.starts_with("---"));
    let mut costs = Costs::new();
    for line in table {
        let mut rest = line.trim_start();
        let mut numbers = Vec::new();
        while let Some((number, after)) = number(rest) {
            numbers.push(number);
            rest = after;
        }
        // Objects stand behind some names, in brackets.
        let place = rest.strip_suffix(']').and_then(|rest| rest.rsplit_once(" [")).map_or(rest, |(place, _)| place);
        let sum = costs.entry(place.to_owned()).or_insert_with(|| vec![0; numbers.len()]);
        sum.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
    }
    costs.retain(|_, costs| costs.iter().any(|&cost| cost != 0));
    Ok(costs)
}

/// Returns the number at the start of a row and what follows: `1,234 (56.7%)  rest`.
fn number(text: &str) -> Option<(i64, &str)> {
    let (number, rest) = text.split_once(' ')?;
    let number = if number == "." { 0 } else { number.replace(',', "").parse().ok()? };
    let rest = rest.trim_start();
    let share = rest.strip_prefix('(').and_then(|rest| rest.split_once("%)"));
    let share = share.filter(|(share, _)| share.trim().parse::<f64>().is_ok());
    Some((number, share.map_or(rest, |(_, rest)| rest.trim_start())))
}

/// Returns the costs of functions, whichever file their lines are in.
fn by_function(shown: &Costs) -> Costs {
    let mut sums = Costs::new();
    for (place, costs) in shown {
        // A file may have a colon, and so may a function: what counts is that both sides are split in the same way.
        let name = place.split_once(':').map_or(place.as_str(), |(_, name)| name);
        add(&mut sums, name, costs);
    }
    sums
}

/// Returns the own costs of functions by name.
fn own_costs(profile: &Profile) -> Costs {
    let totals = derive::function_totals(profile).expect("small numbers");
    let mut sums = Costs::new();
    for (id, function) in profile.functions.iter() {
        // A name that is empty is written as one that nobody knows.
        let name = Some(&profile.strings[function.name]).filter(|name| !name.is_empty()).unwrap_or("???");
        let place = format!("{}:{name}", profile.strings.text(function.file));
        let name = place.split_once(':').map_or(name, |(_, name)| name);
        add(&mut sums, name, &totals[id].own);
    }
    sums.retain(|_, costs| costs.iter().any(|&cost| cost != 0));
    sums
}

fn add(sums: &mut Costs, name: &str, costs: &[i64]) {
    let sum = sums.entry(name.to_owned()).or_insert_with(|| vec![0; costs.len()]);
    sum.iter_mut().zip(costs).for_each(|(sum, cost)| *sum += cost);
}
