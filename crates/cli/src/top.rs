//! Lists of functions, of their callers and callees, and of their lines: for people and for programs.

mod arcs;
mod functions;
mod head;
mod json;
mod lines;
mod sources;

pub(crate) use json::to_json_line;

use crate::failure::{Failure, Result};
use crate::page::Page;
use crate::source::Source;
use crate::wanted::Wanted;
use arcs::Arcs;
use head::Head;
use profkit_core::{Error, Notes, Profile};
use profkit_ops::{Sort, TopRow, peek, top};
use sources::Sources;
use std::path::PathBuf;

/// What a list is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// People: a head and a table that fits the page.
    Table(Page),
    /// Spreadsheets: comma separated values.
    Csv,
    /// Programs: one line of JSON.
    Json,
}

/// A profile that lists are made of.
#[derive(Debug)]
pub struct Lists<'p> {
    head: Head<'p>,
    form: Form,
    sort: Sort,
    limit: usize,
}

impl<'p> Lists<'p> {
    /// Returns lists of at most `limit` functions, any number for 0, in an order by the value type of index `value`.
    ///
    /// # Errors
    ///
    /// Fails where sums do not fit into 64 bits.
    pub fn new(
        source: &'p Source,
        profile: &'p Profile,
        value: usize,
        (sort, limit): (Sort, usize),
        form: Form,
    ) -> Result<Lists<'p>> {
        Ok(Lists { head: Head::new(source, profile, value)?, form, sort, limit })
    }

    /// Returns the functions and what each costs.
    ///
    /// # Errors
    ///
    /// Fails where sums do not fit into 64 bits.
    pub fn functions(&self, notes: &mut Notes) -> Result<String> {
        let Head { profile, value, .. } = self.head;
        let top = top(profile, value, self.sort, notes).map_err(|error| self.failure(&error))?;
        let all = top.len();
        let rows: Vec<TopRow> = top.rows().take(self.shown(all)).collect();
        Ok(match self.form {
            Form::Table(page) => functions::text(&self.head, &rows, all, page),
            Form::Csv => functions::comma_separated(&self.head, &rows),
            Form::Json => functions::json(&self.head, &rows, notes),
        })
    }

    /// Returns the functions that are meant, with their callers, their callees or both.
    ///
    /// # Errors
    ///
    /// Fails where no function is meant, and where sums do not fit into 64 bits.
    pub fn arcs(&self, callers: Option<&Wanted>, callees: Option<&Wanted>, notes: &mut Notes) -> Result<String> {
        let Head { profile, value, .. } = self.head;
        let has = |wanted: Option<&Wanted>, row: &TopRow| wanted.is_some_and(|wanted| wanted.has(row));
        let is_wanted = |row: &TopRow| has(callers, row) || has(callees, row);
        let found = peek(profile, value, self.sort, is_wanted, notes).map_err(|error| self.failure(&error))?;
        let all = profile.functions.len();
        for wanted in [callers, callees].into_iter().flatten() {
            wanted.check_match(found.iter().any(|peek| wanted.has(&peek.function)), all)?;
        }
        let list = found.into_iter().map(|peek| {
            let (has_callers, has_callees) = (has(callers, &peek.function), has(callees, &peek.function));
            Arcs { peek, has_callers, has_callees }
        });
        let mut list: Vec<Arcs> = list.collect();
        self.cut(&mut list);
        Ok(match self.form {
            Form::Table(page) => arcs::text(&self.head, &list, all, page),
            Form::Csv => arcs::comma_separated(&self.head, &list),
            Form::Json => arcs::json(&self.head, &list, notes),
        })
    }

    /// Returns the functions that are meant, with what each of their lines costs, beside the text of the lines
    /// where their file is found under its own path or in one of the folders.
    ///
    /// # Errors
    ///
    /// Fails where no function is meant, and where sums do not fit into 64 bits.
    pub fn lines(&self, wanted: &Wanted, folders: &[PathBuf], notes: &mut Notes) -> Result<String> {
        let Head { profile, value, .. } = self.head;
        let found = profkit_ops::lines(profile, value, self.sort, |row| wanted.has(row));
        let mut list = found.map_err(|error| self.failure(&error))?;
        let all = profile.functions.len();
        wanted.check_match(!list.is_empty(), all)?;
        self.cut(&mut list);
        let mut sources = Sources::new(folders);
        for found in &list {
            for line in &found.lines {
                sources.find(line.file.as_deref(), found.full_path.as_deref());
            }
        }
        sources.note_missing(notes);
        Ok(match self.form {
            Form::Table(page) => lines::text(&self.head, &list, all, &mut sources, page),
            Form::Csv => lines::comma_separated(&self.head, &list, &mut sources),
            Form::Json => lines::json(&self.head, &list, &mut sources, notes),
        })
    }

    fn cut<T>(&self, list: &mut Vec<T>) {
        list.truncate(self.shown(list.len()));
    }

    /// Returns how many of all are shown.
    fn shown(&self, all: usize) -> usize {
        if self.limit > 0 { all.min(self.limit) } else { all }
    }

    fn failure(&self, error: &Error) -> Failure {
        Failure::in_file(self.head.source.name(), error)
    }
}
