//! From lines to a profile.

use super::lines::{Lines, lines};
use super::names::{Located, Spelling};
use super::{COUNTS, austin};
use profkit_core::{
    Amounts, Dimension, Frame, FrameId, Function, Id, Input, Notes, Profile, ReadOptions, Result, Sample, Samples,
    StringId,
};

/// Decimals are kept down to this power of ten of a second; what is counted may always be a time.
const FINEST: i8 = -12;

pub(crate) fn read(input: Input<'_>, options: &ReadOptions, notes: &mut Notes) -> Result<Profile> {
    let mut profile = Profile::default();
    profile.set_max_depth(options.max_depth);
    let only_one = options.option(&COUNTS) == "one";
    let lines = lines(input, options, only_one, &mut profile, notes)?;
    let frames = frames(&lines, &mut profile);
    let columns = values(lines.columns, &mut profile, notes)?;
    profile.samples = Samples::new(columns.len());
    let mut path: Vec<FrameId> = Vec::new();
    let mut values = vec![0; columns.len()];
    let mut start = 0;
    for (index, row) in lines.rows.into_iter().enumerate() {
        let spelled = lines.paths.get(start..row.end).unwrap_or_default();
        start = row.end;
        path.clear();
        path.extend(spelled.iter().filter_map(|id| frames.get(id.index()).copied()));
        let stack = if path.is_empty() { None } else { Some(profile.stack(&path)?) };
        for (value, column) in values.iter_mut().zip(&columns) {
            *value = column.get(index).copied().unwrap_or_default();
        }
        profile.samples.push(Sample { thread: row.thread, ..Sample::new(stack, &values) });
    }
    Ok(profile)
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
