//! Files whose samples are decoded in several pieces, by one thread or many.

use super::super::FORMAT;
use super::super::message::Sample;
use super::super::read::PIECE;
use super::{dump, full_file};
use profkit_core::{Notes, ReadOptions};
use prost::Message as _;
use std::num::NonZeroUsize;

const SAMPLES: usize = 4096;

/// Returns a file of samples with a stack each, and behind the fields of some samples those of `more`.
fn file(more: impl Fn(usize) -> &'static [u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for index in 0..SAMPLES {
        let location_id = (0..12).map(|bit| if index >> bit & 1 == 0 { 7 } else { u64::MAX }).collect();
        let sample = Sample { location_id, value: vec![1, index as i64], label: full_file().sample[0].label.clone() };
        let body = [&sample.encode_to_vec(), more(index)].concat();
        bytes.push(2 << 3 | 2);
        prost::encode_length_delimiter(body.len(), &mut bytes).unwrap();
        bytes.extend_from_slice(&body);
    }
    let mut rest = full_file();
    rest.sample.clear();
    bytes.extend(rest.encode_to_vec());
    assert!(bytes.len() > 2 * PIECE, "there is something to share");
    bytes
}

/// Reads a file and returns the profile with the notes, or what is wrong.
fn read(bytes: &[u8], threads: usize) -> String {
    let mut options = ReadOptions::default();
    options.threads = NonZeroUsize::new(threads);
    let mut notes = Notes::new();
    match FORMAT.read(bytes, &options, &mut notes) {
        Ok(profile) => notes.iter().map(|note| format!("{note}\n")).chain([dump(&profile)]).collect(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn any_number_of_threads_reads_the_same() {
    let bytes = file(|index| if index % 1000 == 999 { &[9 << 3, 1] } else { &[] });
    let one = read(&bytes, 1);
    assert!(
        one.starts_with("fields that are not in profile.proto were passed over: 4 fields (first: Sample field 9)\n")
    );
    assert_eq!(one.matches("{\"frames\":[").count(), SAMPLES);
    for threads in [2, 5] {
        assert!(read(&bytes, threads) == one, "{threads} threads");
    }
}

#[test]
fn the_first_error_counts() {
    let broken = |wrong: &'static [usize]| file(move |index| if wrong.contains(&index) { &[0x80] } else { &[] });
    let errors = [read(&broken(&[20]), 1), read(&broken(&[4000]), 1)];
    assert!(errors[0] != errors[1] && errors.iter().all(|error| error.contains("Sample: expected a number")));
    for threads in [1, 2, 5] {
        assert_eq!(read(&broken(&[20, 4000]), threads), errors[0]);
        assert_eq!(read(&broken(&[4000]), threads), errors[1]);
    }
}
