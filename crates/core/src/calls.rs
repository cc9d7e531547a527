//! Costs by function and by arc, as call-graph profilers write them.

use crate::id::{FrameId, FunctionId, StringId, ThreadId};
use std::num::NonZeroU32;

/// The call graph of one thread and one part of a source.
///
/// It knows who called whom, but not through which chain of callers:
///
/// ```text
/// own      a.py:3 f        self 12
/// arcs     a.py:1 main -> f   calls 7, inclusive 34, of it f itself 12
/// totals   f               calls 7, inclusive 34
/// ```
///
/// Costs are vectors over the value types of the profile. Calls are vectors too, over the columns of
/// [`CallGraph::count_stride`]: one, or two in a diff.
#[derive(Clone, Debug)]
pub struct CallGraph {
    /// The thread, where the source keeps threads apart.
    pub thread: Option<ThreadId>,
    /// The part of the source: a slice of its time that was dumped on its own.
    pub part: Option<StringId>,
    stride: usize,
    count_stride: usize,
    own_frames: Vec<FrameId>,
    own_costs: Vec<i64>,
    arcs: Vec<(FrameId, FunctionId)>,
    arc_numbers: Numbers,
    totals: Vec<FunctionId>,
    total_numbers: Numbers,
}

/// One caller-callee pair and its numbers; each is there only where the source states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arc<'a> {
    /// The place that calls.
    pub caller: FrameId,
    /// The function that is called.
    pub callee: FunctionId,
    /// How often.
    pub calls: Option<&'a [i64]>,
    /// How often while the callee was not active already.
    pub primitive_calls: Option<&'a [i64]>,
    /// What the callee and all that it called cost under this caller.
    pub inclusive: Option<&'a [i64]>,
    /// What the callee itself cost under this caller.
    pub callee_self: Option<&'a [i64]>,
}

/// What the source states of a function as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total<'a> {
    /// The function.
    pub function: FunctionId,
    /// How often it was called.
    pub calls: Option<&'a [i64]>,
    /// How often while it was not active already.
    pub primitive_calls: Option<&'a [i64]>,
    /// What it and all that it called cost, recursion counted once.
    pub inclusive: Option<&'a [i64]>,
}

impl<'a> Arc<'a> {
    /// Returns an arc without numbers.
    pub fn new(caller: FrameId, callee: FunctionId) -> Arc<'a> {
        Arc { caller, callee, calls: None, primitive_calls: None, inclusive: None, callee_self: None }
    }
}

impl<'a> Total<'a> {
    /// Returns a statement without numbers.
    pub fn new(function: FunctionId) -> Total<'a> {
        Total { function, calls: None, primitive_calls: None, inclusive: None }
    }
}

impl CallGraph {
    /// Returns an empty graph for costs of `stride` value types.
    pub fn new(stride: usize) -> CallGraph {
        CallGraph::with_count_stride(stride, 1)
    }

    /// Returns an empty graph whose call counts have `count_stride` columns.
    pub fn with_count_stride(stride: usize, count_stride: usize) -> CallGraph {
        CallGraph {
            thread: None,
            part: None,
            stride,
            count_stride,
            own_frames: Vec::new(),
            own_costs: Vec::new(),
            arcs: Vec::new(),
            arc_numbers: Numbers::default(),
            totals: Vec::new(),
            total_numbers: Numbers::default(),
        }
    }

    /// Returns the number of columns of a cost.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Returns the number of columns of a call count.
    pub fn count_stride(&self) -> usize {
        self.count_stride
    }

    /// Adds what a place cost on its own; several rows of one frame add up.
    ///
    /// # Panics
    ///
    /// Panics if there is not one cost per value type.
    pub fn add_own(&mut self, frame: FrameId, costs: &[i64]) {
        assert_eq!(costs.len(), self.stride, "one cost per value type");
        self.own_frames.push(frame);
        self.own_costs.extend_from_slice(costs);
    }

    /// Adds an arc; several rows of one caller and callee add up.
    pub fn add_arc(&mut self, arc: Arc<'_>) {
        let counts = [arc.calls, arc.primitive_calls];
        self.arc_numbers.push(
            self.arcs.len(),
            counts,
            self.count_stride,
            [arc.inclusive, arc.callee_self],
            self.stride,
        );
        self.arcs.push((arc.caller, arc.callee));
    }

    /// Adds what the source states of a function; several rows of one function add up.
    pub fn add_total(&mut self, total: Total<'_>) {
        let (row, counts) = (self.totals.len(), [total.calls, total.primitive_calls]);
        self.total_numbers.push(row, counts, self.count_stride, [total.inclusive, None], self.stride);
        self.totals.push(total.function);
    }

    /// Returns the own costs, in file order.
    pub fn own(&self) -> impl ExactSizeIterator<Item = (FrameId, &[i64])> {
        let stride = self.stride;
        self.own_frames.iter().enumerate().map(move |(row, &frame)| (frame, &self.own_costs[row * stride..][..stride]))
    }

    /// Returns the arcs, in file order.
    pub fn arcs(&self) -> impl ExactSizeIterator<Item = Arc<'_>> {
        (0..self.arcs.len()).map(|row| self.arc(row))
    }

    /// Returns the ends of the arcs, in file order.
    pub(crate) fn arc_ends(&self) -> impl ExactSizeIterator<Item = (FrameId, FunctionId)> {
        self.arcs.iter().copied()
    }

    /// Returns the arc at a place in file order.
    pub(crate) fn arc(&self, row: usize) -> Arc<'_> {
        let (caller, callee) = self.arcs[row];
        let [calls, primitive_calls, inclusive, callee_self] = self.arc_numbers.at(row, self.count_stride, self.stride);
        Arc { caller, callee, calls, primitive_calls, inclusive, callee_self }
    }

    /// Returns what the source states of functions, in file order.
    pub fn totals(&self) -> impl ExactSizeIterator<Item = Total<'_>> {
        self.totals.iter().enumerate().map(|(row, &function)| {
            let [calls, primitive_calls, inclusive, _] = self.total_numbers.at(row, self.count_stride, self.stride);
            Total { function, calls, primitive_calls, inclusive }
        })
    }

    /// Returns whether the graph has no row at all.
    pub fn is_empty(&self) -> bool {
        self.own_frames.is_empty() && self.arcs.is_empty() && self.totals.is_empty()
    }
}

/// Up to two counts and two costs per row, each of which a row may lack.
#[derive(Clone, Debug, Default)]
struct Numbers {
    counts: [Cells; 2],
    costs: [Cells; 2],
}

impl Numbers {
    fn push(
        &mut self,
        row: usize,
        counts: [Option<&[i64]>; 2],
        count_stride: usize,
        costs: [Option<&[i64]>; 2],
        stride: usize,
    ) {
        self.counts.iter_mut().zip(counts).for_each(|(cells, cell)| cells.set(row, cell, count_stride));
        self.costs.iter_mut().zip(costs).for_each(|(cells, cell)| cells.set(row, cell, stride));
    }

    fn at(&self, row: usize, count_stride: usize, stride: usize) -> [Option<&[i64]>; 4] {
        let [calls, primitive_calls] = &self.counts;
        let [inclusive, own] = &self.costs;
        [
            calls.at(row, count_stride),
            primitive_calls.at(row, count_stride),
            inclusive.at(row, stride),
            own.at(row, stride),
        ]
    }
}

/// The vectors of one sort of number. A row without one takes no place for its numbers, so that few
/// wide rows among many empty ones stay as small as their source.
#[derive(Clone, Debug, Default)]
struct Cells {
    /// The place of each row, counted from 1; empty as long as all rows have one, in their order.
    places: Vec<Option<NonZeroU32>>,
    numbers: Vec<i64>,
    count: u32,
}

impl Cells {
    fn set(&mut self, row: usize, cell: Option<&[i64]>, stride: usize) {
        let Some(cell) = cell else { return };
        assert_eq!(cell.len(), stride, "one number per column");
        if self.places.is_empty() && row != self.count as usize {
            self.places.extend((1..=self.count).map(NonZeroU32::new));
        }
        self.count += 1;
        if row + 1 != self.count as usize {
            self.places.resize(row, None);
            self.places.push(NonZeroU32::new(self.count));
        }
        self.numbers.extend_from_slice(cell);
    }

    fn at(&self, row: usize, stride: usize) -> Option<&[i64]> {
        let place = if self.places.is_empty() {
            (row < self.count as usize).then_some(row)?
        } else {
            self.places.get(row).copied().flatten()?.get() as usize - 1
        };
        Some(&self.numbers[place * stride..][..stride])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    #[test]
    fn numbers_take_place_only_where_they_are() {
        let mut graph = CallGraph::with_count_stride(0, 100_000);
        let (caller, callee) = (FrameId::from_index(0), FunctionId::from_index(0));
        let counts = vec![7; 100_000];
        for row in 0..100_001 {
            let calls = (row % 50_000 == 1).then_some(&counts[..]);
            graph.add_arc(Arc { calls, ..Arc::new(caller, callee) });
        }
        let stated: Vec<usize> = graph.arcs().enumerate().filter_map(|(row, arc)| arc.calls.map(|_| row)).collect();
        assert_eq!(stated, [1, 50_001]);
        assert_eq!(graph.arc_numbers.counts[0].numbers.len(), 200_000);
    }

    #[test]
    fn rows_keep_their_numbers_wherever_the_first_gap_is() {
        for gaps in 0..16u32 {
            let mut graph = CallGraph::new(1);
            let (caller, callee) = (FrameId::from_index(0), FunctionId::from_index(0));
            let wanted: Vec<Option<[i64; 1]>> = (0..4).map(|row| (gaps >> row & 1 == 0).then_some([row])).collect();
            for calls in &wanted {
                graph.add_arc(Arc { calls: calls.as_ref().map(<[i64; 1]>::as_slice), ..Arc::new(caller, callee) });
            }
            let calls: Vec<_> = graph.arcs().map(|arc| arc.calls.map(|calls| [calls[0]])).collect();
            assert_eq!(calls, wanted);
        }
    }
}
