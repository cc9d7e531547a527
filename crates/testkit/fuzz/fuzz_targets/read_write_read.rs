//! See `profkit_testkit::fuzz`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| profkit_testkit::fuzz::read_write_read(bytes));
