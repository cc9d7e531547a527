//! Cycles, each of which is drawn in a box of its own.

use super::edges::Edges;
use profkit_core::derive::Components;

/// Returns the cycles among the nodes that are drawn, by their first node, and the nodes of each.
pub(super) fn cycles(nodes: usize, edges: &Edges<'_>) -> Vec<Vec<usize>> {
    let components = Components::new(nodes, edges.list.iter().map(|edge| (edge.from, edge.to)));
    let mut cycles: Vec<Vec<usize>> = components.members.into_iter().filter(|members| members.len() > 1).collect();
    cycles.sort();
    cycles
}
