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
use doubts::Doubts;
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
/// far from the one that the source states.
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
    let named;
    let profile = if profile.frames.iter().any(|(_, frame)| frame.function.is_none()) {
        named = profile.without(Facets::of(&[Facet::Unnamed]))?.0;
        &named
    } else {
        profile
    };
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
        if from.value_types.len() > 1 {
            // What is shown first if nobody says so differs between call graphs and samples.
            to.meta.default_value = Some(from.default_value());
        }
        // Whether a function was inlined depends on the frame above, which is not known.
        let mut transfer = Transfer::new(from, Facets::of(&[Facet::Inlining]));
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
        self.doubts.add(self.from, &graph, &own, folded);
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
