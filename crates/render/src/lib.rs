//! Pictures of profiles.
//!
//! - [`flame`]: flame graphs, as an SVG picture and as a page that explores them.
//!
//! Whatever names a profile holds, they reach a picture as text and nothing else.

pub mod flame;

mod trie;
