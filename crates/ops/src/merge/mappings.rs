//! The binaries of several profiles, wherever they were loaded.

use profkit_core::{Mapping, MappingId, Profile, StringId, Transfer};
use std::collections::HashMap;

/// What mappings are told apart by: not by where they were loaded, which differs from run to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    size: u64,
    offset: u64,
    name: Name,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Name {
    BuildId(StringId),
    File(StringId),
    /// Memory without a name is the same only at the same place.
    At(u64),
}

/// The mappings of a merged profile by what tells them apart.
#[derive(Debug, Default)]
pub(super) struct Mappings(HashMap<Key, MappingId>);

/// Sizes are counted in pages of this many bytes: the last one may be given as a whole.
const PAGE_SIZE: u64 = 4096;

impl Mappings {
    pub(super) fn of(profile: &Profile) -> Mappings {
        let mut mappings = Mappings::default();
        for (id, mapping) in profile.mappings.iter() {
            mappings.0.entry(key(mapping)).or_insert(id);
        }
        mappings
    }

    /// Makes the mappings of a profile those of the merged one, where they are the same.
    pub(super) fn join(&mut self, from: &Profile, to: &mut Profile, transfer: &mut Transfer<'_>) {
        for (id, mapping) in from.mappings.iter() {
            let file = mapping.file.map(|file| transfer.string(to, file));
            let build_id = mapping.build_id.map(|build_id| transfer.string(to, build_id));
            let moved = Mapping { file, build_id, ..mapping };
            let joined = *self.0.entry(key(moved)).or_insert_with(|| to.mapping(moved));
            // What is resolved for only one of them is not resolved for all addresses.
            let both = to.mappings[joined].has.and(mapping.has);
            if both != to.mappings[joined].has {
                to.set_symbols(joined, both);
            }
            transfer.join_mapping(id, joined);
        }
    }
}

fn key(mapping: Mapping) -> Key {
    let size = mapping.limit.saturating_sub(mapping.start).div_ceil(PAGE_SIZE);
    let name = match (mapping.build_id, mapping.file) {
        (Some(build_id), _) => Name::BuildId(build_id),
        (None, Some(file)) => Name::File(file),
        (None, None) => Name::At(mapping.start),
    };
    Key { size, offset: mapping.offset, name }
}
