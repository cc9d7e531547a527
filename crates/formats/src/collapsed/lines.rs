//! The lines of a file, taken apart but not yet understood: distinct frames, paths, counts, threads.

use super::austin;
use super::chunk::{Chunk, Dialect, Row};
use super::count::{Count, count, split_last_word};
use super::odd::{Comments, Odd};
use profkit_core::{
    Amounts, Input, NoteKind, Notes, Profile, Result, StringId, Strings, Thread, ThreadId, ValueType, in_order,
};

/// How many bytes are read at once, as whole lines. What fits is read without any thread.
pub(super) const CHUNK: usize = 8 << 20;

/// Everything that the lines say.
pub(super) struct Lines {
    /// Whether the head says that austin wrote the file.
    pub(super) is_austin: bool,
    /// The distinct frames, as they are spelled.
    pub(super) frames: Strings,
    /// The lines, in order.
    pub(super) parts: Vec<Part>,
    /// The numbers at the end of the lines, column by column.
    pub(super) columns: Vec<Amounts>,
}

/// Some of the lines, with what the numbers in them stand for.
pub(super) struct Part {
    pub(super) frames: Vec<StringId>,
    pub(super) threads: Vec<ThreadId>,
    pub(super) paths: Vec<u32>,
    pub(super) rows: Vec<Row>,
}

/// Returns whether a line at the head is a comment, such as the metadata of austin.
pub(super) fn is_comment(line: &[u8]) -> bool {
    line == b"#" || line.starts_with(b"# ")
}

/// Returns the value types that a first line such as `samples/count time/ns` names.
pub(super) fn header(line: &[u8]) -> Option<Vec<ValueType>> {
    let line = std::str::from_utf8(line).ok()?;
    let mut value_types = Vec::new();
    for word in line.split_ascii_whitespace() {
        let (kind, unit) = word.split_once('/')?;
        if word.len() == 1 || unit.contains('/') || word.contains(';') {
            return None;
        }
        value_types.push(ValueType::new(kind, unit));
    }
    (!value_types.is_empty()).then_some(value_types)
}

/// Returns what stands before the numbers at the end of a line; none without a number.
pub(super) fn stack_before_counts(line: &[u8]) -> Option<&[u8]> {
    let (mut stack, _) = Some(last_count(line)).filter(|(_, count)| count.is_some())?;
    while let (before, Some(_)) = last_count(stack) {
        stack = before;
    }
    Some(stack)
}

/// How a file is read.
#[derive(Clone, Copy)]
pub(super) struct How {
    /// Whether only the last number of a line is a count.
    pub(super) only_one: bool,
    pub(super) max_depth: u32,
    pub(super) threads: usize,
    /// How many bytes are read at once.
    pub(super) chunk: usize,
}

/// Reads all lines; threads go into `profile`, and the value types that the first line names or that are
/// usual for so many values.
pub(super) fn lines(input: Input<'_>, how: How, profile: &mut Profile, notes: &mut Notes) -> Result<Lines> {
    let mut rest = input.bytes();
    let head = Head::read(&mut rest);
    let chunks = chunks(rest, how.chunk);
    let is_austin = head.austin_mode.is_some();
    let columns = match &head.value_types {
        Some(value_types) => value_types.len(),
        None if how.only_one || is_austin => 1,
        None => counts_of_every_line(&chunks, how.threads)?,
    };
    let dialect = Dialect { input, is_austin, columns, max_depth: how.max_depth };
    let mut lines = Lines { is_austin, frames: Strings::default(), parts: Vec::new(), columns: Vec::new() };
    lines.columns.resize_with(columns, Amounts::new);
    let mut odd = Odd { comments: head.comments, ..Odd::default() };
    in_order(&chunks, how.threads, &|chunk| dialect.read(chunk), &mut |chunk| -> Result<()> {
        lines.append(chunk?, dialect, profile, &mut odd);
        Ok(())
    })?;
    odd.note(notes);
    if columns > 1 && head.value_types.is_none() {
        let what = format!("every line ends in {columns} numbers, which are read as {columns} values");
        notes.remark(NoteKind::Odd, what);
    }
    let usual = || head.austin_mode.map_or_else(|| unnamed(columns), |mode| vec![austin::value_type(mode)]);
    profile.value_types = head.value_types.unwrap_or_else(usual);
    Ok(lines)
}

/// Cuts lines into parts of about so many bytes.
pub(super) fn chunks(mut rest: &[u8], size: usize) -> Vec<&[u8]> {
    let mut chunks = Vec::new();
    while !rest.is_empty() {
        let end = rest.get(size..).and_then(|behind| memchr::memchr(b'\n', behind));
        let (chunk, after) = end.and_then(|end| rest.split_at_checked(size + end + 1)).unwrap_or((rest, b""));
        chunks.push(chunk);
        rest = after;
    }
    chunks
}

impl Lines {
    /// Adds the lines that come next.
    fn append<'a>(&mut self, chunk: Chunk<'a>, dialect: Dialect<'a>, profile: &mut Profile, odd: &mut Odd<'a>) {
        let threads = chunk.threads.iter().filter_map(|frame| dialect.thread_root(frame));
        let threads = threads.map(|root| {
            let [process, id, name] = [root.process, root.id, root.name].map(|text| text.map(|it| profile.string(it)));
            profile.thread(Thread { source: 0, process, id, name })
        });
        let threads = threads.collect();
        let frames = chunk.frames.iter().map(|frame| self.frame(frame, odd)).collect();
        for (column, more) in self.columns.iter_mut().zip(chunk.columns) {
            column.append(more);
        }
        odd.append(chunk.odd);
        self.parts.push(Part { frames, threads, paths: chunk.paths, rows: chunk.rows });
    }

    fn frame(&mut self, frame: &[u8], odd: &mut Odd<'_>) -> StringId {
        match std::str::from_utf8(frame) {
            Ok("") => self.frames.intern("(anonymous)"),
            Ok(text) => self.frames.intern(text),
            Err(_) => {
                let before = self.frames.len();
                let id = self.frames.intern(&escaped(frame));
                odd.bad_names += u64::from(self.frames.len() > before);
                id
            }
        }
    }
}

/// What stands before the first stack.
struct Head<'a> {
    value_types: Option<Vec<ValueType>>,
    austin_mode: Option<&'a [u8]>,
    comments: Comments<'a>,
}

impl<'a> Head<'a> {
    /// Passes over comments and over a line that names the values.
    fn read(rest: &mut &'a [u8]) -> Head<'a> {
        let mut head = Head { value_types: None, austin_mode: None, comments: Comments::default() };
        while !rest.is_empty() {
            let mut after = *rest;
            let line = trim_end(next_line(&mut after)).trim_ascii_start();
            if is_comment(line) {
                head.comments.add(line);
                head.austin_mode = austin::mode(line, head.austin_mode);
            } else if !line.is_empty() {
                head.value_types = header(line);
                *rest = if head.value_types.is_some() { after } else { *rest };
                break;
            }
            *rest = after;
        }
        head
    }
}

/// Returns the next line, without its end.
pub(super) fn next_line<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let (line, after) = rest.split_at_checked(end).unwrap_or((rest, b""));
    *rest = after.get(1..).unwrap_or_default();
    line
}

/// Returns a line without the blanks at its end, a carriage return among them.
pub(super) fn trim_end(line: &[u8]) -> &[u8] {
    let blanks = line.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | 0x0b | 0x0c)).count();
    line.split_at_checked(line.len() - blanks).map_or(line, |(line, _)| line)
}

/// Returns what stands before the last word of a line, and the number that this word is.
fn last_count(line: &[u8]) -> (&[u8], Option<Count>) {
    let (before, word) = split_last_word(line);
    (trim_end(before), count(word))
}

/// Returns how many numbers stand at the end of every line, at least 1.
fn counts_of_every_line(chunks: &[&[u8]], threads: usize) -> Result<usize> {
    let Some((first, others)) = chunks.split_first() else { return Ok(1) };
    // In most files, the first line says all.
    let first = least_counts(first, usize::MAX);
    let mut least = first;
    if first > 1 {
        in_order(others, threads, &|chunk| least_counts(chunk, first), &mut |counts| -> Result<()> {
            least = least.min(counts);
            Ok(())
        })?;
    }
    Ok(if least == usize::MAX { 1 } else { least.max(1) })
}

/// Returns how many numbers stand at the end of each of some lines, but no more than `most`.
fn least_counts(mut rest: &[u8], most: usize) -> usize {
    let mut least = most;
    while !rest.is_empty() && least > 1 {
        let line = trim_end(next_line(&mut rest));
        if !line.is_empty() {
            least = least.min(counts_at_end(line, least));
        }
    }
    least
}

/// Returns how many numbers stand at the end of a line, but no more than `most`. A number that starts the
/// line is the name of a frame.
fn counts_at_end(mut line: &[u8], most: usize) -> usize {
    let mut found = 0;
    while found < most && line.iter().any(|byte| matches!(byte, b' ' | b'\t')) {
        let (before, Some(_)) = last_count(line) else { break };
        found += 1;
        line = before;
    }
    found
}

/// Returns the value types of columns that have no names. Two are what tools that compare write.
fn unnamed(columns: usize) -> Vec<ValueType> {
    match columns {
        1 => vec![ValueType::unnamed()],
        2 => vec![ValueType::new("before", "count"), ValueType::new("after", "count")],
        _ => (1..=columns).map(|column| ValueType::new(&format!("value{column}"), "count")).collect(),
    }
}

/// Returns bytes as text, in which those that are none are spelled out.
fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}
