//! What the tools promise, tried on the real binaries.

#[cfg(target_os = "linux")]
mod bombs;
#[cfg(target_os = "linux")]
mod faults;
mod harness;
mod inputs;
mod outputs;
mod pconv;
mod pdiff;
mod pfilter;
mod pflame;
mod pgraph;
mod pmerge;
mod ptop;
mod schema;
mod shared;
#[cfg(target_os = "linux")]
mod terminal;
mod threads;
