//! What a profile says about itself.

use crate::facet::Facets;
use crate::value::ValueType;

/// Facts about the profile as a whole, each where the source states it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meta {
    /// What the profile is called.
    pub title: Option<String>,
    /// When it was started, in nanoseconds since 1970 in UTC.
    pub start_ns: Option<i64>,
    /// For how long it was taken, in nanoseconds.
    pub duration_ns: Option<i64>,
    /// The events between two samples.
    pub period: Option<Period>,
    /// The program that wrote the source.
    pub producer: Option<String>,
    /// Free text.
    pub comments: Vec<String>,
    /// The address of a page about the profile.
    pub doc_url: Option<String>,
    /// The index of the value type to show first.
    pub default_value: Option<usize>,
    /// Frames to leave out below the first other frame: a regular expression on the whole simplified
    /// function name, as pprof's `drop_frames`.
    pub drop_frames: Option<String>,
    /// Exceptions from `drop_frames`.
    pub keep_frames: Option<String>,
    /// The runs of a sampler of which nothing but the times of the samples is known.
    pub sessions: Vec<Session>,
    /// What the program was doing meanwhile, such as answering a request.
    pub transactions: Vec<Transaction>,
    /// What this profile holds that its source never knew: derived or made up on the way.
    pub invented: Facets,
}

/// How many events, or how much time, lies between two samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// What is counted between samples; its role means nothing here.
    pub value_type: Option<ValueType>,
    /// How many of them.
    pub value: i64,
}

/// One run of a sampler that writes only when it looked: values follow from the times of its samples, by
/// [`weigh`](crate::weigh).
///
/// A session is of the samples of those threads that have the same `source`; samples without a thread are of
/// source 0. All of them have a time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Session {
    /// The source of its threads.
    pub source: u32,
    /// What the run is called, where the source says so: two files of one run carry the same id.
    pub id: Option<String>,
    /// How long a sample stands for.
    pub weights: Weights,
}

/// How long a sample stands for: always until the next one of its thread, but perhaps not all of that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weights {
    /// No longer than the thread was seen: until the next tick of the sampler, and not over a hole in the record.
    #[default]
    Ticks,
    /// Until the next sample of the thread, whatever lies between.
    Naive,
}

/// Something that the program did from one time to another, mostly in one thread: a request, a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Transaction {
    /// The source of its thread, as in [`Thread`](crate::Thread).
    pub source: u32,
    /// What it is called, such as the route of a request.
    pub name: String,
    /// Its own id.
    pub id: Option<String>,
    /// The id of the trace that it is part of.
    pub trace_id: Option<String>,
    /// The id of the thread that it ran in, as in [`Thread`](crate::Thread).
    pub thread: Option<String>,
    /// When it began, in nanoseconds since the start of the profile; none for the whole of it.
    pub start_ns: Option<i64>,
    /// When it ended, in nanoseconds since the start of the profile; none for the whole of it.
    pub end_ns: Option<i64>,
}

impl Weights {
    /// Returns the name in our own files.
    pub fn name(self) -> &'static str {
        match self {
            Weights::Ticks => "ticks",
            Weights::Naive => "naive",
        }
    }

    /// Returns the rule with the given name.
    pub fn from_name(name: &str) -> Option<Weights> {
        [Weights::Ticks, Weights::Naive].into_iter().find(|weights| weights.name() == name)
    }
}
