//! Slow inputs: a report that repeats a part of itself.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casefile_fuzz::growth::check(bytes));
