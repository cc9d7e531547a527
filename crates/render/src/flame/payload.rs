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
use profkit_core::derive::function_totals;
use profkit_core::{Notes, Result, Unit, ValueType};
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
    nodes: usize,
    timeline: Option<Timeline>,
}

#[derive(Serialize)]
struct Value {
    kind: String,
    unit: String,
    dimension: &'static str,
    factor: u64,
    exponent: i8,
    total: i64,
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
        functions: functions(scene)?,
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
    let (line, start) = scene.timeline(true, notes)?;
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
        }]);
    }
    let totals = scene.told_apart.column_totals()?;
    let values = value_types.iter().zip(totals).map(|(value_type, total)| {
        let Unit { name, dimension, factor, exponent } = value_type.unit.clone();
        Value { kind: value_type.kind.clone(), unit: name, dimension: dimension.name(), factor, exponent, total }
    });
    Ok(values.collect())
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

fn functions(scene: &Scene<'_>) -> Result<Functions> {
    let totals = function_totals(&scene.told_apart)?;
    let stated = || std::iter::once(None).chain(scene.labels.stated().iter().map(|id| id.map(|id| &totals[id])));
    let columns = 0..scene.told_apart.value_types.len();
    Ok(Functions {
        own: columns.clone().map(|column| stated().map(|it| it.map(|it| it.own[column])).collect()).collect(),
        total: columns.map(|column| stated().map(|it| it.map(|it| it.total[column])).collect()).collect(),
        is_bound: (0..).zip(stated()).filter(|(_, it)| it.is_some_and(|it| it.is_bound)).map(|(at, _)| at).collect(),
        calls: stated().map(|it| it?.calls.as_ref()?.first().copied()).collect(),
    })
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
