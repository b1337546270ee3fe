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
    "nuclei",
    "semgrep",
    "sonarqube",
    "terrascan",
    "tfsec",
    "snyk",
    "zap",
    "asff",
    "ocsf",
    "empty-list",
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casefile_fuzz::readers::check(FORMATS, bytes));
