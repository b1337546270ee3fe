//! What a run is for: the repository, the place, the commit, and what the run may do.

use jiff::Timestamp;
use jiff::civil::Date;

use super::repository::{Place, Repository};

/// Everything about a run that is not in the reports or the configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The code's repository.
    pub repository: Repository,
    /// The branch that is matched against the list of branches.
    pub branch: String,
    /// The place of this run's findings.
    pub place: Place,
    /// The commit that was scanned; for a pull request, its head.
    pub commit: String,
    /// The commit that the workflow runs on; for a pull request, GitHub's test merge of it.
    pub checkout: String,
    /// The pull request's number, if there is one.
    pub pull_request: Option<u64>,
    /// The branch that the pull request is to be merged into.
    pub base: Option<String>,
    /// The workflow run's page.
    pub url: Option<String>,
    /// Workflow and job with the values of its matrix, or what `--scope` says.
    pub job: String,
    /// The pattern that allows the branch; `None`: it is not allowed.
    pub pattern: Option<String>,
    /// Why the run must not write, whatever its branch is called (a fork, a tag, a merge queue).
    pub untrusted: Option<String>,
    /// When it began.
    pub now: Timestamp,
}

/// An open pull request that would merge the scanned code into another branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// The pull request's number.
    pub number: u64,
    /// The branch that it is to be merged into.
    pub base: String,
}

impl Run {
    /// Whether the run files and changes tickets.
    pub fn writes(&self) -> bool {
        self.pattern.is_some() && self.untrusted.is_none()
    }

    /// The day (UTC).
    pub fn today(&self) -> Date {
        self.now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date()
    }
}

#[cfg(test)]
impl Run {
    /// A trusted push to `main`, for tests.
    pub(crate) fn sample() -> Run {
        Run {
            repository: Repository {
                host: "github.com".into(),
                id: Some(7),
                name: "acme/shop".into(),
                also: Vec::new(),
            },
            branch: "main".into(),
            place: Place::Branch("main".into()),
            commit: "c".repeat(40),
            checkout: "c".repeat(40),
            pull_request: None,
            base: None,
            url: None,
            job: "ci/scan".into(),
            pattern: Some("main".into()),
            untrusted: None,
            now: Timestamp::UNIX_EPOCH,
        }
    }
}
