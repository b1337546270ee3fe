//! `casefile schema`.

use std::process::ExitCode;

use crate::cli::output::printer;
use crate::config;
use crate::error::Result;

/// Prints the configuration's JSON Schema, for editors.
pub(crate) fn schema() -> Result<ExitCode> {
    printer::json(&config::schema());
    Ok(ExitCode::SUCCESS)
}
