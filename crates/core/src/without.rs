//! A profile less some of its facets.

use crate::amounts::{Rounding, rescale};
use crate::calls::{Arc, CallGraph, Total};
use crate::error::Result;
use crate::facet::{Facet, Facets};
use crate::hash::Map;
use crate::id::{StringId, ThreadId};
use crate::meta::{Meta, Transaction};
use crate::profile::Profile;
use crate::samples::Sample;
use crate::transfer::Transfer;
use crate::value::{Dimension, Unit, ValueType};
use std::ops::Range;

impl Profile {
    /// Returns this profile as it is after a format that cannot hold the `lost` facets.
    ///
    /// Rows keep their order; rows that become equal are not merged. The rounding is what is left over
    /// where units of their own scale are lost.
    ///
    /// # Errors
    ///
    /// Values that do not fit into 64 bits in their new unit are an error of kind `Overflow`.
    pub fn without(&self, lost: Facets) -> Result<(Profile, Rounding)> {
        if lost.minus(BESIDE_NUMBERS).is_empty() {
            let mut less = self.clone();
            let rounding = less.lose_beside_numbers(lost)?;
            return Ok((less, rounding));
        }
        let has_rows_as_before = lost.minus(BESIDE_ROWS).is_empty();
        self.cut(lost, has_rows_as_before, &|_| true, &|_| true)
    }

    /// Makes this profile what [`without`](Profile::without) returns, without a copy where neither rows nor numbers change.
    pub(crate) fn lose(&mut self, lost: Facets) -> Result<Rounding> {
        if lost.minus(BESIDE_NUMBERS).is_empty() {
            return self.lose_beside_numbers(lost);
        }
        let (less, rounding) = self.without(lost)?;
        *self = less;
        Ok(rounding)
    }

    fn lose_beside_numbers(&mut self, lost: Facets) -> Result<Rounding> {
        let before = self.value_types.clone();
        self.set_max_depth(u32::MAX);
        self.value_types.iter_mut().for_each(|value_type| *value_type = Scale::of(value_type, lost).to);
        self.meta = self.meta.without(lost);
        let rounding = self.meta.rescale_period(lost)?;
        self.restore_roles(&before, lost);
        Ok(rounding)
    }

    /// Returns this profile with only those samples and call graphs.
    ///
    /// Rows keep their order. Functions, stacks and threads that nothing points at any more are gone; what a
    /// sample shares with the one before it is counted anew where there was another one between them. Where a sample
    /// is taken out, values no longer follow from the times of the samples: there is no session any more.
    ///
    /// # Errors
    ///
    /// None that the profile itself would not give: nothing grows.
    pub fn filtered(
        &self,
        keeps_sample: impl Fn(&Sample<'_>) -> bool,
        keeps_graph: impl Fn(&CallGraph) -> bool,
    ) -> Result<Profile> {
        Ok(self.cut(Facets::NONE, false, &keeps_sample, &keeps_graph)?.0)
    }

    /// Rows that are the same as before are not looked at one by one, and stay whether or not anything points at them.
    fn cut(
        &self,
        lost: Facets,
        has_rows_as_before: bool,
        keeps_sample: &KeepsSample<'_>,
        keeps_graph: &KeepsGraph<'_>,
    ) -> Result<(Profile, Rounding)> {
        let columns = if lost.has(Facet::SeveralValues) && !self.value_types.is_empty() {
            vec![self.default_value()]
        } else {
            (0..self.value_types.len()).collect()
        };
        let scales: Vec<_> = columns.iter().map(|&column| Scale::of(&self.value_types[column], lost)).collect();
        let value_types = scales.iter().map(|scale| scale.to.clone()).collect();
        let mut to = Profile::new(value_types);
        let mut transfer = Transfer::new(self, lost);
        if has_rows_as_before {
            to.copy_rows(self);
            transfer.keep_ids();
        }
        to.meta = self.meta.without(lost);
        to.set_max_depth(u32::MAX);
        if !lost.has(Facet::Mappings) {
            for (id, _) in self.mappings.iter() {
                transfer.mapping(&mut to, id);
            }
        }
        let all_columns = self.value_types.len();
        let rounding = Rounding::default();
        let mut cut =
            Cut { columns: &columns, all_columns, scales: &scales, lost, keeps_sample, keeps_graph, rounding };
        cut.samples(self, &mut to, &mut transfer)?;
        if to.samples.len() < self.samples.len() {
            to.meta.sessions.clear();
        }
        cut.calls(self, &mut to, &mut transfer)?;
        let rounding = cut.rounding.and(to.meta.rescale_period(lost)?);
        let before: Vec<_> = columns.iter().map(|&column| self.value_types[column].clone()).collect();
        to.restore_roles(&before, lost);
        Ok((to, rounding))
    }

    /// Gives the value types the roles that they had before, or those that are usual now where roles are lost.
    fn restore_roles(&mut self, before: &[ValueType], lost: Facets) {
        let roles: Vec<_> = self.value_types.iter().map(|value_type| self.usual_role(value_type)).collect();
        for ((value_type, usual), before) in self.value_types.iter_mut().zip(roles).zip(before) {
            value_type.role = if lost.has(Facet::Roles) { usual } else { before.role };
        }
    }
}

/// Facets that neither a row of a table says nor a sample or a call graph.
const BESIDE_NUMBERS: Facets = Facets::of(&[
    Facet::ValueTypes,
    Facet::Roles,
    Facet::Title,
    Facet::Start,
    Facet::Duration,
    Facet::Period,
    Facet::Producer,
    Facet::Comments,
    Facet::DocUrl,
    Facet::DefaultValue,
    Facet::Sessions,
    Facet::FrameFilters,
]);

/// Facets that neither a row of a table says nor the presence of a sample or a call graph.
const BESIDE_ROWS: Facets =
    BESIDE_NUMBERS.or(Facets::of(&[Facet::SeveralValues, Facet::UnitScales, Facet::Timestamps, Facet::CallBoundaries]));

/// What a session rests on: without any of these, values no longer follow from times.
const SESSIONS_NEED: &[Facet] = &[
    Facet::Sessions,
    Facet::SeveralValues,
    Facet::ValueTypes,
    Facet::NegativeValues,
    Facet::ZeroSamples,
    Facet::EmptyStacks,
    Facet::Timestamps,
    Facet::Threads,
    Facet::Processes,
];

/// How the numbers of a column change with its unit.
struct Scale {
    to: ValueType,
    factor: u64,
    divisor: u64,
}

impl Scale {
    fn of(value_type: &ValueType, lost: Facets) -> Scale {
        let mut to = value_type.clone();
        let (mut factor, mut divisor) = (1, 1);
        if lost.has(Facet::UnitScales) && to.unit != Unit::named(&to.unit.name) {
            (to.unit, factor, divisor) = named_unit(&value_type.unit);
        }
        if lost.has(Facet::ValueTypes) {
            let decimals = to.unit.decimals().unwrap_or(0);
            let unnamed = ValueType::unnamed();
            to = ValueType { unit: unnamed.unit.with_exponent(-decimals), kind: unnamed.kind, role: to.role };
        }
        Scale { to, factor, divisor }
    }
}

/// Returns the unit with a name that tells all of it, and what numbers are multiplied and divided by.
fn named_unit(unit: &Unit) -> (Unit, u64, u64) {
    let (name, exponent) = match unit.dimension {
        Dimension::Time => [("seconds", 0), ("milliseconds", -3), ("microseconds", -6), ("nanoseconds", -9)]
            .into_iter()
            .find(|&(_, exponent)| exponent <= unit.exponent)
            .unwrap_or(("picoseconds", -12)),
        Dimension::Bytes => ("bytes", 0),
        Dimension::Count => ("count", 0),
        Dimension::Other if Unit::named(&unit.name).dimension == Dimension::Other => (unit.name.as_str(), 0),
        Dimension::Other => ("", 0),
    };
    let power = |exponent: i8| 10u64.saturating_pow(u32::from(exponent.unsigned_abs()));
    match unit.exponent.saturating_sub(exponent) {
        up @ 0.. => (Unit::named(name), unit.factor.saturating_mul(power(up)), 1),
        down => (Unit::named(name), unit.factor, power(down)),
    }
}

type KeepsSample<'k> = dyn Fn(&Sample<'_>) -> bool + 'k;
type KeepsGraph<'k> = dyn Fn(&CallGraph) -> bool + 'k;

struct Cut<'c> {
    columns: &'c [usize],
    all_columns: usize,
    scales: &'c [Scale],
    lost: Facets,
    keeps_sample: &'c KeepsSample<'c>,
    keeps_graph: &'c KeepsGraph<'c>,
    rounding: Rounding,
}

impl Cut<'_> {
    fn samples(&mut self, from: &Profile, to: &mut Profile, transfer: &mut Transfer<'_>) -> Result<()> {
        let kept_rows: Vec<usize> = (0..from.samples.len()).filter(|&row| self.keeps(from.samples.at(row))).collect();
        let mut columns = Vec::with_capacity(self.columns.len());
        for (&column, scale) in self.columns.iter().zip(self.scales) {
            let mut numbers: Vec<i64> = kept_rows.iter().map(|&row| from.samples.at(row).values[column]).collect();
            if (scale.factor, scale.divisor) != (1, 1) {
                self.rounding = self.rounding.and(rescale(&mut numbers, scale.factor, scale.divisor)?);
            }
            columns.push(numbers);
        }
        let mut shared = KeptOverGaps::default();
        // Rounding can make a value zero that was not.
        let is_zero = |index: usize| columns.iter().all(|column: &Vec<i64>| column[index] == 0);
        let loses_zero = self.lost.has(Facet::ZeroSamples);
        let kept_rows = kept_rows.into_iter().enumerate().filter(|&(index, _)| !(loses_zero && is_zero(index)));
        let mut kept_rows = kept_rows.peekable();
        let mut values = vec![0; columns.len()];
        for (row, sample) in from.samples.iter().enumerate() {
            let kept = sample.kept.filter(|_| !self.lost.any(&[Facet::CallBoundaries, Facet::Threads]));
            let Some((index, _)) = kept_rows.next_if(|&(_, kept_row)| kept_row == row) else {
                shared.skip(sample.thread, kept);
                continue;
            };
            values.iter_mut().zip(&columns).for_each(|(value, column)| *value = column[index]);
            let stack = sample.stack.map(|stack| transfer.stack(to, stack)).transpose()?;
            let moved = Sample {
                stack,
                values: &values,
                time_ns: sample.time_ns.filter(|_| !self.lost.has(Facet::Timestamps)),
                thread: transfer.thread(to, sample.thread),
                labels: transfer.labels(to, sample.labels),
                kept: shared.take(sample.thread, kept),
            };
            to.samples.push(moved);
        }
        Ok(())
    }

    fn keeps(&self, sample: Sample<'_>) -> bool {
        let mut values = self.columns.iter().map(|&column| sample.values[column]);
        let is_lost = self.lost.has(Facet::EmptyStacks) && sample.stack.is_none()
            || self.lost.has(Facet::NegativeValues) && values.any(|value| value < 0);
        !is_lost && (self.keeps_sample)(&sample)
    }

    fn calls(&mut self, from: &Profile, to: &mut Profile, transfer: &mut Transfer<'_>) -> Result<()> {
        // Counts of different columns do not add up: such graphs stay apart.
        let mut places: Map<(Option<ThreadId>, Option<StringId>, usize), usize> = Map::default();
        for graph in from.calls.iter().filter(|graph| (self.keeps_graph)(graph)) {
            let thread = transfer.thread(to, graph.thread);
            let part = graph.part.filter(|_| !self.lost.has(Facet::Parts)).map(|part| transfer.string(to, part));
            let counts = self.count_columns(graph).len();
            let place = *places.entry((thread, part, counts)).or_insert(to.calls.len());
            if place == to.calls.len() {
                let mut empty = CallGraph::with_count_stride(self.columns.len(), counts);
                (empty.thread, empty.part) = (thread, part);
                to.calls.push(empty);
            }
            let mut target = std::mem::replace(&mut to.calls[place], CallGraph::new(0));
            self.graph(graph, &mut target, to, transfer)?;
            to.calls[place] = target;
        }
        Ok(())
    }

    fn graph<'g>(
        &mut self,
        from: &'g CallGraph,
        target: &mut CallGraph,
        to: &mut Profile,
        transfer: &mut Transfer<'_>,
    ) -> Result<()> {
        let lost = self.lost;
        let is_lost = |costs: &[i64]| lost.has(Facet::NegativeValues) && costs.iter().any(|&cost| cost < 0);
        let own: Vec<_> = from.own().map(|(frame, costs)| (frame, self.pick(costs))).collect();
        let own: Vec<_> = own.into_iter().filter(|(_, costs)| !is_lost(costs)).collect();
        let costs = self.rescaled(own.iter().map(|(_, costs)| costs.as_slice()))?;
        for ((frame, _), costs) in own.iter().zip(costs.chunks(self.columns.len().max(1))) {
            target.add_own(transfer.frame(to, *frame), costs);
        }
        let counts = self.count_columns(from);
        let kept = |calls: Option<&'g [i64]>, facet: Facet| {
            let calls = calls.filter(|_| !lost.has(facet)).map(|calls| &calls[counts.clone()]);
            calls.filter(|calls| !is_lost(calls))
        };
        for arc in from.arcs().filter(|_| !lost.has(Facet::Arcs)) {
            let inclusive = self.cell(arc.inclusive, Facet::ArcCosts)?;
            let callee_self = self.cell(arc.callee_self, Facet::CalleeSelf)?;
            target.add_arc(Arc {
                caller: transfer.frame(to, arc.caller),
                callee: transfer.function(to, arc.callee),
                calls: kept(arc.calls, Facet::ArcCalls),
                primitive_calls: kept(arc.primitive_calls, Facet::ArcPrimitiveCalls),
                inclusive: inclusive.as_deref().filter(|costs| !is_lost(costs)),
                callee_self: callee_self.as_deref().filter(|costs| !is_lost(costs)),
            });
        }
        for total in from.totals() {
            let inclusive = self.cell(total.inclusive, Facet::Totals)?;
            target.add_total(Total {
                function: transfer.function(to, total.function),
                calls: kept(total.calls, Facet::CallCounts),
                primitive_calls: kept(total.primitive_calls, Facet::PrimitiveCalls),
                inclusive: inclusive.as_deref().filter(|costs| !is_lost(costs)),
            });
        }
        Ok(())
    }

    /// Returns the columns of call counts that stay: in a diff, there is one per value type.
    fn count_columns(&self, graph: &CallGraph) -> Range<usize> {
        match self.columns {
            &[column] if graph.count_stride() == self.all_columns => column..column + 1,
            _ => 0..graph.count_stride(),
        }
    }

    fn pick(&self, costs: &[i64]) -> Vec<i64> {
        self.columns.iter().map(|&column| costs[column]).collect()
    }

    /// Returns one cost vector in the new columns and units, unless its facet is lost.
    fn cell(&mut self, costs: Option<&[i64]>, facet: Facet) -> Result<Option<Vec<i64>>> {
        match costs.filter(|_| !self.lost.has(facet)) {
            Some(costs) => self.rescaled(std::iter::once(self.pick(costs).as_slice())).map(Some),
            None => Ok(None),
        }
    }

    /// Returns the numbers of many rows, rescaled column by column.
    fn rescaled<'r>(&mut self, rows: impl Iterator<Item = &'r [i64]>) -> Result<Vec<i64>> {
        let mut numbers: Vec<i64> = rows.flatten().copied().collect();
        for (index, scale) in
            self.scales.iter().enumerate().filter(|(_, scale)| (scale.factor, scale.divisor) != (1, 1))
        {
            let stride = self.scales.len();
            let mut column: Vec<i64> = numbers.iter().skip(index).step_by(stride).copied().collect();
            self.rounding = self.rounding.and(rescale(&mut column, scale.factor, scale.divisor)?);
            numbers.iter_mut().skip(index).step_by(stride).zip(column).for_each(|(number, scaled)| *number = scaled);
        }
        Ok(numbers)
    }
}

/// The calls that two samples share when samples between them are taken out: the least over the run.
#[derive(Default)]
pub(crate) struct KeptOverGaps(Map<Option<ThreadId>, u32>);

impl KeptOverGaps {
    /// Passes over a sample that is taken out.
    pub(crate) fn skip(&mut self, thread: Option<ThreadId>, kept: Option<u32>) {
        if let Some(kept) = kept {
            let least = self.0.entry(thread).or_insert(kept);
            *least = kept.min(*least);
        }
    }

    /// Returns the calls that a sample shares with the last one that stayed.
    pub(crate) fn take(&mut self, thread: Option<ThreadId>, kept: Option<u32>) -> Option<u32> {
        if self.0.is_empty() {
            return kept;
        }
        match (kept, self.0.remove(&thread)) {
            (Some(kept), Some(least)) => Some(kept.min(least)),
            (kept, _) => kept,
        }
    }
}

impl Meta {
    /// Puts the period into a unit whose name tells all of it, where others are lost.
    fn rescale_period(&mut self, lost: Facets) -> Result<Rounding> {
        let period = self.period.as_mut();
        let Some((value_type, value)) = period.and_then(|it| Some((it.value_type.as_mut()?, &mut it.value))) else {
            return Ok(Rounding::default());
        };
        let scale = Scale::of(value_type, lost.minus(Facets::of(&[Facet::ValueTypes])));
        *value_type = scale.to;
        if (scale.factor, scale.divisor) == (1, 1) {
            return Ok(Rounding::default());
        }
        rescale(std::slice::from_mut(value), scale.factor, scale.divisor)
    }

    fn transactions_without(&self, lost: Facets) -> Vec<Transaction> {
        if lost.has(Facet::Transactions) {
            return Vec::new();
        }
        let mut transactions = self.transactions.clone();
        if lost.has(Facet::Processes) {
            transactions.iter_mut().for_each(|transaction| transaction.source = 0);
        }
        transactions
    }

    fn without(&self, lost: Facets) -> Meta {
        let text = |text: &Option<String>, facet| text.clone().filter(|_| !lost.has(facet));
        Meta {
            title: text(&self.title, Facet::Title),
            start_ns: self.start_ns.filter(|_| !lost.has(Facet::Start)),
            duration_ns: self.duration_ns.filter(|_| !lost.has(Facet::Duration)),
            period: self.period.clone().filter(|_| !lost.has(Facet::Period)),
            producer: text(&self.producer, Facet::Producer),
            comments: if lost.has(Facet::Comments) { Vec::new() } else { self.comments.clone() },
            doc_url: text(&self.doc_url, Facet::DocUrl),
            default_value: self.default_value.filter(|_| !lost.any(&[Facet::DefaultValue, Facet::SeveralValues])),
            drop_frames: text(&self.drop_frames, Facet::FrameFilters),
            keep_frames: text(&self.keep_frames, Facet::FrameFilters),
            sessions: if lost.any(SESSIONS_NEED) { Vec::new() } else { self.sessions.clone() },
            transactions: self.transactions_without(lost),
            invented: self.invented,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{Frame, Function, Thread};

    fn named(profile: &mut Profile, name: &str) -> (crate::FunctionId, crate::FrameId) {
        let name = profile.string(name);
        let function = profile.function(Function::named(name));
        (function, profile.frame(Frame { function: Some(function), ..Frame::default() }))
    }

    fn thread(profile: &mut Profile, id: &str) -> Option<ThreadId> {
        let id = profile.text(id);
        Some(profile.thread(Thread { id, ..Thread::default() }))
    }

    #[test]
    fn the_calls_that_samples_share_are_the_least_over_what_was_between_them() {
        let mut profile = Profile::new(vec![ValueType::new("cpu", "ns")]);
        let path = ["a", "b", "c"].map(|name| named(&mut profile, name).1);
        let stack = Some(profile.stack(&path).unwrap());
        let [one, two] = ["1", "2"].map(|id| thread(&mut profile, id));
        for (thread, value, kept) in [(one, 1, 0), (two, 2, 0), (one, 3, 1), (one, 4, 2), (two, 5, 3), (one, 6, 3)] {
            let kept = Some(kept);
            profile.samples.push(Sample { thread, kept, ..Sample::new(stack, &[value]) });
        }
        let shared = |keeps: fn(&Sample<'_>) -> bool| -> Vec<(i64, Option<u32>)> {
            let filtered = profile.filtered(keeps, |_| true).unwrap();
            filtered.samples.iter().map(|sample| (sample.values[0], sample.kept)).collect()
        };
        assert_eq!(shared(|sample| sample.values[0] != 3), [(1, 0), (2, 0), (4, 1), (5, 3), (6, 3)].map(some));
        assert_eq!(shared(|sample| sample.values[0] % 2 == 1), [(1, 0), (3, 1), (5, 0)].map(some));
    }

    fn some((value, kept): (i64, u32)) -> (i64, Option<u32>) {
        (value, Some(kept))
    }

    #[test]
    fn what_nothing_points_at_any_more_is_gone() {
        let mut profile = Profile::new(vec![ValueType::new("cpu", "ns")]);
        for id in ["1", "2"] {
            let (function, frame) = named(&mut profile, id);
            let mut graph = CallGraph::new(1);
            graph.thread = thread(&mut profile, id);
            graph.add_own(frame, &[7]);
            graph.add_arc(Arc { calls: Some(&[3]), ..Arc::new(frame, function) });
            profile.calls.push(graph);
        }
        let second = profile.calls[1].thread;
        let filtered = profile.filtered(|_| true, |graph| graph.thread == second).unwrap();
        let names: Vec<_> = filtered.functions.iter().map(|(_, it)| &filtered.strings[it.name]).collect();
        assert_eq!((names, filtered.threads.len(), filtered.calls.len()), (vec!["2"], 1, 1));
        assert_eq!(filtered.calls[0].arcs().next().unwrap().calls, Some(&[3][..]));
    }
}
