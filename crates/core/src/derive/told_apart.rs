//! The functions that a person can tell apart.

use crate::error::Result;
use crate::facet::{Facet, Facets};
use crate::profile::Profile;
use crate::rows::Function;
use std::borrow::Cow;
use std::collections::HashSet;

/// Returns the profile with a function for every frame, named after its address where it has none, and
/// no two functions that share name, file, start line and module.
///
/// What tells such functions apart besides (system name, full path) is taken away before anything is
/// added up, so that a stack which holds two of them still counts once. Tables and pictures show the
/// functions of this profile, so that their numbers agree.
///
/// # Errors
///
/// Fails as [`Profile::without`] does.
pub fn told_apart(profile: &Profile) -> Result<Cow<'_, Profile>> {
    let shown = |function: Function| (function.name, function.file, function.start_line, function.module);
    let mut seen = HashSet::with_capacity(profile.functions.len());
    let is_settled = profile.functions.iter().all(|(_, function)| seen.insert(shown(function)))
        && profile.frames.iter().all(|(_, frame)| frame.function.is_some());
    if is_settled {
        return Ok(Cow::Borrowed(profile));
    }
    let hidden = Facets::of(&[Facet::Unnamed, Facet::SystemNames, Facet::FullPaths]);
    Ok(Cow::Owned(profile.without(hidden)?.0))
}
