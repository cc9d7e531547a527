//! How profkit is tested: fixtures from `testdata/`, generated profiles, and the laws that hold for all.
//!
//! The tests iterate the registry and name no format, so that a new format is under all of them from its
//! first day.

pub mod fixtures;
pub mod fuzz;
pub mod generate;
pub mod inputs;
pub mod kcachegrind;
pub mod law;
pub mod names;
pub mod relay;
pub mod said;
