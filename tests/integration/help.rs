//! The help of each command: it shows the flags that the command takes and no others, and fits the terminal.

use std::collections::BTreeSet;
use std::process::Command;

use casefile::cli::Cli;
use clap::CommandFactory;

/// What every command takes.
const GLOBAL: [&str; 5] = ["verbose", "quiet", "color", "help", "version"];

/// What a command prints on a terminal of this width.
fn help(command: &str, width: usize) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_casefile"))
        .args([command, "--help"])
        .env_clear()
        .env("COLUMNS", width.to_string())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The names of the commands.
fn commands() -> Vec<String> {
    Cli::command().get_subcommands().map(|one| one.get_name().to_owned()).collect()
}

/// The long flags that begin a line.
fn flags(help: &str) -> BTreeSet<&str> {
    let entries = help.lines().filter(|line| line.trim_start().starts_with('-'));
    let long = entries.filter_map(|line| line.split_once("--")?.1.split([' ', '.']).next());
    long.collect()
}

#[test]
fn help_shows_the_flags_that_the_command_takes_alone() {
    for command in commands() {
        let cli = Cli::command();
        let own = cli.find_subcommand(&command).unwrap().get_arguments().filter_map(|one| one.get_long());
        let expected: BTreeSet<&str> = own.chain(GLOBAL).collect();
        assert_eq!(flags(&help(&command, 100)), expected, "{command}");
    }
}

#[test]
fn help_fits_the_terminal() {
    for command in commands() {
        let wrapped = help(&command, 64);
        // examples are typed, so they are lines of their own whatever their width
        let text = wrapped.split("\nExamples:").next().unwrap();
        for line in text.lines() {
            assert!(line.chars().count() <= 64, "{command}: {line}");
        }
    }
}

#[test]
fn flags_are_grouped_and_the_longest_help_is_a_page() {
    let run = help("run", 100);
    let headings: Vec<&str> =
        run.lines().filter(|line| line.ends_with(':') && !line.starts_with(' ')).collect();
    let expected =
        ["Options:", "Reports:", "Tickets:", "Exit code:", "Output:", "Global options:", "Examples:"];
    assert_eq!(headings, expected, "{run}");
}
