//! What the tools promise, tried on the real binaries.

mod harness;
mod inputs;
mod outputs;
mod pconv;
mod pgraph;
mod ptop;
mod shared;
mod threads;
