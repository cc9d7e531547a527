//! Unrolling a cycle into a tree of calls, the heaviest first.
//!
//! The tree starts with what flows in from outside. A node keeps what its calls cost locally and shares
//! the rest out among the callees that it can have, by what the arcs cost. Linear recursion becomes a
//! chain, a double recursion halves itself level by level, imports of imports follow the costs.
//!
//! What a callee can be is decided by the counts of primitive calls, those made while the function (or
//! the arc) was not active already: they tell what never nests. And a call that was made once fits whole
//! into every arc above it.

use super::contexts::{Cut, Inflow, Via};
use super::cycle::Cycle;
use super::graph::Arc;
use super::tree::NodeId;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// How many nodes a tree has at most, unless twice its functions are more.
const MOST_NODES: usize = 65_536;
/// How many frames of one cycle are on a path at most.
const MOST_DEPTH: usize = 1024;
/// What costs may differ by and still be the same.
const TOLERANCE: f64 = 1.0 + 1e-6;

/// A node of the unrolled tree: one or more calls through the same chain.
pub(super) struct Node {
    pub(super) link: Link,
    /// The member of the cycle.
    pub(super) function: usize,
    /// What flows in.
    pub(super) mass: f64,
    /// What stays: the own cost, and what flows out of the cycle from here.
    pub(super) local: f64,
    /// The cost of the lightest arc above.
    pub(super) limit: f64,
    /// Whether the same arc is nowhere above.
    pub(super) is_first_of_arc: bool,
    /// Whether the same function is nowhere above in the cycle.
    pub(super) is_first_of_function: bool,
    depth: usize,
}

/// How a node hangs in the tree.
#[derive(Clone, Copy)]
pub(super) enum Link {
    /// It is entered from outside the cycle.
    Entry { outer: NodeId, via: Via },
    /// It is called by the node `parent` through the arc at this place in the cycle.
    Inner { parent: usize, arc: usize },
}

impl Link {
    pub(super) fn parent(self) -> Option<usize> {
        match self {
            Link::Entry { .. } => None,
            Link::Inner { parent, .. } => Some(parent),
        }
    }
}

/// Returns the unrolled cycle: parents before their children, and each function at least once.
pub(super) fn unroll(cycle: &Cycle<'_>, inflows: &[Vec<Inflow>], cut: &mut Cut) -> Vec<Node> {
    let mut unrolling = Unrolling::new(cycle, cut);
    for (function, inflows) in inflows.iter().enumerate() {
        inflows.iter().for_each(|inflow| unrolling.enter(function, inflow));
    }
    while let Some(Turn { turn, .. }) = unrolling.queue.pop() {
        let call = unrolling.calls[turn];
        unrolling.call(&call);
    }
    unrolling.reach_all();
    unrolling.nodes
}

/// A node that may come to be.
#[derive(Clone, Copy)]
struct Call {
    mass: f64,
    link: Link,
    function: usize,
    calls: f64,
    limit: f64,
}

/// The place of a call in the order in which calls become nodes. It is small, for very many wait.
struct Turn {
    mass: f64,
    /// The place in the list of calls: of equal masses, what was thought of first comes first.
    turn: usize,
}

struct Unrolling<'c> {
    cycle: &'c Cycle<'c>,
    cut: &'c mut Cut,
    queue: BinaryHeap<Turn>,
    calls: Vec<Call>,
    nodes: Vec<Node>,
    most_nodes: usize,
    nodes_of: Vec<usize>,
    /// For functions without a node, the heaviest queued call below the least mass.
    light: Vec<f64>,
    only_from_outside: Vec<bool>,
    /// The node on whose path a function or an arc was seen last; counted from 1.
    function_seen: Vec<usize>,
    arc_seen: Vec<usize>,
    /// The arcs that the current node may call through, and what they cost.
    callees: Vec<(usize, f64)>,
}

impl<'c> Unrolling<'c> {
    fn new(cycle: &'c Cycle<'c>, cut: &'c mut Cut) -> Unrolling<'c> {
        let count = cycle.members.len();
        Unrolling {
            cycle,
            cut,
            queue: BinaryHeap::new(),
            calls: Vec::new(),
            nodes: Vec::new(),
            most_nodes: MOST_NODES.max(2 * count),
            nodes_of: vec![0; count],
            light: vec![-1.0; count],
            only_from_outside: (0..count).map(|member| cycle.is_only_entered_from_outside(member)).collect(),
            function_seen: vec![0; count],
            arc_seen: vec![0; cycle.arcs.len()],
            callees: Vec::new(),
        }
    }

    fn enter(&mut self, function: usize, inflow: &Inflow) {
        let &Inflow { via, parent, amount, limit } = inflow;
        let mass = amount.sum();
        let (calls, limit) = match via {
            Via::Arc(arc) => {
                let Arc { calls, inclusive, .. } = self.cycle.graph.arcs[arc as usize];
                if inclusive > 0.0 { (calls * (mass / inclusive), limit.min(inclusive)) } else { (calls, limit) }
            }
            Via::Root | Via::Folded => {
                let calls = self.cycle.function(function).root_calls;
                (if calls > 0.0 { calls } else { 1.0 }, limit)
            }
        };
        self.queue(Call { mass, link: Link::Entry { outer: parent, via }, function, calls, limit });
    }

    fn queue(&mut self, call: Call) {
        self.queue.push(Turn { mass: call.mass, turn: self.calls.len() });
        self.calls.push(call);
    }

    /// Makes a call a node and queues its callees, unless it is too light or there are too many.
    fn call(&mut self, call: &Call) {
        if self.is_too_much(call.function) || self.nodes_of[call.function] > 0 && call.mass < self.cut.least {
            self.cut.folded += call.mass;
            return;
        }
        let mut node = self.node(call);
        self.find_callees(call, node.depth);
        let below: f64 = self.callees.iter().map(|(_, inclusive)| inclusive).sum();
        if !self.callees.is_empty() {
            let function = self.cycle.function(call.function);
            let of_one_call = self.cycle.local(call.function).sum() / function.calls.max(1.0);
            node.local = call.mass.min(call.calls * of_one_call);
            if node.is_first_of_function && function.total > 0.0 {
                node.local = node.local.max(call.mass * (1.0 - below / function.total));
            }
        }
        let left = call.mass - node.local;
        self.nodes_of[call.function] += 1;
        self.nodes.push(node);
        if self.nodes.len() == self.most_nodes {
            self.fold_hopeless();
        }
        if left > 0.0 {
            self.queue_callees(call, left, below);
        }
    }

    /// Returns whether a function can have no more nodes than it has.
    fn is_too_much(&self, function: usize) -> bool {
        let nodes_of = self.nodes_of[function];
        nodes_of > 0 && (nodes_of >= self.cut.most_in_cycle || self.nodes.len() >= self.most_nodes)
    }

    /// Takes calls off the queue that can become no nodes, now that there are as many as there may be.
    fn fold_hopeless(&mut self) {
        let (calls, nodes_of, folded) = (&self.calls, &self.nodes_of, &mut self.cut.folded);
        self.queue.retain(|&Turn { mass, turn }| {
            let may_be_first = nodes_of[calls[turn].function] == 0;
            *folded += if may_be_first { 0.0 } else { mass };
            may_be_first
        });
    }

    /// Returns the node of a call, and marks the functions and arcs on its path as seen.
    fn node(&mut self, call: &Call) -> Node {
        let seen = self.nodes.len() + 1;
        let depth = call.link.parent().map_or(1, |parent| self.nodes[parent].depth + 1);
        let mut above = call.link.parent();
        while let Some(node) = above {
            let Node { link, function, .. } = self.nodes[node];
            self.function_seen[function] = seen;
            if let Link::Inner { arc, .. } = link {
                self.arc_seen[arc] = seen;
            }
            above = link.parent();
        }
        let is_first_of_function = std::mem::replace(&mut self.function_seen[call.function], seen) != seen;
        let is_first_of_arc = match call.link {
            Link::Inner { arc, .. } => std::mem::replace(&mut self.arc_seen[arc], seen) != seen,
            Link::Entry { .. } => true,
        };
        let Call { mass, link, function, limit, .. } = *call;
        Node { link, function, mass, local: mass, limit, is_first_of_arc, is_first_of_function, depth }
    }

    /// Lists the arcs that a call with the marked path may call through.
    fn find_callees(&mut self, call: &Call, depth: usize) {
        self.callees.clear();
        if depth >= MOST_DEPTH {
            return;
        }
        for arc in self.cycle.places_from(call.function) {
            let inclusive = self.cycle.graph.arcs[self.cycle.arcs[arc].id].inclusive;
            if inclusive > 0.0 && self.may_call(arc, call.limit) {
                self.callees.push((arc, inclusive));
            }
        }
    }

    fn may_call(&self, place: usize, limit: f64) -> bool {
        let seen = self.nodes.len() + 1;
        let inner = &self.cycle.arcs[place];
        let arc = &self.cycle.graph.arcs[inner.id];
        let callee = self.cycle.function(inner.callee);
        let fits = |cost: f64| cost <= limit * TOLERANCE;
        if !self.cycle.graph.has_primitive {
            return arc.calls != 1.0 || fits(arc.inclusive);
        }
        let is_active = self.function_seen[inner.callee] == seen;
        let is_arc_active = self.arc_seen[place] == seen;
        let never_nests = callee.primitive_calls == callee.calls;
        let arc_never_nests = arc.primitive_calls == arc.calls;
        if is_active && never_nests || !is_active && self.only_from_outside[inner.callee] {
            return false;
        }
        if is_arc_active && arc_never_nests || !is_arc_active && arc.primitive_calls == 1.0 && !fits(arc.inclusive) {
            return false;
        }
        let was_active_once = self.cycle.graph.has_totals && callee.primitive_calls == 1.0;
        is_active || !was_active_once || fits(callee.total)
    }

    fn queue_callees(&mut self, call: &Call, left: f64, below: f64) {
        let parent = self.nodes.len() - 1;
        let callees = std::mem::take(&mut self.callees);
        for &(arc, inclusive) in &callees {
            let mass = left * inclusive / below;
            let inner = &self.cycle.arcs[arc];
            if self.is_too_much(inner.callee) {
                self.cut.folded += mass;
                continue;
            }
            if mass < self.cut.least {
                // Of light calls only the first that comes to its turn becomes a node: the heaviest.
                let is_hopeless = self.nodes_of[inner.callee] > 0 || mass <= self.light[inner.callee];
                if is_hopeless {
                    self.cut.folded += mass;
                    continue;
                }
                self.light[inner.callee] = mass;
            }
            let (calls, limit) = (call.calls * inner.rate, call.limit.min(inclusive));
            self.queue(Call { mass, link: Link::Inner { parent, arc }, function: inner.callee, calls, limit });
        }
        self.callees = callees;
    }

    /// Hangs the functions that no mass has reached below their heaviest caller, heaviest arcs first.
    fn reach_all(&mut self) {
        if self.nodes_of.iter().all(|&nodes| nodes > 0) {
            return;
        }
        let mut heaviest: Vec<Option<usize>> = vec![None; self.cycle.members.len()];
        for (place, node) in self.nodes.iter().enumerate() {
            let heaviest = &mut heaviest[node.function];
            if heaviest.is_none_or(|it| node.mass > self.nodes[it].mass) {
                *heaviest = Some(place);
            }
        }
        let reached = (0..heaviest.len()).filter(|&function| heaviest[function].is_some());
        let leads_on = |arc: &usize| heaviest[self.cycle.arcs[*arc].callee].is_none();
        let arcs = reached.flat_map(|function| self.cycle.places_from(function)).filter(leads_on);
        let mut arcs: BinaryHeap<WideArc> = arcs.map(|arc| self.wide_arc(arc)).collect();
        while let Some(WideArc { arc, inclusive, .. }) = arcs.pop() {
            let inner = &self.cycle.arcs[arc];
            let (Some(parent), None) = (heaviest[inner.caller], heaviest[inner.callee]) else { continue };
            heaviest[inner.callee] = Some(self.nodes.len());
            let Node { limit, depth, .. } = self.nodes[parent];
            self.nodes.push(Node {
                link: Link::Inner { parent, arc },
                function: inner.callee,
                mass: 0.0,
                local: self.cycle.local(inner.callee).sum(),
                limit: limit.min(inclusive),
                is_first_of_arc: true,
                is_first_of_function: true,
                depth: depth + 1,
            });
            arcs.extend(self.cycle.places_from(inner.callee).map(|arc| self.wide_arc(arc)));
        }
    }

    fn wide_arc(&self, arc: usize) -> WideArc {
        let Arc { inclusive, calls, .. } = self.cycle.graph.arcs[self.cycle.arcs[arc].id];
        WideArc { inclusive, calls, arc }
    }
}

impl Cycle<'_> {
    /// Returns whether the calls from outside are enough to explain every outermost call of a member.
    fn is_only_entered_from_outside(&self, member: usize) -> bool {
        let function = self.function(member);
        let is_outside = |arc: &&Arc| self.members.binary_search(&arc.caller).is_err();
        let arcs = self.graph.arcs_to(self.members[member]).iter().filter(is_outside);
        let from_outside = function.root_calls + arcs.map(|arc| arc.calls).sum::<f64>();
        self.graph.has_primitive && function.primitive_calls <= from_outside
    }
}

/// An arc in the order in which unreached functions are reached.
struct WideArc {
    inclusive: f64,
    calls: f64,
    arc: usize,
}

impl Ord for WideArc {
    fn cmp(&self, other: &WideArc) -> Ordering {
        let by_cost = self.inclusive.total_cmp(&other.inclusive).then(self.calls.total_cmp(&other.calls));
        by_cost.then(other.arc.cmp(&self.arc))
    }
}

impl Ord for Turn {
    fn cmp(&self, other: &Turn) -> Ordering {
        self.mass.total_cmp(&other.mass).then(other.turn.cmp(&self.turn))
    }
}

macro_rules! ordered {
    ($($name:ident)*) => {$(
        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &$name) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &$name) -> bool {
                self.cmp(other).is_eq()
            }
        }

        impl Eq for $name {}
    )*};
}

ordered!(Turn WideArc);
