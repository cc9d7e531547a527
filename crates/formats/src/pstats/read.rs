//! From the dict to a call graph.

use super::dialect::Dialect;
use super::object::Text;
use super::postscript::Postscript;
use super::seconds::Count;
use super::stats::{Caller, CallerNumbers, Entry, Key, Stats};
use profkit_core::{
    Arc, CallGraph, Error, Frame, FrameId, Function, FunctionId, Id, Input, Map, NoteKind, Notes, Period, Place,
    Profile, ReadOptions, Result, Role, Rounding, StringId, Total, ValueType,
};
use std::num::NonZeroU32;

pub(super) fn read(input: Input<'_>, _: &ReadOptions, notes: &mut Notes) -> Result<Profile> {
    let mut stats = Stats::new(input)?;
    let dialect = Dialect::of(&mut stats)?;
    let rest = stats.rest();
    let postscript = Postscript::parse(rest);
    if postscript.is_none() && !rest.is_empty() {
        let place = || input.byte(rest).to_string();
        notes.add(
            NoteKind::Odd,
            "bytes behind the profile are passed over, as Python does",
            rest.len() as u64,
            "bytes|byte",
            place,
        );
    }
    let postscript = postscript.unwrap_or_default();
    stats.rewind()?;
    let mut builder = Builder::new(stats, dialect.as_told(&postscript), &postscript, notes);
    while let Some(entry) = builder.stats.entry()? {
        builder.entry(entry)?;
    }
    let profile = builder.finish();
    if postscript.made_up.is_empty() { Ok(profile) } else { Ok(profile.without(postscript.made_up)?.0) }
}

/// The value types of a file: time and, in a sampled one, the samples themselves.
fn value_types(dialect: &Dialect, postscript: &Postscript) -> Vec<ValueType> {
    let mut time = ValueType::new("time", "nanoseconds");
    time.unit = time.unit.with_exponent(dialect.scale.exponent());
    let samples = ValueType::unnamed().with_role(Role::Observations);
    match (postscript.has_no_values, dialect.is_sampled) {
        (true, _) => Vec::new(),
        (false, true) => vec![time, samples],
        (false, false) => vec![time],
    }
}

struct Builder<'a, 'n> {
    stats: Stats<'a>,
    dialect: Dialect,
    notes: &'n mut Notes,
    profile: Profile,
    graph: CallGraph,
    /// What keys stand for, by the places of their texts.
    keys: Map<(u32, u32, i64), (FrameId, FunctionId)>,
    strings: Map<u32, StringId>,
    has_entry: Vec<bool>,
    rounding: Rounding,
    /// What rounding has left over of the own costs so far.
    carry: f64,
}

impl<'a, 'n> Builder<'a, 'n> {
    fn new(stats: Stats<'a>, dialect: Dialect, postscript: &Postscript, notes: &'n mut Notes) -> Self {
        let mut profile = Profile::new(value_types(&dialect, postscript));
        if let Some(seconds) = dialect.interval
            && let Ok(Count { whole, .. }) = dialect.scale.count(seconds)
        {
            profile.meta.period = Some(Period { value_type: profile.value_types.first().cloned(), value: whole });
        }
        let graph = CallGraph::new(profile.value_types.len());
        let (keys, strings, has_entry, rounding) = (Map::default(), Map::default(), Vec::new(), Rounding::default());
        Builder { stats, dialect, notes, profile, graph, keys, strings, has_entry, rounding, carry: 0.0 }
    }

    fn entry(&mut self, entry: Entry) -> Result<()> {
        let Entry::Function { at, key, cc, nc, tt, ct } = entry else { return Ok(()) };
        let (frame, function) = self.function(&key);
        self.has_entry.resize(self.has_entry.len().max(frame.index() + 1), false);
        if self.has_entry.get_mut(frame.index()).is_some_and(|has| std::mem::replace(has, true)) {
            self.odd("functions are listed twice and were added up", "functions|function", &key);
        }
        if tt < 0.0 || ct < 0.0 {
            self.odd("times are below zero: the profiler took off more than it cost", "functions|function", &key);
        }
        let own = self.own_time(tt).map_err(|error| error.at(Place::Byte(at)))?;
        let total = self.time(ct).map_err(|error| error.at(Place::Byte(at)))?;
        let (calls, primitive) = self.function_calls(cc, nc, &key);
        self.graph.add_own(frame, self.costs(&[own, cc]));
        self.graph.add_total(Total {
            function,
            calls: calls.as_ref().map(std::slice::from_ref),
            primitive_calls: primitive.as_ref().map(std::slice::from_ref),
            inclusive: Some(self.costs(&[total, nc])),
        });
        let interval = if nc > 0 { ct / nc as f64 } else { 0.0 };
        while let Some(caller) = self.stats.caller()? {
            let at = Place::Byte(caller.at);
            self.caller(&caller, function, interval).map_err(|error| error.at(at))?;
        }
        Ok(())
    }

    fn caller(&mut self, caller: &Caller, callee: FunctionId, interval: f64) -> Result<()> {
        let key = &caller.key;
        let (frame, _) = self.function(key);
        match caller.numbers {
            CallerNumbers::Count(samples) if self.dialect.is_sampled => {
                let time = self.time(samples as f64 * interval)?;
                let costs = [time, samples];
                self.graph.add_arc(Arc { inclusive: Some(self.costs(&costs)), ..Arc::new(frame, callee) });
            }
            CallerNumbers::Count(calls) => {
                let calls = self.known(calls, key);
                let calls = calls.as_ref().map(std::slice::from_ref);
                self.graph.add_arc(Arc { calls, ..Arc::new(frame, callee) });
            }
            CallerNumbers::Full { .. } if self.dialect.is_sampled => {
                return Err(Error::malformed("expected the samples of a caller, found times"));
            }
            CallerNumbers::Full { nc, cc, tt, ct, parts } => {
                if parts > 1 {
                    self.odd("callers stand there several times and were added up", "callers|caller", key);
                }
                let [calls, primitive] = [nc, cc].map(|calls| self.known(calls, key));
                let (own, inclusive) = ([self.time(tt)?], [self.time(ct)?]);
                self.graph.add_arc(Arc {
                    calls: calls.as_ref().map(std::slice::from_ref),
                    primitive_calls: primitive.as_ref().map(std::slice::from_ref),
                    inclusive: Some(self.costs(&inclusive)),
                    callee_self: Some(self.costs(&own)),
                    ..Arc::new(frame, callee)
                });
            }
        }
        Ok(())
    }

    /// Returns the calls and the primitive calls of a function, as far as they are known.
    fn function_calls(&mut self, cc: i64, nc: i64, key: &Key) -> (Option<i64>, Option<i64>) {
        if self.dialect.is_sampled {
            return (None, None);
        }
        let mut counts = [nc, cc];
        if self.dialect.is_swapped && cc > nc {
            counts = [cc, nc];
            self.odd("call counts stand the wrong way round, as yappi writes them", "functions|function", key);
        }
        let [calls, primitive] = counts.map(|calls| self.known(calls, key));
        (calls, primitive)
    }

    fn known(&mut self, calls: i64, key: &Key) -> Option<i64> {
        if calls < 0 && self.dialect.has_unknown_counts {
            self.odd("call counts are below zero, so they are unknown", "counts|count", key);
            return None;
        }
        Some(calls)
    }

    /// Returns as many of the numbers as there are value types.
    fn costs<'c>(&self, numbers: &'c [i64]) -> &'c [i64] {
        numbers.get(..self.graph.stride()).unwrap_or_default()
    }

    fn time(&mut self, seconds: f64) -> Result<i64> {
        let Count { whole, left } = self.dialect.scale.count(seconds)?;
        self.rounded(-left);
        Ok(whole)
    }

    /// Returns an own cost. What is rounded away is carried to the next that has a fraction, so that the
    /// sum is the rounded sum.
    fn own_time(&mut self, seconds: f64) -> Result<i64> {
        let Count { whole, left } = self.dialect.scale.count(seconds)?;
        if left == 0.0 {
            return Ok(whole);
        }
        let steps = (left + self.carry).round();
        self.carry += left - steps;
        self.rounded(steps - left);
        // At most one step is added to a count that is far from the largest.
        Ok(whole.saturating_add(steps as i64))
    }

    fn rounded(&mut self, change: f64) {
        if change != 0.0 {
            self.rounding.count += 1;
            self.rounding.largest = self.rounding.largest.max(change.abs());
            self.rounding.sum += change;
        }
    }

    /// Returns the frame and the function of a key, which stands there anew for each of its callees.
    fn function(&mut self, key: &Key) -> (FrameId, FunctionId) {
        let place = (key.file.place(), key.name.place(), key.line);
        if let Some(&known) = self.keys.get(&place) {
            return known;
        }
        let found = self.new_function(key);
        self.keys.insert(place, found);
        found
    }

    fn new_function(&mut self, key: &Key) -> (FrameId, FunctionId) {
        let name = self.string(key.name);
        // Built-in functions have the file `~`; an empty file name is what the `profile` module gives them.
        let file = (!self.stats.is(key.file, "~")).then(|| self.string(key.file));
        let line = u32::try_from(key.line).ok().and_then(NonZeroU32::new);
        let (start_line, line) = if self.dialect.is_sampled { (None, line) } else { (line, None) };
        let known = self.profile.frames.len();
        let function = self.profile.function(Function { file, start_line, ..Function::named(name) });
        let frame = self.profile.frame(Frame { function: Some(function), line, ..Frame::default() });
        if frame.index() == known {
            self.odd_key(key);
        }
        (frame, function)
    }

    /// Returns the id of a text, which may be long and stand for many.
    fn string(&mut self, text: Text) -> StringId {
        *self.strings.entry(text.place()).or_insert_with(|| {
            if !self.stats.is_utf8(text) {
                let what = "the bytes of names that are not UTF-8 are spelled \\xff";
                self.notes.add(NoteKind::Renamed, what, 1, "names|name", || self.stats.text(text).into_owned());
            }
            self.profile.string(&self.stats.text(text))
        })
    }

    /// Notes what is odd about a key, when it comes up first.
    fn odd_key(&mut self, key: &Key) {
        if key.is_code {
            self.odd("names are the code that was run, as the profile module writes them", "functions|function", key);
        }
        if u32::try_from(key.line).is_err() {
            self.odd("lines that cannot be are left out", "functions|function", key);
        }
    }

    fn odd(&mut self, what: &str, of: &'static str, key: &Key) {
        self.notes.add(NoteKind::Odd, what, 1, of, || self.stats.text(key.name).into_owned());
    }

    fn finish(mut self) -> Profile {
        let exponent = self.dialect.scale.exponent();
        let unit = if exponent == super::seconds::NANO { "nanoseconds".to_owned() } else { format!("1e{exponent} s") };
        self.rounding.note(self.notes, &unit);
        if self.dialect.is_sampled {
            self.notes.remark(NoteKind::Odd, "the profile was sampled: counts are of samples, not of calls");
        }
        self.profile.calls.push(self.graph);
        self.profile
    }
}
