//! Sums of runs brought to the size of one.

use profkit_core::{Error, Result};

/// What the sum of the runs of a side is multiplied by: the part of a run, and of `--normalize`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    pub(super) multiplier: i128,
    pub(super) divisor: i128,
}

impl Scale {
    /// Returns the scales of both sides: the mean of the runs, and with `normalize` that before as large as that after.
    ///
    /// `sums` are those of all runs of a side. A side without any cost cannot be brought to any size.
    pub(super) fn of_sides(counts: [usize; 2], sums: [i128; 2], normalize: bool) -> [Scale; 2] {
        let [before, after] = counts.map(|count| Scale { multiplier: 1, divisor: count.max(1) as i128 });
        if !normalize || sums.contains(&0) {
            return [before, after];
        }
        let common = gcd(sums[1].unsigned_abs(), (sums[0] * after.divisor).unsigned_abs()).max(1) as i128;
        [Scale { multiplier: sums[1] / common, divisor: sums[0] * after.divisor / common }, after]
    }

    /// Returns the numbers scaled, each remainder carried to the next, so that the sum is the scaled sum.
    ///
    /// # Errors
    ///
    /// Numbers that do not fit into 64 bits are an error of kind `Overflow`.
    pub(super) fn spread(self, numbers: impl IntoIterator<Item = i128>) -> Result<Vec<i64>> {
        let mut carry = 0;
        let numbers = numbers.into_iter().map(|number| {
            let wanted = number.checked_mul(self.multiplier).and_then(|exact| exact.checked_add(carry));
            let wanted = wanted.ok_or_else(too_large)?;
            let scaled = rounded(wanted, self.divisor);
            carry = wanted - scaled * self.divisor;
            i64::try_from(scaled).map_err(|_| too_large())
        });
        numbers.collect()
    }

    /// Returns one number scaled.
    ///
    /// # Errors
    ///
    /// A number that does not fit into 64 bits is an error of kind `Overflow`.
    pub(super) fn one(self, number: i128) -> Result<i64> {
        let exact = number.checked_mul(self.multiplier).ok_or_else(too_large)?;
        i64::try_from(rounded(exact, self.divisor)).map_err(|_| too_large())
    }
}

fn rounded(number: i128, divisor: i128) -> i128 {
    let (number, divisor) = if divisor < 0 { (-number, -divisor) } else { (number, divisor) };
    (number + divisor / 2).div_euclid(divisor)
}

fn too_large() -> Error {
    Error::overflow("a sum of runs")
}

fn gcd(left: u128, right: u128) -> u128 {
    if right == 0 { left } else { gcd(right, left % right) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_runs_keeps_its_sum() {
        let [before, after] = Scale::of_sides([3, 1], [10, 5], false);
        assert_eq!(before.spread([5, 0, 5, 0]).unwrap(), [2, 0, 1, 0]);
        assert_eq!(after, Scale { multiplier: 1, divisor: 1 });
    }

    #[test]
    fn normalized_sides_are_equally_large() {
        let [before, after] = Scale::of_sides([2, 1], [300, 400], true);
        assert_eq!((before.one(300).unwrap(), after.one(400).unwrap()), (400, 400));
        assert_eq!(before.spread([100, 100, 100]).unwrap().iter().sum::<i64>(), 400);
        assert_eq!(Scale::of_sides([1, 1], [0, 7], true), Scale::of_sides([1, 1], [0, 7], false));
    }

    #[test]
    fn negative_sums_scale_too() {
        let [before, _] = Scale::of_sides([1, 1], [-10, 20], true);
        assert_eq!(before.one(-10).unwrap(), 20);
    }
}
