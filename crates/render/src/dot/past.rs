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
use profkit_core::derive::FunctionGraph;
use std::collections::BTreeMap;

/// The least share of the whole that is followed past hidden functions, whatever is to be drawn.
const LEAST_SHARE: f64 = 1e-4;

/// Returns the arcs between nodes that are drawn, sorted by their ends.
pub(super) fn edges(
    functions: &FunctionGraph<'_>,
    graph: &Graph,
    selection: &Selection,
    options: &Options<'_>,
) -> Result<Vec<Edge>> {
    let has_both = |edge: &Edge| selection.has(edge.from) && selection.has(edge.to);
    let hides_some = !selection.small.is_empty() || !selection.beyond.is_empty();
    let exact = if hides_some { functions.arcs_without(&|id| !selection.has_id(id))? } else { None };
    let mut edges = match exact {
        Some(arcs) => graph.edges_of(&arcs),
        None if hides_some => around(graph, selection, options),
        None => graph.edges.clone(),
    };
    edges.retain(has_both);
    edges.sort_by_key(|edge| (edge.from, edge.to));
    Ok(edges)
}

/// Edges by their other end. The order of the nodes is that of the sums, so that these are the same in every run.
type Ends = BTreeMap<usize, Edge>;

/// Returns the edges of a call graph, with those that lead past hidden nodes.
fn around(graph: &Graph, selection: &Selection, options: &Options<'_>) -> Vec<Edge> {
    let least = options.min_edge().max(LEAST_SHARE) * graph.whole.size();
    let count = graph.nodes.len();
    let (mut callees, mut callers) = (vec![Ends::new(); count], vec![Ends::new(); count]);
    let mut is_hidden = vec![false; count];
    selection.small.iter().chain(&selection.beyond).for_each(|&node| is_hidden[node] = true);
    let mut edges = Vec::new();
    for edge in &graph.edges {
        let touches = is_hidden[edge.from] || is_hidden[edge.to];
        if touches && edge.from != edge.to {
            // The ends of hidden nodes are kept at these nodes only: a busy one that stays needs no list of its own.
            if is_hidden[edge.from] {
                callees[edge.from].insert(edge.to, edge.clone());
            }
            if is_hidden[edge.to] {
                callers[edge.to].insert(edge.from, edge.clone());
            }
        } else if !touches {
            edges.push(edge.clone());
        }
    }
    let mut direct: BTreeMap<(usize, usize), usize> =
        edges.iter().enumerate().map(|(place, edge)| ((edge.from, edge.to), place)).collect();
    let mut hidden: Vec<usize> = selection.small.iter().chain(&selection.beyond).copied().collect();
    hidden.sort_by(|&left, &right| {
        let size = |node: usize| graph.nodes[node].total.size();
        size(left).total_cmp(&size(right)).then(left.cmp(&right))
    });
    for node in hidden {
        let (into, out) = (std::mem::take(&mut callers[node]), std::mem::take(&mut callees[node]));
        let all: f64 = into.values().map(|edge| edge.weight).sum();
        for from in into.values() {
            if is_hidden[from.from] {
                callees[from.from].remove(&node);
            }
        }
        for to in out.values() {
            if is_hidden[to.to] {
                callers[to.to].remove(&node);
            }
        }
        for (first, second) in into.values().flat_map(|first| out.values().map(move |second| (first, second))) {
            let Some(past) = joined(first, second, all, least) else { continue };
            let (is_from, is_to) = (is_hidden[past.from], is_hidden[past.to]);
            if is_from {
                add(&mut callees[past.from], past.to, &past);
            }
            if is_to {
                add(&mut callers[past.to], past.from, &past);
            }
            if !is_from && !is_to {
                let place = *direct.entry((past.from, past.to)).or_insert(edges.len());
                match edges.get_mut(place) {
                    Some(edge) => sum(edge, &past),
                    None => edges.push(past),
                }
            }
        }
        is_hidden[node] = false;
    }
    edges
}

fn add(ends: &mut Ends, end: usize, past: &Edge) {
    ends.entry(end).and_modify(|edge| sum(edge, past)).or_insert_with(|| past.clone());
}

/// Returns the edge that leads past the node between two edges, if there is enough to show.
fn joined(first: &Edge, second: &Edge, all: f64, least: f64) -> Option<Edge> {
    let share = if all > 0.0 { first.weight / all } else { 0.0 };
    let weight = second.weight * share;
    if first.from == second.to || weight <= 0.0 || weight < least {
        return None;
    }
    let part = |cost: i64| (cost as f64 * share).round() as i64;
    let cost = second.cost.map(|cost| Cost { before: part(cost.before), now: part(cost.now) });
    let (from, to) = (first.from, second.to);
    Some(Edge { from, to, cost, is_bound: false, weight, calls: None, is_direct: false, is_estimate: true })
}

/// Adds an estimate to an edge with the same ends.
fn sum(edge: &mut Edge, past: &Edge) {
    // What is stated of a direct arc stays as it is.
    if edge.is_direct {
        return;
    }
    edge.weight += past.weight;
    edge.cost = match (edge.cost, past.cost) {
        (Some(cost), Some(more)) => {
            Some(Cost { before: cost.before.saturating_add(more.before), now: cost.now.saturating_add(more.now) })
        }
        (cost, more) => cost.or(more),
    };
}
