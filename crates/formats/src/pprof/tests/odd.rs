//! Files that are odd in a way that no other tool agrees about, so that they are no fixtures.

use super::super::FORMAT;
use super::super::message::{Label, Line, Sample, ValueType};
use super::{dump, full_file};
use profkit_core::{ErrorKind, LabelValue, Notes, Profile, ReadOptions};
use prost::Message as _;

/// Reads a file and returns the profile with the notes, a line each.
fn read(bytes: &[u8]) -> (Profile, String) {
    let mut notes = Notes::new();
    let profile = FORMAT.read(bytes, &ReadOptions::default(), &mut notes).unwrap();
    (profile, notes.iter().map(|note| format!("{note}\n")).collect())
}

#[test]
fn sample_types_share_their_name() {
    let mut file = full_file();
    file.sample_type[1] = ValueType { r#type: 1, unit: 5 };
    file.default_sample_type = 1;
    let (profile, notes) = read(&file.encode_to_vec());
    assert_eq!(profile.meta.default_value, Some(0));
    assert_eq!(notes, "sample types share their name: 1 sample type (first: cpu)\n");
}

#[test]
fn default_sample_type_is_none_of_them() {
    let mut file = full_file();
    file.default_sample_type = 13;
    let (profile, notes) = read(&file.encode_to_vec());
    assert_eq!(profile.meta.default_value, None);
    assert_eq!(notes, "default_sample_type names no sample_type and was passed over: 1 name (first: note)\n");
}

#[test]
fn a_small_file_of_very_many_frames() {
    let mut file = full_file();
    file.location[0].line = vec![Line { function_id: 5, ..Line::default() }; 60_000];
    file.sample = vec![Sample { location_id: vec![7], value: vec![1, 1], label: Vec::new() }; 400];
    let error = FORMAT.read(&file.encode_to_vec(), &ReadOptions::default(), &mut Notes::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    file.sample.truncate(200);
    assert_eq!(read(&file.encode_to_vec()).0.stacks.len(), 1);
}

#[test]
fn labels_without_a_value() {
    let mut file = full_file();
    file.sample[0].label = vec![Label { key: 3, ..Label::default() }];
    let (profile, notes) = read(&file.encode_to_vec());
    assert!(matches!(profile.labels.iter().next().unwrap().1.value, LabelValue::Text(_)));
    let what = "labels without a value were read as an empty text, or as 0 where their key has numbers";
    assert_eq!(notes, format!("{what}: 1 label (first: key)\n"));
    file.sample.push(file.sample[0].clone());
    file.sample[1].label.push(Label { key: 3, num: Some(5), ..Label::default() });
    let (profile, _) = read(&file.encode_to_vec());
    assert_eq!(profile.labels.iter().next().unwrap().1.value, LabelValue::Number { value: 0, unit: None });
}

#[test]
fn marks_of_somebody_else_do_not_harm() {
    let mut file = full_file();
    file.string_table.push("#profkit default value: 2".to_owned());
    file.string_table.push("#profkit no values".to_owned());
    file.comment.extend([16, 17]);
    assert_eq!(dump(&read(&file.encode_to_vec()).0), dump(&read(&full_file().encode_to_vec()).0));
}

#[test]
fn texts_that_are_not_utf8() {
    let mut bytes = full_file().encode_to_vec();
    let at = bytes.windows(6).position(|it| it == b"\x32\x04main").unwrap();
    bytes[at + 3..at + 5].copy_from_slice(b"\xff\xfe");
    let (profile, notes) = read(&bytes);
    assert_eq!(&profile.strings[profile.functions.iter().next().unwrap().1.name], "m\\xff\\xfen");
    let what = "texts that are not UTF-8 were written with \\x and two digits for each odd byte";
    assert_eq!(notes, format!("{what}: 1 text (first: m\\xff\\xfen)\n"));
}

#[test]
fn lines_that_are_no_lines() {
    let mut file = full_file();
    file.location[0].line[0] = Line { function_id: 5, line: 1 << 32, column: -1 };
    file.function[0].start_line = i64::MIN;
    let (profile, notes) = read(&file.encode_to_vec());
    assert_eq!(profile.frames.iter().next().unwrap().1.line, None);
    let what = "line and column numbers that cannot be any were passed over";
    assert_eq!(notes, format!("{what}: 3 numbers (first: -9223372036854775808)\n"));
}
