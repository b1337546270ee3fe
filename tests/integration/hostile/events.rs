//! Every event of GitHub's "Events that trigger workflows", by whose code it is about: who may write to the tracker,
//! and where the credential goes. Each case is a run of the binary with two trackers: ours, and one that the
//! configuration of other code names.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use super::harness::{Event, Place, Ran};
use crate::simulator::{Face, Fault, Kind, Nth, Options, Simulator};

/// Events that run on the default branch, or on the ref that they name, with the workflow's secrets.
const ON_DEFAULT: [&str; 30] = [
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
    "milestone",
    "page_build",
    "project",
    "project_card",
    "project_column",
    "public",
    "registry_package",
    "release",
    "repository_dispatch",
    "schedule",
    "status",
    "watch",
    "workflow_call",
    "workflow_dispatch",
    "an_event_of_tomorrow",
];

/// Events that run on a pull request's trial merge.
const OF_PULLS: [&str; 3] = ["pull_request", "pull_request_review", "pull_request_review_comment"];

/// What may become of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// It files a ticket.
    Files,
    /// It reads the tracker.
    Reads,
    /// Nothing is sent to anybody.
    Refused,
}

/// Whose configuration lies in the checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Checkout {
    /// Ours, at the event's commit.
    Own,
    /// Other code's, at the event's commit.
    Foreign,
    /// Other code's, at another commit.
    Elsewhere,
}

/// A checkout with one report, and the tracker that nothing may ever reach.
struct Stand {
    place: Place,
    foreign: Simulator,
    own_config: String,
    figures: BTreeMap<(&'static str, End), usize>,
}

impl Stand {
    fn new() -> Stand {
        let place = Place::new();
        let foreign = Simulator::start(Options::default());
        let result = json!({"ruleId": "r", "level": "error", "message": {"text": "m"}, "locations": [{"physicalLocation":
            {"artifactLocation": {"uri": "src/a.c"}, "region": {"startLine": 1}}}]});
        let run = json!({"tool": {"driver": {"name": "t"}}, "results": [result]});
        place.write("a.sarif", json!({"version": "2.1.0", "runs": [run]}).to_string());
        let own_config = fs::read_to_string(place.root().join("casefile.yml")).unwrap();
        place.commit();
        Stand { place, foreign, own_config, figures: BTreeMap::new() }
    }

    /// Puts a configuration into the checkout, and not onto the default branch.
    fn lay(&self, checkout: Checkout) {
        let foreign = format!(
            "reports: [\"*.sarif\"]\nbranches: [\"**\"]\njira: {{url: \"{}\", project: SEC, allow-networks: \
             [\"127.0.0.0/8\"]}}\n",
            self.foreign.jira_url()
        );
        let text = if checkout == Checkout::Own { &self.own_config } else { &foreign };
        fs::write(self.place.root().join("casefile.yml"), text).unwrap();
    }

    /// Runs a command, and holds it to what holds of every run.
    fn run(&self, event: &Event, checkout: Checkout, words: &[&str]) -> Ran {
        self.lay(checkout);
        self.place.sim.state().issues.clear();
        // what the last case filed is not remembered either
        self.place.set_body("");
        self.place.sim.clear_journal();
        let mut variables = event.variables.clone();
        if checkout == Checkout::Elsewhere {
            variables.push(("GITHUB_SHA", "a".repeat(40)));
        }
        let event = Event { name: event.name, payload: event.payload.clone(), variables };
        let ran = self.place.on(&event, words);
        let reached: Vec<String> = self.foreign.journal().iter().map(ToString::to_string).collect();
        assert_eq!(reached, [""; 0], "{} {:?}: other code's tracker was asked", event.name, event.variables);
        ran
    }

    fn check(&mut self, case: &'static str, event: &Event, checkout: Checkout, expected: End) {
        let ran = self.run(event, checkout, &["run", "--format", "json"]);
        let about = format!("{case}: {} {:?} {}\n{}", event.name, event.variables, event.payload, ran.err);
        let journal = self.place.sim.journal();
        let wrote = journal.iter().any(|entry| entry.face != Face::GitHub && entry.write);
        let asked = journal.iter().any(|entry| entry.face != Face::GitHub);
        let end = match (ran.code, wrote, asked) {
            (2, false, false) => End::Refused,
            (0, true, _) => End::Files,
            (0, false, true) => End::Reads,
            other => panic!("{other:?}: {about}"),
        };
        assert_eq!(end, expected, "{about}");
        match end {
            End::Refused => assert!(journal.is_empty(), "{journal:?} {about}"),
            End::Reads => assert_eq!(ran.json()["branch"]["allowed"], false, "{about}"),
            End::Files => assert_eq!(self.place.sim.state().issues.len(), 1, "{about}"),
        }
        *self.figures.entry((case, end)).or_default() += 1;
    }

    /// Prints how many cases there were, and how each ended.
    #[expect(clippy::print_stdout, reason = "the figures are what the test is for, too")]
    fn told(&self, about: &str) {
        let all: usize = self.figures.values().sum();
        println!("{about}: {all} cases, the credential went to our tracker alone");
        for ((case, end), count) in &self.figures {
            println!("  {case:<34} {end:?} {count}");
        }
    }
}

fn repository(id: u64, name: &str) -> Value {
    json!({"id": id, "full_name": name, "private": true, "visibility": "private", "default_branch": "main"})
}

fn own() -> Value {
    repository(4711, "acme/shop")
}

/// An event's payload with what GitHub tells in it, as far as it matters.
fn payload(event: &str) -> Value {
    let mut payload = json!({"repository": own(), "sender": {"login": "alice"}});
    let more = match event {
        "issue_comment" => json!({"issue": {"number": 7, "pull_request": {}}, "comment": {"body": "/scan"}}),
        "issues" => json!({"issue": {"number": 7}}),
        "check_run" => json!({"check_run": {"head_sha": "f".repeat(40)}}),
        "check_suite" => json!({"check_suite": {"head_sha": "f".repeat(40), "head_branch": "feature"}}),
        "create" => json!({"ref": "main", "ref_type": "branch", "pusher_type": "user"}),
        "deployment" => json!({"deployment": {"ref": "main"}, "workflow_run": {}}),
        "deployment_status" => {
            json!({"deployment": {"ref": "main"}, "deployment_status": {}, "check_run": {}})
        }
        "discussion_comment" => json!({"discussion": {}, "comment": {}}),
        "release" => json!({"release": {"tag_name": "v1"}}),
        "repository_dispatch" => json!({"branch": "main", "client_payload": {}}),
        "schedule" => json!({"schedule": "0 4 * * *"}),
        "status" => json!({"sha": "f".repeat(40), "state": "success"}),
        "workflow_dispatch" => json!({"inputs": null, "ref": "refs/heads/main"}),
        "pull_request_review" => json!({"review": {}}),
        "pull_request_review_comment" => json!({"comment": {}}),
        _ => json!({}),
    };
    payload.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    payload
}

fn with(event: &Event, pointer: &str, value: Value) -> Event {
    let mut payload = event.payload.clone();
    match payload.pointer_mut(pointer) {
        Some(part) => *part = value,
        None => payload[pointer.trim_start_matches('/')] = value,
    }
    Event { name: event.name, payload, variables: event.variables.clone() }
}

fn set(event: &Event, variables: &[(&'static str, &str)]) -> Event {
    let more = variables.iter().map(|(name, value)| (*name, (*value).to_owned()));
    let variables = event.variables.iter().cloned().chain(more).collect();
    Event { name: event.name, payload: event.payload.clone(), variables }
}

const TAG: [(&str, &str); 3] =
    [("GITHUB_REF", "refs/tags/main"), ("GITHUB_REF_NAME", "main"), ("GITHUB_REF_TYPE", "tag")];

/// What contradicts itself in any event.
fn contradictions(event: &Event) -> Vec<Event> {
    vec![
        set(
            event,
            &[("GITHUB_REF", "refs/tags/main"), ("GITHUB_REF_NAME", "main"), ("GITHUB_REF_TYPE", "branch")],
        ),
        set(event, &[("GITHUB_REF_NAME", "another")]),
        set(event, &[("GITHUB_REPOSITORY_ID", "4712")]),
        with(event, "/repository", repository(4712, "acme/shop")),
        set(&with(event, "/repository", repository(4712, "eve/shop")), &[("GITHUB_REPOSITORY_ID", "")]),
    ]
}

/// The pull request of somebody's copy.
fn fork() -> Value {
    Event::pull_request("main", "eve/shop").payload["pull_request"].clone()
}

#[test]
fn events_of_the_default_branch() {
    let mut stand = Stand::new();
    for name in ON_DEFAULT {
        let event = Event::of(name, payload(name), &[]);
        stand.check("own", &event, Checkout::Own, End::Files);
        stand.check("another checkout", &event, Checkout::Elsewhere, End::Refused);
        // only some of the runner's variables, as a container may get them
        for missing in [
            &["GITHUB_ACTIONS"][..],
            &["GITHUB_ACTIONS", "GITHUB_REPOSITORY"],
            &["GITHUB_ACTIONS", "GITHUB_EVENT_PATH"],
        ] {
            let without: Vec<(&str, &str)> = missing.iter().map(|name| (*name, "")).collect();
            stand.check("a part of the variables", &set(&event, &without), Checkout::Elsewhere, End::Refused);
        }
        let tag = set(&event, &TAG);
        let tag = if name == "workflow_dispatch" { with(&tag, "/ref", json!("refs/tags/main")) } else { tag };
        stand.check("a tag", &tag, Checkout::Foreign, End::Reads);
        stand.check("a fork's payload", &with(&event, "/pull_request", fork()), Checkout::Own, End::Reads);
        for event in contradictions(&event) {
            stand.check("a contradiction", &event, Checkout::Own, End::Reads);
        }
        let other = [("GITHUB_REF", "refs/heads/other"), ("GITHUB_REF_NAME", "other")];
        let other = set(&event, &other);
        let other = if name == "workflow_dispatch" { with(&other, "/ref", json!("other")) } else { other };
        stand.check("another branch's configuration", &other, Checkout::Foreign, End::Files);
        let none = set(&event, &[("GITHUB_REF", ""), ("GITHUB_REF_NAME", ""), ("GITHUB_REF_TYPE", "")]);
        stand.check("no ref", &none, Checkout::Foreign, End::Reads);
    }
    stand.told("events of the default branch");
}

#[test]
fn pushes_and_merge_queues() {
    let mut stand = Stand::new();
    let head = stand.place.git(&["rev-parse", "HEAD"]);
    let told = json!({"repository": own(), "ref": "refs/heads/main", "after": head, "pusher": {}, "head_commit": {"id": head}});
    let push = Event::of("push", told, &[]);
    stand.check("own", &push, Checkout::Own, End::Files);
    let tag = with(&set(&push, &TAG), "/ref", json!("refs/tags/main"));
    stand.check("a tag", &tag, Checkout::Own, End::Reads);
    stand.check("a fork's payload", &with(&push, "/pull_request", fork()), Checkout::Own, End::Reads);
    let differing = [
        with(&push, "/ref", json!("refs/heads/other")),
        with(&push, "/after", json!("f".repeat(40))),
        with(&push, "/head_commit/id", json!("f".repeat(40))),
        with(&push, "/issue", json!({"number": 7})),
        with(&push, "/client_payload", json!({})),
        set(&push, &[("GITHUB_EVENT_NAME", "schedule")]),
        set(&push, &[("GITHUB_HEAD_REF", "feature")]),
        set(&push, &[("GITHUB_REF_TYPE", "tag")]),
        set(&push, &[("GITHUB_REF", "refs/pull/7/merge"), ("GITHUB_REF_NAME", "7/merge")]),
    ];
    for event in differing.into_iter().chain(contradictions(&push)) {
        stand.check("a contradiction", &event, Checkout::Own, End::Reads);
    }
    let queue = "gh-readonly-queue/main/pr-7-abc";
    let full = format!("refs/heads/{queue}");
    let group = json!({"repository": own(), "merge_group":
        {"head_ref": full, "base_ref": "refs/heads/main", "head_sha": head}});
    let queued = [("GITHUB_REF", full.as_str()), ("GITHUB_REF_NAME", queue)];
    let group = Event::of("merge_group", group, &queued);
    stand.check("a merge queue", &group, Checkout::Foreign, End::Reads);
    stand.check("a merge queue", &set(&push, &queued), Checkout::Own, End::Reads);
    for event in contradictions(&group) {
        stand.check("a merge queue", &event, Checkout::Foreign, End::Reads);
    }
    stand.told("pushes and merge queues");
}

#[test]
fn pull_requests() {
    let mut stand = Stand::new();
    for name in OF_PULLS.into_iter().chain(["pull_request_target"]) {
        let on_default = name == "pull_request_target";
        let at = if on_default { Checkout::Own } else { Checkout::Foreign };
        let of = |head: &str| {
            let mut event = Event::pull_request("main", head);
            event.payload.as_object_mut().unwrap().extend(payload(name).as_object().unwrap().clone());
            let event = Event { name, ..event };
            let main = [("GITHUB_REF", "refs/heads/main"), ("GITHUB_REF_NAME", "main")];
            if on_default { set(&event, &main) } else { event }
        };
        let event = of("acme/shop");
        stand.check("own", &event, at, End::Files);
        stand.check("a fork", &of("eve/shop"), at, End::Reads);
        stand.check(
            "a deleted fork",
            &with(&of("eve/shop"), "/pull_request/head/repo", Value::Null),
            at,
            End::Reads,
        );
        stand.check("a tag", &set(&event, &TAG), at, End::Reads);
        let differing = [
            with(&event, "/number", json!(8)),
            with(&event, "/pull_request", Value::Null),
            with(&event, "/pull_request/base/repo", repository(4712, "eve/shop")),
            with(&event, "/workflow_run", json!({"event": "push"})),
            set(&event, &[("GITHUB_REF", "refs/pull/8/merge"), ("GITHUB_REF_NAME", "8/merge")]),
            set(&event, &[("GITHUB_HEAD_REF", "feature")]),
            set(&event, &[("GITHUB_BASE_REF", "develop")]),
        ];
        for event in differing.into_iter().chain(contradictions(&event)) {
            stand.check("a contradiction", &event, at, End::Reads);
        }
        if on_default {
            stand.check("another checkout", &event, Checkout::Elsewhere, End::Refused);
            stand.check("another checkout", &of("eve/shop"), Checkout::Elsewhere, End::Refused);
        }
    }
    stand.told("pull requests");
}

#[test]
fn runs_after_other_runs() {
    let mut stand = Stand::new();
    let run = |event: &str, branch: &str, id: u64| {
        json!({"repository": own(), "workflow": {}, "workflow_run": {"event": event, "head_branch": branch,
            "head_sha": "f".repeat(40), "repository": own(), "head_repository": repository(id, "acme/shop"),
            "pull_requests": []}})
    };
    {
        let mut world = stand.place.sim.state();
        let github = world.github.repository_mut("acme/shop").unwrap();
        github.branches.insert("both".to_owned(), "b".repeat(40));
        for tag in ["both", "v1", "release/v1"] {
            github.tags.insert(tag.to_owned(), "c".repeat(40));
        }
    }
    for event in ["push", "workflow_dispatch", "schedule", "create", "deployment", "one_of_tomorrow"] {
        let of = |branch: &str| Event::of("workflow_run", run(event, branch, 4711), &[]);
        stand.check("own", &of("main"), Checkout::Own, End::Files);
        stand.check("a tag", &of("v1"), Checkout::Own, End::Reads);
        stand.check("a tag", &of("release/v1"), Checkout::Own, End::Reads);
        stand.check("a branch and a tag", &of("both"), Checkout::Own, End::Reads);
        stand.check("a branch that is gone", &of("gone"), Checkout::Own, End::Reads);
        let elsewhere = Event::of("workflow_run", run(event, "main", 4712), &[]);
        stand.check("a fork", &elsewhere, Checkout::Own, End::Reads);
        stand.check("another checkout", &of("main"), Checkout::Elsewhere, End::Refused);
        let other = with(&of("main"), "/workflow_run/repository", repository(4712, "eve/shop"));
        for event in [other].into_iter().chain(contradictions(&of("main"))) {
            stand.check("a contradiction", &event, Checkout::Own, End::Reads);
        }
        let unasked = set(&of("main"), &[("GITHUB_TOKEN", "")]);
        stand.check("GitHub is not asked", &unasked, Checkout::Own, End::Reads);
    }
    let release = Event::of("workflow_run", run("release", "main", 4711), &[]);
    stand.check("a tag", &release, Checkout::Own, End::Reads);
    // the head of a pull request is a branch, also where a tag has its name
    let pull = Event::of("workflow_run", run("pull_request", "both", 4711), &[]);
    stand.check("own", &pull, Checkout::Own, End::Files);
    let refused =
        Kind::Status(403, Vec::new(), r#"{"message": "Resource not accessible by integration"}"#.to_owned());
    let path_contains = "git/ref".to_owned();
    stand.place.sim.fault(Fault {
        face: Some(Face::GitHub),
        method: None,
        path_contains,
        nth: Nth::Every(1),
        kind: refused,
    });
    let main = Event::of("workflow_run", run("push", "main", 4711), &[]);
    stand.check("GitHub does not answer", &main, Checkout::Own, End::Reads);
    stand.told("runs after other runs");
}

/// Every command that asks a tracker, with what it needs.
const COMMANDS: [&[&str]; 9] = [
    &["run"],
    &["plan"],
    &["refresh"],
    &["doctor"],
    &["link", "SEC-1", "--rule", "r"],
    &["unlink", "SEC-1"],
    &["disconnect", "--yes"],
    &["export", "--out", "out"],
    &["report", "--html", "tickets.html"],
];

#[test]
fn no_command_obeys_other_code() {
    let stand = Stand::new();
    for words in COMMANDS {
        for name in
            ["issue_comment", "schedule", "workflow_run", "pull_request_target", "an_event_of_tomorrow"]
        {
            let event = Event::of(name, payload(name), &[]);
            let ran = stand.run(&event, Checkout::Elsewhere, words);
            assert_eq!(ran.code, 2, "{words:?} {name}: {}", ran.err);
            let said = format!("{}{}", ran.out, ran.err);
            assert!(said.contains("must be at the workflow's own commit"), "{words:?} {name}: {said}");
            assert!(stand.place.sim.journal().is_empty(), "{words:?} {name}");
        }
        // in a pull request other code may lie there, and does not say where the credential goes
        stand.run(&Event::pull_request("feature", "acme/shop"), Checkout::Foreign, words);
    }
    // another checkout beside ours, named by a flag
    let nested = stand.place.root().join("pr");
    fs::create_dir_all(nested.join("src")).unwrap();
    let git = |words: &[&str]| {
        let status = std::process::Command::new("git").args(words).current_dir(&nested).status();
        assert!(status.unwrap().success(), "{words:?}");
    };
    git(&["init", "-q", "-b", "main"]);
    stand.lay(Checkout::Foreign);
    fs::copy(stand.place.root().join("casefile.yml"), nested.join("casefile.yml")).unwrap();
    git(&["add", "casefile.yml"]);
    git(&["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "x"]);
    let event = Event::of("issue_comment", payload("issue_comment"), &[]);
    let ran = stand.run(&event, Checkout::Own, &["run", "--config", "pr/casefile.yml"]);
    ran.ends_with(2).says(&["must be at the workflow's own commit"]);
}
