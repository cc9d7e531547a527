//! The lines of a file, taken apart but not yet understood: distinct frames, paths, counts, threads.

use super::austin;
use super::count::{Count, count, split_last_word};
use super::names::thread_root;
use profkit_core::{
    Amounts, Error, Input, NoteKind, Notes, Profile, ReadOptions, Result, StringId, Strings, Thread, ThreadId,
    ValueType,
};

/// Everything that the lines say.
pub(crate) struct Lines {
    /// Whether the head says that austin wrote the file.
    pub(crate) is_austin: bool,
    /// The distinct frames, as they are spelled.
    pub(crate) frames: Strings,
    /// The frames of all lines, one path after the other.
    pub(crate) paths: Vec<StringId>,
    /// The lines, in order.
    pub(crate) rows: Vec<Row>,
    /// The numbers at the end of the lines, column by column.
    pub(crate) columns: Vec<Amounts>,
}

/// One line.
pub(crate) struct Row {
    /// Where its path ends.
    pub(crate) end: usize,
    /// The thread that its root frame names.
    pub(crate) thread: Option<ThreadId>,
}

/// Returns whether a line at the head is a comment, such as the metadata of austin.
pub(crate) fn is_comment(line: &[u8]) -> bool {
    line == b"#" || line.starts_with(b"# ")
}

/// Returns the value types that a first line such as `samples/count time/ns` names.
pub(crate) fn header(line: &[u8]) -> Option<Vec<ValueType>> {
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
pub(crate) fn stack_before_counts(line: &[u8]) -> Option<&[u8]> {
    let (mut stack, _) = Some(last_count(line)).filter(|(_, count)| count.is_some())?;
    while let (before, Some(_)) = last_count(stack) {
        stack = before;
    }
    Some(stack)
}

/// Reads all lines; threads go into `profile`, and the value types that the first line names or that are
/// usual for so many values.
pub(crate) fn lines(
    input: Input<'_>,
    options: &ReadOptions,
    only_one: bool,
    profile: &mut Profile,
    notes: &mut Notes,
) -> Result<Lines> {
    let mut rest = input.bytes();
    let head = Head::read(&mut rest);
    let column_count = match &head.value_types {
        Some(value_types) => value_types.len(),
        None if only_one || head.austin_mode.is_some() => 1,
        None => counts_of_every_line(rest),
    };
    let read = Lines {
        is_austin: head.austin_mode.is_some(),
        frames: Strings::default(),
        paths: Vec::new(),
        rows: Vec::new(),
        columns: vec![Amounts::new(); column_count],
    };
    let mut reader = Reader { input, max_depth: options.max_depth, profile, read, odd: Odd::default() };
    reader.odd.comments = head.comments;
    while !rest.is_empty() {
        reader.line(trim_end(next_line(&mut rest)))?;
    }
    let Reader { read, odd, .. } = reader;
    odd.note(notes);
    if column_count > 1 && head.value_types.is_none() {
        let what = format!("every line ends in {column_count} numbers, which are read as {column_count} values");
        notes.remark(NoteKind::Odd, what);
    }
    let usual = || head.austin_mode.map_or_else(|| unnamed(column_count), |mode| vec![austin::value_type(mode)]);
    profile.value_types = head.value_types.unwrap_or_else(usual);
    Ok(read)
}

/// What stands before the first stack.
struct Head<'a> {
    value_types: Option<Vec<ValueType>>,
    austin_mode: Option<&'a [u8]>,
    comments: Comments<'a>,
}

/// Comments that are passed over: how many, and the first.
#[derive(Default)]
struct Comments<'a> {
    count: u64,
    first: &'a [u8],
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

impl<'a> Comments<'a> {
    fn add(&mut self, line: &'a [u8]) {
        if self.count == 0 {
            self.first = line;
        }
        self.count += 1;
    }
}

fn next_line<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let (line, after) = rest.split_at_checked(end).unwrap_or((rest, b""));
    *rest = after.get(1..).unwrap_or_default();
    line
}

/// Returns a line without the blanks at its end, a carriage return among them.
fn trim_end(line: &[u8]) -> &[u8] {
    let blanks = line.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | 0x0b | 0x0c)).count();
    line.split_at_checked(line.len() - blanks).map_or(line, |(line, _)| line)
}

/// Returns what stands before the last word of a line, and the number that this word is.
fn last_count(line: &[u8]) -> (&[u8], Option<Count>) {
    let (before, word) = split_last_word(line);
    (trim_end(before), count(word))
}

/// Returns how many numbers stand at the end of every line, at least 1.
fn counts_of_every_line(mut rest: &[u8]) -> usize {
    let mut least = usize::MAX;
    while !rest.is_empty() && least > 1 {
        let line = trim_end(next_line(&mut rest));
        if !line.is_empty() {
            least = least.min(counts_at_end(line, least));
        }
    }
    if least == usize::MAX { 1 } else { least.max(1) }
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

/// How often something odd was met.
#[derive(Default)]
struct Odd<'a> {
    comments: Comments<'a>,
    lone_counts: u64,
    empty_names: u64,
    bad_names: u64,
}

impl Odd<'_> {
    fn note(&self, notes: &mut Notes) {
        let odd = [
            (self.lone_counts, "numbers without a stack are read as samples without a stack", "lines"),
            (self.empty_names, "empty frame names are read as (anonymous)", "frames"),
            (self.bad_names, "some names are not UTF-8: their other bytes are written as \\xNN", "names"),
        ];
        for (count, what, of) in odd.into_iter().filter(|&(count, ..)| count > 0) {
            notes.add(NoteKind::Odd, what, count, of, || None);
        }
        if self.comments.count > 0 {
            let example = || String::from_utf8_lossy(self.comments.first).into_owned();
            notes.add(NoteKind::Skipped, "comments are skipped", self.comments.count, "lines|line", example);
        }
    }
}

/// The state of reading.
struct Reader<'a, 'p> {
    input: Input<'a>,
    max_depth: u32,
    profile: &'p mut Profile,
    read: Lines,
    odd: Odd<'a>,
}

impl<'a> Reader<'a, '_> {
    fn line(&mut self, line: &'a [u8]) -> Result<()> {
        if line.is_empty() {
            return Ok(());
        }
        if self.read.is_austin && is_comment(line) {
            self.odd.comments.add(line);
            return Ok(());
        }
        let mut stack = line;
        for amounts in self.read.columns.iter_mut().rev() {
            let (before, word) = split_last_word(stack);
            match count(word) {
                Some(Count::Whole(number)) => amounts.push_whole(number),
                Some(Count::Decimal(number)) => amounts.push(number),
                Some(Count::OutOfRange) => {
                    return Err(Error::overflow(&format!("the number {}", excerpt(word))).at(self.input.line(word)));
                }
                None => {
                    let message = format!("expected a number at the end of the line, found {:?}", excerpt(word));
                    return Err(Error::malformed(message).at(self.input.line(word)));
                }
            }
            self.odd.lone_counts += u64::from(before.is_empty());
            stack = trim_end(before);
        }
        let thread = self.stack(stack.trim_ascii_start())?;
        self.read.rows.push(Row { end: self.read.paths.len(), thread });
        Ok(())
    }

    /// Adds the frames of a stack and returns its thread.
    fn stack(&mut self, stack: &'a [u8]) -> Result<Option<ThreadId>> {
        let (thread, frames) = self.thread(stack);
        let start = self.read.paths.len();
        if let Some(frames) = frames {
            let mut from = 0;
            for end in memchr::memchr_iter(b';', frames).chain([frames.len()]) {
                let frame = self.frame(frames.get(from..end).unwrap_or_default());
                self.read.paths.push(frame);
                from = end + 1;
            }
        }
        if self.read.paths.len() - start > self.max_depth as usize {
            return Err(Error::too_deep(self.max_depth).at(self.input.line(stack)));
        }
        Ok(thread)
    }

    /// Takes the thread off a stack; frames are what is left, if anything is.
    fn thread(&mut self, stack: &'a [u8]) -> (Option<ThreadId>, Option<&'a [u8]>) {
        let frames = (!stack.is_empty()).then_some(stack);
        let (root, rest) = match self.read.is_austin {
            true => austin::split(stack),
            false if stack.starts_with(b"thread") => split_frames(stack, 1),
            false => return (None, frames),
        };
        let Ok(root) = std::str::from_utf8(root) else { return (None, frames) };
        let root = if self.read.is_austin { austin::thread_root(root) } else { thread_root(root) };
        let Some(root) = root else { return (None, frames) };
        let [process, id, name] = [root.process, root.id, root.name].map(|text| text.map(|it| self.profile.string(it)));
        (Some(self.profile.thread(Thread { source: 0, process, id, name })), rest)
    }

    fn frame(&mut self, frame: &[u8]) -> StringId {
        match std::str::from_utf8(frame) {
            Ok("") => {
                self.odd.empty_names += 1;
                self.read.frames.intern("(anonymous)")
            }
            Ok(text) => self.read.frames.intern(text),
            Err(_) => {
                let before = self.read.frames.len();
                let id = self.read.frames.intern(&escaped(frame));
                self.odd.bad_names += u64::from(self.read.frames.len() > before);
                id
            }
        }
    }
}

/// Splits a stack behind its first frames; there may be no others.
pub(crate) fn split_frames(stack: &[u8], first: usize) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr_iter(b';', stack).nth(first - 1) {
        Some(end) => (stack.get(..end).unwrap_or_default(), stack.get(end + 1..)),
        None => (stack, None),
    }
}

/// Returns a word as text, cut where it is long.
fn excerpt(word: &[u8]) -> String {
    let start = word.get(..40).unwrap_or(word);
    let rest = if start.len() < word.len() { "..." } else { "" };
    String::from_utf8_lossy(start).into_owned() + rest
}

fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}
