//! A call graph into stacks, as an estimate.
//!
//! A call graph says who called whom and what that cost, but not through which chain of callers: two
//! programs with different stacks have the same graph. The estimate assumes that a function does the same
//! whoever called it, unless the numbers say otherwise:
//!
//! ```text
//!  [`own`]         the costs that the stacks must add up to, to the last unit
//!  [`graph`]       the numbers that give shares: calls, costs of arcs, totals
//!      |
//!  [`flow`]        from the leaves up: what comes from which caller; a cycle is one node
//!      |
//!  [`contexts`]    from the roots down: the chains of callers of each function ── [`tree`]
//!      |
//!  [`cycle`]       inside a cycle: [`unrolling`] into a tree, then [`raking`] to fit the numbers
//!      |
//!  [`doubts`]      how far off the totals are
//! ```
//!
//! What is certain: the own cost of each function and each line, in every column, unless it is below zero.
//! What is bounded: the contexts of a function, the nodes of a cycle, the rounds. What does not matter:
//! contradictions of the source, since its numbers are only used as shares.

mod contexts;
mod cycle;
mod doubts;
mod flow;
mod graph;
mod own;
mod raking;
mod tree;
mod unrolling;

use super::components::Components;
use super::named;
use crate::calls::CallGraph;
use crate::error::Result;
use crate::facet::{Facet, Facets};
use crate::id::{FrameId, FunctionId, Id, StackId, ThreadId};
use crate::notes::Notes;
use crate::profile::Profile;
use crate::rows::{Frame, Function};
use crate::samples::Sample;
use crate::transfer::Transfer;
use contexts::{Context, contexts};
use doubts::{Certainty, Doubts};
use graph::Graph;
use own::OwnCosts;
use tree::{Label, NodeId, Tree};

/// What stands in a stack for callers that were too many to keep.
const FOLDED: &str = "[folded]";

/// Returns the profile with its call graphs turned into stacks: an estimate, since the source never knew
/// them. A profile with samples only loses its call graphs.
///
/// Each graph becomes samples of its thread. The own cost of every function, in every column, is that of
/// the source; where it is below zero, it is left out and noted. The leaf of a stack is the frame that
/// has the cost, with its line; the frames above are functions. The column that is shown first decides
/// on the chains of callers, and the others follow it.
///
/// Frames without a function are named after their address. No facet says "these stacks were estimated",
/// so nothing is added to `meta.invented`: a note says it, and how many functions have a total that is
/// far from the one that the source states. Where each function has one chain of callers only, nothing is estimated,
/// and nothing noted: such are all contexts of functions in a source that keeps them apart up to the root.
///
/// # Errors
///
/// A sum that does not fit into 64 bits is an error of kind `Overflow`.
pub fn stacks(profile: &Profile, notes: &mut Notes) -> Result<Profile> {
    if !profile.samples.is_empty() || profile.calls.is_empty() {
        let mut profile = profile.clone();
        profile.calls.clear();
        return Ok(profile);
    }
    let profile = &*named(profile, "stacks", notes)?;
    let mut estimate = Estimate::new(profile);
    for calls in &profile.calls {
        estimate.add(calls)?;
    }
    estimate.doubts.note(profile, &estimate.to, &estimate.functions, notes)?;
    Ok(estimate.to)
}

/// The profile that comes to be.
struct Estimate<'p> {
    from: &'p Profile,
    to: Profile,
    transfer: Transfer<'p>,
    /// The functions of `from` that some stack has, in `to`.
    functions: Vec<Option<FunctionId>>,
    column: usize,
    doubts: Doubts,
}

impl<'p> Estimate<'p> {
    fn new(from: &'p Profile) -> Estimate<'p> {
        let mut to = Profile::new(from.value_types.clone());
        to.set_max_depth(u32::MAX);
        to.meta = from.meta.clone();
        to.meta.sessions.clear();
        if from.value_types.len() > 1 {
            // What is shown first if nobody says so differs between call graphs and samples.
            to.meta.default_value = Some(from.default_value());
        }
        // Whether a function was inlined depends on the frame above, which is not known. Which callers one context
        // of a function has, the stack says.
        let mut transfer = Transfer::new(from, Facets::of(&[Facet::Inlining, Facet::Contexts]));
        for (id, _) in from.mappings.iter() {
            transfer.mapping(&mut to, id);
        }
        let doubts = Doubts::new(from.value_types.len());
        let functions = vec![None; from.functions.len()];
        Estimate { from, to, transfer, functions, column: from.default_value(), doubts }
    }

    /// Adds the samples of one call graph.
    fn add(&mut self, calls: &CallGraph) -> Result<()> {
        let own = OwnCosts::new(self.from, calls)?;
        let graph = Graph::new(self.from, calls, &own, self.column);
        let arcs = graph.arcs.iter().map(|arc| (arc.caller, arc.callee));
        let components = Components::new(graph.functions.len(), arcs);
        let thread = self.transfer.thread(&mut self.to, calls.thread);
        let mut stacks: Vec<Option<StackId>> = Vec::new();
        let folded = contexts(&graph, &components, &mut |function, tree, contexts| {
            let mut branch = Branch { estimate: self, graph: &graph, tree, stacks: &mut stacks };
            branch.add_samples(&own, function, contexts, thread)
        })?;
        self.doubts.add(self.from, &graph, &own, Certainty { sure: graph.sure(&components), folded });
        Ok(())
    }

    fn function(&mut self, id: FunctionId) -> FunctionId {
        *self.functions[id.index()].get_or_insert_with(|| self.transfer.function(&mut self.to, id))
    }
}

/// The tree of one call graph on its way into the profile.
struct Branch<'e, 'p> {
    estimate: &'e mut Estimate<'p>,
    graph: &'e Graph,
    tree: &'e Tree,
    /// The stacks of the nodes, as far as they are needed.
    stacks: &'e mut Vec<Option<StackId>>,
}

impl Branch<'_, '_> {
    fn add_samples(
        &mut self,
        own: &OwnCosts,
        function: usize,
        contexts: &[Context],
        thread: Option<ThreadId>,
    ) -> Result<()> {
        let mut weights: Vec<f64> = contexts.iter().map(|context| context.amount.own).collect();
        if weights.iter().all(|&weight| weight <= 0.0) {
            weights = contexts.iter().map(|context| context.amount.below).collect();
        }
        own.hand_out(self.graph.functions[function].id, &weights, |context, frame, costs| {
            let parent = self.stack(self.tree.parent(contexts[context].node))?;
            let leaf = self.leaf(frame);
            let stack = self.estimate.to.push(parent, leaf)?;
            self.estimate.to.samples.push(Sample { thread, ..Sample::new(Some(stack), costs) });
            Ok(())
        })
    }

    /// Returns the frame that has a cost.
    fn leaf(&mut self, frame: FrameId) -> FrameId {
        if let Some(function) = self.estimate.from.frames[frame].function {
            self.estimate.function(function);
        }
        self.estimate.transfer.frame(&mut self.estimate.to, frame)
    }

    /// Returns the stack of a node, adding those of the nodes above as far as they are missing.
    fn stack(&mut self, node: NodeId) -> Result<Option<StackId>> {
        let mut missing = Vec::new();
        let mut next = node;
        while next != NodeId::ROOT && self.known(next).is_none() {
            missing.push(next);
            next = self.tree.parent(next);
        }
        for &node in missing.iter().rev() {
            let function = match self.tree.label(node) {
                Label::Function(function) => self.estimate.function(self.graph.functions[function as usize].id),
                Label::Root | Label::Folded => {
                    let name = self.estimate.to.string(FOLDED);
                    self.estimate.to.function(Function::named(name))
                }
            };
            let frame = self.estimate.to.frame(Frame { function: Some(function), ..Frame::default() });
            let parent = self.known(self.tree.parent(node));
            let stack = self.estimate.to.push(parent, frame)?;
            self.stacks.resize(self.stacks.len().max(node.index() + 1), None);
            self.stacks[node.index()] = Some(stack);
        }
        Ok(self.known(node))
    }

    fn known(&self, node: NodeId) -> Option<StackId> {
        self.stacks.get(node.index()).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::{Arc, Total};
    use crate::notes::NoteKind;
    use crate::rows::Thread;
    use crate::value::ValueType;
    use std::num::{NonZeroU32, NonZeroU64};

    /// A call graph in few words; a function is named by what `own`, `arc` or `total` first call it.
    struct Source {
        profile: Profile,
        calls: CallGraph,
    }

    impl Source {
        fn new(columns: usize) -> Source {
            let profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds"); columns]);
            Source { profile, calls: CallGraph::new(columns) }
        }

        fn frame(&mut self, name: &str, line: u32) -> FrameId {
            let name = self.profile.string(name);
            let function = self.profile.function(Function::named(name));
            self.profile.frame(Frame { function: Some(function), line: NonZeroU32::new(line), ..Frame::default() })
        }

        fn function(&mut self, name: &str) -> FunctionId {
            let frame = self.frame(name, 0);
            self.profile.frames[frame].function.expect("a function")
        }

        fn own(mut self, name: &str, line: u32, costs: &[i64]) -> Source {
            let frame = self.frame(name, line);
            self.calls.add_own(frame, costs);
            self
        }

        fn arc(mut self, caller: &str, callee: &str, calls: i64, inclusive: &[i64]) -> Source {
            let (caller, callee) = (self.frame(caller, 0), self.function(callee));
            self.calls.add_arc(Arc { calls: Some(&[calls]), inclusive: Some(inclusive), ..Arc::new(caller, callee) });
            self
        }

        fn total(mut self, name: &str, inclusive: &[i64]) -> Source {
            let function = self.function(name);
            self.calls.add_total(Total { inclusive: Some(inclusive), ..Total::new(function) });
            self
        }

        fn end_graph(&mut self, thread: Option<&str>) {
            let columns = self.calls.stride();
            let name = thread.map(|name| self.profile.string(name));
            let thread = thread.map(|_| self.profile.thread(Thread { name, ..Thread::default() }));
            self.calls.thread = thread;
            self.profile.calls.push(std::mem::replace(&mut self.calls, CallGraph::new(columns)));
        }

        fn in_thread(mut self, thread: &str) -> Source {
            self.end_graph(Some(thread));
            self
        }

        fn stacks_and_notes(mut self) -> (Vec<String>, Notes) {
            if !self.calls.is_empty() {
                self.end_graph(None);
            }
            let mut notes = Notes::new();
            let estimate = stacks(&self.profile, &mut notes).expect("small numbers");
            let mut path = Vec::new();
            let mut lines: Vec<String> = Vec::new();
            for sample in estimate.samples.iter() {
                estimate.stacks.read_path(sample.stack.expect("a stack"), &mut path);
                let name = |&frame: &FrameId| {
                    let line = estimate.frames[frame].line.map_or(String::new(), |line| format!(":{line}"));
                    format!("{}{line}", estimate.frame_name(frame).expect("a function"))
                };
                let thread = sample.thread.map_or(String::new(), |thread| estimate.thread_title(thread) + " ");
                let path = path.iter().map(name).collect::<Vec<_>>().join(";");
                lines.push(format!("{thread}{path} {:?}", sample.values));
            }
            lines.sort();
            (lines, notes)
        }

        fn stacks(self) -> Vec<String> {
            self.stacks_and_notes().0
        }
    }

    #[test]
    fn costs_follow_the_arcs() {
        let source = Source::new(1).own("a", 0, &[5]).own("b", 0, &[7]).own("f", 0, &[20]).own("g", 0, &[30]);
        let source = source.arc("a", "f", 1, &[30]).arc("b", "f", 3, &[20]).arc("f", "g", 4, &[30]);
        let wanted = ["a [5]", "a;f [12]", "a;f;g [18]", "b [7]", "b;f [8]", "b;f;g [12]"];
        assert_eq!(source.stacks(), wanted);
    }

    #[test]
    fn lines_have_their_cost_in_every_context() {
        let source = Source::new(2).own("f", 3, &[10, 1]).own("f", 4, &[5, 0]).own("f", 3, &[1, 0]);
        let source = source.arc("a", "f", 1, &[8, 0]).arc("b", "f", 1, &[8, 0]);
        let wanted = ["a;f:3 [6, 1]", "a;f:4 [3, 0]", "b;f:3 [5, 0]", "b;f:4 [2, 0]"];
        assert_eq!(source.stacks(), wanted);
    }

    #[test]
    fn a_cycle_without_a_root_has_one() {
        let source = Source::new(1).own("a", 0, &[10]).own("b", 0, &[10]);
        let lines = source.arc("a", "b", 0, &[0]).arc("b", "a", 0, &[0]).stacks();
        assert_eq!(lines, ["a [10]", "a;b [10]"]);
    }

    #[test]
    fn contexts_have_the_stacks_that_they_had() {
        let source = Source::new(1).own("f'a", 0, &[5]).own("f'b", 0, &[7]).own("a", 0, &[1]);
        let mut source = source.arc("a", "f'a", 1, &[5]).arc("b", "f'b", 1, &[7]);
        let plain = source.profile.string("f");
        let contexts = ["f'a", "f'b"].map(|name| source.function(name));
        let mut profile = std::mem::take(&mut source.profile);
        for id in contexts {
            let function = profile.functions[id];
            profile.functions.replace([(id, Function { context_of: Some(plain), ..function })].into_iter());
        }
        source.profile = profile;
        let (lines, notes) = source.stacks_and_notes();
        assert_eq!(lines, ["a [1]", "a;f [5]", "b;f [7]"]);
        assert_eq!(notes.iter().count(), 0, "nothing is estimated");
    }

    #[test]
    fn recursion_becomes_a_chain() {
        let mut source = Source::new(1).own("main", 0, &[1]).own("f", 0, &[30]);
        let (main, f, callee) = (source.frame("main", 0), source.frame("f", 0), source.function("f"));
        let (calls, once) = (Some(&[3i64][..]), Some(&[1i64][..]));
        source.calls.add_total(Total { calls, primitive_calls: once, inclusive: Some(&[30]), ..Total::new(callee) });
        for (caller, calls, own, inclusive) in [(main, 1, 10, 30), (f, 2, 20, 20)] {
            let (calls, own, inclusive) = ([calls], [own], [inclusive]);
            source.calls.add_arc(Arc {
                calls: Some(&calls),
                primitive_calls: once,
                inclusive: Some(&inclusive),
                callee_self: Some(&own),
                ..Arc::new(caller, callee)
            });
        }
        let lines = source.stacks();
        assert_eq!(lines, ["main [1]", "main;f [10]", "main;f;f [10]", "main;f;f;f [10]"]);
    }

    #[test]
    fn too_many_callers_are_folded() {
        let mut source = Source::new(1).own("f", 0, &[1_000]);
        for caller in 0..100 {
            source = source.arc(&format!("caller{caller}"), "f", 1, &[10]);
        }
        let (lines, notes) = source.stacks_and_notes();
        assert_eq!(lines.len(), 65);
        assert_eq!(lines[0], "[folded];f [360]");
        let note = notes.iter().next().expect("a note");
        assert_eq!(
            note.what,
            "stacks are estimated from a call graph, with 36.0 % of the cost on chains that were cut off"
        );
    }

    #[test]
    fn each_thread_has_its_own_stacks() {
        let first = Source::new(1).own("f", 0, &[1]).arc("main", "f", 1, &[1]).in_thread("one");
        let lines = first.own("f", 0, &[2]).arc("work", "f", 1, &[2]).in_thread("two").stacks();
        assert_eq!(lines, ["thread: one main;f [1]", "thread: two work;f [2]"]);
    }

    #[test]
    fn costs_below_zero_are_left_out_and_noted() {
        let source = Source::new(2).own("f", 0, &[-5, 5]).own("g", 1, &[-1, 0]).own("g", 2, &[3, 0]);
        let (lines, notes) = source.own("h", 0, &[-2, 0]).stacks_and_notes();
        assert_eq!(lines, ["f [0, 5]", "g:1 [-1, 0]", "g:2 [3, 0]"]);
        let lost: Vec<String> =
            notes.iter().filter(|note| note.kind == NoteKind::Lost).map(ToString::to_string).collect();
        let wanted = "estimated stacks cannot hold own costs below zero, here -7 nanoseconds in all: \
                      2 functions lost theirs (first: f)";
        assert_eq!(lost, [wanted]);
    }

    #[test]
    fn totals_that_are_far_off_are_noted() {
        let source = Source::new(1).own("f", 0, &[100]).total("f", &[100]).total("main", &[170]);
        let (_, notes) = source.arc("main", "f", 1, &[100]).stacks_and_notes();
        let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
        let wanted = "stacks are estimated from a call graph: 1 function has a total off by more than 1 % \
                      (main, the farthest off, 100.0 % instead of 170.0 %)";
        assert_eq!(notes, [wanted]);
    }

    #[test]
    fn frames_without_a_function_are_named() {
        let mut source = Source::new(1).own("f", 0, &[3]);
        let frame = source.profile.frame(Frame { address: NonZeroU64::new(0x4f), ..Frame::default() });
        let callee = source.function("f");
        source.calls.add_own(frame, &[4]);
        source.calls.add_arc(Arc { inclusive: Some(&[3]), ..Arc::new(frame, callee) });
        assert_eq!(source.stacks(), ["0x4f [4]", "0x4f;f [3]"]);
    }

    #[test]
    fn large_numbers_are_not_rounded() {
        for cost in [(1 << 53) + 1, i64::MAX] {
            let source = Source::new(1).own("f", 0, &[cost]);
            let lines = source.arc("a", "f", 1, &[1]).arc("b", "f", 1, &[2]).stacks();
            let number = |line: &String| line.split(['[', ']']).nth(1)?.parse::<i64>().ok();
            assert_eq!((lines.len(), lines.iter().filter_map(number).sum()), (2, cost));
        }
    }

    #[test]
    fn a_chain_of_calls_may_be_long() {
        let count = 200_000i64;
        let mut source = Source::new(1).own("f0", 0, &[1]);
        for callee in 1..count {
            source = source.own(&format!("f{callee}"), 0, &[1]);
            source = source.arc(&format!("f{}", callee - 1), &format!("f{callee}"), 1, &[count - callee]);
        }
        source.end_graph(None);
        let estimate = stacks(&source.profile, &mut Notes::new()).expect("small numbers");
        let deepest = estimate.samples.iter().filter_map(|sample| sample.stack).map(|id| estimate.stacks.depth(id));
        assert_eq!(deepest.max(), u32::try_from(count).ok());
    }
}
