//! What to know before two sides are compared.

use super::{Diff, DiffSide};
use profkit_core::{Unit, ValueType};

/// By how much two durations may differ before somebody is told.
const DURATION_TIMES: f64 = 1.2;

impl Diff {
    /// Returns what to know before the two sides are compared, a sentence each: what of them does not compare.
    pub fn cautions(&self) -> Vec<String> {
        cautions(&self.sides, &self.unit, self.is_normalized)
    }
}

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
    if is_normalized {
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
