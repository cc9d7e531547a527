//! The comparison of two profiles: reading the sides, and what comes out.

mod comparison;
mod explained;
mod form;
mod gate;
mod json;
mod markdown;
mod negative;
mod sides;
mod spell;
mod stacks;
mod text;

pub use comparison::{Comparison, Look};
pub use form::Form;
pub use gate::Threshold;
pub use sides::{SideFile, Sides, Unit};

use profkit_ops::{Diff, DiffRow, DiffSort};

/// A comparison and what is said of its sides.
struct DiffReport<'d> {
    /// The files of each side.
    files: [&'d [SideFile]; 2],
    /// What changed.
    diff: &'d Diff,
    look: &'d Look,
}

impl DiffReport<'_> {
    /// Returns the rows that are shown, and how many more have changed.
    fn shown(&self) -> (Vec<&DiffRow>, usize) {
        let whole = self.diff.total.before.unsigned_abs().max(self.diff.total.after.unsigned_abs()) as f64;
        let is_shown = |row: &&DiffRow| {
            let delta = self.delta(row);
            delta != 0 && delta.unsigned_abs() as f64 >= whole * self.look.least_part
        };
        let changed = self.diff.rows.iter().filter(|row| row.is_changed()).count();
        let mut rows: Vec<&DiffRow> = self.diff.rows.iter().filter(is_shown).collect();
        if self.look.limit > 0 {
            rows.truncate(self.look.limit);
        }
        let more = changed - rows.len();
        (rows, more)
    }

    /// Returns the change that the rows are ordered by.
    fn delta(&self, row: &DiffRow) -> i128 {
        match self.look.sort {
            DiffSort::Total => row.total.delta(),
            _ => row.own.delta(),
        }
    }

    /// Returns what a row is.
    fn row(&self) -> &'static str {
        self.look.unit.name()
    }
}
