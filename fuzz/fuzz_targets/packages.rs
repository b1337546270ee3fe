//! Reports on packages, in JSON.
#![no_main]

const FORMATS: &[&str] = &[
    "trivy",
    "grype",
    "osv-scanner",
    "npm-audit",
    "pnpm-audit",
    "pip-audit",
    "cargo-audit",
    "composer-audit",
    "bundler-audit",
    "dotnet-list-package",
    "dependency-check",
    "dependency-track",
    "cyclonedx",
    "snyk",
    "semgrep-supply-chain",
    "prisma",
    "safety",
    "xray",
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casefile_fuzz::readers::check(FORMATS, bytes));
