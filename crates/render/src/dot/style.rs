//! The text of a graph, whatever it looks like.

use super::attributes::{Attributes, escaped};
use super::clusters::cycles;
use super::edges::Edges;
use super::graph::{Cost, Edge, Graph, Node};
use super::legend::{self, compared, share};
use super::names;
use super::select::Selection;
use super::{ColorBy, Options, Style, gprof2dot, pprof};
use profkit_core::readable::{self, count, printable};
use profkit_core::{Function, Profile};
use std::fmt::Write;

/// Everything that the looks of nodes and edges rest on.
pub(super) struct Scene<'s> {
    pub(super) profile: &'s Profile,
    pub(super) graph: &'s Graph<'s>,
    pub(super) options: &'s Options<'s>,
    /// The largest self cost, or change of one, of all nodes.
    pub(super) most_own: f64,
}

/// Returns the graph as DOT.
pub(super) fn text(
    profile: &Profile,
    graph: &Graph<'_>,
    selection: &Selection,
    edges: &Edges<'_>,
    options: &Options<'_>,
) -> String {
    let size = |node: &Node<'_>| if graph.is_diff { node.own.change().abs() } else { node.own.size() };
    let most_own = graph.nodes.iter().map(size).fold(0.0, f64::max);
    let scene = Scene { profile, graph, options, most_own };
    let title = options.title.as_deref().map_or("profile".to_owned(), printable);
    let mut text = format!("digraph \"{}\" {{\n", escaped(&title));
    text.push_str(match options.style {
        Style::Pprof => pprof::HEADER,
        Style::Gprof2dot => gprof2dot::HEADER,
    });
    scene.legend(&legend::lines(profile, graph, selection, edges, options), &mut text);
    for (index, nodes) in cycles(selection.nodes.len(), edges).iter().enumerate() {
        let nodes = nodes.iter().map(|node| format!("N{}", node + 1)).collect::<Vec<_>>().join("; ");
        let functions = nodes.split(';').count();
        let label = format!("cycle of {functions} functions");
        let attributes = Attributes::default().text("label", &label).text("tooltip", &label);
        let attributes = attributes.text("style", "rounded,dashed").text("color", "#808080").text("labeljust", "l");
        let attributes = attributes.text("fontcolor", "#606060").word("fontsize", 11).end();
        let _ = writeln!(text, "subgraph cluster_{} {{ graph [{attributes}]; {nodes} }}", index + 1);
    }
    for (place, &node) in selection.nodes.iter().enumerate() {
        let _ = writeln!(text, "N{} [{}]", place + 1, scene.node(place, &graph.nodes[node]));
    }
    for edge in &edges.list {
        let ends = [edge.from, edge.to].map(|place| &graph.nodes[selection.nodes[place]]);
        let attributes = scene.edge(edge, ends);
        if !attributes.is_empty() {
            let _ = writeln!(text, "N{} -> N{} [{attributes}]", edge.from + 1, edge.to + 1);
        }
    }
    text.push_str("}\n");
    text
}

/// Returns a cost as people read it.
pub(super) fn amount(graph: &Graph<'_>, cost: i64) -> String {
    readable::amount(cost, &graph.unit)
}

impl Scene<'_> {
    fn legend(&self, lines: &[String], text: &mut String) {
        let label: String = lines.iter().map(|line| escaped(&printable(line)) + "\\l").collect();
        let look = match self.options.style {
            Style::Pprof => pprof::LEGEND,
            Style::Gprof2dot => gprof2dot::LEGEND,
        };
        let _ = writeln!(text, "subgraph cluster_legend {{ graph [style=invis]; legend [{look} label=\"{label}\"] }}");
    }

    pub(super) fn function(&self, node: &Node<'_>) -> Function {
        self.profile.functions[node.id]
    }

    /// Returns the share that colours tell: of the whole, and of the largest for own costs.
    pub(super) fn color_share(&self, node: &Node<'_>) -> f64 {
        let (cost, most) = match self.options.color_by {
            ColorBy::Total => (node.total, self.graph.whole.size()),
            ColorBy::Own => (node.own, self.most_own),
        };
        self.share_of(cost, most)
    }

    /// Returns the share of a cost, or of its change, in the most that there is.
    pub(super) fn share_of(&self, cost: Cost, most: f64) -> f64 {
        let part = if self.graph.is_diff { cost.change() } else { cost.now as f64 };
        if most > 0.0 { part / most } else { 0.0 }
    }

    fn node(&self, place: usize, node: &Node<'_>) -> String {
        let look = match self.options.style {
            Style::Pprof => pprof::node(self, node),
            Style::Gprof2dot => gprof2dot::node(self, node),
        };
        let function = self.function(node);
        let mut look = look.text("id", &format!("node{}", place + 1)).tooltip("tooltip", &self.tooltip(node));
        if let Some(url) = names::url(self.profile, function) {
            look = look.text("URL", &url);
        }
        look.text("comment", &self.numbers(node)).end()
    }

    /// Returns all that is known of a node.
    fn tooltip(&self, node: &Node<'_>) -> String {
        let function = self.function(node);
        let text = |id: Option<_>| self.profile.strings.text(id);
        let mut lines = vec![names::in_full(self.profile, function)];
        let line = function.start_line.map_or(String::new(), |line| format!(":{line}"));
        lines.extend(function.file.map(|file| printable(&format!("{}{line}", text(Some(file))))));
        lines.extend(function.module.map(|module| printable(text(Some(module)))));
        lines.push(format!("self {}", self.cost(node.own)));
        lines.push(format!("total {}{}", if node.is_bound { "<=" } else { "" }, self.cost(node.total)));
        lines.extend(self.calls(node).map(|calls| format!("calls {calls}")));
        lines.join("\n")
    }

    /// Returns how often a function was called, as in pstats, and what it was before.
    pub(super) fn calls(&self, node: &Node<'_>) -> Option<String> {
        let calls = node.calls?;
        let primitive = node.primitive_calls.filter(|&primitive| primitive != calls);
        Some(counted(calls) + &primitive.map_or(String::new(), |primitive| format!("/{}", counted(primitive))))
    }

    /// Returns a cost with its share, or with its change.
    pub(super) fn cost(&self, cost: Cost) -> String {
        if self.graph.is_diff { compared(self.graph, cost) } else { share(self.graph, cost.now) }
    }

    /// Returns the exact numbers of a node, for programs.
    fn numbers(&self, node: &Node<'_>) -> String {
        let mut numbers = format!("self={} total={}", self.exact(node.own), self.exact(node.total));
        for (name, counts) in [("calls", node.calls), ("primitive_calls", node.primitive_calls)] {
            if let Some(counts) = counts {
                let _ = write!(numbers, " {name}={}", joined(counts));
            }
        }
        numbers
    }

    fn exact(&self, cost: Cost) -> String {
        if self.graph.is_diff { format!("{},{}", cost.before, cost.now) } else { cost.now.to_string() }
    }

    /// Returns the look of an edge; nothing if it is not drawn.
    fn edge(&self, edge: &Edge<'_>, ends: [&Node<'_>; 2]) -> String {
        let look = match self.options.style {
            Style::Pprof if edge.from == edge.to => return String::new(),
            Style::Pprof => pprof::edge(self, edge),
            Style::Gprof2dot => gprof2dot::edge(self, edge),
        };
        let [caller, callee] = ends.map(|node| names::in_full(self.profile, self.function(node)));
        let arrow = if edge.is_direct { "->" } else { "-> ... ->" };
        let mut tooltip = format!("{caller} {arrow} {callee}");
        let sign = if edge.is_estimate {
            "about "
        } else if edge.is_bound {
            "<="
        } else {
            ""
        };
        let cost = edge.cost.map(|cost| format!("{sign}{}", self.cost(cost)));
        let calls = self.edge_calls(edge).map(|calls| format!("calls {calls}"));
        cost.into_iter().chain(calls).for_each(|line| tooltip = format!("{tooltip}\n{line}"));
        let look = look.tooltip("tooltip", &tooltip).tooltip("labeltooltip", &tooltip);
        let cost = edge.cost.map(|cost| format!("total={}", self.exact(cost)));
        let calls = edge.calls.map(|counts| format!("calls={}", joined(counts)));
        let numbers: Vec<_> = cost.into_iter().chain(calls).collect();
        look.text("comment", &numbers.join(" ")).end()
    }

    /// Returns how often an arc was gone, and what it was before.
    pub(super) fn edge_calls(&self, edge: &Edge<'_>) -> Option<String> {
        edge.calls.map(counted)
    }
}

/// Returns a count as people read it, and what it was before where that was another one.
fn counted(counts: &[i64]) -> String {
    let mut counts = counts.to_vec();
    counts.dedup();
    counts.iter().map(|&it| count(it)).collect::<Vec<_>>().join(" → ")
}

fn joined(counts: &[i64]) -> String {
    counts.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
}
