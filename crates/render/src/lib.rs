//! Pictures of profiles.
//!
//! - [`flame`]: flame graphs, as an SVG picture and as a page that explores them;
//! - [`mod@dot`]: call graphs, as text that Graphviz draws.
//!
//! Whatever names a profile holds, they reach a picture as text and nothing else.

pub mod dot;
pub mod flame;

mod trie;
