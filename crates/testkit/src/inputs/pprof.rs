//! Writes stacks as a gzipped pprof profile of CPU time, as a sampling profiler of a native program would.

use super::stacks::Stacks;
use flate2::{Compression, write::GzEncoder};
use std::collections::HashMap;
use std::io::{self, Write};

/// Samples are taken every so many nanoseconds.
const PERIOD_NS: u64 = 10_000_000;

/// Writes the stacks with the given indexes.
///
/// # Errors
///
/// Fails where `out` does.
pub fn pprof(stacks: &Stacks, rows: impl Iterator<Item = usize>, out: &mut dyn Write) -> io::Result<()> {
    let mut profile = Profile::default();
    assert_eq!(profile.string(""), 0);
    let [samples, count, cpu, nanoseconds] = ["samples", "count", "cpu", "nanoseconds"].map(|it| profile.string(it));
    profile.body.message(1, &pair(samples, count));
    profile.body.message(1, &pair(cpu, nanoseconds));
    rows.for_each(|row| profile.sample(stacks, row));
    profile.mapping();
    profile.symbols(stacks);
    profile.body.message(11, &pair(cpu, nanoseconds));
    profile.body.number(12, PERIOD_NS);
    let strings = std::mem::take(&mut profile.strings);
    strings.iter().for_each(|text| profile.body.message(6, &Wire(text.clone().into_bytes())));
    let mut out = GzEncoder::new(out, Compression::new(6));
    out.write_all(&profile.body.0)?;
    out.finish().map(|_| ())
}

/// Bytes of a protocol buffer.
#[derive(Default)]
struct Wire(Vec<u8>);

impl Wire {
    fn varint(&mut self, mut number: u64) {
        while number > 127 {
            self.0.push(number as u8 & 127 | 128);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn number(&mut self, field: u64, number: u64) {
        if number != 0 {
            self.varint(field << 3);
            self.varint(number);
        }
    }

    fn message(&mut self, field: u64, message: &Wire) {
        self.varint(field << 3 | 2);
        self.varint(message.0.len() as u64);
        self.0.extend_from_slice(&message.0);
    }
}

fn pair(first: u64, second: u64) -> Wire {
    let mut wire = Wire::default();
    wire.number(1, first);
    wire.number(2, second);
    wire
}

#[derive(Default)]
struct Profile {
    body: Wire,
    strings: Vec<String>,
    string_ids: HashMap<String, u64>,
    /// Function and line.
    locations: Vec<(u32, u64)>,
    location_ids: HashMap<(u32, u64), u64>,
}

impl Profile {
    fn string(&mut self, text: &str) -> u64 {
        let next = self.strings.len() as u64;
        *self.string_ids.entry(text.to_owned()).or_insert_with(|| {
            self.strings.push(text.to_owned());
            next
        })
    }

    fn sample(&mut self, stacks: &Stacks, row: usize) {
        let (frames, count) = stacks.row(row);
        let mut locations = Vec::with_capacity(frames.len());
        for (depth, &function) in frames.iter().enumerate() {
            let line = (stacks.names[function as usize].len() * 31 + depth * 7) as u64 % 5;
            locations.push(*self.location_ids.entry((function, line)).or_insert_with(|| {
                self.locations.push((function, line));
                self.locations.len() as u64
            }));
        }
        let (mut packed, mut values, mut sample) = (Wire::default(), Wire::default(), Wire::default());
        locations.iter().rev().for_each(|&location| packed.varint(location));
        values.varint(count);
        values.varint(count * PERIOD_NS);
        sample.message(1, &packed);
        sample.message(2, &values);
        self.body.message(2, &sample);
    }

    fn mapping(&mut self) {
        let mut mapping = Wire::default();
        let (file, build_id) = (self.string("/usr/bin/server"), self.string("c0ffee"));
        let fields = [(1, 1), (2, 0x40_0000), (3, 0x4000_0000), (5, file), (6, build_id), (7, 1), (8, 1), (9, 1)];
        fields.into_iter().for_each(|(field, number)| mapping.number(field, number));
        self.body.message(3, &mapping);
    }

    /// Writes locations and functions.
    fn symbols(&mut self, stacks: &Stacks) {
        let mut functions = Vec::new();
        let mut function_ids = HashMap::new();
        for (index, &(function, line)) in self.locations.iter().enumerate() {
            let id = *function_ids.entry(function).or_insert_with(|| {
                functions.push(function);
                functions.len() as u64
            });
            let mut location = Wire::default();
            location.number(1, index as u64 + 1);
            location.number(2, 1);
            // A place in the program has the same address in every profile of it.
            location.number(3, 0x40_0000 + 0x100 * u64::from(function) + 16 * line);
            location.message(4, &pair(id, 10 + line));
            self.body.message(4, &location);
        }
        for (index, function) in functions.into_iter().enumerate() {
            let name = &stacks.names[function as usize];
            let (file, name) = (self.string(&format!("/src/{}.cc", &name[..3])), self.string(name));
            let mut wire = Wire::default();
            let fields = [(1, index as u64 + 1), (2, name), (3, name), (4, file), (5, 1)];
            fields.into_iter().for_each(|(field, number)| wire.number(field, number));
            self.body.message(5, &wire);
        }
    }
}
