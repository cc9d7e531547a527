//! Android traces: calls as events, in JSON as Sentry stores them or in the binary form of the device.
//!
//! A time is of the clock that the trace was taken with. Frames that are open when a frame below them exits close
//! with it; an exit that nothing entered is passed over; what is open at the end closes at the last event.

use super::words::{Line, Nanoseconds, Word};
use profkit_core::{
    Error, Frame, FrameId, Function, NoteKind, Notes, Place, Profile, Result, Sample, StackId, Thread, ThreadId,
};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;

/// What a device records.
#[derive(Debug, Default)]
pub(super) struct Trace<'a> {
    pub(super) clock: Clock,
    pub(super) start_time_ns: i64,
    pub(super) threads: Vec<AndroidThread<'a>>,
    pub(super) methods: Vec<AndroidMethod<'a>>,
    pub(super) events: Vec<AndroidEvent>,
}

/// Which time an event has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Clock {
    #[default]
    Wall,
    Cpu,
    /// Wall time since 1970.
    Global,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "a thread")]
pub(super) struct AndroidThread<'a> {
    pub(super) id: u64,
    #[serde(borrow)]
    pub(super) name: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "a method")]
pub(super) struct AndroidMethod<'a> {
    pub(super) id: u64,
    #[serde(borrow)]
    pub(super) class_name: Word<'a>,
    #[serde(borrow)]
    pub(super) name: Word<'a>,
    #[serde(borrow)]
    pub(super) signature: Word<'a>,
    #[serde(borrow)]
    pub(super) source_file: Word<'a>,
    pub(super) source_line: Line,
}

/// A method is entered or left. Zeros are not written.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, expecting = "an event")]
pub(super) struct AndroidEvent {
    pub(super) action: Action,
    pub(super) thread_id: u64,
    pub(super) method_id: u64,
    pub(super) time: Time,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) enum Action {
    #[default]
    Enter,
    Exit,
    Unwind,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, expecting = "a time")]
pub(super) struct Time {
    #[serde(rename = "Monotonic")]
    pub(super) monotonic: Option<Monotonic>,
    #[serde(rename = "Global")]
    pub(super) global: Option<Span>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, expecting = "a time")]
pub(super) struct Monotonic {
    pub(super) wall: Option<Span>,
    pub(super) cpu: Option<Span>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, expecting = "seconds and nanoseconds")]
pub(super) struct Span {
    pub(super) secs: u64,
    pub(super) nanos: u64,
}

impl Span {
    fn nanoseconds(self) -> Option<i64> {
        let whole = i64::try_from(self.secs).ok()?.checked_mul(1_000_000_000)?;
        whole.checked_add(i64::try_from(self.nanos).ok()?)
    }
}

impl Clock {
    /// Returns the clock of the given name.
    pub(super) fn named(name: &str) -> Option<Clock> {
        match name {
            "Dual" | "Wall" => Some(Clock::Wall),
            "Cpu" => Some(Clock::Cpu),
            "Global" => Some(Clock::Global),
            _ => None,
        }
    }

    /// Returns what the time of this clock is called as a value.
    pub(super) fn kind(self) -> &'static str {
        if self == Clock::Cpu { "cpu" } else { "wall" }
    }

    fn time(self, time: Time, start_time_ns: i64) -> Option<i64> {
        match self {
            Clock::Wall => time.monotonic?.wall?.nanoseconds(),
            Clock::Cpu => time.monotonic?.cpu?.nanoseconds(),
            Clock::Global => time.global?.nanoseconds()?.checked_sub(start_time_ns),
        }
    }
}

/// A thread while its events are read.
#[derive(Default)]
struct Open {
    thread: Option<ThreadId>,
    /// The methods that were entered and not left.
    calls: Vec<(u64, StackId)>,
    /// How many of them the last sample shows.
    shown: u32,
    time_ns: i64,
}

/// Adds a trace to a profile of one value, with times from `shift_ns` on.
pub(super) fn add(
    profile: &mut Profile,
    trace: &Trace<'_>,
    shift_ns: i64,
    source: u32,
    notes: &mut Notes,
) -> Result<()> {
    let mut frames: HashMap<u64, FrameId> = HashMap::new();
    for method in &trace.methods {
        let frame = frame(profile, method);
        frames.insert(method.id, frame);
    }
    let names: HashMap<u64, &Word<'_>> = trace.threads.iter().map(|thread| (thread.id, &thread.name)).collect();
    let mut places: HashMap<u64, usize> = HashMap::new();
    let mut threads: Vec<Open> = Vec::new();
    let (mut backwards, mut unmatched, mut last_ns) = (0, 0, None::<i64>);
    for (row, event) in trace.events.iter().enumerate() {
        let at = |name: &str| Place::Path(format!("profile.events[{row}].{name}"));
        let time_ns = trace.clock.time(event.time, trace.start_time_ns);
        let time_ns = time_ns.and_then(|time_ns| time_ns.checked_add(shift_ns)).ok_or_else(|| {
            Error::malformed(format!("expected a time of the {:?} clock, found none", trace.clock)).at(at("time"))
        })?;
        last_ns = last_ns.max(Some(time_ns));
        let place = *places.entry(event.thread_id).or_insert_with(|| {
            let id = profile.text(&event.thread_id.to_string());
            let name = names.get(&event.thread_id).and_then(|name| name.filled()).map(|name| profile.string(name));
            let thread = Some(profile.thread(Thread { source, process: None, id, name }));
            threads.push(Open { thread, time_ns, ..Open::default() });
            threads.len() - 1
        });
        let Some(open) = threads.get_mut(place) else { continue };
        backwards += u64::from(time_ns < open.time_ns);
        open.move_to(profile, time_ns);
        if event.action == Action::Enter {
            let frame = *frames.entry(event.method_id).or_insert_with(|| {
                let name = profile.string(&format!("method {}", event.method_id));
                let function = Some(profile.function(Function::named(name)));
                profile.frame(Frame { function, ..Frame::default() })
            });
            let parent = open.calls.last().map(|&(_, stack)| stack);
            let stack = profile.push(parent, frame).map_err(|error| error.at(at("method_id")))?;
            open.calls.push((event.method_id, stack));
        } else {
            match open.calls.iter().rposition(|&(method, _)| method == event.method_id) {
                Some(depth) => open.close_to(profile, depth),
                None => unmatched += 1,
            }
        }
    }
    let mut unclosed = 0;
    for open in &mut threads {
        unclosed += open.calls.len() as u64;
        open.move_to(profile, last_ns.unwrap_or(open.time_ns));
    }
    let mut note = |count, what: &str, of| {
        if count > 0 {
            notes.add(NoteKind::Odd, what, count, of, || None);
        }
    };
    note(backwards, "times that go back are taken as the time before", "events|event");
    note(unmatched, "methods that are left but were never entered", "events are passed over|event is passed over");
    note(unclosed, "methods that are never left end with the trace", "calls|call");
    Ok(())
}

impl Open {
    /// Adds what has passed since the last event as a sample.
    fn move_to(&mut self, profile: &mut Profile, time_ns: i64) {
        let value = time_ns.saturating_sub(self.time_ns);
        if value <= 0 {
            return;
        }
        self.sample(profile, value);
        self.time_ns = time_ns;
    }

    fn sample(&mut self, profile: &mut Profile, value: i64) {
        let stack = self.calls.last().map(|&(_, stack)| stack);
        let (time_ns, kept) = (Some(self.time_ns), Some(self.shown));
        let thread = self.thread;
        profile.samples.push(Sample { time_ns, thread, kept, ..Sample::new(stack, &[value]) });
        self.shown = self.calls.len() as u32;
    }

    /// Closes all calls above a depth; those that no sample has shown yet get one that takes no time.
    fn close_to(&mut self, profile: &mut Profile, depth: usize) {
        if self.calls.len() > self.shown as usize {
            self.sample(profile, 0);
        }
        self.calls.truncate(depth);
        self.shown = self.shown.min(depth as u32);
    }
}

fn frame(profile: &mut Profile, method: &AndroidMethod<'_>) -> FrameId {
    let class = method.class_name.filled().unwrap_or_default();
    let name = match (class, method.name.filled().unwrap_or_default()) {
        ("", name) => Cow::Borrowed(name),
        (class, "" | "<init>") => Cow::Borrowed(class),
        (class, name) => Cow::Owned(format!("{class}.{name}")),
    };
    let signature = method.signature.filled().map(|signature| format!("{name}{signature}"));
    let name_id = profile.string(&name);
    let function = Function {
        system_name: signature.map(|name| profile.string(&name)),
        module: profile.text(class),
        file: method.source_file.filled().map(|file| profile.string(file)),
        start_line: method.source_line.0,
        ..Function::named(name_id)
    };
    let function = Some(profile.function(function));
    profile.frame(Frame { function, ..Frame::default() })
}

/// Returns the trace that the parts of a JSON object are.
pub(super) fn from_json<'a>(
    clock: &Word<'_>,
    start_time: Option<Nanoseconds>,
    threads: Vec<AndroidThread<'a>>,
    methods: Vec<AndroidMethod<'a>>,
    events: Vec<AndroidEvent>,
) -> Result<Trace<'a>> {
    let name = clock.text().unwrap_or("Dual");
    let clock = Clock::named(name).ok_or_else(|| {
        let message = format!("expected \"Dual\", \"Wall\", \"Cpu\" or \"Global\", found {name:?}");
        Error::malformed(message).at(Place::Path("profile.clock".to_owned()))
    })?;
    Ok(Trace { clock, start_time_ns: start_time.map_or(0, |it| it.0), threads, methods, events })
}
