//! What holds for every filter, on generated profiles and on every fixture.

use profkit_core::derive::function_totals;
use profkit_core::{Facet, Facets, FunctionId, Id, NoteKind, Notes, Profile};
use profkit_ops::{STEPS, Step, filter};
use profkit_testkit::fixtures::{dump, readable};
use profkit_testkit::generate::{Names, any_profile, call_graph, evented, sampled, tangle};
use profkit_testkit::{law, said};
use proptest::prelude::*;

/// Every sort of step, with something that it finds in generated profiles.
const TYPED: &[(&str, &[&str])] = &[
    ("focus", &["f", "fn:^main$", "file:a\\.py", "nobody"]),
    ("ignore", &["g", "mod:lib", "nobody"]),
    ("hide", &["f", "main", "file:c\\.c", "nobody"]),
    ("show", &["f|g", "main", "file:py$"]),
    ("show-from", &["f", "main", "json"]),
    ("root", &["f", "main", "h"]),
    ("prune-from", &["f", "main", "h"]),
    ("in-app", &[""]),
    ("max-depth", &["1", "2", "1000"]),
    ("collapse-recursion", &[""]),
    ("min", &["0", "0.5", "20", "100%"]),
    ("thread", &["1", "main|2", "active"]),
    ("label", &["path=p", "request=1..3", "request=1bytes..", "path!=p", "request!=2"]),
    ("time", &["..1us", "1us..1ms", "2ms.."]),
    ("transaction", &["request"]),
    ("rename", &["s/^./x/", "s/(.)$/\\1\\1/", "file:s/a//", "mod:s/lib/app/"]),
    ("strip-paths", &[""]),
    ("label-root", &["path", "request"]),
    ("label-leaf", &["path", "request"]),
    ("anonymize", &[""]),
];
/// Steps that leave nothing to do for themselves.
const ONCE_AND_FOR_ALL: &[&str] = &[
    "focus",
    "ignore",
    "hide",
    "show",
    "show-from",
    "root",
    "prune-from",
    "in-app",
    "max-depth",
    "collapse-recursion",
    "min",
    "thread",
    "label",
    "time",
    "strip-paths",
];
/// Steps that drop no value.
const KEEPS_ALL: &[&str] = &[
    "prune-from",
    "max-depth",
    "collapse-recursion",
    "min",
    "rename",
    "strip-paths",
    "label-root",
    "label-leaf",
    "anonymize",
];

fn step((name, value): (&str, &str)) -> Step {
    Step::parse(name, value).unwrap_or_else(|error| panic!("{name} {value}: {error}"))
}

/// Returns what the steps leave, and the notes; none where a step refuses.
fn left(profile: &Profile, steps: &[(&str, &str)]) -> Option<(Profile, Notes)> {
    let steps: Vec<Step> = steps.iter().copied().map(step).collect();
    let mut notes = Notes::new();
    match filter(profile, &steps, profile.default_value(), &mut notes) {
        Ok(profile) => Some((profile, notes)),
        Err(error) => {
            assert_eq!(error.kind(), profkit_core::ErrorKind::Unsupported, "{steps:?}: {error}");
            None
        }
    }
}

fn typed() -> impl Iterator<Item = (&'static str, &'static str)> {
    TYPED.iter().flat_map(|&(name, values)| values.iter().map(move |&value| (name, value)))
}

fn any_typed() -> impl Strategy<Value = (&'static str, &'static str)> {
    proptest::sample::select(typed().collect::<Vec<_>>())
}

fn canonical(profile: &Profile) -> String {
    dump(&profile.canonical().expect("small numbers"))
}

#[test]
fn every_step_is_tried() {
    let tried: Vec<&str> = TYPED.iter().map(|(name, _)| *name).collect();
    let there: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
    assert_eq!(tried, there);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_left_is_valid(
        profile in prop_oneof![any_profile(Names::Nasty), tangle()],
        steps in proptest::collection::vec(any_typed(), 1..4),
    ) {
        if let Some((profile, _)) = left(&profile, &steps) {
            law::check_valid(&profile).map_err(TestCaseError::fail)?;
            law::same(&canonical(&profile), &canonical(&profile.filtered(|_| true, |_| true).unwrap()))
                .map_err(TestCaseError::fail)?;
        }
    }

    #[test]
    fn once_is_enough(profile in any_profile(Names::Plain), typed in any_typed()) {
        prop_assume!(ONCE_AND_FOR_ALL.contains(&typed.0));
        if let Some((once, _)) = left(&profile, &[typed]) && let Some((twice, _)) = left(&profile, &[typed, typed]) {
            law::same(&canonical(&twice), &canonical(&once)).map_err(TestCaseError::fail)?;
        }
    }

    #[test]
    fn one_after_the_other_is_both(profile in any_profile(Names::Plain), one in any_typed(), two in any_typed()) {
        let apart = left(&profile, &[one]).and_then(|(first, _)| {
            let steps = [step(two)];
            // The value that decides is that of the profile as it was.
            filter(&first, &steps, profile.default_value(), &mut Notes::new()).ok()
        });
        // Times are counted from the first sample, which the first step may have dropped.
        prop_assume!(two.0 != "time");
        let together = left(&profile, &[one, two]).map(|(profile, _)| profile);
        prop_assert_eq!(together.as_ref().map(canonical), apart.as_ref().map(canonical));
    }

    #[test]
    fn what_is_not_dropped_stays(profile in prop_oneof![sampled(Names::Plain), evented(Names::Plain)], typed in any_typed()) {
        let Some((less, notes)) = left(&profile, &[typed]) else { return Ok(()) };
        let (before, after) = (profile.column_totals().unwrap(), less.column_totals().unwrap());
        if KEEPS_ALL.contains(&typed.0) {
            prop_assert_eq!(&before, &after);
            prop_assert_eq!(less.samples.len(), profile.samples.len());
        }
        let is_told = notes.iter().any(|note| note.kind == NoteKind::Dropped && note.what.contains(" drops "));
        prop_assert_eq!(is_told, before != after || less.samples.len() != profile.samples.len());
    }

    #[test]
    fn samples_are_chosen_by_their_stacks(profile in sampled(Names::Plain), name in "main|f|g|h") {
        let wanted = |inside: bool| -> Vec<Vec<i64>> {
            let has = |sample: &profkit_core::Sample<'_>| sample.stack.is_some_and(|stack| {
                profile.stacks.leaf_to_root(stack).any(|frame| profile.frame_name(frame) == Some(&name))
            });
            profile.samples.iter().filter(|sample| has(sample) == inside).map(|sample| sample.values.to_vec()).collect()
        };
        let expression = format!("fn:^{name}$");
        for (kind, inside) in [("focus", true), ("ignore", false)] {
            let (less, _) = left(&profile, &[(kind, &expression)]).unwrap();
            let found: Vec<Vec<i64>> = less.samples.iter().map(|sample| sample.values.to_vec()).collect();
            prop_assert_eq!(found, wanted(inside));
        }
    }

    #[test]
    fn frames_are_chosen_one_by_one(profile in prop_oneof![sampled(Names::Plain), evented(Names::Plain)]) {
        let names = |profile: &Profile, sample: &profkit_core::Sample<'_>| -> Vec<String> {
            let mut path = Vec::new();
            sample.stack.iter().for_each(|&stack| profile.stacks.read_path(stack, &mut path));
            path.iter().map(|&frame| profile.frame_name(frame).unwrap_or("-").to_owned()).collect()
        };
        type Want = fn(&[String]) -> Option<Vec<String>>;
        let wants: [(&str, &str, Want); 6] = [
            ("hide", "fn:^f$", |path| Some(path.iter().filter(|it| *it != "f").cloned().collect())),
            ("show", "fn:^f$", |path| Some(path.iter().filter(|it| *it == "f").cloned().collect())),
            ("show-from", "fn:^f$", |path| Some(path[path.iter().position(|it| it == "f")?..].to_vec())),
            ("root", "fn:^f$", |path| Some(path[path.iter().rposition(|it| it == "f")?..].to_vec())),
            ("prune-from", "fn:^f$", |path| Some(path[..path.iter().rposition(|it| it == "f").map_or(path.len(), |at| at + 1)].to_vec())),
            ("max-depth", "2", |path| Some(path.iter().take(2).cloned().collect())),
        ];
        for (kind, value, want) in wants {
            let (less, _) = left(&profile, &[(kind, value)]).unwrap();
            let found: Vec<Vec<String>> = less.samples.iter().map(|sample| names(&less, &sample)).collect();
            let keeps_empty = ["hide", "prune-from", "max-depth"].contains(&kind);
            let wanted: Vec<Vec<String>> = profile
                .samples
                .iter()
                .filter_map(|sample| {
                    let path = names(&profile, &sample);
                    want(&path).filter(|new| !new.is_empty() || (path.is_empty() && keeps_empty))
                })
                .collect();
            prop_assert_eq!(found, wanted, "{}", kind);
        }
    }

    #[test]
    fn calls_of_frames_that_stay_are_the_same_calls(profile in evented(Names::Plain)) {
        // With its calls counted from the samples, hiding a function does not change how often others are called.
        let (named, _) = profile.without(Facets::of(&[Facet::Unnamed])).unwrap();
        let calls = |profile: &Profile| -> std::collections::BTreeMap<String, Option<Vec<i64>>> {
            let graph = profkit_core::derive::call_graph(profile, &mut Notes::new()).unwrap();
            let totals = function_totals(&graph).unwrap();
            let mut calls = std::collections::BTreeMap::new();
            for (id, function) in graph.functions.iter() {
                calls.insert(format!("{} {:?}", &graph.strings[function.name], function.file.map(Id::index).is_some()), totals[id].calls.clone());
            }
            calls
        };
        let (less, _) = left(&named, &[("hide", "fn:^g$")]).unwrap();
        let names: std::collections::BTreeSet<_> = named.functions.iter().map(|(_, it)| it.name).collect();
        prop_assume!(names.len() == named.functions.len());
        let wanted: Vec<_> = calls(&named).into_iter().filter(|(name, _)| !name.starts_with("g ")).collect();
        let found: Vec<_> = calls(&less).into_iter().collect();
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn renaming_a_graph_is_renaming_its_stacks(profile in sampled(Names::Plain)) {
        let (named, _) = profile.without(Facets::of(&[Facet::Unnamed, Facet::NegativeValues])).unwrap();
        let graph = profkit_core::derive::call_graph(&named, &mut Notes::new()).unwrap();
        for typed in [("rename", "s/^..*$/one/"), ("strip-paths", ""), ("anonymize", "")] {
            let [stacks, graph] = [&named, &graph].map(|profile| left(profile, &[typed]).unwrap().0);
            let (wanted, totals) = (said::totals(&stacks), function_totals(&graph).unwrap());
            for (id, _) in graph.functions.iter() {
                let own = said_function(&graph, id);
                prop_assert!(totals[id].is_bound || wanted.get(&own) == Some(&totals[id].total), "{} {:?}", own, wanted);
            }
        }
    }

    #[test]
    fn call_graphs_are_cut_exactly_where_they_can_be(profile in call_graph(Names::Plain)) {
        for typed in typed().filter(|(name, _)| ["rename", "strip-paths", "collapse-recursion", "min", "anonymize"].contains(name)) {
            let (less, notes) = left(&profile, &[typed]).unwrap();
            prop_assert!(less.samples.is_empty());
            prop_assert!(notes.first_loss().is_none(), "{:?}", notes);
            prop_assert_eq!(less.column_totals().unwrap(), profile.column_totals().unwrap());
        }
    }
}

/// Returns a function as `said::totals` spells it.
fn said_function(profile: &Profile, id: FunctionId) -> String {
    let it = profile.functions[id];
    let texts = [Some(it.name), it.system_name, it.module, it.file, it.full_path, it.context_of];
    format!("{:?} {:?}", texts.map(|id| id.map(|id| &profile.strings[id])), it.start_line)
}

#[test]
fn every_fixture_through_every_step() {
    for fixture in readable() {
        let (profile, _) = fixture.read(&mut Notes::new()).expect("a readable fixture");
        for typed in typed() {
            if let Some((less, _)) = left(&profile, &[typed]) {
                law::check_valid(&less).unwrap_or_else(|error| panic!("{} {typed:?}: {error}", fixture.title()));
            }
        }
    }
}

#[test]
fn nothing_of_a_profile_is_left_in_its_anonymous_form() {
    for fixture in readable() {
        let (profile, _) = fixture.read(&mut Notes::new()).expect("a readable fixture");
        let (anonymous, _) = left(&profile, &[("anonymize", "")]).expect("never refused");
        let text = dump(&anonymous);
        let telling = profile
            .functions
            .iter()
            .flat_map(|(_, it)| [Some(it.name), it.system_name, it.file, it.full_path, it.context_of]);
        for name in telling.flatten().map(|id| &profile.strings[id]).filter(|name| name.len() > 12) {
            assert!(!text.contains(name), "{}: {name}", fixture.title());
        }
    }
}
