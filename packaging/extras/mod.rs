//! Completions and man pages from the command line itself, and the list of what is built in.

use std::fs;
use std::io;
use std::path::Path;

use casefile::cli::Cli;
use clap::{CommandFactory, ValueEnum};

mod sbom;

/// Writes `completions/`, `man/` and `sbom.cdx.json` into a folder, for the binary of a target.
pub(crate) fn write(folder: &Path, target: &str) -> io::Result<()> {
    let (completions, man) = (folder.join("completions"), folder.join("man"));
    fs::create_dir_all(&completions)?;
    fs::create_dir_all(&man)?;
    for shell in clap_complete::Shell::value_variants() {
        clap_complete::generate_to(*shell, &mut Cli::command(), "casefile", &completions)?;
    }
    // the text of `--help` names the tool's own page, not those of clap's own `help`
    clap_mangen::generate_to(Cli::command().disable_help_subcommand(true), &man)?;
    let sbom = serde_json::to_string_pretty(&sbom::of(target)?)?;
    fs::write(folder.join("sbom.cdx.json"), sbom + "\n")
}
