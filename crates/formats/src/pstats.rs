//! pstats: what Python's `cProfile` and `profile` write, and `pstats` reads.
//!
//! The grammar is `schemas/pstats.md`. A file is one marshalled dict; unmarshalled:
//!
//! ```text
//! {('a.py', 1, '<module>'): (1, 1, 0.5, 0.75, {}),
//!  ('a.py', 3, 'f'): (1, 2, 0.125, 0.25, {('a.py', 1, '<module>'): (1, 1, 0.0625, 0.25),
//!                                        ('a.py', 3, 'f'): (1, 1, 0.0625, 0.125)}),
//!  ('~', 0, '<built-in method builtins.len>'): (9, 9, 0.125, 0.125,
//!                                        {('a.py', 3, 'f'): (9, 9, 0.125, 0.125)})}
//! ```
//!
//! | format field | model field |
//! |---|---|
//! | `(file, line, name)` | function; `~` is no file, line 0 is no line |
//! | function `(cc, nc, tt, ct, callers)` | total: primitive calls, calls; own cost; total: inclusive cost |
//! | caller `(nc, cc, tt, ct)`: the other way round | arc: calls, primitive calls, callee's own cost, inclusive cost |
//! | caller `n`, by the `profile` module | arc: calls |
//! | seconds | nanoseconds; a coarser step where the numbers are too large |
//! | `('__sampled__',): True`, by Python 3.15 | `cc` and `tt` are own costs in samples and time, `nc` and `ct` totals; |
//! | | a caller is an inclusive cost in samples; `line` is that of the frame |
//! | a text behind the dict, by us | what the writer made up, which the reader takes away again |
//!
//! It cannot hold anything but time, threads, lines and addresses inside functions, and facts about the
//! whole profile.

mod code;
mod dialect;
mod encode;
mod marshal;
mod object;
mod postscript;
mod read;
mod seconds;
mod stats;
mod write;

use profkit_core::{Facet, Format, Holds, OnlyTime, Peek, Role, Shape, Sniff};

pub(crate) static FORMAT: Format = Format::new("pstats", "Python's cProfile, profile and pstats")
    .extensions(&["pstats", "prof"])
    .options(&[write::MARSHAL])
    .holds(|_, _| HOLDS)
    .reads(sniff, read::read)
    .writes(write::write)
    .binary();

const HOLDS: Holds = Holds::new(Shape::CallGraph)
    .keeps(&[Facet::ValueTypes, Facet::UnitScales, Facet::NegativeValues, Facet::Files, Facet::StartLines])
    .keeps(&[Facet::CallCounts, Facet::PrimitiveCalls, Facet::Totals])
    .keeps(&[Facet::Arcs, Facet::ArcCalls, Facet::ArcPrimitiveCalls, Facet::ArcCosts, Facet::CalleeSelf])
    .needs(&[Facet::CallCounts, Facet::PrimitiveCalls, Facet::Totals])
    .needs(&[Facet::ArcCalls, Facet::ArcPrimitiveCalls, Facet::ArcCosts, Facet::CalleeSelf])
    .only_time(OnlyTime {
        kind: "time",
        unit: "nanoseconds",
        role: Role::Measured,
        other_exponent: 0,
        finest_exponent: i8::MIN,
    });

/// A dict whose first key is a tuple of three, as functions have, or of one, as the mark of samples is.
fn sniff(peek: &Peek<'_>) -> Sniff {
    match peek.head {
        [b'{' | 0xfb, b')' | 0xa9, 1 | 3, ..] | [b'{' | 0xfb, b'(' | 0xa8, 1 | 3, 0, 0, 0, ..] => Sniff::Sure,
        [b'{' | 0xfb, b'0'] => Sniff::Sure,
        [b'{', b'0', b'u', ..] => Sniff::Maybe,
        _ => Sniff::No,
    }
}

#[cfg(test)]
mod tests;
