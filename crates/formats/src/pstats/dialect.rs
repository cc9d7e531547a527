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
    /// Goes through all entries and returns how their fields were used, as far as they tell.
    pub(super) fn of(stats: &mut Stats<'_>) -> Result<Dialect> {
        let (mut largest, mut sum) = (0f64, 0f64);
        let (mut is_swapped, mut has_unknown_counts, mut is_sampled) = (false, false, false);
        let mut interval = Interval::Unknown;
        while let Some(entry) = stats.entry()? {
            let Entry::Function { cc, nc, tt, ct, .. } = entry else {
                is_sampled = true;
                continue;
            };
            is_swapped |= cc > nc && nc > 0;
            has_unknown_counts |= cc < 0 || nc < 0;
            interval = interval.and(ct, nc);
            sum += tt.abs();
            largest = largest.max(ct.abs());
            while let Some(caller) = stats.caller()? {
                match caller.numbers {
                    CallerNumbers::Full { nc, cc, tt, ct, .. } => {
                        has_unknown_counts |= cc < 0 || nc < 0;
                        largest = largest.max(tt.abs()).max(ct.abs());
                    }
                    CallerNumbers::Count(count) => has_unknown_counts |= count < 0,
                }
            }
        }
        Ok(Dialect {
            scale: Scale::natural(largest, sum),
            is_swapped: is_swapped && !is_sampled,
            has_unknown_counts,
            is_sampled,
            interval: if let Interval::Of(seconds) = interval { Some(seconds).filter(|_| is_sampled) } else { None },
        })
    }

    /// Returns the dialect of a file that says more behind the dict.
    pub(super) fn as_told(self, postscript: &Postscript) -> Dialect {
        let is_plain = postscript.has_plain_counts;
        Dialect {
            scale: postscript.exponent.map_or(self.scale, Scale::new),
            is_swapped: self.is_swapped && !is_plain,
            has_unknown_counts: self.has_unknown_counts && !is_plain,
            ..self
        }
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
