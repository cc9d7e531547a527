//! Numbers in a size that people read easily.
//!
//! ```
//! use profkit_core::{Unit, readable};
//!
//! assert_eq!(readable::amount(1_250_000_000, &Unit::named("nanoseconds")), "1.25 s");
//! assert_eq!(readable::amount(3_565_158, &Unit::named("bytes")), "3.40 MiB");
//! assert_eq!(readable::amount(1_204, &Unit::named("count")), "1,204");
//! assert_eq!(readable::percent(1, 8), "12.5%");
//! ```

use crate::notes::thousands;
use crate::value::{Dimension, Unit};

/// Sizes of a time in seconds and of memory in bytes, each with its name, the largest first.
type Steps = [(f64, &'static str)];

const TIMES: &Steps =
    &[(3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"), (1e-12, "ps")];
const SIZES: &Steps = &[
    ((1u64 << 40) as f64, "TiB"),
    ((1u64 << 30) as f64, "GiB"),
    ((1u64 << 20) as f64, "MiB"),
    ((1u64 << 10) as f64, "KiB"),
    (1.0, "B"),
];

/// Returns a value in a size that people read easily: three digits and a unit for times and memory,
/// every digit for anything that is counted.
pub fn amount(value: i64, unit: &Unit) -> String {
    let in_base = || value as f64 * unit.factor as f64 * 10f64.powi(unit.exponent.into());
    match unit.dimension {
        _ if value == 0 => "0".to_owned(),
        Dimension::Time => three_digits(in_base(), TIMES),
        Dimension::Bytes => three_digits(in_base(), SIZES),
        Dimension::Count | Dimension::Other => exact(value, unit),
    }
}

/// Returns the share of a part in percent, and a dash where the whole is not more than nothing.
pub fn percent(part: i64, whole: i64) -> String {
    if whole <= 0 { "-".to_owned() } else { format!("{:.1}%", part as f64 / whole as f64 * 100.0) }
}

/// Returns a count with a comma between groups of three digits.
pub fn count(number: i64) -> String {
    format!("{}{}", if number < 0 { "-" } else { "" }, thousands(number.unsigned_abs()))
}

/// Returns a text with control characters spelled out, so that a name in a profile can neither break a line, nor
/// command a terminal, nor turn around what stands beside it.
pub fn printable(text: &str) -> String {
    let spell = |character: char| -> String {
        if is_control(character) { character.escape_default().collect() } else { character.into() }
    };
    text.chars().map(spell).collect()
}

/// Returns whether a character is shown by what it does to others: a control character, one that ends a line or one
/// that turns the direction of writing.
pub fn is_control(character: char) -> bool {
    let turns =
        matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns || matches!(character, '\u{2028}' | '\u{2029}')
}

fn three_digits(number: f64, steps: &Steps) -> String {
    // A little less than one of the next size would be rounded up to it.
    let fits = |step: f64| number.abs() >= step * 0.9995;
    let Some(&(step, name)) = steps.iter().find(|&&(step, _)| fits(step)).or(steps.last()) else {
        return String::new();
    };
    let shown = number / step;
    let decimals = match shown.abs() {
        _ if step == 1.0 && name == "B" => 0,
        99.95.. => 0,
        9.995.. => 1,
        _ => 2,
    };
    format!("{shown:.decimals$} {name}")
}

/// Returns every digit of a value in things counted.
fn exact(value: i64, unit: &Unit) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let magnitude = u128::from(value.unsigned_abs()) * u128::from(unit.factor);
    let power = 10u128.checked_pow(unit.exponent.unsigned_abs().into());
    let (whole, rest) = match (power, unit.exponent >= 0) {
        (Some(power), true) => (magnitude.checked_mul(power), 0),
        (Some(power), false) => (Some(magnitude / power), magnitude % power),
        (None, _) => (None, 0),
    };
    let Some(whole) = whole.and_then(|whole| u64::try_from(whole).ok()) else {
        return format!("{sign}{magnitude}e{}", unit.exponent);
    };
    if rest == 0 {
        return format!("{sign}{}", thousands(whole));
    }
    let digits = format!("{rest:0>width$}", width = usize::from(unit.exponent.unsigned_abs()));
    format!("{sign}{}.{}", thousands(whole), digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits() {
        let time = |value| amount(value, &Unit::named("nanoseconds"));
        assert_eq!(time(0), "0");
        assert_eq!(time(7), "7.00 ns");
        assert_eq!(time(999_960), "1.00 ms");
        assert_eq!(time(-12_345_678), "-12.3 ms");
        assert_eq!(time(99_960_000_000), "1.67 min");
        assert_eq!(time(i64::MAX), "2562048 h");
    }

    #[test]
    fn memory_is_binary_and_a_byte_is_whole() {
        assert_eq!(amount(1000, &Unit::named("bytes")), "1000 B");
        assert_eq!(amount(3, &Unit::named("kilobytes")), "3.00 KiB");
    }

    #[test]
    fn counts_keep_every_digit() {
        assert_eq!(amount(-1_234_567, &Unit::named("count")), "-1,234,567");
        assert_eq!(amount(12_050, &Unit::named("cycles").with_exponent(-3)), "12.05");
        assert_eq!(amount(12, &Unit::named("cycles").with_exponent(3)), "12,000");
        assert_eq!(amount(12, &Unit::named("cycles").with_exponent(99)), "12e99");
    }

    #[test]
    fn control_characters_are_spelled_out() {
        assert_eq!(printable("ü f\n\u{1b}[2J\0"), "ü f\\n\\u{1b}[2J\\u{0}");
        assert_eq!(printable("a\u{202e}b\u{2067}\u{2028}"), "a\\u{202e}b\\u{2067}\\u{2028}");
    }

    #[test]
    fn nothing_is_a_share_of_nothing() {
        assert_eq!([percent(1, 3), percent(0, 0), percent(1, -3)], ["33.3%", "-", "-"]);
    }
}
