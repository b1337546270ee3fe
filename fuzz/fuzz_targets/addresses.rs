//! Base URLs, addresses and questions in JQL.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casefile_fuzz::addresses::check(bytes));
