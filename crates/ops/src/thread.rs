//! The threads of a profile: what each costs, and one of them alone.

use profkit_core::{Error, NoteKind, Notes, Profile, Result, StringId, Thread, ThreadId};
use std::collections::{HashMap, HashSet};

/// What stands for the thread that costs most.
pub(crate) const ACTIVE: &str = "active";
/// How many threads an error lists.
const LISTED: usize = 20;

/// The part of a profile that belongs to one thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ThreadShare {
    /// The thread; none for what belongs to no thread that the source names.
    pub thread: Option<ThreadId>,
    /// How many samples it has.
    pub samples: u64,
    /// How many call graphs it has.
    pub call_graphs: u64,
    /// What it costs, in the value type asked for.
    pub cost: i128,
}

/// Returns the parts of a profile that belong to threads, in order of first use.
///
/// A profile with samples and call graphs says the same cost twice: the samples tell it.
pub fn thread_shares(profile: &Profile, value: usize) -> Vec<ThreadShare> {
    let mut shares: Vec<ThreadShare> = Vec::new();
    let mut places: HashMap<Option<ThreadId>, usize> = HashMap::new();
    let mut place = |shares: &mut Vec<ThreadShare>, thread| {
        *places.entry(thread).or_insert_with(|| {
            shares.push(ThreadShare { thread, samples: 0, call_graphs: 0, cost: 0 });
            shares.len() - 1
        })
    };
    let cell = |costs: &[i64]| costs.get(value).map_or(0, |&cost| i128::from(cost));
    for sample in profile.samples.iter() {
        let share = place(&mut shares, sample.thread);
        shares[share].samples += 1;
        shares[share].cost += cell(sample.values);
    }
    for graph in &profile.calls {
        let share = place(&mut shares, graph.thread);
        shares[share].call_graphs += 1;
        if profile.samples.is_empty() {
            shares[share].cost += graph.own().map(|(_, costs)| cell(costs)).sum::<i128>();
        }
    }
    shares
}

/// Returns the profile with only the threads that `wanted` means, and notes what that leaves out.
///
/// That is every thread with this id; if there is none, with this name; if there is none, with this
/// title, such as `thread (7): worker`. `active` is the thread that costs most in the value type of
/// index `value`; of several that of a transaction, else the first; in a profile that tells no threads apart, it is all of it.
///
/// ```
/// use profkit_core::{Notes, Profile, Sample, Thread, ValueType};
/// use profkit_ops::only_thread;
///
/// let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
/// for (name, cost) in [("main", 3), ("worker", 8)] {
///     let name = profile.text(name);
///     let thread = Some(profile.thread(Thread { name, ..Thread::default() }));
///     profile.samples.push(Sample { thread, ..Sample::new(None, &[cost]) });
/// }
/// let mut notes = Notes::new();
/// let costs = |profile: Profile| profile.column_totals();
/// assert_eq!(only_thread(&profile, "main", 0, &mut notes).and_then(costs)?, [3]);
/// assert_eq!(only_thread(&profile, "active", 0, &mut notes).and_then(costs)?, [8]);
/// assert!(only_thread(&profile, "3", 0, &mut notes).is_err());
/// # Ok::<(), profkit_core::Error>(())
/// ```
///
/// # Errors
///
/// A thread that is not there is an error of kind `Usage` that lists those that are.
pub fn only_thread(profile: &Profile, wanted: &str, value: usize, notes: &mut Notes) -> Result<Profile> {
    let shares = thread_shares(profile, value);
    let meant = match wanted {
        ACTIVE => most_active(profile, &shares).into_iter().collect(),
        _ => meant(profile, wanted, &shares),
    };
    if meant.is_empty() && wanted != ACTIVE {
        return Err(Error::usage(no_such_thread(profile, wanted, &shares)));
    }
    note_dropped(profile, &shares, &meant, notes);
    profile.filtered(|sample| meant.contains(&sample.thread), |graph| meant.contains(&graph.thread))
}

/// Returns the thread that costs most: of several, one that a transaction of the source ran in, else the first.
pub(crate) fn most_active(profile: &Profile, shares: &[ThreadShare]) -> Option<Option<ThreadId>> {
    let is_of_transaction = |thread: Option<ThreadId>| {
        let Some(Thread { source, id: Some(id), .. }) = thread.map(|thread| profile.threads[thread]) else {
            return false;
        };
        let text = Some(&profile.strings[id]);
        profile.meta.transactions.iter().any(|it| it.source == source && it.thread.as_deref() == text)
    };
    let most = shares.iter().rev().max_by_key(|share| (share.cost, is_of_transaction(share.thread)));
    most.map(|share| share.thread)
}

fn meant(profile: &Profile, wanted: &str, shares: &[ThreadShare]) -> HashSet<Option<ThreadId>> {
    let is_text = |text: Option<StringId>| text.is_some_and(|text| &profile.strings[text] == wanted);
    let ways: [&dyn Fn(ThreadId) -> bool; 3] =
        [&|thread| is_text(profile.threads[thread].id), &|thread| is_text(profile.threads[thread].name), &|thread| {
            profile.thread_title(thread) == wanted
        }];
    let found = |is: &dyn Fn(ThreadId) -> bool| -> HashSet<Option<ThreadId>> {
        shares.iter().map(|share| share.thread).filter(|thread| thread.is_some_and(is)).collect()
    };
    ways.into_iter().map(found).find(|threads| !threads.is_empty()).unwrap_or_default()
}

pub(crate) fn no_such_thread(profile: &Profile, wanted: &str, shares: &[ThreadShare]) -> String {
    let titles: Vec<String> =
        shares.iter().filter_map(|share| share.thread).map(|id| profile.thread_title(id)).collect();
    if titles.is_empty() {
        return format!("there is no thread {wanted:?}: the profile does not tell threads apart");
    }
    let more = match titles.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let listed = titles.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join(", ");
    format!("there is no thread {wanted:?}; there are {listed}{more}")
}

fn note_dropped(profile: &Profile, shares: &[ThreadShare], meant: &HashSet<Option<ThreadId>>, notes: &mut Notes) {
    let title = |thread: Option<ThreadId>| match thread {
        Some(thread) => profile.thread_title(thread),
        None => "what belongs to no thread".to_owned(),
    };
    let (stay, go): (Vec<&ThreadShare>, Vec<_>) = shares.iter().partition(|share| meant.contains(&share.thread));
    let (Some(kept), Some(dropped)) = (stay.first(), go.first()) else { return };
    let more = if stay.len() > 1 { format!(" and {} more like it", stay.len() - 1) } else { String::new() };
    let what = format!("only {}{more} stays", title(kept.thread));
    let counts = [
        ("samples of other threads are left out", go.iter().map(|share| share.samples).sum::<u64>()),
        ("call graphs of other threads are left out", go.iter().map(|share| share.call_graphs).sum()),
    ];
    for (of, count) in counts.into_iter().filter(|&(_, count)| count > 0) {
        notes.add(NoteKind::Dropped, what.clone(), count, of, || title(dropped.thread));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use profkit_core::{CallGraph, ErrorKind, Frame, Function, Sample, Thread, Transaction, ValueType};

    fn profile() -> Profile {
        Profile::new(vec![ValueType::new("samples", "count"), ValueType::new("wall", "milliseconds")])
    }

    fn thread(profile: &mut Profile, id: &str, name: &str) -> Option<ThreadId> {
        let (id, name) = (profile.text(id), profile.text(name));
        Some(profile.thread(Thread { id, name, ..Thread::default() }))
    }

    /// Threads 1 to 3, two of them workers, and a sample of no thread.
    fn pool() -> Profile {
        let mut profile = profile();
        let threads = [("1", "main"), ("2", "worker"), ("3", "worker")];
        let threads = threads.map(|(id, name)| thread(&mut profile, id, name));
        for (thread, values) in threads.into_iter().chain([None]).zip([[5, 20], [3, 30], [3, 30], [1, 1]]) {
            profile.samples.push(Sample { thread, ..Sample::new(None, &values) });
        }
        profile
    }

    fn only(profile: &Profile, wanted: &str, value: usize) -> (Vec<i64>, Vec<String>) {
        let mut notes = Notes::new();
        let less = only_thread(profile, wanted, value, &mut notes).unwrap();
        (less.column_totals().unwrap(), notes.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_thread_goes_by_id_then_name_then_title() {
        let pool = pool();
        assert_eq!(only(&pool, "2", 0).0, [3, 30]);
        assert_eq!(only(&pool, "main", 0).0, [5, 20]);
        assert_eq!(only(&pool, "thread (3): worker", 0).0, [3, 30]);
        let note = "only thread (2): worker and 1 more like it stays: \
                    2 samples of other threads are left out (first: thread (1): main)";
        assert_eq!(only(&pool, "worker", 0), (vec![6, 60], vec![note.to_owned()]));
    }

    #[test]
    fn active_is_the_first_of_those_that_cost_most_in_the_value_shown() {
        assert_eq!(only(&pool(), "active", 0).0, [5, 20]);
        let (totals, notes) = only(&pool(), "active", 1);
        assert_eq!(totals, [3, 30]);
        assert!(notes[0].starts_with("only thread (2): worker stays: 3 samples"), "{notes:?}");
    }

    #[test]
    fn of_threads_that_cost_the_same_that_of_a_transaction_is_active() {
        let mut pool = pool();
        assert_eq!(only(&pool, "active", 1).1[0].split(':').next(), Some("only thread (2)"));
        let mut transaction = Transaction::default();
        transaction.thread = Some("3".to_owned());
        pool.meta.transactions.push(transaction);
        let (totals, notes) = only(&pool, "active", 1);
        assert_eq!((totals, notes[0].split(':').next()), (vec![3, 30], Some("only thread (3)")));
    }

    #[test]
    fn a_profile_without_threads_is_all_active() {
        let mut profile = profile();
        assert_eq!(only(&profile, "active", 0), (vec![0, 0], vec![]));
        profile.samples.push(Sample::new(None, &[1, 2]));
        assert_eq!(only(&profile, "active", 0), (vec![1, 2], vec![]));
    }

    #[test]
    fn a_thread_that_is_not_there_is_an_error_that_lists_those_that_are() {
        let message = |profile: &Profile| {
            let error = only_thread(profile, "9", 0, &mut Notes::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage);
            error.message().to_owned()
        };
        let listed = "there is no thread \"9\"; there are thread (1): main, thread (2): worker, thread (3): worker";
        assert_eq!(message(&pool()), listed);
        assert_eq!(message(&profile()), "there is no thread \"9\": the profile does not tell threads apart");
        let mut many = profile();
        for name in (0..22).map(|number| format!("t{number}")) {
            let thread = thread(&mut many, "", &name);
            many.samples.push(Sample { thread, ..Sample::new(None, &[1, 1]) });
        }
        assert!(message(&many).ends_with(", thread: t19 and 2 more"), "{}", message(&many));
    }

    #[test]
    fn call_graphs_have_threads_too() {
        let mut profile = profile();
        for (id, cost) in [("1", 3), ("2", 8)] {
            let name = profile.string(id);
            let function = profile.function(Function::named(name));
            let frame = profile.frame(Frame { function: Some(function), ..Frame::default() });
            let mut graph = CallGraph::new(2);
            graph.thread = thread(&mut profile, id, "");
            graph.add_own(frame, &[cost, cost]);
            profile.calls.push(graph);
        }
        let note = "only thread (2) stays: 1 call graphs of other threads are left out (first: thread (1))";
        assert_eq!(only(&profile, "active", 0), (vec![8, 8], vec![note.to_owned()]));
        assert_eq!(only(&profile, "1", 0).0, [3, 3]);
    }
}
