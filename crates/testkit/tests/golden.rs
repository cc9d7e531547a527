//! Every readable fixture against what it is known to say.

use profkit_core::{Facet, Notes, Profile, derive};
use profkit_testkit::fixtures::{dump, readable};
use std::fmt::Write;

/// Dumps with more lines than this are replaced by a summary.
const MOST_LINES: usize = 60;

#[test]
fn every_fixture_says_what_it_said() {
    let fixtures = readable();
    assert!(!fixtures.is_empty(), "testdata/ has no fixtures");
    for fixture in fixtures {
        let mut notes = Notes::new();
        let (profile, format) = fixture.read(&mut notes).unwrap_or_else(|error| panic!("{}: {error}", fixture.title()));
        assert_eq!(format.name(), fixture.format.name(), "{} was taken for another format", fixture.title());
        let mut text: String = notes.iter().map(|note| format!("note: {note}\n")).collect();
        let whole = dump(&profile);
        text += if whole.lines().count() <= MOST_LINES { whole } else { summary(&profile) }.as_str();
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(fixture.title().replace('/', "__"), text);
        });
    }
}

/// Returns what a person would check first: columns, totals, facets, and the functions with the most cost.
fn summary(profile: &Profile) -> String {
    let mut text = String::new();
    let mut line = |what: &str, value: &dyn std::fmt::Debug| writeln!(text, "{what}: {value:?}").expect("a string");
    let (profile, _) = profile.without(profkit_core::Facets::of(&[Facet::Unnamed])).expect("small numbers");
    let totals = profile.column_totals().expect("small numbers");
    for (value_type, total) in profile.value_types.iter().zip(&totals) {
        let unit = &value_type.unit;
        let scale = format!("{} {}e{}", unit.dimension.name(), unit.factor, unit.exponent);
        line("value", &(&value_type.kind, &unit.name, scale, value_type.role.name(), total));
    }
    let whole = dump(&profile);
    let meta = whole.lines().find_map(|line| line.strip_prefix("\"meta\":")).unwrap_or_default();
    line("meta", &format_args!("{}", meta.trim_end_matches(',')));
    line("samples", &profile.samples.len());
    line("stacks", &profile.stacks.len());
    let arcs: usize = profile.calls.iter().map(|graph| graph.arcs().len()).sum();
    line("call graphs and arcs", &(profile.calls.len(), arcs));
    let census = profile.census();
    for &facet in Facet::ALL.iter().filter(|&&facet| census.count(facet) > 0) {
        line(&format!("{facet:?}"), &(census.count(facet), census.example(facet).unwrap_or_default()));
    }
    let costs = derive::function_totals(&profile).expect("small numbers");
    let mut functions: Vec<_> = profile.functions.iter().collect();
    functions.sort_by_key(|&(id, _)| std::cmp::Reverse((costs[id].own.clone(), costs[id].total.clone())));
    for (id, function) in functions.into_iter().take(12) {
        let strings = &profile.strings;
        let place = (strings.text(function.file), function.start_line.map_or(0, std::num::NonZeroU32::get));
        let numbers = (&costs[id].own, &costs[id].total, &costs[id].calls, &costs[id].primitive_calls);
        line(&strings[function.name], &(place, numbers));
    }
    text
}
