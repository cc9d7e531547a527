//! Writing: one speedscope profile per thread and value type, in a stream.
//!
//! speedscope refuses a whole file for one bad profile, so what is written is what its importer takes:
//! times never go back, at one instant frames close before others open, children before parents; no
//! sample weighs nothing or less.

mod events;
mod numbers;

use super::file::{FrameEntry, Number, Text};
use super::key::{FileKey, FrameKey, ProfileKey};
use super::{LAYOUT, SCHEMA};
use crate::json::key::ThreadKey;
use numbers::{Ruler, to_json};
use profkit_core::{
    Frame, FrameId, Id, NoteKind, Notes, Profile, Result, Sample, StackId, Thread, ThreadId, WriteOptions,
};
use std::borrow::Cow;
use std::io::{BufWriter, Write};

const EXPORTER: &str = concat!("profkit@", env!("CARGO_PKG_VERSION"));
/// The depth at which speedscope's importer runs out of JavaScript stack.
const VIEWER_DEPTH: u32 = 3_900;
/// About how many bytes a frame takes in a stack, and as events.
const FRAME: u64 = 4;
const EVENTS: u64 = 60;

type Out<'o> = BufWriter<&'o mut dyn Write>;

pub(super) fn write(profile: &Profile, out: &mut dyn Write, options: &WriteOptions, notes: &mut Notes) -> Result<()> {
    let layout = Layout::of(profile, options, notes);
    let threads = threads(profile);
    let tracks = tracks(profile, &threads, layout);
    check_size(profile, &tracks, layout, options)?;
    note_depths(profile, notes);
    let frames = Frames::used_by(profile);
    let mut writer = Writer { profile, layout, frames, out: BufWriter::new(out) };
    writer.head(&threads, &tracks)?;
    writer.shared()?;
    writer.out.write_all(b",\n\"profiles\":[")?;
    for (index, track) in tracks.iter().enumerate() {
        writer.out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        match layout {
            Layout::Sampled => writer.sampled(track)?,
            Layout::Evented { .. } => events::write(&mut writer, track, notes)?,
        }
    }
    writer.out.write_all(b"]}\n")?;
    writer.out.flush()?;
    Ok(())
}

/// How samples are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Sampled,
    Evented { has_calls: bool },
}

impl Layout {
    fn of(profile: &Profile, options: &WriteOptions, notes: &mut Notes) -> Layout {
        let has_calls = profile.samples.has_kept() && profile.value_types.len() == 1;
        match options.option(&LAYOUT) {
            "evented" if !has_calls => {
                let what = "the evented layout needs to know calls: frames that follow each other count as one";
                notes.add(NoteKind::Invented, what, profile.samples.len() as u64, "samples|sample", || None);
                Layout::Evented { has_calls }
            }
            "auto" | "evented" if has_calls => Layout::Evented { has_calls },
            _ => Layout::Sampled,
        }
    }
}

/// The rows of the samples of one thread.
type ThreadRows = (Option<ThreadId>, Vec<usize>);

/// Returns the rows of each thread, in order of first use.
fn threads(profile: &Profile) -> Vec<ThreadRows> {
    let mut threads: Vec<ThreadRows> = Vec::new();
    let mut places: Vec<Option<usize>> = vec![None; profile.threads.len() + 1];
    for (row, sample) in profile.samples.iter().enumerate() {
        let Some(place) = places.get_mut(sample.thread.map_or(0, |thread| thread.index() + 1)) else { continue };
        let place = *place.get_or_insert_with(|| {
            threads.push((sample.thread, Vec::new()));
            threads.len() - 1
        });
        if let Some((_, rows)) = threads.get_mut(place) {
            rows.push(row);
        }
    }
    threads
}

/// One profile of the file.
struct Track<'t> {
    thread: Option<ThreadId>,
    /// The row of the thread in the list of the file.
    thread_row: Option<usize>,
    column: Option<usize>,
    rows: &'t [usize],
}

/// Returns the profiles to write: for each thread those values that it has, and one if there is none.
fn tracks<'t>(profile: &Profile, threads: &'t [ThreadRows], layout: Layout) -> Vec<Track<'t>> {
    let mut tracks = Vec::new();
    let mut named = 0..;
    for (thread, rows) in threads {
        let thread_row = if thread.is_some() { named.next() } else { None };
        for column in 0..profile.value_types.len() {
            let has_value = |&row: &usize| value(profile.samples.at(row), column) != 0;
            if layout == (Layout::Evented { has_calls: true }) || rows.iter().any(has_value) {
                tracks.push(Track { thread: *thread, thread_row, column: Some(column), rows });
            }
        }
    }
    if tracks.is_empty() {
        // speedscope cannot open a file without profiles.
        let column = Some(profile.default_value()).filter(|&column| column < profile.value_types.len());
        tracks.push(Track { thread: None, thread_row: None, column, rows: &[] });
    }
    tracks
}

fn value(sample: Sample<'_>, column: usize) -> i64 {
    sample.values.get(column).copied().unwrap_or(0)
}

/// Refuses to write without bounds.
fn check_size(profile: &Profile, tracks: &[Track<'_>], layout: Layout, options: &WriteOptions) -> Result<()> {
    if layout == Layout::Sampled {
        let rows =
            tracks.iter().flat_map(|track| track.rows.iter().map(|&row| (track.column, profile.samples.at(row))));
        let written = rows.filter(|&(column, sample)| column.is_some_and(|column| value(sample, column) > 0));
        return profile.check_repeated(written.map(|(_, sample)| sample.stack), |_| FRAME, options).map(drop);
    }
    let opened = |sample: Sample<'_>| {
        let depth = sample.stack.map_or(0, |stack| profile.stacks.depth(stack));
        u64::from(depth.saturating_sub(sample.kept.unwrap_or(0)))
    };
    let opened = profile.samples.iter().map(opened).fold(0, u64::saturating_add);
    profile.check_size(opened.saturating_mul(EVENTS), options)
}

/// Notes what speedscope will refuse to open.
fn note_depths(profile: &Profile, notes: &mut Notes) {
    let depths = profile.samples.iter().filter_map(|sample| sample.stack).map(|stack| profile.stacks.depth(stack));
    let deep = depths.filter(|&depth| depth > VIEWER_DEPTH).count() as u64;
    if deep > 0 {
        let what = format!("speedscope itself opens no stack of more than about {VIEWER_DEPTH} frames");
        notes.add(NoteKind::Odd, what, deep, "samples are deeper|sample is deeper", || None);
    }
}

/// The frames of the file: those that a sample uses, in the order of the profile.
struct Frames {
    listed: Vec<FrameId>,
    indices: Vec<u32>,
}

impl Frames {
    fn used_by(profile: &Profile) -> Frames {
        let mut is_used = vec![false; profile.stacks.len()];
        let use_stack = |is_used: &mut Vec<bool>, stack: Option<StackId>| {
            if let Some(used) = stack.and_then(|stack| is_used.get_mut(stack.index())) {
                *used = true;
            }
        };
        profile.samples.iter().for_each(|sample| use_stack(&mut is_used, sample.stack));
        let mut has_use = vec![false; profile.frames.len()];
        // Parents precede children, so that from the end every parent is marked before it is met.
        for stack in (0..profile.stacks.len()).rev().map(StackId::from_index) {
            if is_used.get(stack.index()) == Some(&true) {
                let (parent, run) = profile.stacks.row(stack);
                use_stack(&mut is_used, parent);
                run.iter().filter_map(|frame| has_use.get_mut(frame.index()).map(|used| *used = true)).for_each(drop);
            }
        }
        let mut listed = Vec::new();
        let mut indices = vec![0; profile.frames.len()];
        for ((id, _), index) in
            profile.frames.iter().zip(&mut indices).filter(|((id, _), _)| has_use.get(id.index()) == Some(&true))
        {
            *index = listed.len() as u32;
            listed.push(id);
        }
        Frames { listed, indices }
    }

    fn index(&self, frame: FrameId) -> u32 {
        self.indices.get(frame.index()).copied().unwrap_or_default()
    }
}

struct Writer<'w> {
    profile: &'w Profile,
    layout: Layout,
    frames: Frames,
    out: Out<'w>,
}

impl Writer<'_> {
    fn head(&mut self, threads: &[ThreadRows], tracks: &[Track<'_>]) -> Result<()> {
        let profile = self.profile;
        write!(self.out, "{{\"$schema\":\"{SCHEMA}\",\n\"exporter\":\"{EXPORTER}\",\n")?;
        if let Some(title) = &profile.meta.title {
            self.out.write_all(b"\"name\":")?;
            to_json(&mut self.out, title)?;
            self.out.write_all(b",\n")?;
        }
        let default = Some(profile.default_value());
        let active = tracks.iter().position(|track| track.column == default).unwrap_or(0);
        write!(self.out, "\"activeProfileIndex\":{active},\n\"profkit\":")?;
        let threads = threads.iter().filter_map(|&(thread, _)| thread);
        let threads = threads.map(|thread| ThreadKey::of(profile, thread)).collect();
        to_json(&mut self.out, &FileKey::of(profile, threads))
    }

    fn shared(&mut self) -> Result<()> {
        self.out.write_all(b",\n\"shared\":{\"frames\":[")?;
        for (index, &frame) in self.frames.listed.iter().enumerate() {
            self.out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
            to_json(&mut self.out, &frame_entry(self.profile, self.profile.frames[frame]))?;
        }
        self.out.write_all(b"]}")?;
        Ok(())
    }

    /// Writes a profile up to, and without, what tells its samples.
    fn begin(&mut self, kind: &str, track: &Track<'_>, ruler: &Ruler, sum: i128) -> Result<()> {
        write!(self.out, "{{\"type\":\"{kind}\",\"name\":")?;
        to_json(&mut self.out, &title(self.profile, track))?;
        write!(self.out, ",\"unit\":\"{}\",\"startValue\":", ruler.unit)?;
        ruler.write(&mut self.out, ruler.start)?;
        self.out.write_all(b",\"endValue\":")?;
        ruler.write(&mut self.out, ruler.start.saturating_add(sum))
    }

    fn sampled(&mut self, track: &Track<'_>) -> Result<()> {
        let profile = self.profile;
        let ruler = Ruler::of(profile, track.column)?;
        let samples = || {
            let samples = track.rows.iter().map(|&row| profile.samples.at(row));
            let samples = samples.map(|sample| (sample, track.column.map_or(0, |column| value(sample, column))));
            samples.filter(|&(_, value)| value > 0)
        };
        self.begin("sampled", track, &ruler, samples().map(|(_, value)| ruler.length(value)).sum())?;
        self.out.write_all(b",\"profkit\":")?;
        to_json(&mut self.out, &ProfileKey { value: track.column, thread: track.thread_row, ..ProfileKey::default() })?;
        self.out.write_all(b",\n\"samples\":[")?;
        let (mut path, mut indices) = (Vec::new(), Vec::new());
        for (index, (sample, _)) in samples().enumerate() {
            indices.clear();
            if let Some(stack) = sample.stack {
                profile.stacks.read_path(stack, &mut path);
                indices.extend(path.iter().map(|&frame| self.frames.index(frame)));
            }
            self.out.write_all(if index == 0 { b"" } else { b"," })?;
            to_json(&mut self.out, &indices)?;
        }
        self.out.write_all(b"],\n\"weights\":[")?;
        for (index, (_, value)) in samples().enumerate() {
            self.out.write_all(if index == 0 { b"" } else { b"," })?;
            ruler.write(&mut self.out, ruler.length(value))?;
        }
        self.out.write_all(b"]}")?;
        Ok(())
    }
}

fn frame_entry(profile: &Profile, frame: Frame) -> FrameEntry<'_> {
    let function = frame.function.map(|function| profile.functions[function]);
    let function_file = function.and_then(|function| function.file);
    let line = frame.line.or(function.and_then(|function| function.start_line));
    let number = |number: Option<std::num::NonZeroU32>| Number(number.map(|number| f64::from(number.get())));
    let text = |id| Cow::Borrowed(&profile.strings[id]);
    FrameEntry {
        name: function.map_or(Cow::Borrowed(""), |function| text(function.name)),
        file: frame.file.or(function_file).map(|id| Text(text(id))),
        line: number(line),
        col: number(frame.column),
        profkit: frame.file.map(|_| FrameKey { file: function_file.map(|id| profile.strings[id].to_owned()) }),
    }
}

/// Returns what speedscope shows in its list of profiles: the thread, and the value if there are several.
fn title(profile: &Profile, track: &Track<'_>) -> String {
    let thread = track.thread.map(|thread| thread_title(profile, profile.threads[thread]));
    let value_type = track.column.and_then(|column| profile.value_types.get(column));
    let value = value_type.map_or("", |value_type| value_type.kind.as_str());
    match (thread, profile.value_types.len()) {
        (Some(thread), 0..=1) => thread,
        (Some(thread), _) => format!("{thread} - {value}"),
        (None, 0..=1) => profile.meta.title.clone().unwrap_or_else(|| value.to_owned()),
        (None, _) => value.to_owned(),
    }
}

fn thread_title(profile: &Profile, thread: Thread) -> String {
    let Thread { process, id, name, .. } = thread;
    let text = |id| profile.strings.text(id);
    let process = process.map_or(String::new(), |_| format!("{} / ", text(process)));
    match (name, id) {
        (Some(_), Some(_)) => format!("{process}{} ({})", text(name), text(id)),
        (Some(_), None) => format!("{process}{}", text(name)),
        (None, _) => format!("{process}thread {}", text(id)),
    }
}
