//! Many files as one.

use crate::harness::{Folder, PCONV, PMERGE, PTOP, Run};

/// A folder of stacks in three files, and one that is none.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("a.folded", b"main;f 1\nmain;g 2\n");
    folder.write("b.folded", b"main;g 3\nmain;h 5\n");
    folder.write("c d.folded", b"main 7\n");
    folder.write("bad.pb", b"\x0a\xff");
    folder
}

/// Returns what a run that must have been done says on stdout and on stderr.
#[track_caller]
fn said(run: Run) -> (String, String) {
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    (run.text().to_owned(), run.stderr.clone())
}

const AND_B: &str = "main;f 1\nmain;g 5\nmain;h 5\n";

#[test]
fn equal_stacks_are_added_up_in_the_format_of_the_inputs() {
    let folder = folder();
    assert_eq!(folder.run(PMERGE, "a.folded b.folded").succeeds().text(), AND_B);
    assert_eq!(folder.run(PMERGE, "a.folded").succeeds().text(), "main;f 1\nmain;g 2\n");
    assert_eq!(folder.run(PMERGE, "a.folded a.folded").succeeds().text(), "main;f 2\nmain;g 4\n");
    folder.run(PMERGE, "a.folded b.folded -o both.pb.gz -q").succeeds();
    assert_eq!(folder.run(PCONV, "both.pb.gz").succeeds().text(), AND_B);
    folder.run(PMERGE, "a.folded b.folded -o a.folded").succeeds();
    folder.holds("a.folded", AND_B);
}

#[test]
fn what_no_format_of_the_inputs_holds_is_written_as_profkit() {
    let folder = folder();
    let (text, notes) = said(folder.run(PMERGE, "a.folded small.profkit"));
    assert!(text.starts_with("{\"profkit\":1") && text.contains("\"values\":[2,0]"), "{text}");
    for part in [
        "the inputs are of different formats (collapsed, profkit): the result is written as profkit",
        "not every input has cpu/nanoseconds: 1 input counts 0 there (first: a.folded)",
    ] {
        assert!(notes.contains(part), "{part} in {notes}");
    }
    folder.write("1.folded", b"thread (1): main;f 1\nthread (2): x;f 1\n");
    let (text, notes) = said(folder.run(PMERGE, "1.folded 1.folded"));
    assert!(text.contains(r#"{"source":2,"id":"1","name":"main"}"#), "{text}");
    assert!(notes.contains("collapsed cannot hold processes of threads: the result is written as profkit"), "{notes}");
    let joined = folder.run(PMERGE, "--join-threads 1.folded 1.folded").succeeds();
    assert_eq!(joined.text(), "thread: main;f 2\nthread: x;f 2\n");
}

#[test]
fn stdin_is_one_of_the_inputs() {
    let folder = folder();
    let input = b"main;g 3\nmain;h 5\n";
    assert_eq!(folder.pipe(PMERGE, "a.folded -", input).succeeds().text(), AND_B);
    assert_eq!(folder.pipe(PMERGE, "", b"f 1\nf 1\n").succeeds().text(), "f 2\n");
    folder.pipe(PMERGE, "- -", input).fails(2, &["- stands for stdin"]);
}

#[test]
fn names_come_from_a_list() {
    let folder = folder();
    folder.write("list", b"a.folded\n\nc d.folded\n");
    assert_eq!(folder.run(PMERGE, "-t collapsed --files-from list").succeeds().text().lines().count(), 3);
    let all = folder.run(PMERGE, "b.folded --files-from list").succeeds();
    assert_eq!(all.text(), "main;g 5\nmain;h 5\nmain;f 1\nmain 7\n");
    let piped = folder.pipe(PMERGE, "--files-from - --null", b"b.folded\0a.folded\0c d.folded\0").succeeds();
    assert_eq!(piped.text(), all.text());
    folder.pipe(PMERGE, "--files-from -", b"\n").fails(2, &["the list of files is empty"]);
    folder.pipe(PMERGE, "- --files-from -", b"a.folded\n").fails(2, &["- stands for stdin"]);
    folder.run(PMERGE, "--files-from none").fails(2, &["none: cannot read"]);
    folder.run(PMERGE, "--null a.folded").fails(2, &["--files-from"]);
}

#[test]
fn a_file_that_cannot_be_read_is_a_failure_that_names_it() {
    let folder = folder();
    folder.run(PMERGE, "a.folded none.folded bad.pb -o out.folded").fails(2, &["none.folded: cannot read"]);
    folder.run(PMERGE, "a.folded bad.pb").fails(2, &["bad.pb"]);
    assert!(!folder.names().contains(&"out.folded".to_owned()));
    let (text, notes) = said(folder.run(PMERGE, "--skip-bad bad.pb a.folded none.folded b.folded"));
    assert_eq!(text, AND_B);
    for part in ["skipped: none.folded: cannot read", "skipped: bad.pb", "2 inputs are left out (first: bad.pb)"] {
        assert!(notes.contains(part), "{part} in {notes}");
    }
    folder.run(PMERGE, "--skip-bad bad.pb none.folded").fails(2, &["bad.pb"]);
    folder.run(PMERGE, "--strict --skip-bad bad.pb a.folded").fails(3, &["bad.pb"]);
}

#[test]
fn samples_are_labelled_with_their_file() {
    let folder = folder();
    let (text, _) = said(folder.run(PMERGE, "--label-files a.folded b.folded -t profkit"));
    assert!(text.contains(r#"{"key":"file","text":"a.folded"}"#), "{text}");
    assert_eq!(text.matches("\"values\"").count(), 4, "{text}");
}

/// Two functions, one of which calls the other.
const GRAPH: &str = r#"{"profkit":1,
"value_types":[
{"kind":"samples","unit":{"name":"count","dimension":"count","factor":1,"exponent":0},"role":"measured"}],
"functions":[{"name":"main"},{"name":"f"}],
"frames":[{"function":0},{"function":1}],
"calls":[{"count_columns":1,
"own":[{"frame":0,"costs":[1]},{"frame":1,"costs":[10]}],
"arcs":[{"caller":0,"callee":1,"calls":[3],"inclusive":[10]}],
"totals":[{"function":0,"inclusive":[11]},{"function":1,"inclusive":[10]}]}]}
"#;

#[test]
fn stacks_and_call_graphs_meet_only_as_call_graphs() {
    let folder = folder();
    folder.write("graph.profkit", GRAPH.as_bytes());
    let refused = ["a.folded holds stacks", "graph.profkit a call graph", "--as-graph"];
    folder.run(PMERGE, "a.folded graph.profkit").fails(2, &refused);
    folder.run(PMERGE, "graph.profkit a.folded").fails(2, &refused);
    let (text, _) = said(folder.run(PMERGE, "--as-graph a.folded graph.profkit"));
    let top = folder.pipe(PTOP, "-q --json -n 0 --sort name", text.as_bytes()).succeeds();
    let top: serde_json::Value = serde_json::from_str(top.text()).unwrap();
    let rows = top["functions"].as_array().unwrap().iter().map(|row| {
        (row["name"].as_str().unwrap(), row["self"][0].as_i64().unwrap(), row["total"][0].as_i64().unwrap())
    });
    assert_eq!(rows.collect::<Vec<_>>(), [("f", 11, 11), ("g", 2, 2), ("main", 1, 14)]);
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let folder = folder();
    let mut list = String::new();
    for file in 0..200 {
        let name = format!("{file}.folded");
        let text: String = (0..20).map(|row| format!("main;f{};g{} {}\n", row * file % 7, row, row + file)).collect();
        folder.write(&name, text.as_bytes());
        list += &format!("{name}\n");
    }
    list += "none.folded\n1.folded\nbad.pb\n";
    let run = |threads: usize| {
        let line = format!("--files-from - --skip-bad --label-files -t profkit --threads {threads}");
        said(folder.pipe(PMERGE, &line, list.as_bytes()))
    };
    let one = run(1);
    assert_eq!((&one, &one), (&run(2), &run(8)));
    for threads in [1, 2, 8] {
        let line = format!("--files-from - --threads {threads}");
        folder.pipe(PMERGE, &line, list.as_bytes()).fails(2, &["none.folded: cannot read"]);
    }
    folder.run(PMERGE, "--threads 0 a.folded").fails(2, &["--threads"]);
}

#[test]
fn nobody_has_to_read_all_of_it() {
    let folder = folder();
    let stacks: String = (0..200_000).map(|row| format!("main;f{row} 1\n")).collect();
    folder.write("large.folded", stacks.as_bytes());
    let mut child = folder.command(PMERGE, "large.folded a.folded").spawn().unwrap();
    drop(child.stdout.take());
    let Run { code, stderr, .. } = child.wait_with_output().unwrap().into();
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
}
