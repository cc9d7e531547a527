//! Which numbers of a profile count independent observations.

use profkit_core::{Dimension, Profile, Role, ValueType};

/// How the observations of a function are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Observed {
    /// A column counts them.
    Column(usize),
    /// Every sample is one, and costs this much.
    Samples(i64),
}

impl Observed {
    /// Returns how the observations behind the value of this index are counted, if there are any, and how that is known.
    ///
    /// A column of observations speaks for itself and for the times beside it. Where all samples of a profile last
    /// equally long, each is a tick. Counts of samples of which nobody says anything are taken for observations.
    pub(super) fn of(profile: &Profile, value: usize) -> Option<(Observed, &'static str)> {
        let value_type = &profile.value_types[value];
        let counts = |it: &ValueType| it.role == Role::Observations;
        if counts(value_type) {
            return Some((Observed::Column(value), "the value counts observations"));
        }
        if value_type.unit.dimension == Dimension::Time {
            let beside = profile.value_types.iter().position(counts).map(Observed::Column);
            return match beside {
                Some(column) => Some((column, "the observations beside the times are counted")),
                None => equal_samples(profile, value)
                    .map(|cost| (Observed::Samples(cost), "all samples last equally long: each is an observation")),
            };
        }
        let is_unnamed = value_type.role == Role::Measured && is_of_samples(value_type);
        is_unnamed.then_some((Observed::Column(value), "counts of samples are taken for observations"))
    }

    /// Returns the observations among costs; `value` is the index of the value that is compared.
    pub(super) fn count(self, costs: &[i64], value: usize) -> u64 {
        let count = match self {
            Observed::Column(column) => costs[column],
            Observed::Samples(cost) => costs[value] / cost,
        };
        u64::try_from(count).unwrap_or(0)
    }
}

/// Returns whether a value is the same in every run, so that any difference is a change of the program.
pub(super) fn is_exact(profile: &Profile, value: usize) -> bool {
    let value_type = &profile.value_types[value];
    value_type.role == Role::Measured
        && value_type.unit.dimension != Dimension::Time
        && profile.meta.period.is_none()
        && !is_of_samples(value_type)
}

fn is_of_samples(value_type: &ValueType) -> bool {
    value_type.counts_samples() && value_type.unit.dimension == Dimension::Count
}

/// Returns what each sample costs, if all that cost anything cost the same and nobody tells their calls.
fn equal_samples(profile: &Profile, value: usize) -> Option<i64> {
    if profile.samples.has_kept() {
        return None;
    }
    let mut costs = profile.samples.iter().map(|sample| sample.values[value]).filter(|&cost| cost != 0);
    let first = costs.next().filter(|&cost| cost > 0)?;
    let mut rest = costs.peekable();
    (rest.peek().is_some() && rest.all(|cost| cost == first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use profkit_core::Sample;

    fn profile(types: &[ValueType], rows: &[&[i64]]) -> Profile {
        let mut profile = Profile::new(types.to_vec());
        rows.iter().for_each(|row| profile.samples.push(Sample::new(None, row)));
        profile
    }

    #[test]
    fn observations_count_for_the_times_beside_them() {
        let ticks = ValueType::unnamed().with_role(Role::Observations);
        let cpu = ValueType::new("cpu", "nanoseconds");
        let space = ValueType::new("space", "bytes");
        let profile = profile(&[ticks, cpu, space], &[&[2, 20, 5]]);
        let of = |value| Observed::of(&profile, value).map(|(observed, _)| observed);
        assert_eq!([of(0), of(1), of(2)], [Some(Observed::Column(0)), Some(Observed::Column(0)), None]);
    }

    #[test]
    fn samples_of_equal_length_are_ticks() {
        let cpu = [ValueType::new("cpu", "milliseconds")];
        let of = |rows: &[&[i64]]| Observed::of(&profile(&cpu, rows), 0).map(|(observed, _)| observed);
        assert_eq!(of(&[&[10], &[10], &[0]]), Some(Observed::Samples(10)));
        assert_eq!([of(&[&[10], &[20]]), of(&[&[10]]), of(&[])], [None; 3]);
        assert_eq!(Observed::Samples(10).count(&[30], 0), 3);
    }

    #[test]
    fn counts_in_full_are_exact_and_sampled_ones_are_not() {
        let instructions = profile(&[ValueType::new("Ir", "count"), ValueType::unnamed()], &[]);
        assert_eq!([is_exact(&instructions, 0), is_exact(&instructions, 1)], [true, false]);
        assert!(!is_exact(&profile(&[ValueType::new("time", "nanoseconds")], &[]), 0));
        let scaled = ValueType::new("space", "bytes").with_role(Role::Scaled);
        assert!(!is_exact(&profile(&[scaled], &[]), 0));
    }
}
