//! Collapsed stacks, also called folded: one line per stack, as flame graph tools read them.
//!
//! There is no specification; `schemas/collapsed.md` has the grammar and the dialects that are met.
//!
//! ```text
//! thread (7): main;main (app.py:30);load (app.py:12) 14
//! thread (7): main;main (app.py:31) 2
//! thread (8): pool;work (pool.py:5);load (app.py:12) 3
//! thread (8): pool;work (pool.py:9) 1.5
//! thread (8): pool 1
//! ```
//!
//! | in the file | in the model |
//! |---|---|
//! | frames between `;`, root first | stack |
//! | `name` | function name |
//! | `name (file:line)`, py-spy's spelling | function name and file, line of the frame |
//! | `file:line(name)`, the spelling of Python's pstats | function file, start line and name |
//! | root frame `thread (ID): NAME` | thread |
//! | nothing before the number | sample without a stack |
//! | number at the end of the line | value; decimals become the exponent of its unit |
//! | as many numbers at the end of every line | values, named by a first line `kind/unit kind/unit` |
//! | `# ` lines at the head | skipped |
//!
//! A spelling is one of the whole file: which one, is decided by all frames together. A file cannot hold
//! what is not in this table; and of lines and start lines only one of the two.

mod austin;
mod chunk;
mod count;
mod lines;
mod names;
mod odd;
mod read;
mod spell;
#[cfg(test)]
mod tests;
mod texts;
mod write;

use names::Spelling;
use profkit_core::{Census, Facet, Format, Holds, Opt, Peek, Shape, Sniff, WriteOptions};

pub(crate) static FORMAT: Format = Format::new("collapsed", "collapsed stacks (FlameGraph, inferno, py-spy raw)")
    .extensions(&["folded", "collapsed", "txt"])
    .options(&[COUNTS, NAMES, VALUES])
    .holds(holds)
    .reads(sniff, read::read)
    .writes(write::write)
    .may_be_empty();

/// How many numbers at the end of a line are counts.
const COUNTS: Opt = Opt {
    name: "counts",
    values: &["auto", "one"],
    help: "reading: `auto` takes as many numbers at the end of a line as every line has; `one` only the last",
};

/// How the writer spells frames.
const NAMES: Opt = Opt {
    name: "names",
    values: &["auto", "plain", "located"],
    help: "writing: `plain` function names, `located` with file and line, `auto` located unless machine code has unique names",
};

/// Which values the writer writes.
const VALUES: Opt = Opt {
    name: "values",
    values: &["one", "all", "unnamed"],
    help: "writing: `one` number per line, which every tool reads; `all`, named by a first line as pprofutils does; or all \
           `unnamed`, as difffolded.pl and inferno-diff-folded do",
};

fn holds(options: &WriteOptions, census: &Census) -> Holds {
    let (is_one, is_all) = (options.option(&VALUES) == "one", options.option(&VALUES) == "all");
    let spelling = spelling(options, census);
    // Without a line and without a name, nothing tells how many values there are.
    let has_lines = census.samples > 0 || census.call_graphs > 0;
    Holds::new(Shape::Stacks)
        .keeps(&[Facet::NegativeValues, Facet::ZeroSamples, Facet::EmptyStacks])
        .keeps_if(is_all || !is_one && has_lines, Facet::SeveralValues)
        .keeps_if(is_all, Facet::ValueTypes)
        // Under a name, a number is a whole count of the unit that the name tells.
        .keeps_if(!is_all, Facet::UnitScales)
        .keeps_if(census.threads > 1 && !options.no_thread_root, Facet::Threads)
        .keeps_if(spelling != Spelling::Plain, Facet::Files)
        .keeps_if(spelling == Spelling::PySpy, Facet::Lines)
        .keeps_if(spelling == Spelling::Pstats, Facet::StartLines)
}

/// Returns how the frames of a profile are spelled so that no two functions become one, where possible.
fn spelling(options: &WriteOptions, census: &Census) -> Spelling {
    let has_starts = census.count(Facet::StartLines) > 0;
    // Names of machine code tell where it comes from; those of scripts do not.
    let is_interpreted = census.count(Facet::Files) > 0 && census.count(Facet::Addresses) == 0;
    match options.option(&NAMES) {
        "plain" => Spelling::Plain,
        "auto" if census.namesakes == 0 && !is_interpreted => Spelling::Plain,
        _ if has_starts && (census.namesakes_in_file > 0 || census.count(Facet::Lines) == 0) => Spelling::Pstats,
        _ => Spelling::PySpy,
    }
}

/// The lines that detection looks at.
const LINES_TO_SNIFF: usize = 32;

/// A text most of whose first lines are something and a number.
fn sniff(peek: &Peek<'_>) -> Sniff {
    if peek.json.is_some() {
        return Sniff::No;
    }
    let lines = peek.head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    let lines = lines.skip_while(|line| line.is_empty() || lines::is_comment(line) || lines::header(line).is_some());
    let (mut fit, mut unfit) = (0, 0);
    for line in lines.filter(|line| !line.is_empty()).take(LINES_TO_SNIFF) {
        match lines::stack_before_counts(line) {
            _ if line.contains(&0) => return Sniff::No,
            // Numbers alone are idle time here, and anything elsewhere.
            Some(b"") => {}
            Some(_) => fit += 1,
            None => unfit += 1,
        }
    }
    if fit > unfit { Sniff::Maybe } else { Sniff::No }
}
