//! The list of what the lines of some functions cost, beside the text of their source files.

use super::functions::{FUNCTION_TITLES, bound, calls, function_fields, place};
use super::head::Head;
use super::json::{JsonFunction, JsonList};
use super::sources::{SourceFile, Sources};
use crate::csv::csv;
use crate::page::Page;
use crate::table::{Cell, Side, Table, Tone};
use profkit_core::Notes;
use profkit_core::readable::printable;
use profkit_ops::{FunctionLines, LineCost};
use serde::Serialize;
use std::ops::RangeInclusive;

/// How many lines are shown around each line that costs something.
const CONTEXT: u32 = 3;

/// Returns the list for people. `all` is how many functions there are.
pub(super) fn text(head: &Head<'_>, list: &[FunctionLines], all: usize, sources: &mut Sources, page: Page) -> String {
    let mut text = head.text((all, list.len()));
    for found in list {
        let row = &found.function;
        let title = Cell::new(printable(&row.name), Tone::Strong).and(place(row), Tone::Faint);
        let (own, total) = (head.cell(&row.own), head.cell(&row.total));
        let costs = format!(
            "self {} ({}), total {} ({})",
            head.spell(own),
            head.share(own),
            bound(head.spell(total), row.is_bound),
            bound(head.share(total), row.is_bound)
        );
        let counts = calls(row.calls.as_deref(), row.primitive_calls.as_deref());
        let counts = if counts.is_empty() { counts } else { format!(", calls {counts}") };
        let mut title_row = Table::new(&[Side::Name]);
        title_row.push([title]);
        text.push_str(&format!("\n{}{costs}{counts}\n", title_row.text(page)));
        for lines in found.lines.chunk_by(|left, right| left.file == right.file) {
            let file = sources.find(lines[0].file.as_deref(), found.full_path.as_deref());
            text.push_str(&file_text(head, lines, row.line, file, page));
        }
    }
    text
}

/// Returns the lines that one file has of a function; `start` is the first line of the function.
fn file_text(head: &Head<'_>, lines: &[LineCost], start: Option<u32>, file: &SourceFile, page: Page) -> String {
    let name = lines[0].file.as_deref();
    let mut text = match (&file.place, name) {
        (Some(place), _) => format!("{}\n", printable(&place.display().to_string())),
        (None, Some(name)) => format!("{} is not there; --source-path tells where to look\n", printable(name)),
        (None, None) => "the profile names no file\n".to_owned(),
    };
    let mut table = Table::new(&[Side::Right, Side::Right, Side::Right, Side::Name]);
    table.push(["self", "total", "line", "source"].map(|title| Cell::new(title, Tone::Strong)));
    let unknown = lines.iter().filter(|line| line.line.is_none());
    unknown.for_each(|line| table.push(cells(head, Some(line), "?".to_owned(), "")));
    let mut next = None;
    for range in ranges(lines, start, file) {
        if next.is_some() {
            table.push(["", "", "..."]);
        }
        next = Some(*range.end());
        for number in range {
            let cost = lines.iter().find(|line| line.line == Some(number));
            table.push(cells(head, cost, number.to_string(), file.line(number).unwrap_or_default()));
        }
    }
    text.push_str(&table.text(page));
    text
}

fn cells(head: &Head<'_>, cost: Option<&LineCost>, number: String, source: &str) -> [Cell; 4] {
    let spell = |cost: i64| if cost == 0 { ".".to_owned() } else { head.spell(cost) };
    let own = cost.map_or(".".to_owned(), |line| spell(head.cell(&line.own)));
    let total = cost.map_or(".".to_owned(), |line| bound(spell(head.cell(&line.total)), line.is_bound));
    let tone = if cost.is_some() { Tone::Plain } else { Tone::Faint };
    [
        Cell::new(own, tone),
        Cell::new(total, tone),
        Cell::new(number, Tone::Faint),
        Cell::new(printable(&source.replace('\t', "    ")), tone),
    ]
}

/// Returns the numbers of the lines to show: those that cost something, with a few around them and the first
/// line of the function where the text of the file is there.
fn ranges(lines: &[LineCost], start: Option<u32>, file: &SourceFile) -> Vec<RangeInclusive<u32>> {
    let context = if file.count() > 0 { CONTEXT } else { 0 };
    let last = if file.count() > 0 { file.count() } else { u32::MAX };
    let costly = lines.iter().filter_map(|line| line.line);
    let mut numbers: Vec<u32> = costly.chain(start.filter(|_| context > 0)).collect();
    numbers.sort_unstable();
    let mut ranges: Vec<RangeInclusive<u32>> = Vec::new();
    for number in numbers {
        let from = number.saturating_sub(context).max(1);
        let to = number.saturating_add(context).min(last).max(number);
        match ranges.last_mut() {
            Some(range) if from <= range.end().saturating_add(1) => *range = *range.start()..=to.max(*range.end()),
            _ => ranges.push(from..=to),
        }
    }
    ranges
}

/// Returns the list for spreadsheets, a row for each line that costs something.
pub(super) fn comma_separated(head: &Head<'_>, list: &[FunctionLines], sources: &mut Sources) -> String {
    let titles = FUNCTION_TITLES.iter().map(|title| format!("function_{title}"));
    let titles = titles.chain(["file", "line"].map(str::to_owned));
    let titles = titles.chain(head.cost_titles("self")).chain(head.cost_titles("total"));
    let titles = titles.chain(["total_is_bound", "source"].map(str::to_owned)).collect();
    let mut rows = vec![titles];
    for found in list {
        for line in &found.lines {
            let mut fields = function_fields(&found.function).to_vec();
            let number = line.line.map_or(String::new(), |number| number.to_string());
            fields.extend([line.file.clone().unwrap_or_default(), number]);
            fields.extend(line.own.iter().chain(&line.total).map(i64::to_string));
            let file = sources.find(line.file.as_deref(), found.full_path.as_deref());
            let source = line.line.and_then(|number| file.line(number)).unwrap_or_default();
            fields.extend([line.is_bound.to_string(), source.to_owned()]);
            rows.push(fields);
        }
    }
    csv(rows)
}

#[derive(Serialize)]
struct JsonLines<'t> {
    #[serde(flatten)]
    function: JsonFunction<'t>,
    lines: Vec<JsonLine<'t>>,
}

#[derive(Serialize)]
struct JsonLine<'t> {
    file: Option<&'t str>,
    line: Option<u32>,
    #[serde(rename = "self")]
    own: &'t [i64],
    total: &'t [i64],
    source: Option<String>,
}

/// Returns the list for programs: functions as in the list of functions, with `lines`: file, line, `self`,
/// `total`, and `source`, the text of the line, null where the file was not found.
pub(super) fn json(head: &Head<'_>, list: &[FunctionLines], sources: &mut Sources, notes: &Notes) -> String {
    let functions = list.iter().map(|found| {
        let lines = found.lines.iter().map(|line| {
            let file = sources.find(line.file.as_deref(), found.full_path.as_deref());
            let source = line.line.and_then(|number| file.line(number)).map(str::to_owned);
            JsonLine { file: line.file.as_deref(), line: line.line, own: &line.own, total: &line.total, source }
        });
        JsonLines { function: JsonFunction::of(&found.function), lines: lines.collect() }
    });
    let functions: Vec<_> = functions.collect();
    JsonList::line(head.json(), functions.into_iter(), notes)
}
