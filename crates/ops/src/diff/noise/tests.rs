//! The stated rates, tried on simulated profiles with fixed seeds.

use super::*;

/// A small generator of random numbers (splitmix64), the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number from 0 to 1.
    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Returns a normal number of mean 0 and variance 1.
    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.part()).ln()).sqrt() * (std::f64::consts::TAU * self.part()).cos()
    }
}

/// Returns the costs of `count` functions, few of which have most of it, as in real programs.
fn program(count: i32) -> Vec<f64> {
    (1i32..=count).map(|rank| 1.0 / f64::from(rank).powf(1.2)).collect()
}

/// Returns how often each function is seen in so many ticks.
fn ticks(costs: &[f64], count: u64, random: &mut Random) -> Vec<u64> {
    let mut sum = 0.0;
    let sums: Vec<f64> = costs
        .iter()
        .map(|cost| {
            sum += cost;
            sum
        })
        .collect();
    let mut seen = vec![0; costs.len()];
    for _ in 0..count {
        let hit = random.part() * sum;
        seen[sums.partition_point(|&sum| sum <= hit).min(costs.len() - 1)] += 1;
    }
    seen
}

fn verdicts_on_ticks(before: &[u64], after: &[u64], only_shares: bool) -> Vec<Verdict> {
    let all = [before.iter().sum(), after.iter().sum()];
    let evidence = before.iter().zip(after).map(|(&before, &after)| {
        (before + after > 0).then(|| Evidence { counts: [before, after], ..Evidence::default() })
    });
    let mut evidence: Vec<_> = evidence.collect();
    let bulk = Bulk::find(&mut evidence);
    Basis::Counts { all, share_after: 0.5, only_shares, bulk, because: "" }.judge(&evidence)
}

fn is_real(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Real { .. })
}

/// Where nothing has changed, each discovery is false, and the stated rate is that of profiles with any.
#[test]
fn sampled_profiles_without_change_raise_no_more_alarms_than_stated() {
    let (mut random, costs) = (Random(1), program(200));
    for (only_shares, count) in [(true, 300), (true, 5000), (false, 300), (false, 5000)] {
        let pairs = 300;
        let alarms = (0..pairs).filter(|_| {
            let [before, after] = [0, 1].map(|_| ticks(&costs, count, &mut random));
            verdicts_on_ticks(&before, &after, only_shares).iter().any(is_real)
        });
        let alarms = alarms.count() as f64 / f64::from(pairs);
        assert!(alarms <= FALSE_DISCOVERIES, "{alarms} of pairs of {count} ticks, only_shares {only_shares}");
    }
}

/// Ticks that come in bursts vary more than counts do, of programs large and small, on a machine as fast or slower.
#[test]
fn bursts_are_no_alarms() {
    let mut random = Random(5);
    for (functions, count, size, slower) in [(60, 700, 4, 1.0), (8, 200, 4, 1.0), (12, 250, 8, 1.5), (30, 600, 3, 0.5)]
    {
        let costs = program(functions);
        let mut bursts = |count: f64| {
            ticks(&costs, count as u64, &mut random).into_iter().map(|count| count * size).collect::<Vec<_>>()
        };
        let alarms = (0..200).filter(|_| {
            let (before, after) = (bursts(f64::from(count)), bursts(f64::from(count) * slower));
            verdicts_on_ticks(&before, &after, false).iter().any(is_real)
        });
        let alarms = alarms.count();
        assert!(alarms as f64 <= FALSE_DISCOVERIES * 200.0, "{alarms} of 200 pairs of {functions} functions");
    }
}

/// On a machine that is half as fast, a function that takes three times as long is found among many bursts.
#[test]
fn a_planted_change_is_found_on_a_slower_machine() {
    let (mut random, costs) = (Random(6), program(60));
    let mut slower: Vec<f64> = costs.iter().map(|cost| cost * 2.0).collect();
    slower[2] *= 3.0;
    let growth = slower.iter().sum::<f64>() / costs.iter().sum::<f64>();
    let mut bursts = |costs: &[f64], count: f64| {
        ticks(costs, count as u64, &mut random).into_iter().map(|it| it * 3).collect::<Vec<_>>()
    };
    let found = (0..100).filter(|_| {
        let (before, after) = (bursts(&costs, 600.0), bursts(&slower, 600.0 * growth));
        is_real(&verdicts_on_ticks(&before, &after, false)[2])
    });
    let found = found.count();
    assert!(found >= 80, "found in {found} of 100");
}

/// A function of 7 % that takes twice as long is found in 9 of 10 pairs of 2000 ticks, and little else is.
#[test]
fn a_planted_change_of_a_sampled_profile_is_found() {
    let (mut random, costs) = (Random(2), program(200));
    let planted = 2;
    assert!((0.06..0.08).contains(&(costs[planted] / costs.iter().sum::<f64>())));
    let mut slower = costs.clone();
    slower[planted] *= 2.0;
    let growth = slower.iter().sum::<f64>() / costs.iter().sum::<f64>();
    let (mut found, mut others, pairs) = (0, 0, 200);
    for _ in 0..pairs {
        let before = ticks(&costs, 2000, &mut random);
        let after = ticks(&slower, (2000.0 * growth) as u64, &mut random);
        let verdicts = verdicts_on_ticks(&before, &after, false);
        found += usize::from(is_real(&verdicts[planted]));
        others += verdicts.iter().enumerate().filter(|(index, it)| *index != planted && is_real(it)).count();
    }
    assert!(found * 10 >= pairs * 9, "found in {found} of {pairs}");
    assert!(others as f64 <= FALSE_DISCOVERIES * (found + others) as f64, "{others} others in {pairs}");
}

/// Returns the costs of all functions in several runs that differ by a few percent.
fn runs(costs: &[f64], count: usize, random: &mut Random) -> Vec<Vec<f64>> {
    let mut run = || costs.iter().map(|cost| cost * (1.0 + 0.03 * random.normal())).collect();
    (0..count).map(|_| run()).collect()
}

fn verdicts_on_runs(before: &[Vec<f64>], after: &[Vec<f64>]) -> Vec<Verdict> {
    let basis = Basis::Runs { counts: [before.len(), after.len()] };
    let of = |runs: &[Vec<f64>], index: usize| runs.iter().map(|run| run[index]).collect::<Vec<_>>();
    let evidence = (0..before[0].len())
        .map(|index| Some(Evidence { runs: [of(before, index), of(after, index)], ..Evidence::default() }));
    basis.judge(&evidence.collect::<Vec<_>>())
}

#[test]
fn repeated_runs_without_change_raise_no_more_alarms_than_stated() {
    let (mut random, costs) = (Random(3), program(100));
    for counts in [[2, 2], [3, 3], [5, 5], [5, 1]] {
        let pairs = 300;
        let alarms = (0..pairs).filter(|_| {
            let [before, after] = counts.map(|count| runs(&costs, count, &mut random));
            verdicts_on_runs(&before, &after).iter().any(is_real)
        });
        let alarms = alarms.count() as f64 / f64::from(pairs);
        assert!(alarms <= FALSE_DISCOVERIES + 0.015, "{alarms} of {counts:?} runs");
    }
}

/// A function that takes 1.5 times as long is found in 9 of 10 comparisons of five runs that spread by 3 %.
#[test]
fn a_planted_change_of_repeated_runs_is_found() {
    let (mut random, costs) = (Random(4), program(200));
    let planted = 40;
    let mut slower = costs.clone();
    slower[planted] *= 1.5;
    let (mut found, tries) = (0, 100);
    for _ in 0..tries {
        let (before, after) = (runs(&costs, 5, &mut random), runs(&slower, 5, &mut random));
        found += usize::from(is_real(&verdicts_on_runs(&before, &after)[planted]));
    }
    assert!(found * 10 >= tries * 9, "found in {found} of {tries}");
}

#[test]
fn the_correction_is_that_of_benjamini_and_hochberg() {
    let probabilities = [Some(0.01), None, Some(0.04), Some(0.03), Some(0.5)];
    let expected = [Some(0.04), None, Some(0.16 / 3.0), Some(0.16 / 3.0), Some(0.5)];
    for (found, expected) in corrected(&probabilities).into_iter().zip(expected) {
        assert_eq!(found.is_some(), expected.is_some());
        assert!((found.unwrap_or(0.0) - expected.unwrap_or(0.0)).abs() < 1e-12, "{found:?} is not {expected:?}");
    }
}

#[test]
fn the_growth_of_one_function_and_a_slower_machine_are_not_blamed_on_the_others() {
    let bulk = Bulk { counts: [1000, 2000], excess: 1.0 };
    let basis = Basis::Counts { all: [1000, 2000], share_after: 0.5, only_shares: false, bulk, because: "" };
    let p = |before, after| {
        let evidence = Evidence { counts: [before, after], is_bulk: true, ..Evidence::default() };
        basis.probability(&evidence).unwrap()
    };
    assert!(p(500, 500) > 0.9, "as long as before, but of a larger total");
    assert!(p(300, 600) > 0.9, "twice as long, as everything else");
    assert!(p(200, 900) < 1e-6, "more than twice as long");
}
