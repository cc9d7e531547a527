//! Threads as numbers: Sentry's version 1 has no other ids.

use crate::json::key::ThreadKey;
use profkit_core::{Id, Profile, Thread, ThreadId};

/// The threads of the samples, in order of first use.
pub(super) struct Threads {
    /// What is written as the id of each thread, and the name that is shown.
    written: Vec<(u64, String)>,
    threads: Vec<Option<ThreadId>>,
    /// Numbers of threads, one more than their index; of no thread first.
    numbers: Vec<Option<u32>>,
    /// Whether the ids are those of the model.
    are_own_ids: bool,
}

impl Threads {
    pub(super) fn of(profile: &Profile) -> Threads {
        let mut numbers = vec![None; profile.threads.len() + 1];
        let mut threads = Vec::new();
        for sample in profile.samples.iter() {
            let place = sample.thread.map_or(0, |thread| thread.index() + 1);
            if let Some(number) = numbers.get_mut(place).filter(|number| number.is_none()) {
                *number = Some(threads.len() as u32);
                threads.push(sample.thread);
            }
        }
        let own = own_ids(profile, &threads);
        let name = |thread: Option<ThreadId>| match thread.map(|id| (id, profile.threads[id].name)) {
            Some((_, Some(name))) => profile.strings[name].to_owned(),
            Some((id, None)) if own.is_none() => profile.thread_title(id),
            _ => String::new(),
        };
        let id = |index: usize| own.as_ref().and_then(|own| own.get(index).copied()).unwrap_or(index as u64 + 1);
        let written = threads.iter().enumerate().map(|(index, &thread)| (id(index), name(thread))).collect();
        Threads { written, threads, numbers, are_own_ids: own.is_some() }
    }

    /// Returns the number of a thread of the samples.
    pub(super) fn number(&self, thread: Option<ThreadId>) -> u32 {
        self.numbers.get(thread.map_or(0, |thread| thread.index() + 1)).copied().flatten().unwrap_or_default()
    }

    /// Returns the threads, by number.
    pub(super) fn all(&self) -> &[Option<ThreadId>] {
        &self.threads
    }

    /// Returns what is written as id and name of a thread.
    pub(super) fn written(&self, number: u32) -> (u64, &str) {
        self.written.get(number as usize).map_or((0, ""), |(id, name)| (*id, name))
    }

    /// Returns what the ids stand for, where they are not those of the model.
    pub(super) fn keys(&self, profile: &Profile) -> Option<Vec<Option<ThreadKey>>> {
        let key = |thread: &Option<ThreadId>| thread.map(|thread| ThreadKey::of(profile, thread));
        (!self.are_own_ids).then(|| self.threads.iter().map(key).collect())
    }

    /// Returns the id that is written for the thread of the given id, where that is its own.
    pub(super) fn own_id(&self, id: &str) -> Option<u64> {
        let known = self.written.iter().map(|(written, _)| *written).find(|written| written.to_string() == id);
        known.filter(|_| self.are_own_ids)
    }
}

/// Returns the ids of the threads as numbers, if each has one and nothing else tells it apart.
fn own_ids(profile: &Profile, threads: &[Option<ThreadId>]) -> Option<Vec<u64>> {
    let id = |thread: &Option<ThreadId>| {
        let Thread { source, process, id, .. } = profile.threads[(*thread)?];
        let text = &profile.strings[id?];
        let number: u64 = text.parse().ok()?;
        (source == 0 && process.is_none() && number.to_string() == *text).then_some(number)
    };
    let ids: Vec<u64> = threads.iter().map(id).collect::<Option<_>>()?;
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    (sorted.len() == ids.len()).then_some(ids)
}
