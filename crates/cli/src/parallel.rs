//! Work in several threads whose results come in order.

use crate::failure::{Failure, Result};
use std::collections::BTreeMap;
use std::sync::mpsc;

/// Calls `work` for each item in `workers` threads, and `take` with each result in the order of the items, here. No
/// more results wait than there are threads, and one.
///
/// # Errors
///
/// Fails where `take` does, and where no threads can be started.
pub(crate) fn in_order<T: Sync, R: Send>(
    items: &[T],
    workers: usize,
    work: &(impl Fn(&T) -> R + Sync),
    take: &mut impl FnMut(R) -> Result<()>,
) -> Result<()> {
    let workers = workers.min(items.len());
    if workers < 2 {
        return items.iter().try_for_each(|item| take(work(item)));
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build();
    let pool = pool.map_err(|error| Failure::Error(format!("cannot start {workers} threads: {error}")))?;
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
                let (index, result) = receive.recv().map_err(|error| Failure::Error(error.to_string()))?;
                waiting.insert(index, result);
            }
            waiting.remove(&next).map_or(Ok(()), &mut *take)?;
            start(next + workers + 1);
        }
        Ok(())
    })
}
