//! Estimated stacks against the true ones, which were recorded beside the profile.

use profkit_core::{FrameId, Notes, Profile, ReadOptions, derive};
use profkit_testkit::fixtures::testdata;
use std::collections::BTreeMap;

/// The cost of each stack, by the names of its functions, root first.
type Costs = BTreeMap<Vec<String>, i64>;

/// Reads the true stacks: the functions, one per line, and then `DEPTH FUNCTION SELF` in preorder.
fn truth(workload: &str) -> Costs {
    let text = std::fs::read_to_string(testdata().join("truth").join(workload).with_extension("stacks"));
    let text = text.expect("a text file");
    let (functions, tree) = text.split_once("\n\n").expect("functions and a tree");
    let functions: Vec<&str> = functions.lines().collect();
    let (mut costs, mut path) = (Costs::new(), Vec::new());
    for line in tree.lines() {
        let numbers: Vec<i64> = line.split(' ').map(|number| number.parse().expect("a number")).collect();
        path.truncate(numbers[0] as usize);
        path.push(functions[numbers[1] as usize].to_owned());
        costs.insert(path.clone(), numbers[2]);
    }
    costs
}

fn estimate(workload: &str) -> Costs {
    let path = testdata().join("truth").join(workload).with_extension("pstats");
    let bytes = std::fs::read(path).expect("a readable file");
    let read = profkit_formats::read(&bytes, None, None, &ReadOptions::default(), &mut Notes::new());
    let (profile, _) = read.expect("a profile");
    let stacks = derive::stacks(&profile, &mut Notes::new()).expect("small numbers");
    let mut path = Vec::new();
    let costs = stacks.samples.iter().map(|sample| {
        stacks.stacks.read_path(sample.stack.expect("a stack"), &mut path);
        (path.iter().map(|&frame| label(&stacks, frame)).collect(), sample.values[0])
    });
    costs.collect()
}

/// Returns `file:line(name)`, as Python's `pstats` prints functions.
fn label(profile: &Profile, frame: FrameId) -> String {
    let function = profile.functions[profile.frames[frame].function.expect("named")];
    let file = function.file.map_or("~", |file| &profile.strings[file]);
    let line = function.start_line.map_or(0, std::num::NonZeroU32::get);
    format!("{file}:{line}({})", &profile.strings[function.name])
}

/// Checks that at least `floor` of the cost stands at its true stack.
fn overlaps(workload: &str, floor: f64) {
    let (truth, estimate) = (truth(workload), estimate(workload));
    let whole: i64 = truth.values().sum();
    assert_eq!(whole, estimate.values().sum::<i64>(), "{workload}: the estimate has another total");
    let common: i64 = truth.iter().map(|(path, &cost)| cost.min(estimate.get(path).copied().unwrap_or(0))).sum();
    let overlap = common as f64 / whole as f64;
    assert!(overlap >= floor, "{workload}: {overlap:.4} of the cost is at its true stack, expected {floor}");
}

#[test]
fn recursion_of_every_kind() {
    overlaps("rec", 0.848);
}

#[test]
fn modules_of_the_standard_library() {
    overlaps("stdlib", 0.812);
}

#[test]
fn coroutines() {
    overlaps("async", 0.948);
}

#[test]
fn imports_of_imports() {
    overlaps("compileall", 0.597);
}

#[test]
fn generators_and_exceptions() {
    overlaps("gen_exc", 0.992);
}
