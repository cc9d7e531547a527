//! Which value of one side is compared with which of the other, and in what unit.

use profkit_core::{Dimension, Error, Profile, Result, Unit, ValueType};

/// A unit in which the values of both sides are whole numbers, and what each side is multiplied by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CommonUnit {
    pub(super) unit: Unit,
    pub(super) factors: [i64; 2],
}

/// Returns the indices of the values to compare, before and after.
///
/// What was asked for on one side is met on the other by a value of the same kind and dimension, else by
/// the only one of that dimension. Without a wish, the value that is shown first after is looked for before;
/// if there is none, the other way round; if there is none either, any dimension will do that each side has
/// once.
///
/// # Errors
///
/// Two profiles that have nothing in common are an error of kind `Usage` that lists what they have.
pub(super) fn pair_values(before: &Profile, after: &Profile, wanted: [Option<usize>; 2]) -> Result<[usize; 2]> {
    let there = |profile: &Profile, index: Option<usize>| index.filter(|&index| index < profile.value_types.len());
    let wanted = [there(before, wanted[0]), there(after, wanted[1])];
    if let [Some(left), Some(right)] = wanted {
        let fits = is_comparable(&before.value_types[left], &after.value_types[right]);
        return if fits { Ok([left, right]) } else { Err(nothing_in_common(before, after)) };
    }
    let found = match wanted {
        [Some(left), _] => partner(&before.value_types[left], after).map(|right| [left, right]),
        [_, Some(right)] => partner(&after.value_types[right], before).map(|left| [left, right]),
        _ => by_default(before, after),
    };
    found.ok_or_else(|| nothing_in_common(before, after))
}

fn by_default(before: &Profile, after: &Profile) -> Option<[usize; 2]> {
    let [left, right] =
        [before, after].map(|side| Some(side.default_value()).filter(|&it| it < side.value_types.len()));
    let of_after = right.and_then(|right| Some([partner(&after.value_types[right], before)?, right]));
    let of_before = || left.and_then(|left| Some([left, partner(&before.value_types[left], after)?]));
    let of_any = || {
        let mut pairs = after.value_types.iter().enumerate();
        pairs.find_map(|(right, value_type)| Some([partner(value_type, before)?, right]))
    };
    of_after.or_else(of_before).or_else(of_any)
}

/// Returns the value of `other` that is to be compared with one of this type.
fn partner(value_type: &ValueType, other: &Profile) -> Option<usize> {
    let fits = |it: &ValueType| is_comparable(value_type, it);
    let types = || other.value_types.iter().enumerate();
    let same_kind = types().find(|(_, it)| it.kind == value_type.kind && fits(it));
    let mut of_dimension = types().filter(|(_, it)| fits(it));
    let only = of_dimension.next().filter(|_| of_dimension.next().is_none());
    same_kind.or(only).map(|(index, _)| index)
}

/// Returns whether differences of the two mean anything: both are times, or both are cycles.
fn is_comparable(left: &ValueType, right: &ValueType) -> bool {
    left.unit.dimension == right.unit.dimension
        && (left.unit.dimension != Dimension::Other || left.unit.name == right.unit.name || left.kind == right.kind)
}

fn nothing_in_common(before: &Profile, after: &Profile) -> Error {
    let [left, right] = [before, after].map(|side| {
        let names = side.value_types.iter().map(|it| format!("{}/{}", it.kind, it.unit.name));
        let names: Vec<_> = names.collect();
        if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
    });
    Error::usage(format!("there is no value that both sides have: before there is {left}; after there is {right}"))
}

/// Returns the unit of both sides.
///
/// # Errors
///
/// Units so far apart that their ratio does not fit into 64 bits are an error of kind `Overflow`.
pub(super) fn common_unit(before: &Unit, after: &Unit) -> Result<CommonUnit> {
    let exponent = before.exponent.min(after.exponent);
    let size = |unit: &Unit| {
        let power = 10i128.checked_pow(u32::from(unit.exponent.abs_diff(exponent)))?;
        power.checked_mul(i128::from(unit.factor))
    };
    let too_far = || Error::overflow("the ratio of the units");
    let sizes = [size(before).ok_or_else(too_far)?, size(after).ok_or_else(too_far)?];
    let common = gcd(sizes[0], sizes[1]).max(1);
    let factor = |size: i128| i64::try_from(size / common).map_err(|_| too_far());
    let factors = [factor(sizes[0])?, factor(sizes[1])?];
    let unit = match factors {
        [_, 1] => after.clone(),
        [1, _] => before.clone(),
        _ => Unit { factor: u64::try_from(common).map_err(|_| too_far())?, exponent, ..base(after) },
    };
    Ok(CommonUnit { unit, factors })
}

/// Returns a unit of the same dimension whose name tells no scale.
fn base(unit: &Unit) -> Unit {
    match unit.dimension {
        Dimension::Time => Unit::named("seconds"),
        Dimension::Bytes => Unit::named("bytes"),
        Dimension::Count => Unit::named("count"),
        Dimension::Other => unit.clone(),
    }
}

fn gcd(left: i128, right: i128) -> i128 {
    if right == 0 { left } else { gcd(right, left % right) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use profkit_core::ErrorKind;

    fn profile(types: &[(&str, &str)]) -> Profile {
        Profile::new(types.iter().map(|(kind, unit)| ValueType::new(kind, unit)).collect())
    }

    #[test]
    fn values_pair_by_kind_then_by_dimension() {
        let go = profile(&[("samples", "count"), ("cpu", "nanoseconds")]);
        let heap = profile(&[("objects", "count"), ("alloc_space", "bytes"), ("inuse_space", "bytes")]);
        let pstats = profile(&[("time", "seconds")]);
        let pair = |left: &Profile, right: &Profile, wanted| pair_values(left, right, wanted).ok();
        assert_eq!(pair(&go, &go, [None, None]), Some([1, 1]));
        assert_eq!(pair(&go, &pstats, [None, None]), Some([1, 0]));
        assert_eq!(pair(&pstats, &go, [None, None]), Some([0, 1]));
        assert_eq!(pair(&heap, &heap, [Some(1), None]), Some([1, 1]));
        assert_eq!(pair(&heap, &go, [None, None]), Some([0, 0]));
        assert_eq!(pair(&heap, &go, [Some(1), Some(1)]), None);
        let error = pair_values(&heap, &pstats, [None, None]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.message().ends_with("inuse_space/bytes; after there is time/seconds"), "{}", error.message());
    }

    #[test]
    fn unknown_units_pair_only_with_their_like() {
        let [cycles, misses] = ["cycles", "misses"].map(|unit| profile(&[(unit, unit)]));
        assert_eq!(pair_values(&cycles, &cycles, [None, None]).ok(), Some([0, 0]));
        assert!(pair_values(&cycles, &misses, [None, None]).is_err());
    }

    #[test]
    fn the_common_unit_is_the_finer_one() {
        let common = |left: &str, right: &str| {
            let common = common_unit(&Unit::named(left), &Unit::named(right)).unwrap();
            (common.unit.name, common.unit.factor, common.unit.exponent, common.factors)
        };
        assert_eq!(common("seconds", "ms"), ("ms".to_owned(), 1, -3, [1000, 1]));
        assert_eq!(common("bytes", "kilobytes"), ("bytes".to_owned(), 1, 0, [1, 1024]));
        let odd = Unit { factor: 90, ..Unit::named("seconds") };
        let common = common_unit(&Unit::named("minutes"), &odd).unwrap();
        assert_eq!((common.unit.factor, common.factors), (30, [2, 3]));
        let far = Unit::named("seconds").with_exponent(-100);
        assert!(common_unit(&Unit::named("seconds"), &far).is_err());
    }
}
