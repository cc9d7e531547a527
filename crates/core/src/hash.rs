//! The two hash steps that every table is built on: of bytes, and of a row by its parts.
//!
//! Both are functions of what is hashed and of a number that each run draws: equal content has equal hashes in every
//! profile of a run, which lets a merge keep the hashes of the stacks it copies, and no file can be made so that its
//! names or stacks all meet in one place. Nothing that is written depends on them.

use foldhash::SharedSeed;
use foldhash::fast::{RandomState, SeedableRandomState};
use std::hash::{BuildHasher, Hash};
use std::sync::LazyLock;

/// What [`roll`] mixes in.
static KEYS: LazyLock<[u64; 2]> = LazyLock::new(|| [1, 2].map(|key: u64| hash_of(&key)));

/// Returns the hash of anything hashable, the same all through a run.
pub(crate) fn hash_of(value: &(impl Hash + ?Sized)) -> u64 {
    SeedableRandomState::with_seed(0, SharedSeed::global_random()).hash_one(value)
}

/// Returns the hash of a sequence from the hash of its head and that of the next part.
pub(crate) fn roll(head: u64, next: u64) -> u64 {
    roll_all(head, std::iter::once(next))
}

/// Returns the hash of a sequence from the hash of its head and those of all further parts.
pub(crate) fn roll_all(head: u64, parts: impl Iterator<Item = u64>) -> u64 {
    let [head_key, next_key] = *KEYS;
    parts.fold(head, |head, next| {
        let product = u128::from(head ^ head_key) * u128::from(next ^ next_key);
        (product as u64) ^ ((product >> 64) as u64).rotate_left(23) ^ next
    })
}

/// A map that hashes fast. Its order, another in every run, is never to be seen: what is listed from it is sorted first.
///
/// ```
/// use profkit_core::Map;
///
/// let mut places: Map<&str, usize> = Map::default();
/// places.insert("main", 3);
/// assert_eq!(places.get("main"), Some(&3));
/// ```
pub type Map<K, V> = hashbrown::HashMap<K, V, RandomState>;
