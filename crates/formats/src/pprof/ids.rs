//! Which row an id of the file stands for.

use std::collections::HashMap;

/// Row numbers by id. Ids are 1, 2, 3 ... as a rule, but may be anything, such as addresses.
pub(super) struct Ids {
    dense: Vec<u32>,
    sparse: HashMap<u64, u32>,
    most: usize,
}

impl Ids {
    /// Returns an empty map for about `count` ids.
    pub(super) fn new(count: usize) -> Ids {
        Ids { dense: Vec::new(), sparse: HashMap::new(), most: count.saturating_mul(4).saturating_add(64) }
    }

    /// Adds an id; returns whether it is new.
    pub(super) fn insert(&mut self, id: u64, row: usize) -> bool {
        // Row 0 is kept as 1, so that 0 means none. Rows are fewer than bytes of input.
        let row = u32::try_from(row).unwrap_or(u32::MAX - 1).saturating_add(1);
        match self.dense_index(id) {
            Some(index) => {
                if index >= self.dense.len() {
                    self.dense.resize(index.saturating_add(1), 0);
                }
                self.dense.get_mut(index).is_some_and(|slot| std::mem::replace(slot, row) == 0)
            }
            None => self.sparse.insert(id, row).is_none(),
        }
    }

    /// Returns the row of an id.
    pub(super) fn row(&self, id: u64) -> Option<usize> {
        let row = match self.dense_index(id) {
            Some(index) => self.dense.get(index).copied().filter(|&row| row > 0),
            None => self.sparse.get(&id).copied(),
        };
        row.map(|row| row as usize - 1)
    }

    fn dense_index(&self, id: u64) -> Option<usize> {
        usize::try_from(id).ok().filter(|&index| index < self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn finds_small_and_large_ids() {
        let mut ids = Ids::new(2);
        assert!(ids.insert(1, 0) && ids.insert(u64::MAX, 1) && ids.insert(71, 2) && ids.insert(72, 3));
        assert!(!ids.insert(1, 4) && !ids.insert(72, 4));
        assert_eq!(
            [1, u64::MAX, 71, 72, 2, 73].map(|id| ids.row(id)),
            [Some(4), Some(1), Some(2), Some(4), None, None]
        );
    }
}
