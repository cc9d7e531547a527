//! What a profile says, spelled out row by row with nothing of the code under test but its accessors.
//!
//! The law compares what went through the same tables twice, so that a row which these always lose is
//! missed on neither side. Here it is missed.

use profkit_core::{FrameId, FunctionId, LabelValue, Profile, ThreadId};
use std::collections::{BTreeMap, BTreeSet};

/// Returns every sample and every row of the call graphs, in order, as text without any id.
pub fn rows(profile: &Profile) -> Vec<String> {
    let mut rows = Vec::new();
    for sample in profile.samples.iter() {
        let path = sample.stack.map(|stack| path(profile, stack));
        let thread = sample.thread.map(|id| thread(profile, id));
        let values = (sample.values, sample.time_ns, sample.kept);
        rows.push(format!("{path:?} {thread:?} {:?} {values:?}", labels(profile, sample.labels)));
    }
    for graph in &profile.calls {
        let thread = graph.thread.map(|id| thread(profile, id));
        rows.push(format!("{thread:?} {:?} {}", graph.part.map(|id| &profile.strings[id]), graph.count_stride()));
        rows.extend(graph.own().map(|(id, costs)| format!("{} {costs:?}", frame(profile, id))));
        rows.extend(graph.arcs().map(|arc| {
            let numbers = (arc.calls, arc.primitive_calls, arc.inclusive, arc.callee_self);
            format!("{} {} {numbers:?}", frame(profile, arc.caller), function(profile, arc.callee))
        }));
        rows.extend(graph.totals().map(|total| {
            let numbers = (total.calls, total.primitive_calls, total.inclusive);
            format!("{} {numbers:?}", function(profile, total.function))
        }));
    }
    rows.push(format!("{:?} {:?}", profile.value_types, profile.meta));
    rows
}

/// Returns what the samples of each thread, time, stack and list of labels sum up to.
pub fn sums(profile: &Profile) -> BTreeMap<String, Vec<i64>> {
    let mut sums: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for sample in profile.samples.iter() {
        let path = sample.stack.map(|stack| path(profile, stack));
        let thread = sample.thread.map(|id| thread(profile, id));
        let key = format!("{path:?} {thread:?} {:?} {:?}", labels(profile, sample.labels), sample.time_ns);
        let sum = sums.entry(key).or_insert_with(|| vec![0; sample.values.len()]);
        sum.iter_mut().zip(sample.values).for_each(|(sum, value)| *sum += value);
    }
    sums
}

/// Returns what each function of the samples cost with all that it called, recursion counted once.
pub fn totals(profile: &Profile) -> BTreeMap<String, Vec<i64>> {
    let mut totals: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for sample in profile.samples.iter() {
        let frames = sample.stack.into_iter().flat_map(|stack| profile.stacks.leaf_to_root(stack));
        let functions: BTreeSet<String> =
            frames.filter_map(|id| profile.frames[id].function).map(|id| function(profile, id)).collect();
        for name in functions {
            let total = totals.entry(name).or_insert_with(|| vec![0; sample.values.len()]);
            total.iter_mut().zip(sample.values).for_each(|(total, value)| *total += value);
        }
    }
    totals
}

/// Returns what the call graphs of all threads state of each function.
pub fn stated(profile: &Profile) -> BTreeMap<String, Vec<i64>> {
    let mut totals: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for total in profile.calls.iter().flat_map(profkit_core::CallGraph::totals) {
        let costs = total.inclusive.unwrap_or_default();
        let sum = totals.entry(function(profile, total.function)).or_insert_with(|| vec![0; costs.len()]);
        sum.iter_mut().zip(costs).for_each(|(sum, cost)| *sum += cost);
    }
    totals
}

fn path(profile: &Profile, stack: profkit_core::StackId) -> Vec<String> {
    profile.stacks.leaf_to_root(stack).map(|id| frame(profile, id)).collect()
}

fn function(profile: &Profile, id: FunctionId) -> String {
    let it = profile.functions[id];
    let texts = [Some(it.name), it.system_name, it.module, it.file, it.full_path, it.context_of];
    format!("{:?} {:?}", texts.map(|id| id.map(|id| &profile.strings[id])), it.start_line)
}

fn frame(profile: &Profile, id: FrameId) -> String {
    let it = profile.frames[id];
    let mapping = it.mapping.map(|id| {
        let it = profile.mappings[id];
        let texts = [it.file, it.build_id].map(|id| profile.strings.text(id));
        (it.start, it.limit, it.offset, texts, it.has)
    });
    let place = (it.file.map(|id| &profile.strings[id]), it.line, it.column, it.address, mapping);
    let function = it.function.map(|id| function(profile, id));
    format!("{function:?} {place:?} {:?}", (it.inlined, it.folded, it.in_app))
}

fn thread(profile: &Profile, id: ThreadId) -> String {
    let it = profile.threads[id];
    format!("{} {:?}", it.source, [it.process, it.id, it.name].map(|id| id.map(|id| &profile.strings[id])))
}

fn labels(profile: &Profile, first: Option<profkit_core::LabelId>) -> Vec<String> {
    let text = |label: profkit_core::Label| match label.value {
        LabelValue::Text(value) => format!("{:?} {:?}", &profile.strings[label.key], &profile.strings[value]),
        LabelValue::Number { value, unit } => {
            format!("{:?} {value} {:?}", &profile.strings[label.key], unit.map(|id| &profile.strings[id]))
        }
    };
    profile.label_list(first).map(text).collect()
}
