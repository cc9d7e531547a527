//! What austin, a sampler of Python, writes: a file that starts with `# austin: VERSION`.
//!
//! ```text
//! # austin: 3.4.1
//! # mode: wall
//! P8374;T8374;app.py:<module>:25;app.py:load:12 1907
//! ```
//!
//! The head alone is proof; without it the lines are read as they stand. Metadata may follow the samples.

use super::chunk::split_frames;
use super::names::{Located, ThreadRoot, split_line};
use profkit_core::ValueType;

/// Returns the mode of austin, as far as it is known with one more comment; none until one names austin.
pub(crate) fn mode<'a>(comment: &'a [u8], known: Option<&'a [u8]>) -> Option<&'a [u8]> {
    let line = comment.strip_prefix(b"# ")?;
    match known {
        Some(known) => line.strip_prefix(b"mode: ").or(Some(known)),
        None => line.starts_with(b"austin: ").then_some(b"wall"),
    }
}

/// Returns what is measured in a mode: times in microseconds, or memory in bytes.
pub(crate) fn value_type(mode: &[u8]) -> ValueType {
    match mode {
        b"memory" => ValueType::new("memory", "bytes"),
        mode => ValueType::new(&String::from_utf8_lossy(mode), "microseconds"),
    }
}

/// Splits the process and thread off a stack.
pub(crate) fn split(stack: &[u8]) -> (&[u8], Option<&[u8]>) {
    split_frames(stack, 2)
}

/// Returns what the root frames `P8374;T8374`, or `P8374;T0:8374` with the number of an interpreter, say.
pub(crate) fn thread_root(frames: &str) -> Option<ThreadRoot<'_>> {
    let (process, id) = frames.strip_prefix('P')?.split_once(";T")?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':');
    (is_number(process) && is_number(id)).then_some(ThreadRoot { process: Some(process), id: Some(id), name: None })
}

/// Returns what a frame `file:function:line` says.
pub(crate) fn located(frame: &str) -> Option<Located<'_>> {
    let (place, line) = split_line(frame)?;
    let (file, name) = place.rsplit_once(':')?;
    (!name.is_empty()).then_some(Located { name, file, line: Some(line) })
}
