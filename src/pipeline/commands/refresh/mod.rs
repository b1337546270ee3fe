//! `casefile refresh`: updates what pull requests show of their tickets, and reports what is open.

mod bring;
mod closed;
mod look;
mod marked;
pub(crate) mod only;
pub(crate) mod result;

use crate::error::Error;
use crate::github::failure::GithubFailure;
use crate::model::answer::Failure;
use crate::pipeline::commands::refresh::only::Only;
use crate::pipeline::job::Job;
use crate::tracker::Write;
use result::Refreshed;

/// Brings the sections of all open pull requests, and of those that were closed recently, up to date. What goes wrong
/// is in the result.
pub(crate) async fn refresh<T: Write>(tracker: &T, job: &Job<'_>, only: Only<'_>) -> Refreshed {
    let mut done = Refreshed::default();
    done.problems.clone_from(&job.known);
    if let Err(error) = story(tracker, job, only, &mut done).await {
        done.failed("refresh", &error);
    }
    done.finish(tracker, job);
    done
}

async fn story<T: Write>(
    tracker: &T,
    job: &Job<'_>,
    only: Only<'_>,
    done: &mut Refreshed,
) -> Result<(), Error> {
    let Some(annotator) = &job.annotator else {
        return Err(Error::usage("GitHub cannot be queried: GITHUB_TOKEN is not set")
            .hint("pass the job's token, with `permissions: pull-requests: write`"));
    };
    job.watch.stage("reading pull requests");
    job.stop.close();
    let pulls = marked::list(&annotator.client, job, done).await.map_err(error_of)?;
    let mut marked = marked::read(&annotator.client, job, &pulls).await.map_err(error_of)?;
    job.watch.stage("looking at tickets");
    let mut looked = look::look(tracker, job, only, &mut marked, done).await.map_err(unread)?;
    // a webhook may arrive between a run's record and its move, which the run itself makes
    let debts = !matches!(only, Only::Tickets(_));
    closed::close(tracker, job, (&pulls, debts), &mut looked, done).await.map_err(unread)?;
    job.watch.stage("refreshing pull requests");
    bring::bring(tracker, job, &annotator.client, &marked, &looked, done).await;
    if matches!(only, Only::All) {
        done.overview(looked.open(), job);
    }
    Ok(())
}

fn error_of(failure: GithubFailure) -> Error {
    let read_only = failure == GithubFailure::ReadOnlyToken;
    let error = Error::from(failure);
    if read_only { error.hint("give the job `permissions: pull-requests: read`") } else { error }
}

fn unread(failure: Failure) -> Error {
    Error::remote(format!("tickets could not be read, so no pull request was changed: {failure}"))
        .hint(failure.hint())
}
