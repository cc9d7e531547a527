//! Which functions are worth drawing.

use super::graph::{Edge, Graph};
use super::{Matches, Options};
use profkit_core::{FunctionId, Id, Profile};
use std::collections::VecDeque;

/// Which nodes are drawn, in which order, and why others are not.
#[derive(Debug, Default)]
pub(super) struct Selection {
    /// The nodes that are drawn, the most telling first.
    pub(super) nodes: Vec<usize>,
    /// The place of each node in that list.
    pub(super) places: Vec<Option<usize>>,
    /// Not reached from the roots, not leading to the leaves, or too far away.
    pub(super) outside: Vec<usize>,
    /// Below the least share.
    pub(super) small: Vec<usize>,
    /// Beyond the largest number of nodes.
    pub(super) beyond: Vec<usize>,
    /// What the least shares are parts of: the whole, or the most that a function has within what was asked for.
    pub(super) reach: f64,
}

impl Selection {
    pub(super) fn of(graph: &Graph<'_>, profile: &Profile, options: &Options<'_>) -> Selection {
        let mut selection = Selection::default();
        let all: Vec<usize> = (0..graph.nodes.len()).collect();
        let within = within(graph, profile, options);
        let (inside, outside): (Vec<usize>, Vec<usize>) = all.into_iter().partition(|&node| within[node]);
        let size = |&node: &usize| graph.nodes[node].total.size();
        selection.reach =
            if options.is_part() { inside.iter().map(size).fold(0.0, f64::max) } else { graph.whole.size() };
        let least = options.min_node() * selection.reach;
        let is_large = |&node: &usize| {
            let node = &graph.nodes[node];
            node.total.size() >= least || node.own.size() >= least
        };
        let (mut large, small): (Vec<usize>, Vec<usize>) = inside.into_iter().partition(is_large);
        let scores = scores(graph, &within);
        let name = |node: usize| {
            let function = profile.functions[graph.nodes[node].id];
            (&profile.strings[function.name], profile.strings.text(function.file), function.start_line)
        };
        large.sort_by(|&left, &right| {
            let score = |node: usize| scores[node];
            score(right).total_cmp(&score(left)).then_with(|| name(left).cmp(&name(right))).then(left.cmp(&right))
        });
        selection.beyond = large.split_off(large.len().min(options.nodes()));
        selection.places = vec![None; graph.nodes.len()];
        large.iter().enumerate().for_each(|(place, &node)| selection.places[node] = Some(place));
        selection.nodes = large;
        (selection.outside, selection.small) = (outside, small);
        selection
    }

    /// Returns whether functions are hidden that arcs may lead past.
    pub(super) fn hides_some(&self) -> bool {
        !self.small.is_empty() || !self.beyond.is_empty()
    }

    /// Returns whether a node is drawn.
    pub(super) fn has(&self, node: usize) -> bool {
        self.places[node].is_some()
    }

    /// Returns whether a function is drawn.
    pub(super) fn has_id(&self, id: FunctionId) -> bool {
        self.has(id.index())
    }
}

/// Returns for each node whether it is reached from the roots, leads to the leaves and is not too far away.
fn within(graph: &Graph<'_>, profile: &Profile, options: &Options<'_>) -> Vec<bool> {
    let count = graph.nodes.len();
    let mut within = vec![true; count];
    if !options.is_part() && options.depth.is_none() {
        return within;
    }
    let callees = |node: usize| graph.out_of(node).map(|edge| edge.to);
    let callers = |node: usize| graph.into(node).map(|edge| edge.from);
    let matching = |is: Matches<'_>| -> Vec<usize> {
        (0..count).filter(|&node| matches(profile, graph.nodes[node].id, is)).collect()
    };
    let mut keep = |depths: Vec<Option<u32>>, most: u32| {
        let is_near = |depth: Option<u32>| depth.is_some_and(|depth| depth <= most);
        within.iter_mut().zip(depths).for_each(|(within, depth)| *within &= is_near(depth));
    };
    let most = options.depth.unwrap_or(u32::MAX);
    match (options.is_root, options.depth) {
        (Some(is_root), _) => keep(distances(count, callees, matching(is_root)), most),
        (None, Some(_)) => keep(distances(count, callees, tops(count, &graph.edges)), most),
        (None, None) => {}
    }
    if let Some(is_leaf) = options.is_leaf {
        keep(distances(count, callers, matching(is_leaf)), u32::MAX);
    }
    within
}

pub(super) fn matches(profile: &Profile, id: FunctionId, is: Matches<'_>) -> bool {
    let function = profile.functions[id];
    let text = |id: Option<_>| id.map(|id| &profile.strings[id]);
    is(&profile.strings[function.name], text(function.file), text(function.module))
}

/// Returns the nodes that nobody outside of their own cycle calls.
fn tops(count: usize, edges: &[Edge<'_>]) -> Vec<usize> {
    let components = profkit_core::derive::Components::new(count, edges.iter().map(|edge| (edge.from, edge.to)));
    let mut is_called = vec![false; components.members.len()];
    for edge in edges.iter().filter(|edge| components.of[edge.from] != components.of[edge.to]) {
        is_called[components.of[edge.to]] = true;
    }
    (0..count).filter(|&node| !is_called[components.of[node]]).collect()
}

/// Returns the least number of arcs from any of the starts to each node.
fn distances<N: Iterator<Item = usize>>(
    count: usize,
    next: impl Fn(usize) -> N,
    starts: Vec<usize>,
) -> Vec<Option<u32>> {
    let mut distances = vec![None; count];
    starts.iter().for_each(|&start| distances[start] = Some(0));
    let mut queue = VecDeque::from(starts);
    while let Some(node) = queue.pop_front() {
        let distance = distances[node].map_or(0, |distance: u32| distance.saturating_add(1));
        for neighbour in next(node) {
            if distances[neighbour].is_none() {
                distances[neighbour] = Some(distance);
                queue.push_back(neighbour);
            }
        }
    }
    distances
}

/// Returns how much each node has to tell: its total, times how evenly this comes from several callers and goes to
/// several callees, plus its own cost. A function that only passes a cost on tells little. In a comparison, what
/// changed most tells most.
fn scores(graph: &Graph<'_>, within: &[bool]) -> Vec<f64> {
    if graph.is_diff {
        let change = |node: &super::graph::Node<'_>| node.own.change().abs() * 2.0 + node.total.change().abs();
        return graph.nodes.iter().map(|node| change(node) + node.total.size() * 1e-6).collect();
    }
    let count = graph.nodes.len();
    let is_told = |edge: &&Edge<'_>| edge.from != edge.to && within[edge.from] && within[edge.to];
    let weight = |edge: &Edge<'_>| edge.weight;
    let score = |node: usize| {
        let (own, total) = (graph.nodes[node].own.size(), graph.nodes[node].total.size());
        let into = graph.into(node).filter(is_told).map(weight);
        let out = graph.out_of(node).filter(is_told).map(weight);
        let of_in = if into.clone().next().is_none() { 1.0 } else { entropy(into) };
        let of_out = if out.clone().next().is_none() { 1.0 } else { entropy(out.chain([own])) };
        total * (of_in + of_out) + own
    };
    (0..count).map(score).collect()
}

/// Returns the entropy of shares in bits: 0 for one, 1 for two equal ones.
fn entropy(weights: impl Iterator<Item = f64> + Clone) -> f64 {
    let whole: f64 = weights.clone().sum();
    if whole <= 0.0 {
        return 0.0;
    }
    let shares = weights.map(|weight| weight / whole).filter(|&share| share > 0.0);
    -shares.map(|share| share * share.log2()).sum::<f64>()
}
