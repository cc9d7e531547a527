//! Tables for people: aligned, cut to the width of the page, in color where that shows.
//!
//! ```text
//!  self  self%  function                         titles
//! 1.2 s  61.0%  parse src/parse.rs:12            a cell may be of several parts, each in its own tone
//! 10 ms   0.5%  core::ite…ib/core/iter.rs:91     a column of names is cut in the middle of its cells
//! ```

use crate::page::Page;
use clap::builder::styling::{AnsiColor, Effects, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// On which side of a column its cells stand, and whether they may be cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// On the left.
    Left,
    /// On the right, as numbers do.
    Right,
    /// On the left, and cut in the middle where the page is too narrow.
    Name,
}

/// How a part of a cell stands out, where colors show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "better and worse are for comparisons")]
pub(crate) enum Tone {
    Plain,
    /// What is looked for first.
    Strong,
    /// What is seldom looked for.
    Faint,
    /// A change for the better.
    Better,
    /// A change for the worse.
    Worse,
}

/// The text in one place of a table, in parts of different tones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell(Vec<(String, Tone)>);

/// Rows of cells under titles.
pub(crate) struct Table {
    sides: Vec<Side>,
    rows: Vec<Vec<Cell>>,
}

/// The columns that a name keeps however narrow the page is.
const LEAST_WIDTH: usize = 16;
/// What is between two columns.
const GAP: &str = "  ";

impl Cell {
    /// Returns a cell of one tone.
    pub(crate) fn new(text: impl Into<String>, tone: Tone) -> Cell {
        Cell(vec![(text.into(), tone)])
    }

    /// Returns the cell with one more part, next to what is there.
    pub(crate) fn and(mut self, text: impl Into<String>, tone: Tone) -> Cell {
        self.0.push((text.into(), tone));
        self
    }

    fn width(&self) -> usize {
        self.0.iter().map(|(text, _)| text.width()).sum()
    }

    /// Returns the cell with its middle left out, so that at most `width` columns of it stay.
    fn cut(&self, width: usize) -> Cell {
        let characters = || self.0.iter().flat_map(|(text, tone)| text.chars().map(move |it| (it, *tone)));
        let rest = width.saturating_sub(1);
        let mut kept = first(characters(), rest.div_ceil(2));
        let tone = kept.last().map_or(Tone::Plain, |&(_, tone)| tone);
        let mut tail = first(characters().collect::<Vec<_>>().into_iter().rev(), rest / 2);
        // An accent whose letter is gone must not settle on the mark of the cut.
        while tail.last().is_some_and(|(it, _)| it.width() == Some(0)) {
            tail.pop();
        }
        kept.push(('…', tone));
        kept.extend(tail.into_iter().rev());
        let mut cell = Cell::default();
        for (character, tone) in kept {
            match cell.0.last_mut() {
                Some((text, last)) if *last == tone => text.push(character),
                _ => cell.0.push((character.into(), tone)),
            }
        }
        cell
    }
}

/// Returns the first characters that fit into `width` columns.
fn first(characters: impl Iterator<Item = (char, Tone)>, width: usize) -> Vec<(char, Tone)> {
    let mut used = 0;
    let fits = |&(character, _): &(char, Tone)| {
        used += character.width().unwrap_or(0);
        used <= width
    };
    characters.take_while(fits).collect()
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Cell {
        Cell::new(text, Tone::Plain)
    }
}

impl Table {
    /// Returns a table without titles. Cells beyond the last side stand on the left.
    pub(crate) fn new(sides: &[Side]) -> Table {
        Table { sides: sides.to_vec(), rows: Vec::new() }
    }

    /// Returns a table with a title above each column.
    pub(crate) fn titled(columns: &[(&str, Side)]) -> Table {
        let mut table = Table::new(&columns.iter().map(|&(_, side)| side).collect::<Vec<_>>());
        table.push(columns.iter().map(|&(title, _)| Cell::new(title, Tone::Strong)));
        table
    }

    /// Adds a row.
    pub(crate) fn push<C: Into<Cell>>(&mut self, cells: impl IntoIterator<Item = C>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Returns the table as lines, columns as wide as their widest cell as far as the page allows.
    pub(crate) fn text(&self, page: Page) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut widths = vec![0; columns];
        for row in &self.rows {
            row.iter().zip(&mut widths).for_each(|(cell, width)| *width = (*width).max(cell.width()));
        }
        self.narrow(&mut widths, page.width.unwrap_or(usize::MAX));
        let mut text = String::new();
        for row in &self.rows {
            let mut line = Line::default();
            for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                if column > 0 {
                    line.space += GAP.len();
                }
                let cut = (cell.width() > width).then(|| cell.cut(width));
                let cell = cut.as_ref().unwrap_or(cell);
                let space = width.saturating_sub(cell.width());
                let is_right = self.side(column) == Side::Right;
                line.space += if is_right { space } else { 0 };
                cell.0.iter().for_each(|(text, tone)| line.push(text, *tone, page.has_color));
                line.space += if is_right { 0 } else { space };
            }
            text.push_str(&line.text);
            text.push('\n');
        }
        text
    }

    fn side(&self, column: usize) -> Side {
        self.sides.get(column).copied().unwrap_or(Side::Left)
    }

    /// Takes columns away from the names, from the widest first, until the lines fit.
    fn narrow(&self, widths: &mut [usize], page: usize) {
        let gaps = GAP.len() * widths.len().saturating_sub(1);
        let mut excess = (widths.iter().sum::<usize>() + gaps).saturating_sub(page);
        let names: Vec<usize> = (0..widths.len()).filter(|&column| self.side(column) == Side::Name).collect();
        while let Some(&widest) = names.iter().max_by_key(|&&column| widths[column])
            && excess > 0
            && widths[widest] > LEAST_WIDTH
        {
            widths[widest] -= 1;
            excess -= 1;
        }
    }
}

/// A line that ends with its last text, whatever space would follow.
#[derive(Default)]
struct Line {
    text: String,
    space: usize,
}

impl Line {
    fn push(&mut self, text: &str, tone: Tone, has_color: bool) {
        if text.is_empty() {
            return;
        }
        self.text.extend(std::iter::repeat_n(' ', self.space));
        self.space = 0;
        match style(tone).filter(|_| has_color) {
            Some(style) => self.text.push_str(&format!("{style}{text}{style:#}")),
            None => self.text.push_str(text),
        }
    }
}

fn style(tone: Tone) -> Option<Style> {
    let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
    match tone {
        Tone::Plain => None,
        Tone::Strong => Some(Effects::BOLD.into()),
        Tone::Faint => Some(Effects::DIMMED.into()),
        Tone::Better => Some(color(AnsiColor::Green)),
        Tone::Worse => Some(color(AnsiColor::Red)),
    }
}

/// Returns the rows as plain lines of any width.
pub(crate) fn lines(rows: &[Vec<String>], sides: &[Side]) -> String {
    let mut table = Table::new(sides);
    rows.iter().for_each(|row| table.push(row.iter().map(String::as_str)));
    table.text(Page::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrow(cells: &[&str], width: usize) -> Vec<String> {
        let mut table = Table::new(&[Side::Right, Side::Name]);
        cells.iter().for_each(|cell| table.push(["1", cell]));
        let text = table.text(Page { width: Some(width), has_color: false });
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn columns_are_aligned() {
        let rows = [["a", "1", "x"], ["bcd", "23", ""]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(lines(&rows, &[Side::Left, Side::Right]), "a     1  x\nbcd  23\n");
    }

    #[test]
    fn names_are_cut_in_the_middle() {
        assert_eq!(
            narrow(&["short", "a_name_that_is_longer_than_that a.py:12"], 23),
            ["1  short", "1  a_name_tha…t a.py:12"]
        );
    }

    #[test]
    fn wide_and_combining_characters_count_as_what_they_take() {
        let rows = narrow(&["関数関数関数関数関数関数関数", &"e\u{301}".repeat(18)], 19);
        assert_eq!(rows[0], "1  関数関数…数関数");
        assert_eq!(rows[1].width(), 19);
        assert!(rows[1].contains("…e\u{301}"));
    }

    #[test]
    fn a_name_keeps_its_least_width_on_any_page() {
        assert_eq!(narrow(&["0123456789abcdefghij"], 1), ["1  01234567…defghij"]);
    }

    #[test]
    fn tones_show_only_in_color() {
        let mut table = Table::titled(&[("self", Side::Right)]);
        table.push([Cell::new("f", Tone::Plain).and(" a.py", Tone::Faint)]);
        assert_eq!(table.text(Page::default()), "  self\nf a.py\n");
        let colored = table.text(Page { width: None, has_color: true });
        assert_eq!(colored, "  \u{1b}[1mself\u{1b}[0m\nf\u{1b}[2m a.py\u{1b}[0m\n");
    }
}
