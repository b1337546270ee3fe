//! The questions of `casefile init`, and what is answered by flags, an existing configuration or the environment.

use std::io::{BufRead, IsTerminal};

use crate::cli::args::InitArgs;
use crate::cli::output::printer;
use crate::cli::setup::connect::{self, variable};
use crate::config::{Branches, Config};
use crate::error::{Error, Result};
use crate::init::{self, Answers, CodeScanning, Filing, Observed, Scanner};
use crate::model::alert::Feed;
use crate::model::finding::FindingKind;
use crate::model::ticket::TicketKey;

/// How often a question is asked.
pub(super) const TRIES: usize = 3;

const PROJECT: &str = "Key of the Jira project, e.g. SEC";

/// Who answers.
pub(super) trait Person {
    /// Asks a question; `None`: there is nobody to answer.
    fn ask(&mut self, question: &str) -> Result<Option<String>>;

    /// Says why an answer is wrong.
    fn refuse(&mut self, reason: &Error);
}

/// Whoever sits at the terminal, if anybody does.
pub(super) struct Terminal;

impl Person for Terminal {
    fn ask(&mut self, question: &str) -> Result<Option<String>> {
        if !std::io::stdin().is_terminal() || !printer::is_watched() {
            return Ok(None);
        }
        printer::say(&format!("{question}:"));
        let mut line = String::new();
        let length = std::io::stdin().lock().read_line(&mut line).map_err(|error| {
            Error::usage(format!("the answer could not be read: {error}"))
                .hint("use flags instead: see `casefile init --help`")
        })?;
        Ok((length > 0).then(|| line.trim().to_owned()))
    }

    fn refuse(&mut self, reason: &Error) {
        printer::say(&format!("{reason}"));
        if let Some(hint) = reason.advice() {
            printer::say(hint);
        }
    }
}

/// What is to be written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) configuration: bool,
    pub(super) workflow: bool,
}

/// What was answered, and how.
#[derive(Debug, Clone)]
pub(super) struct Answered {
    pub(super) answers: Answers,
    /// Whether the branch is only the checkout's most likely default branch, and nobody was asked.
    pub(super) is_branch_assumed: bool,
    /// Whether a person typed the project's key.
    pub(super) is_project_typed: bool,
}

/// What the answers depend on.
#[derive(Debug, Clone)]
pub(super) struct Questions {
    pub(super) args: InitArgs,
    pub(super) observed: Observed,
    /// The configuration that already exists. If none is written, it decides; otherwise flags take precedence.
    pub(super) existing: Option<Config>,
    pub(super) wanted: Wanted,
}

impl Questions {
    /// Everything that the files need and that is not known yet is asked.
    pub(super) fn answers(&self, person: &mut dyn Person) -> Result<Answered> {
        let site = self.site(person)?;
        let mut is_project_typed = false;
        let filing = if self.wanted.configuration {
            let jira = self.existing.as_ref().and_then(|config| config.jira.as_ref());
            let known = self.args.project.clone().or_else(|| jira.map(|jira| jira.project.clone()));
            is_project_typed = known.is_none();
            Some(Filing {
                project: answer(person, known, PROJECT, "--project KEY", project)?,
                dependencies: self.args.group_by.clone().unwrap_or_else(|| "package".to_owned()),
                annotates: self.observed.host.may_run_workflows(),
            })
        } else {
            None
        };
        let (branches, is_branch_assumed) = self.branches(person)?;
        let answers = Answers {
            site,
            branches,
            scanners: if self.wanted.workflow { self.scanners() } else { Vec::new() },
            code_scanning: self.code_scanning(),
            filing,
        };
        Ok(Answered { answers, is_branch_assumed, is_project_typed })
    }

    fn site(&self, person: &mut dyn Person) -> Result<String> {
        let configured = self.existing.as_ref().and_then(|config| config.jira.as_ref()?.url.as_ref());
        let configured = configured.map(ToString::to_string);
        let named = self.args.site.clone();
        let known = if self.wanted.configuration { named.or(configured) } else { configured.or(named) };
        let known = known.or_else(|| variable("JIRA_BASE_URL"));
        let none = Config::default();
        let gate = connect::gate(self.existing.as_ref().unwrap_or(&none));
        let question = "Jira's address, e.g. https://acme.atlassian.net";
        answer(person, known, question, "--site URL", |text| {
            let site = init::site(text).ok_or_else(|| not_an_address(text))?;
            // what a run would refuse is refused before it is written
            connect::site(&site, &gate).map_err(|error| {
                Error::usage(error.to_string()).hint("give an address such as https://acme.atlassian.net")
            })?;
            Ok(site)
        })
    }

    /// The branches, and whether they are only the most likely ones.
    fn branches(&self, person: &mut dyn Person) -> Result<(Vec<String>, bool)> {
        if let Some(config) = self.existing.as_ref().filter(|_| !self.wanted.configuration) {
            return Ok((configured_branches(config), false));
        }
        if !self.args.branches.is_empty() {
            return Ok((branches(&self.args.branches)?, false));
        }
        if let Some(config) = &self.existing {
            return Ok((configured_branches(config), false));
        }
        let noted = self.observed.branch.as_ref();
        let default = noted.map_or("main", |branch| &branch.name);
        let question = format!("Branches whose findings become tickets, separated by commas [{default}]");
        let mut is_answered = true;
        let named = ask(person, &question, |text| match text {
            Some(text) if !text.is_empty() => {
                branches(&text.split(',').map(str::to_owned).collect::<Vec<_>>())
            }
            text => {
                is_answered = text.is_some();
                Ok(vec![default.to_owned()])
            }
        })?;
        Ok((named, !is_answered && noted.is_none_or(|branch| !branch.is_noted)))
    }

    fn scanners(&self) -> Vec<Scanner> {
        match self.args.scanner.as_slice() {
            [] => self.observed.proposed(),
            named => Scanner::ALL
                .into_iter()
                .filter(|scanner| named.iter().any(|name| name == scanner.name()))
                .collect(),
        }
    }

    /// Whether casefile reads the alerts of code scanning: an existing configuration says so.
    fn code_scanning(&self) -> Option<CodeScanning> {
        let reads = |config: &Config| {
            config.reports.iter().any(|entry| Feed::of_entry(&entry.path) == Some(Feed::CodeScanning))
        };
        match &self.existing {
            Some(config) if !self.wanted.configuration => {
                reads(config).then(|| self.observed.code_scanning.unwrap_or(CodeScanning::Upload))
            }
            _ => self.observed.code_scanning.filter(|_| self.observed.host.may_run_workflows()),
        }
    }

    /// The flags that change nothing, with the reason. `file`: the configuration that exists.
    pub(super) fn unused(&self, file: Option<&str>) -> Vec<String> {
        let mut notes = Vec::new();
        let names = if self.wanted.configuration { Vec::new() } else { self.unused_by_configuration() };
        if !names.is_empty() {
            let reason = match file {
                Some(file) => format!(
                    "{file} already exists; change that file, or use `--print` to see what would be written without it"
                ),
                None => "`--workflow-only` writes no configuration".to_owned(),
            };
            notes.push(format!("not used: {}, because {reason}", names.join(", ")));
        }
        if !self.args.scanner.is_empty() && !self.wanted.workflow {
            notes.push("not used: --scanner, because no workflow is written".to_owned());
        }
        notes
    }

    /// The flags that differ from the configuration, if none is written.
    fn unused_by_configuration(&self) -> Vec<&'static str> {
        let args = &self.args;
        let existing = self.existing.as_ref();
        let jira = existing.and_then(|config| config.jira.as_ref());
        let url = jira.and_then(|jira| jira.url.as_ref()).and_then(|url| init::site(url.as_str()));
        // without an address in the configuration, the workflow takes the flag's
        let is_site_used = existing.is_none() || (url.is_none() && self.wanted.workflow);
        let site = args.site.as_ref().is_some_and(|site| !is_site_used && init::site(site) != url);
        let project = args
            .project
            .as_ref()
            .is_some_and(|project| jira.is_none_or(|jira| !jira.project.eq_ignore_ascii_case(project)));
        let names: Vec<&str> = args.branches.iter().map(|name| name.trim()).collect();
        let branches =
            existing.is_some_and(|config| !names.is_empty() && names != configured_branches(config));
        let group_by = args.group_by.as_ref().is_some_and(|mode| {
            existing.is_none_or(|config| config.group_by.mode(FindingKind::Dependency).name() != mode)
        });
        let flags =
            [("--site", site), ("--project", project), ("--branches", branches), ("--group-by", group_by)];
        flags.into_iter().filter_map(|(name, is_unused)| is_unused.then_some(name)).collect()
    }
}

/// The branches as the configuration names them; without any, it means all of them.
fn configured_branches(config: &Config) -> Vec<String> {
    match config.branches.patterns.as_slice() {
        [] => vec!["**".to_owned()],
        patterns => patterns.iter().map(|pattern| pattern.text.clone()).collect(),
    }
}

/// Asks for another project, because Jira does not know the one that was typed.
pub(super) fn another_project(person: &mut dyn Person, reason: &Error) -> Result<String> {
    person.refuse(reason);
    answer(person, None, PROJECT, "--project KEY", project)
}

/// What is known, or what a person answers.
fn answer<T>(
    person: &mut dyn Person,
    known: Option<String>,
    question: &str,
    flag: &str,
    accept: impl Fn(&str) -> Result<T>,
) -> Result<T> {
    if let Some(known) = known {
        return accept(&known);
    }
    let missing = || Error::usage(format!("`casefile init` needs `{flag}`")).hint(question);
    ask(person, question, |text| match text {
        None => Err(missing()),
        Some("") => Err(Error::usage("an answer is needed")),
        Some(text) => accept(text),
    })
}

/// Asks until an answer can be accepted, or somebody has tried often enough.
fn ask<T>(
    person: &mut dyn Person,
    question: &str,
    mut accept: impl FnMut(Option<&str>) -> Result<T>,
) -> Result<T> {
    for _ in 1..TRIES {
        let text = person.ask(question)?;
        match accept(text.as_deref()) {
            Err(reason) if text.is_some() => person.refuse(&reason),
            accepted => return accepted,
        }
    }
    accept(person.ask(question)?.as_deref())
}

fn not_an_address(text: &str) -> Error {
    let is_name = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let hint = if is_name {
        format!(
            "if it is the name of a Jira Cloud site, write {text}.atlassian.net; otherwise, give the whole address"
        )
    } else {
        "give an address such as https://acme.atlassian.net".to_owned()
    };
    Error::usage("this is not the address of a Jira site").hint(hint)
}

/// A project's key, in capital letters.
fn project(text: &str) -> Result<String> {
    let project = text.trim().to_ascii_uppercase();
    if TicketKey::parse(&format!("{project}-1")).is_none() {
        return Err(Error::usage(format!("`{project}` is not a valid Jira project key")).hint(
            "a key starts with a letter and contains only capital letters, digits and underscores; for \
             example, the ticket SEC-42 is in the project SEC",
        ));
    }
    Ok(project)
}

/// Branches as they are named between commas.
fn branches(names: &[String]) -> Result<Vec<String>> {
    let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
    let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
    let hint = "separate names or patterns by commas, e.g. main, release/*";
    if names.is_empty() {
        return Err(Error::usage("no branch is named").hint(hint));
    }
    Branches::new(&names).map_err(|bad| {
        let Some(first) = bad.first() else { return Error::usage("the branches are not valid").hint(hint) };
        let name = first.index.and_then(|index| names.get(index));
        let name = name.map(|name| format!("the branch `{name}` is not valid: ")).unwrap_or_default();
        Error::usage(format!("{name}{}", first.message)).hint(hint)
    })?;
    Ok(names)
}

#[cfg(test)]
mod tests;
