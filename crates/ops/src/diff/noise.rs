//! Whether a change is more than noise.
//!
//! What can be said depends on how the numbers came about:
//!
//! - *Runs*, where a side has several: the spread of the runs, by Welch's t test. It needs no more than two runs of a
//!   side, which a rank test does: with three runs on each side, the smallest probability that ranks can give is 0.1.
//! - *Counts* of observations, such as ticks of a sampling timer: a change counts if both the share of the function
//!   (Fisher's exact test of two proportions) and its count (the exact binomial test) have changed in the same
//!   direction. The share alone would blame every function for the growth of one, the count alone for a slower
//!   machine. With `--normalize`, only shares are compared. Ticks come in bursts, and runs differ by more than
//!   counting does; so if the four fifths of all functions that vary least vary more than counts can, all counts
//!   are taken for as many fewer.
//! - *Exact* numbers, such as instructions counted in full: any difference is one.
//! - Anything else, such as times measured in one run each: unknown.
//!
//! The probabilities of all functions that have any cost are corrected together, as Benjamini and Hochberg do: of
//! those said to be beyond noise, at most the [`FALSE_DISCOVERIES`] part is expected not to be.

mod counts;
mod repeats;

use counts::{different_rates, different_shares};
use repeats::different_means;

/// The part of the changes said to be beyond noise that is allowed to be noise.
pub const FALSE_DISCOVERIES: f64 = 0.05;

/// What is known of a change.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// It is more than noise.
    Real {
        /// The probability of such a change where there is none.
        p: f64,
        /// The same, corrected for the number of functions that were tested.
        q: f64,
    },
    /// Noise alone may have made it.
    Noise {
        /// The probability of such a change where there is none.
        p: f64,
        /// The same, corrected for the number of functions that were tested.
        q: f64,
    },
    /// The numbers are exact, so every change is real.
    Exact,
    /// Nothing is known of the noise.
    Unknown,
}

/// What verdicts rest on.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Basis {
    /// Counts of observations, so many in all before and after.
    Counts {
        /// How many there are in all, before and after.
        all: [u64; 2],
        /// The part of the observations of a function that fall after, if it costs the same on both sides.
        share_after: f64,
        /// Whether only shares are compared.
        only_shares: bool,
        /// By how much the variance of most functions exceeds that of counting; 1 where it does not.
        excess: f64,
        /// How they are known to be observations.
        because: &'static str,
    },
    /// The spread of runs, so many before and after.
    Runs {
        /// How many runs there are, before and after.
        counts: [usize; 2],
    },
    /// Numbers that are the same in every run.
    Exact,
    /// Nothing.
    Unknown,
}

impl Verdict {
    /// Returns the word for it: `real`, `noise`, `exact` or `unknown`.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Real { .. } => "real",
            Verdict::Noise { .. } => "noise",
            Verdict::Exact => "exact",
            Verdict::Unknown => "unknown",
        }
    }

    /// Returns whether the change may well be noise, as far as anybody can tell.
    pub fn is_noise(self) -> bool {
        matches!(self, Verdict::Noise { .. })
    }

    /// Returns the verdict on one change that was tested on its own.
    pub(super) fn of_one(p: f64) -> Verdict {
        Verdict::of(p, p)
    }

    fn of(p: f64, q: f64) -> Verdict {
        if q <= FALSE_DISCOVERIES { Verdict::Real { p, q } } else { Verdict::Noise { p, q } }
    }
}

/// What a function is judged by.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// How often it was observed, in all runs of a side.
    pub(super) counts: [u64; 2],
    /// What it cost in each run.
    pub(super) runs: [Vec<f64>; 2],
    /// The variance that each run has at least.
    pub(super) floor: f64,
}

impl Basis {
    /// Returns the probability of such evidence where nothing has changed; none where it cannot be told.
    pub(super) fn probability(&self, evidence: &Evidence) -> Option<f64> {
        match self {
            Basis::Counts { all, share_after, only_shares, excess, .. } => {
                // Ticks that come in bursts of four say as much as a fourth of them would.
                let worth = |count: u64| (count as f64 / excess).round() as u64;
                let (all, [before, after]) = (all.map(worth), evidence.counts.map(worth));
                let shares = different_shares([before, after], all);
                if *only_shares {
                    return Some(shares);
                }
                let share_grew = i128::from(after) * i128::from(all[0]) > i128::from(before) * i128::from(all[1]);
                let count_grew = after as f64 * (1.0 - share_after) > before as f64 * share_after;
                let rates = different_rates([before, after], *share_after);
                Some(if share_grew == count_grew { shares.max(rates) } else { 1.0 })
            }
            Basis::Runs { .. } => {
                let [before, after] = &evidence.runs;
                Some(different_means([before, after], evidence.floor))
            }
            Basis::Exact | Basis::Unknown => None,
        }
    }

    /// Returns the verdicts on many changes; those without evidence were not tested and do not count.
    pub(super) fn judge(&self, all: &[Option<Evidence>]) -> Vec<Verdict> {
        let untested = if *self == Basis::Exact { Verdict::Exact } else { Verdict::Unknown };
        let probabilities = all.iter().map(|evidence| self.probability(evidence.as_ref()?));
        let probabilities: Vec<Option<f64>> = probabilities.collect();
        let corrected = corrected(&probabilities);
        let pairs = probabilities.into_iter().zip(corrected);
        pairs.map(|pair| if let (Some(p), Some(q)) = pair { Verdict::of(p, q) } else { untested }).collect()
    }
}

/// Returns by how much the variance of most functions exceeds that of counting, from the four fifths of the well
/// observed functions that changed least; 1 where it does not, or where there are too few of them.
///
/// Where one function grew, that shows in counts, and where the machine was slower, in shares: the lesser is taken.
pub(super) fn excess(basis: &Basis, all: &[Option<Evidence>]) -> f64 {
    let Basis::Counts { all: [all_before, all_after], share_after, only_shares, .. } = *basis else { return 1.0 };
    let counts = all.iter().flatten().map(|evidence| evidence.counts.map(|count| count as f64));
    let observed: Vec<[f64; 2]> = counts.filter(|[before, after]| before + after >= LEAST_OBSERVATIONS).collect();
    if observed.len() < LEAST_FUNCTIONS {
        return 1.0;
    }
    let in_counts = |&[before, after]: &[f64; 2]| {
        (after * (1.0 - share_after) - before * share_after).powi(2)
            / ((before + after) * share_after * (1.0 - share_after))
    };
    let in_shares = |&[before, after]: &[f64; 2]| {
        let (all_before, all_after) = (all_before as f64, all_after as f64);
        let share = (before + after) / (all_before + all_after);
        let variance = share * (1.0 - share) * (1.0 / all_before + 1.0 / all_after);
        if variance > 0.0 { (after / all_after - before / all_before).powi(2) / variance } else { 0.0 }
    };
    let excess_of = |squares: Vec<f64>| {
        let mut squares = squares;
        squares.sort_by(f64::total_cmp);
        squares.truncate(squares.len() * 4 / 5);
        squares.iter().sum::<f64>() / squares.len() as f64 / MEAN_OF_LEAST
    };
    let of_shares = excess_of(observed.iter().map(in_shares).collect());
    let of_counts = excess_of(observed.iter().map(in_counts).collect());
    let found = if only_shares { of_shares } else { of_counts.min(of_shares) };
    // An estimate from few functions may be too small as well as too large; what is above counting counts half as much again.
    1.0 + (found - 1.0).max(0.0) * MARGIN
}

/// How much of what exceeds counting is allowed for.
const MARGIN: f64 = 1.5;
/// How often a function has to be observed for its variance to be that of counts.
const LEAST_OBSERVATIONS: f64 = 10.0;
/// How many such functions are needed.
const LEAST_FUNCTIONS: usize = 6;
/// The mean of the least four fifths of the squares of standard normal numbers.
const MEAN_OF_LEAST: f64 = 0.4377;

/// Returns the probabilities corrected for their number, as Benjamini and Hochberg do: the least part of
/// false discoveries at which each would be one.
fn corrected(probabilities: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut order: Vec<(f64, usize)> =
        probabilities.iter().enumerate().filter_map(|(index, p)| Some(((*p)?, index))).collect();
    order.sort_by(|left, right| left.0.total_cmp(&right.0));
    let count = order.len() as f64;
    let mut corrected = vec![None; probabilities.len()];
    let mut least = 1.0f64;
    for (rank, (p, index)) in order.into_iter().enumerate().rev() {
        least = least.min(p * count / (rank + 1) as f64);
        corrected[index] = Some(least);
    }
    corrected
}

#[cfg(test)]
mod tests;
