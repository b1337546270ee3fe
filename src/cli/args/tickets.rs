//! The flags of the commands that work on tickets that are there: `refresh`, `report`, `link`, `unlink`,
//! `disconnect` and `serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::cli::args::shared::{ConfigArgs, FormatArgs, ProgressArgs, ScanArgs, TrackerArgs};
use crate::cli::args::values::{OnTrackerError, RepositoriesChoice, duration};

/// What `refresh` takes.
#[derive(Debug, Clone, Args)]
pub struct RefreshArgs {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Where tickets are.
    #[command(flatten)]
    pub tracker: TrackerArgs,
    /// Refresh only the pull requests that show the ticket with this key; repeatable
    #[arg(long, value_name = "KEY", help_heading = "Tickets")]
    pub ticket: Vec<String>,
    /// Allow any number of tickets to be resolved if their findings were detected only in closed pull requests
    #[arg(long, help_heading = "Tickets")]
    pub allow_mass_resolve: bool,
    /// How to handle tracker errors: `fail` exits with code 4, `warn` with code 0
    #[arg(long, default_value = "fail", value_name = "WHAT", help_heading = "Exit code")]
    pub on_tracker_error: OnTrackerError,
    /// Time limit for the whole command, e.g. 10m
    #[arg(long, default_value = "10m", value_name = "DURATION", value_parser = duration)]
    pub time_limit: Duration,
    /// How the result is printed.
    #[command(flatten)]
    pub format: FormatArgs,
    /// How progress is shown.
    #[command(flatten)]
    pub progress: ProgressArgs,
}

/// What `report` takes.
#[derive(Debug, Clone, Args)]
pub struct ReportArgs {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Where tickets are.
    #[command(flatten)]
    pub tracker: TrackerArgs,
    /// Which tickets to show: those of this repository, or those of all repositories for which casefile has filed
    /// tickets on the site
    #[arg(long, default_value = "own", value_name = "WHOSE", help_heading = "Tickets")]
    pub repositories: RepositoriesChoice,
    /// Where to write the page, a single self-contained HTML file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub html: PathBuf,
    /// How progress is shown.
    #[command(flatten)]
    pub progress: ProgressArgs,
    /// Time limit for the whole command, e.g. 10m
    #[arg(long, default_value = "10m", value_name = "DURATION", value_parser = duration)]
    pub time_limit: Duration,
}

/// Which findings are meant.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Findings")]
pub struct WhichArgs {
    /// ID of a finding, as printed by `plan --format json`; repeatable
    #[arg(long, value_name = "ID", conflicts_with_all = ["group", "rule"])]
    pub finding: Vec<String>,
    /// ID of a group, as printed by `plan --format json`: all its findings, including future ones; repeatable
    #[arg(long, value_name = "ID", conflicts_with = "rule")]
    pub group: Vec<String>,
    /// All findings of a rule or advisory; `*` matches any text
    #[arg(long, value_name = "RULE")]
    pub rule: Option<String>,
    /// Only the rule's findings in files that match this glob
    #[arg(long, value_name = "GLOB", requires = "rule")]
    pub path: Option<String>,
}

/// What `link` takes.
#[derive(Debug, Clone, Args)]
pub struct LinkArgs {
    /// Ticket key, e.g. SEC-12
    pub key: String,
    /// Which findings are assigned to the ticket.
    #[command(flatten)]
    pub which: WhichArgs,
    /// The flags that `link` shares with `unlink`.
    #[command(flatten)]
    pub shared: LinkingArgs,
}

/// What `unlink` takes.
#[derive(Debug, Clone, Args)]
pub struct UnlinkArgs {
    /// Ticket key, e.g. SEC-12
    pub key: String,
    /// Which assignments are removed: all of them, if none is named.
    #[command(flatten)]
    pub which: WhichArgs,
    /// The flags that `unlink` shares with `link`.
    #[command(flatten)]
    pub shared: LinkingArgs,
}

/// What `link` and `unlink` take beside the findings.
#[derive(Debug, Clone, Args)]
pub struct LinkingArgs {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// What was scanned.
    #[command(flatten)]
    pub scan: ScanArgs,
    /// Where tickets are.
    #[command(flatten)]
    pub tracker: TrackerArgs,
    /// How the result is printed.
    #[command(flatten)]
    pub format: FormatArgs,
    /// How progress is shown.
    #[command(flatten)]
    pub progress: ProgressArgs,
}

/// What `disconnect` takes.
#[derive(Debug, Clone, Args)]
pub struct DisconnectArgs {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Apply the changes; without this flag, they are only shown
    #[arg(long)]
    pub yes: bool,
    /// Time limit for the whole command, e.g. 10m
    #[arg(long, default_value = "60m", value_name = "DURATION", value_parser = duration)]
    pub time_limit: Duration,
    /// Where tickets are.
    #[command(flatten)]
    pub tracker: TrackerArgs,
    /// How the result is printed.
    #[command(flatten)]
    pub format: FormatArgs,
    /// How progress is shown.
    #[command(flatten)]
    pub progress: ProgressArgs,
}

/// What `serve` takes.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Where tickets are.
    #[command(flatten)]
    pub tracker: TrackerArgs,
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080", help_heading = "Webhooks")]
    pub listen: SocketAddr,
    /// Register webhooks in Jira and renew them; URL is this server's public address
    #[arg(long, value_name = "URL", help_heading = "Webhooks")]
    pub register: Option<String>,
}
