//! Logs on standard error, for those who want them; those of `serve` are for machines, one JSON object per line.

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::cli::args::{Cli, Command};
use crate::cli::output::printer::{LogLines, Objects};
use crate::cli::setup::held;

/// Starts logging at the level that the flags ask for. What the libraries log about their connections is shown only at
/// the second level.
pub fn start(cli: &Cli) {
    // before anything can be printed
    held::hold();
    let serves = matches!(cli.command, Command::Serve(_));
    let level = match (cli.global.quiet, cli.global.verbose) {
        (true, _) if serves => Level::WARN,
        (true, _) => Level::ERROR,
        (_, 0) if serves => Level::INFO,
        (_, 0) => Level::WARN,
        (_, 1) if !serves => Level::INFO,
        _ => Level::DEBUG,
    };
    let others = if cli.global.verbose > 1 { level } else { level.min(Level::WARN) };
    let targets = Targets::new().with_target("casefile", level).with_default(others);
    let logs = fmt().with_max_level(level).with_target(false).with_ansi(false);
    if serves {
        logs.json().flatten_event(true).with_writer(Objects::default).finish().with(targets).init();
    } else {
        logs.without_time().with_writer(LogLines::default).finish().with(targets).init();
    }
}
