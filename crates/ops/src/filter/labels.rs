//! Labels: samples that have some, and labels as frames.

use super::pattern::regex;
use super::quantity::{Quantity, Range};
use profkit_core::{
    Error, Frame, FrameId, Function, Id, Label, LabelId, LabelValue, Profile, Result, Sample, Samples, StackId,
    ThreadId, Unit,
};
use regex::Regex;
use std::collections::HashMap;

/// What the labels of a sample must, or must not, have.
#[derive(Clone, Debug)]
pub(super) struct LabelTest {
    pub(super) key: String,
    /// Whether samples without such a label stay, instead of those with one.
    is_negated: bool,
    regex: Option<Regex>,
    range: Option<Range>,
}

impl LabelTest {
    /// Returns the test that `KEY=RE`, `KEY=LOW..HIGH` or either with `!=` spells.
    pub(super) fn parse(text: &str) -> Result<LabelTest> {
        let Some((key, wanted)) = text.split_once('=').filter(|(key, _)| !matches!(*key, "" | "!")) else {
            return Err(Error::usage(format!("expected KEY=RE or KEY=LOW..HIGH, found {text:?}")));
        };
        let (key, is_negated) = key.strip_suffix('!').map_or((key, false), |key| (key, true));
        let exactly = Quantity::parse(wanted).map(|it| Range { low: Some(it.clone()), high: Some(it) });
        let range = Range::parse(wanted);
        if let Some(Range { low: Some(low), high: Some(high) }) = &range
            && low.is_above(high)
        {
            let (low, high) = wanted.split_once("..").unwrap_or_default();
            return Err(Error::usage(format!("{low} is above {high}")));
        }
        let regex = if range.is_some() { None } else { Some(regex(wanted)?) };
        Ok(LabelTest { key: key.to_owned(), is_negated, regex, range: range.or(exactly) })
    }

    /// Returns for each list of labels whether samples with it stay, and for samples without any.
    pub(super) fn stay(&self, profile: &Profile) -> (Vec<bool>, bool) {
        let mut has: Vec<bool> = Vec::with_capacity(profile.labels.len());
        for (_, label) in profile.labels.iter() {
            // What follows in a list was there before.
            has.push(self.is_match(profile, label) || label.next.is_some_and(|next| has[next.index()]));
        }
        (has.into_iter().map(|has| has != self.is_negated).collect(), self.is_negated)
    }

    fn is_match(&self, profile: &Profile, label: Label) -> bool {
        if profile.strings[label.key] != self.key {
            return false;
        }
        match label.value {
            LabelValue::Text(text) => self.regex.as_ref().is_some_and(|regex| regex.is_match(&profile.strings[text])),
            LabelValue::Number { value, unit } => match &self.range {
                Some(range) => range.contains(value, &unit_of(&self.key, profile.strings.text(unit))) == Some(true),
                None => self.regex.as_ref().is_some_and(|regex| regex.is_match(&value.to_string())),
            },
        }
    }
}

/// Returns the unit of a number under a key: without one, as Go's pprof has it, bytes under keys of that habit, else
/// what the key says.
fn unit_of(key: &str, unit: &str) -> Unit {
    match (key, unit) {
        ("request" | "alignment", "") => Unit::named("bytes"),
        (key, "") => Unit::named(key),
        (_, unit) => Unit::named(unit),
    }
}

/// Where a label goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Root,
    Leaf,
}

/// Returns the profile with the values of a label as a frame of each stack, at its root or its leaf.
pub(super) fn as_frames(profile: &Profile, key: &str, end: End) -> Result<Profile> {
    let mut to = profile.clone();
    to.samples = Samples::new(profile.samples.stride());
    let mut frames: HashMap<Option<LabelId>, FrameId> = HashMap::new();
    let mut rooted: HashMap<FrameId, HashMap<StackId, StackId>> = HashMap::new();
    let mut previous: HashMap<Option<ThreadId>, (FrameId, u32)> = HashMap::new();
    for sample in profile.samples.iter() {
        let frame = *frames.entry(sample.labels).or_insert_with(|| {
            let name = values(profile, key, sample.labels);
            let (name, file) = (to.string(&name), to.text(key));
            let function = to.function(Function { file, ..Function::named(name) });
            to.frame(Frame { function: Some(function), ..Frame::default() })
        });
        let stack = match (end, sample.stack) {
            (End::Leaf, parent) => to.push(parent, frame)?,
            (End::Root, None) => to.stack(&[frame])?,
            (End::Root, Some(stack)) => on_root(profile, &mut to, frame, stack, rooted.entry(frame).or_default())?,
        };
        let depth = sample.stack.map_or(0, |stack| profile.stacks.depth(stack));
        let last = previous.insert(sample.thread, (frame, depth));
        let goes_on = last.is_some_and(|(last, _)| last == frame);
        let kept = sample.kept.map(|kept| match end {
            End::Root => {
                if goes_on {
                    kept + 1
                } else {
                    0
                }
            }
            // The frame at the leaf goes on where nothing else has changed.
            End::Leaf => kept + u32::from(goes_on && kept == depth && last.is_some_and(|(_, last)| last == depth)),
        });
        to.samples.push(Sample { stack: Some(stack), kept, ..sample });
    }
    Ok(to)
}

/// Returns a stack under a root, row by row, so that a deep recursion does not cost its square.
fn on_root(
    from: &Profile,
    to: &mut Profile,
    root: FrameId,
    stack: StackId,
    done: &mut HashMap<StackId, StackId>,
) -> Result<StackId> {
    let mut rows = Vec::new();
    let mut next = Some(stack);
    let mut parent = loop {
        match next {
            Some(row) => match done.get(&row) {
                Some(&there) => break there,
                None => {
                    rows.push(row);
                    next = from.stacks.row(row).0;
                }
            },
            None => break to.stack(&[root])?,
        }
    };
    while let Some(row) = rows.pop() {
        parent = to.extend(Some(parent), from.stacks.row(row).1)?;
        done.insert(row, parent);
    }
    Ok(parent)
}

/// Returns the values of a label, in the order of the source.
fn values(profile: &Profile, key: &str, labels: Option<LabelId>) -> String {
    let of_key = profile.label_list(labels).filter(|label| &profile.strings[label.key] == key);
    let values: Vec<String> = of_key
        .map(|label| match label.value {
            LabelValue::Text(text) => profile.strings[text].to_owned(),
            LabelValue::Number { value, unit: Some(unit) } => format!("{value} {}", &profile.strings[unit]),
            LabelValue::Number { value, unit: None } => value.to_string(),
        })
        .collect();
    if values.is_empty() { format!("[no {key}]") } else { values.join(",") }
}
