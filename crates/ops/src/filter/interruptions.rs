//! Frames that a runtime puts between a function and the tick that hits it.
//!
//! Go stops a function that runs for long by a signal, from which it comes back in `runtime.asyncPreempt`, as if it had
//! called that (`runtime/preempt.go`). The signal of the profiler often comes along and finds that frame on top: what the
//! function did is booked under one that nobody calls, a larger or smaller part of it in every run.

use super::rewrite::{Rule, rewrite, with_any};
use profkit_core::{Id, NoteKind, Notes, Profile, Result};

/// The function that nobody calls.
const INTERRUPTION: &str = "runtime.asyncPreempt";

/// Returns the profile with what is booked under an interruption given to the function that was interrupted, and notes
/// how many samples that are; none where there is no interruption.
///
/// # Errors
///
/// A sum that does not fit into 64 bits is an error of kind `Overflow`.
pub fn without_interruptions(profile: &Profile, notes: &mut Notes) -> Result<Option<Profile>> {
    let is_named: Vec<bool> =
        profile.functions.iter().map(|(_, it)| &profile.strings[it.name] == INTERRUPTION).collect();
    if !is_named.contains(&true) {
        return Ok(None);
    }
    let stays: Vec<bool> =
        profile.frames.iter().map(|(_, it)| it.function.is_none_or(|id| !is_named[id.index()])).collect();
    // With nobody to give it to, it stays where it is.
    let has_other = with_any(profile, &stays);
    if profile.samples.iter().any(|it| it.stack.is_some_and(|id| !has_other[id.index()])) {
        return Ok(None);
    }
    let rewritten = rewrite(profile, &Rule::Only(&stays))?;
    if rewritten.changed > 0 {
        let what = format!("{INTERRUPTION} is no call: its cost is that of the function it interrupts");
        notes.add(NoteKind::Odd, what, rewritten.changed, "samples|sample", || None);
    }
    rewritten.profile.filtered(|_| true, |_| true).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use profkit_core::{Frame, FrameId, Function, Sample, ValueType};

    fn profile(stacks: &[(&[&str], i64)]) -> Profile {
        let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
        for (names, cost) in stacks {
            let path: Vec<FrameId> = names
                .iter()
                .map(|name| {
                    let name = profile.string(name);
                    let function = profile.function(Function::named(name));
                    profile.frame(Frame { function: Some(function), ..Frame::default() })
                })
                .collect();
            let stack = profile.stack(&path).unwrap();
            profile.samples.push(Sample::new(Some(stack), &[*cost]));
        }
        profile
    }

    #[test]
    fn what_was_interrupted_gets_the_cost() {
        let profile = profile(&[
            (&["main", "work"], 5),
            (&["main", "work", "runtime.asyncPreempt"], 7),
            (&["main", "work", "runtime.asyncPreempt", "runtime.asyncPreempt2"], 1),
        ]);
        let mut notes = Notes::new();
        let without = without_interruptions(&profile, &mut notes).unwrap().unwrap();
        let leaves = without.samples.iter().map(|it| {
            let leaf = without.stacks.leaf(it.stack.unwrap());
            (without.frame_name(leaf).unwrap_or_default(), it.values[0])
        });
        assert_eq!(leaves.collect::<Vec<_>>(), [("work", 5), ("work", 7), ("runtime.asyncPreempt2", 1)]);
        let told: Vec<String> = notes.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            ["runtime.asyncPreempt is no call: its cost is that of the function it interrupts: 2 samples"]
        );
    }

    #[test]
    fn nothing_is_given_to_nobody() {
        let mut notes = Notes::new();
        for stacks in
            [&[(&["main"][..], 1)][..], &[(&["main", "runtime.asyncPreempt"], 1), (&["runtime.asyncPreempt"], 1)]]
        {
            assert!(without_interruptions(&profile(stacks), &mut notes).unwrap().is_none());
        }
        assert_eq!(notes.iter().count(), 0);
    }
}
