//! A repository's settings, as far as they matter for filing: who can see it, how it merges, its branches.
//!
//! REST: "Get a repository", "List branches", "List pull requests".

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::client::{GithubClient, PagedList};
use super::failure::GithubFailure;

/// How many pages of branches are read at most.
const BRANCH_PAGES: usize = 10;

/// A repository's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositorySettings {
    /// Whether everybody can see it; `None`: unknown.
    pub public: Option<bool>,
    /// Whether a squash merge uses the description as the commit message; `None`: this token cannot see that.
    pub squashes_description: Option<bool>,
}

impl GithubClient {
    /// The repository's settings.
    ///
    /// # Errors
    /// The token is not allowed to read the repository, or GitHub could not be asked.
    pub async fn settings(&self) -> Result<RepositorySettings, GithubFailure> {
        let wire: WireSettings = self.get("", "such repository").await?;
        Ok(RepositorySettings {
            public: wire.private.map(|private| !private),
            squashes_description: wire.squash_merge_commit_message.map(|message| message == "PR_BODY"),
        })
    }

    /// Whether the token can read pull requests. Only writing shows whether it can write to them.
    ///
    /// # Errors
    /// It cannot, or GitHub could not be asked.
    pub async fn reads_pulls(&self) -> Result<(), GithubFailure> {
        let _one: Vec<IgnoredAny> = self.get("pulls?state=all&per_page=1", "pull requests").await?;
        Ok(())
    }

    /// The names of all branches; `None`: there are too many.
    ///
    /// # Errors
    /// The token is not allowed to read the repository's contents, or GitHub could not be asked.
    pub async fn branch_names(&self) -> Result<Option<Vec<String>>, GithubFailure> {
        let listed: PagedList<WireBranch> =
            self.pages("branches", "branches", BRANCH_PAGES, |_| true).await?;
        Ok(listed.whole.then(|| listed.items.into_iter().map(|branch| branch.name).collect()))
    }
}

/// `full-repository`.
#[derive(Deserialize)]
struct WireSettings {
    private: Option<bool>,
    squash_merge_commit_message: Option<String>,
}

/// `short-branch`.
#[derive(Deserialize)]
struct WireBranch {
    name: String,
}
