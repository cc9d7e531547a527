//! Making up the numbers of a call graph that a format demands and the source lacks.

use super::totals::add_where_known;
use super::totals::{FunctionTotal, graph_totals};
use super::walk::add;
use crate::calls::{Arc, CallGraph, Total};
use crate::error::Result;
use crate::facet::{Facet, Facets};
use crate::hash::Map;
use crate::id::{FrameId, FunctionId, Id};
use crate::profile::Profile;

/// Fills in the `needs` that the call graphs lack and returns for each how many numbers were made up.
///
/// - An arc that nobody counted was called once; of a recursive arc, at most one call is primitive.
/// - A function that nobody counted was called as often as its arcs say, but at least once; its
///   primitive calls are those that do not come from itself.
/// - Totals are those of [`function_totals`](super::function_totals).
/// - The cost of an arc is the callee's total, shared out by calls. Arcs of a function to itself get none,
///   since the total counts recursion once; calls that no arc explains keep their share.
/// - The callee's own cost under each caller is its own cost, shared out by the cost of the arcs.
///
/// A facet that was not there at all joins `meta.invented`. A facet that was there for some rows is
/// filled in for the others and stays.
///
/// # Errors
///
/// A sum that does not fit into 64 bits is an error of kind `Overflow`.
pub fn complete(profile: &mut Profile, needs: Facets) -> Result<Vec<(Facet, u64)>> {
    let before = profile.census().present();
    let mut made = Made { needs, counts: [0; Facet::ALL.len()] };
    let graphs = profile.calls.iter().map(|graph| completed(profile, graph, &mut made));
    let graphs = graphs.collect::<Result<Vec<_>>>()?;
    let facets: Vec<_> = needs.iter().map(|facet| (facet, made.counts[facet as usize])).collect();
    let facets: Vec<_> = facets.into_iter().filter(|&(_, count)| count > 0).collect();
    if !facets.is_empty() {
        profile.calls = graphs;
    }
    for &(facet, _) in facets.iter().filter(|(facet, _)| !before.has(*facet)) {
        profile.meta.invented = profile.meta.invented.with(facet);
    }
    Ok(facets)
}

/// What has been made up so far.
struct Made {
    needs: Facets,
    counts: [u64; Facet::ALL.len()],
}

impl Made {
    /// Fills a cell that is needed and missing.
    fn fill(&mut self, facet: Facet, cell: &mut Option<Vec<i64>>, number: impl FnOnce() -> Vec<i64>) {
        if self.needs.has(facet) && cell.is_none() {
            *cell = Some(number());
            self.counts[facet as usize] += 1;
        }
    }
}

#[derive(Default)]
struct Cells {
    calls: Option<Vec<i64>>,
    primitive: Option<Vec<i64>>,
    inclusive: Option<Vec<i64>>,
    callee_self: Option<Vec<i64>>,
}

struct ArcRow {
    caller: FrameId,
    callee: FunctionId,
    is_recursive: bool,
    cells: Cells,
}

fn completed(profile: &Profile, from: &CallGraph, made: &mut Made) -> Result<CallGraph> {
    let totals = graph_totals(profile, from)?;
    let mut arcs = merged_arcs(profile, from)?;
    let one = vec![1; from.count_stride()];
    for arc in &mut arcs {
        made.fill(Facet::ArcCalls, &mut arc.cells.calls, || one.clone());
        let calls = arc.cells.calls.as_ref().unwrap_or(&one);
        let most = if arc.is_recursive { 1 } else { i64::MAX };
        let primitive = || calls.iter().map(|&calls| calls.min(most)).collect();
        made.fill(Facet::ArcPrimitiveCalls, &mut arc.cells.primitive, primitive);
    }
    let mut arcs_to: Vec<Vec<usize>> = vec![Vec::new(); profile.functions.len()];
    for (index, arc) in arcs.iter().enumerate() {
        arcs_to[arc.callee.index()].push(index);
    }
    let mut to = CallGraph::with_count_stride(from.stride(), from.count_stride());
    (to.thread, to.part) = (from.thread, from.part);
    from.own().for_each(|(frame, costs)| to.add_own(frame, costs));
    for (function, stated) in functions(profile, from) {
        let to_it = &arcs_to[function.index()];
        let cells = complete_function(&mut arcs, to_it, &totals[function], stated, one.len(), made)?;
        to.add_total(Total {
            function,
            calls: cells.calls.as_deref(),
            primitive_calls: cells.primitive.as_deref(),
            inclusive: cells.inclusive.as_deref(),
        });
    }
    for ArcRow { caller, callee, cells, .. } in &arcs {
        to.add_arc(Arc {
            caller: *caller,
            callee: *callee,
            calls: cells.calls.as_deref(),
            primitive_calls: cells.primitive.as_deref(),
            inclusive: cells.inclusive.as_deref(),
            callee_self: cells.callee_self.as_deref(),
        });
    }
    Ok(to)
}

/// Completes what is stated of a function, and the costs of the arcs to it.
fn complete_function(
    arcs: &mut [ArcRow],
    to_it: &[usize],
    row: &FunctionTotal,
    states_total: bool,
    count_stride: usize,
    made: &mut Made,
) -> Result<Cells> {
    let mut cells = Cells { calls: row.calls.clone(), primitive: row.primitive_calls.clone(), ..Cells::default() };
    let all = sum_of_calls(to_it.iter().map(|&index| &arcs[index]), count_stride)?;
    let recursive = to_it.iter().map(|&index| &arcs[index]).filter(|arc| arc.is_recursive);
    let recursive = sum_of_calls(recursive, count_stride)?;
    made.fill(Facet::CallCounts, &mut cells.calls, || all.iter().map(|&calls| calls.max(1)).collect());
    let calls = cells.calls.as_ref().unwrap_or(&all);
    let primitive = calls.iter().zip(&recursive).map(|(&calls, &own)| calls.saturating_sub(own).max(calls.min(1)));
    made.fill(Facet::PrimitiveCalls, &mut cells.primitive, || primitive.collect());
    let first = |counts: &[i64]| counts.first().copied().unwrap_or(0);
    let unexplained = first(calls).saturating_sub(first(&all)).max(0);
    share_total(arcs, to_it, &row.total, unexplained, made);
    share_own(arcs, to_it, row, made);
    cells.inclusive = states_total.then(|| row.total.clone());
    made.fill(Facet::Totals, &mut cells.inclusive, || row.total.clone());
    Ok(cells)
}

fn sum_of_calls<'a>(arcs: impl Iterator<Item = &'a ArcRow>, count_stride: usize) -> Result<Vec<i64>> {
    let mut sum = vec![0; count_stride];
    for calls in arcs.filter_map(|arc| arc.cells.calls.as_ref()) {
        add(&mut sum, calls)?;
    }
    Ok(sum)
}

/// Makes up the costs of arcs to one function from its total, by calls.
fn share_total(arcs: &mut [ArcRow], to_it: &[usize], total: &[i64], unexplained: i64, made: &mut Made) {
    let (recursive, others): (Vec<usize>, Vec<usize>) = to_it.iter().partition(|&&index| arcs[index].is_recursive);
    for index in recursive {
        made.fill(Facet::ArcCosts, &mut arcs[index].cells.inclusive, || vec![0; total.len()]);
    }
    let (known, open): (Vec<usize>, Vec<usize>) =
        others.into_iter().partition(|&index| arcs[index].cells.inclusive.is_some());
    let calls =
        |arc: &ArcRow| arc.cells.calls.as_ref().and_then(|calls| calls.first()).map_or(1, |&calls| calls.max(0));
    let weights: Vec<i64> = open.iter().map(|&index| calls(&arcs[index])).collect();
    let of = weights.iter().copied().map(i128::from).sum::<i128>() + i128::from(unexplained);
    let share = |(column, &cost): (usize, &i64)| {
        let known = known.iter().filter_map(|&index| arcs[index].cells.inclusive.as_ref());
        shares(left(cost, known.map(|costs| costs[column])), &weights, of)
    };
    let columns: Vec<Vec<i64>> = total.iter().enumerate().map(share).collect();
    for (place, index) in open.into_iter().enumerate() {
        let costs = || columns.iter().map(|column| column[place]).collect();
        made.fill(Facet::ArcCosts, &mut arcs[index].cells.inclusive, costs);
    }
}

/// Makes up what a function itself cost under each of its callers, by the costs of the arcs.
fn share_own(arcs: &mut [ArcRow], to_it: &[usize], row: &FunctionTotal, made: &mut Made) {
    let (known, open): (Vec<usize>, Vec<usize>) =
        to_it.iter().partition(|&&index| arcs[index].cells.callee_self.is_some());
    let share = |(column, (&own, &total)): (usize, (&i64, &i64))| {
        let known = known.iter().filter_map(|&index| arcs[index].cells.callee_self.as_ref());
        let weight = |&index: &usize| arcs[index].cells.inclusive.as_ref().map_or(0, |costs| costs[column].max(0));
        let weights: Vec<i64> = open.iter().map(weight).collect();
        let of = weights.iter().copied().map(i128::from).sum::<i128>().max(i128::from(total));
        shares(left(own, known.map(|costs| costs[column])), &weights, of)
    };
    let columns: Vec<Vec<i64>> = row.own.iter().zip(&row.total).enumerate().map(share).collect();
    for (place, index) in open.into_iter().enumerate() {
        let costs = || columns.iter().map(|column| column[place]).collect();
        made.fill(Facet::CalleeSelf, &mut arcs[index].cells.callee_self, costs);
    }
}

/// Returns what is left of a cost less its known parts, but nothing beyond zero.
fn left(cost: i64, known: impl Iterator<Item = i64>) -> i128 {
    let left = i128::from(cost) - known.map(i128::from).sum::<i128>();
    if cost < 0 { left.min(0) } else { left.max(0) }
}

/// Returns `whole` shared out in proportion to `weights`, which are part of `of`; all of it, to the last
/// unit, where they are all of that.
fn shares(whole: i128, weights: &[i64], of: i128) -> Vec<i64> {
    // Products have to fit into 128 bits: of a huge sum of weights the leading bits are enough.
    let spare = (128 - of.leading_zeros()).saturating_sub(60);
    let (mut weight_so_far, mut given) = (0i128, 0i128);
    let share = |&weight: &i64| {
        weight_so_far += i128::from(weight);
        let upto = if of > 0 { (whole * (weight_so_far >> spare)).div_euclid(of >> spare) } else { 0 };
        let share = upto - given;
        given = upto;
        i64::try_from(share).unwrap_or(0)
    };
    weights.iter().map(share).collect()
}

/// Returns the arcs with those of the same caller and callee added up, in order of first appearance.
fn merged_arcs(profile: &Profile, graph: &CallGraph) -> Result<Vec<ArcRow>> {
    let mut places: Map<(FrameId, FunctionId), usize> = Map::default();
    let mut rows: Vec<ArcRow> = Vec::new();
    for arc in graph.arcs() {
        let place = *places.entry((arc.caller, arc.callee)).or_insert(rows.len());
        if place == rows.len() {
            let is_recursive = profile.frames[arc.caller].function == Some(arc.callee);
            rows.push(ArcRow { caller: arc.caller, callee: arc.callee, is_recursive, cells: Cells::default() });
        }
        let cells = &mut rows[place].cells;
        add_where_known(&mut cells.calls, arc.calls)?;
        add_where_known(&mut cells.primitive, arc.primitive_calls)?;
        add_where_known(&mut cells.inclusive, arc.inclusive)?;
        add_where_known(&mut cells.callee_self, arc.callee_self)?;
    }
    Ok(rows)
}

/// Returns every function of a graph once, those with a statement first, with whether its total is stated.
pub(super) fn functions(profile: &Profile, graph: &CallGraph) -> Vec<(FunctionId, bool)> {
    let function_of = |frame: FrameId| profile.frames[frame].function;
    let stated = graph.totals().map(|total| (total.function, total.inclusive.is_some()));
    let own = graph.own().filter_map(|(frame, _)| function_of(frame));
    let ends = graph.arcs().flat_map(|arc| [Some(arc.callee), function_of(arc.caller)]).flatten();
    let mut place: Vec<Option<usize>> = vec![None; profile.functions.len()];
    let mut functions: Vec<(FunctionId, bool)> = Vec::new();
    for (function, is_stated) in stated.chain(own.chain(ends).map(|function| (function, false))) {
        let place = place[function.index()].get_or_insert(functions.len());
        if *place == functions.len() {
            functions.push((function, false));
        }
        functions[*place].1 |= is_stated;
    }
    functions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{Frame, Function};
    use crate::value::ValueType;

    const ALL: Facets = Facets::of(&[
        Facet::CallCounts,
        Facet::PrimitiveCalls,
        Facet::Totals,
        Facet::ArcCalls,
        Facet::ArcPrimitiveCalls,
        Facet::ArcCosts,
        Facet::CalleeSelf,
    ]);

    /// Returns a profile where main and g call f, which calls itself; each has the own cost that is given.
    fn profile(own: [i64; 3], arcs: [Arc<'_>; 3], total_of_f: Option<Total<'_>>) -> Profile {
        let mut profile = Profile::new(vec![ValueType::new("time", "nanoseconds")]);
        let mut graph = CallGraph::new(1);
        for (name, own) in ["main", "g", "f"].into_iter().zip(own) {
            let frame = frame(&mut profile, name);
            graph.add_own(frame, &[own]);
        }
        for (caller, arc) in ["main", "g", "f"].into_iter().zip(arcs) {
            let caller = frame(&mut profile, caller);
            graph.add_arc(Arc { caller, ..arc });
        }
        total_of_f.into_iter().for_each(|total| graph.add_total(total));
        profile.calls.push(graph);
        profile
    }

    fn frame(profile: &mut Profile, name: &str) -> FrameId {
        let name = profile.string(name);
        let function = profile.function(Function::named(name));
        profile.frame(Frame { function: Some(function), ..Frame::default() })
    }

    const F: usize = 2;

    fn arc_to_f<'a>() -> Arc<'a> {
        Arc::new(FrameId::from_index(0), FunctionId::from_index(F))
    }

    #[test]
    fn counts_follow_the_arcs_and_costs_are_shared_without_a_remainder() {
        let inclusive = [Some(&[70][..]), Some(&[30][..]), Some(&[20][..])];
        let arcs = inclusive.map(|inclusive| Arc { inclusive, ..arc_to_f() });
        let mut profile = profile([1, 2, 101], arcs, None);
        let made = complete(&mut profile, ALL).expect("small numbers");
        assert!(made.contains(&(Facet::CalleeSelf, 3)) && !made.iter().any(|it| it.0 == Facet::ArcCosts));
        assert!(profile.meta.invented.has(Facet::CallCounts) && !profile.meta.invented.has(Facet::ArcCosts));
        let graph = &profile.calls[0];
        let own: i64 = graph.arcs().map(|arc| arc.callee_self.expect("made up")[0]).sum();
        assert_eq!(own, 101);
        let f = graph.totals().find(|total| total.function.index() == F).expect("every function has a row");
        assert_eq!((f.calls, f.primitive_calls, f.inclusive), (Some(&[3][..]), Some(&[2][..]), Some(&[101][..])));
    }

    #[test]
    fn costs_of_arcs_follow_the_calls() {
        let counts = [Some(&[3][..]), Some(&[1][..]), Some(&[6][..])];
        let arcs = counts.map(|calls| Arc { calls, ..arc_to_f() });
        // Four calls come from other functions and are told of; one more has no caller.
        let total = Total { calls: Some(&[11]), inclusive: Some(&[50]), ..Total::new(FunctionId::from_index(F)) };
        let mut profile = profile([0, 0, 50], arcs, Some(total));
        complete(&mut profile, ALL).expect("small numbers");
        let costs: Vec<_> = profile.calls[0].arcs().map(|arc| arc.inclusive.expect("made up")[0]).collect();
        assert_eq!(costs, [30, 10, 0]);
        let primitive: Vec<_> = profile.calls[0].arcs().map(|arc| arc.primitive_calls.expect("made up")[0]).collect();
        assert_eq!(primitive, [3, 1, 1]);
    }

    #[test]
    fn what_is_there_stays_and_is_not_called_invented() {
        let arcs = [Some(&[5][..]), None, None].map(|calls| Arc { calls, ..arc_to_f() });
        let mut profile = profile([1, 1, 1], arcs, None);
        let made = complete(&mut profile, Facets::of(&[Facet::ArcCalls])).expect("small numbers");
        assert_eq!(made, [(Facet::ArcCalls, 2)]);
        assert!(profile.meta.invented.is_empty());
        assert!(complete(&mut profile, Facets::of(&[Facet::ArcCalls])).expect("small numbers").is_empty());
    }

    #[test]
    fn shares_of_huge_numbers_add_up() {
        let most = i64::MAX;
        let given = shares(i128::from(most), &[most, most, 1], 2 * i128::from(most) + 1);
        assert_eq!(given.iter().map(|&share| i128::from(share)).sum::<i128>(), i128::from(most));
        assert_eq!(shares(7, &[0, 0], 0), [0, 0]);
        assert_eq!(shares(-7, &[1, 1], 2).iter().sum::<i64>(), -7);
    }
}
