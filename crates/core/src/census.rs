//! Which facets a profile has, how often, and where first.

use crate::calls::CallGraph;
use crate::facet::{Facet, Facets};
use crate::hash::Map;
use crate::id::Id;
use crate::profile::Profile;
use crate::samples::Sample;
use crate::value::{Dimension, Role, Unit, ValueType};
use std::hash::Hash;

/// How often a profile has each facet, with a first example.
#[derive(Clone, Debug)]
pub struct Census {
    rows: Vec<(u64, Option<String>)>,
    /// The number of value types.
    pub value_types: usize,
    /// The number of samples.
    pub samples: u64,
    /// The number of call graphs.
    pub call_graphs: usize,
    /// The number of different threads of samples and call graphs, "no thread" being one of them.
    pub threads: usize,
    /// The number of functions that share their name with another one.
    pub namesakes: u64,
    /// The number of functions that share both name and file with another one.
    pub namesakes_in_file: u64,
    /// The most columns of call counts that a call graph has: one, but for the call graphs of a diff.
    pub count_columns: usize,
}

impl Census {
    /// Returns how often the facet is there.
    pub fn count(&self, facet: Facet) -> u64 {
        self.rows[facet as usize].0
    }

    /// Returns the first example of a facet in the words of the profile.
    pub fn example(&self, facet: Facet) -> Option<&str> {
        self.rows[facet as usize].1.as_deref()
    }

    /// Returns the facets that are there.
    pub fn present(&self) -> Facets {
        Facet::ALL.iter().fold(Facets::NONE, |set, &facet| set.with_if(facet, self.count(facet) > 0))
    }

    fn add(&mut self, facet: Facet, is_there: bool, example: impl FnOnce() -> String) {
        let (count, first) = &mut self.rows[facet as usize];
        if is_there {
            if *count == 0 {
                let text = example();
                *first = (!text.is_empty()).then_some(text);
            }
            *count += 1;
        }
    }
}

impl Profile {
    /// Counts every facet of the profile.
    ///
    /// Frames, functions and mappings count whether or not a sample points at them.
    pub fn census(&self) -> Census {
        let mut census = Census {
            rows: vec![(0, None); Facet::ALL.len()],
            value_types: self.value_types.len(),
            samples: 0,
            call_graphs: self.calls.len(),
            threads: 0,
            namesakes: 0,
            namesakes_in_file: 0,
            count_columns: self.calls.iter().map(CallGraph::count_stride).max().unwrap_or(1),
        };
        self.count_values(&mut census);
        self.count_samples(&mut census);
        self.count_calls(&mut census);
        self.count_threads(&mut census);
        self.count_functions(&mut census);
        self.count_frames(&mut census);
        self.count_meta(&mut census);
        census
    }

    fn count_values(&self, census: &mut Census) {
        let unnamed = ValueType::unnamed();
        for (index, value_type) in self.value_types.iter().enumerate() {
            let name = || format!("{}/{}", value_type.kind, value_type.unit.name);
            census.add(Facet::SeveralValues, index != self.default_value(), name);
            let is_named = value_type.kind != unnamed.kind || value_type.unit.name != unnamed.unit.name;
            census.add(Facet::ValueTypes, is_named, name);
            let is_odd = value_type.role != self.usual_role(value_type);
            census.add(Facet::Roles, is_odd, || format!("{} {}", name(), value_type.role.name()));
        }
        let period_type = self.meta.period.iter().filter_map(|period| period.value_type.as_ref());
        for unit in self.value_types.iter().chain(period_type).map(|value_type| &value_type.unit) {
            census.add(Facet::UnitScales, *unit != Unit::named(&unit.name), || {
                let Unit { name, factor, exponent, .. } = unit;
                format!("{name} in steps of {factor}e{exponent}")
            });
        }
    }

    /// Returns the role that a value type has unless somebody says otherwise.
    ///
    /// Without a sampling period everything is measured. With one, counts of samples observe. Where only
    /// every so many bytes an allocation is seen, counts and bytes of allocations are estimates.
    pub fn usual_role(&self, value_type: &ValueType) -> Role {
        let Some(period) = &self.meta.period else { return Role::Measured };
        let is_of_bytes = period.value_type.as_ref().is_some_and(|it| it.unit.dimension == Dimension::Bytes);
        match value_type.unit.dimension {
            _ if value_type.counts_samples() && value_type.unit.name == "count" => Role::Observations,
            Dimension::Bytes | Dimension::Count if is_of_bytes && period.value > 1 => Role::Scaled,
            _ => Role::Measured,
        }
    }

    fn count_samples(&self, census: &mut Census) {
        census.samples = self.samples.len() as u64;
        // Nearly all samples have nothing of their own to count.
        let is_plain = |sample: &Sample<'_>| {
            let has_more = (sample.time_ns, sample.labels, sample.kept) != (None, None, None);
            sample.stack.is_some() && !has_more && !sample.values.is_empty() && sample.values.iter().all(|&it| it > 0)
        };
        for sample in self.samples.iter().filter(|sample| !is_plain(sample)) {
            let name = || {
                let leaf = sample.stack.and_then(|stack| self.frame_name(self.stacks.leaf(stack)));
                leaf.unwrap_or_default().to_owned()
            };
            census.add(Facet::NegativeValues, sample.values.iter().any(|&value| value < 0), || {
                format!("{:?} of {}", sample.values, name())
            });
            census.add(Facet::ZeroSamples, sample.values.iter().all(|&value| value == 0), name);
            census.add(Facet::EmptyStacks, sample.stack.is_none(), || format!("{:?}", sample.values));
            census.add(Facet::Timestamps, sample.time_ns.is_some(), || {
                format!("{} ns", sample.time_ns.unwrap_or_default())
            });
            census.add(Facet::CallBoundaries, sample.kept.is_some(), name);
            census.add(Facet::Labels, sample.labels.is_some(), || {
                self.label_list(sample.labels).map(|label| &self.strings[label.key]).collect::<Vec<_>>().join(", ")
            });
        }
    }

    fn count_calls(&self, census: &mut Census) {
        let frame_name = |frame| self.frame_name(frame).unwrap_or_default().to_owned();
        for graph in &self.calls {
            census.add(Facet::Parts, graph.part.is_some(), || self.strings.text(graph.part).to_owned());
            for (frame, costs) in graph.own() {
                census.add(Facet::NegativeValues, costs.iter().any(|&cost| cost < 0), || {
                    format!("{costs:?} of {}", frame_name(frame))
                });
            }
            for arc in graph.arcs() {
                let name =
                    || format!("{} -> {}", frame_name(arc.caller), &self.strings[self.functions[arc.callee].name]);
                census.add(Facet::Arcs, true, name);
                census.add(Facet::ArcCalls, arc.calls.is_some(), name);
                census.add(Facet::ArcPrimitiveCalls, arc.primitive_calls.is_some(), name);
                census.add(Facet::CalleeSelf, arc.callee_self.is_some(), name);
                census.add(Facet::ArcCosts, arc.inclusive.is_some(), name);
                let numbers = [arc.inclusive, arc.callee_self, arc.calls, arc.primitive_calls];
                let is_negative = numbers.into_iter().flatten().flatten().any(|&number| number < 0);
                census.add(Facet::NegativeValues, is_negative, name);
            }
            for total in graph.totals() {
                let name = || self.strings[self.functions[total.function].name].to_owned();
                census.add(Facet::CallCounts, total.calls.is_some(), name);
                census.add(Facet::PrimitiveCalls, total.primitive_calls.is_some(), name);
                census.add(Facet::Totals, total.inclusive.is_some(), name);
                let numbers = [total.inclusive, total.calls, total.primitive_calls];
                let is_negative = numbers.into_iter().flatten().flatten().any(|&number| number < 0);
                census.add(Facet::NegativeValues, is_negative, name);
            }
        }
    }

    fn count_threads(&self, census: &mut Census) {
        let mut is_used = vec![false; self.threads.len() + 1];
        let threads = self.samples.iter().map(|sample| sample.thread);
        for thread in threads.chain(self.calls.iter().map(|graph| graph.thread)) {
            is_used[thread.map_or(0, |thread| thread.index() + 1)] = true;
        }
        census.threads = is_used.iter().filter(|&&used| used).count();
        for (id, thread) in self.threads.iter().filter(|(id, _)| is_used[id.index() + 1]) {
            census.add(Facet::Threads, true, || self.thread_title(id));
            let has_process = thread.process.is_some() || thread.source != 0;
            census.add(Facet::Processes, has_process, || self.strings.text(thread.process).to_owned());
        }
        for transaction in self.meta.transactions.iter().filter(|it| it.source != 0) {
            census.add(Facet::Processes, true, || transaction.name.clone());
        }
    }

    fn count_functions(&self, census: &mut Census) {
        for (_, function) in self.functions.iter() {
            let name = || self.strings[function.name].to_owned();
            census.add(Facet::SystemNames, function.system_name.is_some(), name);
            census.add(Facet::Modules, function.module.is_some(), name);
            census.add(Facet::Files, function.file.is_some(), name);
            census.add(Facet::FullPaths, function.full_path.is_some(), name);
            census.add(Facet::Contexts, function.context_of.is_some(), name);
            census.add(Facet::StartLines, function.start_line.is_some(), name);
        }
        census.namesakes = shared(self.functions.iter().map(|(_, function)| function.name));
        census.namesakes_in_file = shared(self.functions.iter().map(|(_, function)| (function.name, function.file)));
    }

    fn count_frames(&self, census: &mut Census) {
        for (id, frame) in self.frames.iter() {
            let name = || self.frame_name(id).unwrap_or_default().to_owned();
            census.add(Facet::Unnamed, frame.function.is_none(), || frame.invented_name());
            census.add(Facet::Lines, frame.line.is_some(), name);
            census.add(Facet::Columns, frame.column.is_some(), name);
            census.add(Facet::FrameFiles, frame.file.is_some(), name);
            census.add(Facet::Addresses, frame.address.is_some(), || frame.invented_name());
            census.add(Facet::Inlining, frame.inlined, name);
            census.add(Facet::Folding, frame.folded, name);
            census.add(Facet::InApp, frame.in_app.is_some(), name);
        }
        for (_, mapping) in self.mappings.iter() {
            census.add(Facet::Mappings, true, || self.strings.text(mapping.file).to_owned());
        }
    }

    fn count_meta(&self, census: &mut Census) {
        let meta = &self.meta;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        census.add(Facet::Title, meta.title.is_some(), || text(&meta.title));
        census.add(Facet::Start, meta.start_ns.is_some(), String::new);
        census.add(Facet::Duration, meta.duration_ns.is_some(), String::new);
        census.add(Facet::Period, meta.period.is_some(), String::new);
        census.add(Facet::Producer, meta.producer.is_some(), || text(&meta.producer));
        for comment in &meta.comments {
            census.add(Facet::Comments, true, || comment.clone());
        }
        census.add(Facet::DocUrl, meta.doc_url.is_some(), || text(&meta.doc_url));
        let default = meta.default_value.and_then(|index| self.value_types.get(index));
        census.add(Facet::DefaultValue, default.is_some(), || default.map_or(String::new(), |it| it.kind.clone()));
        for session in &meta.sessions {
            census.add(Facet::Sessions, true, || text(&session.id));
        }
        for transaction in &meta.transactions {
            census.add(Facet::Transactions, true, || transaction.name.clone());
        }
        census.add(Facet::FrameFilters, meta.drop_frames.is_some(), || text(&meta.drop_frames));
        census.add(Facet::FrameFilters, meta.keep_frames.is_some(), || text(&meta.keep_frames));
    }
}

/// Returns how many of the keys are there more than once.
fn shared<K: Eq + Hash>(keys: impl Iterator<Item = K>) -> u64 {
    let mut counts: Map<K, u64> = Map::default();
    keys.for_each(|key| *counts.entry(key).or_default() += 1);
    counts.into_values().filter(|&count| count > 1).sum()
}
