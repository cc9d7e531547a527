//! Differences in words.

use super::SideFile;
use profkit_core::readable::amount;
use profkit_core::{Dimension, Period, Unit, ValueType};
use profkit_ops::{Basis, Change, Diff, DiffRow, DiffSide, FALSE_DISCOVERIES, Presence};

/// From how many times on a growth is told in times and no longer in percent.
const MANY_TIMES: f64 = 10.0;
/// From how many files on, beside the first, only their number is told.
const MANY_FILES: usize = 3;

/// Returns a difference with its sign: `+12.3 ms`.
pub(super) fn signed(delta: i128, unit: &Unit) -> String {
    let plain = amount(i64::try_from(delta).unwrap_or(if delta < 0 { i64::MIN } else { i64::MAX }), unit);
    if delta > 0 { format!("+{plain}") } else { plain }
}

/// Returns a change relative to what was before: `+51.6%`, `x12.3`; none where that was nothing.
pub(super) fn relative(change: &Change) -> Option<String> {
    let ratio = change.ratio().filter(|_| change.before > 0)?;
    let percent = (ratio - 1.0) * 100.0;
    Some(match percent.abs() {
        _ if ratio >= MANY_TIMES => format!("x{ratio:.1}"),
        // What changed at all is not shown as nothing.
        small if small > 0.0 && small < 0.05 => format!("{percent:+.3}%"),
        _ => format!("{percent:+.1}%"),
    })
}

/// Returns what stands in the column of relative changes.
pub(super) fn relative_of(row: &DiffRow, change: &Change) -> String {
    match row.presence {
        Presence::Gone => "gone".to_owned(),
        Presence::New => "new".to_owned(),
        Presence::Both => relative(change).unwrap_or_else(|| "-".to_owned()),
    }
}

/// Returns the name of a row with its place, and the name that it had before.
pub(super) fn place(row: &DiffRow) -> String {
    let file = row.file.as_ref().or(row.module.as_ref()).map_or(String::new(), |file| format!(" {file}"));
    let line = row.line.filter(|_| row.file.is_some()).map_or(String::new(), |line| format!(":{line}"));
    // That one profiler says `Cart.dump` and another `dump` is not worth a word.
    let former = row.former_name.as_ref().filter(|former| !row.name.ends_with(*former) && !former.ends_with(&row.name));
    let former = former.map_or(String::new(), |name| format!(" (was {name})"));
    format!("{file}{line}{former}")
}

/// Returns a number without decimals that are zero.
pub(super) fn trimmed(number: f64) -> String {
    let text = format!("{number:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Returns how many rows changed that are not shown.
pub(super) fn more_changed(count: usize, row: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} more {row}{plural} changed", profkit_core::thousands(count as u64))
}

/// Returns the sentence that says the result.
pub(super) fn sentence(diff: &Diff, row: &str) -> String {
    let spell = |value| amount(value, &diff.unit);
    let total = &diff.total;
    let change = match (total.delta(), relative(total)) {
        (0, _) => format!("total {}, unchanged", spell(total.after)),
        (_, Some(relative)) => format!("total {} -> {} ({relative})", spell(total.before), spell(total.after)),
        (delta, None) => {
            format!("total {} -> {} ({})", spell(total.before), spell(total.after), signed(delta, &diff.unit))
        }
    };
    let explained = match diff.explained() {
        None => format!("no {row} changed"),
        Some((1, part)) => format!("1 {row} explains {} of the change", rounded(part)),
        Some((count, part)) => format!("{count} {row}s explain {} of the change", rounded(part)),
    };
    format!("{change}; {explained}")
}

fn rounded(part: f64) -> String {
    // All but a little is not all.
    let percent = if part < 1.0 { (part * 100.0).round().min(99.0) } else { 100.0 };
    format!("{percent:.0} %")
}

/// Returns the names of files and their formats, those of equal format together; of many, only the first.
pub(super) fn files(files: &[SideFile]) -> String {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for file in files {
        match groups.last_mut().filter(|(format, _)| *format == file.format.0.name()) {
            Some((_, names)) => names.push(&file.name),
            None => groups.push((file.format.0.name(), vec![&file.name])),
        }
    }
    let spell = |(format, names): &(&str, Vec<&str>)| match names.as_slice() {
        [first, rest @ ..] if rest.len() >= MANY_FILES => format!("{first} and {} more ({format})", rest.len()),
        names => format!("{} ({format})", names.join(", ")),
    };
    groups.iter().map(spell).collect::<Vec<_>>().join(", ")
}

/// Returns what is said of one side: its value and how that came about.
pub(super) fn side(side: &DiffSide, total: i64, unit: &Unit) -> String {
    let mut words = vec![format!("{} {}", value_name(&side.value_type), amount(total, unit))];
    if side.runs > 1 {
        words.push(format!("mean of {} runs", side.runs));
    }
    words.push(side.value_type.role.name().to_owned());
    let is_rich = side.is_call_graph && side.has_bounds;
    words.extend(side.is_call_graph.then(|| "call graph".to_owned()));
    words.extend(is_rich.then(|| "some totals are upper bounds".to_owned()));
    words.extend(side.observations.map(|count| format!("{} observations", profkit_core::thousands(count))));
    words.extend(side.period.as_ref().and_then(period));
    let nanoseconds = Unit::named("nanoseconds");
    words.extend(side.duration_ns.map(|duration| format!("profiled for {}", amount(duration, &nanoseconds))));
    words.join(", ")
}

pub(super) fn value_name(value_type: &ValueType) -> String {
    format!("{}/{}", value_type.kind, value_type.unit.name)
}

fn period(period: &Period) -> Option<String> {
    let value_type = period.value_type.as_ref()?;
    let is_plain = value_type.unit.dimension == Dimension::Count && period.value == 1;
    (!is_plain).then(|| format!("one every {}", amount(period.value, &value_type.unit)))
}

/// Returns what the verdicts rest on.
pub(super) fn basis(basis: &Basis) -> String {
    let rate = FALSE_DISCOVERIES * 100.0;
    match basis {
        Basis::Counts { only_shares, because, bulk, .. } => {
            let tests = if *only_shares { "shares" } else { "shares and counts" };
            let more = match bulk.excess > 1.0 {
                true => {
                    format!(
                        "; most functions vary {:.1}x as much as counts do, which is allowed for",
                        bulk.excess.sqrt()
                    )
                }
                false => String::new(),
            };
            format!("exact tests of {tests} ({because}){more}; false discovery rate {rate} % (Benjamini-Hochberg)")
        }
        Basis::Runs { counts: [before, after] } => {
            let runs = format!("the spread of {before} and {after} runs (Welch's t test)");
            format!("{runs}; false discovery rate {rate} % (Benjamini-Hochberg)")
        }
        Basis::Exact => {
            let rest = "another environment or place in memory may still make a little of it";
            format!("none: these are counted in full, so every difference is one; {rest}")
        }
        _ => {
            let rest = "compare several runs with --before and --after";
            format!("unknown: the values of one run each do not tell how much they vary; {rest}")
        }
    }
}
