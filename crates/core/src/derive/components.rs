//! The cycles of a call graph: which functions reach each other.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// The strongly connected components of a call graph, callees before their callers.
///
/// ```
/// use profkit_core::derive::Components;
///
/// // 0 calls 1, which calls 2, which calls 1 again.
/// let components = Components::new(3, [(0, 1), (1, 2), (2, 1)].into_iter());
/// assert_eq!(components.members, [vec![1, 2], vec![0]]);
/// assert_eq!(components.of, [1, 0, 0]);
/// ```
pub struct Components {
    /// The functions of each component, ascending.
    pub members: Vec<Vec<usize>>,
    /// The component of each function.
    pub of: Vec<usize>,
}

impl Components {
    /// Returns the components of `count` functions that call each other by `arcs`, caller first.
    ///
    /// Kosaraju's way, since petgraph's Tarjan recurses: a chain of calls as long as some generated
    /// parsers have would overflow the stack.
    pub fn new(count: usize, arcs: impl Iterator<Item = (usize, usize)>) -> Components {
        let mut calls: DiGraph<(), ()> = DiGraph::with_capacity(count, arcs.size_hint().0);
        for _ in 0..count {
            calls.add_node(());
        }
        for (caller, callee) in arcs {
            calls.add_edge(NodeIndex::new(caller), NodeIndex::new(callee), ());
        }
        let mut of = vec![0; count];
        let mut members: Vec<Vec<usize>> = Vec::new();
        for component in kosaraju_scc(&calls) {
            let mut functions: Vec<usize> = component.into_iter().map(NodeIndex::index).collect();
            functions.sort_unstable();
            functions.iter().for_each(|&function| of[function] = members.len());
            members.push(functions);
        }
        Components { members, of }
    }
}

#[cfg(test)]
mod tests {
    use super::Components;

    #[test]
    fn a_chain_of_calls_may_be_long() {
        let count = 200_000;
        let components = Components::new(count, (1..count).map(|callee| (callee - 1, callee)));
        assert_eq!(components.members.len(), count);
        assert_eq!(components.of[0], count - 1, "callers come last");
    }

    #[test]
    fn a_cycle_may_be_long() {
        let count = 200_000;
        let components = Components::new(count, (0..count).map(|caller| (caller, (caller + 1) % count)));
        assert_eq!(components.members.len(), 1);
        assert!(components.members[0].is_sorted());
    }

    #[test]
    fn components_are_the_functions_that_reach_each_other_callees_first() {
        let mut state = 1u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let mut cycles = 0;
        for _ in 0..500 {
            let count = 1 + random(12);
            let arcs: Vec<(usize, usize)> = (0..random(24)).map(|_| (random(count), random(count))).collect();
            let mut reaches: Vec<Vec<bool>> =
                (0..count).map(|from| (0..count).map(|to| from == to).collect()).collect();
            for _ in 0..count {
                for &(caller, callee) in &arcs {
                    (0..count).for_each(|to| reaches[caller][to] |= reaches[callee][to]);
                }
            }
            let components = Components::new(count, arcs.into_iter());
            for (from, to) in (0..count).flat_map(|from| (0..count).map(move |to| (from, to))) {
                let is_one = components.of[from] == components.of[to];
                assert_eq!(is_one, reaches[from][to] && reaches[to][from]);
                assert!(components.of[to] <= components.of[from] || !reaches[from][to]);
                assert!(components.members[components.of[from]].contains(&from));
            }
            cycles += components.members.iter().filter(|members| members.len() > 1).count();
        }
        assert!(cycles > 100, "{cycles}");
    }
}
