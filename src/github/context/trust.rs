//! Whether a run's code comes from a place that may file tickets (`SECURITY.md`).

use std::fmt;

use super::Variables;
use super::event::{self, HeadRepository, TriggerEvent};
use super::payload::{Payload, Repo};
use crate::model::repository::Repository;

/// Whether a run may write to the tracker, whatever its branch is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// It may.
    MayWrite,
    /// It reads the tracker and annotates, no more.
    ReadsOnly(ReadOnlyReason),
}

/// Why a run must not write to the tracker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadOnlyReason {
    /// The code comes from another repository.
    Fork,
    /// The run is for a tag.
    Tag,
    /// The run is for a merge queue's trial merge.
    MergeQueue,
    /// The event does not say where the code comes from.
    Unknown,
    /// Neither the CI system nor GitHub says whose the pull request is.
    PullUnknown,
    /// The checkout is not at the commit that the CI system names.
    OtherCheckout,
    /// The event gives a name that may be a branch's or a tag's, and GitHub did not say which it is.
    RefUntold,
    /// A branch and a tag have the name that the event gives.
    Ambiguous,
    /// Neither a branch nor a tag has the name that the event gives.
    RefGone,
    /// The variables and the payload of the event do not fit together.
    Contradiction(&'static str),
}

impl Trust {
    /// Whether the code comes from a fork, so that its author must not even see keys.
    pub(crate) fn is_fork(self) -> bool {
        matches!(
            self,
            Trust::ReadsOnly(
                ReadOnlyReason::Fork
                    | ReadOnlyReason::Unknown
                    | ReadOnlyReason::PullUnknown
                    | ReadOnlyReason::Contradiction(_)
            )
        )
    }
}

impl fmt::Display for ReadOnlyReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ReadOnlyReason::Contradiction(what) => {
                return write!(f, "the environment contradicts itself: {what}");
            }
            ReadOnlyReason::Fork => "the code comes from another repository (a fork)",
            ReadOnlyReason::Tag => "the run is for a tag, not a branch",
            ReadOnlyReason::MergeQueue => "the run belongs to a merge queue",
            ReadOnlyReason::Unknown => "the event does not say which repository the code comes from",
            ReadOnlyReason::PullUnknown => {
                "neither the CI system nor GitHub says which repository the pull request comes from"
            }
            ReadOnlyReason::OtherCheckout => "the checkout is not at the commit that the CI system names",
            ReadOnlyReason::RefUntold => "GitHub did not say whether the code belongs to a branch or a tag",
            ReadOnlyReason::Ambiguous => {
                "a branch and a tag have the same name, but the event does not say which one it is about"
            }
            ReadOnlyReason::RefGone => "the branch that the event is about no longer exists",
        })
    }
}

/// `contradiction`: what does not fit together, which counts if nothing else keeps the run from writing.
pub(super) fn of(
    event: &TriggerEvent,
    env: &Variables<'_>,
    payload: &Payload,
    own: &Repository,
    head: &HeadRepository,
    contradiction: Option<&'static str>,
) -> Trust {
    let trust = of_event(event, env, payload, own, head);
    match (trust, contradiction) {
        (Trust::MayWrite | Trust::ReadsOnly(ReadOnlyReason::RefUntold), Some(what)) => {
            Trust::ReadsOnly(ReadOnlyReason::Contradiction(what))
        }
        (trust, _) => trust,
    }
}

/// What GitHub's responses mean for a name that may be a branch's or a tag's.
pub(super) fn of_refs(is_branch: bool, is_tag: bool) -> Trust {
    match (is_branch, is_tag) {
        (true, false) => Trust::MayWrite,
        (false, true) => Trust::ReadsOnly(ReadOnlyReason::Tag),
        (true, true) => Trust::ReadsOnly(ReadOnlyReason::Ambiguous),
        (false, false) => Trust::ReadsOnly(ReadOnlyReason::RefGone),
    }
}

fn of_event(
    event: &TriggerEvent,
    env: &Variables<'_>,
    payload: &Payload,
    own: &Repository,
    head: &HeadRepository,
) -> Trust {
    match event {
        TriggerEvent::PullRequest | TriggerEvent::PullRequestTarget => match &payload.pull_request {
            Some(pull) => same(&pull.head_repository, own),
            None => Trust::ReadsOnly(ReadOnlyReason::Unknown),
        },
        TriggerEvent::WorkflowRun => match &payload.workflow_run {
            Some(run) if run.event.as_deref() == Some("release") => Trust::ReadsOnly(ReadOnlyReason::Tag),
            Some(run) if run.event.as_deref() == Some("merge_group") => {
                Trust::ReadsOnly(ReadOnlyReason::MergeQueue)
            }
            Some(_) if head.branch.as_deref().is_some_and(event::is_queue) => {
                Trust::ReadsOnly(ReadOnlyReason::MergeQueue)
            }
            Some(run) => match same(&run.head_repository, own) {
                // the triggering run has no ref type: if a tag started it, `head_branch` is the tag
                Trust::MayWrite if !run.event.as_deref().is_some_and(event::is_of_pull_request) => {
                    Trust::ReadsOnly(ReadOnlyReason::RefUntold)
                }
                trust => trust,
            },
            None => Trust::ReadsOnly(ReadOnlyReason::Unknown),
        },
        TriggerEvent::MergeGroup => Trust::ReadsOnly(ReadOnlyReason::MergeQueue),
        _ if event::is_tag(env) => Trust::ReadsOnly(ReadOnlyReason::Tag),
        _ if head.branch.as_deref().is_some_and(event::is_queue) => {
            Trust::ReadsOnly(ReadOnlyReason::MergeQueue)
        }
        // a deployment may be for a commit alone
        _ if head.branch.is_none() => Trust::ReadsOnly(ReadOnlyReason::Unknown),
        _ => Trust::MayWrite,
    }
}

/// A head repository that is missing was deleted, and only a fork can be.
fn same(head: &Repo, own: &Repository) -> Trust {
    let same = match (head.id, own.id, &head.name) {
        (Some(head), Some(own), _) => head == own,
        (_, _, Some(name)) => name.eq_ignore_ascii_case(&own.name),
        _ => false,
    };
    if same { Trust::MayWrite } else { Trust::ReadsOnly(ReadOnlyReason::Fork) }
}
