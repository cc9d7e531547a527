//! What can be done with a profile once it is read.
//!
//! Operations know no format and print nothing: a profile goes in, a profile or a table comes out.
//!
//! - [`top`]: what each function costs, on its own and with all that it called; [`peek`] adds its callers and
//!   callees, [`lines()`] its lines;
//! - [`Pattern`]: which functions are meant;
//! - [`only_thread`]: one thread alone;
//! - [`map_functions`]: other facts about functions, some of which become one; [`group`] puts files,
//!   modules or lines in their place.

mod group;
mod lines;
mod map;
mod pattern;
mod peek;
mod sums;
mod thread;
mod top;

pub use group::{By, group};
pub use lines::{FunctionLines, LineCost, lines};
pub use map::map_functions;
pub use pattern::Pattern;
pub use peek::{Peek, PeekArc, peek};
pub use profkit_core::derive::span_ns;
pub use thread::{ThreadShare, only_thread, thread_shares};
pub use top::{Sort, TopRow, top};
