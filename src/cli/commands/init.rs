//! `casefile init`: a few questions, a configuration and a workflow.

mod check;
mod questions;

use std::path::Path;
use std::process::ExitCode;

use crate::cli::args::InitArgs;
use crate::cli::output::printer;
use crate::cli::setup::configuration;
use crate::config::Config;
use crate::error::{Error, ErrorClass, Result};
use crate::files;
use crate::github::context::EventCheckout;
use crate::init::{self, Answers, CONFIGURATION, Closing, Filing, Host, Observed, WORKFLOW};
use crate::model::repository::Repository;

use check::{Checked, check_with_jira};
use questions::{Answered, Questions, Terminal, Wanted};

/// Looks at the checkout, asks what it cannot know, checks it with Jira, and writes what does not exist yet.
pub(crate) async fn init(args: &InitArgs) -> Result<ExitCode> {
    #[expect(clippy::disallowed_methods, reason = "the folder that the command was started in")]
    let here = std::env::current_dir()
        .map_err(|error| Error::usage(format!("the current folder cannot be determined: {error}")))?;
    let root = configuration::root(&here);
    let observed = init::observe(&root);
    let (file, existing) = configuration::existing(&root)?.unzip();
    let wanted = wanted(args, &observed, existing.as_ref())?;
    if !args.print {
        // before anything is asked or written
        [(wanted.configuration, CONFIGURATION), (wanted.workflow, WORKFLOW)]
            .into_iter()
            .filter(|(is_wanted, _)| *is_wanted)
            .try_for_each(|(_, path)| check_path(&root, path))?;
    }
    let questions = Questions { args: args.clone(), observed, existing, wanted };
    say_existing(args, file, &questions.observed);
    let mut notes = questions.unused(file);
    if !wanted.configuration && !wanted.workflow {
        return Ok(nothing_to_do(args, &questions.observed, &notes));
    }
    let answered = answers(&questions, &root, &mut notes).await?;
    let repository = EventCheckout::read(&root).ok().map(|checkout| checkout.repository);
    let proposed = proposed(&answered.answers, wanted, &root, repository.as_ref());
    for (path, text) in &proposed {
        show(path, text, args.print);
    }
    if !args.print {
        write_all(&root, &proposed)?;
    }
    close(&questions, &answered, &proposed, repository.as_ref());
    // Jira's answer comes last, where it is not overlooked
    notes.iter().for_each(|note| printer::say(&format!("\n{note}")));
    Ok(ExitCode::SUCCESS)
}

/// What is to be written: what does not exist yet, or, to print it, all of it.
fn wanted(args: &InitArgs, observed: &Observed, existing: Option<&Config>) -> Result<Wanted> {
    let (none, scanners): (Vec<&String>, Vec<&String>) =
        args.scanner.iter().partition(|name| *name == "none");
    if !none.is_empty() && !scanners.is_empty() {
        return Err(Error::usage("`--scanner none` contradicts the other scanners")
            .hint("leave out `none`, or leave out the other scanners"));
    }
    if let (true, Host::Foreign { name, .. }) = (args.workflow_only, &observed.host) {
        let message = format!("`origin` is on {name}, which does not run GitHub's workflows");
        return Err(Error::usage(message).hint(format!("use {}", observed.host.guide())));
    }
    let has_project = args.project.is_some() || existing.is_some_and(|config| config.jira.is_some());
    Ok(Wanted {
        configuration: !args.workflow_only && (existing.is_none() || (args.print && has_project)),
        workflow: observed.host.may_run_workflows() && (args.print || observed.casefile.is_none()),
    })
}

/// Whether a new file can be written.
fn check_path(root: &Path, path: &str) -> Result<()> {
    let whole = files::checked(root, Path::new(path))?;
    if whole.symlink_metadata().is_ok() {
        let lacks = if path == WORKFLOW { " and does not run casefile" } else { "" };
        return Err(Error::usage(format!("{path} already exists{lacks}")).hint(
            "rename it, or add casefile's job to it: `casefile init --print` shows what it looks like",
        ));
    }
    let folder = whole.ancestors().skip(1).find(|folder| folder.symlink_metadata().is_ok());
    let writable = match folder {
        Some(folder) if !folder.is_dir() => {
            let name = folder.strip_prefix(root).unwrap_or(folder).display();
            return Err(Error::usage(format!("{path} cannot be written, because {name} is not a folder"))
                .hint("rename that file, then run `casefile init` again"));
        }
        Some(folder) => files::probe(folder),
        None => Ok(()),
    };
    writable.map_err(|error| {
        Error::new(ErrorClass::Machine, format!("{path} cannot be written: {error}"))
            .hint("nothing was written; `--print` shows what would be written")
    })
}

fn say_existing(args: &InitArgs, file: Option<&str>, observed: &Observed) {
    let workflow =
        observed.casefile.as_ref().map(|name| format!(".github/workflows/{name} already runs casefile"));
    let configuration = file.filter(|_| !args.workflow_only).map(|file| format!("{file} already exists"));
    for existing in configuration.into_iter().chain(workflow) {
        printer::say(&format!("{existing} and is left unchanged"));
    }
}

fn nothing_to_do(args: &InitArgs, observed: &Observed, notes: &[String]) -> ExitCode {
    match &observed.host {
        Host::Foreign { name, .. } => printer::result(&format!(
            "nothing to do: the configuration already exists, and {name} does not run GitHub's workflows: use {}",
            observed.host.guide()
        )),
        _ if args.workflow_only => printer::result("nothing to do: the workflow already exists"),
        _ => printer::result("nothing to do: the configuration and the workflow already exist"),
    }
    notes.iter().for_each(|note| printer::say(note));
    ExitCode::SUCCESS
}

/// The answers, checked with Jira if a configuration is written. What Jira says is added to the notes.
async fn answers(questions: &Questions, root: &Path, notes: &mut Vec<String>) -> Result<Answered> {
    let asked = questions.clone();
    let mut answered = blocking(move || asked.answers(&mut Terminal)).await?;
    let mut tries = 1;
    while let Some(filing) = &answered.answers.filing {
        // the proposal must pass the same checks as in a run
        let text = init::configuration(&answered.answers, filing);
        let config = configuration::parse(text.as_bytes(), "the proposed configuration")?;
        if questions.existing.is_some() {
            break;
        }
        match check_with_jira(&config, root, &answered.answers, filing).await? {
            Checked::Noted(said) => {
                notes.extend(said);
                break;
            }
            Checked::Refused(reason) if answered.is_project_typed && tries < questions::TRIES => {
                let project = blocking(move || questions::another_project(&mut Terminal, &reason)).await?;
                let filing = Filing { project, ..filing.clone() };
                answered.answers.filing = Some(filing);
                tries += 1;
            }
            Checked::Refused(reason) => return Err(reason),
        }
    }
    Ok(answered)
}

/// Waits for a person without holding up what else the process does.
async fn blocking<T: Send + 'static>(ask: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(ask).await.unwrap_or_else(|_| {
        Err(Error::usage("the answer could not be read")
            .hint("use flags instead: see `casefile init --help`"))
    })
}

/// The files' paths and texts.
fn proposed(
    answers: &Answers,
    wanted: Wanted,
    root: &Path,
    repository: Option<&Repository>,
) -> Vec<(&'static str, String)> {
    let name = repository.map_or_else(|| root.display().to_string(), Repository::to_string);
    let configuration = answers.filing.as_ref().map(|filing| init::configuration(answers, filing));
    let workflow = wanted.workflow.then(|| init::workflow(answers, &name));
    let configuration = configuration.map(|text| (CONFIGURATION, text));
    configuration.into_iter().chain(workflow.map(|text| (WORKFLOW, text))).collect()
}

/// The new file: all of it if it is to be printed, otherwise as added lines.
fn show(path: &str, text: &str, print: bool) {
    if print {
        return printer::result(&format!("# {path}\n{}", text.trim_end()));
    }
    printer::say(&format!("+++ {path}"));
    text.lines().for_each(|line| printer::say(&format!("+{line}")));
}

/// Writes the files. All that can be foreseen was checked before.
fn write_all(root: &Path, proposed: &[(&str, String)]) -> Result<()> {
    let mut written: Vec<&str> = Vec::new();
    for (path, text) in proposed {
        write(root, path, text).map_err(|error| {
            let what = if written.is_empty() {
                "nothing was".to_owned()
            } else {
                format!("{} was", written.join(", "))
            };
            Error::new(ErrorClass::Machine, format!("{path} cannot be written: {error}")).hint(format!(
                "{what} written; existing files are not overwritten, so you can run `casefile init` again"
            ))
        })?;
        written.push(path);
    }
    Ok(())
}

fn write(root: &Path, path: &str, text: &str) -> std::io::Result<()> {
    let whole = files::checked(root, Path::new(path)).map_err(std::io::Error::other)?;
    if let Some(folder) = whole.parent() {
        std::fs::create_dir_all(folder)?;
    }
    files::create(&whole, text.as_bytes())
}

/// What is left for the user to do and to know.
fn close(
    questions: &Questions,
    answered: &Answered,
    proposed: &[(&str, String)],
    repository: Option<&Repository>,
) {
    let (observed, answers) = (&questions.observed, &answered.answers);
    let on_github = repository.filter(|_| observed.host == Host::Github);
    let closing = Closing {
        answers,
        observed,
        repository: on_github.map(|repository| repository.name.as_str()),
        has_workflow: questions.wanted.workflow,
    };
    let paths: Vec<&str> = proposed.iter().map(|(path, _)| *path).collect();
    let branch = answers.branches.first().filter(|_| answered.is_branch_assumed);
    let is_printed = questions.args.print;
    let note = branch.map(|branch| init::branch_note(branch, &paths, is_printed));
    let notes = note.into_iter().chain(closing.notes());
    if is_printed {
        // standard output has the files alone
        return notes.for_each(|note| printer::say(&note));
    }
    printer::result(&format!("written: {}\n\n{}", paths.join(", "), closing.steps()));
    notes.for_each(|note| printer::result(&format!("\n{note}")));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_before_a_failure_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let proposed = [(CONFIGURATION, "a\n".to_owned()), (WORKFLOW, "b\n".to_owned())];
        // somebody else is faster
        let workflow = folder.path().join(WORKFLOW);
        std::fs::create_dir_all(workflow.parent().unwrap()).unwrap();
        std::fs::write(&workflow, "theirs").unwrap();
        let error = write_all(folder.path(), &proposed).unwrap_err();
        assert!(error.to_string().contains(WORKFLOW), "{error}");
        assert!(error.advice().unwrap().starts_with(&format!("{CONFIGURATION} was written")), "{error:?}");
        assert_eq!(std::fs::read_to_string(workflow).unwrap(), "theirs");
    }
}
