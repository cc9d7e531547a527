//! The lists as JSON: keys in this order, all numbers exact.

use profkit_core::Notes;
use profkit_ops::TopRow;
use serde::{Serialize, Serializer};

/// Returns a value as one line of JSON.
pub(crate) fn to_json_line(value: &impl Serialize) -> String {
    let mut line = serde_json::to_string(value).unwrap_or_else(|error| panic!("text and integers are JSON: {error}"));
    line.push('\n');
    line
}

/// A head, some functions, and what there is to confess.
#[derive(Serialize)]
pub(super) struct JsonList<'t, F> {
    #[serde(flatten)]
    head: JsonHead<'t>,
    functions: Vec<F>,
    notes: Vec<String>,
}

impl<'t, F: Serialize> JsonList<'t, F> {
    pub(super) fn line(head: JsonHead<'t>, functions: impl Iterator<Item = F>, notes: &Notes) -> String {
        let notes = notes.iter().map(ToString::to_string).collect();
        to_json_line(&JsonList { head, functions: functions.collect(), notes })
    }
}

#[derive(Serialize)]
pub(super) struct JsonHead<'t> {
    pub(super) file: &'t str,
    pub(super) format: &'t str,
    pub(super) producer: Option<&'t str>,
    pub(super) duration_ns: Option<i64>,
    pub(super) samples: usize,
    pub(super) threads: Vec<String>,
    pub(super) values: Vec<JsonValue<'t>>,
}

#[derive(Serialize)]
pub(super) struct JsonValue<'t> {
    pub(super) kind: &'t str,
    pub(super) unit: &'t str,
    pub(super) factor: u64,
    pub(super) exponent: i8,
    pub(super) role: &'t str,
    pub(super) total: i64,
}

#[derive(Serialize)]
pub(super) struct JsonFunction<'t> {
    name: &'t str,
    file: Option<&'t str>,
    line: Option<u32>,
    module: Option<&'t str>,
    #[serde(rename = "self")]
    own: Option<&'t [i64]>,
    total: Option<&'t [i64]>,
    calls: Option<JsonCalls<'t>>,
    primitive_calls: Option<JsonCalls<'t>>,
}

impl<'t> JsonFunction<'t> {
    /// Returns a function with what it costs in all.
    pub(super) fn of(row: &'t TopRow) -> JsonFunction<'t> {
        let counts = [row.calls.as_deref(), row.primitive_calls.as_deref()];
        JsonFunction::under(row, [Some(&row.own), Some(&row.total)], counts)
    }

    /// Returns a function with self and total costs and with calls and primitive calls of one of its arcs.
    pub(super) fn under(
        row: &'t TopRow,
        [own, total]: [Option<&'t [i64]>; 2],
        counts: [Option<&'t [i64]>; 2],
    ) -> JsonFunction<'t> {
        let [calls, primitive_calls] = counts.map(|counts| counts.map(JsonCalls));
        let (file, module) = (row.file.as_deref(), row.module.as_deref());
        JsonFunction { name: &row.name, file, line: row.line, module, own, total, calls, primitive_calls }
    }
}

/// A number where there is one column of counts, else a list.
struct JsonCalls<'t>(&'t [i64]);

impl Serialize for JsonCalls<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self.0 {
            [count] => count.serialize(serializer),
            several => several.serialize(serializer),
        }
    }
}
