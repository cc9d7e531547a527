//! The JSON objects of a file, as they are written. Unknown keys are passed over.

use super::key::{FileKey, FrameKey, ProfileKey};
use super::numbers::Numbers;
use profkit_core::Result;
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a speedscope file")]
pub(super) struct File<'a> {
    pub(super) name: Option<String>,
    pub(super) exporter: Option<String>,
    pub(super) active_profile_index: Option<f64>,
    #[serde(borrow)]
    pub(super) shared: Shared<'a>,
    #[serde(borrow)]
    pub(super) profiles: Vec<ProfileEntry<'a>>,
    pub(super) profkit: Option<FileKey>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object with frames")]
pub(super) struct Shared<'a> {
    #[serde(borrow)]
    pub(super) frames: Vec<FrameEntry<'a>>,
}

#[derive(Deserialize, Serialize)]
#[serde(expecting = "a frame")]
pub(super) struct FrameEntry<'a> {
    #[serde(borrow)]
    pub(super) name: Cow<'a, str>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Number::is_none")]
    pub(super) line: Number,
    #[serde(default, skip_serializing_if = "Number::is_none")]
    pub(super) col: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) profkit: Option<FrameKey>,
}

/// A text that stays where it is in the input unless it has escapes.
#[derive(Deserialize, Serialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// A line or column, or what stands in its place.
#[derive(Clone, Copy, Default, Deserialize)]
pub(super) struct Number(pub(super) Option<f64>);

/// A profile of either type: which fields it must have is known only after all of it is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a profile")]
pub(super) struct ProfileEntry<'a> {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) name: Option<String>,
    pub(super) unit: Option<String>,
    #[serde(borrow)]
    pub(super) start_value: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) end_value: Option<&'a RawValue>,
    pub(super) samples: Option<IndexLists>,
    #[serde(borrow)]
    pub(super) weights: Option<Numbers<'a>>,
    #[serde(borrow)]
    pub(super) events: Option<Events<'a>>,
    pub(super) profkit: Option<ProfileKey>,
}

/// Lists of frame indices, one behind the other.
#[derive(Default)]
pub(super) struct IndexLists {
    frames: Vec<u32>,
    ends: Vec<usize>,
}

/// Events as columns.
#[derive(Default)]
pub(super) struct Events<'a> {
    pub(super) kinds: Vec<EventKind>,
    pub(super) frames: Vec<u32>,
    pub(super) at: Numbers<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum EventKind {
    Open,
    Close,
    Unknown,
}

/// Returns the objects of a file.
pub(super) fn parse(input: &[u8]) -> Result<File<'_>> {
    crate::json::object(input)
}

/// Returns the lists of a part of a list of them.
pub(super) fn parse_part(lists: &[u8]) -> Result<IndexLists> {
    if let Some(lists) = IndexLists::plain(lists) {
        return Ok(lists);
    }
    serde_json::from_slice(&[b"[", lists, b"]"].concat()).map_err(crate::json::error)
}

impl Number {
    fn is_none(&self) -> bool {
        self.0.is_none()
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        // Lines and columns of the model are whole and small: no `3.0`.
        serializer.serialize_u32(self.0.unwrap_or_default() as u32)
    }
}

impl IndexLists {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns how many frames all lists have.
    pub(super) fn frames(&self) -> usize {
        self.frames.len()
    }

    /// Returns the lists of a text that has nothing but short numbers, commas and brackets: most of what there is to
    /// parse, in a third of the time that any JSON takes. Whatever else is there, or wrong, is not looked at here.
    fn plain(text: &[u8]) -> Option<IndexLists> {
        let mut lists = IndexLists { frames: Vec::with_capacity(text.len() / 4), ends: Vec::new() };
        let mut rest = text;
        loop {
            rest = rest.strip_prefix(b"[")?;
            let mut is_open = !rest.starts_with(b"]");
            while is_open {
                let (mut number, start) = (0u32, rest);
                while let [digit @ b'0'..=b'9', after @ ..] = rest {
                    number = number.wrapping_mul(10).wrapping_add(u32::from(digit - b'0'));
                    rest = after;
                }
                let digits = start.len() - rest.len();
                if !(1..10).contains(&digits) || digits > 1 && start.starts_with(b"0") {
                    return None;
                }
                lists.frames.push(number);
                is_open = rest.starts_with(b",");
                rest = if is_open { rest.get(1..)? } else { rest };
            }
            rest = rest.strip_prefix(b"]")?;
            lists.ends.push(lists.frames.len());
            if rest.is_empty() {
                return Some(lists);
            }
            rest = rest.strip_prefix(b",")?;
        }
    }

    /// Returns the lists in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let path = self.frames.get(start..end).unwrap_or_default();
            start = end;
            path
        })
    }
}

impl<'de> Deserialize<'de> for IndexLists {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<IndexLists, D::Error> {
        struct Lists;
        impl<'de> Visitor<'de> for Lists {
            type Value = IndexLists;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a list of stacks")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<IndexLists, A::Error> {
                let mut paths = IndexLists::default();
                while seq.next_element_seed(Indices(&mut paths.frames))?.is_some() {
                    paths.ends.push(paths.frames.len());
                }
                Ok(paths)
            }
        }
        deserializer.deserialize_seq(Lists)
    }
}

/// Adds one list of frame indices to those before it.
struct Indices<'p>(&'p mut Vec<u32>);

impl<'de> DeserializeSeed<'de> for Indices<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Indices<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of frame indices")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<(), A::Error> {
        while let Some(FrameIndex(index)) = seq.next_element()? {
            self.0.push(index);
        }
        Ok(())
    }
}

struct FrameIndex(u32);

impl<'de> Deserialize<'de> for FrameIndex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<FrameIndex, D::Error> {
        struct Index;
        impl Visitor<'_> for Index {
            type Value = FrameIndex;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a frame index")
            }

            fn visit_u64<E: serde::de::Error>(self, index: u64) -> std::result::Result<FrameIndex, E> {
                let unexpected = || E::invalid_value(serde::de::Unexpected::Unsigned(index), &self);
                u32::try_from(index).map(FrameIndex).map_err(|_| unexpected())
            }
        }
        deserializer.deserialize_u32(Index)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Events<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Events<'a>, D::Error> {
        #[derive(Deserialize)]
        #[serde(expecting = "an event")]
        struct Event<'a> {
            #[serde(rename = "type")]
            kind: EventKind,
            frame: FrameIndex,
            #[serde(borrow)]
            at: &'a RawValue,
        }
        struct List<'a>(Events<'a>);
        impl<'de: 'a, 'a> Visitor<'de> for List<'a> {
            type Value = Events<'a>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a list of events")
            }

            fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> std::result::Result<Events<'a>, A::Error> {
                while let Some(Event { kind, frame, at }) = seq.next_element()? {
                    self.0.kinds.push(kind);
                    self.0.frames.push(frame.0);
                    self.0.at.push(at.get());
                }
                Ok(self.0)
            }
        }
        deserializer.deserialize_seq(List(Events::default()))
    }
}

impl<'de> Deserialize<'de> for EventKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<EventKind, D::Error> {
        struct Letter;
        impl Visitor<'_> for Letter {
            type Value = EventKind;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("\"O\" or \"C\"")
            }

            fn visit_str<E>(self, letter: &str) -> std::result::Result<EventKind, E> {
                Ok(match letter {
                    "O" => EventKind::Open,
                    "C" => EventKind::Close,
                    _ => EventKind::Unknown,
                })
            }
        }
        deserializer.deserialize_str(Letter)
    }
}

#[cfg(test)]
mod tests {
    use super::IndexLists;

    #[test]
    fn plain_lists_are_what_any_parser_takes_them_for() {
        let lists = |lists: &IndexLists| lists.iter().map(<[u32]>::to_vec).collect::<Vec<_>>();
        let is_plain = |text: &str| {
            let plain = IndexLists::plain(text.as_bytes()).as_ref().map(lists);
            let parsed: Option<Vec<Vec<u32>>> = serde_json::from_str(&format!("[{text}]")).ok();
            assert!(plain.is_none() || plain == parsed, "{text}: {plain:?}, {parsed:?}");
            plain.is_some()
        };
        assert!(["[]", "[0]", "[],[10,0,999999999],[7]"].into_iter().all(is_plain));
        // Each of these, and each text of a few such characters, is left to a parser of any JSON.
        let odd =
            ["", " [1]", "[ 1]", "[1 ]", "[1] ", "[1], [2]", "[4294967295]", "[1000000000]", "[1.0]", "[1e1]", "[-1]"];
        assert!(!odd.into_iter().any(is_plain));
        let characters = ["[", "]", ",", "0", "1", "-"];
        for number in 0..characters.len().pow(6) {
            let digits = (0..6).map(|place| number / characters.len().pow(place) % characters.len());
            is_plain(&digits.map(|digit| characters[digit]).collect::<String>());
        }
    }
}
