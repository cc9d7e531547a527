//! speedscope's own format: JSON with one table of frames and a list of profiles.
//!
//! Every version from 0.0.1 on; `schemas/speedscope.schema.json` describes it. A file:
//!
//! ```text
//! {"$schema": "https://www.speedscope.app/file-format-schema.json",
//!  "shared": {"frames": [{"name": "main", "file": "a.py", "line": 3}, {"name": "f"}]},
//!  "profiles": [{"type": "sampled", "name": "worker", "unit": "milliseconds", "startValue": 0, "endValue": 7,
//!                "samples": [[0], [0, 1]], "weights": [5, 2]}],
//!  "name": "nightly run", "exporter": "py-spy@0.4.3"}
//! ```
//!
//! | format field | model field |
//! |---|---|
//! | `name`, `exporter` | title and producer in [`Meta`](profkit_core::Meta) |
//! | `activeProfileIndex` | the default value, where there are several |
//! | `shared.frames[]`: `name`, `file`, `line`, `col` | a function with name and file, in a frame with line and column |
//! | `profiles[]` of equal `unit` | threads, by `name` |
//! | `profiles[]` of differing `unit` | value types |
//! | `unit` | the unit; `none` is the count of who knows what |
//! | `samples`, `weights` | a sample each; an empty list is a sample without a stack |
//! | `events` | a sample whenever time moves on, with `kept`, and its time where the unit is a time |
//! | time without an open frame | a sample without a stack |
//! | `profkit` | what the writer adds for its own reader, see `speedscope/key.rs`; speedscope ignores it |
//!
//! Keys that speedscope does not know are passed over. So are those that Sentry's vroom adds (`path`, `image`, `inline`,
//! `is_application` of frames, `threadID` of profiles) in its files, which have no `$schema`.
//!
//! The bounds `startValue` and `endValue` may stand in quotes, as those of dotnet-trace do.
//!
//! A zero `line` or `col` is an unknown one. What the format cannot hold: labels, addresses, mappings, inlining, modules,
//! system names, negative values and facts about the run. Timestamps and samples of value zero are there only in the
//! evented layout, which needs one value type and call boundaries. A frame has one line: that of the frame, or, where
//! no frame has any, that on which the function starts.

mod cut;
mod events;
mod file;
mod key;
mod numbers;
mod plan;
mod read;
#[cfg(test)]
mod tests;
mod write;

use profkit_core::{Census, Facet, Format, Holds, Opt, Peek, Shape, Sniff, WriteOptions};

const SCHEMA: &str = "https://www.speedscope.app/file-format-schema.json";

const LAYOUT: Opt = Opt {
    name: "layout",
    values: &["auto", "sampled", "evented"],
    help: "sampled: a list of stacks; evented: opening and closing of frames; auto: evented where calls are known",
};

pub(crate) static FORMAT: Format = Format::new("speedscope", "speedscope JSON, sampled and evented")
    .extensions(&["speedscope.json", "json"])
    .options(&[LAYOUT])
    .holds(holds)
    .reads(sniff, read::read)
    .writes(write::write);

fn sniff(peek: &Peek<'_>) -> Sniff {
    let has = |text: &[u8], part: &str| memchr::memmem::find(text, part.as_bytes()).is_some();
    // Looked for in parts, since some encoders write `\/` for a slash.
    let schema = peek.key("$schema").unwrap_or_default();
    if has(schema, "www.speedscope.app") && has(schema, "file-format-schema.json") {
        Sniff::Sure
    } else if peek.key("shared").is_some() && peek.key("profiles").is_some() {
        Sniff::Maybe
    } else {
        Sniff::No
    }
}

fn holds(options: &WriteOptions, census: &Census) -> Holds {
    let has = |facet| census.count(facet) > 0;
    // Rows with negative values are left out, and with them could go all that is known of calls.
    let has_calls = census.value_types == 1 && has(Facet::CallBoundaries) && !has(Facet::NegativeValues);
    let evented = has_calls && options.option(&LAYOUT) != "sampled";
    Holds::new(Shape::Stacks)
        .keeps(&[Facet::SeveralValues, Facet::ValueTypes, Facet::UnitScales, Facet::Roles, Facet::EmptyStacks])
        .keeps(&[Facet::Threads, Facet::Processes, Facet::Files, Facet::Lines, Facet::Columns, Facet::FrameFiles])
        .keeps(&[Facet::Title, Facet::Producer, Facet::DefaultValue])
        .keeps_if(evented, Facet::CallBoundaries)
        .keeps_if(evented, Facet::Timestamps)
        .keeps_if(evented, Facet::ZeroSamples)
        .keeps_if(!has(Facet::Lines), Facet::StartLines)
}
