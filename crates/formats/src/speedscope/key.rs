//! What the writer tells its own reader, under the key `profkit` that speedscope passes over.
//!
//! ```text
//! file      "profkit": {"values": [{"kind": "cpu", "unit": "minutes", "dimension": "time", ...}],
//!                       "threads": [{"id": "7", "name": "main"}], "producer": "py-spy@0.4.3"}
//! profile   "profkit": {"value": 0, "thread": 0}      rows of the two lists above
//! frame     "profkit": {"file": "main.c"}             the file of the function, where `file` is that of the line
//! ```

use crate::json::key::{ThreadKey, ValueKey};
use profkit_core::{Facet, Facets, Profile};
use serde::{Deserialize, Serialize};

/// What is true of all profiles of a file.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(expecting = "what profkit adds to a file")]
pub(super) struct FileKey {
    /// The value types, in the order of the columns.
    pub(super) values: Vec<ValueKey>,
    /// The threads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) threads: Vec<ThreadKey>,
    /// The program that wrote the source; `exporter` is the one that wrote the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) producer: Option<String>,
    /// The value to show first, where the source says so; `activeProfileIndex` always says something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default: Option<usize>,
    /// Whether `line` is the line on which the function starts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) start_lines: bool,
    /// The facets that the source never knew, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) invented: Vec<String>,
}

/// What is true of one profile.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(expecting = "what profkit adds to a profile")]
pub(super) struct ProfileKey {
    /// Which of the value types it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<usize>,
    /// Which of the threads it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) thread: Option<usize>,
    /// Whether a frame that is opened is a call; else frames are opened and closed only as stacks change.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) calls: bool,
    /// Whether `at` is a time since the start, and not merely the sum of the values before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) timestamps: bool,
    /// The times of the samples that the events mean, in nanoseconds, where `at` does not tell them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) times: Option<Vec<Option<i64>>>,
}

/// What is true of a frame whose `file` is that of its line and not that of its function.
#[derive(Debug, Deserialize, Serialize)]
#[serde(expecting = "what profkit adds to a frame")]
pub(super) struct FrameKey {
    /// The file of the function.
    pub(super) file: Option<String>,
}

impl FileKey {
    pub(super) fn of(profile: &Profile, threads: Vec<ThreadKey>) -> FileKey {
        let census = profile.census();
        FileKey {
            values: profile.value_types.iter().map(ValueKey::of).collect(),
            threads,
            producer: profile.meta.producer.clone(),
            default: profile.meta.default_value,
            start_lines: census.count(Facet::StartLines) > 0,
            invented: profile.meta.invented.iter().map(|facet| format!("{facet:?}")).collect(),
        }
    }

    /// Returns the facets that the source never knew, or what is wrong with them.
    pub(super) fn invented(&self) -> Result<Facets, String> {
        self.invented.iter().try_fold(Facets::NONE, |set, name| {
            let facet = Facet::ALL.iter().find(|facet| format!("{facet:?}") == *name);
            facet.map(|&facet| set.with(facet)).ok_or_else(|| format!("expected a facet, found {name:?}"))
        })
    }
}
