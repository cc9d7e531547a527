//! A diff as a profile: two values, before and after.

mod graph;

use super::runs::{Run, Runs};
use super::scale::Scale;
use super::{DiffOptions, DiffSide, KIND_SUFFIXES, cautions::cautions};
use profkit_core::derive::{call_graph, told_apart};
use profkit_core::{
    Frame, FrameId, Function, FunctionId, Id, NoteKind, Notes, Profile, Result, Sample, StackId, StringId, Thread,
    ThreadId, ValueType,
};
use std::borrow::Cow;
use std::collections::HashMap;

/// Returns the difference of two profiles as one profile that every writer and renderer takes.
///
/// It has two values, the first `before` and the second `after`: their kinds are those of the sides with
/// `_before` and `_after` behind, their unit is that of both. Functions that are the same (see [`diff`](super::diff()))
/// have one row, as the side after names it, so that equal stacks and arcs of both sides are one. Frames are whole
/// functions: lines and addresses of two builds do not compare. Threads are told apart by name, in stacks.
///
/// A side of several runs counts with their mean. Where one side has only a call graph, so has the result, and the
/// notes tell.
///
/// ```
/// use profkit_core::{Frame, Function, Notes, Profile, Sample, ValueType};
/// use profkit_ops::{DiffOptions, diff_profile};
///
/// let run = |cost| {
///     let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
///     let name = profile.string("main");
///     let function = profile.function(Function::named(name));
///     let frame = profile.frame(Frame { function: Some(function), ..Frame::default() });
///     let stack = profile.stack(&[frame])?;
///     profile.samples.push(Sample::new(Some(stack), &[cost]));
///     Ok::<_, profkit_core::Error>(profile)
/// };
/// let (before, after) = (run(3)?, run(8)?);
/// let diff = diff_profile(&[&before], &[&after], &DiffOptions::default(), &mut Notes::new())?;
/// assert_eq!(diff.column_totals()?, [3, 8]);
/// assert_eq!(diff.value_types[1].kind, "cpu_after");
/// # Ok::<(), profkit_core::Error>(())
/// ```
///
/// # Errors
///
/// Fails where the sides have no value in common, and where sums do not fit into 64 bits.
pub fn diff_profile<'p>(
    before: &[&'p Profile],
    after: &[&'p Profile],
    options: &DiffOptions,
    notes: &mut Notes,
) -> Result<Profile> {
    let has_stacks = |profile: &&Profile| !profile.samples.is_empty() || profile.calls.is_empty();
    let is_of_stacks = before.iter().chain(after).all(has_stacks);
    let mut shaped = |profiles: &[&'p Profile]| -> Result<Vec<Cow<'p, Profile>>> {
        profiles.iter().map(|profile| in_shape(profile, is_of_stacks, notes)).collect()
    };
    let [left, right] = [shaped(before)?, shaped(after)?];
    let [left, right] = [&left, &right].map(|side| side.iter().map(Cow::as_ref).collect::<Vec<_>>());
    let runs = Runs::new(&left, &right, options, notes)?;
    let compared = options.compared(left[0], right[0])?;
    let [types_before, types_after] = compared.types;
    let sides = [DiffSide::new(runs.side(0), types_before), DiffSide::new(runs.side(1), types_after)];
    for caution in cautions(&sides, &compared.unit, options.normalize) {
        notes.remark(NoteKind::Odd, caution);
    }
    let mut builder = Builder::new(&runs, [left[0], right[0]], options.normalize)?;
    if is_of_stacks {
        builder.add_samples()?;
    } else {
        // Of a call graph, it is the first value that is shown first.
        builder.to.meta.default_value = Some(1);
        builder.add_graph()?;
    }
    Ok(builder.to)
}

/// Returns a profile in the shape that both sides can have, less what two runs never have in common.
fn in_shape<'p>(profile: &'p Profile, is_of_stacks: bool, notes: &mut Notes) -> Result<Cow<'p, Profile>> {
    if !is_of_stacks {
        let is_graph = profile.samples.is_empty();
        // Functions that are one to a person are one before anything is added up: a stack that holds two counts once.
        return if is_graph {
            Ok(Cow::Borrowed(profile))
        } else {
            call_graph(&*told_apart(profile)?, notes).map(Cow::Owned)
        };
    }
    let count = profile.samples.iter().filter(|it| it.time_ns.is_some() || it.labels.is_some()).count() as u64;
    if count > 0 {
        let what = "times and labels of two runs do not compare";
        notes.add(NoteKind::Dropped, what, count, "samples are without theirs|sample is without its own", || None);
    }
    Ok(Cow::Borrowed(profile))
}

struct Builder<'r, 'p> {
    runs: &'r Runs<'p>,
    to: Profile,
    /// A frame for each function of the list of all, made when it is first needed.
    frames: Vec<Option<FrameId>>,
    scales: [Scale; 2],
}

type Pair = [i128; 2];

impl<'r, 'p> Builder<'r, 'p> {
    fn new(runs: &'r Runs<'p>, firsts: [&Profile; 2], normalize: bool) -> Result<Builder<'r, 'p>> {
        let column = |side: usize| {
            let value_type = &firsts[side].value_types[runs.side(side)[0].value];
            let kind = format!("{}{}", value_type.kind, KIND_SUFFIXES[side]);
            ValueType { kind, unit: runs.unit.clone(), role: value_type.role }
        };
        let mut to = Profile::new(vec![column(0), column(1)]);
        to.set_max_depth(u32::MAX);
        let [before, after] = firsts.map(|profile| &profile.meta);
        to.meta.period = after.period.clone().filter(|period| before.period.as_ref() == Some(period));
        let mut sums = [0; 2];
        for (side, sum) in sums.iter_mut().enumerate() {
            for run in runs.side(side) {
                *sum += i128::from(run.in_unit(run.profile.column_totals()?[run.value])?);
            }
        }
        let counts = [runs.side(0).len(), runs.side(1).len()];
        let frames = vec![None; runs.functions.len()];
        Ok(Builder { runs, to, frames, scales: Scale::of_sides(counts, sums, normalize) })
    }

    fn frame(&mut self, place: usize) -> FrameId {
        if let Some(frame) = self.frames[place] {
            return frame;
        }
        let (run, function) = self.runs.names[place];
        let strings = &self.runs.all[run].profile.strings;
        let mut string = |id: StringId| self.to.string(&strings[id]);
        let moved = Function {
            name: string(function.name),
            system_name: function.system_name.map(&mut string),
            module: function.module.map(&mut string),
            file: function.file.map(&mut string),
            full_path: function.full_path.map(&mut string),
            context_of: function.context_of.map(&mut string),
            start_line: function.start_line,
        };
        let function = Some(self.to.function(moved));
        *self.frames[place].insert(self.to.frame(Frame { function, ..Frame::default() }))
    }

    fn function(&mut self, place: usize) -> FunctionId {
        let frame = self.frame(place);
        self.to.frames[frame].function.unwrap_or_else(|| unreachable!("every frame of a diff has a function"))
    }

    fn frame_of(&mut self, run: &Run<'_>, frame: FrameId) -> FrameId {
        let place = run.place(run.profile.frames[frame]);
        self.frame(place.unwrap_or_else(|| unreachable!("every frame of a run has a function")))
    }

    fn add_samples(&mut self) -> Result<()> {
        let mut rows: Rows<(Option<StackId>, Option<ThreadId>)> = Rows::default();
        for side in 0..2 {
            for run in self.runs.side(side) {
                let stacks = self.stacks(run)?;
                for sample in run.profile.samples.iter() {
                    let stack = sample.stack.map(|stack| stacks[stack.index()]);
                    let thread = sample.thread.and_then(|thread| self.thread(&run.profile, thread));
                    rows.at((stack, thread))[side] += i128::from(run.in_unit(sample.values[run.value])?);
                }
            }
        }
        let columns = self.spread(&rows.rows)?;
        for ((stack, thread), values) in rows.keys.into_iter().zip(columns) {
            if values != [0, 0] {
                self.to.samples.push(Sample { thread, ..Sample::new(stack, &values) });
            }
        }
        Ok(())
    }

    /// Returns the stacks of a run in the diff.
    fn stacks(&mut self, run: &Run<'_>) -> Result<Vec<StackId>> {
        let from = &run.profile.stacks;
        let mut stacks: Vec<StackId> = Vec::with_capacity(from.len());
        let mut path = Vec::new();
        for id in from.ids() {
            let (parent, frames) = from.row(id);
            path.clear();
            path.extend(frames.iter().map(|&frame| self.frame_of(run, frame)));
            let stack = match parent {
                None => self.to.stack(&path)?,
                Some(parent) => {
                    let mut stack = stacks[parent.index()];
                    for &frame in &path {
                        stack = self.to.push(Some(stack), frame)?;
                    }
                    stack
                }
            };
            stacks.push(stack);
        }
        Ok(stacks)
    }

    /// Returns the thread of this name: ids of two runs have nothing to do with each other.
    fn thread(&mut self, from: &Profile, thread: ThreadId) -> Option<ThreadId> {
        let name = from.threads[thread].name.map(|name| self.to.string(&from.strings[name]))?;
        Some(self.to.thread(Thread { name: Some(name), ..Thread::default() }))
    }

    fn spread(&self, rows: &[Pair]) -> Result<Vec<[i64; 2]>> {
        let [before, after] = [0, 1].map(|side| self.scales[side].spread(rows.iter().map(|row| row[side])));
        Ok(before?.into_iter().zip(after?).map(|(before, after)| [before, after]).collect())
    }
}

/// Sums by key, in order of first use.
struct Rows<K, R = Pair> {
    places: HashMap<K, usize>,
    keys: Vec<K>,
    rows: Vec<R>,
}

impl<K, R> Default for Rows<K, R> {
    fn default() -> Rows<K, R> {
        Rows { places: HashMap::new(), keys: Vec::new(), rows: Vec::new() }
    }
}

impl<K: Copy + Eq + std::hash::Hash, R: Default> Rows<K, R> {
    fn at(&mut self, key: K) -> &mut R {
        let place = *self.places.entry(key).or_insert_with(|| {
            self.keys.push(key);
            self.rows.push(R::default());
            self.rows.len() - 1
        });
        &mut self.rows[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use profkit_core::{Arc, CallGraph, Total};
    use std::num::NonZeroU32;

    fn frame(profile: &mut Profile, name: &str, line: u32) -> FrameId {
        let (name, file) = (profile.string(name), profile.text("a.py"));
        let start_line = NonZeroU32::new(line);
        let function = profile.function(Function { file, start_line, ..Function::named(name) });
        profile.frame(Frame { function: Some(function), line: start_line, ..Frame::default() })
    }

    fn sampled(unit: &str, rows: &[(&[(&str, u32)], i64)]) -> Profile {
        let mut profile = Profile::new(vec![ValueType::new("cpu", unit)]);
        for (path, value) in rows {
            let path: Vec<_> = path.iter().map(|(name, line)| frame(&mut profile, name, *line)).collect();
            let stack = Some(profile.stack(&path).unwrap());
            profile.samples.push(Sample::new(stack, &[*value]));
        }
        profile
    }

    fn rows(diff: &Profile) -> Vec<(String, Vec<i64>)> {
        let mut path = Vec::new();
        let rows = diff.samples.iter().map(|sample| {
            diff.stacks.read_path(sample.stack.unwrap(), &mut path);
            let names: Vec<_> = path.iter().map(|&frame| diff.frame_name(frame).unwrap_or("?")).collect();
            (names.join(";"), sample.values.to_vec())
        });
        rows.collect()
    }

    #[test]
    fn stacks_of_functions_that_moved_are_one() {
        let before = sampled("ms", &[(&[("main", 1), ("f", 10)], 3), (&[("main", 1), ("gone", 20)], 2)]);
        let after = sampled("us", &[(&[("main", 1), ("f", 12)], 5000), (&[("main", 2), ("new", 30)], 1)]);
        let diff = diff_profile(&[&before], &[&after], &DiffOptions::default(), &mut Notes::new()).unwrap();
        let expected = [("main;f", [3000, 5000]), ("main;gone", [2000, 0]), ("main;new", [0, 1])];
        assert_eq!(rows(&diff), expected.map(|(path, values)| (path.to_owned(), values.to_vec())));
        assert_eq!(diff.value_types.iter().map(|it| it.kind.as_str()).collect::<Vec<_>>(), ["cpu_before", "cpu_after"]);
        assert_eq!(
            diff.functions.iter().find(|(_, it)| &diff.strings[it.name] == "f").unwrap().1.start_line,
            NonZeroU32::new(12)
        );
    }

    #[test]
    fn runs_count_with_their_mean_and_normalized_sides_are_equal() {
        let run = |value| sampled("ns", &[(&[("main", 1)], value), (&[("main", 1), ("f", 3)], 1)]);
        let (a, b, c) = (run(3), run(4), run(17));
        let mut options = DiffOptions::default();
        let diff = diff_profile(&[&a, &b], &[&c], &options, &mut Notes::new()).unwrap();
        assert_eq!(diff.column_totals().unwrap(), [5, 18]);
        options.normalize = true;
        let diff = diff_profile(&[&a, &b], &[&c], &options, &mut Notes::new()).unwrap();
        assert_eq!(diff.column_totals().unwrap(), [18, 18]);
    }

    #[test]
    fn stacks_and_a_call_graph_meet_as_call_graphs() {
        let before = sampled("ns", &[(&[("main", 1), ("f", 3)], 7), (&[("main", 1)], 2)]);
        let mut after = Profile::new(vec![ValueType::new("time", "ns")]);
        let [main, f] = [frame(&mut after, "main", 1), frame(&mut after, "f", 3)];
        let mut graph = CallGraph::new(1);
        graph.add_own(main, &[1]);
        graph.add_own(f, &[9]);
        let callee = after.frames[f].function.unwrap();
        graph.add_arc(Arc { inclusive: Some(&[9]), calls: Some(&[4]), ..Arc::new(main, callee) });
        graph.add_total(Total { inclusive: Some(&[9]), calls: Some(&[4]), ..Total::new(callee) });
        after.calls.push(graph);
        let diff = diff_profile(&[&before], &[&after], &DiffOptions::default(), &mut Notes::new()).unwrap();
        assert_eq!(diff.column_totals().unwrap(), [9, 10]);
        let arc = diff.calls[0].arcs().next().unwrap();
        assert_eq!((arc.inclusive, arc.calls), (Some(&[7, 9][..]), None));
        assert_eq!(
            diff.calls[0].totals().map(|it| it.inclusive.unwrap().to_vec()).collect::<Vec<_>>(),
            [[9, 10], [7, 9]]
        );
        assert_eq!(diff.value_types[1].kind, "time_after");
    }
}
