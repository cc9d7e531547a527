//! All functions and arcs of a profile, in the value that is drawn.

use super::by_end::ByEnd;
use profkit_core::derive::{FunctionArc, FunctionArcs, FunctionGraph};
use profkit_core::{FunctionId, Id, NoteKind, Notes, Result, Unit};

/// A cost, and what it was before in a comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cost {
    pub(super) before: i64,
    pub(super) now: i64,
}

impl Cost {
    /// Returns how much there is to show, whatever the sign.
    pub(super) fn size(self) -> f64 {
        self.before.unsigned_abs().max(self.now.unsigned_abs()) as f64
    }

    /// Returns by how much it grew.
    pub(super) fn change(self) -> f64 {
        self.now as f64 - self.before as f64
    }

    /// Returns no more than either of both.
    fn capped(self, by: [Cost; 2]) -> Cost {
        let cap = |cost: i64, caps: [i64; 2]| caps.into_iter().fold(cost, i64::min);
        Cost { before: cap(self.before, by.map(|it| it.before)), now: cap(self.now, by.map(|it| it.now)) }
    }
}

/// A function.
#[derive(Debug)]
pub(super) struct Node<'g> {
    pub(super) id: FunctionId,
    pub(super) own: Cost,
    pub(super) total: Cost,
    /// Whether the total is only an upper bound.
    pub(super) is_bound: bool,
    pub(super) calls: Option<&'g [i64]>,
    pub(super) primitive_calls: Option<&'g [i64]>,
}

/// An arc between two functions, by their places in the list of nodes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge<'g> {
    pub(super) from: usize,
    pub(super) to: usize,
    /// What is known of its cost: no more than either end has in all.
    pub(super) cost: Option<Cost>,
    /// Whether the source counts more than that, so that the cost is only an upper bound.
    pub(super) is_bound: bool,
    /// How much there is to show: the size of the cost, estimated from calls where it is not known.
    pub(super) weight: f64,
    pub(super) calls: Option<&'g [i64]>,
    /// Whether the caller calls the callee itself, and not only through functions that are hidden.
    pub(super) is_direct: bool,
    /// Whether the cost is an estimate of what leads past hidden functions.
    pub(super) is_estimate: bool,
}

/// All functions and arcs.
#[derive(Debug)]
pub(super) struct Graph<'g> {
    pub(super) kind: String,
    pub(super) unit: Unit,
    pub(super) is_diff: bool,
    pub(super) whole: Cost,
    pub(super) nodes: Vec<Node<'g>>,
    /// Sorted by caller, then callee. Arcs of a function to itself are among them.
    pub(super) edges: Vec<Edge<'g>>,
    from: ByEnd,
    to: ByEnd,
    columns: [Option<usize>; 2],
    first_bound: Option<String>,
}

/// Returns what is compared: the kind of the values before and after is told apart by its ending.
fn shown_kind(kind: &str, is_diff: bool) -> &str {
    kind.strip_suffix("_after").filter(|_| is_diff).unwrap_or(kind)
}

impl<'g> Graph<'g> {
    /// Returns the graph of a value of the profile, or of the first two, before and after.
    pub(super) fn of(functions: &'g FunctionGraph<'_>, value: usize, is_diff: bool) -> Result<Graph<'g>> {
        let profile = &*functions.profile;
        let columns = if is_diff { [Some(0), Some(1)] } else { [None, Some(value)] };
        let value_type = profile.value_types.get(columns[1].unwrap_or(0));
        let mut graph = Graph {
            kind: value_type.map_or(String::new(), |it| shown_kind(&it.kind, is_diff).to_owned()),
            unit: value_type.map_or(Unit::named(""), |it| it.unit.clone()),
            is_diff,
            whole: Cost::default(),
            nodes: Vec::new(),
            edges: Vec::new(),
            from: ByEnd::default(),
            to: ByEnd::default(),
            columns,
            first_bound: None,
        };
        graph.whole = graph.cost(&profile.column_totals()?);
        let node = |(id, _)| {
            let row = &functions.totals[id];
            Node {
                id,
                own: graph.cost(&row.own),
                total: graph.cost(&row.total),
                is_bound: row.is_bound,
                calls: row.calls.as_deref(),
                primitive_calls: row.primitive_calls.as_deref(),
            }
        };
        graph.nodes = profile.functions.iter().map(node).collect();
        graph.edges = graph.edges_of(&functions.arcs);
        graph.from = ByEnd::new(graph.nodes.len(), graph.edges.iter().map(|edge| edge.from));
        graph.to = ByEnd::new(graph.nodes.len(), graph.edges.iter().map(|edge| edge.to));
        let bound = graph.nodes.iter().find(|node| node.is_bound);
        graph.first_bound = bound.map(|node| profile.strings[profile.functions[node.id].name].to_owned());
        Ok(graph)
    }

    fn cost(&self, costs: &[i64]) -> Cost {
        let [before, now] =
            self.columns.map(|column| column.and_then(|column| costs.get(column)).copied().unwrap_or(0));
        Cost { before, now }
    }

    /// Returns arcs as edges between the nodes.
    pub(super) fn edges_of(&self, arcs: &'g FunctionArcs) -> Vec<Edge<'g>> {
        let count = |arc: &FunctionArc<'_>| arc.calls.and_then(<[i64]>::first).map_or(1, |&calls| calls.max(1));
        // Calls are only asked where a cost is not known.
        let has_costs = arcs.iter().all(|arc| arc.inclusive.is_some());
        let mut counts = vec![0i64; self.nodes.len()];
        for arc in arcs.iter().filter(|arc| !has_costs && arc.caller != arc.callee) {
            let sum = &mut counts[arc.callee.index()];
            *sum = sum.saturating_add(count(&arc));
        }
        // Where something is below zero, a part may be more than the whole.
        let is_below_zero = |cost: Cost| cost.before.min(cost.now) < 0;
        let has_caps = !self.nodes.iter().any(|node| is_below_zero(node.own) || is_below_zero(node.total));
        let edge = |arc: FunctionArc<'g>| {
            let (from, to) = (arc.caller.index(), arc.callee.index());
            let [caller, callee] = [from, to].map(|node| self.nodes[node].total);
            let stated = arc.inclusive.map(|costs| self.cost(costs));
            let cost = stated.map(|cost| if has_caps { cost.capped([caller, callee]) } else { cost });
            let share = || callee.size() * count(&arc) as f64 / counts[to].max(1) as f64;
            Edge {
                from,
                to,
                cost,
                is_bound: cost != stated,
                weight: cost.map_or_else(share, Cost::size),
                is_direct: arc.is_direct,
                is_estimate: false,
                calls: arc.calls,
            }
        };
        arcs.iter().map(edge).collect()
    }

    /// Returns the edges from a node, sorted by callee.
    pub(super) fn out_of(&self, node: usize) -> impl ExactSizeIterator<Item = &Edge<'g>> + Clone {
        self.from.of(node).map(|place| &self.edges[place])
    }

    /// Returns whether there is an edge.
    pub(super) fn has_edge(&self, from: usize, to: usize) -> bool {
        self.edges.binary_search_by_key(&(from, to), |edge| (edge.from, edge.to)).is_ok()
    }

    /// Returns the edges to a node, sorted by caller.
    pub(super) fn into(&self, node: usize) -> impl ExactSizeIterator<Item = &Edge<'g>> + Clone {
        self.to.of(node).map(|place| &self.edges[place])
    }

    /// Notes the totals that are only upper bounds.
    pub(super) fn note_bounds(&self, notes: &mut Notes) {
        let count = self.nodes.iter().filter(|node| node.is_bound).count() as u64;
        if count > 0 {
            let what = "the source does not state the totals of functions that call each other";
            let of = "totals are upper bounds|total is an upper bound";
            notes.add(NoteKind::Estimated, what, count, of, || self.first_bound.clone());
        }
    }

    /// Returns the share of a size in the whole.
    pub(super) fn share(&self, size: f64) -> f64 {
        let whole = self.whole.size();
        if whole > 0.0 { size / whole } else { 0.0 }
    }
}
