//! The laws of merging, on generated profiles and on real ones of every format and mixes of two.
//!
//! What is merged costs as much as its parts; grouping does not matter, and order only for the order of rows; an
//! empty profile changes nothing; twice the same is twice as much.

use profkit_core::{Notes, Profile, derive};
use profkit_ops::{Merge, MergeOptions};
use profkit_testkit::fixtures::{dump, readable};
use profkit_testkit::generate::{Names, call_graph, evented, sampled, session};
use profkit_testkit::law::same;
use profkit_testkit::said;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type Costs = BTreeMap<String, BTreeMap<String, i128>>;

fn merged(profiles: &[&Profile]) -> Profile {
    let mut merge = Merge::new(MergeOptions::default());
    for profile in profiles {
        merge.add("input", (*profile).clone(), &mut Notes::new()).expect("small numbers");
    }
    merge.finish(&mut Notes::new()).expect("small numbers")
}

/// Returns the profile in which groups of profiles are merged, each on its own.
fn merged_in_groups(groups: &[&[&Profile]]) -> Profile {
    let mut all = Merge::new(MergeOptions::default());
    for group in groups {
        let mut merge = Merge::new(MergeOptions::default());
        for profile in *group {
            merge.add("input", (*profile).clone(), &mut Notes::new()).expect("small numbers");
        }
        all.append(merge, &mut Notes::new()).expect("small numbers");
    }
    all.finish(&mut Notes::new()).expect("small numbers")
}

fn sum(profiles: &[&Profile]) -> Costs {
    let mut sum = Costs::new();
    for (key, costs) in profiles.iter().flat_map(|profile| said::costs(profile)) {
        let row = sum.entry(key).or_default();
        for (name, cost) in costs {
            *row.entry(name).or_default() += cost;
        }
        row.retain(|name, cost| *cost != 0 || name.contains("calls"));
    }
    sum
}

/// Returns what a profile says. Which value is shown first counts, not whether that is stated or the habit of its
/// shape, which a profile without any cost does not have.
fn canonical(profile: &Profile) -> String {
    let mut canonical = profile.canonical().expect("small numbers");
    canonical.meta.default_value = Some(canonical.default_value());
    dump(&canonical)
}

fn check_costs(wanted: &Costs, found: &Costs) -> Result<(), String> {
    same(&format!("{wanted:#?}"), &format!("{found:#?}"))
}

/// Checks all laws for three profiles of one shape.
fn check(a: &Profile, b: &Profile, c: &Profile) -> Result<(), String> {
    let [a, b, c] = &[a, b, c].map(started);
    check_grouping(a, b, c)?;
    let named = |law: &'static str| move |message: String| format!("{law}: {message}");
    check_costs(&sum(&[a, b, c]), &said::costs(&merged(&[a, b, c]))).map_err(named("conserves"))?;
    check_costs(&said::costs(&merged(&[a, b])), &said::costs(&merged(&[b, a]))).map_err(named("a + b = b + a"))?;
    check_costs(&sum(&[a, a]), &said::costs(&merged(&[a, a]))).map_err(named("a + a = 2 a"))
}

/// Checks that grouping does not matter and that an empty profile changes nothing.
fn check_grouping(a: &Profile, b: &Profile, c: &Profile) -> Result<(), String> {
    let empty = Profile::default();
    let all = canonical(&merged(&[a, b, c]));
    let named = |law: &'static str| move |message: String| format!("{law}: {message}");
    same(&all, &canonical(&merged(&[&merged(&[a, b]), c]))).map_err(named("(a + b) + c"))?;
    same(&all, &canonical(&merged(&[a, &merged(&[b, c])]))).map_err(named("a + (b + c)"))?;
    same(&all, &canonical(&merged_in_groups(&[&[a], &[b, c]]))).map_err(named("a, then b and c"))?;
    same(&all, &canonical(&merged_in_groups(&[&[], &[a, b], &[c]]))).map_err(named("a and b, then c"))?;
    for (law, less) in [("a", vec![a]), ("a + 0", vec![a, &empty]), ("0 + a", vec![&empty, a])] {
        same(&canonical(a), &canonical(&merged(&less))).map_err(named(law))?;
    }
    Ok(())
}

/// Returns the profile with a start: times that count from nobody knows when mean no moment.
fn started(profile: &Profile) -> Profile {
    let mut profile = profile.clone();
    if profile.samples.has_times() || !profile.meta.transactions.is_empty() {
        profile.meta.start_ns.get_or_insert(5);
    }
    profile
}

#[test]
fn fixtures_of_every_format_and_mixes_of_two() {
    let profiles: Vec<(String, &str, Profile)> = readable()
        .into_iter()
        .map(|fixture| {
            let (profile, _) = fixture.read(&mut Notes::new()).expect("a readable fixture");
            (fixture.title(), fixture.format.name(), profile)
        })
        .collect();
    let mut failures = Vec::new();
    let formats: BTreeSet<&str> = profiles.iter().map(|(_, format, _)| *format).collect();
    for (index, (title, _, profile)) in profiles.iter().enumerate() {
        // The next file of each format in turn, its own included.
        let turn = formats.iter().nth(index % formats.len());
        let partner = profiles.iter().cycle().skip(index + 1).find(|(_, format, _)| Some(format) == turn);
        if let Some((other, _, partner)) = partner {
            let (a, b) = (as_same_shape(profile, partner), as_same_shape(partner, profile));
            if has_giants(&a) || has_giants(&b) {
                continue;
            }
            let has_session = [&a, &b].iter().any(|profile| !profile.meta.sessions.is_empty());
            let checked = if has_session { check_grouping(&a, &a, &a) } else { check(&a, &b, &a) };
            if let Err(message) = checked {
                failures.push(format!("{title} and {other}: {message}"));
            }
        }
    }
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}

/// Returns whether a sum in a much finer unit might not fit into 64 bits.
fn has_giants(profile: &Profile) -> bool {
    profile.column_totals().expect("small numbers").iter().any(|total| total.unsigned_abs() > 1 << 50)
}

/// Returns the profile, as a call graph if the other one is one.
fn as_same_shape(profile: &Profile, other: &Profile) -> Profile {
    if profile.samples.is_empty() || other.calls.is_empty() {
        return profile.clone();
    }
    derive::call_graph(profile, &mut Notes::new()).expect("small numbers")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sampled_profiles(a in sampled(Names::Nasty), b in sampled(Names::Nasty), c in sampled(Names::Plain)) {
        check(&a, &b, &c).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn profiles_of_events(a in evented(Names::Plain), b in evented(Names::Nasty), c in sampled(Names::Plain)) {
        check(&a, &b, &c).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn call_graphs(a in call_graph(Names::Plain), b in call_graph(Names::Nasty), c in call_graph(Names::Plain)) {
        check(&a, &b, &c).map_err(TestCaseError::fail)?;
    }

    // Parts of one session are weighed anew: what they cost together is not what they cost on their own.
    #[test]
    fn sessions(a in session(Names::Plain), b in session(Names::Plain), c in session(Names::Plain)) {
        let [a, b, c] = [&a, &b, &c].map(|it| started(it));
        check_grouping(&a, &b, &c).map_err(TestCaseError::fail)?;
        let all = merged(&[&a, &b, &c]);
        prop_assert!(profkit_core::is_weighed(&all).expect("small numbers"));
        prop_assert_eq!(all.samples.len(), a.samples.len() + b.samples.len() + c.samples.len());
    }

    #[test]
    fn profiles_that_started_one_after_another(
        (a, b, c) in (sampled(Names::Plain), evented(Names::Plain), sampled(Names::Plain)),
        starts in proptest::array::uniform3(0i64..1_000_000),
    ) {
        let started = |profile: &Profile, start_ns: i64| {
            let mut profile = profile.clone();
            profile.meta.start_ns = Some(start_ns);
            profile
        };
        let [a, b, c] = [(&a, starts[0]), (&b, starts[1]), (&c, starts[2])].map(|(it, start)| started(it, start));
        check(&a, &b, &c).map_err(TestCaseError::fail)?;
    }
}
