//! SARIF.
#![no_main]

const FORMATS: &[&str] = &["sarif"];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casefile_fuzz::readers::check(FORMATS, bytes));
