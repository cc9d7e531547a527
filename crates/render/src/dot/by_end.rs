//! Which edges a node has.

/// The places of edges by one of their ends, else in their order.
#[derive(Debug, Default)]
pub(super) struct ByEnd {
    starts: Vec<u32>,
    places: Vec<u32>,
}

impl ByEnd {
    /// Returns the places of edges with the given ends, among `count` nodes.
    pub(super) fn new(count: usize, ends: impl ExactSizeIterator<Item = usize> + Clone) -> ByEnd {
        let mut starts = vec![0u32; count + 1];
        ends.clone().for_each(|end| starts[end + 1] += 1);
        (0..count).for_each(|node| starts[node + 1] += starts[node]);
        let mut next = starts.clone();
        let mut places = vec![0; ends.len()];
        for (place, end) in (0..).zip(ends) {
            places[next[end] as usize] = place;
            next[end] += 1;
        }
        ByEnd { starts, places }
    }

    /// Returns the places of the edges of a node.
    pub(super) fn of(&self, node: usize) -> impl ExactSizeIterator<Item = usize> + Clone {
        self.places[self.starts[node] as usize..self.starts[node + 1] as usize].iter().map(|&place| place as usize)
    }
}
