//! Progress on standard error, for people who wait at a terminal; elsewhere, one line per stage.

use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::args::CommonArgs;
use crate::cli::output::printer;
use crate::cli::setup::watchdog;
use crate::pipeline::Watch;

/// Shows progress.
pub(crate) enum ProgressReporter {
    /// Nothing.
    Silent,
    /// A line when a stage begins.
    Lines,
    /// A bar that moves.
    Bar(Mutex<ProgressBar>),
}

impl ProgressReporter {
    /// The kind that suits the flags and the terminal.
    pub(crate) fn new(common: &CommonArgs) -> ProgressReporter {
        if common.no_progress || common.quiet {
            ProgressReporter::Silent
        } else if printer::is_watched() {
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(Duration::from_millis(120));
            ProgressReporter::Bar(Mutex::new(bar))
        } else if common.verbose > 0 {
            ProgressReporter::Lines
        } else {
            ProgressReporter::Silent
        }
    }

    /// Removes the bar from the screen.
    pub(crate) fn end(&self) {
        if let ProgressReporter::Bar(bar) = self
            && let Ok(bar) = bar.lock()
        {
            bar.finish_and_clear();
        }
    }
}

impl Watch for ProgressReporter {
    fn stage(&self, name: &'static str) {
        watchdog::stage(name);
        match self {
            ProgressReporter::Silent => {}
            ProgressReporter::Lines => printer::say(name),
            ProgressReporter::Bar(bar) => {
                if let Ok(bar) = bar.lock() {
                    bar.unset_length();
                    bar.set_message(name);
                    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                        bar.set_style(style);
                    }
                }
            }
        }
    }

    fn progress(&self, done: usize, of: usize) {
        if let ProgressReporter::Bar(bar) = self
            && let Ok(bar) = bar.lock()
            && of > 1
        {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {pos}/{len}") {
                bar.set_style(style);
            }
        }
    }
}
