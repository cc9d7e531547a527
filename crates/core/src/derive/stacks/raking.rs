//! Fitting the costs of an unrolled cycle to everything that the source states of it.
//!
//! Iterative proportional fitting, as for the margins of a table: the sums over the nodes of an arc, of a
//! function, of an entry are compared with what is stated of it, the nodes are scaled by the ratio,
//! again and again. Inclusive costs count where an arc or a function is the first of its kind on its path,
//! and scale whole subtrees:
//!
//! ```text
//! a 1st  ── b 1st  ── a ── b      what is stated of the arc a -> b is the sum below the first b;
//!            └────────────┘       both nodes of b are scaled by it
//! ```
//!
//! The statements contradict each other where the tree was cut, so each step goes part of the way, smaller
//! parts after the error grew, and no sum is raised too far in all. Own costs come last in each round, which
//! makes them exact.

use super::contexts::Via;
use super::cycle::Cycle;
use super::flow::Amount;
use super::graph::Function;
use super::unrolling::{Link, Node};
use crate::hash::Map;

/// The most rounds, and the fewest.
const ROUNDS: std::ops::RangeInclusive<usize> = 4..=30;
/// How often a node is updated in all rounds, which bounds the rounds of large trees.
const MOST_UPDATES: usize = 4_000_000;
/// The rounds where nothing but own costs and entries is known.
const ROUNDS_OF_ENTRIES: usize = 8;
/// The part of the way that the first round goes, and what becomes of it when the error shrinks or grows.
const FIRST_STEP: f64 = 0.3;
const FASTER: f64 = 1.15;
const SLOWER: f64 = 0.5;
const STEPS: (f64, f64) = (0.02, 1.0);
/// The bounds of a ratio in one round.
const RATIOS: (f64, f64) = (0.1, 10.0);
/// How far a sum is raised in all rounds together. With more, statements that a cut tree cannot meet push
/// cost to the wrong nodes.
const MOST_RAISED: f64 = 3.0;

/// Returns the amount of each node, which for each member add up to its local cost.
pub(super) fn rake(cycle: &Cycle<'_>, nodes: &[Node]) -> Vec<Amount> {
    let mut raking = Raking::new(cycle, nodes);
    let is_full = cycle.graph.has_primitive && cycle.graph.has_totals;
    let rounds = if is_full {
        (MOST_UPDATES / nodes.len().max(1)).clamp(*ROUNDS.start(), *ROUNDS.end())
    } else {
        ROUNDS_OF_ENTRIES
    };
    let mut step = Step { size: FIRST_STEP, error: f64::INFINITY };
    for round in 0..rounds {
        raking.fit_own();
        let sums = raking.sums();
        step.adapt(raking.error(&sums, is_full), round == 0);
        raking.fit_inclusive(&sums, is_full.then_some(step.size));
    }
    raking.fit_own();
    raking.amounts
}

/// How far a round goes.
struct Step {
    size: f64,
    error: f64,
}

impl Step {
    fn adapt(&mut self, error: f64, is_first: bool) {
        if !is_first {
            let size = self.size * if error > self.error { SLOWER } else { FASTER };
            self.size = size.clamp(STEPS.0, STEPS.1);
        }
        self.error = error;
    }
}

struct Raking<'c> {
    cycle: &'c Cycle<'c>,
    nodes: &'c [Node],
    amounts: Vec<Amount>,
    /// The arc of each node, as a place in `arcs`.
    arc_of: Vec<usize>,
    arcs: Vec<ArcTarget>,
    /// Whether it is known of every arc what its callee itself cost.
    knows_own: bool,
    raised_arcs: Vec<f64>,
    raised_functions: Vec<f64>,
}

/// What is stated of an arc.
struct ArcTarget {
    own: Option<f64>,
    inclusive: f64,
}

/// What the nodes say of that which the source states.
struct Sums {
    nodes: Vec<f64>,
    arcs: Vec<f64>,
    functions: Vec<f64>,
}

impl<'c> Raking<'c> {
    fn new(cycle: &'c Cycle<'c>, nodes: &'c [Node]) -> Raking<'c> {
        let mut places: Map<(Via, usize), usize> = Map::default();
        let mut arcs = Vec::new();
        let mut arc_of = Vec::with_capacity(nodes.len());
        for node in nodes {
            let via = match node.link {
                Link::Entry { via, .. } => via,
                Link::Inner { arc, .. } => Via::Arc(cycle.arcs[arc].id as u32),
            };
            let place = *places.entry((via, node.function)).or_insert(arcs.len());
            if place == arcs.len() {
                arcs.push(ArcTarget::new(cycle, via, node.function));
            }
            arc_of.push(place);
        }
        let arcs_to = cycle.members.iter().flat_map(|&function| cycle.graph.arcs_to(function));
        Raking {
            cycle,
            nodes,
            amounts: nodes.iter().map(|node| local_amount(cycle, node)).collect(),
            arc_of,
            knows_own: arcs_to.into_iter().all(|arc| arc.own.is_some()),
            raised_arcs: vec![1.0; arcs.len()],
            raised_functions: vec![1.0; cycle.members.len()],
            arcs,
        }
    }

    /// Scales the amounts to what the source says that functions cost locally, and below each caller.
    fn fit_own(&mut self) {
        if self.knows_own {
            let mut sums = vec![0.0; self.arcs.len()];
            self.arc_of.iter().zip(&self.amounts).for_each(|(&arc, amount)| sums[arc] += amount.own);
            let ratio = |(arc, sum): (&ArcTarget, f64)| arc.own.filter(|_| sum > 0.0).map_or(1.0, |own| own / sum);
            let ratios: Vec<f64> = self.arcs.iter().zip(sums).map(ratio).collect();
            self.amounts.iter_mut().zip(&self.arc_of).for_each(|(amount, &arc)| amount.own *= ratios[arc]);
        }
        let mut sums = vec![Amount::ZERO; self.cycle.members.len()];
        self.nodes.iter().zip(&self.amounts).for_each(|(node, &amount)| sums[node.function] += amount);
        let ratio = |target: f64, sum: f64| if sum > 0.0 { target / sum } else { 1.0 };
        let ratio = |(member, sum): (usize, Amount)| {
            let local = self.cycle.local(member);
            Amount { own: ratio(local.own, sum.own), below: ratio(local.below, sum.below) }
        };
        let ratios: Vec<Amount> = sums.into_iter().enumerate().map(ratio).collect();
        for (amount, node) in self.amounts.iter_mut().zip(self.nodes) {
            amount.own *= ratios[node.function].own;
            amount.below *= ratios[node.function].below;
        }
    }

    fn sums(&self) -> Sums {
        let mut sums = Sums {
            nodes: self.amounts.iter().map(|amount| amount.sum()).collect(),
            arcs: vec![0.0; self.arcs.len()],
            functions: vec![0.0; self.cycle.members.len()],
        };
        // Parents precede their children: going backwards, a node is complete before its parent takes it.
        for (place, node) in self.nodes.iter().enumerate().rev() {
            if let Some(parent) = node.link.parent() {
                sums.nodes[parent] += sums.nodes[place];
            }
        }
        for (place, node) in self.nodes.iter().enumerate() {
            if node.link.parent().is_some() && node.is_first_of_arc {
                sums.arcs[self.arc_of[place]] += sums.nodes[place];
            }
            if node.is_first_of_function {
                sums.functions[node.function] += sums.nodes[place];
            }
        }
        sums
    }

    fn error(&self, sums: &Sums, is_full: bool) -> f64 {
        let entries = self.nodes.iter().zip(&sums.nodes).filter(|(node, _)| node.link.parent().is_none());
        let of_entries: f64 = entries.filter(|&(_, &sum)| sum > 0.0).map(|(node, sum)| (node.mass - sum).abs()).sum();
        if !is_full {
            return of_entries;
        }
        let arcs = self.arcs.iter().zip(&sums.arcs).filter(|&(_, &sum)| sum > 0.0);
        let of_arcs: f64 = arcs.map(|(arc, sum)| (arc.inclusive - sum).abs()).sum();
        let functions = sums.functions.iter().enumerate();
        let of_functions: f64 = functions.map(|(member, sum)| (self.cycle.function(member).total - sum).abs()).sum();
        of_entries + (of_arcs + of_functions)
    }

    /// Scales whole subtrees to what enters them and, with a step, to what is stated of arcs and functions.
    fn fit_inclusive(&mut self, sums: &Sums, step: Option<f64>) {
        let (mut of_arcs, mut of_functions) = (vec![1.0; self.arcs.len()], vec![1.0; sums.functions.len()]);
        if let Some(step) = step {
            for (place, (arc, &sum)) in self.arcs.iter().zip(&sums.arcs).enumerate().filter(|(_, (_, sum))| **sum > 0.0)
            {
                of_arcs[place] = raise(&mut self.raised_arcs[place], arc.inclusive / sum, step);
            }
            for (member, &sum) in sums.functions.iter().enumerate() {
                let Function { total, .. } = *self.cycle.function(member);
                if sum > 0.0 && total > 0.0 {
                    of_functions[member] = raise(&mut self.raised_functions[member], total / sum, step);
                }
            }
        }
        let mut ratios: Vec<f64> = Vec::with_capacity(self.nodes.len());
        for (place, node) in self.nodes.iter().enumerate() {
            let sum = sums.nodes[place];
            let mut ratio = match node.link.parent() {
                Some(parent) => ratios[parent] * if node.is_first_of_arc { of_arcs[self.arc_of[place]] } else { 1.0 },
                None if sum > 0.0 && node.mass > 0.0 => (node.mass / sum).clamp(RATIOS.0, RATIOS.1),
                None => 1.0,
            };
            if node.is_first_of_function {
                ratio *= of_functions[node.function];
            }
            ratios.push(ratio);
            self.amounts[place].own *= ratio;
            self.amounts[place].below *= ratio;
        }
    }
}

impl ArcTarget {
    fn new(cycle: &Cycle<'_>, via: Via, member: usize) -> ArcTarget {
        match via {
            Via::Arc(arc) => {
                let arc = &cycle.graph.arcs[arc as usize];
                ArcTarget { own: arc.own, inclusive: arc.inclusive }
            }
            Via::Root => ArcTarget { own: Some(cycle.function(member).root_own), inclusive: 0.0 },
            Via::Folded => ArcTarget { own: None, inclusive: 0.0 },
        }
    }
}

/// Divides what stays at a node as the function divides its own.
fn local_amount(cycle: &Cycle<'_>, node: &Node) -> Amount {
    let local = cycle.local(node.function);
    let all = local.sum();
    if all > 0.0 {
        Amount { own: node.local * local.own / all, below: node.local * local.below / all }
    } else {
        Amount::ZERO
    }
}

/// Raises or lowers a sum by part of a ratio, within what it may be raised in all; returns by how much.
fn raise(raised: &mut f64, ratio: f64, step: f64) -> f64 {
    let before = *raised;
    *raised = MOST_RAISED.min(before * ratio.clamp(RATIOS.0, RATIOS.1).powf(step));
    *raised / before
}
