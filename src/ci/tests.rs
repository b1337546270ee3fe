//! Every CI system, recognised by the variables that it sets.

use super::*;

const SHA: &str = "0123456789012345678901234567890123456789";

/// Branch, commit, pull request with its base, and source.
type Said<'s> = (Option<&'s str>, Option<&'s str>, Option<(u64, Option<&'s str>)>, CodeSource);

fn run(system: &str, marker: (&str, &str), variables: &[(&str, &str)]) -> CiRun {
    let all: Vec<_> = variables.iter().chain([&marker]).copied().collect();
    let get = |name: &str| all.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    match read(&get) {
        CiFound::One(name, run) if name == system => run,
        other => panic!("{system}: {other:?}"),
    }
}

fn check(system: &str, marker: (&str, &str), variables: &[(&str, &str)], expected: Said<'_>) {
    let run = run(system, marker, variables);
    let pull = run.pull_request.map(|number| (number, run.base.as_deref()));
    let said = (run.branch.as_deref(), run.commit.as_deref(), pull, run.source);
    assert_eq!(said, expected, "{system}: {variables:?}");
}

const OWN: CodeSource = CodeSource::Own;

#[test]
fn one_system_is_recognised_and_several_are_not_guessed_at() {
    let found = |names: &[&str]| read(&|name| names.contains(&name).then(|| "x".to_owned()));
    assert_eq!(found(&["CI", "BUILD_URL", "GIT_BRANCH"]), CiFound::Nothing);
    let several = CiFound::Several(vec!["Jenkins", "Buildkite"]);
    assert_eq!(found(&["BUILDKITE", "JENKINS_URL"]), several);
    for system in &SYSTEMS {
        let CiFound::One(name, run) = found(&[system.marker]) else { panic!("{}", system.name) };
        assert_eq!((name, run.branch, run.commit, run.pull_request), (system.name, None, None, None));
    }
    // an empty variable is treated as absent
    assert_eq!(read(&|name| (name == "CIRCLECI").then(String::new)), CiFound::Nothing);
}

#[test]
fn jenkins() {
    let check = |variables: &[(&str, &str)], expected: Said<'_>| {
        check("Jenkins", ("JENKINS_URL", "https://ci.example/"), variables, expected);
    };
    let commit = ("GIT_COMMIT", SHA);
    check(&[commit, ("BRANCH_NAME", "release/1")], (Some("release/1"), Some(SHA), None, OWN));
    check(&[commit, ("GIT_BRANCH", "origin/main")], (Some("main"), Some(SHA), None, OWN));
    check(&[commit, ("GIT_BRANCH", "refs/heads/main")], (Some("main"), Some(SHA), None, OWN));
    check(&[commit, ("GIT_BRANCH", "detached")], (None, Some(SHA), None, OWN));
    check(&[commit, ("GIT_BRANCH", "origin/pr/7/merge")], (None, Some(SHA), None, CodeSource::Unknown));
    check(&[commit, ("GIT_BRANCH", "origin/tags/v1")], (None, Some(SHA), None, CodeSource::Tag));
    check(&[commit, ("TAG_NAME", "v1"), ("BRANCH_NAME", "v1")], (None, Some(SHA), None, CodeSource::Tag));
    let pull = [
        commit,
        ("BRANCH_NAME", "PR-7"),
        ("CHANGE_ID", "7"),
        ("CHANGE_TARGET", "main"),
        ("CHANGE_BRANCH", "fix"),
    ];
    let seven = Some((7, Some("main")));
    check(&pull, (Some("fix"), None, seven, OWN));
    check(&[&pull[..], &[("CHANGE_FORK", "eve")]].concat(), (Some("fix"), None, seven, CodeSource::Fork));
    check(&pull[..4], (None, None, seven, CodeSource::Unknown));
    let name = |variables: &[(&str, &str)]| run("Jenkins", ("JENKINS_URL", "x"), variables).pipeline.unwrap();
    // the name is the same on every branch
    assert_eq!(name(&[("JOB_NAME", "team/shop/PR-7"), ("BRANCH_NAME", "PR-7")]), "team/shop");
    assert_eq!(name(&[("JOB_NAME", "team/shop")]), "team/shop");
}

#[test]
fn gitlab() {
    let check = |variables: &[(&str, &str)], expected: Said<'_>| {
        check("GitLab CI", ("GITLAB_CI", "true"), variables, expected);
    };
    let commit = ("CI_COMMIT_SHA", SHA);
    check(&[commit, ("CI_COMMIT_BRANCH", "main")], (Some("main"), Some(SHA), None, OWN));
    check(&[commit, ("CI_COMMIT_TAG", "v1")], (None, Some(SHA), None, CodeSource::Tag));
    let merge = [
        commit,
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "fix"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_PROJECT_ID", "1"),
    ];
    let seven = Some((7, Some("main")));
    let with = |more: &[(&'static str, &'static str)]| [&merge[..], more].concat();
    let own = ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "1");
    check(&with(&[own]), (Some("fix"), Some(SHA), seven, OWN));
    check(
        &with(&[("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "2")]),
        (Some("fix"), Some(SHA), seven, CodeSource::Fork),
    );
    check(&merge, (Some("fix"), Some(SHA), seven, CodeSource::Unknown));
    let head = "beefbeefbeefbeefbeefbeefbeefbeefbeefbeef";
    let merged = ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", head);
    check(&with(&[own, merged]), (Some("fix"), Some(head), seven, OWN));
    let train = ("CI_MERGE_REQUEST_EVENT_TYPE", "merge_train");
    check(&with(&[own, merged, train]), (Some("fix"), Some(head), seven, CodeSource::Queue));
    let external = [
        commit,
        ("CI_COMMIT_BRANCH", "fix"),
        ("CI_EXTERNAL_PULL_REQUEST_IID", "7"),
        ("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME", "fix"),
        ("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY", "acme/shop"),
        ("CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY", "Acme/shop"),
    ];
    check(&external, (Some("fix"), Some(SHA), seven, OWN));
    check(&external[..6], (Some("fix"), Some(SHA), seven, CodeSource::Unknown));
    let job = |name: &str| run("GitLab CI", ("GITLAB_CI", "true"), &[("CI_JOB_NAME", name)]).job.unwrap();
    assert_eq!(job("scan 2/5"), "scan");
    assert_eq!(job("scan: [a, 1/2]"), "scan: [a, 1/2]");
    assert_eq!(job("scan all"), "scan all");
}

#[test]
fn circleci() {
    let check = |variables: &[(&str, &str)], expected: Said<'_>| {
        check("CircleCI", ("CIRCLECI", "true"), variables, expected);
    };
    let (commit, branch) = (("CIRCLE_SHA1", SHA), ("CIRCLE_BRANCH", "fix"));
    check(&[commit, branch], (Some("fix"), Some(SHA), None, OWN));
    check(&[commit, ("CIRCLE_TAG", "v1")], (None, Some(SHA), None, CodeSource::Tag));
    let page = ("CIRCLE_PULL_REQUEST", "https://github.com/acme/shop/pull/7");
    check(&[commit, branch, page], (Some("fix"), Some(SHA), Some((7, None)), OWN));
    let several =
        ("CIRCLE_PULL_REQUESTS", "https://github.com/acme/shop/pull/7,https://github.com/acme/shop/pull/8");
    check(&[commit, branch, page, several], (Some("fix"), Some(SHA), None, OWN));
    let fork = Some((7, None));
    check(&[commit, ("CIRCLE_BRANCH", "pull/7")], (None, Some(SHA), fork, CodeSource::Fork));
    check(&[commit, branch, ("CIRCLE_PR_NUMBER", "7")], (Some("fix"), Some(SHA), fork, CodeSource::Fork));
}

#[test]
fn buildkite() {
    let check = |variables: &[(&str, &str)], expected: Said<'_>| {
        check("Buildkite", ("BUILDKITE", "true"), variables, expected);
    };
    let (commit, branch) = (("BUILDKITE_COMMIT", SHA), ("BUILDKITE_BRANCH", "fix"));
    check(&[commit, branch, ("BUILDKITE_PULL_REQUEST", "false")], (Some("fix"), Some(SHA), None, OWN));
    check(&[("BUILDKITE_COMMIT", "HEAD"), branch], (Some("fix"), None, None, OWN));
    check(&[commit, branch, ("BUILDKITE_TAG", "v1")], (None, Some(SHA), None, CodeSource::Tag));
    let pull = [commit, ("BUILDKITE_PULL_REQUEST", "7"), ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main")];
    let seven = Some((7, Some("main")));
    let address = "git://github.com/eve/shop.git";
    let from =
        [&pull[..], &[("BUILDKITE_BRANCH", "eve:fix"), ("BUILDKITE_PULL_REQUEST_REPO", address)]].concat();
    check(&from, (Some("fix"), Some(SHA), seven, CodeSource::At(address.to_owned())));
    check(&[&pull[..], &[branch]].concat(), (Some("fix"), Some(SHA), seven, CodeSource::Unknown));
}

#[test]
fn azure_pipelines() {
    let check = |variables: &[(&str, &str)], expected: Said<'_>| {
        check("Azure Pipelines", ("TF_BUILD", "True"), variables, expected);
    };
    let commit = ("BUILD_SOURCEVERSION", SHA);
    check(
        &[commit, ("BUILD_SOURCEBRANCH", "refs/heads/release/1")],
        (Some("release/1"), Some(SHA), None, OWN),
    );
    check(&[commit, ("BUILD_SOURCEBRANCH", "refs/tags/v1")], (None, Some(SHA), None, CodeSource::Tag));
    let head = "beefbeefbeefbeefbeefbeefbeefbeefbeefbeef";
    let pull = [
        commit,
        ("BUILD_SOURCEBRANCH", "refs/pull/7/merge"),
        ("SYSTEM_PULLREQUEST_PULLREQUESTID", "512"),
        ("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "7"),
        ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "refs/heads/fix"),
        ("SYSTEM_PULLREQUEST_TARGETBRANCH", "main"),
        ("SYSTEM_PULLREQUEST_SOURCECOMMITID", head),
    ];
    let seven = Some((7, Some("main")));
    let with = |fork| [&pull[..], &[("SYSTEM_PULLREQUEST_ISFORK", fork)]].concat();
    check(&with("False"), (Some("fix"), Some(head), seven, OWN));
    check(&with("True"), (Some("fix"), Some(head), seven, CodeSource::Fork));
    check(&pull, (Some("fix"), Some(head), seven, CodeSource::Unknown));
    check(&pull[..2], (None, None, Some((7, None)), CodeSource::Unknown));
    let page = [
        ("SYSTEM_COLLECTIONURI", "https://dev.azure.com/acme/"),
        ("SYSTEM_TEAMPROJECT", "My shop"),
        ("BUILD_BUILDID", "9"),
    ];
    let run = run("Azure Pipelines", ("TF_BUILD", "True"), &page);
    assert_eq!(run.url.as_deref(), Some("https://dev.azure.com/acme/My%20shop/_build/results?buildId=9"));
}

#[test]
fn bitbucket_pipelines() {
    let check = |variables: &[(&str, &str)], expected: Said<'_>| {
        check("Bitbucket Pipelines", ("BITBUCKET_BUILD_NUMBER", "9"), variables, expected);
    };
    let (commit, branch) = (("BITBUCKET_COMMIT", SHA), ("BITBUCKET_BRANCH", "fix"));
    check(&[commit, branch], (Some("fix"), Some(SHA), None, OWN));
    check(&[commit, ("BITBUCKET_TAG", "v1")], (None, Some(SHA), None, CodeSource::Tag));
    let pull = [commit, branch, ("BITBUCKET_PR_ID", "7"), ("BITBUCKET_PR_DESTINATION_BRANCH", "main")];
    check(&pull, (Some("fix"), Some(SHA), Some((7, Some("main"))), OWN));
}

#[test]
fn teamcity() {
    let folder = tempfile::tempdir().unwrap();
    let (build, configuration) = (folder.path().join("build"), folder.path().join("configuration"));
    let leads = format!("teamcity.configuration.properties.file={}\n", configuration.display());
    std::fs::write(&build, leads).unwrap();
    let check = |parameters: &str, expected: Said<'_>| {
        std::fs::write(&configuration, parameters).unwrap();
        let variables =
            [("BUILD_VCS_NUMBER", SHA), ("TEAMCITY_BUILD_PROPERTIES_FILE", build.to_str().unwrap())];
        check("TeamCity", ("TEAMCITY_VERSION", "2026.1"), &variables, expected);
    };
    check("teamcity.build.branch=main\n", (Some("main"), Some(SHA), None, OWN));
    check(
        "teamcity.build.branch=<default>\nvcsroot.branch=refs/heads/main\n",
        (Some("main"), Some(SHA), None, OWN),
    );
    check("vcsroot.branch=refs/heads/main\n", (Some("main"), Some(SHA), None, OWN));
    check("teamcity.build.branch=tags/v1\n", (None, Some(SHA), None, CodeSource::Tag));
    check("teamcity.build.branch=pull/7\n", (None, Some(SHA), None, CodeSource::Unknown));
    check("", (None, Some(SHA), None, OWN));
    check(
        "teamcity.build.branch=pull/7\nteamcity.pullRequest.number=7\nteamcity.pullRequest.source.branch=fix\n\
         teamcity.pullRequest.target.branch=refs/heads/main\n",
        (Some("fix"), Some(SHA), Some((7, Some("main"))), CodeSource::Unknown),
    );
    std::fs::write(&configuration, "teamcity.serverUrl=https\\://tc.example\\:8111/\nteamcity.build.id=42\n")
        .unwrap();
    let file = ("TEAMCITY_BUILD_PROPERTIES_FILE", build.to_str().unwrap());
    let url = run("TeamCity", ("TEAMCITY_VERSION", "x"), &[file]).url;
    assert_eq!(url.as_deref(), Some("https://tc.example:8111/viewLog.html?buildId=42"));
}

#[test]
fn what_cannot_be_what_it_claims_is_left_out() {
    let run = |name: &str, value: &str| {
        run("Jenkins", ("JENKINS_URL", "x"), &[(name, value), ("BRANCH_NAME", "main")])
    };
    for commit in ["HEAD", "main", "0123", &"g".repeat(40), "--help"] {
        assert_eq!(run("GIT_COMMIT", commit).commit, None, "{commit}");
    }
    assert_eq!(run("GIT_COMMIT", &SHA.replace('0', "A")).commit, Some(SHA.replace('0', "a")));
    for url in ["javascript:alert(1)", "not a page", "https://user:secret@ci.example/1"] {
        assert_eq!(run("BUILD_URL", url).url, None, "{url}");
    }
    assert!(run("BUILD_URL", "http://ci.example/job/1/").url.is_some());
}
