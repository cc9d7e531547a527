//! What the reader and the writer must agree on: with the schema, with prost, and with each other.

mod law;

mod odd;
mod pieces;
mod random;
mod schema;
mod sniff;

use super::FORMAT;
use super::message::{Function, Label, Line, Location, Mapping, Profile as File, Sample, ValueType};
use profkit_core::{Notes, Profile, ReadOptions, WriteOptions};

/// Returns a file in which every field of every message has a value of its own.
fn full_file() -> File {
    let texts = ["", "cpu", "ns", "key", "text", "unit", "/bin/app", "b01d", "main", "_Zmain", "a.c", "drop", "keep"];
    let texts = texts.into_iter().chain(["note", "https://example.org", "samples"]);
    File {
        sample_type: vec![ValueType { r#type: 1, unit: 2 }, ValueType { r#type: 15, unit: 5 }],
        sample: vec![Sample {
            location_id: vec![u64::MAX, 7],
            value: vec![i64::MIN, i64::MAX],
            label: vec![
                Label { key: 3, str: Some(4), num: None, num_unit: 0 },
                Label { key: 3, str: None, num: Some(-8), num_unit: 5 },
            ],
        }],
        mapping: vec![Mapping {
            id: 6,
            memory_start: 0x1000,
            memory_limit: u64::MAX - 1,
            file_offset: 0x200,
            filename: 6,
            build_id: 7,
            has_functions: true,
            has_filenames: true,
            has_line_numbers: true,
            has_inline_frames: true,
        }],
        location: vec![
            Location {
                id: 7,
                mapping_id: 6,
                address: 0x1010,
                line: vec![Line { function_id: 5, line: 12, column: 13 }],
                is_folded: true,
                profkit_is_inlined: true,
            },
            Location { id: u64::MAX, line: vec![Line { function_id: 4, line: 14, column: 15 }], ..Location::default() },
        ],
        function: vec![
            Function { id: 5, name: 8, system_name: 9, filename: 10, start_line: 11, profkit_is_none: false },
            Function { id: 4, profkit_is_none: true, ..Function::default() },
        ],
        string_table: texts.map(str::to_owned).collect(),
        drop_frames: 11,
        keep_frames: 12,
        time_nanos: -9,
        duration_nanos: -10,
        period_type: Some(ValueType { r#type: 1, unit: 2 }),
        period: -12,
        comment: vec![13, 13],
        default_sample_type: 15,
        doc_url: 14,
    }
}

fn read(bytes: &[u8]) -> profkit_core::Result<Profile> {
    FORMAT.read(bytes, &ReadOptions::default(), &mut Notes::new())
}

/// Returns the bytes of a profile, not compressed.
fn write(profile: &Profile) -> Vec<u8> {
    let mut options = WriteOptions::default();
    options.options.push(("gzip".to_owned(), "no".to_owned()));
    let mut bytes = Vec::new();
    FORMAT.write(profile, &mut bytes, &options, &mut Notes::new()).unwrap();
    bytes
}

/// Returns the whole profile as text, a row per line.
fn dump(profile: &Profile) -> String {
    let mut text = Vec::new();
    let format = crate::named("profkit").unwrap();
    format.write(profile, &mut text, &WriteOptions::default(), &mut Notes::new()).unwrap();
    String::from_utf8(text).unwrap()
}
