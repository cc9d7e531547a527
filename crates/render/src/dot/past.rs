//! The arcs between the functions that are drawn, those that lead past hidden functions among them.
//!
//! ```text
//! main -> run -> parse        with run hidden: main ..> parse
//! ```
//!
//! Stacks tell exactly what such an arc costs. In a call graph, a hidden function hands what its callees cost back to its
//! callers in proportion to what it costs under each of them: an estimate. Hidden functions go one by one, the
//! least first, and what would be too little to be drawn is not followed, so that few arcs arise.

use super::Options;
use super::graph::{Cost, Edge, Graph};
use super::select::Selection;
use profkit_core::Result;
use profkit_core::derive::{FunctionArcs, FunctionGraph};
use std::collections::HashMap;

/// The least share of the whole that is followed past hidden functions, whatever is to be drawn.
const LEAST_SHARE: f64 = 1e-4;

/// Returns the arcs that there are without the hidden functions, where some are hidden and stacks tell.
pub(super) fn exact_arcs(functions: &FunctionGraph<'_>, selection: &Selection) -> Result<Option<FunctionArcs>> {
    if selection.hides_some() { functions.arcs_without(&|id| !selection.has_id(id)) } else { Ok(None) }
}

/// Returns the edges between nodes that are drawn, sorted by their ends: those of the exact arcs, if there are any.
pub(super) fn edges<'g>(
    graph: &Graph<'g>,
    exact: Option<&'g FunctionArcs>,
    selection: &Selection,
    options: &Options<'_>,
) -> Vec<Edge<'g>> {
    let mut edges = match exact {
        Some(arcs) => graph.edges_of(arcs),
        None if selection.hides_some() => around(graph, selection, options),
        None => graph.edges.clone(),
    };
    edges.retain(|edge| selection.has(edge.from) && selection.has(edge.to));
    edges.sort_by_key(|edge| (edge.from, edge.to));
    edges
}

/// Returns the edges of a call graph between nodes that are drawn, with those that lead past hidden nodes.
fn around<'g>(graph: &Graph<'g>, selection: &Selection, options: &Options<'_>) -> Vec<Edge<'g>> {
    let least = options.min_edge().max(LEAST_SHARE) * graph.whole.size();
    let mut hidden: Vec<usize> = selection.small.iter().chain(&selection.beyond).copied().collect();
    hidden.sort_by(|&left, &right| {
        let size = |node: usize| graph.nodes[node].total.size();
        size(left).total_cmp(&size(right)).then(left.cmp(&right))
    });
    let mut ways = Ways::new(graph);
    for node in hidden {
        ways.lead_past(node, least);
    }
    let direct = graph.edges.iter().filter(|edge| selection.has(edge.from) && selection.has(edge.to));
    direct.copied().chain(ways.past).collect()
}

/// The edges between the nodes that are left: those of the graph, and those past nodes that are gone.
struct Ways<'w, 'g> {
    graph: &'w Graph<'g>,
    is_gone: Vec<bool>,
    past: Vec<Edge<'g>>,
    /// The place of each edge in `past`, by its ends.
    places: HashMap<(usize, usize), usize>,
    past_from: Vec<Vec<usize>>,
    past_to: Vec<Vec<usize>>,
}

impl<'w, 'g> Ways<'w, 'g> {
    fn new(graph: &'w Graph<'g>) -> Ways<'w, 'g> {
        let count = graph.nodes.len();
        Ways {
            graph,
            is_gone: vec![false; count],
            past: Vec::new(),
            places: HashMap::new(),
            past_from: vec![Vec::new(); count],
            past_to: vec![Vec::new(); count],
        }
    }

    /// Takes a node away, and leads from its callers to its callees.
    fn lead_past(&mut self, node: usize, least: f64) {
        self.is_gone[node] = true;
        let out = self.graph.out_of(node).chain(self.past_from[node].iter().map(|&place| &self.past[place]));
        // No caller hands on more than all of it.
        let out: Vec<Edge<'g>> = out.filter(|edge| edge.weight >= least && !self.is_gone[edge.to]).copied().collect();
        if out.is_empty() {
            return;
        }
        let into = self.graph.into(node).chain(self.past_to[node].iter().map(|&place| &self.past[place]));
        let into = into.filter(|edge| !self.is_gone[edge.from]).map(|edge| (edge.from, edge.weight));
        let mut into: Vec<(usize, f64)> = into.collect();
        // Fractions are added in one order, so that the sums are the same in every run.
        into.sort_unstable_by_key(|it| it.0);
        let all: f64 = into.iter().map(|it| it.1).sum();
        for first in into {
            out.iter().filter_map(|second| joined(first, second, all, least)).for_each(|past| self.add(past));
        }
    }

    /// Adds an estimate to an edge with the same ends, or as a new one. What is stated of a direct arc stays as it is.
    fn add(&mut self, past: Edge<'g>) {
        if self.graph.has_edge(past.from, past.to) {
            return;
        }
        let place = *self.places.entry((past.from, past.to)).or_insert(self.past.len());
        if let Some(edge) = self.past.get_mut(place) {
            sum(edge, &past);
            return;
        }
        self.past_from[past.from].push(place);
        self.past_to[past.to].push(place);
        self.past.push(past);
    }
}

/// Returns the edge past a node from a caller, whose calls weigh `into` of `all`, to a callee, if there is enough to show.
fn joined<'g>((from, into): (usize, f64), second: &Edge<'g>, all: f64, least: f64) -> Option<Edge<'g>> {
    let share = if all > 0.0 { into / all } else { 0.0 };
    let weight = second.weight * share;
    if from == second.to || weight <= 0.0 || weight < least {
        return None;
    }
    let part = |cost: i64| (cost as f64 * share).round() as i64;
    let cost = second.cost.map(|cost| Cost { before: part(cost.before), now: part(cost.now) });
    Some(Edge { from, to: second.to, cost, is_bound: false, weight, calls: None, is_direct: false, is_estimate: true })
}

/// Adds an estimate to another one.
fn sum(edge: &mut Edge<'_>, past: &Edge<'_>) {
    edge.weight += past.weight;
    edge.cost = match (edge.cost, past.cost) {
        (Some(cost), Some(more)) => {
            Some(Cost { before: cost.before.saturating_add(more.before), now: cost.now.saturating_add(more.now) })
        }
        (cost, more) => cost.or(more),
    };
}
