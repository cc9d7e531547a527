//! Writing the tables, one row per line.

use super::VERSION;
use super::rows::{
    ArcRow, CallsRow, FrameRow, FunctionRow, LabelRow, MappingRow, MetaRow, OwnRow, SampleRow, StackRow, SymbolRow,
    ThreadRow, TotalRow, ValueTypeRow,
};
use profkit_core::{CallGraph, Id, LabelValue, Notes, Profile, Result, StringId, WriteOptions};
use serde::Serialize;
use std::borrow::Cow;
use std::io::Write;

pub(super) fn write(profile: &Profile, out: &mut dyn Write, _options: &WriteOptions, _notes: &mut Notes) -> Result<()> {
    let text = |id: Option<StringId>| id.map(|id| Cow::Borrowed(&profile.strings[id]));
    write!(out, "{{\"profkit\":{VERSION},\n\"meta\":")?;
    to_json(out, &MetaRow::of(&profile.meta))?;
    table(out, "value_types", profile.value_types.iter().map(ValueTypeRow::of))?;
    table(
        out,
        "mappings",
        profile.mappings.iter().map(|(_, mapping)| MappingRow {
            start: mapping.start,
            limit: mapping.limit,
            offset: mapping.offset,
            file: text(mapping.file),
            build_id: text(mapping.build_id),
            has: SymbolRow::ALL.iter().filter(|(_, flag)| mapping.has.contains(*flag)).map(|(row, _)| *row).collect(),
            ..MappingRow::default()
        }),
    )?;
    table(
        out,
        "functions",
        profile.functions.iter().map(|(_, function)| FunctionRow {
            name: Cow::Borrowed(&profile.strings[function.name]),
            system_name: text(function.system_name),
            module: text(function.module),
            file: text(function.file),
            full_path: text(function.full_path),
            context_of: text(function.context_of),
            start_line: function.start_line,
            ..FunctionRow::default()
        }),
    )?;
    table(
        out,
        "frames",
        profile.frames.iter().map(|(_, frame)| FrameRow {
            function: frame.function.map(Id::index),
            file: text(frame.file),
            line: frame.line,
            column: frame.column,
            address: frame.address,
            mapping: frame.mapping.map(Id::index),
            inlined: frame.inlined,
            folded: frame.folded,
            in_app: frame.in_app,
            ..FrameRow::default()
        }),
    )?;
    table(
        out,
        "stacks",
        profile.stacks.ids().map(|id| {
            let (parent, run) = profile.stacks.row(id);
            let frames = run.iter().map(|frame| frame.index()).collect();
            StackRow { parent: parent.map(Id::index), frames, ..StackRow::default() }
        }),
    )?;
    table(
        out,
        "threads",
        profile.threads.iter().map(|(_, thread)| ThreadRow {
            source: thread.source,
            process: text(thread.process),
            id: text(thread.id),
            name: text(thread.name),
            ..ThreadRow::default()
        }),
    )?;
    table(
        out,
        "labels",
        profile.labels.iter().map(|(_, label)| {
            let key = Cow::Borrowed(&profile.strings[label.key]);
            let row = LabelRow { key, next: label.next.map(Id::index), ..LabelRow::default() };
            match label.value {
                LabelValue::Text(value) => LabelRow { text: text(Some(value)), ..row },
                LabelValue::Number { value, unit } => LabelRow { number: Some(value), unit: text(unit), ..row },
            }
        }),
    )?;
    table(
        out,
        "samples",
        profile.samples.iter().map(|sample| SampleRow {
            stack: sample.stack.map(Id::index),
            values: sample.values.to_vec(),
            time_ns: sample.time_ns,
            thread: sample.thread.map(Id::index),
            labels: sample.labels.map(Id::index),
            kept: sample.kept,
            ..SampleRow::default()
        }),
    )?;
    if profile.calls.is_empty() {
        out.write_all(b"}\n")?;
        return Ok(());
    }
    out.write_all(b",\n\"calls\":[")?;
    for (index, graph) in profile.calls.iter().enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        calls(graph, text(graph.part), out)?;
    }
    out.write_all(b"]}\n")?;
    Ok(())
}

/// Writes a call graph, whose own rows are lines too.
fn calls(graph: &CallGraph, part: Option<Cow<'_, str>>, out: &mut dyn Write) -> Result<()> {
    let head = CallsRow {
        thread: graph.thread.map(Id::index),
        part,
        count_columns: graph.count_stride(),
        ..CallsRow::default()
    };
    let numbers = |cell: Option<&[i64]>| cell.map(<[i64]>::to_vec);
    let head = serde_json::to_string(&head).map_err(std::io::Error::from)?;
    out.write_all(head.trim_end_matches('}').as_bytes())?;
    table(
        out,
        "own",
        graph.own().map(|(frame, costs)| OwnRow { frame: frame.index(), costs: costs.to_vec(), ..OwnRow::default() }),
    )?;
    table(
        out,
        "arcs",
        graph.arcs().map(|arc| ArcRow {
            caller: arc.caller.index(),
            callee: arc.callee.index(),
            calls: numbers(arc.calls),
            primitive_calls: numbers(arc.primitive_calls),
            inclusive: numbers(arc.inclusive),
            callee_self: numbers(arc.callee_self),
            ..ArcRow::default()
        }),
    )?;
    table(
        out,
        "totals",
        graph.totals().map(|total| TotalRow {
            function: total.function.index(),
            calls: numbers(total.calls),
            primitive_calls: numbers(total.primitive_calls),
            inclusive: numbers(total.inclusive),
            ..TotalRow::default()
        }),
    )?;
    out.write_all(b"}")?;
    Ok(())
}

/// Writes the field of a table that has rows, each on its own line.
fn table<T: Serialize>(out: &mut dyn Write, name: &str, rows: impl ExactSizeIterator<Item = T>) -> Result<()> {
    if rows.len() == 0 && name != "value_types" {
        return Ok(());
    }
    write!(out, ",\n\"{name}\":[")?;
    for (index, row) in rows.enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        to_json(out, &row)?;
    }
    out.write_all(b"]")?;
    Ok(())
}

fn to_json(out: &mut dyn Write, row: &impl Serialize) -> Result<()> {
    serde_json::to_writer(out, row).map_err(|error| std::io::Error::from(error).into())
}
