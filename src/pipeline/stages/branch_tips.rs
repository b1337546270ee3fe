//! The newest commits of branches and pull requests, according to GitHub.

use crate::error::Error;
use crate::github::failure::GithubFailure;
use crate::model::repository::Place;
use crate::model::scan::Problem;
use crate::pipeline::annotator::patiently;
use crate::pipeline::job::Job;
use crate::plan::BranchTip;

/// The newest commit of a place. Outside GitHub, the checkout answers for the branch that is checked out, and nobody
/// for others; a folder without Git has no commits, and is always at its newest state. If GitHub could not be asked,
/// this is reported once: nothing is resolved then.
pub(crate) async fn head(job: &Job<'_>, place: &Place, problems: &mut Vec<Problem>) -> BranchTip {
    if job.at_tip && *place == job.run.place {
        return BranchTip::At(job.run.commit.clone());
    }
    let Some(annotator) = &job.annotator else {
        if problems.is_empty() {
            let message = "the branch's newest commit can be read only from GitHub, but GITHUB_TOKEN is not set, so nothing \
                           is resolved";
            let problem = Problem::new(place.to_string(), message);
            problems.push(problem.hint("pass the job's token, with `permissions: contents: read`"));
        }
        return BranchTip::Unknown;
    };
    // it was the newest one when the run began
    let begun = annotator.pull.as_ref().filter(|pull| *place == Place::PullRequest(pull.number));
    if let Some(pull) = begun {
        return BranchTip::At(pull.head_commit.clone());
    }
    let asked = match place {
        Place::Branch(name) => patiently(&job.stop, annotator.client.tip(name)).await,
        Place::PullRequest(number) => match patiently(&job.stop, annotator.client.pull(*number)).await {
            Ok(pull) => Ok(pull.open.then_some(pull.head_commit)),
            Err(GithubFailure::NotFound(_)) => Ok(None),
            Err(failure) => Err(failure),
        },
    };
    match asked {
        Ok(Some(commit)) if commit.is_empty() => BranchTip::Unknown,
        Ok(Some(commit)) => BranchTip::At(commit),
        Ok(None) => BranchTip::Gone,
        Err(failure) => {
            if problems.is_empty() {
                let error = Error::from(failure);
                let message = format!(
                    "the branch's newest commit could not be read from GitHub, so nothing is resolved: {error}"
                );
                let hint = error.advice().unwrap_or_default().to_owned();
                problems.push(Problem::new(place.to_string(), message).hint(hint));
            }
            BranchTip::Unknown
        }
    }
}
