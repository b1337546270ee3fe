//! VEX documents, and what GitLab and GitHub make of reports.
#![no_main]

const FORMATS: &[&str] =
    &["openvex", "csaf", "gitlab", "github-code-scanning", "github-dependabot", "cyclonedx"];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casefile_fuzz::readers::check(FORMATS, bytes));
