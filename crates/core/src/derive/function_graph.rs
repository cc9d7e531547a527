//! Who calls whom among the functions of a profile, and at what cost.

use super::call_graph::function_arcs;
use super::told_apart::told_apart;
use super::totals::{FunctionTotals, function_totals};
use super::walk::add;
use crate::calls::{Arc, CallGraph};
use crate::error::Result;
use crate::hash::Map;
use crate::id::FunctionId;
use crate::profile::Profile;
use std::borrow::Cow;

/// The functions of a profile that a person can tell apart, what each costs, and who calls whom.
#[derive(Clone, Debug)]
pub struct FunctionGraph<'p> {
    /// The profile to which the ids belong.
    pub profile: Cow<'p, Profile>,
    /// What each function costs.
    pub totals: FunctionTotals,
    /// Who calls whom, each pair once, in the order of the ids of caller and callee. Calls of a function by
    /// itself are arcs, too.
    pub arcs: Vec<FunctionArc>,
}

/// One caller-callee pair and its numbers, each of them only where it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionArc {
    /// The function that calls.
    pub caller: FunctionId,
    /// The function that is called.
    pub callee: FunctionId,
    /// How often, per column of counts.
    pub calls: Option<Vec<i64>>,
    /// How often while the callee was not active already.
    pub primitive_calls: Option<Vec<i64>>,
    /// What the callee and all that it called cost under this caller. From stacks, a sample counts once
    /// however often it holds the arc; a call graph may count an arc of a cycle several times.
    pub inclusive: Option<Vec<i64>>,
    /// What the callee itself cost under this caller.
    pub callee_self: Option<Vec<i64>>,
    /// Whether the caller calls the callee itself, and not only through functions that are left out.
    pub is_direct: bool,
}

/// Returns who calls whom: from the samples, exactly, or else from the call graphs.
///
/// ```
/// use profkit_core::{Frame, Function, Profile, Sample, ValueType, derive::function_graph};
///
/// let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
/// let [main, f] = ["main", "f"].map(|name| {
///     let name = profile.string(name);
///     let function = profile.function(Function::named(name));
///     profile.frame(Frame { function: Some(function), ..Frame::default() })
/// });
/// let stack = profile.stack(&[main, f, f])?;
/// profile.samples.push(Sample::new(Some(stack), &[5]));
///
/// let graph = function_graph(&profile)?;
/// let costs: Vec<_> = graph.arcs.iter().map(|arc| arc.inclusive.as_deref()).collect();
/// assert_eq!(costs, [Some(&[5][..]), Some(&[5][..])], "main calls f, and f calls itself");
/// # Ok::<(), profkit_core::Error>(())
/// ```
///
/// # Errors
///
/// A sum that does not fit into 64 bits is an error of kind `Overflow`.
pub fn function_graph(profile: &Profile) -> Result<FunctionGraph<'_>> {
    let profile = told_apart(profile)?;
    let totals = function_totals(&profile)?;
    let mut arcs = if profile.samples.is_empty() { stated_arcs(&profile)? } else { function_arcs(&profile, None)? };
    arcs.sort_unstable_by_key(|arc| (arc.caller, arc.callee));
    Ok(FunctionGraph { profile, totals, arcs })
}

/// Returns the arcs of all call graphs, those of the same two functions added up.
fn stated_arcs(profile: &Profile) -> Result<Vec<FunctionArc>> {
    let mut places: Map<(FunctionId, FunctionId), usize> = Map::default();
    let mut arcs: Vec<FunctionArc> = Vec::new();
    for arc in profile.calls.iter().flat_map(CallGraph::arcs) {
        let Some(caller) = profile.frames[arc.caller].function else { continue };
        let place = *places.entry((caller, arc.callee)).or_insert(arcs.len());
        match arcs.get_mut(place) {
            Some(sum) => sum.add(&arc)?,
            None => arcs.push(FunctionArc::of(caller, &arc)),
        }
    }
    Ok(arcs)
}

impl FunctionGraph<'_> {
    /// Returns the arcs that there are when some functions are left out, so that their callers seem to call their
    /// callees; none where there are no stacks to tell. A sample still counts once for an arc.
    ///
    /// # Errors
    ///
    /// A sum that does not fit into 64 bits is an error of kind `Overflow`.
    pub fn arcs_without(&self, is_left_out: &dyn Fn(FunctionId) -> bool) -> Result<Option<Vec<FunctionArc>>> {
        if self.profile.samples.is_empty() {
            return Ok(None);
        }
        let mut arcs = function_arcs(&self.profile, Some(is_left_out))?;
        arcs.sort_unstable_by_key(|arc| (arc.caller, arc.callee));
        Ok(Some(arcs))
    }
}

impl FunctionArc {
    fn of(caller: FunctionId, arc: &Arc<'_>) -> FunctionArc {
        let own = |numbers: Option<&[i64]>| numbers.map(<[i64]>::to_vec);
        FunctionArc {
            caller,
            callee: arc.callee,
            calls: own(arc.calls),
            primitive_calls: own(arc.primitive_calls),
            inclusive: own(arc.inclusive),
            callee_self: own(arc.callee_self),
            is_direct: true,
        }
    }

    fn add(&mut self, arc: &Arc<'_>) -> Result<()> {
        add_where_known(&mut self.calls, arc.calls)?;
        add_where_known(&mut self.primitive_calls, arc.primitive_calls)?;
        add_where_known(&mut self.inclusive, arc.inclusive)?;
        add_where_known(&mut self.callee_self, arc.callee_self)
    }
}

/// Adds numbers to a sum of those that are known.
pub(super) fn add_where_known(sum: &mut Option<Vec<i64>>, numbers: Option<&[i64]>) -> Result<()> {
    match (sum, numbers) {
        (Some(sum), Some(numbers)) => add(sum, numbers),
        (sum @ None, Some(numbers)) => {
            *sum = Some(numbers.to_vec());
            Ok(())
        }
        (_, None) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::FrameId;
    use crate::rows::{Frame, Function};
    use crate::samples::Sample;
    use crate::value::ValueType;
    use std::num::NonZeroU32;

    fn profile() -> Profile {
        Profile::new(vec![ValueType::new("cpu", "nanoseconds")])
    }

    fn frame(profile: &mut Profile, name: &str, line: u32) -> FrameId {
        let name = profile.string(name);
        let function = profile.function(Function::named(name));
        profile.frame(Frame { function: Some(function), line: NonZeroU32::new(line), ..Frame::default() })
    }

    fn arcs(graph: &FunctionGraph<'_>) -> Vec<(String, i64, i64)> {
        let name = |id| &graph.profile.strings[graph.profile.functions[id].name];
        let first = |numbers: &Option<Vec<i64>>| numbers.as_ref().map_or(-1, |numbers| numbers[0]);
        let row = |arc: &FunctionArc| {
            (format!("{} {}", name(arc.caller), name(arc.callee)), first(&arc.inclusive), first(&arc.callee_self))
        };
        graph.arcs.iter().map(row).collect()
    }

    #[test]
    fn a_sample_counts_once_for_an_arc_whatever_the_lines() {
        let mut profile = profile();
        let path = [("f", 1), ("g", 2), ("f", 3), ("g", 4)].map(|(name, line)| frame(&mut profile, name, line));
        let stack = profile.stack(&path).expect("not too deep");
        profile.samples.push(Sample::new(Some(stack), &[7]));
        let graph = function_graph(&profile).expect("small numbers");
        assert_eq!(arcs(&graph), [("f g".to_owned(), 7, 7), ("g f".to_owned(), 7, 0)]);
    }

    #[test]
    fn arcs_lead_past_what_is_left_out() {
        let mut profile = profile();
        let [main, f, g] = ["main", "f", "g"].map(|name| frame(&mut profile, name, 1));
        for (path, cost) in [(vec![main, f, g], 4), (vec![main, g], 2), (vec![main, f, f], 1)] {
            let stack = profile.stack(&path).expect("not too deep");
            profile.samples.push(Sample::new(Some(stack), &[cost]));
        }
        let graph = function_graph(&profile).expect("small numbers");
        let arcs_without = |name: FrameId| {
            let left_out = profile.frames[name].function;
            let arcs = graph.arcs_without(&|id| Some(id) == left_out).expect("small numbers").expect("stacks");
            arcs.iter().map(|arc| (arc.inclusive.clone(), arc.is_direct)).collect::<Vec<_>>()
        };
        assert_eq!(arcs_without(f), [(Some(vec![6]), true)], "main calls g past f and by itself");
        assert_eq!(arcs_without(g), [(Some(vec![5]), true), (Some(vec![1]), true)]);
        assert_eq!(arcs_without(main), [(Some(vec![1]), true), (Some(vec![4]), true)]);
    }

    #[test]
    fn arcs_of_several_lines_and_graphs_add_up() {
        let mut profile = profile();
        let callee = frame(&mut profile, "g", 9);
        let callee = profile.frames[callee].function.expect("named");
        for (line, cost, own) in [(1, 5, Some(&[2][..])), (2, 6, None)] {
            let caller = frame(&mut profile, "f", line);
            let mut graph = CallGraph::new(1);
            graph.add_arc(Arc { inclusive: Some(&[cost]), callee_self: own, ..Arc::new(caller, callee) });
            profile.calls.push(graph);
        }
        assert_eq!(arcs(&function_graph(&profile).expect("small numbers")), [("f g".to_owned(), 11, 2)]);
    }
}
