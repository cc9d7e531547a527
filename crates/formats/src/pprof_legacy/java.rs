//! Java's heap and contention profiles, and the symbols that end all of Java's: a name for each id in a stack.

use super::contention::{attribute, duration_ns, integer, pass_over};
use super::cursor::{Cursor, hex, is_comment, name, split_hex};
use super::draft::{Draft, Symbol, unsampled};
use super::filters::{ALLOCATORS, Filters, LOCKS};
use profkit_core::{Error, Function, Input, LabelValue, NoteKind, Notes, Period, Profile, Result, ValueType};
use std::num::NonZeroU32;

/// What the text profiles of Java differ in.
#[derive(Clone, Copy)]
pub(super) struct Flavour {
    /// What is counted, and what is measured in the unit that the file names.
    kinds: [&'static str; 2],
    filters: Filters,
    is_heap: bool,
}

pub(super) const HEAP: Flavour =
    Flavour { kinds: ["inuse_objects", "inuse_space"], filters: ALLOCATORS, is_heap: true };
pub(super) const CONTENTION: Flavour = Flavour { kinds: ["contentions", "delay"], filters: LOCKS, is_heap: false };

/// Java's heap profiles do not say that one byte in 512 KiB starts a sample, but it does.
const HEAP_RATE: i64 = 512 << 10;

/// Returns whether the attributes that come next say that Java wrote them.
pub(super) fn is_java(lines: &mut Cursor<'_>) -> bool {
    while let Some(line) = lines.line() {
        match attribute(line) {
            Some((b"format", value)) => return value == b"java",
            Some((b"resolution", _)) => return true,
            Some(_) => {}
            None if line.is_empty() => {}
            None => return false,
        }
    }
    false
}

pub(super) fn read(input: Input<'_>, flavour: Flavour, notes: &mut Notes) -> Result<Draft> {
    let mut lines = Cursor::new(input);
    lines.line();
    let (mut unit, mut period, mut duration) = (None, None, None);
    loop {
        let before = lines;
        let Some(line) = lines.line() else { break };
        match attribute(line) {
            None if line.is_empty() => {}
            None => {
                lines = before;
                break;
            }
            Some((b"format", b"java")) => {}
            Some((b"format", value)) => {
                let message = format!("the format {:?} is not read; known is java", String::from_utf8_lossy(value));
                return Err(Error::unsupported(message).at(lines.place(value)));
            }
            Some((b"resolution", value)) => unit = Some(name(value, notes)),
            Some((b"sampling period", value)) if !flavour.is_heap => period = Some(integer(&lines, value)?),
            Some((b"ms since reset", value)) if !flavour.is_heap => duration = Some(duration_ns(&lines, value)?),
            Some((key, _)) => pass_over(key, notes),
        }
    }
    let Some(unit) = unit else { return Err(lines.expected("\"resolution = UNIT\" before the samples")) };
    let [counted, measured] = flavour.kinds;
    let mut draft = Draft::new(&[(counted, "count"), (measured, &unit)], None, flavour.filters);
    let Profile { meta, .. } = &mut draft.profile;
    meta.period = period.map(|value| Period { value_type: Some(ValueType::new(counted, "count")), value });
    meta.duration_ns = duration;
    draft.is_scaled = flavour.is_heap || period.is_some_and(|period| period > 1);
    loop {
        let before = lines;
        let Some(line) = lines.line() else { break };
        if is_comment(line) {
            continue;
        }
        if !line.first().is_some_and(u8::is_ascii_digit) || line.starts_with(b"0x") {
            lines = before;
            break;
        }
        sample(lines.on(line), flavour, period.filter(|&period| period != 0).unwrap_or(1), &mut draft, notes)?;
    }
    read_symbols(&mut lines, &mut draft, notes)?;
    Ok(draft)
}

/// Reads `AMOUNT COUNT @ 0xID ...`.
fn sample(mut line: Cursor<'_>, flavour: Flavour, period: i64, draft: &mut Draft, notes: &mut Notes) -> Result<()> {
    let at = line.rest;
    let (amount, count) = (line.number()?, line.number()?);
    line.expect("@")?;
    let overflow = || Error::overflow("a scaled value").at(line.place(at));
    let values = if flavour.is_heap {
        if count == 0 {
            return Err(line.error(at, "expected a number of objects, found 0"));
        }
        unsampled(count, amount, HEAP_RATE).map_err(|error| error.at(line.place(at)))?.into()
    } else {
        [count.checked_mul(period).ok_or_else(overflow)?, amount.checked_mul(period).ok_or_else(overflow)?]
    };
    let size_of_one = amount.checked_div(count);
    draft.sample(&values, |to| line.addresses(to, notes))?;
    if let Some(value) = size_of_one.filter(|_| flavour.is_heap) {
        draft.label("bytes", LabelValue::Number { value, unit: None });
    }
    Ok(())
}

/// Reads `0xID NAME (FILE:LINE)`, `0xID NAME (LIBRARY)` or `0xID NAME` to the end of the input.
pub(super) fn read_symbols(lines: &mut Cursor<'_>, draft: &mut Draft, notes: &mut Notes) -> Result<()> {
    while let Some(line) = lines.line() {
        if is_comment(line) {
            continue;
        }
        let digits = line.strip_prefix(b"0x").map(split_hex);
        let Some((digits, text)) = digits.filter(|(digits, text)| !digits.is_empty() && is_apart(text)) else {
            let example = || Some(String::from_utf8_lossy(line).into_owned());
            notes.add(NoteKind::Skipped, "lines that are no symbols were passed over", 1, "lines|line", example);
            continue;
        };
        let id = hex(digits).ok_or_else(|| lines.on(line).expected("an id of up to 16 digits"))?;
        let (function, file, line) = parts(text.trim_ascii());
        let (function, file) = (name(function, notes), name(file, notes));
        let (function, file) = (draft.profile.string(&function), draft.profile.text(&file));
        let function = draft.profile.function(Function { file, ..Function::named(function) });
        draft.symbols.insert(id, Symbol { function, line, is_id: true });
    }
    Ok(())
}

fn is_apart(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_whitespace)
}

/// Returns function, file and line of the text behind an id.
fn parts(text: &[u8]) -> (&[u8], &[u8], Option<NonZeroU32>) {
    if let Some((function, place)) = split_place(text) {
        let colon = place.iter().rposition(|&byte| byte == b':').and_then(|colon| place.split_at_checked(colon));
        if let Some((file, [_, line @ ..])) = colon {
            let digits = line.strip_prefix(b"-").unwrap_or(line);
            if !file.is_empty() && !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
                let line = std::str::from_utf8(line).ok().and_then(|line| line.parse().ok());
                return (function, file, line);
            }
        }
        // The directory of a library says nothing about the program.
        let file = place.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        return (function, file, None);
    }
    if text.windows(STUB.len()).any(|window| window == STUB) {
        return (b"STUB", b"", None);
    }
    (text, b"", None)
}

const STUB: &[u8] = b"generated stub/JIT";

/// Returns what stands before and in the parentheses at the end.
fn split_place(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_suffix(b")")?;
    let open = text.windows(2).rposition(|pair| pair == b" (")?;
    Some((text.get(..open)?.trim_ascii_end(), text.get(open.checked_add(2)?..)?))
}
