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
