//! What pfilter promises beside what every tool does.

use crate::harness::{Folder, PCONV, PFILTER, PTOP};

/// A call graph: main calls f, which calls g.
const GRAPH: &str = r#"{"profkit":1,
"meta":{},
"value_types":[
{"kind":"time","unit":{"name":"nanoseconds","dimension":"time","factor":1,"exponent":-9},"role":"measured"}],
"functions":[
{"name":"main","file":"/srv/a.py","start_line":1},
{"name":"f","file":"/srv/a.py","start_line":3},
{"name":"g"}],
"frames":[
{"function":0},
{"function":1},
{"function":2}],
"calls":[
{"count_columns":1,"own":[{"frame":0,"costs":[1]},{"frame":1,"costs":[2]},{"frame":2,"costs":[7]}],
"arcs":[{"caller":0,"callee":1,"calls":[1],"inclusive":[9]},{"caller":1,"callee":2,"calls":[1],"inclusive":[7]}],
"totals":[{"function":0,"calls":[1],"inclusive":[10]},{"function":1,"calls":[1],"inclusive":[9]},{"function":2,"calls":[1],"inclusive":[7]}]}]}
"#;

/// Returns the collapsed stacks that steps leave of the small profile.
fn stacks(folder: &Folder, steps: &str) -> String {
    let run = folder.run(PFILTER, &format!("{steps} -q small.profkit -t collapsed"));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.text().to_owned()
}

#[test]
fn steps_are_done_in_the_order_written() {
    let folder = Folder::new();
    assert_eq!(stacks(&folder, "--focus ^f$ --hide fn:f"), "a.py:1(main) 9007199254740993\n");
    assert_eq!(stacks(&folder, "--hide fn:f --focus ^f$"), "");
    assert_eq!(stacks(&folder, "--rename s/f/h/ --ignore ^h$ --rename s/main/m/"), "a.py:1(m);g 1000\n");
    assert_eq!(stacks(&folder, "--time 5ns.."), "a.py:1(main);g 1000\n");
}

#[test]
fn what_is_dropped_is_told_in_numbers_and_shares() {
    let run = Folder::new().run(PFILTER, "--focus ^f$ small.profkit -o out.profkit");
    let note = "note: --focus '^f$' drops 3 of 4 samples (75.0%), 1.00 µs of 2502 h cpu (0.0%): 1 sample is left out\n";
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), note));
}

#[test]
fn the_format_is_that_of_the_input_if_it_holds_the_result() {
    let folder = Folder::new();
    folder.write("graph.profkit", GRAPH.as_bytes());
    folder.run(PCONV, "-q small.profkit small.pb.gz").succeeds();
    folder.run(PCONV, "-q graph.profkit graph.pstats").succeeds();
    let kept = folder.run(PFILTER, "-q --hide nobody small.pb.gz");
    assert!(kept.stdout.starts_with(b"\x1f\x8b"), "{}", kept.stderr);
    let kept = folder.run(PFILTER, "-q --strip-paths graph.pstats");
    assert!(kept.stdout.starts_with(b"{("), "{:?}", String::from_utf8_lossy(&kept.stdout));
    let other = folder.run(PFILTER, "--focus g graph.pstats");
    assert!(other.text().starts_with("{\"profkit\""));
    assert!(other.stderr.contains("pstats cannot hold stacks: the result is written as profkit"), "{}", other.stderr);
}

#[test]
fn steps_that_need_stacks_say_that_a_call_graph_has_none() {
    let folder = Folder::new();
    folder.write("graph.profkit", GRAPH.as_bytes());
    let told = folder.run(PFILTER, "--focus ^g$ graph.profkit -t collapsed");
    assert!(told.stderr.contains("note: --focus '^g$' has no answer in a call graph"), "{}", told.stderr);
    assert_eq!(told.text(), "/srv/a.py:1(main);/srv/a.py:3(f);g 7\n");
    folder.run(PFILTER, "--strict --focus g graph.profkit").fails(3, &["--focus 'g' has no answer in a call graph"]);
    folder.run(PFILTER, "--strict --strip-paths --collapse-recursion graph.profkit -o out.profkit");
    assert!(String::from_utf8(folder.read("out.profkit")).unwrap().contains("\"file\":\"a.py\""));
    folder.run(PFILTER, "--label a=b graph.profkit").fails(2, &["graph.profkit: --label 'a=b': a call graph has no"]);
}

#[test]
fn results_go_through_pipes() {
    let folder = Folder::new();
    let left = folder.run(PFILTER, "-q --focus ^f$ small.profkit");
    let list = folder.pipe(PTOP, "-n 1 --csv", &left.stdout).succeeds();
    assert!(list.text().lines().nth(1).is_some_and(|row| row.contains("f,")), "{}", list.text());
    let same = folder.pipe(PFILTER, "-", &folder.read("small.profkit")).succeeds();
    assert_eq!(same.stdout, folder.read("small.profkit"));
}

#[test]
fn what_is_typed_wrong_is_shown() {
    let folder = Folder::new();
    folder.run(PFILTER, "--focus a(b small.profkit").fails(2, &["--focus <RE>", "    a(b\n     ^"]);
    folder.run(PFILTER, "--time 1..2s small.profkit").fails(2, &["--time <FROM..TO>", "found \"1\""]);
    folder.run(PFILTER, "--label bytes small.profkit").fails(2, &["KEY=LOW..HIGH", "found \"bytes\""]);
    folder.run(PFILTER, "--min 101 small.profkit").fails(2, &["from 0 to 100"]);
    folder.run(PFILTER, "--rename s/a/b small.profkit").fails(2, &["s/OLD/NEW/", "there are 2"]);
    folder.run(PFILTER, "--keep a small.profkit").fails(2, &["--anonymize"]);
    folder.run(PFILTER, "--in-app small.profkit").fails(2, &["small.profkit: --in-app: no frame"]);
    folder.run(PFILTER, "--transaction a small.profkit").fails(2, &["knows of no transactions"]);
}
