//! What our writer says in a text behind the dict, where Python stops reading.
//!
//! ```text
//! u 3c000000 profkit: made-up=calls,primitive-calls exponent=-12 counts=plain
//! ```

use profkit_core::{Facet, Facets};

/// The word that the text starts with.
const START: &str = "profkit:";
/// The facets that the writer can make up, under the names that they have in the text.
const MADE_UP: &[(&str, Facet)] = &[
    ("calls", Facet::CallCounts),
    ("primitive-calls", Facet::PrimitiveCalls),
    ("totals", Facet::Totals),
    ("arc-calls", Facet::ArcCalls),
    ("arc-primitive-calls", Facet::ArcPrimitiveCalls),
    ("arc-costs", Facet::ArcCosts),
    ("callee-self", Facet::CalleeSelf),
];

/// What a reader has to know to get back what was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Postscript {
    /// What the writer made up.
    pub(super) made_up: Facets,
    /// The power of ten of a second that all times are whole counts of, where a reader would take another.
    pub(super) exponent: Option<i8>,
    /// All call counts are what they seem, even those that no Python would write.
    pub(super) has_plain_counts: bool,
    /// There are no values at all; the times are there because Python wants some.
    pub(super) has_no_values: bool,
}

impl Postscript {
    /// Returns the text, if there is anything to say.
    pub(super) fn text(&self) -> Option<String> {
        let mut words = vec![START.to_owned()];
        let names = MADE_UP.iter().filter(|(_, facet)| self.made_up.has(*facet)).map(|(name, _)| *name);
        let names: Vec<_> = names.collect();
        if !names.is_empty() {
            words.push(format!("made-up={}", names.join(",")));
        }
        words.extend(self.exponent.map(|exponent| format!("exponent={exponent}")));
        words.extend(self.has_plain_counts.then(|| "counts=plain".to_owned()));
        words.extend(self.has_no_values.then(|| "values=none".to_owned()));
        (words.len() > 1).then(|| words.join(" "))
    }

    /// Returns what the bytes behind the dict say, if they are ours and nothing but ours.
    pub(super) fn parse(rest: &[u8]) -> Option<Postscript> {
        let (size, text) = rest.strip_prefix(b"u")?.split_first_chunk()?;
        if i32::from_le_bytes(*size) != i32::try_from(text.len()).ok()? {
            return None;
        }
        let mut words = std::str::from_utf8(text).ok()?.split(' ');
        if words.next() != Some(START) {
            return None;
        }
        let mut postscript = Postscript::default();
        for word in words {
            match word.split_once('=')? {
                ("made-up", names) => {
                    for name in names.split(',') {
                        let &(_, facet) = MADE_UP.iter().find(|(known, _)| *known == name)?;
                        postscript.made_up = postscript.made_up.with(facet);
                    }
                }
                ("exponent", number) => postscript.exponent = Some(number.parse().ok()?),
                ("counts", "plain") => postscript.has_plain_counts = true,
                ("values", "none") => postscript.has_no_values = true,
                _ => return None,
            }
        }
        Some(postscript)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_understood() {
        let made_up = Facets::of(&[Facet::CallCounts, Facet::CalleeSelf]);
        let said = Postscript { made_up, exponent: Some(-12), has_plain_counts: true, has_no_values: true };
        let text = said.text().unwrap();
        let bytes = [b"u", &(text.len() as i32).to_le_bytes()[..], text.as_bytes()].concat();
        assert_eq!(Postscript::parse(&bytes), Some(said));
        assert_eq!(Postscript::parse(&[&bytes[..], b" "].concat()), None);
        assert_eq!(Postscript::default().text(), None);
    }
}
