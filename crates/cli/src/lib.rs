//! What the command line tools of profkit share.
//!
//! A tool is a struct of arguments that implements [`Tool`], and a `main` of one line that calls
//! [`main`]. In it stand the groups of options that it has ([`args`]); what it does is
//!
//! 1. open its inputs: [`Session::open`] reads the bytes and tells the format;
//! 2. parse them: [`Session::parse`];
//! 3. put each result into an [`Output`] and let [`Session::commit`] make them appear.
//!
//! What else may take long is shown by [`Session::progress`]. Everything that a tool has to confess is collected in [`Session::notes`] and told on stderr at the end.
//! Exit codes: 0 done, 1 the answer is no, 2 usage, input or output, 3 refused by `--strict`; a closed pipe is 0.

pub mod args;
pub mod convert;
pub mod diff;
pub mod files;
pub mod flame;
pub mod graph;
pub mod knobs;
pub mod merge;
pub mod steps;
pub mod top;

mod csv;
mod failure;
mod formats;
mod graphviz;
mod gzip;
mod output;
mod page;
mod progress;
mod session;
mod source;
mod table;
mod tool;
mod wanted;

pub use failure::{Failure, Result};
pub use output::Output;
pub use page::Page;
pub use progress::{Extent, Progress, ProgressWhen};
pub use session::Session;
pub use source::Source;
pub use tool::{Tool, main};
pub use wanted::Wanted;
