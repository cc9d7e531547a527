//! The generated inputs of the benchmark are what they promise, seen through our readers at a small scale.

use profkit_core::{Notes, Profile, ReadOptions};
use profkit_testkit::inputs::{Drift, Graph, Stacks, callgrind, collapsed, heap, pprof, pstats, speedscope};
use std::collections::HashSet;
use std::io::{self, Write};

const BYTES: usize = 100_000;

fn stacks() -> Stacks {
    Stacks::of_collapsed_bytes(BYTES, 1, Drift::None)
}

/// Reads what was written, which must be as it should be: nothing odd is noted.
fn read(format: &str, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Profile {
    let mut file = Vec::new();
    write(&mut file).expect("a vector takes everything");
    let mut notes = Notes::new();
    let (profile, found) =
        profkit_formats::read(&file, None, None, &ReadOptions::default(), &mut notes).expect("a valid file");
    assert_eq!(found.name(), format);
    profile
}

/// Checks that the profile has each stack once, with its names from the root, and its count.
fn assert_has(profile: &Profile, stacks: &Stacks) {
    assert_eq!(profile.samples.len(), stacks.len());
    for (sample, (frames, count)) in profile.samples.iter().zip(stacks.iter()) {
        let mut path = Vec::new();
        profile.stacks.read_path(sample.stack.expect("a stack"), &mut path);
        let names: Vec<_> = path.iter().filter_map(|&frame| profile.frame_name(frame)).collect();
        let expected: Vec<_> = frames.iter().map(|&frame| &*stacks.names[frame as usize]).collect();
        assert_eq!(names, expected);
        assert_eq!(sample.values[0], count as i64);
    }
}

#[test]
fn stacks_are_distinct_and_begin_alike() {
    let stacks = Stacks::of_collapsed_bytes(2_000_000, 1, Drift::None);
    let distinct: HashSet<_> = stacks.iter().map(|(frames, _)| frames).collect();
    assert_eq!(distinct.len(), stacks.len());
    let nodes: HashSet<_> =
        stacks.iter().flat_map(|(frames, _)| (1..=frames.len()).map(|end| &frames[..end])).collect();
    let frames: usize = stacks.iter().map(|(frames, _)| frames.len()).sum();
    assert!((15..20).contains(&(frames / stacks.len())), "{} frames per stack", frames / stacks.len());
    assert!(nodes.len() < frames * 3 / 4, "{} nodes of {frames} frames", nodes.len());
}

#[test]
fn the_second_of_a_pair_has_other_values() {
    let (first, second) = (stacks(), Stacks::of_collapsed_bytes(BYTES, 1, Drift::Some));
    let pairs = || first.iter().zip(second.iter());
    let (counts, ends) = (pairs().filter(|(a, b)| a.1 != b.1).count(), pairs().filter(|(a, b)| a.0 != b.0).count());
    assert!(counts > first.len() / 20 && counts < first.len() / 3, "{counts} of {}", first.len());
    assert!(ends > 0 && ends < first.len() / 10, "{ends} of {}", first.len());
}

#[test]
fn collapsed_stacks_have_the_bytes_asked_for() {
    let mut file = Vec::new();
    collapsed(&stacks(), &mut file).expect("a vector takes everything");
    assert!((BYTES..BYTES + 2_000).contains(&file.len()), "{} bytes", file.len());
    assert_has(&read("collapsed", |out| collapsed(&stacks(), out)), &stacks());
}

#[test]
fn pprof_has_the_stacks() {
    let profile = read("pprof", |out| pprof(&stacks(), 0..stacks().len(), out));
    assert_has(&profile, &stacks());
    assert!(profile.samples.iter().all(|sample| sample.values[1] == sample.values[0] * 10_000_000));
}

#[test]
fn speedscope_has_the_stacks() {
    assert_has(&read("speedscope", |out| speedscope(&stacks(), out)), &stacks());
}

#[test]
fn a_heap_profile_has_as_many_stacks() {
    assert_eq!(read("pprof-legacy", |out| heap(&stacks(), out)).samples.len(), stacks().len());
}

#[test]
fn pstats_and_callgrind_have_the_arcs_and_the_time() {
    let graph = Graph::new(500, 3_000);
    let self_ns = graph.functions.iter().map(|function| (function.self_s * 1e9).round() as i64).sum::<i64>();
    for (format, profile) in [
        ("pstats", read("pstats", |out| pstats(&graph, out))),
        ("callgrind", read("callgrind", |out| callgrind(&graph, out))),
    ] {
        let calls = &profile.calls[0];
        assert_eq!((profile.functions.len(), calls.arcs().count()), (500, 3_000), "{format}");
        let total: i64 = calls.own().map(|(_, costs)| costs[0]).sum();
        assert!((total - self_ns).abs() < 500, "{format}: {total} for {self_ns}");
    }
    let root = &graph.functions[0];
    let total_s: f64 = graph.functions.iter().map(|function| function.self_s).sum();
    assert!(root.total_s > 0.5 * total_s && root.total_s < 1.001 * total_s, "{} of {total_s}", root.total_s);
}
