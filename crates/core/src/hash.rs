//! The two hash steps that every table is built on: of bytes, and of a row by its parts.
//!
//! Both are fixed functions of what is hashed: equal content has equal hashes in every profile and
//! every run, which lets a merge keep the hashes of the stacks it copies.

use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hash};

const SEED: u64 = 0x70_72_6f_66_6b_69_74;

/// Returns the hash of anything hashable, the same in every run.
pub(crate) fn hash_of(value: &(impl Hash + ?Sized)) -> u64 {
    FixedState::with_seed(SEED).hash_one(value)
}

/// Returns the hash of a sequence from the hash of its head and that of the next part.
pub(crate) fn roll(head: u64, next: u64) -> u64 {
    let product = u128::from(head ^ 0x9e37_79b9_7f4a_7c15) * u128::from(next ^ 0xd6e8_feb8_6659_fd93);
    (product as u64) ^ ((product >> 64) as u64).rotate_left(23) ^ next
}

/// A map that hashes fast, and the same in every run. Its order is never to be seen: what is listed from it is sorted
/// first.
///
/// ```
/// use profkit_core::Map;
///
/// let mut places: Map<&str, usize> = Map::default();
/// places.insert("main", 3);
/// assert_eq!(places.get("main"), Some(&3));
/// ```
pub type Map<K, V> = hashbrown::HashMap<K, V, FixedState>;
