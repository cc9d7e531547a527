//! Frames, stacks and threads of a file as rows of the model.

use super::file::{Body, FrameEntry, Payload};
use super::read::Row;
use profkit_core::{
    Error, Frame, FrameId, Function, Id, Mapping, MappingId, NoteKind, Notes, Place, Profile, Result, Samples, StackId,
    Thread, ThreadId,
};
use std::collections::HashMap;
use std::num::NonZeroU64;

/// The depth at which the SDKs cut a stack.
const MOST_SDK_FRAMES: usize = 128;

/// What is known of all profiles of a file.
#[derive(Default)]
pub(super) struct Places {
    /// The names of threads by source and id.
    names: HashMap<(u32, String), String>,
    /// Samples of stacks as deep as the SDKs let them be.
    cut: u64,
    odd_lines: u64,
    odd_addresses: u64,
}

impl Places {
    /// Returns the samples of one profile.
    pub(super) fn rows(
        &mut self,
        profile: &mut Profile,
        payload: &Payload<'_>,
        body: &Body<'_>,
        source: u32,
        notes: &mut Notes,
    ) -> Result<Vec<Row>> {
        let (Some(entries), Some(lists), Some(samples)) = (&body.frames, &body.stacks, &body.samples) else {
            return Ok(Vec::new());
        };
        let mappings = mappings(profile, payload);
        let mut frames = Vec::with_capacity(entries.len());
        for (row, entry) in entries.iter().enumerate() {
            frames.push(self.frame(profile, entry, &mappings, row)?);
        }
        let stacks = stacks(profile, lists, &frames)?;
        let threads = self.threads(profile, payload, body, source, notes)?;
        let is_foreign = payload.profkit.is_none();
        let mut rows = Vec::with_capacity(samples.stacks.len());
        let places = samples.stacks.iter().zip(&samples.threads).zip(&samples.times_ns);
        for (index, ((&stack, &thread), &time_ns)) in places.enumerate() {
            let Some(&id) = stacks.get(stack as usize) else {
                let message = format!("expected a stack index below {}, found {stack}", stacks.len());
                return Err(Error::malformed(message).at(Place::Path(format!("profile.samples[{index}].stack_id"))));
            };
            self.cut += u64::from(is_foreign && lists.at(stack as usize).len() == MOST_SDK_FRAMES);
            let thread = (thread as usize).checked_sub(1).and_then(|row| threads.get(row).copied().flatten());
            rows.push((id, thread, time_ns));
        }
        Ok(rows)
    }

    fn frame(
        &mut self,
        profile: &mut Profile,
        entry: &FrameEntry<'_>,
        mappings: &[MappingId],
        row: usize,
    ) -> Result<FrameId> {
        let key = entry.profkit.as_ref();
        let has_function = [&entry.function, &entry.module, &entry.filename, &entry.abs_path, &entry.symbol]
            .iter()
            .any(|word| word.text().is_some());
        let function = has_function.then(|| {
            let name = profile.string(entry.function.text().unwrap_or_default());
            let mut text = |word: &super::words::Word<'_>| word.filled().map(|text| profile.string(text));
            let (system_name, module) = (text(&entry.symbol), text(&entry.module));
            let (file, full_path) = (text(&entry.filename), text(&entry.abs_path));
            profile.function(Function { system_name, module, file, full_path, ..Function::named(name) })
        });
        let written = entry.instruction_addr.filled();
        let address = written.and_then(address);
        self.odd_addresses += u64::from(written.is_some_and(|text| address.is_none() && !is_zero(text)));
        self.odd_lines += u64::from(entry.lineno.1) + u64::from(entry.colno.1);
        let mapping = match (key.and_then(|key| key.mapping), entry.package.filled()) {
            (Some(index), _) => Some(*mappings.get(index).ok_or_else(|| {
                let message = format!("expected a mapping before {}, found {index}", mappings.len());
                Error::malformed(message).at(Place::Path(format!("profile.frames[{row}].profkit.mapping")))
            })?),
            (None, Some(package)) => {
                let file = Some(profile.string(package));
                Some(profile.mapping(Mapping { file, ..Mapping::default() }))
            }
            (None, None) => None,
        };
        Ok(profile.frame(Frame {
            function,
            line: entry.lineno.0,
            column: entry.colno.0,
            address: key.and_then(|key| key.address).or(address),
            mapping,
            in_app: entry.in_app,
            ..Frame::default()
        }))
    }

    /// Returns the threads of one profile, in the order of its samples.
    fn threads(
        &mut self,
        profile: &mut Profile,
        payload: &Payload<'_>,
        body: &Body<'_>,
        source: u32,
        notes: &mut Notes,
    ) -> Result<Vec<Option<ThreadId>>> {
        let Some(samples) = &body.samples else { return Ok(Vec::new()) };
        let own = payload.profkit.as_ref().and_then(|key| key.threads.as_ref());
        let mut threads = Vec::with_capacity(samples.names.len());
        for (row, id) in samples.names.iter().enumerate() {
            if let Some(own) = own {
                let index = id.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                let Some(key) = index.and_then(|index| own.get(index)) else {
                    let message = format!("expected a thread up to {}, found {id:?}", own.len());
                    return Err(Error::malformed(message).at(Place::Path("profkit.threads".to_owned())));
                };
                threads.push(key.as_ref().map(|key| key.thread(profile)));
                continue;
            }
            let entry = body.thread_metadata.as_ref().and_then(|known| known.get(&**id)?.as_ref());
            let queue = samples.queues.get(row).and_then(Option::as_deref);
            let queue = body.queue_metadata.as_ref().and_then(|known| known.get(queue?)?.as_ref());
            // The main queue serves whatever thread asks for it.
            let queue = queue.and_then(|queue| queue.label.filled()).filter(|label| *label != "com.apple.main-thread");
            if let Some(name) = entry.and_then(|entry| entry.name.filled()).or(queue) {
                let known = self.names.entry((source, id.clone().into_owned())).or_insert_with(|| name.to_owned());
                if known != name {
                    let what = "a thread that was renamed keeps its first name";
                    notes.add(NoteKind::Odd, what, 1, "threads|thread", || name.to_owned());
                }
            }
            let id = profile.text(id);
            threads.push(Some(profile.thread(Thread { source, id, ..Thread::default() })));
        }
        Ok(threads)
    }

    /// Gives the threads their names, now that all parts have told theirs.
    pub(super) fn name_threads(&self, profile: &mut Profile) -> Result<()> {
        if self.names.is_empty() {
            return Ok(());
        }
        let threads: Vec<Thread> = profile.threads.iter().map(|(_, thread)| thread).collect();
        let mut named = Vec::with_capacity(threads.len());
        profile.threads = Default::default();
        for thread in threads {
            let key = (thread.source, profile.strings.text(thread.id).to_owned());
            let name = self.names.get(&key).map(|name| profile.string(name));
            named.push(profile.thread(Thread { name: thread.name.or(name), ..thread }));
        }
        let samples = std::mem::replace(&mut profile.samples, Samples::new(profile.value_types.len()));
        for sample in samples.iter() {
            let thread = sample.thread.and_then(|id| named.get(id.index()).copied());
            profile.samples.push(profkit_core::Sample { thread, ..sample });
        }
        Ok(())
    }

    pub(super) fn note(&self, notes: &mut Notes) {
        if self.cut > 0 {
            let what = format!("stacks of exactly {MOST_SDK_FRAMES} frames: SDKs cut there, Python's at the leaf");
            notes.add(NoteKind::Odd, what, self.cut, "samples|sample", || None);
        }
        if self.odd_lines > 0 {
            let what = "lines and columns that are not whole numbers from 1 are left out";
            notes.add(NoteKind::Skipped, what, self.odd_lines, "numbers|number", || None);
        }
        if self.odd_addresses > 0 {
            let what = "addresses that are not hexadecimal numbers are left out";
            notes.add(NoteKind::Skipped, what, self.odd_addresses, "addresses|address", || None);
        }
    }
}

fn mappings(profile: &mut Profile, payload: &Payload<'_>) -> Vec<MappingId> {
    let mut mappings = Vec::new();
    for key in payload.profkit.iter().flat_map(|key| &key.mappings) {
        let mapping = key.mapping(profile);
        mappings.push(profile.mapping(mapping));
    }
    mappings
}

/// Interns all stacks, used or not; one without frames is time without a stack.
fn stacks(profile: &mut Profile, lists: &super::samples::Stacks, frames: &[FrameId]) -> Result<Vec<Option<StackId>>> {
    let mut stacks = Vec::with_capacity(lists.len());
    let mut path = Vec::new();
    for row in 0..lists.len() {
        path.clear();
        for (depth, &frame) in lists.at(row).iter().enumerate() {
            let Some(&id) = frames.get(frame as usize) else {
                let message = format!("expected a frame index below {}, found {frame}", frames.len());
                return Err(Error::malformed(message).at(Place::Path(format!("profile.stacks[{row}][{depth}]"))));
            };
            path.push(id);
        }
        path.reverse();
        let at = |error: Error| error.at(Place::Path(format!("profile.stacks[{row}]")));
        stacks.push(if path.is_empty() { None } else { Some(profile.stack(&path).map_err(at)?) });
    }
    Ok(stacks)
}

/// Returns the number that a hexadecimal or decimal text spells.
fn address(text: &str) -> Option<NonZeroU64> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let number = match digits {
        Some(digits) => u64::from_str_radix(digits, 16).ok()?,
        None => text.parse().ok()?,
    };
    NonZeroU64::new(number)
}

fn is_zero(text: &str) -> bool {
    text.trim_start_matches("0x").bytes().all(|byte| byte == b'0')
}
