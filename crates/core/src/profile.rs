//! The profile: dimension tables, samples, call graphs.

mod show;

use crate::calls::CallGraph;
use crate::error::Result;
use crate::hash::{hash_of, roll};
use crate::id::{FrameId, FunctionId, Id, LabelId, MappingId, StackId, StringId, ThreadId};
use crate::meta::Meta;
use crate::rows::{Frame, Function, Label, LabelValue, Mapping, Symbols, Thread};
use crate::samples::Samples;
use crate::stacks::{FrameHashes, Paths, Stacks};
use crate::strings::Strings;
use crate::table::Table;
use crate::value::ValueType;

/// A profile, whatever profiler wrote it.
///
/// Rows have one form: an optional text in them that is empty is none.
///
/// Sampled formats fill [`samples`](Profile::samples), call-graph formats fill
/// [`calls`](Profile::calls). A profile with both says the same cost twice: its totals are those of the
/// samples.
///
/// ```
/// use profkit_core::{Frame, Function, Profile, Sample, ValueType};
///
/// let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
/// let name = profile.string("main");
/// let function = profile.function(Function::named(name));
/// let frame = profile.frame(Frame { function: Some(function), ..Frame::default() });
/// let stack = profile.stack(&[frame])?;
/// profile.samples.push(Sample::new(Some(stack), &[1_000]));
/// assert_eq!(profile.samples.len(), 1);
/// # Ok::<(), profkit_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Profile {
    /// Every text.
    pub strings: Strings,
    /// The loaded binaries, the main one first where the source says so.
    pub mappings: Table<MappingId, Mapping>,
    /// The functions.
    pub functions: Table<FunctionId, Function>,
    /// The places in functions.
    pub frames: Table<FrameId, Frame>,
    /// The distinct stacks.
    pub stacks: Stacks,
    /// The threads.
    pub threads: Table<ThreadId, Thread>,
    /// The labels, as lists with shared tails.
    pub labels: Table<LabelId, Label>,
    /// What the values mean: one entry per column of samples and of call-graph costs.
    pub value_types: Vec<ValueType>,
    /// The samples, in file order.
    pub samples: Samples,
    /// The call graphs, one per thread and part of the source.
    pub calls: Vec<CallGraph>,
    /// Facts about the profile as a whole.
    pub meta: Meta,
    function_hashes: Vec<u64>,
    frame_hashes: Vec<u64>,
}

impl Profile {
    /// Returns an empty profile with the given columns.
    pub fn new(value_types: Vec<ValueType>) -> Profile {
        Profile { samples: Samples::new(value_types.len()), value_types, ..Profile::default() }
    }

    /// Sets the depth above which a stack is an error; [`MAX_DEPTH`](crate::MAX_DEPTH) if never called.
    pub fn set_max_depth(&mut self, max_depth: u32) {
        self.stacks.set_max_depth(max_depth);
    }

    /// Takes over all rows of another profile, each under its id; those that were there are gone.
    pub(crate) fn copy_rows(&mut self, from: &Profile) {
        self.strings.clone_from(&from.strings);
        self.mappings.clone_from(&from.mappings);
        self.functions.clone_from(&from.functions);
        self.frames.clone_from(&from.frames);
        self.stacks.clone_from(&from.stacks);
        self.threads.clone_from(&from.threads);
        self.labels.clone_from(&from.labels);
        self.function_hashes.clone_from(&from.function_hashes);
        self.frame_hashes.clone_from(&from.frame_hashes);
    }

    /// Returns the id of a text.
    pub fn string(&mut self, text: &str) -> StringId {
        self.strings.intern(text)
    }

    /// Returns the id of a text, and none for an empty one.
    pub fn text(&mut self, text: &str) -> Option<StringId> {
        (!text.is_empty()).then(|| self.strings.intern(text))
    }

    /// Makes empty texts none, so that there is one way to say that something is not known.
    fn drop_empty<const N: usize>(&self, texts: [&mut Option<StringId>; N]) {
        for text in texts {
            *text = text.filter(|&id| !self.strings.is_nothing(id));
        }
    }

    /// Returns the id of a mapping.
    pub fn mapping(&mut self, mut mapping: Mapping) -> MappingId {
        self.drop_empty([&mut mapping.file, &mut mapping.build_id]);
        self.mappings.intern(mapping)
    }

    /// Returns the id of a function; a system name or a name without callers that is just the name is none.
    pub fn function(&mut self, mut function: Function) -> FunctionId {
        function.system_name = function.system_name.filter(|&system_name| system_name != function.name);
        function.context_of = function.context_of.filter(|&plain| plain != function.name);
        let Function { system_name, module, file, full_path, context_of, .. } = &mut function;
        self.drop_empty([system_name, module, file, full_path, context_of]);
        let id = self.functions.intern(function);
        if id.index() == self.function_hashes.len() {
            self.function_hashes.push(self.function_hash(function));
        }
        id
    }

    /// Returns the hash of what a function says.
    fn function_hash(&self, function: Function) -> u64 {
        let Function { name, system_name, module, file, full_path, context_of, start_line } = function;
        let texts = [Some(name), system_name, module, file, full_path, context_of];
        texts.into_iter().fold(hash_of(&start_line), |hash, id| roll(hash, self.strings.hash(id)))
    }

    /// Returns the id of a frame; a file of the line that is just that of the function is none.
    pub fn frame(&mut self, mut frame: Frame) -> FrameId {
        self.drop_empty([&mut frame.file]);
        let file_of_function = frame.function.and_then(|function| self.functions[function].file);
        frame.file = frame.file.filter(|&file| Some(file) != file_of_function);
        let id = self.frames.intern(frame);
        if id.index() == self.frame_hashes.len() {
            self.frame_hashes.push(self.frame_hash(frame));
        }
        id
    }

    /// Returns the hash of what a frame says.
    fn frame_hash(&self, frame: Frame) -> u64 {
        let place = (frame.line, frame.column, frame.address, frame.inlined, frame.folded, frame.in_app);
        let mapping = frame.mapping.map(|id| self.mappings[id]);
        let mapping = mapping.map_or(0, |mapping| {
            let bounds = hash_of(&(mapping.start, mapping.limit, mapping.offset));
            roll(roll(bounds, self.strings.hash(mapping.file)), self.strings.hash(mapping.build_id))
        });
        let function = frame.function.map_or(0, |id| self.function_hashes[id.index()]);
        let parts = [function, self.strings.hash(frame.file), mapping];
        parts.into_iter().fold(hash_of(&place), roll)
    }

    /// Returns the id of a whole stack, root first.
    ///
    /// # Errors
    ///
    /// A stack deeper than the limit is an error of kind `Limit`.
    ///
    /// # Panics
    ///
    /// Panics on an empty path: a sample without frames has no stack.
    pub fn stack(&mut self, path: &[FrameId]) -> Result<StackId> {
        self.stacks.extend(None, path, &self.frame_hashes)
    }

    /// Returns the hashes of the frames that there are.
    pub fn frame_hashes(&self) -> FrameHashes {
        FrameHashes::new(&self.frame_hashes)
    }

    /// Returns the id of a stack of a list, and none for one without frames.
    ///
    /// # Errors
    ///
    /// A stack deeper than the limit is an error of kind `Limit`.
    ///
    /// # Panics
    ///
    /// Panics on an index beyond the list.
    pub fn stack_of(&mut self, paths: &Paths<'_>, index: usize) -> Result<Option<StackId>> {
        let (path, hash) = paths.at(index);
        if path.is_empty() { Ok(None) } else { self.stacks.intern(None, path, hash).map(Some) }
    }

    /// Returns the id of the stack that calls `frame` from `parent`.
    ///
    /// # Errors
    ///
    /// A stack deeper than the limit is an error of kind `Limit`.
    pub fn push(&mut self, parent: Option<StackId>, frame: FrameId) -> Result<StackId> {
        self.stacks.extend(parent, &[frame], &self.frame_hashes)
    }

    /// Returns the id of the stack that adds a run of frames, root first, to `parent`.
    ///
    /// # Errors
    ///
    /// A stack deeper than the limit is an error of kind `Limit`.
    ///
    /// # Panics
    ///
    /// Panics on an empty run: a stack has at least one frame more than its parent.
    pub fn extend(&mut self, parent: Option<StackId>, run: &[FrameId]) -> Result<StackId> {
        self.stacks.extend(parent, run, &self.frame_hashes)
    }

    /// Returns whether frames of two profiles say the same, as their hashes tell.
    pub(crate) fn says_the_same(&self, frame: FrameId, other: &Profile, in_other: FrameId) -> bool {
        self.frame_hashes[frame.index()] == other.frame_hashes[in_other.index()]
    }

    /// Returns the id of the stack that adds a run of frames, root first, to `parent`, and whose whole path has this hash.
    ///
    /// # Errors
    ///
    /// A stack deeper than the limit is an error of kind `Limit`.
    pub(crate) fn extend_hashed(&mut self, parent: Option<StackId>, run: &[FrameId], hash: u64) -> Result<StackId> {
        self.stacks.intern(parent, run, hash)
    }

    /// Returns the id of a thread.
    pub fn thread(&mut self, mut thread: Thread) -> ThreadId {
        self.drop_empty([&mut thread.process, &mut thread.id, &mut thread.name]);
        self.threads.intern(thread)
    }

    /// Puts what `changed` returns in the place of each thread; different threads must stay different.
    pub fn change_threads(&mut self, changed: impl Fn(Thread) -> Thread) {
        let threads: Vec<_> = self.threads.iter().map(|(id, thread)| (id, changed(thread))).collect();
        self.threads.replace(threads.into_iter());
    }

    /// Says which symbols are resolved for a mapping.
    pub fn set_symbols(&mut self, id: MappingId, has: Symbols) {
        let mappings: Vec<_> = self.mappings.iter().collect();
        let changed = mappings.into_iter().map(|(it, row)| (it, if it == id { Mapping { has, ..row } } else { row }));
        self.mappings.replace(changed);
    }

    /// Returns the id of the label list that puts one label before `next`.
    ///
    /// A list in source order is built from its last label to its first.
    pub fn label(&mut self, key: StringId, mut value: LabelValue, next: Option<LabelId>) -> LabelId {
        if let LabelValue::Number { unit, .. } = &mut value {
            self.drop_empty([unit]);
        }
        self.labels.intern(Label { next, key, value })
    }

    /// Returns the labels of a list, in source order.
    pub fn label_list(&self, first: Option<LabelId>) -> impl Iterator<Item = Label> + '_ {
        std::iter::successors(first.map(|id| self.labels[id]), |label| label.next.map(|id| self.labels[id]))
    }

    /// Returns the name of the function of a frame, if it has one.
    pub fn frame_name(&self, frame: FrameId) -> Option<&str> {
        self.frames[frame].function.map(|function| &self.strings[self.functions[function].name])
    }

    /// Returns a thread in the spelling of py-spy: `thread (ID): name`, each part where it is known.
    pub fn thread_title(&self, thread: ThreadId) -> String {
        let Thread { id, name, .. } = self.threads[thread];
        let id = id.map_or(String::new(), |id| format!(" ({})", &self.strings[id]));
        let name = name.map_or(String::new(), |name| format!(": {}", &self.strings[name]));
        format!("thread{id}{name}")
    }

    /// Returns the index of the value type to show first: the profile's own default, else the last one
    /// of sampled profiles, as in pprof, and the first one of call graphs, as in callgrind.
    pub fn default_value(&self) -> usize {
        let habit = if self.calls.is_empty() { self.value_types.len().saturating_sub(1) } else { 0 };
        self.meta.default_value.filter(|&index| index < self.value_types.len()).unwrap_or(habit)
    }
}
