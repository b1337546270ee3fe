//! Tools that look for secrets.

pub(crate) mod detect_secrets;
pub(crate) mod gitleaks;
pub(crate) mod secretlint;
pub(crate) mod trufflehog;
