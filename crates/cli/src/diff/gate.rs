//! A gate for automatic checks: how much worse is too much.

use super::spell;
use profkit_core::readable::amount;
use profkit_ops::{Change, Diff, Presence};
use std::str::FromStr;

/// How much a cost may grow, as a part of the total before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold(f64);

/// What grew too much.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    failures: Vec<String>,
}

impl FromStr for Threshold {
    type Err = String;

    fn from_str(text: &str) -> Result<Threshold, String> {
        let number = text.trim().trim_end_matches('%').trim_end().parse::<f64>().ok();
        let percent = number.filter(|percent| percent.is_finite() && *percent >= 0.0);
        percent.map(|percent| Threshold(percent / 100.0)).ok_or_else(|| "expected a percentage, such as 5%".to_owned())
    }
}

impl Threshold {
    /// Returns the part, 1 for all.
    pub fn part(self) -> f64 {
        self.0
    }
}

impl Gate {
    /// Returns what grew by more than the threshold and is not shown to be noise: the total, and what single functions
    /// cost on their own. All that is new counts in full.
    pub(super) fn new(diff: &Diff, threshold: Threshold) -> Gate {
        let allowed = (diff.total.before.max(0) as f64) * threshold.0;
        let fails =
            |change: &Change| change.delta() > 0 && change.delta() as f64 > allowed && !change.verdict.is_noise();
        let limit = format!("more than {} % of the total before", spell::trimmed(threshold.0 * 100.0));
        let spell = |change: &Change| {
            let [before, after] = [change.before, change.after].map(|value| amount(value, &diff.unit));
            format!("{before} -> {after} ({}), {limit}", spell::signed(change.delta(), &diff.unit))
        };
        let mut failures = Vec::new();
        if fails(&diff.total) {
            failures.push(format!("total {}", spell(&diff.total)));
        }
        for row in diff.rows.iter().filter(|row| fails(&row.own)) {
            let new = if row.presence == Presence::New { ", new" } else { "" };
            failures.push(format!("{}{}: self {}{new}", row.name, spell::place(row), spell(&row.own)));
        }
        Gate { failures }
    }

    /// Returns what failed, a sentence each.
    pub(super) fn failures(&self) -> &[String] {
        &self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::Threshold;

    #[test]
    fn thresholds_are_percentages() {
        let part = |text: &str| text.parse::<Threshold>().ok().map(Threshold::part);
        assert_eq!(
            [part("5%"), part("2.5 %"), part("0"), part("100")],
            [Some(0.05), Some(0.025), Some(0.0), Some(1.0)]
        );
        assert_eq!([part("-1%"), part("x"), part(""), part("nan%")], [None; 4]);
    }
}
