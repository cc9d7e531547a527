//! Every distinct stack of a profile, once.
//!
//! A stack is its parent plus a run of frames, and its identity is its whole path, however it was
//! built. Readers of whole stacks add a path as one row without a parent; readers of events push one
//! frame on the current stack, so that a deep recursion costs one row per call:
//!
//! ```text
//! intern([main, f, g])      row 1: no parent, run [main, f, g]
//! push(None, main)          row 2: no parent, run [main]
//! push(row 2, f)            row 3: parent 2,  run [f]
//! push(row 3, g)            row 1 again: the path is the same
//! ```
//!
//! Parents precede their children. The hash of a path is rolled from root to leaf over what the frames
//! say, so it follows from the hash of the parent and the run. A match is verified against the frames.

use crate::error::{Error, Result};
use crate::hash::{Map, roll};
use crate::id::{FrameId, Id, StackId};
use hashbrown::HashTable;

/// The deepest stack that is read unless a limit says otherwise.
pub const MAX_DEPTH: u32 = 65_536;

/// The interned stacks of a profile.
#[derive(Clone, Debug)]
pub struct Stacks {
    rows: Vec<Row>,
    runs: Vec<FrameId>,
    index: HashTable<Slot>,
    /// Stacks that were found to start with the path of another row than the one they extend: found once more, they
    /// are not compared from end to end again.
    prefixes: Map<(StackId, StackId), ()>,
    max_depth: u32,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    parent: Option<StackId>,
    run_start: usize,
    run_len: u32,
    depth: u32,
    hash: u64,
}

/// A row as it is found by its hash, of which a part stands beside: a table that grows visits no row.
#[derive(Clone, Copy, Debug)]
struct Slot {
    part: u32,
    id: StackId,
}

impl Slot {
    fn new(hash: u64, id: StackId) -> Slot {
        Slot { part: Slot::part(hash), id }
    }

    fn part(hash: u64) -> u32 {
        (hash ^ hash >> 32) as u32
    }

    /// Returns the place in the table, for which both ends of the number count.
    fn place(part: u32) -> u64 {
        u64::from(part) << 32 | u64::from(part)
    }
}

impl Default for Stacks {
    fn default() -> Stacks {
        let (rows, runs, index, prefixes) = (Vec::new(), Vec::new(), HashTable::new(), Map::default());
        Stacks { rows, runs, index, prefixes, max_depth: MAX_DEPTH }
    }
}

impl Stacks {
    /// Returns the number of rows; with parents, also of stacks that no sample points at.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether there is no stack.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns all ids; parents precede their children.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = StackId> + use<> {
        (0..self.rows.len()).map(StackId::from_index)
    }

    /// Returns the row that a stack extends, and the frames it adds to it, root first.
    pub fn row(&self, stack: StackId) -> (Option<StackId>, &[FrameId]) {
        let row = &self.rows[stack.index()];
        (row.parent, &self.runs[row.run_start..][..row.run_len as usize])
    }

    /// Returns the number of frames of a stack, at least 1.
    pub fn depth(&self, stack: StackId) -> u32 {
        self.rows[stack.index()].depth
    }

    /// Returns the innermost frame.
    pub fn leaf(&self, stack: StackId) -> FrameId {
        let row = &self.rows[stack.index()];
        self.runs[row.run_start + row.run_len as usize - 1]
    }

    /// Returns the frames of a stack from leaf to root.
    pub fn leaf_to_root(&self, stack: StackId) -> impl Iterator<Item = FrameId> + '_ {
        let mut next = Some(stack);
        std::iter::from_fn(move || {
            let (parent, run) = self.row(next?);
            next = parent;
            Some(run.iter().rev().copied())
        })
        .flatten()
    }

    /// Fills `path` with the frames of a stack, root first.
    pub fn read_path(&self, stack: StackId, path: &mut Vec<FrameId>) {
        path.clear();
        path.extend(self.leaf_to_root(stack));
        path.reverse();
    }

    /// Returns the highest row that holds the first `frames` frames of a stack, at least 1 and at most all of them.
    pub fn row_of_first(&self, stack: StackId, frames: u32) -> StackId {
        let mut row = stack;
        while let (Some(parent), _) = self.row(row)
            && self.depth(parent) >= frames
        {
            row = parent;
        }
        row
    }

    /// Returns the first `frames` frames of a stack, the innermost of them first.
    pub fn first(&self, stack: StackId, frames: u32) -> impl Iterator<Item = FrameId> + '_ {
        let row = self.row_of_first(stack, frames);
        self.leaf_to_root(row).skip(self.depth(row).saturating_sub(frames) as usize)
    }

    /// Returns how many frames all rows add to those that they extend.
    pub(crate) fn frames_in_rows(&self) -> usize {
        self.runs.len()
    }

    /// Sets the depth above which a stack is an error.
    pub(crate) fn set_max_depth(&mut self, max_depth: u32) {
        self.max_depth = max_depth;
    }

    /// Computes the hashes of all paths again, from those of all frames.
    pub(crate) fn rehash(&mut self, hashes: &[u64]) {
        self.index.clear();
        for index in 0..self.rows.len() {
            let (parent, run) = self.row(StackId::from_index(index));
            let head = parent.map_or(0, |id| self.rows[id.index()].hash);
            let hash = run.iter().fold(head, |hash, frame| roll(hash, hashes[frame.index()]));
            self.rows[index].hash = hash;
            self.enter(hash, StackId::from_index(index));
        }
    }

    fn enter(&mut self, hash: u64, id: StackId) {
        let slot = Slot::new(hash, id);
        self.index.insert_unique(Slot::place(slot.part), slot, |slot| Slot::place(slot.part));
    }

    /// Returns the stack that adds `run`, root first, to `parent`. `hashes` are those of all frames.
    pub(crate) fn extend(&mut self, parent: Option<StackId>, run: &[FrameId], hashes: &[u64]) -> Result<StackId> {
        assert!(!run.is_empty(), "a stack has at least one frame");
        let (head, above) = parent.map_or((0, 0), |id| (self.rows[id.index()].hash, self.depth(id) as usize));
        let hash = run.iter().fold(head, |hash, frame| roll(hash, hashes[frame.index()]));
        let part = Slot::part(hash);
        let found = self.index.find(Slot::place(part), |it| it.part == part && self.is_path(it.id, hash, parent, run));
        if let Some(&Slot { id, .. }) = found {
            if let Some(parent) = parent.filter(|_| self.row(id).0 != parent) {
                self.prefixes.insert((parent, id), ());
            }
            return Ok(id);
        }
        let depth = above + run.len();
        if depth > self.max_depth as usize {
            return Err(Error::too_deep(self.max_depth));
        }
        let id = StackId::from_index(self.rows.len());
        let run_start = self.runs.len();
        self.runs.extend_from_slice(run);
        self.rows.push(Row { parent, run_start, run_len: run.len() as u32, depth: depth as u32, hash });
        self.enter(hash, id);
        Ok(id)
    }

    fn is_path(&self, id: StackId, hash: u64, parent: Option<StackId>, run: &[FrameId]) -> bool {
        let row = &self.rows[id.index()];
        if row.hash != hash {
            return false;
        }
        let (own_parent, own_run) = self.row(id);
        if own_parent == parent {
            return own_run == run;
        }
        if let Some(parent) = parent
            && self.prefixes.contains_key(&(parent, id))
        {
            let is_as_deep = self.depth(id) as usize == self.depth(parent) as usize + run.len();
            return is_as_deep && self.leaf_to_root(id).take(run.len()).eq(run.iter().rev().copied());
        }
        let above = parent.into_iter().flat_map(|parent| self.leaf_to_root(parent));
        self.leaf_to_root(id).eq(run.iter().rev().copied().chain(above))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns stacks of frames that are their own hashes.
    fn hashes() -> Vec<u64> {
        (0..10).collect()
    }

    fn frames(range: std::ops::Range<usize>) -> Vec<FrameId> {
        range.map(FrameId::from_index).collect()
    }

    #[test]
    fn a_path_is_one_stack_however_it_was_built() {
        let (hashes, mut stacks) = (hashes(), Stacks::default());
        let whole = stacks.extend(None, &frames(0..3), &hashes).unwrap();
        let parent = stacks.extend(None, &frames(0..1), &hashes).unwrap();
        let pushed = stacks.extend(Some(parent), &frames(1..2), &hashes).unwrap();
        for _ in 0..2 {
            assert_eq!(stacks.extend(Some(pushed), &frames(2..3), &hashes).unwrap(), whole);
            assert_eq!(stacks.extend(Some(parent), &frames(1..3), &hashes).unwrap(), whole);
            assert_ne!(stacks.extend(Some(pushed), &frames(3..4), &hashes).unwrap(), whole);
            assert_eq!(stacks.prefixes.len(), 2, "what is found once more is not compared again");
        }
    }

    #[test]
    fn the_first_frames_are_found_in_any_row() {
        let (hashes, mut stacks) = (hashes(), Stacks::default());
        let parent = stacks.extend(None, &frames(0..3), &hashes).unwrap();
        let stack = stacks.extend(Some(parent), &frames(3..5), &hashes).unwrap();
        for depth in 1..=5 {
            let mut first: Vec<_> = stacks.first(stack, depth).collect();
            first.reverse();
            assert_eq!(first, frames(0..depth as usize));
            assert_eq!(stacks.row_of_first(stack, depth), if depth > 3 { stack } else { parent });
        }
    }
}
