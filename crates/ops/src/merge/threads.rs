//! The threads of several profiles, kept apart by where they come from.

use profkit_core::{
    Error, Facet, Facets, Meta, NoteKind, Notes, Profile, Result, Sample, Session, Thread, ThreadId, Transaction,
    Transfer,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// What the sources of an input become.
#[derive(Default)]
pub(super) struct Joined {
    numbers: BTreeMap<u32, u32>,
    /// The thread of samples that have none but must not get between those of other inputs.
    pub(super) nameless: Option<ThreadId>,
    /// Whether the input goes on with a session that was there already.
    pub(super) goes_on: bool,
}

impl Sources {
    /// Returns the sources of a first input.
    pub(super) fn of(profile: &Profile, are_joined: bool) -> Sources {
        Sources { are_joined, has_any: !sources_of(profile).is_empty(), ..Sources::default() }
    }

    /// Returns whether threads are the same if they have the same name.
    pub(super) fn are_joined(&self) -> bool {
        self.are_joined
    }

    /// Makes the threads of a profile those of the merged one.
    pub(super) fn join(&mut self, from: &Profile, to: &mut Profile, transfer: &mut Transfer<'_>) -> Result<Joined> {
        let mut joined = Joined::default();
        if !self.are_joined && !sources_of(from).is_empty() {
            if self.has_any && !self.is_numbered {
                self.number_first(to)?;
            }
            self.is_numbered |= self.has_any;
            if self.is_numbered {
                joined = self.numbered(from, &to.meta.sessions)?;
            }
            self.has_any = true;
        }
        let stays = stays(from);
        for (id, thread) in from.threads.iter() {
            let mut text = |id: Option<_>| id.map(|id| transfer.string(to, id));
            let (process, thread_id, name) = (text(thread.process), text(thread.id), text(thread.name));
            let source = if stays(thread) { thread.source } else { joined.source(thread.source) };
            let moved = to.thread(Thread { source, process, id: thread_id, name });
            transfer.join_thread(id, moved);
        }
        if has_nameless(from) {
            let source = joined.numbers.get(&0).copied();
            joined.nameless = source.map(|source| to.thread(Thread { source, ..Thread::default() }));
        }
        Ok(joined)
    }

    /// Numbers the sources of the input that had threads before any other.
    fn number_first(&mut self, to: &mut Profile) -> Result<()> {
        let joined = self.numbered(to, &[])?;
        let (has_nameless, stays) = (has_nameless(to), stays(to));
        to.change_threads(|thread| match stays(thread) {
            true => thread,
            false => Thread { source: joined.source(thread.source), ..thread },
        });
        if has_nameless {
            let nameless = Some(to.thread(Thread { source: joined.source(0), ..Thread::default() }));
            to.samples.rethread(|sample| if is_nameless(sample) { nameless } else { sample.thread });
        }
        to.meta.sessions.iter_mut().for_each(|session| session.source = joined.source(session.source));
        to.meta.transactions.iter_mut().for_each(|it| it.source = joined.source(it.source));
        Ok(())
    }

    /// Numbers the sources of a profile; those of sessions that are there already have a number.
    fn numbered(&mut self, profile: &Profile, there: &[Session]) -> Result<Joined> {
        let mut joined = Joined::default();
        for source in sources_of(profile) {
            let session = profile.meta.sessions.iter().find(|session| session.source == source && session.id.is_some());
            let is_same =
                |other: &&Session| session.is_some_and(|it| (&it.id, it.weights) == (&other.id, other.weights));
            let number = match there.iter().find(is_same) {
                Some(session) => {
                    joined.goes_on = true;
                    session.source
                }
                None => {
                    let next = self.count.checked_add(1);
                    self.count = next.ok_or_else(|| Error::limit("too many inputs with threads"))?;
                    self.count
                }
            };
            joined.numbers.insert(source, number);
        }
        Ok(joined)
    }
}

impl Joined {
    fn source(&self, source: u32) -> u32 {
        self.numbers.get(&source).copied().unwrap_or(source)
    }

    /// Adds what is said of sources; transactions are moved in time with their samples.
    pub(super) fn join_meta(&self, from: &Meta, to: &mut Meta, shift_ns: i64) -> Result<()> {
        for session in &from.sessions {
            let moved = Session { source: self.source(session.source), ..session.clone() };
            if !to.sessions.contains(&moved) {
                to.sessions.push(moved);
            }
        }
        for transaction in &from.transactions {
            let mut moved = transaction.clone();
            moved.source = self.source(transaction.source);
            shift(&mut moved, shift_ns)?;
            if !to.transactions.contains(&moved) {
                to.transactions.push(moved);
            }
        }
        Ok(())
    }
}

/// Moves a transaction in time.
pub(super) fn shift(transaction: &mut Transaction, by_ns: i64) -> Result<()> {
    for time_ns in [&mut transaction.start_ns, &mut transaction.end_ns].into_iter().flatten() {
        *time_ns = time_ns.checked_add(by_ns).ok_or_else(|| Error::overflow("a time"))?;
    }
    Ok(())
}

/// Returns the sources of the threads of a profile that are not the same in every input.
fn sources_of(profile: &Profile) -> BTreeSet<u32> {
    let stays = stays(profile);
    let threads = profile.threads.iter().filter(|&(_, thread)| !stays(thread)).map(|(_, thread)| thread.source);
    let sessions = profile.meta.sessions.iter().map(|session| session.source);
    let transactions = profile.meta.transactions.iter().map(|transaction| transaction.source);
    threads.chain(sessions).chain(transactions).chain(has_nameless(profile).then_some(0)).collect()
}

/// Returns what tells whether a thread is the same in every input: it says which process it is of, and no session
/// counts on its source.
fn stays(profile: &Profile) -> impl Fn(Thread) -> bool + use<> {
    let sessions: Vec<u32> = profile.meta.sessions.iter().map(|session| session.source).collect();
    move |thread| thread.process.is_some() && !sessions.contains(&thread.source)
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
    let times = [Facet::Timestamps, Facet::CallBoundaries, Facet::Transactions];
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
