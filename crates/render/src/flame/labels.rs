//! What stands on the frames of a picture.

use profkit_core::{FrameId, FunctionId, Id, Profile, ThreadId};
use std::collections::HashMap;

/// What stands for samples without a stack.
const NO_STACK: &str = "(no stack)";
/// What stands for samples of no thread among those of threads.
const NO_THREAD: &str = "(no thread)";

/// One thing that can be a frame of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Label {
    pub(crate) name: String,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) module: String,
    /// None for what is no function.
    pub(crate) function: Option<FunctionId>,
}

/// The labels of a profile, counted from 1 in order of their names.
#[derive(Debug)]
pub(crate) struct Labels {
    rows: Vec<Label>,
    of_function: Vec<u32>,
    of_thread: HashMap<Option<ThreadId>, u32>,
    no_stack: u32,
}

impl Labels {
    /// Returns the labels of all functions and of the threads given, which are the roots of a picture.
    pub(crate) fn new(profile: &Profile, threads: &[Option<ThreadId>]) -> Labels {
        let text = |id| profile.strings.text(id).to_owned();
        let mut rows: Vec<(Label, Option<Option<ThreadId>>)> = profile
            .functions
            .iter()
            .map(|(id, function)| Label {
                name: profile.strings[function.name].to_owned(),
                file: text(function.file),
                line: function.start_line.map_or(0, Into::into),
                module: text(function.module),
                function: Some(id),
            })
            .map(|label| (label, None))
            .collect();
        for &thread in threads {
            let name = thread.map_or(NO_THREAD.to_owned(), |thread| profile.thread_title(thread));
            rows.push((Label { name, ..Label::default() }, Some(thread)));
        }
        rows.push((Label { name: NO_STACK.to_owned(), ..Label::default() }, None));
        rows.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut labels = Labels {
            of_function: vec![0; profile.functions.len()],
            of_thread: HashMap::new(),
            no_stack: 0,
            rows: Vec::with_capacity(rows.len()),
        };
        for (number, (label, thread)) in (1..).zip(rows) {
            match (label.function, thread) {
                (Some(function), _) => labels.of_function[function.index()] = number,
                (None, Some(thread)) => drop(labels.of_thread.insert(thread, number)),
                (None, None) => labels.no_stack = number,
            }
            labels.rows.push(label);
        }
        labels
    }

    /// Returns the label of each number; the first is number 1.
    pub(crate) fn rows(&self) -> &[Label] {
        &self.rows
    }

    /// Returns the label of a number; none for that of a root.
    pub(crate) fn at(&self, number: u32) -> Option<&Label> {
        self.rows.get((number as usize).checked_sub(1)?)
    }

    pub(crate) fn no_stack(&self) -> u32 {
        self.no_stack
    }

    /// Returns the number of a thread, where threads are roots.
    pub(crate) fn thread(&self, thread: Option<ThreadId>) -> Option<u32> {
        self.of_thread.get(&thread).copied()
    }

    /// Returns the numbers of all frames of a profile; each has a function.
    pub(crate) fn of_frames(&self, profile: &Profile) -> FrameLabels {
        let number = |function: FunctionId| self.of_function[function.index()];
        FrameLabels(profile.frames.iter().map(|(_, frame)| frame.function.map_or(self.no_stack, number)).collect())
    }
}

/// The number of the label of each frame.
pub(crate) struct FrameLabels(Vec<u32>);

impl FrameLabels {
    pub(crate) fn of(&self, frame: FrameId) -> u32 {
        self.0[frame.index()]
    }
}

impl Label {
    /// Returns the file and, where it is known, the line of the function: `shop.py:12`.
    pub(crate) fn place(&self) -> String {
        match (self.file.is_empty(), self.line) {
            (true, _) => self.module.clone(),
            (false, 0) => self.file.clone(),
            (false, line) => format!("{}:{line}", self.file),
        }
    }

    /// Returns what functions that belong together share: module, else file, else namespace.
    pub(crate) fn group(&self) -> &str {
        if !self.module.is_empty() {
            return &self.module;
        }
        if !self.file.is_empty() {
            return &self.file;
        }
        // The parameters of a function may hold separators of their own.
        let name = &self.name[..self.name.find(['(', '<', '[']).unwrap_or(self.name.len())];
        let ends = ["::", ".", "/", "`"].into_iter().filter_map(|separator| name.rfind(separator));
        ends.max().map_or("", |end| &name[..end])
    }
}

#[cfg(test)]
mod tests {
    use super::Label;

    #[test]
    fn functions_without_a_module_or_file_belong_to_a_namespace() {
        let group = |name: &str| Label { name: name.to_owned(), ..Label::default() }.group().to_owned();
        assert_eq!(group("std::vec::Vec<a::b>::push"), "std::vec");
        assert_eq!(group("net/http.(*conn).serve"), "net/http");
        assert_eq!((group("main"), group("")), (String::new(), String::new()));
    }
}
