//! Lines of costs: of a place itself, and of what it calls.
//!
//! ```text
//! fn=work
//! 27 4                line 27 cost 4
//! cfn=scale
//! calls=2 9           scale, which starts on line 9, was called twice
//! +1 104              from line 28, and cost 104 with all that it called
//! ```

use super::header::Position;
use super::lines::{count, digits, subposition, word};
use super::read::{Caller, Known, Next, Reader};
use profkit_core::{Arc, Error, Frame, FrameId, Function, FunctionId, Id, NoteKind, Profile, Result, StringId};
use std::num::{NonZeroU32, NonZeroU64};

impl<'a> Reader<'a, '_> {
    /// Takes a line of costs.
    pub(super) fn costs(&mut self, line: &'a [u8]) -> Result<()> {
        self.check_events(line)?;
        self.is_in_body = true;
        let mut rest = line;
        self.move_to(&mut rest)?;
        let has_counts = self.counts(rest)?;
        match std::mem::replace(&mut self.next, Next::Own) {
            Next::Jump => {}
            Next::Own => {
                let frame = self.frame();
                self.sums.add(&self.costs);
                self.graph.add_own(frame, &self.costs);
            }
            Next::Call { callee, calls } => {
                let caller = self.frame();
                let is_made_up = self.events.mark.as_ref().is_some_and(|mark| mark.made_up_costs);
                let inclusive = Some(&self.costs[..]).filter(|_| has_counts && !is_made_up);
                let calls = calls.as_ref().map(std::slice::from_ref);
                self.graph.add_arc(Arc { calls, inclusive, ..Arc::new(caller, callee) });
            }
        }
        Ok(())
    }

    /// Takes the positions at the start of a line.
    fn move_to(&mut self, rest: &mut &'a [u8]) -> Result<()> {
        for &position in &self.positions {
            let place = self.at.of(position);
            let wrong = |found: &[u8]| self.lines.unlike("a position", found);
            let found = word(rest).ok_or_else(|| wrong(rest))?;
            let to = subposition(found, *place).ok_or_else(|| wrong(found))?;
            *place = to.at;
            if to.is_range {
                let example = || String::from_utf8_lossy(found).into_owned();
                self.notes.add(NoteKind::Skipped, "the ends of ranges are passed over", 1, "lines|line", example);
            }
        }
        Ok(())
    }

    /// Takes the counts at the end of a line, those that are missing being zero, and returns whether there are any.
    fn counts(&mut self, mut rest: &'a [u8]) -> Result<bool> {
        self.costs.fill(0);
        self.room = self.room.checked_sub(self.costs.len()).ok_or_else(|| {
            let what = format!("more lines of {} values than an input of this size can hold", self.costs.len());
            Error::limit(what).at(self.lines.place(rest))
        })?;
        let mut columns = self.columns.iter();
        while let Some(found) = word(&mut rest) {
            let Some(count) = count(&self.lines, found)? else { return Err(self.lines.unlike("a count", found)) };
            let Some(&column) = columns.next() else {
                return Err(self
                    .lines
                    .unlike(&format!("no more counts than the {} events", self.columns.len()), found));
            };
            if let (Some(cost), Some(event)) = (self.costs.get_mut(column), self.events.events.get(column)) {
                *cost = count.checked_mul(event.factor).ok_or_else(|| self.lines.too_large("a count", found))?;
            }
        }
        Ok(columns.len() < self.columns.len())
    }

    /// Takes `calls=2 9`: whom the next line of costs calls.
    pub(super) fn calls(&mut self, counts: &'a [u8], line: &'a [u8]) -> Result<()> {
        if let Next::Call { .. } = self.next {
            return Err(self.lines.unlike("the costs of a call", line));
        }
        let mut rest = counts;
        let found = word(&mut rest).unwrap_or_default();
        let Some((calls, [])) = digits(found) else { return Err(self.lines.unlike("a number of calls", counts)) };
        let calls = calls.and_then(|calls| i64::try_from(calls).ok());
        let calls = calls.ok_or_else(|| self.lines.too_large("a number of calls", found))?;
        let callee = std::mem::take(&mut self.callee);
        let name =
            callee.name.ok_or_else(|| self.lines.unlike("the name of a callee, cfn=, before its calls", line))?;
        let callee = Caller {
            object: callee.object.unwrap_or(self.object),
            file: callee.file.unwrap_or(self.file),
            name,
            id: None,
        };
        let start_line = self.start_line(rest);
        let callee = self.function_of(&callee, start_line);
        let calls = Some(calls).filter(|&calls| match &self.events.mark {
            Some(mark) => !mark.made_up_calls,
            // Most of those who do not count calls write 0.
            None => calls > 0 || self.is_valgrind,
        });
        self.next = Next::Call { callee, calls };
        Ok(())
    }

    /// Returns the line on which the callee starts, where the positions behind its calls tell it.
    fn start_line(&self, mut rest: &[u8]) -> Option<NonZeroU32> {
        if !self.has_start_lines() {
            return None;
        }
        let place = self.positions.iter().position(|&it| it == Position::Line)?;
        let word = std::iter::from_fn(|| word(&mut rest)).nth(place)?;
        line_number(subposition(word, self.at.line)?.at)
    }

    fn has_start_lines(&self) -> bool {
        self.events.mark.as_ref().is_some_and(|mark| mark.start_lines)
    }

    fn function_of(&mut self, function: &Caller, start_line: Option<NonZeroU32>) -> FunctionId {
        let Caller { object, file, name, .. } = *function;
        let place = name.full.index();
        let last = self.last.get(place).copied().flatten();
        if let Some(Known { id, .. }) = last.filter(|it| it.by == (object, file) && start_line.is_none()) {
            return id;
        }
        let id = self.new_function_of(function, start_line);
        if start_line.is_none() {
            self.last.resize(self.last.len().max(place + 1), None);
            if let Some(last) = self.last.get_mut(place) {
                *last = Some(Known { by: (object, file), id });
            }
        }
        id
    }

    fn new_function_of(&mut self, function: &Caller, start_line: Option<NonZeroU32>) -> FunctionId {
        let Caller { object, file, name, .. } = *function;
        if self.is_yappi
            && let Some((name, start_line)) = located(&self.profile, name.full, file)
        {
            let name = self.profile.string(&name);
            return self.profile.function(Function { file, start_line, ..Function::named(name) });
        }
        self.profile.function(Function {
            module: object.filter(|_| self.mappings.is_empty()),
            file,
            context_of: name.plain,
            start_line,
            ..Function::named(name.full)
        })
    }

    /// Returns the frame of the function and the place at hand.
    fn frame(&mut self) -> FrameId {
        let mut line = self.positions.contains(&Position::Line).then(|| line_number(self.at.line)).flatten();
        let address =
            self.positions.contains(&Position::Instruction).then(|| NonZeroU64::new(self.at.instruction)).flatten();
        let starts = if self.has_start_lines() { line.take() } else { None };
        // Where a function starts is known from its name there, and nothing else is a line.
        line = line.filter(|_| !self.is_yappi);
        let caller = self.caller.take();
        let function = caller.as_ref().map(|caller| match caller.id {
            Some(id) if starts.is_none() => id,
            _ => self.function_of(caller, starts),
        });
        let file_of_function = caller.as_ref().and_then(|caller| caller.file);
        let mapping = caller.as_ref().and_then(|caller| self.mappings.get(&caller.object?)).copied();
        self.caller = caller.map(|caller| Caller { id: function.filter(|_| starts.is_none()), ..caller });
        let file: Option<StringId> = self.file.filter(|_| self.file != file_of_function);
        let frame = Frame { function, file, line, address, mapping, ..Frame::default() };
        match self.last_frame {
            Some((last, id)) if last == frame => id,
            _ => self.last_frame.insert((frame, self.profile.frame(frame))).1,
        }
    }
}

/// Returns the parts of a name that ends with its file and the line on which the function starts: `scale tiny.py:9`.
fn located(profile: &Profile, name: StringId, file: Option<StringId>) -> Option<(String, Option<NonZeroU32>)> {
    let (name, line) = profile.strings[name].rsplit_once(':')?;
    let name = name.strip_suffix(&profile.strings[file?])?.strip_suffix(' ')?;
    let line: u32 = line.parse().ok()?;
    (!name.is_empty()).then(|| (name.to_owned(), NonZeroU32::new(line)))
}

/// Returns the line at a position, which may be none at all or lie before the first one.
fn line_number(at: u64) -> Option<NonZeroU32> {
    u32::try_from(at).ok().and_then(NonZeroU32::new)
}
