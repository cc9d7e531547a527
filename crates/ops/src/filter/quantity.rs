//! Numbers with units, as a person types them: `4MiB`, `1.5s`, `100`.

use profkit_core::{Decimal, Dimension, Error, Result, Unit};
use std::cmp::Ordering;

/// A number and its unit, where it has one.
#[derive(Clone, Debug)]
pub(super) struct Quantity {
    number: Decimal,
    unit: Option<Unit>,
}

/// Two bounds, of which one may be missing.
#[derive(Clone, Debug)]
pub(super) struct Range {
    pub(super) low: Option<Quantity>,
    pub(super) high: Option<Quantity>,
}

impl Quantity {
    /// Returns the quantity that a text spells.
    pub(super) fn parse(text: &str) -> Option<Quantity> {
        let is_number = |at: char| at.is_ascii_digit() || matches!(at, '.' | '+' | '-');
        let (number, unit) = text.split_at(text.find(|at| !is_number(at)).unwrap_or(text.len()));
        let number = Decimal::parse(number.as_bytes())?;
        let unit = unit.trim_start();
        unit.chars().all(char::is_alphabetic).then(|| {
            let unit = (!unit.is_empty()).then(|| Unit::named(unit));
            Quantity { number, unit }
        })
    }

    /// Returns how a number of the given unit compares with this; none where the units do not.
    pub(super) fn compare(&self, value: i64, of: &Unit) -> Option<Ordering> {
        let own = self.unit.as_ref();
        let is_same =
            |own: &Unit| own.dimension == of.dimension && (own.dimension != Dimension::Other || own.name == of.name);
        if !own.is_none_or(is_same) {
            return None;
        }
        let (mantissa, exponent) = (self.number.mantissa, self.number.exponent);
        Some(match own {
            None => compare((i128::from(value), 0), (mantissa, exponent)),
            Some(own) => compare(
                (i128::from(value).saturating_mul(i128::from(of.factor)), i32::from(of.exponent)),
                (mantissa.saturating_mul(i128::from(own.factor)), exponent.saturating_add(i32::from(own.exponent))),
            ),
        })
    }

    /// Returns whether this is more than another of the same unit.
    pub(super) fn is_above(&self, other: &Quantity) -> bool {
        let factor = |it: &Quantity| it.unit.as_ref().map_or((1, 0), |unit| (unit.factor, i32::from(unit.exponent)));
        let dimension = |it: &Quantity| it.unit.as_ref().map(|unit| unit.dimension);
        let size = |it: &Quantity| {
            let (factor, exponent) = factor(it);
            (it.number.mantissa.saturating_mul(i128::from(factor)), it.number.exponent.saturating_add(exponent))
        };
        dimension(self) == dimension(other) && compare(size(self), size(other)).is_gt()
    }

    /// Returns a time in nanoseconds, rounded down.
    fn nanoseconds(&self) -> Option<i64> {
        let unit = self.unit.as_ref().filter(|unit| unit.dimension == Dimension::Time)?;
        let exact = self.number.mantissa.checked_mul(i128::from(unit.factor))?;
        let exponent = self.number.exponent.checked_add(i32::from(unit.exponent) + 9)?;
        let power = 10i128.checked_pow(exponent.unsigned_abs());
        let scaled = match (exponent >= 0, power) {
            (true, power) => exact.checked_mul(power?)?,
            (false, power) => power.map_or(0, |power| exact.div_euclid(power)),
        };
        i64::try_from(scaled).ok()
    }
}

/// Compares two numbers of the form `mantissa x 10^exponent`.
fn compare(a: (i128, i32), b: (i128, i32)) -> Ordering {
    let least = a.1.min(b.1);
    let whole = |(mantissa, exponent): (i128, i32)| {
        let power = 10i128.checked_pow(exponent.abs_diff(least))?;
        mantissa.checked_mul(power)
    };
    let about = |(mantissa, exponent): (i128, i32)| mantissa as f64 * 10f64.powi(exponent);
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => about(a).total_cmp(&about(b)),
    }
}

impl Range {
    /// Returns the range that `LOW..HIGH` spells; none for what is no such thing.
    pub(super) fn parse(text: &str) -> Option<Range> {
        let (low, high) = text.split_once("..")?;
        let bound = |text: &str| if text.is_empty() { Some(None) } else { Quantity::parse(text).map(Some) };
        let (low, high) = (bound(low)?, bound(high)?);
        (low.is_some() || high.is_some()).then_some(Range { low, high })
    }

    /// Returns whether a number lies in the range, bounds included; none where units do not compare.
    pub(super) fn contains(&self, value: i64, unit: &Unit) -> Option<bool> {
        let low = self.low.as_ref().map(|low| low.compare(value, unit));
        let high = self.high.as_ref().map(|high| high.compare(value, unit));
        Some(low.unwrap_or(Some(Ordering::Equal))?.is_ge() && high.unwrap_or(Some(Ordering::Equal))?.is_le())
    }

    /// Returns the bounds of `FROM..TO` in nanoseconds.
    pub(super) fn times(text: &str) -> Result<(i64, i64)> {
        let wrong = |what: &str| {
            Error::usage(format!("expected FROM..TO with units, such as 500ms..2.5s or 10s.., found {what:?}"))
        };
        let (from, to) = text.split_once("..").filter(|_| text != "..").ok_or_else(|| wrong(text))?;
        let time = |text: &str, open: i64| match text {
            "" => Ok(open),
            text => Quantity::parse(text).and_then(|it| it.nanoseconds()).ok_or_else(|| wrong(text)),
        };
        let (from_ns, to_ns) = (time(from, i64::MIN)?, time(to, i64::MAX)?);
        if from_ns >= to_ns {
            return Err(Error::usage(format!("{from} is not before {to}")));
        }
        Ok((from_ns, to_ns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_compared_in_their_units() {
        let range = |text: &str| Range::parse(text).unwrap();
        let bytes = Unit::named("bytes");
        assert_eq!(range("1KiB..4MiB").contains(1024, &bytes), Some(true));
        assert_eq!(range("1KiB..4MiB").contains(1023, &bytes), Some(false));
        assert_eq!(range("1KiB..").contains(3, &Unit::named("kb")), Some(true));
        assert_eq!(range("..1.5kb").contains(1536, &bytes), Some(true));
        assert_eq!(range("..1.5kb").contains(1537, &bytes), Some(false));
        assert_eq!(range("10ms..").contains(10_000_000, &Unit::named("ns")), Some(true));
        assert_eq!(range("10ms..").contains(5, &bytes), None);
        assert_eq!(range("5..7").contains(6, &bytes), Some(true));
        assert_eq!(range("2x..").contains(3, &Unit::named("x")), Some(true));
        assert_eq!(range("2x..").contains(3, &Unit::named("y")), None);
        assert_eq!(range("1e..").contains(i64::MAX, &Unit::named("e")), Some(true));
        for other in ["..", "a..b", "1..b..", "5", "1.2.3..4"] {
            assert!(Range::parse(other).is_none(), "{other}");
        }
    }

    #[test]
    fn bounds_have_an_order_where_their_units_compare() {
        let is_above = |a: &str, b: &str| Quantity::parse(a).unwrap().is_above(&Quantity::parse(b).unwrap());
        assert!(is_above("7", "1") && is_above("1KiB", "1023bytes") && is_above("1.5s", "1499ms"));
        assert!(!is_above("1", "1") && !is_above("1s", "1KiB") && !is_above("7", "1KiB"));
        assert!(crate::Step::parse("label", "bytes=4MiB..1KiB").is_err());
    }

    #[test]
    fn times_need_units_and_an_order() {
        assert_eq!(Range::times("500ms..2.5s").unwrap(), (500_000_000, 2_500_000_000));
        assert_eq!(Range::times("..1us").unwrap(), (i64::MIN, 1_000));
        assert_eq!(Range::times("0.5ns..").unwrap(), (0, i64::MAX));
        for (bad, message) in [
            ("1..2", "found \"1\""),
            ("1s..4MiB", "found \"4MiB\""),
            ("..", "found \"..\""),
            ("3s", "found \"3s\""),
            ("3s..1s", "3s is not before 1s"),
            ("1s..99999999999h", "found \"99999999999h\""),
        ] {
            let error = Range::times(bad).unwrap_err();
            assert!(error.message().contains(message), "{bad}: {error}");
        }
    }
}
