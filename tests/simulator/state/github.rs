//! GitHub's part of the world: repositories, pull requests, comments.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::alerts::Alerts;

/// The whole of it.
#[derive(Debug, Clone)]
pub(crate) struct GitHub {
    pub(crate) url: String,
    /// Tokens, and whether each may write.
    pub(crate) tokens: BTreeMap<String, bool>,
    pub(crate) repositories: Vec<Repository>,
    /// Former names of repositories, in lower case, and their ids.
    pub(crate) renamed: BTreeMap<String, u64>,
    /// The id of the GitHub App that is installed, if one is.
    pub(crate) app: Option<String>,
    /// Who writes over the API.
    pub(crate) login: String,
    /// Requests left in this hour, told in the rate headers; at 0 everything is refused.
    pub(crate) remaining: u32,
    pub(crate) next_id: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Repository {
    pub(crate) id: u64,
    /// `owner/name`.
    pub(crate) full_name: String,
    pub(crate) private: bool,
    pub(crate) default_branch: String,
    /// Commit of each branch's tip.
    pub(crate) branches: BTreeMap<String, String>,
    /// Commit of each tag.
    pub(crate) tags: BTreeMap<String, String>,
    /// Files of the default branch, by path.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) pulls: BTreeMap<u64, PullRequest>,
    pub(crate) alerts: Alerts,
    /// The default message of a squash merge's commit.
    pub(crate) squash_message: &'static str,
}

#[derive(Debug, Clone)]
pub(crate) struct PullRequest {
    pub(crate) number: u64,
    pub(crate) title: String,
    /// Null on GitHub when it was never written.
    pub(crate) body: Option<String>,
    pub(crate) open: bool,
    pub(crate) merged: bool,
    /// When it was merged or closed.
    pub(crate) closed: Option<Timestamp>,
    /// Branch and commit.
    pub(crate) head: (String, String),
    /// `owner/name`; another repository's for a fork.
    pub(crate) head_repository: String,
    pub(crate) base: (String, String),
    /// Paths that it changes.
    pub(crate) files: Vec<String>,
    pub(crate) comments: Vec<IssueComment>,
    /// Every body that was written, oldest first.
    pub(crate) edits: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IssueComment {
    pub(crate) id: u64,
    pub(crate) author: String,
    pub(crate) body: String,
}

impl GitHub {
    /// acme/shop (private, id 4711) with `main` and pull request 7 from `feature`; `gh-token` writes, `gh-read-only` does not.
    pub(crate) fn with_defaults() -> Self {
        let mut repository = Repository::new(4711, "acme/shop");
        repository.add_pull(PullRequest::new(7, "acme/shop", "feature", "main"));
        Self {
            url: String::new(),
            tokens: BTreeMap::from([("gh-token".to_owned(), true), ("gh-read-only".to_owned(), false)]),
            repositories: vec![repository],
            renamed: BTreeMap::new(),
            app: None,
            login: "github-actions[bot]".to_owned(),
            remaining: 1000,
            next_id: 900_000,
        }
    }

    /// The repository `owner/name`, letters' case aside.
    pub(crate) fn repository(&self, full_name: &str) -> Option<&Repository> {
        self.repositories.iter().find(|repository| repository.full_name.eq_ignore_ascii_case(full_name))
    }

    pub(crate) fn repository_mut(&mut self, full_name: &str) -> Option<&mut Repository> {
        self.repositories.iter_mut().find(|repository| repository.full_name.eq_ignore_ascii_case(full_name))
    }

    pub(crate) fn pull(&self, full_name: &str, number: u64) -> Option<&PullRequest> {
        self.repository(full_name)?.pulls.get(&number)
    }

    pub(crate) fn pull_mut(&mut self, full_name: &str, number: u64) -> Option<&mut PullRequest> {
        self.repository_mut(full_name)?.pulls.get_mut(&number)
    }
}

impl Repository {
    /// A private one whose default branch is `main`.
    pub(crate) fn new(id: u64, full_name: &str) -> Self {
        Self {
            id,
            full_name: full_name.to_owned(),
            private: true,
            default_branch: "main".to_owned(),
            branches: BTreeMap::from([("main".to_owned(), commit_of("main"))]),
            tags: BTreeMap::new(),
            files: BTreeMap::new(),
            pulls: BTreeMap::new(),
            alerts: Alerts::default(),
            squash_message: "COMMIT_MESSAGES",
        }
    }

    /// Adds a pull request, and its head branch where it is the repository's own.
    pub(crate) fn add_pull(&mut self, pull: PullRequest) {
        if pull.head_repository == self.full_name {
            self.branches.insert(pull.head.0.clone(), pull.head.1.clone());
        }
        self.pulls.insert(pull.number, pull);
    }
}

impl PullRequest {
    /// An open one from a branch of `head_repository`, with a body of two lines and one changed file.
    pub(crate) fn new(number: u64, head_repository: &str, head: &str, base: &str) -> Self {
        Self {
            number,
            title: format!("Work on {head}"),
            body: Some("What this does.\r\n\r\nAnd why.".to_owned()),
            open: true,
            merged: false,
            closed: None,
            head: (head.to_owned(), commit_of(head)),
            head_repository: head_repository.to_owned(),
            base: (base.to_owned(), commit_of(base)),
            files: vec!["src/app.py".to_owned()],
            comments: Vec::new(),
            edits: Vec::new(),
        }
    }
}

impl PullRequest {
    /// What a person does who merges or closes it.
    pub(crate) fn close(&mut self, at: Timestamp, merged: bool) {
        (self.open, self.merged, self.closed) = (false, merged, Some(at));
    }
}

/// The commit that a branch of this name starts at: 40 hex digits, the same in every run.
pub(crate) fn commit_of(branch: &str) -> String {
    let hex: String = branch.bytes().map(|byte| format!("{byte:02x}")).collect();
    hex.chars().chain(std::iter::repeat('0')).take(40).collect()
}
