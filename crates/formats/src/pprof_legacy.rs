//! pprof-legacy: what profilers wrote before pprof had its protobuf: gperftools, Google's servers, Go with `debug=1`.
//!
//! The kinds and their grammars are in `schemas/pprof-legacy.md`. A heap profile:
//!
//! ```text
//! heap profile:      2:     4096 [     5:     9216] @ heap_v2/524288
//!      2:     4096 [     5:     9216] @ 0x4511e3 0x450c80 0x451f1a
//!
//! MAPPED_LIBRARIES:
//! 00400000-00fcb000 r-xp 00000000 00:00 21306940    /srv/app/server
//! ```
//!
//! | in the file | in the model |
//! |---|---|
//! | addresses, leaf first | the stack, root first; return addresses less 1, so that they lie in the call |
//! | counts and sizes of a heap sample | values, scaled up by the chance that an allocation is sampled; the size of one object is the label `bytes` |
//! | delay and count of a contention | values, times the sampling period, cycles as nanoseconds |
//! | `N` of a Go count profile, word 1 of a profilez record | value; in a profilez file times the period, too |
//! | name and number of a thread (threadz) | thread, 1 each |
//! | executable lines of the memory map | mappings: parts of one file as one, the main binary first |
//! | `0xID NAME (FILE:LINE)` of Java | function and line; the id is no address and is dropped |
//! | `# 0xADDRESS NAME+0xOFFSET FILE:LINE` of Go | function and line of that address |
//! | `# labels: {...}` of Go | labels |
//! | `sampling period`, rate behind the `@`, word 4 of profilez | [`Period`](profkit_core::Period) |
//! | `ms since reset` | duration |
//! | the kind of the profile | `drop_frames` and `keep_frames`: frames of the allocator, of locks, of the profiler; none where Go's names are there |
//!
//! It cannot hold anything else, and is not written. Where this reader and `go tool pprof` differ: that tool passes
//! over names, labels and threads of Go and threadz, gives addresses outside of every mapping a mapping without a
//! name, takes file names to end at the first blank, gives all Java functions of one name the file of the first, and
//! forgets the ids of Java frames without a name.

mod comments;
mod contention;
mod count;
mod cpu;
mod cursor;
mod draft;
mod filters;
mod heap;
mod java;
mod map_line;
mod mappings;
mod maps;
#[cfg(test)]
mod tests;
mod threadz;

use cursor::Cursor;
use profkit_core::{Format, Input, Notes, Peek, Profile, ReadOptions, Result, Sniff};

pub(crate) static FORMAT: Format =
    Format::new("pprof-legacy", "pprof's older texts and profilez (gperftools, Go's debug=1, Java)").reads(sniff, read);

/// The kinds of profiles that share this format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Cpu,
    Heap,
    Count,
    Threadz,
    Contention,
    JavaHeap,
    JavaContention,
}

fn sniff(peek: &Peek<'_>) -> Sniff {
    // The one line of a JSON file may be all of the input.
    if peek.json.is_none() && kind(Input::new(peek.head)).is_some() { Sniff::Sure } else { Sniff::No }
}

fn read(input: Input<'_>, options: &ReadOptions, notes: &mut Notes) -> Result<Profile> {
    let draft = match kind(input) {
        Some(Kind::Cpu) => cpu::read(input, notes),
        Some(Kind::Heap) => heap::read(input, notes),
        Some(Kind::Count) => count::read(input, notes),
        Some(Kind::Threadz) => threadz::read(input, notes),
        Some(Kind::Contention) => contention::read(input, notes),
        Some(Kind::JavaHeap) => java::read(input, java::HEAP, notes),
        Some(Kind::JavaContention) => java::read(input, java::CONTENTION, notes),
        None => {
            let message = "expected the first line of a heap, contention, thread or count profile, or profilez words";
            Err(Cursor::new(input).error(input.bytes(), message))
        }
    };
    draft?.finish(options)
}

/// Returns the kind of profile that the input starts as, if it is one of these.
fn kind(input: Input<'_>) -> Option<Kind> {
    if cpu::header(input).is_some() {
        return Some(Kind::Cpu);
    }
    let mut lines = Cursor::new(input);
    let first = lines.line()?;
    match first {
        _ if first.starts_with(b"heap profile:") => Some(Kind::Heap),
        b"--- heapz 1 ---" => Some(Kind::JavaHeap),
        b"--- contentionz 1 ---" if java::is_java(&mut lines) => Some(Kind::JavaContention),
        _ if contention::HEADERS.iter().any(|header| first.starts_with(header)) => Some(Kind::Contention),
        _ => {
            let mut header = Some(first);
            while header.is_some_and(cursor::is_comment) {
                header = lines.line();
            }
            match header? {
                header if count::name(header).is_some() => Some(Kind::Count),
                header if threadz::is_header(header) => Some(Kind::Threadz),
                _ => None,
            }
        }
    }
}
