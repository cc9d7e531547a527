//! Through whom the change of one function came.

use super::{DiffOptions, diff_profile};
use profkit_core::derive::{call_graph, function_totals};
use profkit_core::{CallGraph, Error, FunctionId, Notes, Profile, Result, Unit};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The change of one function, by its callers and by what it does.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explanation {
    /// The name of the function.
    pub name: String,
    /// Its source file.
    pub file: Option<String>,
    /// The line on which it starts.
    pub line: Option<u32>,
    /// The unit of all costs.
    pub unit: Unit,
    /// What it cost on its own, before and after.
    pub own: [i64; 2],
    /// What it cost with all that it called, before and after.
    pub total: [i64; 2],
    /// How often it was called, before and after, where both sides count calls.
    pub calls: Option<[i64; 2]>,
    /// What it cost under each caller, the largest change first. Under recursion, these may be more than the total.
    pub callers: Vec<Via>,
    /// What each function cost that it called, the largest change first.
    pub callees: Vec<Via>,
}

/// The part of a change that came through one caller, or went into one callee.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Via {
    /// The name of the caller or callee.
    pub name: String,
    /// Its source file.
    pub file: Option<String>,
    /// The cost along this arc, before and after.
    pub cost: [i64; 2],
    /// The calls along this arc, before and after, where both sides count calls.
    pub calls: Option<[i64; 2]>,
}

impl Via {
    /// Returns the cost after less that before.
    pub fn delta(&self) -> i128 {
        delta(self.cost)
    }

    /// Returns the change as what more calls cost, and what calls that each cost more do: both at the mean of before
    /// and after, so that the two are the whole. None where nobody counted calls.
    pub fn split(&self) -> Option<[i128; 2]> {
        let [before, after] = self.calls?;
        if before == 0 || after == 0 {
            return (before != after).then_some([self.delta(), 0]);
        }
        let each = (self.cost[0] as f64 / before as f64 + self.cost[1] as f64 / after as f64) / 2.0;
        let by_calls = (each * (after - before) as f64).round() as i128;
        Some([by_calls, self.delta() - by_calls])
    }
}

fn delta([before, after]: [i64; 2]) -> i128 {
    i128::from(after) - i128::from(before)
}

/// The most functions that an error lists.
const LISTED: usize = 10;

/// Returns through which callers the change of one function came, and into which callees it went.
///
/// The function is the one with this name, or of this name under certain callers, else the one whose name and place, such as `f a.py:3`, have the text
/// in them. Stacks tell the cost along an arc, but nobody counted calls there.
///
/// # Errors
///
/// Fails as [`diff`](super::diff()) does, and where the text means no function or several.
pub fn explain(
    before: &[&Profile],
    after: &[&Profile],
    wanted: &str,
    options: &DiffOptions,
    notes: &mut Notes,
) -> Result<Explanation> {
    let mut diff = diff_profile(before, after, options, notes)?;
    if diff.calls.is_empty() {
        // What a call graph cannot hold is not asked for here.
        diff = call_graph(&diff, &mut Notes::new())?;
    }
    let function = meant(&diff, wanted)?;
    let totals = function_totals(&diff)?;
    let total = &totals[function];
    let (mut callers, mut callees) = (Arcs::new(), Arcs::new());
    for arc in diff.calls.iter().flat_map(CallGraph::arcs) {
        let Some(caller) = diff.frames[arc.caller].function else { continue };
        let row = match (caller == function, arc.callee == function) {
            (false, true) => callers.entry(caller).or_default(),
            (true, false) => callees.entry(arc.callee).or_default(),
            _ => continue,
        };
        row.add(pair(arc.inclusive).unwrap_or_default(), pair(arc.calls))?;
    }
    let row = diff.functions[function];
    let mut calls_of_callers = None;
    for calls in callers.values().filter_map(|sum| sum.calls) {
        calls_of_callers = Some(sum(calls_of_callers.unwrap_or_default(), calls)?);
    }
    Ok(Explanation {
        name: diff.strings[row.name].to_owned(),
        file: row.file.map(|file| diff.strings[file].to_owned()),
        line: row.start_line.map(Into::into),
        unit: diff.value_types[0].unit.clone(),
        own: pair(Some(&total.own)).unwrap_or_default(),
        total: pair(Some(&total.total)).unwrap_or_default(),
        calls: pair(total.calls.as_deref()).or(calls_of_callers),
        callers: vias(&diff, callers),
        callees: vias(&diff, callees),
    })
}

type Arcs = BTreeMap<FunctionId, ArcSum>;

#[derive(Default)]
struct ArcSum {
    cost: [i64; 2],
    calls: Option<[i64; 2]>,
}

impl ArcSum {
    fn add(&mut self, cost: [i64; 2], calls: Option<[i64; 2]>) -> Result<()> {
        self.cost = sum(self.cost, cost)?;
        if let Some(calls) = calls {
            self.calls = Some(sum(self.calls.unwrap_or_default(), calls)?);
        }
        Ok(())
    }
}

fn sum(left: [i64; 2], right: [i64; 2]) -> Result<[i64; 2]> {
    let side = |side: usize| left[side].checked_add(right[side]).ok_or_else(|| Error::overflow("a sum of arcs"));
    Ok([side(0)?, side(1)?])
}

fn pair(numbers: Option<&[i64]>) -> Option<[i64; 2]> {
    numbers.and_then(|numbers| numbers.try_into().ok())
}

fn vias(diff: &Profile, arcs: Arcs) -> Vec<Via> {
    let via = |(id, sum): (FunctionId, ArcSum)| {
        let function = diff.functions[id];
        let text = |id| diff.strings[id].to_owned();
        Via { name: text(function.name), file: function.file.map(text), cost: sum.cost, calls: sum.calls }
    };
    let mut vias: Vec<Via> = arcs.into_iter().map(via).collect();
    vias.sort_by_cached_key(|via| (Reverse(via.delta().unsigned_abs()), via.name.clone(), via.file.clone()));
    vias
}

/// Returns the function that a text means.
fn meant(diff: &Profile, wanted: &str) -> Result<FunctionId> {
    let named: Vec<(FunctionId, String)> = diff.functions.iter().map(|(id, _)| (id, spelled(diff, id))).collect();
    let name = |id: FunctionId| &diff.strings[diff.functions[id].name];
    let mut found: Vec<_> = named.iter().filter(|(id, spelled)| name(*id) == wanted || spelled == wanted).collect();
    if found.is_empty() {
        // A function under certain callers, as callgrind tells them apart.
        let plain = |id: FunctionId| diff.functions[id].context_of.map(|name| &diff.strings[name]);
        found = named.iter().filter(|(id, _)| plain(*id) == Some(wanted)).collect();
    }
    if found.is_empty() {
        found = named.iter().filter(|(_, spelled)| spelled.contains(wanted)).collect();
    }
    match found.as_slice() {
        [(id, _)] => Ok(*id),
        [] => Err(Error::usage(format!("there is no function {wanted:?} on either side"))),
        several => {
            let listed: Vec<&str> = several.iter().take(LISTED).map(|(_, spelled)| spelled.as_str()).collect();
            let more = several.len().saturating_sub(LISTED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            Err(Error::usage(format!("{wanted:?} is not one function but {}{more}", listed.join(", "))))
        }
    }
}

/// Returns a function with its place: `f a.py:3`.
fn spelled(diff: &Profile, id: FunctionId) -> String {
    let function = diff.functions[id];
    let file = function.file.map_or(String::new(), |file| format!(" {}", &diff.strings[file]));
    let line = function.start_line.map_or(String::new(), |line| format!(":{line}"));
    format!("{}{file}{line}", &diff.strings[function.name])
}
