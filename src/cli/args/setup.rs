//! The flags of the commands that set casefile up and explain it: `init`, `doctor`, `login`, `logout` and `formats`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::cli::args::shared::{ConfigArgs, FormatArgs, ProgressArgs, ScanArgs, TrackerArgs};
use crate::cli::args::values::duration;

/// What `init` takes.
#[derive(Debug, Clone, Args)]
pub struct InitArgs {
    /// Address of the Jira site [default: JIRA_BASE_URL]
    #[arg(long, value_name = "URL", help_heading = "Configuration")]
    pub site: Option<String>,
    /// Key of the Jira project in which tickets are filed, e.g. SEC
    #[arg(long, value_name = "KEY", help_heading = "Configuration")]
    pub project: Option<String>,
    /// Branches whose findings become tickets, separated by commas [default: the default branch]
    #[arg(long, value_name = "NAMES", value_delimiter = ',', help_heading = "Configuration")]
    pub branches: Vec<String>,
    /// How vulnerable packages are grouped: one ticket per package, per advisory (type), per manifest (file), or per
    /// advisory, package and manifest (vulnerability) [default: package]
    #[arg(
        long,
        value_name = "MODE",
        value_parser = ["package", "type", "file", "vulnerability"],
        help_heading = "Configuration"
    )]
    pub group_by: Option<String>,
    /// Scanner that the workflow runs; repeatable; `none` for a workflow without scanners [default: those that
    /// fit the repository]
    #[arg(
        long,
        value_name = "NAME",
        value_parser = ["semgrep", "trivy", "gitleaks", "none"],
        help_heading = "Workflow"
    )]
    pub scanner: Vec<String>,
    /// Write only the workflow
    #[arg(long, help_heading = "Workflow")]
    pub workflow_only: bool,
    /// Print the files instead of writing them
    #[arg(long)]
    pub print: bool,
}

/// What `doctor` takes.
#[derive(Debug, Clone, Args)]
pub struct DoctorArgs {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// What was scanned.
    #[command(flatten)]
    pub scan: ScanArgs,
    /// Where tickets are.
    #[command(flatten)]
    pub tracker: TrackerArgs,
    /// File a test ticket, show its link, and delete it
    #[arg(long, help_heading = "Tickets")]
    pub test_ticket: bool,
    /// Keep the test ticket
    #[arg(long, requires = "test_ticket", help_heading = "Tickets")]
    pub keep: bool,
    /// Time limit for the whole command, e.g. 10m
    #[arg(long, default_value = "5m", value_name = "DURATION", value_parser = duration)]
    pub time_limit: Duration,
    /// How the result is printed.
    #[command(flatten)]
    pub format: FormatArgs,
    /// How progress is shown.
    #[command(flatten)]
    pub progress: ProgressArgs,
}

/// What `login` takes.
#[derive(Debug, Clone, Args)]
pub struct LoginArgs {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// The site to sign in to [default: JIRA_BASE_URL, then `jira.url`, then a prompt]
    #[arg(long, value_name = "URL", help_heading = "Login")]
    pub site: Option<String>,
    /// The port of the app's callback URL, http://127.0.0.1:PORT/callback
    #[arg(long, value_name = "PORT", default_value_t = 8976, help_heading = "Login")]
    pub port: u16,
    /// Print the address of the sign-in page instead of opening it in a browser
    #[arg(long, help_heading = "Login")]
    pub no_browser: bool,
    /// Also request permission to register webhooks, for `casefile serve --register`
    #[arg(long, help_heading = "Login")]
    pub webhooks: bool,
    /// How the result is printed.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// What `logout` takes.
#[derive(Debug, Clone, Args)]
pub struct LogoutArgs {
    /// How the result is printed.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// What `formats` takes.
#[derive(Debug, Clone, Args)]
pub struct FormatsArgs {
    /// Show the format of these reports
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// How the result is printed.
    #[command(flatten)]
    pub format: FormatArgs,
}
