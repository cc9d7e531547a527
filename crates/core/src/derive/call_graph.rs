//! Stacks into a call graph, exactly.

use super::function_arcs::{FunctionArc, FunctionArcs};
use super::named;
use super::walk::{Visitor, Weights, add};
use crate::calls::{Arc, CallGraph, Total};
use crate::error::Result;
use crate::facet::Facets;
use crate::hash::Map;
use crate::id::{FrameId, FunctionId, Id, ThreadId};
use crate::notes::{NoteKind, Notes};
use crate::profile::Profile;
use crate::samples::{Sample, Samples};
use crate::transfer::Transfer;

/// Returns the profile with its samples turned into one call graph per thread.
///
/// The own cost goes to the leaf frame; each distinct arc of a stack counts once per sample, and so does
/// each function's total, however deep it recurses. Calls are counted where the source tells which frames
/// of consecutive samples are the same calls. Frames without a function are named after their address.
///
/// # Errors
///
/// A sum that does not fit into 64 bits is an error of kind `Overflow`.
pub fn call_graph(profile: &Profile, notes: &mut Notes) -> Result<Profile> {
    let profile = &*named(profile, "a call graph", notes)?;
    let mut to = Profile::new(profile.value_types.clone());
    to.meta = profile.meta.clone();
    to.meta.sessions.clear();
    let mut transfer = Transfer::new(profile, Facets::NONE);
    for (id, _) in profile.mappings.iter() {
        transfer.mapping(&mut to, id);
    }
    let mut threads: Vec<Option<ThreadId>> = profile.samples.iter().map(|sample| sample.thread).collect();
    threads.sort_unstable();
    threads.dedup();
    let place: Map<_, _> = threads.iter().enumerate().map(|(place, &thread)| (thread, place)).collect();
    let stride = profile.value_types.len();
    let mut weights: Vec<Weights> = threads.iter().map(|_| Weights::new(stride)).collect();
    for sample in profile.samples.iter() {
        if let Some(stack) = sample.stack {
            weights[place[&sample.thread]].add(stack, sample.values)?;
        }
    }
    let frames: Vec<FrameId> = profile.frames.iter().map(|(id, _)| id).collect();
    let calls = count_calls(profile, &frames, &place, threads.len());
    for ((thread, weights), calls) in threads.into_iter().zip(weights).zip(calls) {
        let mut builder = Builder::new(profile, &frames);
        weights.walk(&profile.stacks, &mut builder)?;
        let mut graph = builder.graph(&mut to, &mut transfer, calls.as_ref());
        graph.thread = transfer.thread(&mut to, thread);
        to.calls.push(graph);
    }
    note_losses(profile, notes);
    to.samples = Samples::new(stride);
    Ok(to)
}

/// Returns who calls whom in the samples, whatever the lines, and how often where that is known. What is left out
/// is passed over: its callers then call its callees, and nobody counts how often.
pub(super) fn function_arcs(
    profile: &Profile,
    is_left_out: Option<&dyn Fn(FunctionId) -> bool>,
) -> Result<FunctionArcs> {
    let frames = one_frame_per_function(profile);
    let mut weights = Weights::of_most(&profile.stacks, profile.value_types.len());
    for sample in profile.samples.iter() {
        if let Some(stack) = sample.stack {
            weights.add(stack, sample.values)?;
        }
    }
    let mut builder = Builder::new(profile, &frames);
    builder.is_left_out = is_left_out;
    weights.walk(&profile.stacks, &mut builder)?;
    let counts = counted_calls(profile, &frames);
    let by_function = |((caller, callee), costs)| Some(((profile.frames[caller].function?, callee), caller, costs));
    let mut rows: Vec<((FunctionId, FunctionId), FrameId, ArcCosts)> =
        builder.arcs.into_iter().filter_map(by_function).collect();
    rows.sort_unstable_by_key(|row| row.0);
    let mut arcs = FunctionArcs::with_capacity(rows.len());
    for ((caller, callee), frame, costs) in &rows {
        let counts = counts.as_ref().filter(|_| costs.is_direct);
        let counts = counts.map(|counts| counts.arcs.get(&(*frame, *callee)).copied().unwrap_or_default());
        let [calls, primitive_calls] = [0, 1].map(|column| counts.as_ref().map(|counts| &counts[column..=column]));
        arcs.add(FunctionArc {
            caller: *caller,
            callee: *callee,
            calls,
            primitive_calls,
            inclusive: Some(&costs.inclusive),
            callee_self: Some(&costs.callee_self),
            is_direct: costs.is_direct,
        })?;
    }
    Ok(arcs)
}

/// Returns for each frame the first one of its function.
fn one_frame_per_function(profile: &Profile) -> Vec<FrameId> {
    let mut first: Vec<Option<FrameId>> = vec![None; profile.functions.len()];
    let frames = profile.frames.iter().map(|(id, frame)| match frame.function {
        Some(function) => *first[function.index()].get_or_insert(id),
        None => id,
    });
    frames.collect()
}

/// Returns the calls of all threads together, where the source tells them from one another.
pub(super) fn function_calls(profile: &Profile) -> Option<impl Fn(FunctionId) -> [i64; 2]> {
    let counts = counted_calls(profile, &one_frame_per_function(profile))?;
    Some(move |function| counts.functions.get(&function).copied().unwrap_or_default())
}

fn counted_calls(profile: &Profile, frames: &[FrameId]) -> Option<Counts> {
    let mut threads: Map<Option<ThreadId>, usize> = Map::default();
    for sample in profile.samples.iter() {
        let next = threads.len();
        threads.entry(sample.thread).or_insert(next);
    }
    let of_threads = count_calls(profile, frames, &threads, threads.len());
    of_threads.into_iter().flatten().map(|calls| calls.counts).reduce(|mut all, one| {
        let add = |sum: &mut [i64; 2], counts: [i64; 2]| sum.iter_mut().zip(counts).for_each(|(sum, it)| *sum += it);
        one.functions.into_iter().for_each(|(key, counts)| add(all.functions.entry(key).or_default(), counts));
        one.arcs.into_iter().for_each(|(key, counts)| add(all.arcs.entry(key).or_default(), counts));
        all
    })
}

fn note_losses(profile: &Profile, notes: &mut Notes) {
    let census = profile.census();
    let stacks = profile.samples.len() as u64;
    notes.add(
        NoteKind::Lost,
        "stacks became a call graph",
        stacks,
        "samples lost their chain of callers|sample lost its chain of callers",
        || None,
    );
    for facet in
        [crate::Facet::EmptyStacks, crate::Facet::Timestamps, crate::Facet::CallBoundaries, crate::Facet::Labels]
    {
        if census.count(facet) > 0 {
            let what = format!("a call graph cannot hold {}", facet.what());
            notes.add(NoteKind::Lost, what, census.count(facet), facet.loss(), || {
                census.example(facet).map(str::to_owned)
            });
        }
    }
}

type ArcKey = (FrameId, FunctionId);

/// Sums up what a walk meets; frames and functions are those of the source profile.
struct Builder<'p> {
    profile: &'p Profile,
    // The frame that stands for each frame as a caller.
    frames: &'p [FrameId],
    is_left_out: Option<&'p dyn Fn(FunctionId) -> bool>,
    // How many frames are left out behind the last one of the path.
    gap: u32,
    // The frames that are not left out, each with the gap before it.
    path: Vec<(FrameId, u32)>,
    // By function, not a row for every function of the profile: there may be as many threads as functions.
    active: Map<FunctionId, u32>,
    totals: Map<FunctionId, Vec<i64>>,
    own: Map<FrameId, Vec<i64>>,
    arcs: Map<ArcKey, ArcCosts>,
}

#[derive(Default)]
struct ArcCosts {
    active: u32,
    is_direct: bool,
    inclusive: Vec<i64>,
    callee_self: Vec<i64>,
}

impl<'p> Builder<'p> {
    fn new(profile: &'p Profile, frames: &'p [FrameId]) -> Builder<'p> {
        Builder {
            profile,
            frames,
            is_left_out: None,
            gap: 0,
            path: Vec::new(),
            active: Map::default(),
            totals: Map::default(),
            own: Map::default(),
            arcs: Map::default(),
        }
    }

    fn arc(&self, frame: FrameId) -> Option<ArcKey> {
        Some((self.frames[self.path.last()?.0.index()], self.profile.frames[frame].function?))
    }

    fn leaves_out(&self, frame: FrameId) -> bool {
        let is_left_out = self.is_left_out.zip(self.profile.frames[frame].function);
        is_left_out.is_some_and(|(is_left_out, function)| is_left_out(function))
    }

    fn graph(self, to: &mut Profile, transfer: &mut Transfer<'_>, calls: Option<&Calls>) -> CallGraph {
        let mut graph = CallGraph::new(self.profile.value_types.len());
        let mut own: Vec<_> = self.own.into_iter().collect();
        own.sort_unstable_by_key(|(frame, _)| *frame);
        for (frame, costs) in own {
            graph.add_own(transfer.frame(to, frame), &costs);
        }
        let none = [0];
        let count = |counts: Option<&[i64; 2]>, index: usize| counts.map_or(none, |counts| [counts[index]]);
        let mut arcs: Vec<_> = self.arcs.into_iter().collect();
        arcs.sort_unstable_by_key(|(key, _)| *key);
        for ((caller, callee), costs) in arcs {
            let counts = calls.map(|calls| calls.counts.arcs.get(&(caller, callee)));
            let [all, primitive] = [0, 1].map(|index| counts.map(|counts| count(counts, index)));
            graph.add_arc(Arc {
                caller: transfer.frame(to, caller),
                callee: transfer.function(to, callee),
                calls: all.as_ref().map(|count| &count[..]),
                primitive_calls: primitive.as_ref().map(|count| &count[..]),
                inclusive: Some(&costs.inclusive),
                callee_self: Some(&costs.callee_self),
            });
        }
        let mut totals: Vec<_> = self.totals.into_iter().collect();
        totals.sort_unstable_by_key(|(function, _)| *function);
        for (function, costs) in totals {
            let counts = calls.map(|calls| calls.counts.functions.get(&function));
            let [all, primitive] = [0, 1].map(|index| counts.map(|counts| count(counts, index)));
            graph.add_total(Total {
                function: transfer.function(to, function),
                calls: all.as_ref().map(|count| &count[..]),
                primitive_calls: primitive.as_ref().map(|count| &count[..]),
                inclusive: Some(&costs),
            });
        }
        graph
    }
}

impl Visitor for Builder<'_> {
    fn enter(&mut self, frame: FrameId, below: &[i64]) -> Result<()> {
        if self.leaves_out(frame) {
            self.gap += 1;
            return Ok(());
        }
        let gap = std::mem::take(&mut self.gap);
        if let Some(key) = self.arc(frame) {
            let arc = self.arcs.entry(key).or_insert_with(|| ArcCosts {
                active: 0,
                is_direct: false,
                inclusive: vec![0; below.len()],
                callee_self: vec![0; below.len()],
            });
            if arc.active == 0 {
                add(&mut arc.inclusive, below)?;
            }
            arc.active += 1;
            arc.is_direct |= gap == 0;
        }
        if let Some(function) = self.profile.frames[frame].function {
            let active = self.active.entry(function).or_default();
            if *active == 0 {
                add(self.totals.entry(function).or_insert_with(|| vec![0; below.len()]), below)?;
            }
            *active += 1;
        }
        self.path.push((frame, gap));
        Ok(())
    }

    fn leaf(&mut self, frame: FrameId, own: &[i64]) -> Result<()> {
        if self.leaves_out(frame) {
            return Ok(());
        }
        add(self.own.entry(frame).or_insert_with(|| vec![0; own.len()]), own)?;
        let last = self.path.pop();
        let key = self.arc(frame);
        self.path.extend(last);
        match key.and_then(|key| self.arcs.get_mut(&key)) {
            Some(arc) => add(&mut arc.callee_self, own),
            None => Ok(()),
        }
    }

    fn leave(&mut self, frame: FrameId) {
        if self.leaves_out(frame) {
            self.gap -= 1;
            return;
        }
        self.gap = self.path.pop().map_or(0, |(_, gap)| gap);
        if let Some(arc) = self.arc(frame).and_then(|key| self.arcs.get_mut(&key)) {
            arc.active -= 1;
        }
        let function = self.profile.frames[frame].function;
        if let Some(active) = function.and_then(|function| self.active.get_mut(&function)) {
            *active -= 1;
        }
    }
}

/// Calls and primitive calls by function and arc.
#[derive(Default)]
struct Counts {
    functions: Map<FunctionId, [i64; 2]>,
    arcs: Map<ArcKey, [i64; 2]>,
}

/// The calls of one thread, up to a sample.
#[derive(Default)]
struct Calls {
    counts: Counts,
    path: Vec<FrameId>,
    active: Map<FunctionId, u32>,
    active_arcs: Map<ArcKey, u32>,
}

/// Counts the calls of each thread from the boundaries between samples; none where there are none.
fn count_calls(
    profile: &Profile,
    frames: &[FrameId],
    place: &Map<Option<ThreadId>, usize>,
    threads: usize,
) -> Vec<Option<Calls>> {
    let mut calls: Vec<Option<Calls>> = (0..threads).map(|_| None).collect();
    if profile.samples.has_kept() {
        for sample in profile.samples.iter() {
            calls[place[&sample.thread]].get_or_insert_default().step(profile, frames, sample);
        }
    }
    calls
}

impl Calls {
    /// Leaves the calls that ended before this sample and enters those that began with it.
    fn step(&mut self, profile: &Profile, stand_in: &[FrameId], sample: Sample<'_>) {
        let kept = sample.kept.unwrap_or(0) as usize;
        let function = |frame: FrameId| profile.frames[frame].function;
        while self.path.len() > kept {
            let Some(callee) = self.path.pop().and_then(function) else { continue };
            if let Some(active) = self.active.get_mut(&callee) {
                *active -= 1;
            }
            if let Some(active) = self.path.last().and_then(|&caller| self.active_arcs.get_mut(&(caller, callee))) {
                *active -= 1;
            }
        }
        let Some(stack) = sample.stack else { return };
        let new = profile.stacks.depth(stack) as usize - self.path.len();
        let mut frames: Vec<FrameId> = profile.stacks.leaf_to_root(stack).take(new).collect();
        while let Some(frame) = frames.pop().map(|frame| stand_in[frame.index()]) {
            if let Some(callee) = function(frame) {
                let active = self.active.entry(callee).or_default();
                count(self.counts.functions.entry(callee).or_default(), *active == 0);
                *active += 1;
                if let Some(&caller) = self.path.last() {
                    let active = self.active_arcs.entry((caller, callee)).or_default();
                    count(self.counts.arcs.entry((caller, callee)).or_default(), *active == 0);
                    *active += 1;
                }
            }
            self.path.push(frame);
        }
    }
}

fn count(counts: &mut [i64; 2], is_primitive: bool) {
    counts[0] += 1;
    counts[1] += i64::from(is_primitive);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{Frame, Function, Thread};
    use crate::value::ValueType;

    #[test]
    fn every_function_may_have_a_thread_of_its_own() {
        let mut profile = Profile::new(vec![ValueType::unnamed()]);
        for index in 0..30_000 {
            let name = profile.string(&index.to_string());
            let function = profile.function(Function::named(name));
            let frame = profile.frame(Frame { function: Some(function), ..Frame::default() });
            let thread = Some(profile.thread(Thread { id: Some(name), ..Thread::default() }));
            let stack = Some(profile.stack(&[frame]).expect("not too deep"));
            profile.samples.push(Sample { thread, ..Sample::new(stack, &[1]) });
        }
        let graph = call_graph(&profile, &mut Notes::new()).expect("small numbers");
        assert_eq!(graph.calls.len(), 30_000);
        assert_eq!(graph.column_totals().expect("small numbers"), [30_000]);
    }
}
