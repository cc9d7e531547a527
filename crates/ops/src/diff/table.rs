//! The difference of two sides, a row per function.

use super::noise::{Basis, Bulk, Evidence, Verdict};
use super::observed::{Observed, is_exact};
use super::pairing::Facts;
use super::runs::{Run, Runs};
use super::scale::Scale;
use super::sums::{FunctionSum, Part, Sums};
use super::{Change, Diff, DiffOptions, DiffRow, DiffSide, DiffSort, Presence, renames};
use crate::top::note_bounds;
use profkit_core::{Dimension, Error, Notes, Profile, Result};
use std::num::NonZeroUsize;

/// The part of the whole below which a function of repeated runs is not worth a test: whatever it does, each test makes
/// the others harder to pass.
const LEAST_PART: f64 = 0.001;
/// What stands for the cost that belongs to no function: time in which nothing ran.
const NO_FUNCTION: &str = "(no stack)";

/// Returns what changed between two sides of one or more runs each, function by function.
///
/// Functions are paired in rounds over what is still alone: by name, file and line; by name and file, in the order of
/// their lines, where both sides have as many; by name without addresses, hashes, template arguments and other
/// things that change from build to build, and file; and by such a name alone if each side has it once. Two
/// functions of one side never become one row. A file that lies in another folder is found by the end of its path.
///
/// With several runs, the rows show means. Rows are ordered by the change of the own cost, the largest first.
///
/// ```
/// use profkit_core::{Frame, Function, Notes, Profile, Sample, ValueType};
/// use profkit_ops::{DiffOptions, diff};
///
/// let run = |costs: [(&str, i64); 2]| {
///     let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
///     for (name, cost) in costs {
///         let name = profile.string(name);
///         let function = profile.function(Function::named(name));
///         let frame = profile.frame(Frame { function: Some(function), ..Frame::default() });
///         let stack = profile.stack(&[frame])?;
///         profile.samples.push(Sample::new(Some(stack), &[cost]));
///     }
///     Ok::<_, profkit_core::Error>(profile)
/// };
/// let (before, after) = (run([("f", 3), ("g", 5)])?, run([("f", 3), ("g", 9)])?);
/// let diff = diff(&[&before], &[&after], &DiffOptions::default(), &mut Notes::new())?;
/// assert_eq!((diff.total.before, diff.total.after), (8, 12));
/// let changed: Vec<_> = diff.rows.iter().filter(|row| row.is_changed()).collect();
/// assert_eq!((changed[0].name.as_str(), changed[0].own.delta()), ("g", 4));
/// # Ok::<(), profkit_core::Error>(())
/// ```
///
/// # Errors
///
/// Fails where the sides have no value in common, and where sums do not fit into 64 bits.
pub fn diff(before: &[&Profile], after: &[&Profile], options: &DiffOptions, notes: &mut Notes) -> Result<Diff> {
    let runs = Runs::new(before, after, options, notes)?;
    let observed = [0, 1].map(|side| {
        let of_run = |run: &Run<'_>| Observed::of(&run.profile, run.value);
        runs.side(side).iter().map(of_run).collect::<Vec<_>>()
    });
    let counted = |side: usize| observed[side].iter().map(|it| it.map(|(observed, _)| observed)).collect::<Vec<_>>();
    let (left, right) = (counted(0), counted(1));
    let sum = |side: usize, observed: &[Option<Observed>]| Sums::of(&runs, side, observed);
    let [first, second] = match options.threads {
        Some(NonZeroUsize::MIN) => [sum(0, &left), sum(1, &right)],
        _ => std::thread::scope(|scope| {
            let after = scope.spawn(|| sum(1, &right));
            [sum(0, &left), after.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))]
        }),
    };
    let sums = [first?, second?];
    let because = [0, 1].map(|side| observed[side].first().copied().flatten().map(|(_, because)| because));
    let mut observed = own_counts(&sums);
    let basis = basis(&runs, &sums, &mut observed, because, options.normalize);
    let is_bulk = observed.iter().map(|it| it.as_ref().is_some_and(|it| it.is_bulk)).collect();
    let counts = [before.len(), after.len()];
    let scales = Scale::of_sides(counts, [sums[0].whole, sums[1].whole], options.normalize);
    let compared = options.compared(before[0], after[0])?;
    let is_time = compared.unit.dimension == Dimension::Time;
    let table = Table { runs: &runs, sums: &sums, basis: &basis, is_bulk, scales, is_time };
    let mut rows = table.rows()?;
    let bounds = rows.iter().filter(|(_, row)| row.is_bound);
    note_bounds(bounds.map(|(_, row)| row.name.as_str()), notes);
    rows.sort_by(|(_, left), (_, right)| DiffSort::Own.compare(left, right));
    let total = table.total()?;
    let changes = rows.iter().flat_map(|(_, row)| [row.own, row.total]).chain([total]);
    if changes.into_iter().any(|change| i64::try_from(change.delta()).is_err()) {
        return Err(Error::overflow("a difference"));
    }
    let [types_before, types_after] = compared.types;
    let side = |side: usize, value_type| DiffSide::new(runs.side(side), value_type).with_sums(&sums[side]);
    Ok(Diff {
        suggestions: renames::suggested(&runs, &rows),
        sides: [side(0, types_before), side(1, types_after)],
        unit: compared.unit,
        total,
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        basis,
        is_normalized: options.normalize,
    })
}

/// Returns what verdicts rest on.
fn basis(
    runs: &Runs<'_>,
    sums: &[Sums; 2],
    observed: &mut [Option<Evidence>],
    because: [Option<&'static str>; 2],
    only_shares: bool,
) -> Basis {
    let counts = [runs.side(0).len(), runs.side(1).len()];
    if counts != [1, 1] {
        return Basis::Runs { counts };
    }
    let firsts = [&runs.side(0)[0], &runs.side(1)[0]];
    if let ([Some(before), Some(after)], Some(because)) = ([sums[0].observations, sums[1].observations], because[1]) {
        if before == 0 || after == 0 {
            return Basis::Unknown;
        }
        let share_after = share_after(firsts.map(|run| &*run.profile), sums);
        let bulk = Bulk::find(observed);
        return Basis::Counts { all: [before, after], share_after, only_shares, bulk, because };
    }
    if firsts.iter().all(|run| is_exact(&run.profile, run.value)) { Basis::Exact } else { Basis::Unknown }
}

/// Returns how often each function was observed on its own, where it was.
fn own_counts(sums: &[Sums; 2]) -> Vec<Option<Evidence>> {
    let counts = sums[0].functions.iter().zip(&sums[1].functions).map(|(before, after)| {
        let counts = [before.own.count, after.own.count];
        (counts != [0, 0]).then(|| Evidence { counts, ..Evidence::default() })
    });
    counts.collect()
}

/// Returns the part of the observations of a function that fall after if it takes as long on both sides: half,
/// unless the sides were sampled at different rates.
fn share_after(profiles: [&Profile; 2], sums: &[Sums; 2]) -> f64 {
    let periods = profiles.map(|profile| profile.meta.period.as_ref().map(|period| period.value as f64));
    let costs = [0, 1].map(|side| {
        let count = sums[side].observations.unwrap_or(0);
        (count > 0).then(|| sums[side].whole as f64 / count as f64)
    });
    let same_type = profiles[0].meta.period.as_ref().map(|it| &it.value_type)
        == profiles[1].meta.period.as_ref().map(|it| &it.value_type);
    let [before, after] = match (periods, costs) {
        ([Some(before), Some(after)], _) if same_type => [before, after],
        (_, [Some(before), Some(after)]) => [before, after],
        _ => [1.0, 1.0],
    };
    let share = before / (before + after);
    if before > 0.0 && after > 0.0 && share.is_finite() { share.clamp(1e-9, 1.0 - 1e-9) } else { 0.5 }
}

struct Table<'t, 'p> {
    runs: &'t Runs<'p>,
    sums: &'t [Sums; 2],
    basis: &'t Basis,
    /// Which functions belong to those that changed least.
    is_bulk: Vec<bool>,
    scales: [Scale; 2],
    is_time: bool,
}

impl Table<'_, '_> {
    /// Returns the rows of all functions that cost anything, or were called, on some side.
    fn rows(&self) -> Result<Vec<(usize, DiffRow)>> {
        let owns = [0, 1].map(|side| {
            let owns = self.sums[side].functions.iter().map(|sum| sum.own.sum);
            self.scales[side].spread(owns)
        });
        let [before, after] = owns;
        let owns = [before?, after?];
        let own_verdicts = self.verdicts(|sum| &sum.own, &self.is_bulk);
        // What a function costs with all that it calls is no part of the bulk: it may hold all of it.
        let total_verdicts = self.verdicts(|sum| &sum.total, &[]);
        let nowhere = Facts { name: NO_FUNCTION.to_owned(), ..Facts::default() };
        let mut rows = Vec::new();
        for (place, facts) in self.runs.functions.iter().chain([&nowhere]).enumerate() {
            let sides = [0, 1].map(|side| &self.sums[side].functions[place]);
            let Some(presence) = presence(sides) else { continue };
            let total = |side: usize| self.scales[side].one(sides[side].total.sum);
            let calls = |side: usize| -> Result<Option<i64>> {
                let divisor = self.runs.side(side).len() as i128;
                sides[side].calls.map(|calls| Scale { multiplier: 1, divisor }.one(calls)).transpose()
            };
            let row = DiffRow {
                name: facts.name.clone(),
                file: facts.file.clone(),
                line: facts.line,
                module: facts.module.clone(),
                former_name: self.runs.former_names.get(place).cloned().flatten(),
                presence,
                own: Change { before: owns[0][place], after: owns[1][place], verdict: own_verdicts[place] },
                total: Change { before: total(0)?, after: total(1)?, verdict: total_verdicts[place] },
                is_bound: sides.iter().any(|sum| sum.is_bound),
                calls: [calls(0)?, calls(1)?],
            };
            rows.push((place, row));
        }
        Ok(rows)
    }

    /// Returns the change of the whole.
    fn total(&self) -> Result<Change> {
        let wholes = [0, 1].map(|side| self.scales[side].one(self.sums[side].whole));
        let [before, after] = wholes;
        let verdict = match self.basis {
            Basis::Exact => Verdict::Exact,
            Basis::Runs { .. } if !self.is_normalized() => {
                let runs = [0, 1].map(|side| self.sums[side].wholes.iter().map(|&whole| whole as f64).collect());
                let evidence = Evidence { runs, ..Evidence::default() };
                self.basis.probability(&evidence).map_or(Verdict::Unknown, Verdict::of_one)
            }
            // Ticks tell how a run spent its time, not how long the next one will take.
            Basis::Counts { .. } | Basis::Runs { .. } | Basis::Unknown => Verdict::Unknown,
        };
        Ok(Change { before: before?, after: after?, verdict })
    }

    fn is_normalized(&self) -> bool {
        [0, 1].iter().any(|&side| self.scales[side].multiplier != 1)
    }

    fn verdicts(&self, part: fn(&FunctionSum) -> &Part, is_bulk: &[bool]) -> Vec<Verdict> {
        let [before, after] = self.sums;
        let step = self.clock_step();
        let evidence = before.functions.iter().zip(&after.functions).enumerate().map(|(place, (left, right))| {
            let parts = [part(left), part(right)];
            let is_tested = parts.iter().any(|part| part.sum != 0 || part.count != 0);
            let is_bulk = is_bulk.get(place).copied().unwrap_or(false);
            is_tested.then(|| Evidence { is_bulk, ..self.evidence(parts, step) })
        });
        self.basis.judge(&evidence.collect::<Vec<_>>())
    }

    fn evidence(&self, parts: [&Part; 2], step: f64) -> Evidence {
        if !matches!(self.basis, Basis::Runs { .. }) {
            return Evidence { counts: parts.map(|part| part.count), ..Evidence::default() };
        }
        let mean_whole = |side: usize| self.sums[side].whole as f64 / self.sums[side].wholes.len().max(1) as f64;
        let runs = [0, 1].map(|side| {
            let normalized = |(run, whole): (&i64, &i64)| match self.is_normalized() && *whole != 0 {
                true => *run as f64 * (mean_whole(1) / *whole as f64),
                false => *run as f64,
            };
            parts[side].runs.iter().zip(&self.sums[side].wholes).map(normalized).collect()
        });
        // A count of ticks spreads at least as counts do, however equal a few runs look.
        let ticks = [0, 1].map(|side| parts[side].count).iter().sum::<u64>() as f64;
        let cost = parts.iter().map(|part| part.sum.unsigned_abs()).sum::<u128>() as f64;
        let count_of_runs = self.sums.iter().map(|sums| sums.wholes.len()).sum::<usize>() as f64;
        let of_counting = if ticks > 0.0 { (cost / ticks).powi(2) * ticks / count_of_runs } else { 0.0 };
        let whole = self.sums.iter().map(|sums| sums.whole.unsigned_abs()).sum::<u128>() as f64;
        let is_minor = cost < whole * LEAST_PART;
        Evidence { runs, floor: of_counting.max(step * step), is_minor, ..Evidence::default() }
    }

    /// Returns the step in which times were measured: the largest that all of them are multiples of.
    fn clock_step(&self) -> f64 {
        if !self.is_time {
            return 0.0;
        }
        let costs = self.sums.iter().flat_map(|sums| &sums.functions).flat_map(|sum| &sum.own.runs);
        costs.fold(0, |step, cost| gcd(step, cost.unsigned_abs())) as f64
    }
}

fn gcd(left: u64, right: u64) -> u64 {
    if right == 0 { left } else { gcd(right, left % right) }
}

/// Returns on which side a function costs anything or is called at all.
fn presence(sides: [&FunctionSum; 2]) -> Option<Presence> {
    let is_there = |sum: &FunctionSum| {
        sum.is_there && (sum.own.sum != 0 || sum.total.sum != 0 || sum.calls.is_some_and(|calls| calls != 0))
    };
    match sides.map(is_there) {
        [true, true] => Some(Presence::Both),
        [true, false] => Some(Presence::Gone),
        [false, true] => Some(Presence::New),
        [false, false] => None,
    }
}
