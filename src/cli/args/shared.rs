//! Flags that several commands share, and the values of all of them for one command.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::values::{OutputFormat, PlanFormat, ResultFormat, TrackerName};

/// What every command takes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Verbose output (-vv: debug)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Print problems only
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// When to use colours
    #[arg(long, global = true, default_value = "auto", value_name = "WHEN")]
    pub color: clap::ColorChoice,
}

/// Where the configuration is.
#[derive(Debug, Clone, Args)]
pub struct ConfigArgs {
    /// The configuration file [default: .github/casefile.yml, or else casefile.yml; the extension .yaml also works]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Where tickets are.
#[derive(Debug, Clone, Args)]
pub struct TrackerArgs {
    /// Where tickets are filed
    #[arg(long, help_heading = "Tickets")]
    pub tracker: Option<TrackerName>,
}

/// What was scanned.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reports")]
pub struct ScanArgs {
    /// Reports to read: a glob, or one of github:code-scanning, github:dependabot and github:secret-scanning;
    /// overrides the configuration; repeatable
    #[arg(long, value_name = "GLOB")]
    pub reports: Vec<String>,
    /// The branch that was scanned [default: inferred from the event or the checkout]
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
}

/// How the result is printed.
#[derive(Debug, Clone, Args)]
pub struct FormatArgs {
    /// Output format
    #[arg(long, default_value = "text", help_heading = "Output")]
    pub format: ResultFormat,
}

/// How a plan is printed.
#[derive(Debug, Clone, Args)]
pub struct PlanFormatArgs {
    /// Output format; `markdown` includes the pull request section
    #[arg(long, default_value = "text", help_heading = "Output")]
    pub format: PlanFormat,
}

/// How a command shows its progress.
#[derive(Debug, Clone, Args)]
pub struct ProgressArgs {
    /// Do not show progress
    #[arg(long, help_heading = "Output")]
    pub no_progress: bool,
}

/// What the shared flags say. A flag that a command does not take has its default.
#[derive(Debug, Clone, Default)]
pub struct CommonArgs {
    /// The configuration file, if one was named.
    pub config: Option<PathBuf>,
    /// The reports to read; if none, those of the configuration.
    pub reports: Vec<String>,
    /// The branch that was scanned, if one was named.
    pub branch: Option<String>,
    /// Where tickets are filed, if that was set.
    pub tracker: Option<TrackerName>,
    /// How the result is printed.
    pub format: OutputFormat,
    /// How often `--verbose` was given.
    pub verbose: u8,
    /// Whether only problems are printed.
    pub quiet: bool,
    /// Whether progress is hidden.
    pub no_progress: bool,
    /// When colours are used.
    pub color: clap::ColorChoice,
}

impl CommonArgs {
    /// Returns these arguments with the values of a group of flags added.
    pub(super) fn with(mut self, group: &impl SharedFlags) -> CommonArgs {
        group.add_to(&mut self);
        self
    }
}

/// A group of flags that adds what was typed to the rest.
pub(super) trait SharedFlags {
    fn add_to(&self, common: &mut CommonArgs);
}

impl SharedFlags for GlobalArgs {
    fn add_to(&self, common: &mut CommonArgs) {
        (common.verbose, common.quiet, common.color) = (self.verbose, self.quiet, self.color);
    }
}

impl SharedFlags for ConfigArgs {
    fn add_to(&self, common: &mut CommonArgs) {
        common.config.clone_from(&self.config);
    }
}

impl SharedFlags for TrackerArgs {
    fn add_to(&self, common: &mut CommonArgs) {
        common.tracker = self.tracker;
    }
}

impl SharedFlags for ScanArgs {
    fn add_to(&self, common: &mut CommonArgs) {
        common.reports.clone_from(&self.reports);
        common.branch.clone_from(&self.branch);
    }
}

impl SharedFlags for FormatArgs {
    fn add_to(&self, common: &mut CommonArgs) {
        common.format = self.format.into();
    }
}

impl SharedFlags for PlanFormatArgs {
    fn add_to(&self, common: &mut CommonArgs) {
        common.format = self.format.into();
    }
}

impl SharedFlags for ProgressArgs {
    fn add_to(&self, common: &mut CommonArgs) {
        common.no_progress = self.no_progress;
    }
}
