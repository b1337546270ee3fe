//! `casefile plan`.

use std::process::ExitCode;

use super::prepare::{Prepared, prepare};
use super::run::{exit_code, print};
use super::{Common, PlanArgs, connect, output, sarif};
use crate::config::TrackerKind;
use crate::error::Result;
use crate::pipeline;
use crate::tracker::Read;
use crate::tracker::local::{FOLDER, Local};

/// Prints what a run would do. It holds a tracker that can only be read.
pub(super) async fn plan(common: &Common, args: &PlanArgs) -> Result<ExitCode> {
    let prepared = prepare(common, &args.run).await?;
    match prepared.config.tracker {
        TrackerKind::Local => {
            let tracker = Local::new(prepared.root.join(FOLDER), prepared.run.now);
            say(&tracker, &prepared, common, args).await
        }
        TrackerKind::Jira => {
            let tracker = connect::jira(&prepared.config, &prepared.root, prepared.stop.clone())?;
            say(&tracker, &prepared, common, args).await
        }
    }
}

async fn say<T: Read>(
    tracker: &T,
    prepared: &Prepared,
    common: &Common,
    args: &PlanArgs,
) -> Result<ExitCode> {
    let job = prepared.job(&args.run, tracker.site())?;
    let outcome = pipeline::plan(tracker, job, args.write_baseline.as_deref()).await?;
    prepared.progress.end();
    if let (Some(path), false) = (&args.write_baseline, common.quiet) {
        output::say(&format!("baseline written to {}", path.display()));
    }
    if let Some(folder) = &args.run.sarif_out {
        sarif::write(folder, &outcome, prepared)?;
    }
    print(&outcome, prepared, common);
    Ok(exit_code(&outcome, args.run.on_tracker_error))
}
