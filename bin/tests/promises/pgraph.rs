//! What pgraph promises beside what every tool does.

use crate::harness::{Folder, PGRAPH, PTOP, SMALL};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The readable files of `testdata/`.
fn fixtures() -> Vec<PathBuf> {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata");
    let mut files = Vec::new();
    for folder in std::fs::read_dir(testdata).unwrap().map(|entry| entry.unwrap().path()).filter(|it| it.is_dir()) {
        let files_of = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let is_script = |path: &Path| {
            let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
            ["py", "go", "mod", "sh", "md", "mjs", "js", "c", "php", "stacks"].contains(&&*ending)
        };
        files.extend(files_of.filter(|path| path.is_file() && !is_script(path)));
    }
    files.sort();
    files
}

/// Numbers of functions by name, each as often as it is there.
type Numbers = BTreeMap<String, Vec<String>>;

fn sorted(mut numbers: Numbers) -> Numbers {
    numbers.values_mut().for_each(|rows| rows.sort());
    numbers
}

fn listed(list: &Value, value: usize) -> Numbers {
    let mut numbers = Numbers::new();
    for row in list["functions"].as_array().unwrap() {
        let mut text = format!("self={} total={}", row["self"][value], row["total"][value]);
        for count in ["calls", "primitive_calls"] {
            if !row[count].is_null() {
                text.push_str(&format!(" {count}={}", row[count]));
            }
        }
        let name: String = row["name"].as_str().unwrap().chars().map(spelled).collect();
        numbers.entry(name).or_default().push(text);
    }
    sorted(numbers)
}

fn spelled(character: char) -> String {
    if character.is_control() { character.escape_default().collect() } else { character.into() }
}

fn drawn(text: &str) -> Numbers {
    let mut numbers = Numbers::new();
    let nodes = text.lines().filter(|line| line.starts_with('N') && !line.contains("] -> N"));
    for line in nodes.filter(|line| line.split_whitespace().nth(1) != Some("->")) {
        let after = |attribute: &str| line.split(&format!(" {attribute}=\"")).last().unwrap();
        let tooltip = line.split(" tooltip=\"").nth(1).unwrap();
        let name = tooltip.split("\\nself ").next().unwrap();
        let name = name.replace("\\\\", "\u{1}").split("\\n").next().unwrap().replace("\\\"", "\"");
        let name = name.replace('\u{1}', "\\").replace("&amp;", "&");
        numbers.entry(name).or_default().push(after("comment").split('"').next().unwrap().to_owned());
    }
    sorted(numbers)
}

#[test]
fn the_numbers_are_those_of_ptop() {
    let folder = Folder::new();
    let mut compared = 0;
    for file in fixtures() {
        let run = |tool: &str, line: &str| {
            let output = folder.command(tool, line).arg(&file).output().unwrap();
            output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
        };
        // What no format claims (notes beside the fixtures) is not ours to draw.
        let Some(list) = run(PTOP, "-q --json -n 0") else { continue };
        let list: Value = serde_json::from_str(&list).unwrap();
        for value in 0..list["values"].as_array().unwrap().len() {
            let line = format!("-q --no-thread-root --nodes 0 --min-node 0 --min-edge 0 -v {value}");
            let Some(text) = run(PGRAPH, &line) else { panic!("{}: {line}", file.display()) };
            let numbers = drawn(&text);
            assert_eq!(numbers, listed(&list, value), "{}, value {value}", file.display());
            compared += numbers.len();
        }
    }
    assert!(compared > 500, "only {compared} functions were compared");
}

#[test]
fn the_name_of_the_output_tells_the_picture() {
    let folder = Folder::new();
    folder.run(PGRAPH, "small.profkit -o a.dot").succeeds();
    assert!(folder.read("a.dot").starts_with(b"digraph \"small.profkit (profkit)\" {\n"));
    folder.run(PGRAPH, "small.profkit -o a.txt").fails(2, &["a.txt: the name tells no sort of picture", ".svg"]);
    let output = folder.command(PGRAPH, "small.profkit -o a.svg").env("PATH", "").output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && error.contains("dot is not installed (apt install graphviz"), "{error}");
    assert_eq!(folder.names(), ["a.dot", "small.profkit"]);
}

#[test]
fn options_are_checked() {
    let folder = Folder::new();
    folder.run(PGRAPH, "small.profkit --root nope").fails(2, &["--root \"nope\"", "none of the 3 functions"]);
    folder.run(PGRAPH, "small.profkit --leaf (").fails(2, &["--leaf", "regex parse error"]);
    folder.run(PGRAPH, "small.profkit --min-node 120%").fails(2, &["--min-node", "between 0% and 100%"]);
    folder.run(PGRAPH, "small.profkit --style dot").fails(2, &["--style", "pprof, gprof2dot"]);
}

#[test]
fn parts_of_the_graph_can_be_chosen() {
    let folder = Folder::new();
    let names = |line: &str| {
        drawn(folder.run(PGRAPH, &format!("small.profkit {line}")).succeeds().text()).into_keys().collect::<Vec<_>>()
    };
    assert_eq!(names("--min-node 0"), ["f", "g", "main"]);
    assert_eq!(names("--leaf ^g$ --min-node 0"), ["g", "main"]);
    assert_eq!(names("--root ^g$ --min-node 0 --style gprof2dot"), ["g"]);
    assert_eq!(names("-v samples --nodes 1").len(), 1);
    assert_eq!(names("--by file --min-node 0"), ["[no file]", "a.py"]);
}

#[test]
fn a_comparison_shows_what_changed() {
    let folder = Folder::new();
    let slower = SMALL.replace("\"values\":[3,1000]", "\"values\":[9,1000]");
    folder.write("slower.profkit", slower.as_bytes());
    let run = folder.run(PGRAPH, "slower.profkit --diff small.profkit -v samples");
    let text = run.text();
    assert!(
        run.code == Some(0) && text.starts_with("digraph \"small.profkit (profkit) → slower.profkit (profkit)\""),
        "{run:?}"
    );
    assert!(text.contains("comment=\"self=3,9 total=3,9\"") && text.contains("self 3 → 9 (+6)"), "{text}");
    folder.run(PGRAPH, "slower.profkit --diff none").fails(2, &["none: cannot read"]);
}
