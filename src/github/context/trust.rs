//! Whether a run's code comes from where it may file tickets (DESIGN section 10).

use std::fmt;

use super::Variables;
use super::event::{self, Event, Head};
use super::payload::{Payload, Repo};
use crate::model::repository::Repository;

/// Whether a run may write to the tracker, whatever its branch is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It may.
    MayWrite,
    /// It reads the tracker and annotates, no more.
    ReadsOnly(Why),
}

/// Why a run may not write to the tracker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The code comes from another repository.
    Fork,
    /// The run is about a tag.
    Tag,
    /// The run is about a merge queue's trial.
    MergeQueue,
    /// The event does not say where the code comes from.
    Untold,
}

impl Trust {
    /// Whether the code comes from a fork, so that even keys are not for its author's eyes.
    pub fn is_fork(self) -> bool {
        matches!(self, Trust::ReadsOnly(Why::Fork | Why::Untold))
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::Fork => "the code comes from another repository (a fork)",
            Why::Tag => "the run is about a tag, not a branch",
            Why::MergeQueue => "the run is a merge queue's trial",
            Why::Untold => "the event does not say which repository the code comes from",
        })
    }
}

pub(super) fn of(
    event: &Event,
    env: &Variables<'_>,
    payload: &Payload,
    own: &Repository,
    head: &Head,
) -> Trust {
    match event {
        Event::PullRequest | Event::PullRequestTarget => match &payload.pull_request {
            Some(pull) => same(&pull.head_repository, own),
            None => Trust::ReadsOnly(Why::Untold),
        },
        Event::WorkflowRun => match &payload.workflow_run {
            // the triggering run has no ref type: a release runs on its tag
            Some(run) if run.event.as_deref() == Some("release") => Trust::ReadsOnly(Why::Tag),
            Some(run) if run.event.as_deref() == Some("merge_group") => Trust::ReadsOnly(Why::MergeQueue),
            Some(_) if head.branch.as_deref().is_some_and(event::is_queue) => {
                Trust::ReadsOnly(Why::MergeQueue)
            }
            Some(run) => same(&run.head_repository, own),
            None => Trust::ReadsOnly(Why::Untold),
        },
        Event::MergeGroup => Trust::ReadsOnly(Why::MergeQueue),
        _ if event::is_tag(env) => Trust::ReadsOnly(Why::Tag),
        _ if head.branch.as_deref().is_some_and(event::is_queue) => Trust::ReadsOnly(Why::MergeQueue),
        _ => Trust::MayWrite,
    }
}

/// A head repository that is missing was deleted, which only a fork can be.
fn same(head: &Repo, own: &Repository) -> Trust {
    let same = match (head.id, own.id, &head.name) {
        (Some(head), Some(own), _) => head == own,
        (_, _, Some(name)) => name.eq_ignore_ascii_case(&own.name),
        _ => false,
    };
    if same { Trust::MayWrite } else { Trust::ReadsOnly(Why::Fork) }
}
