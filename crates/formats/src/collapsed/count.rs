//! The numbers at the end of a line.

use profkit_core::Decimal;

/// What a word says as a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    /// A whole number.
    Whole(i64),
    /// A number with decimals.
    Decimal(Decimal),
    /// A number that is too large or has too many digits.
    OutOfRange,
}

/// Returns the number that a word spells, and none for a word that is not a number.
pub(crate) fn count(word: &[u8]) -> Option<Count> {
    if let Some(whole) = short_whole(word) {
        return Some(Count::Whole(whole));
    }
    if !matches!(word.first()?, b'0'..=b'9' | b'.' | b'+' | b'-') {
        return None;
    }
    match Decimal::parse(word) {
        Some(number) => Some(in_range(number).unwrap_or(Count::OutOfRange)),
        None => is_long_number(word).then_some(Count::OutOfRange),
    }
}

/// Splits a line behind its last blank, which is where its last word starts.
pub(crate) fn split_last_word(line: &[u8]) -> (&[u8], &[u8]) {
    let start = memchr::memrchr2(b' ', b'\t', line).map_or(0, |blank| blank + 1);
    line.split_at_checked(start).unwrap_or((b"", line))
}

/// Returns the number that up to 18 digits spell: what almost every count is.
fn short_whole(word: &[u8]) -> Option<i64> {
    if word.is_empty() || word.len() > 18 {
        return None;
    }
    word.iter().try_fold(0, |number: i64, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

fn in_range(number: Decimal) -> Option<Count> {
    let power = 10i128.checked_pow(number.exponent.unsigned_abs());
    if number.exponent >= 0 {
        let whole = number.mantissa.checked_mul(power?)?;
        return i64::try_from(whole).ok().map(Count::Whole);
    }
    let whole = power.map_or(0, |power| number.mantissa / power);
    i64::try_from(whole).is_ok().then_some(Count::Decimal(number))
}

/// Returns whether a word has the form of a number, of however many digits.
fn is_long_number(word: &[u8]) -> bool {
    let power_at = word.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let (mantissa, power) = word.split_at(power_at.unwrap_or(word.len()));
    let is_digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let (whole, decimals) = match mantissa.iter().position(|&byte| byte == b'.') {
        Some(point) => mantissa.split_at(point),
        None => (mantissa, &b"."[..]),
    };
    let (whole, decimals) = (unsigned(whole), decimals.get(1..).unwrap_or_default());
    let is_mantissa =
        is_digits(whole) && (decimals.is_empty() || is_digits(decimals)) || whole.is_empty() && is_digits(decimals);
    is_mantissa && (power.is_empty() || is_digits(unsigned(power.get(1..).unwrap_or_default())))
}

fn unsigned(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text)
}
