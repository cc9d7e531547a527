//! Reading: frames, then the stacks of each profile, then the values, whose unit is known last.

use super::cut::Cut;
use super::events;
use super::file::{File, FrameEntry, IndexLists, Number, ProfileEntry, parse, parse_part};
use super::numbers::{Numbers, Shown, difference, number, scaled};
use super::plan::{Plan, Track};
use profkit_core::{
    Amounts, Decimal, Dimension, Error, Frame, FrameHashes, FrameId, Function, Input, Map, NoteKind, Notes, Paths,
    Place, Profile, ReadOptions, Result, Sample, StackId, ThreadId, in_order,
};
use std::num::NonZeroU32;

/// How many bytes of samples are parsed at once. What has no more is read without any thread.
const PART: usize = 1 << 18;

pub(super) fn read(input: Input<'_>, options: &ReadOptions, notes: &mut Notes) -> Result<Profile> {
    read_in_parts(input, options, PART, notes)
}

/// Parses samples of so many bytes at once; the profile is the same for any number of them.
pub(super) fn read_in_parts(
    input: Input<'_>,
    options: &ReadOptions,
    size: usize,
    notes: &mut Notes,
) -> Result<Profile> {
    if let Some(Cut { rest, samples }) = Cut::of(input, size) {
        let mut own_notes = Notes::new();
        if let Ok(profile) = parse(&rest).and_then(|file| read_file(file, &samples, options, &mut own_notes)) {
            notes.append(own_notes);
            return Ok(profile);
        }
        // What is wrong, and where, is seen by whoever reads the file as one.
    }
    read_file(parse(input.bytes())?, &[], options, notes)
}

/// Reads a file whose samples are in it, or in parts for each of its profiles.
fn read_file(
    mut file: File<'_>,
    samples: &[(usize, Vec<&[u8]>)],
    options: &ReadOptions,
    notes: &mut Notes,
) -> Result<Profile> {
    let key = file.profkit.as_ref().map(super::key::FileKey::invented).transpose();
    let invented = key.map_err(|message| Error::malformed(message).at(path("profkit.invented")))?;
    let mut plan = Plan::of(&mut file, notes)?;
    let mut profile = Profile::new(std::mem::take(&mut plan.value_types));
    profile.set_max_depth(options.max_depth);
    profile.meta.title = plan.title.take();
    profile.meta.producer = plan.producer.take();
    profile.meta.default_value = plan.default_value;
    profile.meta.invented = invented.unwrap_or_default();
    let frames = frames(&file.shared.frames, plan.start_lines, &mut profile, notes);
    let known = Known { hashes: profile.frame_hashes(), frames };
    let threads: Vec<ThreadId> = plan.threads.iter().map(|thread| thread.thread(&mut profile)).collect();
    let amounts = profile.value_types.iter().map(|_| Amounts::new()).collect();
    let mut reader = Reader { profile, known: &known, threads: options.threads(), amounts, notes };
    let mut tracks = Vec::with_capacity(plan.tracks.len());
    let mut cut = samples.iter().peekable();
    for (index, (entry, track)) in file.profiles.into_iter().zip(plan.tracks).enumerate() {
        let parts = cut.next_if(|(place, _)| *place == index).map_or(&[][..], |(_, parts)| parts);
        let Some(track) = track else {
            check_empty(&entry, parts, index)?;
            continue;
        };
        let thread = track.thread.and_then(|thread| threads.get(thread)).copied();
        let rows = reader.rows(entry, parts, index, &track)?;
        tracks.push(Placed { column: track.column, thread, rows });
    }
    reader.finish(&tracks)
}

pub(super) fn path(path: impl Into<String>) -> Place {
    Place::Path(path.into())
}

/// Interns the frames, in the order of the file.
fn frames(entries: &[FrameEntry<'_>], start_lines: bool, profile: &mut Profile, notes: &mut Notes) -> Vec<FrameId> {
    let mut ids = Vec::with_capacity(entries.len());
    for entry in entries {
        let mut place = |number: Number| {
            let number = number.0.filter(|&number| number != 0.0)?;
            let place = (number >= 1.0 && number <= f64::from(u32::MAX) && number.fract() == 0.0)
                .then(|| NonZeroU32::new(number as u32))
                .flatten();
            if place.is_none() {
                let what = "lines and columns that are not whole numbers from 1 are left out";
                notes.add(NoteKind::Skipped, what, 1, "numbers|number", || format!("{number} of {:?}", entry.name));
            }
            place
        };
        let (line, column) = (place(entry.line), place(entry.col));
        let file = entry.file.as_ref().map(|file| &*file.0);
        let (file, line_file) = match &entry.profkit {
            Some(key) => (key.file.as_deref(), file),
            None => (file.filter(|file| !file.is_empty()), None),
        };
        let (start_line, line) = if start_lines { (line, None) } else { (None, line) };
        let name = profile.string(&entry.name);
        let file = file.map(|file| profile.string(file));
        let function = profile.function(Function { file, start_line, ..Function::named(name) });
        let file = line_file.map(|file| profile.string(file));
        ids.push(profile.frame(Frame { function: Some(function), file, line, column, ..Frame::default() }));
    }
    ids
}

/// A profile that has no value must have no samples either.
fn check_empty(entry: &ProfileEntry<'_>, parts: &[&[u8]], index: usize) -> Result<()> {
    let samples = entry.samples.as_ref().map_or(0, IndexLists::len);
    let events = entry.events.as_ref().map_or(0, |events| events.frames.len());
    if samples + events + parts.len() == 0 {
        return Ok(());
    }
    let message = "expected the value that the samples are of, found none";
    Err(Error::malformed(message).at(path(format!("profiles[{index}].profkit.value"))))
}

/// The samples of one profile but for their values.
pub(super) struct Rows {
    pub(super) stacks: Vec<Option<StackId>>,
    /// What events tell beside the stacks: calls kept, and the time.
    pub(super) calls: Option<Vec<(u32, Option<i64>)>>,
}

/// Rows with their place in the model.
struct Placed {
    column: usize,
    thread: Option<ThreadId>,
    rows: Rows,
}

/// The frames of a file.
pub(super) struct Known {
    pub(super) frames: Vec<FrameId>,
    hashes: FrameHashes,
}

pub(super) struct Reader<'n> {
    pub(super) profile: Profile,
    pub(super) known: &'n Known,
    threads: usize,
    amounts: Vec<Amounts>,
    pub(super) notes: &'n mut Notes,
}

impl Known {
    /// Returns the error of an index beyond the frames.
    fn error(&self, index: u32, place: String) -> Error {
        let message = format!("expected a frame index below {}, found {index}", self.frames.len());
        Error::malformed(message).at(path(place))
    }

    /// Returns the stacks of samples up to the first that has a frame that there is not, and the error of it.
    fn paths(&self, samples: &IndexLists, index: usize) -> (Paths<'_>, Result<()>) {
        let mut paths = Paths::with_capacity(&self.hashes, samples.len(), samples.frames());
        for (row, indices) in samples.iter().enumerate() {
            if let Some(depth) = indices.iter().position(|&frame| frame as usize >= self.frames.len()) {
                let frame = indices.get(depth).copied().unwrap_or_default();
                return (paths, Err(self.error(frame, format!("profiles[{index}].samples[{row}][{depth}]"))));
            }
            paths.push_numbered(indices, &self.frames);
        }
        (paths, Ok(()))
    }
}

impl Reader<'_> {
    fn rows(&mut self, entry: ProfileEntry<'_>, parts: &[&[u8]], index: usize, track: &Track) -> Result<Rows> {
        let missing = |name: &str| {
            let message = format!("expected {name}, found none");
            Error::malformed(message).at(path(format!("profiles[{index}]")))
        };
        let bound =
            |json: Option<&serde_json::value::RawValue>, name: &str| match json.map(serde_json::value::RawValue::get) {
                // dotnet-trace writes its bounds in quotes.
                Some(text) => number(text.trim_matches('"')).map(Some).ok_or_else(|| {
                    let message = format!("expected a number, found {}", excerpt(text));
                    Error::malformed(message).at(path(format!("profiles[{index}].{name}")))
                }),
                None => Ok(None),
            };
        let bounds = (bound(entry.start_value, "startValue")?, bound(entry.end_value, "endValue")?);
        if bounds.0.is_none() || bounds.1.is_none() {
            let what = "profiles without startValue or endValue";
            self.notes.add(
                NoteKind::Odd,
                what,
                1,
                "profiles begin or end with their samples|profile begins or ends with its samples",
                || entry.name.clone(),
            );
        }
        match entry.kind.as_deref() {
            Some("sampled") => {
                let samples = entry.samples.ok_or_else(|| missing("samples"))?;
                let weights = entry.weights.ok_or_else(|| missing("weights"))?;
                let mut rows = self.sampled(&samples, parts, &weights, index, track)?;
                self.rest(&mut rows, &weights, bounds, index, track)?;
                Ok(rows)
            }
            Some("evented") if parts.is_empty() => {
                let events = entry.events.ok_or_else(|| missing("events"))?;
                events::rows(self, &events, bounds, index, track)
            }
            Some(kind) => {
                let message = format!("expected \"sampled\" or \"evented\", found {kind:?}");
                Err(Error::malformed(message).at(path(format!("profiles[{index}].type"))))
            }
            None => Err(missing("a type")),
        }
    }

    fn sampled(
        &mut self,
        samples: &IndexLists,
        parts: &[&[u8]],
        weights: &Numbers<'_>,
        index: usize,
        track: &Track,
    ) -> Result<Rows> {
        let check_number = |samples: usize| {
            let message = format!("expected a weight for each of the {samples} samples, found {}", weights.len());
            let error = || Error::malformed(message).at(path(format!("profiles[{index}].weights")));
            if samples == weights.len() { Ok(()) } else { Err(error()) }
        };
        let (known, threads) = (self.known, self.threads);
        let mut stacks = Vec::with_capacity(weights.len());
        let mut add = |(paths, end): (Paths<'_>, Result<()>)| -> Result<()> {
            for row_of_paths in 0..paths.len() {
                let row = stacks.len();
                let at = |error: Error| error.at(path(format!("profiles[{index}].samples[{row}]")));
                stacks.push(self.profile.stack_of(&paths, row_of_paths).map_err(at)?);
                let place = || format!("profiles[{index}].weights[{row}]");
                let weight = weights.at(row).map_err(|found| not_a_number(found, place))?;
                self.amount(weight, track, place)?;
            }
            end
        };
        if parts.is_empty() {
            check_number(samples.len())?;
            add(known.paths(samples, index))?;
        } else {
            let parsed = |part: &&[u8]| Ok(known.paths(&parse_part(part)?, index));
            in_order(parts, threads, &parsed, &mut |paths: Result<_>| add(paths?))?;
            check_number(stacks.len())?;
        }
        Ok(Rows { stacks, calls: None })
    }

    /// Adds what is left between the last sample and the end as time without a stack, as speedscope does.
    fn rest(
        &mut self,
        rows: &mut Rows,
        weights: &Numbers<'_>,
        (start, end): (Option<Decimal>, Option<Decimal>),
        index: usize,
        track: &Track,
    ) -> Result<()> {
        let length = end.and_then(|end| difference(end, start.unwrap_or(Decimal::from(0))));
        let take = |left: Decimal, weight: usize| difference(left, weights.at(weight).ok()?);
        let rest = length.and_then(|length| (0..weights.len()).try_fold(length, take));
        let (Some(length), Some(rest)) = (length, rest) else { return Ok(()) };
        // Less than that is what floating-point sums are off by.
        if magnitude(rest) <= magnitude(length) * 1e-9 {
            return Ok(());
        }
        let what = "profiles whose samples end before endValue";
        self.notes.add(
            NoteKind::Odd,
            what,
            1,
            "profiles have time without a stack at the end|profile has time without a stack at the end",
            || None,
        );
        rows.stacks.push(None);
        self.amount(rest, track, || format!("profiles[{index}].endValue"))
    }

    /// Returns the frame of an index of the file.
    pub(super) fn frame(&self, index: u32, place: impl FnOnce() -> String) -> Result<FrameId> {
        self.known.frames.get(index as usize).copied().ok_or_else(|| self.known.error(index, place()))
    }

    /// Adds a value to the column of a profile.
    pub(super) fn amount(&mut self, number: Decimal, track: &Track, place: impl FnOnce() -> String) -> Result<()> {
        let Some(count) = scaled(number, track.power, track.factor) else {
            let message = format!("expected a multiple of {}, found {}", track.factor, Shown(number));
            return Err(Error::malformed(message).at(path(place())));
        };
        let is_too_large = match count.exponent {
            0 => i64::try_from(count.mantissa).is_err(),
            _ => magnitude(count).abs() >= i64::MAX as f64,
        };
        if is_too_large {
            return Err(Error::overflow("the value").at(path(place())));
        }
        if let Some(amounts) = self.amounts.get_mut(track.column) {
            amounts.push(count);
        }
        Ok(())
    }

    /// Adds the rows to the profile, now that the unit of each column is known.
    fn finish(mut self, tracks: &[Placed]) -> Result<Profile> {
        let mut columns = Vec::with_capacity(self.amounts.len());
        for (amounts, value_type) in std::mem::take(&mut self.amounts).into_iter().zip(&mut self.profile.value_types) {
            let unit = &mut value_type.unit;
            let finest = if unit.dimension == Dimension::Time { -12 } else { -6 };
            let finest = i8::saturating_sub(finest, unit.exponent).min(0);
            let (counts, exponent, rounding) = amounts.finish(finest).map_err(|error| error.at(path("profiles")))?;
            unit.exponent = unit.exponent.saturating_add(exponent);
            rounding.note(self.notes, &format!("steps of 1e{exponent} {}", unit.name));
            columns.push(counts.into_iter());
        }
        // The threads in the order of their first profile.
        let mut places: Map<Option<ThreadId>, usize> = Map::default();
        let mut groups: Vec<Vec<(&Placed, Vec<i64>)>> = Vec::new();
        for track in tracks {
            let column = columns.get_mut(track.column);
            let values = column.map_or(Vec::new(), |column| column.take(track.rows.stacks.len()).collect());
            let place = *places.entry(track.thread).or_insert(groups.len());
            match groups.get_mut(place) {
                Some(group) => group.push((track, values)),
                None => groups.push(vec![(track, values)]),
            }
        }
        for group in &groups {
            let is_joined = group.len() > 1 && group.iter().all(|(track, _)| track.rows.calls.is_none());
            if is_joined { self.push_joined(group) } else { self.push_each(group) }
        }
        Ok(self.profile)
    }

    fn push_each(&mut self, group: &[(&Placed, Vec<i64>)]) {
        let mut row = vec![0; self.profile.value_types.len()];
        for (track, values) in group {
            for (index, (&stack, &value)) in track.rows.stacks.iter().zip(values).enumerate() {
                if let Some(cell) = row.get_mut(track.column) {
                    *cell = value;
                }
                let call = track.rows.calls.as_ref().and_then(|calls| calls.get(index).copied());
                let (kept, time_ns) = call.map_or((None, None), |(kept, time_ns)| (Some(kept), time_ns));
                let thread = track.thread;
                self.profile.samples.push(Sample { stack, values: &row, time_ns, thread, labels: None, kept });
            }
            row.fill(0);
        }
    }

    /// Adds profiles of one thread that show different values: the n-th sample of a stack in one of them
    /// and the n-th sample of that stack in another are the same sample.
    fn push_joined(&mut self, group: &[(&Placed, Vec<i64>)]) {
        let stride = self.profile.value_types.len();
        let (mut stacks, mut rows): (Vec<Option<StackId>>, Vec<i64>) = (Vec::new(), Vec::new());
        let mut places: Map<(Option<StackId>, u32), usize> = Map::default();
        for (track, values) in group {
            let mut seen: Map<Option<StackId>, u32> = Map::default();
            for (&stack, &value) in track.rows.stacks.iter().zip(values) {
                let nth = seen.entry(stack).or_default();
                let place = *places.entry((stack, *nth)).or_insert(stacks.len());
                *nth += 1;
                if place == stacks.len() {
                    stacks.push(stack);
                    rows.resize(rows.len() + stride, 0);
                }
                if let Some(cell) = rows.get_mut(place * stride + track.column) {
                    *cell = value;
                }
            }
        }
        let thread = group.first().and_then(|(track, _)| track.thread);
        for (&stack, values) in stacks.iter().zip(rows.chunks_exact(stride)) {
            self.profile.samples.push(Sample { thread, ..Sample::new(stack, values) });
        }
    }
}

/// Returns about how large a number is.
fn magnitude(number: Decimal) -> f64 {
    number.mantissa as f64 * 10f64.powi(number.exponent)
}

/// Returns the error of something that stands where a number should.
pub(super) fn not_a_number(found: &str, place: impl FnOnce() -> String) -> Error {
    Error::malformed(format!("expected a number, found {}", excerpt(found))).at(path(place()))
}

fn excerpt(json: &str) -> String {
    let mut text: String = json.chars().take(40).collect();
    if text.len() < json.len() {
        text.push_str("...");
    }
    text
}
