//! Samples with their labels.

use super::layout::{LABEL, PROFILE, SAMPLE};
use super::marks::{Marks, ThreadPart};
use super::places::Places;
use super::texts::Texts;
use super::wire::{Number, Wire};
use profkit_core::{Error, FrameId, LabelValue, NoteKind, Notes, Profile, Result, Sample, StringId, Thread};
use std::collections::HashSet;

/// A label as it stands in the file. Neither 0 nor the empty text has to be written.
#[derive(Default)]
struct Label<'a> {
    key: Number<'a>,
    text: Option<Number<'a>>,
    number: Option<Number<'a>>,
    unit: Number<'a>,
}

/// How many frames a byte of input may stand for. A location of many inlined functions is a byte in each sample
/// that names it; real files have fewer frames than bytes.
const MOST_FRAMES_PER_BYTE: usize = 8;
/// How many frames there may be whatever the size of the input.
const FRAMES_ALWAYS: usize = 1 << 24;

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
    frames_left: usize,
    numeric_keys: Option<HashSet<u64>>,
    valueless_labels: u64,
    valueless_key: Option<StringId>,
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
            frames_left: wire.len().saturating_mul(MOST_FRAMES_PER_BYTE).saturating_add(FRAMES_ALWAYS),
            numeric_keys: None,
            valueless_labels: 0,
            valueless_key: None,
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
            let left = self.frames_left.checked_sub(frames.len());
            self.frames_left = left.ok_or_else(|| {
                let message = "the stacks have far more inlined frames than the input has bytes";
                Error::limit(message).at(self.wire.place(body))
            })?;
            match *frames {
                [frame] => self.path.push(frame),
                _ => self.path.extend_from_slice(frames),
            }
        }
        Ok(())
    }

    fn label(
        &mut self,
        body: &'a [u8],
        texts: &mut Texts<'_, 'a>,
        profile: &mut Profile,
    ) -> Result<(StringId, LabelValue)> {
        let label = Label::read(self.wire, body)?;
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

impl<'a> Label<'a> {
    fn read(wire: &Wire<'a>, body: &'a [u8]) -> Result<Label<'a>> {
        let mut label = Label::default();
        let mut fields = wire.fields(&LABEL, body);
        while let Some(field) = fields.next()? {
            match field.number {
                1 => label.key = field.number(),
                2 => label.text = Some(field.number()),
                3 => label.number = Some(field.number()),
                _ => label.unit = field.number(),
            }
        }
        Ok(label)
    }

    fn has_text(&self) -> bool {
        self.text.is_some_and(|position| position.value != 0)
    }

    fn has_number(&self) -> bool {
        self.number.is_some_and(|number| number.value != 0) || self.unit.value != 0
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
