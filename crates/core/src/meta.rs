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
