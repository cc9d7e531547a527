//! The numbers of a file, exactly as they are written.

use profkit_core::Decimal;
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// A list of numbers: 64-bit integers up to the first that is not one, and from there on what is written.
///
/// Fractions are read from their text, since a double holds no more than 15 digits for sure.
#[derive(Default)]
pub(super) struct Numbers<'a> {
    whole: Vec<i64>,
    texts: Vec<&'a str>,
}

impl<'a> Numbers<'a> {
    pub(super) fn push(&mut self, text: &'a str) {
        match text.parse() {
            Ok(number) if self.texts.is_empty() => self.whole.push(number),
            _ => self.texts.push(text),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.whole.len() + self.texts.len()
    }

    /// Returns a number, or what stands in its place.
    pub(super) fn at(&self, index: usize) -> Result<Decimal, &'a str> {
        match self.whole.get(index) {
            Some(&number) => Ok(Decimal::from(number)),
            None => {
                let text = self.texts.get(index.saturating_sub(self.whole.len())).copied().unwrap_or("nothing");
                number(text).ok_or(text)
            }
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Numbers<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Numbers<'a>, D::Error> {
        struct List<'a>(Numbers<'a>);
        impl<'de: 'a, 'a> Visitor<'de> for List<'a> {
            type Value = Numbers<'a>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a list of numbers")
            }

            fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Numbers<'a>, A::Error> {
                while let Some(text) = seq.next_element::<&'a RawValue>()? {
                    self.0.push(text.get());
                }
                Ok(self.0)
            }
        }
        deserializer.deserialize_seq(List(Numbers::default()))
    }
}

/// Returns the number that a JSON value is, if it is one that a double can hold.
pub(super) fn number(json: &str) -> Option<Decimal> {
    let is_number = json.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let as_double = || json.parse().ok().and_then(Decimal::from_f64);
    if is_number { Decimal::parse(json.as_bytes()).or_else(as_double) } else { None }
}

/// Returns `10^exponent` times a number divided by `factor`, or none where `factor` does not divide it.
pub(super) fn scaled(number: Decimal, exponent: i32, factor: u64) -> Option<Decimal> {
    let exponent = number.exponent.saturating_add(exponent);
    let number = plain(Decimal { exponent: if number.mantissa == 0 { 0 } else { exponent }, ..number });
    if factor == 1 {
        return Some(number);
    }
    let divisor = 10i128.checked_pow(number.exponent.checked_neg()?.try_into().ok()?)?;
    let divisor = divisor.checked_mul(i128::from(factor))?;
    let is_whole = number.mantissa.checked_rem(divisor)? == 0;
    is_whole.then_some(Decimal { mantissa: number.mantissa.checked_div(divisor)?, exponent: 0 })
}

/// Returns the difference of two numbers, or none where it needs more than 38 digits.
pub(super) fn difference(number: Decimal, less: Decimal) -> Option<Decimal> {
    let exponent = number.exponent.min(less.exponent);
    let in_units = |number: Decimal| {
        if number.exponent == exponent {
            return Some(number.mantissa);
        }
        let power = u32::try_from(number.exponent.checked_sub(exponent)?).ok()?;
        10i128.checked_pow(power)?.checked_mul(number.mantissa)
    };
    let mantissa = in_units(number)?.checked_sub(in_units(less)?)?;
    Some(plain(Decimal { mantissa, exponent }))
}

/// Returns the nanoseconds nearest to a time, and whether they are exactly that.
///
/// The time is brought to picoseconds first, as the values are, so that their sum tells the same time.
pub(super) fn nanoseconds(time: Decimal, exponent: i32) -> Option<(i64, bool)> {
    let exponent = time.exponent.saturating_add(exponent);
    let (picoseconds, is_exact) = counts_of(time.mantissa, exponent.saturating_add(12))?;
    let (nanoseconds, has_no_rest) = counts_of(picoseconds, -3)?;
    Some((i64::try_from(nanoseconds).ok()?, is_exact && has_no_rest))
}

/// Returns the whole number nearest to `mantissa x 10^exponent`, halves up, and whether it is exactly that.
fn counts_of(mantissa: i128, exponent: i32) -> Option<(i128, bool)> {
    let power = 10i128.checked_pow(exponent.unsigned_abs());
    if exponent >= 0 || mantissa == 0 {
        return Some((mantissa.checked_mul(if mantissa == 0 { 1 } else { power? })?, true));
    }
    let Some(power) = power else { return Some((0, false)) };
    let rounded = mantissa.checked_add(power / 2)?.div_euclid(power);
    Some((rounded, rounded.checked_mul(power)? == mantissa))
}

/// Returns the same number without a power of ten, where that is possible, or with the least fraction.
fn plain(number: Decimal) -> Decimal {
    if number.exponent == 0 {
        return number;
    }
    let Decimal { mut mantissa, mut exponent } = number;
    while exponent < 0 && mantissa % 10 == 0 {
        (mantissa, exponent) = (mantissa / 10, if mantissa == 0 { 0 } else { exponent + 1 });
    }
    match u32::try_from(exponent).ok().and_then(|power| 10i128.checked_pow(power)?.checked_mul(mantissa)) {
        Some(mantissa) => Decimal { mantissa, exponent: 0 },
        None => Decimal { mantissa, exponent },
    }
}

/// A number as a person would write it.
pub(super) struct Shown(pub(super) Decimal);

impl fmt::Display for Shown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Decimal { mantissa, exponent } = self.0;
        match exponent {
            0 => write!(out, "{mantissa}"),
            -20..0 => write!(out, "{}", mantissa as f64 * 10f64.powi(exponent)),
            _ => write!(out, "{mantissa}e{exponent}"),
        }
    }
}
