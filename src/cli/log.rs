//! Logs on standard error, for those who ask for them.

use tracing::Level;
use tracing_subscriber::fmt;

use super::Common;

/// Starts logging as far as the flags ask for it.
pub fn start(common: &Common) {
    let level = match (common.quiet, common.verbose) {
        (true, _) => Level::ERROR,
        (_, 0) => Level::WARN,
        (_, 1) => Level::INFO,
        _ => Level::DEBUG,
    };
    let lines = || super::output::Lines::default();
    fmt().with_max_level(level).with_writer(lines).with_target(false).without_time().with_ansi(false).init();
}
