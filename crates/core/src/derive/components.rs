//! The cycles of a call graph: which functions reach each other.

/// The strongly connected components of a call graph, callees before their callers.
///
/// ```
/// use profkit_core::derive::Components;
///
/// // 0 calls 1, which calls 2, which calls 1 again.
/// let components = Components::new(3, [(0, 1), (1, 2), (2, 1)].into_iter());
/// assert_eq!(components.members, [vec![1, 2], vec![0]]);
/// assert_eq!(components.of, [1, 0, 0]);
/// ```
pub struct Components {
    /// The functions of each component, ascending.
    pub members: Vec<Vec<usize>>,
    /// The component of each function.
    pub of: Vec<usize>,
}

impl Components {
    /// Returns the components of `count` functions that call each other by `arcs`, caller first.
    ///
    /// Kosaraju's way: functions are left in some order on the way up, and the last of them that is left over is where the
    /// next component is found on the way down. Nothing recurses: a chain of calls may be as long as some generated parsers
    /// have.
    ///
    /// # Panics
    ///
    /// Panics where an arc has an end that is none of the functions.
    pub fn new(count: usize, arcs: impl Iterator<Item = (usize, usize)>) -> Components {
        let arcs: Vec<(u32, u32)> = arcs.map(|(caller, callee)| (caller as u32, callee as u32)).collect();
        let callers = Neighbours::new(count, arcs.iter().map(|&(caller, callee)| (callee, caller)));
        let left = left_on_the_way_up(count, &callers);
        drop(callers);
        let callees = Neighbours::new(count, arcs.iter().copied());
        let mut of = vec![usize::MAX; count];
        let mut members: Vec<Vec<usize>> = Vec::new();
        let mut next: Vec<u32> = Vec::new();
        for &first in left.iter().rev() {
            let mut functions: Vec<usize> = Vec::new();
            next.push(first);
            while let Some(function) = next.pop() {
                if of[function as usize] == usize::MAX {
                    of[function as usize] = members.len();
                    functions.push(function as usize);
                    next.extend(callees.of(function));
                }
            }
            if !functions.is_empty() {
                functions.sort_unstable();
                members.push(functions);
            }
        }
        Components { members, of }
    }
}

/// Returns the functions in the order in which a search from callees to callers leaves them.
fn left_on_the_way_up(count: usize, callers: &Neighbours) -> Vec<u32> {
    let mut left = Vec::with_capacity(count);
    let (mut is_met, mut is_left) = (vec![false; count], vec![false; count]);
    let mut path: Vec<u32> = Vec::new();
    for start in 0..count as u32 {
        path.push(start);
        while let Some(&function) = path.last() {
            if !std::mem::replace(&mut is_met[function as usize], true) {
                path.extend(callers.of(function).iter().rev().filter(|&&caller| !is_met[caller as usize]));
                continue;
            }
            path.pop();
            if !std::mem::replace(&mut is_left[function as usize], true) {
                left.push(function);
            }
        }
    }
    left
}

/// Who is called by each function, or calls it.
struct Neighbours {
    starts: Vec<u32>,
    ids: Vec<u32>,
}

impl Neighbours {
    fn new(count: usize, arcs: impl ExactSizeIterator<Item = (u32, u32)> + Clone) -> Neighbours {
        let mut starts = vec![0u32; count + 1];
        arcs.clone().for_each(|(from, _)| starts[from as usize + 1] += 1);
        (0..count).for_each(|node| starts[node + 1] += starts[node]);
        let mut ids = vec![0; arcs.len()];
        let mut next = starts.clone();
        for (from, to) in arcs {
            let place = &mut next[from as usize];
            ids[*place as usize] = to;
            *place += 1;
        }
        Neighbours { starts, ids }
    }

    fn of(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.ids[self.starts[node] as usize..self.starts[node + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::Components;

    #[test]
    fn a_chain_of_calls_may_be_long() {
        let count = 200_000;
        let components = Components::new(count, (1..count).map(|callee| (callee - 1, callee)));
        assert_eq!(components.members.len(), count);
        assert_eq!(components.of[0], count - 1, "callers come last");
    }

    #[test]
    fn a_cycle_may_be_long() {
        let count = 200_000;
        let components = Components::new(count, (0..count).map(|caller| (caller, (caller + 1) % count)));
        assert_eq!(components.members.len(), 1);
        assert!(components.members[0].is_sorted());
    }

    #[test]
    fn components_are_the_functions_that_reach_each_other_callees_first() {
        let mut state = 1u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let mut cycles = 0;
        for _ in 0..500 {
            let count = 1 + random(12);
            let arcs: Vec<(usize, usize)> = (0..random(24)).map(|_| (random(count), random(count))).collect();
            let mut reaches: Vec<Vec<bool>> =
                (0..count).map(|from| (0..count).map(|to| from == to).collect()).collect();
            for _ in 0..count {
                for &(caller, callee) in &arcs {
                    (0..count).for_each(|to| reaches[caller][to] |= reaches[callee][to]);
                }
            }
            let components = Components::new(count, arcs.into_iter());
            for (from, to) in (0..count).flat_map(|from| (0..count).map(move |to| (from, to))) {
                let is_one = components.of[from] == components.of[to];
                assert_eq!(is_one, reaches[from][to] && reaches[to][from]);
                assert!(components.of[to] <= components.of[from] || !reaches[from][to]);
                assert!(components.members[components.of[from]].contains(&from));
            }
            cycles += components.members.iter().filter(|members| members.len() > 1).count();
        }
        assert!(cycles > 100, "{cycles}");
    }
}
