//! How call graphs are drawn.

use crate::args::parse_percent;
pub use crate::graphviz::Picture;
use clap::{Args, ValueEnum};
use profkit_render::dot::{ColorBy, Options, Style};
use std::path::PathBuf;

/// How a call graph is drawn.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Picture")]
pub struct GraphArgs {
    /// Hide functions below this share of the total, or of what the roots and leaves asked for have
    #[arg(long, value_name = "PERCENT", default_value = "0.5%", value_parser = parse_percent)]
    pub min_node: f64,

    /// Hide edges below this share of the same
    #[arg(long, value_name = "PERCENT", default_value = "0.1%", value_parser = parse_percent)]
    pub min_edge: f64,

    /// Show so many functions at the most, those that tell most; 0 shows all
    #[arg(long, value_name = "N", default_value_t = 80)]
    pub nodes: usize,

    /// Show only the functions that match and what they call
    #[arg(long, value_name = "RE")]
    pub root: Option<String>,

    /// Show only the functions that match and what calls them
    #[arg(long, value_name = "RE")]
    pub leaf: Option<String>,

    /// Show only functions at most so many calls away from the roots
    #[arg(long, value_name = "N")]
    pub depth: Option<u32>,

    /// What the colour of a function tells
    #[arg(long, value_enum, default_value_t = Color::Total, value_name = "COST")]
    pub color_by: Color,

    /// The look
    #[arg(long, value_enum, default_value_t = Look::Pprof, value_name = "LOOK")]
    pub style: Look,

    /// Show what changed since this other profile: more is red, less is blue
    #[arg(long, value_name = "BEFORE")]
    pub diff: Option<PathBuf>,

    /// Leave the threads out; else they call the outermost functions where there are several
    #[arg(long)]
    pub no_thread_root: bool,

    /// First line of the legend [default: the name of the input]
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
}

/// What the colour of a function tells.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Color {
    /// What it costs with all that it called
    Total,
    /// What it costs on its own
    #[value(name = "self")]
    Own,
}

/// The look of a call graph.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Look {
    /// Pale boxes, large where the self cost is
    Pprof,
    /// Boxes filled from blue to red
    Gprof2dot,
}

impl GraphArgs {
    /// Returns the options of a picture of the profile of the given name.
    pub fn options(&self, name: &str) -> Options<'_> {
        let mut options = Options::default();
        options.title = Some(self.title.clone().unwrap_or_else(|| name.to_owned()));
        options.style = match self.style {
            Look::Pprof => Style::Pprof,
            Look::Gprof2dot => Style::Gprof2dot,
        };
        options.color_by = match self.color_by {
            Color::Total => ColorBy::Total,
            Color::Own => ColorBy::Own,
        };
        (options.min_node, options.min_edge) = (Some(self.min_node), Some(self.min_edge));
        (options.nodes, options.depth) = (Some(self.nodes), self.depth);
        options.is_diff = self.diff.is_some();
        options.no_thread_root = self.no_thread_root;
        options
    }
}
