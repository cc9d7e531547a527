//! Stacks with some of their frames, worked out once for each row of the table of stacks.
//!
//! ```text
//! rows of stacks            rule: hide g           state of the row
//! 1  main                   main                   stack main, depth 1
//! 2  row 1 + f, g           main f                 stack main;f, depth 2
//! 3  row 2 + g, h           main f h               goes on from that of row 2
//! ```
//!
//! Which calls two samples share is counted in frames that are left: what a rule makes of the first `kept`
//! frames of a stack.

use profkit_core::{Frame, FrameId, Id, Profile, Result, Sample, Samples, StackId, Stacks, ThreadId};
use std::collections::HashMap;

/// What becomes of the frames of a stack, from the root on.
pub(super) enum Rule<'r> {
    /// Only those marked stay.
    Only(&'r [bool]),
    /// What is above the first one marked goes.
    FromFirst(&'r [bool]),
    /// What is above the last one marked goes.
    FromLast(&'r [bool]),
    /// What is below the last one marked goes.
    UpToLast(&'r [bool]),
    /// So many stay.
    Depth(u32),
    /// Of neighbours of the same function, the last one stays.
    OneOfFunction,
    /// Of neighbours that are this frame, one stays.
    OneOf(FrameId),
}

/// A profile after a rule.
pub(super) struct Rewritten {
    pub(super) profile: Profile,
    /// How many samples have fewer frames.
    pub(super) changed: u64,
}

/// Returns the profile with a rule applied to the stacks of all samples; one of which nothing is left has none.
pub(super) fn rewrite(profile: &Profile, rule: &Rule<'_>) -> Result<Rewritten> {
    let mut to = profile.clone();
    to.samples = Samples::new(profile.samples.stride());
    to.stacks = Stacks::default();
    to.set_max_depth(u32::MAX);
    let mut walk = Walk { from: profile, rule, to, run: Vec::new(), now: State::default() };
    let mut states: Vec<State> = Vec::with_capacity(profile.stacks.len());
    for id in profile.stacks.ids() {
        let (parent, run) = profile.stacks.row(id);
        walk.now = parent.map_or(State::default(), |parent| states[parent.index()]);
        run.iter().try_for_each(|&frame| walk.step(frame))?;
        walk.flush()?;
        states.push(walk.now);
    }
    let mut previous: HashMap<Option<ThreadId>, (Option<StackId>, u32)> = HashMap::new();
    let mut changed = 0;
    for sample in profile.samples.iter() {
        let state = sample.stack.map_or(State::default(), |id| states[id.index()]);
        let (stack, depth) = state.end(rule);
        changed += u64::from(sample.stack.is_some_and(|id| profile.stacks.depth(id) != depth));
        let mut kept = None;
        if let Some(frames) = sample.kept {
            let left = sample.stack.map_or(Ok(0), |id| walk.left_of(id, frames, &states))?.min(depth);
            let gone = sample.stack.map_or(0, |id| profile.stacks.depth(id) - depth);
            kept = Some(match (rule, previous.insert(sample.thread, (stack, gone))) {
                // The neighbour may begin further down.
                (Rule::FromLast(_), last) if last.is_none_or(|(_, gone_there)| gone_there != gone) => 0,
                // The neighbour may end further up.
                (Rule::UpToLast(_), last) => {
                    let above = last.and_then(|(last, _)| last);
                    left.min(above.map_or(0, |above| walk.to.stacks.depth(above)))
                }
                // What stands for a frame depends on those below it.
                (Rule::OneOfFunction, last) => left.min(common(&walk.to, last.and_then(|(last, _)| last), stack)),
                _ => left,
            });
        }
        walk.to.samples.push(Sample { stack, kept, ..sample });
    }
    Ok(Rewritten { profile: walk.to, changed })
}

/// How far a stack is worked out.
#[derive(Clone, Copy, Default)]
struct State {
    stack: Option<StackId>,
    depth: u32,
    /// Whether of the current group of inlined functions nothing is left, though there was something.
    is_beheaded: bool,
    /// Whether a frame marked was met.
    found: bool,
    /// What was there with the last one marked.
    marked: Option<(StackId, u32)>,
}

impl State {
    fn end(&self, rule: &Rule<'_>) -> (Option<StackId>, u32) {
        match (rule, self.marked) {
            (Rule::UpToLast(_), Some((stack, depth))) => (Some(stack), depth),
            _ => (self.stack, self.depth),
        }
    }
}

/// A walk along a stack from the root on; `run` is what is not in the stack of `now` yet.
struct Walk<'w> {
    from: &'w Profile,
    rule: &'w Rule<'w>,
    to: Profile,
    run: Vec<FrameId>,
    now: State,
}

impl Walk<'_> {
    fn step(&mut self, id: FrameId) -> Result<()> {
        let frame = self.from.frames[id];
        match *self.rule {
            Rule::Only(marked) => self.push_if(marked[id.index()], id, frame),
            Rule::Depth(most) => self.push_if(self.now.depth < most, id, frame),
            Rule::OneOf(one) => self.push_if(id != one || self.last() != Some(one), id, frame),
            Rule::FromFirst(marked) => {
                self.now.found |= marked[id.index()];
                self.push_if(self.now.found, id, frame);
            }
            Rule::FromLast(marked) => {
                if marked[id.index()] {
                    self.run.clear();
                    self.now = State { found: true, is_beheaded: frame.inlined, ..State::default() };
                }
                self.push_if(self.now.found, id, frame);
            }
            Rule::UpToLast(marked) => {
                self.push_if(true, id, frame);
                if marked[id.index()] {
                    self.flush()?;
                    self.now.marked = self.now.stack.map(|stack| (stack, self.now.depth));
                }
            }
            Rule::OneOfFunction => match self.last().map(|last| self.to.frames[last]) {
                Some(last) if last.function.is_some() && last.function == frame.function => {
                    self.pop();
                    let inlined = frame.inlined && last.inlined;
                    let id = self.to.frame(Frame { inlined, ..frame });
                    self.push_if(true, id, Frame { inlined, ..frame });
                }
                _ => self.push_if(true, id, frame),
            },
        }
        Ok(())
    }

    /// Adds a frame that stays. The outermost one left of a group of inlined functions is not inlined.
    fn push_if(&mut self, stays: bool, id: FrameId, frame: Frame) {
        if !stays {
            self.now.is_beheaded |= !frame.inlined;
            return;
        }
        let is_outermost = frame.inlined && self.now.is_beheaded;
        let id = if is_outermost { self.to.frame(Frame { inlined: false, ..frame }) } else { id };
        self.now.is_beheaded = false;
        self.now.depth += 1;
        self.run.push(id);
    }

    fn last(&self) -> Option<FrameId> {
        self.run.last().copied().or_else(|| self.now.stack.map(|stack| self.to.stacks.leaf(stack)))
    }

    fn pop(&mut self) {
        self.now.depth -= 1;
        if self.run.pop().is_none()
            && let Some(stack) = self.now.stack
        {
            let (parent, run) = self.to.stacks.row(stack);
            self.run.extend_from_slice(&run[..run.len() - 1]);
            self.now.stack = parent;
        }
    }

    fn flush(&mut self) -> Result<()> {
        if !self.run.is_empty() {
            self.now.stack = Some(self.to.extend(self.now.stack, &self.run)?);
            self.run.clear();
        }
        Ok(())
    }

    /// Returns how many frames are left of the first `frames` of a stack.
    fn left_of(&mut self, stack: StackId, frames: u32, states: &[State]) -> Result<u32> {
        let stacks = &self.from.stacks;
        if let Rule::FromFirst(_) | Rule::FromLast(_) = self.rule {
            // What goes is at the root.
            return Ok(frames.saturating_sub(stacks.depth(stack) - states[stack.index()].depth));
        }
        let mut row = stack;
        let above = loop {
            match stacks.row(row).0 {
                Some(parent) if stacks.depth(parent) >= frames => row = parent,
                parent => break parent,
            }
        };
        if stacks.depth(row) == frames {
            return Ok(states[row.index()].depth);
        }
        let done = above.map_or(0, |parent| stacks.depth(parent));
        self.now = above.map_or(State::default(), |parent| states[parent.index()]);
        for &frame in stacks.row(row).1.iter().take((frames - done) as usize) {
            self.step(frame)?;
        }
        self.run.clear();
        Ok(self.now.depth)
    }
}

/// Returns how many frames two stacks have in common, from the root on.
fn common(profile: &Profile, a: Option<StackId>, b: Option<StackId>) -> u32 {
    let path = |stack: Option<StackId>| {
        let mut path = Vec::new();
        stack.iter().for_each(|&stack| profile.stacks.read_path(stack, &mut path));
        path
    };
    path(a).iter().zip(&path(b)).take_while(|(a, b)| a == b).count() as u32
}

/// Returns for each stack whether it has a frame that is marked.
pub(super) fn with_any(profile: &Profile, marked: &[bool]) -> Vec<bool> {
    let mut found: Vec<bool> = Vec::with_capacity(profile.stacks.len());
    for id in profile.stacks.ids() {
        let (parent, run) = profile.stacks.row(id);
        found.push(parent.is_some_and(|it| found[it.index()]) || run.iter().any(|frame| marked[frame.index()]));
    }
    found
}
