//! The frame filters that a profile carries: pprof's `drop_frames` and `keep_frames`.
//!
//! Meaning as in `prune.go` of pprof: both expressions match whole simplified function names. From the
//! root on, the first frame that is to be dropped and has a frame above it that is not is cut off with
//! everything it called; its cost goes to its caller.

use crate::error::Result;
use crate::facet::Facets;
use crate::id::{FrameId, Id, StackId};
use crate::notes::{NoteKind, Notes};
use crate::profile::Profile;
use crate::samples::{Sample, Samples};
use crate::transfer::Transfer;
use regex::Regex;
use std::borrow::Cow;

/// Returns the profile with the frame filters that it carries applied, and notes how many samples they cut.
///
/// Writers of formats that cannot hold the filters, tables and pictures show a profile like this.
///
/// # Errors
///
/// A stack deeper than a limit is an error of kind `Limit`.
pub fn filter_frames<'p>(profile: &'p Profile, notes: &mut Notes) -> Result<Cow<'p, Profile>> {
    Ok(apply(profile, notes)?.map_or(Cow::Borrowed(profile), Cow::Owned))
}

/// Returns the profile with its own frame filters applied, or none where they change nothing.
///
/// # Errors
///
/// A stack deeper than a limit is an error of kind `Limit`.
pub(crate) fn apply(profile: &Profile, notes: &mut Notes) -> Result<Option<Profile>> {
    let Some(drop) = profile.meta.drop_frames.as_deref().and_then(|text| whole_name(text, notes)) else {
        return Ok(None);
    };
    let keep = profile.meta.keep_frames.as_deref().and_then(|text| whole_name(text, notes));
    let is_dropped: Vec<bool> = profile
        .functions
        .iter()
        .map(|(_, function)| {
            let name = simplified(&profile.strings[function.name]);
            drop.is_match(name) && !keep.as_ref().is_some_and(|keep| keep.is_match(name))
        })
        .collect();
    if !is_dropped.contains(&true) {
        return Ok(None);
    }
    let drops = |frame: FrameId| profile.frames[frame].function.is_some_and(|function| is_dropped[function.index()]);
    let mut to = profile.clone();
    to.samples = Samples::new(profile.value_types.len());
    let mut transfer = Transfer::new(profile, Facets::NONE);
    let (mut path, mut cut) = (Vec::new(), 0);
    let mut done: Vec<Option<(StackId, usize)>> = vec![None; profile.stacks.len()];
    for sample in profile.samples.iter() {
        let Some(stack) = sample.stack else {
            to.samples.push(sample);
            continue;
        };
        let (short, end) = match done[stack.index()] {
            Some(short) => short,
            None => {
                profile.stacks.read_path(stack, &mut path);
                let user = path.iter().position(|&frame| !drops(frame)).unwrap_or(path.len());
                let below = path.iter().skip(user).position(|&frame| drops(frame));
                path.truncate(below.map_or(path.len(), |below| user + below));
                path.iter_mut().for_each(|frame| *frame = transfer.frame(&mut to, *frame));
                *done[stack.index()].insert((to.stack(&path)?, path.len()))
            }
        };
        cut += u64::from(end < profile.stacks.depth(stack) as usize);
        let kept = sample.kept.map(|kept| kept.min(end as u32));
        to.samples.push(Sample { stack: Some(short), kept, ..sample });
    }
    if cut == 0 {
        return Ok(None);
    }
    let what = "frames that the profile itself asks to drop were dropped";
    notes.add(NoteKind::Lost, what, cut, "samples were cut|sample was cut", || profile.meta.drop_frames.clone());
    // They have done what they are for: that they are not there any more is no other loss.
    (to.meta.drop_frames, to.meta.keep_frames) = (None, None);
    Ok(Some(to))
}

fn whole_name(text: &str, notes: &mut Notes) -> Option<Regex> {
    let regex = Regex::new(&format!("^(?:{text})$"));
    if regex.is_err() {
        let what = "a frame filter of the profile is not a regular expression and was not applied";
        notes.add(NoteKind::Odd, what, 1, "filters|filter", || text.to_owned());
    }
    regex.ok()
}

/// Returns the name without a leading dot and without its parameters.
fn simplified(name: &str) -> &str {
    let name = name.strip_prefix('.').unwrap_or(name);
    let mut from = 0;
    while let Some(paren) = name[from..].find('(').map(|at| from + at) {
        let rest = &name[paren..];
        if rest.starts_with("(anonymous namespace)") {
            from = paren + "(anonymous namespace)".len();
        } else if name[..paren].ends_with("operator") && rest.starts_with("()") {
            from = paren + 2;
        } else {
            return &name[..paren];
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{Frame, Function};
    use crate::value::ValueType;

    fn profile(paths: &[&[&str]]) -> Profile {
        let mut profile = Profile::new(vec![ValueType::new("cpu", "ns")]);
        for path in paths {
            let frames: Vec<FrameId> = path
                .iter()
                .map(|name| {
                    let name = profile.string(name);
                    let function = profile.function(Function::named(name));
                    profile.frame(Frame { function: Some(function), ..Frame::default() })
                })
                .collect();
            let stack = profile.stack(&frames).expect("not too deep");
            profile.samples.push(Sample::new(Some(stack), &[1]));
        }
        profile
    }

    fn paths(profile: &Profile) -> Vec<String> {
        let mut path = Vec::new();
        let names = profile.samples.iter().map(|sample| {
            profile.stacks.read_path(sample.stack.expect("a stack"), &mut path);
            path.iter().map(|&frame| profile.frame_name(frame).unwrap_or_default()).collect::<Vec<_>>().join(";")
        });
        names.collect()
    }

    #[test]
    fn cuts_below_the_first_frame_that_stays() {
        let mut profile = profile(&[&["malloc", "main", "malloc(int)", "x"], &["main", "keep_malloc"], &["malloc"]]);
        profile.meta.drop_frames = Some(".*malloc".to_owned());
        profile.meta.keep_frames = Some("keep_.*".to_owned());
        let cut = apply(&profile, &mut Notes::new()).expect("not too deep").expect("something to cut");
        assert_eq!(paths(&cut), ["malloc;main", "main;keep_malloc", "malloc"]);
    }

    #[test]
    fn simplifies_as_pprof_does() {
        assert_eq!(simplified(".f(int)"), "f");
        assert_eq!(simplified("(anonymous namespace)::f(int)"), "(anonymous namespace)::f");
        assert_eq!(simplified("T::operator()(int) const"), "T::operator()");
    }
}
