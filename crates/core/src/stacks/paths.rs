//! Whole stacks on their way into a profile.

use super::extended;
use crate::id::FrameId;

/// The hashes of all frames of a profile, apart from it: [`Paths`] can be made of them while the profile changes.
#[derive(Clone, Debug)]
pub struct FrameHashes(Vec<u64>);

/// Whole stacks, one behind the other, each with the hash by which the profile finds it.
///
/// What takes time in adding stacks to a profile is done when they are put in here, which many threads can do at once.
///
/// ```
/// use profkit_core::{Frame, Function, Paths, Profile};
///
/// let mut profile = Profile::default();
/// let name = profile.string("main");
/// let function = profile.function(Function::named(name));
/// let main = profile.frame(Frame { function: Some(function), ..Frame::default() });
/// let hashes = profile.frame_hashes();
/// let mut paths = Paths::with_capacity(&hashes, 2, 2);
/// paths.push_path(&[main, main]);
/// paths.push_path(&[]);
/// paths.push_numbered(&[1, 0], &[main, main]);
/// assert_eq!(profile.stack_of(&paths, 0)?, Some(profile.stack(&[main, main])?));
/// assert_eq!(profile.stack_of(&paths, 1)?, None);
/// assert_eq!(profile.stack_of(&paths, 2)?, profile.stack_of(&paths, 0)?);
/// # Ok::<(), profkit_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Paths<'h> {
    hashes: &'h FrameHashes,
    frames: Vec<FrameId>,
    rows: Vec<Row>,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    end: usize,
    hash: u64,
}

impl FrameHashes {
    pub(crate) fn new(hashes: &[u64]) -> FrameHashes {
        FrameHashes(hashes.to_vec())
    }
}

impl<'h> Paths<'h> {
    /// Returns an empty list with room for so many stacks, which have so many frames in all.
    pub fn with_capacity(hashes: &'h FrameHashes, stacks: usize, frames: usize) -> Paths<'h> {
        Paths { hashes, frames: Vec::with_capacity(frames), rows: Vec::with_capacity(stacks) }
    }

    /// Adds a stack, root first.
    ///
    /// # Panics
    ///
    /// Panics on a frame that the profile did not have when it was asked for the hashes.
    pub fn push_path(&mut self, path: &[FrameId]) {
        let start = self.frames.len();
        self.frames.extend_from_slice(path);
        self.end_row(start);
    }

    /// Adds a stack, root first, whose frames are told by their numbers in a list.
    ///
    /// # Panics
    ///
    /// Panics on a number beyond the list, and on a frame as [`push_path`](Paths::push_path) does.
    pub fn push_numbered(&mut self, path: &[u32], frames: &[FrameId]) {
        let start = self.frames.len();
        self.frames.extend(path.iter().map(|&number| frames[number as usize]));
        self.end_row(start);
    }

    /// Makes a stack of the frames that were added from `start` on.
    fn end_row(&mut self, start: usize) {
        let hash = extended(0, &self.frames[start..], &self.hashes.0);
        self.rows.push(Row { end: self.frames.len(), hash });
    }

    /// Returns how many stacks there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether there is no stack.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the frames of a stack, and their hash.
    pub(crate) fn at(&self, index: usize) -> (&[FrameId], u64) {
        let start = index.checked_sub(1).map_or(0, |before| self.rows[before].end);
        let Row { end, hash } = self.rows[index];
        (&self.frames[start..end], hash)
    }
}
