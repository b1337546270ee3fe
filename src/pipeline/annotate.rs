//! Tells the pull request which tickets stand for its findings.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Job;
use super::known::Known;
use super::page::Page;
use super::result::{PullRequest, Requests, Result};
use super::tell::{Surface, Untold, tell};
use crate::apply::Stop;
use crate::config::{Annotate, FindingScope};
use crate::error::Error;
use crate::github::client::Client;
use crate::github::context::is_queue;
use crate::github::failure::Failure;
use crate::github::pulls::{OfCommit, Pull};
use crate::github::rewrite::Written;
use crate::model::repository::Place;
use crate::model::run::{Merge, Run};
use crate::model::scan::Problem;
use crate::tracker::Read;

/// How long a run waits for one answer of GitHub that it can do without, at most.
const PATIENCE: Duration = Duration::from_secs(45);

/// Reaches the pull request.
pub struct Annotator {
    /// GitHub's API.
    pub client: Client,
    /// The pull request, where the event names it.
    pub number: Option<u64>,
    /// Where the scanned commit comes from, `owner/name`: a push's pull request is looked up by it.
    pub head_repository: Option<String>,
    /// What came of looking it up; `None`: that was not done.
    pub found: Option<std::result::Result<Option<Merge>, Failure>>,
    /// The pull request as it was when the run began, where it was read.
    pub pull: Option<Pull>,
}

impl Annotator {
    /// The pull request that was looked up.
    pub(super) fn merge(&self) -> Option<&Merge> {
        self.found.as_ref()?.as_ref().ok()?.as_ref()
    }
}

/// What GitHub is asked before the tickets are filed: a GitHub that does not answer costs neither the reports nor the
/// time that they and the tickets take.
pub(super) async fn patiently<T>(
    stop: &Stop,
    answer: impl Future<Output = std::result::Result<T, Failure>>,
) -> std::result::Result<T, Failure> {
    stop.spare(PATIENCE, answer).await.unwrap_or_else(|| {
        Err(Failure::Unreachable(
            "it did not answer in the time that it has, and the run goes on without it".to_owned(),
        ))
    })
}

/// Looks up the pull request that the run is about: the plan wants to know where it leads, and whether the commit is
/// still its newest one. Where it is not, what the commit has was fixed since, or will be: the run as it is then, which
/// changes nothing. Where that cannot be learnt, nothing is known against it.
pub(super) async fn find(job: &mut Job<'_>) -> Option<Run> {
    let (run, mode) = (job.run, job.config.pull_request.annotate);
    let annotator = job.annotator.as_mut()?;
    let pull = match (&run.place, &annotator.head_repository) {
        // a merge queue tries commits of its own
        (Place::PullRequest(number), None) if !run.commit.is_empty() && !is_queue(&run.branch) => {
            let pull = patiently(&job.stop, annotator.client.pull(*number)).await.ok()?;
            let is_newest = pull.open && pull.head_commit.eq_ignore_ascii_case(&run.commit);
            if is_newest { OfCommit::Newest(Box::new(pull)) } else { OfCommit::Older(Box::new(pull)) }
        }
        (Place::Branch(_), Some(head)) => {
            let branch = Some(run.branch.as_str()).filter(|branch| !branch.is_empty());
            match patiently(&job.stop, annotator.client.open_pull(head, branch, &run.commit)).await {
                Ok(found) => found,
                Err(failure) => {
                    annotator.found = (mode != Annotate::None).then_some(Err(failure));
                    return None;
                }
            }
        }
        _ => return None,
    };
    let merge = |pull: &Pull| Merge { number: pull.number, base: pull.base_branch.clone() };
    let is_push = annotator.number.is_none();
    match pull {
        OfCommit::Newest(pull) => {
            annotator.found = (is_push && mode != Annotate::None).then(|| Ok(Some(merge(&pull))));
            annotator.pull = Some(*pull);
            None
        }
        OfCommit::None => {
            annotator.found = (mode != Annotate::None).then_some(Ok(None));
            None
        }
        OfCommit::Older(pull) => {
            if pull.open && is_tip(&job.stop, annotator, run, &pull).await {
                annotator.found = (is_push && mode != Annotate::None).then_some(Ok(None));
                return None;
            }
            annotator.found = Some(Ok(None));
            (annotator.number, annotator.head_repository) = (None, None);
            let (number, ended) = (pull.number, !pull.open);
            let why = match ended {
                true => format!("pull request #{number} has ended"),
                false => format!("the commit is no longer the newest one of pull request #{number}"),
            };
            let message = format!("{why}, so this run changes nothing");
            job.known.push(Problem::new(format!("commit {}", short(&run.commit)), message));
            Some(Run { untrusted: run.untrusted.clone().or(Some(why)), ..run.clone() })
        }
    }
}

/// Whether a commit is the newest one of the pull request's branch all the same: GitHub may take a moment until its
/// pull requests know of a push.
async fn is_tip(stop: &Stop, annotator: &Annotator, run: &Run, pull: &Pull) -> bool {
    let own =
        pull.head_repository.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(&run.repository.name));
    let tip = match own {
        true => patiently(stop, annotator.client.tip(&pull.head_branch)).await.ok().flatten(),
        false => None,
    };
    tip.is_some_and(|tip| tip.eq_ignore_ascii_case(&run.commit))
}

fn short(commit: &str) -> &str {
    commit.get(..7).unwrap_or(commit)
}

/// Which files count.
pub(super) enum Changed {
    /// All.
    All,
    /// Those that the pull request changes.
    Files(BTreeSet<String>),
    /// Only those that the pull request changes, but which they are could not be learnt: none.
    Unknown(Problem),
}

/// The files that the pull request changes, where only findings in them count.
pub(super) async fn changed_files(job: &Job<'_>) -> Changed {
    let Some(number) = job.run.pull_request else { return Changed::All };
    if job.config.pull_request.scope != FindingScope::Changed {
        return Changed::All;
    }
    let unknown = |why: String, hint: &str| {
        let message = format!("the files that it changes cannot be told, so none counts: {why}");
        Changed::Unknown(Problem::new(format!("pull request #{number}"), message).hint(hint))
    };
    let Some(annotator) = job.annotator.as_ref() else {
        return unknown(
            "there is no GITHUB_TOKEN".to_owned(),
            "set the environment variable to a token with `pull-requests: read`",
        );
    };
    match patiently(&job.stop, annotator.client.files(number)).await {
        Ok(files) if files.whole => Changed::Files(files.paths.into_iter().collect()),
        Ok(_) => unknown("GitHub lists 3,000 at most".to_owned(), "set `pull-request.scope: all`"),
        Err(failure) => {
            let error = Error::from(failure);
            unknown(error.to_string(), error.advice().unwrap_or_default())
        }
    }
}

/// Brings the section up to date. What goes wrong here is said and costs nothing else; gives whether
/// GitHub failed. A token that may not write is no failure: a fork's run has no other.
pub(super) async fn annotate<T: Read>(known: &Known<'_, T>, result: &mut Result) -> bool {
    let job = known.job;
    let mode = job.config.pull_request.annotate;
    if mode == Annotate::None {
        return false;
    }
    let Some(annotator) = &job.annotator else {
        if let Some(number) = job.run.pull_request {
            let problem =
                Problem::new(format!("pull request #{number}"), "it is not told: there is no GITHUB_TOKEN");
            result.problems.push(problem.hint(
                "set the environment variable to the job's token, with `permissions: pull-requests: write`",
            ));
        }
        return false;
    };
    job.watch.stage("annotating the pull request");
    let mut failed = false;
    match write(known, annotator, mode).await {
        Ok(None) => {}
        Ok(Some(pull)) => {
            let (number, annotated) = (pull.number, pull.annotated);
            result.pull_request = Some(pull);
            if !annotated {
                result.problems.push(Problem::new(
                    format!("pull request #{number}"),
                    "its description was overwritten by somebody else each time; the next run writes it",
                ));
            }
        }
        Err(Untold { error, failure, .. }) => {
            failed = failure;
            let hint = error.advice().unwrap_or_default().to_owned();
            result.problems.push(Problem::new("pull request", error.to_string()).hint(hint));
        }
    }
    result.requests = Requests { tracker: known.tracker.requests(), github: job.github_requests() };
    failed
}

async fn write<T: Read>(
    known: &Known<'_, T>,
    annotator: &Annotator,
    mode: Annotate,
) -> std::result::Result<Option<PullRequest>, Untold> {
    let (tracker, job, client) = (known.tracker, known.job, &annotator.client);
    let number = match (annotator.number, annotator.found.clone().transpose()?.flatten()) {
        (Some(number), _) => number,
        (None, Some(merge)) => merge.number,
        (None, None) => return Ok(None),
    };
    let mut page = Page::of(known);
    let at = Surface {
        client,
        number,
        description: matches!(mode, Annotate::Description | Annotate::Both),
        comment: matches!(mode, Annotate::Comment | Annotate::Both),
        early: annotator.pull.as_ref().map(|pull| pull.body.as_str()),
        today: job.run.today(),
    };
    let told = tell(&at, tracker, &job.run.repository.labels(), &mut page).await?;
    let annotated = told.written != Written::Contested;
    Ok(Some(PullRequest { number, annotated, written: annotated && told.written != Written::Unchanged }))
}
