//! Lines, and the numbers in them.

use profkit_core::{Error, Input, Place, Result};

/// The lines of an input that say something.
pub(super) struct Lines<'a> {
    input: Input<'a>,
    rest: &'a [u8],
}

impl<'a> Lines<'a> {
    pub(super) fn new(input: Input<'a>) -> Lines<'a> {
        Lines { input, rest: input.bytes() }
    }

    /// Returns the next line that is not blank, without blanks at its ends.
    pub(super) fn next(&mut self) -> Option<&'a [u8]> {
        while !self.rest.is_empty() {
            let end = memchr::memchr(b'\n', self.rest).unwrap_or(self.rest.len());
            let (line, rest) = self.rest.split_at_checked(end)?;
            self.rest = rest.get(1..).unwrap_or_default();
            let line = line.trim_ascii();
            if !line.is_empty() {
                return Some(line);
            }
        }
        None
    }

    /// Returns the error that something else than `wanted` stands at `found`, which is a part of the input.
    pub(super) fn unlike(&self, wanted: &str, found: &[u8]) -> Error {
        self.wrong(found, format!("expected {wanted}, found {}", shown(found)))
    }

    /// Returns an error at a part of the input.
    pub(super) fn wrong(&self, at: &[u8], message: String) -> Error {
        Error::malformed(message).at(self.place(at))
    }

    /// Returns where a part of the input stands.
    pub(super) fn place(&self, part: &[u8]) -> Place {
        self.input.line(part)
    }

    /// Returns the error of a number of the input that is too large.
    pub(super) fn too_large(&self, what: &str, at: &[u8]) -> Error {
        Error::overflow(what).at(self.place(at))
    }
}

/// Returns a part of the input as it is shown in a message.
pub(super) fn shown(text: &[u8]) -> String {
    const MOST: usize = 40;
    match text.get(..MOST) {
        _ if text.is_empty() => "the end of the line".to_owned(),
        Some(start) if text.len() > MOST => format!("{:?}...", String::from_utf8_lossy(start)),
        _ => format!("{:?}", String::from_utf8_lossy(text)),
    }
}

/// Returns the next word of a line; what is left of the line starts with a word again.
pub(super) fn word<'a>(line: &mut &'a [u8]) -> Option<&'a [u8]> {
    if line.is_empty() {
        return None;
    }
    let end = line.iter().position(|byte| matches!(byte, b' ' | b'\t')).unwrap_or(line.len());
    let (word, rest) = line.split_at_checked(end)?;
    *line = rest.trim_ascii_start();
    Some(word)
}

/// Returns the number that digits at the start of a text spell, and what follows; none where there are no digits, and
/// an empty number where it has more than 64 bits.
pub(super) fn digits(text: &[u8]) -> Option<(Option<u64>, &[u8])> {
    let (mut number, mut rest) = (Some(0u64), text);
    while let [digit @ b'0'..=b'9', after @ ..] = rest {
        number = number.and_then(|it| it.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
        rest = after;
    }
    (rest.len() < text.len()).then_some((number, rest))
}

/// The same for a number that may also be hexadecimal, after `0x`.
fn number(text: &[u8]) -> Option<(Option<u64>, &[u8])> {
    let Some(hexadecimal) = text.strip_prefix(b"0x") else { return digits(text) };
    let (mut number, mut rest) = (Some(0u64), hexadecimal);
    while let [digit, after @ ..] = rest {
        let Some(digit) = char::from(*digit).to_digit(16) else { break };
        number = number.and_then(|it| it.checked_mul(16)?.checked_add(u64::from(digit)));
        rest = after;
    }
    (rest.len() < hexadecimal.len()).then_some((number, rest))
}

/// A position as it is spelled: one of instructions, basic blocks or lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subposition {
    /// Where it is, given where the one before was.
    pub(super) at: u64,
    /// Whether it reaches further, to an end that is not told here.
    pub(super) is_range: bool,
}

/// Returns the position that a word spells, relative to the one `before`: `12`, `0x4f`, `+3`, `-3` or `*`, with the end
/// of a range after it, `12-15`, `12+3` or `12:15`.
pub(super) fn subposition(word: &[u8], before: u64) -> Option<Subposition> {
    let (at, rest) = match word {
        [b'*', rest @ ..] => (before, rest),
        [b'+', rest @ ..] => number(rest).and_then(|(by, rest)| Some((before.wrapping_add(by?), rest)))?,
        [b'-', rest @ ..] => number(rest).and_then(|(by, rest)| Some((before.wrapping_sub(by?), rest)))?,
        _ => number(word).and_then(|(at, rest)| Some((at?, rest)))?,
    };
    let is_range = match rest {
        [] => false,
        [b'-' | b'+' | b':', end @ ..] => matches!(number(end), Some((_, []))),
        _ => return None,
    };
    (is_range || rest.is_empty()).then_some(Subposition { at, is_range })
}

/// Returns the count that a word spells, and none where it spells none.
///
/// # Errors
///
/// A count beyond 64 bits.
pub(super) fn count(lines: &Lines<'_>, word: &[u8]) -> Result<Option<i64>> {
    let (is_negative, text) = match word {
        [b'-', text @ ..] => (true, text),
        _ => (false, word),
    };
    let Some((count, [])) = digits(text) else { return Ok(None) };
    let count = count.and_then(|count| i64::try_from(count).ok()).ok_or_else(|| lines.too_large("a count", word))?;
    Ok(Some(if is_negative { -count } else { count }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_spelled_in_many_ways() {
        let at = |word: &[u8]| subposition(word, 100).map(|it| (it.at, it.is_range));
        assert_eq!(at(b"7"), Some((7, false)));
        assert_eq!(at(b"0x1F"), Some((31, false)));
        assert_eq!(at(b"+3"), Some((103, false)));
        assert_eq!(at(b"-0x10"), Some((84, false)));
        assert_eq!(at(b"*"), Some((100, false)));
        assert_eq!(at(b"7-9"), Some((7, true)));
        assert_eq!(at(b"7:9"), Some((7, true)));
        assert_eq!(at(b"*+2"), Some((100, true)));
        for wrong in [&b"x"[..], b"", b"+", b"7-", b"7x", b"99999999999999999999", b"0x"] {
            assert_eq!(at(wrong), None, "{}", String::from_utf8_lossy(wrong));
        }
    }

    #[test]
    fn words_are_parted_by_any_blanks() {
        let mut line = &b"12  3\t4"[..];
        let words: Vec<_> = std::iter::from_fn(|| word(&mut line)).collect();
        assert_eq!(words, [b"12", &b"3"[..], b"4"]);
    }
}
