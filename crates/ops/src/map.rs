//! Other facts about the functions of a profile, and what follows from functions that become one.

mod graph;

use profkit_core::{CallGraph, Frame, FrameId, Function, FunctionId, Id, Profile, Result, Sample, StackId, Strings};

/// Returns the profile with each function replaced by what `facts` returns for it. Functions that become
/// equal are one; ids are new.
///
/// On stacks this is exact: each frame keeps its place, its line and its address, so that depths, call
/// boundaries and the value of each sample stay what they were. On call graphs, rows that become one add
/// up, and arcs between functions that become one are arcs of it to itself, which are no part of its
/// total. Where the source states totals, that of a group is what its members have without what they
/// have of each other; where these are called back by each other or through a function outside, there is
/// no telling from the sums, and nothing is stated: [`function_totals`](profkit_core::derive::function_totals)
/// then derives it from the arcs, as a bound where it is one.
///
/// Texts for new facts are interned in the strings of the profile:
///
/// ```
/// use profkit_core::{Frame, Function, Profile, Sample, ValueType};
/// use profkit_core::derive::function_totals;
/// use profkit_ops::map_functions;
///
/// let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
/// let path = ["main", "f1", "f2"].map(|name| {
///     let name = profile.string(name);
///     let function = profile.function(Function::named(name));
///     profile.frame(Frame { function: Some(function), ..Frame::default() })
/// });
/// let stack = profile.stack(&path)?;
/// profile.samples.push(Sample::new(Some(stack), &[5]));
///
/// let mapped = map_functions(&profile, |strings, _, function| {
///     let name = strings[function.name].trim_end_matches(char::is_numeric).to_owned();
///     Function { name: strings.intern(&name), ..function }
/// })?;
/// let totals = function_totals(&mapped)?;
/// let rows: Vec<_> = mapped
///     .functions
///     .iter()
///     .map(|(id, function)| (&mapped.strings[function.name], totals[id].total[0]))
///     .collect();
/// assert_eq!(rows, [("main", 5), ("f", 5)]);
/// # Ok::<(), profkit_core::Error>(())
/// ```
///
/// # Errors
///
/// A sum of rows that does not fit into 64 bits is an error of kind `Overflow`.
pub fn map_functions(
    profile: &Profile,
    mut facts: impl FnMut(&mut Strings, FunctionId, Function) -> Function,
) -> Result<Profile> {
    let mut to = same_tables(profile);
    let functions = profile.functions.iter().map(|(id, function)| {
        let function = facts(&mut to.strings, id, function);
        to.function(function)
    });
    let functions: Vec<FunctionId> = functions.collect();
    let frames = profile.frames.iter().map(|(_, frame)| {
        let function = frame.function.map(|id| functions[id.index()]);
        to.frame(Frame { function, ..frame })
    });
    let frames = frames.collect();
    Rows { functions, frames }.moved(profile, to)
}

/// Returns a profile without functions, frames, stacks and costs, in which all other ids are those of `profile`.
pub(crate) fn same_tables(profile: &Profile) -> Profile {
    let mut to = Profile::new(profile.value_types.clone());
    to.set_max_depth(u32::MAX);
    to.strings = profile.strings.clone();
    to.mappings = profile.mappings.clone();
    to.threads = profile.threads.clone();
    to.labels = profile.labels.clone();
    to.meta = profile.meta.clone();
    to
}

/// Returns a call graph of `profile` without the calls of functions to themselves.
///
/// A function is then called as often as others call it; its costs are what they were.
pub(crate) fn without_self_arcs(profile: &Profile, graph: &CallGraph) -> Result<CallGraph> {
    graph::without_self_arcs(profile, graph)
}

/// What stands in the place of each function and of each frame of a profile.
///
/// Frames of one function may go to different ones; the function itself is then what stands for it
/// where it is called.
pub(crate) struct Rows {
    pub(crate) functions: Vec<FunctionId>,
    pub(crate) frames: Vec<FrameId>,
}

impl Rows {
    /// Returns `to`, made by [`same_tables`], with the samples and call graphs of `from` on the new rows.
    pub(crate) fn moved(&self, from: &Profile, mut to: Profile) -> Result<Profile> {
        let mut stacks: Vec<StackId> = Vec::with_capacity(from.stacks.len());
        let mut path = Vec::new();
        for id in from.stacks.ids() {
            let (parent, run) = from.stacks.row(id);
            path.clear();
            path.extend(run.iter().map(|frame| self.frames[frame.index()]));
            stacks.push(to.extend(parent.map(|parent| stacks[parent.index()]), &path)?);
        }
        for sample in from.samples.iter() {
            let stack = sample.stack.map(|stack| stacks[stack.index()]);
            to.samples.push(Sample { stack, ..sample });
        }
        for calls in &from.calls {
            let calls = graph::moved(self, from, calls, &to)?;
            to.calls.push(calls);
        }
        Ok(to)
    }
}

#[cfg(test)]
mod tests {
    use super::map_functions;
    use profkit_core::derive::function_totals;
    use profkit_core::{Frame, FrameId, Function, Profile, Sample, ValueType};
    use std::num::NonZeroU32;

    fn frame(profile: &mut Profile, name: &str, line: u32) -> FrameId {
        let name = profile.string(name);
        let function = profile.function(Function::named(name));
        profile.frame(Frame { function: Some(function), line: NonZeroU32::new(line), ..Frame::default() })
    }

    #[test]
    fn stacks_that_become_the_same_are_one_and_keep_their_calls_and_lines() {
        let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
        let [main, f, g] = [("main", 1), ("f", 2), ("g", 2)].map(|(name, line)| frame(&mut profile, name, line));
        let mut parent = Some(profile.stack(&[main]).unwrap());
        let whole = [profile.stack(&[main, f, g]).unwrap(), profile.stack(&[main, g, f]).unwrap()];
        for frame in [f, f] {
            parent = Some(profile.push(parent, frame).unwrap());
        }
        for (stack, kept) in [(whole[0], 0), (whole[1], 1), (parent.unwrap(), 1)] {
            profile.samples.push(Sample { kept: Some(kept), ..Sample::new(Some(stack), &[5]) });
        }
        let mapped = map_functions(&profile, |strings, _, function| match &strings[function.name] {
            "g" => Function::named(strings.intern("f")),
            _ => function,
        })
        .unwrap();
        let stacks: Vec<_> = mapped.samples.iter().map(|sample| (sample.stack, sample.kept)).collect();
        assert!(stacks.iter().all(|(stack, _)| *stack == stacks[0].0), "{stacks:?}");
        assert_eq!(stacks.iter().map(|(_, kept)| kept.unwrap()).collect::<Vec<_>>(), [0, 1, 1]);
        let mut path = Vec::new();
        mapped.stacks.read_path(stacks[0].0.unwrap(), &mut path);
        let lines =
            path.iter().map(|&frame| (mapped.frame_name(frame).unwrap(), mapped.frames[frame].line.unwrap().get()));
        assert_eq!(lines.collect::<Vec<_>>(), [("main", 1), ("f", 2), ("f", 2)]);
        let totals = function_totals(&mapped).unwrap();
        let rows = mapped.functions.iter().map(|(id, _)| (totals[id].own[0], totals[id].total[0]));
        assert_eq!(rows.collect::<Vec<_>>(), [(0, 15), (15, 15)]);
    }
}
