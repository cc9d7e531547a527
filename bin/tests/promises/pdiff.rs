//! What pdiff promises beside what every tool does.

use crate::harness::{Folder, PDIFF, PFLAME, PGRAPH, PTOP, Run};
use crate::schema::mistakes;
use serde_json::Value;

/// A sampled profile: main calls f, g and what is in `more`.
fn profile(f: i64, g: i64, more: &[(&str, i64)]) -> String {
    let lines = [("main;f", f), ("main;g", g)].into_iter().chain(more.iter().copied());
    lines.map(|(stack, count)| format!("{stack} {count}\n")).collect()
}

/// Returns a folder with a profile before and one after, in which f is slower, h new and gone gone.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("a.folded", profile(1000, 1000, &[("main;gone", 50)]).as_bytes());
    folder.write("b.folded", profile(2000, 1010, &[("main;h", 40)]).as_bytes());
    folder
}

fn json(folder: &Folder, line: &str) -> Value {
    let run = folder.run(PDIFF, &format!("{line} --json"));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let json: Value = serde_json::from_str(run.text()).unwrap();
    check(&json, "pdiff.schema.json");
    json
}

fn check(json: &Value, schema: &str) {
    let schema = format!("{}/../schemas/{schema}", env!("CARGO_MANIFEST_DIR"));
    let schema: Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let mistakes = mistakes(json, &schema);
    assert!(mistakes.is_empty(), "{mistakes:?} in {json}");
}

/// Returns name, delta, verdict and presence of the rows.
fn rows(json: &Value) -> Vec<(String, i64, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = json["functions"].as_array().unwrap().iter();
    let row = |row: &Value| {
        let own = &row["self"];
        (text(&row["name"]), own["delta"].as_i64().unwrap(), text(&own["verdict"]), text(&row["presence"]))
    };
    rows.map(row).collect()
}

#[test]
fn the_table_is_for_people() {
    let run = folder().run(PDIFF, "a.folded b.folded").succeeds();
    let expected = "\
total 2,050 -> 3,050 (+48.8%); 1 function explains 91 % of the change
before  a.folded (collapsed): samples/count 2,050, measured, 2,050 observations
after   b.folded (collapsed): samples/count 3,050, measured, 3,050 observations
noise   exact tests of shares and counts (counts of samples are taken for observations); false discovery rate 5 % \
        (Benjamini-Hochberg)

self before  self after     +/-        %  verdict  total +/-  function
      1,000       2,000  +1,000  +100.0%  real        +1,000  f
         50                 -50     gone  real           -50  gone
                     40     +40      new  real           +40  h
      1,000       1,010     +10    +1.0%  noise          +10  g

1 more function changed; -n 0 lists more, --sort total what changed only in what it calls
";
    assert_eq!(run.text(), expected);
}

#[test]
fn nothing_is_the_difference_of_a_profile_and_itself() {
    let folder = folder();
    let run = folder.run(PDIFF, "a.folded a.folded --fail-over 0%").succeeds();
    assert!(run.text().starts_with("total 2,050, unchanged; no function changed\n"), "{}", run.text());
    assert_eq!(run.text().lines().count(), 4);
    assert_eq!(rows(&json(&folder, "a.folded a.folded")), []);
}

#[test]
fn the_way_back_mirrors_the_way_there() {
    let folder = folder();
    let there = rows(&json(&folder, "a.folded b.folded -n 0"));
    let back = rows(&json(&folder, "b.folded a.folded -n 0"));
    assert_eq!(there.len(), 4);
    for (name, delta, verdict, presence) in there {
        let presence = match presence.as_str() {
            "gone" => "new",
            "new" => "gone",
            both => both,
        };
        assert!(back.contains(&(name, -delta, verdict, presence.to_owned())), "{back:?}");
    }
}

#[test]
fn json_and_csv_have_every_number() {
    let folder = folder();
    let json = json(&folder, "a.folded b.folded -n 1");
    assert_eq!(json["total"]["delta"], 1000);
    assert_eq!((&json["explained"]["functions"], &json["more_changed"]), (&1.into(), &4.into()));
    assert_eq!(rows(&json), [("f".into(), 1000, "real".into(), "both".into())]);
    let run = folder.run(PDIFF, "a.folded b.folded --csv").succeeds();
    let lines: Vec<&str> = run.text().lines().collect();
    assert!(lines[0].starts_with("name,former_name,file,line,module,presence,self_before,"), "{}", lines[0]);
    assert_eq!(lines[2], "gone,,,,,gone,50,0,-50,real,50,0,-50,real,false,,");
    assert_eq!(lines.len(), 5);
}

#[test]
fn markdown_is_for_a_comment() {
    let run = folder().run(PDIFF, "a.folded b.folded --markdown --fail-over 5%");
    assert_eq!(run.code, Some(1));
    assert!(run.text().starts_with("**total 2,050 -\\> 3,050 (+48.8%); 1 function"), "{}", run.text());
    assert!(run.text().contains("\n| 1,000 | 2,000 | +1,000 | +100.0% | real | `f` |\n"), "{}", run.text());
    assert!(run.text().contains(":x: total 2,050"));
}

#[test]
fn rows_are_sorted_and_limited() {
    let folder = folder();
    let names = |line: &str| -> Vec<String> {
        rows(&json(&folder, &format!("a.folded b.folded {line}"))).into_iter().map(|row| row.0).collect()
    };
    assert_eq!(names("-n 2"), ["f", "gone"]);
    assert_eq!(names("--sort total"), ["f", "main", "gone", "h", "g"]);
    assert_eq!(names("--sort ratio"), ["f", "g", "gone", "h"]);
    assert_eq!(names("--min 1.5%"), ["f", "gone"]);
    assert_eq!(names("--normalize --min 16%"), ["f"]);
}

#[test]
fn the_gate_fails_what_grew_and_is_not_noise() {
    let folder = folder();
    let failed = |line: &str| -> Vec<String> {
        let run = folder.run(PDIFF, &format!("{line} -o out.csv"));
        let lines = run.stderr.lines().filter_map(|line| line.strip_prefix("failed: "));
        let lines: Vec<String> = lines.map(str::to_owned).collect();
        assert_eq!(run.code, Some(i32::from(!lines.is_empty())), "{}", run.stderr);
        lines
    };
    let lines = failed("a.folded b.folded --fail-over 1%");
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(lines[0], "total 2,050 -> 3,050 (+1,000), more than 1 % of the total before");
    assert!(lines[1].starts_with("f: self 1,000 -> 2,000") && lines[2].ends_with(", new"), "{lines:?}");
    assert_eq!(failed("a.folded b.folded --fail-over 40%").len(), 2);
    assert!(failed("a.folded b.folded --fail-over 60%").is_empty());
    assert!(failed("b.folded a.folded --fail-over 0%").iter().all(|line| line.contains("gone")));
    folder.write("zero.folded", b"main 0\n");
    assert_eq!(failed("zero.folded a.folded --fail-over 50%").len(), 4);
    folder.run(PDIFF, "a.folded b.folded --fail-over much").fails(2, &["--fail-over", "5%"]);
}

#[test]
fn the_difference_is_a_profile() {
    let folder = folder();
    folder.run(PDIFF, "a.folded b.folded -o diff.pb.gz").succeeds();
    let text = |line: &str| folder.run(PTOP, line).succeeds().text().to_owned();
    assert!(text("diff.pb.gz").contains("samples_before/count 2,050\n"));
    assert!(text("diff.pb.gz -v samples_after").contains("2,000  65.6%"), "{}", text("diff.pb.gz"));
    folder.run(PDIFF, "a.folded b.folded -o diff.folded");
    folder.holds("diff.folded", "main;f 1000 2000\nmain;g 1000 1010\nmain;gone 50 0\nmain;h 0 40\n");
    folder.run(PDIFF, "a.folded b.folded -o diff.txt").succeeds();
    assert!(String::from_utf8(folder.read("diff.txt")).unwrap().starts_with("total 2,050 -> 3,050"));
    folder.run(PDIFF, "a.folded b.folded -o go.pb.gz -O base=negative").succeeds();
    assert!(text("go.pb.gz").contains("samples/count 1,000\n"), "{}", text("go.pb.gz"));
    folder.run(PDIFF, "a.folded b.folded -o diff.svg").succeeds();
    folder.run(PDIFF, "a.folded b.folded -o diff.html").succeeds();
    assert!(String::from_utf8(folder.read("diff.svg")).unwrap().contains("a.folded → b.folded"));
    assert!(folder.read("diff.html").starts_with(b"<!doctype html>"));
    folder.run(PDIFF, "a.folded b.folded -o diff.dot").succeeds();
    let dot = String::from_utf8(folder.read("diff.dot")).unwrap();
    assert!(dot.contains("a.folded → b.folded") && dot.contains(r"f\n1,000 → 2,000"), "{dot}");
    folder.run(PDIFF, "a.folded b.folded -O base=negative").fails(2, &["-O base=negative", "-o"]);
    folder.run(PDIFF, "a.folded b.folded -o x.pb.gz -O base=none").fails(2, &["column, negative"]);
}

#[test]
fn renamed_functions_are_suggested_and_paired_on_request() {
    let folder = Folder::new();
    let side =
        |name: &str| format!("main;serve;{name} 500\nmain;serve;{name};parse 500\nmain;serve;{name};render 300\n");
    folder.write("a.folded", side("load").as_bytes());
    folder.write("b.folded", side("fetch").as_bytes());
    let run = folder.run(PDIFF, "a.folded b.folded").succeeds();
    assert!(
        run.text().contains("  load -> fetch (100 % of their callers and callees are the same)\n"),
        "{}",
        run.text()
    );
    let json = json(&folder, "a.folded b.folded --rename s/load/fetch/");
    assert_eq!(rows(&json), []);
    folder.run(PDIFF, "a.folded b.folded --rename load").fails(2, &["--rename", "s/OLD/NEW/"]);
}

#[test]
fn runs_are_told_apart_by_their_spread() {
    let folder = Folder::new();
    for (side, base) in [("a", 1_000_000), ("b", 1_500_000)] {
        for (run, noise) in [(1, -9_000), (2, 3_000), (3, 6_000)] {
            let text = SECONDS
                .replace("1111", &(base + noise).to_string())
                .replace("2222", &(900_000 + 3 * noise).to_string());
            folder.write(&format!("{side}{run}.profkit"), text.as_bytes());
        }
    }
    let sides = "--before a1.profkit a2.profkit a3.profkit --after b1.profkit b2.profkit b3.profkit";
    let json = json(&folder, sides);
    assert_eq!((&json["noise"]["basis"], &json["noise"]["runs"]), (&"runs".into(), &serde_json::json!([3, 3])));
    assert_eq!(rows(&json), [("f".into(), 500_000, "real".into(), "both".into())]);
    assert_eq!(json["total"]["verdict"], "real");
    let one = self::json(&folder, "a1.profkit b1.profkit");
    assert_eq!((&one["noise"]["basis"], &one["total"]["verdict"]), (&"unknown".into(), &"unknown".into()));
    folder.run(PDIFF, "--before a1.profkit").fails(2, &["--after"]);
    folder.run(PDIFF, "a1.profkit").fails(2, &["BEFORE"]);
    folder.run(PDIFF, "").fails(2, &["BEFORE", "--after"]);
}

/// Two functions measured in nanoseconds.
const SECONDS: &str = r#"{"profkit":1,
"value_types":[
{"kind":"time","unit":{"name":"nanoseconds","dimension":"time","factor":1,"exponent":-9},"role":"measured"}],
"functions":[{"name":"f","file":"a.py","start_line":3},{"name":"g"}],
"frames":[{"function":0},{"function":1}],
"stacks":[{"frames":[0]},{"frames":[1]}],
"samples":[{"stack":0,"values":[1111]},{"stack":1,"values":[2222]}]}
"#;

#[test]
fn what_cannot_be_compared_is_said() {
    let folder = folder();
    folder.write("time.profkit", SECONDS.replace("1111", "7").replace("2222", "8").as_bytes());
    folder
        .run(PDIFF, "a.folded time.profkit")
        .fails(2, &["no value that both sides have", "samples/count", "time/nanoseconds"]);
    folder.run(PDIFF, "a.folded b.folded -v cpu").fails(2, &["--value cpu", "0 samples/count"]);
    folder.run(PDIFF, "- -").fails(2, &["stdin"]);
    let other = SECONDS.replace(r#""kind":"time""#, r#""kind":"cpu""#).replace("1111", "9").replace("2222", "8");
    folder.write("cpu.profkit", other.as_bytes());
    let run = folder.run(PDIFF, "time.profkit cpu.profkit").succeeds();
    assert!(run.text().contains("note    time/nanoseconds with cpu/nanoseconds: "), "{}", run.text());
}

#[test]
fn a_change_is_explained_by_its_callers() {
    let folder = Folder::new();
    folder.write("a.profkit", CALLS.replace("1111", "100").replace("3333", "10").as_bytes());
    folder.write("b.profkit", CALLS.replace("1111", "300").replace("3333", "30").as_bytes());
    let run = folder.run(PDIFF, "a.profkit b.profkit --explain loads").succeeds();
    let expected = "\
loads
total 150 ns -> 350 ns (+200 ns), self 150 ns -> 350 ns (+200 ns), calls 15 -> 35
because zerofill calls it 3.0x as often: 100.0% of the change

before   after      +/-  of calls  of cost     calls  through caller
100 ns  300 ns  +200 ns   +200 ns        0  10 -> 30  zerofill
50.0 ns 50.0 ns        0         0        0         5  main
";
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(squeezed(run.text()), squeezed(expected));
    let json: Value =
        serde_json::from_str(folder.run(PDIFF, "a.profkit b.profkit --explain loads --json").succeeds().text())
            .unwrap();
    check(&json, "pdiff-explain.schema.json");
    let caller = &json["callers"][0];
    assert_eq!((&json["total"], &caller["name"]), (&serde_json::json!([150, 350]), &"zerofill".into()));
    assert_eq!([&caller["delta"], &caller["delta_of_calls"], &caller["delta_of_cost"]], [200, 200, 0]);
    folder.run(PDIFF, "a.profkit b.profkit --explain loads -o loads.svg").fails(2, &["--explain", "a table or JSON"]);
    folder.run(PDIFF, "a.profkit b.profkit --explain loads -o loads.txt").succeeds();
    folder.holds("loads.txt", run.text());
    folder.run(PDIFF, "a.profkit b.profkit --explain nobody").fails(2, &["--explain", "nobody"]);
    folder.run(PDIFF, "a.profkit b.profkit --explain a").fails(2, &["not one function", "main", "loads"]);
}

/// main and zerofill call loads.
const CALLS: &str = r#"{"profkit":1,
"value_types":[
{"kind":"time","unit":{"name":"nanoseconds","dimension":"time","factor":1,"exponent":-9},"role":"measured"}],
"functions":[{"name":"main"},{"name":"zerofill"},{"name":"loads"}],
"frames":[{"function":0},{"function":1},{"function":2}],
"calls":[{"count_columns":1,
"own":[{"frame":2,"costs":[1111]},{"frame":2,"costs":[50]}],
"arcs":[{"caller":1,"callee":2,"calls":[3333],"inclusive":[1111]},{"caller":0,"callee":2,"calls":[5],"inclusive":[50]}],
"totals":[{"function":2,"calls":[5]},{"function":2,"calls":[3333]}]}]}
"#;

#[test]
fn stdin_can_be_a_side() {
    let folder = folder();
    let text = std::fs::read(folder.path("b.folded")).unwrap();
    let run: Run = folder.pipe(PDIFF, "a.folded -", &text).succeeds();
    assert!(run.text().contains("after   <stdin> (collapsed)"), "{}", run.text());
}

#[test]
fn a_closed_pipe_is_fine_but_opens_no_gate() {
    let folder = folder();
    for (line, code) in [("a.folded b.folded", 0), ("a.folded b.folded --fail-over 1%", 1)] {
        let mut child = folder.command(PDIFF, line).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), told.contains("failed: ")), (Some(code), code == 1), "{line}: {told}");
    }
}

#[test]
fn frames_that_a_profile_asks_to_drop_are_dropped() {
    let folder = Folder::new();
    for (name, cost) in [("a", 10), ("b", 30)] {
        let text = format!(
            r#"{{"profkit":1,"meta":{{"drop_frames":"hidden"}},
"value_types":[{{"kind":"cpu","unit":{{"name":"ms","dimension":"time","factor":1,"exponent":-3}},"role":"measured"}}],
"functions":[{{"name":"main"}},{{"name":"hidden"}}],
"frames":[{{"function":0}},{{"function":1}}],
"stacks":[{{"frames":[0,1]}}],
"samples":[{{"stack":0,"values":[{cost}]}}]}}"#
        );
        folder.write(&format!("{name}.profkit"), text.as_bytes());
    }
    let names = |line: &str| {
        let json: Value = serde_json::from_str(folder.run(PDIFF, &format!("{line} --json")).text()).unwrap();
        (rows(&json).into_iter().map(|row| row.0).collect::<Vec<_>>(), json["notes"].as_array().unwrap().len())
    };
    assert_eq!(names("a.profkit b.profkit"), (vec!["main".to_owned()], 1));
    assert_eq!(names("a.profkit b.profkit --all-frames"), (vec!["hidden".to_owned()], 0));
    let drawn =
        |line: &str| folder.run(PFLAME, &format!("b.profkit --diff a.profkit {line}")).text().contains("hidden");
    assert_eq!([drawn(""), drawn("--all-frames")], [false, true]);
}

#[test]
fn pictures_say_what_does_not_compare() {
    let folder = Folder::new();
    folder.write("time.profkit", SECONDS.replace("1111", "7").replace("2222", "8").as_bytes());
    let cpu = SECONDS.replace(r#""kind":"time""#, r#""kind":"cpu""#).replace("1111", "9").replace("2222", "8");
    folder.write("cpu.profkit", cpu.as_bytes());
    let (before, after) = ("time.profkit", "cpu.profkit");
    for (tool, line) in [
        (PDIFF, format!("{before} {after} -o diff.svg")),
        (PFLAME, format!("{after} --diff {before} -o diff.svg")),
        (PGRAPH, format!("{after} --diff {before} -o diff.dot")),
    ] {
        let run = folder.run(tool, &line);
        assert!(run.stderr.starts_with("note: time/nanoseconds with cpu/nanoseconds: "), "{tool}: {}", run.stderr);
    }
    for (tool, line) in [(PDIFF, "- -"), (PFLAME, "--diff - -"), (PGRAPH, "--diff -")] {
        folder.pipe(tool, line, b"main;f 3\n").fails(2, &["stdin", "only once"]);
    }
}

/// Two functions of two files and modules, the first of them under two callers that callgrind tells apart.
fn callgrind(cost: i64) -> String {
    format!(
        "version: 1\ncreator: callgrind\npositions: line\nevents: Ir\n\nob=app\nfl=a.c\nfn=main\n1 5\ncfn=f'main\ncalls=2 4\n2 {cost}\n\
         cfn=g\ncalls=1 9\n3 70\n\nfn=f'main\n4 {cost}\n\nfn=g\n9 10\ncfn=f'g\ncalls=3 4\n9 60\n\nob=lib\nfl=b.c\nfn=f'g\n4 60\n"
    )
}

#[test]
fn anything_can_stand_in_the_place_of_functions() {
    let folder = Folder::new();
    folder.write("a.callgrind", callgrind(100).as_bytes());
    folder.write("b.callgrind", callgrind(300).as_bytes());
    let names = |by: &str| {
        let json = json(&folder, &format!("a.callgrind b.callgrind --by {by}"));
        assert_eq!((&json["row"], &json["noise"]["basis"]), (&by.into(), &"exact".into()));
        rows(&json).into_iter().map(|row| (row.0, row.1)).collect::<Vec<_>>()
    };
    let changed = |name: &str| vec![(name.to_owned(), 200)];
    assert_eq!(names("function"), changed("f'main"));
    assert_eq!(names("line"), changed("a.c:4"));
    assert_eq!(names("file"), changed("a.c"));
    assert_eq!(names("module"), changed("app"));
    assert_eq!(names("stack"), changed("main;f"));
    let explained = folder.run(PDIFF, "a.callgrind b.callgrind --explain f'main").succeeds();
    assert!(explained.text().contains("calls 2 -> 2"), "{}", explained.text());
    folder.run(PDIFF, "a.callgrind b.callgrind --explain f").fails(2, &["not one function", "f'main", "f'g"]);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let folder = folder();
    for line in
        ["a.folded b.folded", "--before a.folded b.folded a.folded --after b.folded a.folded", "a.folded b.folded -o -"]
    {
        let with = |threads: usize| folder.run(PDIFF, &format!("{line} --threads {threads}")).succeeds().stdout;
        assert_eq!(with(1), with(7), "{line}");
    }
}

#[test]
fn what_does_not_fit_is_an_error() {
    let folder = Folder::new();
    folder.write("most.folded", format!("f {}\n", i64::MAX).as_bytes());
    folder.write("least.folded", format!("f {}\n", -i64::MAX).as_bytes());
    folder.run(PDIFF, "most.folded most.folded").succeeds();
    folder.run(PDIFF, "least.folded most.folded").fails(2, &["64 bits"]);
    folder.run(PDIFF, "--before most.folded most.folded most.folded --after most.folded").fails(2, &["64 bits"]);
}

#[test]
fn another_machine_is_said_to_be_one() {
    let folder = Folder::new();
    let text = |times: i64| (1..=10).map(|it| format!("main;f{it} {}\n", 10 * it * times)).collect::<String>();
    folder.write("a.folded", text(10).as_bytes());
    folder.write("b.folded", text(20).as_bytes());
    folder.write("c.folded", text(11).as_bytes());
    let told = |line: &str| folder.run(PDIFF, line).succeeds().text().contains("another machine or load");
    assert_eq!(
        [told("a.folded b.folded"), told("a.folded c.folded"), told("a.folded b.folded --normalize")],
        [true, false, false]
    );
}
