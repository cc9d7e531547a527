//! A tree as lines of collapsed stacks, each node before what it calls.
//!
//! What two lines begin with alike is drawn as one frame. Two calls of a function one after the other are two:
//! between them stands a line that costs nothing and ends where they part.

use super::texts::Texts;
use crate::trie::{NONE, Trie};
use profkit_core::{Error, Result};

/// The most text that is handed over; every line repeats its whole stack.
const MOST_BYTES: usize = 1 << 30;

/// What stands for the part of the root that has no node: roots that are too narrow to be drawn.
pub(super) const OTHER: usize = usize::MAX;

/// Lines of collapsed stacks.
pub(super) struct Lines {
    text: String,
    ends: Vec<usize>,
    /// The node of each line.
    nodes: Vec<usize>,
}

impl Lines {
    /// Returns the lines of all nodes that have something of their own. In a comparison, the values before
    /// and after add up to the width.
    pub(super) fn new(trie: &Trie, totals: &[i64], texts: &Texts) -> Result<Lines> {
        let mut lines = Lines { text: String::new(), ends: Vec::new(), nodes: Vec::new() };
        let stride = trie.stride;
        // The nodes from the root to the one that is looked at, and the text up to each.
        let mut stack = String::new();
        let mut ends: Vec<usize> = Vec::new();
        let (mut path, mut before): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        for node in 0..trie.len() {
            if totals[node * stride..][..stride].iter().all(|&total| total == 0) {
                continue;
            }
            let label = trie.labels[node];
            let own: i64 = trie.own[node * stride..][..stride].iter().sum();
            ends.truncate(trie.depths[node] as usize);
            stack.truncate(ends.last().copied().unwrap_or(0));
            if label != NONE {
                if !stack.is_empty() {
                    stack.push(';');
                }
                stack.push_str(texts.of(label));
            }
            ends.push(stack.len());
            path.truncate(trie.depths[node] as usize);
            path.push(node);
            if own > 0 {
                let text = |end: usize| if end == 0 { texts.of(NONE) } else { &stack[..end] };
                if let Some(depth) = parting(trie, &before, &path) {
                    lines.push(text(ends[depth - 1]), 0);
                }
                lines.push(text(stack.len()), own);
                lines.nodes.push(node);
                before.clone_from(&path);
                if lines.text.len() > MOST_BYTES {
                    let what = "a picture that repeats more than 1 GiB of names; a larger --min-width draws less";
                    return Err(Error::limit(what));
                }
            }
        }
        Ok(lines)
    }

    fn push(&mut self, stack: &str, cost: i64) {
        self.text.push_str(stack);
        self.text.push_str(&format!(" {cost}"));
        self.ends.push(self.text.len());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns the lines from the last to the first, which is what a chart is drawn from.
    pub(super) fn reversed(&self) -> impl Iterator<Item = &str> {
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        let bounds: Vec<_> = starts.zip(self.ends.iter().copied()).collect();
        bounds.into_iter().rev().map(|(start, end)| &self.text[start..end])
    }

    /// Returns the node of each frame in the order in which frames are written: as they end, and of those
    /// that end together the outermost first.
    pub(super) fn closing_order(&self, trie: &Trie) -> Vec<usize> {
        let mut order = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let mut parents: Vec<usize> = Vec::new();
        let mut next = 0;
        for &node in &self.nodes {
            while next <= node {
                parents.truncate(trie.depths[next] as usize);
                parents.push(next);
                next += 1;
            }
            let mut path = parents.clone();
            if node == 0 {
                path.push(OTHER);
            } else if trie.labels[node] == NONE && path.len() > 2 {
                path.pop();
            }
            let shared = open.iter().zip(&path).take_while(|(one, other)| one == other).count();
            order.extend(open.drain(shared..));
            open = path;
        }
        order.extend(open);
        order
    }
}

/// Returns the depth at which two paths of nodes part though the labels are the same: another call of a function.
fn parting(trie: &Trie, before: &[usize], path: &[usize]) -> Option<usize> {
    let depth = before.iter().zip(path).take_while(|(one, other)| one == other).count();
    let label = |path: &[usize]| path.get(depth).map(|&node| trie.labels[node]).filter(|&label| label != NONE);
    (depth > 0 && label(path).is_some() && label(path) == label(before)).then_some(depth)
}
