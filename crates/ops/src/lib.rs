//! What can be done with a profile once it is read.
//!
//! Operations know no format and print nothing: a profile goes in, a profile or a table comes out.
//!
//! - [`Merge`]: any number of profiles as one;
//! - [`top`]: what each function costs, on its own and with all that it called;
//! - [`only_thread`]: one thread alone.

mod merge;
mod thread;
mod top;

pub use merge::{Merge, MergeOptions};
pub use thread::{ThreadShare, only_thread, span_ns, thread_shares};
pub use top::{Sort, TopRow, top};
