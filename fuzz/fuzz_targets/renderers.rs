//! Documents in every markup.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casefile_fuzz::renderers::check(bytes));
