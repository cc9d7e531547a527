//! What each function costs, as the rows of a table.

use profkit_core::derive::{FunctionTotals, function_totals, told_apart};
use profkit_core::{FunctionId, NoteKind, Notes, Profile, Result};
use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};

/// What one function costs. Costs are vectors over the value types of the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TopRow {
    /// The name of the function; the address where no name is known.
    pub name: String,
    /// The source file, as the profiler wrote it.
    pub file: Option<String>,
    /// The line on which the function starts, counted from 1.
    pub line: Option<u32>,
    /// The module, package or library.
    pub module: Option<String>,
    /// What it costs on its own.
    pub own: Vec<i64>,
    /// What it costs with all that it called, recursion counted once.
    pub total: Vec<i64>,
    /// Whether `total` is only an upper bound: the function is in a cycle and the source does not say.
    pub is_bound: bool,
    /// How often it was called, per column of counts; one column unless the profile is a diff.
    pub calls: Option<Vec<i64>>,
    /// How often it was called while it was not active already.
    pub primitive_calls: Option<Vec<i64>>,
}

/// What the rows are ordered by, the largest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sort {
    /// The own cost.
    Own,
    /// The total cost.
    Total,
    /// The number of calls; functions whose calls nobody counted come last.
    Calls,
    /// The name, in the order of its bytes.
    Name,
}

/// All functions of a profile in an order, and what each costs.
#[derive(Debug)]
pub struct Top<'p> {
    profile: Cow<'p, Profile>,
    totals: FunctionTotals,
    order: Vec<FunctionId>,
}

/// Returns the functions of the profile, ordered by the value type of index `value`.
///
/// Functions that differ in nothing that a row shows are one function: what tells them apart (system
/// name, full path) is taken away before anything is added up, so that a stack which holds two of them
/// still counts once. Functions that cost nothing have a row too. Rows that compare equal are ordered by
/// the other cost, then by name, file, line and module, so that the order never depends on the input's.
/// Without such a value type, every cost compares as 0.
///
/// Totals that are only upper bounds are noted.
///
/// ```
/// use profkit_core::{Frame, Function, Notes, Profile, Sample, ValueType};
/// use profkit_ops::{Sort, top};
///
/// let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
/// let [main, f] = ["main", "f"].map(|name| {
///     let name = profile.string(name);
///     let function = profile.function(Function::named(name));
///     profile.frame(Frame { function: Some(function), ..Frame::default() })
/// });
/// let (shallow, deep) = (profile.stack(&[main])?, profile.stack(&[main, f, f])?);
/// profile.samples.push(Sample::new(Some(shallow), &[1]));
/// profile.samples.push(Sample::new(Some(deep), &[5]));
///
/// let top = top(&profile, 0, Sort::Own, &mut Notes::new())?;
/// let costs: Vec<_> = top.rows().map(|row| (row.name, row.own[0], row.total[0])).collect();
/// assert_eq!(costs, [("f".to_owned(), 5, 5), ("main".to_owned(), 1, 6)]);
/// # Ok::<(), profkit_core::Error>(())
/// ```
///
/// # Errors
///
/// A sum that does not fit into 64 bits is an error of kind `Overflow`.
pub fn top<'p>(profile: &'p Profile, value: usize, sort: Sort, notes: &mut Notes) -> Result<Top<'p>> {
    let profile = told_apart(profile)?;
    let totals = function_totals(&profile)?;
    let place = |id| InPlace { profile: &profile, totals: &totals, id };
    let costs = |id| costs(&place(id), value, sort);
    let mut order: Vec<_> = profile.functions.iter().map(|(id, _)| (costs(id), id)).collect();
    let by_place = |left, right| place(left).place().cmp(&place(right).place());
    order.sort_by(|left, right| left.0.cmp(&right.0).then_with(|| by_place(left.1, right.1)));
    let order: Vec<FunctionId> = order.into_iter().map(|it| it.1).collect();
    let bounds = order.iter().filter(|&&id| totals[id].is_bound);
    note_bounds(bounds.map(|&id| &profile.strings[profile.functions[id].name]), notes);
    Ok(Top { profile, totals, order })
}

impl Top<'_> {
    /// Returns how many functions there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Returns whether there is no function.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Returns one row for every function, in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = TopRow> {
        self.order.iter().map(|&id| row(&self.profile, &self.totals, id))
    }
}

/// Returns the row of one function.
pub(crate) fn row(profile: &Profile, totals: &FunctionTotals, id: FunctionId) -> TopRow {
    let text = |id| profile.strings[id].to_owned();
    let (function, cost) = (profile.functions[id], &totals[id]);
    TopRow {
        name: text(function.name),
        file: function.file.map(text),
        line: function.start_line.map(Into::into),
        module: function.module.map(text),
        own: cost.own.clone(),
        total: cost.total.clone(),
        is_bound: cost.is_bound,
        calls: cost.calls.clone(),
        primitive_calls: cost.primitive_calls.clone(),
    }
}

/// Notes the functions whose totals are only upper bounds.
pub(crate) fn note_bounds<'r>(mut names: impl Iterator<Item = &'r str>, notes: &mut Notes) {
    if let Some(first) = names.next() {
        let what = "the source does not state the totals of functions that call each other";
        let count = 1 + names.count() as u64;
        notes.add(NoteKind::Estimated, what, count, "totals are upper bounds|total is an upper bound", || {
            first.to_owned()
        });
    }
}

/// What functions are ordered by.
pub(crate) trait Ranked {
    /// Returns the own cost, per value type.
    fn own(&self) -> &[i64];
    /// Returns the total cost, per value type.
    fn total(&self) -> &[i64];
    /// Returns how often the function was called, per column of counts.
    fn calls(&self) -> Option<&[i64]>;
    /// Returns name, file, line and module.
    fn place(&self) -> (&str, Option<&str>, Option<u32>, Option<&str>);
}

impl Ranked for TopRow {
    fn own(&self) -> &[i64] {
        &self.own
    }

    fn total(&self) -> &[i64] {
        &self.total
    }

    fn calls(&self) -> Option<&[i64]> {
        self.calls.as_deref()
    }

    fn place(&self) -> (&str, Option<&str>, Option<u32>, Option<&str>) {
        (&self.name, self.file.as_deref(), self.line, self.module.as_deref())
    }
}

/// A function of which no row is made yet: most are never shown.
struct InPlace<'t> {
    profile: &'t Profile,
    totals: &'t FunctionTotals,
    id: FunctionId,
}

impl Ranked for InPlace<'_> {
    fn own(&self) -> &[i64] {
        &self.totals[self.id].own
    }

    fn total(&self) -> &[i64] {
        &self.totals[self.id].total
    }

    fn calls(&self) -> Option<&[i64]> {
        self.totals[self.id].calls.as_deref()
    }

    fn place(&self) -> (&str, Option<&str>, Option<u32>, Option<&str>) {
        let function = self.profile.functions[self.id];
        let text = |id| &self.profile.strings[id];
        (text(function.name), function.file.map(text), function.start_line.map(Into::into), function.module.map(text))
    }
}

/// Returns the numbers that a function is ordered by before its name, the largest first.
fn costs(function: &impl Ranked, value: usize, sort: Sort) -> [Reverse<Option<i64>>; 3] {
    let (own, total) = (function.own().get(value), function.total().get(value));
    let calls = function.calls().and_then(<[i64]>::first);
    let numbers = match sort {
        Sort::Own => [own, total, None],
        Sort::Total => [total, own, None],
        Sort::Calls => [calls, own, total],
        Sort::Name => [None; 3],
    };
    numbers.map(|number| Reverse(number.copied()))
}

/// Returns which of two functions comes first.
pub(crate) fn compare(left: &impl Ranked, right: &impl Ranked, value: usize, sort: Sort) -> Ordering {
    let by_costs = costs(left, value, sort).cmp(&costs(right, value, sort));
    by_costs.then_with(|| left.place().cmp(&right.place()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use profkit_core::{Arc, CallGraph, Frame, FrameId, Function, Sample, Total, ValueType};

    fn profile() -> Profile {
        Profile::new(vec![ValueType::new("cpu", "nanoseconds"), ValueType::unnamed()])
    }

    fn frame(profile: &mut Profile, name: &str, system_name: &str) -> FrameId {
        let (name, system_name) = (profile.string(name), profile.text(system_name));
        let function = profile.function(Function { system_name, ..Function::named(name) });
        profile.frame(Frame { function: Some(function), ..Frame::default() })
    }

    fn sorted(profile: &Profile, value: usize, sort: Sort) -> Vec<TopRow> {
        top(profile, value, sort, &mut Notes::new()).unwrap().rows().collect()
    }

    fn names(rows: &[TopRow]) -> Vec<&str> {
        rows.iter().map(|row| row.name.as_str()).collect()
    }

    #[test]
    fn functions_that_look_the_same_are_one_and_count_once_per_stack() {
        let mut profile = profile();
        let path = [frame(&mut profile, "f", "_Z1fi"), frame(&mut profile, "f", "_Z1fd")];
        let stack = profile.stack(&path).unwrap();
        profile.samples.push(Sample::new(Some(stack), &[7, 1]));
        let rows = sorted(&profile, 0, Sort::Own);
        assert_eq!((rows.len(), &rows[0].own, &rows[0].total), (1, &vec![7, 1], &vec![7, 1]));
    }

    #[test]
    fn a_frame_without_a_function_is_listed_by_its_address() {
        let mut profile = profile();
        let address = std::num::NonZeroU64::new(0x4f);
        let unknown = profile.frame(Frame { address, ..Frame::default() });
        let stack = profile.stack(&[unknown]).unwrap();
        profile.samples.push(Sample::new(Some(stack), &[7, 1]));
        assert_eq!(names(&sorted(&profile, 0, Sort::Own)), ["0x4f"]);
    }

    #[test]
    fn sorts_by_the_value_asked_for_and_then_by_name() {
        let mut profile = profile();
        for (name, values) in [("b", [1, 1]), ("a", [1, 1]), ("c", [0, 9]), ("d", [3, 0])] {
            let frame = frame(&mut profile, name, "");
            let stack = profile.stack(&[frame]).unwrap();
            profile.samples.push(Sample::new(Some(stack), &values));
        }
        let sorted = |value, sort| sorted(&profile, value, sort);
        assert_eq!(names(&sorted(0, Sort::Own)), ["d", "a", "b", "c"]);
        assert_eq!(names(&sorted(1, Sort::Total)), ["c", "a", "b", "d"]);
        assert_eq!(names(&sorted(0, Sort::Name)), ["a", "b", "c", "d"]);
    }

    #[test]
    fn functions_whose_calls_nobody_counted_come_last() {
        let mut profile = profile();
        let mut graph = CallGraph::new(2);
        for (name, calls) in [("none", None), ("few", Some([1])), ("many", Some([9]))] {
            let function = frame(&mut profile, name, "");
            let function = profile.frames[function].function.unwrap();
            let calls = calls.as_ref().map(<[i64; 1]>::as_slice);
            graph.add_total(Total { calls, inclusive: Some(&[1, 1]), ..Total::new(function) });
        }
        profile.calls.push(graph);
        assert_eq!(names(&sorted(&profile, 0, Sort::Calls)), ["many", "few", "none"]);
    }

    #[test]
    fn upper_bounds_are_noted() {
        let mut profile = profile();
        let frames = [frame(&mut profile, "f", ""), frame(&mut profile, "g", "")];
        let functions = frames.map(|frame| profile.frames[frame].function.unwrap());
        let mut graph = CallGraph::new(2);
        for (caller, callee) in [(0, 1), (1, 0)] {
            graph.add_own(frames[caller], &[3, 1]);
            graph.add_arc(Arc { inclusive: Some(&[5, 1]), ..Arc::new(frames[caller], functions[callee]) });
        }
        profile.calls.push(graph);
        let mut notes = Notes::new();
        let rows: Vec<_> = top(&profile, 0, Sort::Own, &mut notes).unwrap().rows().collect();
        assert!(rows.iter().all(|row| row.is_bound));
        assert_eq!(notes.first_loss().unwrap().count, 2);
    }
}
