//! Reading a file: one walk for everything but the samples, which need all the rest, and one for them, which several
//! threads can share.

use super::layout::{PROFILE, VALUE_TYPE};
use super::marks::Marks;
use super::places::Places;
use super::rows::Rows;
use super::samples::{Batch, Decoder};
use super::texts::{Entries, Texts};
use super::wire::{Number, Wire};
use profkit_core::{
    Input, NoteKind, Notes, Period, Profile, ReadOptions, Result, Role, Sample, Samples, ValueType, in_order,
};

pub(super) fn read(input: Input<'_>, options: &ReadOptions, notes: &mut Notes) -> Result<Profile> {
    let wire = Wire::new(input);
    if input.bytes().starts_with(b"\x1f\x8b") {
        return Err(wire.error(input.bytes(), "expected a profile, found gzip inside of gzip"));
    }
    let mut parts = Parts::gather(&wire)?;
    let entries = Entries::new(&wire, parts.string_table, notes)?;
    let value_types = parts.sample_types.iter().map(|body| value_type(&wire, &entries, body));
    let mut profile = Profile::new(value_types.collect::<Result<_>>()?);
    if profile.value_types.is_empty() {
        return Err(wire.missing("expected a sample_type, found none"));
    }
    profile.set_max_depth(options.max_depth);
    let marks = parts.header.read(&wire, &entries, &mut profile, notes)?;
    let mut texts = Texts::new(&wire, &entries);
    let mut places = Places::new(&wire);
    places.read_mappings(&std::mem::take(&mut parts.mappings), &mut texts, &mut profile)?;
    places.read_functions(&std::mem::take(&mut parts.functions), &mut texts, &mut profile)?;
    places.read_locations(&std::mem::take(&mut parts.locations), &mut profile)?;
    profile.stacks.reserve(parts.sample_count, parts.samples.iter().map(|piece| piece.len()).sum::<usize>() / LOCATION);
    let hashes = profile.frame_hashes();
    let decoder = Decoder {
        input,
        values: profile.value_types.len(),
        entries: &entries,
        locations: places.locations(),
        hashes: &hashes,
    };
    let mut rows = Rows::new(&wire, &marks, &mut profile);
    in_order(&parts.samples, options.threads(), &|bytes| decoder.batch(bytes), &mut |batch: Batch<'_, '_>| {
        rows.add_all(batch, &decoder, &mut texts, &mut profile)
    })?;
    rows.note(&profile, notes);
    places.note(notes);
    wire.note(notes);
    if marks.no_values && profile.samples.values().iter().all(|&value| value == 0) {
        drop_values(&mut profile);
    }
    Ok(profile)
}

/// About how many bytes of samples are decoded at once.
pub(super) const PIECE: usize = 128 << 10;
/// How many bytes a frame takes in a sample, at least, in most files that are so large that this matters.
const LOCATION: usize = 2;

/// The fields of the file by number, with the bodies of all messages but the samples.
#[derive(Default)]
struct Parts<'a> {
    sample_types: Vec<&'a [u8]>,
    /// Pieces of the file with all samples, whole ones, that may have other fields between them.
    samples: Vec<&'a [u8]>,
    sample_count: usize,
    mappings: Vec<&'a [u8]>,
    locations: Vec<&'a [u8]>,
    functions: Vec<&'a [u8]>,
    string_table: Vec<&'a [u8]>,
    header: Header<'a>,
}

/// What the file says about itself.
#[derive(Default)]
struct Header<'a> {
    drop_frames: Number<'a>,
    keep_frames: Number<'a>,
    time_nanos: Number<'a>,
    duration_nanos: Number<'a>,
    period_type: Option<&'a [u8]>,
    period: Number<'a>,
    comments: Vec<Number<'a>>,
    default_sample_type: Number<'a>,
    doc_url: Number<'a>,
}

impl<'a> Parts<'a> {
    fn gather(wire: &Wire<'a>) -> Result<Parts<'a>> {
        let mut parts = Parts::default();
        let mut fields = wire.all(&PROFILE);
        let mut numbers = Vec::new();
        let mut samples = Piece::default();
        while let Some(field) = fields.next()? {
            let header = &mut parts.header;
            match field.number {
                2 => {
                    parts.sample_count += 1;
                    parts.samples.extend(samples.take(field.number().at, fields.rest()));
                }
                1 => parts.sample_types.push(field.bytes()),
                3 => parts.mappings.push(field.bytes()),
                4 => parts.locations.push(field.bytes()),
                5 => parts.functions.push(field.bytes()),
                6 => parts.string_table.push(field.bytes()),
                7 => header.drop_frames = field.number(),
                8 => header.keep_frames = field.number(),
                9 => {
                    if header.time_nanos.value != 0 && field.is_set() {
                        let message = "expected one time_nanos, found another: are these two profiles in one file?";
                        return Err(wire.error(field.number().at, message));
                    }
                    header.time_nanos = field.number();
                }
                10 => header.duration_nanos = field.number(),
                11 => header.period_type = Some(field.bytes()),
                12 => header.period = field.number(),
                13 => {
                    field.numbers(&mut numbers)?;
                    let comments = numbers.drain(..).map(|value| Number { value, ..field.number() });
                    header.comments.extend(comments);
                }
                14 => header.default_sample_type = field.number(),
                15 => header.doc_url = field.number(),
                _ => {}
            }
        }
        parts.samples.extend(samples.end());
        Ok(parts)
    }
}

/// A piece of the file that grows until it has enough samples.
#[derive(Default)]
struct Piece<'a> {
    /// The file from the first sample of the piece on, and from behind its last one on.
    start: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Piece<'a> {
    /// Adds a sample that starts at `at` and ends before `rest`; returns the piece if it is long enough.
    fn take(&mut self, at: &'a [u8], rest: &'a [u8]) -> Option<&'a [u8]> {
        if self.start.is_empty() {
            self.start = at;
        }
        self.rest = rest;
        if self.start.len() - rest.len() < PIECE { None } else { self.end() }
    }

    /// Returns the piece, unless nothing is in it, and starts another one.
    fn end(&mut self) -> Option<&'a [u8]> {
        let length = self.start.len() - self.rest.len();
        let piece = std::mem::take(self).start.get(..length);
        piece.filter(|piece| !piece.is_empty())
    }
}

impl<'a> Header<'a> {
    /// Puts what the file says about itself into the profile and returns the marks of our writer.
    fn read(&self, wire: &Wire<'a>, entries: &Entries<'a>, profile: &mut Profile, notes: &mut Notes) -> Result<Marks> {
        let comments = self.comments.iter().map(|&comment| Ok(entries.text(wire, comment)?.into_owned()));
        let (marks, comments) = Marks::read(comments.collect::<Result<_>>()?);
        let is_present = |field: &str| marks.present.iter().any(|present| present == field);
        let number = |number: Number<'_>, field| Some(number.signed()).filter(|&it| it != 0 || is_present(field));
        let text = |position, field| -> Result<Option<String>> {
            let text = entries.text(wire, position)?;
            Ok(Some(text.into_owned()).filter(|text| !text.is_empty() || is_present(field)))
        };
        let period_type = self.period_type.map(|body| value_type(wire, entries, body)).transpose()?;
        let is_named = |it: &ValueType| !it.kind.is_empty() || !it.unit.name.is_empty() || is_present("period_type");
        let period_type = period_type.filter(is_named);
        let period = number(self.period, "period");
        let meta = &mut profile.meta;
        if period.is_some() || period_type.is_some() {
            meta.period = Some(Period { value_type: period_type, value: period.unwrap_or(0) });
        }
        meta.start_ns = number(self.time_nanos, "time_nanos");
        meta.duration_ns = number(self.duration_nanos, "duration_nanos");
        meta.comments = comments;
        meta.doc_url = text(self.doc_url, "doc_url")?;
        meta.drop_frames = text(self.drop_frames, "drop_frames")?;
        meta.keep_frames = text(self.keep_frames, "keep_frames")?;
        let default = entries.text(wire, self.default_sample_type)?;
        meta.default_value = default_value(&profile.value_types, &default, &marks, notes);
        let roles: Vec<Role> = profile.value_types.iter().map(|it| profile.usual_role(it)).collect();
        profile.value_types.iter_mut().zip(roles).for_each(|(value_type, role)| value_type.role = role);
        Ok(marks)
    }
}

/// Returns the index of the value type to show first: the first one of that name, unless a mark says more.
fn default_value(value_types: &[ValueType], default: &str, marks: &Marks, notes: &mut Notes) -> Option<usize> {
    let mut names: Vec<&str> = value_types.iter().map(|value_type| value_type.kind.as_str()).collect();
    let named = names.iter().position(|&name| name == default).filter(|_| !default.is_empty());
    if named.is_none() && !default.is_empty() {
        let what = "default_sample_type names no sample_type and was passed over";
        notes.add(NoteKind::Skipped, what, 1, "names|name", || default.to_owned());
    }
    names.sort_unstable();
    let again = |pair: &[&str]| matches!(pair, [a, b] if a == b);
    for pair in names.windows(2).filter(|pair| again(pair)) {
        let example = || pair.first().map(|&name| name.to_owned());
        notes.add(NoteKind::Odd, "sample types share their name", 1, "sample types|sample type", example);
    }
    marks.default_value.filter(|&index| index < value_types.len()).or(named)
}

fn value_type<'a>(wire: &Wire<'a>, entries: &Entries<'a>, body: &'a [u8]) -> Result<ValueType> {
    let (mut kind, mut unit) = (Number::default(), Number::default());
    let mut fields = wire.fields(&VALUE_TYPE, body);
    while let Some(field) = fields.next()? {
        match field.number {
            1 => kind = field.number(),
            _ => unit = field.number(),
        }
    }
    Ok(ValueType::new(&entries.text(wire, kind)?, &entries.text(wire, unit)?))
}

/// Takes away the values that our writer made up, since a file must have some.
fn drop_values(profile: &mut Profile) {
    let mut samples = Samples::new(0);
    profile.samples.iter().for_each(|sample| samples.push(Sample { values: &[], ..sample }));
    profile.samples = samples;
    profile.value_types.clear();
}
