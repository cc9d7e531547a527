//! Generated profiles of every shape, for proptest.

mod session;

pub use session::session;

use profkit_core::{
    Arc, CallGraph, Frame, FrameId, Function, FunctionId, LabelValue, Mapping, Period, Profile, Role, Sample, Symbols,
    Thread, ThreadId, Total, Unit, ValueType,
};
use proptest::collection::vec;
use proptest::prelude::*;
use std::num::{NonZeroU32, NonZeroU64};

/// Names that every format can spell.
const PLAIN: &[&str] = &["main", "f", "g", "h", "json.loads", "<module>", "operator()(int)", "naïve", "a b", "T::~T"];
/// Names that some format cannot spell, or takes for something else.
const NASTY: &[&str] = &[
    "",
    "f;g",
    "x 12",
    "# c",
    " lead",
    "trail ",
    "line\nbreak",
    "nul\0",
    "\u{1b}[31m",
    "f (a.py:3)",
    "a.py:3(f)",
    "thread (7): main",
    "\"quoted\"",
    "\\",
    "]]></script>",
    "'",
    "(unknown)",
    "0x10",
    "~",
    ";",
    "9",
    "日本語",
];
const FILES: &[&str] = &["a.py", "b.py", "/usr/lib/c.c", "d e.go"];
const UNITS: &[&str] = &["nanoseconds", "milliseconds", "seconds", "bytes", "kilobytes", "count", "cycles"];
const KINDS: &[&str] = &["cpu", "wall", "alloc_space", "samples"];

/// How far the names of generated profiles go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// Only what every format can spell.
    Plain,
    /// Anything.
    Nasty,
}

/// A generated profile, which shows itself as its dump.
#[derive(Clone)]
pub struct Generated(Profile);

impl std::ops::Deref for Generated {
    type Target = Profile;

    fn deref(&self) -> &Profile {
        &self.0
    }
}

impl std::fmt::Debug for Generated {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&crate::fixtures::dump(&self.0))
    }
}

/// Raw material: numbers that the builders below take modulo what there is.
type Seeds = Vec<(u16, u16, i64, u16)>;

fn seeds(most: usize) -> impl Strategy<Value = Seeds> {
    vec((any::<u16>(), any::<u16>(), -40i64..1_000_000, any::<u16>()), 0..most)
}

/// Returns sampled profiles with any facet that samples can have.
pub fn sampled(names: Names) -> impl Strategy<Value = Generated> {
    (1usize..3, seeds(6), seeds(12), seeds(20), any::<u64>()).prop_map(
        move |(columns, functions, frames, rows, flags)| {
            let mut builder = Builder::new(columns, names, flags);
            builder.frames(&functions, &frames);
            builder.samples(&rows);
            Generated(builder.profile)
        },
    )
}

/// Returns profiles of events: call boundaries and, for times, timestamps.
pub fn evented(names: Names) -> impl Strategy<Value = Generated> {
    (seeds(6), seeds(8), seeds(40), any::<u64>()).prop_map(move |(functions, frames, steps, flags)| {
        let mut builder = Builder::new(1, names, flags & !(1 << NEGATIVE));
        builder.frames(&functions, &frames);
        builder.events(&steps);
        Generated(builder.profile)
    })
}

/// Returns call-graph profiles.
pub fn call_graph(names: Names) -> impl Strategy<Value = Generated> {
    (1usize..3, seeds(6), seeds(8), seeds(20), any::<u64>()).prop_map(
        move |(columns, functions, frames, rows, flags)| {
            let mut builder = Builder::new(columns, names, flags);
            builder.frames(&functions, &frames);
            builder.graphs(&rows);
            Generated(builder.profile)
        },
    )
}

/// Returns call graphs of one thread in which anybody may call anybody, and in which the numbers may be
/// anything or missing: what is stated of functions and arcs rarely fits together.
pub fn tangle() -> impl Strategy<Value = Generated> {
    let number = || prop_oneof![Just(0), Just(1), 2i64..100, 0i64..1_000_000_000, -100i64..0];
    let numbers = move || (number(), number(), number(), number());
    let arcs = vec((any::<u16>(), any::<u16>(), numbers(), 0u8..32), 0..100);
    (1usize..4, vec((numbers(), 0u8..32), 1..25), arcs, any::<u8>()).prop_map(|(columns, functions, arcs, states)| {
        // A bit of `states` takes a number away from all rows, one of a row only from that.
        let stated = |bit: u8, row: u8| states & 1 << bit != 0 && (row & 1 << bit == 0 || states & 1 << 7 != 0);
        let costs = |number: i64| (0..columns as i64).map(|column| number - 7 * column).collect::<Vec<_>>();
        let value_types = (0..columns).map(|column| ValueType::new(&format!("cost{column}"), "count")).collect();
        let mut profile = Profile::new(value_types);
        let mut graph = CallGraph::new(columns);
        let count = functions.len();
        let mut ids = Vec::new();
        for (index, ((own, calls, primitive, total), row)) in functions.into_iter().enumerate() {
            let name = profile.string(&format!("f{index}"));
            let function = profile.function(Function::named(name));
            let frame = profile.frame(Frame { function: Some(function), ..Frame::default() });
            graph.add_own(frame, &costs(own));
            graph.add_total(Total {
                calls: stated(0, row).then_some(&[calls]),
                primitive_calls: stated(1, row).then_some(&[primitive]),
                inclusive: stated(2, row).then_some(&costs(total)),
                ..Total::new(function)
            });
            ids.push((frame, function));
        }
        for (caller, callee, (calls, primitive, own, inclusive), row) in arcs {
            graph.add_arc(Arc {
                calls: stated(0, row).then_some(&[calls]),
                primitive_calls: stated(1, row).then_some(&[primitive]),
                callee_self: stated(3, row).then_some(&costs(own)),
                inclusive: stated(4, row).then_some(&costs(if states & 1 << 5 != 0 { inclusive } else { 0 })),
                ..Arc::new(ids[usize::from(caller) % count].0, ids[usize::from(callee) % count].1)
            });
        }
        profile.calls.push(graph);
        Generated(profile)
    })
}

/// Returns profiles of all shapes.
pub fn any_profile(names: Names) -> impl Strategy<Value = Generated> {
    prop_oneof![sampled(names), evented(names), call_graph(names), session(names)]
}

// The bits of `flags`, each of which switches a group of facets on.
const PLACES: u32 = 0;
const BINARY: u32 = 1;
const LABELS: u32 = 2;
const THREADS: u32 = 3;
const META: u32 = 4;
const FRACTIONS: u32 = 5;
const NEGATIVE: u32 = 6;
const EMPTY: u32 = 7;
const ZERO: u32 = 8;
const UNNAMED: u32 = 9;
const SYSTEM: u32 = 10;
const TIMES: u32 = 11;
const ROLES: u32 = 12;
const PROCESSES: u32 = 13;
const PARTS: u32 = 14;
const SOME_META: u32 = 15;

struct Builder {
    profile: Profile,
    names: Names,
    flags: u64,
    functions: Vec<FunctionId>,
    frames: Vec<FrameId>,
}

fn pick<T: Copy>(from: &[T], seed: u16) -> T {
    from[usize::from(seed) % from.len()]
}

impl Builder {
    fn new(columns: usize, names: Names, flags: u64) -> Builder {
        let has = |bit: u32| flags & 1 << bit != 0;
        let value_types = (0..columns).map(|column| {
            let seed = (flags >> (16 + 8 * column)) as u16;
            let mut unit = Unit::named(pick(UNITS, seed));
            if has(FRACTIONS) {
                unit.exponent -= 2;
            }
            // Kinds differ, since two columns of one name are one to some formats.
            let kind = format!("{}{}", pick(KINDS, seed >> 3), if column == 0 { "" } else { "2" });
            let role = if has(ROLES) { pick(&[Role::Observations, Role::Scaled], seed) } else { Role::Measured };
            ValueType { kind, unit, role }
        });
        let mut profile = Profile::new(value_types.collect());
        if has(META) {
            let text = |text: &str| Some(text.to_owned());
            profile.meta.title = text("a title");
            profile.meta.producer = text("some profiler");
            profile.meta.comments = vec!["first".to_owned(), "second".to_owned()];
            profile.meta.start_ns = Some(1_700_000_000_000_000_000);
            profile.meta.duration_ns = Some(5_000_000_000);
            profile.meta.doc_url = text("https://example.org/doc");
            profile.meta.default_value = Some(0);
            profile.meta.drop_frames = text("never_there");
            profile.meta.period =
                Some(Period { value_type: Some(ValueType::new("cpu", "nanoseconds")), value: 10_000_000 });
        }
        if has(SOME_META) {
            let meta = &mut profile.meta;
            let drops = |bit: u32| flags >> 48 & 1 << bit != 0;
            meta.title = meta.title.take().filter(|_| !drops(0));
            meta.producer = meta.producer.take().filter(|_| !drops(1));
            meta.comments.truncate(if drops(2) { 0 } else { 1 });
            meta.start_ns = meta.start_ns.filter(|_| !drops(3));
            meta.duration_ns = meta.duration_ns.filter(|_| !drops(4));
            meta.doc_url = meta.doc_url.take().filter(|_| !drops(5));
            meta.default_value = meta.default_value.filter(|_| !drops(6));
            meta.drop_frames = meta.drop_frames.take().filter(|_| !drops(7));
            meta.period = meta.period.take().filter(|_| !drops(8));
            meta.period.iter_mut().filter(|_| drops(9)).for_each(|period| period.value_type = None);
        }
        if !has(ROLES) {
            let usual: Vec<Role> = profile.value_types.iter().map(|it| profile.usual_role(it)).collect();
            profile.value_types.iter_mut().zip(usual).for_each(|(it, role)| it.role = role);
        }
        Builder { profile, names, flags, functions: Vec::new(), frames: Vec::new() }
    }

    fn has(&self, bit: u32) -> bool {
        self.flags & 1 << bit != 0
    }

    fn frames(&mut self, functions: &Seeds, frames: &Seeds) {
        for (index, &(a, b, number, c)) in functions.iter().chain([&(0, 0, 0, 0)]).enumerate() {
            let pool = if self.names == Names::Nasty && a % 2 == 0 { NASTY } else { PLAIN };
            let name = self.profile.string(pick(pool, b));
            let file = (self.has(PLACES) && c % 4 > 0).then(|| self.profile.string(pick(FILES, c)));
            let start_line = NonZeroU32::new(number.unsigned_abs() as u32 % 500).filter(|_| file.is_some());
            let mut function = Function { file, start_line, ..Function::named(name) };
            if self.has(SYSTEM) {
                function.system_name = Some(self.profile.string(&format!("_Z{index}")));
                function.module = Some(self.profile.string(pick(&["lib", "app"], a)));
                function.full_path = Some(self.profile.string("/srv/app/x"));
                if a % 3 == 0 && !self.profile.strings[name].is_empty() {
                    let context = format!("{}'main", &self.profile.strings[name]);
                    (function.name, function.context_of) = (self.profile.string(&context), Some(name));
                }
            }
            self.functions.push(self.profile.function(function));
        }
        let file = self.profile.text("/bin/app");
        let has = Symbols::FUNCTIONS.with(Symbols::FILENAMES, true);
        let mapping = Mapping { start: 0x1000, limit: 0x9000, offset: 0, file, build_id: None, has };
        let mapping = self.has(BINARY).then(|| self.profile.mapping(mapping));
        for &(a, b, number, c) in frames.iter().chain([&(0, 0, 0, 0)]) {
            let mut frame = Frame { function: Some(pick(&self.functions, a)), ..Frame::default() };
            if self.has(PLACES) {
                frame.line = NonZeroU32::new(u32::from(b) % 100);
                frame.column = NonZeroU32::new(u32::from(c) % 3);
                frame.in_app = [None, Some(true), Some(false)][usize::from(c) % 3];
                frame.file = (b % 7 == 0).then(|| self.profile.string(pick(FILES, a)));
            }
            if self.has(BINARY) {
                frame.address = NonZeroU64::new(0x1000 + number.unsigned_abs());
                frame.mapping = mapping;
                frame.folded = b % 5 == 0;
            }
            if self.has(UNNAMED) && b % 3 == 0 {
                frame.function = None;
                frame.line = None;
                frame.column = None;
            }
            self.frames.push(self.profile.frame(frame));
        }
    }

    fn thread(&mut self, seed: u16) -> Option<ThreadId> {
        if !self.has(THREADS) || seed.is_multiple_of(4) {
            return None;
        }
        let id = self.profile.string(&(seed % 3).to_string());
        let name = (!seed.is_multiple_of(3)).then(|| self.profile.string(pick(&["main", "worker"], seed)));
        let process = (self.has(PROCESSES) && seed % 5 > 1).then(|| self.profile.string(&(seed % 2).to_string()));
        Some(self.profile.thread(Thread { process, id: Some(id), name, ..Thread::default() }))
    }

    fn values(&self, number: i64, seed: u16) -> Vec<i64> {
        let number = if self.has(NEGATIVE) { number } else { number.abs() };
        let number = if number == 0 && !self.has(ZERO) { 1 } else { number };
        (0..self.profile.value_types.len() as i64)
            .map(|column| number.saturating_add(column * i64::from(seed)))
            .collect()
    }

    fn samples(&mut self, rows: &Seeds) {
        for &(a, b, number, c) in rows {
            let depth = usize::from(a) % 7;
            let path: Vec<FrameId> =
                (0..depth).map(|level| pick(&self.frames, b.rotate_left(level as u32 * 3))).collect();
            let path = if path.is_empty() && !self.has(EMPTY) { vec![self.frames[0]] } else { path };
            let path = self.with_inlined(path, c);
            // Every other one frame by frame: a stack is what it says, not how it was built.
            let step = if c % 2 == 0 { 1 } else { path.len().max(1) };
            let stack = path.chunks(step).fold(None, |parent, run| match (parent, run) {
                (parent, &[frame]) => Some(self.profile.push(parent, frame).expect("not too deep")),
                (_, run) => Some(self.profile.stack(run).expect("not too deep")),
            });
            let labels = self.labels(c);
            let thread = self.thread(a);
            let time_ns = (self.has(TIMES) && b % 5 > 0).then_some(number * 10);
            let values = self.values(number, c);
            self.profile.samples.push(Sample { stack, values: &values, time_ns, thread, labels, kept: None });
        }
    }

    /// Adds a frame that is inlined into the leaf, at the same address.
    fn with_inlined(&mut self, mut path: Vec<FrameId>, seed: u16) -> Vec<FrameId> {
        let leaf = path.last().map(|&leaf| self.profile.frames[leaf]);
        if let Some(leaf) = leaf.filter(|leaf| self.has(BINARY) && seed.is_multiple_of(3) && leaf.function.is_some()) {
            let function = Some(pick(&self.functions, seed));
            path.push(self.profile.frame(Frame { function, inlined: true, column: None, ..leaf }));
        }
        path
    }

    fn labels(&mut self, seed: u16) -> Option<profkit_core::LabelId> {
        if !self.has(LABELS) || seed.is_multiple_of(3) {
            return None;
        }
        let [request, path, empty, bytes] = ["request", "path", "", "bytes"].map(|text| self.profile.string(text));
        let number = LabelValue::Number { value: i64::from(seed % 4), unit: (seed.is_multiple_of(2)).then_some(bytes) };
        let first = self.profile.label(request, number, None);
        let text = if seed.is_multiple_of(5) { empty } else { path };
        Some(self.profile.label(path, LabelValue::Text(text), Some(first)))
    }

    fn events(&mut self, steps: &Seeds) {
        let unit = &self.profile.value_types[0].unit;
        let is_time = unit.dimension == profkit_core::Dimension::Time && unit.exponent >= -9;
        let ns_per_value = 10i64.pow(u32::from((unit.exponent + 9).clamp(0, 9).unsigned_abs()));
        let mut path: Vec<FrameId> = Vec::new();
        let mut kept = 0;
        let mut at_ns = 0;
        for &(a, b, number, c) in steps {
            for _ in 0..a % 3 {
                path.pop();
            }
            kept = kept.min(path.len());
            path.extend((0..b % 3).map(|level| pick(&self.frames, c.rotate_left(u32::from(level) * 5))));
            // Pushed frame by frame, as a reader of events does, so that rows have parents.
            let stack =
                path.iter().fold(None, |parent, &frame| Some(self.profile.push(parent, frame).expect("not deep")));
            let value = if c % 4 == 0 { 0 } else { number.abs() };
            let mut sample = Sample::new(stack, std::slice::from_ref(&value));
            sample.kept = Some(kept as u32);
            sample.time_ns = is_time.then_some(at_ns);
            if stack.is_some() || value > 0 {
                self.profile.samples.push(sample);
                kept = path.len();
            }
            if is_time {
                at_ns += value * ns_per_value;
            }
        }
    }

    /// Adds one call graph, or one for each of three parts, some of which are of the same thread.
    fn graphs(&mut self, rows: &Seeds) {
        if !self.has(PARTS) {
            return self.graph(rows, self.flags as u16 >> 3);
        }
        for (index, rows) in rows.chunks(rows.len().div_ceil(3).max(1)).enumerate() {
            let part = self.profile.string(&index.to_string());
            self.graph(rows, self.flags as u16 >> (3 * index));
            let graph = self.profile.calls.last_mut().expect("just added");
            graph.part = Some(part);
        }
    }

    fn graph(&mut self, rows: &[(u16, u16, i64, u16)], thread: u16) {
        let mut graph = CallGraph::new(self.profile.value_types.len());
        let states = self.flags >> 40;
        for (index, &(a, b, number, c)) in rows.iter().enumerate() {
            let costs = self.values(number, c);
            let count = [i64::from(c)];
            match index % 3 {
                0 => graph.add_own(pick(&self.frames, a), &costs),
                1 => graph.add_arc(Arc {
                    calls: (states & 1 != 0).then_some(&count),
                    primitive_calls: (states & 2 != 0).then_some(&count),
                    inclusive: (states & 4 != 0).then_some(&costs),
                    callee_self: (states & 8 != 0).then_some(&costs),
                    ..Arc::new(pick(&self.frames, a), pick(&self.functions, b))
                }),
                _ => graph.add_total(Total {
                    calls: (states & 1 != 0).then_some(&count),
                    primitive_calls: (states & 2 != 0).then_some(&count),
                    inclusive: (states & 16 != 0).then_some(&costs),
                    ..Total::new(pick(&self.functions, a))
                }),
            }
        }
        graph.thread = self.thread(thread);
        self.profile.calls.push(graph);
    }
}
