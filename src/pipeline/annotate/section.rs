//! Annotates the pull request with the tickets of its findings.

use crate::pipeline::annotator::Annotator;

use crate::config::Annotate;
use crate::github::rewrite::Written;
use crate::model::scan::Problem;
use crate::pipeline::annotate::post::{PostError, Surface, post};
use crate::pipeline::annotate::section_builder::SectionBuilder;
use crate::pipeline::outcome::result::RunResult;
use crate::pipeline::outcome::run_context::RunContext;
use crate::pipeline::outcome::ticket::{PullRequest, Requests};
use crate::tracker::Read;

/// Brings the section up to date. What goes wrong here is reported and has no other effect; returns whether GitHub
/// failed. A token that is not allowed to write is not a failure: a fork's run has no other.
pub(crate) async fn annotate<T: Read>(known: &RunContext<'_, T>, result: &mut RunResult) -> bool {
    let job = known.job;
    let mode = job.config.pull_request.annotate;
    if mode == Annotate::None {
        return false;
    }
    let Some(annotator) = &job.annotator else {
        if let Some(number) = job.run.pull_request {
            let message =
                "it is not annotated, because annotating it requires a repository on GitHub and GITHUB_TOKEN";
            result.problems.push(Problem::new(format!("pull request #{number}"), message).hint(
                "set GITHUB_TOKEN to a token that can write to pull requests (in GitHub Actions, the job's token, \
                 with `permissions: pull-requests: write`); if the repository is on another host, set `pull-request.annotate: none`",
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
                    "somebody else overwrote its description after each attempt to update it; the next run will try \
                     again",
                ));
            }
        }
        Err(PostError { error, failure, .. }) => {
            failed = failure;
            let hint = error.advice().unwrap_or_default().to_owned();
            result.problems.push(Problem::new("pull request", error.to_string()).hint(hint));
        }
    }
    result.requests = Requests { tracker: known.tracker.requests(), github: job.github_requests() };
    failed
}

async fn write<T: Read>(
    known: &RunContext<'_, T>,
    annotator: &Annotator,
    mode: Annotate,
) -> std::result::Result<Option<PullRequest>, PostError> {
    let (tracker, job, client) = (known.tracker, known.job, &annotator.client);
    let number = match (annotator.number, annotator.found.clone().transpose()?.flatten()) {
        (Some(number), _) => number,
        (None, Some(merge)) => merge.number,
        (None, None) => return Ok(None),
    };
    let mut builder = SectionBuilder::of(known);
    let at = Surface {
        client,
        number,
        description: matches!(mode, Annotate::Description | Annotate::Both),
        comment: matches!(mode, Annotate::Comment | Annotate::Both),
        no_comment: annotator.no_comment.get().is_some(),
        early: annotator.pull.as_ref().map(|pull| pull.body.as_str()),
        today: job.run.today(),
    };
    let posted = post(&at, tracker, &job.run.repository.labels(), &mut builder).await?;
    let annotated = posted.written != Written::Contested;
    Ok(Some(PullRequest { number, annotated, written: annotated && posted.written != Written::Unchanged }))
}
