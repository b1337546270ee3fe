//! A flag that is typed where it does not belong: the error says which commands take it.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};

use crate::cli::args::Cli;

/// The same error, with the commands that take the flag where it is none of the command's own.
pub(crate) fn explained(mut error: clap::Error) -> clap::Error {
    let tip = (error.kind() == ErrorKind::UnknownArgument)
        .then(|| error.get(ContextKind::InvalidArg))
        .flatten()
        .and_then(|flag| match flag {
            ContextValue::String(flag) => tip(flag),
            _ => None,
        });
    if let Some(tip) = tip {
        // a flag of another name that is spelled alike is not what was meant
        error.remove(ContextKind::SuggestedArg);
        error.remove(ContextKind::SuggestedSubcommand);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}

/// Which commands take a flag, if any does.
fn tip(flag: &str) -> Option<String> {
    let name = flag.strip_prefix("--")?.split('=').next()?;
    let takes = |command: &&Command| command.get_arguments().any(|one| one.get_long() == Some(name));
    let cli = Cli::command();
    let commands: Vec<&str> = cli.get_subcommands().filter(takes).map(Command::get_name).collect();
    let (last, others) = commands.split_last()?;
    let list =
        if others.is_empty() { (*last).to_owned() } else { format!("{} and {last}", others.join(", ")) };
    Some(format!("'--{name}' is an option of {list}, and is written after the command"))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn a_flag_of_another_command_is_explained() {
        let check = |words: &str, expected: Option<&str>| {
            let error = Cli::try_parse_from(words.split(' ')).unwrap_err();
            let said = explained(error).to_string();
            match expected {
                Some(tip) => assert!(said.contains(tip), "{said}"),
                None => assert!(!said.contains("is an option of"), "{said}"),
            }
        };
        check("casefile schema --html=x", Some("'--html' is an option of report, and is"));
        check(
            "casefile refresh --reports x",
            Some("option of run, plan, doctor, link, unlink and export, and"),
        );
        check("casefile --format json run", Some("and is written after the command"));
        check("casefile run --nonsense", None);
        check("casefile run -x", None);
        check("casefile run --max-new many", None);
    }
}
