//! What `init` proposes for repositories of each kind, and that both files are accepted.

use std::fs;
use std::path::Path;

use super::*;
use crate::config::{self, Config};

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn answers(site: &str, scanners: Vec<Scanner>) -> Answers {
    let branches = ["main", "release/*"].map(str::to_owned).into();
    Answers {
        site: site.to_owned(),
        project: "SEC".to_owned(),
        branches,
        dependencies: "type".to_owned(),
        scanners,
    }
}

fn read(text: &str) -> Config {
    config::parse(text, CONFIGURATION).unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
}

const CODEQL: &str = "jobs:\n  a:\n    steps:\n      - uses: github/codeql-action/analyze@v4\n";

#[test]
fn repositories_of_each_kind() {
    use Scanner::{Gitleaks, Semgrep, Trivy};
    let check =
        |files: &[(&str, &str)], branch: Option<&str>, scanners: &[Scanner], casefile: Option<&str>| {
            let folder = folder(files);
            let observed = observe(folder.path());
            assert_eq!(observed.branch.as_deref(), branch, "{files:?}");
            assert_eq!(Scanner::proposed(&observed), scanners, "{files:?}");
            assert_eq!(observed.casefile.as_deref(), casefile, "{files:?}");
        };
    let git = (".git/HEAD", "ref: refs/heads/trunk\n");
    // no git, and nothing in the folder
    check(&[], None, &[Semgrep, Gitleaks], None);
    check(&[git, ("src/main.py", "")], Some("trunk"), &[Semgrep, Gitleaks], None);
    // what the server calls its default branch counts, whatever is checked out
    let origin = (".git/refs/remotes/origin/HEAD", "ref: refs/remotes/origin/master\n");
    check(&[git, origin], Some("master"), &[Semgrep, Gitleaks], None);
    check(&[git, ("package-lock.json", "{}")], Some("trunk"), &[Semgrep, Trivy, Gitleaks], None);
    check(&[git, ("services/api/go.mod", "")], Some("trunk"), &[Semgrep, Trivy, Gitleaks], None);
    check(&[git, ("infra/main.tf", "")], Some("trunk"), &[Semgrep, Trivy, Gitleaks], None);
    check(&[git, ("node_modules/x/package-lock.json", "{}")], Some("trunk"), &[Semgrep, Gitleaks], None);
    // CodeQL already runs: its alerts are read
    check(&[git, (".github/workflows/codeql.yml", CODEQL)], Some("trunk"), &[Gitleaks], None);
    let commented = "# - uses: github/codeql-action/analyze@v4\n";
    check(&[git, (".github/workflows/a.yml", commented)], Some("trunk"), &[Semgrep, Gitleaks], None);
    let ours = "      - uses: casefile/casefile@v0.1.0\n";
    check(
        &[git, (".github/workflows/sec.yaml", ours)],
        Some("trunk"),
        &[Semgrep, Gitleaks],
        Some("sec.yaml"),
    );
}

#[test]
fn the_configuration_is_one_that_a_run_takes() {
    for site in ["https://acme.atlassian.net", "https://jira.acme.example/jira"] {
        for code_scanning in [false, true] {
            let config = read(&configuration(&answers(site, Scanner::ALL.into()), code_scanning));
            let jira = config.jira.unwrap();
            let url = jira.url.unwrap();
            assert_eq!((url.as_str().trim_end_matches('/'), jira.project.as_str()), (site, "SEC"));
            assert_eq!(config.reports.len(), if code_scanning { 2 } else { 1 });
        }
    }
    // a branch name that YAML would take for something else
    let odd = Answers {
        branches: vec!["*".to_owned(), "yes".to_owned(), "a#b".to_owned()],
        ..answers("https://a.atlassian.net", vec![])
    };
    read(&configuration(&odd, false));
}

#[test]
fn the_workflow_passes_the_secrets_of_its_site() {
    let text = |site: &str| {
        workflow(&answers(site, Scanner::ALL.into()), &Observed::default(), "github.com/acme/shop")
    };
    let cloud = text("https://acme.atlassian.net");
    assert!(cloud.contains("secrets.JIRA_API_TOKEN") && !cloud.contains("PERSONAL"));
    let own = text("https://jira.acme.example");
    assert!(own.contains("secrets.JIRA_PERSONAL_ACCESS_TOKEN") && !own.contains("JIRA_API_TOKEN"));
}

/// Checks that every input that a workflow passes to casefile is one of the action's.
fn check_inputs(name: &str, text: &str) {
    let yaml = |text: &str| serde_saphyr::from_str::<serde_json::Value>(text).unwrap();
    let action = yaml(&fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml")).unwrap());
    let workflow = yaml(text);
    let jobs = workflow["jobs"].as_object().unwrap().values();
    let steps = jobs.filter_map(|job| job["steps"].as_array()).flatten();
    let own = |step: &&serde_json::Value| {
        step["uses"].as_str().is_some_and(|used| used.starts_with("casefile/casefile@"))
    };
    for step in steps.filter(own) {
        for input in step["with"].as_object().into_iter().flat_map(|with| with.keys()) {
            assert!(action["inputs"].get(input).is_some(), "{name}: `{input}` is not an input of action.yml");
        }
    }
}

#[test]
fn casefile_gets_only_inputs_that_the_action_has() {
    for site in ["https://acme.atlassian.net", "https://jira.acme.example"] {
        for scanners in [vec![], Scanner::ALL.into()] {
            for has_code_scanning in [false, true] {
                let observed = Observed { has_code_scanning, ..Observed::default() };
                let text = workflow(&answers(site, scanners.clone()), &observed, "github.com/acme/shop");
                assert_eq!(text.matches("casefile/casefile@").count(), 2, "{text}");
                check_inputs(site, &text);
            }
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/workflows");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        check_inputs(&path.display().to_string(), &fs::read_to_string(&path).unwrap());
    }
}

#[test]
fn schedules_start_at_different_minutes() {
    let minute = |name: &str| {
        let text = workflow(&answers("https://a.atlassian.net", vec![]), &Observed::default(), name);
        let (_, rest) = text.split_once("cron: \"").unwrap();
        rest.split(' ').next().unwrap().parse::<u32>().unwrap()
    };
    let minutes: std::collections::BTreeSet<u32> =
        (0..100).map(|n| minute(&format!("github.com/a/{n}"))).collect();
    assert!(minutes.len() > 30 && minutes.iter().all(|minute| (1..60).contains(minute)), "{minutes:?}");
}

/// The workflow in the documentation is what `init` writes, so that workflow linters check it.
#[test]
fn the_workflow_in_the_documentation_is_what_is_written() {
    let observed = Observed { has_code_scanning: true, ..Observed::default() };
    let text = workflow(
        &answers("https://acme.atlassian.net", Scanner::ALL.into()),
        &observed,
        "github.com/acme/shop",
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/workflows/init.yml");
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == text, "docs/workflows/init.yml is to be:\n{text}");
}
