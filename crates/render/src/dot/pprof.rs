//! The look of pprof's graphs: pale boxes whose text is large where the self cost is, and whose colour tells the total.

use super::attributes::Attributes;
use super::color;
use super::graph::{Cost, Edge, Node};
use super::legend::{change, compared};
use super::names;
use super::style::{Scene, amount};
use profkit_core::readable::percent;

pub(super) const HEADER: &str = "graph [fontname=\"Helvetica,Arial,sans-serif\" tooltip=\" \" nodesep=0.2 ranksep=0.35]
node [style=filled fillcolor=\"#f8f8f8\" fontname=\"Helvetica,Arial,sans-serif\" shape=box]
edge [fontname=\"Helvetica,Arial,sans-serif\" fontsize=12]
";
pub(super) const LEGEND: &str = "shape=box fontsize=16";

pub(super) fn node(scene: &Scene<'_>, node: &Node<'_>) -> Attributes {
    let (graph, function) = (scene.graph, scene.function(node));
    let mut lines = names::in_parts(scene.profile, function, scene.options.whole_names);
    if graph.is_diff {
        lines.push(format!("self {}", compared(graph, node.own)));
        lines.push(format!("total {}", compared(graph, node.total)));
    } else {
        lines.extend(costs(scene, node));
    }
    let own = scene.share_of(node.own, scene.most_own).abs();
    let font_size = 8 + (16.0 * own.min(1.0).sqrt()).ceil() as u32;
    let [dark, pale] = color::pprof(scene.color_share(node));
    Attributes::default()
        .text("label", &lines.join("\n"))
        .word("fontsize", font_size)
        .text("color", &dark)
        .text("fillcolor", &pale)
}

/// Returns `self (share)`, and `of total (share)` where that is more.
fn costs(scene: &Scene<'_>, node: &Node<'_>) -> Vec<String> {
    let (graph, whole) = (scene.graph, scene.graph.whole.now);
    let share = |cost: i64| format!("{} ({})", amount(graph, cost), percent(cost, whole));
    let bound = if node.is_bound { "<=" } else { "" };
    match (node.own.now, node.total.now) {
        (own, total) if own == total && !node.is_bound => vec![share(own)],
        (0, total) => vec![format!("0 of {bound}{}", share(total))],
        (own, total) => vec![share(own), format!("of {bound}{}", share(total))],
    }
}

pub(super) fn edge(scene: &Scene<'_>, edge: &Edge<'_>) -> Attributes {
    let graph = scene.graph;
    let share = graph.share(edge.weight);
    let sign = if edge.is_estimate {
        "~"
    } else if edge.is_bound {
        "<="
    } else {
        ""
    };
    let spell = |cost: Cost| if graph.is_diff { change(graph, cost) } else { amount(graph, cost.now) };
    let cost = edge.cost.map(|cost| format!(" {sign}{}", spell(cost)));
    let calls = scene.edge_calls(edge).map(|calls| format!(" {calls}×"));
    let label: Vec<_> = cost.into_iter().chain(calls).collect();
    let colored = edge.cost.map_or(share, |cost| scene.share_of(cost, graph.whole.size()));
    let [dark, _] = color::pprof(colored);
    let look = Attributes::default()
        .text("label", &label.join("\n"))
        .more_than_one("weight", 1 + (share * 100.0).min(100.0) as u64)
        .more_than_one("penwidth", 1 + (share * 5.0).min(5.0) as u64)
        .text("color", &dark);
    if edge.is_direct { look } else { look.word("style", "dotted") }
}
