//! What has to be known of a whole file before its numbers can be understood.

use super::postscript::Postscript;
use super::seconds::Scale;
use super::stats::{CallerNumbers, Entry, Stats};
use profkit_core::Result;

/// How the tool that wrote a file used the fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialect {
    /// The step in which times are counted.
    pub(super) scale: Scale,
    /// Where more calls are primitive than there are, the two counts stand the wrong way round: yappi
    /// writes functions so, though not callers.
    pub(super) is_swapped: bool,
    /// Counts below zero mean that nobody counted: pyinstrument writes -1 and sums of it.
    pub(super) has_unknown_counts: bool,
    /// Counts are of samples and lines are those that were being executed: Python 3.15's sampler.
    pub(super) is_sampled: bool,
    /// The time between two samples in seconds, where all functions agree on it.
    pub(super) interval: Option<f64>,
}

impl Dialect {
    pub(super) fn of(stats: &Stats<'_>, postscript: &Postscript) -> Result<Dialect> {
        let (mut largest, mut sum) = (0f64, 0f64);
        let (mut is_swapped, mut has_unknown_counts, mut is_sampled) = (false, false, false);
        let mut interval = Interval::Unknown;
        let mut work = 0usize;
        for entry in stats.entries() {
            let Entry::Function { cc, nc, tt, ct, callers, .. } = entry? else {
                is_sampled = true;
                continue;
            };
            // References could make a few bytes stand for the same callers again and again.
            work = work.saturating_add(stats.work(callers));
            stats.check_work(work)?;
            is_swapped |= cc > nc && nc > 0;
            has_unknown_counts |= cc < 0 || nc < 0;
            interval = interval.and(ct, nc);
            sum += tt.abs();
            largest = largest.max(ct.abs());
            for caller in stats.callers(callers) {
                match caller?.numbers {
                    CallerNumbers::Full { nc, cc, tt, ct, .. } => {
                        has_unknown_counts |= cc < 0 || nc < 0;
                        largest = largest.max(tt.abs()).max(ct.abs());
                    }
                    CallerNumbers::Count(count) => has_unknown_counts |= count < 0,
                }
            }
        }
        let plain = postscript.has_plain_counts;
        Ok(Dialect {
            scale: postscript.exponent.map_or_else(|| Scale::natural(largest, sum), Scale::new),
            is_swapped: is_swapped && !plain && !is_sampled,
            has_unknown_counts: has_unknown_counts && !plain,
            is_sampled,
            interval: if let Interval::Of(seconds) = interval { Some(seconds).filter(|_| is_sampled) } else { None },
        })
    }
}

/// What the functions so far say of the time between two samples.
#[derive(Clone, Copy)]
enum Interval {
    Unknown,
    Of(f64),
    Contradictory,
}

impl Interval {
    fn and(self, ct: f64, nc: i64) -> Interval {
        if nc <= 0 || ct <= 0.0 {
            return self;
        }
        let seconds = ct / nc as f64;
        match self {
            Interval::Unknown => Interval::Of(seconds),
            Interval::Of(known) if (known - seconds).abs() <= known * 1e-9 => self,
            _ => Interval::Contradictory,
        }
    }
}
