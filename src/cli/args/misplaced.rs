//! A flag that is typed where it does not belong: if it comes before its command, it is moved after it; if a command
//! does not take it, the error says which ones do.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};

use crate::cli::args::Cli;

/// The words as typed, with a command's flags moved behind it: `casefile --format json run` is `casefile run --format
/// json`.
pub(crate) fn in_order(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let cli = Cli::command();
    let mut words = words.into_iter();
    let (mut before, mut behind) = (Vec::from_iter(words.next()), Vec::new());
    while let Some(word) = words.next() {
        let text = word.to_string_lossy().into_owned();
        if !text.starts_with('-') {
            // the command
            before.push(word);
            break;
        }
        let (name, value) = text.split_once('=').map_or((&*text, None), |(name, value)| (name, Some(value)));
        let takes_value = |command: &Command| {
            let mut flags = command.get_arguments();
            let flag = flags
                .find(|flag| flag.get_long().is_some_and(|long| name.strip_prefix("--") == Some(long)))?;
            Some(flag.get_action().takes_values())
        };
        let everywhere = takes_value(&cli);
        let known = everywhere.or_else(|| cli.get_subcommands().find_map(takes_value));
        let to = if everywhere.is_some() || known.is_none() { &mut before } else { &mut behind };
        to.push(word);
        if known == Some(true) && value.is_none() {
            to.extend(words.next());
        }
    }
    before.into_iter().chain(behind).chain(words).collect()
}

/// The same error, with the commands that take the flag if this one does not.
pub(crate) fn explained(mut error: clap::Error) -> clap::Error {
    let tip = (error.kind() == ErrorKind::UnknownArgument)
        .then(|| error.get(ContextKind::InvalidArg))
        .flatten()
        .and_then(|flag| match flag {
            ContextValue::String(flag) => tip(flag),
            _ => None,
        });
    if let Some(tip) = tip {
        // a similarly spelled flag with another name is not what was meant
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
    Some(format!("'--{name}' is an option of {list}"))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn a_flag_before_its_command_is_as_good_as_behind_it() {
        let check = |typed: &str, expected: &str| {
            let words = in_order(typed.split(' ').map(OsString::from));
            let words: Vec<String> = words.into_iter().map(|word| word.into_string().unwrap()).collect();
            assert_eq!(words.join(" "), expected);
        };
        check("casefile --format json run --only x", "casefile run --format json --only x");
        check(
            "casefile --config=c.yml -q --no-progress plan",
            "casefile -q plan --config=c.yml --no-progress",
        );
        check("casefile --color never doctor", "casefile --color never doctor");
        check("casefile --reports a.sarif --reports run run", "casefile run --reports a.sarif --reports run");
        check("casefile --nonsense run", "casefile --nonsense run");
        check("casefile link SEC-1 --rule --format", "casefile link SEC-1 --rule --format");
        check("casefile --format", "casefile --format");
        check("casefile", "casefile");
        let cli = Cli::try_parse_from(in_order("casefile --format json run".split(' ').map(OsString::from)));
        assert!(cli.is_ok());
    }

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
        check("casefile schema --html=x", Some("'--html' is an option of run, plan and report"));
        check("casefile refresh --reports x", Some("option of run, plan, doctor, link, unlink and export"));
        check("casefile run --nonsense", None);
        check("casefile run -x", None);
        check("casefile run --max-new many", None);
    }
}
