//! Functions that become one: call graphs say what the stacks say that they were made from.

use profkit_core::derive::{call_graph, function_totals};
use profkit_core::{Facet, Facets, Function, Notes, Profile};
use profkit_ops::{By, group, map_functions};
use profkit_testkit::fixtures::{dump, readable};
use profkit_testkit::generate::{Names, any_profile, evented, sampled, tangle};
use profkit_testkit::{law, said};
use proptest::prelude::*;
use std::collections::BTreeMap;

const GROUPINGS: [By; 4] = [By::Function, By::File, By::Module, By::Line];

/// Makes groups of functions: `groups` says which, by name.
fn lumped(profile: &Profile, groups: &[u8]) -> Profile {
    let map = map_functions(profile, |strings, _, function| {
        let sum: usize = strings[function.name].bytes().map(usize::from).sum();
        let name = format!("group {}", groups[sum % groups.len()]);
        Function::named(strings.intern(&name))
    });
    map.expect("small numbers")
}

fn named(profile: &Profile) -> Profile {
    profile.without(Facets::of(&[Facet::Unnamed])).expect("small numbers").0
}

fn graph(profile: &Profile) -> Profile {
    call_graph(profile, &mut Notes::new()).expect("small numbers")
}

/// Own cost, total and whether it is a bound, of all functions that cost something.
type Costs = BTreeMap<String, (Vec<i64>, Vec<i64>, bool)>;

fn costs(profile: &Profile) -> Costs {
    let totals = function_totals(profile).expect("small numbers");
    let rows = profile.functions.iter().map(|(id, it)| {
        let cost = &totals[id];
        let texts = [Some(it.name), it.file, it.module].map(|text| profile.strings.text(text));
        (format!("{texts:?} {:?}", it.start_line), (cost.own.clone(), cost.total.clone(), cost.is_bound))
    });
    rows.filter(|(_, (own, total, _))| own.iter().chain(total).any(|&cost| cost != 0)).collect()
}

/// Checks the costs of groups of a call graph against those of the stacks.
fn check(found: &Costs, wanted: &Costs) -> Result<(), TestCaseError> {
    for (name, (own, total, _)) in wanted {
        let Some((found_own, found_total, is_bound)) = found.get(name) else {
            return Err(TestCaseError::fail(format!("{name} is missing: {wanted:?}")));
        };
        prop_assert_eq!(found_own, own, "own cost of {}", name);
        match is_bound {
            true => prop_assert!(found_total.iter().zip(total).all(|(bound, total)| bound >= total), "{name}"),
            false => prop_assert_eq!(found_total, total, "total of {}", name),
        }
    }
    Ok(())
}

/// Returns the profile without values below zero, of which a bound says nothing.
fn positive(profile: &Profile) -> Profile {
    profile.without(Facets::of(&[Facet::NegativeValues])).expect("small numbers").0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_graph_of_groups_is_the_graph_of_stacks_of_groups(
        profile in prop_oneof![sampled(Names::Plain), evented(Names::Plain)],
        groups in proptest::collection::vec(0u8..5, 1..8),
    ) {
        let stacks = positive(&named(&profile));
        check(&costs(&lumped(&graph(&stacks), &groups)), &costs(&lumped(&stacks, &groups)))?;
        for by in [By::Function, By::File, By::Module] {
            let [found, wanted] = [&graph(&stacks), &stacks].map(|it| costs(&group(it, by).expect("small numbers")));
            check(&found, &wanted)?;
        }
    }

    #[test]
    fn the_same_functions_are_the_same_profile(profile in any_profile(Names::Nasty)) {
        let same = map_functions(&profile, |_, _, function| function).expect("small numbers");
        law::same(&canonical(&same), &canonical(&profile)).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn a_group_of_stacks_counts_once_per_sample(profile in sampled(Names::Plain)) {
        for by in GROUPINGS {
            let grouped = group(&profile, by).expect("small numbers");
            let totals = function_totals(&grouped).expect("small numbers");
            for (id, function) in grouped.functions.iter() {
                let key = format!("{:?} None", [Some(&grouped.strings[function.name]), None, None, None, None]);
                let counted = said::totals(&grouped).remove(&key);
                if by != By::Function && let Some(counted) = counted {
                    prop_assert_eq!(&counted, &totals[id].total);
                }
            }
            prop_assert_eq!(grouped.column_totals().unwrap(), profile.column_totals().unwrap());
        }
    }

    #[test]
    fn any_graph_can_be_grouped(profile in tangle(), groups in proptest::collection::vec(0u8..5, 1..8)) {
        let lumped = lumped(&profile, &groups);
        prop_assert_eq!(lumped.column_totals().unwrap(), profile.column_totals().unwrap());
        for by in GROUPINGS {
            let grouped = group(&profile, by).expect("small numbers");
            prop_assert_eq!(grouped.column_totals().unwrap(), profile.column_totals().unwrap());
        }
    }
}

fn canonical(profile: &Profile) -> String {
    dump(&profile.canonical().expect("small numbers"))
}

#[test]
fn every_fixture_can_be_grouped() {
    for fixture in readable() {
        let (profile, _) = fixture.read(&mut Notes::new()).expect("a readable fixture");
        for by in GROUPINGS {
            let grouped = group(&profile, by).unwrap_or_else(|error| panic!("{}: {error}", fixture.title()));
            assert_eq!(grouped.column_totals().unwrap(), profile.column_totals().unwrap(), "{}", fixture.title());
            let depths = |profile: &Profile| -> Vec<_> {
                profile.samples.iter().map(|it| (it.stack.map(|id| profile.stacks.depth(id)), it.kept)).collect()
            };
            assert_eq!(depths(&grouped), depths(&profile), "{}", fixture.title());
        }
    }
}
