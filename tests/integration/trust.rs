//! SECURITY.md: who may write, what is opened, what is shown, and what never is.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::symlink;
use std::process::Command;

use serde_json::{Value, json};

use crate::hostile::harness::{Event, Place, Ran, run_in};
use crate::simulator::{Face, Fault, Kind, Nth};

/// Words of a report that nobody outside may read.
const TOLD: [&str; 7] =
    ["Ruleword", "ruleword", "Messageword", "pathword", "Toolword", "snippetword", "example.com/advice"];

fn report() -> String {
    let place = |n: u32| {
        json!({"physicalLocation": {"artifactLocation": {"uri": format!("src/pathword{n}.c")},
            "region": {"startLine": n, "snippet": {"text": "snippetword"}}}})
    };
    let result = |n: u32| json!({"ruleId": "ruleword", "level": "error", "message": {"text": "Messageword"}, "locations": [place(n)]});
    let rule = json!({"id": "ruleword", "name": "Ruleword", "helpUri": "https://example.com/advice",
        "properties": {"security-severity": "9.8"}});
    let run = json!({"tool": {"driver": {"name": "Toolword", "rules": [rule]}}, "results": [result(1), result(2), 7]});
    json!({"version": "2.1.0", "runs": [run]}).to_string()
}

fn place() -> Place {
    let place = Place::new();
    place.write("toolword-pathword.sarif", report());
    place.write("broken-pathword.sarif", r#"{"Messageword": 1, "snippetword": "#);
    place
}

/// Jira was written to in nothing.
fn files_nothing(place: &Place) {
    let written: Vec<_> = place
        .sim
        .writes()
        .iter()
        .map(ToString::to_string)
        .filter(|entry| entry.starts_with("Jira"))
        .collect();
    assert_eq!(written, [""; 0]);
}

fn private(name: &str) -> Value {
    json!({"id": 4711, "full_name": name, "private": true, "visibility": "private"})
}

fn workflow_run(event: &str, branch: &str, id: u64) -> Value {
    json!({"repository": private("acme/shop"), "workflow_run": {"event": event, "head_branch": branch,
        "head_sha": "f".repeat(40), "head_repository": {"id": id, "full_name": "eve/shop"}, "pull_requests": []}})
}

#[test]
fn code_from_elsewhere_files_nothing() {
    let queue = "gh-readonly-queue/main/pr-7-abc";
    let own = || json!({"repository": private("acme/shop")});
    let group = json!({"repository": private("acme/shop"), "merge_group": {"head_ref": format!("refs/heads/{queue}"),
        "base_ref": "refs/heads/main", "head_sha": "f".repeat(40)}});
    let target = Event { name: "pull_request_target", ..Event::pull_request("main", "eve/shop") };
    let events = [
        ("a fork", Event::pull_request("main", "eve/shop")),
        ("a fork", target),
        ("a fork", Event::of("workflow_run", workflow_run("pull_request", "main", 4712), &[])),
        ("a tag", Event::of("push", own(), &[("GITHUB_REF", "refs/tags/main"), ("GITHUB_REF_TYPE", "tag")])),
        ("a tag", Event::of("workflow_run", workflow_run("release", "main", 4711), &[])),
        ("a merge queue", Event::of("merge_group", group, &[("GITHUB_REF_NAME", queue)])),
        (
            "a merge queue",
            Event::of(
                "push",
                own(),
                &[("GITHUB_REF_NAME", queue), ("GITHUB_REF", &format!("refs/heads/{queue}"))],
            ),
        ),
        ("a merge queue", Event::of("workflow_run", workflow_run("merge_group", queue, 4711), &[])),
        ("does not say", Event::of("pull_request", own(), &[("GITHUB_HEAD_REF", "main")])),
    ];
    for (why, event) in events {
        let place = place();
        let ran = place.on(&event, &["run", "--format", "json"]);
        ran.ends_with(3);
        files_nothing(&place);
        let result = ran.json();
        assert_eq!(result["branch"]["allowed"], false, "{why}: {result}");
        assert!(
            result["branch"]["reason"].to_string().contains(why.trim_start_matches("a ")),
            "{why}: {result}"
        );
        assert_eq!(place.sim.state().issues.len(), 0);
    }
}

#[test]
fn a_fork_sees_the_tickets_that_exist_and_its_token_need_not_write() {
    let place = place();
    place.on(&Event::of("push", json!({"repository": private("acme/shop")}), &[]), &["run"]).ends_with(3);
    assert_eq!(place.sim.state().issues.len(), 1);
    place.sim.clear_journal();
    let fork = Event::pull_request("main", "eve/shop");
    place.on(&fork, &["run"]).ends_with(3);
    files_nothing(&place);
    assert!(place.body().contains("SEC-1"), "{}", place.body());
    let mut fork = Event::pull_request("main", "eve/shop");
    fork.variables.push(("GITHUB_TOKEN", "gh-read-only".to_owned()));
    place.set_body("mine");
    let ran = place.on(&fork, &["run", "-v"]);
    ran.ends_with(3).says(&["the token lacks permission", "use a `workflow_run` workflow instead"]);
    assert_eq!(place.body(), "mine");
}

#[test]
fn a_checkout_of_other_code_is_refused_where_there_are_secrets() {
    let target = || Event { name: "pull_request_target", ..Event::pull_request("main", "eve/shop") };
    let after = || Event::of("workflow_run", workflow_run("pull_request", "main", 4712), &[]);
    for mut event in [target(), after()] {
        let place = place();
        event.variables.push(("GITHUB_SHA", "a".repeat(40)));
        for format in ["text", "json"] {
            let ran = place.on(&event, &["run", "--format", format]);
            ran.ends_with(2)
                .says(&["must be at the workflow's own commit", "actions/checkout without `ref`"]);
        }
        assert!(place.sim.journal().is_empty());
    }
    for event in [target(), after()] {
        let place = place();
        place.on(&event, &["run"]).ends_with(3);
    }
}

#[test]
fn a_public_repository_tells_keys_and_counts_alone() {
    for visibility in [Some("public"), None, Some("nonsense")] {
        for arguments in [&["run", "-vv"][..], &["run", "-vv", "--format", "json"], &["run"]] {
            let place = place();
            place.configure("minimum-severity: low\nfail-on: critical");
            let ran = place.on(&Event::pull_request("feature", "acme/shop").seen_by(visibility), arguments);
            ran.ends_with(3);
            shows_nothing(&ran, &place.body());
            assert!(ran.out.contains("SEC-1") && place.body().contains("SEC-1"), "{ran:?}");
            assert!(ran.outputs.contains("SEC-1") && ran.summary.contains("SEC-1"), "{ran:?}");
        }
    }
    let place = place();
    for visibility in ["private", "internal"] {
        let ran = place.on(&Event::pull_request("feature", "acme/shop").seen_by(Some(visibility)), &["run"]);
        assert!(ran.out.contains("uleword") && place.body().contains("uleword"), "{visibility}: {ran:?}");
    }
}

/// Nothing of the report, and no severity, is on any surface that GitHub shows.
fn shows_nothing(ran: &Ran, body: &str) {
    ran.has_none_of(&TOLD);
    ran.has_none_of(&["critical", "Highest"]);
    for word in TOLD.iter().chain(&["critical"]) {
        assert!(!body.contains(word), "{word}: {body}");
    }
    let remembered = format!("{:?}", casefile::compose::section::read(body));
    assert!(!remembered.contains("uleword") && !remembered.contains("Critical"), "{remembered}");
}

#[test]
fn a_forks_run_in_a_public_repository_tells_counts_alone() {
    let place = place();
    place.on(&Event::of("push", json!({}), &[]).seen_by(Some("public")), &["run"]).ends_with(3);
    for format in ["text", "json"] {
        let fork = Event::pull_request("main", "eve/shop").seen_by(Some("public"));
        let ran = place.on(&fork, &["run", "-vv", "--format", format]);
        ran.ends_with(3);
        shows_nothing(&ran, &place.body());
        ran.has_none_of(&["SEC-", &place.sim.jira_url()]);
        assert!(!place.body().contains("SEC-"), "{}", place.body());
        assert!(place.body().contains("1 ticket"), "{}", place.body());
        let ran = place.on(
            &Event::pull_request("main", "eve/shop").seen_by(Some("public")),
            &["plan", "--format", format],
        );
        ran.has_none_of(&["SEC-"]);
        ran.has_none_of(&TOLD);
    }
}

#[test]
fn what_jira_refuses_is_not_told_where_everybody_reads() {
    let place = place();
    refuse_creates(&place);
    let ran = place.on(&Event::pull_request("feature", "acme/shop").seen_by(Some("public")), &["run", "-vv"]);
    ran.ends_with(4);
    ran.has_none_of(&TOLD);
}

/// Jira refuses each ticket, and quotes what it refuses.
fn refuse_creates(place: &Place) {
    let answer = r#"{"issues": [], "errors": [{"status": 400, "failedElementNumber": 0,
        "elementErrors": {"errorMessages": ["Messageword is too much"], "errors": {}}}]}"#;
    let kind = Kind::Status(400, vec![("content-type", "application/json".to_owned())], answer.to_owned());
    let fault = Fault {
        face: Some(Face::JiraCloud),
        method: None,
        path_contains: "/issue/bulk".to_owned(),
        nth: Nth::Every(1),
        kind,
    };
    place.sim.fault(fault);
}

/// Reads `fixtures/hostile/paths.sarif` in a checkout whose private files hold `line`; the plan's ids.
#[cfg(unix)]
fn plan_beside(line: &str) -> Value {
    let place = Place::new();
    place.configure("group-by: vulnerability");
    place.fixture("paths.sarif");
    let outside = place.root().parent().unwrap().join("outside");
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("passwd"), format!("{line}\n")).unwrap();
    for (to, from) in [(outside.join("passwd"), "link-to-passwd"), (outside.clone(), "link-to-etc")] {
        symlink(to, place.root().join(from)).unwrap();
    }
    // tracked as a file, and something that never ends since
    place.write("pipe.c", "x\n");
    place.write("own.sarif", pointing_at(&["pipe.c", "linked.c", "untracked.c", "../outside/passwd"]));
    place.write("linked.c", "x\n");
    place.commit();
    fs::remove_file(place.root().join("pipe.c")).unwrap();
    assert!(Command::new("mkfifo").arg(place.root().join("pipe.c")).status().unwrap().success());
    fs::remove_file(place.root().join("linked.c")).unwrap();
    symlink(outside.join("passwd"), place.root().join("linked.c")).unwrap();
    place.write("untracked.c", format!("{line}\n"));
    let config = place.root().join(".git/config");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("# {line}\n{text}")).unwrap();
    let ran = place.pull_request(&["run", "-vv", "--format", "json"]);
    ran.ends_with(0);
    ran.has_none_of(&[line, "root:x:0"]);
    for entry in place.sim.journal() {
        assert!(!entry.body.to_string().contains(line), "{entry}");
    }
    let result = ran.json();
    assert_eq!(result["findings"]["read"], 31);
    let mut ids: Vec<_> =
        result["tickets"].as_array().unwrap().iter().map(|one| one["findings"].clone()).collect();
    ids.sort_by_key(ToString::to_string);
    json!(ids)
}

fn pointing_at(paths: &[&str]) -> String {
    let result = |path: &&str| {
        json!({"ruleId": "r", "message": {"text": path}, "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": path}, "region": {"startLine": 1}}}]})
    };
    let run =
        json!({"tool": {"driver": {"name": "t"}}, "results": paths.iter().map(result).collect::<Vec<_>>()});
    json!({"version": "2.1.0", "runs": [run]}).to_string()
}

#[cfg(unix)]
#[test]
fn no_line_of_another_file_is_read() {
    assert_eq!(plan_beside("alpha-secret"), plan_beside("beta-secret"));
    // and a line of ours is, else this test would see nothing
    let ours = |line: &str| {
        let place = Place::new();
        place.write("src/a.c", line);
        place.write("own.sarif", pointing_at(&["src/a.c"]));
        place.commit();
        place.pull_request(&["plan", "--format", "json"]).json()["tickets"][0]["findings"].clone()
    };
    assert_ne!(ours("one"), ours("two"));
}

#[cfg(unix)]
#[test]
fn links_are_no_reports_and_no_configuration() {
    let place = Place::new();
    let outside = place.root().parent().unwrap().join("outside");
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("a.sarif"), report()).unwrap();
    fs::copy(place.root().join("casefile.yml"), outside.join("casefile.yml")).unwrap();
    symlink(outside.join("a.sarif"), place.root().join("a.sarif")).unwrap();
    symlink(&outside, place.root().join("reports")).unwrap();
    for glob in ["*.sarif", "**/*.sarif", "reports/a.sarif", "reports/*", "../outside/*.sarif", ".git/**"] {
        let ran = place.pull_request(&["run", "--reports", glob]);
        ran.ends_with(if glob.starts_with("..") { 2 } else { 3 }).says(&[glob]);
        ran.has_none_of(&TOLD);
        assert_eq!(place.sim.state().issues.len(), 0, "{glob}");
    }
    let refused = |ran: Ran| {
        ran.ends_with(2).says(&["casefile.yml", "symbolic link"]);
    };
    fs::rename(place.root().join("casefile.yml"), place.root().join("kept.yml")).unwrap();
    symlink(outside.join("casefile.yml"), place.root().join("casefile.yml")).unwrap();
    refused(place.pull_request(&["run"]));
    fs::remove_file(place.root().join("casefile.yml")).unwrap();
    symlink(&outside, place.root().join(".github")).unwrap();
    refused(place.pull_request(&["run"]));
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_of_the_checkout() {
    for (folder, tracker) in [("casefile-tickets", "local"), ("casefile-export", "jira")] {
        let place = place();
        let outside = place.root().parent().unwrap().join("outside");
        fs::create_dir_all(&outside).unwrap();
        symlink(&outside, place.root().join(folder)).unwrap();
        refuse_creates(&place);
        let ran = place.pull_request(&["run", "--tracker", tracker]);
        ran.ends_with(4).says(&[folder, "symbolic link"]);
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0, "{folder}");
    }
}

#[cfg(unix)]
#[test]
fn no_file_that_a_flag_names_is_written_through_a_link_or_over_anothers() {
    let link = |place: &Place, name: &str| {
        let outside = place.root().parent().unwrap().join("outside");
        fs::create_dir_all(&outside).unwrap();
        let to = if name == "out" { outside.clone() } else { outside.join(name) };
        symlink(to, place.root().join(name)).unwrap();
        outside
    };
    let cases: [&[&str]; 5] = [
        &["run", "--state", "s.json"],
        &["run", "--sarif-out", "out"],
        &["run", "--html", "page.html"],
        &["plan", "--write-baseline", "b.json"],
        &["export", "--out", "out/deeper"],
    ];
    for arguments in cases {
        let place = place();
        let linked = arguments[2].split('/').next().unwrap();
        let outside = link(&place, linked);
        place.pull_request(arguments).says(&[linked, "symbolic link"]);
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0, "{arguments:?}");
    }
    for arguments in [["run", "--state"], ["run", "--html"], ["plan", "--write-baseline"]] {
        let place = place();
        let report = place.root().join("toolword-pathword.sarif");
        let before = fs::read(&report).unwrap();
        let ran = place.pull_request(&[arguments[0], arguments[1], "toolword-pathword.sarif"]);
        ran.says(&["was not written by casefile"]);
        assert!(fs::read(&report).unwrap() == before, "{arguments:?}");
    }
    let place = place();
    let ran = place.pull_request(&["plan", "--write-baseline", "b.json"]);
    ran.ends_with(3).says(&["b.json", "lacks the findings of a report"]);
}

#[test]
fn no_credential_is_told_whatever_fails() {
    // each run is searched for the simulator's tokens by the harness itself
    let place = place();
    let wrong = "wrong-sEcReT-7";
    let cases: [(&str, &str, &[&str]); 8] = [
        ("JIRA_API_TOKEN", "wrong-sEcReT-7", &["PROVIDER_AUTH_REQUIRED"]),
        ("JIRA_API_TOKEN", "wrong-sEcReT-7\nx", &["PROVIDER_AUTH_REQUIRED"]),
        ("JIRA_BASE_URL", "https://user:wrong-sEcReT-7@acme.example", &["PROVIDER_BASE_URL_BLOCKED"]),
        ("JIRA_BASE_URL", "https://wrong-sEcReT-7@127.0.0.1:1/", &["PROVIDER_BASE_URL_BLOCKED"]),
        ("GITHUB_TOKEN", "wrong-sEcReT-7", &["GitHub"]),
        ("GITHUB_API_URL", "https://user:wrong-sEcReT-7@127.0.0.1:1", &["GITHUB_API_URL"]),
        ("HTTPS_PROXY", "http://user:wrong-sEcReT-7@127.0.0.1:9", &[]),
        ("HTTPS_PROXY", "wrong-sEcReT-7 :// x", &[]),
    ];
    for (name, value, said) in cases {
        for format in ["text", "json"] {
            let mut event = Event::pull_request("feature", "acme/shop");
            event.variables.push((name, value.to_owned()));
            let ran = place.on(&event, &["run", "-vv", "--format", format, "--time-limit", "20s"]);
            ran.has_none_of(&[wrong, "d3Jvbmctc0VjUmVU"]);
            ran.says(said);
            assert!(ran.code != 0, "{name}: {ran:?}");
        }
    }
    place.git(&["remote", "set-url", "origin", "https://x:wrong-sEcReT-7@github.com/acme/shop.git"]);
    let github = ("GITHUB_API_URL", place.sim.github_url());
    let variables = [github, ("GITHUB_TOKEN", "gh-token".to_owned())];
    let ran = place.run(&variables, &["run", "-vv", "--format", "json"]);
    ran.ends_with(3);
    ran.has_none_of(&[wrong]);
    for issue in place.sim.state().issues.values() {
        assert!(!format!("{issue:?}").contains(wrong));
    }
}

#[test]
fn a_secret_in_the_configuration_is_not_quoted() {
    let place = place();
    for line in [
        "jira: {project: SEC, token: wrong-sEcReT-7}",
        "jira: {url: \"https://u:wrong-sEcReT-7@acme.example\", project: SEC}",
        "proxy: \"http://u:wrong-sEcReT-7@proxy.example:3128\"\njira: {project: [wrong-sEcReT-7]}",
        "jira:\n  project: SEC\n  x: \"wrong-sEcReT-7",
    ] {
        place.write("casefile.yml", line);
        let ran = place.pull_request(&["run", "-vv"]);
        ran.ends_with(2);
        ran.has_none_of(&["wrong-sEcReT-7"]);
    }
    fs::write(place.root().join("casefile.yml"), "baseline: token.json\n").unwrap();
    place.write("token.json", "\"wrong-sEcReT-7\"");
    let output = run_in(&place.root(), &[], &["plan", "-vv"]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("wrong-sEcReT-7"), "{output:?}");
}

#[test]
fn a_pull_request_that_names_the_site_first_needs_it_in_the_workflow() {
    let place = Place::new();
    place.write("a.sarif", report().replace(",7]", "]"));
    let networks = "allow-networks: [\"127.0.0.0/8\"]";
    // what the default branch has
    place.write("casefile.yml", format!("reports: [\"*.sarif\"]\njira: {{project: SEC, {networks}}}\n"));
    let url = place.sim.jira_url();
    let own = format!("reports: [\"*.sarif\"]\njira: {{url: \"{url}\", project: SEC, {networks}}}\n");
    fs::write(place.root().join("casefile.yml"), own).unwrap();
    place.commit();
    let mut event = Event::pull_request("feature", "acme/shop");
    let refused = place.on(&event, &["run"]);
    refused.ends_with(2).says(&["the Jira site is not known", "jira-base-url", "JIRA_BASE_URL"]);
    assert_eq!(place.body().matches("casefile:start").count(), 0);

    event.variables.push(("JIRA_BASE_URL", url));
    let ran = place.on(&event, &["run", "--format", "json"]);
    ran.ends_with(0);
    assert!(place.body().contains("casefile:start"), "{}", place.body());
    // the configurations differ in nothing that counts
    assert_eq!(ran.json()["problems"], json!([]));
}
