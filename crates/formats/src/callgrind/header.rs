//! The head of a file and of each part: `key: value`.

use super::events::Event;
use super::lines::{Lines, digits, word};
use super::marks::{FILE, FileMark, PART, PartMark, said};
use profkit_core::{Error, Input, Result, ValueType};
use std::collections::HashMap;

/// The most events of a file. Each line of costs may name few of them and takes place for all.
const MOST_EVENTS: usize = 256;

/// The keys of a header.
pub(super) const KEYS: &[&str] = &[
    "version",
    "creator",
    "pid",
    "cmd",
    "part",
    "thread",
    "desc",
    "event",
    "events",
    "positions",
    "arch",
    "timeframe (BB)",
];

/// Returns the key and the value of a line of the head, and none for any other line.
pub(super) fn entry(line: &[u8]) -> Option<(&'static str, &[u8])> {
    let colon = memchr::memchr(b':', line.get(..20).unwrap_or(line))?;
    let (key, value) = line.split_at_checked(colon)?;
    let key = KEYS.iter().find(|known| known.as_bytes() == key)?;
    Some((key, value.get(1..)?.trim_ascii_start()))
}

/// The events of a whole file, those of all parts together.
pub(super) struct Events {
    names: Vec<Vec<u8>>,
    pub(super) events: Vec<Event>,
    pub(super) mark: Option<FileMark>,
}

impl Events {
    /// Looks through all lines for the events that they name.
    pub(super) fn of(input: Input<'_>) -> Result<Events> {
        let mut events = Events { names: Vec::new(), events: Vec::new(), mark: None };
        let mut lines = Lines::new(input);
        let mut creator = String::new();
        // The head of the file says who wrote it and, if that was us, what the names mean.
        while let Some(line) = lines.next().filter(|line| line.starts_with(b"#") || entry(line).is_some()) {
            events.mark = events.mark.take().or_else(|| said(line, FILE));
            if let Some(("creator", name)) = entry(line) {
                creator = String::from_utf8_lossy(name).into_owned();
            }
        }
        let mut long_names: HashMap<&[u8], &[u8]> = HashMap::new();
        for at in memchr::memmem::find_iter(input.bytes(), b"event").filter(|&at| is_at_start(input, at)) {
            let line = input.bytes().get(at..).unwrap_or_default();
            let line = line.split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii_end();
            match entry(line) {
                Some(("events", names)) => events.add(&lines, names, &creator)?,
                Some(("event", name)) => {
                    let parts = name.iter().position(|&byte| byte == b':').and_then(|at| name.split_at_checked(at));
                    let (short, long) = parts.unwrap_or((name, b""));
                    // A formula stands between the short name and the long one.
                    let short = short.split(|&byte| byte == b'=').next().unwrap_or_default();
                    long_names.insert(short.trim_ascii(), long.get(1..).unwrap_or_default().trim_ascii());
                }
                _ => {}
            }
        }
        for (name, event) in events.names.iter().zip(&mut events.events) {
            if let Some(long) = long_names.get(&name[..]) {
                *event = event.clone().with_long_name(&String::from_utf8_lossy(long));
            }
        }
        let values = events.mark.as_ref().and_then(|mark| mark.values.as_ref());
        if let Some(values) = values.filter(|values| values.len() <= events.events.len()) {
            let named = |(kind, unit): &(String, String)| Event { value_type: ValueType::new(kind, unit), factor: 1 };
            events.events = values.iter().map(named).collect();
        }
        Ok(events)
    }

    /// Returns whether the file names no events at all.
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    fn add(&mut self, lines: &Lines<'_>, mut names: &[u8], creator: &str) -> Result<()> {
        let mut here: Vec<&[u8]> = Vec::new();
        while let Some(name) = word(&mut names) {
            if here.contains(&name) {
                return Err(lines.unlike("each event once", name));
            }
            here.push(name);
            if self.names.iter().any(|known| known == name) {
                continue;
            }
            if self.names.len() == MOST_EVENTS {
                return Err(Error::limit(format!("more than {MOST_EVENTS} events")).at(lines.place(name)));
            }
            self.names.push(name.to_vec());
            self.events.push(Event::named(&String::from_utf8_lossy(name), creator));
        }
        Ok(())
    }

    /// Returns the columns of the events that a part names; more names than values are of columns that say nothing.
    pub(super) fn columns(&self, mut names: &[u8]) -> Vec<usize> {
        let mut columns = Vec::new();
        while let Some(name) = word(&mut names) {
            columns.extend(self.names.iter().position(|known| known == name));
        }
        columns
    }
}

fn is_at_start(input: Input<'_>, at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| input.bytes().get(before) == Some(&b'\n'))
}

/// Which positions a line of costs starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    Instruction,
    Block,
    Line,
}

/// Where costs are, or were last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) instruction: u64,
    pub(super) block: u64,
    pub(super) line: u64,
}

impl Place {
    /// Returns one position of the place.
    pub(super) fn of(&mut self, position: Position) -> &mut u64 {
        match position {
            Position::Instruction => &mut self.instruction,
            Position::Block => &mut self.block,
            Position::Line => &mut self.line,
        }
    }
}

/// Returns the positions that a line of the head names.
pub(super) fn positions(lines: &Lines<'_>, mut names: &[u8]) -> Result<Vec<Position>> {
    let mut positions = Vec::new();
    while let Some(name) = word(&mut names) {
        let position = match name {
            b"instr" | b"addr" => Position::Instruction,
            b"bb" => Position::Block,
            b"line" => Position::Line,
            _ => return Err(lines.unlike("one of the positions instr, bb and line", name)),
        };
        if positions.contains(&position) {
            return Err(lines.unlike("each position once", name));
        }
        positions.push(position);
    }
    Ok(positions)
}

/// Fails where a file is of a version that nobody knows yet.
pub(super) fn check_version(lines: &Lines<'_>, version: &[u8]) -> Result<()> {
    match digits(version) {
        Some((Some(..=1), [])) => Ok(()),
        _ => Err(lines.unlike("version 1", version)),
    }
}

/// What the head of one part says.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    pub(super) part: Option<String>,
    pub(super) thread: Option<String>,
    pub(super) mark: Option<PartMark>,
}

impl Part {
    /// Takes what a comment says of the part, if it is one of ours.
    pub(super) fn comment(&mut self, comment: &[u8]) {
        self.mark = self.mark.take().or_else(|| said(comment, PART));
    }
}
