//! The list of formats, computed from the registry.

use crate::knobs;
use crate::table::{self, Side};
use profkit_core::{Facet, Facets, Format, Profile, WriteOptions};
use profkit_formats::FORMATS;
use serde::Serialize;

/// Returns the table of formats for people.
pub(crate) fn text() -> String {
    let mut rows = vec![["NAME", "READS", "WRITES", "FILE NAMES", "WHAT"].map(str::to_owned).to_vec()];
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    for format in FORMATS {
        let cells = [yes(format.can_read()), yes(format.can_write()), extensions(format).join(" ")];
        let mut row = vec![format.name().to_owned()];
        row.extend(cells);
        row.push(format.description().to_owned());
        rows.push(row);
    }
    let mut text = table::lines(&rows, &[Side::Left; 5]);
    for format in FORMATS {
        text.push_str(&format!("\n{} {}\n", format.name(), held(format)));
        let options = format.knobs().iter();
        let options = options.map(|option| vec![format!("  -O {}", knobs::spelled(option)), option.help.to_owned()]);
        text.push_str(&table::lines(&options.collect::<Vec<_>>(), &[Side::Left; 2]));
    }
    text
}

/// Returns the table of formats for programs.
pub(crate) fn json() -> String {
    let rows: Vec<Row> = FORMATS.iter().map(|format| Row::of(format)).collect();
    crate::top::to_json_line(&rows)
}

#[derive(Serialize)]
struct Row {
    name: &'static str,
    what: &'static str,
    reads: bool,
    writes: bool,
    extensions: Vec<String>,
    binary: bool,
    holds: Vec<&'static str>,
    options: Vec<Knob>,
}

#[derive(Serialize)]
struct Knob {
    name: &'static str,
    values: &'static [&'static str],
    help: &'static str,
}

impl Row {
    fn of(format: &Format) -> Row {
        let options = format.knobs().iter();
        Row {
            name: format.name(),
            what: format.description(),
            reads: format.can_read(),
            writes: format.can_write(),
            extensions: extensions(format),
            binary: format.is_binary(),
            holds: facets(format).iter().map(Facet::what).collect(),
            options: options
                .map(|option| Knob { name: option.name, values: option.values, help: option.help })
                .collect(),
        }
    }
}

fn extensions(format: &Format) -> Vec<String> {
    format.file_names().collect()
}

/// Returns what a written file can keep, as far as it does not depend on the profile.
fn facets(format: &Format) -> Facets {
    if !format.can_write() {
        return Facets::NONE;
    }
    format.can_hold(&WriteOptions::default(), &Profile::default().census()).facets
}

/// Returns a clause that says what a format holds, the shorter way round.
fn held(format: &Format) -> String {
    let list = |facets: Facets| facets.iter().map(Facet::what).collect::<Vec<_>>().join(", ");
    let held = facets(format);
    let missing = Facets::ALL.minus(held);
    if !format.can_write() {
        "is only read".to_owned()
    } else if missing.is_empty() {
        "holds everything".to_owned()
    } else if missing.iter().count() < held.iter().count() {
        format!("holds everything but {}", list(missing))
    } else if held.is_empty() {
        "holds names and values".to_owned()
    } else {
        format!("holds names, values and {}", list(held))
    }
}
