//! What the laws do not tell: which rows of two inputs are the same, and what is said where inputs disagree.

use super::*;
use profkit_core::{
    CallGraph, ErrorKind, Frame, Function, Mapping, Sample, Session, StackId, Symbols, Thread, ThreadId, Transaction,
    ValueType, Weights,
};
use std::num::NonZeroU64;

fn profile() -> Profile {
    Profile::new(vec![ValueType::new("cpu", "nanoseconds")])
}

fn stack(profile: &mut Profile, name: &str) -> Option<StackId> {
    let name = profile.string(name);
    let function = Some(profile.function(Function::named(name)));
    let frame = profile.frame(Frame { function, ..Frame::default() });
    Some(profile.stack(&[frame]).expect("not too deep"))
}

fn thread(profile: &mut Profile, process: &str, id: &str, name: &str) -> Option<ThreadId> {
    let [process, id, name] = [process, id, name].map(|text| profile.text(text));
    Some(profile.thread(Thread { process, id, name, ..Thread::default() }))
}

/// Returns a profile of samples of one function: a thread (process, id, name), a value and a time.
fn samples(rows: &[(&[&str; 3], i64, Option<i64>)]) -> Profile {
    let mut profile = profile();
    let stack = stack(&mut profile, "f");
    for &([process, id, name], value, time_ns) in rows {
        let is_known = [process, id, name].iter().any(|text| !text.is_empty());
        let thread = if is_known { thread(&mut profile, process, id, name) } else { None };
        profile.samples.push(Sample { thread, time_ns, ..Sample::new(stack, &[value]) });
    }
    profile
}

fn try_merge(options: MergeOptions, profiles: &[Profile]) -> Result<(Profile, Vec<String>)> {
    let (mut merge, mut notes) = (Merge::new(options), Notes::new());
    for (index, profile) in profiles.iter().enumerate() {
        merge.add(&format!("{index}.prof"), profile.clone(), &mut notes)?;
    }
    let merged = merge.finish(&mut notes)?;
    Ok((merged, notes.iter().map(ToString::to_string).collect()))
}

fn merge(profiles: &[Profile]) -> (Profile, Vec<String>) {
    try_merge(MergeOptions::default(), profiles).expect("small numbers")
}

/// Returns the samples of a profile: source and title of the thread, value, time.
fn rows(profile: &Profile) -> Vec<(u32, String, i64, Option<i64>)> {
    let title = |id: ThreadId| (profile.threads[id].source, profile.thread_title(id));
    let rows = profile.samples.iter().map(|sample| {
        let (source, title) = sample.thread.map(title).unwrap_or_default();
        (source, title, sample.values[0], sample.time_ns)
    });
    rows.collect()
}

const NONE: &[&str; 3] = &["", "", ""];
const MAIN: &[&str; 3] = &["", "1", "main"];
const OF_PROCESS: &[&str; 3] = &["77", "1", "main"];

#[test]
fn threads_of_different_inputs_are_different_unless_the_process_is_known() {
    let of = |thread| samples(&[(thread, 1, None)]);
    let (merged, notes) = merge(&[of(NONE), of(MAIN), of(MAIN), of(NONE), of(OF_PROCESS), of(OF_PROCESS)]);
    let main = || "thread (1): main".to_owned();
    assert_eq!(
        rows(&merged),
        [(0, String::new(), 2, None), (1, main(), 1, None), (2, main(), 1, None), (0, main(), 2, None)]
    );
    assert!(notes.is_empty(), "{notes:?}");
    let (merged, _) = merge(&[of(NONE), of(MAIN), of(NONE)]);
    assert_eq!(rows(&merged), [(0, String::new(), 2, None), (0, main(), 1, None)]);
}

#[test]
fn samples_in_time_do_not_get_between_those_of_other_inputs() {
    let of = |time_ns| samples(&[(NONE, 1, time_ns)]);
    let (merged, _) = merge(&[of(Some(5)), of(None), of(Some(5))]);
    let nameless = || "thread".to_owned();
    assert_eq!(rows(&merged), [(1, nameless(), 1, Some(5)), (0, String::new(), 1, None), (2, nameless(), 1, Some(5))]);
    assert_eq!(rows(&merge(&[of(Some(5)), of(None)]).0)[0].1, "");
}

#[test]
fn joined_threads_go_by_name_and_have_no_times() {
    let options = MergeOptions { join_threads: true, ..MergeOptions::default() };
    let input = samples(&[(MAIN, 1, Some(5)), (OF_PROCESS, 2, None), (&["", "2", ""], 4, Some(6))]);
    let (merged, notes) = try_merge(options, &[input.clone(), input]).expect("small numbers");
    assert_eq!(rows(&merged), [(0, "thread: main".to_owned(), 6, None), (0, String::new(), 8, None)]);
    assert_eq!(notes, ["threads were joined by name, without timestamps: 4 samples lost theirs"]);
}

#[test]
fn times_keep_their_moment() {
    let of = |start_ns: Option<i64>| {
        let mut profile = samples(&[(MAIN, 1, Some(5))]);
        profile.meta.start_ns = start_ns;
        let mut transaction = Transaction::default();
        (transaction.start_ns, transaction.end_ns) = (start_ns.map(|_| 1), start_ns.map(|_| 2));
        profile.meta.transactions.push(transaction);
        profile
    };
    let (merged, notes) = merge(&[of(None), of(Some(300)), of(None), of(Some(100)), of(Some(200))]);
    assert_eq!(merged.meta.start_ns, Some(100));
    let times: Vec<_> = merged.samples.iter().map(|sample| sample.time_ns.unwrap()).collect();
    assert_eq!(times, [5, 205, 5, 5, 105]);
    assert_eq!(merged.meta.transactions[3].start_ns, Some(1));
    assert_eq!(merged.meta.transactions[4].end_ns, Some(102));
    assert!(notes[0].starts_with("some inputs do not state when they started") && notes[0].contains("2 samples"));
    let error = try_merge(MergeOptions::default(), &[of(Some(i64::MIN)), of(Some(1))]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Overflow);
}

/// Returns a profile of one sample in a binary that was loaded at `start`.
fn loaded(start: u64, size: u64, build_id: &str, has: Symbols) -> Profile {
    let mut profile = profile();
    let (file, build_id) = (profile.text("/bin/app"), profile.text(build_id));
    let mapping = Mapping { start, limit: start + size, offset: 0, file, build_id, has };
    let mapping = Some(profile.mapping(mapping));
    let frame = profile.frame(Frame { address: NonZeroU64::new(start + 0x10), mapping, ..Frame::default() });
    let stack = Some(profile.stack(&[frame]).expect("not too deep"));
    profile.samples.push(Sample::new(stack, &[1]));
    profile
}

#[test]
fn a_binary_is_the_same_wherever_it_was_loaded() {
    let all = Symbols::FUNCTIONS.with(Symbols::FILENAMES, true);
    let (merged, _) = merge(&[loaded(0x7000, 0x1800, "", all), loaded(0x9000, 0x2000, "", Symbols::FUNCTIONS)]);
    assert_eq!((merged.mappings.len(), merged.samples.values()), (1, &[2][..]));
    let (_, mapping) = merged.mappings.iter().next().unwrap();
    assert_eq!((mapping.start, mapping.has), (0x7000, Symbols::FUNCTIONS));
    let (merged, _) = merge(&[loaded(0x7000, 0x1000, "a", all), loaded(0x9000, 0x1000, "b", all)]);
    assert_eq!((merged.mappings.len(), merged.samples.len()), (2, 2));
}

#[test]
fn values_are_of_the_finer_unit_and_0_where_an_input_has_none() {
    let of = |types: &[(&str, &str)]| {
        let mut profile = Profile::new(types.iter().map(|(kind, unit)| ValueType::new(kind, unit)).collect());
        let stack = stack(&mut profile, "f");
        profile.samples.push(Sample::new(stack, &vec![3; types.len()]));
        profile
    };
    let (merged, notes) = merge(&[of(&[("size", "kilobytes")]), of(&[("cpu", "ms"), ("size", "bytes")]), of(&[])]);
    let names: Vec<_> = merged.value_types.iter().map(|it| (it.kind.as_str(), it.unit.name.as_str())).collect();
    assert_eq!((names, merged.samples.values()), (vec![("size", "bytes"), ("cpu", "ms")], &[3075, 3][..]));
    assert_eq!(
        notes,
        [
            "not every input has size/bytes: 1 input counts 0 there (first: 2.prof)",
            "not every input has cpu/ms: 2 inputs count 0 there (first: 0.prof)",
        ]
    );
    // The first input shows its last value, which is the first column now.
    assert_eq!(merged.default_value(), 0);
    let (merged, _) = merge(&[of(&[("ticks", "cycles")]), of(&[("ticks", "loops")])]);
    assert_eq!(merged.samples.values(), [3, 3]);
}

#[test]
fn a_sum_that_does_not_fit_is_an_error() {
    let large = samples(&[(NONE, i64::MAX, None)]);
    let error = try_merge(MergeOptions::default(), &[large.clone(), large]).unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::Overflow, "the sum of equal samples does not fit into 64 bits")
    );
}

#[test]
fn stacks_and_call_graphs_meet_only_as_call_graphs() {
    let mut graph = profile();
    let name = graph.string("f");
    let function = graph.function(Function::named(name));
    let frame = graph.frame(Frame { function: Some(function), ..Frame::default() });
    let mut costs = CallGraph::new(1);
    costs.add_own(frame, &[7]);
    graph.calls.push(costs);
    let inputs = [samples(&[(NONE, 1, None)]), graph];
    let error = try_merge(MergeOptions::default(), &inputs).unwrap_err();
    assert!(error.message().starts_with("0.prof holds stacks and 1.prof a call graph"), "{error}");
    let options = MergeOptions { as_graph: true, ..MergeOptions::default() };
    let (merged, _) = try_merge(options, &inputs).expect("call graphs");
    assert_eq!(merged.column_totals().unwrap(), [8]);
    // One states totals and the other does not: what is not stated must not be missing in a sum.
    let totals = derive::function_totals(&merged).unwrap();
    let (id, _) = merged.functions.iter().next().unwrap();
    assert_eq!(totals[id].total, [8]);
}

#[test]
fn samples_of_inputs_are_labelled() {
    let options = MergeOptions { label_inputs: Some("file".to_owned()), ..MergeOptions::default() };
    let input = samples(&[(NONE, 1, None), (NONE, 2, None)]);
    let (merged, _) = try_merge(options, &[input.clone(), input]).expect("small numbers");
    assert_eq!(merged.samples.values(), [3, 3]);
}

#[test]
fn a_session_that_goes_on_is_weighed_anew() {
    let of = |ids: &str, times_ns: &[i64]| {
        let rows: Vec<_> = times_ns.iter().map(|&time_ns| (MAIN, 0, Some(time_ns))).collect();
        let mut profile = samples(&rows);
        let id = Some(ids.to_owned());
        profile.meta.sessions.push(Session { source: 0, id, weights: Weights::Ticks });
        weighed(&mut profile);
        profile
    };
    let (merged, _) = merge(&[of("a", &[30, 40]), of("b", &[30, 40]), of("a", &[0, 10])]);
    assert_eq!(merged.samples.values(), [10, 0, 10, 0, 10, 20]);
    assert_eq!(merged.meta.sessions.len(), 2);
    // Beside a value that follows from no time, there is no session, and no sample gets what it has not.
    let mut other = Profile::new(vec![ValueType::new("samples", "count")]);
    let stack = stack(&mut other, "f");
    other.samples.push(Sample::new(stack, &[1]));
    let (merged, notes) = merge(&[of("a", &[30, 40]), other, of("a", &[0, 10])]);
    assert_eq!(merged.samples.values(), [10, 0, 0, 0, 0, 1, 10, 0, 20, 0]);
    assert!(merged.meta.sessions.is_empty() && notes[2].contains("no longer follow from times"), "{notes:?}");
}

fn weighed(profile: &mut Profile) {
    profkit_core::weigh(profile, &mut Notes::new()).expect("small numbers");
}
