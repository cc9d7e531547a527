//! The samples of a merged profile, equal ones found by what they say.

use profkit_core::{EqualSamples, Error, LabelId, LabelValue, NoteKind, Notes, Profile, Result, Sample, Samples};
use std::collections::HashMap;

/// The rows of samples by stack, thread and labels.
#[derive(Debug, Default)]
pub(super) struct Rows(EqualSamples);

impl Rows {
    /// Adds up the equal samples of a profile and returns what its rows are found by.
    pub(super) fn of(profile: &mut Profile) -> Result<Rows> {
        let mut rows = Rows::default();
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
        if next >= MOST_ROWS {
            return Err(Error::limit("more than 4 billion samples"));
        }
        let row = self.0.row(sample.key(), next, |row| samples.at(row).key());
        if row < next {
            samples.add(row, sample.values)?;
            return Ok(false);
        }
        samples.push(sample);
        Ok(true)
    }
}

/// How many rows can be told apart.
const MOST_ROWS: usize = u32::MAX as usize;

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
