//! One shape of a profile from the other, and the totals of both.

mod call_graph;
mod complete;
mod components;
mod function_arcs;
mod function_graph;
mod span;
mod stacks;
mod thread_roots;
mod told_apart;
mod totals;
mod walk;

pub use call_graph::call_graph;
pub use complete::complete;
pub use components::Components;
pub use function_arcs::{FunctionArc, FunctionArcs};
pub use function_graph::{FunctionGraph, function_graph};
pub use span::span_ns;
pub use stacks::stacks;
pub use thread_roots::thread_roots;
pub use told_apart::told_apart;
pub use totals::{FunctionTotal, FunctionTotals, function_totals};

use crate::error::Result;
use crate::facet::{Facet, Facets};
use crate::notes::{NoteKind, Notes};
use crate::profile::Profile;
use std::borrow::Cow;

/// Returns the profile with a function for every frame, called after the address where none is known, and
/// notes how many are. `shape` is what is derived.
fn named<'p>(profile: &'p Profile, shape: &str, notes: &mut Notes) -> Result<Cow<'p, Profile>> {
    if profile.frames.iter().all(|(_, frame)| frame.function.is_some()) {
        return Ok(Cow::Borrowed(profile));
    }
    let census = profile.census();
    let what = format!("{shape} cannot hold {}", Facet::Unnamed.what());
    let example = || census.example(Facet::Unnamed).map(str::to_owned);
    notes.add(NoteKind::Lost, what, census.count(Facet::Unnamed), Facet::Unnamed.loss(), example);
    Ok(Cow::Owned(profile.without(Facets::of(&[Facet::Unnamed]))?.0))
}
