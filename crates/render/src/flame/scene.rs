//! A profile as it is drawn: which functions, which stacks, which labels.

use super::labels::Labels;
use super::{Options, Order};
use profkit_core::derive::{span_ns, stacks, told_apart};
use profkit_core::{
    Dimension, Error, Map, Notes, Profile, Result, ThreadId, Unit, ValueType, filter_frames, readable, thousands,
};
use std::borrow::Cow;

/// A profile as it is drawn.
pub(crate) struct Scene<'p> {
    /// The profile with the functions that a person can tell apart.
    pub(crate) told_apart: Cow<'p, Profile>,
    /// The stacks that were estimated, where the source has none.
    estimate: Option<Profile>,
    pub(crate) labels: Labels,
    /// The threads that have samples, in order of first use.
    pub(crate) threads: Vec<Option<ThreadId>>,
    /// The value that widths show.
    pub(crate) value: usize,
    is_diff: bool,
}

impl<'p> Scene<'p> {
    /// Returns the profile as it is drawn, and notes what is estimated.
    pub(crate) fn new(profile: &'p Profile, options: &Options, notes: &mut Notes) -> Result<Scene<'p>> {
        let value = options.value.unwrap_or(if options.is_diff { 1 } else { profile.default_value() });
        let values = profile.value_types.len();
        if value >= values && values > 0 {
            return Err(Error::usage(format!("there is no value {value}: the profile has {values}")));
        }
        if options.is_diff && values != 2 {
            return Err(Error::usage(format!(
                "a comparison has two values, before and after; the profile has {values}"
            )));
        }
        let filtered = if options.all_frames { Cow::Borrowed(profile) } else { filter_frames(profile, notes)? };
        let told_apart = match filtered {
            Cow::Borrowed(profile) => told_apart(profile)?,
            Cow::Owned(profile) => Cow::Owned(told_apart(&profile)?.into_owned()),
        };
        let is_graph = told_apart.samples.is_empty() && !told_apart.calls.is_empty();
        let estimate = if is_graph { Some(stacks(&told_apart, notes)?) } else { None };
        let drawn = estimate.as_ref().unwrap_or(&told_apart);
        let mut seen: Map<Option<ThreadId>, ()> = Map::default();
        let threads = drawn.samples.iter().map(|sample| sample.thread);
        let threads = threads.filter(|&thread| seen.insert(thread, ()).is_none());
        let threads: Vec<_> = threads.collect();
        let has_thread_roots = threads.len() > 1 && !options.no_thread_root;
        let labels = Labels::new(drawn, &told_apart, if has_thread_roots { &threads } else { &[] });
        Ok(Scene { told_apart, estimate, labels, threads, value, is_diff: options.is_diff })
    }

    /// Returns the profile whose samples are drawn.
    pub(crate) fn profile(&self) -> &Profile {
        self.estimate.as_ref().unwrap_or(&self.told_apart)
    }

    /// Returns whether the source has no stacks, so that those drawn are an estimate.
    pub(crate) fn is_estimated(&self) -> bool {
        self.estimate.is_some()
    }

    /// Returns what widths show.
    pub(crate) fn value_type(&self) -> ValueType {
        self.profile().value_types.get(self.value).cloned().unwrap_or_else(ValueType::unnamed)
    }

    /// Returns what the picture shows in one line, and how far it can be believed.
    pub(crate) fn subtitle(&self, options: &Options) -> Result<String> {
        let ValueType { kind, unit, .. } = self.value_type();
        let totals = self.told_apart.column_totals()?;
        let mut parts = Vec::new();
        let threads = thousands(self.threads.len() as u64);
        match *totals {
            [before, after] if self.is_diff => {
                let [before, after] = [before, after].map(|total| readable::amount(total, &unit));
                parts.push(format!("before {before}, after {after}"));
            }
            [_, ..] => {
                let is_time = unit.dimension == Dimension::Time;
                let time = if !is_time || kind.ends_with("time") { "" } else { " time" };
                let amount = readable::amount(totals[self.value], &unit);
                let several =
                    if is_time { format!(" summed over {threads} threads") } else { format!(", {threads} threads") };
                let several = if self.threads.len() > 1 { several } else { String::new() };
                parts.push(format!("{kind}{time} {amount}{several}"));
            }
            [] => {}
        }
        let span = span_ns(self.profile(), self.value).or(self.profile().meta.duration_ns);
        if let Some(span) = span.filter(|_| self.threads.len() > 1 || options.order == Order::Time) {
            parts.push(format!("span {}", readable::amount(span, &Unit::named("nanoseconds"))));
        }
        if self.is_estimated() {
            parts.push("stacks estimated from a call graph".to_owned());
        }
        Ok(parts.join(", "))
    }
}
