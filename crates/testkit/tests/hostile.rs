//! Broken inputs of every kind: an error with a place or a profile, but never a panic.

use profkit_core::{ErrorKind, Notes, ReadOptions};
use profkit_testkit::fixtures::{Fixture, bad, readable};

/// The longest fixture of which every cut and every byte is tried; of longer ones, both ends and some in between.
const SHORT: usize = 2 << 10;
/// How many bytes at either end of a long fixture are tried.
const ENDS: usize = 100;
/// The most variants of one kind that are tried of what lies in between.
const MOST: usize = 300;
/// The most processor time that one variant may take, whatever else runs on the machine.
const MOST_SECONDS: u64 = 5;
/// The most memory that all tests of this file together may have.
const MOST_MEMORY: u64 = 1 << 30;

/// Reads a variant and returns whether it was read, not refused.
fn read(fixture: &Fixture, bytes: &[u8], what: &str) -> bool {
    let mut options = ReadOptions::default();
    options.max_size = 1 << 24;
    let start = seconds();
    let result = profkit_formats::read(bytes, Some(&fixture.name), Some(fixture.format), &options, &mut Notes::new());
    assert!(seconds() - start <= MOST_SECONDS, "{} {what}: takes too long", fixture.title());
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

/// Returns the processor time that this thread has taken so far.
#[cfg(target_os = "linux")]
fn seconds() -> u64 {
    use rustix::time::{ClockId, clock_gettime};
    u64::try_from(clock_gettime(ClockId::ThreadCPUTime).tv_sec).expect("no time below zero")
}

#[cfg(not(target_os = "linux"))]
fn seconds() -> u64 {
    0
}

/// Returns the fixtures, with a bound on the memory of whoever reads them: beyond it the tests are aborted.
fn fixtures() -> impl Iterator<Item = Fixture> {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = Rlimit { current: Some(MOST_MEMORY), maximum: Some(MOST_MEMORY) };
        setrlimit(Resource::Data, limit).expect("a lower limit");
    }
    let fixtures: Vec<Fixture> = readable().into_iter().chain(bad()).filter(|it| it.bytes.len() < 200_000).collect();
    assert!(fixtures.len() > 300, "only {} fixtures", fixtures.len());
    fixtures.into_iter()
}

/// Returns the positions to try, all of them where there are not too many.
fn some(length: usize) -> impl Iterator<Item = usize> {
    let step = if length <= SHORT { 1 } else { length.div_ceil(MOST) };
    (0..length).filter(move |&index| index % step == 0 || index < ENDS || length - index <= ENDS)
}

/// Returns the length below which no cut of a file can be whole, where the outermost form of the file says so: an
/// object of JSON, or one member of gzip.
fn whole(fixture: &Fixture) -> Option<usize> {
    match fixture.bytes.trim_ascii_start() {
        [b'{', ..] => {
            let text = fixture.bytes.trim_ascii_end();
            serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok().then_some(text.len())
        }
        [0x1f, 0x8b, ..] => {
            let mut decoder = flate2::bufread::GzDecoder::new(&fixture.bytes[..]);
            std::io::copy(&mut decoder, &mut std::io::sink()).ok()?;
            Some(fixture.bytes.len() - decoder.into_inner().len())
        }
        _ => None,
    }
}

#[test]
fn every_prefix() {
    for fixture in fixtures() {
        let whole = whole(&fixture).unwrap_or(0);
        for length in some(fixture.bytes.len()) {
            let is_read = read(&fixture, &fixture.bytes[..length], &format!("cut to {length} bytes"));
            assert!(!is_read || length >= whole, "{} is read although cut to {length} bytes", fixture.title());
        }
    }
}

#[test]
fn single_bytes_changed() {
    for fixture in fixtures() {
        for (round, index) in some(fixture.bytes.len()).enumerate() {
            let mut bytes = fixture.bytes.clone();
            bytes[index] ^= [0x01, 0x80, 0xff, 0x20, 0x04, 0x10, 0x55][round % 7];
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
