//! Jira's webhooks and what they are signed with.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casefile_fuzz::webhook::check(bytes));
