//! Large inputs for measuring, generated: the same bytes on every machine, made by none of our writers.

mod callgrind;
mod graph;
mod pprof;
mod pstats;
mod random;
mod stacks;
mod text;

pub use callgrind::callgrind;
pub use graph::{Caller, Function, Graph};
pub use pprof::pprof;
pub use pstats::pstats;
pub use stacks::{Drift, Stacks};
pub use text::{collapsed, heap, speedscope};
