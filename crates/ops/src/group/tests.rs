use super::*;
use profkit_core::derive::function_totals;
use profkit_core::{Arc, CallGraph, FrameId, Mapping, Sample, Total, ValueType};
use std::num::NonZeroU64;

fn profile() -> Profile {
    Profile::new(vec![ValueType::new("cpu", "nanoseconds")])
}

fn function(profile: &mut Profile, name: &str, file: &str, start_line: u32) -> FunctionId {
    let (name, file) = (profile.string(name), profile.text(file));
    profile.function(Function { file, start_line: NonZeroU32::new(start_line), ..Function::named(name) })
}

fn at_line(profile: &mut Profile, function: FunctionId, line: u32) -> FrameId {
    profile.frame(Frame { function: Some(function), line: NonZeroU32::new(line), ..Frame::default() })
}

/// Returns name, own cost and total of every function that costs something.
fn rows(profile: &Profile, by: By) -> Vec<(String, i64, i64)> {
    let grouped = group(profile, by).expect("small numbers");
    let totals = function_totals(&grouped).expect("small numbers");
    let rows = grouped.functions.iter().map(|(id, it)| {
        assert!(by == By::Function || it == Function::named(it.name), "a group has nothing but a name");
        (grouped.strings[it.name].to_owned(), totals[id].own[0], totals[id].total[0])
    });
    rows.filter(|row| row.2 != 0).collect()
}

fn row(name: &str, own: i64, total: i64) -> (String, i64, i64) {
    (name.to_owned(), own, total)
}

#[test]
fn lines_are_where_the_cost_is() {
    let mut profile = profile();
    let (f, g) = (function(&mut profile, "f", "a.c", 1), function(&mut profile, "g", "a.c", 9));
    let header = profile.text("b.h");
    let [f3, f4, g0] = [(f, 3), (f, 4), (g, 0)].map(|(id, line)| at_line(&mut profile, id, line));
    let included = profile.frame(Frame { file: header, ..profile.frames[f4] });
    for (path, value) in [(vec![f3, f3], 1), (vec![f3, f4], 2), (vec![f4, g0], 4), (vec![f3, included], 8)] {
        let stack = profile.stack(&path).unwrap();
        profile.samples.push(Sample::new(Some(stack), &[value]));
    }
    let lines = [row("a.c:9", 4, 4), row("a.c:3", 1, 11), row("a.c:4", 2, 6), row("b.h:4", 8, 8)];
    assert_eq!(rows(&profile, By::Line), lines);
    assert_eq!(rows(&profile, By::File), [row("a.c", 15, 15)]);
}

#[test]
fn binaries_stand_in_for_modules() {
    let mut profile = profile();
    let binary = profile.text("/bin/app");
    let binary = profile.mapping(Mapping { file: binary, ..Mapping::default() });
    let library = profile.text("lib");
    let name = profile.string("known");
    let known = profile.function(Function { module: library, ..Function::named(name) });
    let plain = function(&mut profile, "plain", "", 0);
    let bare = function(&mut profile, "bare", "", 0);
    let mapped = |function| Frame { function, mapping: Some(binary), address: NonZeroU64::new(7), ..Frame::default() };
    let frames =
        [mapped(Some(known)), mapped(Some(plain)), mapped(None), Frame { function: Some(bare), ..Frame::default() }];
    for (frame, value) in frames.into_iter().zip([1, 2, 4, 8]) {
        let frame = profile.frame(frame);
        let stack = profile.stack(&[frame]).unwrap();
        profile.samples.push(Sample::new(Some(stack), &[value]));
    }
    assert_eq!(rows(&profile, By::Module), [row("lib", 1, 1), row("/bin/app", 6, 6), row("[no module]", 8, 8)]);
    assert_eq!(rows(&profile, By::Line), [row("[no file]", 15, 15)]);
}

#[test]
fn functions_that_differ_in_their_system_name_are_one() {
    let mut profile = profile();
    let path: Vec<_> = ["_Z1fi", "_Z1fd"]
        .map(|system_name| {
            let (name, system_name) = (profile.string("f"), profile.text(system_name));
            let function = profile.function(Function { system_name, ..Function::named(name) });
            at_line(&mut profile, function, 0)
        })
        .to_vec();
    let stack = profile.stack(&path).unwrap();
    profile.samples.push(Sample::new(Some(stack), &[7]));
    assert_eq!(rows(&profile, By::Function), [row("f", 7, 7)]);
}

/// f calls g in line 3 and itself in line 4: main 0, f 10 + 5 + 2, g 20.
#[test]
fn a_line_of_a_call_graph_has_what_is_called_from_it() {
    let mut profile = profile();
    let ids = ["main", "f", "g"].map(|name| function(&mut profile, name, "a.c", 0));
    let [main, f, g] = ids;
    let [main1, f2, f3, f4, g9] =
        [(main, 1), (f, 2), (f, 3), (f, 4), (g, 9)].map(|(id, line)| at_line(&mut profile, id, line));
    let mut graph = CallGraph::new(1);
    [(f2, 10), (f3, 5), (f4, 2), (g9, 20)].into_iter().for_each(|(frame, cost)| graph.add_own(frame, &[cost]));
    for (caller, callee, cost) in [(main1, f, 37), (f3, g, 20), (f4, f, 12)] {
        graph.add_arc(Arc { inclusive: Some(&[cost]), calls: Some(&[1]), ..Arc::new(caller, callee) });
    }
    graph.add_total(Total { inclusive: Some(&[37]), calls: Some(&[2]), ..Total::new(f) });
    profile.calls.push(graph);
    let lines =
        [row("a.c:1", 0, 37), row("a.c:2", 10, 10), row("a.c:9", 20, 20), row("a.c:3", 5, 25), row("a.c:4", 2, 2)];
    assert_eq!(rows(&profile, By::Line), lines);
    assert_eq!(rows(&profile, By::File), [row("a.c", 37, 37)]);
}
