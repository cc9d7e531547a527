//! Functions that cost little, as one.

use super::rewrite::{Rule, rewrite};
use crate::map::{Rows, same_tables};
use profkit_core::derive::function_totals;
use profkit_core::{Frame, FrameId, Function, FunctionId, Id, Profile, Result};

/// The profile with small functions as one.
pub(super) struct Folded {
    pub(super) profile: Profile,
    /// How many functions are in it.
    pub(super) functions: u64,
    /// What they cost themselves, in the value that decides.
    pub(super) own: i128,
}

/// Returns the profile with one function in the place of those that cost less than a share of the total, all they
/// called included; none where there is no such function.
///
/// In a stack, neighbours of that sort are one frame.
pub(super) fn fold(profile: &Profile, percent: f64, value: usize) -> Result<Option<Folded>> {
    let whole = profile.column_totals()?.get(value).copied().unwrap_or(0);
    let totals = function_totals(profile)?;
    let least = percent / 100.0 * (whole as f64).abs();
    let cell = |costs: &[i64]| costs.get(value).copied().unwrap_or(0);
    let is_small: Vec<bool> =
        profile.functions.iter().map(|(id, _)| (cell(&totals[id].total) as f64).abs() < least).collect();
    let small = || profile.functions.iter().map(|(id, _)| id).filter(|id| is_small[id.index()]);
    let title = format!("[below {percent} %]");
    if small().all(|id| profile.strings[profile.functions[id].name] == title) {
        return Ok(None);
    }
    let own = small().map(|id| i128::from(cell(&totals[id].own))).sum();
    let mut to = same_tables(profile);
    let one = Function::named(to.string(&title));
    let functions: Vec<FunctionId> = profile
        .functions
        .iter()
        .map(|(id, function)| to.function(if is_small[id.index()] { one } else { function }))
        .collect();
    let frames: Vec<FrameId> = profile
        .frames
        .iter()
        .map(|(_, frame)| {
            let function = frame.function.map(|id| functions[id.index()]);
            let is_small = frame.function.is_some_and(|id| is_small[id.index()]);
            to.frame(if is_small { Frame { function, ..Frame::default() } } else { Frame { function, ..frame } })
        })
        .collect();
    let one = to.function(one);
    let one = to.frame(Frame { function: Some(one), ..Frame::default() });
    let moved = Rows { functions, frames }.moved(profile, to)?;
    let profile = rewrite(&moved, &Rule::OneOf(one))?.profile;
    Ok(Some(Folded { profile, functions: small().count() as u64, own }))
}
