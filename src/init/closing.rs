//! What is left to do once the files are written, and what is good to know about them.

use super::answers::Answers;
use super::host::{Host, recipe};
use super::observe::{CodeScanning, Observed};
use super::scanner::Scanner;

/// What was written, and for what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Closing<'a> {
    /// The answers that the files contain.
    pub answers: &'a Answers,
    /// What the checkout says.
    pub observed: &'a Observed,
    /// `owner/name` of a repository on github.com.
    pub repository: Option<&'a str>,
    /// Whether the workflow was written.
    pub has_workflow: bool,
}

impl Closing<'_> {
    /// The steps that are left to the user.
    pub(crate) fn steps(&self) -> String {
        let names: &[&str] = if self.answers.is_cloud() {
            &["JIRA_USER_EMAIL", "JIRA_API_TOKEN"]
        } else {
            &["JIRA_PERSONAL_ACCESS_TOKEN"]
        };
        let create = if self.answers.is_cloud() {
            "Create an API token: https://id.atlassian.com/manage-profile/security/api-tokens"
        } else {
            "Create a personal access token in Jira: your avatar > Profile > Personal Access Tokens"
        };
        let what = if self.answers.is_cloud() { "your e-mail address and the token" } else { "the token" };
        let mut steps = vec![create.to_owned()];
        if self.observed.host.may_run_workflows() {
            // where there are several remotes, gh would choose or ask
            let repository = self.repository.map(|name| format!(" --repo {name}")).unwrap_or_default();
            let commands = names.iter().map(|name| format!("\n   gh secret set {name}{repository}"));
            steps.push(format!("Add {what} to the repository's secrets:{}", commands.collect::<String>()));
            steps.push(
                "Commit the files above to a new branch and open a pull request: its description will show what \
                 casefile found"
                    .to_owned(),
            );
            steps.push("Merge the pull request: the run after that files the tickets".to_owned());
        } else {
            steps.push(format!("Add {what} to the secret variables of your CI system: {}", names.join(", ")));
            steps.push(format!("Set JIRA_BASE_URL to {} there", self.answers.site));
            steps.push("Commit the file above, and add casefile to your pipeline (see below)".to_owned());
        }
        steps.push("Check the setup at any time: casefile doctor".to_owned());
        let numbered = steps.iter().zip(1..).map(|(step, number)| format!("\n{number}. {step}"));
        format!("Next:{}", numbered.collect::<String>())
    }

    /// What is good to know, one sentence or two each.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = self.running();
        if self.observed.is_fork && self.has_workflow {
            notes.push(format!(
                "`origin` seems to be a fork, because there is also a remote `upstream`: a pull request from a fork \
                 gets no secrets, so casefile cannot look up tickets for it; {} annotates it in a later run",
                recipe("forks.yml"),
            ));
        }
        match self.answers.code_scanning {
            Some(CodeScanning::CodeQl) => notes.push(
                "casefile may run for a pull request before CodeQL's analysis of it is finished; CodeQL's alerts \
                 are then left out of that run"
                    .to_owned(),
            ),
            Some(CodeScanning::Upload) => notes.push(
                "casefile may run for a pull request before the other workflow has uploaded its reports to code \
                 scanning; their alerts are then left out of that run"
                    .to_owned(),
            ),
            None => {}
        }
        notes.extend(self.host());
        notes
    }

    /// The scanners that other workflows already run.
    fn running(&self) -> Vec<String> {
        if !self.has_workflow {
            return Vec::new();
        }
        let mut workflows: Vec<(&str, bool, Vec<Scanner>)> = Vec::new();
        for running in &self.observed.scanners {
            let is_new = self.answers.scanners.contains(&running.scanner);
            // what is in code scanning is read from there
            if !is_new && running.is_uploaded && self.answers.code_scanning.is_some() {
                continue;
            }
            match workflows.iter_mut().find(|(name, new, _)| *name == running.workflow && *new == is_new) {
                Some((_, _, scanners)) => scanners.push(running.scanner),
                None => workflows.push((&running.workflow, is_new, vec![running.scanner])),
            }
        }
        let line = |(workflow, is_new, scanners): (&str, bool, Vec<Scanner>)| {
            let names: Vec<&str> = scanners.iter().map(|scanner| scanner.name()).collect();
            let recipe = recipe(Scanner::recipe(&scanners));
            let advice = if is_new {
                format!(
                    "remove the scanner from one of the two workflows; {recipe} runs it together with casefile"
                )
            } else {
                format!("to file what it finds there, run it together with casefile, as {recipe} does")
            };
            format!(
                ".github/workflows/{workflow} already runs {}; casefile reads only the reports of its own workflow \
                 run: {advice}",
                names.join(" and "),
            )
        };
        workflows.into_iter().map(line).collect()
    }

    /// What the server means for the workflow.
    fn host(&self) -> Option<String> {
        match &self.observed.host {
            Host::Github => None,
            Host::Foreign { name, .. } => Some(format!(
                "This repository is on {name}, which does not run GitHub's workflows, so no workflow was written: use \
                 {}",
                self.observed.host.guide(),
            )),
            Host::Other(name) => self.has_workflow.then(|| {
                format!(
                    "This repository is on {name}. If that is a GitHub Enterprise Server, replace `ubuntu-24.04` in \
                     the workflow with a label of your own runners. It may not support the current major versions of \
                     actions/upload-artifact and actions/download-artifact; its documentation says which ones it \
                     supports. If {name} is not GitHub, use the recipe for its CI system instead of the workflow: {}",
                    self.observed.host.guide(),
                )
            }),
            Host::Unknown => self.has_workflow.then(|| {
                "This folder has no remote on GitHub yet: once you push it to GitHub, the workflow will run.".to_owned()
            }),
        }
    }
}

/// What to know about a branch that nobody named and that Git did not note as the default branch.
pub(crate) fn branch_note(branch: &str, files: &[&str], is_printed: bool) -> String {
    let change = if is_printed {
        "name them with `--branches`".to_owned()
    } else {
        format!("change `branches` in {}", files.join(" and "))
    };
    format!(
        "Tickets are filed for findings on `{branch}`; the checkout does not say whether that is the default branch. \
         If other branches are meant, {change}."
    )
}
