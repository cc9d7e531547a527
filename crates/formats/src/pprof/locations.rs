//! Locations and functions made of frames.
//!
//! A location is an address with all functions that are there, while the model has a frame for each:
//!
//! ```text
//! path, root first                        locations, leaf first
//! main    0x10                            2: 0x4f  lines parse, handle
//! handle  0x4f                            1: 0x10  line main
//! parse   0x4f   inlined
//! ```

use super::message;
use super::table::TextTable;
use profkit_core::{Frame, FrameId, FunctionId, Id, Map, Profile};
use std::num::NonZeroU32;

/// The locations and functions that samples have used so far; their ids count up from 1.
pub(super) struct Locations<'p> {
    profile: &'p Profile,
    /// For each frame, its location on its own. It is looked up for each frame of each stack, and is kept small for that.
    singles: Vec<Single>,
    groups: Map<Vec<FrameId>, u64>,
    /// Where the frames of each location end; they start where those of the one before end.
    ends: Vec<usize>,
    frames: Vec<FrameId>,
    function_ids: Map<Option<FunctionId>, u64>,
    functions: Vec<Option<FunctionId>>,
}

/// The location of one frame: its id, 0 if there is none yet, and a bit for a frame that is inlined and may belong to
/// the location of the one before.
#[derive(Clone, Copy)]
struct Single(u32);

/// The bit of inlined frames.
const INLINED: u32 = 1 << 31;

impl Single {
    fn of(frame: &Frame) -> Single {
        Single(if frame.inlined { INLINED } else { 0 })
    }

    fn is_inlined(self) -> bool {
        self.0 & INLINED != 0
    }

    /// Returns whether this is the id of a frame that is not inlined.
    fn is_known(self) -> bool {
        (1..INLINED).contains(&self.0)
    }

    fn id(self) -> Option<u64> {
        Some(u64::from(self.0 & !INLINED)).filter(|&id| id != 0)
    }

    /// Sets the id. One that is too large is not remembered: the frame gets another location each time.
    fn set(&mut self, id: u64) {
        let id = u32::try_from(id).ok().filter(|id| id & INLINED == 0);
        self.0 = self.0 & INLINED | id.unwrap_or(0);
    }
}

impl<'p> Locations<'p> {
    /// Returns no locations yet.
    pub(super) fn new(profile: &'p Profile) -> Locations<'p> {
        Locations {
            profile,
            singles: profile.frames.iter().map(|(_, frame)| Single::of(&frame)).collect(),
            groups: Map::default(),
            ends: Vec::new(),
            frames: Vec::new(),
            function_ids: Map::default(),
            functions: Vec::new(),
        }
    }

    /// Fills `ids` with the locations of a path, leaf first.
    pub(super) fn add(&mut self, path: &[FrameId], ids: &mut Vec<u64>) {
        ids.clear();
        let mut are_known = true;
        ids.extend(path.iter().rev().map(|frame| {
            let single = self.singles.get(frame.index()).copied().unwrap_or(Single(0));
            are_known &= single.is_known();
            u64::from(single.0)
        }));
        if !are_known {
            self.add_new(path, ids);
        }
    }

    /// Does so for any path, of frames that are inlined or were not met before.
    fn add_new(&mut self, path: &[FrameId], ids: &mut Vec<u64>) {
        ids.clear();
        let mut rest = path;
        while let Some((&first, after)) = rest.split_first() {
            let is_inlined = |frame: &FrameId| self.singles.get(frame.index()).is_some_and(|it| it.is_inlined());
            let inside = if after.first().is_some_and(is_inlined) {
                let holder = self.profile.frames[first];
                after.iter().take_while(|&&frame| is_inside(holder, self.profile.frames[frame])).count()
            } else {
                0
            };
            let (run, next) = rest.split_at(inside + 1);
            ids.push(self.id(run, first));
            rest = next;
        }
        ids.reverse();
    }

    /// Returns the id of the location with these frames, of which `first` is the first.
    fn id(&mut self, run: &[FrameId], first: FrameId) -> u64 {
        let next = self.ends.len() as u64 + 1;
        let id = if run.len() == 1 {
            let single = self.singles.get_mut(first.index());
            single.map_or(next, |single| {
                single.id().unwrap_or_else(|| {
                    single.set(next);
                    next
                })
            })
        } else if let Some(&id) = self.groups.get(run) {
            id
        } else {
            self.groups.insert(run.to_vec(), next);
            next
        };
        if id == next {
            self.frames.extend_from_slice(run);
            self.ends.push(self.frames.len());
        }
        id
    }

    /// Returns the ids of all locations.
    pub(super) fn ids(&self) -> std::ops::RangeInclusive<u64> {
        1..=self.ends.len() as u64
    }

    /// Returns a location.
    pub(super) fn message(&mut self, id: u64) -> message::Location {
        let profile = self.profile;
        let row = id as usize - 1;
        let end = |row: usize| self.ends.get(row).copied().unwrap_or_default();
        let range = row.checked_sub(1).map_or(0, end)..end(row);
        let run = self.frames.get(range).unwrap_or_default();
        let holder = run.first().map(|&frame| profile.frames[frame]).unwrap_or_default();
        let frames: Vec<Frame> = run.iter().rev().map(|&frame| profile.frames[frame]).filter(has_line).collect();
        let number = |number: Option<NonZeroU32>| number.map_or(0, |number| i64::from(number.get()));
        let line = frames.into_iter().map(|frame| message::Line {
            function_id: self.function_id(frame.function),
            line: number(frame.line),
            column: number(frame.column),
        });
        message::Location {
            id,
            line: line.collect(),
            mapping_id: holder.mapping.map_or(0, |mapping| mapping.index() as u64 + 1),
            address: holder.address.map_or(0, std::num::NonZeroU64::get),
            is_folded: holder.folded,
            profkit_is_inlined: holder.inlined,
        }
    }

    fn function_id(&mut self, function: Option<FunctionId>) -> u64 {
        let next = self.functions.len() as u64 + 1;
        let id = *self.function_ids.entry(function).or_insert(next);
        if id == next {
            self.functions.push(function);
        }
        id
    }

    /// Returns the ids of the functions of all locations that were made a message.
    pub(super) fn function_ids(&self) -> std::ops::RangeInclusive<u64> {
        1..=self.functions.len() as u64
    }

    /// Returns a function.
    pub(super) fn function(&self, id: u64, texts: &mut TextTable<'p>) -> message::Function {
        let function = self.functions.get(id as usize - 1).copied().flatten();
        let Some(function) = function.map(|function| self.profile.functions[function]) else {
            return message::Function { id, profkit_is_none: true, ..message::Function::default() };
        };
        let name = texts.of(function.name);
        message::Function {
            id,
            name,
            // Like Go's runtime: a function that has but one name is written with both the same.
            system_name: function.system_name.map_or(name, |system_name| texts.of(system_name)),
            filename: function.file.map_or(0, |file| texts.of(file)),
            start_line: function.start_line.map_or(0, |line| i64::from(line.get())),
            profkit_is_none: false,
        }
    }
}

/// Returns whether a frame is a line of a location, and not just its address.
fn has_line(frame: &Frame) -> bool {
    frame.function.is_some() || frame.line.is_some() || frame.column.is_some()
}

/// Returns whether a frame belongs into the location that `holder` starts.
fn is_inside(holder: Frame, frame: Frame) -> bool {
    let place = |frame: Frame| (frame.mapping, frame.address, frame.folded);
    frame.inlined && place(frame) == place(holder) && has_line(&holder) && has_line(&frame)
}
