//! What does not depend on the tracker: the branch, the reports, GitHub.

use crate::config::{Annotate, Config, DetailLevel};
use crate::error::Error;
use crate::github::client::GithubClient;
use crate::github::failure::GithubFailure;
use crate::model::alert::Feed;
use crate::model::check::Check;
use crate::pipeline::job::Job;
use crate::report::files;

/// The checks of the repository and its checkout.
pub(crate) async fn setting(job: &Job<'_>) -> Vec<Check> {
    let mut checks = vec![branch(job)];
    checks.extend(reports(job));
    job.watch.stage("checking GitHub");
    match &job.annotator {
        Some(annotator) => checks.extend(github(job, &annotator.client).await),
        None => {
            let without =
                "GITHUB_TOKEN is not set, so pull requests are not annotated and alerts are not read";
            let hint = "In a workflow, pass the job's token: `GITHUB_TOKEN: ${{ github.token }}`.";
            checks.push(Check::warning("GitHub", without).hint(hint));
        }
    }
    checks
}

/// Whether a run would file from here.
fn branch(job: &Job<'_>) -> Check {
    let run = job.run;
    let name = "branch";
    match (&run.untrusted, &run.pattern) {
        (Some(why), _) => Check::warning(name, format!("nothing is filed from here: {why}"))
            .hint("Run casefile on a branch of the repository itself, or on your own machine."),
        (None, Some(pattern)) => Check::ok(
            name,
            format!("findings on `{}` are filed, because it matches `{pattern}` in `branches`", run.branch),
        ),
        (None, None) if run.branch.is_empty() => {
            Check::warning(name, "no branch is checked out, so nothing is filed from here")
                .hint("Name the branch with `--branch`.")
        }
        (None, None) => {
            let message =
                format!("`{}` does not match `branches`, so nothing is filed from here", run.branch);
            Check::warning(name, message)
                .hint("For a feature branch, that is intended. Otherwise, add the branch to `branches`.")
        }
    }
}

/// Which reports exist now.
fn reports(job: &Job<'_>) -> Vec<Check> {
    let globs = job.config.reports.iter().filter(|entry| Feed::of_entry(&entry.path).is_none());
    let one = |path: &str| {
        let found = files::find(&job.root, &[path]);
        let name = "reports";
        match found.problems.into_iter().chain(found.unmatched).next() {
            Some(problem) => {
                Check::warning(name, format!("`{path}`: {}", problem.message)).hint(problem.hint)
            }
            None => {
                let count = found.files.len();
                let files = if count == 1 { "file" } else { "files" };
                Check::ok(name, format!("`{path}` matches {count} {files}"))
            }
        }
    };
    let mut checks: Vec<Check> = globs.map(|entry| one(&entry.path)).collect();
    if job.config.reports == Config::default().reports {
        // nobody named these globs: it is enough if one of them matches
        checks.sort_by_key(|check| check.state);
        checks.truncate(1);
    }
    if job.config.reports.is_empty() {
        let hint = "Remove `reports` to read every *.sarif file, or list the reports to read.";
        return vec![Check::warning("reports", "the configuration lists no reports").hint(hint)];
    }
    checks
}

/// What the token is allowed to do, and how the repository is set up.
async fn github(job: &Job<'_>, client: &GithubClient) -> Vec<Check> {
    let mut checks = Vec::new();
    match client.reads_pulls().await {
        Ok(()) => checks.push(
            Check::ok(
                "GitHub",
                "the token can read pull requests; whether it can also write to them cannot be checked \
                 without writing",
            )
            .hint(if annotates(job) {
                "The job needs `permissions: pull-requests: write`."
            } else {
                ""
            }),
        ),
        Err(failure) => return vec![refused("GitHub", failure)],
    }
    match client.settings().await {
        Ok(settings) => {
            checks.push(visibility(job, settings.public));
            checks.extend(squash(job, settings.squashes_description));
        }
        Err(failure) => checks.push(refused("repository", failure)),
    }
    if let Ok(Some(names)) = client.branch_names().await {
        checks.extend(patterns(job, &names));
    }
    checks
}

fn annotates(job: &Job<'_>) -> bool {
    job.config.pull_request.annotate != Annotate::None
}

fn refused(name: &str, failure: GithubFailure) -> Check {
    let error = Error::from(failure);
    Check::failed(name, error.to_string()).hint(error.advice().unwrap_or_default())
}

fn visibility(job: &Job<'_>, public: Option<bool>) -> Check {
    let name = "repository";
    match (public, job.config.pull_request.detail) {
        (Some(true), DetailLevel::Auto) => Check::ok(
            name,
            "it is public, so casefile shows only ticket keys, links and statuses on GitHub (`detail: auto`)",
        ),
        (Some(true), DetailLevel::Full) => {
            Check::warning(name, "it is public, and `detail: full` shows the open findings to everybody")
                .hint("Remove `pull-request.detail`, so that only keys, links and statuses are shown.")
        }
        (Some(true), DetailLevel::Keys) => {
            Check::ok(name, "it is public, and casefile shows only ticket keys on GitHub")
        }
        (Some(false), _) => Check::ok(name, "it is not public"),
        (None, _) => Check::ok(name, "GitHub does not say who can see it, so it is treated as public in CI"),
    }
}

/// Jira automations may act on keys in commit messages.
fn squash(job: &Job<'_>, description: Option<bool>) -> Option<Check> {
    let in_description = matches!(job.config.pull_request.annotate, Annotate::Description | Annotate::Both);
    (in_description && description == Some(true)).then(|| {
        let message = "squash merges use the description as the commit message, so the ticket keys in it end up in \
                       commit messages, where Jira automations may act on them";
        Check::warning("squash merge", message).hint(
            "Set `pull-request: {annotate: comment}`, or choose another default commit message in the repository's settings.",
        )
    })
}

/// Patterns that no branch matches.
fn patterns(job: &Job<'_>, names: &[String]) -> Vec<Check> {
    let unused = job.config.branches.unused(names);
    let check = |(pattern, is_name): (&str, bool)| {
        let message = format!("no branch is called `{pattern}`");
        match is_name {
            true => Check::warning("branches", message).hint("Correct the name in `branches`, or remove it."),
            false => Check::ok("branches", format!("no branch matches `{pattern}` yet")),
        }
    };
    unused.into_iter().map(check).collect()
}
