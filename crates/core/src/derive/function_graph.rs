//! Who calls whom among the functions of a profile, and at what cost.

use super::call_graph::function_arcs;
use super::function_arcs::{FunctionArc, FunctionArcs};
use super::told_apart::told_apart;
use super::totals::{FunctionTotals, function_totals};
use crate::error::Result;
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
    /// Who calls whom. Calls of a function by itself are arcs, too.
    pub arcs: FunctionArcs,
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
/// let costs: Vec<_> = graph.arcs.iter().map(|arc| arc.inclusive).collect();
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
    let arcs = if profile.samples.is_empty() { stated_arcs(&profile)? } else { function_arcs(&profile, None)? };
    Ok(FunctionGraph { profile, totals, arcs })
}

/// Returns the arcs of all call graphs, those of the same two functions added up.
fn stated_arcs(profile: &Profile) -> Result<FunctionArcs> {
    let mut order: Vec<(FunctionId, FunctionId, u32, u32)> = Vec::new();
    for (place, graph) in (0..).zip(&profile.calls) {
        let ends = (0..).zip(graph.arc_ends());
        order.extend(
            ends.filter_map(|(row, (caller, callee))| Some((profile.frames[caller].function?, callee, place, row))),
        );
    }
    order.sort_unstable();
    let mut arcs = FunctionArcs::with_capacity(order.len());
    for (caller, _, graph, row) in order {
        arcs.add(FunctionArc::of(caller, profile.calls[graph as usize].arc(row as usize)))?;
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
    pub fn arcs_without(&self, is_left_out: &dyn Fn(FunctionId) -> bool) -> Result<Option<FunctionArcs>> {
        if self.profile.samples.is_empty() {
            return Ok(None);
        }
        function_arcs(&self.profile, Some(is_left_out)).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::{Arc, CallGraph};
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
        let first = |numbers: Option<&[i64]>| numbers.map_or(-1, |numbers| numbers[0]);
        let row = |arc: FunctionArc<'_>| {
            (format!("{} {}", name(arc.caller), name(arc.callee)), first(arc.inclusive), first(arc.callee_self))
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
            arcs.iter().map(|arc| (arc.inclusive.map(<[i64]>::to_vec), arc.is_direct)).collect::<Vec<_>>()
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
