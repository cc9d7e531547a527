//! Repeated runs: is the difference of their means more than their spread?

use statrs::function::beta::beta_reg;

/// Returns how probable a difference of the means as large as this is, or a larger one, if both sides are the same:
/// Welch's t test. Where a side has a single run, it is taken to spread as the other side does.
///
/// `floor` is the variance below which no side is believed to be: that of counting, or of the clock.
pub(super) fn different_means(sides: [&[f64]; 2], floor: f64) -> f64 {
    let counts = sides.map(|runs| runs.len() as f64);
    let means = sides.map(|runs| runs.iter().sum::<f64>() / runs.len().max(1) as f64);
    let spread = |side: usize| {
        let squares = sides[side].iter().map(|run| (run - means[side]).powi(2));
        (squares.sum::<f64>() / (counts[side] - 1.0)).max(floor)
    };
    let (variances, freedom) = match [counts[0] > 1.0, counts[1] > 1.0] {
        [true, true] => {
            let of_means = [spread(0) / counts[0], spread(1) / counts[1]];
            let freedoms = [0, 1].map(|side| of_means[side].powi(2) / (counts[side] - 1.0));
            (of_means, (of_means[0] + of_means[1]).powi(2) / (freedoms[0] + freedoms[1]))
        }
        [true, false] => ([spread(0) / counts[0], spread(0)], counts[0] - 1.0),
        [false, true] => ([spread(1), spread(1) / counts[1]], counts[1] - 1.0),
        [false, false] => return 1.0,
    };
    let (difference, error) = (means[1] - means[0], (variances[0] + variances[1]).sqrt());
    match (difference == 0.0, error == 0.0) {
        (true, _) => 1.0,
        (false, true) => 0.0,
        (false, false) => beyond(difference / error, freedom),
    }
}

/// Returns how probable it is that Student's t of so many degrees of freedom is as far from zero, or farther.
fn beyond(t: f64, freedom: f64) -> f64 {
    let freedom = freedom.max(1.0);
    beta_reg(freedom / 2.0, 0.5, freedom / (freedom + t * t)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-5, "{found} is not {expected}");
    }

    #[test]
    fn agrees_with_tables_of_students_t() {
        near(beyond(12.706_205, 1.0), 0.05);
        near(beyond(-4.302_653, 2.0), 0.05);
        near(beyond(2.776_445, 4.0), 0.05);
        near(beyond(0.0, 3.0), 1.0);
    }

    #[test]
    fn agrees_with_welchs_test_by_hand() {
        // Means 2 and 5, variances 1 and 1, t = 3 / sqrt(2/3), 4 degrees of freedom.
        near(different_means([&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]], 0.0), 0.021_312);
    }

    #[test]
    fn a_single_run_is_held_against_the_spread_of_the_others() {
        let others = [10.0, 11.0, 12.0, 11.0, 10.0, 12.0];
        assert!(different_means([&others, &[11.5]], 0.0) > 0.5);
        assert!(different_means([&[30.0], &others], 0.0) < 1e-4);
        assert_eq!(different_means([&[1.0], &[2.0]], 0.0), 1.0);
    }

    #[test]
    fn runs_that_never_differ_are_sure_unless_they_are_counts() {
        assert_eq!(different_means([&[7.0, 7.0], &[8.0, 8.0]], 0.0), 0.0);
        assert_eq!(different_means([&[7.0, 7.0], &[7.0, 7.0]], 0.0), 1.0);
        assert!(different_means([&[1.0, 1.0, 1.0], &[2.0, 2.0, 2.0]], 1.5) > 0.3);
    }
}
