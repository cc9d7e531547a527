//! The samples of a profile, as columns.

mod equal;

pub use equal::{EqualSamples, SampleKey};

use crate::error::{Error, Result};
use crate::id::{LabelId, StackId, ThreadId};
use std::ops::Range;

/// The samples of a profile in file order: a stack, one value per value type, and what else is known.
///
/// ```text
/// stack    thread  time  kept  values (stride 2)
/// main;f   1       0     0     10   4
/// main;g   1       10    1      3   0       kept 1: the same call of main goes on
/// ```
#[derive(Clone, Debug, Default)]
pub struct Samples {
    stride: usize,
    stacks: Vec<Option<StackId>>,
    values: Vec<i64>,
    times: Sparse<i64>,
    threads: Sparse<ThreadId>,
    labels: Sparse<LabelId>,
    kept: Sparse<u32>,
}

/// One row of [`Samples`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample<'a> {
    /// The stack; none for time without any frame, such as idle time.
    pub stack: Option<StackId>,
    /// One value per value type of the profile.
    pub values: &'a [i64],
    /// Nanoseconds since the start of the profile.
    pub time_ns: Option<i64>,
    /// The thread that was sampled.
    pub thread: Option<ThreadId>,
    /// The first of its labels.
    pub labels: Option<LabelId>,
    /// In a source of events, how many frames of the previous sample of this thread are the same
    /// calls and not merely the same functions; never more than the two stacks have in common.
    pub kept: Option<u32>,
}

impl<'a> Sample<'a> {
    /// Returns a sample of which only the stack and the values are known.
    pub fn new(stack: Option<StackId>, values: &'a [i64]) -> Sample<'a> {
        Sample { stack, values, time_ns: None, thread: None, labels: None, kept: None }
    }
}

impl Samples {
    /// Returns an empty list for samples of `stride` values each.
    pub fn new(stride: usize) -> Samples {
        Samples { stride, ..Samples::default() }
    }

    /// Adds a sample.
    ///
    /// # Panics
    ///
    /// Panics if the sample does not have one value per value type.
    // A sample that goes through memory waits there for everything that was written before it.
    #[inline(always)]
    pub fn push(&mut self, sample: Sample<'_>) {
        assert_eq!(sample.values.len(), self.stride, "one value per value type");
        let row = self.stacks.len();
        self.stacks.push(sample.stack);
        self.values.extend_from_slice(sample.values);
        self.times.set(row, sample.time_ns);
        self.threads.set(row, sample.thread);
        self.labels.set(row, sample.labels);
        self.kept.set(row, sample.kept);
    }

    /// Adds values to those of the sample in the given row.
    ///
    /// # Errors
    ///
    /// A sum that does not fit into 64 bits is an error of kind `Overflow`.
    pub fn add(&mut self, row: usize, values: &[i64]) -> Result<()> {
        let sums = &mut self.values[row * self.stride..][..self.stride];
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum = sum.checked_add(*value).ok_or_else(|| Error::overflow("the sum of equal samples"))?;
        }
        Ok(())
    }

    /// Gives every sample `stride` values: zeros behind those it has.
    pub fn widen(&mut self, stride: usize) {
        let old = std::mem::replace(&mut self.stride, stride);
        if old == stride {
            return;
        }
        let mut values = vec![0; self.len() * stride];
        for row in 0..self.len() {
            values[row * stride..][..old].copy_from_slice(&self.values[row * old..][..old]);
        }
        self.values = values;
    }

    /// Multiplies all values of a column.
    ///
    /// # Errors
    ///
    /// A value that does not fit into 64 bits then is an error of kind `Overflow`.
    pub fn scale(&mut self, column: usize, factor: i64) -> Result<()> {
        for value in self.values.iter_mut().skip(column).step_by(self.stride.max(1)) {
            *value = value.checked_mul(factor).ok_or_else(|| Error::overflow("a value in the finer unit"))?;
        }
        Ok(())
    }

    /// Moves the times of the samples in the given rows, where they have one.
    ///
    /// # Errors
    ///
    /// A time that does not fit into 64 bits then is an error of kind `Overflow`.
    pub fn shift_times(&mut self, rows: Range<usize>, by_ns: i64) -> Result<()> {
        for time_ns in self.times.0.iter_mut().take(rows.end).skip(rows.start).flatten() {
            *time_ns = time_ns.checked_add(by_ns).ok_or_else(|| Error::overflow("a time"))?;
        }
        Ok(())
    }

    /// Gives each sample the thread that `thread` returns for it.
    pub fn rethread(&mut self, mut thread: impl FnMut(&Sample<'_>) -> Option<ThreadId>) {
        let mut threads = Sparse::default();
        for row in 0..self.len() {
            threads.set(row, thread(&self.at(row)));
        }
        self.threads = threads;
    }

    /// Returns the number of samples.
    pub fn len(&self) -> usize {
        self.stacks.len()
    }

    /// Returns whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.stacks.is_empty()
    }

    /// Returns the number of values of a sample.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Returns the sample in the given row.
    pub fn at(&self, row: usize) -> Sample<'_> {
        Sample {
            stack: self.stacks[row],
            values: &self.values[row * self.stride..(row + 1) * self.stride],
            time_ns: self.times.at(row),
            thread: self.threads.at(row),
            labels: self.labels.at(row),
            kept: self.kept.at(row),
        }
    }

    /// Returns the samples in file order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Sample<'_>> {
        (0..self.len()).map(|row| self.at(row))
    }

    /// Returns the values of all samples, row by row.
    pub fn values(&self) -> &[i64] {
        &self.values
    }

    /// Returns whether any sample has a time.
    pub fn has_times(&self) -> bool {
        !self.times.0.is_empty()
    }

    /// Returns the values of the sample in the given row, to be changed.
    pub(crate) fn values_mut(&mut self, row: usize) -> &mut [i64] {
        &mut self.values[row * self.stride..(row + 1) * self.stride]
    }

    /// Returns whether any sample tells which calls it shares with the one before.
    pub fn has_kept(&self) -> bool {
        !self.kept.0.is_empty()
    }
}

/// A column that takes no memory until a row has something in it.
#[derive(Clone, Debug)]
struct Sparse<T>(Vec<Option<T>>);

impl<T: Copy> Sparse<T> {
    #[inline(always)]
    fn set(&mut self, row: usize, value: Option<T>) {
        if value.is_some() || !self.0.is_empty() {
            self.put(row, value);
        }
    }

    fn put(&mut self, row: usize, value: Option<T>) {
        self.0.resize(row, None);
        self.0.push(value);
    }

    fn at(&self, row: usize) -> Option<T> {
        self.0.get(row).copied().flatten()
    }
}

impl<T> Default for Sparse<T> {
    fn default() -> Sparse<T> {
        Sparse(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_change_in_place() {
        let mut samples = Samples::new(1);
        samples.push(Sample::new(None, &[3]));
        samples.push(Sample { time_ns: Some(5), ..Sample::new(None, &[4]) });
        samples.widen(2);
        samples.add(1, &[1, 7]).unwrap();
        samples.scale(0, 10).unwrap();
        samples.shift_times(0..2, -6).unwrap();
        assert_eq!(samples.values(), [30, 0, 50, 7]);
        assert_eq!((samples.at(0).time_ns, samples.at(1).time_ns), (None, Some(-1)));
        assert!(samples.add(0, &[i64::MAX, 0]).is_err() && samples.scale(0, i64::MAX).is_err());
        assert!(samples.shift_times(0..2, i64::MIN).is_err());
    }
}
