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

/// A repository with these remotes.
fn repository(remotes: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let git = |words: &[&str]| {
        let status = Command::new("git").args(words).current_dir(folder.path()).status().unwrap();
        assert!(status.success(), "{words:?}");
    };
    git(&["init", "-q", "-b", "c"]);
    for (name, url) in remotes {
        git(&["remote", "add", name, url]);
    }
    folder
}

#[test]
fn where_the_workflow_does_not_run_as_it_is_that_is_said() {
    let said = |remote: &str| {
        let folder = repository(&[("origin", remote)]);
        let said = text(&init(folder.path(), &SITE).stdout);
        assert!(folder.path().join(CONFIGURATION).exists(), "{remote}");
        (said, folder.path().join(WORKFLOW).exists())
    };
    let (github, _) = said("https://github.com/acme/shop.git");
    assert!(!github.contains("This repository is on"), "{github}");
    assert!(github.contains("gh secret set JIRA_API_TOKEN --repo acme/shop\n"), "{github}");
    let (other, has_workflow) = said("git@ghe.acme.example:acme/shop.git");
    assert!(other.contains("This repository is on ghe.acme.example.") && has_workflow, "{other}");
    assert!(other.contains("actions/upload-artifact") && other.contains("docs/ci.md"), "{other}");
    for (remote, recipe) in [
        ("git@gitlab.com:acme/team/shop.git", "docs/ci/gitlab-ci.yml"),
        ("https://acme@dev.azure.com/acme/p/_git/shop", "docs/ci/azure-pipelines.yml"),
        ("https://codeberg.org/acme/shop", "docs/ci.md"),
    ] {
        let (said, has_workflow) = said(remote);
        assert!(said.contains("no workflow was written") && said.contains(recipe), "{said}");
        assert!(!has_workflow && !said.contains("gh secret"), "{said}");
    }
    let folder = repository(&[("origin", "git@gitlab.com:acme/shop.git")]);
    let refused = init(folder.path(), &["--site", SITE[1], "--workflow-only"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("docs/ci/gitlab-ci.yml"), "{}", text(&refused.stderr));
}

#[test]
fn in_a_clone_of_a_fork_that_is_said() {
    let folder = repository(&[
        ("origin", "git@github.com:me/shop.git"),
        ("upstream", "https://github.com/acme/shop.git"),
    ]);
    let said = text(&init(folder.path(), &SITE).stdout);
    assert!(said.contains("forks.yml") && said.contains("--repo me/shop"), "{said}");
}

#[test]
fn a_branch_that_is_only_assumed_is_said() {
    let folder = repository(&[("origin", "git@github.com:acme/shop.git")]);
    let refs = folder.path().join(".git/refs/remotes/origin");
    fs::create_dir_all(&refs).unwrap();
    for name in ["c", "main"] {
        fs::write(refs.join(name), "0123456789012345678901234567890123456789\n").unwrap();
    }
    let said = text(&init(folder.path(), &SITE).stdout);
    assert!(said.contains("findings on `main`") && said.contains("change `branches` in"), "{said}");
    let workflow = fs::read_to_string(folder.path().join(WORKFLOW)).unwrap();
    assert!(workflow.contains("branches: [main]"), "{workflow}");
    let folder = repository(&[]);
    let said = text(&init(folder.path(), &[&SITE[..], &["--branches", "c"]].concat()).stdout);
    assert!(!said.contains("findings on `c`"), "{said}");
}

#[test]
fn a_workflow_has_the_branches_of_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let configuration = "branches: [trunk, \"release/*\"]\njira: {project: SEC}\n";
    fs::create_dir(folder.path().join(".github")).unwrap();
    fs::write(folder.path().join(CONFIGURATION), configuration).unwrap();
    let flags = ["--site", SITE[1], "--branches", "main", "--project", "OTHER"];
    let done = init(folder.path(), &flags);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let workflow = fs::read_to_string(folder.path().join(WORKFLOW)).unwrap();
    assert!(workflow.contains("branches: [trunk, \"release/*\"]"), "{workflow}");
    let said = text(&done.stderr);
    assert!(said.trim_end().lines().last().unwrap().contains("not used: --project, --branches"), "{said}");
    assert_eq!(fs::read_to_string(folder.path().join(CONFIGURATION)).unwrap(), configuration);

    // both files exist, and what would be written can be seen
    let printed = text(&init(folder.path(), &[&flags[..], &["--print"]].concat()).stdout);
    assert_eq!(printed.matches("branches: [main]").count(), 2, "{printed}");
    assert!(printed.contains("project: OTHER"), "{printed}");
}

#[test]
fn a_workflow_alone_needs_no_project() {
    let folder = tempfile::tempdir().unwrap();
    let flags =
        ["--workflow-only", "--site", "acme.atlassian.net/jira/software", "--branches", "main, release/*"];
    let done = init(folder.path(), &flags);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let workflow = fs::read_to_string(folder.path().join(WORKFLOW)).unwrap();
    assert!(workflow.contains("branches: [main, \"release/*\"]"), "{workflow}");
    assert!(workflow.contains("jira-base-url: \"https://acme.atlassian.net\""), "{workflow}");
    assert!(!folder.path().join(CONFIGURATION).exists());
}

#[test]
fn what_jira_says_is_repeated_at_the_end() {
    let check = |variables: &[(&str, &str)], expected: &str| {
        let folder = tempfile::tempdir().unwrap();
        let done = Command::new(env!("CARGO_BIN_EXE_casefile"))
            .args(["init", "--site", "http://localhost:1", "--project", "SEC"])
            .current_dir(folder.path())
            .env_clear()
            .env("JIRA_PERSONAL_ACCESS_TOKEN", "secret")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", text(&done.stderr));
        let said = text(&done.stderr);
        let (_, end) = said.rsplit_once("\n+").unwrap();
        assert_eq!(said.matches(expected).count(), 2, "{said}");
        assert!(end.contains(expected), "{said}");
    };
    check(&[], "could not be checked against Jira");
    // the token is for that site
    check(&[("JIRA_BASE_URL", "https://acme.atlassian.net")], "JIRA_BASE_URL names another site");
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
    check(&["--site", "acme", "--project", "SEC"], "write acme.atlassian.net");
    let branches = [&SITE[..], &["--branches", "main,a b"]].concat();
    check(&branches, "the branch `a b` is not valid: a branch name cannot contain a space");
    check(&[&SITE[..], &["--scanner", "none", "--scanner", "trivy"]].concat(), "contradicts");
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::os::unix::fs::symlink(elsewhere.path(), folder.path().join(".github")).unwrap();
    let done = init(folder.path(), &SITE);
    assert!(!done.status.success());
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);

    // the configuration is not written without its workflow
    fs::remove_file(folder.path().join(".github")).unwrap();
    fs::create_dir(folder.path().join(".github")).unwrap();
    let workflows = folder.path().join(".github/workflows");
    std::os::unix::fs::symlink(elsewhere.path(), &workflows).unwrap();
    assert!(!init(folder.path(), &SITE).status.success());
    assert!(!folder.path().join(CONFIGURATION).exists());
    fs::remove_file(&workflows).unwrap();
    fs::write(&workflows, "").unwrap();
    let refused = init(folder.path(), &SITE);
    assert!(text(&refused.stderr).contains(".github/workflows is not a folder"), "{}", text(&refused.stderr));
    assert!(!folder.path().join(CONFIGURATION).exists());
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
