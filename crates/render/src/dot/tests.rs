use super::*;
use profkit_core::{Arc, CallGraph, Frame, FrameId, Function, FunctionId, Sample, Total, ValueType};
use std::num::NonZeroU32;

fn profile() -> Profile {
    Profile::new(vec![ValueType::new("cpu", "nanoseconds")])
}

fn frame(profile: &mut Profile, name: &str) -> FrameId {
    let name = profile.string(name);
    let function = profile.function(Function::named(name));
    profile.frame(Frame { function: Some(function), ..Frame::default() })
}

/// Returns a profile of stacks that are written `main;f;g 5`.
fn stacks(lines: &[&str]) -> Profile {
    let mut profile = profile();
    for line in lines {
        let (path, cost) = line.rsplit_once(' ').expect("a stack and a cost");
        let path: Vec<FrameId> = path.split(';').map(|name| frame(&mut profile, name)).collect();
        let stack = profile.stack(&path).expect("not too deep");
        profile.samples.push(Sample::new(Some(stack), &[cost.parse().expect("a number")]));
    }
    profile
}

/// Returns a call graph of own costs, `f 5`, and arcs, `f g 5`.
fn graph(own: &[&str], arcs: &[&str]) -> Profile {
    let mut profile = profile();
    let mut graph = CallGraph::new(1);
    for line in own {
        let (name, cost) = line.split_once(' ').expect("a name and a cost");
        let frame = frame(&mut profile, name);
        graph.add_own(frame, &[cost.parse().expect("a number")]);
    }
    for line in arcs {
        let words: Vec<&str> = line.split(' ').collect();
        let [caller, callee] = [words[0], words[1]].map(|name| frame(&mut profile, name));
        let callee: FunctionId = profile.frames[callee].function.expect("named");
        let cost: i64 = words[2].parse().expect("a number");
        graph.add_arc(Arc { inclusive: Some(&[cost]), calls: Some(&[7]), ..Arc::new(caller, callee) });
    }
    profile.calls.push(graph);
    profile
}

fn drawn(profile: &Profile, options: &Options<'_>) -> String {
    dot(profile, options, &mut Notes::new()).expect("small numbers")
}

fn everything<'o>() -> Options<'o> {
    Options { nodes: Some(0), min_node: Some(0.0), min_edge: Some(0.0), ..Options::default() }
}

/// Returns the edges as `f -> g 5`, with a sign for those that are no plain lines, sorted.
fn edges(text: &str) -> Vec<String> {
    let mut edges: Vec<String> = text
        .lines()
        .filter(|line| line.contains(" -> N"))
        .map(|line| {
            let attribute = |name: &str| {
                let start = line.find(&format!(" {name}=\"")).map(|at| at + name.len() + 3);
                start.map_or("", |start| line[start..].split('"').next().unwrap_or_default())
            };
            let ends = attribute("tooltip").split("\\n").next().unwrap_or_default();
            let style = if line.contains("style=dotted") { " dotted" } else { "" };
            format!("{ends} {}{style}", attribute("comment"))
        })
        .collect();
    edges.sort();
    edges
}

#[test]
fn the_look_of_pprof() {
    let mut profile = stacks(&["main;a::parse 60", "main;a::parse;read 30", "main 10"]);
    let (name, file) = (profile.string("f"), profile.text("/src/my lib/f.py"));
    let function = profile.function(Function { file, start_line: NonZeroU32::new(3), ..Function::named(name) });
    let frame = profile.frame(Frame { function: Some(function), ..Frame::default() });
    let stack = profile.stack(&[frame]).expect("not too deep");
    profile.samples.push(Sample::new(Some(stack), &[100]));
    let options = Options { title: Some("a.prof".to_owned()), ..Options::default() };
    let expected = r##"digraph "a.prof" {
graph [fontname="Helvetica,Arial,sans-serif" tooltip=" " nodesep=0.2 ranksep=0.35]
node [style=filled fillcolor="#f8f8f8" fontname="Helvetica,Arial,sans-serif" shape=box]
edge [fontname="Helvetica,Arial,sans-serif" fontsize=12]
subgraph cluster_legend { graph [style=invis]; legend [shape=box fontsize=16 label="a.prof\lcpu: 200 ns in all\lshown: 4 functions that cost 200 ns (100.0%) on their own\l"] }
N1 [label="f\nf.py:3\n100 ns (50.0%)" fontsize=24 color="#b22100" fillcolor="#edd9d5" id="node1" tooltip="f\n/src/my lib/f.py:3\nself 100 ns (50.0%)\ntotal 100 ns (50.0%)" URL="file:///src/my%20lib/f.py" comment="self=100 total=100"]
"##;
    let text = drawn(&profile, &options);
    assert_eq!(&text[..expected.len().min(text.len())], expected);
    assert!(text.contains(r#"[label="a\nparse\n60.0 ns (30.0%)\nof 90.0 ns (45.0%)" fontsize=21"#), "{text}");
    assert!(
        text.ends_with(
            "N3 -> N4 [label=\" 30.0 ns\" weight=16 color=\"#b2662c\" tooltip=\"a::parse -> read\\n30.0 ns (15.0%)\" \
         labeltooltip=\"a::parse -> read\\n30.0 ns (15.0%)\" comment=\"total=30\"]\n}\n"
        ),
        "{text}"
    );
}

#[test]
fn the_look_of_gprof2dot() {
    let profile = graph(&["main 10", "f 90"], &["main f 90", "f f 5"]);
    let text = drawn(&profile, &Options { style: Style::Gprof2dot, ..Options::default() });
    assert!(text.contains(r##"[label="main\n100.00%\n(10.00%)" color="#ff0000" fontcolor="#ffffff""##), "{text}");
    assert!(text.contains(r#"[label=" 90.00%\n 7×" arrowsize=0.95"#), "{text}");
    assert_eq!(edges(&text), ["f -> f total=5 calls=7", "main -> f total=90 calls=7"]);
}

#[test]
fn calls_of_a_function_by_itself_and_cycles_cost_no_more_than_the_whole() {
    let profile = graph(&["main 10", "f 40", "g 50"], &["main f 90", "f g 300", "g f 250"]);
    let text = drawn(&profile, &everything());
    assert!(text.contains("subgraph cluster_1 { graph [label=\"cycle of 2 functions\""), "{text}");
    assert_eq!(edges(&text)[0], "f -> g total=90 calls=7");
    assert!(text.contains("label=\" <=90.0 ns\\n 7×\"") && text.contains("of <=90.0 ns (90.0%)"), "{text}");
}

#[test]
fn a_part_may_be_more_than_the_whole_where_another_is_below_zero() {
    let profile = stacks(&["main;f 5", "main;g -2"]);
    let text = drawn(&profile, &everything());
    assert_eq!(edges(&text), ["main -> f total=5", "main -> g total=-2"]);
    assert!(!text.contains("<="), "{text}");
}

#[test]
fn edges_lead_past_hidden_functions_of_stacks_exactly() {
    // What passes nothing on but a cost tells least: run goes first.
    let profile = stacks(&["main;run;f 50", "main;f 20", "main;run;small 1"]);
    let text = drawn(&profile, &Options { nodes: Some(2), min_node: Some(2.0), ..Options::default() });
    assert_eq!(edges(&text), ["main -> f total=70"]);
    let profile = stacks(&["main;run;f 50", "main;g 20", "main;run;small 1"]);
    let text = drawn(&profile, &Options { nodes: Some(3), min_node: Some(2.0), ..Options::default() });
    assert_eq!(edges(&text), ["main -> ... -> f total=50 dotted", "main -> g total=20"]);
    assert!(text.contains("hidden: 1 function below 2% of the total, 1.00 ns (1.4%)\\l"), "{text}");
    assert!(text.contains("hidden: 1 function beyond the 3 most telling, 0 (0.0%)\\l"), "{text}");
    assert!(text.contains("broken lines: calls through hidden functions\\l"), "{text}");
}

#[test]
fn edges_lead_past_hidden_functions_of_call_graphs_in_proportion() {
    let own = ["main 0", "a 1000", "b 2000", "hub 0", "x 3000", "y 7000"];
    let arcs = ["main a 7000", "main b 6000", "a hub 6000", "b hub 4000", "hub x 3000", "hub y 7000"];
    let profile = graph(&own, &arcs);
    let functions = function_graph(&profile).expect("small numbers");
    let graph = Graph::of(&functions, 0, false).expect("small numbers");
    let nodes: Vec<usize> = (0..6).filter(|&node| node != 3).collect();
    let places = (0..6).map(|node| nodes.iter().position(|&it| it == node)).collect();
    let selection = Selection { nodes, places, beyond: vec![3], ..Selection::default() };
    let edges = past::edges(&graph, None, &selection, &Options::default());
    let costs: Vec<_> = edges.iter().map(|it| (it.from, it.to, it.cost.map(|cost| cost.now), it.is_direct)).collect();
    let past = [(1, 4, 1800), (1, 5, 4200), (2, 4, 1200), (2, 5, 2800)];
    let mut wanted = vec![(0, 1, Some(7000), true), (0, 2, Some(6000), true)];
    wanted.extend(past.map(|(from, to, cost)| (from, to, Some(cost), false)));
    assert_eq!(costs, wanted);
}

#[test]
fn roots_leaves_and_depth_choose_a_part() {
    let profile = stacks(&["main;a;b;c 4", "main;d 3", "other;b 2"]);
    let names = |options: &Options<'_>| {
        let text = drawn(&profile, options);
        let mut names: Vec<String> = text
            .lines()
            .filter(|line| line.starts_with('N') && !line.contains(" -> N"))
            .map(|line| line.split("tooltip=\"").nth(1).unwrap().split("\\n").next().unwrap().to_owned())
            .collect();
        names.sort();
        names.concat()
    };
    let is = |wanted: &'static str| move |name: &str, _: Option<&str>, _: Option<&str>| name == wanted;
    let (is_a, is_b) = (is("a"), is("b"));
    assert_eq!(names(&everything()), "abcdmainother");
    assert_eq!(names(&Options { is_root: Some(&is_a), ..everything() }), "abc");
    assert_eq!(names(&Options { is_leaf: Some(&is_b), ..everything() }), "abmainother");
    assert_eq!(names(&Options { is_root: Some(&is_a), is_leaf: Some(&is_b), ..everything() }), "ab");
    assert_eq!(names(&Options { depth: Some(1), ..everything() }), "abdmainother");
    assert_eq!(names(&Options { is_root: Some(&is_a), depth: Some(1), ..everything() }), "ab");
}

#[test]
fn a_small_part_that_is_asked_for_is_no_empty_picture() {
    let profile = stacks(&["main;big 9990", "main;small;tiny 5", "main;small;least;deep 0"]);
    let is_small: Matches<'_> = &|name, _, _| name == "small";
    let text = drawn(&profile, &Options { is_root: Some(is_small), ..Options::default() });
    assert_eq!(edges(&text), ["small -> tiny total=5"]);
    assert!(text.contains("hidden: 2 functions below 0.5% of what was asked for, 0 (0.0%)"), "{text}");
}

#[test]
fn a_comparison_shows_what_changed() {
    let mut profile =
        Profile::new(vec![ValueType::new("cpu_before", "nanoseconds"), ValueType::new("cpu_after", "nanoseconds")]);
    let [main, f, g] = ["main", "f", "g"].map(|name| frame(&mut profile, name));
    for (path, costs) in [([main, f], [50, 20]), ([main, g], [50, 60])] {
        let stack = profile.stack(&path).expect("not too deep");
        profile.samples.push(Sample::new(Some(stack), &costs));
    }
    let text = drawn(&profile, &Options { is_diff: true, ..Options::default() });
    assert!(text.contains("f\\nself 50.0 ns → 20.0 ns (-30.0 ns)"), "{text}");
    assert!(text.contains("comment=\"self=50,60 total=50,60\"") && text.contains("label=\" +10.0 ns\""), "{text}");
    assert!(text.contains("cpu: 100 ns → 80.0 ns (-20.0 ns)"), "{text}");
}

#[test]
fn what_is_empty_is_a_graph_too() {
    let text = drawn(&Profile::default(), &Options::default());
    assert!(text.contains("shown: 0 functions") && text.ends_with("}\n"), "{text}");
}

#[test]
fn whatever_is_in_a_name_stays_in_it() {
    let profile = stacks(&["\"] N9 [label=\"x\\n\\ 1", "<b>&lt\0\n</b> 1"]);
    let text = drawn(&profile, &Options::default());
    assert!(text.contains(r#"tooltip="\"] N9 [label=\"x\\n\\\nself"#), "{text}");
    assert!(text.contains(r"<b>&amp;lt\\u{0}\\n</b>") && !text.contains('\0'), "{text}");
}

#[test]
fn stated_totals_are_shown() {
    let mut profile = graph(&["f 40", "g 50"], &["f g 300", "g f 250"]);
    let ids: Vec<FunctionId> = profile.functions.iter().map(|(id, _)| id).collect();
    for id in ids {
        profile.calls[0].add_total(Total { inclusive: Some(&[90]), calls: Some(&[3]), ..Total::new(id) });
    }
    let text = drawn(&profile, &everything());
    assert!(text.contains("comment=\"self=40 total=90 calls=3\"") && !text.contains("of <="), "{text}");
}
