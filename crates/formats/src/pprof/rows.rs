//! Samples and their labels on their way into the profile.

use super::layout::{PROFILE, SAMPLE};
use super::marks::{Marks, ThreadPart};
use super::samples::{Batch, Decoder, Label, too_many_frames};
use super::texts::Texts;
use super::wire::{Number, Wire};
use profkit_core::{LabelValue, NoteKind, Notes, Profile, Result, Sample, StringId, Thread};
use std::collections::HashSet;

/// The samples that the profile has taken so far, with what is used again for each.
pub(super) struct Rows<'w, 'a> {
    wire: &'w Wire<'a>,
    thread_keys: Vec<(ThreadPart, StringId)>,
    labels: Vec<(StringId, LabelValue)>,
    frames: usize,
    numeric_keys: Option<HashSet<u64>>,
    valueless_labels: u64,
    valueless_key: Option<StringId>,
    two_valued_labels: u64,
}

impl<'w, 'a> Rows<'w, 'a> {
    pub(super) fn new(wire: &'w Wire<'a>, marks: &Marks, profile: &mut Profile) -> Rows<'w, 'a> {
        let thread_keys = marks.thread_keys.iter().map(|(part, key)| (*part, profile.string(key))).collect();
        Rows {
            wire,
            thread_keys,
            labels: Vec::new(),
            frames: 0,
            numeric_keys: None,
            valueless_labels: 0,
            valueless_key: None,
            two_valued_labels: 0,
        }
    }

    /// Adds samples to the profile, and those that were too many to be decoded with them.
    pub(super) fn add_all<'d>(
        &mut self,
        mut batch: Batch<'d, 'a>,
        decoder: &Decoder<'d, 'a>,
        texts: &mut Texts<'_, '_, 'a>,
        profile: &mut Profile,
    ) -> Result<()> {
        loop {
            let rest = batch.rest;
            self.add(batch, decoder.most_frames(), texts, profile)?;
            if rest.is_empty() {
                return Ok(());
            }
            batch = decoder.batch(rest);
        }
    }

    fn add(
        &mut self,
        batch: Batch<'_, 'a>,
        most_frames: usize,
        texts: &mut Texts<'_, '_, 'a>,
        profile: &mut Profile,
    ) -> Result<()> {
        let (mut labels, mut values) = (batch.labels.iter(), batch.values.as_slice());
        for (index, sample) in batch.samples.iter().enumerate() {
            self.labels.clear();
            for label in labels.by_ref().take(sample.labels) {
                let label = self.label(label, texts, profile)?;
                self.labels.push(label);
            }
            self.frames = self.frames.saturating_add(sample.frames);
            if self.frames > most_frames {
                return Err(too_many_frames(self.wire, sample.body));
            }
            let stack = profile.stack_of(&batch.paths, index);
            let stack = stack.map_err(|error| error.at(self.wire.place(sample.body)))?;
            let thread = self.take_thread(profile);
            let mut labels = None;
            for &(key, value) in self.labels.iter().rev() {
                labels = Some(profile.label(key, value, labels));
            }
            let (of_sample, after) = values.split_at_checked(profile.value_types.len()).unwrap_or_default();
            values = after;
            profile.samples.push(Sample { thread, labels, ..Sample::new(stack, of_sample) });
        }
        self.wire.append(&batch.wire);
        batch.error.map_or(Ok(()), Err)
    }

    fn label(
        &mut self,
        label: &Label<'a>,
        texts: &mut Texts<'_, '_, 'a>,
        profile: &mut Profile,
    ) -> Result<(StringId, LabelValue)> {
        let key = texts.id(profile, label.key)?;
        self.two_valued_labels += u64::from(label.has_text() && label.has_number());
        let is_text = if label.has_text() || label.has_number() {
            label.has_text()
        } else if label.text.is_some() != label.number.is_some() {
            label.text.is_some()
        } else {
            self.valueless_labels += 1;
            self.valueless_key.get_or_insert(key);
            !self.is_numeric(label.key)?
        };
        let value = if is_text {
            LabelValue::Text(texts.id(profile, label.text.unwrap_or_default())?)
        } else {
            let unit = texts.some_id(profile, label.unit)?;
            LabelValue::Number { value: label.number.unwrap_or_default().signed(), unit }
        };
        Ok((key, value))
    }

    /// Returns whether any label of this key has a number.
    fn is_numeric(&mut self, key: Number<'a>) -> Result<bool> {
        let keys = match &mut self.numeric_keys {
            Some(keys) => keys,
            none => none.insert(numeric_keys(&self.wire.again())?),
        };
        Ok(keys.contains(&key.value))
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
    pub(super) fn note(&self, profile: &Profile, notes: &mut Notes) {
        if self.valueless_labels > 0 {
            let what = "labels without a value were read as an empty text, or as 0 where their key has numbers";
            let example = || self.valueless_key.map(|key| profile.strings[key].to_owned());
            notes.add(NoteKind::Odd, what, self.valueless_labels, "labels|label", example);
        }
        if self.two_valued_labels > 0 {
            let what = "labels have a text and a number: the text counts";
            notes.add(
                NoteKind::Skipped,
                what,
                self.two_valued_labels,
                "labels lost their number|label lost its number",
                || None,
            );
        }
    }
}

/// Returns the keys, as positions in the string table, of all labels that have a number.
fn numeric_keys(wire: &Wire<'_>) -> Result<HashSet<u64>> {
    let mut keys = HashSet::new();
    let mut fields = wire.all(&PROFILE);
    while let Some(field) = fields.next()? {
        if field.number == 2 {
            let mut sample = wire.fields(&SAMPLE, field.bytes());
            while let Some(field) = sample.next()? {
                if field.number == 3 {
                    let label = Label::read(wire, field.bytes())?;
                    if label.has_number() && !label.has_text() {
                        keys.insert(label.key.value);
                    }
                }
            }
        }
    }
    Ok(keys)
}
