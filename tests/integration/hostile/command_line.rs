//! The command line as a newcomer meets it: what failed, where, what to do; and JSON that is one document.

use std::fs;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::harness::{Event, Place, run_in};
use crate::simulator::{Face, Fault, Kind, Nth};

/// The keys of a result, in their order (`docs/contract.md`).
const KEYS: [&str; 7] = ["version", "branch", "reports", "findings", "tickets", "problems", "requests"];

fn fault(path: &str, kind: Kind) -> Fault {
    Fault {
        face: Some(Face::JiraCloud),
        method: None,
        path_contains: path.to_owned(),
        nth: Nth::Every(1),
        kind,
    }
}

/// A way to break a run, and the exit code that it ends with.
type Case = (i32, &'static [&'static str], fn(&Place));

/// What can go wrong, by exit code.
const CASES: [Case; 14] = [
    (0, &[], |_| {}),
    (1, &["--fail-on", "low"], |_| {}),
    (2, &["--only", "nonsense"], |_| {}),
    (2, &["--only", "00000000000000000000"], |_| {}),
    (2, &["--reports", "a**b"], |_| {}),
    (2, &["--config", "missing.yml"], |_| {}),
    (2, &[], |place| place.configure("nonsense: true")),
    (3, &[], |place| place.write("broken.sarif", "{")),
    (3, &["--reports", "nothing*"], |_| {}),
    (4, &[], |place| place.sim.fault(fault("/search", Kind::Status(403, Vec::new(), "{}".to_owned())))),
    (4, &[], |place| {
        place.sim.fault(fault("/issue/bulk", Kind::Status(400, Vec::new(), "<html>".to_owned())))
    }),
    (4, &[], |place| place.sim.fault(fault("/myself", Kind::Status(401, Vec::new(), String::new())))),
    (4, &[], |place| place.sim.state().projects.retain(|project| project.key != "SEC")),
    (4, &[], |place| {
        place.write("casefile-export", "in the way");
        place.sim.fault(fault("/issue/bulk", Kind::Status(400, Vec::new(), "{}".to_owned())));
    }),
];

#[test]
fn json_is_one_document_whatever_happens() {
    for (code, arguments, arrange) in CASES {
        for command in ["run", "plan"] {
            let place = Place::new();
            place.fixture("plain.sarif");
            arrange(&place);
            let ran = place.pull_request(&[&[command, "--format", "json"], arguments].concat());
            let result = ran.json();
            assert_eq!(result["version"], 1);
            // a plan makes nothing, so nothing of that can be refused
            if command == "run" {
                ran.ends_with(code);
            }
            let needed: &[&str] = if ran.code == 2 { &["version", "problems"] } else { &KEYS };
            needed.iter().for_each(|key| assert!(result.get(key).is_some(), "{key}: {result}"));
            if ran.code > 1 {
                let problems = result["problems"].as_array().unwrap();
                assert!(!problems.is_empty(), "{result}");
                let text = |problem: &Value, key: &str| problem[key].as_str().map(str::len);
                for one in problems {
                    assert!(text(one, "where") > Some(0) && text(one, "message") > Some(0), "{result}");
                    assert_eq!(one.as_object().unwrap().len(), 3, "{result}");
                }
            }
        }
    }
}

#[test]
fn each_trouble_is_told_with_what_to_do() {
    for (code, arguments, arrange) in CASES.into_iter().filter(|(code, ..)| *code > 1) {
        let place = Place::new();
        place.fixture("plain.sarif");
        arrange(&place);
        let ran = place.on(
            &Event::of("push", serde_json::json!({}), &[]).seen_by(Some("private")),
            &[&["run"], arguments].concat(),
        );
        ran.ends_with(code);
        // an annotation says what to do behind what is wrong
        let said =
            ran.err.lines().filter(|line| line.starts_with("::error") || line.starts_with("::warning"));
        let advice = said.filter_map(|line| line.split_once(". ")).any(|(_, hint)| hint.len() > 10);
        assert!(advice, "no hint with {arguments:?}:\n{}", ran.err);
    }
}

/// Runs in a fresh folder that is no checkout.
fn in_folder(arrange: impl Fn(&TempDir), variables: &[(&str, &str)], arguments: &[&str]) -> (i32, String) {
    let folder = TempDir::new().unwrap();
    arrange(&folder);
    let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let output = run_in(folder.path(), &variables, arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout) + &text(output.stderr))
}

fn git(folder: &TempDir, arguments: &[&str]) {
    assert!(Command::new("git").args(arguments).current_dir(folder.path()).status().unwrap().success());
}

#[test]
fn a_newcomer_is_told_the_way_out() {
    let check =
        |arrange: &dyn Fn(&TempDir), variables: &[(&str, &str)], arguments: &[&str], code, said: &[&str]| {
            let (found, text) = in_folder(arrange, variables, arguments);
            assert_eq!(found, code, "{arguments:?}: {text}");
            for words in said {
                assert!(text.contains(words), "{arguments:?} does not say {words:?}: {text}");
            }
            assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
        };
    let nothing = |_: &TempDir| {};
    let checkout = |folder: &TempDir| git(folder, &["init", "-q", "-b", "main"]);
    let cloned = |folder: &TempDir| {
        checkout(folder);
        git(folder, &["remote", "add", "origin", "git@github.com:acme/shop.git"]);
    };
    let actions =
        [("GITHUB_ACTIONS", "true"), ("GITHUB_REPOSITORY", "acme/shop"), ("GITHUB_EVENT_NAME", "push")];
    check(&nothing, &[], &[], 2, &["Usage: casefile", "run", "plan"]);
    check(&nothing, &[], &["--version"], 0, &["casefile 0."]);
    check(&nothing, &[], &["plam"], 2, &["'plam'", "'plan'"]);
    check(&nothing, &[], &["run", "\n::error::x"], 2, &["unexpected argument"]);
    check(&nothing, &[], &["run", "--fail-on", "hgih"], 2, &["critical, high, medium, low or info"]);
    // a folder of tickets needs no server's name; Jira does
    check(
        &nothing,
        &[],
        &["run"],
        3,
        &["tracker: local, in the folder casefile-tickets/", "no file matches"],
    );
    let jira = |folder: &TempDir| {
        fs::write(folder.path().join("casefile.yml"), "jira: {project: SEC}").unwrap();
    };
    let checkout_with_jira = |folder: &TempDir| {
        checkout(folder);
        jira(folder);
    };
    let said = ["is not in a git checkout", "repository: github.com/owner/name"];
    check(&jira, &[], &["run"], 2, &said);
    check(&checkout_with_jira, &[], &["run"], 2, &["no remote `origin`", "repository:"]);
    check(
        &cloned,
        &[],
        &["run"],
        3,
        &["**/*.sarif: no file matches", "scanner", "--reports", "0 findings in 0 reports"],
    );
    check(
        &cloned,
        &[],
        &["run", "--reports", "["],
        2,
        &["`--reports [`: is not a valid glob", "current folder"],
    );
    check(&cloned, &[], &["run", "--reports", "../a.sarif"], 2, &["`..` is not allowed"]);
    check(
        &cloned,
        &[],
        &["run", "--reports", "a.sarif"],
        3,
        &["a.sarif: no file matches in /", "where it writes"],
    );
    check(&cloned, &[], &["run", "--reports", ".git"], 3, &[".git: this is a folder", "`.git/**`"]);
    check(
        &nothing,
        &[],
        &["run", "--max-new", "-1"],
        2,
        &["'-1'", "--max-new", "a whole number from 0 to 10000"],
    );
    check(&cloned, &[], &["run", "--config", "x.yml"], 2, &["x.yml", "--config"]);
    check(&cloned, &[], &["run", "--tracker", "jira"], 2, &["jira: {project: KEY}"]);
    check(&cloned, &[], &["run", "--format", "markdown"], 2, &["[possible values: text, json]"]);
    check(&cloned, &[], &["refresh", "--reports", "x"], 2, &["'--reports' is an option of run, plan"]);
    check(&cloned, &[], &["run", "--branch", ""], 3, &["`--branch`"]);
    check(&cloned, &[], &["plan", "--write-baseline", "no/such/folder/x"], 4, &["no/such/folder/x"]);
    let local = ["run", "--tracker", "local"];
    check(&nothing, &[("GITHUB_ACTIONS", "true")], &local, 2, &["GITHUB_REPOSITORY", "GITHUB_ACTIONS"]);
    check(&nothing, &[&actions[..], &[("GITHUB_EVENT_PATH", "no.json")]].concat(), &local, 4, &["no.json"]);
    check(&nothing, &actions, &["run"], 2, &["no Jira project is configured", "jira: {project: KEY}"]);
    let configured = |text: &'static str| {
        move |folder: &TempDir| {
            cloned(folder);
            fs::write(folder.path().join("casefile.yml"), text).unwrap();
        }
    };
    let tickets = |name: &'static str, text: &'static str| {
        move |folder: &TempDir| {
            configured("tracker: local")(folder);
            fs::write(folder.path().join("r.sarif"), r#"{"runs":[{"results":[{"ruleId":"R"}]}]}"#).unwrap();
            fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
            fs::write(folder.path().join(name), text).unwrap();
        }
    };
    let damaged = tickets("casefile-tickets/LOCAL-1.md", "---\nsummary: x\nstatus: [\n---\n");
    check(&damaged, &[], &["run"], 4, &["LOCAL-1.md:3: ", "  Correct that line", "casefile-export/"]);
    let in_the_way = tickets("casefile-tickets", "notes");
    check(&in_the_way, &[], &["run"], 4, &["casefile-tickets: is not a folder", "  Move it out"]);
    check(&configured("reports: []"), &[], &["plan"], 3, &["lists no reports", "--reports"]);
    check(&configured("jira: {project: SEC}"), &[], &["plan"], 2, &["JIRA_BASE_URL", "jira.url"]);
    check(&configured("jira: {projekt: SEC}\nmax-new: -1"), &[], &["plan"], 2, &["1:8", "`project`", "2:10"]);
    check(&configured("a: &a [*a]"), &[], &["plan"], 2, &["casefile.yml:1:8"]);
    check(
        &configured("jira: {project: SEC, url: \"https://acme.example\"}"),
        &[],
        &["plan"],
        4,
        &["JIRA_PERSONAL_ACCESS_TOKEN is not set", "for Jira Cloud, set JIRA_USER_EMAIL"],
    );
    check(&configured("jira: {project: SEC, url: \"http://acme.example\"}"), &[], &["plan"], 2, &["https"]);
}

#[test]
fn each_problem_of_a_configuration_is_one_of_the_result() {
    let folder = TempDir::new().unwrap();
    let wrong = "create: manul\nmax-new: -1\n";
    fs::write(folder.path().join("casefile.yml"), wrong).unwrap();
    for command in ["plan", "run", "refresh"] {
        let ran = run_in(folder.path(), &[], &[command, "--format", "json"]);
        let result: Value = serde_json::from_slice(&ran.stdout).unwrap();
        let problems = result["problems"].as_array().unwrap();
        let places: Vec<_> = problems.iter().map(|one| one["where"].as_str().unwrap()).collect();
        assert_eq!(places, ["casefile.yml:1:9", "casefile.yml:2:10"], "{result}");
        let in_a_line =
            |text: &Value| !text.as_str().unwrap().is_empty() && !text.to_string().contains("\\n");
        assert!(problems.iter().all(|one| in_a_line(&one["message"]) && in_a_line(&one["hint"])), "{result}");
    }
    let ran = run_in(folder.path(), &[], &["doctor", "--format", "json"]);
    let result: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let told = |at: usize| result["checks"][at]["message"].as_str().unwrap();
    assert!(
        told(0).starts_with("casefile.yml:1:9: ") && told(1).starts_with("casefile.yml:2:10: "),
        "{result}"
    );
}
