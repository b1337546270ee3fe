//! Tools that read code, and formats for findings of every kind.

pub(crate) mod bandit;
pub(crate) mod brakeman;
pub(crate) mod eslint;
pub(crate) mod gitlab;
pub(crate) mod gosec;
pub(crate) mod njsscan;
pub(crate) mod sarif;
pub(crate) mod semgrep;
pub(crate) mod sonarqube;
