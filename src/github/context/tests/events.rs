//! Which branch, commit and pull request an event is about, and whether it may write.

use serde_json::json;

use super::*;

#[test]
fn a_branch_or_tag_is_the_refs() {
    let main = (Some("main"), Some("5a5a"), None, Trust::MayWrite);
    check(&[], json!({}), main);
    for event in ["schedule", "workflow_dispatch", "repository_dispatch", "issue_comment"] {
        check(&[("GITHUB_EVENT_NAME", event)], json!({}), main);
    }
    let deep = [("GITHUB_REF", "refs/heads/release/1"), ("GITHUB_REF_NAME", "release/1")];
    check(&deep, json!({}), (Some("release/1"), Some("5a5a"), None, Trust::MayWrite));
    check(&[("GITHUB_REF_NAME", ""), ("GITHUB_REF_TYPE", "")], json!({}), main);
    for event in ["push", "release", "workflow_dispatch"] {
        let tag =
            [("GITHUB_EVENT_NAME", event), ("GITHUB_REF", "refs/tags/main"), ("GITHUB_REF_TYPE", "tag")];
        check(&tag, json!({}), (None, Some("5a5a"), None, TAG));
    }
    let tag = [("GITHUB_REF", "refs/tags/main"), ("GITHUB_REF_TYPE", "")];
    check(&tag, json!({}), (None, Some("5a5a"), None, TAG));
}

#[test]
fn a_pull_request_is_its_head() {
    let seven = Some((7, Some("main")));
    for event in ["pull_request", "pull_request_review", "pull_request_target"] {
        let event = [("GITHUB_EVENT_NAME", event)];
        check(&event, pull(OWN), (Some("main"), Some("beef"), seven, Trust::MayWrite));
        check(&event, pull(1), (Some("main"), Some("beef"), seven, FORK));
    }
    let mut deleted = pull(1);
    deleted["pull_request"]["head"]["repo"] = Value::Null;
    check(&MERGE, deleted, (Some("main"), Some("beef"), seven, FORK));
    check(&MERGE, json!({}), (Some("feature"), None, Some((7, Some("develop"))), UNKNOWN));
}

#[test]
fn without_ids_repositories_are_known_by_name() {
    let mut event = pull(OWN);
    event["pull_request"]["head"]["repo"] = json!({"full_name": "Acme/Shop"});
    let seven = Some((7, Some("main")));
    let named = [("GITHUB_EVENT_NAME", "pull_request")];
    check(&named, event, (Some("main"), Some("beef"), seven, Trust::MayWrite));
}

#[test]
fn a_workflow_run_is_about_the_run_before() {
    let event = [("GITHUB_EVENT_NAME", "workflow_run")];
    check(
        &event,
        run("push", "fix", OWN),
        (Some("fix"), Some("beef"), None, Trust::ReadsOnly(ReadOnlyReason::RefUntold)),
    );
    check(&event, run("pull_request", "fix", OWN), (Some("fix"), Some("beef"), None, Trust::MayWrite));
    check(&event, run("pull_request", "main", 1), (Some("main"), Some("beef"), None, FORK));
    check(&event, run("release", "v1", OWN), (Some("v1"), Some("beef"), None, TAG));
    let queue = "gh-readonly-queue/main/pr-12-abc";
    let twelve = Some((12, Some("main")));
    check(&event, run("merge_group", queue, OWN), (Some(queue), Some("beef"), twelve, QUEUE));
    check(&event, run("push", queue, OWN), (Some(queue), Some("beef"), twelve, QUEUE));
    check(&event, json!({}), (None, None, None, UNKNOWN));
}

#[test]
fn a_merge_queue_never_files() {
    let queue = "gh-readonly-queue/release/1/pr-12-abc";
    let head = format!("refs/heads/{queue}");
    let env = [("GITHUB_EVENT_NAME", "merge_group"), ("GITHUB_REF", &head), ("GITHUB_REF_NAME", queue)];
    let twelve = Some((12, Some("release/1")));
    check(&env, json!({}), (Some(queue), Some("5a5a"), twelve, QUEUE));
    let group =
        json!({"merge_group": {"head_sha": "beef", "head_ref": head, "base_ref": "refs/heads/release/1"}});
    check(&env, group, (Some(queue), Some("beef"), twelve, QUEUE));
    check(&env[1..], json!({}), (Some(queue), Some("5a5a"), None, QUEUE));
}

#[test]
fn only_the_default_branchs_own_checkout_is_obeyed() {
    let check = |event: &str, payload: &Value, head: Option<&str>, ok: bool| {
        let context = context(&[("GITHUB_EVENT_NAME", event)], payload.clone()).unwrap();
        assert_eq!(context.require_own_checkout(head).is_ok(), ok, "{event} {head:?}");
    };
    for event in EVENTS.iter().copied().chain(["one_of_tomorrow"]) {
        let payload = match event {
            "pull_request_target" => pull(1),
            "workflow_run" => run("push", "x", OWN),
            _ => json!({}),
        };
        let is_scanned = matches!(
            event,
            "push" | "pull_request" | "pull_request_review" | "pull_request_review_comment" | "merge_group"
        );
        check(event, &payload, Some("5a5a"), true);
        check(event, &payload, Some("5A5A"), true);
        check(event, &payload, Some("beef"), is_scanned);
        check(event, &payload, None, is_scanned);
    }
}

/// GitHub's "Events that trigger workflows".
const EVENTS: [&str; 37] = [
    "branch_protection_rule",
    "check_run",
    "check_suite",
    "create",
    "delete",
    "deployment",
    "deployment_status",
    "discussion",
    "discussion_comment",
    "fork",
    "gollum",
    "image_version",
    "issue_comment",
    "issues",
    "label",
    "merge_group",
    "milestone",
    "page_build",
    "project",
    "project_card",
    "project_column",
    "public",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "pull_request_target",
    "push",
    "registry_package",
    "release",
    "repository_dispatch",
    "schedule",
    "status",
    "watch",
    "workflow_call",
    "workflow_dispatch",
    "workflow_run",
    "dynamic",
];

#[test]
fn a_name_is_a_branchs_only_if_github_says_so() {
    let check = |run_event: &str, is_branch: bool, is_tag: bool, expected: Trust| {
        let event = [("GITHUB_EVENT_NAME", "workflow_run")];
        let mut context = context(&event, run(run_event, "v1", OWN)).unwrap();
        context.ref_is(is_branch, is_tag);
        assert_eq!(context.trust, expected, "{run_event} {is_branch} {is_tag}");
    };
    for event in ["push", "workflow_dispatch", "create", "schedule", "deployment", "", "one_of_tomorrow"] {
        check(event, true, false, Trust::MayWrite);
        check(event, false, true, TAG);
        check(event, true, true, Trust::ReadsOnly(ReadOnlyReason::Ambiguous));
        check(event, false, false, Trust::ReadsOnly(ReadOnlyReason::RefGone));
    }
    // the head of a pull request is a branch, even if a tag has the same name
    check("pull_request", false, false, Trust::MayWrite);
    check("release", true, false, TAG);
    let fork = [("GITHUB_EVENT_NAME", "workflow_run")];
    let mut fork = context(&fork, run("push", "main", 1)).unwrap();
    fork.ref_is(true, false);
    assert_eq!(fork.trust, FORK);
}

#[test]
fn what_contradicts_itself_only_reads() {
    let own = || json!({"id": OWN, "full_name": "acme/shop"});
    let tag = [("GITHUB_REF", "refs/tags/v1"), ("GITHUB_REF_NAME", "v1")];
    let dispatch = |reference: &str| json!({"inputs": null, "ref": reference, "repository": own()});
    let with = |mut event: Value, path: &str, value: Value| {
        *event.pointer_mut(path).unwrap() = value;
        event
    };
    let cases: Vec<(&[(&str, &str)], Value)> = vec![
        (&tag[..1], json!({})),
        (&[("GITHUB_REF", "refs/heads/other")], json!({})),
        (&[("GITHUB_REF", "main")], json!({})),
        (&[("GITHUB_REF", "refs/pull/7/merge"), ("GITHUB_REF_NAME", "7/merge")], json!({})),
        (&[("GITHUB_REF_TYPE", "commit")], json!({})),
        (&[("GITHUB_REF_TYPE", "tag")], json!({})),
        (&tag, json!({})),
        (&[], json!([])),
        (&[], json!("push")),
        (&[], json!({"repository": {"id": 1, "full_name": "acme/shop"}})),
        (&[], json!({"repository": {"id": "1296269", "full_name": "acme/shop"}})),
        (&[("GITHUB_REPOSITORY_ID", "")], json!({"repository": {"id": 1, "full_name": "eve/shop"}})),
        (&[], json!({"ref": "refs/heads/other", "repository": own()})),
        (&[], json!({"ref": "refs/tags/main", "repository": own()})),
        (&[], json!({"ref": "refs/heads/main", "after": "beef"})),
        (&[], json!({"ref": "refs/heads/main", "head_commit": {"id": "beef"}})),
        (&[], json!({"ref": "refs/heads/main", "deleted": true})),
        (&[], pull(1)),
        (&[], pull(OWN)),
        (&[], run("push", "main", OWN)),
        (&[], json!({"issue": {"number": 1}, "comment": {"id": 1}})),
        (&[], json!({"client_payload": {}})),
        (&[], json!({"inputs": {}})),
        (&[("GITHUB_HEAD_REF", "feature")], json!({})),
        (&[("GITHUB_EVENT_NAME", "issue_comment")], pull(OWN)),
        (&[("GITHUB_EVENT_NAME", "one_of_tomorrow")], pull(OWN)),
        (&[("GITHUB_EVENT_NAME", "schedule")], json!({"pusher": {"name": "eve"}})),
        (&[("GITHUB_EVENT_NAME", "workflow_dispatch")], dispatch("refs/tags/main")),
        (&[("GITHUB_EVENT_NAME", "workflow_dispatch")], dispatch("other")),
        (&[("GITHUB_EVENT_NAME", "deployment")], json!({"deployment": {"sha": "beef"}})),
        (&[("GITHUB_EVENT_NAME", "deployment_status")], json!({"deployment": {"sha": "beef"}})),
        (&[("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_HEAD_REF", "feature")], pull(OWN)),
        (&[("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_BASE_REF", "develop")], pull(OWN)),
        (
            &[
                ("GITHUB_EVENT_NAME", "pull_request"),
                ("GITHUB_REF", "refs/pull/8/merge"),
                ("GITHUB_REF_NAME", "8/merge"),
            ],
            pull(OWN),
        ),
        (&[("GITHUB_EVENT_NAME", "pull_request")], with(pull(OWN), "/number", json!(8))),
        (
            &[("GITHUB_EVENT_NAME", "pull_request")],
            with(pull(OWN), "/pull_request/base/repo", json!({"id": 1, "full_name": "eve/shop"})),
        ),
    ];
    for (changes, event) in cases {
        let found = context(changes, event.clone()).unwrap();
        let reads = matches!(
            found.trust,
            Trust::ReadsOnly(
                ReadOnlyReason::Contradiction(_) | ReadOnlyReason::Tag | ReadOnlyReason::Unknown
            )
        );
        assert!(reads, "{changes:?} {event}: {:?}", found.trust);
    }
    for (event, payload) in [
        ("deployment", json!({"deployment": {"sha": "5A5A"}, "workflow_run": {}, "check_run": {}})),
        ("workflow_dispatch", dispatch("refs/heads/main")),
        ("workflow_dispatch", dispatch("main")),
        ("push", json!({"ref": "refs/heads/main", "after": "5a5a", "pusher": {}, "repository": own()})),
        ("push", json!({"repository": {"id": OWN, "full_name": "acme/renamed"}})),
        ("issue_comment", json!({"issue": {}, "comment": {}})),
    ] {
        let event = [("GITHUB_EVENT_NAME", event)];
        assert_eq!(context(&event, payload.clone()).unwrap().trust, Trust::MayWrite, "{event:?} {payload}");
    }
}

#[test]
fn other_code_than_the_default_branchs_is_known() {
    let check = |changes: &[(&str, &str)], event: Value, expected: bool| {
        assert_eq!(context(changes, event).unwrap().is_off_default, expected, "{changes:?}");
    };
    let own = || json!({"repository": {"id": OWN, "default_branch": "main"}});
    check(&[], own(), false);
    for event in ["workflow_dispatch", "deployment_status", "create", "pull_request_target"] {
        let on = |reference| [("GITHUB_EVENT_NAME", event), ("GITHUB_REF", reference)];
        check(&on("refs/heads/main"), own(), false);
        check(&on("refs/heads/other"), own(), true);
        check(&on("refs/tags/main"), own(), true);
        check(&on(""), own(), true);
    }
    for event in ["pull_request", "pull_request_review", "pull_request_review_comment", "merge_group"] {
        check(&[("GITHUB_EVENT_NAME", event)], own(), true);
    }
}
