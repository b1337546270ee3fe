//! Pull requests: finding the one whose head is a commit, and writing to its description without losing what others
//! write at the same time.

use jiff::Timestamp;
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;

use super::client::{GithubClient, PAGE, PagedList};
use super::failure::GithubFailure;
use super::rewrite::{Rewrite, TextLocation, Written, body_text};

/// GitHub lists 3,000 changed files at most.
const FILE_PAGES: usize = 30;

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// Whether it is neither merged nor closed.
    pub open: bool,
    /// Its description.
    pub body: String,
    /// The branch that it comes from.
    pub head_branch: String,
    /// The newest commit of that branch.
    pub head_commit: String,
    /// The repository of that branch, `owner/name`; `None`: it was deleted.
    pub head_repository: Option<String>,
    /// The branch that it is to be merged into.
    pub base_branch: String,
    /// Whether it was merged.
    pub merged: bool,
    /// When it was opened, if GitHub says so.
    pub created: Option<Timestamp>,
    /// When it was merged or closed.
    pub closed: Option<Timestamp>,
}

/// What pull requests say about a commit of a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfCommit {
    /// It is the newest commit of this open pull request.
    Newest(Box<Pull>),
    /// The open pull request from its branch has a newer commit.
    Older(Box<Pull>),
    /// No open pull request is known to come from there.
    None,
}

/// The files that a pull request changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// Their paths from the repository's root.
    pub paths: Vec<String>,
    /// Whether these are all: GitHub lists 3,000 at most.
    pub whole: bool,
}

impl GithubClient {
    /// The open pull request whose head is this commit of this repository (`owner/name`), or that comes from the same
    /// branch and has a newer one by now; the first if there are several. The branch, if known, finds those whose
    /// commit GitHub does not know in this repository: that of a fork's pull request.
    ///
    /// # Errors
    /// GitHub could not be asked.
    pub async fn open_pull(
        &self,
        repository: &str,
        branch: Option<&str>,
        commit: &str,
    ) -> Result<OfCommit, GithubFailure> {
        if commit.is_empty() || !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(OfCommit::None);
        }
        let mut older = None;
        let by_commit = format!("commits/{commit}/pulls?per_page={PAGE}");
        let mut ways = vec![by_commit];
        if let (Some(branch), Some((owner, _))) = (branch, repository.split_once('/')) {
            let head: String = byte_serialize(format!("{owner}:{branch}").as_bytes()).collect();
            ways.push(format!("pulls?state=open&head={head}&per_page={PAGE}"));
        }
        for way in ways {
            let found: Vec<WirePull> = match self.get(&way, &format!("commit {commit}")).await {
                // GitHub answers with 422 for a commit that it does not have
                Err(GithubFailure::NotFound(_) | GithubFailure::Refused(_) | GithubFailure::Forbidden(_)) => {
                    continue;
                }
                other => other?,
            };
            let found = found.into_iter().map(Pull::from).filter(|pull| {
                let own = pull.head_repository.as_deref();
                // the base has its newest commit after a merge by fast-forward, and merges nothing into itself
                let is_base = branch == Some(pull.base_branch.as_str());
                pull.open && !is_base && own.is_some_and(|own| own.eq_ignore_ascii_case(repository))
            });
            let (newest, others): (Vec<Pull>, Vec<Pull>) =
                found.partition(|pull| pull.head_commit.eq_ignore_ascii_case(commit));
            if let Some(pull) = newest.into_iter().min_by_key(|pull| pull.number) {
                return Ok(OfCommit::Newest(Box::new(pull)));
            }
            // a branch may have been merged into that of another pull request
            let from_branch = others.into_iter().filter(|pull| branch == Some(pull.head_branch.as_str()));
            older = older.or(from_branch.min_by_key(|pull| pull.number));
        }
        Ok(older.map_or(OfCommit::None, |pull| OfCommit::Older(Box::new(pull))))
    }

    /// A pull request by its number.
    ///
    /// # Errors
    /// It does not exist, or GitHub could not be asked.
    pub async fn pull(&self, number: u64) -> Result<Pull, GithubFailure> {
        let wire: WirePull = self.get(&format!("pulls/{number}"), &pull_request(number)).await?;
        Ok(wire.into())
    }

    /// Changes a pull request's description: it is written only if `change` makes it different, read right before that,
    /// and read back afterwards; this is repeated a few times if others overwrite it.
    ///
    /// # Errors
    /// What `change` fails with, or GitHub.
    pub async fn rewrite<E: From<GithubFailure>>(
        &self,
        number: u64,
        change: impl AsyncFnMut(&str) -> Result<Rewrite<String>, E>,
    ) -> Result<Written, E> {
        let body = self.pull(number).await?.body;
        let place = TextLocation { path: format!("pulls/{number}"), what: &pull_request(number) };
        self.rewrite_at(&place, (body, true), change).await
    }

    /// The files that a pull request changes.
    ///
    /// # Errors
    /// GitHub could not be asked.
    pub async fn files(&self, number: u64) -> Result<Files, GithubFailure> {
        let path = format!("pulls/{number}/files");
        let listed: PagedList<WireFile> =
            self.pages(&path, &pull_request(number), FILE_PAGES, |_| true).await?;
        let paths = listed.items.into_iter().map(|file| file.filename).collect();
        Ok(Files { paths, whole: listed.whole })
    }
}

/// How failures refer to a pull request.
pub(super) fn pull_request(number: u64) -> String {
    format!("pull request #{number}")
}

#[derive(Deserialize)]
pub(super) struct WirePull {
    number: u64,
    #[serde(default)]
    state: String,
    #[serde(deserialize_with = "body_text")]
    body: Option<String>,
    head: WireEnd,
    base: WireEnd,
    created_at: Option<String>,
    pub(super) updated_at: Option<String>,
    closed_at: Option<String>,
    merged_at: Option<String>,
}

#[derive(Deserialize)]
struct WireEnd {
    #[serde(rename = "ref", default)]
    name: String,
    #[serde(default)]
    sha: String,
    repo: Option<WireRepo>,
}

#[derive(Deserialize)]
struct WireRepo {
    full_name: Option<String>,
}

#[derive(Deserialize)]
struct WireFile {
    filename: String,
}

/// `2026-01-05T09:00:00Z`, as GitHub writes it.
pub(super) fn moment(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}

impl From<WirePull> for Pull {
    fn from(wire: WirePull) -> Pull {
        Pull {
            number: wire.number,
            open: wire.state == "open",
            body: wire.body.unwrap_or_default(),
            head_branch: wire.head.name,
            head_commit: wire.head.sha,
            head_repository: wire.head.repo.and_then(|repo| repo.full_name),
            base_branch: wire.base.name,
            merged: wire.merged_at.is_some(),
            created: moment(wire.created_at.as_deref()),
            closed: moment(wire.closed_at.as_deref()),
        }
    }
}

#[cfg(test)]
mod tests;
