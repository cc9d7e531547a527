//! Reading: as the format that is told, and as any other.

use super::choices::Choices;
use crate::generate::{Names, any_profile, tangle};
use crate::law;
use profkit_core::{ErrorKind, Notes, Profile, ReadOptions};
use profkit_formats::FORMATS;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// The choice of a generated profile in the place of a format.
pub(super) const GENERATED: u8 = 0xff;
/// The choice of a generated call graph, however little its numbers fit together.
pub(super) const TANGLED: u8 = 0xfe;

/// What inputs may unpack to; more would only take longer.
const MAX_SIZE: u64 = 1 << 20;

/// Reads a file: container, detection, reader.
pub fn read(bytes: &[u8]) {
    let (mut choices, rest) = Choices::of(bytes);
    if let Some(profile) = profile(&mut choices, rest) {
        let stated = profile.census();
        let same = profile.filtered(|_| true, |_| true).unwrap_or_default();
        assert!(same.value_types.is_empty() || same.census().present().minus(stated.present()).is_empty());
    }
}

/// Returns the profile of a file, read the way that two choices say; none where it is refused.
pub(super) fn profile(choices: &mut Choices<'_>, file: &[u8]) -> Option<Profile> {
    let format = match choices.next() {
        GENERATED => return Some(generated(any_profile(Names::Nasty), file)),
        TANGLED => return Some(generated(tangle(), file)),
        0 => None,
        choice => Some(FORMATS[usize::from(choice) % FORMATS.len()]),
    };
    let mut options = ReadOptions::default();
    options.max_size = MAX_SIZE;
    options.options = choices.knobs(format.map_or(&[], |format| format.knobs()));
    let read = profkit_formats::read(file, None, format, &options, &mut Notes::new());
    if let Err(error) = &read {
        let needs_place = error.kind() == ErrorKind::Malformed && !file.is_empty();
        assert!(
            !needs_place || error.place().is_some() || error.message() == "the input is empty",
            "no place: {error}"
        );
    }
    let (profile, format) = read.ok()?;
    if let Err(message) = law::check_valid(&profile) {
        panic!("{}: {message}", format.name());
    }
    Some(profile)
}

/// Returns one of the profiles that a strategy makes; the first 32 bytes pick it.
fn generated<P: std::ops::Deref<Target = Profile> + std::fmt::Debug>(
    strategy: impl Strategy<Value = P>,
    bytes: &[u8],
) -> Profile {
    let mut seed = [0; 32];
    seed.iter_mut().zip(bytes).for_each(|(to, byte)| *to = *byte);
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let tree = strategy.new_tree(&mut runner).expect("nothing is filtered out");
    tree.current().clone()
}
