//! `casefile init`: a few questions, a configuration and a workflow.

use std::io::{BufRead, IsTerminal};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use crate::apply::Stop;
use crate::cli::args::InitArgs;
use crate::cli::output::printer;
use crate::cli::setup::configuration;
use crate::cli::setup::connect::{self, variable};
use crate::cli::setup::credentials::VARIABLES;
use crate::config::Config;
use crate::error::{Error, ErrorClass, Result};
use crate::files;
use crate::github::context::{EventCheckout, in_actions};
use crate::init::{self, Answers, CONFIGURATION, Observed, Scanner, WORKFLOW};
use crate::model::answer::{Answer, Ask, Failure};
use crate::model::repository::Repository;
use crate::model::ticket::TicketKey;
use crate::tracker::Read;

/// How long Jira may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Looks at the checkout, asks what it cannot know, checks it with Jira, and writes what does not exist yet.
pub(crate) async fn init(args: &InitArgs) -> Result<ExitCode> {
    #[expect(clippy::disallowed_methods, reason = "the folder that the command was started in")]
    let here = std::env::current_dir()
        .map_err(|error| Error::usage(format!("the current folder cannot be determined: {error}")))?;
    let root = configuration::root(&here);
    let observed = init::observe(&root);
    let existing = configuration::existing(&root)?;
    let answers = answers(args, &observed, existing.as_ref().map(|(_, config)| config)).await?;
    let text = init::configuration(&answers, observed.has_code_scanning);
    // the proposal must pass the same checks as in a run
    let config = configuration::parse(text.as_bytes(), CONFIGURATION)?;
    if existing.is_none() {
        check_with_jira(&config, &root, &answers).await?;
    }
    let repository = EventCheckout::read(&root).ok().map(|checkout| checkout.repository);
    let name = repository.as_ref().map_or_else(|| root.display().to_string(), Repository::to_string);
    let mut proposed: Vec<(&str, String)> = Vec::new();
    match &existing {
        _ if args.workflow_only => {}
        Some((file, _)) => printer::say(&format!("{file} already exists and is left unchanged")),
        None => proposed.push((CONFIGURATION, text)),
    }
    match &observed.casefile {
        Some(workflow) => {
            printer::say(&format!(
                ".github/workflows/{workflow} already runs casefile and is left unchanged"
            ));
        }
        None => proposed.push((WORKFLOW, init::workflow(&answers, &observed, &name))),
    }
    if !args.print && proposed.iter().any(|(path, _)| root.join(path).symlink_metadata().is_ok()) {
        return Err(Error::usage(format!("{WORKFLOW} already exists and does not run casefile")).hint(
            "rename it, or add casefile's job to it: `casefile init --print` shows what it looks like",
        ));
    }
    for (path, text) in &proposed {
        show(path, text, args.print);
    }
    if args.print {
        return Ok(ExitCode::SUCCESS);
    }
    for (path, text) in &proposed {
        write(&root, path, text)?;
    }
    next(&answers, &proposed, repository.as_ref());
    Ok(ExitCode::SUCCESS)
}

/// What is typed, asked, or used by default; if there is already a configuration, it gives the answers.
async fn answers(args: &InitArgs, observed: &Observed, existing: Option<&Config>) -> Result<Answers> {
    let jira = existing.and_then(|config| config.jira.as_ref());
    let site = args
        .site
        .clone()
        .or_else(|| existing.and_then(connect::address))
        .or_else(|| variable("JIRA_BASE_URL"));
    let site = required(site, "Jira's address, e.g. https://acme.atlassian.net", "--site URL").await?;
    let site = site.trim_end_matches('/').to_owned();
    // what a run would refuse is refused before it is written
    connect::site(&site, &connect::gate(existing.unwrap_or(&Config::default()))).map_err(|error| {
        Error::usage(error.to_string()).hint("give an address such as https://acme.atlassian.net")
    })?;
    let project = args.project.clone().or_else(|| jira.map(|jira| jira.project.clone()));
    let project = required(project, "Key of the Jira project, e.g. SEC", "--project KEY").await?;
    let project = project.to_ascii_uppercase();
    if TicketKey::parse(&format!("{project}-1")).is_none() {
        return Err(Error::usage(format!("`{project}` is not a valid Jira project key")).hint(
            "a key starts with a letter and contains only capital letters, digits and underscores; for \
             example, the ticket SEC-42 is in the project SEC",
        ));
    }
    let default = observed.branch.clone().unwrap_or_else(|| "main".to_owned());
    let branches = if args.branches.is_empty() {
        let asked =
            asked(&format!("Branches whose findings become tickets, separated by commas [{default}]"))
                .await?;
        let named: Vec<String> =
            asked.unwrap_or_default().split(',').map(|name| name.trim().to_owned()).collect();
        let named: Vec<String> = named.into_iter().filter(|name| !name.is_empty()).collect();
        if named.is_empty() { vec![default] } else { named }
    } else {
        args.branches.clone()
    };
    let scanners = match args.scanner.as_slice() {
        [] => Scanner::proposed(observed),
        named => Scanner::ALL
            .into_iter()
            .filter(|scanner| named.iter().any(|name| name == scanner.name()))
            .collect(),
    };
    Ok(Answers { site, project, branches, dependencies: args.group_by.clone(), scanners })
}

/// An answer without which nothing can be written.
async fn required(known: Option<String>, question: &str, flag: &str) -> Result<String> {
    let answer = match known {
        Some(known) => Some(known),
        None => asked(question).await?.filter(|answer| !answer.is_empty()),
    };
    answer.ok_or_else(|| Error::usage(format!("`casefile init` needs `{flag}`")).hint(question))
}

/// Reads what a person types; `None`: there is nobody to ask.
async fn asked(question: &str) -> Result<Option<String>> {
    if !std::io::stdin().is_terminal() || !printer::is_watched() {
        return Ok(None);
    }
    printer::say(&format!("{question}:"));
    let line = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    let line = line.await.ok().and_then(std::io::Result::ok);
    line.map(|line| Some(line.trim().to_owned())).ok_or_else(|| {
        Error::usage("the answer could not be read").hint("use flags instead: see `casefile init --help`")
    })
}

/// Asks Jira for the project, if there are credentials.
async fn check_with_jira(config: &Config, root: &Path, answers: &Answers) -> Result<()> {
    // on a runner nobody typed the site, so credentials are sent to it only from a person's own machine
    let is_runner = in_actions(&variable) || variable("CI").is_some();
    if is_runner || !VARIABLES.into_iter().any(|name| variable(name).is_some()) {
        printer::say(
            "the settings were not checked against Jira, because no credentials are set; run `casefile doctor` \
             later to check the setup",
        );
        return Ok(());
    }
    let tracker = connect::jira(config, root, Stop::after(PATIENCE))?;
    // a site on a private network needs `allow-networks`, which can be added to what is written
    if let Err(failure) = tracker.answer(&Ask::Account).await {
        printer::say(&format!("the settings could not be checked against Jira: {failure}"));
        printer::say(&failure.hint());
        return Ok(());
    }
    let refused = |failure: &Failure| {
        Error::remote(format!("Jira does not accept the project {}: {failure}", answers.project))
            .hint(failure.hint())
    };
    let project = tracker.answer(&Ask::Project(answers.project.clone())).await;
    match project.map_err(|failure| refused(&failure))? {
        Answer::Project(project) if !(project.may.browse && project.may.create) => {
            let lacking = if project.may.browse { "create" } else { "see" };
            printer::say(&format!(
                "the account is not allowed to {lacking} tickets in {}: `casefile doctor` lists the permissions that \
                 casefile needs",
                answers.project
            ));
        }
        _ => printer::say(&format!("the project {} exists in Jira", answers.project)),
    }
    Ok(())
}

/// The new file: all of it if it is to be printed, otherwise as added lines.
fn show(path: &str, text: &str, print: bool) {
    if print {
        return printer::result(&format!("# {path}\n{}", text.trim_end()));
    }
    printer::say(&format!("+++ {path}"));
    text.lines().for_each(|line| printer::say(&format!("+{line}")));
}

fn write(root: &Path, path: &str, text: &str) -> Result<()> {
    let whole = files::checked(root, Path::new(path))?;
    let written = match whole.parent() {
        Some(folder) => std::fs::create_dir_all(folder).and_then(|()| files::create(&whole, text.as_bytes())),
        None => files::create(&whole, text.as_bytes()),
    };
    written.map_err(|error| {
        Error::new(ErrorClass::Machine, format!("{path} cannot be written: {error}"))
            .hint("existing files are not overwritten; `--print` shows what would be written")
    })
}

/// What is left for the user to do.
fn next(answers: &Answers, proposed: &[(&str, String)], repository: Option<&Repository>) {
    if proposed.is_empty() {
        return printer::result("nothing to do: the configuration and the workflow already exist");
    }
    let paths: Vec<&str> = proposed.iter().map(|(path, _)| *path).collect();
    printer::result(&format!("written: {}", paths.join(", ")));
    let secrets = if answers.is_cloud() {
        "1. Create an API token: https://id.atlassian.com/manage-profile/security/api-tokens\n\
         2. Add your e-mail address and the token to the repository's secrets: gh secret set \
         JIRA_USER_EMAIL && gh secret set JIRA_API_TOKEN"
    } else {
        "1. Create a personal access token in Jira: your avatar > Profile > Personal Access Tokens\n\
         2. Add the token to the repository's secrets: gh secret set JIRA_PERSONAL_ACCESS_TOKEN"
    };
    printer::result(&format!(
        "\nNext:\n{secrets}\n3. Commit the files above to a new branch and open a pull request: its \
         description will show what casefile found\n\
         4. Check the setup at any time: casefile doctor"
    ));
    let is_written = proposed.iter().any(|(path, _)| *path == WORKFLOW);
    match repository.map(|repository| repository.host.as_str()) {
        Some("github.com") => {}
        Some(host) if is_written => printer::result(&format!(
            "\nThis repository is on {host}. If that is a GitHub Enterprise Server, replace `ubuntu-24.04` in the \
             workflow with a label of your own runners. If it is not GitHub, use the recipe for its CI system instead of \
             the workflow: https://github.com/casefile/casefile/blob/main/docs/ci.md"
        )),
        Some(_) => {}
        None => printer::result(
            "\nThis folder has no remote on GitHub yet: once you push it to GitHub, the workflow will run.",
        ),
    }
}
