//! Profiles of several threads: all of them at once, and one alone.

use crate::harness::{Folder, PCONV, PTOP};

/// Three threads that wait for one another for a second, and a little beyond: wall time, in their order.
const POOL: &str = r#"{"profkit":1,
"value_types":[
{"kind":"samples","unit":{"name":"count","dimension":"count","factor":1,"exponent":0},"role":"measured"},
{"kind":"wall","unit":{"name":"nanoseconds","dimension":"time","factor":1,"exponent":-9},"role":"measured"}],
"functions":[{"name":"main"},{"name":"serve"},{"name":"wait"}],
"frames":[{"function":0},{"function":1},{"function":2}],
"stacks":[{"frames":[0]},{"frames":[0,1]},{"frames":[1,2]}],
"threads":[{"id":"1","name":"MainThread"},{"id":"2","name":"worker"},{"id":"3","name":"worker"}],
"samples":[
{"stack":0,"values":[9,500000000],"time_ns":0,"thread":0},
{"stack":1,"values":[3,1000000000],"time_ns":0,"thread":1},
{"stack":0,"values":[1,500000000],"time_ns":500000000,"thread":0},
{"stack":2,"values":[1,900000000],"time_ns":100000000,"thread":2},
{"stack":1,"values":[1,300000000],"time_ns":1000000000,"thread":1}]}
"#;

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("pool.profkit", POOL.as_bytes());
    folder
}

/// Returns the collapsed stacks of the pool.
fn stacks(line: &str) -> String {
    folder().run(PCONV, &format!("pool.profkit -q -v wall {line}")).succeeds().text().to_owned()
}

#[test]
fn the_thread_is_the_root_of_collapsed_stacks() {
    let expected = "\
thread (1): MainThread;main 1000000000
thread (2): worker;main;serve 1300000000
thread (3): worker;serve;wait 900000000
";
    assert_eq!(stacks(""), expected);
    assert_eq!(stacks("--no-thread-root"), "main 1000000000\nmain;serve 1300000000\nserve;wait 900000000\n");
}

#[test]
fn a_thread_is_picked_by_id_by_name_or_as_the_active_one() {
    let main = "main 1000000000\n";
    assert_eq!([stacks("--thread 1"), stacks("--thread MainThread")], [main, main]);
    assert_eq!([stacks("--thread 2"), stacks("--thread active")], ["main;serve 1300000000\n"; 2]);
    assert_eq!(stacks("--thread 3"), "serve;wait 900000000\n");
    assert_eq!(stacks("--thread worker").lines().count(), 2);
}

#[test]
fn active_is_told_by_the_value_shown() {
    let folder = folder();
    let title = |line: &str| {
        let run = folder.run(PTOP, &format!("pool.profkit -q --thread active {line}")).succeeds();
        run.text().lines().find(|line| line.starts_with("thread ")).unwrap().to_owned()
    };
    assert_eq!(title("-v wall"), "thread     thread (2): worker");
    assert_eq!(title("-v samples"), "thread     thread (1): MainThread");
}

#[test]
fn what_is_left_out_is_noted_in_numbers_and_no_loss() {
    let folder = folder();
    let note = "note: only thread (3): worker stays: 4 samples of other threads are left out \
                (first: thread (1): MainThread)\n";
    for (tool, line) in [(PTOP, ""), (PCONV, "-t profkit"), (PCONV, "--check")] {
        let run = folder.run(tool, &format!("pool.profkit --thread 3 --strict {line}"));
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), note));
    }
}

#[test]
fn only_the_functions_of_the_thread_are_listed() {
    let run = folder().run(PTOP, "pool.profkit -q --thread 1 --json").succeeds();
    let json: serde_json::Value = serde_json::from_str(run.text()).unwrap();
    assert_eq!(json["threads"], serde_json::json!(["thread (1): MainThread"]));
    assert_eq!(json["functions"].as_array().unwrap().len(), 1);
    assert_eq!(json["values"][1]["total"], 1_000_000_000);
}

#[test]
fn a_thread_that_is_not_there_is_an_error_that_lists_the_threads() {
    let folder = folder();
    folder.write("out.profkit", b"before");
    let there =
        ["--thread: there is no thread \"4\"", "thread (1): MainThread, thread (2): worker, thread (3): worker"];
    folder.run(PTOP, "pool.profkit --thread 4").fails(2, &there);
    folder.run(PCONV, "pool.profkit --thread 4 out.profkit").fails(2, &there);
    folder.holds("out.profkit", "before");
    folder.run(PTOP, "small.profkit --thread 4").fails(2, &["does not tell threads apart"]);
    let run = folder.run(PCONV, "small.profkit --thread active -t profkit").succeeds();
    assert_eq!(run.text(), crate::harness::SMALL);
}

#[test]
fn a_header_tells_over_how_many_threads_times_are_summed() {
    let folder = folder();
    let header = |line: &str| folder.run(PTOP, &format!("pool.profkit {line}")).succeeds().text().to_owned();
    assert!(header("-v wall").contains("\nthreads    wall time summed over 3 threads, span 1.30 s\n"));
    assert!(header("-v samples").contains("\nthreads    3\n"));
    let untimed = "thread (7): a;main 3\nthread (8): b;main 4\n";
    assert!(folder.pipe(PTOP, "", untimed.as_bytes()).succeeds().text().contains("\nthreads    2\n"));
}

#[test]
fn shared_calls_stay_right_where_a_thread_is_picked() {
    let folder = Folder::new();
    let input = POOL.replace(r#""thread":0}"#, r#""thread":0,"kept":1}"#);
    let one = folder.pipe(PCONV, "-q --thread 1 -t profkit", input.as_bytes()).succeeds();
    let again = folder.pipe(PCONV, "-q --thread 1 -t profkit", &one.stdout).succeeds();
    assert!(one.text().contains(r#""kept":1"#) && one.stdout == again.stdout, "{}", one.text());
}
