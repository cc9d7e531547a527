//! Through whom a change came, for people.

mod json;

pub(super) use json::json;

use super::spell::signed;
use crate::page::Page;
use crate::table::{Cell, Side, Table, Tone};
use profkit_core::readable::printable;
use profkit_core::readable::{amount, count};
use profkit_core::{Unit, readable};
use profkit_ops::{Explanation, Via};

/// The part of the change that one caller has to make up to be named as its cause.
const CAUSE: f64 = 0.5;

/// Returns through which callers the change of a function came, and into which callees it went; `limit` of each,
/// all for 0.
pub(super) fn text(explained: &Explanation, limit: usize, page: Page) -> String {
    let unit = &explained.unit;
    let place = place(explained.file.as_deref(), explained.line);
    let mut text = format!("{}{}\n", printable(&explained.name), printable(&place));
    let change = |[before, after]: [i64; 2]| {
        let delta = signed(i128::from(after) - i128::from(before), unit);
        format!("{} -> {} ({delta})", amount(before, unit), amount(after, unit))
    };
    text.push_str(&format!("total {}, self {}", change(explained.total), change(explained.own)));
    if let Some([before, after]) = explained.calls {
        text.push_str(&format!(", calls {} -> {}", count(before), count(after)));
    }
    text.push('\n');
    text.extend(cause(explained).map(|cause| format!("{}\n", printable(&cause))));
    for (title, vias) in [("through caller", &explained.callers), ("into callee", &explained.callees)] {
        if !vias.is_empty() {
            text.push('\n');
            text.push_str(&table(title, vias, limit, unit).text(page));
        }
    }
    text
}

/// Returns how many rows a limit allows, of which 0 is none.
fn most(limit: usize) -> usize {
    if limit == 0 { usize::MAX } else { limit }
}

fn place(file: Option<&str>, line: Option<u32>) -> String {
    let line = line.filter(|_| file.is_some()).map_or(String::new(), |line| format!(":{line}"));
    file.map_or(String::new(), |file| format!(" {file}{line}"))
}

fn table(title: &str, vias: &[Via], limit: usize, unit: &Unit) -> Table {
    let has_calls = vias.iter().any(|via| via.calls.is_some());
    let mut columns = vec![("before", Side::Right), ("after", Side::Right), ("+/-", Side::Right)];
    if has_calls {
        columns.extend(["of calls", "of cost", "calls"].map(|title| (title, Side::Right)));
    }
    columns.push((title, Side::Name));
    let mut table = Table::titled(&columns);
    for via in vias.iter().take(most(limit)) {
        let [before, after] = via.cost.map(|cost| Cell::from(amount(cost, unit)));
        let tone = match via.delta() {
            1.. => Tone::Worse,
            0 => Tone::Plain,
            _ => Tone::Better,
        };
        let mut cells = vec![before, after, Cell::new(signed(via.delta(), unit), tone)];
        if has_calls {
            let split = via.split().map(|parts| parts.map(|part| signed(part, unit))).unwrap_or_default();
            cells.extend(split.map(Cell::from));
            let calls = via.calls.map_or(String::new(), |[before, after]| match before == after {
                true => count(after),
                false => format!("{} -> {}", count(before), count(after)),
            });
            cells.push(calls.into());
        }
        let place = place(via.file.as_deref(), None);
        cells.push(Cell::from(printable(&via.name)).and(printable(&place), Tone::Faint));
        table.push(cells);
    }
    table
}

/// Returns the reason of most of the change in a sentence, if there is one.
fn cause(explained: &Explanation) -> Option<String> {
    let all = i128::from(explained.total[1]) - i128::from(explained.total[0]);
    let is_most = |part: i128| all != 0 && part as f64 / all as f64 >= CAUSE;
    let share = |part: i128| {
        let [part, all] = [part, all].map(|it| i64::try_from(it).unwrap_or(i64::MAX));
        readable::percent(part, all)
    };
    let own = i128::from(explained.own[1]) - i128::from(explained.own[0]);
    if let Some(via) = explained.callers.first().filter(|via| is_most(via.delta())) {
        let name = &via.name;
        return Some(match (via.split(), via.calls) {
            (Some([by_calls, _]), Some([before, after])) if is_most(by_calls) => match before {
                0 => format!(
                    "because {name} calls it now ({} times): {} of the change",
                    count(after),
                    share(via.delta())
                ),
                _ if after == 0 => format!("because {name} calls it no more: {} of the change", share(via.delta())),
                _ => {
                    let times = after as f64 / before as f64;
                    let more = if times >= 1.0 { "as often" } else { "as seldom" };
                    let times = if times >= 1.0 { times } else { 1.0 / times };
                    format!("because {name} calls it {times:.1}x {more}: {} of the change", share(by_calls))
                }
            },
            (Some(_), Some(_)) if is_most(own) => {
                format!("because each call costs more on its own: {} of the change is its own code", share(own))
            }
            (Some(_), Some(_)) => {
                format!("because each call from {name} costs more: {} of the change", share(via.delta()))
            }
            _ => format!("{} of the change came through {name}", share(via.delta())),
        });
    }
    is_most(own).then(|| format!("{} of the change is its own code", share(own)))
}
