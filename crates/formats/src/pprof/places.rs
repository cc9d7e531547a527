//! Mappings, functions and locations, by the ids that samples and lines use for them.

use super::layout::{FUNCTION, LINE, LOCATION, MAPPING};
use super::texts::Texts;
use super::wire::{Number, Wire};
use crate::ids::Ids;
use profkit_core::{
    Frame, FrameId, Function, FunctionId, Id, Mapping, MappingId, NoteKind, Notes, Profile, Result, Symbols,
};
use std::num::{NonZeroU32, NonZeroU64};

/// What the ids in a file stand for.
pub(super) struct Places<'w, 'a> {
    wire: &'w Wire<'a>,
    mappings: Ids<MappingId>,
    /// None stands for a function of a line that has none.
    functions: Ids<Option<FunctionId>>,
    locations: Locations,
    missing_mappings: u64,
    odd_lines: Vec<i64>,
}

/// The frames of each location.
pub(super) struct Locations {
    /// For each location, one more than the index of its only frame, or [`SEVERAL`] and where its run is. It is looked
    /// up for each line of each stack, and is kept small for that.
    places: Ids<NonZeroU32>,
    /// Where the frames of a location of several start, and how many they are.
    runs: Vec<(u32, u32)>,
    frames: Vec<FrameId>,
}

/// The bit that a location of several frames has.
const SEVERAL: u32 = 1 << 31;

/// The frames of one location, root first.
pub(super) enum Located<'l> {
    One(FrameId),
    Several(&'l [FrameId]),
}

/// A line of a location as it stands in the file.
struct Line {
    function: Option<FunctionId>,
    line: Option<NonZeroU32>,
    column: Option<NonZeroU32>,
}

impl<'w, 'a> Places<'w, 'a> {
    /// Returns the places of a file with nothing in it.
    pub(super) fn new(wire: &'w Wire<'a>) -> Places<'w, 'a> {
        Places {
            wire,
            mappings: Ids::new(0),
            functions: Ids::new(0),
            locations: Locations { places: Ids::new(0), runs: Vec::new(), frames: Vec::new() },
            missing_mappings: 0,
            odd_lines: Vec::new(),
        }
    }

    /// Adds the mappings to the profile.
    pub(super) fn read_mappings(
        &mut self,
        bodies: &[&'a [u8]],
        texts: &mut Texts<'_, '_, 'a>,
        profile: &mut Profile,
    ) -> Result<()> {
        self.mappings = Ids::new(bodies.len());
        for body in bodies {
            let (mut id, mut filename, mut build_id) = <(Number<'a>, Number<'a>, Number<'a>)>::default();
            let mut mapping = Mapping::default();
            let mut fields = self.wire.fields(&MAPPING, body);
            while let Some(field) = fields.next()? {
                match field.number {
                    1 => id = field.number(),
                    2 => mapping.start = field.number().value,
                    3 => mapping.limit = field.number().value,
                    4 => mapping.offset = field.number().value,
                    5 => filename = field.number(),
                    6 => build_id = field.number(),
                    7 => mapping.has = mapping.has.with(Symbols::FUNCTIONS, field.is_set()),
                    8 => mapping.has = mapping.has.with(Symbols::FILENAMES, field.is_set()),
                    9 => mapping.has = mapping.has.with(Symbols::LINE_NUMBERS, field.is_set()),
                    _ => mapping.has = mapping.has.with(Symbols::INLINE_FRAMES, field.is_set()),
                }
            }
            mapping.file = texts.some_id(profile, filename)?;
            mapping.build_id = texts.some_id(profile, build_id)?;
            add_id(self.wire, &mut self.mappings, id, profile.mapping(mapping), (body, "Mapping"))?;
        }
        Ok(())
    }

    /// Adds the functions to the profile.
    pub(super) fn read_functions(
        &mut self,
        bodies: &[&'a [u8]],
        texts: &mut Texts<'_, '_, 'a>,
        profile: &mut Profile,
    ) -> Result<()> {
        self.functions = Ids::new(bodies.len());
        for body in bodies {
            let (mut id, mut name, mut system_name) = <(Number<'a>, Number<'a>, Number<'a>)>::default();
            let (mut filename, mut start_line, mut is_none) = (Number::default(), Number::default(), false);
            let mut fields = self.wire.fields(&FUNCTION, body);
            while let Some(field) = fields.next()? {
                match field.number {
                    1 => id = field.number(),
                    2 => name = field.number(),
                    3 => system_name = field.number(),
                    4 => filename = field.number(),
                    5 => start_line = field.number(),
                    _ => is_none = field.is_set(),
                }
            }
            let name = texts.id(profile, name)?;
            let function = Function {
                system_name: texts.some_id(profile, system_name)?,
                file: texts.some_id(profile, filename)?,
                start_line: self.line_number(start_line),
                ..Function::named(name)
            };
            let function = (!is_none).then(|| profile.function(function));
            add_id(self.wire, &mut self.functions, id, function, (body, "Function"))?;
        }
        Ok(())
    }

    /// Adds the frames of all locations to the profile.
    pub(super) fn read_locations(&mut self, bodies: &[&'a [u8]], profile: &mut Profile) -> Result<()> {
        self.locations.places = Ids::new(bodies.len());
        profile.frames.reserve(bodies.len());
        let (mut lines, mut frames) = (Vec::new(), Vec::new());
        for body in bodies {
            let (mut id, mut mapping_id, mut is_inlined) = (Number::default(), Number::default(), false);
            let mut frame = Frame::default();
            lines.clear();
            let mut fields = self.wire.fields(&LOCATION, body);
            while let Some(field) = fields.next()? {
                match field.number {
                    1 => id = field.number(),
                    2 => mapping_id = field.number(),
                    3 => frame.address = NonZeroU64::new(field.number().value),
                    4 => lines.push(self.read_line(field.bytes())?),
                    5 => frame.folded = field.is_set(),
                    _ => is_inlined = field.is_set(),
                }
            }
            frame.mapping = self.mappings.value(mapping_id.value);
            self.missing_mappings += u64::from(mapping_id.value != 0 && frame.mapping.is_none());
            frames.clear();
            if lines.is_empty() {
                frames.push(profile.frame(Frame { inlined: is_inlined, ..frame }));
            }
            // The last line is the function that holds the address: the model starts with it.
            for (depth, &Line { function, line, column }) in lines.iter().rev().enumerate() {
                let inlined = is_inlined || depth > 0;
                frames.push(profile.frame(Frame { function, line, column, inlined, ..frame }));
            }
            let place = self.locations.place(&frames);
            add_id(self.wire, &mut self.locations.places, id, place, (body, "Location"))?;
        }
        Ok(())
    }

    fn read_line(&mut self, body: &'a [u8]) -> Result<Line> {
        let (mut function_id, mut line, mut column) = <(Number<'a>, Number<'a>, Number<'a>)>::default();
        let mut fields = self.wire.fields(&LINE, body);
        while let Some(field) = fields.next()? {
            match field.number {
                1 => function_id = field.number(),
                2 => line = field.number(),
                _ => column = field.number(),
            }
        }
        let Some(function) = self.functions.value(function_id.value) else {
            let message = format!("Line.function_id: expected the id of a function, found {}", function_id.value);
            return Err(self.wire.error(body, message));
        };
        Ok(Line { function, line: self.line_number(line), column: self.line_number(column) })
    }

    fn line_number(&mut self, number: Number<'_>) -> Option<NonZeroU32> {
        let line = u32::try_from(number.signed());
        if line.is_err() {
            self.odd_lines.push(number.signed());
        }
        line.ok().and_then(NonZeroU32::new)
    }

    /// Returns the frames of the locations that were read.
    pub(super) fn locations(&self) -> &Locations {
        &self.locations
    }

    /// Notes what was odd.
    pub(super) fn note(&self, notes: &mut Notes) {
        let count = self.odd_lines.len() as u64;
        if count > 0 {
            let what = "line and column numbers that cannot be any were passed over";
            notes.add(NoteKind::Skipped, what, count, "numbers|number", || self.odd_lines.first().map(i64::to_string));
        }
        if self.missing_mappings > 0 {
            let what = "locations name a mapping that is not there";
            notes.add(NoteKind::Odd, what, self.missing_mappings, "locations|location", || None);
        }
    }
}

impl Locations {
    /// Returns the frames of a location; none if there is no such location.
    pub(super) fn frames(&self, id: u64) -> Option<Located<'_>> {
        let place = self.places.value(id)?.get();
        if place & SEVERAL == 0 {
            return Some(Located::One(FrameId::from_index(place as usize - 1)));
        }
        let &(start, count) = self.runs.get((place & !SEVERAL) as usize)?;
        self.frames.get(start as usize..)?.get(..count as usize).map(Located::Several)
    }

    /// Returns what is kept of a location with these frames.
    fn place(&mut self, frames: &[FrameId]) -> NonZeroU32 {
        let place = match *frames {
            [frame] if frame.index() < SEVERAL as usize - 1 => frame.index() as u32 + 1,
            _ => {
                // Frames and locations are fewer than bytes of input, which is less than 4 GiB, by far.
                self.runs.push((self.frames.len() as u32, frames.len() as u32));
                self.frames.extend_from_slice(frames);
                SEVERAL | (self.runs.len() - 1) as u32
            }
        };
        NonZeroU32::new(place).unwrap_or(NonZeroU32::MAX)
    }
}

/// Enters what an id stands for; the id must be its own and not 0.
fn add_id<'a, T: Copy>(
    wire: &Wire<'a>,
    ids: &mut Ids<T>,
    id: Number<'a>,
    value: T,
    (body, what): (&[u8], &str),
) -> Result<()> {
    if id.value == 0 {
        return Err(wire.error(body, format!("{what}.id: expected an id other than 0")));
    }
    if ids.insert(id.value, value).is_some() {
        return Err(wire.error(id.at, format!("{what}.id: expected an id of its own, found {} again", id.value)));
    }
    Ok(())
}
