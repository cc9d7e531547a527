//! Samples as events. What each sample means is what the reader makes of the events: one sample whenever
//! the position moves on, and one when a frame closes that no sample has shown yet.

use super::numbers::{Ruler, to_json};
use super::{Layout, Track, Writer, value};
use crate::speedscope::key::ProfileKey;
use profkit_core::{FrameId, NoteKind, Notes, Result, Sample, StackId};
use std::io::Write;

pub(super) fn write(writer: &mut Writer<'_>, track: &Track<'_>, notes: &mut Notes) -> Result<()> {
    let profile = writer.profile;
    let has_calls = writer.layout == (Layout::Evented { has_calls: true });
    let column = track.column.unwrap_or(0);
    let samples = || {
        let samples = track.rows.iter().map(|&row| profile.samples.at(row));
        samples.map(|sample| (sample, value(sample, column))).filter(|&(_, value)| has_calls || value > 0)
    };
    let has_times = has_calls && samples().any(|(sample, _)| sample.time_ns.is_some());
    let told = if has_times { times_as_positions(writer, track, samples()) } else { None };
    let ruler = match told {
        Some(ruler) => ruler,
        None => Ruler::of(profile, track.column)?,
    };
    writer.begin("evented", track, &ruler, samples().map(|(_, value)| ruler.length(value)).sum())?;
    writer.out.write_all(b",\n\"events\":[")?;
    let mut walk = Walk::new(writer, ruler);
    for (sample, value) in samples() {
        let kept = if has_calls { sample.kept.unwrap_or(0) as usize } else { walk.common(sample.stack) };
        walk.step(sample, kept, value)?;
    }
    walk.close_to(0)?;
    let times = walk.times;
    let times = (has_times && told.is_none()).then_some(times);
    if let Some(times) = &times {
        let what = "samples that do not begin where the one before ends are drawn as if they did";
        notes.add(NoteKind::Odd, what, times.len() as u64, "samples|sample", || None);
    }
    let (value, thread) = (track.column, track.thread_row);
    let key = ProfileKey { value, thread, calls: has_calls, timestamps: told.is_some(), times };
    writer.out.write_all(b"],\n\"profkit\":")?;
    to_json(&mut writer.out, &key)?;
    writer.out.write_all(b"}")?;
    Ok(())
}

/// Returns the scale on which every sample begins at its time, if each ends where the next begins.
fn times_as_positions<'s>(
    writer: &Writer<'_>,
    track: &Track<'_>,
    mut samples: impl Iterator<Item = (Sample<'s>, i64)> + Clone,
) -> Option<Ruler> {
    let unit = &writer.profile.value_types.get(track.column?)?.unit;
    let start = samples.clone().next()?.0.time_ns?;
    let ruler = Ruler::since(unit, start)?;
    let mut position = ruler.start;
    samples
        .all(|(sample, value)| {
            let is_there = sample.time_ns.is_some() && sample.time_ns == ruler.nanoseconds(position);
            position = position.saturating_add(ruler.length(value));
            is_there
        })
        .then_some(ruler)
}

/// The state of a profile between two events.
struct Walk<'k, 'w> {
    writer: &'k mut Writer<'w>,
    ruler: Ruler,
    position: i128,
    open: Vec<FrameId>,
    /// Frames on their way into `open`, innermost first; empty between steps.
    opened: Vec<FrameId>,
    /// How many of the open frames a sample has shown.
    shown: usize,
    /// Whether nothing opened or closed since the position moved last.
    is_quiet: bool,
    is_first: bool,
    /// The time of the last row.
    time_ns: Option<i64>,
    /// The times of the samples that the events mean.
    times: Vec<Option<i64>>,
}

impl<'k, 'w> Walk<'k, 'w> {
    fn new(writer: &'k mut Writer<'w>, ruler: Ruler) -> Walk<'k, 'w> {
        Walk {
            writer,
            ruler,
            position: ruler.start,
            open: Vec::new(),
            opened: Vec::new(),
            shown: 0,
            is_quiet: false,
            is_first: true,
            time_ns: None,
            times: Vec::new(),
        }
    }

    /// Returns how many of the open frames a stack begins with.
    fn common(&self, stack: Option<StackId>) -> usize {
        let mut path = Vec::new();
        if let Some(stack) = stack {
            self.writer.profile.stacks.read_path(stack, &mut path);
        }
        self.open.iter().zip(&path).take_while(|(open, frame)| open == frame).count()
    }

    /// Closes what is not kept, opens the rest of the stack, and moves on by the value.
    fn step(&mut self, sample: Sample<'_>, kept: usize, value: i64) -> Result<()> {
        let stacks = &self.writer.profile.stacks;
        let depth = sample.stack.map_or(0, |stack| stacks.depth(stack) as usize);
        self.close_to(kept.min(depth))?;
        let above = depth.saturating_sub(self.open.len());
        let mut opened = std::mem::take(&mut self.opened);
        opened.extend(sample.stack.into_iter().flat_map(|stack| stacks.leaf_to_root(stack)).take(above));
        while let Some(frame) = opened.pop() {
            self.event("O", frame)?;
            self.open.push(frame);
        }
        self.opened = opened;
        if value > 0 {
            if !self.is_quiet {
                self.times.push(sample.time_ns);
            }
            self.is_quiet = true;
            self.shown = self.open.len();
            self.position = self.position.saturating_add(self.ruler.length(value));
        }
        self.time_ns = sample.time_ns;
        Ok(())
    }

    fn close_to(&mut self, depth: usize) -> Result<()> {
        while self.open.len() > depth {
            if self.open.len() > self.shown {
                self.times.push(self.time_ns);
                self.shown = self.open.len();
            }
            if let Some(frame) = self.open.pop() {
                self.event("C", frame)?;
            }
            self.shown = self.shown.min(self.open.len());
        }
        Ok(())
    }

    fn event(&mut self, kind: &str, frame: FrameId) -> Result<()> {
        self.is_quiet = false;
        let index = self.writer.frames.index(frame);
        let out = &mut self.writer.out;
        out.write_all(if self.is_first { b"" } else { b",\n" })?;
        self.is_first = false;
        write!(out, "{{\"type\":\"{kind}\",\"frame\":{index},\"at\":")?;
        self.ruler.write(out, self.position)?;
        out.write_all(b"}")?;
        Ok(())
    }
}
