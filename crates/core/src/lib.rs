//! The normalized profile model of profkit and the contract that its formats implement.
//!
//! This crate knows no format and touches no file. It is made of
//!
//! - the model: [`Profile`] with its dimension tables, [`Samples`] and [`CallGraph`]s;
//! - the facets: [`Profile::census`] counts what a profile can say, [`Profile::without`] takes some of
//!   it away, [`Profile::canonical`] brings two profiles that say the same into the same form;
//! - the shapes: [`mod@derive`] turns stacks into a call graph, exactly, and a call graph into stacks, as an
//!   estimate;
//! - the contract: [`Format`], what it [`Holds`], and [`prepare`], which brings a profile into what a
//!   format can hold and notes what is lost.

mod amounts;
mod calls;
mod canonical;
mod census;
mod convert;
pub mod derive;
mod error;
mod facet;
mod format;
mod frame_filters;
mod hash;
mod id;
mod meta;
mod notes;
mod parallel;
mod peek;
mod profile;
pub mod readable;
mod repeats;
mod rows;
mod samples;
mod stacks;
mod strings;
mod table;
mod transfer;
mod value;
mod weigh;
mod without;

pub use amounts::{Amounts, Decimal, Rounding};
pub use calls::{Arc, CallGraph, Total};
pub use census::Census;
pub use convert::prepare;
pub use error::{Error, ErrorKind, Place, Result};
pub use facet::{Facet, Facets};
pub use format::{Format, Holds, OnlyTime, Opt, ReadFn, ReadOptions, Shape, SniffFn, WriteFn, WriteOptions};
pub use frame_filters::filter_frames;
pub use hash::Map;
pub use id::{FrameId, FunctionId, Id, LabelId, MappingId, StackId, StringId, ThreadId};
pub use meta::{Meta, Period, Session, Transaction, Weights};
pub use notes::{Note, NoteKind, Notes, thousands};
pub use parallel::in_order;
pub use peek::{Input, Peek, Sniff};
pub use profile::Profile;
pub use rows::{Frame, Function, Label, LabelValue, Mapping, Symbols, Thread};
pub use samples::{EqualSamples, Sample, SampleKey, Samples};
pub use stacks::{FrameHashes, MAX_DEPTH, Paths, Stacks};
pub use strings::Strings;
pub use table::Table;
pub use transfer::Transfer;
pub use value::{Dimension, Role, Unit, ValueType};
pub use weigh::{is_weighed, weigh};
