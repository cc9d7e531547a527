//! The call graphs of a merged profile, added up row by row.

use super::columns::{Plan, finer};
use crate::sums::Sums;
use profkit_core::{Arc, CallGraph, FrameId, FunctionId, Profile, Result, StringId, ThreadId, Total, Transfer};
use std::cell::RefCell;

/// The call graphs of a merged profile, in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct Graphs {
    keys: Vec<Key>,
    graphs: Vec<Graph>,
}

/// What call graphs are told apart by.
///
/// One that states the totals of functions and one that does not stay apart: what is not stated follows from the
/// arcs of its own graph, and would be missing in a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    thread: Option<ThreadId>,
    part: Option<StringId>,
    count_stride: usize,
    states_totals: bool,
}

/// In arcs and totals, the counts come before the costs.
const FIRST_COSTS: usize = 2;

/// A call graph with one row for each frame, arc and function.
#[derive(Debug, Default)]
struct Graph {
    own: Sums<FrameId>,
    /// Calls, primitive calls, inclusive cost, the callee's own cost.
    arcs: Sums<(FrameId, FunctionId)>,
    /// Calls, primitive calls, inclusive cost.
    totals: Sums<FunctionId>,
}

impl Graphs {
    /// Returns the graphs of a first profile, taken out of it.
    pub(super) fn of(profile: &mut Profile) -> Result<Graphs> {
        let mut graphs = Graphs::default();
        for graph in std::mem::take(&mut profile.calls) {
            let mut ids = Ids { frame: |id| id, function: |id| id };
            graphs.add(&graph, graph.thread, graph.part, &mut ids, |costs, into| {
                into.clear();
                into.extend_from_slice(costs);
                Ok(())
            })?;
        }
        Ok(graphs)
    }

    /// Adds the graphs of another profile.
    pub(super) fn join(
        &mut self,
        from: &Profile,
        to: &mut Profile,
        transfer: &mut Transfer<'_>,
        plan: &Plan,
    ) -> Result<()> {
        for graph in &from.calls {
            let thread = transfer.thread(to, graph.thread);
            let part = graph.part.map(|part| transfer.string(to, part));
            // Both ways of an id go through the same transfer.
            let shared = RefCell::new((&mut *transfer, &mut *to));
            let mut ids = Ids {
                frame: |id| {
                    let (transfer, to) = &mut *shared.borrow_mut();
                    transfer.frame(to, id)
                },
                function: |id| {
                    let (transfer, to) = &mut *shared.borrow_mut();
                    transfer.function(to, id)
                },
            };
            self.add(graph, thread, part, &mut ids, |costs, into| plan.spread(costs, into))?;
        }
        Ok(())
    }

    fn add<F: FnMut(FrameId) -> FrameId, G: FnMut(FunctionId) -> FunctionId>(
        &mut self,
        from: &CallGraph,
        thread: Option<ThreadId>,
        part: Option<StringId>,
        ids: &mut Ids<F, G>,
        spread: impl Fn(&[i64], &mut Vec<i64>) -> Result<()>,
    ) -> Result<()> {
        let states_totals = from.totals().any(|total| total.inclusive.is_some());
        let key = Key { thread, part, count_stride: from.count_stride(), states_totals };
        let place = self.keys.iter().position(|it| *it == key).unwrap_or_else(|| {
            self.keys.push(key);
            self.graphs.push(Graph::default());
            self.keys.len() - 1
        });
        let graph = &mut self.graphs[place];
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for (frame, costs) in from.own() {
            spread(costs, &mut first)?;
            graph.own.add((ids.frame)(frame), [Some(&first), None, None, None])?;
        }
        for arc in from.arcs() {
            arc.inclusive.map(|costs| spread(costs, &mut first)).transpose()?;
            arc.callee_self.map(|costs| spread(costs, &mut second)).transpose()?;
            let inclusive = arc.inclusive.map(|_| &*first);
            let callee_self = arc.callee_self.map(|_| &*second);
            let key = ((ids.frame)(arc.caller), (ids.function)(arc.callee));
            graph.arcs.add(key, [arc.calls, arc.primitive_calls, inclusive, callee_self])?;
        }
        for total in from.totals() {
            total.inclusive.map(|costs| spread(costs, &mut first)).transpose()?;
            let inclusive = total.inclusive.map(|_| &*first);
            graph.totals.add((ids.function)(total.function), [total.calls, total.primitive_calls, inclusive, None])?;
        }
        Ok(())
    }

    /// Brings what is there into the columns of a plan.
    pub(super) fn widen(&mut self, plan: &Plan) -> Result<()> {
        let widen = |costs: &mut Vec<i64>| {
            for (cost, &factor) in costs.iter_mut().zip(&plan.own_factors) {
                *cost = finer(*cost, factor)?;
            }
            costs.resize(plan.value_types.len(), 0);
            Ok(())
        };
        for graph in &mut self.graphs {
            graph.own.change(|_, costs| widen(costs))?;
            graph.arcs.change(|cell, numbers| if FIRST_COSTS <= cell { widen(numbers) } else { Ok(()) })?;
            graph.totals.change(|cell, numbers| if FIRST_COSTS <= cell { widen(numbers) } else { Ok(()) })?;
        }
        Ok(())
    }

    /// Returns the graphs as those of a profile with so many value types.
    pub(super) fn finish(self, stride: usize) -> Vec<CallGraph> {
        let graphs = self.keys.into_iter().zip(self.graphs);
        graphs.map(|(key, graph)| graph.finish(key, stride)).collect()
    }
}

struct Ids<F, G> {
    frame: F,
    function: G,
}

impl Graph {
    fn finish(self, key: Key, stride: usize) -> CallGraph {
        let mut graph = CallGraph::with_count_stride(stride, key.count_stride);
        (graph.thread, graph.part) = (key.thread, key.part);
        for (frame, [costs, ..]) in self.own.iter() {
            graph.add_own(frame, costs.unwrap_or_default());
        }
        for ((caller, callee), [calls, primitive_calls, inclusive, callee_self]) in self.arcs.iter() {
            graph.add_arc(Arc { caller, callee, calls, primitive_calls, inclusive, callee_self });
        }
        for (function, [calls, primitive_calls, inclusive, _]) in self.totals.iter() {
            graph.add_total(Total { function, calls, primitive_calls, inclusive });
        }
        graph
    }
}
