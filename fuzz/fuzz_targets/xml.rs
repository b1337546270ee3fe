//! Reports in XML.
#![no_main]

const FORMATS: &[&str] = &["cyclonedx", "dependency-check", "zap"];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casefile_fuzz::readers::check(FORMATS, bytes));
