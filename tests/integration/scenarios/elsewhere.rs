//! Runs in other CI systems than GitHub Actions, of a repository on GitHub: the same tickets, the same section, and the
//! same rules about who may write.

use std::process::Command;

use serde_json::json;

use super::event::Event;
use super::sarif::rules;
use super::shop::{Ran, Shop, only};

/// A job of a CI system with a token for GitHub.
fn job(variables: &[(&'static str, &str)]) -> Event {
    variables.iter().fold(Event::laptop(), |event, (name, value)| event.with(name, value))
}

/// Pull request 7, from a branch of this repository, with the checkout's commit as its head.
fn shop() -> Shop {
    let shop = Shop::with(&rules(1));
    pull(&shop, "acme/shop");
    shop
}

/// Pull request 7 comes from this repository, and its newest commit is checked out.
fn pull(shop: &Shop, from: &str) {
    let head = shop.head();
    let mut world = shop.sim.state();
    let repository = world.github.repository_mut("acme/shop").unwrap();
    repository.branches.insert("feature".to_owned(), head.clone());
    let pull = repository.pulls.get_mut(&7).unwrap();
    pull.head = ("feature".to_owned(), head);
    pull.head_repository = from.to_owned();
}

/// Nothing was filed, and the output says why.
fn reads_only(shop: &Shop, ran: &Ran, why: &str) {
    assert_eq!(ran.code, 0, "{}", ran.errors);
    assert_eq!(shop.open_tickets(), [""; 0], "{}", ran.errors);
    let said = ran.result["branch"].to_string() + &ran.errors;
    assert!(said.contains(why), "{why}: {said}");
}

/// The variables of pull request 7 in each system that can build one of a repository on GitHub.
fn pull_requests(head: &str) -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let of = |pairs: &[(&'static str, &str)]| {
        pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect::<Vec<_>>()
    };
    vec![
        (
            "Jenkins",
            of(&[
                ("JENKINS_URL", "x"),
                ("CHANGE_ID", "7"),
                ("CHANGE_BRANCH", "feature"),
                ("CHANGE_TARGET", "main"),
            ]),
        ),
        (
            "GitLab CI",
            of(&[
                ("GITLAB_CI", "true"),
                ("CI_EXTERNAL_PULL_REQUEST_IID", "7"),
                ("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME", "feature"),
                ("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA", head),
                ("CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY", "acme/shop"),
                ("CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY", "acme/shop"),
            ]),
        ),
        (
            "CircleCI",
            of(&[
                ("CIRCLECI", "true"),
                ("CIRCLE_BRANCH", "feature"),
                ("CIRCLE_SHA1", head),
                ("CIRCLE_PULL_REQUEST", "https://github.com/acme/shop/pull/7"),
            ]),
        ),
        (
            "Buildkite",
            of(&[
                ("BUILDKITE", "true"),
                ("BUILDKITE_BRANCH", "feature"),
                ("BUILDKITE_COMMIT", head),
                ("BUILDKITE_PULL_REQUEST", "7"),
                ("BUILDKITE_PULL_REQUEST_REPO", "git://github.com/acme/shop.git"),
            ]),
        ),
        (
            "Azure Pipelines",
            of(&[
                ("TF_BUILD", "True"),
                ("BUILD_SOURCEBRANCH", "refs/pull/7/merge"),
                ("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "7"),
                ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "feature"),
                ("SYSTEM_PULLREQUEST_SOURCECOMMITID", head),
                ("SYSTEM_PULLREQUEST_ISFORK", "False"),
            ]),
        ),
        ("TeamCity", of(&[("TEAMCITY_VERSION", "2026.1"), ("BUILD_VCS_NUMBER", head)])),
    ]
}

fn event(variables: &[(&'static str, String)]) -> Event {
    let pairs: Vec<(&'static str, &str)> =
        variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    job(&pairs)
}

#[test]
fn a_pull_request_on_github_is_annotated_from_every_system() {
    for at in 0..6 {
        let shop = shop();
        let (system, mut variables) = pull_requests(&shop.head()).swap_remove(at);
        if system == "TeamCity" {
            shop.write(
                "../parameters",
                "teamcity.pullRequest.number=7\nteamcity.pullRequest.source.branch=feature\n",
            );
            let path = shop.folder().join("parameters").display().to_string();
            variables.push(("TEAMCITY_BUILD_PROPERTIES_FILE", path));
        }
        let ran = shop.run(&event(&variables));
        assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{system}: {}", ran.errors);
        assert_eq!(ran.actions(), only("created", 1), "{system}: {}", ran.errors);
        assert_eq!(ran.result["pull_request"], json!({"number": 7, "annotated": true}), "{system}");
        assert!(shop.description(7).contains("SEC-1"), "{system}: {}", shop.description(7));
        let line = format!("{system}: branch feature, pull request #7, commit {}", &shop.head()[..7]);
        assert!(ran.errors.contains(&line), "{}", ran.errors);
        assert!(shop.run(&event(&variables)).actions() == only("tracked", 1) && shop.writes().is_empty());
    }
}

#[test]
fn a_build_of_a_branch_finds_its_pull_request() {
    let shop = shop();
    let head = shop.head();
    let branch = job(&[("CIRCLECI", "true"), ("CIRCLE_BRANCH", "feature"), ("CIRCLE_SHA1", &head)]);
    let ran = shop.run(&branch);
    assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{}", ran.errors);
    assert!(shop.description(7).contains("SEC-1"), "{}", shop.description(7));
}

#[test]
fn a_fork_never_files_whatever_the_system_says() {
    for at in 0..6 {
        let shop = shop();
        pull(&shop, "eve/shop");
        let (_, mut variables) = pull_requests(&shop.head()).swap_remove(at);
        if at == 5 {
            shop.write(
                "../parameters",
                "teamcity.pullRequest.number=7\nteamcity.pullRequest.source.branch=feature\n",
            );
            let path = shop.folder().join("parameters").display().to_string();
            variables.push(("TEAMCITY_BUILD_PROPERTIES_FILE", path));
        }
        reads_only(&shop, &shop.run(&event(&variables)), "the code comes from another repository (a fork)");
    }
    let check = |variables: &[(&'static str, &str)], why: &str| {
        let shop = shop();
        reads_only(&shop, &shop.run(&job(variables)), why);
    };
    let fork = "the code comes from another repository (a fork)";
    let change =
        [("JENKINS_URL", "x"), ("CHANGE_ID", "7"), ("CHANGE_BRANCH", "main"), ("CHANGE_FORK", "eve")];
    check(&change, fork);
    check(&[("CIRCLECI", "true"), ("CIRCLE_BRANCH", "pull/7")], fork);
    check(&[("GITLAB_CI", "true"), ("CI_COMMIT_TAG", "main")], "a tag");
    check(&[("BUILDKITE", "true"), ("BUILDKITE_BRANCH", "gh-readonly-queue/main/pr-7-abc")], "merge queue");
    let two =
        [("BUILDKITE", "true"), ("BUILDKITE_BRANCH", "main"), ("JENKINS_URL", "x"), ("BRANCH_NAME", "main")];
    check(&two, "several CI systems");
    let other = [("BUILDKITE", "true"), ("BUILDKITE_BRANCH", "main"), ("BUILDKITE_COMMIT", &"d".repeat(40))];
    check(&other, "the checkout is not at the commit that the CI system names");
}

#[test]
fn whose_a_pull_request_is_has_to_be_known() {
    let shop = shop();
    let variables = [("JENKINS_URL", "x"), ("CHANGE_ID", "7"), ("GITHUB_TOKEN", "wrong")];
    let url = shop.sim.jira_url();
    let ran = shop.run(&job(&variables).with("JIRA_BASE_URL", &url));
    assert_eq!(shop.open_tickets(), [""; 0], "{}", ran.errors);
    // of one that does not exist nobody says anything
    let ran = shop.run_with(&Event::laptop(), &["--pull-request", "999", "--branch", "main"]);
    assert_eq!((ran.code, shop.open_tickets()), (4, Vec::new()), "{}", ran.errors);
    assert!(
        ran.result["branch"].to_string().contains("neither the CI system nor GitHub says"),
        "{}",
        ran.result
    );
}

#[test]
fn flags_beat_what_the_system_says() {
    let shop = shop();
    let head = shop.head();
    let event = job(&[("CIRCLECI", "true"), ("CIRCLE_BRANCH", "main"), ("CIRCLE_SHA1", &head)]);
    let ran = shop.run_with(&event, &["--pull-request", "7", "--commit", &head, "--branch", "feature"]);
    assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{}", ran.errors);
    assert_eq!(ran.result["pull_request"]["number"], 7);
    assert!(shop.description(7).contains("SEC-1"));
    // an older commit of it changes nothing
    let ran =
        shop.run_with(&event, &["--pull-request", "7", "--commit", &"d".repeat(40), "--branch", "feature"]);
    assert!(ran.problems().contains("no longer the newest"), "{}", ran.problems());
    for wrong in [["--pull-request", "0"], ["--pull-request", "x"], ["--commit", "HEAD"]] {
        assert_eq!(shop.run_with(&event, &wrong).code, 2, "{wrong:?}");
    }
}

#[test]
fn a_trial_merge_is_a_scan_of_its_pull_request() {
    let shop = shop();
    let git = |words: &[&str]| {
        let who = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let done = Command::new("git").args(who).args(words).current_dir(shop.checkout()).status();
        assert!(done.unwrap().success(), "{words:?}");
    };
    git(&["checkout", "-q", "-b", "change"]);
    git(&["commit", "-q", "--allow-empty", "-m", "change"]);
    pull(&shop, "acme/shop");
    git(&["checkout", "-q", "--detach", "HEAD~1"]);
    git(&["commit", "-q", "--allow-empty", "-m", "base"]);
    git(&["merge", "-q", "--no-ff", "-m", "trial", "change"]);
    let change =
        [("JENKINS_URL", "x"), ("CHANGE_ID", "7"), ("CHANGE_BRANCH", "feature"), ("CHANGE_TARGET", "main")];
    let ran = shop.run(&job(&change));
    assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{}", ran.errors);
    assert_eq!(ran.result["pull_request"], json!({"number": 7, "annotated": true}));
    // a commit on top of the pull request's is another one, and no merge of it
    git(&["checkout", "-q", "change"]);
    git(&["commit", "-q", "--allow-empty", "-m", "later"]);
    let ran = shop.run(&job(&change));
    assert!(ran.problems().contains("no longer the newest"), "{}", ran.problems());
}

#[test]
fn another_hosts_repository_is_never_taken_for_githubs() {
    let shop = shop();
    let config = shop.read("../checkout/.git/config").unwrap();
    shop.write(".git/config", &config.replace("github.com", "gitlab.com"));
    let head = shop.head();
    let merge = [
        ("GITLAB_CI", "true"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_MERGE_REQUEST_PROJECT_ID", "1"),
        ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "1"),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "feature"),
        ("CI_COMMIT_SHA", &head),
    ];
    let before = shop.description(7);
    // its own configuration does not say where secrets are sent
    let ran = shop.run(&job(&merge));
    assert_eq!((ran.code, shop.open_tickets().len()), (2, 0), "{}", ran.errors);
    assert!(ran.errors.contains("set JIRA_BASE_URL in the CI system"), "{}", ran.errors);
    // where the workflow says it, in a configuration from outside the checkout
    let outside = shop.folder().join("casefile.yml");
    std::fs::write(&outside, shop.read(".github/casefile.yml").unwrap()).unwrap();
    let ran = shop.run_with(&job(&merge), &["--config", outside.to_str().unwrap()]);
    assert_eq!((ran.code, ran.actions()), (0, only("created", 1)), "{}", ran.errors);
    let asked = shop.sim.journal().into_iter().filter(|entry| entry.face == crate::simulator::Face::GitHub);
    assert_eq!(asked.count(), 0);
    assert_eq!(shop.description(7), before);
}
