//! Bytes to findings, scans and problems: one file a format, all of one shape.
//!
//! [`files`] finds the reports, [`formats`] tells what each is and reads it, [`source`] opens it. A JSON
//! format walks down to its elements with `each` and parses them into structs made of the types of
//! `lenient`. What formats share of the field's words is in `advisory`, `purl`, `kind`, `path`, `words` and
//! `weakness`; what scanners of one sort share is in `tool` (tools with rules), `flaw` (advisories on
//! packages) and `audit` (of package managers). [`checkout`] has the flagged lines that a report lacks.

use crate::model::finding::{Finding, Statement};
use crate::model::scan::{Problem, Scan};

mod advisory;
mod audit;
mod bandit;
mod brakeman;
mod bundler_audit;
mod cargo;
mod censor;
pub mod checkout;
mod checkov;
mod composer_audit;
mod csaf;
mod cvss;
mod cyclonedx;
mod dependency_check;
mod dependency_track;
mod detect_secrets;
mod dotnet;
mod each;
mod eslint;
mod failures;
pub mod files;
mod flaw;
mod foreign;
pub mod formats;
mod github;
mod gitlab;
mod gitleaks;
mod gosec;
mod govulncheck;
mod graph;
mod grype;
mod gzip;
mod hadolint;
mod kics;
mod kind;
mod lenient;
mod mend;
mod moment;
mod njsscan;
mod nothing;
mod npm;
mod openvex;
mod osv;
mod path;
mod pip_audit;
mod purl;
mod roots;
mod sarif;
mod secret;
mod secretlint;
mod semgrep;
mod semgrep_supply_chain;
mod snyk;
pub mod source;
mod terrascan;
mod tfsec;
#[cfg(test)]
mod told;
mod tool;
pub mod tree;
mod trivy;
mod trufflehog;
mod weakness;
mod window;
mod words;
mod xml;

/// Takes what a reader finds, in the order of the report.
pub trait Sink {
    /// A finding; it belongs to the scan that is given next.
    fn finding(&mut self, finding: Finding<'_>);

    /// What a VEX document says of an advisory. It holds wherever the advisory was found. Who looks at
    /// findings alone need not take it.
    fn statement(&mut self, _: Statement) {}

    /// Closes the scan whose findings and problems came before.
    fn scan(&mut self, scan: Scan);

    /// An element that could not be read. Its neighbours still come; its scan is not whole.
    fn problem(&mut self, problem: Problem);

    /// The document ends, and at this byte of the report more begins. Only who opens reports need know.
    fn follows(&mut self, _: u64) {}
}

/// Takes nothing: for a look at a report that tells no findings.
struct Nobody;

impl Sink for Nobody {
    fn finding(&mut self, _: Finding<'_>) {}
    fn scan(&mut self, _: Scan) {}
    fn problem(&mut self, _: Problem) {}
}
