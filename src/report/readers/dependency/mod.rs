//! Tools that look for advisories on packages.

pub(crate) mod bundler_audit;
pub(crate) mod cargo;
pub(crate) mod composer_audit;
pub(crate) mod cyclonedx;
pub(crate) mod dependency_check;
pub(crate) mod dependency_track;
pub(crate) mod dotnet;
pub(crate) mod govulncheck;
pub(crate) mod grype;
pub(crate) mod npm;
pub(crate) mod osv;
pub(crate) mod pip_audit;
pub(crate) mod prisma;
pub(crate) mod safety;
pub(crate) mod semgrep_supply_chain;
pub(crate) mod snyk;
pub(crate) mod trivy;
pub(crate) mod xray;
