//! What is noted about an estimate.

use super::graph::Graph;
use super::own::OwnCosts;
use crate::derive::totals::function_totals;
use crate::error::Result;
use crate::facet::Facet;
use crate::id::{FunctionId, Id};
use crate::notes::{NoteKind, Notes};
use crate::profile::Profile;

/// The share of the program by which a total has to be off to be counted.
const NOTED: f64 = 0.01;
/// The share of the program that has to be folded to be told.
const NOTED_FOLDED: f64 = 0.001;

/// What is counted of an estimate.
const TOTALS_OFF: &str = "functions have a total off by more than 1 %|function has a total off by more than 1 %";

/// What is certainly wrong with an estimate.
#[derive(Default)]
pub(super) struct Doubts {
    whole: f64,
    sure: f64,
    folded: f64,
    negative: Vec<Negative>,
}

/// How much of the cost of a call graph is not estimated at all, and how much is on chains that were cut off.
#[derive(Clone, Copy, Debug)]
pub(super) struct Certainty {
    pub(super) sure: f64,
    pub(super) folded: f64,
}

/// The own costs of one column that are left out, since they are below zero.
#[derive(Clone, Default)]
struct Negative {
    functions: u64,
    sum: i128,
    example: Option<String>,
}

impl Doubts {
    pub(super) fn new(columns: usize) -> Doubts {
        Doubts { negative: vec![Negative::default(); columns], ..Doubts::default() }
    }

    /// Adds what is known of the estimate of one call graph.
    pub(super) fn add(&mut self, profile: &Profile, graph: &Graph, own: &OwnCosts, certainty: Certainty) {
        self.whole += graph.functions.iter().map(|function| function.own).sum::<f64>();
        self.sure += certainty.sure;
        self.folded += certainty.folded;
        for (column, negative) in self.negative.iter_mut().enumerate() {
            for function in &graph.functions {
                let cost = own.sum(function.id, column);
                if cost < 0 {
                    negative.functions += 1;
                    negative.sum += i128::from(cost);
                    negative.example.get_or_insert_with(|| name(profile, function.id).to_owned());
                }
            }
        }
    }

    /// Notes that `to` is an estimate of `from`, how far off it is, and what it leaves out.
    /// `functions` are those of `from` in `to`.
    pub(super) fn note(
        self,
        from: &Profile,
        to: &Profile,
        functions: &[Option<FunctionId>],
        notes: &mut Notes,
    ) -> Result<()> {
        let (count, worst) = self.totals_off(from, to, functions)?;
        let folded = if self.whole > 0.0 { (self.folded / self.whole).min(1.0) } else { 0.0 };
        let census = from.census();
        let mut what = "stacks are estimated from a call graph".to_owned();
        if census.count(Facet::Contexts) > 0 {
            let unsure = 100.0 - self.sure / self.whole.max(1.0) * 100.0;
            what += &format!(" where a function has several chains of callers, for {unsure:.1} % of the cost");
        }
        if folded > NOTED_FOLDED {
            what += &format!(", with {:.1} % of the cost on chains that were cut off", folded * 100.0);
        }
        if self.sure < self.whole || count > 0 {
            notes.add(NoteKind::Estimated, what, count, TOTALS_OFF, || worst);
        }
        for (negative, value_type) in self.negative.into_iter().zip(&from.value_types) {
            if negative.functions > 0 {
                let what = format!(
                    "estimated stacks cannot hold own costs below zero, here {} {} in all",
                    negative.sum, value_type.unit.name
                );
                let of = "functions lost theirs";
                notes.add(NoteKind::Lost, what, negative.functions, of, || negative.example);
            }
        }
        for facet in [Facet::Parts, Facet::Inlining].into_iter().filter(|&facet| census.count(facet) > 0) {
            let what = format!("estimated stacks cannot hold {}", facet.what());
            let example = || census.example(facet).map(str::to_owned);
            notes.add(NoteKind::Lost, what, census.count(facet), facet.loss(), example);
        }
        Ok(())
    }

    /// Returns how many functions have a total that is far from the one that the source states, and the
    /// worst of them.
    fn totals_off(
        &self,
        from: &Profile,
        to: &Profile,
        functions: &[Option<FunctionId>],
    ) -> Result<(u64, Option<String>)> {
        let (stated, estimated) = (function_totals(from)?, function_totals(to)?);
        let column = from.default_value();
        if self.whole <= 0.0 {
            return Ok((0, None));
        }
        // Of functions that became one, as contexts do, no total is stated.
        let mut sources = vec![0; to.functions.len()];
        functions.iter().flatten().for_each(|there| sources[there.index()] += 1);
        let mut count = 0;
        let mut worst = (0.0, None);
        for ((id, _), &there) in from.functions.iter().zip(functions) {
            // A bound is not stated.
            if there.is_some_and(|there| sources[there.index()] > 1) {
                continue;
            }
            let Some(&stated) = stated[id].total.get(column).filter(|_| !stated[id].is_bound) else { continue };
            let estimated = there.map_or(0, |there| estimated[there].total[column]);
            let off = (estimated as f64 - stated as f64).abs() / self.whole;
            if off > NOTED {
                count += 1;
                if off > worst.0 {
                    let [estimated, stated] = [estimated, stated].map(|total| total as f64 / self.whole * 100.0);
                    let name = name(from, id);
                    worst = (off, Some(format!("{name}, the farthest off, {estimated:.1} % instead of {stated:.1} %")));
                }
            }
        }
        Ok((count, worst.1))
    }
}

fn name(profile: &Profile, function: FunctionId) -> &str {
    &profile.strings[profile.functions[function].name]
}
