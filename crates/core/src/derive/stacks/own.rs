//! The own costs that stacks have to add up to, and how they are handed out to the last unit.

use crate::calls::CallGraph;
use crate::derive::walk::add;
use crate::error::Result;
use crate::hash::Map;
use crate::id::{FrameId, FunctionId};
use crate::profile::Profile;

/// The own costs of one call graph, by frame, and their sums by function.
#[derive(Default)]
pub(super) struct OwnCosts {
    stride: usize,
    of_function: Map<FunctionId, Own>,
}

/// The own costs of one function.
struct Own {
    sum: Vec<i64>,
    /// In file order; one for each line where the source knows lines.
    frames: Vec<(FrameId, Vec<i64>)>,
}

impl OwnCosts {
    /// Adds up the own costs of a call graph, all frames of which have a function.
    pub(super) fn new(profile: &Profile, calls: &CallGraph) -> Result<OwnCosts> {
        let mut own = OwnCosts { stride: calls.stride(), of_function: Map::default() };
        let mut place: Map<FrameId, usize> = Map::default();
        for (frame, costs) in calls.own() {
            let Some(function) = profile.frames[frame].function else { continue };
            let none = || Own { sum: vec![0; costs.len()], frames: Vec::new() };
            let Own { sum, frames } = own.of_function.entry(function).or_insert_with(none);
            add(sum, costs)?;
            let place = *place.entry(frame).or_insert(frames.len());
            match frames.get_mut(place) {
                Some((_, sum)) => add(sum, costs)?,
                None => frames.push((frame, costs.to_vec())),
            }
        }
        Ok(own)
    }

    /// Returns the own cost of a function.
    pub(super) fn sum(&self, function: FunctionId, column: usize) -> i64 {
        self.of_function.get(&function).and_then(|own| own.sum.get(column)).copied().unwrap_or(0)
    }

    /// Hands the own costs of a function out to its contexts, by `weights`: calls `emit` with the place
    /// of a context, a frame and its costs there, for all that are not zero.
    ///
    /// Columns in which the function costs less than nothing are left out.
    pub(super) fn hand_out(
        &self,
        function: FunctionId,
        weights: &[f64],
        mut emit: impl FnMut(usize, FrameId, &[i64]) -> Result<()>,
    ) -> Result<()> {
        let Some(own) = self.of_function.get(&function) else { return Ok(()) };
        let mut costs = vec![0; weights.len() * self.stride];
        for (frame, of_frame) in &own.frames {
            costs.fill(0);
            for (column, &cost) in of_frame.iter().enumerate().filter(|&(column, _)| own.sum[column] >= 0) {
                let shares = Shares::new(cost, weights);
                shares.zip(costs.iter_mut().skip(column).step_by(self.stride)).for_each(|(share, cost)| *cost = share);
            }
            for (context, costs) in costs.chunks(self.stride.max(1)).enumerate() {
                if costs.iter().any(|&cost| cost != 0) {
                    emit(context, *frame, costs)?;
                }
            }
        }
        Ok(())
    }
}

/// The shares of a cost by weights, in whole units that add up to it whatever the weights are.
///
/// Each share reaches up to the rounded share of all weights so far; the last weight that is not zero
/// reaches up to all of it.
struct Shares<'w> {
    cost: i64,
    weights: std::iter::Enumerate<std::slice::Iter<'w, f64>>,
    all: f64,
    last: usize,
    weight_so_far: f64,
    given: u64,
}

impl Shares<'_> {
    fn new(cost: i64, weights: &[f64]) -> Shares<'_> {
        let last = weights.iter().rposition(|&weight| weight > 0.0).unwrap_or(0);
        let all = weights.iter().sum();
        Shares { cost, weights: weights.iter().enumerate(), all, last, weight_so_far: 0.0, given: 0 }
    }
}

impl Iterator for Shares<'_> {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        let (place, weight) = self.weights.next()?;
        self.weight_so_far += weight;
        let whole = self.cost.unsigned_abs();
        let rounded = (whole as f64 * (self.weight_so_far / self.all) + 0.5) as u64;
        let upto = if place >= self.last { whole } else { rounded.clamp(self.given, whole) };
        let share = (upto - self.given) as i64;
        self.given = upto;
        // The share of the least number of all is right as it is: its negative is itself.
        Some(if self.cost < 0 { share.wrapping_neg() } else { share })
    }
}
