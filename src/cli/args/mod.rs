//! What can be typed: the commands and their flags. A command takes the flags of its own structure and those of
//! [`GlobalArgs`]; its help shows no others.
//!
//! | file | what is in it |
//! |---|---|
//! | `run`, `tickets`, `setup` | the flags of each command |
//! | `shared` | flags that several commands have, and their combined values |
//! | `values` | what a flag may be set to |
//! | `examples` | the examples of each help |
//! | `misplaced` | what the error says about a flag that belongs to another command |

mod examples;
mod misplaced;
mod run;
mod setup;
mod shared;
mod tickets;
mod values;

use clap::{Parser, Subcommand};

pub(crate) use misplaced::{explained, in_order};
pub use run::*;
pub use setup::*;
pub use shared::*;
pub use tickets::*;
pub use values::*;

/// Files the findings of a pipeline's security scanners in Jira, each exactly once, and writes the
/// ticket keys into the pull request.
#[derive(Debug, Parser)]
#[command(
    name = "casefile",
    version,
    propagate_version = true,
    max_term_width = 100,
    after_help = examples::ALL
)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read the reports, file new findings, and annotate the pull request
    #[command(after_help = examples::RUN)]
    Run(RunArgs),
    /// Show what `run` would do, without writing anything
    #[command(after_help = examples::PLAN)]
    Plan(PlanArgs),
    /// Update the ticket details shown in pull requests
    #[command(after_help = examples::REFRESH)]
    Refresh(RefreshArgs),
    /// Remove casefile's labels, records and sections; the tickets are kept
    #[command(after_help = examples::DISCONNECT)]
    Disconnect(DisconnectArgs),
    /// Check configuration, connection, permissions and fields before filing any ticket
    #[command(after_help = examples::DOCTOR)]
    Doctor(DoctorArgs),
    /// Link findings to an existing ticket
    #[command(after_help = examples::LINK)]
    Link(LinkArgs),
    /// Unlink findings from a ticket; its text and status are not changed
    #[command(after_help = examples::UNLINK)]
    Unlink(UnlinkArgs),
    /// Write the tickets as files instead of filing them
    #[command(after_help = examples::EXPORT)]
    Export(ExportArgs),
    /// Sign in to Jira Cloud in a browser and store the login
    #[command(after_help = examples::LOGIN)]
    Login(LoginArgs),
    /// Delete the stored logins
    Logout(LogoutArgs),
    /// Receive Jira's webhooks and update the pull requests that show the changed tickets
    #[command(after_help = examples::SERVE)]
    Serve(ServeArgs),
    /// Write a configuration and a workflow for this repository
    #[command(after_help = examples::INIT)]
    Init(InitArgs),
    /// Write one HTML page with all tickets that casefile filed
    #[command(after_help = examples::REPORT)]
    Report(ReportArgs),
    /// List the supported report formats, or show which format a file has
    #[command(after_help = examples::FORMATS)]
    Formats(FormatsArgs),
    /// Print the configuration's JSON Schema
    Schema,
    /// Print a shell completion script
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

impl Cli {
    /// The values of the flags that several commands share.
    pub fn common(&self) -> CommonArgs {
        let common = CommonArgs::default().with(&self.global);
        match &self.command {
            Command::Run(RunArgs { config, scan, tracker, format, progress, .. })
            | Command::Doctor(DoctorArgs { config, scan, tracker, format, progress, .. })
            | Command::Link(LinkArgs {
                shared: LinkingArgs { config, scan, tracker, format, progress },
                ..
            })
            | Command::Unlink(UnlinkArgs {
                shared: LinkingArgs { config, scan, tracker, format, progress },
                ..
            })
            | Command::Export(ExportArgs { config, scan, tracker, format, progress, .. }) => {
                common.with(config).with(scan).with(tracker).with(format).with(progress)
            }
            Command::Plan(PlanArgs { config, scan, tracker, format, progress, .. }) => {
                common.with(config).with(scan).with(tracker).with(format).with(progress)
            }
            Command::Refresh(RefreshArgs { config, tracker, format, progress, .. })
            | Command::Disconnect(DisconnectArgs { config, tracker, format, progress, .. }) => {
                common.with(config).with(tracker).with(format).with(progress)
            }
            Command::Report(ReportArgs { config, tracker, progress, .. }) => {
                common.with(config).with(tracker).with(progress)
            }
            Command::Serve(ServeArgs { config, tracker, .. }) => common.with(config).with(tracker),
            Command::Login(LoginArgs { config, format, .. }) => common.with(config).with(format),
            Command::Logout(LogoutArgs { format }) | Command::Formats(FormatsArgs { format, .. }) => {
                common.with(format)
            }
            Command::Init(_) | Command::Schema | Command::Completions { .. } => common,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::model::fingerprint::Fingerprint;

    #[test]
    fn every_example_of_the_help_can_be_typed() {
        let all = Cli::command();
        let helps = std::iter::once(&all).chain(all.get_subcommands()).filter_map(|one| one.get_after_help());
        let helps: Vec<String> = helps.map(ToString::to_string).collect();
        assert_eq!(helps.len(), 15, "every command has examples but those that take nothing: logout, schema");
        let typed: Vec<String> = helps
            .iter()
            .flat_map(|help| help.lines())
            .filter_map(|line| Some(line.strip_prefix("  casefile ")?.split("  ").next()?.replace('\'', "")))
            .collect();
        assert_eq!(typed.len(), 35);
        for line in typed {
            let words = ["casefile"].into_iter().chain(line.split(' '));
            let cli = Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{line}: {error}"));
            if let Command::Run(run) = cli.command {
                let ids = run.options.only.iter().map(|id| id.parse::<Fingerprint>());
                ids.for_each(|id| assert!(id.is_ok(), "{line}: {id:?}"));
            }
        }
    }
}
