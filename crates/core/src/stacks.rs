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

mod paths;

pub use paths::{FrameHashes, Paths};

use crate::error::{Error, Result};
use crate::hash::{Map, roll_all};
use crate::id::{FrameId, Id, StackId};
use hashbrown::HashTable;

/// The deepest stack that is read unless a limit says otherwise.
pub const MAX_DEPTH: u32 = 65_536;

/// How many frames stacks have at least, on average, in most files that are so large that this matters.
const USUAL_DEPTH: usize = 8;

/// The interned stacks of a profile.
#[derive(Clone, Debug)]
pub struct Stacks {
    rows: Vec<Row>,
    runs: Vec<FrameId>,
    /// Finds rows by their hashes: the first ones, as many as it has. The others are entered when one is looked for.
    index: HashTable<StackId>,
    /// Stacks that were found to start with the path of another row than the one they extend: found once more, they
    /// are not compared from end to end again.
    prefixes: Map<(StackId, StackId), ()>,
    max_depth: u32,
}

/// A stack; its run starts where that of the row before ends.
#[derive(Clone, Copy, Debug)]
struct Row {
    parent: Option<StackId>,
    depth: u32,
    run_end: u32,
    /// The low and the high half: a whole number would make all rows a fifth larger.
    hash: [u32; 2],
}

impl Row {
    fn hash(&self) -> u64 {
        let [low, high] = self.hash;
        u64::from(high) << 32 | u64::from(low)
    }
}

fn halves(hash: u64) -> [u32; 2] {
    [hash as u32, (hash >> 32) as u32]
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
    pub fn ids(&self) -> impl ExactSizeIterator<Item = StackId> + DoubleEndedIterator + use<> {
        (0..self.rows.len()).map(StackId::from_index)
    }

    /// Returns the row that a stack extends, and the frames it adds to it, root first.
    pub fn row(&self, stack: StackId) -> (Option<StackId>, &[FrameId]) {
        let index = stack.index();
        let start = if index == 0 { 0 } else { self.rows[index - 1].run_end };
        let row = &self.rows[index];
        (row.parent, &self.runs[start as usize..row.run_end as usize])
    }

    /// Returns the number of frames of a stack, at least 1.
    pub fn depth(&self, stack: StackId) -> u32 {
        self.rows[stack.index()].depth
    }

    /// Returns the innermost frame.
    pub fn leaf(&self, stack: StackId) -> FrameId {
        self.runs[self.rows[stack.index()].run_end as usize - 1]
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
        if let (None, run) = self.row(stack) {
            return path.extend_from_slice(run);
        }
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

    /// Makes room for so many rows that add so many frames in all.
    ///
    /// Room that is not used takes no memory but in the table that finds rows: it is made for as many as are different
    /// where stacks are as deep as usual.
    pub fn reserve(&mut self, rows: usize, frames: usize) {
        self.runs.reserve(frames);
        let rows = self.rows.len() + rows.min(frames / USUAL_DEPTH);
        if rows > self.index.capacity() {
            self.index = HashTable::with_capacity(rows.max(self.rows.len() * 2));
            self.enter_rows();
        }
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
        for index in 0..self.rows.len() {
            let (parent, run) = self.row(StackId::from_index(index));
            let head = parent.map_or(0, |id| self.hash(id));
            self.rows[index].hash = halves(extended(head, run, hashes));
        }
        self.index.clear();
    }

    /// Enters the rows that were added into the table that finds rows by their hashes.
    ///
    /// A table that is full is made anew, from the rows one after another: to move its entries instead, each would have
    /// to be looked up in the rows, or to have its hash beside it.
    pub(crate) fn enter_rows(&mut self) {
        let rows = &self.rows;
        if rows.len() > self.index.capacity() {
            // The memory of the old one goes first.
            self.index = HashTable::new();
            self.index = HashTable::with_capacity(rows.len() * 2);
        }
        for index in self.index.len()..rows.len() {
            let id = StackId::from_index(index);
            self.index.insert_unique(rows[index].hash(), id, |id| rows[id.index()].hash());
        }
    }

    /// Returns the stack that adds `run`, root first, to `parent`. `hashes` are those of all frames.
    pub(crate) fn extend(&mut self, parent: Option<StackId>, run: &[FrameId], hashes: &[u64]) -> Result<StackId> {
        let head = parent.map_or(0, |id| self.hash(id));
        self.intern(parent, run, extended(head, run, hashes))
    }

    /// Returns the hash of the path of a stack.
    pub(crate) fn hash(&self, stack: StackId) -> u64 {
        self.rows[stack.index()].hash()
    }

    /// Returns the stack that adds `run`, root first, to `parent`; `hash` is that of its whole path.
    pub(crate) fn intern(&mut self, parent: Option<StackId>, run: &[FrameId], hash: u64) -> Result<StackId> {
        assert!(!run.is_empty(), "a stack has at least one frame");
        self.enter_rows();
        if let Some(&id) = self.index.find(hash, |&id| self.is_path(id, hash, parent, run)) {
            if let Some(parent) = parent.filter(|_| self.row(id).0 != parent) {
                self.prefixes.insert((parent, id), ());
            }
            return Ok(id);
        }
        self.add(parent, run.iter().copied(), hash)
    }

    /// Returns the stack with a path, root first, and its hash. Rows that were added after the last call of
    /// [`enter_rows`](Stacks::enter_rows) are not found.
    pub(crate) fn find(
        &self,
        path: impl DoubleEndedIterator<Item = FrameId> + ExactSizeIterator + Clone,
        hash: u64,
    ) -> Option<StackId> {
        let is_path = |id: StackId| match self.row(id) {
            (None, run) => path.clone().eq(run.iter().copied()),
            _ => path.clone().rev().eq(self.leaf_to_root(id)),
        };
        let has_length = |row: &Row| row.hash() == hash && row.depth as usize == path.len();
        self.index.find(hash, |&id| has_length(&self.rows[id.index()]) && is_path(id)).copied()
    }

    /// Adds a stack that differs from all those there.
    pub(crate) fn add(
        &mut self,
        parent: Option<StackId>,
        run: impl ExactSizeIterator<Item = FrameId>,
        hash: u64,
    ) -> Result<StackId> {
        let depth = parent.map_or(0, |id| self.depth(id) as usize) + run.len();
        if depth > self.max_depth as usize {
            return Err(Error::too_deep(self.max_depth));
        }
        let id = StackId::from_index(self.rows.len());
        let Ok(run_end) = u32::try_from(self.runs.len() + run.len()) else {
            return Err(Error::limit("more than 4 billion frames in all stacks"));
        };
        self.runs.extend(run);
        self.rows.push(Row { parent, depth: depth as u32, run_end, hash: halves(hash) });
        Ok(id)
    }

    fn is_path(&self, id: StackId, hash: u64, parent: Option<StackId>, run: &[FrameId]) -> bool {
        let row = &self.rows[id.index()];
        let depth = parent.map_or(0, |parent| self.depth(parent) as usize) + run.len();
        if row.hash() != hash || row.depth as usize != depth {
            return false;
        }
        let (own_parent, own_run) = self.row(id);
        if own_parent == parent {
            return own_run == run;
        }
        if let Some(parent) = parent
            && self.prefixes.contains_key(&(parent, id))
        {
            return self.leaf_to_root(id).take(run.len()).eq(run.iter().rev().copied());
        }
        let above = parent.into_iter().flat_map(|parent| self.leaf_to_root(parent));
        self.leaf_to_root(id).eq(run.iter().rev().copied().chain(above))
    }
}

/// Returns the hash of a path from that of its head and the run behind it.
fn extended(head: u64, run: &[FrameId], hashes: &[u64]) -> u64 {
    roll_all(head, run.iter().map(|frame| hashes[frame.index()]))
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
    fn stacks_of_one_hash_are_told_apart() {
        let mut stacks = Stacks::default();
        let paths = [frames(0..1), frames(0..3), vec![frames(0..1); 3].concat(), frames(1..2)];
        let ids: Vec<_> = paths.iter().map(|path| stacks.intern(None, path, 7).unwrap()).collect();
        assert_eq!(stacks.len(), paths.len());
        assert!(paths.iter().zip(&ids).all(|(path, &id)| stacks.intern(None, path, 7).unwrap() == id));
        let pushed = stacks.intern(Some(ids[0]), &frames(1..3), 7).unwrap();
        assert_eq!((pushed, stacks.len()), (ids[1], paths.len()));
    }

    #[test]
    fn each_depth_of_a_recursion_has_a_hash_of_its_own() {
        let (hashes, mut stacks, mut stack) = (hashes(), Stacks::default(), None);
        stacks.set_max_depth(u32::MAX);
        let mut found = std::collections::HashSet::new();
        for _ in 0..300_000 {
            let pushed = stacks.extend(stack, &frames(7..8), &hashes).unwrap();
            assert!(found.insert(stacks.hash(pushed)), "{} calls", stacks.depth(pushed));
            stack = Some(pushed);
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
