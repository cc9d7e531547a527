//! Functions that look as if they had only been renamed or moved. They are suggested, never assumed.

use super::runs::Runs;
use super::{DiffRow, Presence};
use profkit_core::{CallGraph, FrameId};
use std::collections::{BTreeSet, HashMap};

/// A function that is gone and one that is new and may be the same.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Suggestion {
    /// The name of the function that is gone.
    pub before: String,
    /// The name of the function that is new.
    pub after: String,
    /// How much of their callers and callees they share, from 0 to 1.
    pub likeness: f64,
    /// What each cost with all that it called.
    pub totals: [i64; 2],
}

/// The most functions of each side that are looked at: those that cost most.
const CANDIDATES: usize = 100;
/// The part of the callers and callees of two functions that has to be the same.
const LEAST_LIKENESS: f64 = 0.5;
/// How many times as much one may cost as the other.
const MOST_TIMES: f64 = 4.0;
/// The part of the whole that a function has to cost to be worth a word.
const LEAST_PART: f64 = 0.01;
/// How many callers and callees both have to have.
const LEAST_SHARED: usize = 2;

/// Who calls a function, and whom it calls, by places in the list of all.
#[derive(Default)]
struct Neighbours([BTreeSet<usize>; 2]);

/// Returns pairs of a function that is gone and one that is new with the same neighbours and about the same cost.
pub(super) fn suggested(runs: &Runs<'_>, rows: &[(usize, DiffRow)]) -> Vec<Suggestion> {
    let whole = |cost: fn(&DiffRow) -> i64| rows.iter().map(|(_, row)| cost(row)).max().unwrap_or(0) as f64;
    let least = whole(|row| row.total.before).max(whole(|row| row.total.after)) * LEAST_PART;
    let cost = |row: &DiffRow| row.total.before.max(row.total.after);
    let candidates = |presence: Presence| {
        let mut found: Vec<&(usize, DiffRow)> =
            rows.iter().filter(|(_, row)| row.presence == presence && cost(row) as f64 >= least.max(1.0)).collect();
        found.sort_by_key(|(place, row)| (std::cmp::Reverse(cost(row)), *place));
        found.truncate(CANDIDATES);
        found.retain(|(place, _)| *place < runs.functions.len());
        found
    };
    let (gone, new) = (candidates(Presence::Gone), candidates(Presence::New));
    if gone.is_empty() || new.is_empty() {
        return Vec::new();
    }
    let wanted = gone.iter().chain(&new).map(|(place, _)| *place).collect::<BTreeSet<_>>();
    let neighbours = neighbours(runs, &wanted);
    let mut pairs = Vec::new();
    for left in &gone {
        for right in &new {
            let times = right.1.total.after as f64 / left.1.total.before as f64;
            let likeness = likeness(&neighbours, left.0, right.0);
            if likeness >= LEAST_LIKENESS && (1.0 / MOST_TIMES..=MOST_TIMES).contains(&times) {
                pairs.push((likeness, times.ln().abs(), *left, *right));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.total_cmp(&b.1)).then(a.2.0.cmp(&b.2.0)));
    let mut taken = BTreeSet::new();
    let mut suggestions = Vec::new();
    for (likeness, _, left, right) in pairs {
        let (before, after) = (&left.1, &right.1);
        if !taken.contains(&left.0) && !taken.contains(&right.0) {
            taken.extend([left.0, right.0]);
            let totals = [before.total.before, after.total.after];
            suggestions.push(Suggestion { before: before.name.clone(), after: after.name.clone(), likeness, totals });
        }
    }
    suggestions
}

/// Returns the part of the callers and callees of either that both have. Callers have to be known.
fn likeness(neighbours: &HashMap<usize, Neighbours>, left: usize, right: usize) -> f64 {
    let (Some(Neighbours(left)), Some(Neighbours(right))) = (neighbours.get(&left), neighbours.get(&right)) else {
        return 0.0;
    };
    let shared: usize = (0..2).map(|way| left[way].intersection(&right[way]).count()).sum();
    let all: usize = (0..2).map(|way| left[way].union(&right[way]).count()).sum();
    if left[0].is_disjoint(&right[0]) || shared < LEAST_SHARED { 0.0 } else { shared as f64 / all as f64 }
}

fn neighbours(runs: &Runs<'_>, wanted: &BTreeSet<usize>) -> HashMap<usize, Neighbours> {
    let mut neighbours: HashMap<usize, Neighbours> = HashMap::new();
    let mut link = |caller: Option<usize>, callee: Option<usize>| {
        let (Some(caller), Some(callee)) = (caller, callee) else { return };
        if caller == callee {
            return;
        }
        for (place, way, other) in [(callee, 0, caller), (caller, 1, callee)] {
            if wanted.contains(&place) {
                neighbours.entry(place).or_default().0[way].insert(other);
            }
        }
    };
    for run in &runs.all {
        let place = |frame: FrameId| run.place(run.profile.frames[frame]);
        let stacks = &run.profile.stacks;
        for stack in stacks.ids() {
            let (parent, frames) = stacks.row(stack);
            let mut caller = parent.and_then(|parent| place(stacks.leaf(parent)));
            for &frame in frames {
                let callee = place(frame);
                link(caller, callee);
                caller = callee;
            }
        }
        for arc in run.profile.calls.iter().flat_map(CallGraph::arcs) {
            let callee = profkit_core::Id::index(arc.callee);
            link(place(arc.caller), Some(run.places[callee]));
        }
    }
    neighbours
}
