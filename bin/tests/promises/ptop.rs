//! What ptop promises beside what every tool does.

use crate::harness::{Folder, PTOP, SMALL};

/// The functions named in the JSON of a run, in order.
fn names(folder: &Folder, line: &str) -> Vec<String> {
    let run = folder.run(PTOP, &format!("{line} --json small.profkit")).succeeds();
    let json: serde_json::Value = serde_json::from_str(run.text()).unwrap();
    json["functions"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn json_has_every_number_exactly_and_its_keys_in_order() {
    let run = Folder::new().run(PTOP, "--json -n 1 small.profkit").succeeds();
    let expected = concat!(
        r#"{"file":"small.profkit","format":"profkit","producer":null,"duration_ns":null,"samples":2,"threads":[],"#,
        r#""values":[{"kind":"samples","unit":"count","factor":1,"exponent":0,"role":"measured","total":4},"#,
        r#"{"kind":"cpu","unit":"nanoseconds","factor":1,"exponent":-9,"role":"measured","total":9007199254741993}],"#,
        r#""functions":[{"name":"f","file":"a.py","line":3,"module":null,"self":[1,9007199254740993],"#,
        r#""total":[1,9007199254740993],"calls":null,"primitive_calls":null}],"notes":[]}"#,
        "\n"
    );
    assert_eq!(run.text(), expected);
}

#[test]
fn functions_are_sorted_and_limited() {
    let folder = Folder::new();
    assert_eq!(names(&folder, "-n 0"), ["f", "g", "main"]);
    assert_eq!(names(&folder, "-n 2"), ["f", "g"]);
    assert_eq!(names(&folder, "-n 0 --sort total"), ["main", "f", "g"]);
    assert_eq!(names(&folder, "-n 0 --sort name"), ["f", "g", "main"]);
    assert_eq!(names(&folder, "-n 0 --sort calls"), ["f", "g", "main"]);
    assert_eq!(names(&folder, "-n 1 --value samples"), ["g"]);
    folder.run(PTOP, "--sort size small.profkit").fails(2, &["size", "self, total, calls, name"]);
}

#[test]
fn the_table_is_for_people() {
    let run = Folder::new().run(PTOP, "small.profkit -v samples").succeeds();
    let expected = "\
file       small.profkit (profkit)
values     samples/count 4 (shown)
           cpu/nanoseconds 2502 h
samples    2
functions  3

self  self%    sum%  total  total%  function
   3  75.0%   75.0%      3   75.0%  g
   1  25.0%  100.0%      1   25.0%  f a.py:3
   0   0.0%  100.0%      4  100.0%  main a.py:1
";
    assert_eq!(run.text(), expected);
}

#[test]
fn what_no_function_is_to_blame_for_stands_above() {
    let folder = Folder::new();
    let nothing = SMALL.replace(r#"{"stack":1,"values":[3"#, r#"{"values":[3"#);
    folder.write("nothing.profkit", nothing.as_bytes());
    let run = folder.run(PTOP, "nothing.profkit -v samples").succeeds();
    assert!(run.text().contains("samples    2, 1 of them without a stack (3, 75.0%)\n"), "{}", run.text());
}

#[test]
fn a_profile_without_samples_is_an_empty_result() {
    let folder = Folder::new();
    folder.write("empty.profkit", br#"{"profkit":1,"value_types":[]}"#);
    assert!(folder.run(PTOP, "empty.profkit").succeeds().text().contains("functions  0"));
    assert!(folder.run(PTOP, "--json empty.profkit").succeeds().text().contains(r#""functions":[]"#));
}

#[test]
fn the_result_goes_to_the_output_file() {
    let folder = Folder::new();
    assert_eq!(folder.run(PTOP, "small.profkit -o top.txt").succeeds().text(), "");
    assert!(folder.read("top.txt").starts_with(b"file "));
}

#[test]
fn control_characters_in_names_do_not_reach_the_terminal() {
    let folder = Folder::new();
    let evil = SMALL.replace(r#""name":"g""#, r#""name":"g\u001b[2J""#);
    let run = folder.pipe(PTOP, "", evil.as_bytes()).succeeds();
    assert!(run.text().contains("g\\u{1b}[2J") && !run.stdout.contains(&0x1b));
}

#[test]
fn csv_has_every_number_exactly() {
    let run = Folder::new().run(PTOP, "--csv -n 1 small.profkit").succeeds();
    let expected = "name,file,line,module,calls,primitive_calls,self samples/count,self cpu/nanoseconds,\
                    total samples/count,total cpu/nanoseconds,total_is_bound\n\
                    f,a.py,3,,,,1,9007199254740993,1,9007199254740993,false\n";
    assert_eq!(run.text(), expected);
    Folder::new().run(PTOP, "--csv --json small.profkit").fails(2, &["--csv", "--json"]);
}

#[test]
fn the_table_fits_into_the_columns_of_the_page() {
    let folder = Folder::new();
    let long = SMALL.replace(r#""name":"g""#, r#""name":"a_function_with_a_name_that_is_far_too_long""#);
    folder.write("long.profkit", long.as_bytes());
    let run = |columns: &str| {
        let output = folder.command(PTOP, "long.profkit -v samples").env("COLUMNS", columns).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run("60").contains("   3  75.0%   75.0%      3   75.0%  a_function_w…ar_too_long\n"), "{}", run("60"));
    assert!(run("wide").contains("far_too_long\n"), "{}", run("wide"));
}

#[test]
fn colors_show_where_they_are_wanted() {
    let folder = Folder::new();
    assert!(folder.run(PTOP, "small.profkit --color always").succeeds().text().contains("f\u{1b}[2m a.py:3\u{1b}[0m"));
    for line in ["small.profkit", "small.profkit --color never"] {
        let output = folder.command(PTOP, line).env_remove("NO_COLOR").output().unwrap();
        assert!(!output.stdout.contains(&0x1b), "{line}");
    }
}

/// A call graph: main calls f twice, f calls itself and g; f has its lines.
const GRAPH: &str = r#"{"profkit":1,
"meta":{},
"value_types":[
{"kind":"time","unit":{"name":"nanoseconds","dimension":"time","factor":1,"exponent":-9},"role":"measured"}],
"functions":[
{"name":"main","file":"a.py","start_line":1},
{"name":"f","file":"a.py","start_line":3},
{"name":"g","module":"lib"}],
"frames":[
{"function":0},
{"function":1,"line":4},
{"function":1,"line":5},
{"function":2}],
"calls":[
{"count_columns":1,"own":[{"frame":0,"costs":[100]},{"frame":1,"costs":[200]},{"frame":2,"costs":[300]},{"frame":3,"costs":[400]}],
"arcs":[
{"caller":0,"callee":1,"calls":[2],"primitive_calls":[2],"inclusive":[900],"callee_self":[500]},
{"caller":1,"callee":1,"calls":[1],"primitive_calls":[1],"inclusive":[50],"callee_self":[0]},
{"caller":2,"callee":2,"calls":[7],"inclusive":[400]}],
"totals":[
{"function":0,"calls":[1],"primitive_calls":[1],"inclusive":[1000]},
{"function":1,"calls":[3],"primitive_calls":[2],"inclusive":[900]},
{"function":2,"calls":[7],"primitive_calls":[7],"inclusive":[400]}]}]}
"#;

/// Returns a folder with `graph.profkit` and its source in `src`.
fn graph() -> Folder {
    let folder = Folder::new();
    folder.write("graph.profkit", GRAPH.as_bytes());
    std::fs::create_dir(folder.path("src")).unwrap();
    folder.write("src/a.py", b"def main():\n    f()\ndef f():\n    f()\n\treturn g()\n");
    folder
}

#[test]
fn calls_are_shown_as_in_pstats() {
    let run = graph().run(PTOP, "graph.profkit").succeeds();
    assert!(run.text().contains("calls      11, 10 of them primitive\n"), "{}", run.text());
    assert!(run.text().ends_with("500 ns  50.0%   50.0%   900 ns   90.0%    3/2  f a.py:3\n400 ns  40.0%   90.0%   400 ns   40.0%      7  g lib\n100 ns  10.0%  100.0%  1.00 µs  100.0%      1  main a.py:1\n"), "{}", run.text());
}

#[test]
fn callers_and_callees_stand_around_their_function() {
    let run = graph().run(PTOP, "graph.profkit --callers ^f$ --callees ^f$").succeeds();
    let expected = "\
  self   total  total%   share  calls  function
500 ns  900 ns   90.0%  100.0%      2    <- main a.py:1
     0  50.0 ns    5.0%    5.6%      1    <- f a.py:3
500 ns  900 ns   90.0%              3/2  f a.py:3
        400 ns   40.0%   44.4%      7    -> g lib
     0  50.0 ns    5.0%    5.6%      1    -> f a.py:3
";
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(squeezed(run.text()).ends_with(&squeezed(expected)), "{}", run.text());
}

#[test]
fn arcs_and_lines_are_listed_for_programs() {
    let folder = graph();
    let json = |line: &str| -> serde_json::Value {
        let run = folder.run(PTOP, &format!("graph.profkit --json {line}")).succeeds();
        serde_json::from_str::<serde_json::Value>(run.text()).unwrap()["functions"].clone()
    };
    let f =
        r#""name":"f","file":"a.py","line":3,"module":null,"self":[500],"total":[900],"calls":3,"primitive_calls":2"#;
    let main = r#"{"name":"main","file":"a.py","line":1,"module":null,"self":[500],"total":[900],"calls":2,"primitive_calls":2}"#;
    let g = r#"{"name":"g","file":null,"line":null,"module":"lib","self":null,"total":[400],"calls":7,"primitive_calls":null}"#;
    let again =
        r#"{"name":"f","file":"a.py","line":3,"module":null,"self":[0],"total":[50],"calls":1,"primitive_calls":1}"#;
    let expected = |text: String| serde_json::from_str::<serde_json::Value>(&text).unwrap();
    assert_eq!(json("--callers fn:^f"), expected(format!("[{{{f},\"callers\":[{main},{again}]}}]")));
    assert_eq!(json("--callees fn:^f"), expected(format!("[{{{f},\"callees\":[{g},{again}]}}]")));
    let lines = r#"[{"file":"a.py","line":4,"self":[200],"total":[200],"source":"    f()"},
        {"file":"a.py","line":5,"self":[300],"total":[700],"source":"\treturn g()"}]"#;
    let wanted = expected(format!("[{{{f},\"lines\":{lines}}}]"));
    assert_eq!(json("--list fn:^f --source-path src"), wanted);
    let csv = folder.run(PTOP, "graph.profkit --csv --callees fn:^f").succeeds();
    assert!(csv.text().ends_with("f,a.py,3,,g,,,lib,7,,,400\nf,a.py,3,,f,a.py,3,,1,1,0,50\n"), "{}", csv.text());
    let csv = folder.run(PTOP, "graph.profkit --csv --list fn:^f --source-path src").succeeds();
    assert!(csv.text().ends_with("f,a.py,3,,a.py,5,300,700,false,\treturn g()\n"), "{}", csv.text());
}

#[test]
fn lines_stand_beside_their_text_where_it_is_found() {
    let folder = graph();
    let run = folder.run(PTOP, "graph.profkit --list ^f$ --source-path src").succeeds();
    let expected = "
f a.py:3
self 500 ns (50.0%), total 900 ns (90.0%), calls 3/2
src/a.py
  self   total  line  source
     .       .     1  def main():
     .       .     2      f()
     .       .     3  def f():
200 ns  200 ns     4      f()
300 ns  700 ns     5      return g()
";
    assert!(run.text().ends_with(expected), "{}", run.text());
    let run = folder.run(PTOP, "graph.profkit --list ^f$");
    assert!(
        run.text().contains("a.py is not there") && run.text().contains("300 ns  700 ns     5\n"),
        "{}",
        run.text()
    );
    assert!(run.code == Some(0) && run.stderr.starts_with("note: ") && run.stderr.contains("1 file (first: a.py)"));
}

#[test]
fn files_and_modules_stand_in_the_place_of_functions() {
    let names = |by: &str| -> Vec<String> {
        let run = graph().run(PTOP, &format!("graph.profkit --csv --by {by}"));
        run.text().lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect()
    };
    assert_eq!(names("file"), ["a.py", "[no file]"]);
    assert_eq!(names("module"), ["[no module]", "lib"]);
    assert_eq!(names("line"), ["[no file]", "a.py:5", "a.py:4", "a.py:1", "a.py:3"]);
    assert_eq!(names("function"), ["f", "g", "main"]);
}

#[test]
fn a_pattern_that_means_nothing_is_an_error_but_for_an_empty_profile() {
    let folder = graph();
    folder.run(PTOP, "graph.profkit --callers nope").fails(2, &["--callers \"nope\"", "none of the 3 functions"]);
    folder.run(PTOP, "graph.profkit --list file:main").fails(2, &["--list \"file:main\"", "none of the 3 functions"]);
    folder.run(PTOP, "graph.profkit --callees (").fails(2, &["--callees", "regex parse error"]);
    folder.write("empty.profkit", br#"{"profkit":1,"value_types":[]}"#);
    assert!(folder.run(PTOP, "empty.profkit --callers nope").succeeds().text().contains("functions  0"));
}
