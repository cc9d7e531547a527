//! What can be done with a profile once it is read.
//!
//! Operations know no format and print nothing: a profile goes in, a profile or a table comes out.
//!
//! - [`top`]: what each function costs, on its own and with all that it called.

mod top;

pub use top::{Sort, TopRow, top};
