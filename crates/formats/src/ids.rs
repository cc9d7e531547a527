//! What the numbers stand for that a file gives to its rows.

use profkit_core::Map;

/// Values by id. Ids are 1, 2, 3 ... as a rule, but may be anything, such as addresses.
#[derive(Debug)]
pub(crate) struct Ids<T> {
    dense: Vec<Option<T>>,
    sparse: Map<u64, T>,
    most: usize,
}

impl<T: Copy> Ids<T> {
    /// Returns an empty map for about `count` ids.
    pub(crate) fn new(count: usize) -> Ids<T> {
        Ids { dense: Vec::new(), sparse: Map::default(), most: count.saturating_mul(4).saturating_add(64) }
    }

    /// Sets the value of an id and returns the one that it had.
    pub(crate) fn insert(&mut self, id: u64, value: T) -> Option<T> {
        match self.dense_index(id) {
            Some(index) => {
                if index >= self.dense.len() {
                    self.dense.resize(index.saturating_add(1), None);
                }
                self.dense.get_mut(index).and_then(|slot| slot.replace(value))
            }
            None => self.sparse.insert(id, value),
        }
    }

    /// Returns the value of an id.
    pub(crate) fn value(&self, id: u64) -> Option<T> {
        match self.dense_index(id) {
            Some(index) => self.dense.get(index).copied().flatten(),
            None => self.sparse.get(&id).copied(),
        }
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
        for (value, id) in [1, u64::MAX, 71, 72].into_iter().enumerate() {
            assert_eq!(ids.insert(id, value), None);
        }
        assert_eq!((ids.insert(1, 4), ids.insert(72, 4)), (Some(0), Some(3)));
        assert_eq!(
            [1, u64::MAX, 71, 72, 2, 73].map(|id| ids.value(id)),
            [Some(4), Some(1), Some(2), Some(4), None, None]
        );
    }
}
