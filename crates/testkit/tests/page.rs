//! The flame graph page in a real browser: headless Chromium, driven through `peers/page_open.mjs`. Runs where
//! `PROFKIT_PEERS=1`, like the peers; `npm ci` in `crates/testkit/peers` provides what drives the browser.

use profkit_core::{Arc, CallGraph, Frame, Function, Notes, Profile, ReadOptions, Role, Sample, Thread, ValueType};
use profkit_ops::{By, Sort, only_thread, top};
use profkit_render::flame::{self, Options};
use profkit_testkit::fixtures::readable;
use profkit_testkit::names::NASTY;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

fn browser_is_wanted() -> bool {
    let wanted = std::env::var_os("PROFKIT_PEERS").is_some_and(|value| value == "1");
    if !wanted {
        eprintln!("not opened in a browser: PROFKIT_PEERS=1 is not set");
    }
    wanted
}

/// Returns what the browser tells of each page.
fn browse(what: &str, pages: &[PathBuf]) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/page_open.mjs");
    let output = Command::new("node").arg(script).arg(what).args(pages).output().expect("node");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {complaints}");
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON of our own script");
    told["files"].as_array().expect("a list").clone()
}

fn page(folder: &Path, name: &str, profile: &Profile, change: impl FnOnce(&mut Options)) -> PathBuf {
    let path = folder.join(format!("{name}.html"));
    let mut options = Options::default();
    options.title = Some(name.to_owned());
    change(&mut options);
    let mut out = Vec::new();
    flame::html(profile, &options, &mut out, &mut Notes::new()).unwrap_or_else(|error| panic!("{name}: {error}"));
    std::fs::write(&path, out).expect("a writable folder");
    path
}

/// Returns a profile of the given stacks, each with its values.
fn profile(value_types: Vec<ValueType>, stacks: &[(&[&str], &[i64])]) -> Profile {
    let mut profile = Profile::new(value_types);
    for (path, values) in stacks {
        let frame = |name: &&str| {
            let name = profile.string(name);
            let function = profile.function(Function::named(name));
            profile.frame(Frame { function: Some(function), ..Frame::default() })
        };
        let path: Vec<_> = path.iter().map(frame).collect();
        let stack = profile.stack(&path).expect("not deep");
        profile.samples.push(Sample::new(Some(stack), values));
    }
    profile
}

/// A row of a table: name, own and total cost.
type Row = (String, f64, f64);

/// Names with characters that no one sees are spelled by the page.
fn plain(name: &str) -> String {
    let is_plain = |it: char| !it.is_control() && !matches!(it, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}');
    match name {
        "" => "(anonymous)".to_owned(),
        _ if name.contains("\\u{") || !name.chars().all(is_plain) => "?".to_owned(),
        _ => name.to_owned(),
    }
}

fn wanted_rows(profile: &Profile, value: usize) -> Vec<Row> {
    let top = top(profile, value, Sort::Name, &mut Notes::new()).expect("small numbers");
    top.rows().map(|row| (plain(&row.name), row.own[value] as f64, row.total[value] as f64)).collect()
}

fn shown_rows(table: &Value) -> Vec<Row> {
    let number = |row: &Value, at: usize| row["numbers"][at].as_f64().expect("a number");
    let rows = table.as_array().expect("a list").iter();
    rows.map(|row| (plain(row["name"].as_str().expect("a name")), number(row, 0), number(row, 1))).collect()
}

#[test]
fn the_table_shows_the_numbers_of_every_fixture() {
    if !browser_is_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut pages, mut profiles) = (Vec::new(), Vec::new());
    for fixture in readable() {
        let (profile, _) = fixture.read(&mut Notes::new()).expect("a readable fixture");
        pages.push(page(folder.path(), &fixture.title().replace('/', "-"), &profile, |_| {}));
        profiles.push((fixture.title(), profile));
    }
    let told = browse("table", &pages);
    assert_eq!(told.len(), profiles.len());
    let mut counted = 0;
    for ((name, profile), tables) in profiles.iter().zip(&told) {
        for value in 0..profile.value_types.len() {
            let wanted = sorted(wanted_rows(profile, value));
            assert_eq!(sorted(shown_rows(&tables["stated"][value])), wanted, "{name}, value {value}");
            // The frames of the page add up to the same, where stacks are those of the source.
            let is_positive = profile.samples.values().iter().all(|&value| value >= 0);
            if profile.samples.is_empty() || !is_positive {
                continue;
            }
            let costs = |rows: Vec<Row>| rows.into_iter().filter(|row| row.2 != 0.0).collect();
            let shown = sorted(costs(shown_rows(&tables["counted"][value])));
            assert_eq!(shown, sorted(costs(wanted)), "frames of {name}, value {value}");
            for (group, by) in [("files", By::File), ("modules", By::Module)] {
                // The page knows modules of functions, and not those of addresses; beyond 2^53, it rounds sums.
                let whole = profile.column_totals().expect("small numbers")[value];
                if (by == By::Module && !profile.mappings.is_empty()) || whole > 1 << 53 {
                    continue;
                }
                let grouped = profkit_ops::group(profile, by).expect("small numbers");
                let wanted = sorted(costs(wanted_rows(&grouped, value)));
                let shown = sorted(costs(shown_rows(&tables[group][value])));
                assert_eq!(shown, wanted, "{group} of {name}, value {value}");
            }
            counted += 1;
        }
    }
    assert!(counted > 50, "only {counted} values have stacks");
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|one, other| one.partial_cmp(other).expect("no NaN"));
    rows
}

#[test]
fn the_table_of_a_thread_is_what_its_call_graph_states() {
    if !browser_is_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut threads = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
    let [main, f, g] = ["main", "f", "g"].map(|name| {
        let name = threads.string(name);
        let function = threads.function(Function::named(name));
        threads.frame(Frame { function: Some(function), ..Frame::default() })
    });
    // Which of both callers of f leads to g no call graph tells: the stacks of a thread are a guess.
    for (name, costs) in [("one", [5, 30, 60]), ("two", [7, 20, 10])] {
        let name = threads.text(name);
        let thread = Some(threads.thread(Thread { name, ..Thread::default() }));
        let mut graph = CallGraph::new(1);
        graph.thread = thread;
        [main, f, g].into_iter().zip(costs).for_each(|(frame, cost)| graph.add_own(frame, &[cost]));
        let [to_f, to_g] = [f, g].map(|frame| threads.frames[frame].function.expect("named"));
        for (caller, callee, cost) in [(main, to_f, costs[1] + costs[2]), (f, to_g, costs[2]), (g, to_f, costs[1])] {
            graph.add_arc(Arc { inclusive: Some(&[cost]), calls: Some(&[2]), ..Arc::new(caller, callee) });
        }
        threads.calls.push(graph);
    }
    let told = browse("table", &[page(folder.path(), "threads", &threads, |_| {})]);
    for name in ["one", "two"] {
        let alone = only_thread(&threads, name, 0, &mut Notes::new()).expect("a thread");
        let tables = told[0]["ofThreads"].as_object().expect("an object");
        let (_, shown) = tables.iter().find(|(title, _)| title.contains(name)).expect("the thread");
        let wanted: Vec<Row> = wanted_rows(&alone, 0).into_iter().filter(|row| row.2 != 0.0).collect();
        assert_eq!(sorted(shown_rows(&shown[0])), sorted(wanted), "{name}");
    }
}

#[test]
fn keys_search_zoom_and_views_do_what_they_say() {
    if !browser_is_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let stacks: &[(&[&str], &[i64])] = &[
        (&["main", "draw"], &[40]),
        (&["main", "draw", "next"], &[20]),
        (&["main", "parse"], &[10]),
        (&["main", "parse", "next"], &[30]),
    ];
    let known = profile(vec![ValueType::unnamed()], stacks);
    let told = browse("drive", &[page(folder.path(), "known <profile>", &known, |_| {})]);
    let svg = told[0]["svg"].as_str().expect("a picture");
    let picture = roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
    let titles: Vec<_> =
        picture.descendants().filter(|it| it.has_tag_name("title")).filter_map(|it| it.text()).collect();
    assert!(titles.contains(&"next, total 30 30.0%, self 30 30.0%, of parent 75.0%"), "{titles:?}");
    // What is saved for other tools is what was opened.
    let packed = told[0]["pprof"].as_array().expect("bytes").iter();
    let packed: Vec<u8> = packed.map(|byte| byte.as_u64().expect("a byte") as u8).collect();
    let speedscope = told[0]["speedscope"].as_str().expect("JSON").as_bytes();
    for (bytes, format) in [(packed.as_slice(), "pprof"), (speedscope, "speedscope")] {
        let options = ReadOptions::default();
        let (saved, found) = profkit_formats::read(bytes, None, None, &options, &mut Notes::new()).expect(format);
        assert_eq!(found.name(), format);
        assert_eq!(sorted(wanted_rows(&saved, 0)), sorted(wanted_rows(&known, 0)), "{format}");
        assert_eq!(saved.samples.len(), known.samples.len(), "{format}");
    }
}

#[test]
fn a_comparison_shows_what_came_and_went() {
    if !browser_is_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let stacks: &[(&[&str], &[i64])] =
        &[(&["main", "f"], &[10, 30]), (&["main", "gone"], &[20, 0]), (&["main", "new"], &[0, 5])];
    let value_types = ["before", "after"].map(|kind| ValueType::new(kind, "count")).to_vec();
    let diff = profile(value_types, stacks);
    let told = browse("compare", &[page(folder.path(), "change", &diff, |options| options.is_diff = true)]);
    let rows: Vec<Vec<&str>> = told[0]["rows"].as_array().expect("a list").iter().map(cells).collect();
    // By the change of the own cost, largest first, whatever its sign.
    let wanted = [
        vec!["+20", "10", "30", "+200.0%", "+20", "10", "30", "f"],
        vec!["-20", "20", "0", "gone", "-20", "20", "0", "gone"],
        vec!["+5", "0", "5", "new", "+5", "0", "5", "new"],
        vec!["0", "0", "0", "0%", "+5", "30", "35", "main"],
    ];
    assert_eq!(rows, wanted);
}

#[test]
fn a_comparison_of_observations_tells_what_may_be_noise() {
    if !browser_is_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let stacks: &[(&[&str], &[i64])] = &[(&["main", "f"], &[100, 110]), (&["main", "g"], &[100, 200])];
    let ticks = |kind| ValueType::new(kind, "count").with_role(Role::Observations);
    let diff = profile(["before", "after"].map(ticks).to_vec(), stacks);
    browse("noise", &[page(folder.path(), "noise", &diff, |options| options.is_diff = true)]);
}

fn cells(row: &Value) -> Vec<&str> {
    row.as_array().expect("a list").iter().filter_map(Value::as_str).filter(|cell| !cell.is_empty()).collect()
}

#[test]
fn a_hostile_name_is_only_text() {
    if !browser_is_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let long = "long ".repeat(2_000);
    let stacks: Vec<(Vec<&str>, [i64; 1])> =
        NASTY.iter().chain([&long.as_str()]).map(|name| (vec![NASTY[0], *name], [10])).collect();
    let stacks: Vec<(&[&str], &[i64])> = stacks.iter().map(|(path, values)| (&path[..], &values[..])).collect();
    let mut nasty = profile(vec![ValueType::new(NASTY[0], NASTY[1])], &stacks);
    let thread = NASTY[1];
    let name = nasty.text(thread);
    let thread = Some(nasty.thread(Thread { name, ..Thread::default() }));
    nasty.samples.push(Sample { thread, time_ns: Some(5), ..Sample::new(None, &[3]) });
    let path = page(folder.path(), "nasty", &nasty, |options| options.title = Some(NASTY.concat()));
    let text = std::fs::read_to_string(&path).expect("written before");
    assert_eq!(text.matches("<script").count(), 2, "the payload and the script, and no other");
    // The browser would tell of a dialog, of a request, and of what the policy of the page refuses.
    let told = browse("table", &[path]);
    assert_eq!(shown_rows(&told[0]["stated"][0]).len(), NASTY.len() + 1);
}
