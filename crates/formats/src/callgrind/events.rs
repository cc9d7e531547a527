//! Events and the values that they are: kind and unit.
//!
//! ```text
//! events: Ir sysTime Time_(10ns) cpu(milliseconds)
//! event: sysTime : sysTime (elapsed ns)
//! ```
//!
//! A name alone counts events. A unit stands in parentheses behind it, as Xdebug and pprof write it, or at the end of
//! the long name, as valgrind does.

use profkit_core::{Dimension, Unit, ValueType};

/// The events whose unit their names do not tell: who writes them, the event, the unit.
const KNOWN: &[(&str, &str, &str)] = &[("yappi", "Ticks", "microseconds")];

/// What events count unless they say otherwise.
const COUNT: &str = "count";

/// A value type, and what the counts in the file are multiplied with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) value_type: ValueType,
    pub(super) factor: i64,
}

impl Event {
    /// Returns the event of a name in the `events:` line of a file by `creator`.
    pub(super) fn named(name: &str, creator: &str) -> Event {
        if let Some((kind, unit)) = name.strip_suffix(')').and_then(|name| name.rsplit_once('(')) {
            let kind = kind.strip_suffix('_').unwrap_or(kind);
            return Event::of(kind, unit);
        }
        let is_known = |&&(writer, event, _): &&(&str, &str, &str)| creator.starts_with(writer) && event == name;
        Event::of(name, KNOWN.iter().find(is_known).map_or(COUNT, |&(.., unit)| unit))
    }

    /// Returns this event with the unit that its long name ends with, if it ends with one: `elapsed ns` in parentheses, or
    /// `total Bytes`.
    pub(super) fn with_long_name(self, long: &str) -> Event {
        let words = long.strip_suffix(')').and_then(|long| long.rsplit_once('('));
        let time = words.and_then(|(_, words)| words.split_whitespace().last());
        let time = time.filter(|unit| Unit::named(unit).dimension == Dimension::Time).map(spelled_out);
        let unit = time.or(long.ends_with(" Bytes").then_some("bytes"));
        match unit.filter(|_| self.value_type.unit.name == COUNT) {
            Some(unit) => Event::of(&self.value_type.kind, unit),
            None => self,
        }
    }

    /// Returns the event of a kind and a unit; one such as `10ns` is put into that of its name.
    fn of(kind: &str, unit: &str) -> Event {
        let digits = unit.bytes().take_while(u8::is_ascii_digit).count();
        if let Some((number, name)) = unit.split_at_checked(digits)
            && Unit::named(name).dimension != Dimension::Other
            && let Some(factor) = number.parse().ok().filter(|&factor| factor > 0)
        {
            return Event { value_type: ValueType::new(kind, spelled_out(name)), factor };
        }
        Event { value_type: ValueType::new(kind, unit), factor: 1 }
    }
}

/// Returns the name of a unit that says most, for those that valgrind and Xdebug shorten.
fn spelled_out(unit: &str) -> &str {
    match unit {
        "ns" => "nanoseconds",
        "us" => "microseconds",
        "ms" => "milliseconds",
        unit => unit,
    }
}

/// Returns the name of an event for a value type; reading it gives the value type again, unless blanks, control
/// characters or parentheses had to be replaced.
pub(super) fn name(value_type: &ValueType) -> String {
    let spell = |text: &str| text.replace(|it: char| it.is_whitespace() || it.is_control(), "_");
    let (kind, unit) = (spell(&value_type.kind), spell(&value_type.unit.name));
    if unit == COUNT && !kind.is_empty() && !kind.ends_with(')') {
        return kind;
    }
    // One underscore before the parenthesis is not of the kind.
    let bar = if kind.ends_with('_') { "_" } else { "" };
    format!("{kind}{bar}({})", unit.replace(['(', ')'], "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> (String, String, i64) {
        let event = Event::named(name, "");
        (event.value_type.kind, event.value_type.unit.name, event.factor)
    }

    fn row(kind: &str, unit: &str, factor: i64) -> (String, String, i64) {
        (kind.to_owned(), unit.to_owned(), factor)
    }

    #[test]
    fn units_stand_in_parentheses() {
        assert_eq!(read("Ir"), row("Ir", "count", 1));
        assert_eq!(read("Time_(10ns)"), row("Time", "nanoseconds", 10));
        assert_eq!(read("Memory_(bytes)"), row("Memory", "bytes", 1));
        assert_eq!(read("cpu(ms)"), row("cpu", "ms", 1));
        assert_eq!(read("odd(7)"), row("odd", "7", 1));
        assert_eq!(Event::named("Ticks", "yappi").value_type.unit.name, "microseconds");
        let long = Event::named("sysTime", "").with_long_name("sysTime (elapsed ns)");
        assert_eq!(long.value_type.unit.name, "nanoseconds");
        assert_eq!(Event::named("totB", "").with_long_name("total Bytes").value_type.unit.name, "bytes");
        assert_eq!(Event::named("Ir", "").with_long_name("instructions (read)").value_type.unit.name, "count");
    }

    #[test]
    fn names_are_read_as_what_they_were_made_of() {
        for (kind, unit) in [("Ir", "count"), ("cpu", "nanoseconds"), ("a_", "bytes"), ("", "count"), ("f(x)", "count")]
        {
            let value_type = ValueType::new(kind, unit);
            assert_eq!(Event::named(&name(&value_type), "").value_type, value_type);
        }
    }
}
