//! The sum of all costs of a part, against what the file states it to be.

use profkit_core::{NoteKind, Notes, ValueType};

/// By how much, one in so many, the `summary:` may differ from the costs without a note. Valgrind takes it at another
/// moment than the costs, some instructions apart.
const SUMMARY_TOLERANCE: i128 = 1_000;

/// The sum of all costs of a part so far, and what is stated.
pub(super) struct Sums<'a> {
    sums: Vec<i128>,
    totals: Option<(Vec<i128>, &'a [u8])>,
    summary: Option<(Vec<i128>, &'a [u8])>,
}

impl<'a> Sums<'a> {
    pub(super) fn new(stride: usize) -> Sums<'a> {
        Sums { sums: vec![0; stride], totals: None, summary: None }
    }

    pub(super) fn add(&mut self, costs: &[i64]) {
        self.sums.iter_mut().zip(costs).for_each(|(sum, &cost)| *sum += i128::from(cost));
    }

    /// Takes what the file states, in the words in which it does.
    pub(super) fn state(&mut self, sums: Vec<i128>, words: &'a [u8], is_total: bool) {
        let stated = if is_total { &mut self.totals } else { &mut self.summary };
        *stated = Some((sums, words));
    }

    /// Notes where the sum is another than stated.
    pub(super) fn check(&self, value_types: &[ValueType], notes: &mut Notes) {
        for (stated, key, tolerance) in [(&self.totals, "totals:", 0), (&self.summary, "summary:", 1)] {
            let Some((stated, words)) = stated else { continue };
            let is_off = |(&sum, &stated): (&i128, &i128)| {
                (sum - stated).abs() > tolerance * (sum.abs().max(stated.abs()) / SUMMARY_TOLERANCE + 8)
            };
            let pairs = || self.sums.iter().zip(stated);
            let Some(column) = pairs().position(is_off) else { continue };
            let (Some(value_type), Some((sum, stated))) = (value_types.get(column), pairs().nth(column)) else {
                continue;
            };
            let what = format!("{key} is not the sum of the costs");
            let example = || {
                let kind = &value_type.kind;
                format!("{stated} {kind} stated as {:?}, {sum} found", String::from_utf8_lossy(words))
            };
            notes.add(NoteKind::Odd, what, 1, "parts|part", example);
        }
    }
}
