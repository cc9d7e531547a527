//! Rows with numbers, each key once, in order of first use.

use profkit_core::{Error, Result};
use std::collections::HashMap;
use std::hash::Hash;

/// Up to four vectors of numbers per key; a vector that no row has is none.
#[derive(Debug)]
pub(crate) struct Sums<K> {
    index: HashMap<K, usize>,
    rows: Vec<(K, [Option<Vec<i64>>; 4])>,
}

impl<K> Default for Sums<K> {
    fn default() -> Sums<K> {
        Sums { index: HashMap::new(), rows: Vec::new() }
    }
}

impl<K: Copy + Eq + Hash> Sums<K> {
    /// Adds a row to those of the same key.
    pub(crate) fn add(&mut self, key: K, cells: [Option<&[i64]>; 4]) -> Result<()> {
        let row = *self.index.entry(key).or_insert_with(|| {
            self.rows.push((key, [const { None }; 4]));
            self.rows.len() - 1
        });
        for (sum, cell) in self.rows[row].1.iter_mut().zip(cells) {
            match (sum, cell) {
                (Some(sum), Some(cell)) => combine(sum, cell, i64::checked_add)?,
                (sum @ None, Some(cell)) => *sum = Some(cell.to_vec()),
                (_, None) => {}
            }
        }
        Ok(())
    }

    /// Calls `change` with every vector and its place among the four.
    pub(crate) fn change(&mut self, change: impl Fn(usize, &mut Vec<i64>) -> Result<()>) -> Result<()> {
        let cells = self.rows.iter_mut().flat_map(|(_, cells)| cells.iter_mut().enumerate());
        cells.into_iter().try_for_each(|(cell, numbers)| numbers.iter_mut().try_for_each(|it| change(cell, it)))
    }

    /// Takes numbers away from those of a key, where it has any; without numbers to take, what is left is
    /// not known.
    pub(crate) fn subtract(&mut self, key: K, cell: usize, numbers: Option<&[i64]>) -> Result<()> {
        let Some(&row) = self.index.get(&key) else { return Ok(()) };
        match (&mut self.rows[row].1[cell], numbers) {
            (Some(sum), Some(numbers)) => combine(sum, numbers, i64::checked_sub),
            (sum, None) => {
                *sum = None;
                Ok(())
            }
            (None, _) => Ok(()),
        }
    }

    /// Takes back what was added for a key.
    pub(crate) fn clear(&mut self, key: K, cell: usize) {
        if let Some(&row) = self.index.get(&key) {
            self.rows[row].1[cell] = None;
        }
    }

    /// Returns the rows, in order of first use.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (K, [Option<&[i64]>; 4])> {
        self.rows.iter().map(|(key, cells)| (*key, cells.each_ref().map(Option::as_deref)))
    }
}

fn combine(sum: &mut [i64], numbers: &[i64], how: fn(i64, i64) -> Option<i64>) -> Result<()> {
    for (sum, &number) in sum.iter_mut().zip(numbers) {
        *sum = how(*sum, number).ok_or_else(|| Error::overflow("the sum of equal rows"))?;
    }
    Ok(())
}
