//! What the picture shows, and what it hides.

use super::Options;
use super::edges::Edges;
use super::graph::{Cost, Graph};
use super::select::Selection;
use super::style::amount;
use profkit_core::readable::{self, count};
use profkit_core::{Profile, Unit};

/// Returns the lines of the legend.
pub(super) fn lines(
    profile: &Profile,
    graph: &Graph<'_>,
    selection: &Selection,
    edges: &Edges<'_>,
    options: &Options<'_>,
) -> Vec<String> {
    let mut lines: Vec<String> = options.title.iter().chain(&profile.meta.producer).cloned().collect();
    let whole = graph.whole;
    lines.push(if graph.is_diff {
        format!("{}: {}", graph.kind, compared(graph, whole))
    } else {
        format!("{}: {} in all", graph.kind, amount(graph, whole.now))
    });
    let nanoseconds = Unit::named("nanoseconds");
    lines.extend(profile.meta.duration_ns.map(|time| format!("duration: {}", readable::amount(time, &nanoseconds))));
    let own = |nodes: &[usize]| sum(nodes.iter().map(|&node| graph.nodes[node].own));
    let functions = |count: usize| {
        if count == 1 { "1 function".to_owned() } else { format!("{} functions", readable::count(count as i64)) }
    };
    let costs = |cost: Cost| if graph.is_diff { compared(graph, cost) } else { share(graph, cost.now) };
    lines.push(format!(
        "shown: {} that cost {} on their own",
        functions(selection.nodes.len()),
        costs(own(&selection.nodes))
    ));
    let whole = if options.is_part() { "what was asked for" } else { "the total" };
    let hidden = [
        (&selection.small, format!("below {} of {whole}", percent(options.min_node()))),
        (&selection.beyond, format!("beyond the {} most telling", count(selection.nodes.len() as i64))),
        (&selection.outside, "outside of what was asked for".to_owned()),
    ];
    for (nodes, why) in hidden.iter().filter(|(nodes, _)| !nodes.is_empty()) {
        lines.push(format!("hidden: {} {why}, {}", functions(nodes.len()), costs(own(nodes))));
    }
    if edges.small > 0 {
        let arcs = if edges.small == 1 { "1 edge".to_owned() } else { format!("{} edges", count(edges.small as i64)) };
        lines.push(format!("hidden: {arcs} below {} of {whole}", percent(options.min_edge())));
    }
    let past = edges.list.iter().filter(|edge| !edge.is_direct).count();
    if past > 0 {
        let estimate = if edges.list.iter().any(|edge| edge.is_estimate) { ", an estimate" } else { "" };
        lines.push(format!("broken lines: calls through hidden functions{estimate}"));
    }
    if graph.nodes.iter().any(|node| node.is_bound) {
        lines.push("<=: an upper bound, since the source does not say".to_owned());
    }
    lines
}

fn sum(costs: impl Iterator<Item = Cost>) -> Cost {
    costs.fold(Cost::default(), |sum, cost| Cost {
        before: sum.before.saturating_add(cost.before),
        now: sum.now.saturating_add(cost.now),
    })
}

/// Returns a cost and its share of the whole.
pub(super) fn share(graph: &Graph<'_>, cost: i64) -> String {
    format!("{} ({})", amount(graph, cost), readable::percent(cost, graph.whole.now))
}

/// Returns a cost before and after, and the change.
pub(super) fn compared(graph: &Graph<'_>, cost: Cost) -> String {
    if cost.before == cost.now {
        return format!("{} (no change)", amount(graph, cost.now));
    }
    format!("{} → {} ({})", amount(graph, cost.before), amount(graph, cost.now), change(graph, cost))
}

/// Returns by how much a cost grew, with its sign.
pub(super) fn change(graph: &Graph<'_>, cost: Cost) -> String {
    let change = cost.now.saturating_sub(cost.before);
    let sign = if change > 0 { "+" } else { "" };
    format!("{sign}{}", amount(graph, change))
}

fn percent(share: f64) -> String {
    format!("{}%", (share * 100.0 * 1e6).round() / 1e6)
}
