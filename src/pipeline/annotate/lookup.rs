//! Which pull request a run is for.

use crate::config::words::Annotate;
use crate::github::context::event::is_queue;
use crate::github::pulls::{OfCommit, Pull};
use crate::http::stop::Stop;
use crate::model::repository::Place;
use crate::model::run::{Merge, Run};
use crate::model::scan::Problem;
use crate::pipeline::annotator::{Annotator, patiently};
use crate::pipeline::job::Job;

/// Looks up the pull request that the run is for: the plan needs to know its base, and whether the commit is still its
/// newest one. If it is not, what the commit has was fixed since, or will be: returns the run in a form that changes
/// nothing. If this cannot be found out, the commit is assumed to be the newest.
pub(crate) async fn find(job: &mut Job<'_>) -> Option<Run> {
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
                true => format!("pull request #{number} was closed or merged"),
                false => format!("the commit is no longer the newest in pull request #{number}"),
            };
            let message = format!("{why}, so this run changes nothing");
            job.known.push(Problem::new(format!("commit {}", short(&run.commit)), message));
            Some(Run { untrusted: run.untrusted.clone().or(Some(why)), ..run.clone() })
        }
    }
}

/// Whether a commit is the newest one of the pull request's branch after all: GitHub may take a moment until its pull
/// requests know about a push.
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
