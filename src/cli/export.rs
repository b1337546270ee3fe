//! `casefile export`.

use std::process::ExitCode;

use super::prepare::{check_format, prepare};
use super::run::{exit_code, print};
use super::{Common, ExportArgs, OnTrackerError, OutputFormat, RunArgs, output};
use crate::config::{Config, Create};
use crate::error::Result;
use crate::{export, pipeline};

/// Writes the tickets as files, and says which there are.
pub(super) async fn export(common: &Common, args: &ExportArgs) -> Result<ExitCode> {
    check_format(common, &[OutputFormat::Text, OutputFormat::Json])?;
    let run = RunArgs::default();
    let mut prepared = prepare(common, &run)?;
    // who asks for files asks for all of them, whatever a run would file
    prepared.config.create = Create::Auto;
    let outcome = pipeline::export(prepared.job(&run, "")?).await?;
    prepared.progress.end();
    let folder = prepared.root.join(&args.out);
    let files = export::write(&folder, &outcome.unfiled)?;
    if !common.quiet {
        let tickets = if outcome.unfiled.len() == 1 { "ticket" } else { "tickets" };
        output::say(&format!(
            "{} {tickets} in {} files written to {}",
            outcome.unfiled.len(),
            files.len(),
            folder.display()
        ));
    }
    print(&outcome, &prepared, common);
    // `fail-on` is about runs
    let config = Config { fail_on: None, ..prepared.config.clone() };
    Ok(exit_code(&outcome, &config, OnTrackerError::Fail))
}
