//! Values from the times of samples.

use crate::error::{Error, Result};
use crate::id::{Id, ThreadId};
use crate::meta::Weights;
use crate::notes::{NoteKind, Notes};
use crate::profile::Profile;
use crate::value::{Dimension, Unit, ValueType};

/// The shortest hole in a record.
const LEAST_HOLE_NS: i64 = 1_000_000_000;
/// The median weights above which something is a hole.
const HOLE_MEDIANS: i64 = 20;
/// Of how many ticks at least one must be shared by two threads for all to count as sampled together.
const TICKS_PER_SHARED: usize = 10;

/// Sets the values of all samples that are of a [session](crate::Session) to what their times say.
///
/// Columns of time get how long a sample stands for, other columns 1. A sample stands for the time to the next one of
/// its thread, and the last one of a thread for none. By the rule of [`Weights::Ticks`] it is cut at the next tick of
/// any thread, since a thread that a tick did not see had ended, and its id may be used anew:
///
/// ```text
/// tick      0    10    20    30    40
/// thread 1  a    a     b     b     b      a 20, b 20
/// thread 2  f    f                 g      f 20 (10 and 10), g 0: 30 if the two were one thread
/// ```
///
/// Threads that no tick ever shows together are not cut. What is longer than a second and 20 median weights is
/// a hole in the record; it counts nothing, and is noted.
///
/// The values depend on nothing but times, threads and the order of samples of one time: parts of a session may be
/// put together in any grouping, and weighed again. A session whose times are coarser than nanoseconds is
/// dissolved, and its values stay as they are.
///
/// # Errors
///
/// Times that are further apart than 64 bits can tell are an error of kind `Overflow`.
///
/// ```
/// use profkit_core::{Notes, Profile, Sample, Session, ValueType, Weights, weigh};
///
/// let mut profile = Profile::new(vec![ValueType::new("wall", "nanoseconds")]);
/// for time_ns in [Some(0), Some(30), Some(40)] {
///     profile.samples.push(Sample { time_ns, ..Sample::new(None, &[0]) });
/// }
/// profile.meta.sessions.push(Session { source: 0, id: None, weights: Weights::Ticks });
/// weigh(&mut profile, &mut Notes::new())?;
/// assert_eq!(profile.samples.values(), [30, 10, 0]);
/// # Ok::<(), profkit_core::Error>(())
/// ```
pub fn weigh(profile: &mut Profile, notes: &mut Notes) -> Result<()> {
    let Some(columns) = columns(&profile.value_types) else {
        profile.meta.sessions.clear();
        return Ok(());
    };
    let mut holes = Holes::default();
    for index in 0..profile.meta.sessions.len() {
        let (source, rule) = (profile.meta.sessions[index].source, profile.meta.sessions[index].weights);
        let rows = rows(profile, source);
        let mut weights = until_next(&rows, profile.threads.len(), rule)?;
        if rule == Weights::Ticks {
            holes.take(&mut weights);
        }
        for (row, weight) in rows.iter().zip(weights) {
            for (value, column) in profile.samples.values_mut(row.row).iter_mut().zip(&columns) {
                *value = match column {
                    Some(per_ns) => weight.checked_mul(*per_ns).ok_or_else(|| Error::overflow("a weight"))?,
                    None => 1,
                };
            }
        }
    }
    holes.note(notes);
    Ok(())
}

/// Returns whether the values are what [`weigh`] would make them.
///
/// # Errors
///
/// Fails as `weigh` does.
pub fn is_weighed(profile: &Profile) -> Result<bool> {
    let mut again = profile.clone();
    weigh(&mut again, &mut Notes::new())?;
    Ok(again.samples.values() == profile.samples.values() && again.meta.sessions == profile.meta.sessions)
}

/// Returns for each column the counts of a nanosecond, and none where it is no time; none at all where a
/// nanosecond is no whole count.
fn columns(value_types: &[ValueType]) -> Option<Vec<Option<i64>>> {
    let of = |Unit { dimension, factor, exponent, .. }: &Unit| match dimension {
        Dimension::Time => {
            let power = u32::try_from(-9 - i32::from(*exponent)).ok()?;
            10i64.checked_pow(power).filter(|_| *factor == 1).map(Some)
        }
        _ => Some(None),
    };
    value_types.iter().map(|value_type| of(&value_type.unit)).collect()
}

/// A sample of a session.
struct Row {
    row: usize,
    time_ns: i64,
    /// 0 for none, else one more than its index.
    thread: usize,
}

/// Returns the samples of a session, in the order of time.
fn rows(profile: &Profile, source: u32) -> Vec<Row> {
    let source_of = |thread: Option<ThreadId>| thread.map_or(0, |thread| profile.threads[thread].source);
    let samples = profile.samples.iter().enumerate().filter(|(_, sample)| source_of(sample.thread) == source);
    let rows = samples.filter_map(|(row, sample)| {
        let thread = sample.thread.map_or(0, |thread| thread.index() + 1);
        Some(Row { row, time_ns: sample.time_ns?, thread })
    });
    let mut rows: Vec<Row> = rows.collect();
    rows.sort_by_key(|row| row.time_ns);
    rows
}

/// Returns how long each of the rows stands for.
fn until_next(rows: &[Row], threads: usize, rule: Weights) -> Result<Vec<i64>> {
    let cuts = rule == Weights::Ticks && are_sampled_together(rows);
    let mut next_of: Vec<Option<i64>> = vec![None; threads + 1];
    let (mut tick, mut next_tick) = (None, None);
    let mut weights = vec![0; rows.len()];
    for (weight, row) in weights.iter_mut().zip(rows).rev() {
        if tick != Some(row.time_ns) {
            (tick, next_tick) = (Some(row.time_ns), tick);
        }
        let next = next_of[row.thread].replace(row.time_ns);
        let next = next.map(|next| if cuts { next.min(next_tick.unwrap_or(next)) } else { next });
        if let Some(next) = next {
            *weight = next.checked_sub(row.time_ns).ok_or_else(|| Error::overflow("the time between two samples"))?;
        }
    }
    Ok(weights)
}

/// Returns whether one tick shows several threads, as far as there are any.
fn are_sampled_together(rows: &[Row]) -> bool {
    let (mut ticks, mut shared) = (0usize, 0usize);
    for tick in rows.chunk_by(|a, b| a.time_ns == b.time_ns) {
        ticks += 1;
        shared += usize::from(tick.iter().any(|row| row.thread != tick[0].thread));
    }
    let has_one_thread = rows.iter().all(|row| row.thread == rows[0].thread);
    has_one_thread || shared * TICKS_PER_SHARED >= ticks
}

/// The holes found so far.
#[derive(Default)]
struct Holes {
    count: u64,
    longest_ns: i64,
}

impl Holes {
    /// Takes the holes out of the weights of one session.
    fn take(&mut self, weights: &mut [i64]) {
        let mut lengths: Vec<i64> = weights.iter().copied().filter(|&weight| weight > 0).collect();
        if lengths.is_empty() {
            return;
        }
        let middle = lengths.len() / 2;
        let (_, &mut median_ns, _) = lengths.select_nth_unstable(middle);
        let most = median_ns.saturating_mul(HOLE_MEDIANS).max(LEAST_HOLE_NS);
        for weight in weights.iter_mut().filter(|weight| **weight > most) {
            self.count += 1;
            self.longest_ns = self.longest_ns.max(*weight);
            *weight = 0;
        }
    }

    fn note(&self, notes: &mut Notes) {
        if self.count > 0 {
            let what = "no sample was taken for more than a second: that time counts nothing";
            let example = || format!("{:.3} s at most", self.longest_ns as f64 / 1e9);
            notes.add(NoteKind::Skipped, what, self.count, "holes|hole", example);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meta::Session;
    use crate::rows::Thread;
    use crate::samples::Sample;

    const MS: i64 = 1_000_000;

    /// Returns a session of samples, each a thread and a time in milliseconds.
    fn session(rule: Weights, samples: &[(&str, i64)]) -> Profile {
        let mut profile = Profile::new(vec![ValueType::unnamed(), ValueType::new("wall", "nanoseconds")]);
        for &(thread, time_ms) in samples {
            let id = profile.text(thread);
            let thread = Some(profile.thread(Thread { id, ..Thread::default() }));
            let time_ns = Some(time_ms * MS);
            profile.samples.push(Sample { time_ns, thread, ..Sample::new(None, &[0, 0]) });
        }
        profile.meta.sessions.push(Session { source: 0, id: None, weights: rule });
        profile
    }

    fn weighed(rule: Weights, samples: &[(&str, i64)]) -> (Vec<i64>, Notes) {
        let (mut profile, mut notes) = (session(rule, samples), Notes::new());
        weigh(&mut profile, &mut notes).unwrap();
        assert!(is_weighed(&profile).unwrap());
        assert!(profile.samples.iter().all(|sample| sample.values[0] == 1));
        (profile.samples.iter().map(|sample| sample.values[1] / MS).collect(), notes)
    }

    #[test]
    fn a_thread_that_a_tick_did_not_see_had_ended() {
        let samples = [("1", 0), ("2", 0), ("1", 10), ("2", 10), ("1", 20), ("1", 30), ("1", 40), ("2", 40)];
        assert_eq!(weighed(Weights::Ticks, &samples).0, [10, 10, 10, 10, 10, 10, 0, 0]);
        assert_eq!(weighed(Weights::Naive, &samples).0, [10, 10, 10, 30, 10, 10, 0, 0]);
    }

    #[test]
    fn threads_that_are_sampled_one_after_another_are_not_cut() {
        let samples = [("1", 0), ("2", 1), ("1", 10), ("2", 11), ("1", 20), ("2", 21)];
        assert_eq!(weighed(Weights::Ticks, &samples).0, [10, 10, 10, 10, 0, 0]);
    }

    #[test]
    fn order_in_the_file_does_not_matter_but_at_one_instant() {
        assert_eq!(weighed(Weights::Ticks, &[("1", 30), ("1", 0), ("1", 10), ("1", 10)]).0, [0, 10, 0, 20]);
    }

    #[test]
    fn a_hole_counts_nothing_and_is_noted() {
        let mut samples: Vec<_> = (0..9).map(|tick| ("1", 10 * tick)).collect();
        samples.extend([("1", 1_081), ("1", 1_090)]);
        let (weights, notes) = weighed(Weights::Ticks, &samples);
        assert_eq!(weights, [10, 10, 10, 10, 10, 10, 10, 10, 0, 9, 0]);
        assert_eq!(notes.iter().map(|note| note.count).collect::<Vec<_>>(), [1]);
        let (weights, notes) = weighed(Weights::Naive, &samples);
        assert_eq!((weights[8], notes.iter().count()), (1_001, 0));
        // A sampler that looks every second has no hole.
        let samples: Vec<_> = (0..9).map(|tick| ("1", 1_500 * tick)).collect();
        assert_eq!(weighed(Weights::Ticks, &samples).0, [1500, 1500, 1500, 1500, 1500, 1500, 1500, 1500, 0]);
    }

    #[test]
    fn a_session_needs_all_its_samples_and_a_fine_clock() {
        let mut profile = session(Weights::Ticks, &[("1", 0), ("1", 10), ("1", 20)]);
        assert!(!is_weighed(&profile).unwrap());
        weigh(&mut profile, &mut Notes::new()).unwrap();
        let filtered = profile.filtered(|sample| sample.time_ns != Some(10 * MS), |_| true).unwrap();
        assert_eq!(filtered.meta.sessions, []);
        assert_eq!(profile.filtered(|_| true, |_| true).unwrap().meta.sessions.len(), 1);
        profile.value_types[1] = ValueType::new("wall", "milliseconds");
        weigh(&mut profile, &mut Notes::new()).unwrap();
        assert_eq!(profile.meta.sessions, []);
    }
}
