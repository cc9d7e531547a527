//! Any number of profiles as one.

mod columns;
mod graphs;
mod header;
mod mappings;
mod rows;
mod sessions;
mod sum;
#[cfg(test)]
mod tests;
mod threads;
mod times;

use profkit_core::{Notes, Profile, Result, derive};
use sum::{Part, Sum};

/// How profiles are merged.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct MergeOptions {
    /// Turn stacks into call graphs first, so that they can be added to call graphs.
    pub as_graph: bool,
    /// Make threads of one name one thread, whatever input they are of, and drop all times.
    pub join_threads: bool,
    /// The key of a label to give each sample: its value is the name of the input.
    pub label_inputs: Option<String>,
    /// In how many threads to look for equal stacks of large profiles.
    pub threads: usize,
}

/// A merge in progress: the sum of the profiles that were added so far.
///
/// Rows keep the order in which they were first met. Samples with the same stack, thread and labels are one, with
/// the sum of their values, unless they have a time or tell calls apart. Value types are the same if kind and
/// dimension are; values are brought to the finer unit, and are 0 where an input does not have the type. The merged
/// profile starts when the first of the inputs did, and times are moved so that they mean the same moment as before.
///
/// Threads of different inputs are different, unless both inputs say which process they are of: the
/// [`source`](profkit_core::Thread::source) of a thread is the number of its input. Costs of call graphs are added
/// row by row. Parts of one session of a sampler are put together and weighed anew. Binaries that were loaded at different addresses are the same if name, size and offset are.
///
/// Only the sum is kept, so memory does not grow with the number of profiles. Adding in groups gives the same as
/// adding one by one: several sums can grow at the same time, and be put together by [`append`](Merge::append).
///
/// ```
/// use profkit_core::{Frame, Notes, Profile, Sample, ValueType};
/// use profkit_ops::{Merge, MergeOptions};
///
/// let mut notes = Notes::new();
/// let mut merge = Merge::new(MergeOptions::default());
/// for (unit, value) in [("milliseconds", 2), ("microseconds", 30)] {
///     let mut profile = Profile::new(vec![ValueType::new("cpu", unit)]);
///     let frame = profile.frame(Frame::default());
///     let stack = profile.stack(&[frame])?;
///     profile.samples.push(Sample::new(Some(stack), &[value]));
///     merge.add(unit, profile, &mut notes)?;
/// }
/// let merged = merge.finish(&mut notes)?;
/// assert_eq!(merged.value_types[0].unit.name, "microseconds");
/// assert_eq!(merged.samples.values(), [2_030]);
/// # Ok::<(), profkit_core::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Merge {
    options: MergeOptions,
    so_far: SoFar,
}

/// What was added so far. A profile that stays the only one, or is soon a part of another merge, is not looked into.
#[derive(Debug, Default)]
enum SoFar {
    #[default]
    Nothing,
    One(Box<Part>),
    Several(Box<Sum>),
}

impl Merge {
    /// Returns a merge of no profile.
    pub fn new(options: MergeOptions) -> Merge {
        Merge { options, so_far: SoFar::Nothing }
    }

    /// Adds a profile under the name of its input.
    ///
    /// # Errors
    ///
    /// A sum that does not fit into 64 bits is an error of kind `Overflow`, stacks together with call graphs are
    /// one of kind `Unsupported`.
    pub fn add(&mut self, name: &str, mut profile: Profile, notes: &mut Notes) -> Result<()> {
        if let Some(key) = &self.options.label_inputs {
            profile = rows::labelled(profile, key, name, notes)?;
        }
        if self.options.as_graph && !profile.samples.is_empty() {
            profile = derive::call_graph(&profile, notes)?;
        }
        if self.options.join_threads {
            profile = threads::joined(&profile, notes)?;
        }
        self.put(Part::of(name, profile, self.options.join_threads, notes), notes)
    }

    /// Adds all that was added to another merge, as if it had been added to this one.
    ///
    /// # Errors
    ///
    /// Fails as [`add`](Merge::add) does.
    pub fn append(&mut self, other: Merge, notes: &mut Notes) -> Result<()> {
        match (other.so_far, &self.so_far) {
            (SoFar::Nothing, _) => Ok(()),
            (several, SoFar::Nothing) => {
                self.so_far = several;
                Ok(())
            }
            (SoFar::One(part), _) => self.put(*part, notes),
            (SoFar::Several(sum), _) => self.put(sum.into_part(), notes),
        }
    }

    fn put(&mut self, part: Part, notes: &mut Notes) -> Result<()> {
        let mut sum = match std::mem::take(&mut self.so_far) {
            SoFar::Nothing => {
                self.so_far = SoFar::One(Box::new(part));
                return Ok(());
            }
            SoFar::One(first) => Box::new(Sum::of(*first)?),
            SoFar::Several(sum) => sum,
        };
        let added = sum.add(part, self.options.threads, notes);
        self.so_far = SoFar::Several(sum);
        added
    }

    /// Returns the merged profile; that of no profile is empty.
    ///
    /// # Errors
    ///
    /// A time that does not fit into 64 bits is an error of kind `Overflow`.
    pub fn finish(self, notes: &mut Notes) -> Result<Profile> {
        match self.so_far {
            SoFar::Nothing => Ok(Profile::default()),
            SoFar::One(part) => Sum::of(*part)?.finish(notes),
            SoFar::Several(sum) => sum.finish(notes),
        }
    }
}
