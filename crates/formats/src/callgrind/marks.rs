//! What our writer says in comments, for our reader alone.
//!
//! ```text
//! # profkit: {"values":[["two words","count"]],"default":1}       behind the first line, always
//! # profkit-part: {"thread":{"id":"0x7f","name":"main"}}          at the head of a part, where its own lines cannot say it
//! ```

use serde::{Deserialize, Serialize};

/// The start of the comment about the whole file.
pub(super) const FILE: &str = "# profkit:";
/// The start of the comment about a part.
pub(super) const PART: &str = "# profkit-part:";

/// What is said of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FileMark {
    /// The kind and unit of each event, where their names do not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) values: Option<Vec<(String, String)>>,
    /// Which value to show first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default: Option<usize>,
    /// Lines are those on which functions start.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) start_lines: bool,
    /// What stands in names behind an apostrophe are callers.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) contexts: bool,
    /// Nobody counted calls: they were made up.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) made_up_calls: bool,
    /// Nobody knows the costs of arcs: they were made up.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) made_up_costs: bool,
}

/// What is said of a part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PartMark {
    /// The name of the part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) part: Option<String>,
    /// The thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) thread: Option<ThreadMark>,
}

/// A thread.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ThreadMark {
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) source: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) process: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Returns what a comment that starts with `start` says, if it says it in our words.
pub(super) fn said<'a, M: Deserialize<'a>>(comment: &'a [u8], start: &str) -> Option<M> {
    serde_json::from_slice(comment.strip_prefix(start.as_bytes())?).ok()
}

/// Returns a comment that says something, as a line.
pub(super) fn line<M: Serialize>(start: &str, mark: &M) -> String {
    // A mark is plain data: it always has a JSON form.
    format!("{start} {}\n", serde_json::to_string(mark).unwrap_or_default())
}
