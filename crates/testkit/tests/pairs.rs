//! What every conversion keeps, relabels, estimates and drops, as README.md promises it: on real files of
//! each format, into each format that can be written.

use profkit_core::derive::function_totals;
use profkit_core::{Facet, Facets, Format, NoteKind, Notes, Profile, ReadOptions, WriteOptions, prepare};
use profkit_formats::FORMATS;
use profkit_testkit::fixtures::{Fixture, readable};
use std::collections::{BTreeMap, BTreeSet};

/// What a cell of the table can say: its sign, and the facets of which it tells that they were lost.
#[rustfmt::skip] // A line per sign.
const LOSSES: &[(&str, &[Facet])] = &[
    ("1", &[Facet::SeveralValues]),
    ("U", &[Facet::ValueTypes, Facet::UnitScales, Facet::Roles]),
    ("N", &[Facet::NegativeValues, Facet::ZeroSamples, Facet::EmptyStacks]),
    ("T", &[Facet::Timestamps, Facet::CallBoundaries]),
    ("H", &[Facet::Threads, Facet::Processes, Facet::Parts]),
    ("L", &[Facet::Labels]),
    ("F", &[Facet::Modules, Facet::Files, Facet::FullPaths, Facet::StartLines, Facet::Lines, Facet::Columns, Facet::FrameFiles, Facet::InApp]),
    ("A", &[Facet::Unnamed, Facet::SystemNames, Facet::Addresses, Facet::Mappings, Facet::Inlining, Facet::Folding]),
    ("C", &[Facet::CallCounts, Facet::PrimitiveCalls, Facet::ArcCalls, Facet::ArcPrimitiveCalls, Facet::CalleeSelf, Facet::Arcs, Facet::ArcCosts, Facet::Totals, Facet::Contexts]),
];

/// What a call graph states and stacks show.
#[rustfmt::skip] // A line for all.
const SAID_BY_STACKS: &[Facet] = &[Facet::Contexts, Facet::Arcs, Facet::ArcCosts, Facet::CalleeSelf, Facet::Totals];

/// The sign of all facets that no other sign tells of: facts about the profile as a whole.
const FACTS: &str = "M";

fn formats() -> impl Iterator<Item = &'static Format> {
    // Our own format holds everything: the law says so, and a column of it would say nothing.
    FORMATS.iter().copied().filter(|format| format.can_read() && format.can_write() && format.name() != "profkit")
}

fn sign(facet: Facet) -> &'static str {
    LOSSES.iter().find(|(_, facets)| facets.contains(&facet)).map_or(FACTS, |&(sign, _)| sign)
}

/// One conversion of one file.
struct Conversion {
    before: Profile,
    after: Profile,
    notes: Notes,
    signs: BTreeSet<&'static str>,
    /// The power of ten of a second that one unit of another dimension is written as.
    relabelled_exponent: i8,
}

fn convert(fixture: &Fixture, to: &'static Format) -> Result<Conversion, String> {
    let (before, _) = fixture.read(&mut Notes::new()).map_err(|error| error.to_string())?;
    let (options, mut notes, mut file) = (WriteOptions::default(), Notes::new(), Vec::new());
    to.write(&before, &mut file, &options, &mut notes).map_err(|error| format!("write: {error}"))?;
    let prepared = prepare(&before, to, &options, &mut Notes::new()).map_err(|error| error.to_string())?;
    let read = profkit_formats::read(&file, None, Some(to), &ReadOptions::default(), &mut Notes::new());
    let (after, _) = read.map_err(|error| format!("reading back: {error}"))?;
    let has = |kind: NoteKind| notes.iter().any(|note| note.kind == kind);
    let says =
        |profile: &Profile| profile.canonical().map(|it| it.census().present()).map_err(|error| error.to_string());
    let mut lost = says(&before)?.minus(says(&after)?);
    // The other shape says by itself what these say.
    let (was_graph, is_graph) = (!before.calls.is_empty(), !after.calls.is_empty());
    if was_graph && !is_graph {
        lost = lost.minus(Facets::of(SAID_BY_STACKS));
    }
    // What a writer had to make up is no loss where the reader drops it again.
    let mut signs: BTreeSet<&'static str> = lost.minus(prepared.meta.invented).iter().map(sign).collect();
    let kinds = [
        (NoteKind::Relabelled, "U"),
        (NoteKind::Estimated, "≈"),
        (NoteKind::Invented, "+"),
        (NoteKind::Renamed, "n"),
        (NoteKind::Rounded, "r"),
    ];
    if is_graph && !before.samples.is_empty() {
        signs.insert("G");
    }
    signs.extend(kinds.into_iter().filter(|&(kind, _)| has(kind)).map(|(_, sign)| sign));
    if before.value_types.len() > after.value_types.len() {
        signs.insert("1");
    }
    let only_time = to.can_hold(&options, &before.census()).only_time;
    let relabelled_exponent = only_time.map_or(0, |only| only.other_exponent);
    Ok(Conversion { before, after, notes, signs, relabelled_exponent })
}

/// Checks that notes are there exactly where something was lost, estimated or made up.
fn check_notes(conversion: &Conversion) -> Result<(), String> {
    match (conversion.notes.first_loss(), conversion.signs.is_empty()) {
        (Some(note), true) => Err(format!("nothing is lost, and yet a note says: {note}")),
        (None, false) => Err(format!("{:?} is lost without a note", conversion.signs)),
        _ => Ok(()),
    }
}

/// Checks each value type: dropped ones are gone, and those that stay, relabelled or not, have their sums,
/// overall and of each function.
fn check_values(conversion: &Conversion) -> Result<(), String> {
    let Conversion { before, after, signs, .. } = conversion;
    // Negative rows and idle time are left out where a format cannot hold them, rounded values differ.
    if signs.contains("N") || signs.contains("r") {
        return Ok(());
    }
    let kept: Vec<usize> = match signs.contains("1") {
        true => vec![before.default_value()],
        false => (0..before.value_types.len()).collect(),
    };
    if kept.len() != after.value_types.len() {
        return Err(format!("{} value types became {}", kept.len(), after.value_types.len()));
    }
    for (column, &index) in kept.iter().enumerate() {
        let (was, is) = (Costs::of(before, index)?, Costs::of(after, column)?);
        let (up, down) = conversion.scale(index, column);
        let is_same = |was: i128, is: i128| was * up == is * down;
        if !is_same(was.sum, is.sum) {
            return Err(format!("value {index}: the sum {} became {}", was.sum, is.sum));
        }
        let names = was.own.keys().chain(is.own.keys()).filter(|_| !signs.contains("n")).collect::<BTreeSet<_>>();
        for name in names {
            let of = |costs: &Costs| costs.own.get(name).copied().unwrap_or_default();
            if !is_same(of(&was), of(&is)) {
                return Err(format!("value {index}: self of {name:?} was {} and is {}", of(&was), of(&is)));
            }
        }
        // Totals that the source states are lost with what it says of calls, where a format has no place for them.
        let may_differ = ["≈", "n", "C"].iter().any(|sign| signs.contains(sign));
        for (name, &total) in was.total.iter().filter(|_| !may_differ) {
            if let Some(&now) = is.total.get(name).filter(|&&now| !is_same(total, now)) {
                return Err(format!("value {index}: total of {name:?} was {total} and is {now}"));
            }
        }
    }
    Ok(())
}

impl Conversion {
    /// Returns what the values before and after are multiplied with to be comparable.
    ///
    /// Where the dimension stays, both are brought to the base unit; where it is relabelled, one unit as it
    /// was named is one unit of what it is written as.
    fn scale(&self, before: usize, after: usize) -> (i128, i128) {
        let (was, is) = (&self.before.value_types[before].unit, &self.after.value_types[after].unit);
        let power = |exponent: i8| 10i128.pow(exponent.unsigned_abs().into());
        if was.dimension != is.dimension {
            let unit = self.relabelled_exponent - is.exponent;
            return (power(unit), power(was.decimals().unwrap_or_default()));
        }
        let least = was.exponent.min(is.exponent);
        (i128::from(was.factor) * power(was.exponent - least), i128::from(is.factor) * power(is.exponent - least))
    }
}

/// What one value type sums up to.
struct Costs {
    sum: i128,
    /// The own costs by name; of functions that share a name, the sum.
    own: BTreeMap<String, i128>,
    /// The totals by name, where only one function has it.
    total: BTreeMap<String, i128>,
}

impl Costs {
    fn of(profile: &Profile, value: usize) -> Result<Costs, String> {
        // What has only an address is called after it; what differs in nothing else is one function.
        let unlike = Facets::of(&[Facet::Unnamed, Facet::SystemNames, Facet::FullPaths, Facet::Contexts]);
        let (profile, _) = profile.without(unlike).map_err(|error| error.to_string())?;
        let totals = function_totals(&profile).map_err(|error| error.to_string())?;
        let mut costs = Costs { sum: 0, own: BTreeMap::new(), total: BTreeMap::new() };
        costs.sum = profile.column_totals().map_err(|error| error.to_string())?[value].into();
        let mut owners: BTreeMap<String, usize> = BTreeMap::new();
        for (id, function) in profile.functions.iter() {
            let name = profile.strings[function.name].to_owned();
            *costs.own.entry(name.clone()).or_default() += i128::from(totals[id].own[value]);
            *owners.entry(name.clone()).or_default() += 1;
            if !totals[id].is_bound {
                costs.total.insert(name, totals[id].total[value].into());
            }
        }
        costs.own.retain(|_, own| *own != 0);
        costs.total.retain(|name, _| owners[name] == 1);
        Ok(costs)
    }
}

fn cell(signs: &BTreeSet<&'static str>) -> String {
    let order = ["1", "U", "≈", "G", "+", "N", "n", "r", "T", "H", "L", "F", "A", "C", FACTS];
    let signs: String = order.into_iter().filter(|sign| signs.contains(sign)).collect();
    if signs.is_empty() { "all".to_owned() } else { signs }
}

#[test]
fn readme_tells_what_each_conversion_keeps() {
    let fixtures = readable();
    let (mut rows, mut failures) = (Vec::new(), Vec::new());
    for from in formats() {
        let mut row = format!("| {} |", from.name());
        for to in formats() {
            let mut signs = BTreeSet::new();
            for fixture in fixtures.iter().filter(|fixture| fixture.format.name() == from.name()) {
                let checked = convert(fixture, to).and_then(|conversion| {
                    check_notes(&conversion)?;
                    check_values(&conversion)?;
                    signs.extend(conversion.signs);
                    Ok(())
                });
                failures
                    .extend(checked.err().map(|message| format!("{} -> {}: {message}", fixture.title(), to.name())));
            }
            row += &format!(" {} |", cell(&signs));
        }
        rows.push(row);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let readme = include_str!("../../../README.md");
    let table = readme.lines().skip_while(|line| !line.starts_with("| from \\ to |"));
    let told: Vec<&str> = table.skip(2).take_while(|line| line.starts_with('|')).collect();
    assert_eq!(told, rows, "README.md should say:\n{}", rows.join("\n"));
}
