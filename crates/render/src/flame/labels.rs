//! What stands on the frames of a picture.

use profkit_core::{FrameId, Function, FunctionId, Id, Profile, ThreadId};
use std::collections::HashMap;

/// What stands for samples without a stack.
const NO_STACK: &str = "(no stack)";
/// What stands for samples of no thread among those of threads.
const NO_THREAD: &str = "(no thread)";

/// One thing that can be a frame of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Label {
    pub(crate) name: String,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) module: String,
    pub(crate) is_function: bool,
}

/// What a label stands for.
#[derive(Clone, Copy)]
enum What {
    Function { drawn: Option<FunctionId>, stated: Option<FunctionId> },
    Thread(Option<ThreadId>),
    NoStack,
}

/// The labels of a profile, counted from 1 in order of their names.
#[derive(Debug)]
pub(crate) struct Labels {
    rows: Vec<Label>,
    /// The number of each function that is drawn.
    of_function: Vec<u32>,
    /// The functions of the source that are drawn, or not, under each number.
    stated: Vec<Option<FunctionId>>,
    of_thread: HashMap<Option<ThreadId>, u32>,
    no_stack: u32,
    has_groups: bool,
}

impl Labels {
    /// Returns the labels of all functions of `drawn`, of those of `stated`, the source, that are not among
    /// them, and of the threads given, which are the roots of a picture.
    pub(crate) fn new(drawn: &Profile, stated: &Profile, threads: &[Option<ThreadId>]) -> Labels {
        let mut rows: Vec<(Label, What)> = Vec::new();
        let mut places: HashMap<Label, usize> = HashMap::new();
        for (id, function) in drawn.functions.iter() {
            rows.push((of_function(drawn, &function), What::Function { drawn: Some(id), stated: None }));
        }
        if std::ptr::eq(drawn, stated) {
            for (_, what) in &mut rows {
                if let What::Function { drawn, stated } = what {
                    *stated = *drawn;
                }
            }
        } else {
            places.extend(rows.iter().enumerate().map(|(place, (label, _))| (label.clone(), place)));
            for (id, function) in stated.functions.iter() {
                let label = of_function(stated, &function);
                match places.get(&label).map(|&place| &mut rows[place].1) {
                    Some(What::Function { stated, .. }) => *stated = Some(id),
                    _ => rows.push((label, What::Function { drawn: None, stated: Some(id) })),
                }
            }
        }
        for &thread in threads {
            let name = thread.map_or(NO_THREAD.to_owned(), |thread| drawn.thread_title(thread));
            rows.push((Label { name, ..Label::default() }, What::Thread(thread)));
        }
        rows.push((Label { name: NO_STACK.to_owned(), ..Label::default() }, What::NoStack));
        rows.sort_by(|(one, _), (other, _)| one.cmp(other));
        Labels::sorted(rows, drawn.functions.len())
    }

    fn sorted(rows: Vec<(Label, What)>, functions: usize) -> Labels {
        let mut labels = Labels {
            has_groups: rows.iter().filter(|(label, _)| !label.group().is_empty()).count() * 2 > rows.len(),
            rows: Vec::with_capacity(rows.len()),
            of_function: vec![0; functions],
            stated: Vec::with_capacity(rows.len()),
            of_thread: HashMap::new(),
            no_stack: 0,
        };
        for (number, (label, what)) in (1..).zip(rows) {
            let mut source = None;
            match what {
                What::Function { drawn, stated } => {
                    drawn.into_iter().for_each(|drawn| labels.of_function[drawn.index()] = number);
                    source = stated;
                }
                What::Thread(thread) => drop(labels.of_thread.insert(thread, number)),
                What::NoStack => labels.no_stack = number,
            }
            labels.rows.push(label);
            labels.stated.push(source);
        }
        labels
    }

    /// Returns the label of each number; the first is number 1.
    pub(crate) fn rows(&self) -> &[Label] {
        &self.rows
    }

    /// Returns the function of the source that each label stands for, in the same order.
    pub(crate) fn stated(&self) -> &[Option<FunctionId>] {
        &self.stated
    }

    /// Returns the label of a number; none for that of a root.
    pub(crate) fn at(&self, number: u32) -> Option<&Label> {
        self.rows.get((number as usize).checked_sub(1)?)
    }

    pub(crate) fn no_stack(&self) -> u32 {
        self.no_stack
    }

    /// Returns what decides on the hue of a label: what its function belongs to, which may be nothing that is
    /// known, or its name where most functions belong to nothing.
    pub(crate) fn hue_of<'l>(&self, label: &'l Label) -> &'l str {
        if self.has_groups || !label.group().is_empty() { label.group() } else { &label.name }
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

fn of_function(profile: &Profile, function: &Function) -> Label {
    let text = |id| profile.strings.text(id).to_owned();
    Label {
        name: profile.strings[function.name].to_owned(),
        file: text(function.file),
        line: function.start_line.map_or(0, Into::into),
        module: text(function.module),
        is_function: true,
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
