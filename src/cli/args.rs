//! What can be typed: the commands and their flags.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::{self, TrackerKind};

/// What people do with it first.
const EXAMPLES: &str = "\
Examples:
  casefile plan                     Show which tickets a run would file
  casefile run                      File them and annotate the pull request
  casefile run --tracker local      Try it out: file tickets as Markdown files
  casefile doctor                   Check the setup before the first run

Documentation: https://github.com/casefile/casefile";

/// The same of `run`.
const RUN_EXAMPLES: &str = "\
Examples:
  casefile run --reports 'reports/*.sarif'
  casefile run --fail-on high --max-new 20
  casefile run --only 4f0c2a9b1d7e53c08a61  File one finding or group";

/// The same of `refresh`.
const REFRESH_EXAMPLES: &str = "\
Examples:
  casefile refresh                  Update all open pull requests
  casefile refresh --ticket SEC-12  Update those that show one ticket";

/// The same of `link`.
const LINK_EXAMPLES: &str = "\
Examples:
  casefile link SEC-12 --rule CVE-2021-23337
  casefile link SEC-12 --rule 'CKV_AWS_*' --path 'modules/**'";

/// The same of `init`.
const INIT_EXAMPLES: &str = "\
Examples:
  casefile init                     Ask a few questions and write both files
  casefile init --site https://acme.atlassian.net --project SEC
  casefile init --print             Show what would be written";

/// The same of `formats`.
const FORMATS_EXAMPLES: &str = "\
Examples:
  casefile formats                  What is read, and how it is recognised
  casefile formats trivy.json       What one file is taken for, and why";

/// The same of `report`.
const REPORT_EXAMPLES: &str = "\
Examples:
  casefile report --html tickets.html
  casefile report --html tickets.html --repositories all";

/// Files the findings of a pipeline's security scanners in Jira, each exactly once, and writes the
/// ticket keys into the pull request.
#[derive(Debug, Parser)]
#[command(name = "casefile", version, propagate_version = true, max_term_width = 100, after_help = EXAMPLES)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten, next_help_heading = "Global options")]
    pub common: CommonArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read the reports, file what is new, annotate the pull request
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArgs),
    /// Show what `run` would do, without writing anything
    Plan(PlanArgs),
    /// Update the tickets that pull requests show
    #[command(after_help = REFRESH_EXAMPLES)]
    Refresh(RefreshArgs),
    /// Remove casefile's labels, records and sections; the tickets are kept
    Disconnect(DisconnectArgs),
    /// Check configuration, connection, permissions and fields before filing any ticket
    Doctor(DoctorArgs),
    /// Link findings to an existing ticket
    #[command(after_help = LINK_EXAMPLES)]
    Link(LinkArgs),
    /// Unlink findings from a ticket; the ticket itself is not changed
    Unlink(UnlinkArgs),
    /// Write the tickets as files instead of filing them
    Export(ExportArgs),
    /// Sign in to Jira Cloud in a browser and store the login
    Login(LoginArgs),
    /// Delete the stored logins
    Logout,
    /// Receive Jira webhooks and update the pull requests that show the ticket
    Serve(ServeArgs),
    /// Write a configuration and a workflow for this repository
    #[command(after_help = INIT_EXAMPLES)]
    Init(InitArgs),
    /// Write all tickets that were filed as one HTML page
    #[command(after_help = REPORT_EXAMPLES)]
    Report(ReportArgs),
    /// List the supported report formats, or say what a file is taken for
    #[command(after_help = FORMATS_EXAMPLES)]
    Formats(FormatsArgs),
    /// Print the configuration's JSON Schema
    Schema,
    /// Print a shell completion script
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct CommonArgs {
    /// The configuration file [default: .github/casefile.yml, then casefile.yml, each also as .yaml]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Reports to read: a glob, or github:code-scanning, github:dependabot, github:secret-scanning; overrides the
    /// configuration; repeatable
    #[arg(long, global = true, value_name = "GLOB")]
    pub reports: Vec<String>,
    /// The branch that was scanned [default: inferred from the event or the checkout]
    #[arg(long, global = true, value_name = "NAME")]
    pub branch: Option<String>,
    /// Where tickets are filed
    #[arg(long, global = true)]
    pub tracker: Option<TrackerName>,
    /// Output format
    #[arg(long, global = true, default_value = "text")]
    pub format: OutputFormat,
    /// Verbose output (-vv: debug)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Print problems only
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Do not show progress
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// When to use colours
    #[arg(long, global = true, default_value = "auto", value_name = "WHEN")]
    pub color: clap::ColorChoice,
}

/// What `run` and `plan` take.
#[derive(Debug, Clone, Args)]
pub struct RunArgs {
    /// File only this finding or group (an ID that `plan` prints); repeatable
    #[arg(long, value_name = "ID")]
    pub only: Vec<String>,
    /// Name of these scans; later scans with the same name replace them [default: workflow/job]
    #[arg(long, value_name = "NAME")]
    pub scope: Option<String>,
    /// The pull request that the findings belong to and that is annotated [default: inferred from the event or the
    /// CI system]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub pull_request: Option<u64>,
    /// The commit that was scanned [default: inferred from the event, the CI system or the checkout]
    #[arg(long, value_name = "SHA", value_parser = commit)]
    pub commit: Option<String>,
    /// File at most N new tickets, most severe first
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count)]
    pub max_new: Option<usize>,
    /// Resolve any number of tickets, even if it looks as if the scan had failed
    #[arg(long)]
    pub allow_mass_resolve: bool,
    /// Minimum severity that fails the step (exit code 1); skipped findings do not count
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<crate::model::severity::Severity>,
    /// How to handle tracker errors: `fail` ends with exit code 4, `warn` with 0
    #[arg(long, default_value = "fail", value_name = "WHAT")]
    pub on_tracker_error: OnTrackerError,
    /// Time limit for the whole command, e.g. 10m
    #[arg(long, default_value = "10m", value_name = "DURATION", value_parser = duration)]
    pub time_limit: std::time::Duration,
    /// File that remembers recently created tickets between runs
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Folder for each scan as SARIF with links to its tickets, for GitHub code scanning
    #[arg(long, value_name = "DIR")]
    pub sarif_out: Option<PathBuf>,
}

/// What `plan` takes.
#[derive(Debug, Clone, Args)]
pub struct PlanArgs {
    /// The same as a run's.
    #[command(flatten)]
    pub run: RunArgs,
    /// Write all current findings to this baseline file
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
}

/// What `refresh` takes.
#[derive(Debug, Clone, Args)]
pub struct RefreshArgs {
    /// Refresh only the pull requests that show this ticket, by its key; repeatable
    #[arg(long, value_name = "KEY")]
    pub ticket: Vec<String>,
    /// Resolve any number of tickets whose findings only closed pull requests had
    #[arg(long)]
    pub allow_mass_resolve: bool,
    /// How to handle tracker errors: `fail` ends with exit code 4, `warn` with 0
    #[arg(long, default_value = "fail", value_name = "WHAT")]
    pub on_tracker_error: OnTrackerError,
    /// Time limit for the whole command, e.g. 10m
    #[arg(long, default_value = "10m", value_name = "DURATION", value_parser = duration)]
    pub time_limit: std::time::Duration,
}

/// What `disconnect` takes.
#[derive(Debug, Clone, Args)]
pub struct DisconnectArgs {
    /// Apply the changes; without this flag they are only shown
    #[arg(long)]
    pub yes: bool,
    /// Time limit for the whole command, e.g. 10m
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
            pull_request: None,
            commit: None,
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
    /// File a test ticket, show its link, and delete it
    #[arg(long)]
    pub test_ticket: bool,
    /// Keep the test ticket
    #[arg(long, requires = "test_ticket")]
    pub keep: bool,
    /// Time limit for the whole command, e.g. 10m
    #[arg(long, default_value = "5m", value_name = "DURATION", value_parser = duration)]
    pub time_limit: std::time::Duration,
}

/// Which findings are meant.
#[derive(Debug, Clone, Args)]
pub struct WhichArgs {
    /// A finding (an ID that `plan --format json` prints); repeatable
    #[arg(long, value_name = "ID", conflicts_with_all = ["group", "rule"])]
    pub finding: Vec<String>,
    /// All findings of a group (an ID that `plan` prints), including future ones; repeatable
    #[arg(long, value_name = "ID", conflicts_with = "rule")]
    pub group: Vec<String>,
    /// All findings of a rule or advisory; `*` matches any text
    #[arg(long, value_name = "RULE")]
    pub rule: Option<String>,
    /// Only the rule's findings in files that match
    #[arg(long, value_name = "GLOB", requires = "rule")]
    pub path: Option<String>,
}

/// What `link` takes.
#[derive(Debug, Clone, Args)]
pub struct LinkArgs {
    /// Ticket key, e.g. SEC-12
    pub key: String,
    /// Which findings are put there.
    #[command(flatten)]
    pub which: WhichArgs,
}

/// What `unlink` takes.
#[derive(Debug, Clone, Args)]
pub struct UnlinkArgs {
    /// Ticket key, e.g. SEC-12
    pub key: String,
    /// Which findings are taken off; none named: all that were put there.
    #[command(flatten)]
    pub which: WhichArgs,
}

/// What `export` takes.
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// Output folder
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// What `init` takes.
#[derive(Debug, Clone, Args)]
pub struct InitArgs {
    /// Address of the Jira site [default: JIRA_BASE_URL]
    #[arg(long, value_name = "URL")]
    pub site: Option<String>,
    /// Key of the Jira project in which tickets are filed, e.g. SEC
    #[arg(long, value_name = "KEY")]
    pub project: Option<String>,
    /// Branches from which tickets are filed, separated by commas [default: the default branch]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub branches: Vec<String>,
    /// How vulnerable packages are grouped: one ticket a package, an advisory, a manifest or a finding
    #[arg(long, value_name = "MODE", default_value = "package", value_parser = ["package", "type", "file", "vulnerability"])]
    pub group_by: String,
    /// Scanner that the workflow runs; repeatable; `none` for a workflow without scanners [default: what fits the
    /// repository]
    #[arg(long, value_name = "NAME", value_parser = ["semgrep", "trivy", "gitleaks", "none"])]
    pub scanner: Vec<String>,
    /// Write only the workflow
    #[arg(long)]
    pub workflow_only: bool,
    /// Print the files instead of writing them
    #[arg(long)]
    pub print: bool,
}

/// What `formats` takes.
#[derive(Debug, Clone, Args)]
pub struct FormatsArgs {
    /// Reports to look at
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// What `report` takes.
#[derive(Debug, Clone, Args)]
pub struct ReportArgs {
    /// The page to write: one self-contained HTML file
    #[arg(long, value_name = "FILE")]
    pub html: PathBuf,
    /// Whose tickets: this repository's, or those of all repositories that casefile files for on the site
    #[arg(long, default_value = "own", value_name = "WHOSE")]
    pub repositories: RepositoriesChoice,
    /// Time limit for the whole command, e.g. 10m
    #[arg(long, default_value = "10m", value_name = "DURATION", value_parser = duration)]
    pub time_limit: std::time::Duration,
}

/// Whose tickets a report shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RepositoriesChoice {
    /// This repository's.
    Own,
    /// Those of all repositories on the site.
    All,
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
    /// Print the address instead of opening a browser
    #[arg(long)]
    pub no_browser: bool,
    /// Also request permission to register webhooks, for `casefile serve --register`
    #[arg(long)]
    pub webhooks: bool,
}

/// What `serve` takes.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub listen: std::net::SocketAddr,
    /// Register webhooks in Jira and renew them; URL is this server's public address
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

/// How to handle tracker errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnTrackerError {
    /// End with exit code 4.
    Fail,
    /// Print a warning and end with exit code 0.
    Warn,
}

/// As many as `max-new` in the configuration.
fn count(text: &str) -> std::result::Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number <= config::MOST_NEW as usize);
    number.ok_or_else(|| format!("give a whole number from 0 to {}", config::MOST_NEW))
}

/// A whole commit ID: an abbreviated one cannot be compared.
fn commit(text: &str) -> std::result::Result<String, String> {
    let is_whole = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_whole
        .then(|| text.to_ascii_lowercase())
        .ok_or_else(|| "give the commit's whole ID, 40 hex digits".to_owned())
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
    fn every_example_of_the_help_can_be_typed() {
        let lines = [
            EXAMPLES,
            RUN_EXAMPLES,
            REFRESH_EXAMPLES,
            LINK_EXAMPLES,
            INIT_EXAMPLES,
            FORMATS_EXAMPLES,
            REPORT_EXAMPLES,
        ]
        .map(str::lines);
        let typed: Vec<String> = lines
            .into_iter()
            .flatten()
            .filter_map(|line| Some(line.strip_prefix("  casefile ")?.split("  ").next()?.replace('\'', "")))
            .collect();
        assert_eq!(typed.len(), 18);
        for line in typed {
            let words = ["casefile"].into_iter().chain(line.split(' '));
            let cli = Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{line}: {error}"));
            if let Command::Run(run) = cli.command {
                let ids = run.only.iter().map(|id| id.parse::<crate::model::fingerprint::Fingerprint>());
                ids.for_each(|id| assert!(id.is_ok(), "{line}: {id:?}"));
            }
        }
    }

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
