//! A comparison for people.

use super::{DiffReport, spell};
use crate::page::Page;
use crate::table::{self, Cell, Side, Table, Tone};
use profkit_core::readable::amount;
use profkit_core::readable::printable;
use profkit_ops::{Change, DiffRow, DiffSort, Presence, Verdict};
use unicode_width::UnicodeWidthStr;

impl DiffReport<'_> {
    /// Returns the comparison for people: the result in a sentence, what was compared, then a table.
    pub(super) fn text(&self, page: Page) -> String {
        let mut text = format!("{}\n", spell::sentence(self.diff, self.row()));
        text.push_str(&table::lines(&wrapped(self.header(), page), &[Side::Left; 2]));
        let (rows, more) = self.shown();
        if !rows.is_empty() {
            text.push('\n');
            text.push_str(&self.table(&rows).text(page));
        }
        if more > 0 {
            let rest = if self.look.limit > 0 {
                "; -n 0 lists more, --sort total what changed only in what it calls"
            } else {
                ""
            };
            text.push_str(&format!("\n{}{rest}\n", spell::more_changed(more, self.row())));
        }
        text.push_str(&self.suggestions());
        text
    }

    fn header(&self) -> Vec<[String; 2]> {
        let mut rows = Vec::new();
        let totals = [self.diff.total.before, self.diff.total.after];
        for (index, title) in ["before", "after"].into_iter().enumerate() {
            let files = spell::files(self.files[index]);
            let side = spell::side(&self.diff.sides[index], totals[index], &self.diff.unit);
            rows.push([title.to_owned(), printable(&format!("{files}: {side}"))]);
        }
        let mut title = "note";
        for caution in self.diff.cautions() {
            rows.push([title.to_owned(), printable(&caution)]);
            title = "";
        }
        rows.push(["noise".to_owned(), spell::basis(&self.diff.basis)]);
        rows
    }

    fn table(&self, rows: &[&DiffRow]) -> Table {
        let by_total = self.look.sort == DiffSort::Total;
        let (what, other) = if by_total { ("total", "self +/-") } else { ("self", "total +/-") };
        let [before, after] = ["before", "after"].map(|side| format!("{what} {side}"));
        let mut table = Table::titled(&[
            (&before, Side::Right),
            (&after, Side::Right),
            ("+/-", Side::Right),
            ("%", Side::Right),
            ("verdict", Side::Left),
            (other, Side::Right),
            (self.row(), Side::Name),
        ]);
        for row in rows {
            let (change, other) = if by_total { (&row.total, &row.own) } else { (&row.own, &row.total) };
            let bound = |is_total: bool| if row.is_bound && is_total { "<=" } else { "" };
            let spell = |value| format!("{}{}", bound(by_total), amount(value, &self.diff.unit));
            let tone = tone(change);
            let delta = spell::signed(change.delta(), &self.diff.unit);
            let other = format!("{}{}", bound(!by_total), spell::signed(other.delta(), &self.diff.unit));
            table.push([
                Cell::from(if row.presence == Presence::New { String::new() } else { spell(change.before) }),
                if row.presence == Presence::Gone { String::new() } else { spell(change.after) }.into(),
                Cell::new(delta, tone),
                Cell::new(spell::relative_of(row, change), tone),
                verdict(change.verdict),
                Cell::new(other, Tone::Faint),
                Cell::from(printable(&row.name)).and(printable(&spell::place(row)), Tone::Faint),
            ]);
        }
        table
    }

    fn suggestions(&self) -> String {
        let mut text = String::new();
        for suggestion in &self.diff.suggestions {
            let [before, after] = [&suggestion.before, &suggestion.after].map(|name| printable(name));
            let likeness = (suggestion.likeness * 100.0).floor();
            if text.is_empty() {
                text.push_str("\nmay be the same under another name (--rename 's/OLD/NEW/' says so):\n");
            }
            text.push_str(&format!("  {before} -> {after} ({likeness} % of their callers and callees are the same)\n"));
        }
        text
    }
}

/// Returns rows of a title and a text with the text in as many lines as the page asks for.
fn wrapped(rows: Vec<[String; 2]>, page: Page) -> Vec<Vec<String>> {
    let titles = rows.iter().map(|[title, _]| title.len()).max().unwrap_or(0) + GAP;
    let width = page.width.map_or(usize::MAX, |width| width.saturating_sub(titles).max(LEAST_WIDTH));
    let mut lines: Vec<Vec<String>> = Vec::new();
    for [mut title, text] in rows {
        let mut line = String::new();
        for word in text.split(' ') {
            if !line.is_empty() && line.width() + 1 + word.width() > width {
                lines.push(vec![std::mem::take(&mut title), std::mem::take(&mut line)]);
            }
            line.extend((!line.is_empty()).then_some(' '));
            line.push_str(word);
        }
        lines.push(vec![title, line]);
    }
    lines
}

/// The columns between a title and its text.
const GAP: usize = 2;
/// The columns that a text keeps however narrow the page is.
const LEAST_WIDTH: usize = 40;

/// Returns how a change stands out: noise does not.
fn tone(change: &Change) -> Tone {
    match change.delta() {
        _ if change.verdict.is_noise() => Tone::Plain,
        1.. => Tone::Worse,
        0 => Tone::Plain,
        _ => Tone::Better,
    }
}

fn verdict(verdict: Verdict) -> Cell {
    let tone = match verdict {
        Verdict::Real { .. } => Tone::Strong,
        Verdict::Noise { .. } => Tone::Faint,
        _ => Tone::Plain,
    };
    Cell::new(verdict.name(), tone)
}
