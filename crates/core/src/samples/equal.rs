//! Samples found by what tells them apart.

use super::Sample;
use crate::hash::hash_of;
use crate::id::{Id, LabelId, StackId, ThreadId};
use hashbrown::HashTable;
use std::num::NonZeroU32;

/// What two samples that add up have in common.
pub type SampleKey = (Option<StackId>, Option<ThreadId>, Option<LabelId>);

/// The rows of samples by stack, thread and labels.
///
/// Most stacks come with one thread and one list of labels: the row of the first is found by the number of the stack,
/// without a look into a table as large as the profile.
///
/// ```
/// use profkit_core::{EqualSamples, Sample};
///
/// let mut rows = EqualSamples::default();
/// let mut keys = Vec::new();
/// for sample in [Sample::new(None, &[1]), Sample::new(None, &[2])] {
///     let row = rows.row(sample.key(), keys.len(), |row| keys[row]);
///     if row == keys.len() {
///         keys.push(sample.key());
///     }
/// }
/// assert_eq!(keys.len(), 1);
/// ```
#[derive(Clone, Debug, Default)]
pub struct EqualSamples {
    /// For each stack, and at first for none, one more than the row that was met first.
    first: Vec<Option<NonZeroU32>>,
    others: HashTable<u32>,
}

impl EqualSamples {
    /// Returns the row that was added with this key, or `next` after adding it. `key_of` tells the key of a row that was
    /// added before. From `u32::MAX` rows on, new ones are not remembered.
    pub fn row(&mut self, key: SampleKey, next: usize, key_of: impl Fn(usize) -> SampleKey) -> usize {
        let number = u32::try_from(next + 1).ok().and_then(NonZeroU32::new);
        let place = key.0.map_or(0, |stack| stack.index() + 1);
        if place >= self.first.len() {
            self.first.resize(place + 1, None);
        }
        let Some(first) = self.first[place] else {
            self.first[place] = number;
            return next;
        };
        let first = first.get() as usize - 1;
        if key_of(first) == key {
            return first;
        }
        let hash = hash_of(&key);
        if let Some(&row) = self.others.find(hash, |&row| key_of(row as usize) == key) {
            return row as usize;
        }
        if let Some(number) = number {
            self.others.insert_unique(hash, number.get() - 1, |&row| hash_of(&key_of(row as usize)));
        }
        next
    }
}

impl Sample<'_> {
    /// Returns what the sample has in common with those that can be added to it.
    pub fn key(&self) -> SampleKey {
        (self.stack, self.thread, self.labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_the_whole_key() {
        let (stack, thread) = (StackId::from_index(3), ThreadId::from_index(0));
        let labels = |index| Some(LabelId::from_index(index));
        let keys = [
            (None, None, None),
            (Some(stack), None, None),
            (Some(stack), Some(thread), None),
            (Some(stack), None, labels(0)),
            (Some(stack), None, labels(1)),
            (None, Some(thread), None),
        ];
        let mut rows = EqualSamples::default();
        for _ in 0..2 {
            for (row, &key) in keys.iter().enumerate() {
                assert_eq!(rows.row(key, row, |row| keys[row]), row);
            }
        }
    }
}
