//! A run outside GitHub Actions, according to another CI system or to a person. The same rules of trust apply as in
//! GitHub Actions: a run that is ambiguous or contradicts itself only reads.

use super::checkout::repository_of;
use super::trust::{ReadOnlyReason, Trust};
use super::{EventContext, EventPullRequest, Visibility};
use crate::ci::{CiFound, CiRun, CodeSource};
use crate::model::repository::Repository;

/// What flags say about a run; they take precedence over any CI system.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FlagOverrides {
    /// The pull request's number.
    pub pull_request: Option<u64>,
    /// The commit that was scanned.
    pub commit: Option<String>,
}

impl EventContext {
    /// Adds what the CI system that runs a plain checkout says.
    pub(crate) fn in_ci(mut self, found: CiFound) -> EventContext {
        match found {
            CiFound::Nothing => self,
            CiFound::Several(_) => {
                self.ci = true;
                self.trust = Trust::ReadsOnly(ReadOnlyReason::Contradiction(
                    "variables of several CI systems are set",
                ));
                self
            }
            CiFound::One(system, run) => {
                self.system = Some(system);
                self.run_by(run)
            }
        }
    }

    fn run_by(mut self, run: CiRun) -> EventContext {
        self.ci = true;
        self.trust = trust_of(&run, &self.repository);
        // what is checked out does not matter if the system names a pull request or a tag
        let is_branch = run.source == CodeSource::Own && run.pull_request.is_none();
        let checked_out = self.branch.take().filter(|_| is_branch);
        if is_branch && differ(run.commit.as_deref(), self.commit.as_deref()) {
            self.trust = Trust::ReadsOnly(ReadOnlyReason::OtherCheckout);
        }
        self.branch = run.branch.or(checked_out);
        self.commit = run.commit.or(self.commit).filter(|_| run.source != CodeSource::Queue);
        if self.trust != Trust::MayWrite {
            self.head_repository = None;
        }
        self.is_off_default = run.pull_request.is_some();
        self.pull_request = run.pull_request.map(|number| EventPullRequest { number, base: run.base });
        self.workflow = run.pipeline;
        self.job = run.job;
        self.run_url = run.url;
        if let (Visibility::Unknown, Some(visibility)) = (self.visibility, run.visibility) {
            self.visibility = Visibility::of_github(Some(&visibility), None);
        }
        self
    }

    /// Adds what flags say. A pull request that a flag names may be anybody's, until GitHub says whose it is.
    pub(crate) fn with_flags(mut self, flags: FlagOverrides) -> EventContext {
        if let Some(commit) = flags.commit {
            self.commit = Some(commit);
            if self.trust == Trust::ReadsOnly(ReadOnlyReason::OtherCheckout) {
                self.trust = Trust::MayWrite;
            }
        }
        if let Some(number) = flags.pull_request
            && self.pull_request.as_ref().is_none_or(|own| own.number != number)
        {
            self.pull_request = Some(EventPullRequest { number, base: None });
            self.head_repository = None;
            if self.trust == Trust::MayWrite {
                self.trust = Trust::ReadsOnly(ReadOnlyReason::PullUnknown);
            }
            self.is_off_default = true;
        }
        self
    }

    /// The pull request about which GitHub is asked whose it is: one that no event from GitHub names.
    pub(crate) fn pull_to_ask(&self) -> Option<u64> {
        let is_told = self.event != super::TriggerEvent::Checkout
            && self.trust != Trust::ReadsOnly(ReadOnlyReason::PullUnknown);
        self.pull_request.as_ref().map(|pull| pull.number).filter(|_| !is_told)
    }

    /// Adds what GitHub says about [`EventContext::pull_to_ask`]: whose it is, and its branches. `merged`: the commits
    /// of which the checkout is a trial merge, so that it counts as a scan of one of them. A pull request that the CI
    /// system knows to be from a fork stays a fork's.
    pub(crate) fn pull_is(
        &mut self,
        repository: Option<&str>,
        branch: &str,
        head: &str,
        base: &str,
        merged: &[String],
    ) {
        let is_own = repository.is_some_and(|name| name.eq_ignore_ascii_case(&self.repository.name));
        self.trust = match self.trust {
            Trust::MayWrite | Trust::ReadsOnly(ReadOnlyReason::PullUnknown) if is_own => Trust::MayWrite,
            Trust::MayWrite | Trust::ReadsOnly(ReadOnlyReason::PullUnknown) => {
                Trust::ReadsOnly(ReadOnlyReason::Fork)
            }
            kept @ Trust::ReadsOnly(_) => kept,
        };
        if self.branch.as_deref().is_none_or(str::is_empty) {
            self.branch = Some(branch.to_owned());
        }
        let is_merge =
            self.commit == self.workflow_commit && merged.iter().any(|one| one.eq_ignore_ascii_case(head));
        if self.commit.is_none() || is_merge {
            self.commit = Some(head.to_owned());
        }
        if let Some(pull) = &mut self.pull_request {
            pull.base = Some(base.to_owned());
        }
    }
}

fn trust_of(run: &CiRun, own: &Repository) -> Trust {
    match &run.source {
        CodeSource::Own => Trust::MayWrite,
        CodeSource::Fork => Trust::ReadsOnly(ReadOnlyReason::Fork),
        CodeSource::Tag => Trust::ReadsOnly(ReadOnlyReason::Tag),
        CodeSource::Queue => Trust::ReadsOnly(ReadOnlyReason::MergeQueue),
        CodeSource::Unknown => Trust::ReadsOnly(ReadOnlyReason::PullUnknown),
        CodeSource::At(address) => match repository_of(address) {
            Some(from) if from.name.eq_ignore_ascii_case(&own.name) && from.host == own.host => {
                Trust::MayWrite
            }
            Some(_) => Trust::ReadsOnly(ReadOnlyReason::Fork),
            None => Trust::ReadsOnly(ReadOnlyReason::PullUnknown),
        },
    }
    .or_queue(run.branch.as_deref())
}

impl Trust {
    /// GitHub's merge queue pushes branches of its own, which every CI system builds as if somebody had pushed them.
    fn or_queue(self, branch: Option<&str>) -> Trust {
        match self {
            Trust::MayWrite if branch.is_some_and(super::is_queue) => {
                Trust::ReadsOnly(ReadOnlyReason::MergeQueue)
            }
            trust => trust,
        }
    }
}

fn differ(one: Option<&str>, other: Option<&str>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if !one.eq_ignore_ascii_case(other))
}
