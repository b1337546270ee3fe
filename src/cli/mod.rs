//! The command line as typed.
//!
//! | folder | what is in it |
//! |---|---|
//! | `args` | commands and flags |
//! | `setup` | from arguments, configuration and environment to what a command works with |
//! | `output` | what is printed and sent; only `output::printer` prints |
//! | `commands` | one file per command |

mod args;
mod commands;
pub mod core_dump;
mod ending;
pub mod log;
mod output;
mod setup;

use std::process::ExitCode;

use crate::cli::setup::watchdog;

pub use args::*;
use clap::{CommandFactory, Parser};

use crate::cli::commands::{
    disconnect, doctor, export, formats, init, link, login, plan, refresh, report, run, schema, serve,
};
use crate::cli::ending::problems;
use crate::cli::output::{printer, step};
use crate::error::{Error, ErrorClass, Result};
use crate::github::context::Runner;
use crate::model::scan::Problem;

/// Does what was typed.
///
/// # Errors
/// What ends a command; nothing was written in that case, unless the error says so. A result that could not be written
/// is an error, because whoever waits for it would mistake a part for the whole.
pub async fn run(cli: Cli) -> Result<ExitCode> {
    let code = watchdog::beating(carry_out(cli)).await?;
    printer::is_whole()?;
    Ok(code)
}

async fn carry_out(cli: Cli) -> Result<ExitCode> {
    let common = cli.common();
    match cli.command {
        Command::Run(args) => run::run(&common, &args.options).await,
        Command::Plan(args) => plan::plan(&common, &args).await,
        Command::Refresh(args) => refresh::refresh(&common, &args).await,
        Command::Disconnect(args) => disconnect::disconnect(&common, &args).await,
        Command::Doctor(args) => doctor::doctor(&common, &args).await,
        Command::Link(args) => link::link(&common, &args).await,
        Command::Unlink(args) => link::unlink(&common, &args).await,
        Command::Export(args) => export::export(&common, &args).await,
        Command::Login(args) => login::login(&common, &args).await,
        Command::Logout(_) => login::logout(&common).await,
        Command::Serve(args) => serve::serve(&common, &args).await,
        Command::Init(args) => init::init(&args).await,
        Command::Report(args) => report::report(&common, &args).await,
        Command::Formats(args) => formats::formats(&common, &args),
        Command::Schema => schema::schema(),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "casefile", &mut script);
            printer::raw(&String::from_utf8_lossy(&script));
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The command line as typed.
///
/// # Errors
/// The exit code, if it cannot be understood, which is printed, or if only help was asked for.
pub fn parse() -> std::result::Result<Cli, ExitCode> {
    Cli::try_parse_from(args::in_order(std::env::args_os())).map_err(|error| {
        let error = args::explained(error);
        if error.use_stderr() {
            // it quotes what was typed, which may come from a branch's name
            printer::say(error.render().to_string().trim_end());
            ExitCode::from(ErrorClass::Usage.exit_code())
        } else {
            printer::raw(&error.render().to_string());
            printer::is_whole()
                .map_or_else(|lost| ExitCode::from(lost.kind().exit_code()), |()| ExitCode::SUCCESS)
        }
    })
}

/// Prints the error and its hint, once, and returns its exit code. If the result is to be JSON, that is a document of
/// the same form with its problems.
pub fn report(error: &anyhow::Error, common: &CommonArgs) -> ExitCode {
    let own = error.downcast_ref::<Error>();
    let hint = own.and_then(Error::advice);
    let (message, problems_of) = (format!("{error:#}"), own.map_or_else(Vec::new, problems));
    match Runner::of_environment().filter(|runner| runner.output.is_some()) {
        // the annotation is in the log, too
        Some(runner) => {
            let said = hint.map_or_else(|| message.clone(), |hint| step::joined(&message, hint));
            if let Err(error) = step::failed(&runner, &said, &problems_of) {
                printer::error(&error.to_string(), error.advice(), common.color);
            }
        }
        None => printer::error(&message, hint, common.color),
    }
    if common.format == OutputFormat::Json {
        let mut problems = problems_of;
        if problems.is_empty() {
            problems.push(Problem::new("casefile", message).hint(hint.unwrap_or_default()));
        }
        printer::json(&serde_json::json!({"version": 1, "problems": problems}));
    }
    ExitCode::from(own.map_or(ErrorClass::Machine, Error::kind).exit_code())
}
