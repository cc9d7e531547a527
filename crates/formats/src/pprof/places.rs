//! Mappings, functions and locations, by the ids that samples and lines use for them.

use super::ids::Ids;
use super::layout::{FUNCTION, LINE, LOCATION, MAPPING};
use super::texts::Texts;
use super::wire::{Number, Wire};
use profkit_core::{
    Frame, FrameId, Function, FunctionId, Mapping, MappingId, NoteKind, Notes, Profile, Result, Symbols,
};
use std::num::{NonZeroU32, NonZeroU64};

/// What the ids in a file stand for.
pub(super) struct Places<'w, 'a> {
    wire: &'w Wire<'a>,
    mapping_ids: Ids,
    mappings: Vec<MappingId>,
    function_ids: Ids,
    /// None stands for a function of a line that has none.
    functions: Vec<Option<FunctionId>>,
    location_ids: Ids,
    /// Where the frames of each location end; they start where those of the one before end.
    ends: Vec<usize>,
    frames: Vec<FrameId>,
    missing_mappings: u64,
    odd_lines: Vec<i64>,
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
            mapping_ids: Ids::new(0),
            mappings: Vec::new(),
            function_ids: Ids::new(0),
            functions: Vec::new(),
            location_ids: Ids::new(0),
            ends: Vec::new(),
            frames: Vec::new(),
            missing_mappings: 0,
            odd_lines: Vec::new(),
        }
    }

    /// Adds the mappings to the profile.
    pub(super) fn read_mappings(
        &mut self,
        bodies: &[&'a [u8]],
        texts: &mut Texts<'_, 'a>,
        profile: &mut Profile,
    ) -> Result<()> {
        self.mapping_ids = Ids::new(bodies.len());
        for (row, body) in bodies.iter().enumerate() {
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
            add_id(self.wire, &mut self.mapping_ids, id, row, body, "Mapping")?;
            mapping.file = texts.some_id(profile, filename)?;
            mapping.build_id = texts.some_id(profile, build_id)?;
            self.mappings.push(profile.mapping(mapping));
        }
        Ok(())
    }

    /// Adds the functions to the profile.
    pub(super) fn read_functions(
        &mut self,
        bodies: &[&'a [u8]],
        texts: &mut Texts<'_, 'a>,
        profile: &mut Profile,
    ) -> Result<()> {
        self.function_ids = Ids::new(bodies.len());
        for (row, body) in bodies.iter().enumerate() {
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
            add_id(self.wire, &mut self.function_ids, id, row, body, "Function")?;
            let name = texts.id(profile, name)?;
            let function = Function {
                system_name: texts.some_id(profile, system_name)?,
                file: texts.some_id(profile, filename)?,
                start_line: self.line_number(start_line),
                ..Function::named(name)
            };
            self.functions.push((!is_none).then(|| profile.function(function)));
        }
        Ok(())
    }

    /// Adds the frames of all locations to the profile.
    pub(super) fn read_locations(&mut self, bodies: &[&'a [u8]], profile: &mut Profile) -> Result<()> {
        self.location_ids = Ids::new(bodies.len());
        let mut lines = Vec::new();
        for (row, body) in bodies.iter().enumerate() {
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
            add_id(self.wire, &mut self.location_ids, id, row, body, "Location")?;
            frame.mapping = self.mapping_ids.row(mapping_id.value).and_then(|row| self.mappings.get(row)).copied();
            self.missing_mappings += u64::from(mapping_id.value != 0 && frame.mapping.is_none());
            if lines.is_empty() {
                self.frames.push(profile.frame(Frame { inlined: is_inlined, ..frame }));
            }
            // The last line is the function that holds the address: the model starts with it.
            for (depth, &Line { function, line, column }) in lines.iter().rev().enumerate() {
                let inlined = is_inlined || depth > 0;
                self.frames.push(profile.frame(Frame { function, line, column, inlined, ..frame }));
            }
            self.ends.push(self.frames.len());
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
        let row = self.function_ids.row(function_id.value);
        let Some(&function) = row.and_then(|row| self.functions.get(row)) else {
            let message = format!("Line.function_id: expected the id of a function, found {}", function_id.value);
            return Err(self.wire.error(body, message));
        };
        Ok(Line { function, line: self.line_number(line), column: self.line_number(column) })
    }

    /// Returns the frames of a location, root first.
    pub(super) fn location(&self, id: u64) -> Option<&[FrameId]> {
        let row = self.location_ids.row(id)?;
        let start = row.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.frames.get(start..*self.ends.get(row)?)
    }

    fn line_number(&mut self, number: Number<'_>) -> Option<NonZeroU32> {
        let line = u32::try_from(number.signed());
        if line.is_err() {
            self.odd_lines.push(number.signed());
        }
        line.ok().and_then(NonZeroU32::new)
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

/// Enters the id of a row, which must be its own and not 0.
fn add_id(wire: &Wire<'_>, ids: &mut Ids, id: Number<'_>, row: usize, body: &[u8], what: &str) -> Result<()> {
    if id.value == 0 {
        return Err(wire.error(body, format!("{what}.id: expected an id other than 0")));
    }
    if !ids.insert(id.value, row) {
        return Err(wire.error(id.at, format!("{what}.id: expected an id of its own, found {} again", id.value)));
    }
    Ok(())
}
