//! Our filters against those of `go tool pprof`, on the real profiles among the fixtures.
//!
//! It runs where `PROFKIT_PEERS=1`, and there a missing Go fails. What Go does otherwise, and why ours does not, is
//! written where the filters are, in `ops/src/filter.rs`.

use profkit_core::{Label, LabelValue, Notes, Profile, ReadOptions};
use profkit_ops::{Step, filter};
use profkit_testkit::fixtures::readable;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// The steps that pprof has, in its words and in ours.
const BY_NAME: &[(&str, &str)] = &[
    ("focus", "focus"),
    ("ignore", "ignore"),
    ("hide", "hide"),
    ("show", "show"),
    ("show_from", "show-from"),
    ("prune_from", "prune-from"),
];
/// How many functions and files of a profile are looked for.
const MOST_NAMES: usize = 8;

fn peers_are_wanted() -> bool {
    let wanted = std::env::var_os("PROFKIT_PEERS").is_some_and(|value| value == "1");
    if !wanted {
        eprintln!("not judged by peers: PROFKIT_PEERS=1 is not set");
    }
    wanted
}

/// Returns what Go leaves of a file.
fn go(file: &Path, options: &[String]) -> Profile {
    let out = file.with_extension("go.pb.gz");
    let mut command = Command::new("go");
    command.args(["tool", "pprof", "-symbolize=none", "-proto"]).arg(format!("-output={}", out.display()));
    command.args(options.iter().map(|option| format!("-{option}"))).arg(file);
    command.env("PPROF_BINARY_PATH", "/nonexistent");
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} is missing: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    let bytes = std::fs::read(&out).expect("what Go has written");
    read(&bytes)
}

/// Reads a profile with the names as they stand there: Go filters by those.
fn read(bytes: &[u8]) -> Profile {
    let format = profkit_formats::named("pprof").expect("registered");
    let mut options = ReadOptions::default();
    options.demangle = false;
    profkit_formats::read(bytes, None, Some(format), &options, &mut Notes::new()).expect("valid").0
}

fn ours(profile: &Profile, steps: &[(&str, &str)]) -> Profile {
    let steps: Vec<Step> = steps.iter().map(|(name, value)| Step::parse(name, value).expect("a step")).collect();
    filter(profile, &steps, 0, &mut Notes::new()).expect("a result")
}

/// A stack, root first, and labels.
type Row = (Vec<String>, BTreeSet<String>);

/// A text, or a number and its unit.
type LabelOf<'p> = Result<&'p str, (i64, &'p str)>;

/// Returns what the samples of each stack and set of labels sum up to, but for what costs nothing or has no stack.
fn rows(profile: &Profile) -> BTreeMap<Row, Vec<i64>> {
    let mut rows: BTreeMap<Row, Vec<i64>> = BTreeMap::new();
    let mut path = Vec::new();
    for sample in profile.samples.iter() {
        let Some(stack) = sample.stack else { continue };
        profile.stacks.read_path(stack, &mut path);
        let frames = path.iter().map(|&frame| {
            let frame = profile.frames[frame];
            let function = frame.function.map(|id| profile.functions[id]);
            let name = function.map_or("", |it| &profile.strings[it.name]);
            let file = function.map_or("", |it| profile.strings.text(it.file));
            // Go gives addresses a new base where it merges mappings, so that only lines tell places apart.
            format!("{name} {file} {:?}", frame.line)
        });
        let frames = frames.collect();
        // Go reads no label without a text.
        let is_read =
            |label: &Label| !matches!(label.value, LabelValue::Text(text) if profile.strings[text].is_empty());
        let labels = profile.label_list(sample.labels).filter(is_read).map(|label| match label.value {
            LabelValue::Text(text) => format!("{}:{}", &profile.strings[label.key], &profile.strings[text]),
            LabelValue::Number { value, .. } => format!("{}:{value}", &profile.strings[label.key]),
        });
        let sums = rows.entry((frames, labels.collect())).or_insert_with(|| vec![0; sample.values.len()]);
        sums.iter_mut().zip(sample.values).for_each(|(sum, value)| *sum += value);
    }
    rows.retain(|_, values| values.iter().any(|&value| value != 0));
    rows
}

/// Returns expressions that match some functions and files of a profile and not others.
fn expressions(profile: &Profile) -> Vec<String> {
    let spell = |text: &str| escaped(text);
    let functions = || profile.functions.iter().map(|(_, it)| it);
    let names: BTreeSet<String> = functions().map(|it| spell(&profile.strings[it.name])).collect();
    let files: BTreeSet<String> =
        functions().filter_map(|it| Some(spell(&profile.strings[it.file?]))).filter(|it| !it.is_empty()).collect();
    let some = |all: BTreeSet<String>| {
        let step = (all.len() / MOST_NAMES).max(1);
        all.into_iter().step_by(step).take(MOST_NAMES).map(|it| format!("^{it}$")).collect::<Vec<_>>()
    };
    let general = ["main", "^runtime", "[aeiou]$", "nothing has this name", "\\.s?o?$"].map(str::to_owned);
    some(names).into_iter().chain(some(files)).chain(general).collect()
}

/// Escapes what means something in an expression, in Go as in Rust.
fn escaped(text: &str) -> String {
    let escape = |at: char| if "\\.+*?()|[]{}^$".contains(at) { format!("\\{at}") } else { at.to_string() };
    text.chars().map(escape).collect()
}

/// The fixtures of pprof that have functions, as files in a folder, and what is in them.
fn profiles(folder: &Path) -> Vec<(std::path::PathBuf, Profile)> {
    let fixtures = readable().into_iter().filter(|fixture| fixture.format.name() == "pprof");
    let profiles = fixtures.map(|fixture| {
        let path = folder.join(&fixture.name);
        std::fs::write(&path, &fixture.bytes).expect("a writable folder");
        let profile = read(&fixture.bytes);
        (path, profile)
    });
    // Go refuses two value types of one name, and what it drops by itself is not what is looked at here.
    let fits = |profile: &Profile| {
        let kinds: BTreeSet<_> = profile.value_types.iter().map(|it| &it.kind).collect();
        kinds.len() == profile.value_types.len() && profile.meta.drop_frames.is_none() && !profile.functions.is_empty()
    };
    profiles.filter(|(_, profile)| fits(profile)).collect()
}

/// Compares what both leave of a profile.
fn compare(path: &Path, profile: &Profile, options: &[String], steps: &[(&str, &str)]) {
    let (found, wanted) = (rows(&ours(profile, steps)), rows(&go(path, options)));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    assert_same(&found, &wanted, &format!("{name} {steps:?}"));
}

fn assert_same(found: &BTreeMap<Row, Vec<i64>>, wanted: &BTreeMap<Row, Vec<i64>>, what: &str) {
    let told = |these: &BTreeMap<Row, Vec<i64>>, others: &BTreeMap<Row, Vec<i64>>| -> Vec<String> {
        let only = these.iter().filter(|(row, values)| others.get(row) != Some(values)).take(3);
        only.map(|((path, labels), values)| format!("{} {labels:?} {values:?}", path.join(";"))).collect()
    };
    assert!(found == wanted, "{what}\nours {:#?}\nGo's {:#?}", told(found, wanted), told(wanted, found));
}

#[test]
fn functions_and_files() {
    if !peers_are_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut compared = 0;
    for (path, profile) in profiles(folder.path()) {
        for expression in expressions(&profile) {
            for (go, ours) in BY_NAME {
                // Go looks for what to prune among names alone, and cuts off parameters and the methods of Go first.
                let is_prune = *ours == "prune-from";
                let is_name = expression.starts_with('^') && !expression.contains("\\(") && !expression.contains('/');
                if is_prune && !is_name {
                    continue;
                }
                let wanted = if is_prune { format!("fn:{expression}") } else { expression.clone() };
                compare(&path, &profile, &[format!("{go}={expression}")], &[(ours, &wanted)]);
                compared += 1;
            }
        }
    }
    assert!(compared > 200, "{compared}");
}

#[test]
fn several_at_once_in_the_order_of_go() {
    if !peers_are_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, profile) in profiles(folder.path()) {
        for pair in expressions(&profile).windows(2) {
            let [one, two] = pair else { continue };
            let options = [format!("focus={one}"), format!("ignore={two}")];
            compare(&path, &profile, &options, &[("focus", one), ("ignore", two)]);
            // In Go's order what is hidden is not there to show from.
            let options = [format!("hide={one}"), format!("show_from={two}")];
            compare(&path, &profile, &options, &[("hide", one), ("show-from", two)]);
        }
    }
}

#[test]
fn labels() {
    if !peers_are_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut compared = 0;
    for (path, profile) in profiles(folder.path()) {
        let labels: BTreeSet<(&str, LabelOf<'_>)> = profile
            .labels
            .iter()
            .map(|(_, label)| match label.value {
                LabelValue::Text(text) => (&profile.strings[label.key], Ok(&profile.strings[text])),
                LabelValue::Number { value, unit } => {
                    (&profile.strings[label.key], Err((value, profile.strings.text(unit))))
                }
            })
            .collect();
        // Go reads all numbers of a key in the first unit that it meets.
        let units = |key: &str| -> BTreeSet<&str> {
            let numbers = labels.iter().filter(|(other, _)| *other == key);
            numbers.filter_map(|(_, value)| value.err().map(|(_, unit)| unit)).collect()
        };
        for &(key, value) in labels.iter().filter(|(key, _)| !key.is_empty() && units(key).len() < 2) {
            let (go, ours) = match value {
                Ok("") => continue,
                // Commas part expressions in Go.
                Ok(text) if text.contains(',') => continue,
                Ok(text) => (escaped(text), escaped(text)),
                Err((number, unit)) => {
                    // A number without a unit has one by its key.
                    let unit = if unit.is_empty() { key } else { unit };
                    (format!("{number}{unit}:"), format!("{number}{unit}.."))
                }
            };
            let [ours_in, ours_out] = ["=", "!="].map(|sign| format!("{key}{sign}{ours}"));
            compare(&path, &profile, &[format!("tagfocus={key}={go}")], &[("label", &ours_in)]);
            compare(&path, &profile, &[format!("tagignore={key}={go}")], &[("label", &ours_out)]);
            compared += 1;
        }
    }
    assert!(compared > 2, "{compared}");
}

#[test]
fn labels_as_frames() {
    if !peers_are_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut compared = 0;
    for (path, profile) in profiles(folder.path()) {
        let is_text = |value| matches!(value, LabelValue::Text(text) if !profile.strings[text].is_empty());
        let keys: BTreeSet<&str> = profile.labels.iter().map(|(_, it)| &profile.strings[it.key]).collect();
        let only_text =
            |key: &&str| profile.labels.iter().all(|(_, it)| &profile.strings[it.key] != *key || is_text(it.value));
        for key in keys.into_iter().filter(|key| !key.is_empty() && only_text(key)) {
            let key_frame = format!(" {key} None");
            for (go_end, our_end) in [("tagroot", "label-root"), ("tagleaf", "label-leaf")] {
                let mut wanted = rows(&go(&path, &[format!("{go_end}={key}")]));
                // What has no such label gets a frame without a name from Go.
                wanted = wanted
                    .into_iter()
                    .map(|((path, labels), values)| {
                        let named = |it: String| if it == key_frame { format!("[no {key}] {key} None") } else { it };
                        ((path.into_iter().map(named).collect(), labels), values)
                    })
                    .collect();
                assert_same(
                    &rows(&ours(&profile, &[(our_end, key)])),
                    &wanted,
                    &format!("{} {go_end}={key}", path.display()),
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 0);
}
