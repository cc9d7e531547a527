//! What is odd about a file but loses nothing, or next to nothing.

use profkit_core::{NoteKind, Notes};

/// How often something odd was met.
#[derive(Default)]
pub(super) struct Odd<'a> {
    pub(super) comments: Comments<'a>,
    pub(super) lone_counts: u64,
    pub(super) empty_names: u64,
    pub(super) bad_names: u64,
}

/// Comments that are passed over: how many, and the first.
#[derive(Default)]
pub(super) struct Comments<'a> {
    count: u64,
    first: &'a [u8],
}

impl<'a> Odd<'a> {
    /// Adds what was met further down.
    pub(super) fn append(&mut self, other: Odd<'a>) {
        if self.comments.count == 0 {
            self.comments.first = other.comments.first;
        }
        self.comments.count += other.comments.count;
        self.lone_counts += other.lone_counts;
        self.empty_names += other.empty_names;
        self.bad_names += other.bad_names;
    }

    pub(super) fn note(&self, notes: &mut Notes) {
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

impl<'a> Comments<'a> {
    pub(super) fn add(&mut self, line: &'a [u8]) {
        if self.count == 0 {
            self.first = line;
        }
        self.count += 1;
    }
}
