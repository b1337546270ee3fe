//! Every event of GitHub that says whose code a run is about, as data.

use serde_json::json;

use super::*;
use crate::ci::{CiFound, CiRun, CodeSource};

/// The variables of a run on a push; a test changes what differs.
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
    let told = (context.branch.as_deref(), context.commit.as_deref(), pull, context.trust);
    assert_eq!(told, expected, "{changes:?}");
}

/// A pull request from the repository with that id.
fn pull(id: u64) -> Value {
    json!({"number": 7, "pull_request": {
        "number": 7,
        "head": {"ref": "main", "sha": "beef", "repo": {"id": id, "full_name": "eve/shop"}},
        "base": {"ref": "main", "sha": "5a5a", "repo": {"id": 1_296_269, "full_name": "acme/shop"}}}})
}

/// A run that another workflow's run started.
fn run(event: &str, branch: &str, id: u64) -> Value {
    json!({"workflow_run": {
        "event": event, "head_branch": branch, "head_sha": "beef",
        "head_repository": {"id": id, "full_name": "eve/shop"}, "pull_requests": []}})
}

const OWN: u64 = 1_296_269;
const FORK: Trust = Trust::ReadsOnly(Why::Fork);
const TAG: Trust = Trust::ReadsOnly(Why::Tag);
const QUEUE: Trust = Trust::ReadsOnly(Why::MergeQueue);
const UNTOLD: Trust = Trust::ReadsOnly(Why::Untold);
const MERGE: [(&str, &str); 5] = [
    ("GITHUB_EVENT_NAME", "pull_request"),
    ("GITHUB_REF", "refs/pull/7/merge"),
    ("GITHUB_REF_NAME", "7/merge"),
    ("GITHUB_HEAD_REF", "feature"),
    ("GITHUB_BASE_REF", "develop"),
];

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
    check(&MERGE, json!({}), (Some("feature"), None, Some((7, Some("develop"))), UNTOLD));
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
        (Some("fix"), Some("beef"), None, Trust::ReadsOnly(Why::RefUntold)),
    );
    check(&event, run("pull_request", "fix", OWN), (Some("fix"), Some("beef"), None, Trust::MayWrite));
    check(&event, run("pull_request", "main", 1), (Some("main"), Some("beef"), None, FORK));
    check(&event, run("release", "v1", OWN), (Some("v1"), Some("beef"), None, TAG));
    let queue = "gh-readonly-queue/main/pr-12-abc";
    let twelve = Some((12, Some("main")));
    check(&event, run("merge_group", queue, OWN), (Some(queue), Some("beef"), twelve, QUEUE));
    check(&event, run("push", queue, OWN), (Some(queue), Some("beef"), twelve, QUEUE));
    check(&event, json!({}), (None, None, None, UNTOLD));
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
        check(event, true, true, Trust::ReadsOnly(Why::Ambiguous));
        check(event, false, false, Trust::ReadsOnly(Why::RefGone));
    }
    // the head of a pull request is a branch, whatever tag has its name
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
        let reads = matches!(found.trust, Trust::ReadsOnly(Why::Contradiction(_) | Why::Tag | Why::Untold));
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

#[test]
fn what_everybody_may_see_is_told() {
    let check = |repository: Value, visibility, exposed| {
        let context = context(&[], json!({ "repository": repository })).unwrap();
        assert_eq!((context.visibility, context.is_exposed()), (visibility, exposed));
    };
    check(json!({"visibility": "public"}), Visibility::Public, true);
    check(json!({"visibility": "internal", "private": true}), Visibility::Internal, false);
    check(json!({"private": true}), Visibility::Private, false);
    check(json!({"private": false}), Visibility::Public, true);
    check(json!({"visibility": "new", "private": true}), Visibility::Unknown, true);
    check(Value::Null, Visibility::Unknown, true);
}

#[test]
fn a_run_is_named() {
    let context = context(&[("RUNNER_DEBUG", "1")], json!({})).unwrap();
    assert_eq!(context.run_url.as_deref(), Some("https://github.com/acme/shop/actions/runs/77/attempts/2"));
    assert_eq!(context.scope(), "CI/scan");
    let leg = self::context(&[("CASEFILE_MATRIX", r#"{"os": "linux"}"#)], json!({})).unwrap();
    assert_eq!(leg.scope(), "CI/scan (os=linux)");
    let none = self::context(&[("CASEFILE_MATRIX", "null")], json!({})).unwrap();
    assert_eq!(none.scope(), "CI/scan");
    assert_eq!(context.repository.id, Some(OWN));
    assert!(context.debug && context.ci);
}

#[test]
fn the_token_is_neither_shown_nor_sent_in_the_clear() {
    let sent = |api| context(&[("GITHUB_API_URL", api)], json!({}));
    assert!(!format!("{:?}", sent("https://ghe.example/api/v3").unwrap()).contains("ghs_secret"));
    assert!(sent("http://127.0.0.1:8080").is_ok());
    assert!(sent("http://[::1]:8080").is_ok());
    for api in ["http://api.github.com", "https://a:b@api.github.com", "ftp://127.0.0.1", "nonsense"] {
        assert!(sent(api).is_err(), "{api}");
    }
}

#[test]
fn a_broken_environment_is_refused() {
    for (name, value) in [
        ("GITHUB_REPOSITORY_ID", "4711x"),
        ("GITHUB_REPOSITORY", ""),
        ("GITHUB_REPOSITORY", "acme/../x"),
        ("GITHUB_REPOSITORY", "acme/shop?x"),
        ("GITHUB_SERVER_URL", "github"),
        ("GITHUB_EVENT_NAME", ""),
    ] {
        assert!(context(&[(name, value)], json!({})).is_err(), "{name}={value}");
    }
}

#[test]
fn outside_github_a_checkout_is_all_there_is() {
    let checkout = EventCheckout {
        repository: Repository::named("github.com/acme/shop").unwrap(),
        branch: Some("main".to_owned()),
        commit: Some("5a5a".to_owned()),
    };
    let context = EventContext::of_checkout(&|_| None, &checkout).unwrap();
    assert_eq!(context.branch.as_deref(), Some("main"));
    assert!(!context.is_exposed() && context.trust == Trust::MayWrite);
    let in_ci = |name: &str| (name == "CI").then(|| "true".to_owned());
    assert!(EventContext::of_checkout(&in_ci, &checkout).unwrap().is_exposed());
}

#[test]
fn an_event_is_read_up_to_a_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("event.json");
    let check = |text: &str, ok: bool| {
        std::fs::write(&path, text).unwrap();
        assert_eq!(read_event(&path).is_ok(), ok, "{text}");
    };
    check("{\"number\": 7}", true);
    check("{", false);
    check("", false);
    File::create(&path).unwrap().set_len(EVENT_LIMIT + 1).unwrap();
    assert!(read_event(&path).unwrap_err().to_string().contains("longer than"));
    assert_eq!(read_event(&folder.path().join("none")).unwrap_err().kind(), ErrorClass::Machine);
}

/// A checkout of `acme/shop` at `main`, as a CI system has it.
fn elsewhere(found: CiFound) -> EventContext {
    let checkout = EventCheckout {
        repository: Repository::named("github.com/acme/shop").unwrap(),
        branch: None,
        commit: Some("5a5a".to_owned()),
    };
    EventContext::of_checkout(&|_| None, &checkout).unwrap().in_ci(found)
}

fn ci_run(source: CodeSource) -> CiRun {
    CiRun { branch: Some("fix".to_owned()), commit: Some("5a5a".to_owned()), source, ..CiRun::default() }
}

#[test]
fn the_rules_of_trust_hold_in_every_ci_system() {
    let check = |run: CiRun, expected: Trust| {
        let context = elsewhere(CiFound::One("Jenkins", run.clone()));
        assert_eq!(context.trust, expected, "{run:?}");
        assert!(context.ci && context.is_exposed());
        assert_eq!(context.head_repository.is_some(), expected == Trust::MayWrite);
    };
    let untold = Trust::ReadsOnly(Why::PullUntold);
    check(ci_run(CodeSource::Own), Trust::MayWrite);
    check(ci_run(CodeSource::Fork), FORK);
    check(ci_run(CodeSource::Tag), TAG);
    check(ci_run(CodeSource::Queue), QUEUE);
    check(ci_run(CodeSource::Untold), untold);
    let at = |address: &str| ci_run(CodeSource::At(address.to_owned()));
    check(at("git://github.com/Acme/shop.git"), Trust::MayWrite);
    check(at("git@github.com:acme/shop"), Trust::MayWrite);
    check(at("git://github.com/eve/shop.git"), FORK);
    check(at("https://gitlab.com/acme/shop"), FORK);
    check(at("nonsense"), untold);
    let queue = Some("gh-readonly-queue/main/pr-7-abc".to_owned());
    check(CiRun { branch: queue, ..ci_run(CodeSource::Own) }, QUEUE);
    // a push of another commit than the one that is checked out; of a pull request a merge is
    let other = CiRun { commit: Some("beef".to_owned()), ..ci_run(CodeSource::Own) };
    check(other.clone(), Trust::ReadsOnly(Why::OtherCheckout));
    check(CiRun { pull_request: Some(7), ..other.clone() }, Trust::MayWrite);
    let told = elsewhere(CiFound::One("Jenkins", other))
        .told(ToldByFlags { commit: Some("beef".to_owned()), ..ToldByFlags::default() });
    assert_eq!((told.trust, told.commit.as_deref()), (Trust::MayWrite, Some("beef")));
    let several = elsewhere(CiFound::Several(vec!["Jenkins", "Buildkite"]));
    assert!(matches!(several.trust, Trust::ReadsOnly(Why::Contradiction(_))) && several.ci);
    let none = elsewhere(CiFound::Nothing);
    assert!(none.trust == Trust::MayWrite && !none.ci);
}

#[test]
fn a_pull_request_is_whose_github_says() {
    let merge = vec!["base".to_owned(), "BEEF".to_owned()];
    let check = |source: CodeSource, commit: Option<&str>, from: Option<&str>, expected: (Trust, &str)| {
        let run = CiRun {
            branch: None,
            commit: commit.map(str::to_owned),
            pull_request: Some(7),
            ..ci_run(source.clone())
        };
        let mut context = elsewhere(CiFound::One("Jenkins", run));
        assert!(context.is_off_default);
        assert_eq!(context.pull_to_ask(), Some(7));
        context.pull_is(from, "fix", "beef", "main", &merge);
        assert_eq!((context.trust, context.commit.as_deref().unwrap()), expected, "{source:?} {from:?}");
        assert_eq!(context.branch.as_deref(), Some("fix"));
        assert_eq!(context.pull_request.unwrap().base.as_deref(), Some("main"));
    };
    let own = Some("Acme/Shop");
    check(CodeSource::Untold, None, own, (Trust::MayWrite, "beef"));
    check(CodeSource::Untold, None, Some("eve/shop"), (FORK, "beef"));
    check(CodeSource::Untold, None, None, (FORK, "beef"));
    check(CodeSource::Own, None, Some("eve/shop"), (FORK, "beef"));
    check(CodeSource::Fork, None, own, (FORK, "beef"));
    check(CodeSource::Tag, None, own, (TAG, "beef"));
    // what was scanned stays what was scanned, although the pull request may have moved on
    check(CodeSource::Own, Some("d00d"), own, (Trust::MayWrite, "d00d"));
}

#[test]
fn a_pull_request_that_a_flag_names_beats_the_ci_systems() {
    let flags = |number| ToldByFlags { pull_request: Some(number), commit: None };
    let run = CiRun { pull_request: Some(7), base: Some("main".to_owned()), ..ci_run(CodeSource::Own) };
    let context = |number| elsewhere(CiFound::One("Jenkins", run.clone())).told(flags(number));
    let same = context(7);
    assert_eq!((same.trust, same.pull_request.unwrap().base.as_deref()), (Trust::MayWrite, Some("main")));
    let other = context(8);
    assert_eq!((other.trust, other.pull_to_ask()), (Trust::ReadsOnly(Why::PullUntold), Some(8)));
    // in GitHub Actions as well, where no event tells of one
    let push = self::context(&[], json!({})).unwrap();
    assert_eq!(push.pull_to_ask(), None);
    assert_eq!(push.told(flags(8)).pull_to_ask(), Some(8));
    let event = self::context(&[("GITHUB_EVENT_NAME", "pull_request")], pull(OWN)).unwrap();
    assert_eq!(event.clone().told(flags(7)).trust, Trust::MayWrite);
    assert_eq!(event.pull_to_ask(), None);
}

#[test]
fn another_servers_api_is_not_asked() {
    let of = |repository: &str| {
        let checkout =
            EventCheckout { repository: Repository::named(repository).unwrap(), branch: None, commit: None };
        let context = EventContext::of_checkout(&|_| None, &checkout).unwrap();
        context.own_api().is_some()
    };
    assert!(of("github.com/acme/shop"));
    assert!(!of("gitlab.com/acme/shop"));
    assert!(context(&[("GITHUB_SERVER_URL", "https://ghe.example")], json!({})).unwrap().own_api().is_some());
}
