//! One line of a memory map, in the spelling of Linux or in a brief one.
//!
//! ```text
//! 00400000-00fcb000 r-xp 00000000 00:00 21306940    /srv/app/server
//! 7f47a4351000-7f47a4352000: /lib/libc-2.15.so (@1000) abc123
//! ```

use super::cursor::{hex, split_hex};

/// What a line says.
pub(super) struct MapLine<'a> {
    pub(super) start: u64,
    pub(super) limit: u64,
    pub(super) offset: u64,
    pub(super) file: &'a [u8],
    pub(super) build_id: &'a [u8],
    /// Whether there may be code in it.
    pub(super) is_executable: bool,
}

/// Returns what a line says, unless it is no line of a memory map.
pub(super) fn parse(line: &[u8]) -> Option<MapLine<'_>> {
    let (start, rest) = address(line.trim_ascii_start())?;
    let apart = rest.strip_prefix(b"-").unwrap_or(rest);
    let (limit, rest) = address(apart.trim_ascii_start())?;
    let mut rest = rest.strip_prefix(b":").unwrap_or(rest);
    let mut is_executable = true;
    if let Some((permissions, after)) = word(rest)
        && permissions.iter().all(|byte| b"-rwxp".contains(byte))
    {
        is_executable = permissions.contains(&b'x');
        rest = after;
    }
    let line = MapLine { start, limit, offset: 0, file: b"", build_id: b"", is_executable };
    linux(rest).map(|(offset, file)| MapLine { offset, file, ..line }).or_else(|| {
        let (file, offset, build_id) = brief(rest);
        Some(MapLine { file, offset, build_id, ..line })
    })
}

/// Reads offset, device, inode and file.
fn linux(rest: &[u8]) -> Option<(u64, &[u8])> {
    let (first, after) = word(rest)?;
    let (offset, (device, after)) = if is_device(first) { (0, (first, after)) } else { (hex(first)?, word(after)?) };
    let (inode, file) = word(after)?;
    let is_inode = inode.iter().all(u8::is_ascii_digit);
    (is_device(device) && is_inode).then(|| (offset, without_mark(file.trim_ascii())))
}

/// Reads file, offset and build id, of which any can be missing at the end.
fn brief(rest: &[u8]) -> (&[u8], u64, &[u8]) {
    let Some((file, rest)) = word(rest) else { return (b"", 0, b"") };
    let (mut offset, mut rest) = (0, rest);
    if let Some((first, after)) = word(rest)
        && let Some(digits) = first.strip_prefix(b"(@").and_then(|digits| digits.strip_suffix(b")"))
        && let Some(number) = hex(digits)
    {
        offset = number;
        rest = after;
    }
    let build_id = word(rest).map(|(word, _)| word).filter(|word| word.iter().all(u8::is_ascii_hexdigit));
    (file, offset, build_id.unwrap_or_default())
}

fn address(text: &[u8]) -> Option<(u64, &[u8])> {
    let (digits, rest) = split_hex(text.strip_prefix(b"0x").unwrap_or(text));
    Some((hex(digits)?, rest))
}

/// Returns the first word and what follows it.
fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii_start();
    let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
    text.split_at_checked(end).filter(|(word, _)| !word.is_empty())
}

fn is_device(word: &[u8]) -> bool {
    let colon = word.iter().position(|&byte| byte == b':').and_then(|colon| word.split_at_checked(colon));
    let Some((major, [_, minor @ ..])) = colon else { return false };
    [major, minor].iter().all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_hexdigit))
}

/// Returns the name of a file without Linux' mark that it is gone.
fn without_mark(file: &[u8]) -> &[u8] {
    file.strip_suffix(b" (deleted)").unwrap_or(file)
}
