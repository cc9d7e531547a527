//! profilez: words of 4 or 8 bytes of either endianness, and then text: a memory map, or the symbols of Java.

use super::cursor::Cursor;
use super::draft::Draft;
use super::filters::SIGNAL_HANDLERS;
use super::{java, maps};
use profkit_core::{Error, Input, NoteKind, Notes, Place, Result};
use std::collections::HashMap;

/// How words are spelled.
#[derive(Clone, Copy)]
struct Spelling {
    size: usize,
    is_big_endian: bool,
}

/// The five words at the start: 0, 3, what was profiled, the period in microseconds, 0.
#[derive(Clone, Copy)]
pub(super) struct Header {
    spelling: Spelling,
    program: u64,
    period_us: u64,
}

const CPP: u64 = 0;
const JAVA: u64 = 1;
/// One sample in so many may lack a frame that all the others have.
const SIMILAR: usize = 32;
/// How many frames a signal handler may leave in a stack.
const MOST_HANDLERS: usize = 2;

/// Returns the header, if the input starts with one.
pub(super) fn header(input: Input<'_>) -> Option<Header> {
    [(4, false), (4, true), (8, false), (8, true)].into_iter().find_map(|(size, is_big_endian)| {
        let spelling = Spelling { size, is_big_endian };
        let mut rest = input.bytes();
        let mut word = || spelling.word(&mut rest);
        let (zero, three, program, period_us, padding) = (word()?, word()?, word()?, word()?, word()?);
        (zero == 0 && three == 3 && period_us > 0 && padding == 0).then_some(Header { spelling, program, period_us })
    })
}

pub(super) fn read(input: Input<'_>, notes: &mut Notes) -> Result<Draft> {
    let place = |part: &[u8]| input.byte(part);
    let Some(Header { spelling, program, period_us }) = header(input) else {
        return Err(Error::malformed("expected the words 0, 3, 0 or 1, a period, 0").at(Place::Byte(0)));
    };
    let period_at = Place::Byte(spelling.size.saturating_mul(3));
    let period_ns = i64::try_from(period_us).ok().and_then(|period| period.checked_mul(1000));
    let period_ns = period_ns.ok_or_else(|| Error::overflow("the period").at(period_at))?;
    let period = Some(("cpu", "nanoseconds", period_ns));
    let mut draft = Draft::new(&[("samples", "count"), ("cpu", "nanoseconds")], period, SIGNAL_HANDLERS);
    let (_, mut rest) = input.bytes().split_at_checked(spelling.size.saturating_mul(5)).unwrap_or_default();
    while let Some((count, addresses)) = record(input, spelling, &mut rest, notes)? {
        let values = i64::try_from(count).ok().and_then(|count| Some([count, count.checked_mul(period_ns)?]));
        let values = values.ok_or_else(|| Error::overflow("the time of a sample").at(place(addresses)))?;
        draft.sample(&values, |to| {
            let mut addresses = addresses;
            while let Some(address) = spelling.word(&mut addresses) {
                to.push(address);
            }
            Ok(())
        })?;
        if program == CPP {
            draft.step_back(1);
        }
    }
    let mut text = Cursor::in_binary(input, rest);
    match program {
        CPP => {
            remove_handlers(&mut draft, notes);
            remove_duplicates(&mut draft, notes);
            maps::read(&mut text, &mut draft, notes)?;
        }
        JAVA => java::read_symbols(&mut text, &mut draft, notes)?,
        other => {
            let message = format!("profilez of version {other} is not read; known are 0, C++, and 1, Java");
            return Err(Error::unsupported(message).at(Place::Byte(spelling.size.saturating_mul(2))));
        }
    }
    Ok(draft)
}

/// Returns the next sample, how often it was seen and the words of its stack, or none at the end mark.
fn record<'a>(
    input: Input<'a>,
    spelling: Spelling,
    rest: &mut &'a [u8],
    notes: &mut Notes,
) -> Result<Option<(u64, &'a [u8])>> {
    if rest.is_empty() {
        notes.remark(NoteKind::Odd, "the end mark of the samples is missing: the file may have been cut off");
        return Ok(None);
    }
    let start = *rest;
    let (Some(count), Some(depth)) = (spelling.word(rest), spelling.word(rest)) else {
        let message = format!("expected a sample or the end mark, found only {} bytes", start.len());
        return Err(Error::malformed(message).at(input.byte(start)));
    };
    let size = usize::try_from(depth).ok().and_then(|depth| depth.checked_mul(spelling.size));
    let Some((addresses, after)) = size.and_then(|size| rest.split_at_checked(size)) else {
        let message = format!("expected a stack of {depth} addresses, found only {} bytes", rest.len());
        return Err(Error::malformed(message).at(input.byte(start)));
    };
    *rest = after;
    let is_end = count == 0 && depth == 1 && addresses.iter().all(|&byte| byte == 0);
    Ok((!is_end).then_some((count, addresses)))
}

impl Spelling {
    fn word(self, rest: &mut &[u8]) -> Option<u64> {
        let (word, after) = rest.split_at_checked(self.size)?;
        *rest = after;
        let add = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
        Some(if self.is_big_endian { word.iter().fold(0, add) } else { word.iter().rev().fold(0, add) })
    }
}

/// Removes the caller that almost all leaves share: nobody but the signal handler of the profiler is called
/// from everywhere. The leaf itself is right, since it comes from the state that the signal interrupted.
fn remove_handlers(draft: &mut Draft, notes: &mut Notes) {
    let enough = draft.len() - draft.len() / SIMILAR;
    for _ in 0..MOST_HANDLERS {
        let mut seen: HashMap<u64, usize> = HashMap::new();
        draft.leaves().for_each(|(_, caller)| *seen.entry(caller).or_default() += 1);
        // No two addresses can both be in so many samples.
        let Some((&handler, _)) = seen.iter().find(|&(_, &count)| count >= enough) else { return };
        let removed = draft.remove_callers(|_, caller| caller == handler);
        let what = "a caller that almost all leaves share is the profiler's own and was left out";
        notes.add(NoteKind::Odd, what, removed, "samples|sample", || format!("{handler:#x}"));
    }
}

/// Removes the caller of a leaf that is that leaf again: it is taken both from the signal and from the stack.
pub(super) fn remove_duplicates(draft: &mut Draft, notes: &mut Notes) {
    let removed = draft.remove_callers(|leaf, caller| leaf == caller.wrapping_add(1));
    if removed > 0 {
        let what = "a leaf that is in its stack twice was taken once";
        notes.add(NoteKind::Odd, what, removed, "samples|sample", || None);
    }
}
