//! The samples of a profile as the paths of a picture.

use super::scene::Scene;
use super::{Options, Order};
use crate::trie::{By, MOST_LABELS, Paths, Trie};
use profkit_core::{Error, Id, NoteKind, Notes, Profile, Result, StackId, ThreadId, in_order, thousands};
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::ops::Range;

/// How many frames are laid out at once. What has no more is laid out without any thread.
const FRAMES_AT_ONCE: usize = 1 << 18;

impl Scene<'_> {
    /// Returns the tree of all stacks, with the values of the given columns, less what takes less than
    /// `least` percent of the width.
    ///
    /// What is below zero has no width: it is left out, and noted.
    pub(crate) fn trie(&self, columns: &[usize], options: &Options, least: f64, notes: &mut Notes) -> Result<Trie> {
        let profile = self.profile();
        let frames = self.labels.of_frames(profile);
        let shown = columns.iter().position(|&column| column == self.value).unwrap_or(0);
        let mut paths = Paths::new(columns.len());
        let mut sums = Sums::new(profile, columns);
        let threads = options.threads.map_or(1, NonZeroUsize::get);
        for (thread, samples) in self.samples_by_thread() {
            sums.fill(&samples)?;
            let laid_out = |rows: &Range<usize>| {
                let mut block = Paths::new(columns.len());
                let (mut stack_path, mut path) = (Vec::new(), Vec::new());
                let has_room = sums.drawn(rows.clone()).all(|(stack, values)| {
                    path.clear();
                    path.extend(self.labels.thread(thread));
                    match stack {
                        Some(stack) => {
                            profile.stacks.read_path(stack, &mut stack_path);
                            path.extend(stack_path.iter().map(|&frame| frames.of(frame)));
                        }
                        None => path.push(self.labels.no_stack()),
                    }
                    if options.is_reversed {
                        path.reverse();
                    }
                    let weight =
                        if options.is_diff { values.iter().sum() } else { values.get(shown).copied().unwrap_or(0) };
                    block.push(&path, weight, values)
                });
                has_room.then_some(block)
            };
            in_order(&sums.blocks(FRAMES_AT_ONCE), threads, &laid_out, &mut |block: Option<Paths>| {
                if block.is_some_and(|block| paths.append(&block)) {
                    return Ok(());
                }
                let most = thousands(MOST_LABELS as u64);
                let message = format!("a picture of more than {most} frames; every stack is laid out on its own");
                Err(Error::limit(message))
            })?;
        }
        sums.negative.note(notes);
        let by = if options.order == Order::Weight { By::Weight } else { By::Label };
        let least = (sums.total(options.is_diff, shown)? as f64 * least / 100.0).ceil() as i64;
        paths.into_trie(least, by, threads)
    }

    /// Returns the threads with the rows of their samples, in file order.
    pub(crate) fn samples_by_thread(&self) -> Vec<(Option<ThreadId>, Vec<u32>)> {
        let samples = &self.profile().samples;
        let places: HashMap<_, _> = self.threads.iter().enumerate().map(|(place, &thread)| (thread, place)).collect();
        let mut by_thread: Vec<_> = self.threads.iter().map(|&thread| (thread, Vec::new())).collect();
        for (row, sample) in (0..).zip(samples.iter()) {
            let place = if by_thread.len() == 1 { 0 } else { places[&sample.thread] };
            by_thread[place].1.push(row);
        }
        by_thread
    }
}

/// The sums of the samples of one thread, for each stack that they have.
struct Sums<'p> {
    profile: &'p Profile,
    columns: &'p [usize],
    /// The row of each stack, counted from 1, and first that of none; 0 for stacks without one.
    places: Vec<u32>,
    stacks: Vec<Option<StackId>>,
    values: Vec<i64>,
    totals: Vec<i128>,
    negative: Negative,
}

impl<'p> Sums<'p> {
    fn new(profile: &'p Profile, columns: &'p [usize]) -> Sums<'p> {
        let places = vec![0; profile.stacks.len() + 1];
        let totals = vec![0; columns.len()];
        Sums { profile, columns, places, stacks: Vec::new(), values: Vec::new(), totals, negative: Negative::default() }
    }

    /// Replaces the sums by those of other samples.
    fn fill(&mut self, rows: &[u32]) -> Result<()> {
        let place = |stack: Option<StackId>| stack.map_or(0, |stack| stack.index() + 1);
        for &stack in &self.stacks {
            self.places[place(stack)] = 0;
        }
        self.stacks.clear();
        self.values.clear();
        let stride = self.columns.len();
        for &row in rows {
            let sample = self.profile.samples.at(row as usize);
            let place = &mut self.places[place(sample.stack)];
            if *place == 0 {
                self.stacks.push(sample.stack);
                self.values.resize(self.stacks.len() * stride, 0);
                *place = self.stacks.len() as u32;
            }
            let sums = &mut self.values[(*place as usize - 1) * stride..][..stride];
            for (sum, &column) in sums.iter_mut().zip(self.columns) {
                let value = sample.values[column];
                *sum = sum.checked_add(value).ok_or_else(|| Error::overflow("the sum of equal stacks"))?;
            }
        }
        for (at, value) in self.values.iter_mut().enumerate() {
            if *value < 0 {
                self.negative.count += 1;
                self.negative.sum += i128::from(std::mem::take(value));
            }
            self.totals[at % stride] += i128::from(*value);
        }
        Ok(())
    }

    /// Returns the rows in blocks of about so many frames.
    fn blocks(&self, frames: usize) -> Vec<Range<usize>> {
        let (mut blocks, mut start, mut depth) = (Vec::new(), 0, 0);
        for (end, stack) in (1..).zip(&self.stacks) {
            depth += stack.map_or(1, |stack| self.profile.stacks.depth(stack) as usize);
            if depth >= frames || end == self.stacks.len() {
                blocks.push(start..end);
                (start, depth) = (end, 0);
            }
        }
        blocks
    }

    /// Returns the stacks with something to draw among those in the given rows.
    fn drawn(&self, rows: Range<usize>) -> impl Iterator<Item = (Option<StackId>, &[i64])> {
        let stride = self.columns.len();
        let values = self.values[rows.start * stride..rows.end * stride].chunks_exact(stride.max(1));
        let rows = self.stacks[rows].iter().copied().zip(values);
        rows.filter(|(_, values)| values.iter().any(|&value| value > 0))
    }

    /// Returns the width of the whole picture. The sum of each column fits into 64 bits then.
    fn total(&self, is_diff: bool, shown: usize) -> Result<i64> {
        let whole = self.totals.iter().copied().max().unwrap_or(0);
        let width = if is_diff { self.totals.iter().sum() } else { self.totals.get(shown).copied().unwrap_or(0) };
        if i64::try_from(whole.max(width)).is_err() {
            return Err(Error::overflow("the sum of all stacks"));
        }
        Ok(width as i64)
    }
}

/// What cannot be drawn because it is below zero.
#[derive(Default)]
struct Negative {
    count: u64,
    sum: i128,
}

impl Negative {
    fn note(&self, notes: &mut Notes) {
        if self.count > 0 {
            let what = "a flame graph has no widths below zero";
            let sum = || format!("-{} in all", thousands(u64::try_from(self.sum.unsigned_abs()).unwrap_or(u64::MAX)));
            notes.add(
                NoteKind::Lost,
                what,
                self.count,
                "values of stacks are left out|value of a stack is left out",
                sum,
            );
        }
    }
}
