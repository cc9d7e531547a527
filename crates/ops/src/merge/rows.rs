//! The samples of a merged profile, equal ones found by what they say.

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use profkit_core::{Error, LabelId, LabelValue, NoteKind, Notes, Profile, Result, Sample, Samples, StackId, ThreadId};
use std::collections::HashMap;
use std::hash::BuildHasher;

/// The rows of samples by stack, thread and labels.
#[derive(Debug, Default)]
pub(super) struct Rows(HashTable<u32>);

impl Rows {
    /// Adds up the equal samples of a profile and returns what its rows are found by.
    pub(super) fn of(profile: &mut Profile) -> Result<Rows> {
        let mut rows = Rows(HashTable::with_capacity(profile.samples.len()));
        let samples = std::mem::replace(&mut profile.samples, Samples::new(profile.value_types.len()));
        for sample in samples.iter() {
            rows.add(&mut profile.samples, sample)?;
        }
        Ok(rows)
    }

    /// Adds a sample of the merged profile; returns whether it has a row of its own.
    pub(super) fn add(&mut self, samples: &mut Samples, sample: Sample<'_>) -> Result<bool> {
        let next = samples.len();
        if sample.time_ns.is_some() || sample.kept.is_some() {
            samples.push(sample);
            return Ok(true);
        }
        let wanted = key(&sample);
        let hash = hash_of(wanted);
        let is_same = |&row: &u32| {
            let there = samples.at(row as usize);
            key(&there) == wanted
        };
        if let Some(&row) = self.0.find(hash, is_same) {
            samples.add(row as usize, sample.values)?;
            return Ok(false);
        }
        let row = u32::try_from(next).map_err(|_| Error::limit("more than 4 billion samples"))?;
        samples.push(sample);
        self.0.insert_unique(hash, row, |&row| hash_of(key(&samples.at(row as usize))));
        Ok(true)
    }
}

type Key = (Option<StackId>, Option<ThreadId>, Option<LabelId>);

fn key(sample: &Sample<'_>) -> Key {
    (sample.stack, sample.thread, sample.labels)
}

fn hash_of(key: Key) -> u64 {
    FixedState::with_seed(0).hash_one(key)
}

/// Returns the profile with one more label, the first, on each sample.
pub(super) fn labelled(mut profile: Profile, key: &str, value: &str, notes: &mut Notes) -> Result<Profile> {
    if profile.samples.is_empty() && !profile.calls.is_empty() {
        let what = "call graphs have no labels that could tell the file";
        notes.add(NoteKind::Lost, what, 1, "inputs are not told apart|input is not told apart", || value.to_owned());
    }
    let (key, value) = (profile.string(key), LabelValue::Text(profile.string(value)));
    let samples = std::mem::replace(&mut profile.samples, Samples::new(profile.value_types.len()));
    let mut done: HashMap<Option<LabelId>, LabelId> = HashMap::new();
    for sample in samples.iter() {
        let labels = *done.entry(sample.labels).or_insert_with(|| profile.label(key, value, sample.labels));
        profile.samples.push(Sample { labels: Some(labels), ..sample });
    }
    Ok(profile)
}
