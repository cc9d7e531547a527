//! threadz: the stack of each thread, at one moment.

use super::cpu::remove_duplicates;
use super::cursor::{Cursor, is_comment, name, split_hex};
use super::draft::Draft;
use super::filters::SIGNAL_HANDLERS;
use super::maps;
use profkit_core::{Input, NoteKind, Notes, Result, Thread, ThreadId};

/// Returns whether a line is `--- threadz N ---` or the title of a thread.
pub(super) fn is_header(line: &[u8]) -> bool {
    let number = line.strip_prefix(b"--- threadz ").and_then(|rest| rest.strip_suffix(b" ---"));
    number.is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit)) || title(line).is_some()
}

/// Returns name and number of the thread in a line `--- Thread HEX (name: NAME/NUMBER) stack: ---`.
fn title(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (handle, rest) = split_hex(line.strip_prefix(b"--- Thread ")?);
    let title = rest.strip_prefix(b" (name: ")?.strip_suffix(b") stack: ---")?;
    let slash = title.iter().rposition(|&byte| byte == b'/')?;
    let (name, number) = (title.get(..slash)?, title.get(slash.checked_add(1)?..)?);
    let is_number = !number.is_empty() && number.iter().all(u8::is_ascii_digit);
    (!handle.is_empty() && is_number).then_some((name, number))
}

pub(super) fn read(input: Input<'_>, notes: &mut Notes) -> Result<Draft> {
    let mut lines = Cursor::new(input);
    let mut draft = Draft::new(&[("thread", "count")], Some(("thread", "count", 1)), SIGNAL_HANDLERS);
    let mut line = lines.line();
    while line.is_some_and(|line| is_comment(line) || title(line).is_none() && is_header(line)) {
        line = lines.line();
    }
    // What stands before the first thread is for people.
    while line.is_some_and(|line| !line.starts_with(b"-") && !maps::is_header(line)) {
        line = lines.line();
    }
    while let Some(header) = line {
        if header.starts_with(b"---- no stack trace for") {
            notes.add(NoteKind::Skipped, "threads without a stack are left out", 1, "sections|section", || {
                Some(String::from_utf8_lossy(header).into_owned())
            });
            break;
        }
        if maps::is_header(header) {
            lines = lines.on(input.bytes().get(input.offset(header)..).unwrap_or_default());
            break;
        }
        let Some((thread_name, number)) = title(header) else {
            let what = "\"--- Thread ID (name: NAME/NUMBER) stack: ---\" or a memory map";
            return Err(lines.on(header).expected(what));
        };
        let (thread_name, number) = (name(thread_name, notes), name(number, notes));
        let (thread_name, number) = (draft.profile.text(&thread_name), draft.profile.text(&number));
        let thread = draft.profile.thread(Thread { id: number, name: thread_name, ..Thread::default() });
        line = read_stack(&mut lines, thread, &mut draft, notes)?;
    }
    remove_duplicates(&mut draft, notes);
    maps::find(&mut lines, &mut draft, notes)?;
    Ok(draft)
}

/// Reads the stack of one thread and returns the line behind it.
fn read_stack<'a>(
    lines: &mut Cursor<'a>,
    thread: ThreadId,
    draft: &mut Draft,
    notes: &mut Notes,
) -> Result<Option<&'a [u8]>> {
    let (mut addresses, mut is_same) = (Vec::new(), false);
    let next = loop {
        let Some(line) = lines.line() else { break None };
        match line {
            [] => {}
            _ if line.starts_with(b"---") => break Some(line),
            _ if line.windows(SAME.len()).any(|window| window == SAME) => is_same = true,
            _ => {
                let start = line.iter().position(|&byte| byte == b'@').map_or(line, |at| line.split_at(at).1);
                let mut line = lines.on(start);
                line.skip("@");
                line.addresses(&mut addresses, notes)?;
            }
        }
    };
    if is_same && draft.len() > 0 {
        draft.repeat(&[1]);
    } else {
        draft.sample(&[1], |to| {
            to.append(&mut addresses);
            Ok(())
        })?;
        draft.step_back(1);
    }
    draft.thread(thread);
    Ok(next)
}

const SAME: &[u8] = b"same as previous thread";
