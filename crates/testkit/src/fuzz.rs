//! What is done with any bytes at all, where nothing may panic and every law holds.
//!
//! The package in `fuzz/` gives these functions to libFuzzer; a test gives them the files of `testdata/`. All of them
//! iterate the registry, so that a new format is under them from its first day.
//!
//! ```text
//! choice choice ... choice   file                              read, read_write_read, render
//! choice choice ... choice   length length  file  file         operations
//! ```
//!
//! A choice is a byte; 0 is the usual way. In the place of a file may stand 32 bytes that pick a generated profile.

mod choices;
mod operations;
mod reading;
mod render;
mod round_trip;
mod seeds;

pub use operations::operations;
pub use reading::read;
pub use render::render;
pub use round_trip::read_write_read;
pub use seeds::seeds;

use crate::fixtures::Fixture;

/// Something that is done with any bytes.
pub struct Target {
    /// The name of its program in `fuzz/`.
    pub name: &'static str,
    /// Does it. Panics where something is wrong with the code, never for what is wrong with the bytes.
    pub run: fn(&[u8]),
    /// Returns bytes from which the file of the given index is tried with other choices each time.
    seed: fn(usize, &[Fixture]) -> Vec<u8>,
}

/// Everything that is done.
pub static TARGETS: &[Target] = &[
    Target { name: "read", run: read, seed: seeds::file },
    Target { name: "read_write_read", run: read_write_read, seed: seeds::file_and_target },
    Target { name: "operations", run: operations, seed: seeds::two_files },
    Target { name: "render", run: render, seed: seeds::file_and_looks },
];
