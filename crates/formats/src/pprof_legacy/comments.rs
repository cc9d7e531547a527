//! Go's comments, which hold what the lines of a count or heap profile do not: names, and labels.

use super::cursor::{Cursor, hex, name};
use super::draft::{Draft, Symbol};
use profkit_core::{Function, Input, LabelValue, NoteKind, Notes};
use std::collections::BTreeMap;

/// The comments that say nothing about frames or samples.
#[derive(Default)]
pub(super) struct Comments {
    skipped: u64,
    first: Option<String>,
}

impl Comments {
    /// Takes what a comment says about a frame or about the last sample.
    pub(super) fn read(&mut self, line: &[u8], draft: &mut Draft, notes: &mut Notes) {
        let is_read = match line.strip_prefix(b"# labels: ") {
            Some(labels) => add_labels(labels, draft),
            None => add_symbol(line, draft, notes).is_some(),
        };
        if !is_read {
            self.skip(line);
        }
    }

    /// Passes over a comment.
    pub(super) fn skip(&mut self, line: &[u8]) {
        if !matches!(line, [] | [b'#']) {
            self.skipped += 1;
            self.first.get_or_insert_with(|| String::from_utf8_lossy(line).into_owned());
        }
    }

    /// Notes what was passed over.
    pub(super) fn note(self, notes: &mut Notes) {
        if self.skipped > 0 {
            notes.add(NoteKind::Skipped, "comments are skipped", self.skipped, "lines|line", || self.first);
        }
    }
}

/// Reads `# 0xADDRESS NAME+0xOFFSET FILE:LINE`, with tabs between.
fn add_symbol(line: &[u8], draft: &mut Draft, notes: &mut Notes) -> Option<()> {
    let mut words = line.strip_prefix(b"#\t")?.split(|&byte| byte == b'\t').map(<[u8]>::trim_ascii);
    let mut words = words.by_ref().filter(|word| !word.is_empty());
    let mut address = Cursor::new(Input::new(words.next()?));
    let number = address.address().ok().flatten().filter(|_| address.rest.is_empty())?;
    // Of a frame that Go has no name for it says only this.
    let Some(function) = words.next() else { return Some(()) };
    let (function, offset) = rsplit(function, b'+')?;
    hex(offset.strip_prefix(b"0x")?)?;
    let (file, line) = rsplit(words.next()?, b':')?;
    let line: u32 = std::str::from_utf8(line).ok()?.parse().ok()?;
    let function_name = draft.profile.string(&name(function, notes));
    let file = draft.profile.text(&name(file, notes));
    let function = draft.profile.function(Function { file, ..Function::named(function_name) });
    let symbol = Symbol { function, line: line.try_into().ok(), is_id: false };
    draft.symbols.entry(number).or_insert(symbol);
    Some(())
}

/// Reads `{"KEY":"VALUE", ...}`.
fn add_labels(text: &[u8], draft: &mut Draft) -> bool {
    let Ok(labels) = serde_json::from_slice::<BTreeMap<String, String>>(text) else { return false };
    if draft.len() == 0 {
        return false;
    }
    for (key, value) in labels.iter().rev() {
        let value = draft.profile.string(value);
        draft.label(key, LabelValue::Text(value));
    }
    true
}

fn rsplit(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().rposition(|&byte| byte == at)?;
    let (before, after) = text.split_at_checked(at)?;
    Some((before, after.get(1..)?))
}
