//! A comparison for programs and spreadsheets. All costs are exact.

use super::DiffReport;
use super::gate::Gate;
use crate::csv::csv;
use crate::top::to_json_line;
use profkit_core::{Notes, Unit, ValueType};
use profkit_ops::{Basis, Change, DiffRow, FALSE_DISCOVERIES, Verdict};
use serde::Serialize;

impl DiffReport<'_> {
    /// Returns the comparison as one line of JSON, as `schemas/pdiff.schema.json` describes it.
    pub(super) fn json(&self, gate: Option<&Gate>, notes: &Notes) -> String {
        let diff = self.diff;
        let (rows, more) = self.shown();
        let side = |index: usize| self.side(index);
        to_json_line(&JsonDiff {
            version: 1,
            row: self.row(),
            before: side(0),
            after: side(1),
            unit: JsonUnit::of(&diff.unit),
            normalized: diff.is_normalized,
            noise: JsonNoise::of(&diff.basis),
            total: JsonChange::of(&diff.total),
            explained: diff.explained().map(|(functions, part)| JsonExplained { functions, part }),
            functions: rows.into_iter().map(JsonRow::of).collect(),
            more_changed: more,
            suggestions: diff
                .suggestions
                .iter()
                .map(|it| JsonSuggestion { before: &it.before, after: &it.after, likeness: it.likeness })
                .collect(),
            failed: gate.map(Gate::failures),
            notes: notes.iter().map(ToString::to_string).collect(),
        })
    }

    fn side(&self, index: usize) -> JsonSide<'_> {
        let side = &self.diff.sides[index];
        JsonSide {
            files: self.files[index].iter().map(|it| it.name.as_str()).collect(),
            formats: self.files[index].iter().map(|it| it.format.0.name()).collect(),
            value: JsonValue::of(&side.value_type),
            duration_ns: side.duration_ns,
            observations: side.observations,
            call_graph: side.is_call_graph,
        }
    }

    /// Returns the rows for spreadsheets, with a first row of titles.
    pub(super) fn csv(&self) -> String {
        let titles = [
            "name",
            "former_name",
            "file",
            "line",
            "module",
            "presence",
            "self_before",
            "self_after",
            "self_delta",
            "self_verdict",
            "total_before",
            "total_after",
            "total_delta",
            "total_verdict",
            "total_is_bound",
            "calls_before",
            "calls_after",
        ];
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let number = |number: Option<i64>| number.map_or(String::new(), |number| number.to_string());
        let cells = |row: &DiffRow| {
            let mut cells = vec![row.name.clone(), text(&row.former_name), text(&row.file)];
            cells.extend([number(row.line.map(i64::from)), text(&row.module), row.presence.name().to_owned()]);
            for change in [&row.own, &row.total] {
                cells.extend([change.before.to_string(), change.after.to_string(), change.delta().to_string()]);
                cells.push(change.verdict.name().to_owned());
            }
            cells.extend([row.is_bound.to_string(), number(row.calls[0]), number(row.calls[1])]);
            cells
        };
        csv([titles.map(str::to_owned).to_vec()].into_iter().chain(self.shown().0.into_iter().map(cells)))
    }
}

#[derive(Serialize)]
struct JsonDiff<'d> {
    version: u32,
    row: &'d str,
    before: JsonSide<'d>,
    after: JsonSide<'d>,
    unit: JsonUnit<'d>,
    normalized: bool,
    noise: JsonNoise,
    total: JsonChange,
    explained: Option<JsonExplained>,
    functions: Vec<JsonRow<'d>>,
    more_changed: usize,
    suggestions: Vec<JsonSuggestion<'d>>,
    failed: Option<&'d [String]>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct JsonSide<'d> {
    files: Vec<&'d str>,
    formats: Vec<&'d str>,
    value: JsonValue<'d>,
    duration_ns: Option<i64>,
    observations: Option<u64>,
    call_graph: bool,
}

#[derive(Serialize)]
struct JsonValue<'d> {
    kind: &'d str,
    unit: &'d str,
    role: &'static str,
}

#[derive(Serialize)]
pub(super) struct JsonUnit<'d> {
    name: &'d str,
    dimension: &'static str,
    factor: u64,
    exponent: i8,
}

#[derive(Serialize)]
struct JsonNoise {
    basis: &'static str,
    false_discovery_rate: f64,
    observations: Option<[u64; 2]>,
    runs: Option<[usize; 2]>,
}

#[derive(Serialize)]
struct JsonExplained {
    functions: usize,
    part: f64,
}

#[derive(Serialize)]
struct JsonChange {
    before: i64,
    after: i64,
    delta: i128,
    ratio: Option<f64>,
    verdict: &'static str,
    p: Option<f64>,
    q: Option<f64>,
}

#[derive(Serialize)]
struct JsonRow<'d> {
    name: &'d str,
    former_name: Option<&'d str>,
    file: Option<&'d str>,
    line: Option<u32>,
    module: Option<&'d str>,
    presence: &'static str,
    #[serde(rename = "self")]
    own: JsonChange,
    total: JsonChange,
    total_is_bound: bool,
    calls: [Option<i64>; 2],
}

#[derive(Serialize)]
struct JsonSuggestion<'d> {
    before: &'d str,
    after: &'d str,
    likeness: f64,
}

impl<'d> JsonValue<'d> {
    fn of(value_type: &'d ValueType) -> JsonValue<'d> {
        JsonValue { kind: &value_type.kind, unit: &value_type.unit.name, role: value_type.role.name() }
    }
}

impl<'d> JsonUnit<'d> {
    pub(super) fn of(unit: &'d Unit) -> JsonUnit<'d> {
        let Unit { name, dimension, factor, exponent } = unit;
        JsonUnit { name, dimension: dimension.name(), factor: *factor, exponent: *exponent }
    }
}

impl JsonNoise {
    fn of(basis: &Basis) -> JsonNoise {
        let noise =
            |basis| JsonNoise { basis, false_discovery_rate: FALSE_DISCOVERIES, observations: None, runs: None };
        match basis {
            Basis::Counts { all, .. } => JsonNoise { observations: Some(*all), ..noise("counts") },
            Basis::Runs { counts } => JsonNoise { runs: Some(*counts), ..noise("runs") },
            Basis::Exact => noise("exact"),
            _ => noise("unknown"),
        }
    }
}

impl JsonChange {
    fn of(change: &Change) -> JsonChange {
        let (p, q) = match change.verdict {
            Verdict::Real { p, q } | Verdict::Noise { p, q } => (Some(p), Some(q)),
            _ => (None, None),
        };
        JsonChange {
            before: change.before,
            after: change.after,
            delta: change.delta(),
            ratio: change.ratio(),
            verdict: change.verdict.name(),
            p,
            q,
        }
    }
}

impl<'d> JsonRow<'d> {
    fn of(row: &'d DiffRow) -> JsonRow<'d> {
        JsonRow {
            name: &row.name,
            former_name: row.former_name.as_deref(),
            file: row.file.as_deref(),
            line: row.line,
            module: row.module.as_deref(),
            presence: row.presence.name(),
            own: JsonChange::of(&row.own),
            total: JsonChange::of(&row.total),
            total_is_bound: row.is_bound,
            calls: row.calls,
        }
    }
}
