//! Exact tests on two counts of observations.
//!
//! Both tests add up the probabilities of all outcomes that are at most as likely as the observed one. They are walked
//! from the observed outcome in both directions by the ratio of neighbours, so that no factorial is ever needed,
//! and only as far as outcomes matter. Counts so large that this would take long are as good as normal numbers.

use statrs::function::erf::erfc;

/// The count of which on both sides of a matter exactness makes no difference that shows.
const LARGE: u64 = 100_000;
/// How much less likely than the observed outcome one has to be that is said to be less likely: what is equally
/// likely in exact arithmetic stays so in this one.
const TOLERANCE: f64 = 1.0 + 1e-7;
/// The sum of probabilities, in units of that of the observed outcome, from which on the answer is zero.
const HOPELESS: f64 = 1e30;
/// What matters, in the same units and compared with the sum.
const NEGLIGIBLE: f64 = 1e-17;

/// Returns how probable it is that two shares differ as much as `hits[0]` of `all[0]` and `hits[1]` of `all[1]`, or
/// more, if they are the same: Fisher's exact test.
pub(super) fn different_shares(hits: [u64; 2], all: [u64; 2]) -> f64 {
    let hits = [hits[0].min(all[0]), hits[1].min(all[1])];
    let (total_hits, [first, second]) = (hits[0] + hits[1], all);
    if total_hits.min(first + second - total_hits) > LARGE {
        let [first, second] = all.map(|count| count as f64);
        let share = total_hits as f64 / (first + second);
        let deviation = (share * (1.0 - share) * (1.0 / first + 1.0 / second)).sqrt();
        return beyond((hits[1] as f64 / second - hits[0] as f64 / first) / deviation);
    }
    let lowest = total_hits.saturating_sub(second);
    let highest = total_hits.min(first);
    let up = |hit: u64| {
        let (hit, total, first, second) = (hit as f64, total_hits as f64, first as f64, second as f64);
        (total - hit) * (first - hit) / ((hit + 1.0) * (second - total + hit + 1.0))
    };
    at_most_as_likely(hits[0], lowest..=highest, up)
}

/// Returns how probable it is that of two counts the second one has so far from its expected `share` of both, or
/// farther, if both come about at a steady rate: the exact binomial test.
pub(super) fn different_rates(counts: [u64; 2], share: f64) -> f64 {
    let total = counts[0] + counts[1];
    if total > LARGE {
        let (total, second) = (total as f64, counts[1] as f64);
        return beyond((second - total * share) / (total * share * (1.0 - share)).sqrt());
    }
    let odds = share / (1.0 - share);
    let up = |count: u64| (total - count) as f64 / (count + 1) as f64 * odds;
    at_most_as_likely(counts[1], 0..=total, up)
}

/// Returns the least probability that [`different_rates`] can find for so many observations on both sides in all.
pub(super) fn least_probability(count: u64, share: f64) -> f64 {
    different_rates([count, 0], share).min(different_rates([0, count], share))
}

/// Returns how probable it is that a standard normal number is as far from zero, or farther.
fn beyond(deviations: f64) -> f64 {
    erfc(deviations.abs() / std::f64::consts::SQRT_2)
}

/// Returns the probability of all outcomes that are at most as likely as the observed one; `up` is how many
/// times as likely as an outcome the next higher one is. The most likely outcome has less likely ones on both sides.
fn at_most_as_likely(observed: u64, outcomes: std::ops::RangeInclusive<u64>, up: impl Fn(u64) -> f64) -> f64 {
    let (mut rarer, mut all) = (1.0, 1.0);
    let mut walk = |is_up: bool| {
        let (mut outcome, mut likelihood) = (observed, 1.0);
        loop {
            let last = likelihood;
            if is_up {
                if outcome == *outcomes.end() {
                    return;
                }
                likelihood *= up(outcome);
                outcome += 1;
            } else {
                if outcome == *outcomes.start() {
                    return;
                }
                outcome -= 1;
                likelihood /= up(outcome);
            }
            all += likelihood;
            if likelihood <= TOLERANCE {
                rarer += likelihood;
            }
            if all > HOPELESS || (likelihood < last && likelihood < NEGLIGIBLE * all.min(rarer)) {
                return;
            }
        }
    };
    walk(true);
    walk(false);
    if all > HOPELESS { 0.0 } else { (rarer / all).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6 * expected.max(1e-3), "{found} is not {expected}");
    }

    #[test]
    fn agrees_with_tables_of_fishers_test() {
        // The tea of the lady, and sums of exact fractions.
        near(different_shares([3, 1], [4, 4]), 0.485_714_285_7);
        near(different_shares([1, 9], [10, 10]), 0.001_093_333_9);
        near(different_shares([0, 5], [1000, 1000]), 0.062_187_578_5);
        near(different_shares([950, 1900], [1000, 1950]), 0.000_794_883_5);
    }

    #[test]
    fn agrees_with_tables_of_the_binomial_test() {
        near(different_rates([2, 8], 0.5), 0.109_375);
        near(different_rates([0, 5], 0.5), 0.0625);
        near(different_rates([10, 0], 0.25), 0.076_041_221_6);
    }

    #[test]
    fn nothing_is_no_difference_and_much_is_a_certain_one() {
        assert_eq!((different_shares([0, 0], [9, 7]), different_rates([0, 0], 0.5)), (1.0, 1.0));
        assert_eq!(different_shares([0, 0], [0, 0]), 1.0);
        near(different_shares([9, 7], [9, 7]), 1.0);
        assert!(different_rates([10_000_000, 20_000_000], 0.5) < 1e-25);
        assert!(different_shares([0, 1_000_000], [3_000_000, 3_000_000]) < 1e-25);
        assert!(different_rates([10_000_000, 10_001_000], 0.5) > 0.5);
        assert!(different_shares([i64::MAX as u64 / 4, 1 << 60], [i64::MAX as u64 / 2, i64::MAX as u64 / 2]) < 1e-25);
    }
}
