//! Access to the pull request.

use std::sync::OnceLock;
use std::time::Duration;

use crate::github::client::GithubClient;
use crate::github::failure::GithubFailure;
use crate::github::pulls::Pull;
use crate::http::stop::Stop;
use crate::model::run::Merge;

/// The longest time that a run waits for an answer from GitHub that it can do without.
const PATIENCE: Duration = Duration::from_secs(45);

/// Access to the pull request.
pub(crate) struct Annotator {
    /// GitHub's API.
    pub client: GithubClient,
    /// The pull request, if the event names it.
    pub number: Option<u64>,
    /// Where the scanned commit comes from, `owner/name`: a push's pull request is looked up by it.
    pub head_repository: Option<String>,
    /// The result of looking it up; `None`: that was not done.
    pub found: Option<std::result::Result<Option<Merge>, GithubFailure>>,
    /// The pull request as it was when the run began, if it was read.
    pub pull: Option<Pull>,
    /// Set once casefile's comment was looked for during the run, and there was none.
    pub no_comment: OnceLock<()>,
}

impl Annotator {
    /// The pull request that was looked up.
    pub(crate) fn merge(&self) -> Option<&Merge> {
        self.found.as_ref()?.as_ref().ok()?.as_ref()
    }
}

/// Limits a request to GitHub that is sent before tickets are filed: if GitHub does not answer, this costs neither the
/// reports nor the time that they and the tickets need.
pub(crate) async fn patiently<T>(
    stop: &Stop,
    answer: impl Future<Output = std::result::Result<T, GithubFailure>>,
) -> std::result::Result<T, GithubFailure> {
    stop.spare(PATIENCE, answer).await.unwrap_or_else(|| {
        Err(GithubFailure::Unreachable(
            "GitHub did not respond in time, so the run continues without its response".to_owned(),
        ))
    })
}
