//! Whether a change is more than noise.
//!
//! What can be said depends on how the numbers came about:
//!
//! - *Runs*, where a side has several: the spread of the runs, by Welch's t test. It needs no more than two runs of a
//!   side, which a rank test does: with three runs on each side, the smallest probability that ranks can give is 0.1.
//! - *Counts* of observations, such as ticks of a sampling timer: a change counts if both the share of the function
//!   (Fisher's exact test of two proportions) and its count (the exact binomial test) have changed in the same
//!   direction. The share alone would find a faster function in all that did not slow down with the machine, the count alone
//!   would blame the machine on every function.
//!   The share is that in the [`Bulk`], the functions that changed least: in the whole, all others would
//!   shrink where one grows. Ticks come in bursts, and runs differ by more than counting does; so if the bulk
//!   varies more than counts can, all counts are taken for as many fewer. With `--normalize`, only shares are compared.
//! - *Exact* numbers, such as instructions counted in full: any difference is one.
//! - Anything else, such as times measured in one run each: unknown.
//!
//! The probabilities of all functions that have any cost are corrected together, as Benjamini and Hochberg do: of
//! those said to be beyond noise, at most the [`FALSE_DISCOVERIES`] part is expected not to be. Functions observed so
//! seldom that not even the largest change could be told from noise do not count there, as Tarone and Gilbert showed.

mod bulk;
mod counts;
mod repeats;

pub use bulk::Bulk;
use counts::{different_rates, different_shares, least_probability};
use repeats::different_means;

/// The part of the changes said to be beyond noise that is allowed to be noise.
pub const FALSE_DISCOVERIES: f64 = 0.05;

/// Counts above are as good as this one, and their sums are in no danger to overflow.
const MOST_COUNTED: f64 = (1u64 << 60) as f64;

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
        /// The functions that changed least, and by how much they vary.
        bulk: Bulk,
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
    /// Whether it is one of the functions that changed least.
    pub(super) is_bulk: bool,
    /// Whether it is too small a part of the whole to be worth a test.
    pub(super) is_minor: bool,
    /// What it cost in each run.
    pub(super) runs: [Vec<f64>; 2],
    /// The variance that each run has at least.
    pub(super) floor: f64,
}

impl Basis {
    /// Returns the probability of such evidence where nothing has changed; none where it cannot be told.
    pub(super) fn probability(&self, evidence: &Evidence) -> Option<f64> {
        match self {
            Basis::Counts { share_after, only_shares, bulk, .. } => {
                // Ticks that come in bursts of four say as much as a fourth of them would.
                let worth = |count: u64| (count as f64 / bulk.excess).round().min(MOST_COUNTED) as u64;
                let rest = if evidence.is_bulk { [0, 0] } else { evidence.counts };
                let all = [0, 1].map(|side| worth(bulk.counts[side].saturating_add(rest[side])));
                let [before, after] = evidence.counts.map(worth);
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

    /// Returns the least probability that such evidence could have, had all of it come on one side.
    fn least_probability(&self, evidence: &Evidence) -> f64 {
        match self {
            Basis::Counts { share_after, bulk, .. } => {
                let count: u64 = evidence
                    .counts
                    .iter()
                    .map(|&count| (count as f64 / bulk.excess).round().min(MOST_COUNTED) as u64)
                    .sum();
                least_probability(count, *share_after)
            }
            _ if evidence.is_minor => 1.0,
            _ => 0.0,
        }
    }

    /// Returns the verdicts on many changes; those without evidence were not tested and do not count.
    pub(super) fn judge(&self, all: &[Option<Evidence>]) -> Vec<Verdict> {
        let untested = if *self == Basis::Exact { Verdict::Exact } else { Verdict::Unknown };
        let test = |evidence: &Evidence| Some((self.probability(evidence)?, self.least_probability(evidence)));
        let tests: Vec<Option<(f64, f64)>> = all.iter().map(|evidence| test(evidence.as_ref()?)).collect();
        let limit = testable(tests.iter().flatten().map(|&(_, least)| least));
        let counted = tests.iter().map(|test| test.filter(|&(_, least)| least <= limit).map(|(p, _)| p));
        let corrected = corrected(&counted.collect::<Vec<_>>());
        let verdict = |(test, q): (Option<(f64, f64)>, Option<f64>)| match test {
            Some((p, _)) => Verdict::of(p, q.unwrap_or(1.0)),
            None => untested,
        };
        tests.into_iter().zip(corrected).map(verdict).collect()
    }
}

/// Returns up to which least probability a test can tell anything: among so many that are as good or better, it can
/// still be significant (Tarone 1990, Gilbert 2005).
fn testable(least: impl Iterator<Item = f64>) -> f64 {
    let mut least: Vec<f64> = least.collect();
    least.sort_by(f64::total_cmp);
    let mut count = 1;
    while least.partition_point(|&it| it <= FALSE_DISCOVERIES / count as f64) > count {
        count += 1;
    }
    FALSE_DISCOVERIES / count as f64
}

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
