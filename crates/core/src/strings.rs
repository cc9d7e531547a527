//! Every text of a profile, once.

use crate::hash::hash_of;
use crate::id::{Id, StringId};
use hashbrown::HashTable;
use std::ops::Index;

/// The interned texts of a profile, in one buffer.
#[derive(Clone, Debug, Default)]
pub struct Strings {
    text: String,
    ends: Vec<usize>,
    hashes: Vec<u64>,
    index: HashTable<StringId>,
}

impl Strings {
    /// Returns the id of `text`, adding it if it is new.
    pub fn intern(&mut self, text: &str) -> StringId {
        self.intern_hashed(text, hash_of(text))
    }

    /// Returns the id that a text of another profile has here, adding it if it is new.
    pub(crate) fn intern_of(&mut self, other: &Strings, id: StringId) -> StringId {
        self.intern_hashed(&other[id], other.hashes[id.index()])
    }

    fn intern_hashed(&mut self, text: &str, hash: u64) -> StringId {
        if let Some(&id) = self.index.find(hash, |&id| self.bytes(id) == text.as_bytes()) {
            return id;
        }
        let id = StringId::from_index(self.ends.len());
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.hashes.push(hash);
        self.index.insert_unique(hash, id, |id| self.hashes[id.index()]);
        id
    }

    /// Returns the text of `id`, and the empty text for none.
    pub fn text(&self, id: Option<StringId>) -> &str {
        id.map_or("", |id| &self[id])
    }

    /// Returns whether a text is the empty one.
    pub(crate) fn is_nothing(&self, id: StringId) -> bool {
        self.bytes(id).is_empty()
    }

    /// Returns how many different texts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns the bytes of all texts together.
    pub(crate) fn size(&self) -> usize {
        self.text.len()
    }

    /// Returns the bytes of a text; unlike the text, they have no bounds of characters to check.
    fn bytes(&self, id: StringId) -> &[u8] {
        let index = id.index();
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text.as_bytes()[start..self.ends[index]]
    }

    pub(crate) fn hash(&self, id: Option<StringId>) -> u64 {
        id.map_or(0, |id| self.hashes[id.index()])
    }
}

impl Index<StringId> for Strings {
    type Output = str;

    fn index(&self, id: StringId) -> &str {
        let index = id.index();
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start..self.ends[index]]
    }
}
