//! Stacks as a tree: what begins alike is drawn as one.
//!
//! Most tools build such a tree by looking up every frame of every stack in a hash table. Here the stacks
//! are sorted by their frames, one frame at a time and only where they still agree, and what is equal
//! becomes a node:
//!
//! ```text
//! a;b;c 3        depth 1   a ─────────── 8        preorder:  label  depth  own
//! a;d   1   ->   depth 2   b ───── 7  d  1   ->              a      1      0
//! a;b   4        depth 3   c  3                              b      2      4
//!                                                            c      3      3
//!                                                            d      2      1
//! ```
//!
//! A node that weighs less than the least that is drawn is not made: its weight stays with its parent, and
//! nobody looks at the frames below it.

use profkit_core::{Result, in_order};

/// The number that stands behind the last label of a path. In a tree by time, it labels what a node spent
/// on its own in one piece.
pub(crate) const NONE: u32 = 0;

/// How many labels all paths together may have: half a gigabyte of them.
pub(crate) const MOST_LABELS: usize = 1 << 27;

/// How many paths are sorted at once. What has no more is sorted without any thread.
const PATHS_AT_ONCE: usize = 1 << 14;

/// Paths of labels, root first, each with a weight and values. Labels are counted from 1.
#[derive(Default)]
pub(crate) struct Paths {
    stride: usize,
    /// All paths one after the other, with [`NONE`] behind each.
    labels: Vec<u32>,
    starts: Vec<u32>,
    /// By which nodes are judged: what is drawn as their width.
    weights: Vec<i64>,
    values: Vec<i64>,
}

/// In which order the children of a node are drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Label,
    Weight,
}

/// A tree in preorder. The first node is the root, of depth 0 and without a label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trie {
    pub(crate) stride: usize,
    pub(crate) labels: Vec<u32>,
    pub(crate) depths: Vec<u32>,
    /// What each node has beside its children, one number per value.
    pub(crate) own: Vec<i64>,
    /// How many subtrees were too light to be drawn.
    pub(crate) pruned: u64,
}

impl Paths {
    pub(crate) fn new(stride: usize) -> Paths {
        Paths { stride, ..Paths::default() }
    }

    /// Adds a path. Returns whether there was room for it.
    pub(crate) fn push(&mut self, path: &[u32], weight: i64, values: &[i64]) -> bool {
        if self.labels.len() + path.len() >= MOST_LABELS {
            return false;
        }
        self.starts.push(self.labels.len() as u32);
        self.labels.extend_from_slice(path);
        self.labels.push(NONE);
        self.weights.push(weight);
        self.values.extend_from_slice(values);
        true
    }

    /// Adds the paths of another list. Returns whether there was room for them.
    pub(crate) fn append(&mut self, other: &Paths) -> bool {
        if self.labels.len() + other.labels.len() > MOST_LABELS {
            return false;
        }
        let offset = self.labels.len() as u32;
        self.starts.extend(other.starts.iter().map(|start| offset + start));
        self.labels.extend_from_slice(&other.labels);
        self.weights.extend_from_slice(&other.weights);
        self.values.extend_from_slice(&other.values);
        true
    }

    /// Returns the tree of all paths, less the nodes that weigh less than `least`, made in so many threads.
    pub(crate) fn into_trie(self, least: i64, by: By, threads: usize) -> Result<Trie> {
        self.into_trie_in_parts(least, by, threads, PATHS_AT_ONCE)
    }

    /// Sorts so many paths at once, those of one subtree; the tree is the same for any number of them.
    fn into_trie_in_parts(self, least: i64, by: By, threads: usize, most: usize) -> Result<Trie> {
        let places = self.starts.iter().enumerate();
        let mut rows: Vec<Row> = places.map(|(row, &at)| Row { next: NONE, at, row: row as u32 }).collect();
        let mut pending = vec![Group { label: NONE, depth: 0, from: 0, to: rows.len(), weight: 0 }];
        let (mut parts, mut children) = (Vec::new(), Vec::new());
        let mut room = 0;
        while let Some(group) = pending.pop() {
            let paths = group.to - group.from;
            if paths <= most {
                match parts.last_mut().filter(|_| paths <= room) {
                    Some(Part::Subtrees(groups)) => groups.push(group),
                    _ => {
                        parts.push(Part::Subtrees(vec![group]));
                        room = most;
                    }
                }
                room -= paths;
                continue;
            }
            let mut node = Trie::new(self.stride);
            self.open(&group, &mut rows, (least, by), &mut node, &mut children);
            parts.push(Part::Node(node));
            pending.extend(children.drain(..).rev());
        }
        let made = |part: &Part| match part {
            Part::Node(node) => node.clone(),
            Part::Subtrees(groups) => self.subtrees(groups, &rows, (least, by)),
        };
        let mut trie = Trie::new(self.stride);
        in_order(&parts, threads, &made, &mut |part: Trie| -> Result<()> {
            trie.append(&part);
            Ok(())
        })?;
        Ok(trie)
    }

    /// Returns the nodes of some groups with all that is below them.
    fn subtrees(&self, groups: &[Group], rows: &[Row], least: (i64, By)) -> Trie {
        let mut trie = Trie::new(self.stride);
        let (mut pending, mut children) = (Vec::new(), Vec::new());
        for group in groups {
            let mut rows = rows[group.from..group.to].to_vec();
            pending.push(Group { from: 0, to: rows.len(), ..*group });
            while let Some(group) = pending.pop() {
                self.open(&group, &mut rows, least, &mut trie, &mut children);
                pending.extend(children.drain(..).rev());
            }
        }
        trie
    }

    /// Adds a node to a tree, and its children to those that are still to be made.
    fn open(
        &self,
        group: &Group,
        rows: &mut [Row],
        (least, by): (i64, By),
        trie: &mut Trie,
        children: &mut Vec<Group>,
    ) {
        trie.open(group.label, group.depth);
        let rows = &mut rows[group.from..group.to];
        let mut is_sorted = true;
        let mut before = NONE;
        for row in rows.iter_mut() {
            row.next = self.labels[row.at as usize];
            row.at += 1;
            is_sorted &= before <= row.next;
            before = row.next;
        }
        if !is_sorted {
            rows.sort_unstable_by_key(|row| row.next);
        }
        let mut from = group.from;
        for run in rows.chunk_by(|one, other| one.next == other.next) {
            let label = run[0].next;
            let weight = run.iter().map(|row| self.weights[row.row as usize]).sum();
            if label != NONE && weight >= least {
                children.push(Group { label, depth: group.depth + 1, from, to: from + run.len(), weight });
            } else {
                trie.pruned += u64::from(label != NONE);
                for row in run {
                    trie.add_own(&self.values[row.row as usize * self.stride..][..self.stride]);
                }
            }
            from += run.len();
        }
        if by == By::Weight {
            children.sort_by_key(|child| std::cmp::Reverse(child.weight));
        }
    }
}

/// A part of the tree, in preorder.
enum Part {
    /// A node that so many paths share that its children are parts of their own.
    Node(Trie),
    /// Nodes with all that is below them.
    Subtrees(Vec<Group>),
}

/// A path on its way into the tree.
#[derive(Clone)]
struct Row {
    /// The label that comes next.
    next: u32,
    /// Where the one after it stands.
    at: u32,
    row: u32,
}

/// Rows that are equal up to a depth: a node to be.
struct Group {
    label: u32,
    depth: u32,
    from: usize,
    to: usize,
    weight: i64,
}

impl Trie {
    fn new(stride: usize) -> Trie {
        Trie { stride, ..Trie::default() }
    }

    /// Returns a tree of nothing but a root.
    pub(crate) fn root(stride: usize) -> Trie {
        let mut trie = Trie::new(stride);
        trie.open(NONE, 0);
        trie
    }

    /// Adds a node.
    pub(crate) fn open(&mut self, label: u32, depth: u32) {
        self.labels.push(label);
        self.depths.push(depth);
        self.own.resize(self.own.len() + self.stride, 0);
    }

    /// Adds values to the last node.
    pub(crate) fn add_own(&mut self, values: &[i64]) {
        let last = self.own.len() - self.stride;
        for (sum, value) in self.own[last..].iter_mut().zip(values) {
            *sum += value;
        }
    }

    /// Adds the nodes of another tree.
    fn append(&mut self, other: &Trie) {
        self.labels.extend_from_slice(&other.labels);
        self.depths.extend_from_slice(&other.depths);
        self.own.extend_from_slice(&other.own);
        self.pruned += other.pruned;
    }

    /// Returns this tree with every node that has less than `least` with its children as a piece of its
    /// parent's own time.
    pub(crate) fn thinned(&self, least: i64) -> Trie {
        let totals = self.totals();
        let mut thin = Trie::new(self.stride);
        let mut node = 0;
        while node < self.len() {
            let (depth, total) = (self.depths[node], totals[node]);
            let is_root = depth == 0;
            if self.labels[node] != NONE && total >= least || is_root {
                thin.open(self.labels[node], depth);
                thin.add_own(&self.own[node..=node]);
                node += 1;
                continue;
            }
            if thin.labels.last() != Some(&NONE) || thin.depths.last() != Some(&depth) {
                thin.open(NONE, depth);
            }
            thin.pruned += u64::from(self.labels[node] != NONE);
            thin.add_own(&[total]);
            node += 1;
            while node < self.len() && self.depths[node] > depth {
                node += 1;
            }
        }
        thin
    }

    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    /// Returns what each node has with its children, one number per value.
    pub(crate) fn totals(&self) -> Vec<i64> {
        let stride = self.stride;
        let mut totals = self.own.clone();
        // For each depth, what the nodes seen so far will add to the next one above.
        let mut sums: Vec<i64> = Vec::new();
        for (node, &depth) in self.depths.iter().enumerate().rev() {
            let below = (depth as usize + 1) * stride;
            sums.resize(sums.len().max(below + stride), 0);
            for column in 0..stride {
                let total = &mut totals[node * stride + column];
                *total += std::mem::take(&mut sums[below + column]);
                sums[below - stride + column] += *total;
            }
        }
        totals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(rows: &[(&[u32], i64)]) -> Paths {
        let mut paths = Paths::new(1);
        for (path, value) in rows {
            assert!(paths.push(path, *value, &[*value]));
        }
        paths
    }

    fn nodes(trie: &Trie) -> Vec<(u32, u32, i64, i64)> {
        let totals = trie.totals();
        (0..trie.len()).map(|node| (trie.labels[node], trie.depths[node], trie.own[node], totals[node])).collect()
    }

    const ROWS: &[(&[u32], i64)] = &[(&[1, 2, 3], 3), (&[1, 4], 1), (&[1, 2], 4), (&[], 2), (&[1, 2, 3], 2), (&[5], 9)];

    #[test]
    fn equal_beginnings_are_one_node() {
        let trie = paths(ROWS).into_trie(0, By::Label, 1).unwrap();
        let wanted = [(0, 0, 2, 21), (1, 1, 0, 10), (2, 2, 4, 9), (3, 3, 5, 5), (4, 2, 1, 1), (5, 1, 9, 9)];
        assert_eq!((nodes(&trie).as_slice(), trie.pruned), (&wanted[..], 0));
    }

    #[test]
    fn lists_join_as_if_they_were_one() {
        let whole = paths(ROWS).into_trie(0, By::Label, 1).unwrap();
        for at in 0..=ROWS.len() {
            let mut joined = paths(&ROWS[..at]);
            assert!(joined.append(&paths(&ROWS[at..])));
            assert_eq!(joined.into_trie(0, By::Label, 1).unwrap(), whole, "{at}");
        }
    }

    #[test]
    fn any_number_of_parts_and_threads_makes_the_same_tree() {
        let many: Vec<Vec<u32>> =
            (0..400).map(|row| (0..row % 7).map(|depth| 1 + row * row % (depth + 3)).collect()).collect();
        let rows: Vec<(&[u32], i64)> = many.iter().zip(1..).map(|(path, weight)| (&path[..], weight)).collect();
        for (least, by) in [(0, By::Label), (0, By::Weight), (700, By::Label), (700, By::Weight)] {
            let whole = paths(&rows).into_trie(least, by, 1).unwrap();
            assert!(whole.len() > 15);
            for most in [0, 1, 3, 50] {
                for threads in [0, 1, 3] {
                    let parts = paths(&rows).into_trie_in_parts(least, by, threads, most).unwrap();
                    assert_eq!(parts, whole, "{most} paths at once, {threads} threads");
                }
            }
        }
    }

    #[test]
    fn the_heaviest_child_may_come_first() {
        let mut rows = ROWS.to_vec();
        rows.push((&[5], 9));
        let labels = paths(&rows).into_trie(0, By::Weight, 1).unwrap().labels;
        assert_eq!(labels, [0, 5, 1, 2, 3, 4]);
    }

    #[test]
    fn what_is_too_light_stays_with_its_parent() {
        let trie = paths(ROWS).into_trie(6, By::Label, 1).unwrap();
        assert_eq!(nodes(&trie), [(0, 0, 2, 21), (1, 1, 1, 10), (2, 2, 9, 9), (5, 1, 9, 9)]);
        assert_eq!(trie.pruned, 2);
    }

    #[test]
    fn a_deep_stack_is_no_recursion() {
        let deep: Vec<u32> = (1..300_000).collect();
        let trie = paths(&[(&deep, 1), (&deep, 2)]).into_trie(0, By::Label, 1).unwrap();
        assert_eq!((trie.len(), trie.totals()[1], trie.own[299_999]), (300_000, 3, 3));
    }

    #[test]
    fn nothing_is_a_root_alone() {
        assert_eq!(nodes(&paths(&[]).into_trie(1, By::Label, 1).unwrap()), [(0, 0, 0, 0)]);
    }
}
