//! A walk over the stacks that samples point at, frame by frame, without ever repeating a shared one.

use crate::error::{Error, Result};
use crate::hash::Map;
use crate::id::{FrameId, Id, StackId};
use crate::stacks::Stacks;

/// What happens on the way.
pub(crate) trait Visitor {
    /// A frame is entered; `below` is the weight of all samples at or below it.
    fn enter(&mut self, frame: FrameId, below: &[i64]) -> Result<()>;
    /// The innermost frame of a stack with samples of its own is reached; `own` is their weight.
    fn leaf(&mut self, frame: FrameId, own: &[i64]) -> Result<()>;
    /// A frame is left; frames are left in the opposite order.
    fn leave(&mut self, frame: FrameId);
}

/// The stacks that some samples point at and the rows that these extend, with their weights.
#[derive(Default)]
pub(crate) struct Weights {
    stride: usize,
    /// The places of stacks by their numbers, as far as this goes, and of the others by their ids.
    slots: (Vec<u32>, Map<StackId, u32>),
    rows: Vec<Row>,
    own: Vec<i64>,
}

/// What stands for no place.
const NONE: u32 = u32::MAX;

struct Row {
    stack: StackId,
    has_own: bool,
}

impl Weights {
    /// Returns no weights, of `stride` values each, for a few of many stacks.
    pub(crate) fn new(stride: usize) -> Weights {
        Weights { stride, ..Weights::default() }
    }

    /// Returns no weights, of `stride` values each, for most of these stacks.
    pub(crate) fn of_most(stacks: &Stacks, stride: usize) -> Weights {
        Weights { stride, slots: (vec![NONE; stacks.len()], Map::default()), ..Weights::default() }
    }

    /// Adds the weight of one sample.
    pub(crate) fn add(&mut self, stack: StackId, values: &[i64]) -> Result<()> {
        let slot = self.slot(stack) as usize;
        self.rows[slot].has_own = true;
        add(&mut self.own[slot * self.stride..][..self.stride], values)
    }

    /// Returns the place of a stack. Places are at most as many as stacks, whose numbers are of 32 bits.
    fn slot(&mut self, stack: StackId) -> u32 {
        let (dense, sparse) = &mut self.slots;
        let slot = match dense.get_mut(stack.index()) {
            Some(slot) => slot,
            None => sparse.entry(stack).or_insert(NONE),
        };
        if *slot == NONE {
            *slot = self.rows.len() as u32;
            self.rows.push(Row { stack, has_own: false });
            self.own.resize(self.rows.len() * self.stride, 0);
        }
        *slot
    }

    /// Walks every stack that has a weight, and the rows that it extends, depth first.
    ///
    /// A row that several stacks extend is entered once; a path that was interned as one row is walked
    /// on its own.
    ///
    /// # Errors
    ///
    /// A weight that does not fit into 64 bits is an error, as is one that the visitor raises.
    pub(crate) fn walk(mut self, stacks: &Stacks, visitor: &mut impl Visitor) -> Result<()> {
        let mut next = 0;
        while next < self.rows.len() {
            if let (Some(parent), _) = stacks.row(self.rows[next].stack) {
                self.slot(parent);
            }
            next += 1;
        }
        let stride = self.stride;
        // Parents precede their children: going backwards, a row is complete before its parent takes it.
        let mut order: Vec<u32> = (0..self.rows.len() as u32).collect();
        order.sort_unstable_by_key(|&slot| std::cmp::Reverse(self.rows[slot as usize].stack));
        let mut below = self.own.clone();
        let (mut roots, mut first_child, mut sibling) = (NONE, vec![NONE; order.len()], vec![NONE; order.len()]);
        for &slot in &order {
            let child = slot as usize;
            let parent = stacks.row(self.rows[child].stack).0.map(|parent| self.slot(parent) as usize);
            if let Some(parent) = parent {
                let weight = below[child * stride..][..stride].to_vec();
                add(&mut below[parent * stride..][..stride], &weight)?;
            }
            let first = parent.map_or(&mut roots, |parent| &mut first_child[parent]);
            sibling[child] = std::mem::replace(first, slot);
        }
        drop((std::mem::take(&mut self.slots), order));
        let mut path: Vec<usize> = Vec::new();
        let mut next = roots;
        loop {
            if next != NONE {
                let slot = next as usize;
                let (_, run) = stacks.row(self.rows[slot].stack);
                for &frame in run {
                    visitor.enter(frame, &below[slot * stride..][..stride])?;
                }
                if self.rows[slot].has_own {
                    visitor.leaf(stacks.leaf(self.rows[slot].stack), &self.own[slot * stride..][..stride])?;
                }
                path.push(slot);
                next = first_child[slot];
            } else if let Some(slot) = path.pop() {
                let (_, run) = stacks.row(self.rows[slot].stack);
                run.iter().rev().for_each(|&frame| visitor.leave(frame));
                next = sibling[slot];
            } else {
                return Ok(());
            }
        }
    }
}

/// Adds `values` to `sum`, column by column.
pub(crate) fn add(sum: &mut [i64], values: &[i64]) -> Result<()> {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum = sum.checked_add(*value).ok_or_else(|| Error::overflow("the total of a function"))?;
    }
    Ok(())
}
