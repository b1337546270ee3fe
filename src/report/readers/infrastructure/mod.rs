//! Tools that read infrastructure as code.

pub(crate) mod asff;
pub(crate) mod checkov;
pub(crate) mod hadolint;
pub(crate) mod kics;
pub(crate) mod ocsf;
pub(crate) mod resource;
pub(crate) mod terrascan;
pub(crate) mod tfsec;
