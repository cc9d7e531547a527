//! What each line of a function costs.

use crate::map::{Rows, same_tables};
use crate::top::{Sort, TopRow, compare, row};
use profkit_core::derive::{FunctionTotals, function_totals, told_apart};
use profkit_core::{CallGraph, Error, Frame, FrameId, Function, FunctionId, Id, Profile, Result, StringId};
use std::borrow::Cow;
use std::collections::HashMap;
use std::num::NonZeroU32;

/// A function and what its lines cost.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FunctionLines {
    /// The function and what it costs.
    pub function: TopRow,
    /// The absolute path of its file, where the source has one besides.
    pub full_path: Option<String>,
    /// The lines that cost something: those of the function's own file first, then by file and line.
    pub lines: Vec<LineCost>,
}

/// What one line costs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LineCost {
    /// The file that the line is in: that of the function but for code from an included file.
    pub file: Option<String>,
    /// The line, counted from 1; the first of the function where the source tells no other, if it tells one.
    pub line: Option<u32>,
    /// What the line costs on its own.
    pub own: Vec<i64>,
    /// What it costs with all that is called from it, recursion counted once.
    pub total: Vec<i64>,
    /// Whether `total` is only an upper bound.
    pub is_bound: bool,
}

/// Returns the lines of the wanted functions, which are in the order of [`top`](crate::top).
///
/// From stacks, a sample counts once for a line however often the line is active. In a call graph, a line has
/// what it costs on its own and its calls of other functions, but no more than the function has in all.
///
/// ```
/// use profkit_core::{Frame, Function, Profile, Sample, ValueType};
/// use profkit_ops::{Sort, lines};
/// use std::num::NonZeroU32;
///
/// let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
/// let (name, file) = (profile.string("f"), profile.text("a.py"));
/// let function = profile.function(Function { file, ..Function::named(name) });
/// let [three, four] = [3, 4].map(|line| {
///     let line = NonZeroU32::new(line);
///     profile.frame(Frame { function: Some(function), line, ..Frame::default() })
/// });
/// let stack = profile.stack(&[three, three, four])?;
/// profile.samples.push(Sample::new(Some(stack), &[7]));
///
/// let found = lines(&profile, 0, Sort::Own, |row| row.name == "f")?;
/// let costs: Vec<_> = found[0].lines.iter().map(|it| (it.line, it.own[0], it.total[0])).collect();
/// assert_eq!(costs, [(Some(3), 0, 7), (Some(4), 7, 7)]);
/// # Ok::<(), profkit_core::Error>(())
/// ```
///
/// # Errors
///
/// A sum that does not fit into 64 bits is an error of kind `Overflow`.
pub fn lines(
    profile: &Profile,
    value: usize,
    sort: Sort,
    is_wanted: impl Fn(&TopRow) -> bool,
) -> Result<Vec<FunctionLines>> {
    let profile = &*told_apart(profile)?;
    let totals = function_totals(profile)?;
    let wanted = profile.functions.iter().map(|(id, _)| Some(row(profile, &totals, id)).filter(&is_wanted));
    let wanted: Vec<Option<TopRow>> = wanted.collect();
    let keys = Keys::of(profile, |function| wanted[function.index()].is_some());
    let costs = if profile.samples.is_empty() { keys.stated(profile)? } else { keys.sampled(profile)? };
    let mut found: Vec<FunctionLines> = Vec::new();
    let mut places: Vec<Option<usize>> = vec![None; wanted.len()];
    for ((id, function), row) in profile.functions.iter().zip(wanted) {
        if let Some(row) = row {
            places[id.index()] = Some(found.len());
            let full_path = function.full_path.map(|path| profile.strings[path].to_owned());
            found.push(FunctionLines { function: row, full_path, lines: Vec::new() });
        }
    }
    for (key, (own, total)) in keys.list.iter().zip(costs) {
        if let Some(place) = places[key.function.index()] {
            let file = key.file.map(|file| profile.strings[file].to_owned());
            let line = key.line.map(Into::into);
            found[place].lines.push(LineCost { file, line, own, total, is_bound: false });
        }
    }
    found.iter_mut().for_each(|it| it.settle(profile.samples.is_empty()));
    found.sort_by(|left, right| compare(&left.function, &right.function, value, sort));
    Ok(found)
}

impl FunctionLines {
    /// Puts the lines in order, and keeps what a call graph says of them within what it says of the function.
    fn settle(&mut self, is_stated: bool) {
        let FunctionLines { function, lines, .. } = self;
        lines.retain(|line| line.own.iter().chain(&line.total).any(|&cost| cost != 0));
        lines.sort_by_cached_key(|line| (line.file != function.file, line.file.clone(), line.line));
        let is_alone = lines.len() == 1;
        for line in lines.iter_mut().filter(|_| is_stated) {
            for (cost, &most) in line.total.iter_mut().zip(&function.total) {
                let is_beyond = *cost > most;
                line.is_bound |= function.is_bound || (is_beyond && !is_alone);
                *cost = if is_alone || is_beyond { most } else { *cost };
            }
        }
    }
}

/// A place that a cost is listed under.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    function: FunctionId,
    file: Option<StringId>,
    line: Option<NonZeroU32>,
}

/// The places of wanted functions, and which of them each frame is at.
struct Keys {
    list: Vec<Key>,
    of_frames: Vec<Option<usize>>,
}

type Costs = (Vec<i64>, Vec<i64>);

impl Keys {
    fn of(profile: &Profile, is_wanted: impl Fn(FunctionId) -> bool) -> Keys {
        let mut keys = Keys { list: Vec::new(), of_frames: Vec::with_capacity(profile.frames.len()) };
        let mut index: HashMap<Key, usize> = HashMap::new();
        for (_, frame) in profile.frames.iter() {
            let key = frame.function.filter(|&id| is_wanted(id)).map(|function| {
                let Function { file, start_line, .. } = profile.functions[function];
                let key = Key { function, file: frame.file.or(file), line: frame.line.or(start_line) };
                *index.entry(key).or_insert_with(|| {
                    keys.list.push(key);
                    keys.list.len() - 1
                })
            });
            keys.of_frames.push(key);
        }
        keys
    }

    /// Returns what each place costs in the samples.
    fn sampled(&self, profile: &Profile) -> Result<Vec<Costs>> {
        let mut to = same_tables(profile);
        let places: Vec<FunctionId> = (0..self.list.len())
            .map(|index| {
                let name = to.string(&index.to_string());
                to.function(Function::named(name))
            })
            .collect();
        let frames: Vec<FrameId> = self
            .of_frames
            .iter()
            .map(|key| to.frame(Frame { function: key.map(|key| places[key]), ..Frame::default() }))
            .collect();
        let mut from = Cow::Borrowed(profile);
        if !profile.calls.is_empty() {
            // They say the same cost again.
            from.to_mut().calls.clear();
        }
        let moved = Rows { functions: Vec::new(), frames }.moved(&from, to)?;
        let totals: FunctionTotals = function_totals(&moved)?;
        Ok(places.iter().map(|&place| (totals[place].own.clone(), totals[place].total.clone())).collect())
    }

    /// Returns what each place costs in the call graphs; what is called in recursion counts more than once.
    fn stated(&self, profile: &Profile) -> Result<Vec<Costs>> {
        let zero = vec![0; profile.value_types.len()];
        let mut costs: Vec<Costs> = vec![(zero.clone(), zero); self.list.len()];
        for (frame, own) in profile.calls.iter().flat_map(CallGraph::own) {
            if let Some((line_own, total)) = self.of_frames[frame.index()].map(|key| &mut costs[key]) {
                add(line_own, own)?;
                add(total, own)?;
            }
        }
        for arc in profile.calls.iter().flat_map(CallGraph::arcs) {
            let is_recursive = profile.frames[arc.caller].function == Some(arc.callee);
            let key = self.of_frames[arc.caller.index()].filter(|_| !is_recursive);
            if let (Some(key), Some(inclusive)) = (key, arc.inclusive) {
                add(&mut costs[key].1, inclusive)?;
            }
        }
        Ok(costs)
    }
}

fn add(sum: &mut [i64], costs: &[i64]) -> Result<()> {
    for (sum, &cost) in sum.iter_mut().zip(costs) {
        *sum = sum.checked_add(cost).ok_or_else(|| Error::overflow("the cost of a line"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use profkit_core::{Arc, ValueType};

    /// Returns a profile whose function `f` costs something on lines 3 and 4 and calls `g` and itself from line 4.
    fn profile(of_g: i64) -> Profile {
        let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
        let file = profile.text("a.c");
        let [f, g] = ["f", "g"].map(|name| {
            let name = profile.string(name);
            profile.function(Function { file, start_line: NonZeroU32::new(2), ..Function::named(name) })
        });
        let mut graph = CallGraph::new(1);
        let [three, four] = [3, 4].map(|line| {
            let line = NonZeroU32::new(line);
            profile.frame(Frame { function: Some(f), line, ..Frame::default() })
        });
        let in_g = profile.frame(Frame { function: Some(g), ..Frame::default() });
        for (frame, cost) in [(three, 1), (four, 2), (in_g, of_g)] {
            graph.add_own(frame, &[cost]);
        }
        for (callee, cost) in [(f, 99), (g, of_g)] {
            graph.add_arc(Arc { inclusive: Some(&[cost]), ..Arc::new(four, callee) });
        }
        profile.calls.push(graph);
        profile
    }

    fn costs(profile: &Profile, name: &str) -> Vec<(Option<u32>, i64, i64, bool)> {
        let found = lines(profile, 0, Sort::Own, |row| row.name == name).unwrap();
        found[0].lines.iter().map(|it| (it.line, it.own[0], it.total[0], it.is_bound)).collect()
    }

    #[test]
    fn a_line_of_a_call_graph_has_what_is_called_from_it_but_no_recursion() {
        assert_eq!(costs(&profile(10), "f"), [(Some(3), 1, 1, false), (Some(4), 2, 12, false)]);
        assert_eq!(costs(&profile(10), "g"), [(Some(2), 10, 10, false)]);
    }

    #[test]
    fn no_line_costs_more_than_its_function() {
        let mut profile = profile(10);
        let function = |profile: &Profile, at: usize| profile.functions.iter().nth(at).unwrap().0;
        let (f, g) = (function(&profile, 0), function(&profile, 1));
        let in_g = profile.frame(Frame { function: Some(g), ..Frame::default() });
        profile.calls[0].add_arc(Arc { inclusive: Some(&[50]), ..Arc::new(in_g, f) });
        let costs = costs(&profile, "f");
        assert!(costs.iter().all(|it| it.2 <= 13 && it.3), "{costs:?}");
    }
}
