//! The files that a pull request changes.

use std::collections::BTreeSet;

pub(crate) use crate::config::words::FindingScope;
use crate::error::Error;
use crate::model::scan::Problem;
use crate::pipeline::annotator::patiently;
use crate::pipeline::job::Job;

/// Which files count.
pub(crate) enum Changed {
    /// All.
    All,
    /// Those that the pull request changes.
    Files(BTreeSet<String>),
    /// Only those that the pull request changes, but it could not be found out which these are: none.
    Unknown(Problem),
}

/// The files that the pull request changes, if only findings in them count.
pub(crate) async fn changed_files(job: &Job<'_>) -> Changed {
    let Some(number) = job.run.pull_request else { return Changed::All };
    if job.config.pull_request.scope != FindingScope::Changed {
        return Changed::All;
    }
    let unknown = |why: String, hint: &str| {
        let message = format!("the files that it changes are unknown, so none of its findings count: {why}");
        Changed::Unknown(Problem::new(format!("pull request #{number}"), message).hint(hint))
    };
    let Some(annotator) = job.annotator.as_ref() else {
        return unknown(
            "GITHUB_TOKEN is not set".to_owned(),
            "set GITHUB_TOKEN to a token with `pull-requests: read`",
        );
    };
    match patiently(&job.stop, annotator.client.files(number)).await {
        Ok(files) if files.whole => Changed::Files(files.paths.into_iter().collect()),
        Ok(_) => unknown("GitHub lists at most 3,000 files".to_owned(), "set `pull-request.scope: all`"),
        Err(failure) => {
            let error = Error::from(failure);
            unknown(error.to_string(), error.advice().unwrap_or_default())
        }
    }
}
