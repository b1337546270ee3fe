//! The few fields of an event's payload that matter; whatever is missing or of another type is absent.

use serde_json::Value;

use super::Visibility;

/// An event's payload.
#[derive(Debug, Default)]
pub(super) struct Payload {
    pub(super) repository: Repo,
    /// The repository's default branch.
    pub(super) default_branch: Option<String>,
    pub(super) pull_request: Option<PayloadPull>,
    pub(super) workflow_run: Option<WorkflowRun>,
    pub(super) merge_group: Option<MergeGroup>,
    /// The ticket that the sender of a `repository_dispatch` names, whatever it is.
    pub(super) ticket: Option<String>,
}

/// A repository in a payload.
#[derive(Debug, Default)]
pub(super) struct Repo {
    pub(super) id: Option<u64>,
    pub(super) name: Option<String>,
    visibility: Option<String>,
    private: Option<bool>,
}

/// The pull request in a payload.
#[derive(Debug)]
pub(super) struct PayloadPull {
    pub(super) number: Option<u64>,
    pub(super) head_branch: Option<String>,
    pub(super) head_commit: Option<String>,
    pub(super) head_repository: Repo,
    pub(super) base_branch: Option<String>,
}

/// The run that a `workflow_run` event is about.
#[derive(Debug)]
pub(super) struct WorkflowRun {
    /// The workflow's name.
    pub(super) workflow: Option<String>,
    pub(super) event: Option<String>,
    pub(super) head_branch: Option<String>,
    pub(super) head_commit: Option<String>,
    pub(super) head_repository: Repo,
}

/// A group of pull requests in a merge queue.
#[derive(Debug)]
pub(super) struct MergeGroup {
    pub(super) head_commit: Option<String>,
    pub(super) head_ref: Option<String>,
    pub(super) base_ref: Option<String>,
}

impl Payload {
    pub(super) fn of(event: Value) -> Payload {
        Payload {
            repository: Repo::of(&event["repository"]),
            default_branch: text(&event["repository"]["default_branch"]),
            pull_request: object(&event["pull_request"]).map(|pull| PayloadPull {
                number: pull["number"].as_u64().or_else(|| event["number"].as_u64()),
                head_branch: text(&pull["head"]["ref"]),
                head_commit: text(&pull["head"]["sha"]),
                head_repository: Repo::of(&pull["head"]["repo"]),
                base_branch: text(&pull["base"]["ref"]),
            }),
            workflow_run: object(&event["workflow_run"]).map(|run| WorkflowRun {
                workflow: text(&run["name"]),
                event: text(&run["event"]),
                head_branch: text(&run["head_branch"]),
                head_commit: text(&run["head_sha"]),
                head_repository: Repo::of(&run["head_repository"]),
            }),
            merge_group: object(&event["merge_group"]).map(|group| MergeGroup {
                head_commit: text(&group["head_sha"]),
                head_ref: text(&group["head_ref"]),
                base_ref: text(&group["base_ref"]),
            }),
            ticket: ticket(&event["client_payload"]),
        }
    }
}

impl Repo {
    fn of(value: &Value) -> Repo {
        Repo {
            id: value["id"].as_u64(),
            name: text(&value["full_name"]),
            visibility: text(&value["visibility"]),
            private: value["private"].as_bool(),
        }
    }

    pub(super) fn visibility(&self) -> Visibility {
        Visibility::of_github(self.visibility.as_deref(), self.private)
    }
}

/// `ticket`, or the key of an issue as Jira's own webhooks send it. A value that is not a string is returned as it is,
/// so that it is refused instead of being ignored.
fn ticket(payload: &Value) -> Option<String> {
    let named = [&payload["ticket"], &payload["issue"]["key"]].into_iter().find(|value| !value.is_null())?;
    Some(named.as_str().map_or_else(|| named.to_string(), str::to_owned))
}

fn object(value: &Value) -> Option<&Value> {
    value.is_object().then_some(value)
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}
