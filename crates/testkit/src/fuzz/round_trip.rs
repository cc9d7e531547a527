//! Writing what was read, and reading it again.

use super::choices::Choices;
use super::reading::profile;
use crate::law;
use profkit_core::{Format, WriteOptions};
use profkit_formats::FORMATS;

/// Reads a file, writes it in any format, and reads that again: it says what was read, less what was noted.
///
/// # Panics
///
/// Panics where the law does not hold.
pub fn read_write_read(bytes: &[u8]) {
    let (mut choices, rest) = Choices::of(bytes);
    let both_ways: Vec<&'static Format> =
        FORMATS.iter().copied().filter(|format| format.can_read() && format.can_write()).collect();
    let target = *choices.pick(&both_ways);
    let mut options = WriteOptions::default();
    options.options = choices.knobs(target.knobs());
    let flags = choices.next();
    options.no_thread_root = flags & 1 != 0;
    options.all_frames = flags & 2 != 0;
    let Some(profile) = profile(&mut choices, rest) else { return };
    options.value = usize::from(flags >> 2).checked_sub(1).map(|value| value % profile.value_types.len().max(1));
    options.value = options.value.filter(|_| !profile.value_types.is_empty());
    if let Err(message) = law::check_what_is_written(&profile, target, &options) {
        panic!("{message}");
    }
}
