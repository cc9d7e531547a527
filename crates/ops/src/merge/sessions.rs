//! Profiles whose values follow from the times of their samples.

use super::columns::Plan;
use profkit_core::{Id, NoteKind, Notes, Profile, Result, weigh};
use std::collections::HashSet;

/// What is known of the sessions of a merged profile.
#[derive(Clone, Debug, Default)]
pub(super) struct Sessions {
    /// Whether a session was put together from several inputs, whose last samples stood for nothing.
    is_joined: bool,
    /// The columns of inputs with sessions; none where there is no session.
    columns: Option<Vec<bool>>,
}

impl Sessions {
    /// Returns the sessions of one input.
    pub(super) fn of(profile: &Profile) -> Sessions {
        let columns = (!profile.meta.sessions.is_empty()).then(|| vec![true; profile.value_types.len()]);
        Sessions { is_joined: false, columns }
    }

    /// Adds those of a part, which goes on with a session that was there, or does not.
    pub(super) fn add(&mut self, other: &Sessions, plan: &Plan, goes_on: bool) {
        self.is_joined |= other.is_joined || goes_on;
        if let Some(columns) = &other.columns {
            let all = self.columns.get_or_insert_default();
            all.resize(plan.value_types.len(), false);
            for (&place, &is_own) in plan.places.iter().zip(columns) {
                all[place] |= is_own;
            }
        }
    }

    /// Weighs the samples of sessions that were put together. Beside values that follow from no time, nothing is a
    /// session any more: its samples have none of them.
    pub(super) fn settle(self, profile: &mut Profile, notes: &mut Notes) -> Result<()> {
        let Some(mut own) = self.columns else { return Ok(()) };
        own.resize(profile.value_types.len(), false);
        let sources: Vec<u32> = profile.meta.sessions.iter().map(|session| session.source).collect();
        if self.is_joined {
            note_overlap(profile, notes);
            weigh(profile, notes)?;
        }
        if own.iter().all(|&is_own| is_own) {
            return Ok(());
        }
        if self.is_joined {
            clear(profile, &own, &sources)?;
        }
        let count = std::mem::take(&mut profile.meta.sessions).len() as u64;
        let what = "beside other values, those of a session no longer follow from times";
        notes.add(NoteKind::Odd, what, count, "sessions|session", || None);
        Ok(())
    }
}

/// Notes samples that stand at the same moment of the same thread, as where a part of a session comes twice: they
/// count as observations each, but the time is there only once.
fn note_overlap(profile: &Profile, notes: &mut Notes) {
    let mut seen = HashSet::with_capacity(profile.samples.len());
    let moments = profile.samples.iter().filter_map(|sample| Some((sample.thread, sample.time_ns?)));
    let again = moments.filter(|&moment| !seen.insert(moment)).count() as u64;
    if again > 0 {
        let of = "samples share their moment with another|sample shares its moment with another";
        notes.add(NoteKind::Odd, "parts of a session overlap, and their time counts once", again, of, || None);
    }
}

/// Takes away what samples of sessions have been given in columns that are not theirs.
fn clear(profile: &mut Profile, own: &[bool], sources: &[u32]) -> Result<()> {
    let is_of_session: Vec<bool> = profile.threads.iter().map(|(_, it)| sources.contains(&it.source)).collect();
    for row in 0..profile.samples.len() {
        let sample = profile.samples.at(row);
        let is_weighed = sample.thread.map_or(sources.contains(&0), |thread| is_of_session[thread.index()]);
        if is_weighed && sample.time_ns.is_some() {
            let foreign = own.iter().zip(sample.values).map(|(&is_own, &value)| if is_own { 0 } else { -value });
            let foreign: Vec<i64> = foreign.collect();
            profile.samples.add(row, &foreign)?;
        }
    }
    Ok(())
}
