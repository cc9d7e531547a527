//! Broken inputs of every kind: an error with a place or a profile, but never a panic.

use profkit_core::{ErrorKind, Notes, ReadOptions};
use profkit_testkit::fixtures::{Fixture, bad, readable};

/// The most variants of one kind that are tried of one fixture.
const MOST: usize = 600;

fn read(fixture: &Fixture, bytes: &[u8], what: &str) -> bool {
    let mut options = ReadOptions::default();
    options.max_size = 1 << 24;
    let result = profkit_formats::read(bytes, Some(&fixture.name), Some(fixture.format), &options, &mut Notes::new());
    match result {
        Ok(_) => true,
        Err(error) => {
            let has_place = error.place().is_some() || bytes.is_empty();
            let needs_place = matches!(error.kind(), ErrorKind::Malformed);
            assert!(has_place || !needs_place, "{} {what}: no place: {error}", fixture.title());
            false
        }
    }
}

fn fixtures() -> impl Iterator<Item = Fixture> {
    readable().into_iter().chain(bad()).filter(|fixture| fixture.bytes.len() < 200_000)
}

fn some(length: usize) -> impl Iterator<Item = usize> {
    (0..length).step_by(length.div_ceil(MOST).max(1))
}

#[test]
fn every_prefix() {
    for fixture in fixtures() {
        for length in some(fixture.bytes.len()) {
            read(&fixture, &fixture.bytes[..length], &format!("cut to {length} bytes"));
        }
    }
}

#[test]
fn single_bytes_changed() {
    for fixture in fixtures() {
        for (round, index) in some(fixture.bytes.len()).enumerate() {
            let mut bytes = fixture.bytes.clone();
            bytes[index] ^= [0x01, 0x80, 0xff, 0x20][round % 4];
            read(&fixture, &bytes, &format!("with byte {index} changed"));
        }
    }
}

#[test]
fn numbers_blown_up() {
    for fixture in fixtures() {
        for (index, _) in fixture.bytes.iter().enumerate().filter(|(_, byte)| byte.is_ascii_digit()).take(MOST / 4) {
            for number in ["99999999999999999999999", "-1", "1e999", "9223372036854775807", "NaN", "0.1"] {
                let (before, after) = fixture.bytes.split_at(index);
                let bytes = [before, number.as_bytes(), &after[1..]].concat();
                read(&fixture, &bytes, &format!("with {number} at byte {index}"));
            }
        }
    }
}

#[test]
fn every_fixture_as_every_format() {
    for fixture in fixtures() {
        for &format in profkit_formats::FORMATS {
            let name = fixture.name.clone();
            let as_other = Fixture { format, name, bytes: fixture.bytes.clone() };
            read(&as_other, &fixture.bytes, &format!("as {}", format.name()));
        }
    }
}

#[test]
fn compressed_and_marked_fixtures_still_read() {
    for fixture in readable().into_iter().filter(|fixture| std::str::from_utf8(&fixture.bytes).is_ok()) {
        let marked = [b"\xef\xbb\xbf", &fixture.bytes[..]].concat();
        assert!(read(&fixture, &marked, "with a byte order mark"), "{} with a byte order mark", fixture.title());
    }
}
