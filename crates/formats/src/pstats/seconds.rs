//! Seconds as floating-point numbers, and whole counts of a power of ten of a second.

use profkit_core::{Decimal, Error, Result};

/// The exponent of a nanosecond: what Python's timers count.
pub(super) const NANO: i8 = -9;
/// Counts and their sum stay below this.
const MOST: f64 = (1u64 << 62) as f64;
/// Counts below this are found by one multiplication: its error is far from a half.
const EASY: f64 = (1u64 << 50) as f64;
/// What a count may be off before it counts as rounded: timers count whole nanoseconds, but Python
/// multiplies and adds them up as fractions.
const TOLERANCE: f64 = 1e-6;

/// The step in which seconds are counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    exponent: i8,
    /// Counts per second.
    per_second: f64,
}

/// A count, and what is left of the number it stands for: nothing, or up to a half of a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    pub(super) whole: i64,
    pub(super) left: f64,
}

impl Scale {
    /// Returns the scale of steps of `10^exponent` seconds.
    pub(super) fn new(exponent: i8) -> Scale {
        Scale { exponent, per_second: power_of_ten(-i32::from(exponent)) }
    }

    /// Returns the scale in which a file with these numbers is read: nanoseconds, or the next coarser one
    /// that keeps the largest number and the sum of all own costs below 2^62.
    pub(super) fn natural(largest: f64, sum: f64) -> Scale {
        let largest = largest.max(sum);
        let fits = |exponent: &i8| largest * power_of_ten(-i32::from(*exponent)) < MOST;
        Scale::new((NANO..i8::MAX).find(fits).unwrap_or(i8::MAX))
    }

    pub(super) fn exponent(self) -> i8 {
        self.exponent
    }

    /// Returns the count nearest to a finite number of seconds.
    pub(super) fn count(self, seconds: f64) -> Result<Count> {
        let exact = seconds * self.per_second;
        if exact.abs() < EASY {
            let whole = exact.round();
            let left = exact - whole;
            let is_exact = left.abs() < TOLERANCE.max(exact.abs() * 4.0 * f64::EPSILON);
            return Ok(Count { whole: whole as i64, left: if is_exact { 0.0 } else { left } });
        }
        let whole = Decimal::from_f64(seconds).and_then(|number| nearest(number, self.exponent.into()));
        whole.map(|whole| Count { whole, left: 0.0 }).ok_or_else(|| Error::overflow("a time"))
    }

    /// Returns the number of seconds nearest to a count.
    pub(super) fn seconds(self, count: i64) -> f64 {
        // The quotient of two exact numbers is the nearest number to what is meant.
        let is_exact = count.unsigned_abs() < 1 << 53 && (-22..=0).contains(&self.exponent);
        if is_exact {
            return count as f64 / self.per_second;
        }
        format!("{count}e{}", self.exponent).parse().unwrap_or(f64::INFINITY)
    }
}

fn nearest(number: Decimal, exponent: i32) -> Option<i64> {
    let count = match number.exponent - exponent {
        up @ 0.. => number.mantissa.checked_mul(10i128.checked_pow(up.unsigned_abs())?)?,
        down => match 10i128.checked_pow(down.unsigned_abs()) {
            Some(power) => (number.mantissa + power / 2 * number.mantissa.signum()) / power,
            None => 0,
        },
    };
    i64::try_from(count).ok()
}

fn power_of_ten(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(f64::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(exponent: i8, seconds: f64) -> (i64, f64) {
        let count = Scale::new(exponent).count(seconds).unwrap();
        (count.whole, count.left)
    }

    #[test]
    fn counts_of_nanoseconds_come_back() {
        let scale = Scale::new(NANO);
        for count in [0, 1, -1, 33, 4_317, 999_999_999, (1 << 50) - 1, 1 << 50, (1 << 52) - 1, -(1 << 52) + 1] {
            let back = scale.count(scale.seconds(count)).unwrap();
            assert_eq!((back.whole, back.left), (count, 0.0), "{count}");
        }
    }

    #[test]
    fn noise_of_sums_is_not_rounding() {
        assert_eq!(count(NANO, 33.0 * 1e-9), (33, 0.0));
        assert_eq!(count(NANO, 1.948_000_000_000_227_3e-5), (19_480, 0.0));
        assert_eq!(count(NANO, 1.5e-9).0, 2);
        assert_eq!(count(NANO, 1.25e-9), (1, 0.25));
    }

    #[test]
    fn large_numbers_take_a_coarser_scale() {
        assert_eq!(Scale::natural(1.0, 3.0).exponent(), NANO);
        assert_eq!(Scale::natural(1e18, 0.0).exponent(), 0);
        assert_eq!(count(0, 1e18), (1_000_000_000_000_000_000, 0.0));
        assert!(Scale::new(NANO).count(1e18).is_err());
        assert!(Scale::natural(f64::MAX, 0.0).count(f64::MAX).is_err());
    }

    #[test]
    fn whole_seconds_are_exact_in_nanoseconds() {
        for seconds in [3_999_999_999i64, 4_000_000_001, 4_611_686_017] {
            let written = Scale::new(0).seconds(seconds);
            assert_eq!(count(NANO, written), (seconds * 1_000_000_000, 0.0));
        }
    }
}
