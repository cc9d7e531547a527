//! Distinct texts of one part of a file, by number.

use profkit_core::Map;
use std::hash::{Hash, Hasher};

/// Distinct texts, numbered in the order in which they first come.
#[derive(Default)]
pub(super) struct Texts<'a> {
    list: Vec<&'a [u8]>,
    numbers: Map<Key<'a>, u32>,
}

/// A text with the bytes at both its ends, which are all of it where it is short: most names are found without a look at
/// where they first stood, which may be anywhere in the part.
#[derive(Clone, Copy)]
struct Key<'a> {
    text: &'a [u8],
    ends: [u64; 2],
}

/// How many bytes the ends can hold.
const SHORT: usize = 16;

impl<'a> Texts<'a> {
    /// Returns the number of a text, which it gets if it has none.
    pub(super) fn number(&mut self, text: &'a [u8]) -> u32 {
        *self.numbers.entry(Key { text, ends: ends(text) }).or_insert_with(|| {
            self.list.push(text);
            self.list.len() as u32 - 1
        })
    }

    /// Returns the texts in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'a [u8]> {
        self.list.iter().copied()
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.ends == other.ends
            && self.text.len() == other.text.len()
            && (self.text.len() <= SHORT || self.text == other.text)
    }
}

impl Eq for Key<'_> {}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if self.text.len() <= SHORT {
            state.write_u64(self.ends[0]);
            state.write_u64(self.ends[1]);
            state.write_usize(self.text.len());
        } else {
            state.write(self.text);
        }
    }
}

/// Returns the first and the last eight bytes of a text; together with its length, all that a short one is.
fn ends(text: &[u8]) -> [u64; 2] {
    if let (Some(&first), Some(&last)) = (text.first_chunk(), text.last_chunk()) {
        return [first, last].map(u64::from_le_bytes);
    }
    if let (Some(&first), Some(&last)) = (text.first_chunk(), text.last_chunk()) {
        return [first, last].map(|half| u64::from(u32::from_le_bytes(half)));
    }
    let bytes = text.iter().fold(0, |bytes, &byte| bytes << 8 | u64::from(byte));
    [bytes, 0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart_by_every_byte() {
        let mut all: Vec<Vec<u8>> = Vec::new();
        for length in 0..40 {
            let text = vec![b'a'; length];
            all.extend((0..length).map(|at| {
                let mut other = text.clone();
                other[at] = b'b';
                other
            }));
            all.push(text);
        }
        let mut texts = Texts::default();
        for _ in 0..2 {
            for (number, text) in all.iter().enumerate() {
                assert_eq!(texts.number(text) as usize, number, "{:?}", String::from_utf8_lossy(text));
            }
        }
        assert!(texts.iter().eq(all.iter().map(Vec::as_slice)));
    }
}
