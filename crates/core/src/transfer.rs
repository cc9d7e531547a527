//! Carrying rows from one profile into another, less the facets that shall stay behind.

mod samples;

use crate::error::Result;
use crate::facet::{Facet, Facets};
use crate::id::{FrameId, FunctionId, Id, LabelId, MappingId, StackId, StringId, ThreadId};
use crate::profile::Profile;
use crate::rows::{Frame, Function, LabelValue, Mapping, Thread};
use std::num::NonZeroU64;

/// The translation of the ids of one profile into those of another.
pub struct Transfer<'p> {
    from: &'p Profile,
    lost: Facets,
    strings: Vec<Option<StringId>>,
    mappings: Vec<Option<MappingId>>,
    functions: Vec<Option<FunctionId>>,
    frames: Vec<Option<FrameId>>,
    stacks: Vec<Option<StackId>>,
    threads: Vec<Option<ThreadId>>,
    labels: Vec<Option<LabelId>>,
    path: Vec<FrameId>,
    frame_by_frame: bool,
    /// Whether a frame says something else in `to` than in `from`, so that stacks have other hashes.
    changes_frames: bool,
}

impl<'p> Transfer<'p> {
    /// Returns a translation of the rows of `from` that leaves out the `lost` facets of rows.
    pub fn new(from: &'p Profile, lost: Facets) -> Transfer<'p> {
        Transfer {
            from,
            lost,
            strings: vec![None; from.strings.len()],
            mappings: vec![None; from.mappings.len()],
            functions: vec![None; from.functions.len()],
            frames: vec![None; from.frames.len()],
            stacks: vec![None; from.stacks.len()],
            threads: vec![None; from.threads.len()],
            labels: vec![None; from.labels.len()],
            path: Vec::new(),
            frame_by_frame: false,
            changes_frames: false,
        }
    }

    /// Returns this translation with a row for each frame of a stack, however long the runs were.
    #[must_use]
    pub(crate) fn frame_by_frame(mut self) -> Transfer<'p> {
        self.frame_by_frame = true;
        self
    }

    /// Says that `to` has all rows of `from` already, each under its id.
    pub(crate) fn keep_ids(&mut self) {
        same(&mut self.strings);
        same(&mut self.mappings);
        same(&mut self.functions);
        same(&mut self.frames);
        same(&mut self.stacks);
        same(&mut self.threads);
        same(&mut self.labels);
    }

    /// Returns the id in `to` of a text.
    pub fn string(&mut self, to: &mut Profile, id: StringId) -> StringId {
        *self.strings[id.index()].get_or_insert_with(|| to.strings.intern_of(&self.from.strings, id))
    }

    fn text(&mut self, to: &mut Profile, id: Option<StringId>, facet: Facet) -> Option<StringId> {
        id.filter(|_| !self.lost.has(facet)).map(|id| self.string(to, id))
    }

    /// Returns the id in `to` of a mapping.
    pub fn mapping(&mut self, to: &mut Profile, id: MappingId) -> MappingId {
        if let Some(done) = self.mappings[id.index()] {
            return done;
        }
        let own = self.own_mapping(to, id);
        *self.mappings[id.index()].insert(own)
    }

    fn own_mapping(&mut self, to: &mut Profile, id: MappingId) -> MappingId {
        let mapping = self.from.mappings[id];
        let file = mapping.file.map(|id| self.string(to, id));
        let build_id = mapping.build_id.map(|id| self.string(to, id));
        to.mapping(Mapping { file, build_id, ..mapping })
    }

    /// Makes a mapping of `from` one that `to` has already, at whatever address that one lies: addresses in
    /// the mapping move along.
    pub fn join_mapping(&mut self, id: MappingId, in_to: MappingId) {
        self.mappings[id.index()] = Some(in_to);
    }

    /// Makes a thread of `from` one of `to`.
    pub fn join_thread(&mut self, id: ThreadId, in_to: ThreadId) {
        self.threads[id.index()] = Some(in_to);
    }

    /// Returns where the instruction of a frame lies in `to`, and in which mapping.
    fn place(&mut self, to: &mut Profile, frame: Frame) -> (Option<NonZeroU64>, Option<MappingId>) {
        let Some(id) = frame.mapping.filter(|_| !self.lost.has(Facet::Mappings)) else { return (frame.address, None) };
        let mapping = self.mapping(to, id);
        let (from_start, to_start) = (self.from.mappings[id].start, to.mappings[mapping].start);
        let Some(address) = frame.address.filter(|_| from_start != to_start) else {
            return (frame.address, Some(mapping));
        };
        let moved = address.get().checked_sub(from_start).and_then(|offset| to_start.checked_add(offset));
        match moved.and_then(NonZeroU64::new) {
            moved @ Some(_) => (moved, Some(mapping)),
            // An address that is not in its mapping cannot move with it.
            None => (frame.address, Some(self.own_mapping(to, id))),
        }
    }

    /// Returns the id in `to` of a function.
    pub fn function(&mut self, to: &mut Profile, id: FunctionId) -> FunctionId {
        if let Some(done) = self.functions[id.index()] {
            return done;
        }
        let function = self.from.functions[id];
        let merges_contexts = self.lost.has(Facet::Contexts);
        let name = function.context_of.filter(|_| merges_contexts).unwrap_or(function.name);
        let moved = Function {
            name: self.string(to, name),
            system_name: self.text(to, function.system_name, Facet::SystemNames),
            module: self.text(to, function.module, Facet::Modules),
            file: self.text(to, function.file, Facet::Files),
            full_path: self.text(to, function.full_path, Facet::FullPaths),
            context_of: self.text(to, function.context_of, Facet::Contexts),
            start_line: function.start_line.filter(|_| !self.lost.has(Facet::StartLines)),
        };
        *self.functions[id.index()].insert(to.function(moved))
    }

    /// Returns the id in `to` of a frame.
    pub fn frame(&mut self, to: &mut Profile, id: FrameId) -> FrameId {
        if let Some(done) = self.frames[id.index()] {
            return done;
        }
        let frame = self.from.frames[id];
        let lost = self.lost;
        let function = match frame.function {
            Some(function) => Some(self.function(to, function)),
            None if lost.has(Facet::Unnamed) => {
                let name = to.string(&frame.invented_name());
                Some(to.function(Function::named(name)))
            }
            None => None,
        };
        let (address, mapping) = self.place(to, frame);
        let moved = Frame {
            function,
            file: self.text(to, frame.file, Facet::FrameFiles),
            line: frame.line.filter(|_| !lost.has(Facet::Lines)),
            column: frame.column.filter(|_| !lost.has(Facet::Columns)),
            address: address.filter(|_| !lost.has(Facet::Addresses)),
            mapping,
            inlined: frame.inlined && !lost.has(Facet::Inlining),
            folded: frame.folded && !lost.has(Facet::Folding),
            in_app: frame.in_app.filter(|_| !lost.has(Facet::InApp)),
        };
        let moved = to.frame(moved);
        self.changes_frames |= !to.says_the_same(moved, self.from, id);
        *self.frames[id.index()].insert(moved)
    }

    /// Returns the id in `to` of a stack.
    ///
    /// # Errors
    ///
    /// A stack that is deeper than `to` allows is an error of kind `Limit`.
    pub fn stack(&mut self, to: &mut Profile, id: StackId) -> Result<StackId> {
        let (mut below, mut next) = (Vec::new(), id);
        loop {
            let parent = self.from.stacks.row(next).0.filter(|parent| self.stacks[parent.index()].is_none());
            match parent.filter(|_| self.stacks[next.index()].is_none()) {
                Some(parent) => below.push(std::mem::replace(&mut next, parent)),
                None => {
                    let done = self.stack_on_parent(to, next)?;
                    let Some(child) = below.pop() else { return Ok(done) };
                    next = child;
                }
            }
        }
    }

    fn stack_on_parent(&mut self, to: &mut Profile, id: StackId) -> Result<StackId> {
        if let Some(done) = self.stacks[id.index()] {
            return Ok(done);
        }
        let (parent, run) = self.from.stacks.row(id);
        let mut path = std::mem::take(&mut self.path);
        path.clear();
        path.extend(run.iter().map(|&frame| self.frame(to, frame)));
        let parent = parent.and_then(|parent| self.stacks[parent.index()]);
        let mut done = parent;
        if self.frame_by_frame {
            for &frame in &path {
                done = Some(to.push(done, frame)?);
            }
        } else if self.changes_frames {
            done = Some(to.extend(parent, &path)?);
        } else {
            done = Some(to.extend_hashed(parent, &path, self.from.stacks.hash(id))?);
        }
        self.path = path;
        Ok(*self.stacks[id.index()].get_or_insert(done.expect("a stack has at least one frame")))
    }

    /// Returns the id in `to` of a thread; none where threads or all that told it apart are left behind.
    pub fn thread(&mut self, to: &mut Profile, id: Option<ThreadId>) -> Option<ThreadId> {
        let id = id.filter(|_| !self.lost.has(Facet::Threads))?;
        if let Some(done) = self.threads[id.index()] {
            return Some(done);
        }
        let thread = self.from.threads[id];
        let keeps_process = !self.lost.has(Facet::Processes);
        let moved = Thread {
            source: if keeps_process { thread.source } else { 0 },
            process: self.text(to, thread.process, Facet::Processes),
            id: thread.id.map(|id| self.string(to, id)),
            name: thread.name.map(|id| self.string(to, id)),
        };
        (moved != Thread::default()).then(|| *self.threads[id.index()].insert(to.thread(moved)))
    }

    /// Returns the id in `to` of a label list.
    pub fn labels(&mut self, to: &mut Profile, first: Option<LabelId>) -> Option<LabelId> {
        let first = first.filter(|_| !self.lost.has(Facet::Labels))?;
        let (mut todo, mut next, mut moved) = (Vec::new(), Some(first), None);
        // Tails are shared and may be long: what is behind a label that was moved before was moved as well.
        while let Some(id) = next {
            moved = self.labels[id.index()];
            if moved.is_some() {
                break;
            }
            todo.push(id);
            next = self.from.labels[id].next;
        }
        for id in todo.into_iter().rev() {
            let label = self.from.labels[id];
            let key = self.string(to, label.key);
            let value = match label.value {
                LabelValue::Text(text) => LabelValue::Text(self.string(to, text)),
                LabelValue::Number { value, unit } => {
                    LabelValue::Number { value, unit: unit.map(|unit| self.string(to, unit)) }
                }
            };
            moved = Some(*self.labels[id.index()].insert(to.label(key, value, moved)));
        }
        moved
    }
}

/// Makes each id its own translation.
fn same<I: Id>(ids: &mut [Option<I>]) {
    ids.iter_mut().enumerate().for_each(|(index, id)| *id = Some(I::from_index(index)));
}

impl Frame {
    /// Returns the name that stands in for a function that is not known: the address.
    pub(crate) fn invented_name(&self) -> String {
        match self.address {
            Some(address) => format!("{address:#x}"),
            None => "(unknown)".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::Sample;
    use crate::value::ValueType;

    #[test]
    fn a_long_list_of_labels_may_be_shared_by_all_samples() {
        let mut profile = Profile::new(vec![ValueType::unnamed()]);
        let key = profile.string("key");
        let mut labels = None;
        for value in 0..50_000 {
            labels = Some(profile.label(key, LabelValue::Number { value, unit: None }, labels));
            profile.samples.push(Sample { labels, ..Sample::new(None, &[1]) });
        }
        let copy = profile.filtered(|_| true, |_| true).expect("small numbers");
        assert_eq!(copy.label_list(copy.samples.at(49_999).labels).count(), 50_000);
        assert_eq!(copy.labels.len(), 50_000);
    }
}
