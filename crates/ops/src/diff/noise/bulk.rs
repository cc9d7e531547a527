//! The functions that changed least: what most of a program does, on whatever machine it ran.

use super::Evidence;

/// The functions that changed least.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Bulk {
    /// How often they were observed, before and after.
    pub counts: [u64; 2],
    /// By how much their variance exceeds that of counting; 1 where it does not.
    pub excess: f64,
}

/// How often a function has to be observed for its variance to be that of counts.
const LEAST_OBSERVATIONS: u64 = 10;
/// How many such functions are needed.
const LEAST_FUNCTIONS: usize = 6;
/// The mean of the least four fifths of the squares of standard normal numbers.
const MEAN_OF_LEAST: f64 = 0.4377;
/// What exceeds counting counts half as much again, since it differs from function to function.
const MARGIN: f64 = 1.5;
/// What makes no difference between two functions.
const TOLERANCE: f64 = 1e-9;
/// How often the bulk is found anew by what it was found to be.
const ROUNDS: usize = 8;

impl Bulk {
    /// Finds the bulk, and marks the functions that belong to it: all but the fifth of the well observed ones that
    /// changed most. Where there are too few of those, all belong to it.
    ///
    /// It is found from the ratio of after to before: at first the median, then again and again that of those
    /// four fifths that are nearest to it. As in comparisons of sequenced genes (TMM), neither a slower machine nor
    /// the growth of one function moves what the others are held against.
    pub(in crate::diff) fn find(functions: &mut [Option<Evidence>]) -> Bulk {
        let mut all = [0, 0];
        for evidence in functions.iter_mut().flatten() {
            evidence.is_bulk = true;
            [0, 1].iter().for_each(|&side| all[side] += evidence.counts[side]);
        }
        let well_observed = functions.iter().enumerate().filter_map(|(index, evidence)| {
            let counts = evidence.as_ref()?.counts;
            (counts[0] + counts[1] >= LEAST_OBSERVATIONS).then_some((index, counts.map(|count| count as f64)))
        });
        let mut observed: Vec<(usize, [f64; 2])> = well_observed.collect();
        if observed.len() < LEAST_FUNCTIONS {
            return Bulk { counts: all, excess: 1.0 };
        }
        let mut ratios: Vec<f64> = observed.iter().map(|(_, counts)| ratio(*counts).ln()).collect();
        ratios.sort_by(f64::total_cmp);
        // The way back has to find what the way there does.
        let mut pace = (0.5 * (ratios[ratios.len() / 2] + ratios[(ratios.len() - 1) / 2])).exp();
        let mut kept = observed.len();
        for _ in 0..ROUNDS {
            observed.sort_by(|(_, left), (_, right)| surprise(*left, pace).total_cmp(&surprise(*right, pace)));
            let limit = surprise(observed[observed.len() * 4 / 5 - 1].1, pace) * (1.0 + TOLERANCE) + TOLERANCE;
            kept = observed.partition_point(|(_, counts)| surprise(*counts, pace) <= limit);
            let sum = |side: usize| observed[..kept].iter().map(|(_, counts)| counts[side]).sum::<f64>();
            pace = ratio([sum(0), sum(1)]);
        }
        let surprises = observed[..kept].iter().map(|(_, counts)| surprise(*counts, pace));
        let found = surprises.sum::<f64>() / (kept as f64 - 1.0) / MEAN_OF_LEAST;
        // From few functions, it may as well be found too small.
        let found = found * (1.0 + 1.5 / (kept as f64).sqrt());
        let mut bulk = all;
        for (index, _) in &observed[kept..] {
            if let Some(evidence) = &mut functions[*index] {
                evidence.is_bulk = false;
                [0, 1].iter().for_each(|&side| bulk[side] -= evidence.counts[side]);
            }
        }
        Bulk { counts: bulk, excess: 1.0 + (found - 1.0).max(0.0) * MARGIN }
    }
}

fn ratio([before, after]: [f64; 2]) -> f64 {
    (after + 0.5) / (before + 0.5)
}

/// Returns by how many deviations of counting, squared, two counts are off the ratio.
fn surprise([before, after]: [f64; 2], ratio: f64) -> f64 {
    let share = ratio / (1.0 + ratio);
    (after * (1.0 - share) - before * share).powi(2) / ((before + after) * share * (1.0 - share))
}
