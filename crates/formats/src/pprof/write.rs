//! Writing a file message by message: samples first, then the rows that they use.

use super::GZIP;
use super::header::Header;
use super::locations::Locations;
use super::marks::ThreadPart;
use super::message;
use super::table::TextTable;
use crate::gzip::GzipWriter;
use flate2::Compression;
use profkit_core::{
    EqualSamples, FrameId, Id, LabelId, LabelValue, Mapping, Notes, Profile, Result, Sample, Samples, Symbols,
    ThreadId, WriteOptions,
};
use prost::encoding::encoded_len_varint;
use std::io::{self, Write};

/// How many bytes are gathered before they are passed on.
const CHUNK: usize = 1 << 16;
/// About how many bytes a location takes in a stack.
const LOCATION: u64 = 2;
/// How hard to look for what comes again. Most bytes are numbers of locations, which come in ever other orders: the usual
/// level 6 takes 3 to 6 in a hundred more away, in 1.7 times as much time. Go's runtime writes larger files than this.
const LEVEL: u32 = 2;

pub(super) fn write(profile: &Profile, out: &mut dyn Write, options: &WriteOptions, _notes: &mut Notes) -> Result<()> {
    if options.option(&GZIP) == "no" {
        return Encoder::new(profile, out).write(options);
    }
    // The encoder writes no name and no time, so that equal profiles are equal files.
    let mut gzip = GzipWriter::with_level(out, options.threads(), Compression::new(LEVEL));
    Encoder::new(profile, &mut gzip).write(options)?;
    gzip.finish()?;
    Ok(())
}

struct Encoder<'p, 'o> {
    profile: &'p Profile,
    out: &'o mut dyn Write,
    chunk: Vec<u8>,
    texts: TextTable<'p>,
    locations: Locations<'p>,
}

impl<'p, 'o> Encoder<'p, 'o> {
    fn new(profile: &'p Profile, out: &'o mut dyn Write) -> Encoder<'p, 'o> {
        Encoder {
            profile,
            out,
            chunk: Vec::new(),
            texts: TextTable::new(&profile.strings),
            locations: Locations::new(profile),
        }
    }

    fn write(mut self, options: &WriteOptions) -> Result<()> {
        let header = Header::of(self.profile);
        for (kind, unit) in header.sample_types() {
            let (r#type, unit) = (self.texts.position(kind), self.texts.position(unit));
            self.message(1, &message::ValueType { r#type, unit })?;
        }
        self.samples(&header, options)?;
        for (id, mapping) in self.profile.mappings.iter() {
            let mapping = self.mapping(id.index() as u64 + 1, mapping);
            self.message(3, &mapping)?;
        }
        for id in self.locations.ids() {
            let location = self.locations.message(id);
            self.message(4, &location)?;
        }
        for id in self.locations.function_ids() {
            let function = self.locations.function(id, &mut self.texts);
            self.message(5, &function)?;
        }
        let rest = header.message(&mut self.texts);
        for position in 0..self.texts.len() {
            let text = self.texts.text(position);
            self.chunk.push(6 << 3 | 2);
            prost::encode_length_delimiter(text.len(), &mut self.chunk).map_err(io::Error::from)?;
            self.chunk.extend_from_slice(text.as_bytes());
            self.pass_on(CHUNK)?;
        }
        prost::Message::encode(&rest, &mut self.chunk).map_err(io::Error::from)?;
        self.pass_on(0)
    }

    /// Writes a field of the file that is a message.
    fn message(&mut self, field: u8, message: &impl prost::Message) -> Result<()> {
        self.chunk.push(field << 3 | 2);
        message.encode_length_delimited(&mut self.chunk).map_err(io::Error::from)?;
        self.pass_on(CHUNK)
    }

    /// Writes a sample, which is most of what a file has: straight from its parts.
    fn sample(&mut self, location_ids: &[u64], values: &[u64], labels: &[message::Label]) -> Result<()> {
        let numbers = [(1 << 3 | 2, location_ids), (2 << 3 | 2, values)];
        let numbers =
            numbers.map(|(tag, numbers)| (tag, numbers, numbers.iter().map(|&it| encoded_len_varint(it)).sum()));
        let with_length = |length: usize| 1 + encoded_len_varint(length as u64) + length;
        let packed = numbers.iter().map(|&(_, _, length)| length).filter(|&length| length > 0).map(with_length);
        let messages = labels.iter().map(|label| with_length(prost::Message::encoded_len(label)));
        let length: usize = packed.chain(messages).sum();
        self.chunk.push(2 << 3 | 2);
        put_varint(length as u64, &mut self.chunk);
        for (tag, numbers, length) in numbers.into_iter().filter(|&(_, _, length)| length > 0) {
            self.chunk.push(tag);
            put_varint(length as u64, &mut self.chunk);
            numbers.iter().for_each(|&number| put_varint(number, &mut self.chunk));
        }
        labels.iter().try_for_each(|label| self.message(3, label))?;
        self.pass_on(CHUNK)
    }

    /// Passes on what is gathered if it is more than `most` bytes.
    fn pass_on(&mut self, most: usize) -> Result<()> {
        if self.chunk.len() > most {
            self.out.write_all(&self.chunk)?;
            self.chunk.clear();
        }
        Ok(())
    }

    fn samples(&mut self, header: &Header<'_>, options: &WriteOptions) -> Result<()> {
        let profile = self.profile;
        let merged = Merged::of(&profile.samples);
        let stacks = merged.samples().filter_map(|sample| sample.stack);
        let frames = stacks.map(|stack| u64::from(profile.stacks.depth(stack))).sum::<u64>();
        profile.check_size(frames.saturating_mul(LOCATION), options)?;
        let mut path: Vec<FrameId> = Vec::new();
        let (mut location_ids, mut values, mut labels) = (Vec::new(), Vec::new(), Vec::new());
        for sample in merged.samples() {
            path.clear();
            if let Some(stack) = sample.stack {
                profile.stacks.read_path(stack, &mut path);
            }
            self.locations.add(&path, &mut location_ids);
            values.clear();
            values.extend(sample.values.iter().map(|value| value.cast_unsigned()));
            values.resize(header.sample_types().len(), 0);
            labels.clear();
            self.thread_labels(header, sample.thread, &mut labels);
            self.labels(sample.labels, &mut labels);
            self.sample(&location_ids, &values, &labels)?;
        }
        Ok(())
    }

    /// Adds the labels that stand for a thread.
    fn thread_labels(&mut self, header: &Header<'_>, thread: Option<ThreadId>, labels: &mut Vec<message::Label>) {
        let Some(thread) = thread.map(|id| self.profile.threads[id]) else { return };
        for (part, key) in header.thread_keys() {
            let text = match part {
                ThreadPart::Name => thread.name,
                ThreadPart::Id => thread.id,
                ThreadPart::Process => thread.process,
                ThreadPart::Source => None,
            };
            let position = match text {
                Some(text) => self.texts.of(text),
                None if *part == ThreadPart::Source && thread.source != 0 => {
                    self.texts.position(&thread.source.to_string())
                }
                None => continue,
            };
            let key = self.texts.position(key);
            labels.push(message::Label { key, str: Some(position), ..message::Label::default() });
        }
    }

    fn labels(&mut self, first: Option<LabelId>, labels: &mut Vec<message::Label>) {
        for label in self.profile.label_list(first) {
            let key = self.texts.of(label.key);
            let (str, num, num_unit) = match label.value {
                LabelValue::Text(text) => (Some(self.texts.of(text)), None, 0),
                LabelValue::Number { value, unit } => (None, Some(value), unit.map_or(0, |it| self.texts.of(it))),
            };
            labels.push(message::Label { key, str, num, num_unit });
        }
    }

    fn mapping(&mut self, id: u64, mapping: Mapping) -> message::Mapping {
        let mut position = |text: Option<_>| text.map_or(0, |text| self.texts.of(text));
        message::Mapping {
            id,
            memory_start: mapping.start,
            memory_limit: mapping.limit,
            file_offset: mapping.offset,
            filename: position(mapping.file),
            build_id: position(mapping.build_id),
            has_functions: mapping.has.contains(Symbols::FUNCTIONS),
            has_filenames: mapping.has.contains(Symbols::FILENAMES),
            has_line_numbers: mapping.has.contains(Symbols::LINE_NUMBERS),
            has_inline_frames: mapping.has.contains(Symbols::INLINE_FRAMES),
        }
    }
}

/// Adds a number in groups of seven bits, the low ones first.
fn put_varint(mut number: u64, out: &mut Vec<u8>) {
    // Most numbers are ids of locations. How many groups they have follows no order, so no branch depends on it: four are
    // written, and those that are too many taken back.
    if number < 1 << 28 {
        let length = encoded_len_varint(number);
        let groups = number & 0x7f | (number & 0x3f80) << 1 | (number & 0x1f_c000) << 2 | (number & 0xfe0_0000) << 3;
        let go_on = 0x80_8080 & ((1 << (8 * (length - 1))) - 1);
        let [first, second, third, fourth, ..] = (groups | go_on).to_le_bytes();
        out.extend_from_slice(&[first, second, third, fourth]);
        return out.truncate(out.len() + length - 4);
    }
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// The samples with equal ones added up, since pprof has one sample for each stack with its labels.
struct Merged<'p> {
    samples: &'p Samples,
    /// The first row of each; none where no row is like another.
    rows: Option<Vec<usize>>,
    values: Vec<i64>,
}

impl<'p> Merged<'p> {
    /// Adds up samples without negative values, so that no sum is 0 that was not, while they fit.
    fn of(samples: &'p Samples) -> Merged<'p> {
        let mut merged = Merged { samples, rows: None, values: Vec::new() };
        if !samples.iter().is_sorted_by(|before, after| before.stack < after.stack) {
            merged.add_up();
        }
        merged
    }

    fn add_up(&mut self) {
        let (mut rows, mut equal) = (Vec::new(), EqualSamples::default());
        for (row, sample) in self.samples.iter().enumerate() {
            let next = rows.len();
            let key = |place: usize| self.samples.at(rows.get(place).copied().unwrap_or(row)).key();
            let is_negative = sample.values.iter().any(|&value| value < 0);
            let place = if is_negative { next } else { equal.row(sample.key(), next, key) };
            if place < next && self.add(place, sample.values) {
                continue;
            }
            rows.push(row);
            self.values.extend_from_slice(sample.values);
        }
        self.rows = Some(rows);
    }

    /// Adds values to those of a row; returns whether they fit.
    fn add(&mut self, index: usize, values: &[i64]) -> bool {
        let sums = self.values.get_mut(index * values.len()..(index + 1) * values.len()).unwrap_or_default();
        let fits = sums.iter().zip(values).all(|(sum, value)| sum.checked_add(*value).is_some());
        if fits {
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        }
        fits
    }

    /// Returns the samples, each with its sums.
    fn samples(&self) -> impl Iterator<Item = Sample<'_>> {
        let stride = self.samples.stride();
        let summed = self.rows.iter().flatten().enumerate().map(move |(index, &row)| {
            let values = self.values.get(index * stride..(index + 1) * stride).unwrap_or_default();
            Sample { values, ..self.samples.at(row) }
        });
        let as_they_are = if self.rows.is_none() { self.samples.len() } else { 0 };
        summed.chain(self.samples.iter().take(as_they_are))
    }
}

#[cfg(test)]
mod tests {
    use super::put_varint;

    #[test]
    fn numbers_have_as_many_groups_as_they_need() {
        let bounds = (0..64).map(|bit| 1u64 << bit).flat_map(|number| [number - 1, number, number + 1]);
        for number in bounds.chain([0x0a53_c96f, u64::MAX]) {
            let (mut ours, mut theirs) = (b"before".to_vec(), b"before".to_vec());
            put_varint(number, &mut ours);
            prost::encoding::encode_varint(number, &mut theirs);
            assert_eq!(ours, theirs, "{number}");
        }
    }
}
