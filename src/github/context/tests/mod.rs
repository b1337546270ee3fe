//! Every GitHub event that says whose code a run is about, as data.

use serde_json::json;

use super::*;

mod elsewhere;
mod environment;
mod events;

/// The variables of a run on a push; each test changes what it needs.
fn context(changes: &[(&str, &str)], event: Value) -> Result<EventContext> {
    let usual = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "push"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_API_URL", "https://api.github.com"),
        ("GITHUB_REPOSITORY", "acme/shop"),
        ("GITHUB_REPOSITORY_ID", "1296269"),
        ("GITHUB_REF", "refs/heads/main"),
        ("GITHUB_REF_NAME", "main"),
        ("GITHUB_REF_TYPE", "branch"),
        ("GITHUB_SHA", "5a5a"),
        ("GITHUB_HEAD_REF", ""),
        ("GITHUB_BASE_REF", ""),
        ("GITHUB_WORKFLOW", "CI"),
        ("GITHUB_JOB", "scan"),
        ("GITHUB_RUN_ID", "77"),
        ("GITHUB_RUN_ATTEMPT", "2"),
        ("GITHUB_TOKEN", "ghs_secret\n"),
    ];
    let variables: std::collections::HashMap<String, String> =
        usual.iter().chain(changes).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    EventContext::of(&|name| variables.get(name).cloned(), Some(event))
}

/// What a run is about: branch, commit, pull request with its base, trust.
type Told<'t> = (Option<&'t str>, Option<&'t str>, Option<(u64, Option<&'t str>)>, Trust);

fn check(changes: &[(&str, &str)], event: Value, expected: Told<'_>) {
    let context = context(changes, event).unwrap();
    let pull = context.pull_request.as_ref().map(|pull| (pull.number, pull.base.as_deref()));
    let found = (context.branch.as_deref(), context.commit.as_deref(), pull, context.trust);
    assert_eq!(found, expected, "{changes:?}");
}

/// A pull request from the repository with this id.
fn pull(id: u64) -> Value {
    json!({"number": 7, "pull_request": {
        "number": 7,
        "head": {"ref": "main", "sha": "beef", "repo": {"id": id, "full_name": "eve/shop"}},
        "base": {"ref": "main", "sha": "5a5a", "repo": {"id": 1_296_269, "full_name": "acme/shop"}}}})
}

/// A run that was started by another workflow's run.
fn run(event: &str, branch: &str, id: u64) -> Value {
    json!({"workflow_run": {
        "event": event, "head_branch": branch, "head_sha": "beef",
        "head_repository": {"id": id, "full_name": "eve/shop"}, "pull_requests": []}})
}

const OWN: u64 = 1_296_269;

const FORK: Trust = Trust::ReadsOnly(ReadOnlyReason::Fork);

const TAG: Trust = Trust::ReadsOnly(ReadOnlyReason::Tag);

const QUEUE: Trust = Trust::ReadsOnly(ReadOnlyReason::MergeQueue);

const UNKNOWN: Trust = Trust::ReadsOnly(ReadOnlyReason::Unknown);

const MERGE: [(&str, &str); 5] = [
    ("GITHUB_EVENT_NAME", "pull_request"),
    ("GITHUB_REF", "refs/pull/7/merge"),
    ("GITHUB_REF_NAME", "7/merge"),
    ("GITHUB_HEAD_REF", "feature"),
    ("GITHUB_BASE_REF", "develop"),
];
