//! The one form of all profiles that say the same.

use crate::calls::{Arc, CallGraph, Total};
use crate::error::{Error, Result};
use crate::facet::Facets;
use crate::id::{FrameId, FunctionId, Id, LabelId, StackId, ThreadId};
use crate::profile::Profile;
use crate::rows::{Function, LabelValue};
use crate::samples::Sample;
use crate::transfer::Transfer;
use crate::without::KeptOverGaps;
use std::cmp::Ordering;

impl Profile {
    /// Returns the profile with equal rows and call graphs of one thread and part added up and all rows in an order that depends on nothing
    /// but what they say, so that two profiles that say the same have the same canonical form.
    ///
    /// Samples of event sources keep their order within a thread; what one call is, is said in as few
    /// of them as can be. A stack is a row per frame. Rows that nothing points at are gone, but for mappings. Each column has the
    /// coarsest exponent that its values allow. What is merely noted as invented is forgotten.
    ///
    /// # Errors
    ///
    /// A sum that does not fit into 64 bits is an error of kind `Overflow`.
    pub fn canonical(&self) -> Result<Profile> {
        // A sum of equal rows may end in more zeros than any of them: powers are those of the sums.
        let merged = self.in_order(&vec![(1, 0); self.value_types.len()])?;
        merged.in_order(&merged.spare_powers())
    }

    /// Returns the canonical form with each column divided by a power of ten that divides all of it.
    fn in_order(&self, powers: &[(i64, i8)]) -> Result<Profile> {
        let order = Order::of(self);
        let mut to = Profile::new(self.value_types.clone());
        to.meta = self.meta.clone();
        to.meta.invented = Facets::NONE;
        to.meta.sessions.sort();
        to.meta.transactions.sort();
        to.set_max_depth(u32::MAX);
        let mut transfer = Transfer::new(self, Facets::NONE).frame_by_frame();
        for (id, _) in self.mappings.iter() {
            transfer.mapping(&mut to, id);
        }
        for (value_type, &(_, exponent)) in to.value_types.iter_mut().zip(powers) {
            value_type.unit.exponent += exponent;
        }
        let shrink = |values: &[i64]| -> Vec<i64> {
            values.iter().zip(powers).map(|(&value, &(power, _))| value / power).collect()
        };
        let samples = if self.samples.has_kept() { self.calls_in_fewest_samples()? } else { order.merged_samples()? };
        for (sample, values) in &samples {
            let stack = sample.stack.map(|stack| transfer.stack(&mut to, stack)).transpose()?;
            let thread = transfer.thread(&mut to, sample.thread);
            let labels = transfer.labels(&mut to, sample.labels);
            to.samples.push(Sample { stack, thread, labels, values: &shrink(values), ..*sample });
        }
        let mut graphs: Vec<&CallGraph> = self.calls.iter().filter(|graph| !graph.is_empty()).collect();
        let compare = |a: &CallGraph, b: &CallGraph| {
            let part = |graph: &CallGraph| graph.part.map(|part| &self.strings[part]);
            let parts = || part(a).cmp(&part(b));
            order.threads(a.thread, b.thread).then_with(parts).then_with(|| a.count_stride().cmp(&b.count_stride()))
        };
        graphs.sort_by(|a, b| compare(a, b));
        for same in graphs.chunk_by(|a, b| compare(a, b) == Ordering::Equal) {
            let graph = order.graph(same, &mut to, &mut transfer, &shrink)?;
            to.calls.push(graph);
        }
        Ok(to)
    }

    /// Returns for each column the largest power of ten that divides all its numbers, and its exponent;
    /// for a column of zeros, which says nothing about its steps, what leads to the unit as it is named.
    fn spare_powers(&self) -> Vec<(i64, i8)> {
        let stride = self.value_types.len();
        let mut powers = vec![(1_000_000_000_000_000_000, 18); stride];
        let mut is_zero = vec![true; stride];
        let mut limit = |costs: &[i64]| {
            for ((power, &cost), zero) in powers.iter_mut().zip(costs).zip(&mut is_zero) {
                *zero &= cost == 0;
                while cost % power.0 != 0 {
                    *power = (power.0 / 10, power.1 - 1);
                }
            }
        };
        self.samples.iter().for_each(|sample| limit(sample.values));
        for graph in &self.calls {
            graph.own().for_each(|(_, costs)| limit(costs));
            graph.arcs().for_each(|arc| [arc.inclusive, arc.callee_self].into_iter().flatten().for_each(&mut limit));
            graph.totals().for_each(|total| total.inclusive.into_iter().for_each(&mut limit));
        }
        let columns = powers.into_iter().zip(is_zero).zip(&self.value_types);
        columns
            .map(|((power, is_zero), value_type)| match is_zero {
                true => (1, value_type.unit.decimals().unwrap_or(0)),
                false => power,
            })
            .collect()
    }

    /// Returns the samples by thread and in order, less those that only repeat the calls of another one.
    fn calls_in_fewest_samples(&self) -> Result<Vec<(Sample<'_>, Vec<i64>)>> {
        let order = Order::of(self);
        let mut rows: Vec<Sample<'_>> = self.samples.iter().collect();
        rows.sort_by(|a, b| order.threads(a.thread, b.thread));
        let depth = |sample: &Sample<'_>| sample.stack.map_or(0, |stack| self.stacks.depth(stack));
        let mut done: Vec<(Sample<'_>, Vec<i64>)> = Vec::new();
        let mut gaps = KeptOverGaps::default();
        for (index, sample) in rows.iter().enumerate() {
            // The calls shared with the last sample that stayed, not with one that was passed over.
            let kept = gaps.take(sample.thread, Some(sample.kept.unwrap_or(0))).unwrap_or(0);
            let next = rows.get(index + 1).filter(|next| next.thread == sample.thread);
            let goes_on = next.is_some_and(|next| next.kept.unwrap_or(0) >= depth(sample));
            if sample.values.iter().all(|&value| value == 0) && (goes_on || kept >= depth(sample)) {
                gaps.skip(sample.thread, Some(kept));
                continue;
            }
            match done.last_mut().filter(|(last, _)| last.thread == sample.thread) {
                Some((last, values))
                    if last.stack == sample.stack && kept >= depth(sample) && last.labels == sample.labels =>
                {
                    add(values, sample.values)?;
                }
                last => {
                    let kept = if last.is_some() { kept } else { 0 };
                    done.push((Sample { kept: Some(kept), ..*sample }, sample.values.to_vec()));
                }
            }
        }
        Ok(done)
    }
}

fn add(sum: &mut [i64], values: &[i64]) -> Result<()> {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum = sum.checked_add(*value).ok_or_else(|| Error::overflow("the sum of equal rows"))?;
    }
    Ok(())
}

fn add_cell(sum: &mut Option<Vec<i64>>, values: Option<&[i64]>) -> Result<()> {
    match (sum, values) {
        (Some(sum), Some(values)) => add(sum, values),
        (sum @ None, Some(values)) => {
            *sum = Some(values.to_vec());
            Ok(())
        }
        (_, None) => Ok(()),
    }
}

/// An order of rows by what they say.
struct Order<'p> {
    profile: &'p Profile,
    frame_ranks: Vec<u32>,
}

type Cells = [Option<Vec<i64>>; 4];

impl<'p> Order<'p> {
    fn of(profile: &'p Profile) -> Order<'p> {
        let mut frames: Vec<FrameId> = profile.frames.iter().map(|(id, _)| id).collect();
        let order = Order { profile, frame_ranks: Vec::new() };
        frames.sort_by(|&a, &b| order.frames(a, b));
        let mut frame_ranks = vec![0; frames.len()];
        for (rank, frame) in frames.into_iter().enumerate() {
            frame_ranks[frame.index()] = rank as u32;
        }
        Order { profile, frame_ranks }
    }

    fn functions(&self, a: FunctionId, b: FunctionId) -> Ordering {
        let strings = &self.profile.strings;
        let key = |id: FunctionId| {
            let function = self.profile.functions[id];
            let text = |id| strings.text(id);
            let Function { system_name, module, file, full_path, context_of, .. } = function;
            let ids = [system_name, module, file, full_path, context_of];
            (&strings[function.name], ids.map(text), function.start_line, ids.map(|id| id.is_some()))
        };
        key(a).cmp(&key(b))
    }

    fn frames(&self, a: FrameId, b: FrameId) -> Ordering {
        let (x, y) = (self.profile.frames[a], self.profile.frames[b]);
        let functions = match (x.function, y.function) {
            (Some(a), Some(b)) => self.functions(a, b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        };
        let strings = &self.profile.strings;
        let key = |frame: &crate::rows::Frame| {
            let mapping = frame.mapping.map(|id| (self.profile.mappings[id], id));
            (
                frame.file.map(|id| strings[id].to_owned()),
                (frame.line, frame.column, frame.address),
                mapping.map(|(mapping, id)| (mapping.start, mapping.limit, mapping.offset, id)),
                (frame.inlined, frame.folded, frame.in_app),
            )
        };
        functions.then_with(|| key(&x).cmp(&key(&y)))
    }

    fn threads(&self, a: Option<ThreadId>, b: Option<ThreadId>) -> Ordering {
        let key = |id: Option<ThreadId>| {
            let thread = self.profile.threads[id?];
            let text = |id| self.profile.strings.text(id);
            Some((thread.source, [thread.process, thread.id, thread.name].map(text)))
        };
        key(a).cmp(&key(b))
    }

    fn labels(&self, a: Option<LabelId>, b: Option<LabelId>) -> Ordering {
        let text = |id| &self.profile.strings[id];
        let key = |id| {
            self.profile.label_list(id).map(move |label| match label.value {
                LabelValue::Text(value) => (text(label.key), Some(text(value)), 0, None),
                LabelValue::Number { value, unit } => (text(label.key), None, value, unit.map(text)),
            })
        };
        key(a).cmp(key(b))
    }

    fn paths(&self, a: Option<StackId>, b: Option<StackId>) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        let path = |id: Option<StackId>| {
            let mut path = Vec::new();
            if let Some(id) = id {
                self.profile.stacks.read_path(id, &mut path);
            }
            path.into_iter().map(|frame| self.frame_ranks[frame.index()])
        };
        path(a).cmp(path(b))
    }

    fn samples(&self, a: &Sample<'_>, b: &Sample<'_>) -> Ordering {
        let times = || a.time_ns.cmp(&b.time_ns);
        let threads = self.threads(a.thread, b.thread).then_with(times);
        threads.then_with(|| self.paths(a.stack, b.stack)).then_with(|| self.labels(a.labels, b.labels))
    }

    fn merged_samples(&self) -> Result<Vec<(Sample<'p>, Vec<i64>)>> {
        let mut rows: Vec<Sample<'p>> = self.profile.samples.iter().collect();
        rows.sort_by(|a, b| self.samples(a, b));
        let mut merged: Vec<(Sample<'p>, Vec<i64>)> = Vec::new();
        for row in rows {
            match merged.last_mut().filter(|(last, _)| self.samples(last, &row) == Ordering::Equal) {
                Some((_, values)) => add(values, row.values)?,
                None => merged.push((row, row.values.to_vec())),
            }
        }
        Ok(merged)
    }

    /// Returns rows with equal keys added up, in order.
    fn merged<K: Copy>(
        rows: impl Iterator<Item = (K, [Option<&'p [i64]>; 4])>,
        compare: impl Fn(&K, &K) -> Ordering,
    ) -> Result<Vec<(K, Cells)>> {
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by(|(a, _), (b, _)| compare(a, b));
        let mut merged: Vec<(K, Cells)> = Vec::new();
        for (key, cells) in rows {
            if merged.last().is_none_or(|(last, _)| compare(last, &key) != Ordering::Equal) {
                merged.push((key, Cells::default()));
            }
            if let Some((_, sums)) = merged.last_mut() {
                sums.iter_mut().zip(cells).try_for_each(|(sum, cell)| add_cell(sum, cell))?;
            }
        }
        Ok(merged)
    }

    /// Returns the graphs of one thread and part as one.
    fn graph(
        &self,
        from: &[&'p CallGraph],
        to: &mut Profile,
        transfer: &mut Transfer<'_>,
        shrink: &dyn Fn(&[i64]) -> Vec<i64>,
    ) -> Result<CallGraph> {
        let rank = |frame: FrameId| self.frame_ranks[frame.index()];
        let Some(first) = from.first() else { return Ok(CallGraph::new(0)) };
        let mut graph = CallGraph::with_count_stride(first.stride(), first.count_stride());
        graph.thread = transfer.thread(to, first.thread);
        graph.part = first.part.map(|part| transfer.string(to, part));
        let own =
            from.iter().flat_map(|from| from.own()).map(|(frame, costs)| (frame, [Some(costs), None, None, None]));
        for (frame, [costs, ..]) in Self::merged(own, |&a, &b| rank(a).cmp(&rank(b)))? {
            let costs = costs.unwrap_or_default();
            if costs.iter().any(|&cost| cost != 0) {
                graph.add_own(transfer.frame(to, frame), &shrink(&costs));
            }
        }
        let arcs = from
            .iter()
            .flat_map(|from| from.arcs())
            .map(|arc| ((arc.caller, arc.callee), [arc.calls, arc.primitive_calls, arc.inclusive, arc.callee_self]));
        let by_ends = |a: &(FrameId, FunctionId), b: &(FrameId, FunctionId)| {
            rank(a.0).cmp(&rank(b.0)).then_with(|| self.functions(a.1, b.1))
        };
        for ((caller, callee), [calls, primitive, inclusive, own]) in Self::merged(arcs, by_ends)? {
            graph.add_arc(Arc {
                caller: transfer.frame(to, caller),
                callee: transfer.function(to, callee),
                calls: calls.as_deref(),
                primitive_calls: primitive.as_deref(),
                inclusive: inclusive.as_deref().map(shrink).as_deref(),
                callee_self: own.as_deref().map(shrink).as_deref(),
            });
        }
        let totals = from
            .iter()
            .flat_map(|from| from.totals())
            .map(|total| (total.function, [total.calls, total.primitive_calls, total.inclusive, None]));
        for (function, [calls, primitive, inclusive, _]) in Self::merged(totals, |&a, &b| self.functions(a, b))? {
            if calls.is_some() || primitive.is_some() || inclusive.is_some() {
                graph.add_total(Total {
                    function: transfer.function(to, function),
                    calls: calls.as_deref(),
                    primitive_calls: primitive.as_deref(),
                    inclusive: inclusive.as_deref().map(shrink).as_deref(),
                });
            }
        }
        Ok(graph)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Frame, Profile, Sample, ValueType};

    /// Returns a profile of events on stacks of one to three frames: depth, value, kept.
    fn calls(rows: &[(usize, i64, u32)]) -> Profile {
        let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
        let frames: Vec<_> = (1..4)
            .map(|line| profile.frame(Frame { line: std::num::NonZeroU32::new(line), ..Frame::default() }))
            .collect();
        for &(depth, value, kept) in rows {
            let stack = profile.stack(&frames[..depth]).expect("not too deep");
            profile.samples.push(Sample { kept: Some(kept), ..Sample::new(Some(stack), &[value]) });
        }
        profile
    }

    fn canonical(rows: &[(usize, i64, u32)]) -> Vec<(u32, i64, u32)> {
        let profile = calls(rows).canonical().expect("small numbers");
        let row = |sample: Sample<'_>| {
            (profile.stacks.depth(sample.stack.expect("a stack")), sample.values[0], sample.kept.expect("calls"))
        };
        profile.samples.iter().map(row).collect()
    }

    #[test]
    fn a_call_that_takes_no_time_stays_once() {
        assert_eq!(canonical(&[(2, 0, 0), (2, 0, 2), (1, 3, 1)]), [(2, 0, 0), (1, 3, 1)]);
        assert_eq!(canonical(&[(1, 3, 0), (2, 0, 1), (2, 4, 2)]), [(1, 3, 0), (2, 4, 1)]);
    }
}
