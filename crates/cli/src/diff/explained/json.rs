//! Through whom a change came, for programs. All costs are exact.

use super::super::json::JsonUnit;
use crate::top::to_json_line;
use profkit_core::Notes;
use profkit_ops::{Explanation, Via};
use serde::Serialize;

/// Returns the explanation as one line of JSON, as `schemas/pdiff-explain.schema.json` describes it; `limit` of the
/// callers and callees, all for 0.
pub(in crate::diff) fn json(explained: &Explanation, limit: usize, notes: &Notes) -> String {
    to_json_line(&JsonExplanation {
        version: 1,
        name: &explained.name,
        file: explained.file.as_deref(),
        line: explained.line,
        unit: JsonUnit::of(&explained.unit),
        own: explained.own,
        total: explained.total,
        calls: explained.calls,
        callers: JsonVia::first(&explained.callers, limit),
        callees: JsonVia::first(&explained.callees, limit),
        notes: notes.iter().map(ToString::to_string).collect(),
    })
}

#[derive(Serialize)]
struct JsonExplanation<'e> {
    version: u32,
    name: &'e str,
    file: Option<&'e str>,
    line: Option<u32>,
    unit: JsonUnit<'e>,
    #[serde(rename = "self")]
    own: [i64; 2],
    total: [i64; 2],
    calls: Option<[i64; 2]>,
    callers: Vec<JsonVia<'e>>,
    callees: Vec<JsonVia<'e>>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct JsonVia<'e> {
    name: &'e str,
    file: Option<&'e str>,
    cost: [i64; 2],
    delta: i128,
    calls: Option<[i64; 2]>,
    delta_of_calls: Option<i128>,
    delta_of_cost: Option<i128>,
}

impl<'e> JsonVia<'e> {
    fn first(vias: &'e [Via], limit: usize) -> Vec<JsonVia<'e>> {
        vias.iter().take(super::most(limit)).map(JsonVia::of).collect()
    }

    fn of(via: &'e Via) -> JsonVia<'e> {
        let [of_calls, of_cost] = via.split().map_or([None; 2], |parts| parts.map(Some));
        JsonVia {
            name: &via.name,
            file: via.file.as_deref(),
            cost: via.cost,
            delta: via.delta(),
            calls: via.calls,
            delta_of_calls: of_calls,
            delta_of_cost: of_cost,
        }
    }
}
