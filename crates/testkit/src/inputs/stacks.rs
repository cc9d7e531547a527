//! The stacks of a made-up server: distinct, unsorted, and with long common beginnings as in real profiles.

use super::random::Random;
use std::collections::HashSet;

/// How many functions the program has.
const FUNCTIONS: usize = 20_000;
/// A new stack begins like one of so many earlier ones.
const REMEMBERED: usize = 20_000;
/// Frames that a stack has beyond the least number, on average.
const MORE_FRAMES: f64 = 7.0;
const DEPTHS: std::ops::RangeInclusive<usize> = 10..=60;
const WORDS: &[&str] = &[
    "alloc", "read", "write", "parse", "lock", "map", "send", "recv", "hash", "sort", "visit", "emit", "poll", "spin",
    "copy", "node", "page", "http", "json", "zlib", "crc", "tree", "heap", "iter", "task",
];

/// Distinct stacks with a count each.
///
/// ```
/// use profkit_testkit::inputs::{Drift, Stacks};
///
/// let stacks = Stacks::of_collapsed_bytes(10_000, 1, Drift::None);
/// assert_eq!(stacks.iter().count(), stacks.len());
/// assert_eq!(stacks, Stacks::of_collapsed_bytes(10_000, 1, Drift::None));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stacks {
    /// The names of the functions.
    pub names: Vec<String>,
    frames: Vec<u32>,
    ends: Vec<usize>,
    counts: Vec<u64>,
}

/// Whether the profile is the second of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift {
    /// The first.
    None,
    /// The second: three stacks in ten have another count, and a tenth of those end in another function.
    Some,
}

impl Stacks {
    /// Returns so many stacks that they take the given number of bytes as collapsed lines, and a few more.
    #[must_use]
    pub fn of_collapsed_bytes(bytes: usize, seed: u64, drift: Drift) -> Stacks {
        let mut written = 0;
        Stacks::until(seed, drift, |line| {
            written += line;
            written < bytes
        })
    }

    /// Returns the given number of stacks.
    #[must_use]
    pub fn of_number(number: usize, seed: u64) -> Stacks {
        let mut made = 0;
        Stacks::until(seed, Drift::None, |_| {
            made += 1;
            made < number
        })
    }

    /// Makes stacks until `more`, told the bytes of each as a collapsed line, says that it is enough.
    fn until(seed: u64, drift: Drift, mut more: impl FnMut(usize) -> bool) -> Stacks {
        let mut random = Random::new(seed);
        let mut drifting = Random::new(seed + 7_777);
        let program = Program::new(&mut random);
        let mut stacks = Stacks { names: program.names.clone(), frames: vec![], ends: vec![], counts: vec![] };
        let mut seen: HashSet<Vec<u32>> = HashSet::new();
        let mut remembered: Vec<Vec<u32>> = Vec::new();
        loop {
            let stack = program.stack(&remembered, &mut random);
            let mut count = 1 + (random.unit() + 1e-4).powf(-0.8) as u64;
            if !seen.insert(stack.clone()) {
                continue;
            }
            match remembered.len() < REMEMBERED {
                true => remembered.push(stack.clone()),
                false => remembered[random.below(REMEMBERED)] = stack.clone(),
            }
            let mut stack = stack;
            if drift == Drift::Some && drifting.unit() < 0.3 {
                count = ((count as f64 * (0.3 + 2.0 * drifting.unit())) as u64).max(1);
                if drifting.unit() < 0.1 {
                    stack.pop();
                    stack.push(drifting.below(FUNCTIONS) as u32);
                }
            }
            let line = stacks.push(&stack, count);
            if !more(line) {
                return stacks;
            }
        }
    }

    /// Returns the bytes of the stack as a collapsed line.
    fn push(&mut self, stack: &[u32], count: u64) -> usize {
        self.frames.extend_from_slice(stack);
        self.ends.push(self.frames.len());
        self.counts.push(count);
        let names: usize = stack.iter().map(|&frame| self.names[frame as usize].len() + 1).sum();
        names + 2 + count.ilog10() as usize
    }

    /// Returns the number of stacks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Tells whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns the frames of a stack, from the root, each an index into `names`; and its count.
    #[must_use]
    pub fn row(&self, index: usize) -> (&[u32], u64) {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        (&self.frames[start..self.ends[index]], self.counts[index])
    }

    /// Returns the frames and the count of each.
    pub fn iter(&self) -> impl Iterator<Item = (&[u32], u64)> {
        (0..self.len()).map(|index| self.row(index))
    }
}

struct Program {
    names: Vec<String>,
    callees: Vec<Vec<u32>>,
}

impl Program {
    fn new(random: &mut Random) -> Program {
        let mut names = Vec::new();
        let mut seen = HashSet::new();
        while names.len() < FUNCTIONS {
            let (first, joint, last) = (random.pick(WORDS), random.pick(&["_", ".", "::"]), random.pick(WORDS));
            let number = if random.unit() < 0.55 { format!("{:x}", random.below(4096)) } else { String::new() };
            let name = format!("{first}{joint}{last}{number}");
            if seen.insert(name.clone()) {
                names.push(name);
            }
        }
        let callees = (0..FUNCTIONS)
            .map(|_| (0..1 + (12.0 * random.unit().powi(2)) as usize).map(|_| popular(random)).collect())
            .collect();
        Program { names, callees }
    }

    fn stack(&self, remembered: &[Vec<u32>], random: &mut Random) -> Vec<u32> {
        let more = -(1.0 - random.unit()).ln() * MORE_FRAMES;
        let depth = (DEPTHS.start() + more as usize).min(*DEPTHS.end());
        let mut stack = if !remembered.is_empty() && random.unit() < 0.8 {
            let base = &remembered[random.below(remembered.len())];
            let cut = 1 + random.below(base.len());
            base[..cut.min(depth)].to_vec()
        } else {
            vec![random.below(8) as u32]
        };
        while stack.len() < depth {
            let callees = &self.callees[stack[stack.len() - 1] as usize];
            let next = match random.unit() < 0.97 {
                true => callees[(callees.len() as f64 * random.unit().powi(2)) as usize],
                false => popular(random),
            };
            stack.push(next);
        }
        stack
    }
}

/// Returns a function, the first of them much more often than the last.
fn popular(random: &mut Random) -> u32 {
    (FUNCTIONS as f64 * random.unit().powi(3)) as u32
}
