//! What changed between two profiles.
//!
//! Numbers are those of the peers, function by function and stack by stack, and tests hold them side by side. What they do
//! otherwise:
//!
//! - `go tool pprof -top -diff_base` shows no two sides but their difference, its percentages are parts of the total of the
//!   base, functions are the same by name alone, and nothing tells a change from noise.
//! - `inferno-diff-folded` (and `difffolded.pl`) compares stacks as text, so that a function on another line is gone here
//!   and new there; its order is another one in each run, and `--normalize` cuts fractions off, where ours keep the sum.

mod cautions;
mod explain;
mod noise;
mod normalise;
mod observed;
mod pairing;
mod profile;
mod renames;
mod runs;
mod scale;
mod sums;
mod table;
mod values;

pub use explain::{Explanation, Via, explain};
pub use noise::{Basis, Bulk, FALSE_DISCOVERIES, Verdict};
pub use profile::diff_profile;
pub use renames::Suggestion;
pub use table::diff;

use crate::rename::Rename;
use profkit_core::{Period, Unit, ValueType};
use runs::Run;
use std::cmp::Ordering;
use std::num::NonZeroUsize;
use sums::Sums;

/// What stands behind the kind of the two values of a diff that is a profile: before and after.
pub const KIND_SUFFIXES: [&str; 2] = ["_before", "_after"];

/// What is compared with what, and how.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct DiffOptions {
    /// The indices of the values to compare, before and after; found out where there is none.
    pub values: [Option<usize>; 2],
    /// Whether the side before is scaled to the total of the side after, so that shares are compared.
    pub normalize: bool,
    /// What becomes of the names of functions from before when they are looked for after.
    pub renames: Vec<Rename>,
    /// In how many threads to work; in as many as there is work for where none is given.
    pub threads: Option<NonZeroUsize>,
}

/// Which values are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compared {
    /// Their indices, before and after.
    pub values: [usize; 2],
    /// What they are, before and after.
    pub types: [ValueType; 2],
    /// The unit that both are brought to.
    pub unit: Unit,
}

/// What changed, function by function.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Diff {
    /// What is known of the sides, before and after.
    pub sides: [DiffSide; 2],
    /// The unit of all values.
    pub unit: Unit,
    /// The change of the whole.
    pub total: Change,
    /// A row for every function that cost anything or was called on some side.
    pub rows: Vec<DiffRow>,
    /// What the verdicts rest on.
    pub basis: Basis,
    /// Whether the side before was scaled to the total of the side after.
    pub is_normalized: bool,
    /// Functions that look as if they had only been renamed or moved.
    pub suggestions: Vec<Suggestion>,
}

/// What is known of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DiffSide {
    /// How many runs it has.
    pub runs: usize,
    /// The total of each run, where it was added up.
    pub run_totals: Vec<i64>,
    /// The value that is compared.
    pub value_type: ValueType,
    /// For how long the first run was profiled, in nanoseconds, where it says so.
    pub duration_ns: Option<i64>,
    /// How often the first run was sampled, where it says so.
    pub period: Option<Period>,
    /// Whether it has call graphs and no stacks.
    pub is_call_graph: bool,
    /// How many observations there are in all, where that is known.
    pub observations: Option<u64>,
    /// Whether totals of functions are only upper bounds in places.
    pub has_bounds: bool,
}

/// What one function cost before and after.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DiffRow {
    /// The name of the function, as it is after.
    pub name: String,
    /// The source file.
    pub file: Option<String>,
    /// The line on which the function starts, counted from 1.
    pub line: Option<u32>,
    /// The module, package or library.
    pub module: Option<String>,
    /// The name that it had before, where it was another one.
    pub former_name: Option<String>,
    /// On which side it is there.
    pub presence: Presence,
    /// What it cost on its own.
    pub own: Change,
    /// What it cost with all that it called.
    pub total: Change,
    /// Whether a total is only an upper bound.
    pub is_bound: bool,
    /// How often it was called, before and after.
    pub calls: [Option<i64>; 2],
}

/// A cost before and after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The cost before.
    pub before: i64,
    /// The cost after.
    pub after: i64,
    /// Whether the difference is more than noise.
    pub verdict: Verdict,
}

/// On which side a function is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// On both.
    Both,
    /// Only before.
    Gone,
    /// Only after.
    New,
}

/// What the rows are ordered by, the largest change first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DiffSort {
    /// The change of the own cost.
    Own,
    /// The change of the total cost.
    Total,
    /// How many times as large, or small, the own cost became; what is gone or new comes last.
    Ratio,
}

impl Change {
    /// Returns the cost after less that before.
    pub fn delta(&self) -> i128 {
        i128::from(self.after) - i128::from(self.before)
    }

    /// Returns how many times as large the cost is after; none where it is zero before.
    pub fn ratio(&self) -> Option<f64> {
        (self.before != 0).then(|| self.after as f64 / self.before as f64)
    }
}

impl DiffRow {
    /// Returns whether anything is different after.
    pub fn is_changed(&self) -> bool {
        self.own.delta() != 0 || self.total.delta() != 0 || self.calls_differ()
    }

    fn calls_differ(&self) -> bool {
        matches!(self.calls, [Some(before), Some(after)] if before != after) || self.presence != Presence::Both
    }
}

impl Presence {
    /// Returns the word for it: `both`, `gone` or `new`.
    pub fn name(self) -> &'static str {
        match self {
            Presence::Both => "both",
            Presence::Gone => "gone",
            Presence::New => "new",
        }
    }
}

impl Diff {
    /// Orders the rows; those that compare equal by the other cost, then by name, file, line and module.
    pub fn sort(&mut self, sort: DiffSort) {
        self.rows.sort_by(|left, right| sort.compare(left, right));
    }

    /// Returns how few functions, those with the largest change of their own cost, make up a part of all change, and
    /// what part that is: nine tenths, unless more than ten functions are needed for it. None where nothing changed.
    pub fn explained(&self) -> Option<(usize, f64)> {
        let mut changes: Vec<u128> = self.rows.iter().map(|row| row.own.delta().unsigned_abs()).collect();
        changes.sort_unstable_by(|left, right| right.cmp(left));
        let all: u128 = changes.iter().sum();
        let mut sum = 0;
        for (index, change) in changes.into_iter().enumerate().take_while(|_| all > 0) {
            sum += change;
            let part = sum as f64 / all as f64;
            if part >= 0.9 || index == 9 {
                return Some((index + 1, part));
            }
        }
        None
    }
}

impl DiffSort {
    fn compare(self, left: &DiffRow, right: &DiffRow) -> Ordering {
        let own = |row: &DiffRow| row.own.delta().unsigned_abs();
        let total = |row: &DiffRow| row.total.delta().unsigned_abs();
        let by_own = || own(right).cmp(&own(left)).then_with(|| total(right).cmp(&total(left)));
        let first = match self {
            DiffSort::Own => by_own(),
            DiffSort::Total => total(right).cmp(&total(left)).then_with(|| own(right).cmp(&own(left))),
            DiffSort::Ratio => distance(right).total_cmp(&distance(left)).then_with(by_own),
        };
        let place = |row: &DiffRow| (row.file.clone(), row.line, row.module.clone());
        first.then_with(|| left.name.cmp(&right.name)).then_with(|| place(left).cmp(&place(right)))
    }
}

/// Returns how far a ratio is from one, in either direction; nothing for what has no ratio.
fn distance(row: &DiffRow) -> f64 {
    let ratio = row.own.ratio().filter(|&ratio| ratio > 0.0);
    ratio.map_or(0.0, |ratio| ratio.ln().abs())
}

impl DiffSide {
    /// Returns what the runs of a side say of themselves, before their costs are added up.
    fn new(runs: &[Run<'_>], value_type: ValueType) -> DiffSide {
        let first = &runs[0].profile;
        DiffSide {
            runs: runs.len(),
            run_totals: Vec::new(),
            value_type,
            duration_ns: first.meta.duration_ns,
            period: first.meta.period.clone(),
            is_call_graph: first.samples.is_empty() && !first.calls.is_empty(),
            observations: None,
            has_bounds: false,
        }
    }

    fn with_sums(self, sums: &Sums) -> DiffSide {
        let has_bounds = sums.functions.iter().any(|sum| sum.is_bound);
        DiffSide { observations: sums.observations, run_totals: sums.wholes.clone(), has_bounds, ..self }
    }
}
