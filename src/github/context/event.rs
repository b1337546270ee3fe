//! What started the workflow, and whose code the run is for.

use super::payload::Payload;
use super::{EventPullRequest, Variables};

/// What started the workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TriggerEvent {
    /// Commits or a tag were pushed.
    Push,
    /// A pull request, on its trial merge. Reviews and review comments run on the same.
    PullRequest,
    /// A pull request, on the default branch's code.
    PullRequestTarget,
    /// Another workflow ran; this one runs on the default branch's code.
    WorkflowRun,
    /// A merge queue tries out a group of pull requests.
    MergeGroup,
    /// A schedule.
    Schedule,
    /// A person.
    WorkflowDispatch,
    /// A call to GitHub's API, e.g. by Jira Automation.
    RepositoryDispatch,
    /// Any other, by GitHub's name.
    Other(String),
    /// Nobody: a checkout outside GitHub Actions.
    Checkout,
}

impl TriggerEvent {
    pub(super) fn of(name: &str) -> TriggerEvent {
        match name {
            "push" => TriggerEvent::Push,
            name if is_of_pull_request(name) => TriggerEvent::PullRequest,
            "pull_request_target" => TriggerEvent::PullRequestTarget,
            "workflow_run" => TriggerEvent::WorkflowRun,
            "merge_group" => TriggerEvent::MergeGroup,
            "schedule" => TriggerEvent::Schedule,
            "workflow_dispatch" => TriggerEvent::WorkflowDispatch,
            "repository_dispatch" => TriggerEvent::RepositoryDispatch,
            other => TriggerEvent::Other(other.to_owned()),
        }
    }

    /// Whether the workflow runs on the code that is being judged, with that code's own configuration: a push, a pull
    /// request's trial merge, a merge queue's, or a plain checkout. Every other event, including new ones, has the
    /// default branch's workflow and its secrets, whatever is checked out later.
    pub(crate) fn runs_on_scanned_code(&self) -> bool {
        matches!(
            self,
            TriggerEvent::Push
                | TriggerEvent::PullRequest
                | TriggerEvent::MergeGroup
                | TriggerEvent::Checkout
        )
    }

    /// GitHub's name for it; `checkout` if there is none.
    pub(crate) fn name(&self) -> &str {
        match self {
            TriggerEvent::Push => "push",
            TriggerEvent::PullRequest => "pull_request",
            TriggerEvent::PullRequestTarget => "pull_request_target",
            TriggerEvent::WorkflowRun => "workflow_run",
            TriggerEvent::MergeGroup => "merge_group",
            TriggerEvent::Schedule => "schedule",
            TriggerEvent::WorkflowDispatch => "workflow_dispatch",
            TriggerEvent::RepositoryDispatch => "repository_dispatch",
            TriggerEvent::Other(name) => name,
            TriggerEvent::Checkout => "checkout",
        }
    }
}

/// Whose code a run is for.
#[derive(Debug, Default)]
pub(super) struct HeadRepository {
    pub(super) branch: Option<String>,
    pub(super) commit: Option<String>,
    pub(super) repository: Option<String>,
    pub(super) pull_request: Option<EventPullRequest>,
}

impl HeadRepository {
    pub(super) fn of(
        event: &TriggerEvent,
        env: &Variables<'_>,
        payload: &Payload,
        own: &str,
    ) -> HeadRepository {
        match event {
            TriggerEvent::PullRequest | TriggerEvent::PullRequestTarget => of_pull_request(env, payload),
            TriggerEvent::WorkflowRun => of_workflow_run(payload),
            TriggerEvent::MergeGroup => of_merge_group(env, payload, own),
            _ => HeadRepository {
                branch: ref_name(env).filter(|_| is_branch(env)),
                commit: env.get("GITHUB_SHA"),
                repository: Some(own.to_owned()),
                pull_request: None,
            },
        }
    }
}

/// Whether an event runs on a pull request's trial merge, so that its head is a branch.
pub(super) fn is_of_pull_request(name: &str) -> bool {
    matches!(name, "pull_request" | "pull_request_review" | "pull_request_review_comment")
}

/// The branch that the workflow runs on, by the full ref; `None`: it runs on none, or that is unknown.
fn branch_of_ref(env: &Variables<'_>) -> Option<String> {
    short(&env.get("GITHUB_REF")?)
}

/// Whether the checkout may contain code other than the default branch's although it is at the event's own commit. A
/// push always runs on its own code. `default`: the default branch, if the payload names it.
pub(super) fn is_off_default(event: &TriggerEvent, env: &Variables<'_>, default: Option<&str>) -> bool {
    match event {
        TriggerEvent::PullRequest | TriggerEvent::MergeGroup => true,
        TriggerEvent::Push | TriggerEvent::Checkout => false,
        _ => default.is_some_and(|default| branch_of_ref(env).as_deref() != Some(default)),
    }
}

/// Whether the workflow runs on a tag.
pub(super) fn is_tag(env: &Variables<'_>) -> bool {
    env.get("GITHUB_REF_TYPE").as_deref() == Some("tag")
        || env.get("GITHUB_REF").is_some_and(|name| name.starts_with("refs/tags/"))
}

/// Whether a branch belongs to GitHub's merge queue.
pub(crate) fn is_queue(branch: &str) -> bool {
    branch.starts_with("gh-readonly-queue/")
}

fn is_branch(env: &Variables<'_>) -> bool {
    !is_tag(env) && !env.get("GITHUB_REF").is_some_and(|name| name.starts_with("refs/pull/"))
}

fn ref_name(env: &Variables<'_>) -> Option<String> {
    env.get("GITHUB_REF_NAME").or_else(|| short(&env.get("GITHUB_REF")?))
}

fn short(reference: &str) -> Option<String> {
    reference.strip_prefix("refs/heads/").map(str::to_owned)
}

fn of_pull_request(env: &Variables<'_>, payload: &Payload) -> HeadRepository {
    let pull = payload.pull_request.as_ref();
    // the ref of a trial merge is `refs/pull/7/merge`
    let number = pull
        .and_then(|pull| pull.number)
        .or_else(|| env.get("GITHUB_REF")?.strip_prefix("refs/pull/")?.split('/').next()?.parse().ok());
    let base = pull.and_then(|pull| pull.base_branch.clone()).or_else(|| env.get("GITHUB_BASE_REF"));
    HeadRepository {
        branch: pull.and_then(|pull| pull.head_branch.clone()).or_else(|| env.get("GITHUB_HEAD_REF")),
        commit: pull.and_then(|pull| pull.head_commit.clone()),
        repository: pull.and_then(|pull| pull.head_repository.name.clone()),
        pull_request: number.map(|number| EventPullRequest { number, base }),
    }
}

fn of_workflow_run(payload: &Payload) -> HeadRepository {
    let Some(run) = &payload.workflow_run else { return HeadRepository::default() };
    let mut head = HeadRepository {
        branch: run.head_branch.clone(),
        commit: run.head_commit.clone(),
        repository: run.head_repository.name.clone(),
        pull_request: None,
    };
    head.pull_request = head.branch.as_deref().and_then(|branch| queued(branch, None));
    head
}

fn of_merge_group(env: &Variables<'_>, payload: &Payload, own: &str) -> HeadRepository {
    let group = payload.merge_group.as_ref();
    let branch = group.and_then(|group| short(group.head_ref.as_deref()?)).or_else(|| ref_name(env));
    let base = group.and_then(|group| short(group.base_ref.as_deref()?));
    HeadRepository {
        pull_request: branch.as_deref().and_then(|branch| queued(branch, base)),
        branch,
        commit: group.and_then(|group| group.head_commit.clone()).or_else(|| env.get("GITHUB_SHA")),
        repository: Some(own.to_owned()),
    }
}

/// The pull request of a merge queue's ref, `gh-readonly-queue/<base>/pr-<number>-<commit>`: GitHub creates these
/// names, and does not let anybody else push them.
fn queued(branch: &str, base: Option<String>) -> Option<EventPullRequest> {
    let (named_base, rest) = branch.strip_prefix("gh-readonly-queue/")?.rsplit_once("/pr-")?;
    let number = rest.split('-').next()?.parse().ok()?;
    Some(EventPullRequest { number, base: base.or_else(|| Some(named_base.to_owned())) })
}
