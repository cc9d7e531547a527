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
        (Some(x), Some(y)) => {
            x.kind == y.kind && x.unit.dimension == y.unit.dimension && magnitude(a) == magnitude(b)
        }
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
    let inner = format!("|{added}|");
    let is_there = own == added
        || own.starts_with(&inner[1..])
        || own.ends_with(&inner[..inner.len() - 1])
        || own.contains(&inner);
    if !is_there {
        let what = "inputs have different frame filters: the filters of all apply to all";
        notes.add(NoteKind::Odd, what, 1, "filters were added|filter was added", || added.clone());
        own.push_str(&inner[..inner.len() - 1]);
    }
}
