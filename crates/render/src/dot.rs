//! Call graphs as DOT, the language of Graphviz.
//!
//! ```
//! use profkit_core::{Frame, Function, Notes, Profile, Sample, ValueType};
//! use profkit_render::dot::{self, Options};
//!
//! let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
//! let path = ["main", "parse \"T\""].map(|name| {
//!     let name = profile.string(name);
//!     let function = profile.function(Function::named(name));
//!     profile.frame(Frame { function: Some(function), ..Frame::default() })
//! });
//! let stack = profile.stack(&path)?;
//! profile.samples.push(Sample::new(Some(stack), &[2_500_000]));
//!
//! let text = dot::dot(&profile, &Options::default(), &mut Notes::new())?;
//! assert!(text.contains(r#"label="parse \"T\"\n2.50 ms (100.0%)""#), "{text}");
//! # Ok::<(), profkit_core::Error>(())
//! ```
//!
//! The way from a profile to a picture: all functions and arcs (`graph`), those worth drawing (`select`), the arcs
//! that lead past the others (`past`), those of them worth drawing (`edges`), cycles (`clusters`), and how
//! it all looks (`style`).

mod attributes;
mod by_end;
mod clusters;
mod color;
mod edges;
mod gprof2dot;
mod graph;
mod legend;
mod names;
mod past;
mod pprof;
mod select;
mod style;

use edges::Edges;
use graph::Graph;
use profkit_core::derive::{function_graph, thread_roots};
use profkit_core::{Notes, Profile, Result};
use select::Selection;

/// How a call graph is drawn.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Options<'o> {
    /// The index of the value to draw; the profile's default if none.
    pub value: Option<usize>,
    /// The first line of the legend.
    pub title: Option<String>,
    /// The look.
    pub style: Style,
    /// What colours tell.
    pub color_by: ColorBy,
    /// Whether the first two values are those before and after a change, and colours tell the change.
    pub is_diff: bool,
    /// The share in percent below which a function is hidden: 0.5 if none. It is a share of the whole, or of the most that
    /// a function has within the roots and leaves asked for.
    pub min_node: Option<f64>,
    /// The share of the same in percent below which an arc is hidden: 0.1 if none.
    pub min_edge: Option<f64>,
    /// How many functions are drawn at the most, any number for 0: 80 if none.
    pub nodes: Option<usize>,
    /// How many calls a function may be away from the roots.
    pub depth: Option<u32>,
    /// Which functions the graph starts from: only what they call is drawn.
    pub is_root: Option<Matches<'o>>,
    /// Which functions the graph leads to: only what calls them is drawn.
    pub is_leaf: Option<Matches<'o>>,
    /// Whether threads are left out; else they call the outermost functions where there are several.
    pub no_thread_root: bool,
    /// Whether names are shown in one piece, since they are files or modules and not functions.
    pub whole_names: bool,
}

/// Tells whether a function is meant, by its name, file and module.
pub type Matches<'o> = &'o dyn Fn(&str, Option<&str>, Option<&str>) -> bool;

/// The look of a call graph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Style {
    /// That of `go tool pprof`: pale boxes, large where the self cost is.
    #[default]
    Pprof,
    /// That of gprof2dot: boxes filled from blue to red.
    Gprof2dot,
}

/// What the colour of a function tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColorBy {
    /// What it costs with all that it called.
    #[default]
    Total,
    /// What it costs on its own.
    Own,
}

/// Returns the call graph of a profile as DOT.
///
/// It is drawn from stacks exactly and from call graphs as they are. Totals count recursion once. Functions in cycles
/// share a box. Where functions are hidden, dotted or dashed edges lead past them; the legend says what is hidden.
/// Every node and edge has its exact numbers in a `comment`.
///
/// # Errors
///
/// A sum that does not fit into 64 bits is an error of kind `Overflow`.
pub fn dot(profile: &Profile, options: &Options<'_>, notes: &mut Notes) -> Result<String> {
    let rooted = if options.no_thread_root { None } else { thread_roots(profile)? };
    let profile = rooted.as_ref().unwrap_or(profile);
    let value = options.value.unwrap_or(profile.default_value());
    let functions = function_graph(profile)?;
    let graph = Graph::of(&functions, value, options.is_diff)?;
    graph.note_bounds(notes);
    let selection = Selection::of(&graph, &functions.profile, options);
    let exact = past::exact_arcs(&functions, &selection)?;
    let edges = past::edges(&graph, exact.as_ref(), &selection, options);
    let edges = Edges::worth_drawing(edges, &selection, options);
    Ok(style::text(&functions.profile, &graph, &selection, &edges, options))
}

impl Options<'_> {
    fn min_node(&self) -> f64 {
        self.min_node.unwrap_or(0.5) / 100.0
    }

    fn min_edge(&self) -> f64 {
        self.min_edge.unwrap_or(0.1) / 100.0
    }

    /// Returns whether only what roots lead to, or what leads to leaves, is drawn.
    fn is_part(&self) -> bool {
        self.is_root.is_some() || self.is_leaf.is_some()
    }

    fn nodes(&self) -> usize {
        match self.nodes.unwrap_or(80) {
            0 => usize::MAX,
            nodes => nodes,
        }
    }
}

#[cfg(test)]
mod tests;
