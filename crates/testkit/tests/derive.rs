//! The shapes against a slow but obvious computation of the same.

use profkit_core::{CallGraph, Facet, Facets, FrameId, FunctionId, Notes, Profile, derive};
use profkit_testkit::fixtures::dump;
use profkit_testkit::generate::{Names, call_graph, evented, sampled, tangle};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type Costs<K> = BTreeMap<K, Vec<i64>>;

fn add<K: Ord>(costs: &mut Costs<K>, key: K, values: &[i64]) {
    let sum = costs.entry(key).or_insert_with(|| vec![0; values.len()]);
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

/// Own and total costs per function, and inclusive costs per caller and callee, sample by sample.
#[derive(Default)]
struct Obvious {
    own: Costs<FunctionId>,
    total: Costs<FunctionId>,
    arcs: Costs<(FrameId, FunctionId)>,
    arc_own: Costs<(FrameId, FunctionId)>,
}

fn obvious(profile: &Profile) -> Obvious {
    let mut sums = Obvious::default();
    let mut path = Vec::new();
    for sample in profile.samples.iter() {
        let Some(stack) = sample.stack else { continue };
        profile.stacks.read_path(stack, &mut path);
        let functions: Vec<FunctionId> =
            path.iter().map(|&frame| profile.frames[frame].function.expect("named")).collect();
        add(&mut sums.own, *functions.last().expect("a frame"), sample.values);
        functions.iter().collect::<BTreeSet<_>>().into_iter().for_each(|&it| add(&mut sums.total, it, sample.values));
        let arcs: Vec<_> = path.iter().copied().zip(functions.iter().copied().skip(1)).collect();
        arcs.iter().collect::<BTreeSet<_>>().into_iter().for_each(|&arc| add(&mut sums.arcs, arc, sample.values));
        if let Some(&arc) = arcs.last() {
            add(&mut sums.arc_own, arc, sample.values);
        }
    }
    sums
}

/// Returns the profile with all functions named and in one thread.
fn plain(profile: &Profile) -> Profile {
    profile.without(Facets::of(&[Facet::Unnamed, Facet::Threads])).expect("small numbers").0
}

fn check_stacks(profile: &Profile) -> Result<(), TestCaseError> {
    let profile = plain(profile);
    let wanted = obvious(&profile);
    let totals = derive::function_totals(&profile).expect("small numbers");
    let zero = vec![0; profile.value_types.len()];
    for (id, _) in profile.functions.iter() {
        prop_assert_eq!(&totals[id].own, wanted.own.get(&id).unwrap_or(&zero));
        prop_assert_eq!(&totals[id].total, wanted.total.get(&id).unwrap_or(&zero));
        prop_assert!(!totals[id].is_bound);
    }
    let derived = derive::call_graph(&profile, &mut Notes::new()).expect("small numbers");
    let graph_totals = derive::function_totals(&derived).expect("small numbers");
    let by_name = |profile: &Profile, id: FunctionId| format!("{:?}", resolved(profile, id));
    let graph_by_name: BTreeMap<_, _> =
        derived.functions.iter().map(|(id, _)| (by_name(&derived, id), &graph_totals[id])).collect();
    for (id, costs) in &wanted.total {
        let found = graph_by_name[&by_name(&profile, *id)];
        prop_assert_eq!(&found.total, costs);
        prop_assert_eq!(&found.own, wanted.own.get(id).unwrap_or(&zero));
    }
    let arcs = derived.calls.iter().flat_map(CallGraph::arcs);
    let mut sums: Vec<_> =
        arcs.map(|arc| (arc.inclusive.map(<[i64]>::to_vec), arc.callee_self.map(<[i64]>::to_vec))).collect();
    let own = |arc| Some(wanted.arc_own.get(arc).unwrap_or(&zero).clone());
    let mut wanted_sums: Vec<_> = wanted.arcs.iter().map(|(arc, costs)| (Some(costs.clone()), own(arc))).collect();
    sums.sort();
    wanted_sums.sort();
    prop_assert_eq!(sums, wanted_sums);
    Ok(())
}

fn resolved(profile: &Profile, id: FunctionId) -> (&str, &str, &str, u32, &str) {
    let function = profile.functions[id];
    let text = |id| profile.strings.text(id);
    let line = function.start_line.map_or(0, std::num::NonZeroU32::get);
    (text(Some(function.name)), text(function.file), text(function.module), line, text(function.system_name))
}

/// Counts calls by following the path of each sample, one thread at a time.
fn obvious_calls(profile: &Profile) -> BTreeMap<String, (i64, i64)> {
    let mut calls = BTreeMap::new();
    let mut path: Vec<FrameId> = Vec::new();
    for sample in profile.samples.iter() {
        path.clear();
        if let Some(stack) = sample.stack {
            profile.stacks.read_path(stack, &mut path);
        }
        let functions: Vec<_> = path.iter().map(|&frame| profile.frames[frame].function.expect("named")).collect();
        for (depth, &function) in functions.iter().enumerate().skip(sample.kept.unwrap_or(0) as usize) {
            let count: &mut (i64, i64) = calls.entry(format!("{:?}", resolved(profile, function))).or_default();
            count.0 += 1;
            count.1 += i64::from(!functions[..depth].contains(&function));
        }
    }
    calls
}

/// Own costs by thread, function and place in it, and by thread and function.
type OwnCosts = (Costs<String>, Costs<String>);

fn own_costs<'a>(
    profile: &Profile,
    rows: impl Iterator<Item = (Option<profkit_core::ThreadId>, FrameId, &'a [i64])>,
) -> OwnCosts {
    let mut sums = OwnCosts::default();
    for (thread, frame, costs) in rows {
        let frame = profile.frames[frame];
        let thread = thread.map_or(String::new(), |thread| profile.thread_title(thread));
        let function = format!("{thread} {:?}", resolved(profile, frame.function.expect("named")));
        let place = (frame.line, frame.column, frame.address, frame.in_app, frame.folded);
        add(&mut sums.0, format!("{function} {place:?}"), costs);
        add(&mut sums.1, function, costs);
    }
    sums
}

/// Adds up the costs of what is kept apart by callers only: a stack says who they are.
fn without_contexts(costs: Costs<String>) -> Costs<String> {
    let mut sums = Costs::default();
    for (key, costs) in costs {
        add(&mut sums, key.replace("'main", ""), &costs);
    }
    sums
}

/// Checks that the estimate has the own cost of each place in each column, unless the function has less
/// than nothing in it.
fn check_estimate(profile: &Profile) -> Result<(), TestCaseError> {
    let estimate = derive::stacks(profile, &mut Notes::new()).expect("small numbers");
    let again = derive::stacks(profile, &mut Notes::new()).expect("small numbers");
    prop_assert_eq!(dump(&estimate), dump(&again));
    prop_assert!(estimate.calls.is_empty());
    let (source, _) = profile.without(Facets::of(&[Facet::Unnamed])).expect("small numbers");
    let rows = source.calls.iter().flat_map(|graph| graph.own().map(|(frame, costs)| (graph.thread, frame, costs)));
    let (mut places, mut functions) = own_costs(&source, rows);
    for (place, costs) in &mut places {
        let of_function = functions.iter().find(|(function, _)| place.starts_with(&***function)).expect("its function");
        costs
            .iter_mut()
            .zip(of_function.1)
            .filter(|(_, of_function)| **of_function < 0)
            .for_each(|(cost, _)| *cost = 0);
    }
    functions.values_mut().flatten().for_each(|cost| *cost = (*cost).max(0));
    let (mut places, mut functions) = (without_contexts(places), without_contexts(functions));
    let rows = estimate
        .samples
        .iter()
        .map(|sample| (sample.thread, estimate.stacks.leaf(sample.stack.expect("a stack")), sample.values));
    let mut found = own_costs(&estimate, rows);
    for costs in [&mut places, &mut functions, &mut found.0, &mut found.1] {
        costs.retain(|_, costs| costs.iter().any(|&cost| cost != 0));
    }
    prop_assert_eq!(found, (places, functions));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn totals_and_arcs_of_stacks(profile in sampled(Names::Plain)) {
        check_stacks(&profile)?;
    }

    #[test]
    fn totals_and_arcs_of_events(profile in evented(Names::Plain)) {
        check_stacks(&profile)?;
    }

    #[test]
    fn calls_of_events(profile in evented(Names::Plain)) {
        let (profile, _) = profile.without(Facets::of(&[Facet::Unnamed])).expect("small numbers");
        let derived = derive::call_graph(&profile, &mut Notes::new()).expect("small numbers");
        let totals = derive::function_totals(&derived).expect("small numbers");
        let found: BTreeMap<_, _> = derived.functions.iter().filter_map(|(id, _)| {
            let calls = totals[id].calls.as_ref()?[0];
            Some((format!("{:?}", resolved(&derived, id)), (calls, totals[id].primitive_calls.as_ref()?[0])))
        }).collect();
        prop_assert_eq!(found, obvious_calls(&profile));
    }

    #[test]
    fn estimates_of_call_graphs(profile in call_graph(Names::Plain)) {
        check_estimate(&profile)?;
    }

    #[test]
    fn estimates_of_tangles(profile in tangle()) {
        check_estimate(&profile)?;
    }

    #[test]
    fn estimates_of_graphs_of_stacks(profile in sampled(Names::Plain)) {
        check_estimate(&derive::call_graph(&profile, &mut Notes::new()).expect("small numbers"))?;
    }
}
