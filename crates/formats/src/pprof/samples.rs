//! Samples as they stand in the file: decoded piece by piece, in any thread, before the profile takes them.

use super::layout::{LABEL, PROFILE, SAMPLE};
use super::places::{Located, Locations};
use super::read::PIECE;
use super::texts::Entries;
use super::wire::{Number, Wire};
use profkit_core::{Error, FrameHashes, FrameId, Input, Paths, Result};

/// How many frames a byte of input may stand for. A location of many inlined functions is a byte in each sample
/// that names it; real files have fewer frames than bytes.
const MOST_FRAMES_PER_BYTE: usize = 8;
/// How many frames there may be whatever the size of the input.
const FRAMES_ALWAYS: usize = 1 << 24;
/// How many frames are decoded at once; only files with many inlined functions have that many in a piece.
const FRAMES_AT_ONCE: usize = 1 << 20;

/// What samples need to know of the rest of the file.
pub(super) struct Decoder<'d, 'a> {
    pub(super) input: Input<'a>,
    /// How many values a sample has.
    pub(super) values: usize,
    pub(super) entries: &'d Entries<'a>,
    pub(super) locations: &'d Locations,
    pub(super) hashes: &'d FrameHashes,
}

/// Some samples in a row.
pub(super) struct Batch<'d, 'a> {
    pub(super) samples: Vec<RawSample<'a>>,
    /// The stacks of the samples.
    pub(super) paths: Paths<'d>,
    /// The values of all samples.
    pub(super) values: Vec<i64>,
    /// The labels of all samples.
    pub(super) labels: Vec<Label<'a>>,
    /// What was odd.
    pub(super) wire: Wire<'a>,
    /// What is wrong with the sample that would come next.
    pub(super) error: Option<Error>,
    /// The bytes of the samples that would have been too many.
    pub(super) rest: &'a [u8],
}

/// A sample, less what stands in columns.
pub(super) struct RawSample<'a> {
    pub(super) body: &'a [u8],
    pub(super) frames: usize,
    pub(super) labels: usize,
}

/// A label as it stands in the file. Neither 0 nor the empty text has to be written.
#[derive(Default)]
pub(super) struct Label<'a> {
    pub(super) key: Number<'a>,
    pub(super) text: Option<Number<'a>>,
    pub(super) number: Option<Number<'a>>,
    pub(super) unit: Number<'a>,
}

/// What is used again for each sample.
#[derive(Default)]
struct Scratch {
    location_ids: Vec<u64>,
    numbers: Vec<u64>,
    path: Vec<FrameId>,
}

impl<'d, 'a> Decoder<'d, 'a> {
    /// Returns how many frames the stacks may have in all.
    pub(super) fn most_frames(&self) -> usize {
        self.input.bytes().len().saturating_mul(MOST_FRAMES_PER_BYTE).saturating_add(FRAMES_ALWAYS)
    }

    /// Decodes the samples in a piece of the file, up to the first one with an error.
    pub(super) fn batch(&self, bytes: &'a [u8]) -> Batch<'d, 'a> {
        // Most bytes are ids of locations of one or two bytes, and a sample rarely has less than 32 bytes. A piece can be
        // longer than others by what stands between its samples, and a value takes a byte at least.
        let size = bytes.len().min(PIECE);
        let paths = Paths::with_capacity(self.hashes, size / 32, size / 2);
        let mut batch = Batch {
            samples: Vec::with_capacity(size / 32),
            paths,
            values: Vec::with_capacity((size / 32).saturating_mul(self.values).min(size)),
            labels: Vec::new(),
            wire: Wire::new(self.input),
            error: None,
            rest: &[],
        };
        batch.error = self.fill(&mut batch, bytes).err();
        batch
    }

    fn fill(&self, batch: &mut Batch<'d, 'a>, bytes: &'a [u8]) -> Result<()> {
        // The walk through the whole file has already counted what is odd at this level.
        let wire = Wire::new(self.input);
        let mut fields = wire.fields(&PROFILE, bytes);
        let (mut scratch, mut frames) = (Scratch::default(), 0);
        while let Some(field) = fields.next()? {
            if field.number == 2 {
                self.sample(field.bytes(), &mut scratch, batch)?;
                frames += scratch.path.len();
            }
            if frames > FRAMES_AT_ONCE {
                batch.rest = fields.rest();
                return Ok(());
            }
        }
        Ok(())
    }

    fn sample(&self, body: &'a [u8], scratch: &mut Scratch, batch: &mut Batch<'d, 'a>) -> Result<()> {
        let Scratch { location_ids, numbers, path } = scratch;
        location_ids.clear();
        numbers.clear();
        let labels = batch.labels.len();
        let mut fields = batch.wire.fields(&SAMPLE, body);
        while let Some(field) = fields.next()? {
            match field.number {
                1 => field.numbers(location_ids)?,
                2 => field.numbers(numbers)?,
                _ => {
                    let label = Label::read(&batch.wire, field.bytes())?;
                    label.check(&batch.wire, self.entries)?;
                    batch.labels.push(label);
                }
            }
        }
        let (expected, found) = (self.values, numbers.len());
        if expected != found {
            let message = format!("Sample.value: expected {expected} values, one per sample_type, found {found}");
            return Err(batch.wire.error(body, message));
        }
        path.clear();
        self.read_path(location_ids, path, (body, &batch.wire))?;
        batch.paths.push_path(path);
        batch.values.extend(numbers.iter().map(|&value| value.cast_signed()));
        batch.samples.push(RawSample { body, frames: path.len(), labels: batch.labels.len() - labels });
        Ok(())
    }

    /// Fills the path with the frames of the locations, which stand leaf first in the file.
    fn read_path(&self, ids: &[u64], path: &mut Vec<FrameId>, (body, wire): (&[u8], &Wire<'a>)) -> Result<()> {
        for &id in ids.iter().rev() {
            match self.locations.frames(id) {
                Some(Located::One(frame)) => path.push(frame),
                Some(Located::Several(frames)) if path.len() + frames.len() > self.most_frames() => {
                    return Err(too_many_frames(wire, body));
                }
                Some(Located::Several(frames)) => path.extend_from_slice(frames),
                None => {
                    let message = format!("Sample.location_id: expected the id of a location, found {id}");
                    return Err(wire.error(body, message));
                }
            }
        }
        Ok(())
    }
}

/// Returns the error of a sample whose stack has more frames than there may be.
pub(super) fn too_many_frames(wire: &Wire<'_>, body: &[u8]) -> Error {
    Error::limit("the stacks have far more inlined frames than the input has bytes").at(wire.place(body))
}

impl<'a> Label<'a> {
    pub(super) fn read(wire: &Wire<'a>, body: &'a [u8]) -> Result<Label<'a>> {
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

    /// Checks that the texts of the label are there, as far as they count.
    fn check(&self, wire: &Wire<'a>, entries: &Entries<'a>) -> Result<()> {
        entries.entry(wire, self.key)?;
        let value = if self.has_text() { self.text.unwrap_or_default() } else { self.unit };
        entries.entry(wire, value).map(|_| ())
    }

    pub(super) fn has_text(&self) -> bool {
        self.text.is_some_and(|position| position.value != 0)
    }

    pub(super) fn has_number(&self) -> bool {
        self.number.is_some_and(|number| number.value != 0) || self.unit.value != 0
    }
}
