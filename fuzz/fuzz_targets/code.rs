//! Reports on code and infrastructure, in JSON.
#![no_main]

const FORMATS: &[&str] = &[
    "bandit",
    "brakeman",
    "checkov",
    "eslint",
    "gosec",
    "hadolint",
    "kics",
    "njsscan",
    "semgrep",
    "terrascan",
    "tfsec",
    "snyk",
    "empty-list",
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casefile_fuzz::readers::check(FORMATS, bytes));
