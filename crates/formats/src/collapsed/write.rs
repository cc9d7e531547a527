//! From a profile to lines.

use super::VALUES;
use super::spell::{Names, Uses, spell};
use profkit_core::{
    EqualSamples, Error, FrameId, Id, NoteKind, Notes, Profile, Result, StackId, ThreadId, ValueType, WriteOptions,
    in_order,
};
use std::io::Write;
use std::ops::Range;

/// About how many bytes of lines are written at once. What fits is written without any thread.
const BLOCK: u64 = 1 << 20;

pub(super) fn write(profile: &Profile, out: &mut dyn Write, options: &WriteOptions, notes: &mut Notes) -> Result<()> {
    write_in_blocks(profile, out, options, BLOCK, notes)
}

/// Writes about so many bytes at once; the lines are the same for any number of them.
pub(super) fn write_in_blocks(
    profile: &Profile,
    out: &mut dyn Write,
    options: &WriteOptions,
    block: u64,
    notes: &mut Notes,
) -> Result<()> {
    if profile.value_types.is_empty() && !profile.samples.is_empty() {
        return Err(Error::unsupported("the profile has no values, and a line needs a number"));
    }
    let (rows, values) = distinct(profile)?;
    let length = |(id, _)| profile.frame_name(id).map_or(1, |name| name.len() as u64 + 1);
    let lengths: Vec<u64> = profile.frames.iter().map(length).collect();
    let length = |frame: FrameId| lengths.get(frame.index()).copied().unwrap_or_default();
    let sizes = profile.check_repeated(rows.iter().map(|row| row.stack), length, options)?;
    let uses = Uses::of(profile, rows.iter().map(|row| (row.thread, row.stack)));
    let names = spell(profile, &uses, notes);
    if options.option(&VALUES) == "all" && !profile.value_types.is_empty() {
        out.write_all(header(&profile.value_types, notes).as_bytes())?;
    }
    let decimals: Vec<i8> = profile.value_types.iter().map(|it| it.unit.decimals().unwrap_or(0)).collect();
    let stride = decimals.len().max(1);
    let text = |block: &Range<usize>| -> Result<Vec<u8>> {
        let (mut text, mut path) = (Vec::new(), Vec::new());
        let rows = rows.iter().zip(values.chunks(stride)).take(block.end).skip(block.start);
        for (row, values) in rows {
            line(profile, row, &names, &mut path, &mut text);
            for (&value, &decimals) in values.iter().zip(&decimals) {
                text.push(b' ');
                number(value, decimals, &mut text)?;
            }
            text.push(b'\n');
        }
        Ok(text)
    };
    in_order(&blocks(&rows, &sizes, block), options.threads(), &text, &mut |text| Ok(out.write_all(&text?)?))
}

/// A line: all samples with one stack and thread.
struct Row {
    stack: Option<StackId>,
    thread: Option<ThreadId>,
}

/// Returns the samples with equal ones added up, in the order in which they first come, and their values, one row behind
/// the other.
fn distinct(profile: &Profile) -> Result<(Vec<Row>, Vec<i64>)> {
    let mut equal = EqualSamples::default();
    let (mut rows, mut values): (Vec<Row>, Vec<i64>) = (Vec::new(), Vec::new());
    for sample in profile.samples.iter() {
        let thread = sample.thread.filter(|&thread| has_name(profile, thread));
        let key_of = |place: usize| rows.get(place).map_or((None, None, None), |row| (row.stack, row.thread, None));
        let place = equal.row((sample.stack, thread, None), rows.len(), key_of);
        if place == rows.len() {
            rows.push(Row { stack: sample.stack, thread });
            values.extend_from_slice(sample.values);
            continue;
        }
        for (sum, value) in values.iter_mut().skip(place * sample.values.len()).zip(sample.values) {
            *sum = sum.checked_add(*value).ok_or_else(|| Error::overflow("the sum of equal stacks"))?;
        }
    }
    Ok((rows, values))
}

/// Returns whether anything is known of a thread that a line could say.
fn has_name(profile: &Profile, thread: ThreadId) -> bool {
    let thread = profile.threads[thread];
    [thread.id, thread.name].into_iter().any(|text| !profile.strings.text(text).is_empty())
}

/// Returns which rows are written at once: as many as have names of about so many bytes.
fn blocks(rows: &[Row], sizes: &[u64], block: u64) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let (mut start, mut bytes) = (0, 0u64);
    for (end, row) in (1..).zip(rows) {
        let size = row.stack.and_then(|stack| sizes.get(stack.index())).copied().unwrap_or_default();
        bytes = bytes.saturating_add(size);
        if bytes >= block || end == rows.len() {
            blocks.push(start..end);
            (start, bytes) = (end, 0);
        }
    }
    blocks
}

fn read_path(profile: &Profile, stack: Option<StackId>, path: &mut Vec<FrameId>) {
    match stack {
        Some(stack) => profile.stacks.read_path(stack, path),
        None => path.clear(),
    }
}

/// Adds the thread and the frames of a line to the text.
fn line(profile: &Profile, row: &Row, names: &Names, path: &mut Vec<FrameId>, text: &mut Vec<u8>) {
    read_path(profile, row.stack, path);
    let thread = row.thread.and_then(|thread| names.thread(thread));
    for (index, name) in thread.into_iter().chain(path.iter().map(|&frame| names.frame(frame))).enumerate() {
        if index > 0 {
            text.push(b';');
        }
        text.extend_from_slice(name.as_bytes());
    }
}

/// Returns a first line that names the values.
fn header(value_types: &[ValueType], notes: &mut Notes) -> String {
    let spell = |text: &str| text.replace(|it: char| it.is_whitespace() || it.is_control() || "/;".contains(it), "_");
    let mut words = Vec::with_capacity(value_types.len());
    for value_type in value_types {
        let (kind, unit) = (spell(&value_type.kind), spell(&value_type.unit.name));
        let kind = if kind.is_empty() && unit.is_empty() { "value".to_owned() } else { kind };
        if kind != value_type.kind || unit != value_type.unit.name {
            let example = || format!("{:?} is written {kind:?}", value_type.kind);
            notes.add(
                NoteKind::Renamed,
                "some names of values cannot be spelled",
                1,
                "names were changed|name was changed",
                example,
            );
        }
        words.push(format!("{kind}/{unit}"));
    }
    words.join(" ") + "\n"
}

/// Adds a count of `10^-decimals` as an exact decimal number.
fn number(value: i64, decimals: i8, text: &mut Vec<u8>) -> Result<()> {
    if decimals <= 0 {
        let power = 10i64.checked_pow(u32::from(decimals.unsigned_abs()));
        let whole = if value == 0 { Some(0) } else { power.and_then(|power| value.checked_mul(power)) };
        let whole = whole.ok_or_else(|| Error::overflow("a value in whole units"))?;
        return Ok(write!(text, "{whole}")?);
    }
    let decimals = usize::from(decimals.unsigned_abs());
    let digits = format!("{:0width$}", value.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at_checked(digits.len() - decimals).unwrap_or((&digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let sign = if value < 0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    Ok(write!(text, "{sign}{whole}{point}{fraction}")?)
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_exact() {
        let spelled = |value, decimals| {
            let mut text = Vec::new();
            number(value, decimals, &mut text).unwrap();
            String::from_utf8(text).unwrap()
        };
        assert_eq!([spelled(17, 1), spelled(20, 1), spelled(-5, 3), spelled(0, 2)], ["1.7", "2", "-0.005", "0"]);
        assert_eq!([spelled(17, 0), spelled(17, -2), spelled(0, -100)], ["17", "1700", "0"]);
        assert_eq!(spelled(i64::MIN, 18), "-9.223372036854775808");
        assert!(number(i64::MAX, -1, &mut Vec::new()).is_err());
    }
}
