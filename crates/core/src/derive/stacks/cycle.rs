//! The contexts of functions that call each other in a cycle.
//!
//! In a cycle the arcs do not tell how deep the recursion went. So the cycle is unrolled into a tree of
//! calls, the likeliest first, and then the tree is fitted to what the arcs and totals state:
//!
//! ```text
//! fib -> fib: 20 calls          main ── fib ┬─ fib ┬─ fib ...      [`unroll`] the tree,
//! main -> fib: 1 call                       │      └─ fib ...      [`rake`] its costs
//!                                           └─ fib ...
//! ```
//!
//! (Two calls of one function from one place are one node, with the cost of both.)

use super::contexts::{Context, Cut, Inflow};
use super::flow::{Amount, Flow};
use super::graph::{Function, Graph};
use super::raking::rake;
use super::tree::{NodeId, Tree};
use super::unrolling::{Link, Node, unroll};
use crate::derive::components::Components;

/// A component in which functions call each other, or a function that calls itself.
///
/// Its functions are numbered by their places in `members`.
pub(super) struct Cycle<'g> {
    pub(super) graph: &'g Graph,
    pub(super) flow: &'g Flow,
    pub(super) members: &'g [usize],
    /// The arcs inside, by caller, then by callee.
    pub(super) arcs: Vec<InnerArc>,
    starts: Vec<usize>,
}

/// An arc between two functions of a cycle.
pub(super) struct InnerArc {
    /// The place in the graph.
    pub(super) id: usize,
    pub(super) caller: usize,
    pub(super) callee: usize,
    /// How often one call of the caller that is not inside another one makes this call.
    pub(super) rate: f64,
}

impl<'g> Cycle<'g> {
    pub(super) fn new(graph: &'g Graph, flow: &'g Flow, components: &Components, members: &'g [usize]) -> Cycle<'g> {
        let mut cycle = Cycle { graph, flow, members, arcs: Vec::new(), starts: vec![0] };
        let component = components.of[members[0]];
        for (caller, &function) in members.iter().enumerate() {
            let start = cycle.arcs.len();
            for &id in graph.places_from(function) {
                let callee = graph.arcs[id].callee;
                if components.of[callee] == component
                    && let Ok(callee) = members.binary_search(&callee)
                {
                    let rate = cycle.rate(function, id);
                    cycle.arcs.push(InnerArc { id, caller, callee, rate });
                }
            }
            cycle.limit_rates(start, function);
            cycle.starts.push(cycle.arcs.len());
        }
        cycle
    }

    /// Returns the numbers of a member.
    pub(super) fn function(&self, member: usize) -> &'g Function {
        &self.graph.functions[self.members[member]]
    }

    /// Returns what a member costs without those of its callees that are in the cycle.
    pub(super) fn local(&self, member: usize) -> Amount {
        Amount { own: self.function(member).own, below: self.flow.out[self.members[member]] }
    }

    /// Returns the places in `arcs` of the arcs from a member.
    pub(super) fn places_from(&self, member: usize) -> std::ops::Range<usize> {
        self.starts[member]..self.starts[member + 1]
    }

    /// Returns the contexts of each member.
    pub(super) fn contexts(&self, inflows: &[Vec<Inflow>], tree: &mut Tree, cut: &mut Cut) -> Vec<Vec<Context>> {
        let nodes = unroll(self, inflows, cut);
        let amounts = rake(self, &nodes);
        let mut ids: Vec<NodeId> = Vec::with_capacity(nodes.len());
        let mut contexts: Vec<Vec<Context>> = vec![Vec::new(); self.members.len()];
        for (Node { link, function, limit, .. }, amount) in nodes.iter().zip(amounts) {
            let parent = match link {
                Link::Entry { outer, .. } => *outer,
                Link::Inner { parent, .. } => ids[*parent],
            };
            let node = tree.add(parent, self.members[*function]);
            ids.push(node);
            contexts[*function].push(Context { node, amount, limit: *limit });
        }
        contexts.iter_mut().enumerate().for_each(|(member, contexts)| self.restore(member, contexts));
        contexts
    }

    /// Gives the first context of a member what vanished because no number could be used at all.
    fn restore(&self, member: usize, contexts: &mut [Context]) {
        let local = self.local(member);
        let own: f64 = contexts.iter().map(|context| context.amount.own).sum();
        let below: f64 = contexts.iter().map(|context| context.amount.below).sum();
        for (place, Context { amount, .. }) in contexts.iter_mut().enumerate() {
            let whole = if place == 0 { local } else { Amount::ZERO };
            amount.own = if own > 0.0 { amount.own } else { whole.own };
            amount.below = if below > 0.0 { amount.below } else { whole.below };
        }
    }

    fn rate(&self, caller: usize, arc: usize) -> f64 {
        let (caller, arc) = (&self.graph.functions[caller], &self.graph.arcs[arc]);
        if self.graph.has_primitive {
            arc.primitive_calls / caller.primitive_calls.max(1.0)
        } else {
            arc.calls / caller.calls.max(1.0)
        }
    }

    /// Scales the rates of the arcs from `start` on down to the calls that one call really makes: primitive
    /// calls are counted per arc, so that several arcs together may claim too many.
    fn limit_rates(&mut self, start: usize, caller: usize) {
        let arcs = &mut self.arcs[start..];
        let calls: f64 = arcs.iter().map(|arc| self.graph.arcs[arc.id].calls).sum();
        let calls = calls / self.graph.functions[caller].calls.max(1.0);
        let most = arcs.iter().fold(calls, |most, arc| most.max(arc.rate));
        let all: f64 = arcs.iter().map(|arc| arc.rate).sum();
        if all > most {
            arcs.iter_mut().for_each(|arc| arc.rate *= most / all);
        }
    }
}
