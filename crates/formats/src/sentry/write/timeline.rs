//! Values as times: the samples of a thread one behind the other, each as long as its value, and one more at the end.
//!
//! ```text
//! values     main;f 3   main;g 4          time  0  main;f
//!                                               3  main;g
//!                                               7  main;g     ends the one before; the reader drops it
//! ```
//!
//! The one at the end repeats the last stack that has frames: Relay takes away idle ends, and with them a value.

use super::threads::Threads;
use super::{FileKey, FileRow};
use profkit_core::{Error, NoteKind, Notes, Profile, Result, StackId};
use std::collections::HashMap;

/// A sample before it has a place.
#[derive(Clone, Copy)]
struct Told {
    stack: Option<StackId>,
    value: i64,
    time_ns: Option<i64>,
}

pub(super) fn rows(profile: &Profile, threads: &Threads, key: &mut FileKey, notes: &mut Notes) -> Result<Vec<FileRow>> {
    key.told = true;
    let values = nanoseconds(profile)?;
    let mut lanes: Vec<Vec<Told>> = vec![Vec::new(); threads.all().len()];
    for (sample, value) in profile.samples.iter().zip(values) {
        if let Some(lane) = lanes.get_mut(threads.number(sample.thread) as usize) {
            lane.push(Told { stack: sample.stack, value, time_ns: sample.time_ns });
        }
    }
    if lanes.iter().flatten().all(|told| told.time_ns.is_none()) {
        let order = Order::of(profile);
        lanes = lanes.into_iter().map(|lane| order.merged(lane)).collect::<Result<_>>()?;
    } else {
        key.positions = lanes.iter().all(|lane| is_end_to_end(lane));
        let all = lanes.iter().flatten();
        let times: Vec<Option<i64>> = all.map(|told| told.time_ns).collect();
        if !key.positions {
            let what = "samples that do not begin where the one before ends are drawn as if they did";
            notes.add(NoteKind::Odd, what, times.len() as u64, "samples|sample", || None);
            key.times = Some(times);
        }
    }
    let mut rows = Vec::new();
    for (thread, lane) in lanes.iter().enumerate() {
        let start_ns = lane.first().and_then(|told| told.time_ns).filter(|_| key.positions).unwrap_or(0);
        place(lane, thread as u32, start_ns, &mut rows)?;
    }
    Ok(rows)
}

/// Adds the samples of a thread, each where the one before ends, and one at the end.
fn place(lane: &[Told], thread: u32, start_ns: i64, rows: &mut Vec<FileRow>) -> Result<()> {
    let mut time_ns = start_ns;
    let mut last = None;
    for told in lane {
        rows.push(FileRow { stack: told.stack, thread, time_ns });
        last = told.stack.or(last);
        time_ns =
            time_ns.checked_add(told.value).ok_or_else(|| Error::overflow("the sum of the values of a thread"))?;
    }
    if !lane.is_empty() {
        rows.push(FileRow { stack: last, thread, time_ns });
    }
    Ok(())
}

/// Returns the values in nanoseconds, than which none is finer.
fn nanoseconds(profile: &Profile) -> Result<Vec<i64>> {
    let exponent = profile.value_types.first().map_or(-9, |value_type| value_type.unit.exponent);
    let power = u32::try_from(i32::from(exponent) + 9).ok().and_then(|power| 10i64.checked_pow(power));
    let value = |sample: profkit_core::Sample<'_>| {
        let value = sample.values.first().copied().unwrap_or_default();
        power.and_then(|power| value.checked_mul(power)).ok_or_else(|| Error::overflow("a value in nanoseconds"))
    };
    profile.samples.iter().map(value).collect()
}

/// Returns whether each sample has a time and begins where the one before ends.
fn is_end_to_end(lane: &[Told]) -> bool {
    let ends = |pair: &[Told]| match pair {
        [before, after] => before.time_ns.and_then(|time_ns| time_ns.checked_add(before.value)) == after.time_ns,
        _ => true,
    };
    lane.iter().all(|told| told.time_ns.is_some()) && lane.windows(2).all(ends)
}

/// The order of stacks by the names of their frames, root first: what is alike lies side by side.
struct Order<'p> {
    profile: &'p Profile,
}

impl<'p> Order<'p> {
    fn of(profile: &'p Profile) -> Order<'p> {
        Order { profile }
    }

    /// Returns samples of equal stacks as one, in order.
    fn merged(&self, lane: Vec<Told>) -> Result<Vec<Told>> {
        let mut places: HashMap<Option<StackId>, usize> = HashMap::new();
        let mut merged: Vec<Told> = Vec::new();
        for told in lane {
            let place = *places.entry(told.stack).or_insert(merged.len());
            match merged.get_mut(place) {
                Some(sum) => {
                    let value = sum.value.checked_add(told.value);
                    sum.value = value.ok_or_else(|| Error::overflow("the sum of equal samples"))?;
                }
                None => merged.push(told),
            }
        }
        merged.sort_by_cached_key(|told| self.path(told.stack));
        Ok(merged)
    }

    fn path(&self, stack: Option<StackId>) -> Vec<&'p str> {
        let mut path = Vec::new();
        if let Some(stack) = stack {
            self.profile.stacks.read_path(stack, &mut path);
        }
        path.into_iter().map(|frame| self.profile.frame_name(frame).unwrap_or_default()).collect()
    }
}
