//! What each function costs on one side, over all its runs.

use super::observed::Observed;
use super::runs::{Run, Runs};
use profkit_core::derive::function_totals;
use profkit_core::{Error, Id, Result};

/// The sums of one side. The vectors go by the place of a function in the list of all; the last place is that of
/// the cost that belongs to no function.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    pub(super) functions: Vec<FunctionSum>,
    /// The total cost of all runs.
    pub(super) whole: i128,
    /// The total cost of each run.
    pub(super) wholes: Vec<i64>,
    /// The number of all observations, where they are known.
    pub(super) observations: Option<u64>,
}

/// The sum of one function over the runs of a side.
#[derive(Clone, Debug, Default)]
pub(super) struct FunctionSum {
    /// Whether any run has the function at all.
    pub(super) is_there: bool,
    pub(super) own: Part,
    pub(super) total: Part,
    pub(super) is_bound: bool,
    pub(super) calls: Option<i128>,
}

/// Its own cost or its total cost.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    pub(super) sum: i128,
    /// The cost in each run.
    pub(super) runs: Vec<i64>,
    /// The number of observations.
    pub(super) count: u64,
}

impl Sums {
    /// Returns the sums of a side; `observed` tells of each run how its observations are counted, if they are.
    pub(super) fn of(runs: &Runs<'_>, side: usize, observed: &[Option<Observed>]) -> Result<Sums> {
        let count = runs.side(side).len();
        let empty = || Part { runs: vec![0; count], ..Part::default() };
        let empty = FunctionSum { own: empty(), total: empty(), ..FunctionSum::default() };
        let mut sums = Sums {
            functions: vec![empty; runs.functions.len() + 1],
            observations: observed.iter().all(Option::is_some).then_some(0),
            ..Sums::default()
        };
        for (index, (run, observed)) in runs.side(side).iter().zip(observed).enumerate() {
            sums.add(index, run, *observed)?;
        }
        Ok(sums)
    }

    fn add(&mut self, index: usize, run: &Run<'_>, observed: Option<Observed>) -> Result<()> {
        let totals = function_totals(&run.profile)?;
        let column_totals = run.profile.column_totals()?;
        let whole = run.in_unit(column_totals[run.value])?;
        let counted = |costs: &[i64]| observed.map_or(0, |observed| observed.count(costs, run.value));
        let (mut rest, mut rest_count) = (i128::from(whole), counted(&column_totals));
        self.whole += i128::from(whole);
        self.wholes.push(whole);
        self.observations = self.observations.map(|sum| sum_of_counts(sum, rest_count)).transpose()?;
        for (id, _) in run.profile.functions.iter() {
            let (cost, sum) = (&totals[id], &mut self.functions[run.places[id.index()]]);
            let own = run.in_unit(cost.own[run.value])?;
            sum.is_there = true;
            sum.own.add(index, own, counted(&cost.own))?;
            sum.total.add(index, run.in_unit(cost.total[run.value])?, counted(&cost.total))?;
            sum.is_bound |= cost.is_bound;
            if let Some(&calls) = cost.calls.as_ref().and_then(|calls| calls.first()) {
                sum.calls = Some(sum.calls.unwrap_or(0) + i128::from(calls));
            }
            rest -= i128::from(own);
            rest_count = rest_count.saturating_sub(counted(&cost.own));
        }
        if let Some(sum) = self.functions.last_mut().filter(|_| rest != 0) {
            let rest = i64::try_from(rest).map_err(|_| Error::overflow("the cost that belongs to no function"))?;
            sum.is_there = true;
            sum.own.add(index, rest, rest_count)?;
            sum.total.add(index, rest, rest_count)?;
        }
        Ok(())
    }
}

impl Part {
    fn add(&mut self, run: usize, cost: i64, count: u64) -> Result<()> {
        self.sum += i128::from(cost);
        self.runs[run] = self.runs[run].checked_add(cost).ok_or_else(|| Error::overflow("the cost of a function"))?;
        self.count = sum_of_counts(self.count, count)?;
        Ok(())
    }
}

fn sum_of_counts(left: u64, right: u64) -> Result<u64> {
    left.checked_add(right).ok_or_else(|| Error::overflow("the number of observations"))
}
