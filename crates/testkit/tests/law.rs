//! What is written is what is read, less what was noted: for every format, fixture and generated profile.

use profkit_core::{
    Facet, Facets, Format, Frame, Function, Notes, Opt, Profile, ReadOptions, Sample, ValueType, WriteOptions,
};
use profkit_formats::FORMATS;
use profkit_testkit::fixtures::{dump, readable};
use profkit_testkit::generate::{Names, any_profile, call_graph, evented, sampled, session};
use profkit_testkit::{law, said};
use proptest::prelude::*;
use std::iter;

fn both_ways() -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().copied().filter(|format| format.can_read() && format.can_write())
}

#[test]
fn every_fixture_through_every_format() {
    let mut failures = Vec::new();
    for fixture in readable() {
        let (profile, _) = fixture.read(&mut Notes::new()).expect("a readable fixture");
        let breaches = everywhere().filter_map(|(format, options)| holds(&profile, format, &options).err());
        failures.extend(breaches.map(|breach| format!("{} {breach}", fixture.title())));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn numbers_that_a_float_cannot_tell_apart_are_rounded_by_the_reader_too() {
    let text = b"main;load 9223372036854775806\nmain 1\n";
    let (profile, _) = profkit_formats::read(text, None, None, &ReadOptions::default(), &mut Notes::new()).unwrap();
    holds_everywhere(&profile).unwrap();
}

#[test]
fn values_without_a_sample() {
    let value_types = ["cpu", "wall"].map(|kind| ValueType::new(kind, "nanoseconds"));
    holds_everywhere(&Profile::new(value_types.to_vec())).unwrap();
}

#[test]
fn calls_are_shared_with_a_sample_that_has_them() {
    let mut profile = Profile::new(vec![ValueType::new("samples", "count")]);
    let name = profile.string("main");
    let function = profile.function(Function::named(name));
    let main = profile.frame(Frame { function: Some(function), ..Frame::default() });
    let stacks = [&[main][..], &[main; 2]].map(|path| Some(profile.stack(path).unwrap()));
    let is_valid = |kept: [u32; 2]| {
        let mut profile = profile.clone();
        for (stack, kept) in stacks.into_iter().zip(kept) {
            profile.samples.push(Sample { kept: Some(kept), ..Sample::new(stack, &[1]) });
        }
        law::check_valid(&profile).is_ok()
    };
    // Of what went on before the first sample, nothing is known but that it cannot have been more than its own calls.
    assert_eq!([[0, 1], [1, 1], [2, 1], [1, 2]].map(is_valid), [true, true, false, false]);
}

/// Returns each format with each way to write it: all options as they are by default, and each other choice alone.
fn everywhere() -> impl Iterator<Item = (&'static Format, WriteOptions)> {
    let others = |option: &'static Opt| option.values.iter().skip(1).map(|value| (option.name, *value));
    both_ways().flat_map(move |format| {
        let knobs = iter::once(None).chain(format.knobs().iter().flat_map(others).map(Some));
        knobs.map(move |knob| {
            let mut options = WriteOptions::default();
            options.options = knob.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            (format, options)
        })
    })
}

/// Checks one way to write a profile. What nobody asked for is never refused.
fn holds(profile: &Profile, format: &'static Format, options: &WriteOptions) -> Result<(), String> {
    let check = if options.options.is_empty() { law::check } else { law::check_what_is_written };
    check(profile, format, options).map_err(|breach| format!("{:?}: {breach}", options.options))
}

fn holds_everywhere(profile: &Profile) -> Result<(), TestCaseError> {
    everywhere().try_for_each(|(format, options)| holds(profile, format, &options)).map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sampled_profiles(profile in sampled(Names::Plain)) {
        holds_everywhere(&profile)?;
    }

    #[test]
    fn profiles_of_events(profile in evented(Names::Plain)) {
        holds_everywhere(&profile)?;
    }

    #[test]
    fn sessions(profile in session(Names::Plain)) {
        holds_everywhere(&profile)?;
    }

    #[test]
    fn values_follow_from_times_in_any_order(profile in session(Names::Plain), pivot in 0usize..20) {
        let rows: Vec<_> = profile.samples.iter().collect();
        let pivot = pivot.min(rows.len());
        // Whole ticks change places, so that samples of one instant keep their order.
        prop_assume!(pivot == 0 || pivot == rows.len() || rows[pivot - 1].time_ns != rows[pivot].time_ns);
        let mut turned = (*profile).clone();
        turned.samples = profkit_core::Samples::new(2);
        for row in rows[pivot..].iter().chain(&rows[..pivot]) {
            turned.samples.push(profkit_core::Sample { values: &[0, 0], ..*row });
        }
        profkit_core::weigh(&mut turned, &mut Notes::new()).expect("small numbers");
        let said = |profile: &profkit_core::Profile| dump(&profile.canonical().expect("small numbers"));
        law::same(&said(&profile), &said(&turned)).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn call_graphs(profile in call_graph(Names::Plain)) {
        holds_everywhere(&profile)?;
    }

    #[test]
    fn profiles_with_nasty_names(profile in any_profile(Names::Nasty)) {
        holds_everywhere(&profile)?;
    }

    #[test]
    fn canonical_is_canonical(profile in any_profile(Names::Nasty)) {
        let once = profile.canonical().expect("small numbers");
        let twice = once.canonical().expect("small numbers");
        law::same(&dump(&once), &dump(&twice)).map_err(TestCaseError::fail)?;
        prop_assert_eq!(once.column_totals().expect("small numbers").len(), profile.value_types.len());
    }

    #[test]
    fn keeping_everything_changes_nothing(profile in any_profile(Names::Nasty)) {
        let same = profile.filtered(|_| true, |_| true).expect("small numbers");
        prop_assert_eq!(said::rows(&profile), said::rows(&same));
    }

    #[test]
    fn canonical_samples_sum_up_to_the_same(profile in sampled(Names::Nasty)) {
        let canonical = profile.canonical().expect("small numbers");
        let exponents = |profile: &profkit_core::Profile| -> Vec<i32> {
            profile.value_types.iter().map(|it| i32::from(it.unit.exponent)).collect()
        };
        let powers = exponents(&canonical).into_iter().zip(exponents(&profile));
        let powers: Vec<i128> = powers.map(|(now, before)| 10i128.pow(now.abs_diff(before))).collect();
        let wide = |(key, sums): (String, Vec<i64>), powers: &[i128]| {
            (key, sums.iter().zip(powers).map(|(&sum, power)| i128::from(sum) * power).collect::<Vec<_>>())
        };
        let ones = vec![1; powers.len()];
        let is_zero = |profile: &profkit_core::Profile| profile.column_totals().is_ok_and(|it| it.contains(&0));
        prop_assume!(!is_zero(&profile));
        let before: Vec<_> = said::sums(&profile).into_iter().map(|row| wide(row, &ones)).collect();
        let now: Vec<_> = said::sums(&canonical).into_iter().map(|row| wide(row, &powers)).collect();
        prop_assert_eq!(before, now);
    }

    #[test]
    fn a_call_graph_has_the_totals_of_its_stacks(profile in prop_oneof![sampled(Names::Plain), evented(Names::Plain)]) {
        let (named, _) = profile.without(Facets::of(&[Facet::Unnamed])).expect("small numbers");
        let graph = profkit_core::derive::call_graph(&named, &mut Notes::new()).expect("small numbers");
        prop_assert_eq!(said::totals(&named), said::stated(&graph));
    }

    #[test]
    fn what_is_lost_is_gone(profile in any_profile(Names::Plain), lost in any::<u64>()) {
        let lost = Facet::ALL.iter().enumerate().filter(|(index, _)| lost & 1 << index != 0);
        let lost = lost.fold(Facets::NONE, |set, (_, &facet)| set.with(facet));
        law::check_without(&profile, lost).map_err(TestCaseError::fail)?;
    }
}
