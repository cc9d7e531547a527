//! Which edges a node has.

/// The places of edges by one of their ends, else in their order.
pub(super) struct ByEnd {
    starts: Vec<usize>,
    places: Vec<usize>,
}

impl ByEnd {
    /// Returns the places of edges with the given ends, among `count` nodes.
    pub(super) fn new(count: usize, ends: impl ExactSizeIterator<Item = usize> + Clone) -> ByEnd {
        let mut starts = vec![0; count + 1];
        ends.clone().for_each(|end| starts[end + 1] += 1);
        (0..count).for_each(|node| starts[node + 1] += starts[node]);
        let mut next = starts.clone();
        let mut places = vec![0; ends.len()];
        for (place, end) in ends.enumerate() {
            places[next[end]] = place;
            next[end] += 1;
        }
        ByEnd { starts, places }
    }

    /// Returns the places of the edges of a node.
    pub(super) fn of(&self, node: usize) -> &[usize] {
        &self.places[self.starts[node]..self.starts[node + 1]]
    }
}
