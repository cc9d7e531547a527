//! pprof: the profiles of Go, of gperftools, and of much that was written since.
//!
//! The messages are in `schemas/profile.proto`. As a rule a file is gzipped. A sample, in protobuf's text form:
//!
//! ```text
//! sample_type { type: 1 unit: 2 }
//! sample { location_id: 1 value: 5 label { key: 4 str: 5 } }
//! location { id: 1 address: 0x4f line { function_id: 1 line: 3 } }
//! function { id: 1 name: 3 system_name: 3 }
//! string_table: "" string_table: "cpu" string_table: "ns" string_table: "main" ...
//! ```
//!
//! | format field | model field |
//! |---|---|
//! | `sample_type`, `period_type`, `period` | value types, whose role follows from the period; [`Period`](profkit_core::Period) |
//! | `sample.location_id`, leaf first | the stack, root first |
//! | `sample.label` | the labels, in order; those that our writer has made of a thread are that thread again |
//! | `location` | one frame, or one per `line`: the last line is the function that holds the address, the lines before it are inlined into it |
//! | `location.is_folded` | `folded` of all its frames |
//! | `function.system_name` | the system name, where it is not the name |
//! | `mapping` | the mapping, with its flags, in order |
//! | `time_nanos`, `duration_nanos`, `comment`, `doc_url`, `drop_frames`, `keep_frames` | the field of [`Meta`](profkit_core::Meta) |
//! | `default_sample_type` | the index of the first value type of that kind |
//!
//! It cannot hold units of their own scale, roles, timestamps, call boundaries, modules, full paths, files of
//! single lines, marks of application code, title, producer, and call graphs. Equal samples are added up. The
//! number 0 and the empty text can be values of labels in a file, but `go tool pprof` passes such labels over.
//!
//! What the format has no word for and must not be guessed is said in comments that pprof does not show, and in two
//! fields of numbers that nobody else uses.

mod header;
mod layout;
mod locations;
mod marks;
mod message;
mod places;
mod read;
mod rows;
mod samples;
mod sniff;
mod table;
#[cfg(test)]
mod tests;
mod texts;
mod wire;
mod write;

use profkit_core::{Facet, Format, Holds, Opt, Shape};

const GZIP: Opt = Opt { name: "gzip", values: &["yes", "no"], help: "compress the file, as all tools expect" };

const FACETS: &[Facet] = &[
    Facet::SeveralValues,
    Facet::ValueTypes,
    Facet::NegativeValues,
    Facet::ZeroSamples,
    Facet::EmptyStacks,
    Facet::Threads,
    Facet::Processes,
    Facet::Labels,
    Facet::Unnamed,
    Facet::SystemNames,
    Facet::Files,
    Facet::StartLines,
    Facet::Lines,
    Facet::Columns,
    Facet::Addresses,
    Facet::Mappings,
    Facet::Inlining,
    Facet::Folding,
    Facet::Start,
    Facet::Duration,
    Facet::Period,
    Facet::Comments,
    Facet::DocUrl,
    Facet::DefaultValue,
    Facet::FrameFilters,
];

pub(crate) static FORMAT: Format = Format::new("pprof", "pprof protobuf (Go, gperftools and many others)")
    .extensions(&["pb", "pprof", "prof"])
    .options(&[GZIP])
    .holds(|_, _| Holds::new(Shape::Stacks).keeps(FACETS))
    .reads(sniff::sniff, read::read)
    .writes(write::write)
    .binary();
