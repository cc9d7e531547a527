//! The clocks of several profiles as one.

use super::threads;
use profkit_core::{Error, NoteKind, Notes, Profile, Result, Samples};
use std::ops::Range;

/// When things happened, in a profile whose inputs started at different times.
///
/// Until the end, times count from the start of the first input that states one: only then is it known which
/// input was the earliest, and nothing is moved twice.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock {
    /// What times count from.
    base_ns: Option<i64>,
    earliest_ns: Option<i64>,
    /// The rows, in order, whose input does not state when it started: they count from the start, whenever that was.
    loose: Vec<Range<usize>>,
}

impl Clock {
    /// Returns the clock of one input.
    pub(super) fn of(start_ns: Option<i64>, samples: &Samples) -> Clock {
        let is_loose = start_ns.is_none() && samples.has_times();
        let loose = is_loose.then(|| 0..samples.len()).into_iter().collect();
        Clock { base_ns: start_ns, earliest_ns: start_ns, loose }
    }

    /// Adds another clock; returns how far times in the rows that it has a start for move.
    pub(super) fn add(&mut self, other: &Clock) -> Result<i64> {
        let earliest = self.earliest_ns.into_iter().chain(other.earliest_ns).min();
        self.earliest_ns = earliest;
        match (self.base_ns, other.base_ns) {
            (Some(base), Some(start)) => start.checked_sub(base).ok_or_else(too_far),
            (base, start) => {
                self.base_ns = base.or(start);
                Ok(0)
            }
        }
    }

    /// Returns whether times in a row count from an unknown start.
    pub(super) fn is_loose(&self, row: usize) -> bool {
        let next = self.loose.partition_point(|rows| rows.end <= row);
        self.loose.get(next).is_some_and(|rows| rows.contains(&row))
    }

    /// Says that equal samples were added up, and that so many are left.
    pub(super) fn truncate(&mut self, rows: usize) {
        self.loose.iter_mut().for_each(|loose| loose.end = loose.end.min(rows));
        self.loose.retain(|loose| !loose.is_empty());
    }

    /// Says that a row, the last one so far, counts from an unknown start.
    pub(super) fn loosen(&mut self, row: usize) {
        match self.loose.last_mut().filter(|rows| rows.end == row) {
            Some(rows) => rows.end += 1,
            None => self.loose.push(row..row + 1),
        }
    }

    /// Makes all times of the merged profile count from the earliest start.
    pub(super) fn settle(self, profile: &mut Profile, notes: &mut Notes) -> Result<()> {
        profile.meta.start_ns = self.earliest_ns;
        let (Some(base), Some(earliest)) = (self.base_ns, self.earliest_ns) else { return Ok(()) };
        let loose: usize = self.loose.iter().map(ExactSizeIterator::len).sum();
        if loose > 0 {
            let what = "some inputs do not state when they started: their times are taken from the earliest start";
            notes.add(NoteKind::Odd, what, loose as u64, "samples are in doubt|sample is in doubt", || None);
        }
        let shift_ns = base.checked_sub(earliest).ok_or_else(too_far)?;
        if shift_ns == 0 {
            return Ok(());
        }
        profile.meta.transactions.iter_mut().try_for_each(|it| threads::shift(it, shift_ns))?;
        let mut from = 0;
        let end = profile.samples.len();
        for rows in self.loose.into_iter().chain(std::iter::once(end..end)) {
            profile.samples.shift_times(from..rows.start, shift_ns)?;
            from = rows.end;
        }
        Ok(())
    }
}

fn too_far() -> Error {
    Error::overflow("the time between the starts of two inputs")
}
