//! One shape of a profile from the other, and the totals of both.

mod call_graph;
mod complete;
mod components;
mod stacks;
mod totals;
mod walk;

pub use call_graph::call_graph;
pub use complete::complete;
pub use components::Components;
pub use stacks::stacks;
pub use totals::{FunctionTotals, function_totals};
