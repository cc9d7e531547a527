//! A call graph on other functions: rows that become one add up, and totals stay true where they can.
//!
//! ```text
//! main -> a 9, a -> b 4, b -> x 3        a and b become G
//! main -> G 9, G -> G 4, G -> x 3        total of G: 9 + 4 - 4, since b was inside a
//! ```
//!
//! What a group costs in all is the sum of what its members do, less what one of them does under another
//! one: the arcs between them. That is so while no member calls itself back through another function.
//! Else a cost may be in several of these sums, and the graph does not tell which.

use super::Rows;
use crate::sums::Sums;
use profkit_core::derive::Components;
use profkit_core::{Arc, CallGraph, FrameId, FunctionId, Id, Profile, Result, Total};
use std::collections::HashMap;

const CALLS: usize = 0;
const PRIMITIVE_CALLS: usize = 1;
const INCLUSIVE: usize = 2;
const CALLEE_SELF: usize = 3;

/// Returns the graph on the rows that stand in the place of those of `from`.
pub(super) fn moved(rows: &Rows, from: &Profile, graph: &CallGraph, to: &Profile) -> Result<CallGraph> {
    let groups = Groups::new(rows, from, graph, to);
    let mut moved = CallGraph::with_count_stride(graph.stride(), graph.count_stride());
    (moved.thread, moved.part) = (graph.thread, graph.part);
    let mut own: Sums<FrameId> = Sums::default();
    for (frame, costs) in graph.own() {
        own.add(rows.frames[frame.index()], [Some(costs), None, None, None])?;
    }
    own.iter().for_each(|(frame, [costs, ..])| moved.add_own(frame, costs.unwrap_or_default()));
    let mut arcs: Sums<(FrameId, FunctionId)> = Sums::default();
    for arc in graph.arcs() {
        let ends = (rows.frames[arc.caller.index()], rows.functions[arc.callee.index()]);
        let inclusive = arc.inclusive.filter(|_| !groups.calls_back_from_a_part(&arc));
        arcs.add(ends, [arc.calls, arc.primitive_calls, inclusive, arc.callee_self])?;
    }
    for ((caller, callee), cells) in arcs.iter() {
        moved.add_arc(Arc {
            calls: cells[CALLS],
            primitive_calls: cells[PRIMITIVE_CALLS],
            inclusive: cells[INCLUSIVE],
            callee_self: cells[CALLEE_SELF],
            ..Arc::new(caller, callee)
        });
    }
    for (function, [calls, primitive_calls, inclusive, _]) in groups.totals(graph)?.iter() {
        if calls.or(primitive_calls).or(inclusive).is_some() {
            moved.add_total(Total { calls, primitive_calls, inclusive, ..Total::new(function) });
        }
    }
    Ok(moved)
}

/// Returns the graph without the calls of functions to themselves; its functions are those of `profile`.
pub(super) fn without_self_arcs(profile: &Profile, graph: &CallGraph) -> Result<CallGraph> {
    let is_self = |arc: &Arc<'_>| profile.frames[arc.caller].function == Some(arc.callee);
    let mut totals: Sums<FunctionId> = Sums::default();
    for Total { function, calls, primitive_calls, inclusive } in graph.totals() {
        totals.add(function, [calls, primitive_calls, inclusive, None])?;
    }
    for arc in graph.arcs().filter(is_self).filter(|arc| arc.calls.is_some()) {
        totals.subtract(arc.callee, CALLS, arc.calls)?;
    }
    let mut less = CallGraph::with_count_stride(graph.stride(), graph.count_stride());
    (less.thread, less.part) = (graph.thread, graph.part);
    graph.own().for_each(|(frame, costs)| less.add_own(frame, costs));
    graph.arcs().filter(|arc| !is_self(arc)).for_each(|arc| less.add_arc(arc));
    for (function, [calls, primitive_calls, inclusive, _]) in totals.iter() {
        less.add_total(Total { calls, primitive_calls, inclusive, ..Total::new(function) });
    }
    Ok(less)
}

/// The functions of a call graph and what they become.
struct Groups<'g> {
    rows: &'g Rows,
    from: &'g Profile,
    /// The functions that the graph has, and the cycle that each is in.
    places: HashMap<FunctionId, usize>,
    cycles: Vec<usize>,
    groups: HashMap<FunctionId, Group>,
}

/// A function that some become.
#[derive(Default)]
struct Group {
    members: Vec<FunctionId>,
    /// Whether a member is called back by another one or through a function outside.
    is_called_back: bool,
    /// Whether lines of a member have become functions of their own.
    is_in_parts: bool,
}

impl<'g> Groups<'g> {
    fn new(rows: &'g Rows, from: &'g Profile, graph: &CallGraph, to: &Profile) -> Groups<'g> {
        let mut places: HashMap<FunctionId, usize> = HashMap::new();
        let mut groups: HashMap<FunctionId, Group> = HashMap::new();
        let mut meet = |function: FunctionId| {
            let next = places.len();
            places.entry(function).or_insert_with(|| {
                groups.entry(rows.functions[function.index()]).or_default().members.push(function);
                next
            });
        };
        let callers = || graph.own().map(|(frame, _)| frame).chain(graph.arcs().map(|arc| arc.caller));
        callers().filter_map(|frame| from.frames[frame].function).for_each(&mut meet);
        graph.arcs().for_each(|arc| meet(arc.callee));
        graph.totals().for_each(|total| meet(total.function));
        let ends = |arc: Arc<'_>| Some((from.frames[arc.caller].function?, arc.callee));
        let arcs = || graph.arcs().filter_map(ends).filter(|(caller, callee)| caller != callee);
        let cycles =
            Components::new(places.len(), arcs().map(|(caller, callee)| (places[&caller], places[&callee]))).of;
        for frame in callers() {
            let (function, new) = (from.frames[frame].function, to.frames[rows.frames[frame.index()]].function);
            let group = function.map(|function| rows.functions[function.index()]);
            if let Some(group) = group.filter(|_| group != new).and_then(|group| groups.get_mut(&group)) {
                group.is_in_parts = true;
            }
        }
        let mut this = Groups { rows, from, places, cycles, groups };
        this.find_calls_back(graph);
        this
    }

    fn find_calls_back(&mut self, graph: &CallGraph) {
        let new: HashMap<FunctionId, usize> = self.groups.keys().enumerate().map(|(place, &id)| (id, place)).collect();
        let group = |function: FunctionId| new[&self.rows.functions[function.index()]];
        let ends = |arc: Arc<'_>| Some((group(self.from.frames[arc.caller].function?), group(arc.callee)));
        let arcs = graph.arcs().filter_map(ends).filter(|(caller, callee)| caller != callee);
        let outside = Components::new(new.len(), arcs);
        for (id, group) in &mut self.groups {
            let mut cycles: Vec<usize> = group.members.iter().map(|member| self.cycles[self.places[member]]).collect();
            cycles.sort_unstable();
            cycles.dedup();
            let is_alone = outside.members[outside.of[new[id]]].len() == 1;
            group.is_called_back = group.members.len() > 1 && !(is_alone && cycles.len() == group.members.len());
        }
    }

    fn group(&self, function: FunctionId) -> (FunctionId, &Group) {
        let id = self.rows.functions[function.index()];
        (id, &self.groups[&id])
    }

    fn caller(&self, arc: &Arc<'_>) -> Option<FunctionId> {
        self.from.frames[arc.caller].function
    }

    /// Returns whether an arc goes from a line that has become a function of its own back to a function
    /// that is active there: what it costs is below that line already.
    fn calls_back_from_a_part(&self, arc: &Arc<'_>) -> bool {
        let cycle = |function: FunctionId| self.cycles[self.places[&function]];
        self.caller(arc).is_some_and(|it| self.group(it).1.is_in_parts && cycle(it) == cycle(arc.callee))
    }

    /// Returns the group that an arc lies within, if its ends are different functions that become one.
    fn inside(&self, arc: &Arc<'_>) -> Option<FunctionId> {
        let caller = self.caller(arc).filter(|&caller| caller != arc.callee)?;
        let (group, callee) = (self.group(caller).0, self.group(arc.callee).0);
        (group == callee).then_some(group)
    }

    /// Returns what is stated of the groups.
    fn totals(&self, graph: &CallGraph) -> Result<Sums<FunctionId>> {
        let mut totals: Sums<FunctionId> = Sums::default();
        let mut stated: HashMap<(FunctionId, usize), Vec<FunctionId>> = HashMap::new();
        for total in graph.totals() {
            let cells = [total.calls, total.primitive_calls, total.inclusive, None];
            let id = self.group(total.function).0;
            for (cell, _) in cells.iter().enumerate().filter(|(_, cell)| cell.is_some()) {
                stated.entry((id, cell)).or_default().push(total.function);
            }
            totals.add(id, cells)?;
        }
        let mut is_known = |id: FunctionId, group: &Group, cell: usize| {
            let of = stated.entry((id, cell)).or_default();
            of.sort_unstable();
            of.dedup();
            let is_whole = cell == PRIMITIVE_CALLS || !group.is_in_parts;
            !group.is_called_back && is_whole && of.len() == group.members.len()
        };
        let several = |group: &Group| group.members.len() > 1 || group.is_in_parts;
        for (&id, group) in self.groups.iter().filter(|(_, group)| several(group)) {
            for cell in [PRIMITIVE_CALLS, INCLUSIVE] {
                if !is_known(id, group, cell) {
                    totals.clear(id, cell);
                }
            }
        }
        for (arc, id) in graph.arcs().filter_map(|arc| Some((arc, self.inside(&arc)?))) {
            // Every call from another member finds the group active.
            totals.subtract(id, PRIMITIVE_CALLS, arc.calls)?;
            totals.subtract(id, INCLUSIVE, arc.inclusive)?;
        }
        Ok(totals)
    }
}

#[cfg(test)]
mod tests {
    use crate::map::map_functions;
    use profkit_core::derive::function_totals;
    use profkit_core::{Arc, CallGraph, Frame, FrameId, Function, FunctionId, Profile, Total, ValueType};

    /// Own cost, total, calls and primitive calls of functions, and arcs with calls and inclusive cost.
    type Functions = [(&'static str, i64, i64, i64, i64)];
    type Arcs = [(&'static str, &'static str, i64, i64)];

    fn function(profile: &mut Profile, name: &str) -> (FrameId, FunctionId) {
        let name = profile.string(name);
        let function = profile.function(Function::named(name));
        (profile.frame(Frame { function: Some(function), ..Frame::default() }), function)
    }

    fn profile(functions: &Functions, arcs: &Arcs) -> Profile {
        let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
        let mut graph = CallGraph::new(1);
        for &(name, own, total, calls, primitive) in functions {
            let (frame, function) = function(&mut profile, name);
            graph.add_own(frame, &[own]);
            graph.add_total(Total {
                calls: Some(&[calls]),
                primitive_calls: Some(&[primitive]),
                inclusive: Some(&[total]),
                ..Total::new(function)
            });
        }
        for &(caller, callee, calls, inclusive) in arcs {
            let (caller, callee) = (function(&mut profile, caller).0, function(&mut profile, callee).1);
            graph.add_arc(Arc { calls: Some(&[calls]), inclusive: Some(&[inclusive]), ..Arc::new(caller, callee) });
        }
        profile.calls.push(graph);
        profile
    }

    /// Makes one function of those whose names start with the same letter.
    fn by_letter(profile: &Profile) -> Profile {
        map_functions(profile, |strings, _, function| {
            let letter = strings[function.name][..1].to_owned();
            Function { name: strings.intern(&letter), ..function }
        })
        .expect("small numbers")
    }

    /// Returns the rows of a graph: name, own cost, total with `<=` for a bound, calls.
    fn rows(profile: &Profile) -> Vec<String> {
        let totals = function_totals(profile).expect("small numbers");
        let row = |(id, it): (FunctionId, Function)| {
            let cost = &totals[id];
            let sign = if cost.is_bound { "<=" } else { "" };
            let calls = [&cost.calls, &cost.primitive_calls].map(|it| it.as_ref().map(|counts| counts[0]));
            format!("{} {} {sign}{} {calls:?}", &profile.strings[it.name], cost.own[0], cost.total[0])
        };
        profile.functions.iter().map(row).collect()
    }

    fn arcs(profile: &Profile) -> Vec<String> {
        let name = |function: FunctionId| &profile.strings[profile.functions[function].name];
        let arcs = profile.calls[0].arcs().map(|arc| {
            let caller = profile.frames[arc.caller].function.expect("a function");
            format!("{} -> {} {:?} {:?}", name(caller), name(arc.callee), arc.calls, arc.inclusive)
        });
        arcs.collect()
    }

    #[test]
    fn a_member_under_another_one_counts_once() {
        let functions = [("main", 1, 20, 1, 1), ("g1", 3, 12, 2, 2), ("g2", 4, 13, 5, 5), ("x", 12, 12, 9, 9)];
        let calls =
            [("main", "g1", 2, 12), ("main", "g2", 1, 7), ("g1", "g2", 4, 6), ("g1", "x", 1, 3), ("g2", "x", 8, 9)];
        let mapped = by_letter(&profile(&functions, &calls));
        assert_eq!(
            rows(&mapped),
            ["m 1 20 [Some(1), Some(1)]", "g 7 19 [Some(7), Some(3)]", "x 12 12 [Some(9), Some(9)]"]
        );
        assert_eq!(
            arcs(&mapped),
            ["m -> g Some([3]) Some([19])", "g -> g Some([4]) Some([6])", "g -> x Some([9]) Some([12])"]
        );
    }

    #[test]
    fn members_that_call_each_other_in_turn_have_what_leaves_them() {
        // main;g1 2, main;g1;g2 3, main;g1;g2;g1;x 5: the sums of g1, g2 and their arcs say 10 + 8 - 8 - 5.
        let functions = [("main", 0, 10, 1, 1), ("g1", 2, 10, 2, 1), ("g2", 3, 8, 1, 1), ("x", 5, 5, 1, 1)];
        let calls = [("main", "g1", 1, 10), ("g1", "g2", 1, 8), ("g2", "g1", 1, 5), ("g1", "x", 1, 5)];
        let mapped = by_letter(&profile(&functions, &calls));
        assert_eq!(rows(&mapped)[1], "g 5 10 [Some(3), None]");
    }

    #[test]
    fn members_with_another_function_between_them_have_a_bound() {
        // main;g1;x;g2 4 and main;g2 6: the arcs do not tell that g2 was below g1.
        let functions = [("main", 0, 10, 1, 1), ("g1", 0, 4, 1, 1), ("x", 0, 4, 1, 1), ("g2", 10, 10, 2, 2)];
        let calls = [("main", "g1", 1, 4), ("g1", "x", 1, 4), ("x", "g2", 1, 4), ("main", "g2", 1, 6)];
        let mapped = by_letter(&profile(&functions, &calls));
        assert_eq!(rows(&mapped)[1], "g 10 <=10 [Some(3), None]");
        assert_eq!(rows(&mapped)[2], "x 0 4 [Some(1), Some(1)]");
    }

    #[test]
    fn a_function_alone_keeps_what_is_stated() {
        let functions = [("a", 1, 99, 7, 3), ("b", 2, 50, 1, 1)];
        let before = profile(&functions, &[("a", "b", 1, 2), ("b", "a", 1, 1), ("a", "a", 4, 4)]);
        assert_eq!(rows(&by_letter(&before)), rows(&before));
        assert_eq!(arcs(&by_letter(&before)), arcs(&before));
    }
}
