//! The sum of the profiles that were added so far.

use super::columns::{Plan, Shares};
use super::graphs::Graphs;
use super::header;
use super::mappings::Mappings;
use super::rows::Rows;
use super::sessions::Sessions;
use super::threads::{Joined, Sources, is_nameless};
use super::times::Clock;
use profkit_core::{Error, Facets, NoteKind, Notes, Profile, Result, Sample, Transfer};

/// A profile to be added, and what is known of the inputs that it is made of.
#[derive(Debug)]
pub(super) struct Part {
    profile: Profile,
    are_joined: bool,
    shares: Shares,
    clock: Clock,
    shapes: Shapes,
    shown: Option<Shown>,
    sessions: Sessions,
}

/// A merged profile that grows.
#[derive(Debug)]
pub(super) struct Sum {
    profile: Profile,
    shares: Shares,
    clock: Clock,
    shapes: Shapes,
    shown: Option<Shown>,
    sessions: Sessions,
    rows: Rows,
    graphs: Graphs,
    sources: Sources,
    mappings: Mappings,
}

/// The names of the first inputs of each shape.
#[derive(Clone, Debug, Default)]
struct Shapes {
    stacks: Option<String>,
    call_graphs: Option<String>,
}

/// The value to show first: the one that the first input shows.
#[derive(Clone, Copy, Debug)]
struct Shown {
    column: usize,
    /// Whether that input says so, and not just the habit of its sort.
    is_stated: bool,
}

impl Part {
    /// Returns an input as a part; `are_joined` says that its threads are the same as those of other inputs.
    pub(super) fn of(name: &str, mut profile: Profile, are_joined: bool, notes: &mut Notes) -> Part {
        let (has_stacks, has_graphs) = (!profile.samples.is_empty(), !profile.calls.is_empty());
        if has_stacks && has_graphs {
            let what = "an input says its cost twice, as stacks and as call graphs";
            let graphs = std::mem::take(&mut profile.calls).len() as u64;
            let of = "call graphs are left out|call graph is left out";
            notes.add(NoteKind::Lost, what, graphs, of, || name.to_owned());
        }
        let named = |is: bool| is.then(|| name.to_owned());
        let is_stated = profile.meta.default_value.is_some_and(|column| column < profile.value_types.len());
        let shown = Shown { column: profile.default_value(), is_stated };
        Part {
            are_joined,
            shares: Shares::one(name, &profile.value_types, has_stacks || has_graphs),
            clock: Clock::of(profile.meta.start_ns, &profile.samples),
            shapes: Shapes { stacks: named(has_stacks), call_graphs: named(has_graphs && !has_stacks) },
            shown: (!profile.value_types.is_empty()).then_some(shown),
            sessions: Sessions::of(&profile),
            profile,
        }
    }
}

impl Sum {
    /// Returns the sum of one part.
    pub(super) fn of(part: Part) -> Result<Sum> {
        let Part { mut profile, are_joined, shares, mut clock, shapes, shown, sessions } = part;
        profile.set_max_depth(u32::MAX);
        let sources = Sources::of(&profile, are_joined);
        let rows = Rows::of(&mut profile)?;
        clock.truncate(profile.samples.len());
        let graphs = Graphs::of(&mut profile)?;
        let mappings = Mappings::of(&profile);
        Ok(Sum { profile, shares, clock, shapes, shown, sessions, rows, graphs, sources, mappings })
    }

    /// Returns the sum as a part of another one.
    pub(super) fn into_part(self) -> Part {
        let Sum { mut profile, shares, clock, shapes, shown, sessions, graphs, sources, .. } = self;
        profile.calls = graphs.finish(profile.value_types.len());
        Part { profile, are_joined: sources.are_joined(), shares, clock, shapes, shown, sessions }
    }

    /// Adds a part.
    pub(super) fn add(&mut self, part: Part, threads: usize, notes: &mut Notes) -> Result<()> {
        let Part { profile: from, shares, clock, shapes, shown, sessions, .. } = part;
        self.shapes.add(shapes)?;
        let plan = Plan::of(&self.profile.value_types, &from.value_types, notes)?;
        self.widen(&plan)?;
        self.shares.add(shares, &plan);
        let moved = |shown: Shown| Shown { column: plan.places[shown.column], ..shown };
        self.shown = self.shown.or(shown.map(moved));
        header::join(&mut self.profile.meta, &from.meta, notes)?;
        let mut transfer = Transfer::new(&from, Facets::NONE);
        self.mappings.join(&from, &mut self.profile, &mut transfer);
        let joined = self.sources.join(&from, &mut self.profile, &mut transfer)?;
        let shift_ns = self.clock.add(&clock)?;
        joined.join_meta(&from.meta, &mut self.profile.meta, shift_ns)?;
        self.sessions.add(&sessions, &plan, joined.goes_on);
        transfer.rows_of_samples(&mut self.profile, threads)?;
        self.add_samples(&from, &mut transfer, &plan, &joined, (&clock, shift_ns))?;
        self.graphs.join(&from, &mut self.profile, &mut transfer, &plan)
    }

    fn widen(&mut self, plan: &Plan) -> Result<()> {
        if plan.keeps_merged() {
            self.profile.value_types.clone_from(&plan.value_types);
            return Ok(());
        }
        for (column, &factor) in plan.own_factors.iter().enumerate().filter(|&(_, &factor)| factor != 1) {
            self.profile.samples.scale(column, factor)?;
        }
        self.profile.samples.widen(plan.value_types.len());
        self.graphs.widen(plan)?;
        self.profile.value_types.clone_from(&plan.value_types);
        Ok(())
    }

    fn add_samples(
        &mut self,
        from: &Profile,
        transfer: &mut Transfer<'_>,
        plan: &Plan,
        threads: &Joined,
        (clock, shift_ns): (&Clock, i64),
    ) -> Result<()> {
        let to = &mut self.profile;
        let is_plain = plan.is_plain();
        let mut values = Vec::new();
        for (row, sample) in from.samples.iter().enumerate() {
            let is_loose = sample.time_ns.is_some() && clock.is_loose(row);
            let shift_ns = if is_loose { 0 } else { shift_ns };
            let time_ns =
                sample.time_ns.map(|time| time.checked_add(shift_ns).ok_or_else(|| Error::overflow("a time")));
            if !is_plain {
                plan.spread(sample.values, &mut values)?;
            }
            let moved = Sample {
                stack: sample.stack.map(|stack| transfer.stack(to, stack)).transpose()?,
                values: if is_plain { sample.values } else { &values },
                time_ns: time_ns.transpose()?,
                thread: if is_nameless(&sample) { threads.nameless } else { transfer.thread(to, sample.thread) },
                labels: transfer.labels(to, sample.labels),
                kept: sample.kept,
            };
            if is_loose {
                self.clock.loosen(to.samples.len());
            }
            self.rows.add(&mut to.samples, moved)?;
        }
        Ok(())
    }

    /// Returns the merged profile.
    pub(super) fn finish(self, notes: &mut Notes) -> Result<Profile> {
        let Sum { mut profile, shares, clock, shown, sessions, graphs, .. } = self;
        profile.calls = graphs.finish(profile.value_types.len());
        clock.settle(&mut profile, notes)?;
        shares.note(&profile.value_types, notes);
        sessions.settle(&mut profile, notes)?;
        profile.meta.default_value = None;
        if let Some(Shown { column, is_stated }) = shown {
            profile.meta.default_value = (is_stated || profile.default_value() != column).then_some(column);
        }
        Ok(profile)
    }
}

impl Shapes {
    fn add(&mut self, other: Shapes) -> Result<()> {
        self.stacks = self.stacks.take().or(other.stacks);
        self.call_graphs = self.call_graphs.take().or(other.call_graphs);
        match (&self.stacks, &self.call_graphs) {
            (Some(stacks), Some(call_graphs)) => Err(Error::unsupported(format!(
                "{stacks} holds stacks and {call_graphs} a call graph, which never knew its stacks: they cannot be \
                 added up, unless all of them are taken as call graphs"
            ))),
            _ => Ok(()),
        }
    }
}
