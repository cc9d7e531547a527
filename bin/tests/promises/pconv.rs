//! What pconv promises beside what every tool does.

use crate::harness::{Folder, PCONV, SMALL};

#[test]
fn check_says_what_is_there_and_writes_nothing() {
    let folder = Folder::new();
    let run = folder.run(PCONV, "--check small.profkit").succeeds();
    for line in ["small.profkit: valid", "format       profkit", "samples      2", "timestamps: 2"] {
        assert!(run.text().contains(line), "{line:?} in {}", run.text());
    }
    assert_eq!(folder.names(), ["small.profkit"]);
    folder.run(PCONV, "--check small.profkit out.profkit").fails(2, &["--check", "OUT"]);
    folder.pipe(PCONV, "--check", &SMALL.as_bytes()[..300]).fails(2, &["<stdin>:7:"]);
}

#[test]
fn the_value_asked_for_is_the_one_written() {
    let folder = Folder::new();
    for value in ["samples", "samples/count", "0"] {
        folder.run(PCONV, &format!("-q small.profkit out.pstats -v {value}")).succeeds();
        let run = folder.run(PCONV, "--check out.pstats").succeeds();
        assert!(run.text().contains("time/nanoseconds 4.00 s"), "{value}: {}", run.text());
    }
    folder.run(PCONV, "small.profkit out.pstats --sample-index nope").fails(2, &["0 samples/count, 1 cpu/nanoseconds"]);
}

#[test]
fn all_values_go_into_files_of_their_own() {
    let folder = Folder::new();
    folder.run(PCONV, "-q --all-values small.profkit out.pstats").succeeds();
    assert_eq!(folder.names(), ["out.cpu.pstats", "out.samples.pstats", "small.profkit"]);
    let run = folder.run(PCONV, "-q --all-values small.profkit -t pstats");
    run.fails(2, &["--all-values: pstats takes 2 files for 2 values", "name an output file"]);
}

#[test]
fn all_values_need_one_file_where_the_format_holds_them() {
    let folder = Folder::new();
    folder.run(PCONV, "--all-values small.profkit out.profkit").succeeds();
    folder.holds("out.profkit", SMALL);
}

#[test]
fn all_values_appear_together_or_not_at_all() {
    let folder = Folder::new();
    folder.run(PCONV, "--strict --all-values small.profkit out.pstats").fails(3, &["nothing was written"]);
    assert_eq!(folder.names(), ["small.profkit"]);
}

#[test]
fn idle_time_can_be_dropped() {
    let folder = Folder::new();
    let idle = SMALL.replace(r#"{"stack":1,"#, "{");
    let run = folder.pipe(PCONV, "--strict --idle drop -t profkit", idle.as_bytes());
    let note = "note: idle time is dropped: 1 sample without a stack is left out\n";
    assert_eq!((run.code, run.stderr.as_str(), run.text().matches("time_ns").count()), (Some(0), note, 1));
    let run = folder.pipe(PCONV, "-t profkit", idle.as_bytes()).succeeds();
    assert_eq!(run.text().matches("time_ns").count(), 2);
}

#[test]
fn json_is_for_the_list_of_formats() {
    Folder::new().run(PCONV, "--json small.profkit").fails(2, &["--list-formats"]);
}

#[test]
fn without_a_word_stacks_are_collapsed_to_stdout() {
    let run = Folder::new().run(PCONV, "-q small.profkit -v samples").succeeds();
    assert_eq!(run.text(), "a.py:1(main);a.py:3(f) 1\na.py:1(main);g 3\n");
}

#[test]
fn the_thread_is_the_root_unless_told_otherwise() {
    let folder = Folder::new();
    let input = "thread (7): worker;main;f 3\nthread (8);main;f 4\n";
    assert_eq!(folder.pipe(PCONV, "", input.as_bytes()).succeeds().text(), input);
    let run = folder.pipe(PCONV, "-q --no-thread-root", input.as_bytes()).succeeds();
    assert_eq!(run.text(), "main;f 7\n");
}
