//! What a page knows of a profile, in few bytes.
//!
//! A header in JSON holds every text and the numbers of the table of functions. The trees are columns of
//! varints in preorder:
//!
//! ```text
//! length of the header, 4 bytes, little-endian | header
//! for each column: length, 4 bytes | varints
//!     steps     how many levels the node lies above a child of the node before it
//!     labels    numbers of names
//!     own       what it has beside its children: one column per value
//! ```
//!
//! The columns of the timeline, where there is one, follow those of the tree. All of it is deflated.

use super::scene::Scene;
use super::{Options, Order, palette};
use crate::trie::Trie;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use profkit_core::derive::{FunctionTotal, function_totals};
use profkit_core::{Dimension, Notes, Profile, Result, Role, Unit, ValueType};
use serde::Serialize;
use std::io::Write;

/// More nodes than a browser holds with ease.
const MOST_NODES_BY_TIME: usize = 2_000_000;
/// The part of a timeline below which nothing is drawn, where it has too many nodes.
const LEAST_PART_OF_TIME: i64 = 1_000_000;

/// The facts of a page, all but the trees.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    title: String,
    subtitle: String,
    values: Vec<Value>,
    shown: usize,
    is_diff: bool,
    is_estimated: bool,
    has_thread_roots: bool,
    is_inverted: bool,
    is_reversed: bool,
    order: &'static str,
    palette: &'static str,
    pruned: u64,
    /// Of the root, and then of each label.
    labels: Columns,
    functions: Functions,
    of_threads: Vec<OfThread>,
    nodes: usize,
    timeline: Option<Timeline>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Value {
    kind: String,
    unit: String,
    dimension: &'static str,
    factor: u64,
    exponent: i8,
    total: i64,
    is_observed: bool,
}

/// What is known of labels, one list for each fact; texts that repeat stand in lists of their own.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Columns {
    names: Vec<String>,
    texts: Vec<String>,
    files: Vec<usize>,
    lines: Vec<u32>,
    modules: Vec<usize>,
    hues: Vec<u32>,
    is_function: Vec<u8>,
}

/// What each function costs, as the source states it: none for labels that are no function of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Functions {
    own: Vec<Vec<Option<i64>>>,
    total: Vec<Vec<Option<i64>>>,
    is_bound: Vec<u32>,
    calls: Vec<Option<i64>>,
}

/// What the source states of one thread, where stacks are only estimated: of the functions that it calls.
#[derive(Serialize)]
struct OfThread {
    thread: u32,
    labels: Vec<u32>,
    functions: Functions,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Timeline {
    nodes: usize,
    start_ns: i64,
}

/// Returns the payload of a page, deflated, and the rows of the functions with the largest own cost.
pub(super) fn payload(scene: &Scene<'_>, options: &Options, notes: &mut Notes) -> Result<Vec<u8>> {
    let columns: Vec<usize> = (0..scene.profile().value_types.len()).collect();
    let trie = if columns.is_empty() {
        Trie::root(1)
    } else {
        let order = if options.order == Order::Weight { Order::Weight } else { Order::Name };
        let plain = Options { is_reversed: false, order, ..options.clone() };
        scene.trie(&columns, &plain, options.min_width.unwrap_or(0.0), notes)?
    };
    let has_times = !options.is_diff && scene.profile().samples.iter().any(|sample| sample.time_ns.is_some());
    let timeline = if has_times { Some(timeline(scene, notes)?) } else { None };
    let header = Header {
        title: options.title.clone().unwrap_or_else(|| "Flame graph".to_owned()),
        subtitle: scene.subtitle(options)?,
        values: values(scene)?,
        shown: scene.value,
        is_diff: options.is_diff,
        is_estimated: scene.is_estimated(),
        has_thread_roots: scene.threads.iter().any(|&thread| scene.labels.thread(thread).is_some()),
        is_inverted: options.is_inverted,
        is_reversed: options.is_reversed,
        order: match options.order {
            Order::Name => "name",
            Order::Weight => "weight",
            Order::Time => "time",
        },
        palette: options.palette.name(),
        pruned: trie.pruned,
        labels: labels(scene),
        functions: functions(scene, &scene.told_apart, |_| true)?.1,
        of_threads: of_threads(scene)?,
        nodes: trie.len(),
        timeline: timeline.as_ref().map(|(line, start_ns)| Timeline { nodes: line.len(), start_ns: *start_ns }),
    };
    // A header of texts and numbers is always JSON.
    let json = serde_json::to_vec(&header).map_err(std::io::Error::from)?;
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::new(6));
    put(&mut packed, &json)?;
    put_tree(&mut packed, &trie)?;
    if let Some((line, _)) = &timeline {
        put_tree(&mut packed, line)?;
    }
    Ok(packed.finish()?)
}

fn timeline(scene: &Scene<'_>, notes: &mut Notes) -> Result<(Trie, i64)> {
    let (line, start) = scene.timeline(notes)?;
    let is_large = line.len() > MOST_NODES_BY_TIME;
    let least = line.totals().first().map_or(0, |span| span / LEAST_PART_OF_TIME);
    Ok((if is_large { line.thinned(least) } else { line }, start))
}

fn values(scene: &Scene<'_>) -> Result<Vec<Value>> {
    let value_types = &scene.told_apart.value_types;
    if value_types.is_empty() {
        let nothing = ValueType::unnamed();
        return Ok(vec![Value {
            kind: nothing.kind,
            unit: nothing.unit.name,
            dimension: "count",
            factor: 1,
            exponent: 0,
            total: 0,
            is_observed: false,
        }]);
    }
    let totals = scene.told_apart.column_totals()?;
    let values = value_types.iter().zip(totals).map(|(value_type, total)| {
        let Unit { name, dimension, factor, exponent } = value_type.unit.clone();
        let is_observed = is_observed(value_type);
        let (kind, dimension) = (value_type.kind.clone(), dimension.name());
        Value { kind, unit: name, dimension, factor, exponent, total, is_observed }
    });
    Ok(values.collect())
}

/// Returns whether a value counts observations, so that counting alone makes two runs differ; those of a comparison have
/// kinds of their own. Counts of samples of which nobody says anything are taken for such.
fn is_observed(value_type: &ValueType) -> bool {
    let is_of_samples = matches!(value_type.kind.as_str(), "samples" | "samples_before" | "samples_after")
        && value_type.unit.dimension == Dimension::Count;
    value_type.role == Role::Observations || (value_type.role == Role::Measured && is_of_samples)
}

fn labels(scene: &Scene<'_>) -> Columns {
    let mut columns = Columns { texts: vec![String::new()], ..Columns::default() };
    let mut numbers = std::collections::HashMap::from([(String::new(), 0)]);
    let mut number = |text: &str, texts: &mut Vec<String>| {
        *numbers.entry(text.to_owned()).or_insert_with(|| {
            texts.push(text.to_owned());
            texts.len() - 1
        })
    };
    let all = super::labels::Label { name: "all".to_owned(), ..Default::default() };
    for label in [&all].into_iter().chain(scene.labels.rows()) {
        columns.names.push(label.name.clone());
        columns.files.push(number(&label.file, &mut columns.texts));
        columns.lines.push(label.line);
        columns.modules.push(number(&label.module, &mut columns.texts));
        columns.hues.push(palette::hue(scene.labels.hue_of(label)));
        columns.is_function.push(u8::from(label.is_function));
    }
    columns
}

/// Returns what the functions of a profile cost, one row for each label that is wanted, and these labels.
fn functions(
    scene: &Scene<'_>,
    profile: &Profile,
    is_wanted: impl Fn(Option<&FunctionTotal>) -> bool,
) -> Result<(Vec<u32>, Functions)> {
    let totals = function_totals(profile)?;
    let stated = std::iter::once(None).chain(scene.labels.stated().iter().map(|id| id.map(|id| &totals[id])));
    let stated = (0..).zip(stated).filter(|(_, row)| is_wanted(*row));
    let (labels, rows): (Vec<u32>, Vec<Option<&FunctionTotal>>) = stated.unzip();
    let column = |of: &dyn Fn(&FunctionTotal) -> i64| rows.iter().map(|row| row.map(of)).collect();
    let values = 0..profile.value_types.len();
    let functions = Functions {
        own: values.clone().map(|value| column(&|row| row.own[value])).collect(),
        total: values.map(|value| column(&|row| row.total[value])).collect(),
        is_bound: (0..).zip(&rows).filter(|(_, row)| row.is_some_and(|row| row.is_bound)).map(|(at, _)| at).collect(),
        calls: rows.iter().map(|row| row.as_ref()?.calls.as_ref()?.first().copied()).collect(),
    };
    Ok((labels, functions))
}

/// Returns what the source states of each thread, where stacks do not tell it exactly.
fn of_threads(scene: &Scene<'_>) -> Result<Vec<OfThread>> {
    let mut threads = Vec::new();
    if !scene.is_estimated() {
        return Ok(threads);
    }
    let mut part = scene.told_apart.clone().into_owned();
    let graphs = std::mem::take(&mut part.calls);
    for &thread in &scene.threads {
        let Some(label) = scene.labels.thread(thread) else { continue };
        part.calls = graphs.iter().filter(|graph| graph.thread == thread).cloned().collect();
        let costs = |row: &FunctionTotal| row.total.iter().chain(row.calls.iter().flatten()).any(|&it| it != 0);
        let (labels, functions) = functions(scene, &part, |row| row.is_some_and(costs))?;
        threads.push(OfThread { thread: label, labels, functions });
    }
    Ok(threads)
}

fn put_tree(out: &mut impl Write, trie: &Trie) -> Result<()> {
    let mut column = Vec::with_capacity(trie.len() * 2);
    let mut before = 0;
    for &depth in &trie.depths {
        // The root is no child of a node before it.
        varint(u64::from((before + 1) - depth.max(1)), &mut column);
        before = depth;
    }
    put(out, &column)?;
    column.clear();
    trie.labels.iter().for_each(|&label| varint(label.into(), &mut column));
    put(out, &column)?;
    for value in 0..trie.stride {
        column.clear();
        let own = trie.own.iter().skip(value).step_by(trie.stride);
        own.for_each(|&own| varint(own.unsigned_abs(), &mut column));
        put(out, &column)?;
    }
    Ok(())
}

fn put(out: &mut impl Write, bytes: &[u8]) -> Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| profkit_core::Error::limit("a page of more than 4 GiB"))?;
    out.write_all(&length.to_le_bytes())?;
    Ok(out.write_all(bytes)?)
}

fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
