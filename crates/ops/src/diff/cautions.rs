//! What to know before two sides are compared.

use super::{Change, Diff, DiffRow, DiffSide, Presence};
use profkit_core::{Unit, ValueType};

/// By how much two durations may differ before somebody is told.
const DURATION_TIMES: f64 = 1.2;

impl Diff {
    /// Returns what to know before the two sides are compared, a sentence each: what of them does not compare.
    pub fn cautions(&self) -> Vec<String> {
        let mut cautions = cautions(&self.sides, &self.unit, self.is_normalized);
        cautions.extend(self.unpaired());
        cautions.extend(self.spread().filter(|_| !self.is_normalized).map(|times| {
            let rest = "which hides what changed; --normalize compares shares";
            format!("runs of one side differ up to {times:.1} times in their totals, {rest}")
        }));
        let is_comparable = self.are_alike() && !self.is_normalized;
        cautions.extend(self.pace().filter(|_| is_comparable).map(|pace| {
            let likely = "which looks like another machine or load; --normalize compares shares";
            format!("most functions cost {pace:.2} times what they did, {likely}")
        }));
        cautions
    }

    /// Returns whether both sides tell the same sort of cost in the same manner.
    fn are_alike(&self) -> bool {
        let [before, after] = &self.sides;
        before.value_type.kind == after.value_type.kind && before.is_call_graph == after.is_call_graph
    }

    /// Returns what part of the cost has no partner on the other side, where the sides were not profiled alike, or where
    /// that is most of it.
    fn unpaired(&self) -> Option<String> {
        let alone = |presence: Presence, cost: fn(&Change) -> i64| {
            let rows = self.rows.iter().filter(|row| row.presence == presence);
            rows.map(|row| cost(&row.own)).map(i128::from).sum::<i128>() as f64
        };
        let parts = [
            alone(Presence::Gone, |own| own.before) / self.total.before as f64,
            alone(Presence::New, |own| own.after) / self.total.after as f64,
        ];
        let are_any = parts.iter().any(|part| part.is_finite() && *part >= 0.001);
        let are_most = parts.iter().all(|part| part.is_finite() && *part >= 0.5);
        (are_most || are_any && !self.are_alike()).then(|| {
            let [before, after] = parts.map(|part| part * 100.0);
            format!("{before:.1} % of the cost before and {after:.1} % after are of functions that only one side tells")
        })
    }

    /// Returns how many times as much one run of a side cost in all as another one, where that is much.
    fn spread(&self) -> Option<f64> {
        let of_side = |side: &DiffSide| {
            let totals = side.run_totals.iter().filter(|&&total| total > 0);
            let (least, most) = (totals.clone().min()?, totals.max()?);
            Some(*most as f64 / *least as f64)
        };
        let most = self.sides.iter().filter_map(of_side).fold(1.0, f64::max);
        (most >= SPREAD_TIMES).then_some(most)
    }

    /// Returns the ratio by which most functions changed, where that is far from none and nearly all went that way.
    fn pace(&self) -> Option<f64> {
        let whole = self.total.before.unsigned_abs().max(self.total.after.unsigned_abs()) as f64;
        let is_large = |row: &&DiffRow| row.own.before.max(row.own.after) as f64 >= whole * LEAST_PART;
        let ratios = self.rows.iter().filter(is_large).filter_map(|row| row.own.ratio()).filter(|it| *it > 0.0);
        let mut ratios: Vec<f64> = ratios.collect();
        if ratios.len() < LEAST_FUNCTIONS {
            return None;
        }
        ratios.sort_by(f64::total_cmp);
        let pace = ratios[ratios.len() / 2];
        let went_there = ratios.iter().filter(|ratio| ratio.ln() * pace.ln() > 0.0).count();
        (pace.ln().abs() >= PACE_TIMES.ln() && went_there * 10 >= ratios.len() * 9).then_some(pace)
    }
}

/// The part of the whole from which on a function tells how fast the machine was.
const LEAST_PART: f64 = 0.005;
/// How many such functions are needed.
const LEAST_FUNCTIONS: usize = 8;
/// By how much the runs of a side may differ before somebody is told.
const SPREAD_TIMES: f64 = 1.5;
/// By how much most functions may differ before somebody is told.
const PACE_TIMES: f64 = 1.3;

/// Returns what to know of two sides whose values are brought to one unit, a sentence each.
pub(super) fn cautions(sides: &[DiffSide; 2], unit: &Unit, is_normalized: bool) -> Vec<String> {
    let [before, after] = sides;
    let mut cautions = of_values(&before.value_type, &after.value_type, unit);
    if before.is_call_graph != after.is_call_graph {
        let which = if before.is_call_graph { "before" } else { "after" };
        cautions.push(format!("only the side {which} is a call graph: calls and stacks are not compared"));
    }
    if let (Some(left), Some(right)) = (&before.period, &after.period)
        && left != right
    {
        cautions
            .push("the sides were sampled at different rates: counts of samples do not compare, times do".to_owned());
    }
    if let (Some(left), Some(right)) = (before.duration_ns, after.duration_ns)
        && !is_normalized
    {
        let (least, most) = (left.min(right).max(1) as f64, left.max(right) as f64);
        if most / least >= DURATION_TIMES {
            let rest = "--normalize compares shares instead of amounts";
            cautions.push(format!("the sides were profiled for different times; {rest}"));
        }
    }
    let costs_nothing =
        |side: &DiffSide| !side.run_totals.is_empty() && side.run_totals.iter().all(|&total| total == 0);
    if is_normalized && sides.iter().any(costs_nothing) {
        cautions.push("a side without any cost cannot be scaled to that of the other one".to_owned());
    } else if is_normalized {
        cautions.push("the side before is scaled to the total of the side after: shares are compared".to_owned());
    }
    cautions
}

fn of_values(before: &ValueType, after: &ValueType, unit: &Unit) -> Vec<String> {
    let mut cautions = Vec::new();
    if before.kind != after.kind {
        let names = format!("{}/{} with {}/{}", before.kind, before.unit.name, after.kind, after.unit.name);
        cautions.push(format!("{names}: the sides have no value of the same kind, these are of the same dimension"));
    } else if before.unit != after.unit {
        cautions.push(format!("{} and {} are both counted in {}", before.unit.name, after.unit.name, unit.name));
    }
    if before.role != after.role {
        let roles = format!("{} before and {} after", before.role.name(), after.role.name());
        cautions.push(format!("values are {roles}, so they may differ where the program does not"));
    }
    cautions
}
