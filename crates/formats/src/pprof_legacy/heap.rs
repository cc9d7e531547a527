//! Heap, growth and fragmentation profiles: objects and bytes in use and, in brackets, ever allocated.

use super::comments::Comments;
use super::cursor::{Cursor, is_comment};
use super::draft::{Draft, unsampled};
use super::filters::ALLOCATORS;
use super::maps;
use profkit_core::{Error, Input, LabelValue, Notes, Result};

/// How the values of a file are to be taken.
struct Header {
    /// The average number of bytes between samples, if values have to be scaled up.
    rate: Option<i64>,
    period: i64,
    has_allocations: bool,
}

/// Objects and their bytes.
struct Amount<'a> {
    count: i64,
    size: i64,
    at: &'a [u8],
}

pub(super) fn read(input: Input<'_>, notes: &mut Notes) -> Result<Draft> {
    let mut lines = Cursor::new(input);
    let first = lines.line().unwrap_or_default();
    let header = header(lines.on(first))?;
    // In use comes last, where pprof looks for what to show first.
    let value_types: &[_] = if header.has_allocations {
        &[("alloc_objects", "count"), ("alloc_space", "bytes"), ("inuse_objects", "count"), ("inuse_space", "bytes")]
    } else {
        &[("objects", "count"), ("space", "bytes")]
    };
    let mut draft = Draft::new(value_types, Some(("space", "bytes", header.period)), ALLOCATORS);
    let mut comments = Comments::default();
    while let Some(line) = lines.line() {
        if maps::is_header(line) {
            lines = lines.on(input.bytes().get(input.offset(line)..).unwrap_or_default());
            break;
        }
        if is_comment(line) {
            comments.read(line, &mut draft, notes);
        } else {
            sample(lines.on(line), &header, &mut draft, notes)?;
        }
    }
    comments.note(notes);
    maps::find(&mut lines, &mut draft, notes)?;
    Ok(draft)
}

/// Reads `heap profile: N: SIZE [N: SIZE] @ KIND/RATE`.
fn header(mut line: Cursor<'_>) -> Result<Header> {
    line.expect("heap profile:")?;
    let (in_use, allocated) = amounts(&mut line)?;
    line.expect("@")?;
    line.blanks();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let end = line.rest.iter().position(|byte| !is_word(byte)).unwrap_or(line.rest.len());
    let (word, after) = line.rest.split_at(end);
    line.rest = after;
    let rate = if line.skip("/") { line.number()? } else { 0 };
    let has_allocations = (allocated.count != in_use.count && allocated.count != 0)
        || (allocated.size != in_use.size && allocated.size != 0);
    match word {
        b"heapz_v2" | b"heap_v2" => Ok(Header { rate: Some(rate), period: rate, has_allocations }),
        // Go and old gperftools write twice the rate here.
        b"heap" => Ok(Header { rate: Some(rate / 2), period: rate / 2, has_allocations }),
        b"heapprofile" => Ok(Header { rate: None, period: 1, has_allocations }),
        b"growth" | b"growthz" | b"fragmentation" | b"fragmentationz" => {
            Ok(Header { rate: None, period: 1, has_allocations: false })
        }
        b"" => Err(line.expected("a kind of heap profile")),
        _ => {
            let message = format!("heap profiles of the kind {:?} are not read", String::from_utf8_lossy(word));
            Err(Error::unsupported(message).at(line.place(word)))
        }
    }
}

/// Reads `N: SIZE [N: SIZE]`: in use, and allocated.
fn amounts<'a>(line: &mut Cursor<'a>) -> Result<(Amount<'a>, Amount<'a>)> {
    let in_use = amount(line)?;
    line.expect("[")?;
    let allocated = amount(line)?;
    line.expect("]")?;
    Ok((in_use, allocated))
}

fn amount<'a>(line: &mut Cursor<'a>) -> Result<Amount<'a>> {
    line.blanks();
    let at = line.rest;
    let count = line.number()?;
    line.expect(":")?;
    Ok(Amount { count, size: line.number()?, at })
}

fn sample(mut line: Cursor<'_>, header: &Header, draft: &mut Draft, notes: &mut Notes) -> Result<()> {
    let (in_use, allocated) = amounts(&mut line)?;
    line.expect("@")?;
    let mut values = Vec::with_capacity(4);
    let mut size_of_one = 0;
    for Amount { count, size, at } in header.has_allocations.then_some(allocated).into_iter().chain([in_use]) {
        if count == 0 && size != 0 {
            return Err(line.error(at, format!("expected no bytes in 0 objects, found {size}")));
        }
        if count != 0 {
            size_of_one = size.checked_div(count).ok_or_else(|| Error::overflow("a size").at(line.place(at)))?;
        }
        let (count, size) = match header.rate {
            Some(rate) => unsampled(count, size, rate).map_err(|error| error.at(line.place(at)))?,
            None => (count, size),
        };
        values.extend([count, size]);
    }
    draft.sample(&values, |to| line.addresses(to, notes))?;
    draft.step_back(0);
    draft.label("bytes", LabelValue::Number { value: size_of_one, unit: None });
    Ok(())
}
