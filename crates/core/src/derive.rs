//! One shape of a profile from the other, and the totals of both.

mod call_graph;
mod complete;
mod components;
mod function_graph;
mod span;
mod stacks;
mod thread_roots;
mod told_apart;
mod totals;
mod walk;

pub use call_graph::call_graph;
pub use complete::complete;
pub use components::Components;
pub use function_graph::{FunctionArc, FunctionGraph, function_graph};
pub use span::span_ns;
pub use stacks::stacks;
pub use thread_roots::thread_roots;
pub use told_apart::told_apart;
pub use totals::{FunctionTotal, FunctionTotals, function_totals};
