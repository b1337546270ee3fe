//! `casefile plan`.

use std::process::ExitCode;

use crate::cli::args::{CommonArgs, OnTrackerError, PlanArgs};
use crate::cli::ending::{exit_code, print};
use crate::cli::output::{html, no_secrets, printer, sarif, step};
use crate::cli::setup::prepare::{Prepared, prepare};
use crate::config::TrackerKind;
use crate::error::{ErrorClass, Result};
use crate::pipeline;
use crate::tracker::Read;
use crate::tracker::local::{FOLDER, Local};

/// Prints what a run would do. It holds a tracker that can only be read.
pub(crate) async fn plan(common: &CommonArgs, args: &PlanArgs) -> Result<ExitCode> {
    let prepared = prepare(common, &args.options).await?;
    match prepared.config.tracker {
        TrackerKind::Local => {
            let tracker = Local::new(prepared.root.join(FOLDER), prepared.run.now);
            say(&tracker, &prepared, common, args).await
        }
        TrackerKind::Jira => match prepared.jira(prepared.stop.clone()) {
            Ok(tracker) => say(&tracker, &prepared, common, args).await,
            Err(error) if error.kind() == ErrorClass::Remote && no_secrets::explain(&prepared, common)? => {
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => Err(error),
        },
    }
}

async fn say<T: Read>(
    tracker: &T,
    prepared: &Prepared,
    common: &CommonArgs,
    args: &PlanArgs,
) -> Result<ExitCode> {
    let job = prepared.job(&args.options, tracker.site())?;
    let (outcome, baseline) = pipeline::plan(tracker, job, args.write_baseline.as_deref()).await?;
    prepared.progress.end();
    if let (Some(path), Ok(()), false) = (&args.write_baseline, &baseline, common.quiet) {
        printer::say(&format!("baseline written to {}", path.display()));
    }
    print(&outcome, prepared, common);
    let stepped = step::report(&outcome, prepared, args.options.on_tracker_error == OnTrackerError::Warn);
    let sarif =
        args.options.sarif_out.as_ref().map_or(Ok(()), |folder| sarif::write(folder, &outcome, prepared));
    let paged = html::run(&args.options, &outcome, prepared, common);
    if let Err(error) = baseline.and(sarif).and(paged).and(stepped) {
        // the plan has been printed already, and it is one document
        printer::error(&error.to_string(), error.advice(), common.color);
        return Ok(ExitCode::from(error.kind().exit_code()));
    }
    Ok(exit_code(&outcome, args.options.on_tracker_error))
}
