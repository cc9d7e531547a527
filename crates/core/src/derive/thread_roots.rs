//! Threads as what calls the outermost functions.

use super::totals::graph_totals;
use crate::calls::{Arc, CallGraph, Total};
use crate::error::Result;
use crate::hash::Map;
use crate::id::{FrameId, Id, StackId, ThreadId};
use crate::profile::Profile;
use crate::rows::{Frame, Function};
use crate::samples::{Sample, Samples};
use std::collections::BTreeSet;

/// Returns the profile with each thread as the root of its stacks and call graphs, under its title, and nothing where
/// there are no two threads.
///
/// A thread of a call graph calls what costs more than its callers tell. What belongs to no thread stays as it is.
///
/// # Errors
///
/// A stack that gets deeper than the limit is an error of kind `Limit`, a sum that does not fit into 64 bits one of
/// kind `Overflow`.
pub fn thread_roots(profile: &Profile) -> Result<Option<Profile>> {
    let of_samples = profile.samples.iter().map(|sample| sample.thread);
    let of_graphs = profile.calls.iter().map(|graph| graph.thread);
    let threads: BTreeSet<Option<ThreadId>> = of_samples.chain(of_graphs).collect();
    if threads.len() < 2 {
        return Ok(None);
    }
    let mut to = profile.clone();
    to.set_max_depth(u32::MAX);
    let mut roots: Map<ThreadId, FrameId> = Map::default();
    for thread in threads.into_iter().flatten() {
        let name = to.string(&profile.thread_title(thread));
        let function = to.function(Function::named(name));
        roots.insert(thread, to.frame(Frame { function: Some(function), ..Frame::default() }));
    }
    root_samples(profile, &mut to, &roots)?;
    to.calls.clear();
    for graph in &profile.calls {
        let root = graph.thread.and_then(|thread| roots.get(&thread));
        let rooted = root.map(|&root| rooted(profile, &to, graph, root)).transpose()?;
        to.calls.push(rooted.unwrap_or_else(|| graph.clone()));
    }
    Ok(Some(to))
}

fn root_samples(profile: &Profile, to: &mut Profile, roots: &Map<ThreadId, FrameId>) -> Result<()> {
    to.samples = Samples::new(profile.value_types.len());
    let mut moved: Map<(ThreadId, StackId), StackId> = Map::default();
    let mut is_known: BTreeSet<ThreadId> = BTreeSet::new();
    for sample in profile.samples.iter() {
        let (Some(thread), Some(stack)) = (sample.thread, sample.stack) else {
            to.samples.push(sample);
            continue;
        };
        let mut chain = vec![];
        let mut next = Some(stack);
        let mut done = None;
        while let Some(stack) = next.filter(|_| done.is_none()) {
            done = moved.get(&(thread, stack)).copied();
            if done.is_none() {
                chain.push(stack);
                next = profile.stacks.row(stack).0;
            }
        }
        let mut parent = match done {
            Some(done) => done,
            None => to.stack(&[roots[&thread]])?,
        };
        while let Some(stack) = chain.pop() {
            parent = to.extend(Some(parent), profile.stacks.row(stack).1)?;
            moved.insert((thread, stack), parent);
        }
        // The thread itself is one call that goes on.
        let kept = sample.kept.map(|kept| kept + u32::from(is_known.contains(&thread)));
        is_known.insert(thread);
        to.samples.push(Sample { stack: Some(parent), kept, ..sample });
    }
    Ok(())
}

/// Returns a call graph whose root calls what its callers do not account for.
fn rooted(profile: &Profile, to: &Profile, graph: &CallGraph, root: FrameId) -> Result<CallGraph> {
    let totals = graph_totals(profile, graph)?;
    let stride = graph.stride();
    let mut open: Vec<Vec<i64>> = profile.functions.iter().map(|(id, _)| totals[id].total.clone()).collect();
    for arc in graph.arcs().filter(|arc| profile.frames[arc.caller].function != Some(arc.callee)) {
        let costs = arc.inclusive.unwrap_or_default();
        open[arc.callee.index()].iter_mut().zip(costs).for_each(|(open, cost)| *open = open.saturating_sub(*cost));
    }
    let mut rooted = graph.clone();
    let mut whole = vec![0i64; stride];
    for (_, costs) in graph.own() {
        super::walk::add(&mut whole, costs)?;
    }
    rooted.add_own(root, &vec![0; stride]);
    for (callee, costs) in profile.functions.iter().map(|(id, _)| id).zip(open) {
        let costs: Vec<i64> = costs.into_iter().map(|cost| cost.max(0)).collect();
        if costs.iter().any(|&cost| cost > 0) {
            rooted.add_arc(Arc { inclusive: Some(&costs), ..Arc::new(root, callee) });
        }
    }
    if let Some(function) = to.frames[root].function {
        rooted.add_total(Total { inclusive: Some(&whole), ..Total::new(function) });
    }
    Ok(rooted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derive::function_graph;
    use crate::rows::Thread;
    use crate::value::ValueType;

    fn thread(profile: &mut Profile, id: &str) -> Option<ThreadId> {
        let id = profile.text(id);
        Some(profile.thread(Thread { id, ..Thread::default() }))
    }

    fn frame(profile: &mut Profile, name: &str) -> FrameId {
        let name = profile.string(name);
        let function = profile.function(Function::named(name));
        profile.frame(Frame { function: Some(function), ..Frame::default() })
    }

    fn arcs(profile: &Profile) -> Vec<String> {
        let rooted = thread_roots(profile).expect("small numbers").expect("two threads");
        let graph = function_graph(&rooted).expect("small numbers");
        let name = |id| &rooted.strings[rooted.functions[id].name];
        let cost = |costs: Option<&[i64]>| costs.map_or(-1, |costs| costs[0]);
        let arcs = graph.arcs.iter();
        let mut arcs: Vec<_> =
            arcs.map(|arc| format!("{} {} {}", name(arc.caller), name(arc.callee), cost(arc.inclusive))).collect();
        arcs.sort();
        assert_eq!(rooted.column_totals().ok(), profile.column_totals().ok());
        arcs
    }

    #[test]
    fn stacks_begin_with_their_thread() {
        let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
        let [main, f] = ["main", "f"].map(|name| frame(&mut profile, name));
        let [one, two] = ["1", "2"].map(|id| thread(&mut profile, id));
        let above = profile.stack(&[main]).expect("not too deep");
        let stack = Some(profile.push(Some(above), f).expect("not too deep"));
        for (thread, stack, kept) in
            [(one, stack, Some(0)), (two, stack, Some(0)), (one, stack, Some(2)), (two, None, None)]
        {
            profile.samples.push(Sample { thread, kept, ..Sample::new(stack, &[5]) });
        }
        assert_eq!(arcs(&profile), ["main f 15", "thread (1) main 10", "thread (2) main 5"]);
        let rooted = thread_roots(&profile).expect("small numbers").expect("two threads");
        let kept: Vec<_> = rooted.samples.iter().map(|sample| sample.kept).collect();
        assert_eq!(kept, [Some(0), Some(0), Some(3), None]);
        let alone = profile.filtered(|sample| sample.thread == one, |_| true).expect("small numbers");
        assert!(thread_roots(&alone).expect("small numbers").is_none());
    }

    #[test]
    fn a_thread_of_a_call_graph_calls_what_its_callers_do_not_account_for() {
        let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
        let [main, f] = ["main", "f"].map(|name| frame(&mut profile, name));
        let callee = profile.frames[f].function.expect("named");
        for (id, of_arc) in [("1", 20), ("2", 15)] {
            let mut graph = CallGraph::new(1);
            graph.thread = thread(&mut profile, id);
            graph.add_own(main, &[1]);
            graph.add_own(f, &[20]);
            graph.add_arc(Arc { inclusive: Some(&[of_arc]), ..Arc::new(main, callee) });
            profile.calls.push(graph);
        }
        let wanted = ["main f 35", "thread (1) main 21", "thread (2) f 5", "thread (2) main 16"];
        assert_eq!(arcs(&profile), wanted);
    }
}
