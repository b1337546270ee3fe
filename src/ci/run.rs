//! What a CI system says about a run.

/// What a CI system says about a run. What it does not say is absent, and never guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CiRun {
    /// The branch that was scanned; for a pull request, its head.
    pub branch: Option<String>,
    /// The commit that was scanned; for a pull request, its head, never a trial merge.
    pub commit: Option<String>,
    /// The pull request, by its number on the code's host.
    pub pull_request: Option<u64>,
    /// The branch that the pull request is to be merged into.
    pub base: Option<String>,
    /// Where the code comes from.
    pub source: CodeSource,
    /// What is built: pipeline and job, under names that are the same on every branch.
    pub pipeline: Option<String>,
    /// The job's name.
    pub job: Option<String>,
    /// The page of this run.
    pub url: Option<String>,
    /// Who can see the repository, in the host's own word (`public`, `private`, `internal`).
    pub visibility: Option<String>,
}

/// Where the code of a run comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CodeSource {
    /// A branch of the repository itself.
    #[default]
    Own,
    /// Another repository.
    Fork,
    /// The repository at this address.
    At(String),
    /// A tag.
    Tag,
    /// The trial merge of a merge queue or merge train.
    Queue,
    /// A pull request about which nothing says whose branch it is.
    Unknown,
}

impl CiRun {
    /// Leaves out values that cannot be what they claim to be.
    pub(super) fn checked(mut self) -> CiRun {
        let is_id =
            |id: &String| matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        self.commit = self.commit.filter(is_id).map(|id| id.to_ascii_lowercase());
        self.url = self.url.filter(|url| {
            let url = url::Url::parse(url).ok();
            url.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.password().is_none())
        });
        self
    }
}
