//! What each function cost, on its own and with all that it called.

use super::call_graph::function_calls;
use super::components::Components;
use super::walk::{Visitor, Weights, add};
use crate::calls::CallGraph;
use crate::error::{Error, Result};
use crate::id::{FrameId, FunctionId, Id};
use crate::profile::Profile;

/// Self and total cost of every function, one vector over the value types per function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FunctionTotals {
    rows: Vec<FunctionTotal>,
}

/// Self and total cost of one function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FunctionTotal {
    /// What it cost on its own.
    pub own: Vec<i64>,
    /// What it cost with all that it called, recursion counted once.
    pub total: Vec<i64>,
    /// Whether `total` is only an upper bound: the function is in a cycle and the source does not say.
    pub is_bound: bool,
    /// How often it was called, per column of counts.
    pub calls: Option<Vec<i64>>,
    /// How often it was called while it was not active already.
    pub primitive_calls: Option<Vec<i64>>,
}

impl std::ops::Index<FunctionId> for FunctionTotals {
    type Output = FunctionTotal;

    fn index(&self, id: FunctionId) -> &FunctionTotal {
        &self.rows[id.index()]
    }
}

/// Returns what each function of the profile cost, from the samples or else from the call graphs.
///
/// Frames without a function count for none: name them first, by [`Profile::without`] of
/// [`Facet::Unnamed`](crate::Facet::Unnamed).
///
/// # Errors
///
/// A sum that does not fit into 64 bits is an error of kind `Overflow`.
pub fn function_totals(profile: &Profile) -> Result<FunctionTotals> {
    let stride = profile.value_types.len();
    let mut totals = FunctionTotals::zero(profile);
    if profile.samples.is_empty() {
        for graph in &profile.calls {
            totals.add_graph(profile, graph)?;
        }
        return Ok(totals);
    }
    let mut weights = Weights::of_most(&profile.stacks, stride);
    for sample in profile.samples.iter() {
        if let Some(stack) = sample.stack {
            weights.add(stack, sample.values)?;
        }
    }
    let mut sums = Sums::new(profile);
    weights.walk(&profile.stacks, &mut sums)?;
    for (place, row) in totals.rows.iter_mut().enumerate() {
        row.own.copy_from_slice(&sums.own[place * stride..][..stride]);
        row.total.copy_from_slice(&sums.total[place * stride..][..stride]);
    }
    if let Some(calls) = function_calls(profile) {
        for (id, row) in profile.functions.iter().map(|(id, _)| id).zip(&mut totals.rows) {
            let [all, primitive] = calls(id);
            (row.calls, row.primitive_calls) = (Some(vec![all]), Some(vec![primitive]));
        }
    }
    Ok(totals)
}

/// Returns what each function of the profile cost in one call graph.
pub(super) fn graph_totals(profile: &Profile, graph: &CallGraph) -> Result<FunctionTotals> {
    let mut totals = FunctionTotals::zero(profile);
    totals.add_graph(profile, graph)?;
    Ok(totals)
}

/// The sums of all functions, side by side: a walk is over far more frames than there are functions.
struct Sums {
    stride: usize,
    functions: Vec<Option<FunctionId>>,
    active: Vec<u32>,
    own: Vec<i64>,
    total: Vec<i64>,
}

impl Sums {
    fn new(profile: &Profile) -> Sums {
        let (stride, count) = (profile.value_types.len(), profile.functions.len());
        Sums {
            stride,
            functions: profile.frames.iter().map(|(_, frame)| frame.function).collect(),
            active: vec![0; count],
            own: vec![0; count * stride],
            total: vec![0; count * stride],
        }
    }
}

impl Visitor for Sums {
    fn enter(&mut self, frame: FrameId, below: &[i64]) -> Result<()> {
        let Some(function) = self.functions[frame.index()].map(Id::index) else { return Ok(()) };
        self.active[function] += 1;
        if self.active[function] > 1 {
            return Ok(());
        }
        add(&mut self.total[function * self.stride..][..self.stride], below)
    }

    fn leaf(&mut self, frame: FrameId, own: &[i64]) -> Result<()> {
        let Some(function) = self.functions[frame.index()].map(Id::index) else { return Ok(()) };
        add(&mut self.own[function * self.stride..][..self.stride], own)
    }

    fn leave(&mut self, frame: FrameId) {
        if let Some(function) = self.functions[frame.index()] {
            self.active[function.index()] -= 1;
        }
    }
}

impl FunctionTotals {
    fn zero(profile: &Profile) -> FunctionTotals {
        let zero = vec![0; profile.value_types.len()];
        let row = FunctionTotal { own: zero.clone(), total: zero, ..FunctionTotal::default() };
        FunctionTotals { rows: vec![row; profile.functions.len()] }
    }

    /// Adds one call graph: totals as the source states them, else from the arcs.
    fn add_graph(&mut self, profile: &Profile, graph: &CallGraph) -> Result<()> {
        let stride = graph.stride();
        let count = profile.functions.len();
        let mut own = vec![0; count * stride];
        for (frame, costs) in graph.own() {
            if let Some(function) = profile.frames[frame].function.map(Id::index) {
                add(&mut own[function * stride..][..stride], costs)?;
                add(&mut self.rows[function].own, costs)?;
            }
        }
        let mut is_stated = vec![false; count];
        for total in graph.totals() {
            let row = &mut self.rows[total.function.index()];
            add_where_known(&mut row.calls, total.calls)?;
            add_where_known(&mut row.primitive_calls, total.primitive_calls)?;
            if let Some(inclusive) = total.inclusive {
                is_stated[total.function.index()] = true;
                add(&mut row.total, inclusive)?;
            }
        }
        if is_stated.iter().all(|&stated| stated) {
            return Ok(());
        }
        self.add_unstated(profile, graph, &own, &is_stated)
    }

    /// Adds totals that the source does not state. Alone in its component, a function has its own cost
    /// and that of its arcs to others. In a cycle it has at most the total of the cycle, and at most
    /// what its callers see of it and what begins in the cycle without any caller from outside.
    fn add_unstated(&mut self, profile: &Profile, graph: &CallGraph, own: &[i64], is_stated: &[bool]) -> Result<()> {
        let stride = graph.stride();
        let count = profile.functions.len();
        let ends =
            |arc: &crate::calls::Arc<'_>| Some((profile.frames[arc.caller].function?.index(), arc.callee.index()));
        let others = graph.arcs().filter_map(|arc| ends(&arc)).filter(|(caller, callee)| caller != callee);
        let components = Components::new(count, others);
        let component_of = &components.of;
        let mut down = own.to_vec();
        let mut seen = vec![0; count * stride];
        let mut of_component = vec![0; components.members.len() * stride];
        let mut called = of_component.clone();
        for (function, costs) in own.chunks(stride.max(1)).enumerate() {
            add(&mut of_component[component_of[function] * stride..][..stride], costs)?;
        }
        for arc in graph.arcs() {
            let (Some((caller, callee)), Some(costs)) = (ends(&arc), arc.inclusive) else { continue };
            if caller == callee {
                continue;
            }
            add(&mut down[caller * stride..][..stride], costs)?;
            add(&mut seen[callee * stride..][..stride], costs)?;
            if component_of[caller] != component_of[callee] {
                add(&mut of_component[component_of[caller] * stride..][..stride], costs)?;
                add(&mut called[component_of[callee] * stride..][..stride], costs)?;
            }
        }
        for function in (0..count).filter(|&function| !is_stated[function]) {
            let component = component_of[function];
            let is_alone = components.members[component].len() == 1;
            let row = &mut self.rows[function];
            row.is_bound |= !is_alone;
            for column in 0..stride {
                let total = if is_alone {
                    down[function * stride + column]
                } else {
                    let cycle = of_component[component * stride + column];
                    let seen = seen[function * stride + column];
                    let begun = cycle.saturating_sub(called[component * stride + column]).max(0);
                    cycle.min(if seen == 0 { cycle } else { seen.saturating_add(begun) })
                };
                add(&mut row.total[column..=column], &[total])?;
            }
        }
        Ok(())
    }
}

/// Adds numbers to a sum of those that are known.
pub(super) fn add_where_known(sum: &mut Option<Vec<i64>>, numbers: Option<&[i64]>) -> Result<()> {
    match (sum, numbers) {
        (Some(sum), Some(numbers)) => add(sum, numbers),
        (sum @ None, Some(numbers)) => {
            *sum = Some(numbers.to_vec());
            Ok(())
        }
        (_, None) => Ok(()),
    }
}

impl Profile {
    /// Returns the sum of each column, of the samples or else of the own costs of the call graphs.
    ///
    /// # Errors
    ///
    /// A sum that does not fit into 64 bits is an error of kind `Overflow`.
    pub fn column_totals(&self) -> Result<Vec<i64>> {
        let stride = self.value_types.len();
        let mut sums = vec![0i128; stride];
        let mut add = |costs: &[i64]| sums.iter_mut().zip(costs).for_each(|(sum, &cost)| *sum += i128::from(cost));
        if self.samples.is_empty() {
            self.calls.iter().flat_map(CallGraph::own).for_each(|(_, costs)| add(costs));
        } else {
            self.samples.values().chunks_exact(stride.max(1)).for_each(add);
        }
        sums.into_iter().map(|sum| i64::try_from(sum).map_err(|_| Error::overflow("the total"))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::Arc;
    use crate::rows::{Frame, Function};
    use crate::value::ValueType;

    #[test]
    fn a_chain_of_calls_may_be_long() {
        let count = 200_000;
        let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
        let mut graph = CallGraph::new(1);
        let mut caller: Option<FrameId> = None;
        for place in 0..count {
            let name = profile.string(&place.to_string());
            let callee = profile.function(Function::named(name));
            if let Some(caller) = caller {
                graph.add_arc(Arc { inclusive: Some(&[count - place]), ..Arc::new(caller, callee) });
            }
            let frame = profile.frame(Frame { function: Some(callee), ..Frame::default() });
            graph.add_own(frame, &[1]);
            caller = Some(frame);
        }
        profile.calls.push(graph);
        let totals = function_totals(&profile).expect("small numbers");
        assert_eq!(totals[FunctionId::from_index(0)].total, [count]);
    }
}
