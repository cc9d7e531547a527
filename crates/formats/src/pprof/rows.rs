//! Samples with their labels.

use super::layout::{LABEL, SAMPLE};
use super::marks::{Marks, ThreadPart};
use super::places::Places;
use super::texts::Texts;
use super::wire::{Number, Wire};
use profkit_core::{FrameId, LabelValue, NoteKind, Notes, Profile, Result, Sample, StringId, Thread};

/// The reader of samples, with what it uses again for each.
pub(super) struct Rows<'w, 'a> {
    wire: &'w Wire<'a>,
    places: &'w Places<'w, 'a>,
    thread_keys: Vec<(ThreadPart, StringId)>,
    location_ids: Vec<u64>,
    numbers: Vec<u64>,
    values: Vec<i64>,
    labels: Vec<(StringId, LabelValue)>,
    path: Vec<FrameId>,
    valueless_labels: u64,
    two_valued_labels: u64,
}

impl<'w, 'a> Rows<'w, 'a> {
    pub(super) fn new(
        wire: &'w Wire<'a>,
        places: &'w Places<'w, 'a>,
        marks: &Marks,
        profile: &mut Profile,
    ) -> Rows<'w, 'a> {
        let thread_keys = marks.thread_keys.iter().map(|(part, key)| (*part, profile.string(key))).collect();
        Rows {
            wire,
            places,
            thread_keys,
            location_ids: Vec::new(),
            numbers: Vec::new(),
            values: Vec::new(),
            labels: Vec::new(),
            path: Vec::new(),
            valueless_labels: 0,
            two_valued_labels: 0,
        }
    }

    /// Adds a sample to the profile.
    pub(super) fn read(&mut self, body: &'a [u8], texts: &mut Texts<'_, 'a>, profile: &mut Profile) -> Result<()> {
        self.location_ids.clear();
        self.numbers.clear();
        self.labels.clear();
        let mut fields = self.wire.fields(&SAMPLE, body);
        while let Some(field) = fields.next()? {
            match field.number {
                1 => field.numbers(&mut self.location_ids)?,
                2 => field.numbers(&mut self.numbers)?,
                _ => {
                    let label = self.label(field.bytes(), texts, profile)?;
                    self.labels.push(label);
                }
            }
        }
        let (expected, found) = (profile.value_types.len(), self.numbers.len());
        if expected != found {
            let message = format!("Sample.value: expected {expected} values, one per sample_type, found {found}");
            return Err(self.wire.error(body, message));
        }
        self.values.clear();
        self.values.extend(self.numbers.iter().map(|&value| value.cast_signed()));
        self.read_path(body)?;
        let stack = match self.path.as_slice() {
            [] => None,
            path => Some(profile.stack(path).map_err(|error| error.at(self.wire.place(body)))?),
        };
        let thread = self.take_thread(profile);
        let mut labels = None;
        for &(key, value) in self.labels.iter().rev() {
            labels = Some(profile.label(key, value, labels));
        }
        profile.samples.push(Sample { thread, labels, ..Sample::new(stack, &self.values) });
        Ok(())
    }

    /// Fills the path with the frames of the locations, which stand leaf first in the file.
    fn read_path(&mut self, body: &'a [u8]) -> Result<()> {
        self.path.clear();
        for &id in self.location_ids.iter().rev() {
            let Some(frames) = self.places.location(id) else {
                let message = format!("Sample.location_id: expected the id of a location, found {id}");
                return Err(self.wire.error(body, message));
            };
            self.path.extend_from_slice(frames);
        }
        Ok(())
    }

    fn label(
        &mut self,
        body: &'a [u8],
        texts: &mut Texts<'_, 'a>,
        profile: &mut Profile,
    ) -> Result<(StringId, LabelValue)> {
        let (mut key, mut unit) = (Number::default(), Number::default());
        let (mut text, mut number) = (None, None);
        let mut fields = self.wire.fields(&LABEL, body);
        while let Some(field) = fields.next()? {
            match field.number {
                1 => key = field.number(),
                2 => text = Some(field.number()),
                3 => number = Some(field.number()),
                _ => unit = field.number(),
            }
        }
        let is_set = |field: Option<Number<'_>>| field.is_some_and(|field| field.value != 0);
        let has_number = is_set(number) || unit.value != 0;
        // As in Go, a text goes before a number. Where both are 0, the one that is there is meant.
        let text = text.filter(|position| position.value != 0 || !has_number && number.is_none());
        self.two_valued_labels += u64::from(is_set(text) && has_number);
        self.valueless_labels += u64::from(text.is_none() && number.is_none() && !has_number);
        let value = match text {
            Some(position) => LabelValue::Text(texts.id(profile, position)?),
            None => {
                LabelValue::Number { value: number.unwrap_or_default().signed(), unit: texts.some_id(profile, unit)? }
            }
        };
        Ok((texts.id(profile, key)?, value))
    }

    /// Takes the labels that our writer has made of a thread, and returns that.
    fn take_thread(&mut self, profile: &mut Profile) -> Option<profkit_core::ThreadId> {
        if self.thread_keys.is_empty() {
            return None;
        }
        let mut thread = Thread::default();
        let keys = &self.thread_keys;
        self.labels.retain(|&(label_key, value)| {
            let part = keys.iter().find(|&&(_, key)| key == label_key).map(|&(part, _)| part);
            let (Some(part), LabelValue::Text(text)) = (part, value) else { return true };
            let slot = match part {
                ThreadPart::Name => &mut thread.name,
                ThreadPart::Id => &mut thread.id,
                ThreadPart::Process => &mut thread.process,
                ThreadPart::Source => {
                    let source = profile.strings[text].parse().ok().filter(|_| thread.source == 0);
                    thread.source = source.unwrap_or(thread.source);
                    return source.is_none();
                }
            };
            let is_first = slot.is_none();
            slot.get_or_insert(text);
            !is_first
        });
        (thread != Thread::default()).then(|| profile.thread(thread))
    }

    /// Notes what was odd.
    pub(super) fn note(&self, notes: &mut Notes) {
        if self.valueless_labels > 0 {
            let what = "labels without a value were read as the number 0";
            notes.add(NoteKind::Odd, what, self.valueless_labels, "labels", || None);
        }
        if self.two_valued_labels > 0 {
            let what = "labels have a text and a number: the text counts";
            notes.add(NoteKind::Skipped, what, self.two_valued_labels, "labels lost their number", || None);
        }
    }
}
