//! Contention and mutex profiles of C++ and Go: how long and how often was waited for a lock.

use super::comments::Comments;
use super::cursor::{Cursor, is_comment};
use super::draft::{Draft, whole};
use super::filters::LOCKS;
use super::maps;
use profkit_core::{Error, Input, NoteKind, Notes, Period, Result};

/// How the first line starts: C++, Go's mutex profile, Go's block profile.
pub(super) const HEADERS: &[&[u8]] = &[b"--- contentionz ", b"--- mutex:", b"--- contention:"];

/// How the values of a file are to be scaled.
struct Scale {
    period: i64,
    cycles_per_second: i64,
}

pub(super) fn read(input: Input<'_>, notes: &mut Notes) -> Result<Draft> {
    let mut lines = Cursor::new(input);
    lines.line();
    let mut draft =
        Draft::new(&[("contentions", "count"), ("delay", "nanoseconds")], Some(("contentions", "count", 1)), LOCKS);
    let mut scale = Scale { period: 1, cycles_per_second: 0 };
    let mut comments = Comments::default();
    while let Some(line) = lines.line() {
        if line.starts_with(b"---") || maps::is_header(line) {
            lines = lines.on(input.bytes().get(input.offset(line)..).unwrap_or_default());
            break;
        }
        match attribute(line) {
            _ if is_comment(line) => comments.read(line, &mut draft, notes),
            Some((key, value)) if draft.len() == 0 => set(&lines, key, value, &mut scale, &mut draft, notes)?,
            _ => sample(lines.on(line), &scale, &mut draft, notes)?,
        }
    }
    comments.note(notes);
    draft.is_scaled = scale.period > 1;
    if let Some(Period { value, .. }) = &mut draft.profile.meta.period {
        *value = scale.period;
    }
    maps::find(&mut lines, &mut draft, notes)?;
    Ok(draft)
}

/// Returns key and value of a line `KEY = VALUE`.
pub(super) fn attribute(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = line.iter().position(|&byte| byte == b'=')?;
    let (key, value) = line.split_at_checked(at)?;
    Some((key.trim_ascii(), value.get(1..)?.trim_ascii()))
}

/// Returns the duration that a number of milliseconds is.
pub(super) fn duration_ns(lines: &Cursor<'_>, value: &[u8]) -> Result<i64> {
    let milliseconds = integer(lines, value)?;
    milliseconds.checked_mul(1_000_000).ok_or_else(|| Error::overflow("the duration").at(lines.place(value)))
}

/// Returns the number that is all of a value.
pub(super) fn integer(lines: &Cursor<'_>, value: &[u8]) -> Result<i64> {
    let mut value = lines.on(value);
    let number = value.number()?;
    if value.rest.is_empty() { Ok(number) } else { Err(value.expected("the end of the number")) }
}

/// Notes an attribute that means nothing to us.
pub(super) fn pass_over(key: &[u8], notes: &mut Notes) {
    let example = || Some(String::from_utf8_lossy(key).into_owned());
    notes.add(NoteKind::Skipped, "attributes of the profile were passed over", 1, "attributes|attribute", example);
}

fn set(
    lines: &Cursor<'_>,
    key: &[u8],
    value: &[u8],
    scale: &mut Scale,
    draft: &mut Draft,
    notes: &mut Notes,
) -> Result<()> {
    match key {
        b"cycles/second" => scale.cycles_per_second = integer(lines, value)?,
        b"sampling period" => scale.period = integer(lines, value)?,
        b"ms since reset" => draft.profile.meta.duration_ns = Some(duration_ns(lines, value)?),
        // Only Java's files have these, and Java counts in other units.
        b"format" | b"resolution" => {
            let found = String::from_utf8_lossy(value).into_owned();
            let message = format!("contention profiles of the format {found:?} are not read; known is java");
            return Err(Error::unsupported(message).at(lines.place(value)));
        }
        _ => pass_over(key, notes),
    }
    Ok(())
}

/// Reads `DELAY COUNT @ 0xADDRESS ...`.
fn sample(mut line: Cursor<'_>, scale: &Scale, draft: &mut Draft, notes: &mut Notes) -> Result<()> {
    let at = line.rest;
    let (mut delay, mut count) = (line.number()?, line.number()?);
    line.expect("@")?;
    if scale.period > 0 {
        if scale.cycles_per_second > 0 {
            let cycles_per_ns = scale.cycles_per_second as f64 / 1e9;
            let delay_ns = delay as f64 * scale.period as f64 / cycles_per_ns;
            delay = whole(delay_ns).map_err(|error| error.at(line.place(at)))?;
        }
        count = count.checked_mul(scale.period).ok_or_else(|| Error::overflow("a scaled value").at(line.place(at)))?;
    }
    draft.sample(&[count, delay], |to| line.addresses(to, notes))?;
    draft.step_back(0);
    Ok(())
}
