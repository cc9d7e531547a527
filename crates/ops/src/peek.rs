//! The callers and callees of functions.

use crate::top::{Sort, TopRow, compare, note_bounds, row};
use profkit_core::derive::{FunctionArc, function_graph};
use profkit_core::{Id, Notes, Profile, Result};
use std::cmp::{Ordering, Reverse};

/// A function, who calls it, and whom it calls.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Peek {
    /// The function and what it costs.
    pub function: TopRow,
    /// Its callers, the one under which it costs most first.
    pub callers: Vec<PeekArc>,
    /// The functions that it calls, the one that costs most under it first.
    pub callees: Vec<PeekArc>,
}

/// The function at the other end of an arc, and the numbers of the arc, each where it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PeekArc {
    /// The caller or callee, and what it costs in all.
    pub other: TopRow,
    /// What the callee itself cost under the caller.
    pub own: Option<Vec<i64>>,
    /// What the callee and all that it called cost under the caller. A sample counts once; what a call graph
    /// says of an arc in a cycle may count a cost several times.
    pub total: Option<Vec<i64>>,
    /// How often the caller called the callee, per column of counts.
    pub calls: Option<Vec<i64>>,
    /// How often while the callee was not active already.
    pub primitive_calls: Option<Vec<i64>>,
}

/// Returns the wanted functions in the order of [`top`](crate::top), each with its callers and callees.
///
/// A function that calls itself is its own caller and callee. Totals that are only upper bounds are noted.
///
/// ```
/// use profkit_core::{Frame, Function, Notes, Profile, Sample, ValueType};
/// use profkit_ops::{Sort, peek};
///
/// let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
/// let [main, f, g] = ["main", "f", "g"].map(|name| {
///     let name = profile.string(name);
///     let function = profile.function(Function::named(name));
///     profile.frame(Frame { function: Some(function), ..Frame::default() })
/// });
/// for (path, cost) in [([main, f, g], 5), ([main, g, f], 2)] {
///     let stack = profile.stack(&path)?;
///     profile.samples.push(Sample::new(Some(stack), &[cost]));
/// }
///
/// let found = peek(&profile, 0, Sort::Own, |row| row.name == "g", &mut Notes::new())?;
/// let callers: Vec<_> = found[0].callers.iter().map(|it| (it.other.name.as_str(), it.total.clone())).collect();
/// assert_eq!(callers, [("f", Some(vec![5])), ("main", Some(vec![2]))]);
/// assert_eq!(found[0].callees[0].other.name, "f");
/// # Ok::<(), profkit_core::Error>(())
/// ```
///
/// # Errors
///
/// A sum that does not fit into 64 bits is an error of kind `Overflow`.
pub fn peek(
    profile: &Profile,
    value: usize,
    sort: Sort,
    is_wanted: impl Fn(&TopRow) -> bool,
    notes: &mut Notes,
) -> Result<Vec<Peek>> {
    let graph = function_graph(profile)?;
    let rows: Vec<TopRow> =
        graph.profile.functions.iter().map(|(id, _)| row(&graph.profile, &graph.totals, id)).collect();
    let mut places: Vec<Option<usize>> = vec![None; rows.len()];
    let mut found: Vec<Peek> = Vec::new();
    for (row, place) in rows.iter().zip(&mut places).filter(|(row, _)| is_wanted(row)) {
        *place = Some(found.len());
        found.push(Peek { function: row.clone(), callers: Vec::new(), callees: Vec::new() });
    }
    for arc in graph.arcs.iter() {
        let (caller, callee) = (arc.caller.index(), arc.callee.index());
        if let Some(place) = places[callee] {
            found[place].callers.push(PeekArc::new(&rows[caller], &arc));
        }
        if let Some(place) = places[caller] {
            found[place].callees.push(PeekArc::new(&rows[callee], &arc));
        }
    }
    for peek in &mut found {
        peek.callers.sort_by(|left, right| by_cost(left, right, value));
        peek.callees.sort_by(|left, right| by_cost(left, right, value));
    }
    found.sort_by(|left, right| compare(&left.function, &right.function, value, sort));
    let bounds = found.iter().map(|peek| &peek.function).filter(|row| row.is_bound);
    note_bounds(bounds.map(|row| row.name.as_str()), notes);
    Ok(found)
}

impl PeekArc {
    fn new(other: &TopRow, arc: &FunctionArc<'_>) -> PeekArc {
        let FunctionArc { calls, primitive_calls, inclusive, callee_self, .. } = *arc;
        let [own, total, calls, primitive_calls] =
            [callee_self, inclusive, calls, primitive_calls].map(|numbers| numbers.map(<[i64]>::to_vec));
        PeekArc { other: other.clone(), own, total, calls, primitive_calls }
    }
}

fn by_cost(left: &PeekArc, right: &PeekArc, value: usize) -> Ordering {
    let cost = |costs: &Option<Vec<i64>>| Reverse(costs.as_ref().and_then(|costs| costs.get(value).copied()));
    let calls = |arc: &PeekArc| Reverse(arc.calls.as_ref().and_then(|calls| calls.first().copied()));
    cost(&left.total)
        .cmp(&cost(&right.total))
        .then_with(|| cost(&left.own).cmp(&cost(&right.own)))
        .then_with(|| calls(left).cmp(&calls(right)))
        .then_with(|| compare(&left.other, &right.other, value, Sort::Name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use profkit_core::{Arc, CallGraph, Frame, Function, ValueType};

    #[test]
    fn numbers_that_nobody_stated_are_none() {
        let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
        let [f, g] = ["f", "g"].map(|name| {
            let name = profile.string(name);
            let function = profile.function(Function::named(name));
            (profile.frame(Frame { function: Some(function), ..Frame::default() }), function)
        });
        let mut graph = CallGraph::new(1);
        graph.add_own(g.0, &[4]);
        graph.add_arc(Arc { calls: Some(&[3]), ..Arc::new(f.0, g.1) });
        graph.add_arc(Arc { inclusive: Some(&[1]), ..Arc::new(g.0, g.1) });
        profile.calls.push(graph);
        let found = peek(&profile, 0, Sort::Own, |row| row.name == "g", &mut Notes::new()).unwrap();
        let callers: Vec<_> =
            found[0].callers.iter().map(|it| (it.other.name.as_str(), it.calls.clone(), it.total.clone())).collect();
        assert_eq!(callers, [("g", None, Some(vec![1])), ("f", Some(vec![3]), None)]);
        assert_eq!(found[0].callees.len(), 1);
    }
}
