//! What can be done with a profile once it is read.
//!
//! Operations know no format and print nothing: a profile goes in, a profile or a table comes out.
//!
//! - [`top`]: what each function costs, on its own and with all that it called; [`peek`] adds its callers and
//!   callees, [`lines()`] its lines;
//! - [`diff()`]: what changed between two profiles, and whether it is more than noise;
//! - [`explain`]: through whom the change of one function came;
//! - [`diff_profile`]: two profiles as one with the values before and after;
//! - [`Merge`]: any number of profiles as one;
//! - [`only_thread`]: one thread alone;
//! - [`filter()`]: steps that cut, rename and select, in the order given;
//! - [`map_functions`]: other facts about functions, some of which become one; [`group()`] puts files,
//!   modules or lines in their place.

mod diff;
mod filter;
mod group;
mod lines;
mod map;
mod merge;
mod peek;
mod rename;
mod sums;
mod thread;
mod top;

pub use diff::{
    Basis, Bulk, Change, Compared, Diff, DiffOptions, DiffRow, DiffSide, DiffSort, Explanation, FALSE_DISCOVERIES,
    KIND_SUFFIXES, Presence, Suggestion, Verdict, Via, diff, diff_profile, explain,
};
pub use filter::{Pattern, STEPS, Step, StepKind, filter};
pub use group::{By, group};
pub use lines::{FunctionLines, LineCost, lines};
pub use map::map_functions;
pub use merge::{Merge, MergeOptions};
pub use peek::{Peek, PeekArc, peek};
pub use profkit_core::derive::span_ns;
pub use rename::Rename;
pub use thread::{ThreadShare, only_thread, thread_shares};
pub use top::{Sort, Top, TopRow, top};
