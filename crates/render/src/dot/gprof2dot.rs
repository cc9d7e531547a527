//! The look of gprof2dot's graphs: boxes filled from blue over green to red, white text, shares and calls.

use super::attributes::Attributes;
use super::color;
use super::graph::{Edge, Node};
use super::legend::{change, compared};
use super::names;
use super::style::Scene;

pub(super) const HEADER: &str = "graph [fontname=Arial nodesep=0.125 ranksep=0.25 tooltip=\" \"]
node [fontcolor=white fontname=Arial height=0 shape=box style=filled width=0]
edge [fontname=Arial]
";
pub(super) const LEGEND: &str = "fillcolor=white fontcolor=black fontsize=12";

pub(super) fn node(scene: &Scene<'_>, node: &Node<'_>) -> Attributes {
    let (graph, function) = (scene.graph, scene.function(node));
    let place = names::place(scene.profile, function).or_else(|| names::module(scene.profile, function));
    let mut lines: Vec<String> = place.into_iter().chain(names::in_one(scene.profile, function)).collect();
    if graph.is_diff {
        lines.push(format!("total {}", compared(graph, node.total)));
        lines.push(format!("(self {})", compared(graph, node.own)));
    } else {
        let bound = if node.is_bound { "<=" } else { "" };
        lines.push(format!("{bound}{}", percent(graph.share(node.total.now as f64))));
        lines.push(format!("({})", percent(graph.share(node.own.now as f64))));
    }
    let calls = node.calls.filter(|calls| calls.iter().any(|&it| it != 0)).and_then(|_| scene.calls(node));
    lines.extend(calls.map(|calls| format!("{calls}×")));
    let share = scene.color_share(node);
    let fill = if graph.is_diff { color::gprof2dot_change(share) } else { color::gprof2dot(share) };
    let look = Attributes::default().text("label", &lines.join("\n")).text("color", &fill);
    look.text("fontcolor", "#ffffff").word("fontsize", "10.00")
}

pub(super) fn edge(scene: &Scene<'_>, edge: &Edge<'_>) -> Attributes {
    let graph = scene.graph;
    let share = graph.share(edge.weight).clamp(0.0, 1.0);
    let sign = if edge.is_estimate {
        "~"
    } else if edge.is_bound {
        "<="
    } else {
        ""
    };
    let spell = |cost: super::graph::Cost| {
        if graph.is_diff { change(graph, cost) } else { percent(graph.share(cost.now as f64)) }
    };
    let cost = edge.cost.map(|cost| format!(" {sign}{}", spell(cost)));
    let calls = scene.edge_calls(edge).map(|calls| format!(" {calls}×"));
    let label: Vec<_> = cost.into_iter().chain(calls).collect();
    let fill = match edge.cost {
        Some(cost) if graph.is_diff => color::gprof2dot_change(scene.share_of(cost, graph.whole.size())),
        _ => color::gprof2dot(share),
    };
    let pen_width = (4.0 * share).max(0.5);
    let look = Attributes::default()
        .text("label", &label.join("\n"))
        .word("arrowsize", format!("{:.2}", 0.5 * pen_width.sqrt()))
        .text("color", &fill)
        .text("fontcolor", &fill)
        .word("fontsize", format!("{:.2}", (10.0 * share * share).max(10.0)))
        .word("labeldistance", format!("{pen_width:.2}"))
        .word("penwidth", format!("{pen_width:.2}"));
    if edge.is_direct { look } else { look.word("style", "dashed") }
}

fn percent(share: f64) -> String {
    format!("{:.2}%", share * 100.0)
}
