//! Reading the tables, with every reference checked.

use super::VERSION;
use super::rows::{CallsRow, File, FrameRow, FunctionRow, LabelRow, MappingRow, SampleRow, StackRow, ThreadRow};
use super::table::each_row;
use profkit_core::{
    Arc, CallGraph, Error, Frame, FrameId, Function, FunctionId, Input, LabelId, LabelValue, Mapping, MappingId,
    NoteKind, Notes, Place, Profile, ReadOptions, Result, Sample, StackId, Symbols, Thread, ThreadId, Total,
    is_weighed,
};
use std::borrow::Cow;
use std::collections::HashMap;

pub(super) fn read(input: Input<'_>, options: &ReadOptions, notes: &mut Notes) -> Result<Profile> {
    let file: File<'_> = serde_json::from_slice(input.bytes()).map_err(crate::json::error)?;
    if file.profkit != VERSION {
        let message = format!("expected version {VERSION}, found {}", file.profkit);
        return Err(Error::unsupported(message).at(Place::Path("profkit".to_owned())));
    }
    let mut value_types = Vec::with_capacity(file.value_types.len());
    for (row, value_type) in file.value_types.iter().enumerate() {
        value_types.push(value_type.value_type().map_err(|message| malformed(message, "value_types", row, ""))?);
    }
    let mut profile = Profile::new(value_types);
    profile.set_max_depth(options.max_depth);
    let mut tables = Tables::default();
    let mut calls = Calls::default();
    tables.read(input, &file, &mut profile)?;
    each_row(input, file.samples, |row, sample: SampleRow<'_>| {
        let place = |field| (("samples", row), field);
        let stack = optional(&tables.stacks, sample.stack, place("stack"))?;
        let kept_at = |message: String| malformed(message, "samples", row, ".kept");
        check_width(&sample.values, profile.value_types.len(), place("values"))?;
        let thread = optional(&tables.threads, sample.thread, place("thread"))?;
        let labels = optional(&tables.labels, sample.labels, place("labels"))?;
        let (time_ns, kept) = (sample.time_ns, sample.kept);
        calls.check(&profile, thread, stack, kept).map_err(kept_at)?;
        profile.samples.push(Sample { stack, values: &sample.values, time_ns, thread, labels, kept });
        Ok(())
    })?;
    for (row, calls) in file.calls.iter().enumerate() {
        let graph = tables.graph(calls, row, &mut profile)?;
        profile.calls.push(graph);
    }
    profile.meta = file.meta.meta().map_err(|message| Error::malformed(message).at(Place::Path("meta".to_owned())))?;
    if !profile.meta.sessions.is_empty() && !is_weighed(&profile)? {
        profile.meta.sessions.clear();
        notes.remark(
            NoteKind::Odd,
            "the values are not what the times of the samples make them: they are taken as they are",
        );
    }
    Ok(profile)
}

/// What is going on in each thread, to see whether calls can be kept.
#[derive(Default)]
struct Calls {
    stacks: HashMap<Option<ThreadId>, Option<StackId>>,
    /// How many first frames two rows were found to share.
    shared: HashMap<(StackId, StackId), u32>,
}

impl Calls {
    /// Checks that the frames that a sample keeps of the one before it in its thread are the same.
    fn check(
        &mut self,
        profile: &Profile,
        thread: Option<ThreadId>,
        stack: Option<StackId>,
        kept: Option<u32>,
    ) -> std::result::Result<(), String> {
        // Before the first sample of a thread, anything may have gone on.
        let before = self.stacks.insert(thread, stack).unwrap_or(stack);
        let Some(kept) = kept.filter(|&kept| kept > 0) else { return Ok(()) };
        let depth = |stack: Option<StackId>| stack.map_or(0, |stack| profile.stacks.depth(stack));
        let most = depth(stack).min(depth(before));
        let (Some(stack), Some(before)) = (stack, before) else { return Err(too_many(kept, most)) };
        if kept > most {
            return Err(too_many(kept, most));
        }
        let rows = [before, stack].map(|stack| profile.stacks.row_of_first(stack, kept));
        if rows[0] == rows[1] {
            return Ok(());
        }
        let shared = self.shared.entry((rows[0], rows[1])).or_default();
        if kept > *shared {
            if !profile.stacks.first(rows[0], kept).eq(profile.stacks.first(rows[1], kept)) {
                return Err(format!("expected the first {kept} frames of the sample before, found others"));
            }
            *shared = kept;
        }
        Ok(())
    }
}

fn too_many(kept: u32, most: u32) -> String {
    format!("expected at most the {most} frames that this stack and the one before it can share, found {kept}")
}

/// The ids of the rows read so far, by position in the file.
#[derive(Default)]
struct Tables {
    mappings: Vec<MappingId>,
    functions: Vec<FunctionId>,
    frames: Vec<FrameId>,
    stacks: Vec<StackId>,
    threads: Vec<ThreadId>,
    labels: Vec<LabelId>,
}

/// A table, a row and a field of the file.
type Field = ((&'static str, usize), &'static str);

fn malformed(message: impl Into<String>, table: &str, row: usize, rest: &str) -> Error {
    Error::malformed(message).at(Place::Path(format!("{table}[{row}]{rest}")))
}

fn required<I: Copy>(table: &[I], index: usize, ((name, row), field): Field) -> Result<I> {
    table.get(index).copied().ok_or_else(|| {
        let message = format!("expected a row before {}, found {index}", table.len());
        malformed(message, name, row, &format!(".{field}"))
    })
}

fn optional<I: Copy>(table: &[I], index: Option<usize>, field: Field) -> Result<Option<I>> {
    index.map(|index| required(table, index, field)).transpose()
}

fn check_width(numbers: &[i64], width: usize, ((name, row), field): Field) -> Result<()> {
    if numbers.len() == width {
        return Ok(());
    }
    let message = format!("expected {width} numbers, found {}", numbers.len());
    Err(malformed(message, name, row, &format!(".{field}")))
}

impl Tables {
    fn read<'a>(&mut self, input: Input<'a>, file: &File<'a>, profile: &mut Profile) -> Result<()> {
        each_row(input, file.mappings, |_, mapping: MappingRow<'_>| {
            let row = Mapping {
                start: mapping.start,
                limit: mapping.limit,
                offset: mapping.offset,
                file: mapping.file.as_deref().map(|text| profile.string(text)),
                build_id: mapping.build_id.as_deref().map(|text| profile.string(text)),
                has: mapping.has.iter().fold(Symbols::default(), |has, flag| has.with(flag.symbols(), true)),
            };
            self.mappings.push(profile.mapping(row));
            Ok(())
        })?;
        each_row(input, file.functions, |_, function: FunctionRow<'_>| {
            let mut text = |text: &Option<Cow<'_, str>>| text.as_deref().map(|text| profile.string(text));
            let row = Function {
                system_name: text(&function.system_name),
                module: text(&function.module),
                file: text(&function.file),
                full_path: text(&function.full_path),
                context_of: text(&function.context_of),
                start_line: function.start_line,
                name: profile.string(&function.name),
            };
            self.functions.push(profile.function(row));
            Ok(())
        })?;
        each_row(input, file.frames, |row, frame: FrameRow<'_>| {
            let frame = Frame {
                function: optional(&self.functions, frame.function, (("frames", row), "function"))?,
                file: frame.file.as_deref().map(|text| profile.string(text)),
                line: frame.line,
                column: frame.column,
                address: frame.address,
                mapping: optional(&self.mappings, frame.mapping, (("frames", row), "mapping"))?,
                inlined: frame.inlined,
                folded: frame.folded,
                in_app: frame.in_app,
            };
            self.frames.push(profile.frame(frame));
            Ok(())
        })?;
        self.stacks(input, file, profile)?;
        each_row(input, file.threads, |_, thread: ThreadRow<'_>| {
            let mut text = |text: &Option<Cow<'_, str>>| text.as_deref().map(|text| profile.string(text));
            let (process, id, name) = (text(&thread.process), text(&thread.id), text(&thread.name));
            self.threads.push(profile.thread(Thread { source: thread.source, process, id, name }));
            Ok(())
        })?;
        each_row(input, file.labels, |row, label: LabelRow<'_>| self.label(&label, row, profile))
    }

    fn stacks<'a>(&mut self, input: Input<'a>, file: &File<'a>, profile: &mut Profile) -> Result<()> {
        let mut path = Vec::new();
        each_row(input, file.stacks, |row, stack: StackRow<'_>| {
            let mut id = optional(&self.stacks, stack.parent, (("stacks", row), "parent"))?;
            path.clear();
            for &frame in &stack.frames {
                path.push(required(&self.frames, frame, (("stacks", row), "frames"))?);
            }
            let at = |error: Error| error.at(Place::Path(format!("stacks[{row}]")));
            if id.is_none() && !path.is_empty() {
                id = Some(profile.stack(&path).map_err(at)?);
            } else {
                for &frame in &path {
                    id = Some(profile.push(id, frame).map_err(at)?);
                }
            }
            let id = id.filter(|_| !path.is_empty());
            self.stacks.push(id.ok_or_else(|| malformed("expected a frame, found none", "stacks", row, ".frames"))?);
            Ok(())
        })
    }

    fn label(&mut self, label: &LabelRow<'_>, row: usize, profile: &mut Profile) -> Result<()> {
        let next = optional(&self.labels, label.next, (("labels", row), "next"))?;
        let key = profile.string(&label.key);
        let value = match (&label.text, label.number) {
            (Some(text), None) if label.unit.is_none() => LabelValue::Text(profile.string(text)),
            (None, Some(value)) => {
                LabelValue::Number { value, unit: label.unit.as_deref().map(|unit| profile.string(unit)) }
            }
            _ => return Err(malformed("expected a text, or a number and a unit", "labels", row, "")),
        };
        self.labels.push(profile.label(key, value, next));
        Ok(())
    }

    fn graph(&self, calls: &CallsRow<'_>, row: usize, profile: &mut Profile) -> Result<CallGraph> {
        let width = profile.value_types.len();
        let counts = calls.count_columns;
        let mut graph = CallGraph::with_count_stride(width, counts);
        graph.thread = optional(&self.threads, calls.thread, (("calls", row), "thread"))?;
        graph.part = calls.part.as_deref().map(|part| profile.string(part));
        for own in &calls.own {
            check_width(&own.costs, width, (("calls", row), "own.costs"))?;
            graph.add_own(required(&self.frames, own.frame, (("calls", row), "own.frame"))?, &own.costs);
        }
        let cell = |numbers: &Option<Vec<i64>>, width, field| match numbers {
            Some(numbers) => check_width(numbers, width, (("calls", row), field)),
            None => Ok(()),
        };
        for arc in &calls.arcs {
            cell(&arc.calls, counts, "arcs.calls")?;
            cell(&arc.primitive_calls, counts, "arcs.primitive_calls")?;
            cell(&arc.inclusive, width, "arcs.inclusive")?;
            cell(&arc.callee_self, width, "arcs.callee_self")?;
            graph.add_arc(Arc {
                caller: required(&self.frames, arc.caller, (("calls", row), "arcs.caller"))?,
                callee: required(&self.functions, arc.callee, (("calls", row), "arcs.callee"))?,
                calls: arc.calls.as_deref(),
                primitive_calls: arc.primitive_calls.as_deref(),
                inclusive: arc.inclusive.as_deref(),
                callee_self: arc.callee_self.as_deref(),
            });
        }
        for total in &calls.totals {
            cell(&total.calls, counts, "totals.calls")?;
            cell(&total.primitive_calls, counts, "totals.primitive_calls")?;
            cell(&total.inclusive, width, "totals.inclusive")?;
            graph.add_total(Total {
                function: required(&self.functions, total.function, (("calls", row), "totals.function"))?,
                calls: total.calls.as_deref(),
                primitive_calls: total.primitive_calls.as_deref(),
                inclusive: total.inclusive.as_deref(),
            });
        }
        Ok(graph)
    }
}
