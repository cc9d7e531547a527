//! What several profiles say about themselves, as one statement.

use profkit_core::{Error, Meta, NoteKind, Notes, Period, Result};
use std::cmp::Ordering;

/// Adds the statements of an input to those of the merged profile.
///
/// When the profile started is not decided here.
pub(super) fn join(merged: &mut Meta, added: &Meta, notes: &mut Notes) -> Result<()> {
    first(&mut merged.title, added.title.as_ref(), "titles", notes);
    first(&mut merged.producer, added.producer.as_ref(), "producers", notes);
    first(&mut merged.doc_url, added.doc_url.as_ref(), "documentation addresses", notes);
    merged.duration_ns = match (merged.duration_ns, added.duration_ns) {
        (Some(sum), Some(duration)) => Some(sum.checked_add(duration).ok_or_else(|| Error::overflow("the duration"))?),
        (sum, duration) => sum.or(duration),
    };
    join_periods(&mut merged.period, added.period.as_ref(), notes);
    let new: Vec<String> = added.comments.iter().filter(|it| !merged.comments.contains(it)).cloned().collect();
    merged.comments.extend(new);
    join_filters(&mut merged.drop_frames, added.drop_frames.as_ref(), notes);
    join_filters(&mut merged.keep_frames, added.keep_frames.as_ref(), notes);
    merged.invented = merged.invented.or(added.invented);
    Ok(())
}

/// Keeps the first statement and notes others.
fn first(merged: &mut Option<String>, added: Option<&String>, what: &str, notes: &mut Notes) {
    match (&*merged, added) {
        (Some(first), Some(other)) if first != other => {
            let what = format!("inputs have different {what}: the first one stays");
            notes.add(NoteKind::Lost, what, 1, "are left out|is left out", || other.clone());
        }
        (None, Some(_)) => *merged = added.cloned(),
        _ => {}
    }
}

/// Keeps the longest period and notes where there are several.
fn join_periods(merged: &mut Option<Period>, added: Option<&Period>, notes: &mut Notes) {
    let (Some(own), Some(other)) = (&*merged, added) else {
        *merged = merged.take().or_else(|| added.cloned());
        return;
    };
    if own == other {
        return;
    }
    if !is_as_long(own, other) {
        let what = "inputs were sampled with different periods: the longest one is stated";
        let name = |period: &Period| {
            let unit = period.value_type.as_ref().map_or("", |it| it.unit.name.as_str());
            format!("{} {unit}", period.value)
        };
        let example = || format!("{} and {}", name(own), name(other));
        notes.add(NoteKind::Odd, what, 1, "inputs differ|input differs", example);
    }
    if longer(own, other) == Ordering::Less {
        *merged = Some(other.clone());
    }
}

fn is_as_long(a: &Period, b: &Period) -> bool {
    match (&a.value_type, &b.value_type) {
        (Some(x), Some(y)) => x.kind == y.kind && x.unit.dimension == y.unit.dimension && magnitude(a) == magnitude(b),
        _ => a.value == b.value,
    }
}

/// Compares by length, then by all the rest, so that the order of inputs does not matter.
fn longer(a: &Period, b: &Period) -> Ordering {
    let rest = |period: &Period| {
        let value_type = period.value_type.as_ref();
        (value_type.map(|it| (it.unit.clone(), it.kind.clone(), it.role)), period.value)
    };
    let dimension = |period: &Period| period.value_type.as_ref().map(|it| it.unit.dimension);
    let by_length = dimension(a).cmp(&dimension(b)).then_with(|| magnitude(a).total_cmp(&magnitude(b)));
    by_length.then_with(|| rest(a).cmp(&rest(b)))
}

fn magnitude(period: &Period) -> f64 {
    let scale = period.value_type.as_ref().map_or(1.0, |value_type| {
        let unit = &value_type.unit;
        unit.factor as f64 * 10f64.powi(unit.exponent.into())
    });
    period.value as f64 * scale
}

/// Unites two regular expressions: what either of them means is meant.
fn join_filters(merged: &mut Option<String>, added: Option<&String>, notes: &mut Notes) {
    let Some(added) = added else { return };
    let Some(own) = merged else {
        *merged = Some(added.clone());
        return;
    };
    if own == added {
        return;
    }
    let mut all = alternatives(own);
    let new: Vec<String> = alternatives(added).into_iter().filter(|it| !all.contains(it)).collect();
    if !new.is_empty() {
        let what = "inputs have different frame filters: the filters of all apply to all";
        notes.add(NoteKind::Odd, what, 1, "filters were added|filter was added", || added.clone());
        all.extend(new);
        *own = all.join("|");
    }
}

/// Returns the alternatives that a regular expression is made of. One that starts with flags is left whole, since
/// they hold for all that follows.
fn alternatives(regex: &str) -> Vec<String> {
    if regex.starts_with("(?") && !regex.starts_with("(?:") {
        return vec![format!("(?:{regex})")];
    }
    let (mut alternatives, mut depth, mut is_class, mut is_escaped) = (vec![String::new()], 0, false, false);
    for character in regex.chars() {
        let is_plain = is_escaped || is_class && character != ']';
        is_escaped = !is_escaped && character == '\\';
        match character {
            _ if is_plain => {}
            '(' => depth += 1,
            ')' => depth -= 1,
            '[' => is_class = true,
            ']' => is_class = false,
            '|' if depth == 0 => {
                alternatives.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = alternatives.last_mut() {
            last.push(character);
        }
    }
    alternatives
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_are_split_outside_of_groups_and_classes() {
        assert_eq!(alternatives(r"a|b(c|d)|[|(]\||\(|e"), ["a", "b(c|d)", r"[|(]\|", r"\(", "e"]);
        assert_eq!(alternatives("(?i)a|b"), ["(?:(?i)a|b)"]);
        assert_eq!(alternatives("(?:(?i)a|b)|c"), ["(?:(?i)a|b)", "c"]);
    }

    #[test]
    fn filters_are_united() {
        let mut notes = Notes::new();
        let mut merged = None;
        for filter in ["a|b", "b", "c|a", "a|b|c"] {
            join_filters(&mut merged, Some(&filter.to_owned()), &mut notes);
        }
        assert_eq!((merged.as_deref(), notes.iter().count()), (Some("a|b|c"), 1));
    }

    #[test]
    fn the_longest_period_is_stated() {
        let period = |kind: &str, unit: &str, value| {
            let value_type = profkit_core::ValueType::new(kind, unit);
            Some(Period { value_type: Some(value_type), value })
        };
        let (ms, ns, long) =
            (period("cpu", "ms", 10), period("cpu", "ns", 10_000_000), period("cpu", "ns", 20_000_000));
        let mut notes = Notes::new();
        for (first, second, stated) in [(&ms, &None, &ms), (&None, &ms, &ms), (&ms, &ns, &ns), (&ns, &ms, &ns)] {
            let mut merged = first.clone();
            join_periods(&mut merged, second.as_ref(), &mut notes);
            assert_eq!((&merged, notes.iter().count()), (stated, 0));
        }
        let mut merged = ms;
        join_periods(&mut merged, long.as_ref(), &mut notes);
        assert_eq!((&merged, notes.iter().count()), (&long, 1));
    }
}
