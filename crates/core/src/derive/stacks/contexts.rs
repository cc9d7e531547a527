//! The contexts of each function: from the callers down.
//!
//! A context is one chain of callers with an amount of the function's cost. Each context of a caller
//! becomes one of its callee, with the callee's share of what flows below the caller:
//!
//! ```text
//! main 60 ── a 30 ── f 12        f has two contexts, and so has g:
//!        └── b 30 ── f 18        main;a;f;g  and  main;b;f;g,
//!                                12/30 and 18/30 of what f spends in g
//! ```
//!
//! This grows with the number of paths, so a function keeps its heaviest contexts only. The amounts of
//! the others move to one context below a `[folded]` frame.

use super::cycle::Cycle;
use super::flow::{Amount, Flow};
use super::graph::Graph;
use super::tree::{NodeId, Tree};
use crate::derive::components::Components;
use crate::error::Result;

/// How many contexts a function outside cycles has at most, beside the folded one.
const MOST_CONTEXTS: usize = 64;
/// The share of the whole cost below which a context is not kept, unless it is the first.
const LEAST_SHARE: f64 = 1e-6;
/// How many contexts all functions of cycles have together, about.
const MOST_CONTEXTS_IN_CYCLES: usize = 1 << 18;
/// How many contexts a function of a cycle has at most, if there are very many such functions, and if there are few.
const MOST_IN_CYCLE: (usize, usize) = (8, 256);

/// One chain of callers of a function, the function included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    pub(super) node: NodeId,
    pub(super) amount: Amount,
    /// The cost of the lightest arc on the chain: what a single call below can cost at most.
    pub(super) limit: f64,
}

/// A chain of callers through which an amount reaches a function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inflow {
    pub(super) via: Via,
    pub(super) parent: NodeId,
    pub(super) amount: Amount,
    pub(super) limit: f64,
}

/// What a function is entered through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Via {
    /// Nothing: the function is called by nobody in the graph.
    Root,
    /// One of several arcs that were not kept apart.
    Folded,
    /// An arc, by its place in the graph.
    Arc(u32),
}

/// What takes the contexts of a function.
pub(super) type Emit<'e> = dyn FnMut(usize, &Tree, &[Context]) -> Result<()> + 'e;

/// Where contexts are cut off, and how much has been.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cut {
    /// The cost below which a context is not kept.
    pub(super) least: f64,
    /// The cost of contexts that were not kept.
    pub(super) folded: f64,
    /// How many contexts a function of a cycle has at most.
    pub(super) most_in_cycle: usize,
}

/// Hands the contexts of every function to `emit`, callers first.
///
/// Returns the cost of the contexts that were not kept.
pub(super) fn contexts(graph: &Graph, components: &Components, emit: &mut Emit<'_>) -> Result<f64> {
    let flow = Flow::new(graph, components);
    let all: f64 = graph.functions.iter().map(|function| function.own).sum();
    let cycles = components.members.iter().filter(|members| graph.single(members).is_none());
    let in_cycles: usize = cycles.map(Vec::len).sum();
    let most_in_cycle = (MOST_CONTEXTS_IN_CYCLES / in_cycles.max(1)).clamp(MOST_IN_CYCLE.0, MOST_IN_CYCLE.1);
    let mut descent = Descent {
        graph,
        flow: &flow,
        tree: Tree::new(),
        inflows: vec![Inflows::default(); graph.functions.len()],
        heaviest: vec![None; graph.functions.len()],
        cut: Cut { least: all * LEAST_SHARE, folded: 0.0, most_in_cycle },
    };
    for members in components.members.iter().rev() {
        let contexts = match graph.single(members) {
            Some(function) => vec![descent.of_function(function)],
            None => descent.of_cycle(components, members),
        };
        for (&function, contexts) in members.iter().zip(&contexts) {
            descent.hand_down(function, contexts);
            emit(function, &descent.tree, contexts)?;
        }
    }
    Ok(descent.cut.folded)
}

struct Descent<'g> {
    graph: &'g Graph,
    flow: &'g Flow,
    tree: Tree,
    inflows: Vec<Inflows>,
    heaviest: Vec<Option<NodeId>>,
    cut: Cut,
}

impl Descent<'_> {
    fn of_function(&mut self, function: usize) -> Vec<Context> {
        let mut inflows = self.inflows(function);
        if inflows.is_empty() {
            inflows.push(self.fallback(function));
        }
        let context = |Inflow { parent, amount, limit, .. }| {
            let node = self.tree.add(parent, function);
            Context { node, amount, limit }
        };
        inflows.into_iter().map(context).collect()
    }

    fn of_cycle(&mut self, components: &Components, members: &[usize]) -> Vec<Vec<Context>> {
        let mut inflows: Vec<Vec<Inflow>> = members.iter().map(|&function| self.inflows(function)).collect();
        if inflows.iter().all(Vec::is_empty) {
            inflows[0].push(self.fallback(members[0]));
        }
        let cycle = Cycle::new(self.graph, self.flow, components, members);
        cycle.contexts(&inflows, &mut self.tree, &mut self.cut)
    }

    /// Takes the inflows of a function: the heaviest ones, and all others as one.
    fn inflows(&mut self, function: usize) -> Vec<Inflow> {
        let mut inflows = std::mem::take(&mut self.inflows[function]);
        let from_root = self.flow.from_root[function];
        if from_root.is_something() {
            inflows.push(Inflow { via: Via::Root, parent: NodeId::ROOT, amount: from_root, limit: f64::INFINITY });
        }
        let Inflows { mut kept, mut rest } = inflows.settle();
        let is_light = |&(place, inflow): &(usize, &Inflow)| place > 0 && inflow.amount.sum() < self.cut.least;
        if let Some((light, _)) = kept.iter().enumerate().find(is_light) {
            kept.drain(light..).for_each(|inflow| rest += inflow.amount);
        }
        if rest.is_something() {
            self.cut.folded += rest.sum();
            let parent = self.tree.folded();
            kept.push(Inflow { via: Via::Folded, parent, amount: rest, limit: f64::INFINITY });
        }
        kept
    }

    /// Returns where a function that no cost reaches stands: below its heaviest caller.
    fn fallback(&self, function: usize) -> Inflow {
        let weight = |arc: usize| (self.graph.arcs[arc].inclusive, self.graph.arcs[arc].calls);
        let reached =
            self.graph.places_to(function).filter(|&arc| self.heaviest[self.graph.arcs[arc].caller].is_some());
        let heaviest = reached.reduce(|a, b| if weight(b) > weight(a) { b } else { a });
        let parent = heaviest.and_then(|arc| self.heaviest[self.graph.arcs[arc].caller]);
        Inflow {
            via: heaviest.map_or(Via::Root, |arc| Via::Arc(arc as u32)),
            parent: parent.unwrap_or(NodeId::ROOT),
            amount: Amount::ZERO,
            limit: f64::INFINITY,
        }
    }

    /// Shares out what flows below each context of a function among its callees.
    fn hand_down(&mut self, function: usize, contexts: &[Context]) {
        let heavier = |a: Context, b: Context| if b.amount.sum() > a.amount.sum() { b } else { a };
        self.heaviest[function] = contexts.iter().copied().reduce(heavier).map(|context| context.node);
        let out = self.flow.out[function];
        for context in contexts.iter().filter(|context| context.amount.below > 0.0 && out > 0.0) {
            let share = context.amount.below / out;
            for &arc in self.graph.places_from(function) {
                let through = self.flow.through[arc];
                if through.is_something() {
                    let inclusive = self.graph.arcs[arc].inclusive;
                    self.inflows[self.graph.arcs[arc].callee].push(Inflow {
                        via: Via::Arc(arc as u32),
                        parent: context.node,
                        amount: Amount { own: through.own * share, below: through.below * share },
                        limit: if inclusive > 0.0 { context.limit.min(inclusive) } else { context.limit },
                    });
                }
            }
        }
    }
}

/// The inflows of one function that has not had its turn yet, in bounded memory.
#[derive(Clone, Default)]
struct Inflows {
    kept: Vec<Inflow>,
    /// The sum of those that certainly are not among the heaviest.
    rest: Amount,
}

impl Inflows {
    fn push(&mut self, inflow: Inflow) {
        if self.kept.len() >= 4 * MOST_CONTEXTS {
            *self = std::mem::take(self).settle();
        }
        self.kept.push(inflow);
    }

    /// Keeps the heaviest inflows, heaviest first.
    fn settle(mut self) -> Inflows {
        let weight = |inflow: &Inflow| inflow.amount.sum();
        self.kept.sort_unstable_by(|a, b| weight(b).total_cmp(&weight(a)).then(a.parent.cmp(&b.parent)));
        self.kept.drain(MOST_CONTEXTS.min(self.kept.len())..).for_each(|inflow| self.rest += inflow.amount);
        self
    }
}
