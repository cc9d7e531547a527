//! In how much time the samples were taken.

use crate::profile::Profile;
use crate::samples::Sample;
use crate::value::{Dimension, Unit};

/// Returns the nanoseconds from the first to the last moment that samples tell of; none without times.
///
/// A sample lasts as long as it costs, where the value type of index `value` is a time.
pub fn span_ns(profile: &Profile, value: usize) -> Option<i64> {
    let unit = profile.value_types.get(value).map(|value_type| &value_type.unit);
    let lasts = |sample: &Sample<'_>| match (unit, sample.values.get(value)) {
        (Some(unit), Some(&cost)) => unit.nanoseconds(cost),
        _ => 0,
    };
    let starts = profile.samples.iter().filter_map(|sample| sample.time_ns).min()?;
    let ends = profile.samples.iter().filter_map(|sample| sample.time_ns?.checked_add(lasts(&sample).max(0)));
    ends.max()?.checked_sub(starts)
}

impl Unit {
    /// Returns a number of units of time in nanoseconds, rounded towards zero, or the most that there can
    /// be; 0 where the unit is not one of time.
    pub fn nanoseconds(&self, value: i64) -> i64 {
        if self.dimension != Dimension::Time {
            return 0;
        }
        let exact = i128::from(value).saturating_mul(i128::from(self.factor));
        let power = |exponent: i8| 10i128.checked_pow(exponent.unsigned_abs().into());
        let scaled = match self.exponent.saturating_add(9) {
            up @ 0.. => power(up).and_then(|power| exact.checked_mul(power)),
            down => power(down).map(|power| exact / power).or(Some(0)),
        };
        scaled.and_then(|scaled| i64::try_from(scaled).ok()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::ValueType;

    #[test]
    fn a_span_ends_where_the_last_sample_does() {
        let value_types = [("samples", "count"), ("wall", "milliseconds")];
        let mut profile = Profile::new(value_types.map(|(kind, unit)| ValueType::new(kind, unit)).to_vec());
        assert_eq!(span_ns(&profile, 1), None);
        for (time_ns, cost) in [(Some(500), 2), (Some(1_000_000), 1), (None, 9)] {
            profile.samples.push(Sample { time_ns, ..Sample::new(None, &[1, cost]) });
        }
        assert_eq!((span_ns(&profile, 0), span_ns(&profile, 1)), (Some(999_500), Some(2_000_000)));
    }
}
