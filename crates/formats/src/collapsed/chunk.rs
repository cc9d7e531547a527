//! A part of a file that is read on its own: lines taken apart, with numbers for their names.
//!
//! ```text
//! main;load;len 14        frames  main load len work        paths  0 1 2 | 0 3
//! main;work 2             counts  14 2
//! ```
//!
//! The numbers are those of this part. What a name says, and whether it is text at all, is looked at once per part and
//! not once per line.

use super::austin;
use super::count::{Count, count, split_last_word};
use super::lines::{is_comment, next_line, trim_end};
use super::names::{ThreadRoot, thread_root};
use super::odd::Odd;
use super::texts::Texts;
use profkit_core::{Amounts, Error, Input, Result};

/// How many bytes most names have at least, on average: memory of paths that does not grow is not moved either.
const USUAL_NAME: usize = 8;

/// What the lines of a part say.
pub(super) struct Chunk<'a> {
    /// The distinct frames.
    pub(super) frames: Texts<'a>,
    /// The distinct root frames that name threads.
    pub(super) threads: Texts<'a>,
    /// The frames of all lines, one path after the other.
    pub(super) paths: Vec<u32>,
    /// The lines, in order.
    pub(super) rows: Vec<Row>,
    /// The numbers at the end of the lines, column by column.
    pub(super) columns: Vec<Amounts>,
    pub(super) odd: Odd<'a>,
}

/// One line.
pub(super) struct Row {
    /// Where its path ends.
    pub(super) end: usize,
    /// The thread that its root frame names.
    pub(super) thread: Option<u32>,
}

/// How all parts of a file are read.
#[derive(Clone, Copy)]
pub(super) struct Dialect<'a> {
    pub(super) input: Input<'a>,
    pub(super) is_austin: bool,
    pub(super) columns: usize,
    pub(super) max_depth: u32,
}

impl<'a> Dialect<'a> {
    /// Reads the lines of a part.
    pub(super) fn read(self, part: &'a [u8]) -> Result<Chunk<'a>> {
        let mut chunk = Chunk {
            frames: Texts::default(),
            threads: Texts::default(),
            paths: Vec::with_capacity(part.len() / USUAL_NAME),
            rows: Vec::new(),
            columns: vec![Amounts::new(); self.columns],
            odd: Odd::default(),
        };
        let mut rest = part;
        while !rest.is_empty() {
            chunk.line(self, trim_end(next_line(&mut rest)))?;
        }
        Ok(chunk)
    }

    /// Returns what a root frame says of a thread.
    pub(super) fn thread_root(self, frame: &[u8]) -> Option<ThreadRoot<'_>> {
        let frame = std::str::from_utf8(frame).ok()?;
        if self.is_austin { austin::thread_root(frame) } else { thread_root(frame) }
    }
}

impl<'a> Chunk<'a> {
    fn line(&mut self, dialect: Dialect<'a>, line: &'a [u8]) -> Result<()> {
        if line.is_empty() {
            return Ok(());
        }
        if dialect.is_austin && is_comment(line) {
            self.odd.comments.add(line);
            return Ok(());
        }
        let mut stack = line;
        for amounts in self.columns.iter_mut().rev() {
            let (before, word) = split_last_word(stack);
            match count(word) {
                Some(Count::Whole(number)) => amounts.push_whole(number),
                Some(Count::Decimal(number)) => amounts.push(number),
                Some(Count::OutOfRange) => {
                    return Err(Error::overflow(&format!("the number {}", excerpt(word))).at(dialect.input.line(word)));
                }
                None => {
                    let message = format!("expected a number at the end of the line, found {:?}", excerpt(word));
                    return Err(Error::malformed(message).at(dialect.input.line(word)));
                }
            }
            self.odd.lone_counts += u64::from(before.is_empty());
            stack = trim_end(before);
        }
        self.stack(dialect, stack.trim_ascii_start())
    }

    /// Adds a row with the frames of a stack.
    fn stack(&mut self, dialect: Dialect<'a>, stack: &'a [u8]) -> Result<()> {
        let (thread, frames) = self.thread(dialect, stack);
        let start = self.paths.len();
        if let Some(frames) = frames {
            let mut from = 0;
            for end in memchr::memchr_iter(b';', frames).chain([frames.len()]) {
                let frame = frames.get(from..end).unwrap_or_default();
                self.odd.empty_names += u64::from(frame.is_empty());
                self.paths.push(self.frames.number(frame));
                from = end + 1;
            }
        }
        if self.paths.len() - start > dialect.max_depth as usize {
            return Err(Error::too_deep(dialect.max_depth).at(dialect.input.line(stack)));
        }
        self.rows.push(Row { end: self.paths.len(), thread });
        Ok(())
    }

    /// Takes the thread off a stack; frames are what is left, if anything is.
    fn thread(&mut self, dialect: Dialect<'a>, stack: &'a [u8]) -> (Option<u32>, Option<&'a [u8]>) {
        let frames = (!stack.is_empty()).then_some(stack);
        let (root, rest) = match dialect.is_austin {
            true => austin::split(stack),
            false if stack.starts_with(b"thread") => split_frames(stack, 1),
            false => return (None, frames),
        };
        if dialect.thread_root(root).is_none() {
            return (None, frames);
        }
        (Some(self.threads.number(root)), rest)
    }
}

/// Splits a stack behind its first frames; there may be no others.
pub(super) fn split_frames(stack: &[u8], first: usize) -> (&[u8], Option<&[u8]>) {
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
