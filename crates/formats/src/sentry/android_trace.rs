//! The binary form of an Android trace: a text that ends with `*end`, and records of fixed length.
//!
//! ```text
//! *version  3                      SLOW      the magic number
//! clock=dual                       u16 u16   version, and how long this head is
//! *threads  1 \t main              u64       start in microseconds since 1970
//! *methods  0x10 \t A \t run \t ()V \t A.java \t 7
//! *end                             u16 u32 u32 [u32]   thread, method | action, microseconds since the start
//! ```
//!
//! Numbers are little endian. A dual clock has two times per record, of which the second is wall time.

use super::android::{Action, AndroidEvent, AndroidMethod, AndroidThread, Clock, Monotonic, Span, Time, Trace};
use super::words::{Line, Word};
use profkit_core::{Error, Input, Result};
use std::borrow::Cow;
use std::num::NonZeroU32;

pub(super) const MAGIC: &[u8] = b"*version\n";
const RECORDS: &[u8] = b"SLOW";
const LEAST_HEAD: usize = 16;

/// Returns the trace in a file of the device.
pub(super) fn parse(input: &[u8]) -> Result<Trace<'_>> {
    let whole = Input::new(input);
    let end = memchr::memmem::find(input, b"\n*end\n");
    let (text, records) = end.map_or((input, &[][..]), |end| input.split_at(end + 6));
    if end.is_none() || !records.starts_with(RECORDS) {
        let at = if end.is_none() { input.get(input.len()..).unwrap_or_default() } else { records };
        return Err(Error::malformed("expected a line *end and the records behind it").at(whole.byte(at)));
    }
    let mut trace = Trace::default();
    let is_dual = read_text(text, whole, &mut trace)?;
    read_records(records, whole, is_dual, &mut trace)?;
    Ok(trace)
}

/// Reads the text and returns whether records have two times.
fn read_text<'a>(text: &'a [u8], whole: Input<'a>, trace: &mut Trace<'a>) -> Result<bool> {
    let (mut section, mut clock) = (&b""[..], "dual");
    for line in text.split(|&byte| byte == b'\n') {
        if line.starts_with(b"*") {
            section = line;
            continue;
        }
        let words: Vec<&str> = std::str::from_utf8(line).unwrap_or_default().split('\t').collect();
        let malformed = |wanted: &str| Error::malformed(format!("expected {wanted}")).at(whole.line(line));
        let word = |index: usize| Word(words.get(index).map(|&word| Cow::Borrowed(word)));
        match section {
            b"*version" => clock = words.first().and_then(|word| word.strip_prefix("clock=")).unwrap_or(clock),
            b"*threads" if !line.is_empty() => {
                let id = words.first().and_then(|id| id.parse().ok()).ok_or_else(|| malformed("a thread id"))?;
                trace.threads.push(AndroidThread { id, name: word(1) });
            }
            b"*methods" if !line.is_empty() => {
                let id = words.first().and_then(|id| u64::from_str_radix(id.strip_prefix("0x")?, 16).ok());
                let id = id.ok_or_else(|| malformed("a hexadecimal method id"))?;
                let (class_name, name, signature, source_file) = (word(1), word(2), word(3), word(4));
                let line = words.get(5).and_then(|line| line.parse().ok()).and_then(NonZeroU32::new);
                let source_line = Line(line, false);
                trace.methods.push(AndroidMethod { id, class_name, name, signature, source_file, source_line });
            }
            _ => {}
        }
    }
    trace.clock = if clock == "thread-cpu" { Clock::Cpu } else { Clock::Wall };
    Ok(clock == "dual")
}

fn read_records(records: &[u8], whole: Input<'_>, is_dual: bool, trace: &mut Trace<'_>) -> Result<()> {
    let number = |bytes: &[u8], at: usize, length: usize| {
        let bytes = at.checked_add(length).and_then(|end| bytes.get(at..end))?;
        Some(bytes.iter().rev().fold(0u64, |number, &byte| number << 8 | u64::from(byte)))
    };
    let cut = || Error::malformed("expected a whole head of the records").at(whole.byte(records));
    let head = number(records, 6, 2).and_then(|head| usize::try_from(head).ok()).filter(|&head| head >= LEAST_HEAD);
    let head = head.ok_or_else(cut)?;
    let length = if is_dual { 14 } else { 10 };
    let body = records.get(head..).ok_or_else(cut)?;
    for record in body.chunks(length) {
        let cut = || Error::malformed(format!("expected a record of {length} bytes")).at(whole.byte(record));
        let field = |at: usize, length: usize| number(record, at, length).ok_or_else(cut);
        let method = field(2, 4)?;
        let span =
            |microseconds: u64| Some(Span { secs: microseconds / 1_000_000, nanos: microseconds % 1_000_000 * 1_000 });
        let first = span(field(6, 4)?);
        let (cpu, wall) = if is_dual { (first, span(field(10, 4)?)) } else { (first, first) };
        let action = match method & 3 {
            0 => Action::Enter,
            1 => Action::Exit,
            _ => Action::Unwind,
        };
        let time = Time { monotonic: Some(Monotonic { wall, cpu }), global: None };
        trace.events.push(AndroidEvent { action, thread_id: field(0, 2)?, method_id: method & !3, time });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_of_two_calls() {
        let mut file =
            b"*version\n3\nclock=dual\n*threads\n7\tmain\n*methods\n0x10\tA\trun\t()V\tA.java\t3\n*end\nSLOW".to_vec();
        file.extend([3, 0, 32, 0]);
        file.resize(file.len() + 24, 0);
        for (action, microseconds) in [(0u8, 5u8), (1, 9)] {
            file.extend([7, 0, 0x10 | action, 0, 0, 0, 1, 0, 0, 0, microseconds, 0, 0, 0]);
        }
        let trace = parse(&file).unwrap();
        assert_eq!(trace.threads[0].name.text(), Some("main"));
        assert_eq!(trace.methods[0].class_name.text(), Some("A"));
        let events: Vec<_> =
            trace.events.iter().map(|event| (event.action, event.thread_id, event.method_id)).collect();
        assert_eq!(events, [(Action::Enter, 7, 0x10), (Action::Exit, 7, 0x10)]);
        for length in 0..file.len() {
            let is_whole = length == file.len() - 28 || length == file.len() - 14;
            assert_eq!(parse(&file[..length]).is_ok(), is_whole, "{length}");
        }
    }
}
