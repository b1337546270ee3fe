//! The action's inputs are the command line's flags, and each reaches the commands that take it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use casefile::cli::Cli;
use clap::{CommandFactory, Parser};
use serde_json::Value;

use super::release::own;

/// The commands that the action offers.
const COMMANDS: [&str; 4] = ["run", "plan", "refresh", "doctor"];
/// Flags that the action itself decides.
const DECIDED: [&str; 3] = ["format", "no-progress", "color"];
/// Inputs that are not flags: what is run, where, and with which credentials.
const OTHERS: [&str; 10] = [
    "command",
    "jira-base-url",
    "jira-user-email",
    "jira-api-token",
    "github-token",
    "working-directory",
    "binary",
    "version",
    "download-url",
    "build",
];

fn action(path: &str) -> Value {
    serde_saphyr::from_str(&fs::read_to_string(own(path)).unwrap()).unwrap()
}

fn inputs(path: &str) -> BTreeSet<String> {
    action(path)["inputs"].as_object().unwrap().keys().cloned().collect()
}

/// The long flags of a command and those that all have.
fn flags(command: &str) -> BTreeSet<String> {
    let cli = Cli::command();
    let own = cli.find_subcommand(command).unwrap();
    let all = cli.get_arguments().chain(own.get_arguments());
    let names = all.filter_map(|one| one.get_long()).filter(|name| !DECIDED.contains(name));
    names.map(str::to_owned).collect()
}

/// What the script that runs casefile makes of inputs: the arguments, and what it said.
fn ran(given: &BTreeMap<String, &str>) -> (Vec<String>, String) {
    let folder = tempfile::tempdir().unwrap();
    let binary = folder.path().join("casefile");
    let seen = folder.path().join("seen");
    fs::write(&binary, format!("#!/bin/sh\nprintf '%s\\0' \"$@\" > '{}'\n", seen.display())).unwrap();
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).unwrap();
    let variables = given.iter().map(|(name, value)| {
        (format!("INPUT_{}", name.to_ascii_uppercase().replace('-', "_")), (*value).to_owned())
    });
    let ended = Command::new("bash")
        .arg(own("action/run.sh"))
        .current_dir(&folder)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("CASEFILE_BINARY", &binary)
        .env("RUNNER_TEMP", folder.path().join("temp"))
        .env("GITHUB_OUTPUT", folder.path().join("outputs"))
        .envs(variables)
        .output()
        .unwrap();
    let arguments = fs::read_to_string(seen).unwrap_or_default();
    let arguments = arguments.split_terminator('\0').map(str::to_owned).collect();
    (arguments, String::from_utf8(ended.stderr).unwrap())
}

/// A value that each flag takes.
fn sample(name: &str) -> &'static str {
    match name {
        "reports" => "a/*.sarif\r\n-b.json\n\n",
        "only" => "01234567890123456789\n98765432109876543210",
        "ticket" => "SEC-1\nSEC-2",
        "branch" => "-odd",
        "tracker" => "local",
        "fail-on" => "high",
        "on-tracker-error" => "warn",
        "max-new" | "pull-request" => "7",
        "commit" => "0123456789012345678901234567890123456789",
        "time-limit" => "3m",
        "allow-mass-resolve" | "test-ticket" | "keep" | "verbose" | "quiet" => "true",
        _ => "some words",
    }
}

#[test]
fn each_flag_is_an_input_and_each_input_a_flag() {
    let all: BTreeSet<String> = COMMANDS.into_iter().flat_map(flags).collect();
    let expected: BTreeSet<String> = all.into_iter().chain(OTHERS.map(str::to_owned)).collect();
    assert_eq!(inputs("action.yml"), expected);
}

#[test]
fn each_command_gets_the_inputs_that_it_takes() {
    for command in COMMANDS {
        let mut given: BTreeMap<String, &str> =
            COMMANDS.into_iter().flat_map(flags).map(|name| (name.clone(), sample(&name))).collect();
        given.insert("command".to_owned(), command);
        let (arguments, said) = ran(&given);
        let cli = Cli::try_parse_from(["casefile".to_owned()].iter().chain(&arguments));
        assert!(cli.is_ok(), "{arguments:?}: {}", cli.unwrap_err());
        let names: BTreeSet<String> = arguments
            .iter()
            .filter_map(|one| Some(one.strip_prefix("--")?.split('=').next()?.to_owned()))
            .filter(|name| !DECIDED.contains(&name.as_str()))
            .collect();
        assert_eq!(names, flags(command), "{command}");
        let reports: Vec<&String> = arguments.iter().filter(|one| one.starts_with("--reports")).collect();
        let expected: &[&str] =
            if command == "refresh" { &[] } else { &["--reports=a/*.sarif", "--reports=-b.json"] };
        assert_eq!(reports, expected, "{command}");
        // the others are not dropped in silence
        for other in given.keys().filter(|name| !flags(command).contains(*name) && *name != "command") {
            assert!(
                said.contains(&format!("the input '{other}' has no effect on the command '{command}'")),
                "{said}"
            );
        }
    }
}

#[test]
fn a_switch_is_true_or_false() {
    let check = |name: &str, value: &str, expected: &str| {
        let (arguments, said) = ran(&BTreeMap::from([(name.to_owned(), value)]));
        let told = if arguments.is_empty() { said } else { arguments.join(" ") };
        assert!(told.contains(expected), "{name}: {value}: {told}");
    };
    check("allow-mass-resolve", "true", "--allow-mass-resolve");
    check("allow-mass-resolve", "false", "run --no-progress --format=json");
    check(
        "allow-mass-resolve",
        "yes",
        "::error title=casefile::the input 'allow-mass-resolve' must be true or false",
    );
    check("verbose", "debug", "-vv");
    check("verbose", "loud", "must be true, debug or false");
    check("command", "serve", "must be run, plan, refresh or doctor");
    check("command", "run\n::warning::x", "run, plan, refresh or doctor");
    check("working-directory", "nowhere", "'working-directory' is not a directory");
}

#[test]
fn a_step_gives_each_input_to_its_script() {
    for (path, offered) in [("action.yml", 2), ("setup/action.yml", 1)] {
        let steps = action(path)["runs"]["steps"].clone();
        let steps = steps.as_array().unwrap();
        assert_eq!(steps.len(), offered);
        let mut passed = BTreeSet::new();
        for (name, value) in steps.iter().flat_map(|step| step["env"].as_object().unwrap()) {
            let value = value.as_str().unwrap();
            let Some(input) = value.strip_prefix("${{ inputs.").and_then(|rest| rest.strip_suffix(" }}"))
            else {
                continue;
            };
            assert_eq!(*name, format!("INPUT_{}", input.to_ascii_uppercase().replace('-', "_")));
            passed.insert(input.to_owned());
        }
        assert_eq!(passed, inputs(path), "{path}");
        // an expression inside a script would be code of whoever gives the input
        for step in steps {
            assert!(!step["run"].as_str().unwrap().contains("${{"), "{path}");
        }
    }
    assert!(inputs("setup/action.yml").is_subset(&inputs("action.yml")));
}
