//! A table of small rows, each kept once.

use crate::hash::hash_of;
use crate::id::Id;
use hashbrown::HashTable;
use std::hash::Hash;
use std::ops::Index;

/// A dimension table: equal rows have equal ids, ids count up in order of first use.
#[derive(Clone, Debug)]
pub struct Table<I, R> {
    rows: Vec<R>,
    index: HashTable<I>,
}

impl<I: Id, R: Copy + Eq + Hash> Table<I, R> {
    /// Returns the id of `row`, adding it if it is new.
    pub(crate) fn intern(&mut self, row: R) -> I {
        let hash = hash_of(&row);
        if let Some(&id) = self.index.find(hash, |id| self.rows[id.index()] == row) {
            return id;
        }
        let id = I::from_index(self.rows.len());
        self.rows.push(row);
        self.index.insert_unique(hash, id, |id| hash_of(&self.rows[id.index()]));
        id
    }

    /// Makes room for so many rows more.
    pub fn reserve(&mut self, rows: usize) {
        self.rows.reserve(rows);
        self.index.reserve(rows, |id| hash_of(&self.rows[id.index()]));
    }

    /// Returns whether a row is there.
    pub(crate) fn has(&self, row: R) -> bool {
        self.index.find(hash_of(&row), |id| self.rows[id.index()] == row).is_some()
    }

    /// Puts other rows in the place of those there, each under its id. All rows must differ.
    pub(crate) fn replace(&mut self, rows: impl Iterator<Item = (I, R)>) {
        rows.for_each(|(id, row)| self.rows[id.index()] = row);
        self.index.clear();
        for index in 0..self.rows.len() {
            let hash = hash_of(&self.rows[index]);
            self.index.insert_unique(hash, I::from_index(index), |id| hash_of(&self.rows[id.index()]));
        }
    }

    /// Returns how many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the rows with their ids, in order of first use.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (I, R)> + '_ {
        self.rows.iter().enumerate().map(|(index, &row)| (I::from_index(index), row))
    }
}

impl<I, R> Default for Table<I, R> {
    fn default() -> Table<I, R> {
        Table { rows: Vec::new(), index: HashTable::new() }
    }
}

impl<I: Id, R> Index<I> for Table<I, R> {
    type Output = R;

    fn index(&self, id: I) -> &R {
        &self.rows[id.index()]
    }
}
