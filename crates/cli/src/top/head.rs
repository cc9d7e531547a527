//! What is said of a profile above each list: where it is from, what it measures, over how many threads.

use super::json::{JsonHead, JsonValue};
use crate::failure::{Failure, Result};
use crate::source::Source;
use crate::table::{self, Side};
use profkit_core::readable::printable;
use profkit_core::readable::{amount, count, percent};
use profkit_core::{CallGraph, Dimension, Profile, Unit, ValueType};
use profkit_ops::{span_ns, thread_shares};

/// A profile, which of its values is shown, and the sums of all.
#[derive(Debug)]
pub(super) struct Head<'p> {
    pub(super) source: &'p Source,
    pub(super) profile: &'p Profile,
    pub(super) value: usize,
    pub(super) sums: Vec<i64>,
}

impl<'p> Head<'p> {
    pub(super) fn new(source: &'p Source, profile: &'p Profile, value: usize) -> Result<Head<'p>> {
        let sums = profile.column_totals().map_err(|error| Failure::in_file(source.name(), &error))?;
        Ok(Head { source, profile, value, sums })
    }

    /// Returns the value shown of a row of costs.
    pub(super) fn cell(&self, costs: &[i64]) -> i64 {
        costs.get(self.value).copied().unwrap_or(0)
    }

    /// Returns a cost as people read it.
    pub(super) fn spell(&self, cost: i64) -> String {
        self.profile.value_types.get(self.value).map_or(String::new(), |it| amount(cost, &it.unit))
    }

    /// Returns the share of a cost in that of the whole profile.
    pub(super) fn share(&self, cost: i64) -> String {
        percent(cost, self.cell(&self.sums))
    }

    /// Returns the titles of the columns of one sort of cost, which say the unit of its exact numbers.
    pub(super) fn cost_titles(&self, cost: &str) -> impl Iterator<Item = String> {
        self.profile.value_types.iter().map(move |value_type| format!("{cost} {}", cost_title(value_type)))
    }

    /// Returns the head for people. `functions` is how many functions there are and how many of them are shown.
    pub(super) fn text(&self, functions: (usize, usize)) -> String {
        let meta = &self.profile.meta;
        let file = format!("{} ({})", self.source.name(), self.source.format().name());
        let mut rows = vec![("file", file)];
        rows.extend(meta.producer.clone().map(|producer| ("producer", producer)));
        let mut title = "values";
        for (index, (value_type, &sum)) in self.profile.value_types.iter().zip(&self.sums).enumerate() {
            let mark = if index == self.value && self.sums.len() > 1 { " (shown)" } else { "" };
            let name = format!("{}/{}", value_type.kind, value_type.unit.name);
            rows.push((title, format!("{name} {}{mark}", amount(sum, &value_type.unit))));
            title = "";
        }
        rows.extend(self.threads());
        let nanoseconds = Unit::named("nanoseconds");
        rows.extend(meta.duration_ns.map(|duration| ("duration", amount(duration, &nanoseconds))));
        if self.profile.samples.is_empty() && !self.profile.calls.is_empty() {
            rows.extend(self.calls().map(|calls| ("calls", calls)));
        } else {
            rows.push(("samples", self.samples()));
        }
        let functions = match functions {
            (all, shown) if all == shown => count(all as i64),
            (all, 1) => format!("{}, of which 1 is shown", count(all as i64)),
            (all, shown) => format!("{}, of which {} are shown", count(all as i64), count(shown as i64)),
        };
        rows.push(("functions", functions));
        let rows: Vec<_> = rows.into_iter().map(|(name, text)| vec![name.to_owned(), printable(&text)]).collect();
        table::lines(&rows, &[Side::Left; 2])
    }

    /// Returns how many samples there are, and what those cost that no function is to blame for.
    fn samples(&self) -> String {
        let all = count(self.profile.samples.len() as i64);
        let alone = || self.profile.samples.iter().filter(|sample| sample.stack.is_none());
        let cost: i128 = alone().map(|sample| i128::from(self.cell(sample.values))).sum();
        match (alone().count(), i64::try_from(cost)) {
            (0, _) => all,
            (alone, Ok(cost)) if cost != 0 => {
                let (cost, share) = (self.spell(cost), self.share(cost));
                format!("{all}, {} of them without a stack ({cost}, {share})", count(alone as i64))
            }
            (alone, _) => format!("{all}, {} of them without a stack", count(alone as i64)),
        }
    }

    /// Returns how many calls the call graphs count, and how many of them were no recursion.
    fn calls(&self) -> Option<String> {
        let counts = self.profile.calls.iter().flat_map(CallGraph::totals).filter_map(|total| {
            let first = |counts: &[i64]| counts.first().copied().map(i128::from);
            let all = total.calls.and_then(first)?;
            Some((all, total.primitive_calls.and_then(first).unwrap_or(all)))
        });
        let (all, primitive) = counts.reduce(|sum, row| (sum.0 + row.0, sum.1 + row.1))?;
        let spell = |sum: i128| i64::try_from(sum).map_or("-".to_owned(), count);
        Some(if all == primitive {
            spell(all)
        } else {
            format!("{}, {} of them primitive", spell(all), spell(primitive))
        })
    }

    /// Returns what the header says of threads, where the profile tells them apart: how many the costs are
    /// summed over, and in how much time those were spent.
    fn threads(&self) -> Option<(&'static str, String)> {
        let shares = thread_shares(self.profile, self.value);
        let threads: Vec<_> = shares.iter().filter_map(|share| share.thread).collect();
        if let &[thread] = threads.as_slice()
            && shares.len() == 1
        {
            return Some(("thread", self.profile.thread_title(thread)));
        }
        let value_type = self.profile.value_types.get(self.value).filter(|_| !threads.is_empty())?;
        let threads = count(shares.len() as i64);
        if value_type.unit.dimension != Dimension::Time {
            return Some(("threads", threads));
        }
        let time = if value_type.kind.ends_with("time") { "" } else { " time" };
        let span = span_ns(self.profile, self.value).or(self.profile.meta.duration_ns);
        let span = span.map_or(String::new(), |span| format!(", span {}", amount(span, &Unit::named("nanoseconds"))));
        Some(("threads", format!("{}{time} summed over {threads} threads{span}", value_type.kind)))
    }

    /// Returns the head for programs.
    pub(super) fn json(&self) -> JsonHead<'_> {
        let values = self.profile.value_types.iter().zip(&self.sums).map(|(value_type, &total)| JsonValue {
            kind: &value_type.kind,
            unit: &value_type.unit.name,
            factor: value_type.unit.factor,
            exponent: value_type.unit.exponent,
            role: value_type.role.name(),
            total,
        });
        JsonHead {
            file: self.source.name(),
            format: self.source.format().name(),
            producer: self.profile.meta.producer.as_deref(),
            duration_ns: self.profile.meta.duration_ns,
            samples: self.profile.samples.len(),
            threads: self.profile.threads.iter().map(|(id, _)| self.profile.thread_title(id)).collect(),
            values: values.collect(),
        }
    }
}

/// Returns the title of a column of costs: `cpu/nanoseconds`, and `cpu/1e-4 seconds` for a unit of its own.
fn cost_title(value_type: &ValueType) -> String {
    let unit = &value_type.unit;
    if *unit == Unit::named(&unit.name) {
        return format!("{}/{}", value_type.kind, unit.name);
    }
    let base = match unit.dimension {
        Dimension::Time => "seconds",
        Dimension::Bytes => "bytes",
        Dimension::Count | Dimension::Other => unit.name.as_str(),
    };
    format!("{}/{}e{} {base}", value_type.kind, unit.factor, unit.exponent)
}
