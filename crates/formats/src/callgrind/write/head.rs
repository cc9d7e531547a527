//! The head of a file and of its parts.

use crate::callgrind::events::{Event, name};
use crate::callgrind::marks::{FILE, FileMark, MappingMark, PART, PartMark, ThreadMark, line};
use crate::callgrind::names::UNKNOWN;
use crate::callgrind::spell::{self, noted};
use profkit_core::{CallGraph, Census, Error, Facet, Id, MappingId, Notes, Profile, Result, Thread, ValueType};
use std::collections::HashSet;

/// The event that stands where there is no value at all, since readers want one.
const NO_EVENT: &str = "samples";
/// How a mapping is called of which no file is known.
const NO_FILE: &str = "[mapping]";

/// What heads say, and how the lines below are to be written.
pub(super) struct Head<'p> {
    profile: &'p Profile,
    census: Census,
    events: Vec<String>,
    mark: FileMark,
    /// What each part says of itself, in the words of our reader; none where the plain lines do.
    are_parts_plain: bool,
    pid: Option<String>,
}

impl<'p> Head<'p> {
    pub(super) fn of(profile: &'p Profile, graphs: &[&CallGraph]) -> Head<'p> {
        let census = profile.census();
        let events = event_names(profile);
        let is_read = |(name, value_type): (&String, &ValueType)| Event::named(name, "").value_type == *value_type;
        let is_plain =
            events.len() == profile.value_types.len() && events.iter().zip(&profile.value_types).all(is_read);
        let values = profile.value_types.iter().map(|it| (it.kind.clone(), it.unit.name.clone()));
        let mark = FileMark {
            values: (!is_plain).then(|| values.collect()),
            default: profile.meta.default_value.filter(|&index| index < profile.value_types.len()),
            start_lines: census.count(Facet::StartLines) > 0,
            contexts: census.count(Facet::Contexts) > 0,
            mappings: mapping_marks(profile),
            made_up_calls: profile.meta.invented.has(Facet::ArcCalls),
            made_up_costs: profile.meta.invented.has(Facet::ArcCosts),
        };
        let are_parts_plain = are_parts_plain(profile, graphs);
        let threads = || graphs.iter().filter_map(|graph| graph.thread).map(|thread| profile.threads[thread]);
        let process = threads().find_map(|thread| thread.process).filter(|_| are_parts_plain);
        let comment = profile.meta.comments.first().filter(|_| threads().next().is_none());
        let pid = comment.and_then(|comment| comment.strip_prefix("pid: ")).filter(|pid| is_number(pid));
        let pid = pid.or(process.map(|process| &profile.strings[process])).map(str::to_owned);
        Head { profile, census, events, mark, are_parts_plain, pid }
    }

    /// Returns whether the profile has a facet that decides on how lines are written.
    pub(super) fn has(&self, facet: Facet) -> bool {
        self.census.count(facet) > 0
    }

    /// Returns how a mapping is called in the file.
    pub(super) fn object(&self, mapping: MappingId) -> &str {
        self.mark.mappings.get(mapping.index()).map_or(UNKNOWN, |mapping| &mapping.object)
    }

    /// Adds what is said of the whole file.
    pub(super) fn file(&self, text: &mut Vec<u8>, notes: &mut Notes) {
        text.extend_from_slice(b"# callgrind format\n");
        text.extend_from_slice(line(FILE, &self.mark).as_bytes());
        text.extend_from_slice(b"version: 1\n");
        let meta = &self.profile.meta;
        let mut entry = |key: &str, value: &str| text.extend_from_slice(format!("{key}: {value}\n").as_bytes());
        if let Some(producer) = &meta.producer {
            entry("creator", &noted(producer, notes));
        }
        if let Some(pid) = &self.pid {
            entry("pid", pid);
        }
        if let Some(title) = &meta.title {
            entry("cmd", &noted(title, notes));
        }
    }

    /// Adds what is said of a part, counted from 0, and what its costs add up to.
    pub(super) fn part(
        &self,
        part: usize,
        graph: Option<&CallGraph>,
        text: &mut Vec<u8>,
        notes: &mut Notes,
    ) -> Result<String> {
        let name = graph.and_then(|graph| graph.part).map(|part| &self.profile.strings[part]);
        let thread = graph.and_then(|graph| graph.thread).map(|thread| self.profile.threads[thread]);
        let mut entry = |key: &str, value: &str| text.extend_from_slice(format!("{key}: {value}\n").as_bytes());
        match name.filter(|name| is_number(name)) {
            Some(number) => entry("part", number),
            None if self.are_parts_plain => entry("part", "1"),
            None => entry("part", &(part + 1).to_string()),
        }
        if let Some(thread) = thread {
            let id = self.profile.strings.text(thread.id);
            let number = (part + 1).to_string();
            entry("thread", if is_number(id) { id } else { &number });
        }
        if !self.are_parts_plain {
            let thread = thread.map(|thread| self.thread(thread));
            let mark = PartMark { part: name.map(str::to_owned), thread };
            text.extend_from_slice(line(PART, &mark).as_bytes());
        }
        let mut entry = |key: &str, value: &str| text.extend_from_slice(format!("{key}: {value}\n").as_bytes());
        let has_pid_comment =
            self.profile.meta.comments.first().is_some_and(|comment| {
                comment.strip_prefix("pid: ").is_some_and(|pid| Some(pid) == self.pid.as_deref())
            });
        for comment in self.profile.meta.comments.iter().skip(has_pid_comment.into()).filter(|_| part == 0) {
            entry("desc", &noted(comment, notes));
        }
        let sums = sums(graph, self.profile.value_types.len())?;
        entry("positions", if self.has(Facet::Addresses) { "instr line" } else { "line" });
        entry("events", &self.events.join(" "));
        entry("summary", &sums);
        Ok(sums)
    }

    fn thread(&self, thread: Thread) -> ThreadMark {
        let Thread { source, process, id, name } = thread;
        let [process, id, name] = [process, id, name].map(|it| it.map(|it| self.profile.strings[it].to_owned()));
        ThreadMark { source, process, id, name }
    }
}

/// Returns the names of the events, each of them another.
fn event_names(profile: &Profile) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(profile.value_types.len());
    for value_type in &profile.value_types {
        let plain = name(value_type);
        let taken = |name: &String| names.contains(name);
        let numbered = (2..).map(|number| format!("{plain}#{number}"));
        let free = std::iter::once(plain.clone()).chain(numbered).find(|name| !taken(name));
        names.extend(free);
    }
    if names.is_empty() {
        names.push(NO_EVENT.to_owned());
    }
    names
}

/// Returns what is said of each mapping, under a name that no other one has.
fn mapping_marks(profile: &Profile) -> Vec<MappingMark> {
    let mut marks: Vec<MappingMark> = Vec::new();
    let mut names: HashSet<String> = HashSet::new();
    for (_, mapping) in profile.mappings.iter() {
        let plain = match mapping.file {
            Some(file) => spell::file(profile, Some(file)).into_owned(),
            None => NO_FILE.to_owned(),
        };
        let numbered = (2..).map(|number| format!("{plain}#{number}"));
        let object = std::iter::once(plain.clone()).chain(numbered).find(|name| !names.contains(name));
        let object = object.unwrap_or(plain);
        names.insert(object.clone());
        marks.push(MappingMark::of(profile, mapping, object));
    }
    marks
}

/// Returns whether `part:`, `thread:` and `pid:` say all that there is to say of parts and threads.
fn are_parts_plain(profile: &Profile, graphs: &[&CallGraph]) -> bool {
    let part = |graph: &&CallGraph| graph.part.map(|part| &profile.strings[part]);
    let parts: Vec<_> = graphs.iter().map(part).collect();
    let is_plain_part = parts.iter().all(Option::is_none)
        || parts.iter().all(|part| part.is_some_and(is_number)) && parts.iter().any(|&part| part != Some("1"));
    let threads: Vec<Thread> =
        graphs.iter().filter_map(|graph| graph.thread).map(|thread| profile.threads[thread]).collect();
    let process = threads.first().and_then(|thread| thread.process);
    let is_plain_thread = |it: &Thread| {
        let has_id = it.id.is_some_and(|id| is_number(&profile.strings[id]));
        has_id && it.name.is_none() && it.source == 0 && it.process == process
    };
    is_plain_part
        && threads.iter().all(is_plain_thread)
        && process.is_none_or(|process| is_number(&profile.strings[process]))
}

/// Returns whether a text is a number as callgrind writes them.
fn is_number(text: &str) -> bool {
    text.parse::<u32>().is_ok_and(|number| number.to_string() == text)
}

/// Returns what the costs of a part add up to, in the words of the file.
fn sums(graph: Option<&CallGraph>, stride: usize) -> Result<String> {
    let mut sums = vec![0i128; stride.max(1)];
    for (_, costs) in graph.into_iter().flat_map(CallGraph::own) {
        sums.iter_mut().zip(costs).for_each(|(sum, &cost)| *sum += i128::from(cost));
    }
    if sums.iter().any(|&sum| i64::try_from(sum).is_err()) {
        return Err(Error::overflow("the sum of all costs"));
    }
    Ok(sums.iter().map(i128::to_string).collect::<Vec<_>>().join(" "))
}
