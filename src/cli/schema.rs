//! `casefile schema`.

use std::process::ExitCode;

use super::output;
use crate::config;
use crate::error::Result;

/// Prints the configuration's JSON Schema, for editors.
pub(super) fn schema() -> Result<ExitCode> {
    output::json(&config::schema());
    Ok(ExitCode::SUCCESS)
}
