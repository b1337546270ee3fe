//! The flags of the commands that read reports and file tickets: `run`, `plan` and `export`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::cli::args::shared::{ConfigArgs, FormatArgs, PlanFormatArgs, ProgressArgs, ScanArgs, TrackerArgs};
use crate::cli::args::values::{OnTrackerError, commit, count, duration};
use crate::model::severity::Severity;

/// What `run` takes.
#[derive(Debug, Clone, Args)]
pub struct RunArgs {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// What was scanned.
    #[command(flatten)]
    pub scan: ScanArgs,
    /// Where tickets are.
    #[command(flatten)]
    pub tracker: TrackerArgs,
    /// What is filed, and how the run ends.
    #[command(flatten)]
    pub options: RunOptions,
    /// How the result is printed.
    #[command(flatten)]
    pub format: FormatArgs,
    /// How progress is shown.
    #[command(flatten)]
    pub progress: ProgressArgs,
}

/// What `plan` takes.
#[derive(Debug, Clone, Args)]
pub struct PlanArgs {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// What was scanned.
    #[command(flatten)]
    pub scan: ScanArgs,
    /// Where tickets are.
    #[command(flatten)]
    pub tracker: TrackerArgs,
    /// What a run would file, and how it would end.
    #[command(flatten)]
    pub options: RunOptions,
    /// How the plan is printed.
    #[command(flatten)]
    pub format: PlanFormatArgs,
    /// Write all current findings to this baseline file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub write_baseline: Option<PathBuf>,
    /// How progress is shown.
    #[command(flatten)]
    pub progress: ProgressArgs,
}

/// The options of a run and of its plan. Commands that take none of these flags use the default.
#[derive(Debug, Clone, Args)]
pub struct RunOptions {
    /// The commit that was scanned [default: inferred from the event, the CI system or the checkout]
    #[arg(long, value_name = "SHA", value_parser = commit, help_heading = "Reports")]
    pub commit: Option<String>,
    /// The pull request that the findings belong to; casefile annotates it [default: inferred from the event or the CI
    /// system]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Reports")]
    pub pull_request: Option<u64>,
    /// Name for the scans; casefile compares them only with earlier scans of the same name [default: workflow/job]
    #[arg(long, value_name = "NAME", help_heading = "Reports")]
    pub scope: Option<String>,
    /// File only this finding or group (an ID that `plan` prints); repeatable
    #[arg(long, value_name = "ID", help_heading = "Tickets")]
    pub only: Vec<String>,
    /// File at most N new tickets, most severe first
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count, help_heading = "Tickets")]
    pub max_new: Option<usize>,
    /// Resolve any number of tickets, even if the scan seems to have failed
    #[arg(long, help_heading = "Tickets")]
    pub allow_mass_resolve: bool,
    /// File that keeps track of recently created tickets between runs
    #[arg(long, value_name = "FILE", help_heading = "Tickets")]
    pub state: Option<PathBuf>,
    /// Minimum severity that makes the command exit with code 1; skipped findings do not count
    #[arg(long, value_name = "SEVERITY", help_heading = "Exit code")]
    pub fail_on: Option<Severity>,
    /// How to handle tracker errors: `fail` exits with code 4, `warn` with code 0
    #[arg(long, default_value = "fail", value_name = "WHAT", help_heading = "Exit code")]
    pub on_tracker_error: OnTrackerError,
    /// Time limit for the whole command, e.g. 10m
    #[arg(long, default_value = "10m", value_name = "DURATION", value_parser = duration)]
    pub time_limit: Duration,
    /// Output folder for SARIF files of the scans, with ticket references, for GitHub code scanning
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub sarif_out: Option<PathBuf>,
    /// Output file for a page about this run: one self-contained HTML file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub html: Option<PathBuf>,
}

impl RunOptions {
    /// The options of a command that reads no reports.
    pub(crate) fn without_reports(time_limit: Duration, on_tracker_error: OnTrackerError) -> RunOptions {
        RunOptions { time_limit, on_tracker_error, ..RunOptions::default() }
    }
}

impl Default for RunOptions {
    fn default() -> RunOptions {
        RunOptions {
            commit: None,
            pull_request: None,
            scope: None,
            only: Vec::new(),
            max_new: None,
            allow_mass_resolve: false,
            state: None,
            fail_on: None,
            on_tracker_error: OnTrackerError::Fail,
            time_limit: Duration::from_secs(600),
            sarif_out: None,
            html: None,
        }
    }
}

/// What `export` takes.
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// What was scanned.
    #[command(flatten)]
    pub scan: ScanArgs,
    /// Where the tickets would be filed.
    #[command(flatten)]
    pub tracker: TrackerArgs,
    /// Output folder
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub out: PathBuf,
    /// How the result is printed.
    #[command(flatten)]
    pub format: FormatArgs,
    /// How progress is shown.
    #[command(flatten)]
    pub progress: ProgressArgs,
}
