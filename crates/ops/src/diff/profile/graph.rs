//! The call graphs of both sides as one whose every number is two: before and after.

use super::{Builder, Pair, Rows};
use crate::diff::runs::Run;
use crate::diff::scale::Scale;
use profkit_core::derive::function_totals;
use profkit_core::{Arc, CallGraph, FrameId, FunctionId, Id, Result, Total};

/// Calls, primitive calls, inclusive cost, the callee's own cost.
type Numbers = [Pair; 4];

/// The rows of the graph while they are summed up.
#[derive(Default)]
struct Sums {
    own: Rows<FrameId>,
    arcs: Rows<(FrameId, FunctionId), Numbers>,
    totals: Rows<FunctionId, Numbers>,
}

impl Builder<'_, '_> {
    pub(super) fn add_graph(&mut self) -> Result<()> {
        let runs = self.runs;
        let mut sums = Sums::default();
        for side in 0..2 {
            for run in runs.side(side) {
                self.sum_run(&mut sums, side, run)?;
            }
        }
        // Where one side counts no calls, a zero would say that there were none.
        let has = |stated: fn(&Arc<'_>) -> bool| {
            (0..2).all(|side| runs.side(side).iter().flat_map(arcs).any(|arc| stated(&arc)))
        };
        let has = [has(|arc| arc.calls.is_some()), has(|arc| arc.primitive_calls.is_some())];
        let states = |stated: fn(&Total<'_>) -> bool| {
            (0..2).all(|side| {
                let graphs = runs.side(side).iter().flat_map(|run| &run.profile.calls);
                graphs.flat_map(CallGraph::totals).any(|total| stated(&total))
            })
        };
        let states = [states(|total| total.calls.is_some()), states(|total| total.primitive_calls.is_some())];
        let mut graph = CallGraph::with_count_stride(2, 2);
        for (&frame, costs) in sums.own.keys.iter().zip(self.spread(&sums.own.rows)?) {
            graph.add_own(frame, &costs);
        }
        for (&(caller, callee), numbers) in sums.arcs.keys.iter().zip(&sums.arcs.rows) {
            let [calls, primitive_calls, inclusive, callee_self] = self.at_size_of_a_run(numbers)?;
            graph.add_arc(Arc {
                calls: has[0].then_some(&calls[..]),
                primitive_calls: has[1].then_some(&primitive_calls[..]),
                inclusive: Some(&inclusive),
                callee_self: Some(&callee_self),
                ..Arc::new(caller, callee)
            });
        }
        for (&function, numbers) in sums.totals.keys.iter().zip(&sums.totals.rows) {
            let [calls, primitive_calls, inclusive, _] = self.at_size_of_a_run(numbers)?;
            graph.add_total(Total {
                calls: states[0].then_some(&calls[..]),
                primitive_calls: states[1].then_some(&primitive_calls[..]),
                inclusive: Some(&inclusive),
                ..Total::new(function)
            });
        }
        self.to.calls.push(graph);
        Ok(())
    }

    fn sum_run(&mut self, sums: &mut Sums, side: usize, run: &Run<'_>) -> Result<()> {
        let cost = |costs: Option<&[i64]>| costs.map_or(Ok(0), |costs| run.in_unit(costs[run.value])).map(i128::from);
        let count = |counts: Option<&[i64]>| counts.map_or(0, |counts| i128::from(counts[0]));
        let add = |row: &mut Numbers, numbers: [i128; 4]| {
            row.iter_mut().zip(numbers).for_each(|(pair, number)| pair[side] += number);
        };
        for (frame, costs) in run.profile.calls.iter().flat_map(CallGraph::own) {
            sums.own.at(self.frame_of(run, frame))[side] += cost(Some(costs))?;
        }
        for arc in arcs(run) {
            let caller = self.frame_of(run, arc.caller);
            let callee = self.function(run.places[arc.callee.index()]);
            let costs = [cost(arc.inclusive)?, cost(arc.callee_self)?];
            let numbers = [count(arc.calls), count(arc.primitive_calls), costs[0], costs[1]];
            add(sums.arcs.at((caller, callee)), numbers);
        }
        let totals = function_totals(&run.profile)?;
        for (id, _) in run.profile.functions.iter() {
            let total = &totals[id];
            let counts = [total.calls.as_deref(), total.primitive_calls.as_deref()].map(count);
            let numbers = [counts[0], counts[1], cost(Some(&total.total))?, 0];
            let function = self.function(run.places[id.index()]);
            add(sums.totals.at(function), numbers);
        }
        Ok(())
    }

    /// Returns the numbers of a row at the size of one run; counts know no `--normalize`.
    fn at_size_of_a_run(&self, numbers: &Numbers) -> Result<[[i64; 2]; 4]> {
        let mut sized = [[0; 2]; 4];
        for (index, (pair, sized)) in numbers.iter().zip(&mut sized).enumerate() {
            for side in 0..2 {
                let divisor = self.runs.side(side).len() as i128;
                let scale = if index < 2 { Scale { multiplier: 1, divisor } } else { self.scales[side] };
                sized[side] = scale.one(pair[side])?;
            }
        }
        Ok(sized)
    }
}

fn arcs<'r>(run: &'r Run<'_>) -> impl Iterator<Item = Arc<'r>> {
    run.profile.calls.iter().flat_map(CallGraph::arcs)
}
