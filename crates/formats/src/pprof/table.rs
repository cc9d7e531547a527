//! The string table that is written.

use profkit_core::{Id, Map, StringId, Strings};
use std::borrow::Cow;

/// Texts in the order of first use, the empty one first.
pub(super) struct TextTable<'p> {
    strings: &'p Strings,
    by_id: Vec<i64>,
    positions: Map<Cow<'p, str>, i64>,
    texts: Vec<Cow<'p, str>>,
}

impl<'p> TextTable<'p> {
    /// Returns a table of the empty text.
    pub(super) fn new(strings: &'p Strings) -> TextTable<'p> {
        let empty = Cow::Borrowed("");
        let positions = Map::from_iter([(empty.clone(), 0)]);
        TextTable { strings, by_id: vec![-1; strings.len()], positions, texts: vec![empty] }
    }

    /// Returns the position of a text of the profile.
    pub(super) fn of(&mut self, id: StringId) -> i64 {
        match self.by_id.get(id.index()) {
            Some(&position) if position >= 0 => position,
            _ => {
                let strings = self.strings;
                let position = self.add(Cow::Borrowed(&strings[id]));
                self.by_id.iter_mut().skip(id.index()).take(1).for_each(|slot| *slot = position);
                position
            }
        }
    }

    /// Returns the position of any text.
    pub(super) fn position(&mut self, text: &str) -> i64 {
        match self.positions.get(text) {
            Some(&position) => position,
            None => self.add(Cow::Owned(text.to_owned())),
        }
    }

    fn add(&mut self, text: Cow<'p, str>) -> i64 {
        let next = self.texts.len() as i64;
        let position = *self.positions.entry(text.clone()).or_insert(next);
        if position == next {
            self.texts.push(text);
        }
        position
    }

    /// Returns the number of texts.
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// Returns the text at a position.
    pub(super) fn text(&self, position: usize) -> &str {
        self.texts.get(position).map_or("", |text| text)
    }
}
