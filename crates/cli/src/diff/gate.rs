//! A gate for automatic checks: how much worse is too much.

use super::spell;
use profkit_core::readable::amount;
use profkit_core::{NoteKind, Notes};
use profkit_ops::{Change, Diff, Presence};
use std::str::FromStr;

/// How much a cost may grow, as a part of the total before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold(f64);

/// What grew too much.
#[derive(Clone, Debug, Default)]
pub(super) struct Gate {
    failures: Vec<String>,
    /// What is let pass although it grew as much, because noise may have made it.
    excused: Vec<String>,
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
    /// Looks at what grew by more than the threshold: the total, and what single functions cost on their own. All that is
    /// new counts in full. What is shown to be noise does not fail.
    pub(super) fn new(diff: &Diff, threshold: Threshold) -> Gate {
        let limit = format!("more than {} % of the total before", spell::trimmed(threshold.0 * 100.0));
        let spell = |change: &Change| {
            let [before, after] = [change.before, change.after].map(|value| amount(value, &diff.unit));
            format!("{before} -> {after} ({}), {limit}", spell::signed(change.delta(), &diff.unit))
        };
        let allowed = (diff.total.before.max(0) as f64) * threshold.0;
        let mut gate = Gate::default();
        let mut look = |change: &Change, sentence: &dyn Fn() -> String| {
            if change.delta() > 0 && change.delta() as f64 > allowed {
                let list = if change.verdict.is_noise() { &mut gate.excused } else { &mut gate.failures };
                list.push(sentence());
            }
        };
        look(&diff.total, &|| format!("total {}", spell(&diff.total)));
        for row in &diff.rows {
            let new = if row.presence == Presence::New { ", new" } else { "" };
            look(&row.own, &|| format!("{}{}: self {}{new}", row.name, spell::place(row), spell(&row.own)));
        }
        gate
    }

    /// Returns what failed, a sentence each.
    pub(super) fn failures(&self) -> &[String] {
        &self.failures
    }

    /// Returns what would have failed, were it not noise as far as anybody can tell; a sentence each.
    pub(super) fn excused(&self) -> &[String] {
        &self.excused
    }

    /// Notes what is let pass.
    pub(super) fn note(&self, notes: &mut Notes) {
        if let Some(first) = self.excused.first() {
            let (what, count) = ("--fail-over lets pass what may be noise", self.excused.len() as u64);
            notes.add(NoteKind::Odd, what, count, "changes|change", || first.clone());
        }
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
