//! Names spelled so that our reader takes them back as they are, and other tools take them for names.
//!
//! What the format cannot hold is changed as little as can be: `;` becomes `:`, a control character `\x1b`,
//! and a blank that would be taken for the end of a name a no-break space. Functions and threads whose
//! names are changed are counted in a note.

use super::count::{count, split_last_word};
use super::lines::is_comment;
use super::names::{Located, Spelling, is_of_thread_id, pstats, pstats_line, py_spy, split_line, thread_root};
use profkit_core::{FrameId, FunctionId, Id, Map, NoteKind, Notes, Profile, StackId, ThreadId};
use std::collections::HashSet;
use std::num::NonZeroU32;

/// A blank that nothing takes for the end of a name.
const NO_BREAK: &str = "\u{a0}";
/// A colon that nothing takes for the one before a line.
const COLON: &str = "\\x3a";

/// Where in the lines frames, functions and threads stand.
pub(crate) struct Uses {
    frames: Vec<bool>,
    functions: Vec<Ends>,
    threads: Vec<Ends>,
}

/// Which ends of a line a name stands at.
#[derive(Clone, Copy, Default)]
struct Ends {
    first: bool,
    last: bool,
}

/// The names as they are written.
pub(crate) struct Names {
    frames: Vec<String>,
    threads: Vec<Option<String>>,
}

impl Uses {
    /// Returns those of lines with these threads and stacks.
    pub(crate) fn of(profile: &Profile, lines: impl Iterator<Item = (Option<ThreadId>, Option<StackId>)>) -> Uses {
        let mut uses = Uses {
            frames: vec![false; profile.frames.len()],
            functions: vec![Ends::default(); profile.functions.len()],
            threads: vec![Ends::default(); profile.threads.len()],
        };
        // Which stacks lines consist of, and whether any of those lines begins with the root frame.
        let mut stacks: Vec<Option<bool>> = vec![None; profile.stacks.len()];
        let add = |stacks: &mut [Option<bool>], stack: StackId, is_first: bool| {
            if let Some(place) = stacks.get_mut(stack.index()) {
                *place.get_or_insert(false) |= is_first;
            }
        };
        for (thread, stack) in lines {
            let ends = thread.and_then(|thread| uses.threads.get_mut(thread.index()));
            let is_first = ends.is_none();
            if let Some(ends) = ends {
                ends.last |= stack.is_none();
            }
            if let Some(stack) = stack {
                add(&mut stacks, stack, is_first);
                uses.ends(profile, profile.stacks.leaf(stack), Ends { first: false, last: true });
            }
        }
        for stack in profile.stacks.ids().rev() {
            let Some(is_first) = stacks.get(stack.index()).copied().flatten() else { continue };
            let (parent, run) = profile.stacks.row(stack);
            for frame in run {
                if let Some(is_used) = uses.frames.get_mut(frame.index()) {
                    *is_used = true;
                }
            }
            match (parent, run.first()) {
                (Some(parent), _) => add(&mut stacks, parent, is_first),
                (None, Some(&root)) if is_first => uses.ends(profile, root, Ends { first: true, last: false }),
                _ => {}
            }
        }
        uses
    }

    /// Adds the ends of a line that a frame stands at.
    fn ends(&mut self, profile: &Profile, frame: FrameId, at: Ends) {
        let function = profile.frames[frame].function;
        if let Some(ends) = function.and_then(|function| self.functions.get_mut(function.index())) {
            ends.first |= at.first;
            ends.last |= at.last;
        }
    }
}

impl Names {
    /// Returns the name of a frame.
    pub(crate) fn frame(&self, frame: FrameId) -> &str {
        self.frames.get(frame.index()).map_or("", String::as_str)
    }

    /// Returns the root frame that names a thread; none for a thread of which nothing is known.
    pub(crate) fn thread(&self, thread: ThreadId) -> Option<&str> {
        self.threads.get(thread.index())?.as_deref()
    }
}

/// Returns how all names are written, and notes which of them are changed.
pub(crate) fn spell(profile: &Profile, uses: &Uses, notes: &mut Notes) -> Names {
    let mut speller = Speller { profile, uses, spelling: Spelling::Plain, is_strict: false };
    for (_, frame) in speller.frames() {
        match frame {
            Said { start_line: Some(_), .. } => speller.spelling = Spelling::Pstats,
            Said { line: None, file: "", .. } => {}
            _ if speller.spelling == Spelling::Plain => speller.spelling = Spelling::PySpy,
            _ => {}
        }
    }
    let mut frames = speller.spelled();
    if Spelling::of(frames.iter().filter(|text| !text.is_empty()).map(String::as_str)) != speller.spelling {
        speller.is_strict = true;
        frames = speller.spelled();
    }
    let threads = profile.threads.iter().zip(&uses.threads).map(|((id, _), ends)| thread(profile, id, *ends)).collect();
    let names = Names { frames, threads };
    speller.note(&names, notes);
    names
}

/// What a frame of the profile says.
#[derive(Clone, Copy)]
struct Said<'p> {
    function: Option<FunctionId>,
    name: &'p str,
    file: &'p str,
    line: Option<NonZeroU32>,
    start_line: Option<NonZeroU32>,
}

struct Speller<'p> {
    profile: &'p Profile,
    uses: &'p Uses,
    spelling: Spelling,
    /// Whether spellings that are only recognised where all frames have them are avoided.
    is_strict: bool,
}

impl<'p> Speller<'p> {
    /// Returns the frames that are written, with what they say.
    fn frames(&self) -> impl Iterator<Item = (FrameId, Said<'p>)> + use<'p> {
        let (profile, uses) = (self.profile, self.uses);
        profile.frames.iter().zip(&uses.frames).filter(|&(_, &is_used)| is_used).map(|((id, frame), _)| {
            let function = frame.function.map(|id| profile.functions[id]);
            let said = Said {
                function: frame.function,
                name: profile.frame_name(id).unwrap_or_default(),
                file: profile.strings.text(function.and_then(|function| function.file)),
                line: frame.line,
                start_line: function.and_then(|function| function.start_line),
            };
            (id, said)
        })
    }

    fn spelled(&self) -> Vec<String> {
        let mut texts = vec![String::new(); self.uses.frames.len()];
        for (id, said) in self.frames() {
            if let Some(text) = texts.get_mut(id.index()) {
                *text = self.frame(&said);
            }
        }
        texts
    }

    fn frame(&self, said: &Said<'p>) -> String {
        let ends = said.function.and_then(|id| self.uses.functions.get(id.index())).copied().unwrap_or_default();
        let name = if said.name.is_empty() { "(anonymous)".to_owned() } else { without_separators(said.name) };
        let file = without_separators(said.file);
        let line = if self.spelling == Spelling::Pstats { said.start_line } else { said.line };
        if self.spelling == Spelling::Plain || file.is_empty() && line.is_none() {
            self.only_name(at_ends(name, ends))
        } else if self.spelling == Spelling::PySpy {
            self.py_spy(&at_ends(name, ends), file, line, ends)
        } else {
            at_ends(pstats_text(&name, file, line), Ends { last: false, ..ends })
        }
    }

    /// Returns a name that nothing takes for one with a file and a line.
    fn only_name(&self, mut name: String) -> String {
        loop {
            let place = py_spy(&name);
            let hides_files = self.spelling == Spelling::PySpy || self.spelling == Spelling::Plain && self.is_strict;
            if place.is_some_and(|place| place.line.is_some() || hides_files) {
                hide_parenthesis(&mut name);
            } else if let Some((at, _)) = pstats_line(&name)
                && self.spelling != Spelling::PySpy
                && pstats(&name).is_some()
            {
                name.replace_range(at..=at, COLON);
            } else {
                return name;
            }
        }
    }

    fn py_spy(&self, name: &str, file: String, line: Option<NonZeroU32>, ends: Ends) -> String {
        let mut file = file.replace(" (", &format!("{NO_BREAK}("));
        if let Some((stem, _)) = split_line(&file) {
            let at = stem.len();
            file.replace_range(at..=at, COLON);
        }
        let numbered = format!("{name} ({file}:{})", line.map_or(0, NonZeroU32::get));
        let text = match line {
            None if !self.is_strict => format!("{name} ({file})"),
            _ => numbered.clone(),
        };
        match ends.first && thread_root(&text).is_some() {
            true if thread_root(&numbered).is_none() => numbered,
            true => hide_thread(text),
            false => text,
        }
    }

    fn note(&self, names: &Names, notes: &mut Notes) {
        let mut changed = Changed::default();
        for (id, said) in self.frames() {
            let text = names.frame(id);
            let Located { name, file, line } = self.spelling.parse(text).unwrap_or(Located::only_name(text));
            let wanted_line = if self.spelling == Spelling::Pstats { said.start_line } else { said.line };
            let start_line = if self.spelling == Spelling::Pstats { line.flatten() } else { None };
            let is_same = (name, file, line.flatten()) == (said.name, said.file, wanted_line);
            changed.add((name, file, start_line), (said.function, None), is_same, || (said.name.to_owned(), text));
        }
        let used = self.profile.threads.iter().filter_map(|(id, it)| Some((id, it, names.thread(id)?)));
        for (id, row, text) in used {
            let root = thread_root(text).unwrap_or_default();
            let of_row = |id| Some(self.profile.strings.text(id)).filter(|text| !text.is_empty());
            let is_same = (root.id, root.name) == (of_row(row.id), of_row(row.name));
            changed.add((text, ";", None), (None, Some(id)), is_same, || (self.profile.thread_title(id), text));
        }
        changed.note(notes);
    }
}

/// A function or a thread.
type Owner = (Option<FunctionId>, Option<ThreadId>);

/// The functions and threads whose names are changed.
#[derive(Default)]
struct Changed<'n> {
    owners: Map<(&'n str, &'n str, Option<NonZeroU32>), Owner>,
    changed: HashSet<Owner>,
    merged: HashSet<Owner>,
    example: Option<String>,
}

impl<'n> Changed<'n> {
    fn add(
        &mut self,
        key: (&'n str, &'n str, Option<NonZeroU32>),
        owner: Owner,
        is_same: bool,
        names: impl FnOnce() -> (String, &'n str),
    ) {
        if *self.owners.entry(key).or_insert(owner) != owner {
            self.merged.insert(owner);
        }
        if !is_same {
            self.changed.insert(owner);
            self.example.get_or_insert_with(|| {
                let (name, text) = names();
                format!("{name:?} is written {text:?}")
            });
        }
    }

    fn note(self, notes: &mut Notes) {
        let mut note = |what: &str, owners: &HashSet<Owner>, of, example: Option<String>| {
            if !owners.is_empty() {
                notes.add(NoteKind::Renamed, what, owners.len() as u64, of, || example);
            }
        };
        note("collapsed cannot spell some names", &self.changed, "names were changed|name was changed", self.example);
        note(
            "changed names are those of others",
            &self.merged,
            "functions or threads became one with another|function or thread became one with another",
            None,
        );
    }
}

/// Returns the root frame that names a thread.
fn thread(profile: &Profile, id: ThreadId, ends: Ends) -> Option<String> {
    let row = profile.threads[id];
    let [id, name] = [row.id, row.name].map(|text| without_separators(profile.strings.text(text)));
    let id = id.replace(|character| !is_of_thread_id(character), "_");
    let text = match (id.as_str(), name.as_str()) {
        ("", "") => return None,
        (id, "") => format!("thread ({id})"),
        ("", name) => format!("thread: {name}"),
        (id, name) => format!("thread ({id}): {name}"),
    };
    Some(at_ends(text, Ends { first: false, ..ends }))
}

fn pstats_text(name: &str, mut file: String, line: Option<NonZeroU32>) -> String {
    let line = line.map_or(0, NonZeroU32::get);
    let mut text = format!("{file}:{line}({name})");
    while let Some((at, _)) = pstats_line(&text).filter(|&(at, _)| at < file.len()) {
        file.replace_range(at..=at, COLON);
        text = format!("{file}:{line}({name})");
    }
    while py_spy(&text).is_some_and(|place| place.line.is_some()) {
        hide_parenthesis(&mut text);
    }
    text
}

/// Returns a text without what ends a frame or a line, and without what a terminal would act on.
fn without_separators(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            ';' => clean.push(':'),
            control if control.is_control() => clean += &format!("\\x{:02x}", u32::from(control)),
            other => clean.push(other),
        }
    }
    clean
}

/// Returns a name that keeps its blanks at the ends of a line, and is no comment, thread or number there.
fn at_ends(mut text: String, ends: Ends) -> String {
    if ends.last {
        if text.ends_with(' ') {
            text.replace_range(text.len() - 1.., NO_BREAK);
        }
        let (before, word) = split_last_word(text.as_bytes());
        if let (Some(blank), Some(_)) = (before.len().checked_sub(1), count(word)) {
            text.replace_range(blank..=blank, NO_BREAK);
        }
    }
    if ends.first {
        if text.starts_with(' ') {
            text.replace_range(..1, NO_BREAK);
        }
        if is_comment(text.as_bytes()) {
            text.replace_range(..1, "\\x23");
        }
        return hide_thread(text);
    }
    text
}

/// Returns a text that is not taken for the name of a thread.
fn hide_thread(mut text: String) -> String {
    if let (Some(_), Some(blank)) = (thread_root(&text), text.find(' ')) {
        text.replace_range(blank..=blank, NO_BREAK);
    }
    text
}

/// Changes the last blank before a parenthesis.
fn hide_parenthesis(text: &mut String) {
    if let Some(blank) = text.rfind(" (") {
        text.replace_range(blank..=blank, NO_BREAK);
    }
}
