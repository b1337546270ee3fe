//! Reports on secrets.
#![no_main]

const FORMATS: &[&str] = &["detect-secrets", "gitleaks", "trufflehog", "github-secret-scanning"];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casefile_fuzz::readers::check(FORMATS, bytes));
