//! Writes stacks in formats of text.

use super::stacks::Stacks;
use std::io::{self, BufWriter, Write};

/// Writes collapsed stacks.
///
/// # Errors
///
/// Fails where `out` does.
pub fn collapsed(stacks: &Stacks, out: &mut dyn Write) -> io::Result<()> {
    let mut line = Vec::new();
    let mut out = BufWriter::new(out);
    for (frames, count) in stacks.iter() {
        line.clear();
        for &frame in frames {
            line.extend_from_slice(stacks.names[frame as usize].as_bytes());
            line.push(b';');
        }
        line.pop();
        out.write_all(&line)?;
        writeln!(out, " {count}")?;
    }
    out.flush()
}

/// Writes a sampled profile of speedscope.
///
/// # Errors
///
/// Fails where `out` does.
pub fn speedscope(stacks: &Stacks, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let total: u64 = stacks.iter().map(|(_, count)| count).sum();
    write!(out, r#"{{"$schema":"https://www.speedscope.app/file-format-schema.json","shared":{{"frames":["#)?;
    let names = || stacks.names.iter().map(|name| format!(r#"{{"name":"{name}"}}"#));
    separated(&mut out, names())?;
    write!(out, r#"]}},"profiles":[{{"type":"sampled","name":"cpu","unit":"none","startValue":0,"endValue":{total},"#)?;
    write!(out, r#""samples":["#)?;
    let list = |frames: &[u32]| frames.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    separated(&mut out, stacks.iter().map(|(frames, _)| format!("[{}]", list(frames))))?;
    write!(out, r#"],"weights":["#)?;
    separated(&mut out, stacks.iter().map(|(_, count)| count.to_string()))?;
    write!(out, r#"]}}]}}"#)?;
    out.flush()
}

fn separated(out: &mut dyn Write, items: impl Iterator<Item = String>) -> io::Result<()> {
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        out.write_all(item.as_bytes())?;
    }
    Ok(())
}

/// Writes a heap profile in the text form that C++ programs wrote before pprof had its own.
///
/// # Errors
///
/// Fails where `out` does.
pub fn heap(stacks: &Stacks, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let total: u64 = stacks.iter().map(|(_, count)| count).sum();
    writeln!(out, "heap profile: {total}: {} [{total}: {}] @ heapprofile", total * 64, total * 64)?;
    for (frames, count) in stacks.iter() {
        write!(out, "{count}: {} [{count}: {}] @", count * 64, count * 64)?;
        for frame in frames.iter().rev() {
            write!(out, " 0x{:016x}", 0x40_0000 + 16 * frame)?;
        }
        writeln!(out)?;
    }
    out.flush()
}
