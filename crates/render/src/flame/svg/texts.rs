//! Names as lines of collapsed stacks and XML can hold them, no two alike.

use crate::flame::labels::{Label, Labels};
use crate::trie::NONE;
use std::collections::{HashMap, HashSet};

/// The most characters of a name that a picture holds.
const MOST_CHARS: usize = 300;
/// What stands for a frame without a name.
const ANONYMOUS: &str = "(anonymous)";
/// Characters that XML cannot hold, that no one sees, or that turn the text around them.
const INVISIBLE: [std::ops::RangeInclusive<char>; 5] = [
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2066}'..='\u{2069}',
    '\u{fdd0}'..='\u{fdef}',
    '\u{fffe}'..='\u{ffff}',
];

/// The text of each label. Different labels have different texts.
pub(super) struct Texts(Vec<String>);

impl Texts {
    /// Returns the texts of labels, and that of what has no label.
    pub(super) fn new(labels: &Labels, other: &str) -> Texts {
        let mut uses: HashMap<String, usize> = HashMap::new();
        let plain: Vec<String> = labels.rows().iter().map(|label| line_text(&label.name)).collect();
        plain.iter().for_each(|text| *uses.entry(text.clone()).or_default() += 1);
        let mut taken: HashSet<String> = HashSet::from([other.to_owned()]);
        let mut texts = vec![other.to_owned()];
        for (label, plain) in labels.rows().iter().zip(plain) {
            let is_unique = uses[&plain] == 1;
            let text = if is_unique { plain } else { line_text(&with_place(label)) };
            let mut free = text.clone();
            let mut number = 2;
            while !taken.insert(free.clone()) {
                // Behind what is cut, so that each number is another text.
                free = format!("{text} (#{number})");
                number += 1;
            }
            texts.push(free);
        }
        Texts(texts)
    }

    /// Returns the text of a label; for [`NONE`], that of the part of a root that has no frame.
    pub(super) fn of(&self, label: u32) -> &str {
        self.0.get(label as usize).map_or(&self.0[NONE as usize], String::as_str)
    }
}

/// Returns a name with where its function stands, in the manner of py-spy: `render (shop.py:12)`.
fn with_place(label: &Label) -> String {
    let place = label.place();
    let short = place.rsplit(['/', '\\']).next().unwrap_or(&place);
    if short.is_empty() { label.name.clone() } else { format!("{} ({short})", cut(&label.name)) }
}

/// Returns a name that a line can hold: not empty, without a semicolon, without blanks around it, and
/// without a number at its end that would be taken for a count.
fn line_text(name: &str) -> String {
    let mut text = printable(cut(name).trim()).replace(';', ":");
    let end = text.trim_end_matches(|character: char| character.is_ascii_digit() || character == '.').len();
    if end < text.len() && text[..end].ends_with(' ') {
        text.replace_range(end - 1..end, "\u{a0}");
    }
    if text.starts_with("# ") {
        text.replace_range(1..2, "\u{a0}");
    }
    if text.is_empty() { ANONYMOUS.to_owned() } else { text }
}

/// Returns a text with a visible spelling of whatever no one sees and XML cannot hold.
pub(super) fn printable(text: &str) -> String {
    let is_hidden = |it: char| it.is_control() || INVISIBLE.iter().any(|range| range.contains(&it));
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            printable.extend(character.escape_default());
        } else {
            printable.push(character);
        }
    }
    printable
}

/// Returns a text as it stands in XML.
pub(crate) fn escaped(text: &str) -> String {
    printable(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Returns the beginning of a name that is too long.
fn cut(name: &str) -> String {
    match name.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_end_a_line() {
        assert_eq!(line_text("Thread 12"), "Thread\u{a0}12");
        assert_eq!(line_text("v 1 2.5"), "v 1\u{a0}2.5");
        assert_eq!(line_text("[u8; 8]"), "[u8: 8]");
        assert_eq!(line_text("# note"), "#\u{a0}note");
        assert_eq!(line_text(" \t"), ANONYMOUS);
        assert_eq!(line_text("a\0\u{1b}[2J"), "a\\u{0}\\u{1b}[2J");
        assert_eq!(line_text("f12"), "f12");
    }

    #[test]
    fn long_names_that_begin_alike_stay_apart() {
        let mut profile = profkit_core::Profile::default();
        for end in ["a", "b", "c"] {
            let name = profile.string(&("long::".repeat(100) + end));
            profile.function(profkit_core::Function::named(name));
        }
        let texts = Texts::new(&Labels::new(&profile, &profile, &[]), "(other)");
        let distinct: HashSet<_> = (1..=3).map(|label| texts.of(label + 1)).collect();
        assert_eq!(distinct.len(), 3, "{distinct:?}");
    }

    #[test]
    fn a_name_cannot_end_an_element() {
        assert_eq!(escaped("]]></script>\u{202e}&\""), "]]&gt;&lt;/script&gt;\\u{202e}&amp;&quot;");
    }
}
