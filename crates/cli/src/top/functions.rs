//! The list of functions.

use super::head::Head;
use super::json::{JsonFunction, JsonList};
use crate::csv::csv;
use crate::page::Page;
use crate::table::{Cell, Side, Table, Tone};
use profkit_core::Notes;
use profkit_core::readable::printable;
use profkit_core::readable::{count, percent};
use profkit_ops::TopRow;

/// Returns the list for people: what the profile says of itself, then a table. `all` is how many functions
/// there are.
pub(super) fn text(head: &Head<'_>, rows: &[TopRow], all: usize, page: Page) -> String {
    let mut text = head.text((all, rows.len()));
    if rows.is_empty() {
        return text;
    }
    let has_calls = rows.iter().any(|row| row.calls.is_some());
    let mut columns = ["self", "self%", "sum%", "total", "total%"].map(|title| (title, Side::Right)).to_vec();
    columns.extend(has_calls.then_some(("calls", Side::Right)));
    columns.push(("function", Side::Name));
    let mut table = Table::titled(&columns);
    let mut sum = 0;
    for row in rows {
        sum += i128::from(head.cell(&row.own));
        let calls = has_calls.then(|| calls(row.calls.as_deref(), row.primitive_calls.as_deref()).into());
        table.push(costs(head, row, sum).into_iter().chain(calls).chain([function(row)]));
    }
    text.push('\n');
    text.push_str(&table.text(page));
    text
}

/// Returns the cells with costs of one row; `sum` is that of the own costs of all rows up to it.
fn costs(head: &Head<'_>, row: &TopRow, sum: i128) -> [Cell; 5] {
    let (own, total, whole) = (head.cell(&row.own), head.cell(&row.total), head.cell(&head.sums));
    let sum = i64::try_from(sum).map_or("-".to_owned(), |sum| percent(sum, whole));
    [
        Cell::from(head.spell(own)),
        head.share(own).into(),
        Cell::new(sum, Tone::Faint),
        bound(head.spell(total), row.is_bound).into(),
        bound(head.share(total), row.is_bound).into(),
    ]
}

/// Returns a number with the sign of an upper bound, if it is one.
pub(super) fn bound(number: String, is_bound: bool) -> String {
    if is_bound { format!("<={number}") } else { number }
}

/// Returns how often a function was called, in the manner of pstats: all calls, and behind a slash
/// those while it was not active already, where they differ.
pub(super) fn calls(calls: Option<&[i64]>, primitive: Option<&[i64]>) -> String {
    let first = |counts: Option<&[i64]>| counts.and_then(|counts| counts.first().copied());
    match (first(calls), first(primitive)) {
        (None, _) => String::new(),
        (Some(calls), Some(primitive)) if primitive != calls => format!("{}/{}", count(calls), count(primitive)),
        (Some(calls), _) => count(calls),
    }
}

/// Returns a function and where it is.
pub(super) fn function(row: &TopRow) -> Cell {
    Cell::from(printable(&row.name)).and(place(row), Tone::Faint)
}

/// Returns where a function is, with a space before it; nothing where that is not known.
pub(super) fn place(row: &TopRow) -> String {
    let file = row.file.as_ref().or(row.module.as_ref()).map_or(String::new(), |file| format!(" {file}"));
    let line = row.line.filter(|_| row.file.is_some()).map_or(String::new(), |line| format!(":{line}"));
    printable(&format!("{file}{line}"))
}

/// Returns the list for spreadsheets. All numbers are exact: costs in the unit of their title.
pub(super) fn comma_separated(head: &Head<'_>, rows: &[TopRow]) -> String {
    let titles = FUNCTION_TITLES.iter().chain(&["calls", "primitive_calls"]).map(|&title| title.to_owned());
    let titles = titles.chain(head.cost_titles("self")).chain(head.cost_titles("total"));
    let titles = titles.chain(["total_is_bound".to_owned()]).collect();
    let rows = rows.iter().map(|row| {
        let mut fields = function_fields(row).to_vec();
        fields.extend([&row.calls, &row.primitive_calls].map(|counts| joined(counts.as_deref())));
        fields.extend(row.own.iter().chain(&row.total).map(i64::to_string));
        fields.push(row.is_bound.to_string());
        fields
    });
    csv([titles].into_iter().chain(rows))
}

/// The titles of [`function_fields`].
pub(super) const FUNCTION_TITLES: [&str; 4] = ["name", "file", "line", "module"];

/// Returns what tells a function from others, for spreadsheets.
pub(super) fn function_fields(row: &TopRow) -> [String; 4] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [row.name.clone(), text(&row.file), row.line.map_or(String::new(), |line| line.to_string()), text(&row.module)]
}

/// Returns counts that share a field.
pub(super) fn joined(counts: Option<&[i64]>) -> String {
    counts.unwrap_or_default().iter().map(i64::to_string).collect::<Vec<_>>().join("/")
}

/// Returns the list for programs.
pub(super) fn json(head: &Head<'_>, rows: &[TopRow], notes: &Notes) -> String {
    JsonList::line(head.json(), rows.iter().map(JsonFunction::of), notes)
}
