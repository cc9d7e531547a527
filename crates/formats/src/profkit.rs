//! profkit's own format: the whole model as JSON text, one row per line.
//!
//! The grammar is `schemas/profkit.schema.json`. A sample:
//!
//! ```text
//! {"profkit":1,
//! "value_types":[
//! {"kind":"cpu","unit":{"name":"nanoseconds","dimension":"time","factor":1,"exponent":-9},"role":"measured"}],
//! "functions":[
//! {"name":"main","file":"a.c","start_line":3}],
//! "frames":[
//! {"function":0,"line":4}],
//! "stacks":[
//! {"frames":[0]}],
//! "samples":[
//! {"stack":0,"values":[12]}]}
//! ```
//!
//! | format field | model field |
//! |---|---|
//! | `mappings`, `functions`, `frames`, `stacks`, `threads`, `labels` | the dimension tables, in order |
//! | a number in `function`, `stack`, `next` ... | the index of a row, counted from 0 |
//! | `parent` of a stack | the row that it extends; comes before it |
//! | `samples`, `calls` | samples and call graphs, in order |
//! | `meta` | [`Meta`](profkit_core::Meta) |
//!
//! There is nothing in the model that it cannot hold, but for the numbers of rows that nothing uses.

mod read;
mod rows;
mod table;
#[cfg(test)]
mod tests;
mod write;

use profkit_core::{Facets, Format, Holds, Peek, Shape, Sniff};

/// The version of the text that this crate writes, and the only one so far.
const VERSION: u32 = 1;

pub(crate) static FORMAT: Format = Format::new("profkit", "the whole model of profkit as JSON, lossless")
    .extensions(&["profkit"])
    .holds(|_, _| Holds { facets: Facets::ALL, ..Holds::new(Shape::Either) })
    .reads(sniff, read::read)
    .writes(write::write);

fn sniff(peek: &Peek<'_>) -> Sniff {
    match (peek.key("profkit"), peek.key("value_types")) {
        (Some([b'0'..=b'9', ..]), _) => Sniff::Sure,
        (Some(_), Some(_)) => Sniff::Maybe,
        _ => Sniff::No,
    }
}
