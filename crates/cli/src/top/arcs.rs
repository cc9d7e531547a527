//! The list of the callers and callees of some functions.
//!
//! ```text
//!  self   total  total%   share  calls  function
//! 0.2 s   0.8 s   40.0%   66.7%     12    <- main a.py:1       called by main: 12 calls that cost 0.8 s in all
//! 0.3 s   1.2 s   60.0%             15  f a.py:3
//! 0.9 s   0.9 s   45.0%   75.0%     30    -> g a.py:7          calls g, which costs 0.9 s under f
//! ```

use super::functions::{FUNCTION_TITLES, bound, calls, function_fields, joined, place};
use super::head::Head;
use super::json::{JsonFunction, JsonList};
use crate::csv::csv;
use crate::page::Page;
use crate::table::{Cell, Side, Table, Tone};
use profkit_core::Notes;
use profkit_core::readable::percent;
use profkit_core::readable::printable;
use profkit_ops::{Peek, PeekArc};
use serde::Serialize;

/// A function with those of its arcs that were asked for.
pub(super) struct Arcs {
    pub(super) peek: Peek,
    pub(super) has_callers: bool,
    pub(super) has_callees: bool,
}

impl Arcs {
    fn callers(&self) -> &[PeekArc] {
        if self.has_callers { &self.peek.callers } else { &[] }
    }

    fn callees(&self) -> &[PeekArc] {
        if self.has_callees { &self.peek.callees } else { &[] }
    }

    fn all(&self) -> impl Iterator<Item = &PeekArc> {
        self.callers().iter().chain(self.callees())
    }
}

/// Returns the list for people. `all` is how many functions there are.
pub(super) fn text(head: &Head<'_>, list: &[Arcs], all: usize, page: Page) -> String {
    let mut text = head.text((all, list.len()));
    let has_calls = |it: &Arcs| it.peek.function.calls.is_some() || it.all().any(|arc| arc.calls.is_some());
    let has_calls = list.iter().any(has_calls);
    let mut columns = ["self", "total", "total%", "share"].map(|title| (title, Side::Right)).to_vec();
    columns.extend(has_calls.then_some(("calls", Side::Right)));
    columns.push(("function", Side::Name));
    let mut table = Table::titled(&columns);
    for (index, arcs) in list.iter().enumerate() {
        if index > 0 {
            table.push::<&str>([]);
        }
        let row = &arcs.peek.function;
        let (own, total) = (head.cell(&row.own), head.cell(&row.total));
        let arc = |arc: &PeekArc, sign: &str| {
            let total_of_arc = arc.total.as_ref().map(|costs| head.cell(costs));
            let spell = |cost: Option<i64>| cost.map_or(String::new(), |cost| head.spell(cost));
            let costs = [
                spell(arc.own.as_ref().map(|costs| head.cell(costs))),
                spell(total_of_arc),
                total_of_arc.map_or(String::new(), |cost| head.share(cost)),
                total_of_arc.map_or(String::new(), |cost| percent(cost, total)),
            ];
            let counts = has_calls.then(|| calls(arc.calls.as_deref(), arc.primitive_calls.as_deref()));
            let name = Cell::new(format!("  {sign} "), Tone::Faint).and(printable(&arc.other.name), Tone::Plain);
            let name = name.and(place(&arc.other), Tone::Faint);
            costs.into_iter().chain(counts).map(Cell::from).chain([name]).collect::<Vec<_>>()
        };
        arcs.callers().iter().for_each(|it| table.push(arc(it, "<-")));
        let costs = [
            head.spell(own),
            bound(head.spell(total), row.is_bound),
            bound(head.share(total), row.is_bound),
            String::new(),
        ];
        let counts = has_calls.then(|| calls(row.calls.as_deref(), row.primitive_calls.as_deref()));
        let name = Cell::new(printable(&row.name), Tone::Strong).and(place(row), Tone::Faint);
        table.push(costs.into_iter().chain(counts).map(|cell| Cell::new(cell, Tone::Strong)).chain([name]));
        arcs.callees().iter().for_each(|it| table.push(arc(it, "->")));
    }
    if !list.is_empty() {
        text.push('\n');
        text.push_str(&table.text(page));
    }
    text
}

/// Returns the list for spreadsheets, a row for each arc; a number that is not known is empty.
pub(super) fn comma_separated(head: &Head<'_>, list: &[Arcs]) -> String {
    let ends = |end: &'static str| FUNCTION_TITLES.iter().map(move |title| format!("{end}_{title}"));
    let counts = ["calls", "primitive_calls"].map(str::to_owned);
    let titles = ends("caller").chain(ends("callee")).chain(counts);
    let titles = titles.chain(head.cost_titles("self")).chain(head.cost_titles("total")).collect();
    let columns = head.sums.len();
    let row = |caller: [String; 4], callee: [String; 4], arc: &PeekArc| {
        let mut fields: Vec<String> = caller.into_iter().chain(callee).collect();
        fields.extend([&arc.calls, &arc.primitive_calls].map(|counts| joined(counts.as_deref())));
        for costs in [&arc.own, &arc.total] {
            match costs {
                Some(costs) => fields.extend(costs.iter().map(i64::to_string)),
                None => fields.extend(std::iter::repeat_n(String::new(), columns)),
            }
        }
        fields
    };
    let rows = list.iter().flat_map(|arcs| {
        let own = function_fields(&arcs.peek.function);
        let callers = arcs.callers().iter().map(|arc| row(function_fields(&arc.other), own.clone(), arc));
        let callees = arcs.callees().iter().map(|arc| row(own.clone(), function_fields(&arc.other), arc));
        callers.chain(callees).collect::<Vec<_>>()
    });
    csv([titles].into_iter().chain(rows))
}

#[derive(Serialize)]
struct JsonArcs<'t> {
    #[serde(flatten)]
    function: JsonFunction<'t>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callers: Option<Vec<JsonFunction<'t>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callees: Option<Vec<JsonFunction<'t>>>,
}

/// Returns the list for programs: functions as in the list of functions, with `callers`, `callees` or both. These
/// are functions with the numbers of the arc: `self` and `total` are what the callee costs under the caller, null
/// where that is not known.
pub(super) fn json(head: &Head<'_>, list: &[Arcs], notes: &Notes) -> String {
    fn end(arc: &PeekArc) -> JsonFunction<'_> {
        let counts = [arc.calls.as_deref(), arc.primitive_calls.as_deref()];
        JsonFunction::under(&arc.other, [arc.own.as_deref(), arc.total.as_deref()], counts)
    }
    let functions = list.iter().map(|arcs| JsonArcs {
        function: JsonFunction::of(&arcs.peek.function),
        callers: arcs.has_callers.then(|| arcs.callers().iter().map(end).collect()),
        callees: arcs.has_callees.then(|| arcs.callees().iter().map(end).collect()),
    });
    JsonList::line(head.json(), functions, notes)
}
