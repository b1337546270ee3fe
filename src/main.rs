//! The binary: arguments in, exit code out.

use std::process::ExitCode;

use anyhow::Context;
use casefile::cli;

fn main() -> ExitCode {
    cli::core_dump::forbid();
    let cli = match cli::parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let common = cli.common();
    run(cli).unwrap_or_else(|error| cli::report(&error, &common))
}

fn run(cli: cli::Cli) -> anyhow::Result<ExitCode> {
    cli::log::start(&cli);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the asynchronous runtime cannot be started")?;
    Ok(runtime.block_on(cli::run(cli))?)
}
