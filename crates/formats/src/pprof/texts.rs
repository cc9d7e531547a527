//! The string table of a file, and the texts of the model that its entries became.

use super::wire::{Number, Wire};
use profkit_core::{NoteKind, Notes, Profile, Result, StringId};
use std::borrow::Cow;

/// The entries of the string table.
pub(super) struct Entries<'a>(Vec<&'a [u8]>);

/// What the entries of the string table are in the profile, as far as they were needed there.
pub(super) struct Texts<'e, 'w, 'a> {
    wire: &'w Wire<'a>,
    entries: &'e Entries<'a>,
    ids: Vec<Option<StringId>>,
}

impl<'a> Entries<'a> {
    /// Returns the entries as a table.
    ///
    /// # Errors
    ///
    /// A table that does not start with the empty text is an error, and so is none at all.
    pub(super) fn new(wire: &Wire<'a>, entries: Vec<&'a [u8]>, notes: &mut Notes) -> Result<Entries<'a>> {
        match entries.first() {
            Some([]) => {}
            Some(first) => {
                let message =
                    format!("Profile.string_table: expected the empty text first, found {:?}", escaped(first));
                return Err(wire.error(first, message));
            }
            None => return Err(wire.missing("expected a string_table, found none")),
        }
        for entry in entries.iter().filter(|entry| std::str::from_utf8(entry).is_err()) {
            let what = "texts that are not UTF-8 were written with \\x and two digits for each odd byte";
            notes.add(NoteKind::Renamed, what, 1, "texts|text", || Some(escaped(entry).into_owned()));
        }
        Ok(Entries(entries))
    }

    /// Returns the text at a position.
    ///
    /// # Errors
    ///
    /// A position outside the table is an error.
    pub(super) fn text(&self, wire: &Wire<'a>, position: Number<'a>) -> Result<Cow<'a, str>> {
        self.entry(wire, position).map(|(_, entry)| escaped(entry))
    }

    /// Returns the index and the bytes of the entry at a position.
    ///
    /// # Errors
    ///
    /// A position outside the table is an error.
    pub(super) fn entry(&self, wire: &Wire<'a>, position: Number<'a>) -> Result<(usize, &'a [u8])> {
        let index = usize::try_from(position.signed()).ok();
        index.and_then(|index| Some((index, *self.0.get(index)?))).ok_or_else(|| {
            let (name, count, found) = (position.name, self.0.len(), position.signed());
            let message = format!("{name}: expected one of the {count} texts of string_table, found {found}");
            wire.error(position.at, message)
        })
    }
}

impl<'e, 'w, 'a> Texts<'e, 'w, 'a> {
    /// Returns entries none of which is in the profile yet.
    pub(super) fn new(wire: &'w Wire<'a>, entries: &'e Entries<'a>) -> Texts<'e, 'w, 'a> {
        Texts { wire, entries, ids: vec![None; entries.0.len()] }
    }

    /// Returns the text at a position in the profile.
    ///
    /// # Errors
    ///
    /// A position outside the table is an error.
    pub(super) fn id(&mut self, profile: &mut Profile, position: Number<'a>) -> Result<StringId> {
        let (index, entry) = self.entries.entry(self.wire, position)?;
        if let Some(id) = self.ids.get(index).copied().flatten() {
            return Ok(id);
        }
        let id = profile.string(&escaped(entry));
        if let Some(slot) = self.ids.get_mut(index) {
            *slot = Some(id);
        }
        Ok(id)
    }

    /// Returns the text at a position in the profile; none for the empty text.
    ///
    /// # Errors
    ///
    /// A position outside the table is an error.
    pub(super) fn some_id(&mut self, profile: &mut Profile, position: Number<'a>) -> Result<Option<StringId>> {
        let (_, entry) = self.entries.entry(self.wire, position)?;
        if entry.is_empty() { Ok(None) } else { self.id(profile, position).map(Some) }
    }
}

/// Returns bytes as text, with `\x` and two digits for each byte that is not UTF-8.
fn escaped(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    Cow::Owned(text)
}
