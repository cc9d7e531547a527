//! Samples in a window of time.

use profkit_core::{Dimension, Error, Profile, Result, Sample, Samples, Unit};

/// Returns the profile with the samples of a window that begins with `from_ns` and ends before `to_ns`.
///
/// A sample belongs to the window that it begins in. Where the source tells calls apart and times them, a sample
/// lasts as long as it costs, and what of it lies outside the window is cut off. Samples without a time are in no
/// window.
///
/// # Errors
///
/// A profile of which no sample has a time is an error.
pub(super) fn in_window(profile: &Profile, from_ns: i64, to_ns: i64) -> Result<Profile> {
    if !profile.samples.is_empty() && profile.samples.iter().all(|sample| sample.time_ns.is_none()) {
        return Err(Error::unsupported("no sample of the profile has a time"));
    }
    let Some(unit_ns) = unit_of_lasting_samples(profile) else {
        return profile.filtered(|it| it.time_ns.is_some_and(|at| from_ns <= at && at < to_ns), |_| true);
    };
    let within = |sample: &Sample<'_>| {
        let (at, &value) = (sample.time_ns?, sample.values.first()?);
        let is_inside = from_ns <= at && at < to_ns;
        // Whole units stay, each in the window that it begins in.
        let units = |end: i64| {
            let lasts = i128::from(end) - i128::from(at);
            i64::try_from(-(-lasts).div_euclid(unit_ns)).unwrap_or(i64::MAX).clamp(0, value)
        };
        match value {
            1.. => Some(units(to_ns) - units(from_ns)).filter(|&within| within > 0),
            _ => Some(value).filter(|_| is_inside),
        }
    };
    let mut cut = profile.filtered(|sample| within(sample).is_some(), |_| true)?;
    let whole = std::mem::replace(&mut cut.samples, Samples::new(1));
    for sample in whole.iter() {
        let values = [within(&sample).unwrap_or(0)];
        let time_ns = sample.time_ns.map(|at| at.max(from_ns));
        cut.samples.push(Sample { values: &values, time_ns, ..sample });
    }
    Ok(cut)
}

/// Returns the nanoseconds of one unit of the value, where samples are known to last as long as they cost.
fn unit_of_lasting_samples(profile: &Profile) -> Option<i128> {
    let [value_type] = profile.value_types.as_slice() else { return None };
    let Unit { dimension, factor, exponent, .. } = value_type.unit;
    let power = 10i128.checked_pow(u32::try_from(i32::from(exponent) + 9).ok()?)?;
    let unit = i128::from(factor).checked_mul(power)?;
    (profile.samples.has_kept() && dimension == Dimension::Time && unit > 0).then_some(unit)
}
