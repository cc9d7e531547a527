//! The long lists of a file, as columns: samples and stacks.

use super::words::{Index, Nanoseconds, Word, nanoseconds_of_seconds};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

/// Samples as columns, in file order.
#[derive(Default)]
pub(super) struct SampleColumns<'a> {
    /// Indices of stacks.
    pub(super) stacks: Vec<u32>,
    /// Indices into `names`, one less; 0 for none.
    pub(super) threads: Vec<u32>,
    /// Nanoseconds, since the timestamp of the file or since 1970.
    pub(super) times_ns: Vec<i64>,
    /// The ids of the threads.
    pub(super) names: Vec<Cow<'a, str>>,
    /// The address of the first queue of each thread.
    pub(super) queues: Vec<Option<Cow<'a, str>>>,
    /// Whether times are since 1970.
    pub(super) is_absolute: bool,
}

/// Lists of frame indices, leaf first, one behind the other.
#[derive(Default)]
pub(super) struct Stacks {
    frames: Vec<u32>,
    ends: Vec<usize>,
}

#[derive(serde::Deserialize)]
#[serde(expecting = "a sample")]
struct Entry<'a> {
    stack_id: Index,
    #[serde(default, borrow)]
    thread_id: Word<'a>,
    elapsed_since_start_ns: Option<Nanoseconds>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(default, borrow)]
    queue_address: Word<'a>,
}

impl Stacks {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Adds a stack of consecutive frames and returns its index.
    pub(super) fn push(&mut self, frames: Range<usize>) -> u32 {
        self.frames.extend(frames.map(|frame| frame as u32));
        self.ends.push(self.frames.len());
        (self.ends.len() - 1) as u32
    }

    /// Returns the frames of a stack, leaf first.
    pub(super) fn at(&self, row: usize) -> &[u32] {
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before).copied()).unwrap_or(0);
        let end = self.ends.get(row).copied().unwrap_or(start);
        self.frames.get(start..end).unwrap_or_default()
    }
}

impl<'a> SampleColumns<'a> {
    fn push<E: Error>(&mut self, entry: Entry<'a>, rows: &mut HashMap<Cow<'a, str>, u32>) -> Result<(), E> {
        let (time_ns, is_absolute) = match (entry.elapsed_since_start_ns, entry.timestamp) {
            (Some(Nanoseconds(time_ns)), _) => (time_ns, false),
            (None, Some(json)) => {
                let wanted = || E::custom(format!("timestamp: expected seconds since 1970, found {}", json.get()));
                (nanoseconds_of_seconds(json).ok_or_else(wanted)?, true)
            }
            (None, None) => return Err(E::custom("expected elapsed_since_start_ns or timestamp, found neither")),
        };
        if !self.times_ns.is_empty() && is_absolute != self.is_absolute {
            return Err(E::custom("expected a time of the same kind as that of the first sample, found the other"));
        }
        self.is_absolute = is_absolute;
        self.push_row(entry.stack_id.0, (entry.thread_id, entry.queue_address), time_ns, rows);
        Ok(())
    }

    /// Adds a sample of a stack in a thread and a queue.
    pub(super) fn push_row(
        &mut self,
        stack: u32,
        (thread, queue): (Word<'a>, Word<'a>),
        time_ns: i64,
        rows: &mut HashMap<Cow<'a, str>, u32>,
    ) {
        let thread = match thread.0 {
            Some(name) => *rows.entry(name).or_insert_with_key(|name| {
                self.names.push(name.clone());
                self.queues.push(queue.0);
                self.names.len() as u32
            }),
            None => 0,
        };
        self.stacks.push(stack);
        self.threads.push(thread);
        self.times_ns.push(time_ns);
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for SampleColumns<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SampleColumns<'a>, D::Error> {
        struct List<'a>(SampleColumns<'a>);
        impl<'de: 'a, 'a> Visitor<'de> for List<'a> {
            type Value = SampleColumns<'a>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a list of samples")
            }

            fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<SampleColumns<'a>, A::Error> {
                let mut rows = HashMap::new();
                while let Some(entry) = seq.next_element_seed(Row { columns: &mut self.0, rows: &mut rows })? {
                    let () = entry;
                }
                Ok(self.0)
            }
        }
        deserializer.deserialize_seq(List(SampleColumns::default()))
    }
}

/// Adds one sample to those before it.
struct Row<'c, 'a> {
    columns: &'c mut SampleColumns<'a>,
    rows: &'c mut HashMap<Cow<'a, str>, u32>,
}

impl<'de: 'a, 'a> DeserializeSeed<'de> for Row<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let entry = Entry::deserialize(deserializer)?;
        self.columns.push(entry, self.rows)
    }
}

impl<'de> Deserialize<'de> for Stacks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Stacks, D::Error> {
        struct Lists;
        impl<'de> Visitor<'de> for Lists {
            type Value = Stacks;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a list of stacks")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Stacks, A::Error> {
                let mut stacks = Stacks::default();
                while seq.next_element_seed(Indices(&mut stacks.frames))?.is_some() {
                    stacks.ends.push(stacks.frames.len());
                }
                Ok(stacks)
            }
        }
        deserializer.deserialize_seq(Lists)
    }
}

/// Adds one list of frame indices to those before it.
struct Indices<'s>(&'s mut Vec<u32>);

impl<'de> DeserializeSeed<'de> for Indices<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Indices<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of frame indices")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(Index(index)) = seq.next_element()? {
            self.0.push(index);
        }
        Ok(())
    }
}
