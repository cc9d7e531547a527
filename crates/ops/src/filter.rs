//! Parts of a profile: steps that take samples, frames and names away or change them, one after the other.
//!
//! What a step means on stacks and on call graphs stands in [`STEPS`]. Each takes the profile that the one before
//! left; values stay what they are, but for what is dropped, and that is noted.
//!
//! Differences from `go tool pprof`, whose options of the same names do the same otherwise:
//!
//! - Steps run in the order given. Go has an order of its own, in which hidden frames cannot be shown from.
//! - `ignore` and `hide` keep samples without a stack, which match nothing; Go drops them.
//! - `show` and `show-from` look at each stack on its own. Go edits the places in all stacks at once: of a place
//!   with inlined functions it cuts what called the match even where an outer match is kept, and a place without
//!   a function it hides although its binary matches.
//! - `prune-from` looks at files and modules, too, and at whole names; Go cuts parameters off first.
//! - A function that is not known goes by its address.
//! - A range of numbers without a unit fits labels of any unit; Go compares it only with labels that have none.
//!   Each label has its own unit; Go takes the first unit of a key for all.
//! - `label-root` and `label-leaf` call what has no such label `[no KEY]`; Go leaves the name empty. Numbers are
//!   exact; Go rounds them for people.
//! - A frame that was inlined into one that is gone is not marked inlined any more.
//! - `drop_frames` and `keep_frames` of the profile stay what they are; Go applies them first.

mod anonymize;
mod labels;
mod names;
mod pattern;
mod quantity;
mod rewrite;
mod samples;
mod small;
mod step;
mod told;

pub(crate) use names::Substitution;

use crate::thread::{ACTIVE, most_active, no_such_thread, thread_shares};
use labels::{End, as_frames};
use profkit_core::{Id, NoteKind, Notes, Profile, Result, Sample, derive};
use regex::Regex;
use rewrite::{Rewritten, Rule, rewrite, with_any};
use std::borrow::Cow;
use step::{Kind, OnGraph};

pub use pattern::Pattern;
pub use step::{STEPS, Step, StepKind};

/// Returns what the steps leave of a profile, one after the other, and notes what each drops.
///
/// `value` is the index of the value type that decides where one must: what is small, which thread is active.
///
/// ```
/// use profkit_core::{Frame, Function, Notes, Profile, Sample, ValueType};
/// use profkit_ops::{Step, filter};
///
/// let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
/// let [main, f, g] = ["main", "f", "g"].map(|name| {
///     let name = profile.string(name);
///     let function = profile.function(Function::named(name));
///     profile.frame(Frame { function: Some(function), ..Frame::default() })
/// });
/// for (path, cost) in [(&[main, f, g][..], 6), (&[main, g], 2)] {
///     let stack = profile.stack(path)?;
///     profile.samples.push(Sample::new(Some(stack), &[cost]));
/// }
/// let steps = [Step::parse("focus", "^f$")?, Step::parse("hide", "main")?];
/// let mut notes = Notes::new();
/// let less = filter(&profile, &steps, 0, &mut notes)?;
/// assert_eq!(less.column_totals()?, [6]);
/// let told: Vec<String> = notes.iter().map(ToString::to_string).collect();
/// assert_eq!(told[0], "--focus '^f$' drops 2.00 ns of 8.00 ns cpu (25.0%): 1 sample is left out");
/// # Ok::<(), profkit_core::Error>(())
/// ```
///
/// # Errors
///
/// A step that has no meaning for the profile, such as a window of time where nothing has a time, is an error of
/// kind `Unsupported`; a sum that does not fit into 64 bits is one of kind `Overflow`.
pub fn filter(profile: &Profile, steps: &[Step], value: usize, notes: &mut Notes) -> Result<Profile> {
    let context = Context { value, origin_ns: origin_ns(profile) };
    let mut now = Cow::Borrowed(profile);
    for step in steps {
        let before = shaped(step, &now, notes)?;
        let after = apply(step, &before, &context, notes)?;
        told::dropped(step, &before, &after, notes)?;
        now = Cow::Owned(after);
    }
    now.filtered(|_| true, |_| true)
}

/// What all steps of a filter share.
struct Context {
    /// The index of the value type that decides.
    value: usize,
    /// From when on times are counted, in those of the profile.
    origin_ns: i64,
}

/// Returns from when on a person counts: since the start where the source says when that was, else since the first
/// sample, for a source may count from anywhere.
fn origin_ns(profile: &Profile) -> i64 {
    let first = profile.samples.iter().filter_map(|sample| sample.time_ns).min();
    first.filter(|_| profile.meta.start_ns.is_none()).unwrap_or(0)
}

/// Returns the profile in a shape in which the step has a meaning.
fn shaped<'p>(step: &Step, profile: &'p Profile, notes: &mut Notes) -> Result<Cow<'p, Profile>> {
    if profile.calls.is_empty() {
        return Ok(Cow::Borrowed(profile));
    }
    match step.on_graph() {
        OnGraph::Exact => Ok(Cow::Borrowed(profile)),
        OnGraph::Refused if profile.samples.is_empty() => Err(step.refusal("a call graph has no samples, only sums")),
        OnGraph::Refused | OnGraph::Estimated => {
            if profile.samples.is_empty() {
                let what = format!("{step} has no answer in a call graph: it is given for estimated stacks");
                notes.remark(NoteKind::Estimated, what);
            }
            derive::stacks(profile, notes).map(Cow::Owned)
        }
    }
}

fn apply(step: &Step, profile: &Profile, context: &Context, notes: &mut Notes) -> Result<Profile> {
    let &Context { value, origin_ns } = context;
    if let Some(pattern) = step.pattern() {
        told::unmatched(step, &pattern.frames(profile), notes);
    }
    if let Some(key) = step.key() {
        told::missing_key(step, profile, key, notes);
    }
    match &step.kind {
        Kind::Thread(regex) => of_threads(step, regex, profile, value, notes),
        Kind::Label(test) => {
            let (stay, without) = test.stay(profile);
            profile.filtered(|sample| sample.labels.map_or(without, |id| stay[id.index()]), |_| true)
        }
        Kind::Time(from_ns, to_ns) => {
            let [from_ns, to_ns] = [from_ns, to_ns].map(|at| match *at {
                open @ (i64::MIN | i64::MAX) => open,
                at => at.saturating_add(origin_ns),
            });
            samples::in_window(profile, from_ns, to_ns).map_err(|error| step.refusal(error.message()))
        }
        Kind::Transaction(name) => {
            samples::in_transaction(profile, name).map_err(|error| step.refusal(error.message()))
        }
        Kind::Min(percent) => match small::fold(profile, *percent, value)? {
            Some(folded) => {
                told::folded(step, &folded, value, notes)?;
                Ok(folded.profile)
            }
            None => Ok(profile.clone()),
        },
        Kind::Rename(substitution) => told::renamed(step, names::rename(profile, substitution), notes),
        Kind::StripPaths => told::renamed(step, names::strip_paths(profile), notes),
        Kind::Anonymize(anonymity) => {
            told::frame_filters(step, profile, notes);
            told::renamed(step, anonymize::anonymize(profile, anonymity), notes)
        }
        Kind::LabelRoot(key) => as_frames(profile, key, End::Root),
        Kind::LabelLeaf(key) => as_frames(profile, key, End::Leaf),
        Kind::Focus(pattern) => with_match(profile, pattern, true),
        Kind::Ignore(pattern) => with_match(profile, pattern, false),
        Kind::Hide(pattern) => {
            let shown = |profile: &Profile| pattern.frames(profile).into_iter().map(|hidden| !hidden).collect();
            cut_marked(step, profile, (&shown, true), |marked| Rule::Only(marked), notes)
        }
        Kind::Show(pattern) => {
            cut_marked(step, profile, (&|it| pattern.frames(it), false), |marked| Rule::Only(marked), notes)
        }
        Kind::ShowFrom(pattern) => {
            cut_marked(step, profile, (&|it| pattern.frames(it), false), |marked| Rule::FromFirst(marked), notes)
        }
        Kind::Root(pattern) => {
            cut_marked(step, profile, (&|it| pattern.frames(it), false), |marked| Rule::FromLast(marked), notes)
        }
        Kind::PruneFrom(pattern) => cut(step, profile, &Rule::UpToLast(&pattern.frames(profile)), notes),
        Kind::InApp => in_app(step, profile, notes),
        Kind::MaxDepth(depth) => cut(step, profile, &Rule::Depth(*depth), notes),
        Kind::CollapseRecursion => collapse_recursion(step, profile, notes),
    }
}

/// Keeps samples that have a matching function in their stack, or those that have none.
fn with_match(profile: &Profile, pattern: &Pattern, is_wanted: bool) -> Result<Profile> {
    let found = with_any(profile, &pattern.frames(profile));
    profile.filtered(|sample| sample.stack.is_some_and(|id| found[id.index()]) == is_wanted, |_| true)
}

/// Takes frames away by a rule, and notes in how many samples.
fn cut(step: &Step, profile: &Profile, rule: &Rule<'_>, notes: &mut Notes) -> Result<Profile> {
    let Rewritten { profile, changed } = rewrite(profile, rule)?;
    told::cut(step, changed, notes);
    Ok(profile)
}

/// Returns which frames of a profile are meant.
type Mark<'m> = &'m dyn Fn(&Profile) -> Vec<bool>;

/// Drops samples whose stack has no frame that is marked, and takes frames of the others away by a rule. Samples
/// without a stack stay where `keeps_empty` is set.
fn cut_marked(
    step: &Step,
    profile: &Profile,
    (mark, keeps_empty): (Mark<'_>, bool),
    rule: impl Fn(&[bool]) -> Rule<'_>,
    notes: &mut Notes,
) -> Result<Profile> {
    let marked = mark(profile);
    let found = with_any(profile, &marked);
    let stays = |sample: &Sample<'_>| sample.stack.map_or(keeps_empty, |id| found[id.index()]);
    if profile.samples.iter().all(|sample| stays(&sample)) {
        return cut(step, profile, &rule(&marked), notes);
    }
    let left = profile.filtered(stays, |_| true)?;
    cut(step, &left, &rule(&mark(&left)), notes)
}

fn in_app(step: &Step, profile: &Profile, notes: &mut Notes) -> Result<Profile> {
    let profile = &profile.filtered(|_| true, |_| true)?;
    if !profile.stacks.is_empty() && profile.frames.iter().all(|(_, frame)| frame.in_app.is_none()) {
        return Err(step.refusal("no frame of the profile is marked as one of the application"));
    }
    let own = |profile: &Profile| profile.frames.iter().map(|(_, it)| it.in_app == Some(true)).collect();
    cut_marked(step, profile, (&own, false), |marked| Rule::Only(marked), notes)
}

fn collapse_recursion(step: &Step, profile: &Profile, notes: &mut Notes) -> Result<Profile> {
    let mut less = cut(step, profile, &Rule::OneOfFunction, notes)?;
    for calls in &mut less.calls {
        let arcs = calls.arcs().len();
        *calls = crate::map::without_self_arcs(profile, calls)?;
        told::calls(step, arcs.saturating_sub(calls.arcs().len()), notes);
    }
    Ok(less)
}

fn of_threads(step: &Step, regex: &Regex, profile: &Profile, value: usize, notes: &mut Notes) -> Result<Profile> {
    if step.value == ACTIVE {
        let Some(active) = most_active(profile, &thread_shares(profile, value)) else { return Ok(profile.clone()) };
        if let Some(active) = active {
            notes.remark(NoteKind::Odd, format!("{step} is {}", profile.thread_title(active)));
        }
        return profile.filtered(|sample| sample.thread == active, |graph| graph.thread == active);
    }
    let texts = |thread| {
        let it = profile.threads[thread];
        [it.id, it.name].map(|text| profile.strings.text(text).to_owned())
    };
    let is =
        |thread| texts(thread).iter().any(|it| regex.is_match(it)) || regex.is_match(&profile.thread_title(thread));
    let meant: Vec<bool> = profile.threads.iter().map(|(id, _)| is(id)).collect();
    let is_empty = profile.samples.is_empty() && profile.calls.is_empty();
    if !is_empty && !meant.contains(&true) {
        return Err(step.refusal(&no_such_thread(profile, &step.value, &thread_shares(profile, value))));
    }
    profile.filtered(
        |sample| sample.thread.is_some_and(|id| meant[id.index()]),
        |graph| graph.thread.is_some_and(|id| meant[id.index()]),
    )
}
