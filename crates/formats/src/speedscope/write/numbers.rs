//! Values as exact decimal text in a unit that speedscope knows.

use profkit_core::{Dimension, Error, Profile, Result, Unit};
use serde::Serialize;
use std::io::Write;

/// The largest factor of a unit whose multiples still read back exactly.
const MOST_FACTOR: u64 = 1_000_000_000_000_000;
/// The exponent of the nanosecond.
const NANO: i32 = -9;
/// The most zeros that are written out.
const MOST_ZEROS: u32 = 18;

/// The scale of one profile: positions are counts of `10^exponent` seconds, bytes or things, and are
/// written in a unit of speedscope that is `10^power` of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ruler {
    pub(super) unit: &'static str,
    exponent: i32,
    power: i32,
    /// How long a value of one is.
    step: i128,
    /// The position of the first value.
    pub(super) start: i128,
}

impl Ruler {
    /// Returns the scale of a value type, beginning at 0.
    ///
    /// # Errors
    ///
    /// A unit of more than 10^15 base units is an error of kind `Unsupported`.
    pub(super) fn of(profile: &Profile, column: Option<usize>) -> Result<Ruler> {
        let Some(Unit { name, dimension, factor, exponent }) =
            column.and_then(|column| profile.value_types.get(column)).map(|value_type| &value_type.unit)
        else {
            return Ok(Ruler { unit: "none", exponent: 0, power: 0, step: 1, start: 0 });
        };
        if *factor > MOST_FACTOR {
            return Err(Error::unsupported(format!("a unit as large as {name:?} cannot be written exactly")));
        }
        let exponent = i32::from(*exponent);
        let (unit, shown) = match dimension {
            Dimension::Time => time_unit(exponent),
            Dimension::Bytes => ("bytes", 0),
            Dimension::Count | Dimension::Other => ("none", 0),
        };
        Ok(Ruler { unit, exponent, power: exponent - shown, step: i128::from(*factor), start: 0 })
    }

    /// Returns the scale of a time, beginning at `start_ns`; none for anything that is not a time.
    pub(super) fn since(unit: &Unit, start_ns: i64) -> Option<Ruler> {
        let unit_exponent = i32::from(unit.exponent);
        let exponent = unit_exponent.min(NANO);
        let power = |by: i32| u32::try_from(by).ok().and_then(|by| 10i128.checked_pow(by));
        let step = power(unit_exponent - exponent)?.checked_mul(i128::from(unit.factor))?;
        let start = power(NANO - exponent)?.checked_mul(i128::from(start_ns))?;
        // In a coarser unit the start would need a fraction.
        let is_whole = |&by: &i32| power(by - NANO).is_some_and(|power| i128::from(start_ns) % power == 0);
        let (name, shown) = time_unit((NANO..=unit_exponent).rev().find(is_whole).unwrap_or(NANO));
        (unit.dimension == Dimension::Time).then_some(Ruler {
            unit: name,
            exponent,
            power: exponent - shown,
            step,
            start,
        })
    }

    /// Returns the nanoseconds nearest to a position of a time, as the reader rounds them.
    pub(super) fn nanoseconds(&self, position: i128) -> Option<i64> {
        let power = 10i128.checked_pow(u32::try_from(NANO - self.exponent).ok()?)?;
        i64::try_from(position.checked_add(power / 2)?.div_euclid(power)).ok()
    }

    /// Returns how far a value moves.
    pub(super) fn length(&self, value: i64) -> i128 {
        i128::from(value).saturating_mul(self.step)
    }

    /// Writes a position.
    pub(super) fn write(&self, out: &mut impl Write, position: i128) -> Result<()> {
        if self.power == 0 || position == 0 {
            return match i64::try_from(position) {
                Ok(position) => to_json(out, &position),
                Err(_) => to_json(out, &position),
            };
        }
        let sign = if position < 0 { "-" } else { "" };
        let digits = position.unsigned_abs().to_string();
        let places = self.power.unsigned_abs();
        if places > MOST_ZEROS {
            write!(out, "{sign}{digits}e{}", self.power)?;
        } else if self.power > 0 {
            write!(out, "{sign}{digits}{}", "0".repeat(places as usize))?;
        } else {
            let digits = format!("{digits:0>width$}", width = places as usize + 1);
            let (whole, fraction) = digits.split_at(digits.len() - places as usize);
            let fraction = fraction.trim_end_matches('0');
            let point = if fraction.is_empty() { "" } else { "." };
            write!(out, "{sign}{whole}{point}{fraction}")?;
        }
        Ok(())
    }
}

/// Returns the coarsest unit of time in which multiples of `10^exponent` seconds are whole, or the finest
/// there is, and its own exponent.
fn time_unit(exponent: i32) -> (&'static str, i32) {
    let units = [("seconds", 0), ("milliseconds", -3), ("microseconds", -6)];
    units.into_iter().find(|&(_, shown)| shown <= exponent).unwrap_or(("nanoseconds", NANO))
}

/// Writes a value as JSON.
pub(super) fn to_json(out: &mut impl Write, value: &impl Serialize) -> Result<()> {
    serde_json::to_writer(out, value).map_err(|error| std::io::Error::from(error).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use profkit_core::ValueType;

    fn written(unit: Unit, value: i64) -> (String, &'static str) {
        let mut value_type = ValueType::new("cpu", "");
        value_type.unit = unit;
        let ruler = Ruler::of(&Profile::new(vec![value_type]), Some(0)).unwrap();
        let mut text = Vec::new();
        ruler.write(&mut text, ruler.length(value)).unwrap();
        (String::from_utf8(text).unwrap(), ruler.unit)
    }

    #[test]
    fn picks_a_unit_in_which_values_are_whole() {
        let unit = |name: &str, exponent| Unit::named(name).with_exponent(exponent);
        assert_eq!(written(unit("seconds", 0), 5), ("5".to_owned(), "seconds"));
        assert_eq!(written(unit("seconds", -2), 5), ("50".to_owned(), "milliseconds"));
        assert_eq!(written(unit("seconds", -9), 5), ("5".to_owned(), "nanoseconds"));
        assert_eq!(written(unit("seconds", -12), 5_000), ("5".to_owned(), "nanoseconds"));
        assert_eq!(written(unit("seconds", -12), -1_050), ("-1.05".to_owned(), "nanoseconds"));
        assert_eq!(written(Unit::named("minutes"), i64::MAX), ("553402322211286548420".to_owned(), "seconds"));
        assert_eq!(written(Unit::named("kilobytes"), 3), ("3072".to_owned(), "bytes"));
        assert_eq!(written(unit("count", -1), 3), ("0.3".to_owned(), "none"));
        assert_eq!(written(unit("cycles", 3), 7), ("7000".to_owned(), "none"));
        assert_eq!(written(unit("cycles", 60), 7), ("7e60".to_owned(), "none"));
    }

    #[test]
    fn picks_a_unit_in_which_the_start_is_whole() {
        let since = |start| Ruler::since(&Unit::named("seconds"), start).unwrap();
        let written = |ruler: Ruler| {
            let mut text = Vec::new();
            ruler.write(&mut text, ruler.start + ruler.length(2)).unwrap();
            (String::from_utf8(text).unwrap(), ruler.unit)
        };
        assert_eq!(written(since(0)), ("2".to_owned(), "seconds"));
        assert_eq!(written(since(3_000_000_000)), ("5".to_owned(), "seconds"));
        assert_eq!(written(since(20_000_000)), ("2020".to_owned(), "milliseconds"));
        assert_eq!(written(since(-1)), ("1999999999".to_owned(), "nanoseconds"));
        assert_eq!(Ruler::since(&Unit::named("bytes"), 0), None);
        let picoseconds = Ruler::since(&Unit::named("picoseconds"), 7).unwrap();
        assert_eq!(written(picoseconds), ("7.002".to_owned(), "nanoseconds"));
        assert_eq!(picoseconds.nanoseconds(7_499), Some(7));
        assert_eq!(picoseconds.nanoseconds(7_500), Some(8));
    }
}
