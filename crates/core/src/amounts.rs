//! Exact decimal numbers on their way into whole counts of a unit.

use crate::error::{Error, Result};
use crate::notes::{NoteKind, Notes};

/// A decimal number: `mantissa x 10^exponent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// The digits.
    pub mantissa: i128,
    /// The power of ten.
    pub exponent: i32,
}

/// A column of numbers while it is read: whole numbers until the first fraction comes along.
#[derive(Clone, Debug, Default)]
pub struct Amounts {
    whole: Vec<i64>,
    decimals: Option<Vec<Decimal>>,
}

/// What rounding has taken from, or added to, the numbers of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rounding {
    /// How many numbers are not exact.
    pub count: u64,
    /// The largest change of one number, in units of the column.
    pub largest: f64,
    /// The sum of all changes, in units of the column.
    pub sum: f64,
}

/// The sum of magnitudes that a column is kept below by taking a coarser exponent.
const MAX_SUM: f64 = (1u64 << 62) as f64;
/// Digits behind the rounded one that still take part in rounding.
const GUARD_DIGITS: i32 = 18;

impl Decimal {
    /// Returns the number that an ASCII text spells: sign, digits, a point, an exponent.
    ///
    /// Returns none for anything else, and for numbers of more than 36 digits.
    ///
    /// ```
    /// use profkit_core::Decimal;
    /// assert_eq!(Decimal::parse(b"-1.50e3"), Some(Decimal { mantissa: -15, exponent: 2 }));
    /// assert_eq!(Decimal::parse(b"1,000"), None);
    /// ```
    pub fn parse(text: &[u8]) -> Option<Decimal> {
        let (is_negative, text) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, text),
        };
        let split = text.iter().position(|byte| matches!(byte, b'e' | b'E'));
        let (digits, power) = split.map_or((text, None), |at| (&text[..at], Some(&text[at + 1..])));
        let mut exponent = match power {
            Some(power) => std::str::from_utf8(power).ok()?.parse::<i32>().ok().filter(|it| it.abs() < 10_000)?,
            None => 0,
        };
        let (mut mantissa, mut seen, mut has_point) = (0i128, 0, false);
        for &byte in digits {
            match byte {
                b'0'..=b'9' => {
                    seen += 1;
                    mantissa = mantissa.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
                    exponent -= i32::from(has_point);
                }
                b'.' if !has_point => has_point = true,
                _ => return None,
            }
        }
        if seen == 0 || mantissa >= 10i128.pow(36) {
            return None;
        }
        while mantissa != 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            exponent += 1;
        }
        let exponent = if mantissa == 0 { 0 } else { exponent };
        Some(Decimal { mantissa: if is_negative { -mantissa } else { mantissa }, exponent })
    }

    /// Returns the shortest decimal that reads back as the same floating-point number; none for
    /// infinities and NaN.
    pub fn from_f64(number: f64) -> Option<Decimal> {
        if number.is_finite() { Decimal::parse(format!("{number:e}").as_bytes()) } else { None }
    }

    fn magnitude(self, exponent: i32) -> f64 {
        self.mantissa.unsigned_abs() as f64 * 10f64.powi(self.exponent - exponent)
    }

    /// Returns the whole number of `10^exponent` nearest to zero in this number, or none beyond 128 bits.
    fn in_units(self, exponent: i32) -> Option<i128> {
        match self.exponent - exponent {
            up @ 0.. => self.mantissa.checked_mul(10i128.checked_pow(up as u32)?),
            down => Some(10i128.checked_pow(down.unsigned_abs()).map_or(0, |power| self.mantissa / power)),
        }
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Decimal {
        Decimal { mantissa: i128::from(number), exponent: 0 }
    }
}

impl Amounts {
    /// Returns an empty column.
    pub fn new() -> Amounts {
        Amounts::default()
    }

    /// Adds a whole number.
    pub fn push_whole(&mut self, number: i64) {
        match &mut self.decimals {
            None => self.whole.push(number),
            Some(decimals) => decimals.push(number.into()),
        }
    }

    /// Adds a number.
    pub fn push(&mut self, number: Decimal) {
        let whole = (number.exponent == 0).then(|| i64::try_from(number.mantissa).ok()).flatten();
        match (whole, &mut self.decimals) {
            (Some(whole), None) => self.whole.push(whole),
            (_, decimals) => decimals
                .get_or_insert_with(|| std::mem::take(&mut self.whole).into_iter().map(Decimal::from).collect())
                .push(number),
        }
    }

    /// Adds the numbers of another column behind those of this one.
    pub fn append(&mut self, other: Amounts) {
        match (&mut self.decimals, other.decimals) {
            (None, None) => self.whole.extend(other.whole),
            (Some(decimals), None) => decimals.extend(other.whole.into_iter().map(Decimal::from)),
            (_, Some(others)) => others.into_iter().for_each(|number| self.push(number)),
        }
    }

    /// Returns how many numbers were added.
    pub fn len(&self) -> usize {
        self.decimals.as_ref().map_or(self.whole.len(), Vec::len)
    }

    /// Returns whether no number was added.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the numbers as counts of `10^exponent`, that exponent, and what was rounded.
    ///
    /// The exponent is 0, or as fine as the decimals need but not finer than `finest` and never so
    /// fine that the sum of magnitudes reaches 2^62. Rounding is spread: the sum of the counts is the
    /// rounded sum of the numbers.
    ///
    /// # Errors
    ///
    /// Numbers or sums that do not fit into 64 bits are an error of kind `Overflow`.
    pub fn finish(self, finest: i8) -> Result<(Vec<i64>, i8, Rounding)> {
        let Some(decimals) = self.decimals else {
            let sum: i128 = self.whole.iter().map(|&number| i128::from(number).abs()).sum();
            i64::try_from(sum).map_err(|_| Error::overflow("the sum of the values"))?;
            return Ok((self.whole, 0, Rounding::default()));
        };
        let needed = decimals.iter().map(|number| number.exponent).min().unwrap_or(0).min(0);
        let mut exponent = needed.max(i32::from(finest));
        while exponent < 0 && decimals.iter().map(|number| number.magnitude(exponent)).sum::<f64>() >= MAX_SUM {
            exponent += 1;
        }
        let guard = needed.max(exponent - GUARD_DIGITS);
        let step = 10i128.pow((exponent - guard) as u32);
        let exact = decimals.iter().map(|number| number.in_units(guard).ok_or_else(|| Error::overflow("a value")));
        let (counts, rounding) = spread(exact, step)?;
        Ok((counts, exponent as i8, rounding))
    }
}

impl Rounding {
    /// Notes what was rounded, if anything was; `to` names what the numbers are counts of now.
    pub fn note(self, notes: &mut Notes, to: &str) {
        if self.count > 0 {
            notes.add(
                NoteKind::Rounded,
                format!("values are rounded to {to}"),
                self.count,
                "values changed|value changed",
                || format!("at most by {:.2e} of one, in sum by {:.2e}", self.largest, self.sum),
            );
        }
    }

    /// Returns the rounding of both columns together.
    #[must_use]
    pub fn and(self, other: Rounding) -> Rounding {
        Rounding {
            count: self.count + other.count,
            largest: self.largest.max(other.largest),
            sum: self.sum + other.sum,
        }
    }
}

/// Multiplies the numbers by `factor` and divides them by `divisor`, spreading what is rounded.
pub(crate) fn rescale(numbers: &mut [i64], factor: u64, divisor: u64) -> Result<Rounding> {
    let exact = numbers.iter().map(|&number| Ok(i128::from(number) * i128::from(factor)));
    let (scaled, rounding) = spread(exact, i128::from(divisor))?;
    numbers.copy_from_slice(&scaled);
    Ok(rounding)
}

/// Divides exact numbers by `step`; each remainder is carried to the next number.
fn spread(exact: impl Iterator<Item = Result<i128>>, step: i128) -> Result<(Vec<i64>, Rounding)> {
    let mut counts = Vec::with_capacity(exact.size_hint().0);
    let mut rounding = Rounding::default();
    let (mut carry, mut sum) = (0i128, 0i128);
    for number in exact {
        let number = number?;
        let wanted = number.checked_add(carry).ok_or_else(|| Error::overflow("a value"))?;
        let (count, rest) = round_half_up(wanted, step);
        // A number changes by what is carried to it, less what it carries on.
        let change = std::mem::replace(&mut carry, rest) - rest;
        if change != 0 {
            let change = change as f64 / step as f64;
            rounding.count += 1;
            rounding.largest = rounding.largest.max(change.abs());
            rounding.sum += change;
        }
        let count = i64::try_from(count).map_err(|_| Error::overflow("a value"))?;
        sum += i128::from(count).abs();
        counts.push(count);
    }
    i64::try_from(sum).map_err(|_| Error::overflow("the sum of the values"))?;
    Ok((counts, rounding))
}

/// Returns how often `step` goes into the number, rounded with halves up, and what is left over: with a
/// carry that never is more than half a step below zero, no number that is not negative becomes so.
fn round_half_up(number: i128, step: i128) -> (i128, i128) {
    let (below, rest) = (number.div_euclid(step), number.rem_euclid(step));
    if rest >= step - step / 2 { (below + 1, rest - step) } else { (below, rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(numbers: &[&str]) -> Amounts {
        let mut amounts = Amounts::new();
        for number in numbers {
            amounts.push(Decimal::parse(number.as_bytes()).expect("a number"));
        }
        amounts
    }

    #[test]
    fn takes_the_exponent_that_the_decimals_need() {
        let finish = |numbers: &[&str]| column(numbers).finish(-12).expect("fits");
        assert_eq!(finish(&["1", "2.50", "-.125"]), (vec![1000, 2500, -125], -3, Rounding::default()));
        assert_eq!(finish(&["100", "2e2"]), (vec![100, 200], 0, Rounding::default()));
    }

    #[test]
    fn columns_join_as_if_they_were_one() {
        let numbers = ["1", "2.5", "3", "100", "0.25", "7"];
        let whole = format!("{:?}", column(&numbers));
        for at in 0..=numbers.len() {
            let (before, after) = numbers.split_at(at);
            let mut joined = column(before);
            joined.append(column(after));
            assert_eq!(format!("{joined:?}"), whole, "{at}");
        }
    }

    #[test]
    fn spreads_what_it_rounds() {
        let (counts, exponent, rounding) = column(&["0.4", "0.4", "0.4", "0.8"]).finish(0).expect("fits");
        assert_eq!((counts.iter().sum::<i64>(), exponent, rounding.count), (2, 0, 4));
    }

    #[test]
    fn stays_below_the_largest_sum() {
        let (counts, exponent, _) = column(&["4000000000000.000001", "1"]).finish(-12).expect("fits");
        assert_eq!((counts, exponent), (vec![4_000_000_000_000_000_001, 1_000_000], -6));
    }

    #[test]
    fn refuses_what_does_not_fit() {
        assert!(column(&["1e19"]).finish(-12).is_err());
        assert!(column(&["170141183460469231731.6", "0.000000000000000001"]).finish(0).is_err());
        assert!(column(&["1e38", "9e37", "0.1"]).finish(-12).is_err());
        let mut extremes = [i64::MIN, i64::MIN];
        assert!(rescale(&mut extremes, u64::MAX, 1).is_err());
        let mut extremes = [i64::MIN, i64::MAX];
        assert!(rescale(&mut extremes, u64::MAX, u64::MAX).is_err());
        let mut amounts = Amounts::new();
        amounts.push_whole(i64::MAX);
        amounts.push_whole(i64::MAX);
        assert!(amounts.finish(0).is_err());
    }
}
