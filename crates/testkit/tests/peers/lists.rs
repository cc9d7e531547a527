//! Lists of functions, callers and callees against what Python's pstats and Go's pprof say of the same files.

use super::pstats::python;
use super::{go_pprof, peers_are_wanted};
use profkit_core::{Function, NoteKind, Notes, Profile, ReadOptions, filter_frames};
use profkit_ops::{Peek, PeekArc, Sort, TopRow, map_functions, peek};
use profkit_testkit::fixtures::{Fixture, readable};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

/// Numbers of functions and of arcs, by a title such as `f`, `f <- caller` or `f -> callee`.
type Rows = BTreeMap<String, Vec<i64>>;

/// Returns what our lists say of all functions, their callers and their callees.
fn our_rows(
    profile: &Profile,
    name: impl Fn(&TopRow) -> String,
    of_function: impl Fn(&TopRow) -> Vec<i64>,
    of_arc: impl Fn(&PeekArc) -> Vec<i64>,
) -> Rows {
    let mut rows = Rows::new();
    for Peek { function, callers, callees, .. } in peek(profile, 0, Sort::Own, |_| true, &mut Notes::new()).unwrap() {
        rows.insert(name(&function), of_function(&function));
        for (sign, arcs) in [("<-", callers), ("->", callees)] {
            for arc in arcs {
                rows.insert(format!("{} {sign} {}", name(&function), name(&arc.other)), of_arc(&arc));
            }
        }
    }
    rows
}

#[track_caller]
fn assert_same(ours: &Rows, theirs: &Rows, what: &str) {
    for (title, numbers) in theirs {
        assert_eq!(ours.get(title), Some(numbers), "{what}: {title}");
    }
    let more: Vec<_> = ours.keys().filter(|title| !theirs.contains_key(*title)).collect();
    assert!(more.is_empty(), "{what}: only ours has {more:?}");
}

#[test]
fn pythons_pstats() {
    if !peers_are_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("original");
    let mut compared = 0;
    for fixture in readable().into_iter().filter(|fixture| fixture.format.name() == "pstats") {
        let mut notes = Notes::new();
        let profile = fixture.read(&mut notes).expect("a readable fixture").0;
        std::fs::write(&file, &fixture.bytes).expect("a writable folder");
        // What Python takes at its word and we do not, it prints otherwise; old dialects it cannot load at all.
        let is_plain = notes.iter().all(|note| note.kind != NoteKind::Odd) && profile.meta.invented.is_empty();
        let Some(theirs) = python(None, &file).ok().filter(|_| is_plain) else { continue };
        let theirs: Value = serde_json::from_str(&theirs).expect("JSON of our own script");
        let first = |numbers: &Option<Vec<i64>>| numbers.as_ref().map_or(-1, |numbers| numbers[0]);
        let ours = our_rows(
            &profile,
            |row| row.name.clone() + &row.file.as_ref().map_or(String::new(), |file| format!(" {file}:{}", line(row))),
            |row| vec![first(&row.calls), first(&row.primitive_calls), row.own[0], row.total[0]],
            |arc| [&arc.calls, &arc.primitive_calls, &arc.own, &arc.total].map(first).to_vec(),
        );
        assert_same(&ours, &pstats_rows(&theirs), &fixture.title());
        compared += 1;
    }
    assert!(compared >= 5, "only {compared} files were compared");
}

fn line(row: &TopRow) -> u32 {
    row.line.unwrap_or(0)
}

/// Returns what pstats knows: calls, primitive calls, own and total nanoseconds.
fn pstats_rows(theirs: &Value) -> Rows {
    let name = |row: &Value| match (row["file"].as_str(), row["name"].as_str(), &row["line"]) {
        (Some("~" | ""), Some(name), _) => name.to_owned(),
        (Some(file), Some(name), line) => format!("{name} {file}:{line}"),
        other => panic!("not the row of a function: {other:?}"),
    };
    let numbers = |row: &Value| {
        let count = |key: &str| row[key].as_i64().unwrap_or(-1);
        let cost = |key: &str| row[key].as_f64().map_or(-1, |seconds| (seconds * 1e9).round() as i64);
        vec![count("nc"), count("cc"), cost("tt"), cost("ct")]
    };
    let mut rows = Rows::new();
    for function in theirs["functions"].as_array().expect("a list") {
        rows.insert(name(function), numbers(function));
        for (sign, key) in [("<-", "callers"), ("->", "callees")] {
            for arc in function[key].as_array().expect("a list") {
                rows.insert(format!("{} {sign} {}", name(function), name(arc)), numbers(arc));
            }
        }
    }
    rows
}

#[test]
fn gos_pprof() {
    if !peers_are_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("original");
    let mut compared = 0;
    for fixture in readable().into_iter().filter(|fixture| fixture.format.name().starts_with("pprof")) {
        std::fs::write(&file, &fixture.bytes).expect("a writable folder");
        let profile = by_name(&fixture);
        // Go shows places without a function by their mapping, and drops values of which there are two.
        if profile.frames.iter().any(|(_, frame)| frame.function.is_none()) {
            continue;
        }
        for column in 0..profile.value_types.len() {
            let reports = ["-top", "-top -cum", "-peek=."].map(|report| go_report(report, &file, &profile, column));
            let [Ok(top), Ok(top_by_total), Ok(peek)] = reports else { continue };
            let ours = our_rows(
                &profile,
                |row| row.name.clone(),
                |row| vec![row.own[column], row.total[column]],
                |arc| vec![arc.total.as_ref().map_or(0, |total| total[column])],
            );
            // Go has no arcs from a function to itself, and none that cost nothing.
            let is_shown = |title: &str, numbers: &[i64]| {
                let ends = title.split_once(" <- ").or(title.split_once(" -> "));
                ends.is_none_or(|(left, right)| left != right) && numbers.iter().any(|&cost| cost != 0)
            };
            let ours: Rows = ours.into_iter().filter(|(title, numbers)| is_shown(title, numbers)).collect();
            let functions = ours.clone().into_iter().filter(|(_, numbers)| numbers.len() == 2).collect();
            let what = format!("{}, value {column}", fixture.title());
            assert_same(&functions, &top_rows(&top), &what);
            assert_same(&functions, &top_rows(&top_by_total), &what);
            assert_same(&ours, &peek_rows(&peek), &what);
            compared += 1;
        }
    }
    assert!(compared >= 10, "only {compared} values were compared");
}

/// Returns a fixture with its own frame filters applied and functions that have nothing but a name, as in Go.
fn by_name(fixture: &Fixture) -> Profile {
    let mut options = ReadOptions::default();
    options.demangle = false;
    let read = profkit_formats::read(&fixture.bytes, Some(&fixture.name), None, &options, &mut Notes::new());
    let profile = read.expect("a readable fixture").0;
    let profile = filter_frames(&profile, &mut Notes::new()).expect("not too deep").into_owned();
    map_functions(&profile, |_, _, function| Function::named(function.name)).expect("small numbers")
}

fn go_report(report: &str, file: &Path, profile: &Profile, column: usize) -> Result<String, String> {
    let shown = [format!("-unit={}", profile.value_types[column].unit.name), format!("-sample_index={column}")];
    let all = ["-nodefraction=0", "-edgefraction=0"].into_iter().chain(report.split(' ')).map(OsStr::new);
    go_pprof(all.chain(shown.iter().map(OsStr::new)).chain([file.as_os_str()]))
}

/// Returns the rows under the line of titles.
fn below_titles(report: &str) -> impl Iterator<Item = &str> {
    report.lines().skip_while(|line| !line.trim_start().starts_with("flat ")).skip(1)
}

fn cost(text: &str) -> i64 {
    let end = text.rfind(|character: char| character.is_ascii_digit()).map_or(0, |at| at + 1);
    text[..end].parse().unwrap_or_else(|_| panic!("a whole number, not {text:?}"))
}

fn name(words: &[&str]) -> String {
    let name = words.join(" ");
    let name = name.strip_suffix(" (inline)").or(name.strip_suffix(" (partial-inline)")).unwrap_or(&name);
    name.to_owned()
}

/// Returns own and total costs from a `-top` report; Go lists what costs nothing, too.
fn top_rows(report: &str) -> Rows {
    let row = |line: &str| {
        let words: Vec<_> = line.split_whitespace().collect();
        (name(&words[5..]), vec![cost(words[0]), cost(words[3])])
    };
    below_titles(report).map(row).filter(|(_, costs)| costs.iter().any(|&cost| cost != 0)).collect()
}

/// Returns own and total costs of functions and the total costs of arcs from a `-peek` report.
fn peek_rows(report: &str) -> Rows {
    let mut rows = Rows::new();
    let lines: Vec<_> = below_titles(report).collect();
    for block in lines.split(|line| line.starts_with("---")) {
        let is_function =
            |line: &&&str| line.split('|').next().is_some_and(|costs| costs.split_whitespace().count() > 2);
        let Some(function) = block.iter().find(is_function) else { continue };
        let (costs, title) = function.split_once('|').expect("costs and a name");
        let costs: Vec<_> = costs.split_whitespace().collect();
        let costs = vec![cost(costs[0]), cost(costs[3])];
        let function_name = name(&title.split_whitespace().collect::<Vec<_>>());
        let mut sign = "<-";
        for line in block {
            if line == function {
                sign = "->";
                continue;
            }
            let (arc, other) = line.split_once('|').expect("a cost and a name");
            let other = name(&other.split_whitespace().collect::<Vec<_>>());
            let cost = cost(arc.split_whitespace().next().expect("a cost"));
            if cost != 0 {
                rows.insert(format!("{function_name} {sign} {other}"), vec![cost]);
            }
        }
        if costs.iter().any(|&cost| cost != 0) {
            rows.insert(function_name, costs);
        }
    }
    rows
}
