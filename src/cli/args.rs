//! What can be typed: the commands and their flags.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::{self, TrackerKind};

/// Files the findings of a pipeline's security scanners in Jira, each exactly once, and writes the
/// ticket keys into the pull request.
#[derive(Debug, Parser)]
#[command(name = "casefile", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read the reports, file what is new, annotate the pull request
    Run(RunArgs),
    /// Say what `run` would do, without any write
    Plan(PlanArgs),
    /// Bring what pull requests show of their tickets up to date
    Refresh(RefreshArgs),
    /// Take casefile's marks off tickets and pull requests; the tickets stay
    Disconnect(DisconnectArgs),
    /// Check configuration, connection, permissions and fields before any ticket is filed
    Doctor(DoctorArgs),
    /// Put findings under an existing ticket
    Link(LinkArgs),
    /// Take findings off a ticket again; the ticket itself stays as it is
    Unlink(UnlinkArgs),
    /// Write the tickets as files instead of filing them
    Export(ExportArgs),
    /// Sign in to Jira Cloud in a browser, as a person, and store the login
    Login(LoginArgs),
    /// Delete the stored logins
    Logout,
    /// Receive Jira's webhooks, and bring the pull requests that they are about up to date
    Serve(ServeArgs),
    /// List the report formats that are read, and how each is recognised
    Formats,
    /// Print the configuration's JSON Schema
    Schema,
    /// Print a completion script for a shell
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// The configuration file [default: .github/casefile.yml, then casefile.yml, each also as .yaml]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// A glob of reports, or github:code-scanning, github:dependabot, github:secret-scanning; replaces the
    /// configuration's; repeatable
    #[arg(long, global = true, value_name = "GLOB")]
    pub reports: Vec<String>,
    /// The branch that the findings stand on
    #[arg(long, global = true, value_name = "NAME")]
    pub branch: Option<String>,
    /// Where tickets live
    #[arg(long, global = true)]
    pub tracker: Option<TrackerName>,
    /// How the result is printed
    #[arg(long, global = true, default_value = "text")]
    pub format: OutputFormat,
    /// Say more; twice: everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Say only what went wrong
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Show no progress
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// Whether the text has colours
    #[arg(long, global = true, default_value = "auto", value_name = "WHEN")]
    pub color: clap::ColorChoice,
}

/// What `run` and `plan` take.
#[derive(Debug, Clone, Args)]
pub struct RunArgs {
    /// File only this finding or group, as `plan` prints it; repeatable
    #[arg(long, value_name = "ID")]
    pub only: Vec<String>,
    /// What these scans are called, so that later ones replace them [default: workflow/job]
    #[arg(long, value_name = "NAME")]
    pub scope: Option<String>,
    /// File at most so many new tickets, the severest first
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count)]
    pub max_new: Option<usize>,
    /// Resolve however many tickets at once, where that looks like a scan that failed
    #[arg(long)]
    pub allow_mass_resolve: bool,
    /// Exit with 1 if a finding of this severity or worse is not set aside
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<crate::model::severity::Severity>,
    /// What the tracker's trouble does to the exit code
    #[arg(long, default_value = "fail", value_name = "WHAT")]
    pub on_tracker_error: OnTrackerError,
    /// How long it may take in all, e.g. 10m
    #[arg(long, default_value = "10m", value_name = "DURATION", value_parser = duration)]
    pub time_limit: std::time::Duration,
    /// A file that remembers recent creations between runs
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Write each scan as SARIF with its tickets, for code scanning, into this folder
    #[arg(long, value_name = "DIR")]
    pub sarif_out: Option<PathBuf>,
}

/// What `plan` takes.
#[derive(Debug, Clone, Args)]
pub struct PlanArgs {
    /// The same as a run's.
    #[command(flatten)]
    pub run: RunArgs,
    /// Write all findings of today as a baseline
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
}

/// What `refresh` takes.
#[derive(Debug, Clone, Args)]
pub struct RefreshArgs {
    /// Refresh only the pull requests that show this ticket, by its key; repeatable
    #[arg(long, value_name = "KEY")]
    pub ticket: Vec<String>,
    /// Resolve however many tickets at once that closed pull requests alone had
    #[arg(long)]
    pub allow_mass_resolve: bool,
    /// What the tracker's trouble does to the exit code
    #[arg(long, default_value = "fail", value_name = "WHAT")]
    pub on_tracker_error: OnTrackerError,
    /// How long it may take in all, e.g. 10m
    #[arg(long, default_value = "10m", value_name = "DURATION", value_parser = duration)]
    pub time_limit: std::time::Duration,
}

/// What `disconnect` takes.
#[derive(Debug, Clone, Args)]
pub struct DisconnectArgs {
    /// Do it; without this it is only shown
    #[arg(long)]
    pub yes: bool,
    /// How long it may take in all, e.g. 10m
    #[arg(long, default_value = "60m", value_name = "DURATION", value_parser = duration)]
    pub time_limit: std::time::Duration,
}

impl RunArgs {
    /// The arguments of a command that reads no reports.
    pub(crate) fn without_reports(
        time_limit: std::time::Duration,
        on_tracker_error: OnTrackerError,
    ) -> RunArgs {
        RunArgs { time_limit, on_tracker_error, ..RunArgs::default() }
    }
}

impl Default for RunArgs {
    /// What holds for commands that do not take these flags.
    fn default() -> RunArgs {
        RunArgs {
            only: Vec::new(),
            scope: None,
            max_new: None,
            allow_mass_resolve: false,
            fail_on: None,
            on_tracker_error: OnTrackerError::Fail,
            time_limit: std::time::Duration::from_secs(600),
            state: None,
            sarif_out: None,
        }
    }
}

/// What `doctor` takes.
#[derive(Debug, Clone, Args)]
pub struct DoctorArgs {
    /// File a test ticket, show its link, and delete it again
    #[arg(long)]
    pub test_ticket: bool,
    /// Keep the test ticket
    #[arg(long, requires = "test_ticket")]
    pub keep: bool,
    /// How long it may take in all, e.g. 10m
    #[arg(long, default_value = "5m", value_name = "DURATION", value_parser = duration)]
    pub time_limit: std::time::Duration,
}

/// Which findings are meant.
#[derive(Debug, Clone, Args)]
pub struct WhichArgs {
    /// This finding, as `plan --format json` prints it; repeatable
    #[arg(long, value_name = "ID", conflicts_with_all = ["group", "rule"])]
    pub finding: Vec<String>,
    /// All findings of this group, as `plan` prints it, also those that join it later; repeatable
    #[arg(long, value_name = "ID", conflicts_with = "rule")]
    pub group: Vec<String>,
    /// All findings of this rule or advisory; `*` stands for any text
    #[arg(long, value_name = "RULE")]
    pub rule: Option<String>,
    /// Of the rule's findings only those in these files
    #[arg(long, value_name = "GLOB", requires = "rule")]
    pub path: Option<String>,
}

/// What `link` takes.
#[derive(Debug, Clone, Args)]
pub struct LinkArgs {
    /// The ticket's key, e.g. SEC-12
    pub key: String,
    /// Which findings are put there.
    #[command(flatten)]
    pub which: WhichArgs,
}

/// What `unlink` takes.
#[derive(Debug, Clone, Args)]
pub struct UnlinkArgs {
    /// The ticket's key, e.g. SEC-12
    pub key: String,
    /// Which findings are taken off; none named: all that were put there.
    #[command(flatten)]
    pub which: WhichArgs,
}

/// What `export` takes.
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// The folder that the files are written into
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// What `login` takes.
#[derive(Debug, Clone, Args)]
pub struct LoginArgs {
    /// The site to sign in to [default: JIRA_BASE_URL, the configuration's, else a choice]
    #[arg(long, value_name = "URL")]
    pub site: Option<String>,
    /// The port of the app's callback URL, http://127.0.0.1:PORT/callback
    #[arg(long, value_name = "PORT", default_value_t = 8976)]
    pub port: u16,
    /// Only print the address, for a browser elsewhere
    #[arg(long)]
    pub no_browser: bool,
    /// Ask for the right to register webhooks as well, for `casefile serve --register`
    #[arg(long)]
    pub webhooks: bool,
}

/// What `serve` takes.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Where it listens
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub listen: std::net::SocketAddr,
    /// Register the webhooks in Jira, and keep them: the address under which Jira reaches this server
    #[arg(long, value_name = "URL")]
    pub register: Option<String>,
}

/// Where tickets live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TrackerName {
    /// In Jira.
    Jira,
    /// In a folder of Markdown files.
    Local,
}

impl From<TrackerName> for TrackerKind {
    fn from(name: TrackerName) -> TrackerKind {
        match name {
            TrackerName::Jira => TrackerKind::Jira,
            TrackerName::Local => TrackerKind::Local,
        }
    }
}

/// How the result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people.
    Text,
    /// One JSON document.
    Json,
    /// For a comment or a summary (`plan` alone).
    Markdown,
}

/// What the tracker's trouble does to the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnTrackerError {
    /// It is 4.
    Fail,
    /// It is 0, with a warning.
    Warn,
}

/// As many as `max-new` in the configuration.
fn count(text: &str) -> std::result::Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number <= config::MOST_NEW as usize);
    number.ok_or_else(|| format!("give a whole number from 0 to {}", config::MOST_NEW))
}

/// The longest time that a command can be given; no runner lets a job go on for longer.
const LONGEST: std::time::Duration = std::time::Duration::from_secs(30 * 24 * 60 * 60);

/// `90s`, `10m`, `1h30m`.
fn duration(text: &str) -> std::result::Result<std::time::Duration, String> {
    let span: jiff::SignedDuration =
        text.parse().map_err(|_| "give a duration such as 90s or 10m".to_owned())?;
    let duration =
        std::time::Duration::try_from(span).map_err(|_| "a duration is not negative".to_owned())?;
    if duration > LONGEST {
        return Err("give at most 30 days, e.g. 720h".to_owned());
    }
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_one_that_can_be_waited_for() {
        let check = |text: &str, expected: Option<u64>| {
            assert_eq!(duration(text).ok().map(|duration| duration.as_secs()), expected, "{text}");
        };
        check("90s", Some(90));
        check("1h30m", Some(5400));
        check("0s", Some(0));
        check("720h", Some(720 * 3600));
        check("720h1s", None);
        check("9223372036854775807s", None);
        check("99999999999999999999h", None);
        check("-1s", None);
        check("soon", None);
    }
}
