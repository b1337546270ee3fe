//! `casefile init`: what it writes, and what it leaves alone.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn init(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_casefile"))
        .arg("init")
        .args(words)
        .current_dir(folder)
        .env_clear()
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const CONFIGURATION: &str = ".github/casefile.yml";
const WORKFLOW: &str = ".github/workflows/casefile.yml";
const SITE: [&str; 4] = ["--site", "https://acme.atlassian.net/", "--project", "sec"];

#[test]
fn both_files_are_written_once() {
    let folder = tempfile::tempdir().unwrap();
    let done = init(folder.path(), &SITE);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let said = text(&done.stdout);
    assert!(said.contains("gh secret set JIRA_API_TOKEN") && said.contains("no remote on GitHub"), "{said}");
    assert!(text(&done.stderr).contains("+  project: SEC"), "{}", text(&done.stderr));
    let read = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
    assert!(read(CONFIGURATION).starts_with("# yaml-language-server: $schema="));
    assert!(read(CONFIGURATION).contains("url: \"https://acme.atlassian.net\""));

    // what a person changed since then stays, and the workflow comes back as the configuration has it
    fs::write(folder.path().join(CONFIGURATION), read(CONFIGURATION).replace("medium", "high")).unwrap();
    let before = [read(CONFIGURATION), read(WORKFLOW)];
    let again = init(folder.path(), &[]);
    assert!(again.status.success(), "{}", text(&again.stderr));
    assert!(text(&again.stdout).contains("nothing to do"), "{}", text(&again.stdout));
    assert_eq!([read(CONFIGURATION), read(WORKFLOW)], before);
    fs::remove_file(folder.path().join(WORKFLOW)).unwrap();
    assert!(init(folder.path(), &["--workflow-only"]).status.success());
    assert_eq!(read(WORKFLOW), before[1]);
}

#[test]
fn a_workflow_of_the_same_name_is_left_alone_and_nothing_else_is_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join(".github/workflows")).unwrap();
    fs::write(folder.path().join(WORKFLOW), "on: push\n").unwrap();
    let refused = init(folder.path(), &SITE);
    assert_eq!(refused.status.code(), Some(2));
    let said = text(&refused.stderr);
    assert!(said.contains("already exists and does not run casefile") && said.contains("--print"), "{said}");
    assert!(!folder.path().join(CONFIGURATION).exists());
    assert_eq!(fs::read_to_string(folder.path().join(WORKFLOW)).unwrap(), "on: push\n");
    assert!(init(folder.path(), &[&SITE[..], &["--print"]].concat()).status.success());
}

#[test]
fn where_the_workflow_does_not_run_as_it_is_that_is_said() {
    let said = |remote: &str| {
        let folder = tempfile::tempdir().unwrap();
        for words in [&["init", "-q", "-b", "main"][..], &["remote", "add", "origin", remote]] {
            let status = Command::new("git").args(words).current_dir(folder.path()).status().unwrap();
            assert!(status.success(), "{words:?}");
        }
        text(&init(folder.path(), &SITE).stdout)
    };
    assert!(!said("https://github.com/acme/shop.git").contains("This repository is on"));
    for host in ["gitlab.com", "ghe.acme.example"] {
        let said = said(&format!("git@{host}:acme/shop.git"));
        assert!(
            said.contains(&format!("This repository is on {host}.")) && said.contains("docs/ci.md"),
            "{said}"
        );
    }
}

#[test]
fn a_configuration_of_its_own_is_planned_with() {
    let folder = tempfile::tempdir().unwrap();
    assert!(init(folder.path(), &SITE).status.success());
    fs::create_dir(folder.path().join("reports")).unwrap();
    let empty = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}},"results":[]}]}"#;
    fs::write(folder.path().join("reports/t.sarif"), empty).unwrap();
    let plan = Command::new(env!("CARGO_BIN_EXE_casefile"))
        .args(["plan", "--tracker", "local", "--branch", "main"])
        .current_dir(folder.path())
        .env_clear()
        .output()
        .unwrap();
    assert!(plan.status.success(), "{}", text(&plan.stderr));
    assert!(text(&plan.stderr).contains(CONFIGURATION), "{}", text(&plan.stderr));
}

#[test]
fn printing_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let done = init(folder.path(), &[&SITE[..], &["--print", "--scanner", "none"]].concat());
    assert!(done.status.success(), "{}", text(&done.stderr));
    let said = text(&done.stdout);
    assert!(said.contains("project: SEC") && said.contains("permissions: {}") && !said.contains("semgrep"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let check = |words: &[&str], expected: &str| {
        let done = init(folder.path(), words);
        assert_eq!(done.status.code(), Some(2), "{words:?}: {}", text(&done.stderr));
        assert!(text(&done.stderr).contains(expected), "{words:?}: {}", text(&done.stderr));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    };
    check(&[], "--site URL");
    check(&["--site", "https://acme.atlassian.net"], "--project KEY");
    check(&["--site", "https://acme.atlassian.net", "--project", "no key"], "not a valid Jira project key");
    check(&["--site", "http://acme.example", "--project", "SEC"], "https");
    check(&["--site", "acme", "--project", "SEC"], "acme");
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::os::unix::fs::symlink(elsewhere.path(), folder.path().join(".github")).unwrap();
    let done = init(folder.path(), &SITE);
    assert!(!done.status.success());
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn a_file_is_said_to_be_what_it_is_taken_for() {
    let folder = tempfile::tempdir().unwrap();
    let formats = |words: &[&str]| {
        let command = Command::new(env!("CARGO_BIN_EXE_casefile"))
            .arg("formats")
            .args(words)
            .current_dir(folder.path())
            .env_clear()
            .output()
            .unwrap();
        (command.status.code(), text(&command.stdout))
    };
    let npm = r#"{"auditReportVersion":2,"vulnerabilities":{},"metadata":{"vulnerabilities":{}}}"#;
    fs::write(folder.path().join("a.json"), npm).unwrap();
    let (code, said) = formats(&["a.json"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.starts_with("a.json: npm-audit, 0 findings") && said.contains("recognised by: "), "{said}");
    fs::write(folder.path().join("b.json"), r#"{"hello":1}"#).unwrap();
    let (code, said) = formats(&["a.json", "b.json", "--format", "json"]);
    assert_eq!(code, Some(3), "{said}");
    let told: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(told[0]["format"], "npm-audit");
    assert!(told[1]["format"].is_null() && told[1]["problems"][0]["message"].is_string(), "{told}");
}
