//! New findings of a pull request that no ticket stands for: the section, the log, the summary and annotations name
//! them.

use serde_json::json;

use super::event::{Event, commit};
use super::sarif::{found, rules};
use super::shop::{Ran, Shop};
use crate::simulator::{Entry, Face};

/// The README's configuration, and a base that has the first rule's finding.
fn shop() -> Shop {
    let shop = Shop::with(&rules(1));
    shop.configure(json!({"branches": ["main", "release/*"], "minimum-severity": "medium"}));
    shop.run_well(&Event::push("main", 1));
    shop
}

/// How many requests were about the pull request.
fn on_github(shop: &Shop) -> usize {
    let about = |entry: &&Entry| entry.face == Face::GitHub && entry.path.contains("/pulls/7");
    shop.sim.journal().iter().filter(about).count()
}

/// The workflow commands of a run.
fn commands(ran: &Ran) -> Vec<&str> {
    ran.errors.lines().filter(|line| line.starts_with("::")).collect()
}

#[test]
fn the_readmes_setup_names_a_new_high_finding() {
    let shop = shop();
    shop.report(&rules(2));
    let ran = shop.run_with(&Event::pull_request(7, "feature/x", 2), &["--fail-on", "critical"]);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    let body = shop.description(7);
    let place = format!("[src/f2.py:3](https://github.com/acme/shop/blob/{}/src/f2.py#L3)", commit(2));
    for words in [
        "### casefile: 1 new finding, 1 ticket already tracked",
        "No ticket yet: filed when merged into main.",
        &format!("| 🟠&nbsp;high | Something is wrong by R2<br>{place} |"),
    ] {
        assert!(body.contains(words), "{words}: {body}");
    }
    let warning = "::warning file=src/f2.py,line=3,title=casefile%3A high%2C new::Something is wrong by R2 \
                   [filed when merged into main]";
    assert_eq!(commands(&ran), [warning]);
    let row = "new      high         Something is wrong by R2\n";
    for words in ["src/f2.py:3\n", "1 new finding: filed when merged into main\n", "tickets: 1 tracked\n"] {
        assert!(ran.errors.contains(words), "{words}: {}", ran.errors);
    }
    assert!(
        ran.errors.lines().any(|line| line.split_whitespace().eq(row.split_whitespace())),
        "{}",
        ran.errors
    );
    for words in ["1 new finding without a ticket", &place, "filed when merged into main"] {
        assert!(ran.summary.contains(words), "{words}: {}", ran.summary);
    }
    let new = &ran.result["without_ticket"];
    assert_eq!((&new["count"], &new["reasons"]), (&json!(1), &json!({"on-merge": 1})));
    let finding = &new["findings"][0];
    let told =
        [&finding["rule"], &finding["path"], &finding["line"], &finding["severity"], &finding["scanner"]];
    assert_eq!(told, [&json!("R2"), &json!("src/f2.py"), &json!(3), &json!("high"), &json!("Finder")]);
}

#[test]
fn another_commit_with_the_same_findings_writes_nothing() {
    let shop = shop();
    shop.report(&rules(2));
    shop.run(&Event::pull_request(7, "feature/x", 2));
    assert_eq!(shop.writes(), ["PATCH pulls/7 200"]);
    assert!(on_github(&shop) <= 4, "{}", on_github(&shop));
    shop.run(&Event::pull_request(7, "feature/x", 3));
    assert_eq!(shop.writes(), [""; 0]);
    assert!(on_github(&shop) <= 2, "{}", on_github(&shop));
    shop.report(&rules(1));
    shop.run(&Event::pull_request(7, "feature/x", 4));
    assert!(
        shop.description(7).contains("### casefile: 1 ticket already tracked"),
        "{}",
        shop.description(7)
    );
}

#[test]
fn jobs_side_by_side_keep_each_others_findings() {
    let shop = shop();
    shop.report(&rules(2));
    shop.run_with(&Event::pull_request(7, "feature/x", 2), &["--scope", "one"]);
    shop.report(&rules(3));
    shop.run_with(&Event::pull_request(7, "feature/x", 2), &["--scope", "two"]);
    let body = shop.description(7);
    assert!(
        body.contains("### casefile: 2 new findings that will become 2 tickets, 1 ticket already tracked"),
        "{body}"
    );
    assert_eq!((body.matches("by R2<br>").count(), body.matches("by R3<br>").count()), (1, 1), "{body}");
    for (scope, count) in [("one", 2), ("two", 3)] {
        shop.report(&rules(count));
        shop.run_with(&Event::pull_request(7, "feature/x", 3), &["--scope", scope]);
        assert_eq!(shop.writes(), [""; 0], "{scope}");
    }
}

#[test]
fn what_a_person_accepted_or_the_base_still_has_is_not_new() {
    for status in ["Won't Do", "Done"] {
        let shop = shop();
        shop.go("SEC-1", status);
        let ran = shop.run(&Event::pull_request(7, "feature/x", 2));
        assert_eq!(ran.result.get("without_ticket"), None, "{status}: {}", ran.result);
        assert!(!shop.description(7).contains("new finding"), "{status}: {}", shop.description(7));
    }
}

#[test]
fn a_public_repository_is_told_how_many() {
    let shop = shop();
    shop.report(&rules(3));
    let ran = shop.run_with(&Event::pull_request(7, "feature/x", 2).public(), &["--fail-on", "high"]);
    assert_eq!(ran.code, 1);
    let body = shop.description(7);
    for words in [
        "2 new findings that will become 2 tickets",
        "- 2 new findings (2 tickets): filed when merged into main",
        "**The check fails:** 2 findings reached `fail-on`.",
    ] {
        assert!(body.contains(words), "{words}: {body}");
    }
    assert_eq!(
        commands(&ran),
        ["::error title=casefile::fail-on was reached by 2 findings that the base does not have"]
    );
    // packed data may spell anything
    let shown: String = body.lines().filter(|line| !line.starts_with("<!-- casefile:data")).collect();
    for place in [ran.result.to_string(), ran.errors, ran.summary, shown] {
        for secret in ["src/f2.py", "Something is wrong", "R2", "high"] {
            assert!(!place.contains(secret), "{secret}: {place}");
        }
    }
}

#[test]
fn what_waits_and_what_nobody_selected_says_so() {
    let shop = Shop::with(&rules(3));
    let ran = shop.run_with(&Event::pull_request(7, "feature", 1), &["--max-new", "1"]);
    assert_eq!(ran.result["without_ticket"]["reasons"], json!({"deferred": 2}));
    assert!(
        shop.description(7).contains(
            "No ticket yet: deferred to a later run, because max-new limits how many tickets one run files."
        ),
        "{}",
        shop.description(7)
    );
    shop.configure(json!({"create": "manual"}));
    let ran = shop.run(&Event::pull_request(7, "feature", 2));
    assert_eq!(ran.result["without_ticket"]["reasons"], json!({"not-selected": 2}));
}

#[test]
fn a_branch_that_leads_nowhere_says_so() {
    let shop = shop();
    shop.report(&rules(2));
    let mut event = Event::pull_request(7, "feature/x", 2);
    event.payload["pull_request"]["base"]["ref"] = json!("stacked");
    let ran = shop.run(&event.with("GITHUB_BASE_REF", "stacked"));
    assert_eq!(ran.result["without_ticket"]["reasons"], json!({"branch-not-tracked": 1}));
}

#[test]
fn what_reaches_the_gate_is_named_everywhere() {
    let shop = shop();
    // one more place of a rule that has a ticket, and a rule that has none
    let mut more = rules(2);
    more.push(found("R1", "src/new.py", 8, "call_1(y)"));
    shop.report(&more);
    let ran = shop.run_with(&Event::pull_request(7, "feature/x", 2), &["--fail-on", "high"]);
    assert_eq!(ran.code, 1);
    let errors = [
        "::error file=src/f2.py,line=3,title=casefile%3A high%2C fail-on reached::Something is wrong by R2 \
         [filed when merged into main]",
        "::error file=src/new.py,line=8,title=casefile%3A high%2C fail-on reached::Something is wrong by R1 [SEC-1]",
    ];
    assert_eq!(commands(&ran), errors);
    assert!(
        ran.errors.contains("fail-on: high was reached by 2 findings that the base does not have: SEC-1\n"),
        "{}",
        ran.errors
    );
    let body = shop.description(7);
    let url = shop.sim.jira_url();
    for words in [
        "❌ **The check fails:** 2 findings reached `fail-on: high`, marked ❌.",
        "| ❌&nbsp;🟠&nbsp;high | Something is wrong by R2<br>[src/f2.py:3](",
        "| ❌&nbsp;🟠&nbsp;high | Something is wrong by R1<br>[src/new.py:8](",
        &format!("#L8) | [SEC-1]({url}/browse/SEC-1)<br>when merged into main |"),
    ] {
        assert!(body.contains(words), "{words}: {body}");
    }
    for words in
        ["fail-on: high was reached by 2 findings", "src/new.py:8", &format!("[SEC-1]({url}/browse/SEC-1)")]
    {
        assert!(ran.summary.contains(words), "{words}: {}", ran.summary);
    }
    let reached: Vec<_> = ran.result["fail_on"]["reached"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!([one["rule"], one["path"], one["line"], one["ticket"]]))
        .collect();
    assert_eq!(reached, [json!(["R2", "src/f2.py", 3, null]), json!(["R1", "src/new.py", 8, "SEC-1"])]);
}

#[test]
fn ten_annotations_are_the_most() {
    let shop = shop();
    shop.report(&rules(30));
    let ran = shop.run_with(&Event::pull_request(7, "feature/x", 2), &["--fail-on", "high"]);
    let told = commands(&ran);
    assert_eq!((told.len(), told.last().copied()), (10, Some("::error::and 20 more: see the step summary")));
    assert_eq!(shop.description(7).matches("| ❌&nbsp;🟠&nbsp;high |").count(), 29);
    assert!(shop.description(7).contains("<details><summary>19 more</summary>"));
}

#[test]
fn a_forks_pull_request_without_secrets_ends_well_and_says_why() {
    let shop = shop();
    shop.sim.clear_journal();
    let dependabot = Event::pull_request(7, "dependabot/npm", 2).with("GITHUB_ACTOR", "dependabot[bot]");
    for (event, whose) in [(Event::fork(7, "feature", 2), "a fork"), (dependabot, "Dependabot")] {
        let ran = shop.run_with(&event.with("JIRA_API_TOKEN", ""), &["--fail-on", "high"]);
        assert_eq!(ran.code, 0, "{}", ran.errors);
        let [note] = commands(&ran).try_into().unwrap();
        for words in
            ["::notice title=casefile::", whose, "no secrets", "`fail-on` was not checked", "docs/workflows/"]
        {
            assert!(note.contains(words), "{words}: {note}");
        }
        assert!(ran.summary.contains("no secrets"), "{}", ran.summary);
        assert_eq!(shop.calls(), 0);
    }
    // a push that lacks them is wrongly set up
    let ran = shop.run(&Event::push("main", 3).with("JIRA_API_TOKEN", ""));
    ran.fails_early(4, &["PROVIDER_AUTH_REQUIRED"]);
}

#[test]
fn a_run_that_ends_early_leaves_one_annotation_and_a_summary() {
    let shop = shop();
    shop.write(".github/casefile.yml", "branches: [main]\nminimum-severty: low\njira: {project: SEC}\n");
    let ran = shop.run(&Event::push("main", 2));
    ran.fails_early(2, &["minimum-severty"]);
    let [error] = commands(&ran).try_into().unwrap();
    assert!(error.starts_with("::error file=.github/casefile.yml,line=2,title=casefile%3A "), "{error}");
    assert_eq!(ran.errors.matches("minimum-severty").count(), 1, "{}", ran.errors);
    for words in ["The run ended early.", "minimum-severty", ".github/casefile.yml:2"] {
        assert!(ran.summary.contains(words), "{words}: {}", ran.summary);
    }
}

#[test]
fn a_step_that_did_well_says_what_it_did() {
    let shop = Shop::with(&rules(2));
    let ran = shop.run_well(&Event::push("main", 1));
    let page = format!("{}/browse/SEC-1", shop.sim.jira_url());
    for words in [
        "configuration: .github/casefile.yml; tracker: Jira at",
        "created  high  SEC-1  ",
        "src/f1.py:3",
        &page,
        "2 findings in 1 report",
        "tickets: 2 created",
    ] {
        assert!(ran.errors.contains(words), "{words}: {}", ran.errors);
    }
    assert_eq!(commands(&ran), [""; 0]);
}

#[test]
fn a_workflow_that_takes_reports_up_has_the_scans_of_the_one_that_made_them() {
    let shop = shop();
    shop.report(&[]);
    let head = json!({"id": 4711, "full_name": "acme/shop"});
    let mut event = Event::dispatch(json!({}))
        .with("GITHUB_EVENT_NAME", "workflow_run")
        .with("GITHUB_WORKFLOW", "of forks");
    event.payload["workflow_run"] = json!({
        "name": "CI", "event": "pull_request", "head_branch": "feature", "head_sha": commit(9), "head_repository": head,
    });
    shop.sim.state().github.pull_mut("acme/shop", 7).unwrap().head.1 = commit(9);
    let ran = shop.run(&event);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    assert!(
        shop.description(7).contains("1 ticket resolved when merged"),
        "{} {}",
        shop.description(7),
        ran.errors
    );
}
