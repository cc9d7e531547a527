//! What is written of the profile as a whole, and the marks that go with it.

use super::marks::{Marks, ThreadPart};
use super::message;
use super::table::TextTable;
use profkit_core::{Profile, Thread};

/// The profile as a whole, with the marks that its file needs.
pub(super) struct Header<'p> {
    profile: &'p Profile,
    marks: Marks,
}

impl<'p> Header<'p> {
    pub(super) fn of(profile: &'p Profile) -> Header<'p> {
        let meta = &profile.meta;
        let mut marks =
            Marks { thread_keys: thread_keys(profile), no_values: profile.value_types.is_empty(), ..Marks::default() };
        let is_empty = |text: &Option<String>| text.as_deref() == Some("");
        let period_type = meta.period.as_ref().and_then(|period| period.value_type.as_ref());
        let periods = meta.period.as_ref().filter(|period| period.value == 0);
        let present = [
            ("drop_frames", is_empty(&meta.drop_frames)),
            ("keep_frames", is_empty(&meta.keep_frames)),
            ("time_nanos", meta.start_ns == Some(0)),
            ("duration_nanos", meta.duration_ns == Some(0)),
            ("period_type", period_type.is_some_and(|it| it.kind.is_empty() && it.unit.name.is_empty())),
            ("period", periods.is_some()),
            ("doc_url", is_empty(&meta.doc_url)),
        ];
        marks.present =
            present.iter().filter(|(_, is_there)| *is_there).map(|(field, _)| (*field).to_owned()).collect();
        if let Some(index) = meta.default_value.filter(|&index| index < profile.value_types.len()) {
            let kinds = || profile.value_types.iter().map(|value_type| value_type.kind.as_str());
            let kind = kinds().nth(index);
            let is_told = kind != Some("") && kinds().position(|other| Some(other) == kind) == Some(index);
            marks.default_value = (!is_told).then_some(index);
        }
        Header { profile, marks }
    }

    /// Returns kind and unit of each column of the file.
    pub(super) fn sample_types(&self) -> Vec<(&'p str, &'p str)> {
        if self.marks.no_values {
            return vec![("samples", "count")];
        }
        self.profile.value_types.iter().map(|it| (it.kind.as_str(), it.unit.name.as_str())).collect()
    }

    /// Returns the parts of threads that are written, and the label keys for them.
    pub(super) fn thread_keys(&self) -> &[(ThreadPart, String)] {
        &self.marks.thread_keys
    }

    /// Returns the fields of the file that are neither tables nor samples.
    pub(super) fn message(&self, texts: &mut TextTable<'_>) -> message::Profile {
        let meta = &self.profile.meta;
        let mut position = |text: &Option<String>| text.as_deref().map_or(0, |text| texts.position(text));
        let (drop_frames, keep_frames) = (position(&meta.drop_frames), position(&meta.keep_frames));
        let doc_url = position(&meta.doc_url);
        let default = meta.default_value.and_then(|index| self.profile.value_types.get(index));
        let period_type = meta.period.as_ref().and_then(|period| period.value_type.as_ref());
        message::Profile {
            drop_frames,
            keep_frames,
            time_nanos: meta.start_ns.unwrap_or(0),
            duration_nanos: meta.duration_ns.unwrap_or(0),
            period_type: period_type
                .map(|it| message::ValueType { r#type: texts.position(&it.kind), unit: texts.position(&it.unit.name) }),
            period: meta.period.as_ref().map_or(0, |period| period.value),
            comment: self.marks.write(&meta.comments).iter().map(|text| texts.position(text)).collect(),
            default_sample_type: default.map_or(0, |value_type| texts.position(&value_type.kind)),
            doc_url,
            ..message::Profile::default()
        }
    }
}

/// Returns the parts that threads of samples have, each with a label key that no label of the profile has.
fn thread_keys(profile: &Profile) -> Vec<(ThreadPart, String)> {
    if profile.threads.is_empty() {
        return Vec::new();
    }
    let threads = || profile.samples.iter().filter_map(|sample| sample.thread).map(|id| profile.threads[id]);
    let has = |part: ThreadPart, thread: Thread| match part {
        ThreadPart::Name => thread.name.is_some(),
        ThreadPart::Id => thread.id.is_some(),
        ThreadPart::Process => thread.process.is_some(),
        ThreadPart::Source => thread.source != 0,
    };
    let is_taken = |key: &str| profile.labels.iter().any(|(_, label)| profile.strings[label.key] == *key);
    let parts = ThreadPart::ALL.into_iter().filter(|&part| threads().any(|thread| has(part, thread)));
    parts
        .map(|part| {
            let mut key = part.usual_key().to_owned();
            while is_taken(&key) {
                key.push('_');
            }
            (part, key)
        })
        .collect()
}
