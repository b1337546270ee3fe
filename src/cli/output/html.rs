//! `--html`: a page as a file, in the place of an earlier one of casefile's.

use std::path::Path;

use crate::cli::args::{CommonArgs, RunOptions};
use crate::cli::output::{printer, run_page};
use crate::cli::setup::prepare::Prepared;
use crate::error::Result;
use crate::files::{self, Mark};
use crate::page;
use crate::pipeline::result::CommandOutcome;

/// How long a page that is written over may be, in bytes: that of 200,000 tickets.
const LIMIT: u64 = 256 << 20;

/// Writes a page.
///
/// # Errors
/// A file that is not a page of casefile's is there, or it cannot be written.
pub(crate) fn write(root: &Path, path: &Path, page: &str) -> Result<()> {
    let mark = Mark { is_ours: &|_| false, begins: page::MARK };
    files::replace(root, path, LIMIT, &mark, page.as_bytes())
}

/// Writes the page of a run or of its plan, where one is asked for.
///
/// # Errors
/// As for any page.
pub(crate) fn run(
    args: &RunOptions,
    outcome: &CommandOutcome,
    prepared: &Prepared,
    common: &CommonArgs,
) -> Result<()> {
    let Some(path) = &args.html else { return Ok(()) };
    write(&prepared.root, path, &run_page::render(outcome, prepared))?;
    if !common.quiet {
        printer::say(&format!("page written to {}", path.display()));
    }
    Ok(())
}
