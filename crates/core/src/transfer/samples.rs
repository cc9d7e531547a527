//! What all samples of a profile name, carried in one go: which stacks are there already is found by several threads.

use super::Transfer;
use crate::error::Result;
use crate::id::{FrameId, Id, StackId};
use crate::parallel::in_order;
use crate::profile::Profile;

/// How many stacks are looked up at once.
const STACKS_AT_ONCE: usize = 1 << 14;

impl Transfer<'_> {
    /// Moves what the samples of `from` name, in their order: for each sample, that is only looked up then. Whether `to`
    /// has a stack already is found in so many threads.
    ///
    /// # Errors
    ///
    /// Fails as [`stack`](Transfer::stack) does.
    pub fn rows_of_samples(&mut self, to: &mut Profile, threads: usize) -> Result<()> {
        let stacks = self.frames_of_samples(to);
        if self.frame_by_frame || self.changes_frames || self.has_frames_become_one(to) {
            return Ok(());
        }
        to.stacks.enter_rows();
        let mut found = Vec::with_capacity(stacks.len());
        let blocks: Vec<&[StackId]> = stacks.chunks(STACKS_AT_ONCE).collect();
        let find = |stacks: &&[StackId]| stacks.iter().map(|&id| self.find(to, id)).collect::<Vec<_>>();
        in_order(&blocks, threads, &find, &mut |ids: Vec<_>| -> Result<()> {
            found.extend(ids);
            Ok(())
        })?;
        for (id, found) in stacks.into_iter().zip(found) {
            match (found, self.from.stacks.row(id)) {
                (None, (Some(_), _)) => drop(self.stack_on_parent(to, id)?),
                // All frames stay different, and so do stacks.
                (None, (None, run)) => {
                    let run = run.iter().map(|frame| self.moved(*frame));
                    self.stacks[id.index()] = Some(to.stacks.add(None, run, self.from.stacks.hash(id))?);
                }
                (found, _) => self.stacks[id.index()] = found,
            }
        }
        Ok(())
    }

    /// Moves all that the samples of `from` name but the stacks; returns those, and the stacks that they extend, in the
    /// order in which `to` gets them.
    fn frames_of_samples(&mut self, to: &mut Profile) -> Vec<StackId> {
        let from = self.from;
        let mut stacks = Vec::with_capacity(from.stacks.len());
        let mut is_listed = vec![false; from.stacks.len()];
        for sample in from.samples.iter() {
            let start = stacks.len();
            let mut next = sample.stack;
            while let Some(id) = next.filter(|id| !std::mem::replace(&mut is_listed[id.index()], true)) {
                stacks.push(id);
                next = from.stacks.row(id).0;
            }
            stacks[start..].reverse();
            for &frame in stacks[start..].iter().flat_map(|&id| from.stacks.row(id).1) {
                if self.frames[frame.index()].is_none() {
                    self.frame(to, frame);
                }
            }
            self.thread(to, sample.thread);
            self.labels(to, sample.labels);
        }
        stacks
    }

    /// Returns whether frames that differ in `from` are one in `to`, since mappings were joined.
    fn has_frames_become_one(&self, to: &Profile) -> bool {
        let mut is_taken = vec![false; to.frames.len()];
        self.frames.iter().flatten().any(|id| std::mem::replace(&mut is_taken[id.index()], true))
    }

    /// Returns the stack of `to` that is a whole stack of `from`, if it is there.
    fn find(&self, to: &Profile, id: StackId) -> Option<StackId> {
        let (None, run) = self.from.stacks.row(id) else { return None };
        to.stacks.find(run.iter().map(|&frame| self.moved(frame)), self.from.stacks.hash(id))
    }

    /// Returns the id in `to` of a frame that was moved.
    fn moved(&self, frame: FrameId) -> FrameId {
        self.frames[frame.index()].expect("frames are moved before their stacks")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facet::Facets;
    use crate::rows::{Frame, Function, Mapping, Symbols};
    use crate::samples::Sample;
    use crate::value::ValueType;

    /// Returns a profile of the stacks with these numbers, some of which extend the one before.
    fn profile(numbers: impl Iterator<Item = usize>) -> Profile {
        let mut profile = Profile::new(vec![ValueType::unnamed()]);
        let mut parent = None;
        for number in numbers {
            let path = [number % 100, number / 100 % 100, number / 10_000].map(|name| {
                let name = profile.string(&name.to_string());
                let function = Some(profile.function(Function::named(name)));
                profile.frame(Frame { function, ..Frame::default() })
            });
            let stack = match parent.filter(|_| number % 3 == 0) {
                Some(parent) => profile.extend(Some(parent), &path).expect("not deep"),
                None => profile.stack(&path).expect("not deep"),
            };
            parent = (number % 3 == 2).then_some(stack);
            profile.samples.push(Sample::new(Some(stack), &[1]));
        }
        profile
    }

    #[test]
    fn is_the_same_as_sample_by_sample() {
        let from = profile(0..3 * STACKS_AT_ONCE);
        let there = profile((0..3 * STACKS_AT_ONCE).rev().filter(|number| number % 7 < 3));
        let stacks = |to: &mut Profile, transfer: &mut Transfer<'_>| -> Vec<StackId> {
            let stacks = from.samples.iter().filter_map(|sample| sample.stack);
            stacks.map(|stack| transfer.stack(to, stack).expect("not deep")).collect()
        };
        let mut one_by_one = there.clone();
        let expected = stacks(&mut one_by_one, &mut Transfer::new(&from, Facets::NONE));
        assert!(there.stacks.len() < one_by_one.stacks.len());
        for threads in [0, 1, 3] {
            let (mut to, mut transfer) = (there.clone(), Transfer::new(&from, Facets::NONE));
            transfer.rows_of_samples(&mut to, threads).expect("not deep");
            assert_eq!(to.stacks.len(), one_by_one.stacks.len(), "{threads} threads");
            assert!(stacks(&mut to, &mut transfer) == expected, "{threads} threads");
            // What was added without being looked for is found from now on.
            assert!(stacks(&mut to, &mut Transfer::new(&from, Facets::NONE)) == expected, "{threads} threads");
        }
    }

    #[test]
    fn stacks_become_one_where_their_frames_do() {
        let mut from = Profile::new(vec![ValueType::unnamed()]);
        for has in [Symbols::default(), Symbols::FUNCTIONS] {
            let mapping = Some(from.mapping(Mapping { has, ..Mapping::default() }));
            let frame = from.frame(Frame { mapping, ..Frame::default() });
            let stack = from.stack(&[frame]).expect("not deep");
            from.samples.push(Sample::new(Some(stack), &[1]));
        }
        assert_eq!((from.frames.len(), from.stacks.len()), (2, 2));
        let mut to = Profile::new(vec![ValueType::unnamed()]);
        let mut transfer = Transfer::new(&from, Facets::NONE);
        let first = from.mappings.iter().next().map(|(id, _)| id).expect("a mapping");
        let joined = transfer.mapping(&mut to, first);
        from.mappings.iter().for_each(|(id, _)| transfer.join_mapping(id, joined));
        transfer.rows_of_samples(&mut to, 1).expect("not deep");
        for sample in from.samples.iter() {
            transfer.stack(&mut to, sample.stack.expect("a stack")).expect("not deep");
        }
        assert_eq!((to.frames.len(), to.stacks.len()), (1, 1));
    }
}
