//! From lines to a profile.

use super::lines::{CHUNK, How, Lines, Part, lines};
use super::names::{Located, Spelling};
use super::{COUNTS, austin};
use profkit_core::{
    Amounts, Dimension, Frame, FrameHashes, FrameId, Function, Id, Input, Notes, Paths, Profile, ReadOptions, Result,
    Sample, Samples, StringId, in_order,
};

/// Decimals are kept down to this power of ten of a second; what is counted may always be a time.
const FINEST: i8 = -12;

pub(super) fn read(input: Input<'_>, options: &ReadOptions, notes: &mut Notes) -> Result<Profile> {
    read_in_chunks(input, options, CHUNK, notes)
}

/// Reads so many bytes at once; the profile is the same for any number of them.
pub(super) fn read_in_chunks(
    input: Input<'_>,
    options: &ReadOptions,
    chunk: usize,
    notes: &mut Notes,
) -> Result<Profile> {
    let mut profile = Profile::default();
    profile.set_max_depth(options.max_depth);
    let (only_one, max_depth, threads) = (options.option(&COUNTS) == "one", options.max_depth, options.threads());
    let mut lines = lines(input, How { only_one, max_depth, threads, chunk }, &mut profile, notes)?;
    let frames = frames(&lines, &mut profile);
    let columns = values(std::mem::take(&mut lines.columns), &mut profile, notes)?;
    profile.samples = Samples::new(columns.len());
    let hashes = profile.frame_hashes();
    let sum = |count: fn(&Part) -> usize| lines.parts.iter().map(count).sum();
    profile.stacks.reserve(sum(|part| part.rows.len()), sum(|part| part.paths.len()));
    let paths = |part: &Part| paths(part, &frames, &hashes);
    let mut parts = lines.parts.iter();
    let mut values = vec![0; columns.len()];
    in_order(&lines.parts, threads, &paths, &mut |paths: Paths<'_>| -> Result<()> {
        let Some(part) = parts.next() else { return Ok(()) };
        for (index, row) in part.rows.iter().enumerate() {
            let stack = profile.stack_of(&paths, index)?;
            for (value, column) in values.iter_mut().zip(&columns) {
                *value = column.get(profile.samples.len()).copied().unwrap_or_default();
            }
            let thread = row.thread.and_then(|thread| part.threads.get(thread as usize)).copied();
            profile.samples.push(Sample { thread, ..Sample::new(stack, &values) });
        }
        Ok(())
    })?;
    Ok(profile)
}

/// Returns the stacks of some lines.
fn paths<'h>(part: &Part, frames: &[FrameId], hashes: &'h FrameHashes) -> Paths<'h> {
    let frames: Vec<FrameId> = part.frames.iter().filter_map(|id| frames.get(id.index()).copied()).collect();
    let mut paths = Paths::with_capacity(hashes, part.rows.len(), part.paths.len());
    let mut start = 0;
    for row in &part.rows {
        let path = part.paths.get(start..row.end).unwrap_or_default();
        paths.push_numbered(path, &frames);
        start = row.end;
    }
    paths
}

/// Returns the frame of each distinct spelling.
fn frames(lines: &Lines, profile: &mut Profile) -> Vec<FrameId> {
    let spelled = || (0..lines.frames.len()).map(|index| &lines.frames[StringId::from_index(index)]);
    let spelling = Spelling::of(spelled());
    spelled()
        .map(|text| {
            let located = if lines.is_austin { austin::located(text) } else { spelling.parse(text) };
            let Located { name, file, line } = located.unwrap_or(Located::only_name(text));
            let line = line.flatten();
            let is_start = !lines.is_austin && spelling == Spelling::Pstats;
            let (start_line, line) = if is_start { (line, None) } else { (None, line) };
            let name = profile.string(name);
            let file = profile.text(file);
            let function = profile.function(Function { file, start_line, ..Function::named(name) });
            profile.frame(Frame { function: Some(function), line, ..Frame::default() })
        })
        .collect()
}

/// Returns the columns of values, each in the exponent that its decimals need, to which it sets their units.
fn values(columns: Vec<Amounts>, profile: &mut Profile, notes: &mut Notes) -> Result<Vec<Vec<i64>>> {
    let mut finished = Vec::with_capacity(columns.len());
    for (amounts, value_type) in columns.into_iter().zip(&mut profile.value_types) {
        let unit = &mut value_type.unit;
        let finest = if unit.dimension == Dimension::Time { FINEST.saturating_sub(unit.exponent) } else { FINEST };
        let (values, exponent, rounding) = amounts.finish(finest.min(0))?;
        rounding.note(notes, &format!("1e{exponent} {}", unit.name));
        unit.exponent = unit.exponent.saturating_add(exponent);
        finished.push(values);
    }
    Ok(finished)
}
