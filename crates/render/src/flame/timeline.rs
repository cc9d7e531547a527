//! Stacks in the order of time.
//!
//! From left to right runs the time of one thread after the other; each has the whole span, so that
//! what happened at once stands at the same place of each. A frame goes on from one sample to the next if
//! the source says that it is the same call, or does not say anything and the function is the same.

use super::scene::Scene;
use crate::trie::{NONE, Trie};
use profkit_core::{Error, NoteKind, Notes, Result, Sample};

impl Scene<'_> {
    /// Returns the tree in which time runs from left to right, in nanoseconds, and the moment at which it
    /// starts. Calls of the same function one after the other stay apart where the source tells them apart.
    ///
    /// # Errors
    ///
    /// A profile without timestamps is an error of kind `Usage`.
    pub(crate) fn timeline(&self, notes: &mut Notes) -> Result<(Trie, i64)> {
        let profile = self.profile();
        let frames = self.labels.of_frames(profile);
        let times = || profile.samples.iter().filter_map(|sample| sample.time_ns);
        let Some(start) = times().min() else {
            return Err(Error::usage("the profile has no timestamps, so there is nothing to draw by time"));
        };
        let without = profile.samples.iter().filter(|sample| sample.time_ns.is_none()).count() as u64;
        if without > 0 {
            let what = "what has no timestamp is not drawn by time";
            notes.add(NoteKind::Lost, what, without, "samples are left out|sample is left out", || None);
        }
        let mut pieces: Vec<Vec<Piece>> = Vec::new();
        for (_, rows) in self.samples_by_thread() {
            pieces.push(self.pieces(&rows));
        }
        let end = pieces.iter().flatten().map(|piece| piece.until).max().unwrap_or(start);
        let span = end.checked_sub(start).and_then(|span| span.checked_mul(pieces.len() as i64));
        span.ok_or_else(|| Error::overflow("the time of all threads"))?;
        let mut line = Line { trie: Trie::root(1), open: Vec::new() };
        let mut path = Vec::new();
        for (&thread, pieces) in self.threads.iter().zip(&pieces).filter(|(_, pieces)| !pieces.is_empty()) {
            let root: Vec<u32> = self.labels.thread(thread).into_iter().collect();
            line.open.clear();
            let (mut now, mut kept) = (start, usize::MAX);
            for piece in pieces {
                line.add(&root, usize::MAX, piece.from.saturating_sub(now));
                now = now.max(piece.from);
                let sample = profile.samples.at(piece.row as usize);
                kept = kept.min(sample.kept.map_or(usize::MAX, |kept| kept as usize + root.len()));
                if piece.until <= now {
                    continue;
                }
                path.clear();
                path.extend(
                    sample
                        .stack
                        .into_iter()
                        .flat_map(|stack| profile.stacks.leaf_to_root(stack))
                        .map(|it| frames.of(it)),
                );
                path.extend(&root);
                path.reverse();
                line.add(&path, kept, piece.until - now);
                (now, kept) = (piece.until, usize::MAX);
            }
            line.add(&root, usize::MAX, end.saturating_sub(now));
        }
        Ok((line.trie, start))
    }

    /// Returns when each sample of a thread starts and ends, in the order of time.
    fn pieces(&self, rows: &[u32]) -> Vec<Piece> {
        let samples = &self.profile().samples;
        let unit = &self.value_type().unit;
        let cost = |sample: Sample<'_>| unit.nanoseconds(sample.values.get(self.value).copied().unwrap_or(0)).max(0);
        let mut pieces: Vec<Piece> = Vec::new();
        for &row in rows {
            let sample = samples.at(row as usize);
            if let Some(from) = sample.time_ns {
                pieces.push(Piece { from, until: from.saturating_add(cost(sample)), row });
            }
        }
        pieces.sort_by_key(|piece| piece.from);
        let has_costs = pieces.iter().any(|piece| piece.until > piece.from);
        let mut step = 0;
        for next in 1..=pieces.len() {
            let until = pieces.get(next).map(|piece| piece.from);
            let piece = &mut pieces[next - 1];
            step = until.map_or(step, |until| until.saturating_sub(piece.from));
            if has_costs {
                // A gap shorter than the sample is the timer's, not the program's.
                let cost = piece.until - piece.from;
                let is_near = until.is_some_and(|until| until.saturating_sub(piece.until) <= cost / 2 + 1);
                piece.until = until.filter(|&until| is_near || until < piece.until).unwrap_or(piece.until);
            } else {
                // Where the value is no time, a sample stands for the time until the next one.
                piece.until = piece.from.saturating_add(step);
            }
        }
        pieces
    }
}

/// A sample from one moment to another.
struct Piece {
    from: i64,
    until: i64,
    row: u32,
}

/// The tree so far, and the nodes that are open at its end.
struct Line {
    trie: Trie,
    open: Vec<u32>,
}

impl Line {
    /// Adds some time on a path, of whose frames at most `kept` go on from what is open.
    fn add(&mut self, path: &[u32], kept: usize, time: i64) {
        if time == 0 {
            return;
        }
        let shared = self.open.iter().zip(path).take(kept).take_while(|(one, other)| one == other).count();
        let is_going_on = shared == self.open.len() && shared == path.len();
        self.open.truncate(shared);
        for &label in &path[shared..] {
            self.open.push(label);
            self.trie.open(label, self.open.len() as u32);
        }
        let depth = self.open.len() as u32 + 1;
        let is_own = self.trie.labels.last() == Some(&NONE) && self.trie.depths.last() == Some(&depth);
        if !(is_going_on && is_own) {
            self.trie.open(NONE, depth);
        }
        self.trie.add_own(&[time]);
    }
}
