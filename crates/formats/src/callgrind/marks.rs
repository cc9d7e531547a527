//! What our writer says in comments, for our reader alone.
//!
//! ```text
//! # profkit: {"values":[["two words","count"]],"default":1}       behind the first line, always
//! # profkit-part: {"thread":{"id":"0x7f","name":"main"}}          at the head of a part, where its own lines cannot say it
//! ```

use profkit_core::{Mapping, MappingId, Profile, Symbols};
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
    /// What the objects are, where they are mappings and not modules of functions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) mappings: Vec<MappingMark>,
    /// Nobody counted calls: they were made up.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) made_up_calls: bool,
    /// Nobody knows the costs of arcs: they were made up.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) made_up_costs: bool,
}

/// A mapping.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MappingMark {
    /// What stands behind `ob=`.
    pub(super) object: String,
    pub(super) start: u64,
    pub(super) limit: u64,
    pub(super) offset: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) build_id: Option<String>,
    /// Which symbols are resolved, by the names in `SYMBOLS`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) has: Vec<String>,
}

/// The names of the sorts of symbols that can be resolved.
const SYMBOLS: &[(&str, Symbols)] = &[
    ("functions", Symbols::FUNCTIONS),
    ("filenames", Symbols::FILENAMES),
    ("line_numbers", Symbols::LINE_NUMBERS),
    ("inline_frames", Symbols::INLINE_FRAMES),
];

impl MappingMark {
    /// Returns what is said of a mapping that is called `object` in the file.
    pub(super) fn of(profile: &Profile, mapping: Mapping, object: String) -> MappingMark {
        let Mapping { start, limit, offset, file, build_id, has } = mapping;
        let [file, build_id] = [file, build_id].map(|id| id.map(|id| profile.strings[id].to_owned()));
        let has = SYMBOLS.iter().filter(|(_, symbols)| has.contains(*symbols));
        let has = has.map(|(name, _)| (*name).to_owned()).collect();
        MappingMark { object, start, limit, offset, file, build_id, has }
    }

    /// Adds the mapping to a profile.
    pub(super) fn add(&self, profile: &mut Profile) -> MappingId {
        let MappingMark { start, limit, offset, .. } = *self;
        let [file, build_id] = [&self.file, &self.build_id].map(|it| it.as_ref().map(|text| profile.string(text)));
        let is_there = |name: &str| self.has.iter().any(|it| it == name);
        let add = |has: Symbols, &(name, symbols): &(&str, Symbols)| has.with(symbols, is_there(name));
        let has = SYMBOLS.iter().fold(Symbols::default(), add);
        profile.mapping(Mapping { start, limit, offset, file, build_id, has })
    }
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
