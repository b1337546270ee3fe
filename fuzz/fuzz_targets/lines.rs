//! Reports of several JSON texts, one after another.
#![no_main]

const FORMATS: &[&str] = &["yarn-audit", "cargo-deny", "govulncheck", "trufflehog", "nuclei", "hadolint", "sarif"];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casefile_fuzz::readers::check(FORMATS, bytes));
