//! Work in several threads whose results come in order.

use crate::error::Error;
use std::collections::BTreeMap;
use std::sync::mpsc;

/// Calls `work` for each item in so many threads, and `take` with each result in the order of the items, here. No more
/// results wait than there are threads, and one.
///
/// One item is worked on here, and starts no thread. So are all of them where `work` of another call of this calls
/// it: the threads are busy then.
///
/// # Errors
///
/// Fails where `take` does, and where no threads can be started.
///
/// ```
/// let mut lengths = Vec::new();
/// profkit_core::in_order(&["a", "bc"], 2, &|text: &&str| text.len(), &mut |length| -> profkit_core::Result<()> {
///     lengths.push(length);
///     Ok(())
/// })?;
/// assert_eq!(lengths, [1, 2]);
/// # Ok::<(), profkit_core::Error>(())
/// ```
pub fn in_order<T: Sync, R: Send, E: From<Error>>(
    items: &[T],
    threads: usize,
    work: &(impl Fn(&T) -> R + Sync),
    take: &mut impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let workers = threads.min(items.len());
    if workers < 2 || rayon::current_thread_index().is_some() {
        return items.iter().try_for_each(|item| take(work(item)));
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build();
    let pool = pool.map_err(|error| failed(&format!("cannot start {workers} threads: {error}")))?;
    pool.in_place_scope(|scope| {
        let (send, receive) = mpsc::channel();
        let start = |index: usize| {
            if let Some(item) = items.get(index) {
                let send = send.clone();
                // Nobody waits for it any more where an earlier one has failed.
                scope.spawn(move |_| drop(send.send((index, work(item)))));
            }
        };
        (0..=workers).for_each(start);
        let mut waiting = BTreeMap::new();
        for next in 0..items.len() {
            while !waiting.contains_key(&next) {
                let (index, result) = receive.recv().map_err(|error| failed(&error.to_string()))?;
                waiting.insert(index, result);
            }
            waiting.remove(&next).map_or(Ok(()), &mut *take)?;
            start(next + workers + 1);
        }
        Ok(())
    })
}

fn failed(message: &str) -> Error {
    std::io::Error::other(message).into()
}

#[cfg(test)]
mod tests {
    use super::in_order;
    use crate::error::{Error, Result};

    #[test]
    fn results_come_in_order_up_to_the_first_that_is_refused() {
        let items: Vec<usize> = (0..100).collect();
        for threads in [0, 1, 2, 7] {
            let mut taken = Vec::new();
            let all = in_order(&items, threads, &|&item| item * 2, &mut |double| -> Result<()> {
                taken.push(double);
                if double < 150 { Ok(()) } else { Err(Error::usage("enough")) }
            });
            assert_eq!(all.unwrap_err().message(), "enough");
            assert_eq!(taken, (0..=75).map(|item| item * 2).collect::<Vec<_>>(), "{threads} threads");
        }
    }

    #[test]
    fn work_inside_of_work_starts_no_threads() {
        let rows = [[1, 2, 3], [4, 5, 6], [7, 8, 9]];
        let is_of_one_thread = |row: &[i32; 3]| {
            let here = std::thread::current().id();
            let mut threads = Vec::new();
            let inner = in_order(row, 3, &|_| std::thread::current().id(), &mut |id| -> Result<()> {
                threads.push(id);
                Ok(())
            });
            inner.is_ok() && threads == [here; 3]
        };
        let outer = in_order(&rows, 2, &is_of_one_thread, &mut |is_one: bool| -> Result<()> {
            assert!(is_one);
            Ok(())
        });
        assert!(outer.is_ok());
    }
}
