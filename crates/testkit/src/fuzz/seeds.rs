//! What fuzzing starts from: the files of `testdata/`.

use super::Target;
use super::choices::CHOICES;
use super::reading::{GENERATED, TANGLED};
use crate::fixtures::{Fixture, bad, readable};
use profkit_formats::FORMATS;

/// The longest file that is a seed: longer ones would slow every try down.
const MOST_BYTES: usize = 12 << 10;
/// How many seeds make a generated profile.
const GENERATED_SEEDS: usize = 24;

/// Returns a name and the bytes of each seed of a target.
pub fn seeds(target: &Target) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<Fixture> = readable().into_iter().chain(bad()).collect();
    files.retain(|file| file.bytes.len() <= MOST_BYTES);
    let of_file =
        |index: usize| (format!("{index:03}-{}", files[index].title().replace('/', "-")), (target.seed)(index, &files));
    let mut seeds: Vec<_> = (0..files.len()).map(of_file).collect();
    for index in 0..GENERATED_SEEDS {
        let mut seed = vec![0; CHOICES];
        let place = if target.name == "read_write_read" { 3 } else { 0 };
        seed[place] = if index % 4 == 0 { TANGLED } else { GENERATED };
        if target.name == "operations" {
            seed.extend(0u16.to_le_bytes());
        }
        seed.extend(noise(index as u64 + 1, 32));
        seeds.push((format!("generated-{index:02}"), seed));
    }
    seeds
}

/// Returns bytes without any order, the same ones each time.
fn noise(seed: u64, length: usize) -> impl Iterator<Item = u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    })
    .take(length)
}

pub(super) fn file(index: usize, files: &[Fixture]) -> Vec<u8> {
    let format = FORMATS.iter().position(|format| std::ptr::eq(*format, files[index].format));
    // Some by detection, some as what they are; the first format is only ever detected.
    let choice = if index.is_multiple_of(2) { 0 } else { format.unwrap_or(0) };
    with_choices([choice as u8, 0, 0, 0, 0, 0, 0, 0], &files[index].bytes)
}

pub(super) fn file_and_target(index: usize, files: &[Fixture]) -> Vec<u8> {
    with_choices([index as u8, 0, 0, 0, 0, 0, 0, 0], &files[index].bytes)
}

pub(super) fn file_and_looks(index: usize, files: &[Fixture]) -> Vec<u8> {
    with_choices([0, 0, index as u8, (index / 2) as u8, 0, 0, 0, 0], &files[index].bytes)
}

/// Two files of one format, or of two.
pub(super) fn two_files(index: usize, files: &[Fixture]) -> Vec<u8> {
    let first = &files[index].bytes;
    let step = if index.is_multiple_of(2) { 1 } else { files.len() / 3 };
    let second = &files[(index + step) % files.len()].bytes;
    let length = u16::try_from(first.len()).unwrap_or(u16::MAX).to_le_bytes();
    let step = index as u8;
    let mut seed = with_choices([0, 0, 0, 0, step, step, step.wrapping_add(7), step / 3], &length);
    seed.extend_from_slice(first);
    seed.extend_from_slice(second);
    seed
}

fn with_choices(choices: [u8; CHOICES], file: &[u8]) -> Vec<u8> {
    [&choices[..], file].concat()
}
