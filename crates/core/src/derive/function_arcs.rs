//! A list of arcs between functions, the numbers of all of them in one place.

use super::walk::add;
use crate::calls::Arc;
use crate::error::Result;
use crate::id::FunctionId;

/// Who calls whom, and at what cost: each pair of functions once, in the order of caller and callee.
///
/// ```text
/// rows      main -> f   calls, inclusive at 0       main -> g   inclusive at 2
/// numbers   7  34                                   12
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FunctionArcs {
    rows: Vec<Row>,
    numbers: Vec<i64>,
}

/// One caller-callee pair and its numbers, each of them only where it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionArc<'a> {
    /// The function that calls.
    pub caller: FunctionId,
    /// The function that is called.
    pub callee: FunctionId,
    /// How often, per column of counts.
    pub calls: Option<&'a [i64]>,
    /// How often while the callee was not active already.
    pub primitive_calls: Option<&'a [i64]>,
    /// What the callee and all that it called cost under this caller. From stacks, a sample counts once
    /// however often it holds the arc; a call graph may count an arc of a cycle several times.
    pub inclusive: Option<&'a [i64]>,
    /// What the callee itself cost under this caller.
    pub callee_self: Option<&'a [i64]>,
    /// Whether the caller calls the callee itself, and not only through functions that are left out.
    pub is_direct: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    caller: FunctionId,
    callee: FunctionId,
    is_direct: bool,
    /// Where the numbers of the row start.
    start: usize,
    /// How many numbers there are of each sort, one behind the other, or [`UNKNOWN`].
    lengths: [u32; 4],
}

/// The length of numbers that are not known.
const UNKNOWN: u32 = u32::MAX;

impl FunctionArcs {
    /// Returns no arcs, with room for as many.
    pub(super) fn with_capacity(count: usize) -> FunctionArcs {
        FunctionArcs { rows: Vec::with_capacity(count), numbers: Vec::new() }
    }

    /// Returns how many arcs there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether nobody calls anybody.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the arcs in the order of the ids of caller and callee.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = FunctionArc<'_>> + Clone {
        self.rows.iter().map(|row| {
            let mut rest = &self.numbers[row.start..];
            let [calls, primitive_calls, inclusive, callee_self] = row.lengths.map(|length| {
                let (numbers, after) = rest.split_at_checked(length as usize)?;
                rest = after;
                Some(numbers)
            });
            let Row { caller, callee, is_direct, .. } = *row;
            FunctionArc { caller, callee, calls, primitive_calls, inclusive, callee_self, is_direct }
        })
    }

    /// Adds an arc that does not come before the last one; where both have the same ends, their numbers are added up,
    /// each over the arcs of which it is known.
    pub(super) fn add(&mut self, arc: FunctionArc<'_>) -> Result<()> {
        let FunctionArc { caller, callee, is_direct, calls, primitive_calls, inclusive, callee_self } = arc;
        let numbers = [calls, primitive_calls, inclusive, callee_self];
        let Some(last) = self.rows.last_mut().filter(|last| (last.caller, last.callee) == (caller, callee)) else {
            let lengths = numbers.map(|numbers| numbers.map_or(UNKNOWN, |numbers| numbers.len() as u32));
            self.rows.push(Row { caller, callee, is_direct, start: self.numbers.len(), lengths });
            numbers.into_iter().flatten().for_each(|numbers| self.numbers.extend_from_slice(numbers));
            return Ok(());
        };
        let mut at = last.start;
        for (length, more) in last.lengths.iter_mut().zip(numbers) {
            match more {
                Some(more) if *length == UNKNOWN => {
                    *length = more.len() as u32;
                    self.numbers.splice(at..at, more.iter().copied());
                }
                Some(more) => add(&mut self.numbers[at..][..*length as usize], more)?,
                None => {}
            }
            at += if *length == UNKNOWN { 0 } else { *length as usize };
        }
        Ok(())
    }
}

impl<'a> FunctionArc<'a> {
    /// Returns an arc of a call graph as one of the function that calls.
    pub(super) fn of(caller: FunctionId, arc: Arc<'a>) -> FunctionArc<'a> {
        let Arc { callee, calls, primitive_calls, inclusive, callee_self, .. } = arc;
        FunctionArc { caller, callee, calls, primitive_calls, inclusive, callee_self, is_direct: true }
    }
}
