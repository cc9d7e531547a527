//! Callgrind: what valgrind's callgrind and cachegrind write, and KCachegrind reads.
//!
//! The grammar is `schemas/callgrind.md`.
//!
//! ```text
//! # callgrind format
//! events: Ir
//!
//! fl=(1) tiny.c
//! fn=(2) work
//! 27 4
//! cfi=(3) other.c
//! cfn=(22) other
//! calls=1 3
//! +1 17
//! fn=(4) one
//! 22 6
//! fi=(5) helper.h
//! 3 46
//! totals: 56
//! ```
//!
//! | format field | model field |
//! |---|---|
//! | `events:` and `event:` | value types: `cpu(ms)` and `Time_(10ns)` name their unit, all others are counts |
//! | `ob=` `fl=` `fn=` | function: module, file and name; `???` is none |
//! | `ob=` in files by us that say so | mapping of the frame |
//! | `fi=` `fe=` | file of the frame, where it is not that of the function |
//! | positions `instr` and `line` | address and line of the frame |
//! | `fn=scale'2'one` by callgrind | a function of its own, one context of `scale` |
//! | costs | own cost of the frame |
//! | `cob=` `cfi=` `cfn=` `calls=`, and costs | arc: calls and inclusive cost; 0 calls are not known, but to valgrind |
//! | `part:` | part, unless it is the only one and the first |
//! | `thread:` and `pid:` | thread and its process; without a thread, `pid: 7` is a comment |
//! | `cmd:` `creator:` `desc:` | title, producer, comments |
//! | `summary:` `totals:` | checked against the sum of the costs |
//! | comments that start with `# profkit` | what the lines cannot say, by us |
//!
//! Callgrind adds up the cost of every call that returns, so that an arc inside of recursion costs more than the program
//! ran: a call ten deep counts the innermost function ten times. The arcs that profkit derives from stacks count it once.
//! Both agree on all arcs that are not part of a cycle, and only from these are totals taken, here as in KCachegrind.
//!
//! It cannot hold samples, labels and times, negative costs, counts of calls by function, or what a callee cost itself
//! under each caller. Of lines and the lines on which functions start it holds one, as of modules and mappings, which are
//! both objects to it.

mod costs;
mod events;
mod header;
mod lines;
mod marks;
mod names;
mod read;
mod sniff;
mod spell;
mod sums;
mod write;

use profkit_core::{Census, Facet, Format, Holds, Shape};

pub(crate) static FORMAT: Format = Format::new("callgrind", "callgrind and cachegrind, for KCachegrind")
    .extensions(&["callgrind"])
    .starts(&["callgrind.out"])
    .holds(|_, census| holds(census))
    .reads(sniff::sniff, read::read)
    .writes(write::write);

fn holds(census: &Census) -> Holds {
    Holds::new(Shape::CallGraph)
        .keeps(&[Facet::SeveralValues, Facet::ValueTypes, Facet::DefaultValue])
        .keeps(&[Facet::Threads, Facet::Processes, Facet::Parts])
        .keeps(&[Facet::Modules, Facet::Files, Facet::Contexts, Facet::Lines, Facet::FrameFiles, Facet::Addresses])
        .keeps(&[Facet::Arcs, Facet::ArcCosts])
        .keeps(&[Facet::Title, Facet::Producer, Facet::Comments])
        // Without them, callgrind_annotate takes the cost of a call for one of the caller, and KCachegrind knows no totals.
        .needs(&[Facet::ArcCalls, Facet::ArcCosts])
        .keeps_if(census.count(Facet::Modules) == 0, Facet::Mappings)
        // A diff counts calls in as many columns as it has values.
        .keeps_if(census.count_columns <= 1, Facet::ArcCalls)
        .keeps_if(census.count(Facet::Lines) == 0, Facet::StartLines)
}
