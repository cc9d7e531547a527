//! What a profile says, spelled out row by row with nothing of the code under test but its accessors.
//!
//! The law compares what went through the same tables twice, so that a row which these always lose is
//! missed on neither side. Here it is missed.

use profkit_core::{Dimension, FrameId, FunctionId, LabelValue, Profile, ThreadId};
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

/// Returns what samples and rows of call graphs cost, by column: in 10^-14 of the base unit, without zeros.
///
/// It does not matter in which order, in which unit, since when and in which input of a merge something stands.
pub fn costs(profile: &Profile) -> BTreeMap<String, BTreeMap<String, i128>> {
    let mut costs = Costs { names: column_names(profile), profile, rows: BTreeMap::new() };
    let start_ns = profile.meta.start_ns.unwrap_or_default();
    for sample in profile.samples.iter() {
        let path = sample.stack.map(|stack| path(profile, stack));
        let time_ns = sample.time_ns.map(|time| time + start_ns);
        let thread = sample.thread.and_then(|id| thread_of_any_input(profile, id));
        let key = format!("{path:?} {thread:?} {:?} {time_ns:?} {:?}", labels(profile, sample.labels), sample.kept);
        costs.add(key, "", Some(sample.values));
    }
    for graph in &profile.calls {
        let thread = graph.thread.and_then(|id| thread_of_any_input(profile, id));
        let title = format!("{thread:?} {:?}", graph.part.map(|id| &profile.strings[id]));
        for (id, own) in graph.own() {
            costs.add(format!("{title} {}", frame(profile, id)), "", Some(own));
        }
        for arc in graph.arcs() {
            let key = format!("{title} {} calls {}", frame(profile, arc.caller), function(profile, arc.callee));
            costs.add(key.clone(), "inclusive", arc.inclusive);
            costs.add(key.clone(), "callee self", arc.callee_self);
            costs.count(&key, "calls", arc.calls);
            costs.count(&key, "primitive calls", arc.primitive_calls);
        }
        for total in graph.totals() {
            let key = format!("{title} total {}", function(profile, total.function));
            costs.add(key.clone(), "inclusive", total.inclusive);
            costs.count(&key, "calls", total.calls);
            costs.count(&key, "primitive calls", total.primitive_calls);
        }
    }
    costs.rows
}

struct Costs<'p> {
    profile: &'p Profile,
    names: Vec<String>,
    rows: BTreeMap<String, BTreeMap<String, i128>>,
}

impl Costs<'_> {
    fn add(&mut self, key: String, of: &str, values: Option<&[i64]>) {
        let row = self.rows.entry(key).or_default();
        let Some(values) = values else { return };
        for ((value, value_type), name) in values.iter().zip(&self.profile.value_types).zip(&self.names) {
            let unit = &value_type.unit;
            let scale = 10i128.pow(u32::try_from(i32::from(unit.exponent) + 14).expect("no finer unit"));
            let sum = row.entry(format!("{of} {name}")).or_default();
            *sum += i128::from(*value) * i128::from(unit.factor) * scale;
        }
        row.retain(|_, sum| *sum != 0);
    }

    fn count(&mut self, key: &str, of: &str, counts: Option<&[i64]>) {
        let row = self.rows.entry(key.to_owned()).or_default();
        for (column, &count) in counts.into_iter().flatten().enumerate() {
            *row.entry(format!("{of} {column}")).or_default() += i128::from(count);
        }
    }
}

/// Returns names of columns by kind and dimension; a second one of the same name gets a number.
fn column_names(profile: &Profile) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for value_type in &profile.value_types {
        let unit = &value_type.unit;
        let unit = if unit.dimension == Dimension::Other { unit.name.as_str() } else { unit.dimension.name() };
        let name = format!("{} {unit}", value_type.kind);
        let number = names.iter().filter(|it| it.split(" #").next() == Some(&name)).count();
        names.push(format!("{name} #{number}"));
    }
    names
}

/// Returns a thread without the number of its input; none where nothing else was known of it.
fn thread_of_any_input(profile: &Profile, id: ThreadId) -> Option<String> {
    let it = profile.threads[id];
    let texts = [it.process, it.id, it.name].map(|id| id.map(|id| &profile.strings[id]));
    texts.iter().any(Option::is_some).then(|| format!("{texts:?}"))
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
