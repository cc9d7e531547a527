//! The single values of a file, in all the ways in which SDKs and servers spell them.

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// A text, or a whole number or a truth value in its place; `null` is none.
///
/// It stays where it is in the input unless it has escapes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word<'a>(pub(super) Option<Cow<'a, str>>);

/// Nanoseconds: a whole number, or a text of its digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Nanoseconds(pub(super) i64);

/// The index of a row of another list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Index(pub(super) u32);

/// A line or column; none for 0 and for what is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Line(pub(super) Option<std::num::NonZeroU32>, pub(super) bool);

impl Word<'_> {
    pub(super) fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Returns the text unless it is empty.
    pub(super) fn filled(&self) -> Option<&str> {
        self.text().filter(|text| !text.is_empty())
    }

    pub(super) fn owned(&self) -> Option<String> {
        self.filled().map(str::to_owned)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Word<'a>, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Word<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a text or a whole number")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Word<'de>, E> {
                Ok(Word(Some(Cow::Borrowed(text))))
            }

            fn visit_str<E>(self, text: &str) -> Result<Word<'de>, E> {
                Ok(Word(Some(Cow::Owned(text.to_owned()))))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Word<'de>, E> {
                Ok(Word(Some(Cow::Owned(number.to_string()))))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Word<'de>, E> {
                Ok(Word(Some(Cow::Owned(number.to_string()))))
            }

            fn visit_bool<E>(self, is: bool) -> Result<Word<'de>, E> {
                Ok(Word(Some(Cow::Owned(is.to_string()))))
            }

            fn visit_unit<E>(self) -> Result<Word<'de>, E> {
                Ok(Word(None))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl<'de> Deserialize<'de> for Nanoseconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Nanoseconds, D::Error> {
        struct Whole;
        impl Visitor<'_> for Whole {
            type Value = Nanoseconds;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("whole nanoseconds below 2^63")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Nanoseconds, E> {
                let beyond = |_| E::invalid_value(Unexpected::Unsigned(number), &self);
                i64::try_from(number).map(Nanoseconds).map_err(beyond)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Nanoseconds, E> {
                let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                let number = if is_digits { text.parse().ok() } else { None };
                number.map(Nanoseconds).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Whole)
    }
}

impl<'de> Deserialize<'de> for Index {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Index, D::Error> {
        struct Row;
        impl Visitor<'_> for Row {
            type Value = Index;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an index")
            }

            fn visit_u64<E: Error>(self, index: u64) -> Result<Index, E> {
                let beyond = |_| E::invalid_value(Unexpected::Unsigned(index), &self);
                u32::try_from(index).map(Index).map_err(beyond)
            }
        }
        deserializer.deserialize_u32(Row)
    }
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Line, D::Error> {
        struct Place;
        impl Visitor<'_> for Place {
            type Value = Line;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a line or column")
            }

            fn visit_u64<E>(self, number: u64) -> Result<Line, E> {
                let place = u32::try_from(number).ok().and_then(std::num::NonZeroU32::new);
                Ok(Line(place, number != 0 && place.is_none()))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Line, E> {
                Ok(Line(None, true))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Line, E> {
                Ok(Line(None, true))
            }

            fn visit_unit<E>(self) -> Result<Line, E> {
                Ok(Line(None, false))
            }
        }
        deserializer.deserialize_any(Place)
    }
}

/// Returns the nanoseconds of a number of seconds: to the last digit where nine of a fraction are written, else those
/// of the nearest double, whose whole seconds and fraction are taken apart so that none of its digits is lost.
pub(super) fn nanoseconds_of_seconds(json: &RawValue) -> Option<i64> {
    let text = json.get();
    if let Some((seconds, fraction)) = text.split_once('.').filter(|(_, fraction)| fraction.len() == 9) {
        let is_negative = seconds.starts_with('-');
        let fraction = Some(fraction).filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()))?.parse::<i64>().ok()?;
        let whole = seconds.parse::<i64>().ok()?.checked_mul(1_000_000_000)?;
        return if is_negative { whole.checked_sub(fraction) } else { whole.checked_add(fraction) };
    }
    let starts_as_number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let seconds = text.parse::<f64>().ok().filter(|seconds| starts_as_number && seconds.abs() < 9.0e9)?;
    let whole = (seconds.trunc() as i64).checked_mul(1_000_000_000)?;
    whole.checked_add((seconds.fract() * 1e9).round() as i64)
}

/// Returns the nanoseconds since 1970 of a time of day, or of a number of seconds.
pub(super) fn moment(json: &RawValue) -> Option<i64> {
    let Ok(text) = serde_json::from_str::<Cow<'_, str>>(json.get()) else { return nanoseconds_of_seconds(json) };
    let timestamp = text.parse::<jiff::Timestamp>().ok()?;
    i64::try_from(timestamp.as_nanosecond()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn seconds_become_nanoseconds_without_a_lossy_product() {
        let nanoseconds = |text: &str| nanoseconds_of_seconds(&raw(text));
        assert_eq!(nanoseconds("1795238918.0897763"), Some(1_795_238_918_089_776_278));
        assert_eq!(nanoseconds("1795238918.089776301"), Some(1_795_238_918_089_776_301));
        assert_eq!(nanoseconds("-0.000000001"), Some(-1));
        assert_eq!(nanoseconds("-1.500000000"), Some(-1_500_000_000));
        assert_eq!(nanoseconds("7"), Some(7_000_000_000));
        assert_eq!(nanoseconds("1e999"), None);
        assert_eq!(nanoseconds("\"7\""), None);
    }

    #[test]
    fn moments_are_texts_or_seconds() {
        assert_eq!(moment(&raw("\"2026-11-21T05:43:04.931+00:00\"")), Some(1_795_239_784_931_000_000));
        assert_eq!(moment(&raw("\"2026-11-21T05:43:04.931Z\"")), Some(1_795_239_784_931_000_000));
        assert_eq!(moment(&raw("1795239784.5")), Some(1_795_239_784_500_000_000));
        assert_eq!(moment(&raw("\"yesterday\"")), None);
    }

    #[test]
    fn numbers_never_pass_through_a_double() {
        let ns = |text: &str| serde_json::from_str::<Nanoseconds>(text).ok().map(|it| it.0);
        assert_eq!(ns("\"9007199254740993\""), Some(9_007_199_254_740_993));
        assert_eq!(ns("9007199254740993"), Some(9_007_199_254_740_993));
        for bad in ["1.5", "-1", "\"-1\"", "\"1e3\"", "\"\"", "18446744073709551615", "1e999", "null"] {
            assert_eq!(ns(bad), None, "{bad}");
        }
    }
}
