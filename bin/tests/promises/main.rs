//! What the tools promise, tried on the real binaries.

mod harness;
mod inputs;
mod outputs;
mod pconv;
mod pdiff;
mod ptop;
mod schema;
mod shared;
mod threads;
