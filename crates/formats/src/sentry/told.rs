//! Reading back what the writer made of values without times: each sample stands for the time to the next one of its
//! thread, and the last of a thread only ends the one before.

use super::file::Payload;
use super::read::Row;
use profkit_core::{Error, Id, Place, Profile, Result, Sample};

pub(super) fn push(profile: &mut Profile, payload: &Payload<'_>, rows: &[Row], shift_ns: i64) -> Result<()> {
    let Some(key) = &payload.profkit else { return Ok(()) };
    let mut next: Vec<Option<i64>> = vec![None; profile.threads.len() + 1];
    let mut values: Vec<Option<i64>> = Vec::with_capacity(rows.len());
    for (index, &(_, thread, time_ns)) in rows.iter().enumerate().rev() {
        let Some(next) = next.get_mut(thread.map_or(0, |thread| thread.index() + 1)) else { continue };
        let value = match next.replace(time_ns) {
            Some(next_ns) => Some(next_ns.checked_sub(time_ns).filter(|&value| value >= 0).ok_or_else(|| {
                let message = format!("expected a time not after that of the next sample of the thread, {next_ns}");
                Error::malformed(message).at(Place::Path(format!("profile.samples[{index}]")))
            })?),
            None => None,
        };
        values.push(value);
    }
    let mut times = key.times.iter().flatten();
    for (&(stack, thread, time_ns), value) in rows.iter().zip(values.into_iter().rev()) {
        let Some(value) = value else { continue };
        let time_ns = if key.positions {
            Some(time_ns.checked_add(shift_ns).ok_or_else(|| Error::overflow("a time"))?)
        } else {
            times.next().copied().flatten()
        };
        profile.samples.push(Sample { time_ns, thread, ..Sample::new(stack, &[value]) });
    }
    Ok(())
}
