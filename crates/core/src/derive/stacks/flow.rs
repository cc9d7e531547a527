//! How much of each function's cost comes from each of its callers: from the leaves up.
//!
//! A function has its own cost and what flows out of it to its callees. Both flow to it from its callers,
//! each by what the arcs say of it. The arcs only give shares, so that nothing is lost or made up where
//! they contradict each other:
//!
//! ```text
//!   a          b            a sees 30 of f, 10 of them f itself; b sees 10, 10 of them f itself
//!    \        /             own 20: half and half; below 20: all from a
//!     f  own 20, below 20
//!     |
//!     g  own 20
//! ```
//!
//! A cycle is one node here: what its functions cost together flows in through the arcs from outside.

use super::graph::{Arc, Function, Graph};
use crate::derive::components::Components;

/// Where the arcs from outside explain all but this share of a cycle, nothing else enters it.
const EXPLAINED: f64 = 1.0 - 1e-3;
/// The least share of a cycle that enters it at its roots, if it has any.
const LEAST_ROOT: f64 = 1e-9;

/// An amount of cost that reaches a function: for itself, and for its callees.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Amount {
    pub(super) own: f64,
    pub(super) below: f64,
}

impl Amount {
    pub(super) const ZERO: Amount = Amount { own: 0.0, below: 0.0 };

    pub(super) fn sum(self) -> f64 {
        self.own + self.below
    }

    pub(super) fn is_something(self) -> bool {
        self.own > 0.0 || self.below > 0.0
    }
}

impl std::ops::AddAssign for Amount {
    fn add_assign(&mut self, other: Amount) {
        self.own += other.own;
        self.below += other.below;
    }
}

/// The flow of cost through a call graph.
pub(super) struct Flow {
    /// What flows out of each function to those outside its cycle.
    pub(super) out: Vec<f64>,
    /// What flows through each arc between functions that are not in one cycle.
    pub(super) through: Vec<Amount>,
    /// What flows into each function from nowhere.
    pub(super) from_root: Vec<Amount>,
}

/// One way into a cycle: an arc from outside, or none for the root.
struct Entry {
    arc: Option<usize>,
    function: usize,
    weight: f64,
    calls: f64,
}

impl Flow {
    /// Returns the flow through all functions.
    pub(super) fn new(graph: &Graph, components: &Components) -> Flow {
        let mut flow = Flow {
            out: vec![0.0; graph.functions.len()],
            through: vec![Amount::ZERO; graph.arcs.len()],
            from_root: vec![Amount::ZERO; graph.functions.len()],
        };
        for members in &components.members {
            match graph.single(members) {
                Some(function) => flow.enter_function(graph, function),
                None => flow.enter_cycle(graph, components, members),
            }
        }
        flow
    }

    fn give(&mut self, graph: &Graph, arc: Option<usize>, function: usize, amount: Amount) {
        if !amount.is_something() {
            return;
        }
        match arc {
            Some(arc) => {
                self.through[arc] = amount;
                self.out[graph.arcs[arc].caller] += amount.sum();
            }
            None => self.from_root[function] = amount,
        }
    }

    fn enter_function(&mut self, graph: &Graph, index: usize) {
        let function = &graph.functions[index];
        let below = self.out[index];
        let arcs = graph.arcs_to(index);
        if arcs.is_empty() {
            return self.give(graph, None, index, Amount { own: function.own, below });
        }
        let sources = Sources { function, arcs };
        let (of_own, of_below) = sources.shares();
        let from = graph.places_to(index).map(Some).chain([None]);
        for ((arc, of_own), of_below) in from.zip(of_own).zip(of_below) {
            self.give(graph, arc, index, Amount { own: function.own * of_own, below: below * of_below });
        }
    }

    fn enter_cycle(&mut self, graph: &Graph, components: &Components, members: &[usize]) {
        let all: f64 = members.iter().map(|&function| graph.functions[function].own + self.out[function]).sum();
        let component = components.of[members[0]];
        let mut entries = Vec::new();
        for &function in members {
            for arc in graph.places_to(function).filter(|&arc| components.of[graph.arcs[arc].caller] != component) {
                let Arc { inclusive, calls, .. } = graph.arcs[arc];
                entries.push(Entry { arc: Some(arc), function, weight: inclusive, calls });
            }
        }
        self.add_roots(graph, members, all, &mut entries);
        let weights: f64 = entries.iter().map(|entry| entry.weight).sum();
        let calls: f64 = entries.iter().map(|entry| entry.calls).sum();
        let even = 1.0 / entries.len() as f64;
        for Entry { arc, function, weight, calls: of_entry } in entries {
            let share = if weights > 0.0 {
                weight / weights
            } else if calls > 0.0 {
                of_entry / calls
            } else {
                even
            };
            self.give(graph, arc, function, Amount { own: 0.0, below: all * share });
        }
    }

    /// Adds entries for what no arc from outside explains. There always is some entry: where nothing
    /// tells the root of a program that is one big cycle, it is the function with the largest total.
    fn add_roots(&self, graph: &Graph, members: &[usize], all: f64, entries: &mut Vec<Entry>) {
        let explained: f64 = entries.iter().map(|entry| entry.weight).sum();
        let is_explained = !graph.has_primitive && !entries.is_empty() && explained >= all * EXPLAINED;
        let is_root = |function: &&usize| !is_explained && graph.functions[**function].is_root();
        let mut roots: Vec<usize> = members.iter().filter(is_root).copied().collect();
        if entries.is_empty() && roots.is_empty() {
            let key = |function: usize| (graph.functions[function].total, graph.functions[function].own);
            let largest = members.iter().copied().reduce(|a, b| if key(b) > key(a) { b } else { a });
            roots.extend(largest);
        }
        let weight = (all - explained).max(all * LEAST_ROOT);
        let totals: f64 = roots.iter().map(|&function| graph.functions[function].total).sum();
        for &function in &roots {
            let Function { total, root_calls, .. } = graph.functions[function];
            let weight = if totals > 0.0 { weight * total / totals } else { weight / roots.len() as f64 };
            entries.push(Entry { arc: None, function, weight, calls: root_calls });
        }
    }
}

/// Where the cost of a function outside cycles comes from: its callers and, as the last, the root.
struct Sources<'g> {
    function: &'g Function,
    arcs: &'g [Arc],
}

impl Sources<'_> {
    /// Returns the share of each source in the own cost and in what is below.
    fn shares(&self) -> (Vec<f64>, Vec<f64>) {
        let inclusive = self.with_root(|arc| arc.inclusive, 0.0);
        let calls = self.with_root(|arc| arc.calls, self.function.root_calls);
        let knows_own = self.arcs.iter().all(|arc| arc.own.is_some());
        let (root_own, root_below) = self.root();
        let own = |arc: &Arc| arc.own.filter(|_| knows_own).unwrap_or(arc.inclusive);
        let below = |arc: &Arc| if knows_own { arc.below() } else { arc.inclusive };
        let own = self.with_root(own, root_own);
        let below = self.with_root(below, root_below);
        let even = self.with_root(|_| 1.0, 1.0);
        (normalized(&[&own, &inclusive, &calls, &even]), normalized(&[&below, &calls, &even]))
    }

    /// Returns one number per source; none for the root where there is none.
    fn with_root(&self, of_arc: impl Fn(&Arc) -> f64, root: f64) -> Vec<f64> {
        self.arcs.iter().map(of_arc).chain(self.function.is_root().then_some(root)).collect()
    }

    /// Returns what comes from the root: for the function itself, and for what is below it.
    fn root(&self) -> (f64, f64) {
        let Function { own, total, root_calls, root_own, calls, .. } = *self.function;
        let inclusive: f64 = self.arcs.iter().map(|arc| arc.inclusive).sum();
        let below = (total - inclusive - root_own).max(0.0);
        let own = if root_own == 0.0 && below == 0.0 && calls > 0.0 { own * root_calls / calls } else { root_own };
        (own, below)
    }
}

/// Returns the first of the vectors that has anything in it, so that it sums up to 1.
fn normalized(choices: &[&[f64]]) -> Vec<f64> {
    let sum = |weights: &[f64]| weights.iter().sum::<f64>();
    let weights = choices.iter().find(|weights| sum(weights) > 0.0).map_or(&[][..], |weights| weights);
    let all = sum(weights);
    weights.iter().map(|weight| weight / all).collect()
}

impl Graph {
    /// Returns the only function of a component that is not cyclic.
    pub(super) fn single(&self, members: &[usize]) -> Option<usize> {
        match members {
            &[function] => {
                let calls_itself = self.arcs_to(function).binary_search_by_key(&function, |arc| arc.caller).is_ok();
                (!calls_itself).then_some(function)
            }
            _ => None,
        }
    }
}
