//! Events into samples: one whenever time moves on, and one for each call that opens and closes at the
//! same instant, so that none is lost.
//!
//! ```text
//! O main 0   O f 0   C f 5   O g 5   C g 5   O f 5   C f 9   C main 9
//!
//! main;f   5   kept 0
//! main;g   0   kept 1     the call of main goes on
//! main;f   4   kept 1     another call of f
//! ```

use super::file::{EventKind, Events};
use super::numbers::{Shown, difference, nanoseconds};
use super::plan::Track;
use super::read::{Reader, Rows, not_a_number, path};
use profkit_core::{Decimal, Error, FrameId, NoteKind, Result, StackId};

/// Returns the samples of an evented profile and adds their values to its column.
pub(super) fn rows(
    reader: &mut Reader<'_>,
    events: &Events<'_>,
    (start, end): (Option<Decimal>, Option<Decimal>),
    index: usize,
    track: &Track,
) -> Result<Rows> {
    let first = if events.frames.is_empty() { end } else { events.at.at(0).ok() };
    let now = start.or(first).unwrap_or(Decimal::from(0));
    let mut clock = Clock::new(reader, track, index, now);
    for (event, (&kind, &frame)) in events.kinds.iter().zip(&events.frames).enumerate() {
        if kind == EventKind::Unknown {
            let what = "events that are neither O nor C are passed over";
            let place = clock.place(event, "");
            clock.reader.notes.add(NoteKind::Skipped, what, 1, "events|event", || place);
            continue;
        }
        let at = events.at.at(event).map_err(|found| not_a_number(found, || clock.place(event, ".at")))?;
        clock.advance(at, event)?;
        let id = clock.reader.frame(frame, || clock.place(event, ".frame"))?;
        match kind {
            EventKind::Open => clock.open(frame, id, event)?,
            _ => clock.close(frame, event)?,
        }
    }
    clock.finish(end)
}

/// Returns the path of a field of an event, or of the end of the profile.
fn place(profile: usize, event: Option<usize>, field: &str) -> String {
    match event {
        Some(event) => format!("profiles[{profile}].events[{event}]{field}"),
        None => format!("profiles[{profile}].endValue"),
    }
}

/// The state of a profile at one instant.
struct Clock<'c, 'n> {
    reader: &'c mut Reader<'n>,
    track: &'c Track,
    index: usize,
    now: Decimal,
    open: Vec<Call>,
    /// How many of the open calls the last sample has shown.
    shared: u32,
    rows: Vec<Option<StackId>>,
    calls: Vec<(u32, Option<i64>)>,
    /// How many times are not whole nanoseconds, and the first of them.
    rounded: u64,
    first_rounded: Option<Decimal>,
}

struct Call {
    frame: u32,
    stack: StackId,
    event: usize,
}

impl<'c, 'n> Clock<'c, 'n> {
    fn new(reader: &'c mut Reader<'n>, track: &'c Track, index: usize, now: Decimal) -> Clock<'c, 'n> {
        let (open, rows, calls) = (Vec::new(), Vec::new(), Vec::new());
        Clock { reader, track, index, now, open, shared: 0, rows, calls, rounded: 0, first_rounded: None }
    }

    fn place(&self, event: usize, field: &str) -> String {
        place(self.index, Some(event), field)
    }

    fn error(&self, message: String, event: usize, field: &str) -> Error {
        Error::malformed(message).at(path(self.place(event, field)))
    }

    /// Moves to the time of an event; what was open until then is a sample.
    fn advance(&mut self, at: Decimal, event: usize) -> Result<()> {
        let Some(passed) = difference(at, self.now) else {
            return Err(Error::overflow("the time between two events").at(path(self.place(event, ".at"))));
        };
        if passed.mantissa < 0 {
            let message = format!("expected a time not before {}, found {}", Shown(self.now), Shown(at));
            return Err(self.error(message, event, ".at"));
        }
        if passed.mantissa > 0 {
            self.sample(passed, Some(event))?;
            self.now = at;
        }
        Ok(())
    }

    /// Adds a sample of what is open.
    fn sample(&mut self, value: Decimal, event: Option<usize>) -> Result<()> {
        let track = self.track;
        let time = match (&track.times, track.seconds) {
            (None, Some(exponent)) => Some(self.time(exponent, event)?),
            _ => None,
        };
        let index = self.index;
        self.reader.amount(value, track, || place(index, event, ".at"))?;
        self.rows.push(self.open.last().map(|call| call.stack));
        self.calls.push((self.shared, time));
        self.shared = self.depth();
        Ok(())
    }

    fn time(&mut self, exponent: i32, event: Option<usize>) -> Result<i64> {
        let (time, is_exact) = nanoseconds(self.now, exponent)
            .ok_or_else(|| Error::overflow("a time in nanoseconds").at(path(place(self.index, event, ".at"))))?;
        if !is_exact {
            self.rounded += 1;
            self.first_rounded.get_or_insert(self.now);
        }
        Ok(time)
    }

    fn depth(&self) -> u32 {
        self.open.len() as u32
    }

    fn open(&mut self, frame: u32, id: FrameId, event: usize) -> Result<()> {
        let stack = self.reader.profile.push(self.open.last().map(|call| call.stack), id);
        let stack = stack.map_err(|error| error.at(path(self.place(event, ""))))?;
        self.open.push(Call { frame, stack, event });
        Ok(())
    }

    fn close(&mut self, frame: u32, event: usize) -> Result<()> {
        match self.open.last() {
            Some(top) if top.frame == frame => {}
            Some(top) => {
                let (top, found) = (self.frame_title(top.frame), self.frame_title(frame));
                let message = format!("expected the end of {top}, which is open on top, found the end of {found}");
                return Err(self.error(message, event, ""));
            }
            None => {
                let found = self.frame_title(frame);
                return Err(self.error(
                    format!("expected an open frame to close, found the end of {found}"),
                    event,
                    "",
                ));
            }
        }
        if self.depth() > self.shared {
            self.sample(Decimal::from(0), Some(event))?;
        }
        self.open.pop();
        self.shared = self.shared.min(self.depth());
        Ok(())
    }

    fn frame_title(&self, frame: u32) -> String {
        let id = self.reader.known.frames.get(frame as usize);
        let name = id.and_then(|&id| self.reader.profile.frame_name(id)).unwrap_or_default();
        format!("frame {frame} ({name})")
    }

    fn finish(mut self, end: Option<Decimal>) -> Result<Rows> {
        if let Some(call) = self.open.last() {
            let message = format!("expected a C event for {}, found none", self.frame_title(call.frame));
            return Err(self.error(message, call.event, ""));
        }
        // Time after the last event is idle. An end before it says nothing, as in speedscope.
        let rest = end.and_then(|end| difference(end, self.now)).filter(|rest| rest.mantissa > 0);
        if let Some(rest) = rest {
            self.sample(rest, None)?;
        }
        if let Some(first) = self.first_rounded {
            let what = "timestamps are rounded to nanoseconds";
            self.reader.notes.add(NoteKind::Rounded, what, self.rounded, "samples|sample", || Shown(first).to_string());
        }
        self.explicit_times()?;
        Ok(Rows { stacks: self.rows, calls: Some(self.calls).filter(|_| self.track.has_calls) })
    }

    /// Takes over the times that the writer has put beside the events.
    fn explicit_times(&mut self) -> Result<()> {
        let Some(times) = &self.track.times else { return Ok(()) };
        if times.len() != self.calls.len() {
            let message =
                format!("expected a time for each of the {} samples, found {}", self.calls.len(), times.len());
            return Err(Error::malformed(message).at(path(format!("profiles[{}].profkit.times", self.index))));
        }
        for ((_, time), &explicit) in self.calls.iter_mut().zip(times) {
            *time = explicit;
        }
        Ok(())
    }
}
