//! Go's count profiles, such as goroutine and threadcreate: how many of something have the same stack.

use super::comments::Comments;
use super::cursor::{Cursor, is_comment};
use super::draft::Draft;
use super::filters::SIGNAL_HANDLERS;
use super::maps;
use profkit_core::{Input, Notes, Result};

/// Returns the name in a line `NAME profile: total N`.
pub(super) fn name(line: &[u8]) -> Option<&str> {
    let (name, rest) = std::str::from_utf8(line).ok()?.split_once(" profile: total ")?;
    let is_number = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && !name.is_empty() && !name.contains(char::is_whitespace)).then_some(name)
}

pub(super) fn read(input: Input<'_>, notes: &mut Notes) -> Result<Draft> {
    let mut lines = Cursor::new(input);
    let mut comments = Comments::default();
    let mut header = lines.line();
    while let Some(line) = header.filter(|line| is_comment(line)) {
        comments.skip(line);
        header = lines.line();
    }
    let kind = header.and_then(name).unwrap_or_default();
    let mut draft = Draft::new(&[(kind, "count")], Some((kind, "count", 1)), SIGNAL_HANDLERS);
    while let Some(line) = lines.line() {
        if line.starts_with(b"---") || maps::is_header(line) {
            lines = lines.on(input.bytes().get(input.offset(line)..).unwrap_or_default());
            break;
        }
        if is_comment(line) {
            comments.read(line, &mut draft, notes);
            continue;
        }
        let mut line = lines.on(line);
        let count = line.number()?;
        line.expect("@")?;
        draft.sample(&[count], |to| line.addresses(to, notes))?;
        draft.step_back(0);
    }
    comments.note(notes);
    maps::find(&mut lines, &mut draft, notes)?;
    Ok(draft)
}
