//! The memory map at the end of a file.

use super::cursor::{Cursor, escaped, is_comment, name};
use super::draft::Draft;
use super::map_line;
use profkit_core::{Error, Mapping, NoteKind, Notes, Result, Symbols};

/// How long a line may get by what its `$NAME`s stand for.
const LONGEST_LINE: usize = 1 << 16;
/// How many names may be set: each `$` is compared with all of them.
const MOST_NAMES: usize = 64;

/// Returns whether a line says that a memory map follows.
pub(super) fn is_header(line: &[u8]) -> bool {
    [&b"--- Memory map: ---"[..], b"MAPPED_LIBRARIES:"]
        .iter()
        .any(|header| line.windows(header.len()).any(|window| window == *header))
}

/// Reads the memory map behind its header, if there is one; what stands before it is passed over.
pub(super) fn find(lines: &mut Cursor<'_>, draft: &mut Draft, notes: &mut Notes) -> Result<()> {
    while let Some(line) = lines.line() {
        if is_header(line) {
            break;
        }
        if !is_comment(line) {
            let example = || Some(escaped(line).into_owned());
            notes.add(NoteKind::Skipped, "sections other than a memory map were passed over", 1, "lines|line", example);
        }
    }
    read(lines, draft, notes)
}

/// Reads the memory map that the rest of the input is.
pub(super) fn read(lines: &mut Cursor<'_>, draft: &mut Draft, notes: &mut Notes) -> Result<()> {
    let mut attributes: Vec<(&[u8], Vec<u8>)> = Vec::new();
    while let Some(line) = lines.line() {
        let written = without_log_prefix(line);
        let spelled = replace(written, &attributes);
        let Some(spelled) = spelled else {
            let message = format!("the line is longer than {LONGEST_LINE} bytes when its names are replaced");
            return Err(Error::limit(message).at(lines.place(line)));
        };
        if let Some(line) = map_line::parse(&spelled) {
            if line.is_executable {
                let (file, build_id) = (name(line.file, notes), name(line.build_id, notes));
                let (file, build_id) = (draft.profile.text(&file), draft.profile.text(&build_id));
                let has = Symbols::default();
                let (start, limit, offset) = (line.start, line.limit, line.offset);
                draft.mappings.add(Mapping { start, limit, offset, file, build_id, has });
            }
        } else if let Some(at) = written.iter().position(|&byte| byte == b'=') {
            let value = spelled.iter().position(|&byte| byte == b'=').and_then(|at| spelled.get(at.checked_add(1)?..));
            let key = written.get(..at).unwrap_or_default().trim_ascii();
            if attributes.len() == MOST_NAMES {
                let message = format!("a memory map sets more than {MOST_NAMES} names");
                return Err(Error::limit(message).at(lines.place(line)));
            }
            attributes.push((key, value.unwrap_or_default().trim_ascii().to_vec()));
        } else if !is_comment(line) {
            let example = || Some(escaped(line).into_owned());
            notes.add(NoteKind::Skipped, "lines that are no memory map were passed over", 1, "lines|line", example);
        }
    }
    draft.mappings.tidy(&draft.profile);
    Ok(())
}

/// Returns a line with each `$NAME` as it was set before; none if that is too long.
fn replace(line: &[u8], attributes: &[(&[u8], Vec<u8>)]) -> Option<Vec<u8>> {
    let mut replaced = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.iter().position(|&byte| byte == b'$') {
        let (before, after) = rest.split_at_checked(at)?;
        replaced.extend_from_slice(before);
        let after = after.get(1..)?;
        let found = attributes.iter().find_map(|(key, value)| Some((value, after.strip_prefix(*key)?)));
        rest = match found {
            Some((value, behind)) => {
                replaced.extend_from_slice(value);
                behind
            }
            None => {
                replaced.push(b'$');
                after
            }
        };
        if replaced.len() > LONGEST_LINE {
            return None;
        }
    }
    replaced.extend_from_slice(rest);
    Some(replaced)
}

/// Returns a line without what a logger puts before it: `... file:line] `.
fn without_log_prefix(line: &[u8]) -> &[u8] {
    let end = line.iter().position(|byte| matches!(byte, b'[' | b']')).and_then(|at| line.split_at_checked(at));
    let Some((before, [b']', rest @ ..])) = end else { return line };
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let is_place = digits > 0 && before.iter().rev().nth(digits) == Some(&b':') && before.len() > digits + 1;
    if is_place && rest.first().is_some_and(u8::is_ascii_whitespace) { rest } else { line }
}
