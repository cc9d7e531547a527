//! Texts and attributes in the grammar of DOT.

use std::fmt::Write;

/// The attributes of one node, edge or graph.
#[derive(Default)]
pub(super) struct Attributes(String);

impl Attributes {
    /// Adds a text, whatever is in it.
    pub(super) fn text(mut self, name: &str, value: &str) -> Attributes {
        let gap = if self.0.is_empty() { "" } else { " " };
        // Writing to a string cannot fail.
        let _ = write!(self.0, "{gap}{name}=\"{}\"", escaped(value));
        self
    }

    /// Adds a text that is shown when the mouse rests on something.
    ///
    /// Graphviz (2.43 at least) looks twice for the letters that stand for the names of nodes there.
    pub(super) fn tooltip(self, name: &str, value: &str) -> Attributes {
        let mut twice = String::with_capacity(value.len());
        let mut characters = value.chars().peekable();
        while let Some(character) = characters.next() {
            twice.push(character);
            if character == '\\' && characters.peek().is_some_and(|next| "NGETHL".contains(*next)) {
                twice.push('\\');
            }
        }
        self.text(name, &twice)
    }

    /// Adds a number or a word.
    pub(super) fn word(mut self, name: &str, value: impl std::fmt::Display) -> Attributes {
        let gap = if self.0.is_empty() { "" } else { " " };
        let _ = write!(self.0, "{gap}{name}={value}");
        self
    }

    /// Adds a number, unless it is 1.
    pub(super) fn more_than_one(self, name: &str, value: u64) -> Attributes {
        if value == 1 { self } else { self.word(name, value) }
    }

    pub(super) fn end(self) -> String {
        self.0
    }
}

/// Returns a text as it stands between quotes. A line feed ends a centred line.
///
/// Graphviz takes a backslash and the letter behind it for something else, and what looks like an entity of HTML
/// for its character; a zero byte ends its input.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '&' => escaped.push_str("&amp;"),
            '\n' => escaped.push_str("\\n"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_in_a_text_stays_in_it() {
        let text =
            Attributes::default().text("label", "\"a\\b\" <c> & &lt;\nd").word("n", 3).more_than_one("w", 1).end();
        assert_eq!(text, r#"label="\"a\\b\" <c> &amp; &amp;lt;\nd" n=3"#);
        let tooltip = Attributes::default().tooltip("tooltip", "a\\N\\n\\").end();
        assert_eq!(tooltip, r#"tooltip="a\\\\N\\n\\""#);
    }
}
