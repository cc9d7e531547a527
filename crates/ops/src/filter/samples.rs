//! Samples in a window of time, or in that of a transaction.

use profkit_core::{Dimension, Error, Profile, Result, Sample, Samples, Transaction, Unit};

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
            let units = -(-lasts).div_euclid(unit_ns);
            units.clamp(0, i128::from(value.max(0))) as i64
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

/// Returns the profile with what the threads of the transactions of a name, or else of an id, did while these lasted.
///
/// # Errors
///
/// A transaction that is not there is an error that lists those that are.
pub(super) fn in_transaction(profile: &Profile, wanted: &str) -> Result<Profile> {
    let all = &profile.meta.transactions;
    let ways: [&dyn Fn(&Transaction) -> bool; 2] = [&|it| it.name == wanted, &|it| it.id.as_deref() == Some(wanted)];
    let found = ways.into_iter().map(|is| all.iter().filter(|it| is(it)).cloned().collect::<Vec<_>>());
    let Some(meant) = found.into_iter().find(|found| !found.is_empty()) else {
        return Err(Error::unsupported(no_such_transaction(all)));
    };
    let is_of = |sample: &Sample<'_>, transaction: &Transaction| {
        let thread = sample.thread.map(|id| profile.threads[id]);
        let id = thread.and_then(|thread| thread.id).map(|id| &profile.strings[id]);
        let began = transaction.start_ns.is_none_or(|start| sample.time_ns.is_some_and(|at| start <= at));
        let goes_on = transaction.end_ns.is_none_or(|end| sample.time_ns.is_some_and(|at| at < end));
        let is_source = thread.map_or(0, |thread| thread.source) == transaction.source;
        is_source && transaction.thread.as_deref().is_none_or(|thread| id == Some(thread)) && began && goes_on
    };
    let mut cut = profile.filtered(|sample| meant.iter().any(|it| is_of(sample, it)), |_| true)?;
    cut.meta.transactions = meant;
    Ok(cut)
}

/// How many transactions an error lists.
const LISTED: usize = 20;

fn no_such_transaction(there: &[Transaction]) -> String {
    let mut names: Vec<&str> = there.iter().map(|it| it.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let more = names.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    names.truncate(LISTED);
    match names.as_slice() {
        [] => "the profile knows of no transactions".to_owned(),
        names => format!("there is no such transaction; there are {}{more}", names.join(", ")),
    }
}

/// Returns the nanoseconds of one unit of the value, where samples are known to last as long as they cost.
fn unit_of_lasting_samples(profile: &Profile) -> Option<i128> {
    let [value_type] = profile.value_types.as_slice() else { return None };
    let Unit { dimension, factor, exponent, .. } = value_type.unit;
    let power = 10i128.checked_pow(u32::try_from(i32::from(exponent) + 9).ok()?)?;
    let unit = i128::from(factor).checked_mul(power)?;
    (profile.samples.has_kept() && dimension == Dimension::Time && unit > 0).then_some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use profkit_core::{Thread, ValueType};

    fn times(profile: &Profile) -> Vec<(i64, i64)> {
        profile.samples.iter().map(|sample| (sample.time_ns.unwrap(), sample.values[0])).collect()
    }

    /// Samples of 10 ns each; of calls that are told apart where `has_calls`.
    fn profile(has_calls: bool) -> Profile {
        let mut profile = Profile::new(vec![ValueType::new("wall", "nanoseconds")]);
        for at in [0, 10, 20] {
            let kept = has_calls.then_some(0);
            profile.samples.push(Sample { time_ns: Some(at), kept, ..Sample::new(None, &[10]) });
        }
        profile
    }

    #[test]
    fn windows_part_a_profile() {
        assert_eq!(times(&in_window(&profile(false), 5, 15).unwrap()), [(10, 10)]);
        assert_eq!(times(&in_window(&profile(true), 5, 15).unwrap()), [(5, 5), (10, 5)]);
        assert_eq!(times(&in_window(&profile(true), i64::MIN, i64::MAX).unwrap()), times(&profile(true)));
        let mut coarse = profile(true);
        coarse.value_types[0] = ValueType::new("wall", "microseconds");
        let parts = [(i64::MIN, 2_500), (2_500, 9_001), (9_001, i64::MAX)];
        let sums =
            parts.map(|(from_ns, to_ns)| in_window(&coarse, from_ns, to_ns).unwrap().column_totals().unwrap()[0]);
        assert_eq!(sums.iter().sum::<i64>(), 30);
        let mut timeless = profile(false);
        timeless.samples = Samples::new(1);
        timeless.samples.push(Sample::new(None, &[1]));
        assert!(in_window(&timeless, 0, 1).is_err());
    }

    #[test]
    fn a_transaction_is_a_thread_for_a_while() {
        let mut profile = profile(false);
        let ids = ["1", "2"].map(|id| profile.text(id));
        let [one, two] = ids.map(|id| profile.thread(Thread { id, ..Thread::default() }));
        profile.samples = Samples::new(1);
        for (thread, at, value) in [(one, 0, 1), (two, 5, 2), (one, 5, 4), (one, 9, 8)] {
            profile.samples.push(Sample { thread: Some(thread), time_ns: Some(at), ..Sample::new(None, &[value]) });
        }
        for (name, id, thread, end_ns) in
            [("get", "a", "1", Some(9)), ("put", "get", "2", None), ("get", "b", "2", None)]
        {
            let mut transaction = Transaction::default();
            (transaction.name, transaction.id) = (name.to_owned(), Some(id.to_owned()));
            (transaction.thread, transaction.start_ns) = (Some(thread.to_owned()), Some(5));
            transaction.end_ns = end_ns;
            profile.meta.transactions.push(transaction);
        }
        let values = |wanted: &str| in_transaction(&profile, wanted).map(|it| it.samples.values().to_vec());
        assert_eq!(values("get").unwrap(), [2, 4]);
        assert_eq!(values("a").unwrap(), [4]);
        assert_eq!(values("put").unwrap(), [2]);
        let error = values("post").unwrap_err();
        assert_eq!(error.message(), "there is no such transaction; there are get, put");
        assert_eq!(in_transaction(&profile, "a").unwrap().meta.transactions.len(), 1);
    }
}
