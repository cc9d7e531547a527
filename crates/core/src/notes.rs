//! What a reader, a conversion or a writer has to confess.

use std::fmt;

/// Counted remarks, one per kind of remark, in order of first use.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    notes: Vec<Note>,
}

/// One remark: what happened, how often, and a first example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What sort of remark it is.
    pub kind: NoteKind,
    /// What happened: `callgrind cannot hold timestamps`.
    pub what: String,
    /// How often.
    pub count: u64,
    /// What `count` counts: `samples lost theirs|sample lost its own`, for many and for one where they
    /// differ. Empty where a count says nothing.
    pub of: &'static str,
    /// The first example, in the words of the profile.
    pub example: Option<String>,
}

/// What sort of remark a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NoteKind {
    /// The output lacks something that the input had.
    Lost,
    /// The output holds something derived that the source never knew.
    Estimated,
    /// The target demands something that the source lacks, so it was made up.
    Invented,
    /// A value is shown in another dimension than its own.
    Relabelled,
    /// A name was changed because the target cannot spell it.
    Renamed,
    /// A number was rounded.
    Rounded,
    /// A part of the input was passed over.
    Skipped,
    /// Something was left out because the user asked for that.
    Dropped,
    /// The input is odd but nothing is lost.
    Odd,
}

impl NoteKind {
    /// Returns whether a strict run refuses to go on after such a note.
    pub fn is_loss(self) -> bool {
        !matches!(self, NoteKind::Dropped | NoteKind::Odd)
    }
}

impl Notes {
    /// Returns an empty list.
    pub fn new() -> Notes {
        Notes::default()
    }

    /// Adds `count` cases of a remark to those already made with the same words.
    ///
    /// `example` is called only for the first case.
    pub fn add<E: Into<Option<String>>>(
        &mut self,
        kind: NoteKind,
        what: impl Into<String>,
        count: u64,
        of: &'static str,
        example: impl FnOnce() -> E,
    ) {
        let what = what.into();
        match self.notes.iter_mut().find(|note| note.kind == kind && note.of == of && note.what == what) {
            Some(note) => note.count = note.count.saturating_add(count),
            None => self.notes.push(Note { kind, what, count, of, example: example().into() }),
        }
    }

    /// Adds a remark that is made once and not counted.
    pub fn remark(&mut self, kind: NoteKind, what: impl Into<String>) {
        self.add(kind, what, 1, "", || None);
    }

    /// Returns the notes in the order in which they were first made.
    pub fn iter(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter()
    }

    /// Returns the first note that a strict run does not accept.
    pub fn first_loss(&self) -> Option<&Note> {
        self.notes.iter().find(|note| note.kind.is_loss())
    }

    /// Moves the notes of `other` here that say something new. What is said already, as when several files are
    /// written from one profile, counts as often as in the list that counts it most often.
    pub fn unite(&mut self, other: Notes) {
        for note in other.notes {
            let same = |it: &&mut Note| (it.kind, it.of, &it.what) == (note.kind, note.of, &note.what);
            match self.notes.iter_mut().find(same) {
                Some(said) => said.count = said.count.max(note.count),
                None => self.notes.push(note),
            }
        }
    }

    /// Moves all notes of `other` behind those of this list.
    pub fn append(&mut self, other: Notes) {
        for note in other.notes {
            self.add(note.kind, note.what, note.count, note.of, || note.example);
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.what)?;
        if !self.of.is_empty() {
            let (many, one) = self.of.split_once('|').unwrap_or((self.of, self.of));
            write!(out, ": {} {}", thousands(self.count), if self.count == 1 { one } else { many })?;
        }
        match &self.example {
            // The largest of its kind says more there than the first would.
            Some(example) if matches!(self.kind, NoteKind::Rounded | NoteKind::Estimated) => {
                write!(out, " ({example})")
            }
            Some(example) => write!(out, " (first: {example})"),
            None => Ok(()),
        }
    }
}

/// Returns a number with a comma between groups of three digits.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
