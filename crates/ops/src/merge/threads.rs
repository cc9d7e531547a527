//! The threads of several profiles, kept apart by where they come from.

use profkit_core::{Error, Facet, Facets, NoteKind, Notes, Profile, Result, Sample, Thread, ThreadId, Transfer};
use std::collections::{BTreeMap, HashMap};

/// The sources of the threads of a merged profile.
///
/// As long as only one input has threads, they stay as they are; from the second on, sources are numbered.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// Threads are the same if they have the same name, whatever their input.
    are_joined: bool,
    has_any: bool,
    is_numbered: bool,
    count: u32,
}

/// What the threads of an input become.
pub(super) struct Joined {
    /// The thread of samples that have none but must not get between those of other inputs.
    pub(super) nameless: Option<ThreadId>,
}

impl Sources {
    /// Returns the sources of a first input.
    pub(super) fn of(profile: &Profile, are_joined: bool) -> Sources {
        Sources { are_joined, has_any: has_sources(profile), ..Sources::default() }
    }

    /// Returns whether threads are the same if they have the same name.
    pub(super) fn are_joined(&self) -> bool {
        self.are_joined
    }

    /// Makes the threads of a profile those of the merged one.
    pub(super) fn join(&mut self, from: &Profile, to: &mut Profile, transfer: &mut Transfer<'_>) -> Result<Joined> {
        let mut numbers = BTreeMap::new();
        if !self.are_joined && has_sources(from) {
            if self.has_any && !self.is_numbered {
                self.number_first(to)?;
            }
            self.is_numbered |= self.has_any;
            if self.is_numbered {
                numbers = self.numbers(from)?;
            }
            self.has_any = true;
        }
        for (id, thread) in from.threads.iter() {
            let mut text = |id: Option<_>| id.map(|id| transfer.string(to, id));
            let (process, thread_id, name) = (text(thread.process), text(thread.id), text(thread.name));
            let moved = Thread { source: source(&numbers, thread), process, id: thread_id, name };
            let joined = to.thread(moved);
            transfer.join_thread(id, joined);
        }
        let source = numbers.get(&0).copied();
        let nameless = source.filter(|_| has_nameless(from));
        let nameless = nameless.map(|source| to.thread(Thread { source, ..Thread::default() }));
        Ok(Joined { nameless })
    }

    /// Numbers the sources of the input that had threads before any other.
    fn number_first(&mut self, to: &mut Profile) -> Result<()> {
        let numbers = self.numbers(to)?;
        let has_nameless = has_nameless(to);
        to.change_threads(|thread| Thread { source: source(&numbers, thread), ..thread });
        if let Some(&source) = numbers.get(&0).filter(|_| has_nameless) {
            let nameless = Some(to.thread(Thread { source, ..Thread::default() }));
            to.samples.rethread(|sample| if is_nameless(sample) { nameless } else { sample.thread });
        }
        Ok(())
    }

    /// Returns the numbers of the sources of a profile.
    fn numbers(&mut self, profile: &Profile) -> Result<BTreeMap<u32, u32>> {
        let sources = profile.threads.iter().map(|(_, thread)| thread).filter(|thread| thread.process.is_none());
        let mut numbers: BTreeMap<u32, u32> = sources.map(|thread| (thread.source, 0)).collect();
        if has_nameless(profile) {
            numbers.insert(0, 0);
        }
        for number in numbers.values_mut() {
            self.count = self.count.checked_add(1).ok_or_else(|| Error::limit("too many inputs with threads"))?;
            *number = self.count;
        }
        Ok(numbers)
    }
}

/// Returns the source of a thread; one that says which process it is of is the same in every input.
fn source(numbers: &BTreeMap<u32, u32>, thread: Thread) -> u32 {
    match thread.process {
        Some(_) => thread.source,
        None => numbers.get(&thread.source).copied().unwrap_or(thread.source),
    }
}

fn has_sources(profile: &Profile) -> bool {
    profile.threads.iter().any(|(_, thread)| thread.process.is_none()) || has_nameless(profile)
}

fn has_nameless(profile: &Profile) -> bool {
    let samples = &profile.samples;
    (samples.has_times() || samples.has_kept()) && samples.iter().any(|sample| is_nameless(&sample))
}

/// Returns whether a sample is of an order of its own, but of no thread.
pub(super) fn is_nameless(sample: &Sample<'_>) -> bool {
    sample.thread.is_none() && (sample.time_ns.is_some() || sample.kept.is_some())
}

/// Returns the profile with one thread for each name and without times; what has no name is of no thread.
pub(super) fn joined(profile: &Profile, notes: &mut Notes) -> Result<Profile> {
    let census = profile.census();
    let times = [Facet::Timestamps, Facet::CallBoundaries];
    for facet in times.into_iter().filter(|&facet| census.count(facet) > 0) {
        let what = format!("threads were joined by name, without {}", facet.what());
        notes.add(NoteKind::Dropped, what, census.count(facet), facet.loss(), || None);
    }
    let mut to = profile.without(Facets::of(&times))?.0;
    let threads: Vec<_> = to.threads.iter().collect();
    let by_name: HashMap<ThreadId, Option<ThreadId>> = threads
        .into_iter()
        .map(|(id, Thread { name, .. })| (id, name.map(|_| to.thread(Thread { name, ..Thread::default() }))))
        .collect();
    let join = |thread: Option<ThreadId>| by_name.get(&thread?).copied().flatten();
    to.samples.rethread(|sample| join(sample.thread));
    to.calls.iter_mut().for_each(|graph| graph.thread = join(graph.thread));
    Ok(to)
}
