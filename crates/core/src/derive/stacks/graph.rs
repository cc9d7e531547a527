//! A call graph as the estimate needs it: functions numbered from 0, one arc per caller and callee,
//! one column of values, no number below zero.

use super::own::OwnCosts;
use crate::calls::CallGraph;
use crate::derive::complete::functions;
use crate::derive::components::Components;
use crate::hash::Map;
use crate::id::FunctionId;
use crate::profile::Profile;

/// A share of 1e-3 of a cost is taken for rounding, not for a call that no arc explains.
const ROUNDING: f64 = 1e-3;

/// The functions and arcs of one call graph.
pub(super) struct Graph {
    pub(super) functions: Vec<Function>,
    /// By callee, then by caller.
    pub(super) arcs: Vec<Arc>,
    /// Whether every arc and every callee states its primitive calls.
    pub(super) has_primitive: bool,
    /// Whether totals are stated.
    pub(super) has_totals: bool,
    arcs_to: Vec<usize>,
    arcs_from: Vec<usize>,
    by_caller: Vec<usize>,
}

/// The numbers of one function.
pub(super) struct Function {
    pub(super) id: FunctionId,
    pub(super) own: f64,
    /// As stated, else what its callers see of it.
    pub(super) total: f64,
    pub(super) calls: f64,
    pub(super) primitive_calls: f64,
    /// The calls that no arc explains.
    pub(super) root_calls: f64,
    /// The own cost that no arc explains.
    pub(super) root_own: f64,
}

/// The numbers of one caller and callee.
pub(super) struct Arc {
    pub(super) caller: usize,
    pub(super) callee: usize,
    pub(super) calls: f64,
    pub(super) primitive_calls: f64,
    /// What the callee itself cost under this caller.
    pub(super) own: Option<f64>,
    /// What the callee and all that it called cost under this caller.
    pub(super) inclusive: f64,
}

impl Function {
    /// Returns whether some of the function is called by nobody in the graph.
    pub(super) fn is_root(&self) -> bool {
        self.root_calls > 0.0 || self.root_own > 0.0
    }
}

impl Arc {
    /// Returns what the callee's own callees cost under this caller.
    pub(super) fn below(&self) -> f64 {
        self.own.map_or(self.inclusive, |own| (self.inclusive - own).max(0.0))
    }
}

impl Graph {
    /// Returns the graph of the values in `column`.
    pub(super) fn new(profile: &Profile, calls: &CallGraph, own: &OwnCosts, column: usize) -> Graph {
        let ids: Vec<FunctionId> = functions(profile, calls).into_iter().map(|(id, _)| id).collect();
        let place: Map<FunctionId, usize> = ids.iter().enumerate().map(|(place, &id)| (id, place)).collect();
        // A diff counts calls in as many columns as it has values.
        let count_column = if calls.count_stride() == calls.stride() { column } else { 0 };
        let cell = Cell { column, count_column };
        let stated = stated(calls, &place, cell);
        let mut arcs = merged(profile, calls, &place, cell);
        let called_without_primitive = |arc: &Numbers| stated[arc.callee].primitive_calls.is_none();
        let has_primitive = !arcs.iter().any(|arc| arc.primitive_calls.is_none() || called_without_primitive(arc));
        let has_totals = stated.iter().any(|it| it.inclusive.is_some());
        let own: Vec<f64> = ids.iter().map(|&id| own.sum(id, column).max(0) as f64).collect();
        share_by_calls(&mut arcs, &stated, &own);
        let mut graph = Graph {
            functions: Vec::with_capacity(ids.len()),
            arcs_to: offsets(ids.len(), arcs.iter().map(|arc| arc.callee)),
            arcs_from: offsets(ids.len(), arcs.iter().map(|arc| arc.caller)),
            by_caller: (0..arcs.len()).collect(),
            arcs: arcs.iter().map(Arc::new).collect(),
            has_primitive,
            has_totals,
        };
        graph.by_caller.sort_by_key(|&arc| graph.arcs[arc].caller);
        for (index, own) in own.into_iter().enumerate() {
            graph.functions.push(graph.function(index, ids[index], own, &stated[index]));
        }
        graph
    }

    /// Returns the range of the arcs to a function.
    pub(super) fn places_to(&self, function: usize) -> std::ops::Range<usize> {
        self.arcs_to[function]..self.arcs_to[function + 1]
    }

    /// Returns the arcs to a function, by caller.
    pub(super) fn arcs_to(&self, function: usize) -> &[Arc] {
        &self.arcs[self.places_to(function)]
    }

    /// Returns the places of the arcs of a function to others, by callee.
    pub(super) fn places_from(&self, function: usize) -> &[usize] {
        &self.by_caller[self.arcs_from[function]..self.arcs_from[function + 1]]
    }

    fn function(&self, index: usize, id: FunctionId, own: f64, stated: &Numbers) -> Function {
        let arcs = self.arcs_to(index);
        let explained: f64 = arcs.iter().map(|arc| arc.calls).sum();
        let stated_calls = positive(stated.calls);
        let root_calls = (stated_calls - explained).max(0.0);
        let calls = stated_calls.max(explained);
        let own_of_arcs: Option<f64> = arcs.iter().map(|arc| arc.own).sum();
        let left = own_of_arcs.filter(|_| !arcs.is_empty()).map_or(0.0, |explained| own - explained);
        let is_more_than_rounding = left > ROUNDING * own || root_calls > 0.0;
        let primitive_calls = if self.has_primitive { positive(stated.primitive_calls).min(calls) } else { calls };
        Function {
            id,
            own,
            total: stated.inclusive.map_or_else(|| self.seen_total(index, own), |total| total.max(0.0)),
            calls,
            primitive_calls,
            root_calls,
            root_own: if left > 0.0 && is_more_than_rounding { left } else { 0.0 },
        }
    }

    /// Returns the own cost of all functions that have one chain of callers only: each function on it is called by one
    /// other, but for the first, which is called by nobody.
    pub(super) fn sure(&self, components: &Components) -> f64 {
        let mut has_one_chain = vec![false; self.functions.len()];
        for function in components.members.iter().rev().filter_map(|members| self.single(members)) {
            has_one_chain[function] = match self.arcs_to(function) {
                [] => true,
                [arc] => has_one_chain[arc.caller] && !self.functions[function].is_root(),
                _ => false,
            };
        }
        let sure = self.functions.iter().zip(has_one_chain).filter(|(_, is_so)| *is_so);
        sure.map(|(function, _)| function.own).sum()
    }

    /// Returns what the callers see of a function, or else what it sees of its callees.
    fn seen_total(&self, function: usize, own: f64) -> f64 {
        let seen = |arcs: &mut dyn Iterator<Item = &Arc>| -> f64 {
            arcs.filter(|arc| arc.caller != arc.callee).map(|arc| arc.inclusive).sum()
        };
        match self.arcs_to(function) {
            [] => own + seen(&mut self.places_from(function).iter().map(|&arc| &self.arcs[arc])),
            arcs => seen(&mut arcs.iter()),
        }
    }
}

impl Arc {
    fn new(arc: &Numbers) -> Arc {
        let calls = positive(arc.calls);
        Arc {
            caller: arc.caller,
            callee: arc.callee,
            calls,
            primitive_calls: arc.primitive_calls.map_or(calls, |primitive| primitive.clamp(0.0, calls)),
            own: arc.own.map(|own| own.max(0.0)),
            inclusive: positive(arc.inclusive),
        }
    }
}

fn positive(number: Option<f64>) -> f64 {
    number.unwrap_or(0.0).max(0.0)
}

/// Which column of costs and which of counts is looked at.
#[derive(Clone, Copy)]
struct Cell {
    column: usize,
    count_column: usize,
}

impl Cell {
    fn cost(self, costs: Option<&[i64]>) -> Option<f64> {
        costs?.get(self.column).map(|&cost| cost as f64)
    }

    fn count(self, counts: Option<&[i64]>) -> Option<f64> {
        counts?.get(self.count_column).map(|&count| count as f64)
    }
}

/// What the source states of an arc, or of a function, which has no ends: summed up but not cleaned yet.
#[derive(Clone, Default)]
struct Numbers {
    caller: usize,
    callee: usize,
    calls: Option<f64>,
    primitive_calls: Option<f64>,
    own: Option<f64>,
    inclusive: Option<f64>,
}

impl Numbers {
    /// Adds the numbers of another place of the same caller. Where one does not know how its callee's
    /// cost divides, nobody knows of the sum; missing calls and costs count nothing.
    fn add(&mut self, other: &Numbers) {
        let some = |a: Option<f64>, b: Option<f64>| a.zip(b).map(|(a, b)| a + b).or(a).or(b);
        self.calls = some(self.calls, other.calls);
        self.inclusive = some(self.inclusive, other.inclusive);
        self.primitive_calls = self.primitive_calls.zip(other.primitive_calls).map(|(a, b)| a + b);
        self.own = self.own.zip(other.own).map(|(a, b)| a + b);
    }
}

/// Returns what the source states of each function.
fn stated(calls: &CallGraph, place: &Map<FunctionId, usize>, cell: Cell) -> Vec<Numbers> {
    let mut stated: Vec<Option<Numbers>> = vec![None; place.len()];
    for total in calls.totals() {
        let numbers = Numbers {
            calls: cell.count(total.calls),
            primitive_calls: cell.count(total.primitive_calls),
            inclusive: cell.cost(total.inclusive),
            ..Numbers::default()
        };
        match &mut stated[place[&total.function]] {
            Some(sum) => sum.add(&numbers),
            first => *first = Some(numbers),
        }
    }
    stated.into_iter().map(Option::unwrap_or_default).collect()
}

/// Returns the arcs by callee, then by caller, each pair once.
fn merged(profile: &Profile, calls: &CallGraph, place: &Map<FunctionId, usize>, cell: Cell) -> Vec<Numbers> {
    let numbers = |arc: crate::calls::Arc<'_>| {
        Some(Numbers {
            caller: place[&profile.frames[arc.caller].function?],
            callee: place[&arc.callee],
            calls: cell.count(arc.calls),
            primitive_calls: cell.count(arc.primitive_calls),
            own: cell.cost(arc.callee_self),
            inclusive: cell.cost(arc.inclusive),
        })
    };
    let mut arcs: Vec<Numbers> = calls.arcs().filter_map(numbers).collect();
    arcs.sort_by_key(|arc| (arc.callee, arc.caller));
    arcs.dedup_by(|next, sum| {
        let is_same = (next.callee, next.caller) == (sum.callee, sum.caller);
        if is_same {
            sum.add(next);
        }
        is_same
    });
    arcs
}

/// Gives arcs that have nothing but calls their share of the costs of the callee, by calls.
fn share_by_calls(arcs: &mut [Numbers], stated: &[Numbers], own: &[f64]) {
    for arcs in arcs.chunk_by_mut(|a, b| a.callee == b.callee) {
        let callee = arcs[0].callee;
        let all: f64 = arcs.iter().map(|arc| positive(arc.calls)).sum();
        for arc in arcs.iter_mut().filter(|arc| arc.inclusive.is_none() && all > 0.0) {
            let share = positive(arc.calls) / all;
            arc.inclusive = Some(positive(stated[callee].inclusive) * share);
            arc.own = arc.own.or(Some(own[callee] * share));
        }
    }
}

/// Returns where the rows of each of `count` groups start, and where the last ones end.
fn offsets(count: usize, groups: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut starts = vec![0; count + 1];
    groups.for_each(|group| starts[group + 1] += 1);
    for group in 0..count {
        starts[group + 1] += starts[group];
    }
    starts
}
