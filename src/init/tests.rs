//! What `init` proposes for repositories of each kind, and that both files are accepted.

use std::fs;
use std::path::Path;

use super::observe::RunningScanner;
use super::*;
use crate::config::{self, Annotate, Config};

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
    Answers { site: site.to_owned(), branches, scanners, code_scanning: None, filing: None }
}

fn filing() -> Filing {
    Filing { project: "SEC".to_owned(), dependencies: "type".to_owned(), annotates: true }
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
            let found = observed.branch.as_ref().map(|branch| branch.name.as_str());
            assert_eq!(found, branch, "{files:?}");
            assert_eq!(observed.proposed(), scanners, "{files:?}");
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
fn what_other_workflows_run_is_seen() {
    use Scanner::{Gitleaks, Semgrep, Trivy};
    let check = |texts: &[&str],
                 code_scanning: Option<CodeScanning>,
                 running: &[(Scanner, &str, bool)],
                 proposed: &[Scanner]| {
        let folder = folder(&[("go.mod", "")]);
        for (text, name) in texts.iter().zip(["a.yml", "b.yml"]) {
            let path = folder.path().join(".github/workflows").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let observed = observe(folder.path());
        assert_eq!(observed.code_scanning, code_scanning, "{texts:?}");
        let found = observed.scanners.iter();
        let found: Vec<_> = found.map(|one| (one.scanner, one.workflow.as_str(), one.is_uploaded)).collect();
        assert_eq!(found, running, "{texts:?}");
        assert_eq!(observed.proposed(), proposed, "{texts:?}");
    };
    let all = [Semgrep, Trivy, Gitleaks];
    let steps = |steps: &str| format!("jobs:\n  a:\n    steps:\n{steps}");
    let trivy = steps("      - uses: aquasecurity/trivy-action@v1\n");
    check(&[&trivy], None, &[(Trivy, "a.yml", false)], &all);
    let script =
        steps("      - run: |\n          # no trivy\n          pip install semgrep # nor gitleaks\n");
    check(&[&script, &trivy], None, &[(Semgrep, "a.yml", false), (Trivy, "b.yml", false)], &all);
    check(&[&steps("      # - run: trivy fs .\n      - name: trivy\n        run: make\n")], None, &[], &all);
    let upload = "      - uses: github/codeql-action/upload-sarif@v4\n";
    let uploaded = format!("{trivy}{upload}");
    let upload_seen = Some(CodeScanning::Upload);
    check(&[&uploaded], upload_seen, &[(Trivy, "a.yml", true)], &[Semgrep, Gitleaks]);
    check(&[&uploaded, CODEQL], Some(CodeScanning::CodeQl), &[(Trivy, "a.yml", true)], &[Gitleaks]);
    // casefile's own workflow reads what it runs, and uploads what casefile has read
    let ours = format!("{uploaded}      - uses: casefile/casefile@v1\n");
    check(&[&ours], None, &[], &all);
    check(&["no: [yaml"], None, &[], &all);
}

#[test]
fn the_configuration_is_one_that_a_run_takes() {
    for site in ["https://acme.atlassian.net", "https://jira.acme.example/jira"] {
        for code_scanning in [None, Some(CodeScanning::Upload), Some(CodeScanning::CodeQl)] {
            for annotates in [true, false] {
                let answers = Answers { code_scanning, ..answers(site, Scanner::ALL.into()) };
                let config = read(&configuration(&answers, &Filing { annotates, ..filing() }));
                let jira = config.jira.unwrap();
                let url = jira.url.unwrap();
                assert_eq!((url.as_str().trim_end_matches('/'), jira.project.as_str()), (site, "SEC"));
                assert_eq!(config.reports.len(), if code_scanning.is_some() { 2 } else { 1 });
                assert_eq!(config.pull_request.annotate == Annotate::None, !annotates);
            }
        }
    }
    // a branch name that YAML would take for something else
    let odd = Answers {
        branches: vec!["*".to_owned(), "yes".to_owned(), "a#b".to_owned()],
        ..answers("https://a.atlassian.net", vec![])
    };
    read(&configuration(&odd, &filing()));
}

#[test]
fn the_workflow_passes_the_secrets_of_its_site() {
    let text = |site: &str| workflow(&answers(site, Scanner::ALL.into()), "github.com/acme/shop");
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
            for code_scanning in [None, Some(CodeScanning::Upload), Some(CodeScanning::CodeQl)] {
                let answers = Answers { code_scanning, ..answers(site, scanners.clone()) };
                let text = workflow(&answers, "github.com/acme/shop");
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
        let text = workflow(&answers("https://a.atlassian.net", vec![]), name);
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
    let answers = answers("https://acme.atlassian.net", Scanner::ALL.into());
    let answers = Answers { code_scanning: Some(CodeScanning::CodeQl), ..answers };
    let text = workflow(&answers, "github.com/acme/shop");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/workflows/init.yml");
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == text, "docs/workflows/init.yml is to be:\n{text}");
}

#[test]
fn the_closing_lines_fit_the_repository() {
    let check = |observed: &Observed, answers: &Answers, expected: &[&str], never: &[&str]| {
        let has_workflow = observed.host.may_run_workflows();
        let repository = (observed.host == Host::Github).then_some("acme/shop");
        let closing = Closing { answers, observed, repository, has_workflow };
        let said = format!("{}\n{}", closing.steps(), closing.notes().join("\n"));
        for words in expected {
            assert!(said.contains(words), "{words}: {said}");
        }
        for words in never {
            assert!(!said.contains(words), "{words}: {said}");
        }
    };
    let cloud = answers("https://acme.atlassian.net", Scanner::ALL.into());
    let github = Observed { host: Host::Github, ..Observed::default() };
    let secrets = ["gh secret set JIRA_USER_EMAIL --repo acme/shop\n", "JIRA_API_TOKEN --repo acme/shop\n"];
    check(&github, &cloud, &secrets, &["fork", "CodeQL", "This repository is on", "no remote"]);
    check(&Observed::default(), &cloud, &["no remote on GitHub"], &["--repo"]);
    let own = answers("https://jira.acme.example", vec![]);
    check(&github, &own, &["gh secret set JIRA_PERSONAL_ACCESS_TOKEN --repo acme/shop"], &["JIRA_API"]);
    let fork = Observed { is_fork: true, ..github.clone() };
    check(&fork, &cloud, &["gets no secrets", "docs/workflows/forks.yml"], &[]);
    let codeql = Answers { code_scanning: Some(CodeScanning::CodeQl), ..cloud.clone() };
    check(&github, &codeql, &["before CodeQL's analysis of it is finished", "left out of that run"], &[]);

    let running =
        |scanner, is_uploaded| RunningScanner { scanner, workflow: "sec.yml".to_owned(), is_uploaded };
    let scanned = Observed { scanners: vec![running(Scanner::Trivy, false)], ..github.clone() };
    let already = ".github/workflows/sec.yml already runs trivy; casefile reads only the reports of its own";
    check(&scanned, &cloud, &[already, "one of the two", "docs/workflows/trivy.yml"], &[]);
    check(&scanned, &own, &[already, "run it together with casefile"], &["one of the two"]);
    let two = vec![running(Scanner::Semgrep, false), running(Scanner::Trivy, false)];
    let scanned = Observed { scanners: two, ..github.clone() };
    check(&scanned, &cloud, &["already runs semgrep and trivy;", "docs/workflows/several.yml"], &[]);
    let uploaded = Observed { scanners: vec![running(Scanner::Trivy, true)], ..github };
    let alerts = Answers { code_scanning: Some(CodeScanning::Upload), ..own };
    check(&uploaded, &alerts, &["uploaded its reports"], &["already runs"]);

    let foreign = Observed { host: Host::of(Some("gitlab.com")), ..Observed::default() };
    let expected =
        ["This repository is on gitlab.com,", "docs/ci/gitlab-ci.yml", "Set JIRA_BASE_URL to https://acme"];
    check(&foreign, &cloud, &expected, &["gh secret", "Enterprise"]);
    let other = Observed { host: Host::of(Some("ghe.acme.example")), ..Observed::default() };
    let expected = [
        "is on ghe.acme.example.",
        "actions/upload-artifact",
        "docs/ci.md",
        "gh secret set JIRA_API_TOKEN\n",
    ];
    check(&other, &cloud, &expected, &["--repo"]);
}
