//! The whole `run` against simulated services that take their time to answer: a first run, and one in which nothing
//! changed.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::{casefile, head, row, shown, taken};

#[path = "../../tests/simulator/lib.rs"]
mod simulator;

use simulator::{Options, Simulator};

/// How long each answer takes, and how many groups there are.
const LATENCIES: [u64; 3] = [0, 50, 150];
const GROUPS: [usize; 3] = [10, 200, 2_000];

/// How many requests are under way at once at most.
const AT_ONCE: u32 = 4;

pub(crate) fn table() {
    head(
        "Requests: the whole `run` on a push, Jira Cloud",
        &["groups", "latency", "run", "time", "Jira", "GitHub", "target", "requests × latency ÷ 4"],
    );
    for latency in LATENCIES.map(Duration::from_millis) {
        for groups in GROUPS {
            let simulator = Simulator::start(Options { latency, ..Options::default() });
            let folder = tempfile::tempdir().expect("a temporary folder");
            arrange(folder.path(), &simulator, groups);
            for run in ["first", "unchanged"] {
                let before = simulator.journal().len();
                let time = taken(&mut command(folder.path(), &simulator)).time;
                let journal = simulator.journal().split_off(before);
                let jira = journal.iter().filter(|entry| entry.face != simulator::Face::GitHub).count();
                let requests = u32::try_from(journal.len()).expect("a number of requests");
                row(&[
                    &groups.to_string(),
                    &shown(latency),
                    run,
                    &shown(time),
                    &jira.to_string(),
                    &(journal.len() - jira).to_string(),
                    target(groups, latency, run),
                    &shown(latency * requests / AT_ONCE),
                ]);
            }
        }
    }
}

/// What was promised.
fn target(groups: usize, latency: Duration, run: &str) -> &'static str {
    match (groups, latency.as_millis(), run) {
        (200, 50, "first") => "900 ms, 12 requests to Jira",
        (200, 50, _) => "3 requests to Jira",
        (2_000, 50, "first") => "4 s",
        (2_000, 50, _) => "1.5 s",
        _ => "",
    }
}

/// A checkout with a configuration and a report.
fn arrange(root: &Path, simulator: &Simulator, groups: usize) {
    let config = json!({
        "branches": ["main"],
        "max-new": 5_000,
        "reports": ["report.sarif"],
        "jira": {"url": simulator.jira_url(), "deployment": "cloud", "project": "SEC", "allow-networks": ["127.0.0.0/8"]},
    });
    fs::create_dir(root.join(".github")).expect("a folder");
    fs::write(root.join(".github/casefile.yml"), config.to_string()).expect("the configuration");
    fs::write(root.join("report.sarif"), report(groups).to_string()).expect("the report");
    let event = json!({
        "ref": "refs/heads/main",
        "after": head_of(root),
        "repository": {"id": 4711, "full_name": "acme/shop", "private": true, "visibility": "private", "default_branch": "main"},
    });
    fs::write(root.join("event.json"), event.to_string()).expect("the event");
}

/// A commit of the checkout, made now.
fn head_of(root: &Path) -> String {
    let git = |words: &[&str]| {
        let output = Command::new("git").args(words).current_dir(root).output().expect("git");
        assert!(output.status.success(), "git {words:?}");
        String::from_utf8(output.stdout).expect("git's answer").trim().to_owned()
    };
    git(&["init", "--quiet", "--initial-branch=main"]);
    git(&["add", "."]);
    git(&["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=all"]);
    git(&["rev-parse", "HEAD"])
}

/// One result of each of so many rules.
fn report(groups: usize) -> Value {
    let rules: Vec<Value> = (0..groups)
        .map(|at| {
            json!({"id": format!("js/rule-{at}"), "shortDescription": {"text": format!("Unchecked data reaches sink {at}")},
                "help": {"markdown": "Validate the input.\n\n```js\nsafe(input)\n```\n".repeat(8)},
                "properties": {"security-severity": "7.8", "tags": ["security", "external/cwe/cwe-079"]}})
        })
        .collect();
    let results: Vec<Value> = (0..groups)
        .map(|at| {
            json!({"ruleId": format!("js/rule-{at}"), "ruleIndex": at,
                "message": {"text": format!("This value depends on a user-provided value {at}.")},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": format!("src/handler{at}.js")},
                    "region": {"startLine": at % 997 + 1, "snippet": {"text": format!("res.send(query.value{at});")}}}}],
                "partialFingerprints": {"primaryLocationLineHash": format!("{at:016x}:1")}})
        })
        .collect();
    let driver = json!({"name": "CodeQL", "version": "2.20.0", "rules": rules});
    json!({"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]})
}

fn command(root: &Path, simulator: &Simulator) -> Command {
    let sha = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(root).output().expect("git");
    let sha = String::from_utf8(sha.stdout).expect("git's answer");
    let mut command = casefile(root);
    command
        .args(["run", "--quiet", "--no-progress", "--format=json"])
        .envs([("CI", "true"), ("GITHUB_ACTIONS", "true"), ("GITHUB_REPOSITORY", "acme/shop")])
        .envs([("GITHUB_REPOSITORY_ID", "4711"), ("GITHUB_SERVER_URL", "https://github.com")])
        .envs([("GITHUB_WORKFLOW", "CI"), ("GITHUB_JOB", "scan"), ("GITHUB_RUN_ID", "77")])
        .envs([
            ("GITHUB_EVENT_NAME", "push"),
            ("GITHUB_REF", "refs/heads/main"),
            ("GITHUB_REF_TYPE", "branch"),
        ])
        .envs([("GITHUB_REF_NAME", "main"), ("GITHUB_SHA", sha.trim()), ("GITHUB_TOKEN", "gh-token")])
        .envs([("JIRA_USER_EMAIL", "bot@example.com"), ("JIRA_API_TOKEN", "sim-token")])
        .env("GITHUB_API_URL", simulator.github_url())
        .env("GITHUB_EVENT_PATH", root.join("event.json"));
    command
}
