//! Dicts read pair by pair, and tuples that need no place on the heap.

use super::{FLAG_REF, Marshal, not_null};
use crate::pstats::object::{Container, Kind, Object, Span};
use profkit_core::Result;

/// A tuple of so many parts, or what stands in its place.
pub(in crate::pstats) type Tuple<const N: usize> = std::result::Result<[Object; N], Object>;

/// The pairs of a dict that are left.
#[derive(Clone, Copy)]
pub(in crate::pstats) enum Pairs {
    /// Keys and values in turn on the heap, where they stay.
    Kept(Span),
    /// Those that come next in the input, in a dict of this depth.
    Ahead(usize),
}

impl Marshal<'_> {
    /// Reads the head of a dict, whose pairs are to be read one by one. What later references may lead to is read whole
    /// instead; nothing can refer to the outermost dict, since it is complete only at the end.
    pub(in crate::pstats) fn dict_of_pairs(&mut self, depth: usize) -> Result<std::result::Result<Pairs, Object>> {
        if let [byte, ..] = self.rest()
            && matches!(byte & !FLAG_REF, b'{' | b'}')
            && (depth == 0 || byte & FLAG_REF == 0)
        {
            self.refs.extend((byte & FLAG_REF != 0).then_some(None));
            self.at += 1;
            return Ok(Ok(Pairs::Ahead(depth)));
        }
        let object = self.object(depth)?;
        self.keep();
        Ok(match object.kind {
            Kind::Many(Container::Dict, span) => Ok(Pairs::Kept(span)),
            _ => Err(object),
        })
    }

    /// Reads the key of the next pair, and where it stands; behind the last pair it is NULL.
    pub(in crate::pstats) fn key_of<const N: usize>(&mut self, pairs: &mut Pairs) -> Result<(usize, Tuple<N>)> {
        match pairs {
            Pairs::Ahead(depth) => Ok((self.at, self.tuple_of(*depth + 1)?)),
            Pairs::Kept(span) => {
                let key = self.next_kept(span);
                Ok((key.at, self.parts_of(&key).ok_or(key)))
            }
        }
    }

    /// Reads the value of the pair whose key was read.
    pub(in crate::pstats) fn value_of<const N: usize>(&mut self, pairs: &mut Pairs) -> Result<Tuple<N>> {
        match pairs {
            Pairs::Ahead(depth) => match self.tuple_of(*depth + 1)? {
                Err(object) => Ok(Err(not_null(object)?)),
                parts => Ok(parts),
            },
            Pairs::Kept(span) => {
                let value = self.next_kept(span);
                Ok(self.parts_of(&value).ok_or(value))
            }
        }
    }

    fn next_kept(&self, span: &mut Span) -> Object {
        let next = self.parts(*span).first().copied();
        *span = Span { start: span.start.saturating_add(1), length: span.length.saturating_sub(1) };
        next.unwrap_or(Object { at: self.at, kind: Kind::Null })
    }

    /// Reads a tuple of `N` parts past the heap, where nothing refers to it; anything else is read whole.
    fn tuple_of<const N: usize>(&mut self, depth: usize) -> Result<Tuple<N>> {
        if !self.enters_tuple(N) {
            let object = self.object(depth)?;
            return Ok(self.parts_of(&object).ok_or(object));
        }
        let mut parts = [Object { at: self.at, kind: Kind::Null }; N];
        for part in &mut parts {
            *part = self.part(depth)?;
        }
        Ok(Ok(parts))
    }

    /// Passes over the head of a tuple of so many parts, if that is what comes next and nothing refers to it.
    pub(in crate::pstats) fn enters_tuple(&mut self, length: usize) -> bool {
        let size = match self.rest() {
            [b')', short, ..] if usize::from(*short) == length => 2,
            [b'(', a, b, c, d, parts @ ..]
                if u32::from_le_bytes([*a, *b, *c, *d]) as usize == length && length <= parts.len() =>
            {
                5
            }
            _ => return false,
        };
        self.at += size;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use profkit_core::Input;

    /// Reads a dict of as many pairs and returns how many objects are on the heap at the end of each.
    fn heap(key: &[u8], count: usize) -> Vec<usize> {
        let pair = [key, b"i\x01\0\0\0"].concat();
        let file = [&b"{"[..], &pair.repeat(count), b"0"].concat();
        let mut marshal = Marshal::new(Input::new(&file)).unwrap();
        let mut pairs = marshal.dict_of_pairs(0).unwrap().unwrap();
        let mut sizes = Vec::new();
        while let (_, Ok([_, _]) | Err(Object { kind: Kind::Many(..), .. })) = marshal.key_of::<2>(&mut pairs).unwrap()
        {
            marshal.value_of::<2>(&mut pairs).unwrap().unwrap_err();
            marshal.forget();
            sizes.push(marshal.heap.len());
        }
        sizes
    }

    #[test]
    fn only_what_something_may_refer_to_stays_on_the_heap() {
        assert_eq!(heap(b")\x02NN", 3), [0, 0, 0], "parts are taken at once");
        assert_eq!(heap(b")\x03NNN", 3), [0, 0, 0], "another tuple is read whole");
        assert_eq!(heap(b"\xa9\x02NN", 3), [2, 4, 6]);
        assert_eq!(heap(b")\x03N\xa9\x01NN", 3), [1, 2, 3], "and not what holds it");
    }
}
