//! The list of functions, for people and for programs.

use crate::csv::csv;
use crate::failure::{Failure, Result};
use crate::page::Page;
use crate::session::printable;
use crate::source::Source;
use crate::table::{self, Cell, Side, Table, Tone};
use profkit_core::readable::{amount, count, percent};
use profkit_core::{Dimension, Notes, Profile, Unit, ValueType};
use profkit_ops::{Sort, TopRow, span_ns, thread_shares, top};
use serde::{Serialize, Serializer};

/// The functions of a profile, and what is said about the profile above them.
#[derive(Debug)]
pub struct TopList<'p> {
    source: &'p Source,
    profile: &'p Profile,
    value: usize,
    sums: Vec<i64>,
    rows: Vec<TopRow>,
    shown: usize,
}

impl<'p> TopList<'p> {
    /// Returns the first `limit` functions, all for 0, ordered by the value type of index `value`.
    ///
    /// # Errors
    ///
    /// Fails where sums do not fit into 64 bits.
    pub fn new(
        source: &'p Source,
        profile: &'p Profile,
        value: usize,
        (sort, limit): (Sort, usize),
        notes: &mut Notes,
    ) -> Result<TopList<'p>> {
        let sums = profile.column_totals();
        let rows = top(profile, value, sort, notes);
        let (sums, rows) =
            sums.and_then(|sums| Ok((sums, rows?))).map_err(|error| Failure::in_file(source.name(), &error))?;
        let shown = if limit == 0 { rows.len() } else { limit.min(rows.len()) };
        Ok(TopList { source, profile, value, sums, rows, shown })
    }

    /// Returns the list for people: what the profile says of itself, then a table.
    pub fn text(&self, page: Page) -> String {
        let mut text = self.header();
        let rows = &self.rows[..self.shown];
        if rows.is_empty() {
            return text;
        }
        let has_calls = rows.iter().any(|row| row.calls.is_some());
        let mut columns = ["self", "self%", "sum%", "total", "total%", "calls"].map(|it| (it, Side::Right)).to_vec();
        columns.push(("function", Side::Name));
        if !has_calls {
            columns.remove(5);
        }
        let mut table = Table::titled(&columns);
        let mut sum = 0;
        for row in rows {
            sum += i128::from(self.cell(&row.own));
            let calls = has_calls.then(|| calls(row).into());
            table.push(self.costs(row, sum).into_iter().chain(calls).chain([function(row)]));
        }
        text.push('\n');
        text.push_str(&table.text(page));
        text
    }

    fn header(&self) -> String {
        let meta = &self.profile.meta;
        let file = format!("{} ({})", self.source.name(), self.source.format().name());
        let mut rows = vec![("file", file)];
        rows.extend(meta.producer.clone().map(|producer| ("producer", producer)));
        let mut title = "values";
        for (index, (value_type, &sum)) in self.profile.value_types.iter().zip(&self.sums).enumerate() {
            let mark = if index == self.value && self.sums.len() > 1 { " (shown)" } else { "" };
            let name = format!("{}/{}", value_type.kind, value_type.unit.name);
            rows.push((title, format!("{name} {}{mark}", amount(sum, &value_type.unit))));
            title = "";
        }
        rows.extend(self.threads());
        let nanoseconds = Unit::named("nanoseconds");
        rows.extend(meta.duration_ns.map(|duration| ("duration", amount(duration, &nanoseconds))));
        rows.push(("samples", count(self.profile.samples.len() as i64)));
        let functions = match self.rows.len() {
            all if all == self.shown => count(all as i64),
            all => format!("{}, of which {} are shown", count(all as i64), count(self.shown as i64)),
        };
        rows.push(("functions", functions));
        let rows: Vec<_> = rows.into_iter().map(|(name, text)| vec![name.to_owned(), printable(&text)]).collect();
        table::lines(&rows, &[Side::Left; 2])
    }

    /// Returns what the header says of threads, where the profile tells them apart: how many the costs are
    /// summed over, and in how much time those were spent.
    fn threads(&self) -> Option<(&'static str, String)> {
        let shares = thread_shares(self.profile, self.value);
        let threads: Vec<_> = shares.iter().filter_map(|share| share.thread).collect();
        if let &[thread] = threads.as_slice()
            && shares.len() == 1
        {
            return Some(("thread", self.profile.thread_title(thread)));
        }
        let value_type = self.profile.value_types.get(self.value).filter(|_| !threads.is_empty())?;
        let threads = count(shares.len() as i64);
        if value_type.unit.dimension != Dimension::Time {
            return Some(("threads", threads));
        }
        let time = if value_type.kind.ends_with("time") { "" } else { " time" };
        let span = span_ns(self.profile, self.value).or(self.profile.meta.duration_ns);
        let span = span.map_or(String::new(), |span| format!(", span {}", amount(span, &Unit::named("nanoseconds"))));
        Some(("threads", format!("{}{time} summed over {threads} threads{span}", value_type.kind)))
    }

    /// Returns the cells with costs of one row; `sum` is that of the own costs of all rows up to it.
    fn costs(&self, row: &TopRow, sum: i128) -> [Cell; 5] {
        let (own, total, whole) = (self.cell(&row.own), self.cell(&row.total), self.cell(&self.sums));
        let spell =
            |value| self.profile.value_types.get(self.value).map_or(String::new(), |it| amount(value, &it.unit));
        let bound = if row.is_bound { "<=" } else { "" };
        let sum = i64::try_from(sum).map_or("-".to_owned(), |sum| percent(sum, whole));
        [
            Cell::from(spell(own)),
            percent(own, whole).into(),
            Cell::new(sum, Tone::Faint),
            format!("{bound}{}", spell(total)).into(),
            format!("{bound}{}", percent(total, whole)).into(),
        ]
    }

    fn cell(&self, costs: &[i64]) -> i64 {
        costs.get(self.value).copied().unwrap_or(0)
    }

    /// Returns the list for spreadsheets. All numbers are exact: costs in the unit of their title, which
    /// says what one of them is where that is not what the name of the unit tells.
    pub fn csv(&self) -> String {
        let titles = ["name", "file", "line", "module", "calls", "primitive_calls"].map(str::to_owned);
        let costs = ["self", "total"].into_iter().flat_map(|cost| {
            self.profile.value_types.iter().map(move |value_type| format!("{cost} {}", costs_title(value_type)))
        });
        let titles = titles.into_iter().chain(costs).chain(["total_is_bound".to_owned()]).collect();
        let rows = self.rows[..self.shown].iter().map(|row| {
            let calls = |counts: &Option<Vec<i64>>| counts.as_ref().map_or(String::new(), |counts| listed(counts));
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let line = row.line.map_or(String::new(), |line| line.to_string());
            let mut cells = vec![row.name.clone(), text(&row.file), line, text(&row.module)];
            cells.extend([calls(&row.calls), calls(&row.primitive_calls)]);
            cells.extend(row.own.iter().chain(&row.total).map(i64::to_string));
            cells.push(row.is_bound.to_string());
            cells
        });
        csv([titles].into_iter().chain(rows))
    }

    /// Returns the list for programs, as one line of JSON. All numbers are exact.
    pub fn json(&self, notes: &Notes) -> String {
        let threads = self.profile.threads.iter().map(|(id, _)| self.profile.thread_title(id));
        let values = self.profile.value_types.iter().zip(&self.sums).map(|(value_type, &total)| JsonValue {
            kind: &value_type.kind,
            unit: &value_type.unit.name,
            factor: value_type.unit.factor,
            exponent: value_type.unit.exponent,
            role: value_type.role.name(),
            total,
        });
        let functions = self.rows[..self.shown].iter().map(|row| JsonFunction {
            name: &row.name,
            file: row.file.as_deref(),
            line: row.line,
            module: row.module.as_deref(),
            own: &row.own,
            total: &row.total,
            calls: row.calls.as_deref().map(JsonCalls),
            primitive_calls: row.primitive_calls.as_deref().map(JsonCalls),
        });
        to_json_line(&JsonTop {
            file: self.source.name(),
            format: self.source.format().name(),
            producer: self.profile.meta.producer.as_deref(),
            duration_ns: self.profile.meta.duration_ns,
            samples: self.profile.samples.len(),
            threads: threads.collect(),
            values: values.collect(),
            functions: functions.collect(),
            notes: notes.iter().map(ToString::to_string).collect(),
        })
    }
}

/// Returns how often a function was called, in the manner of pstats: all calls, and behind a slash
/// those while it was not active already, where they differ.
fn calls(row: &TopRow) -> String {
    let first = |counts: &Option<Vec<i64>>| counts.as_ref().and_then(|counts| counts.first().copied());
    match (first(&row.calls), first(&row.primitive_calls)) {
        (None, _) => String::new(),
        (Some(calls), Some(primitive)) if primitive != calls => format!("{}/{}", count(calls), count(primitive)),
        (Some(calls), _) => count(calls),
    }
}

/// Returns a function and where it is.
fn function(row: &TopRow) -> Cell {
    let file = row.file.as_ref().or(row.module.as_ref()).map_or(String::new(), |file| format!(" {file}"));
    let line = row.line.filter(|_| row.file.is_some()).map_or(String::new(), |line| format!(":{line}"));
    Cell::from(printable(&row.name)).and(printable(&format!("{file}{line}")), Tone::Faint)
}

/// Returns the title of a column of costs: `cpu/nanoseconds`, and `cpu/1e-4 seconds` for a unit of its own.
fn costs_title(value_type: &ValueType) -> String {
    let unit = &value_type.unit;
    if *unit == Unit::named(&unit.name) {
        return format!("{}/{}", value_type.kind, unit.name);
    }
    let base = match unit.dimension {
        Dimension::Time => "seconds",
        Dimension::Bytes => "bytes",
        Dimension::Count | Dimension::Other => unit.name.as_str(),
    };
    format!("{}/{}e{} {base}", value_type.kind, unit.factor, unit.exponent)
}

/// Returns counts that share a cell.
fn listed(counts: &[i64]) -> String {
    counts.iter().map(i64::to_string).collect::<Vec<_>>().join("/")
}

/// Returns a value as one line of JSON.
pub(crate) fn to_json_line(value: &impl Serialize) -> String {
    let mut line = serde_json::to_string(value).unwrap_or_else(|error| panic!("text and integers are JSON: {error}"));
    line.push('\n');
    line
}

#[derive(Serialize)]
struct JsonTop<'t> {
    file: &'t str,
    format: &'t str,
    producer: Option<&'t str>,
    duration_ns: Option<i64>,
    samples: usize,
    threads: Vec<String>,
    values: Vec<JsonValue<'t>>,
    functions: Vec<JsonFunction<'t>>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct JsonValue<'t> {
    kind: &'t str,
    unit: &'t str,
    factor: u64,
    exponent: i8,
    role: &'t str,
    total: i64,
}

#[derive(Serialize)]
struct JsonFunction<'t> {
    name: &'t str,
    file: Option<&'t str>,
    line: Option<u32>,
    module: Option<&'t str>,
    #[serde(rename = "self")]
    own: &'t [i64],
    total: &'t [i64],
    calls: Option<JsonCalls<'t>>,
    primitive_calls: Option<JsonCalls<'t>>,
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
