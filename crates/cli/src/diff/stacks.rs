//! Whole stacks in the place of functions.

use profkit_core::{Facet, Facets, Frame, Function, Notes, Profile, Result, Sample, StackId, derive};

/// Returns the profile with one function for each stack, named after all functions of it, root first. A call graph is
/// estimated as stacks first, which is noted.
///
/// # Errors
///
/// Fails where estimated stacks exceed a limit.
pub(super) fn by_stack(profile: &Profile, notes: &mut Notes) -> Result<Profile> {
    let estimated;
    let mut profile = profile;
    if profile.samples.is_empty() && !profile.calls.is_empty() {
        estimated = derive::stacks(profile, notes)?;
        profile = &estimated;
    }
    let named = profile.without(Facets::of(&[Facet::Unnamed]))?.0;
    let mut to = Profile::new(named.value_types.clone());
    to.meta = named.meta.clone();
    let mut done: Vec<Option<StackId>> = vec![None; named.stacks.len()];
    let mut path = Vec::new();
    for sample in named.samples.iter() {
        let stack = sample.stack.map(|stack| -> Result<StackId> {
            let place = profkit_core::Id::index(stack);
            if let Some(done) = done[place] {
                return Ok(done);
            }
            named.stacks.read_path(stack, &mut path);
            let names: Vec<&str> = path.iter().map(|&frame| named.frame_name(frame).unwrap_or_default()).collect();
            let name = to.string(&names.join(";"));
            let function = Some(to.function(Function::named(name)));
            let frame = to.frame(Frame { function, ..Frame::default() });
            Ok(*done[place].insert(to.stack(&[frame])?))
        });
        to.samples.push(Sample::new(stack.transpose()?, sample.values));
    }
    Ok(to)
}
