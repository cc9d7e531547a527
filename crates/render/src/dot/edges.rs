//! Which arcs are worth drawing.

use super::Options;
use super::graph::Edge;
use super::select::Selection;
use std::collections::HashMap;

/// Up to this many steps are taken to find out which dotted edges say nothing new.
const MOST_STEPS: usize = 50_000_000;

/// The edges that are drawn, and how many are not.
#[derive(Debug, Default)]
pub(super) struct Edges<'g> {
    /// The edges, by the places of their ends in the list of nodes that are drawn.
    pub(super) list: Vec<Edge<'g>>,
    /// How many arcs between nodes that are drawn are hidden, since they are below the least share.
    pub(super) small: usize,
}

impl<'g> Edges<'g> {
    /// Returns the edges that have the least share, and for each node without any edge to it the one that costs most.
    pub(super) fn worth_drawing(mut edges: Vec<Edge<'g>>, selection: &Selection, options: &Options<'_>) -> Edges<'g> {
        for edge in &mut edges {
            let place = |node: usize| selection.places[node].unwrap_or(0);
            (edge.from, edge.to) = (place(edge.from), place(edge.to));
        }
        let least = options.min_edge() * selection.reach;
        let mut heaviest: HashMap<usize, (f64, usize)> = HashMap::new();
        for (index, edge) in edges.iter().enumerate().filter(|(_, edge)| edge.from != edge.to) {
            let best = heaviest.entry(edge.to).or_insert((edge.weight, index));
            if edge.weight > best.0 {
                *best = (edge.weight, index);
            }
        }
        let all = edges.len();
        let mut index = 0;
        edges.retain(|edge| {
            let is_heaviest = heaviest.get(&edge.to).is_some_and(|&(_, best)| best == index);
            index += 1;
            edge.weight >= least || is_heaviest
        });
        let small = all - edges.len();
        edges.sort_by(|left, right| {
            right.weight.total_cmp(&left.weight).then((left.from, left.to).cmp(&(right.from, right.to)))
        });
        remove_redundant(&mut edges, selection.nodes.len());
        Edges { list: edges, small }
    }
}

/// Removes the edges past hidden nodes, the lightest first, whose ends other edges connect, too.
fn remove_redundant(edges: &mut Vec<Edge<'_>>, nodes: usize) {
    let past = edges.iter().filter(|edge| !edge.is_direct).count();
    if past.saturating_mul(edges.len() + nodes) > MOST_STEPS {
        return;
    }
    let mut callees: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    edges.iter().for_each(|edge| callees[edge.from].push(edge.to));
    let mut is_redundant = vec![false; edges.len()];
    for (index, edge) in edges.iter().enumerate().rev().filter(|(_, edge)| !edge.is_direct) {
        let place = callees[edge.from].iter().position(|&to| to == edge.to);
        let Some(place) = place else { continue };
        callees[edge.from].swap_remove(place);
        is_redundant[index] = reaches(&callees, edge.from, edge.to);
        if !is_redundant[index] {
            callees[edge.from].push(edge.to);
        }
    }
    let mut index = 0;
    edges.retain(|_| {
        index += 1;
        !is_redundant[index - 1]
    });
}

fn reaches(callees: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut is_seen = vec![false; callees.len()];
    let mut next = vec![from];
    while let Some(node) = next.pop() {
        for &callee in &callees[node] {
            if callee == to {
                return true;
            }
            if !std::mem::replace(&mut is_seen[callee], true) {
                next.push(callee);
            }
        }
    }
    false
}
