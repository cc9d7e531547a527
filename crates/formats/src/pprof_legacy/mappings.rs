//! The mappings of a profile: parts put together, the main binary first, and which one holds an address.

use profkit_core::{Mapping, MappingId, Profile};
use std::collections::BTreeMap;

/// Where a non-relocatable program starts on Linux.
const USUAL_START: u64 = 0x40_0000;

/// The mappings, in the order of the file until they are tidied up.
#[derive(Default)]
pub(super) struct Mappings {
    rows: Vec<Mapping>,
    /// What holds each address: ranges that do not overlap, by their start.
    ranges: Ranges,
    /// What ends before the first address of its mapping: the part that may have been left out.
    missing: Ranges,
}

/// Ranges that do not overlap: start, limit and index of the mapping.
#[derive(Default)]
struct Ranges(BTreeMap<u64, (u64, usize)>);

impl Mappings {
    /// Adds a mapping, to the one before if the two are parts of the same file.
    pub(super) fn add(&mut self, mapping: Mapping) {
        match self.rows.last_mut() {
            Some(before) if is_continued(before, &mapping) => {
                before.limit = mapping.limit;
                before.file = mapping.file.or(before.file);
                before.build_id = mapping.build_id.or(before.build_id);
            }
            _ => self.rows.push(mapping),
        }
    }

    /// Puts the main binary first and finds out what holds which address.
    pub(super) fn tidy(&mut self, profile: &Profile) {
        let is_main = |mapping: &Mapping| is_program(mapping.file.map_or("", |file| &profile.strings[file]));
        if let Some(main) = self.rows.iter().position(is_main) {
            self.rows.swap(0, main);
        }
        // Huge pages that hold a copy of the program are in the map before the program.
        if let [first, second, ..] = self.rows.as_slice()
            && first.file.is_some_and(|file| profile.strings[file].starts_with("/anon_hugepage"))
            && first.limit == second.start
        {
            self.rows.remove(0);
        }
        if let Some(first) = self.rows.first_mut()
            && first.start.checked_sub(first.offset) == Some(USUAL_START)
        {
            (first.start, first.offset) = (USUAL_START, 0);
        }
        for (index, mapping) in self.rows.iter().enumerate() {
            self.ranges.add(mapping.start, mapping.limit, index);
        }
        for (index, mapping) in self.rows.iter().enumerate() {
            if let Some(start) = mapping.start.checked_sub(mapping.offset) {
                self.missing.add(start, mapping.start, index);
            }
        }
    }

    /// Lets mappings start where their file does if an address is there that nothing else holds.
    pub(super) fn stretch(&mut self, addresses: impl Iterator<Item = u64>) {
        for address in addresses.filter(|&address| address != 0) {
            if self.ranges.find(address).is_none()
                && let Some(index) = self.missing.find(address)
                && let Some(mapping) = self.rows.get_mut(index)
                && mapping.offset != 0
            {
                mapping.start = mapping.start.saturating_sub(mapping.offset);
                mapping.offset = 0;
            }
        }
    }

    /// Returns the index of the mapping that holds an address.
    pub(super) fn find(&self, address: u64) -> Option<usize> {
        self.ranges.find(address).or_else(|| self.missing.find(address))
    }

    /// Adds the mappings to the profile and returns their ids, in order.
    pub(super) fn add_to(&self, profile: &mut Profile) -> Vec<MappingId> {
        self.rows.iter().map(|&mapping| profile.mapping(mapping)).collect()
    }
}

impl Ranges {
    /// Adds the parts of a range that no other range has.
    fn add(&mut self, start: u64, limit: u64, index: usize) {
        let mut from = self.0.range(..=start).next_back().map_or(start, |(_, &(limit, _))| limit.max(start));
        let mut parts = Vec::new();
        for (&next, &(next_limit, _)) in self.0.range(start..limit.max(start)) {
            if from < next {
                parts.push((from, next));
            }
            from = from.max(next_limit);
        }
        if from < limit {
            parts.push((from, limit));
        }
        self.0.extend(parts.into_iter().map(|(start, limit)| (start, (limit, index))));
    }

    fn find(&self, address: u64) -> Option<usize> {
        let (_, &(limit, index)) = self.0.range(..=address).next_back()?;
        (address < limit).then_some(index)
    }
}

/// Returns whether a mapping is the part of the same file that follows in memory.
fn is_continued(before: &Mapping, after: &Mapping) -> bool {
    let agree = |a: Option<_>, b: Option<_>| a.is_none() || b.is_none() || a == b;
    let offset = || before.offset.wrapping_add(before.limit.wrapping_sub(before.start));
    agree(before.file, after.file)
        && agree(before.build_id, after.build_id)
        && before.limit == after.start
        && (before.offset == 0 || after.offset == 0 || offset() == after.offset)
}

/// Returns whether a file is neither a shared library nor memory without a file.
fn is_program(file: &str) -> bool {
    let is_library = || {
        file.ends_with(".so")
            || [".so.", ".so_"].iter().any(|mark| {
                file.match_indices(mark).any(|(at, mark)| {
                    file.get(at.saturating_add(mark.len())..)
                        .is_some_and(|rest| rest.starts_with(|it: char| it.is_ascii_digit()))
                })
            })
    };
    !file.is_empty() && !file.starts_with('[') && !is_library()
}
