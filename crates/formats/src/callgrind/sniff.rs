//! How a file is recognised, with or without its first line.

use super::header::entry;
use profkit_core::{Peek, Sniff};

/// What the first line says since valgrind 3.13; others write it too.
const FIRST_LINE: &[u8] = b"# callgrind format";
/// The lines that detection looks at.
const MOST_LINES: usize = 200;
/// What lines of a body start with.
const BODY: &[&[u8]] = &[b"ob=", b"fl=", b"fi=", b"fe=", b"fn=", b"frfn="];

/// A head that names events, and a name behind it.
pub(super) fn sniff(peek: &Peek<'_>) -> Sniff {
    if peek.head.starts_with(FIRST_LINE) {
        return Sniff::Sure;
    }
    // The one line of a JSON file may be all of the input.
    if peek.json.is_some() {
        return Sniff::No;
    }
    let lines = peek.head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    let mut has_events = false;
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with(b"#")).take(MOST_LINES) {
        match entry(line) {
            Some((key, _)) => has_events |= key == "events",
            None if line.starts_with(b"summary:") => {}
            None if has_events => {
                let is_body = BODY.iter().any(|start| line.starts_with(start));
                return if is_body { Sniff::Sure } else { Sniff::Maybe };
            }
            None => return Sniff::No,
        }
    }
    if has_events { Sniff::Maybe } else { Sniff::No }
}
