//! The binary: arguments in, exit code out.

use std::process::ExitCode;

use anyhow::Context;
use casefile::cli;
use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let color = cli.common.color;
    match run(cli) {
        Ok(code) => code,
        Err(error) => cli::report(&error, color),
    }
}

fn run(cli: cli::Cli) -> anyhow::Result<ExitCode> {
    cli::log::start(&cli.common);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the asynchronous runtime cannot be started")?;
    Ok(runtime.block_on(cli::run(cli))?)
}
