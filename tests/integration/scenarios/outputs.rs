//! What a step tells its workflow: exit code, result, outputs, summary.

use std::collections::BTreeSet;

use serde_json::json;

use super::event::Event;
use super::sarif::{found, rules};
use super::shop::{Ran, Shop};

/// A step output, as the runner reads its heredoc.
fn output(ran: &Ran, name: &str) -> Option<String> {
    let mut lines = ran.outputs.lines();
    let head = format!("{name}<<");
    let end = lines.find_map(|line| line.strip_prefix(&head))?;
    Some(lines.take_while(|line| *line != end).collect::<Vec<_>>().join("\n"))
}

#[test]
fn the_result_says_what_happened() {
    let shop = Shop::with(&rules(1));
    let ran = shop.run_well(&Event::pull_request(7, "feature", 1));
    let mut result = ran.result.clone();
    let url = format!("{}/browse/SEC-1", shop.sim.jira_url());
    assert_eq!(result["tickets"][0]["url"], json!(url));
    for id in [result["tickets"][0]["group"].take(), result["tickets"][0]["findings"][0]["id"].take()] {
        assert!(id.as_str().is_some_and(|id| id.len() == 20), "{id}");
    }
    let requests = result["requests"].take();
    assert_eq!(requests["tracker"], json!(shop.calls()));
    let finding = json!({
        "id": null, "rule": "R1", "path": "src/f1.py", "line": 3, "severity": "high", "scanner": "Finder",
    });
    let ticket = json!({
        "key": "SEC-1", "url": url, "action": "created", "group": null, "findings": [finding], "severity": "high",
        "summary": shop.ticket("SEC-1").summary, "status": "To Do", "project": "SEC",
    });
    let report = json!({
        "path": "reports/finder.sarif", "format": "sarif", "scanner": "Finder", "findings": 1, "problems": 0, "whole": true,
    });
    assert_eq!(
        result,
        json!({
            "version": 1,
            "branch": {"name": "feature", "allowed": true, "pattern": "feature"},
            "reports": [report],
            "findings": {"read": 1, "kept": 1, "set_aside": {}},
            "tickets": [ticket],
            "pull_request": {"number": 7, "annotated": true},
            "problems": [],
            "requests": null,
        })
    );
}

#[test]
fn the_step_outputs_are_those_of_the_design() {
    let shop = Shop::with(&rules(2));
    let event = Event::push("main", 1);
    let ran = shop.run_well(&event);
    let expected =
        [("keys", "SEC-1,SEC-2"), ("created", "2"), ("updated", "0"), ("resolved", "0"), ("failed", "0")];
    for (name, value) in expected {
        assert_eq!(output(&ran, name).as_deref(), Some(value), "{name}: {}", ran.outputs);
    }

    let mut more = rules(3);
    more.push(found("R1", "src/new.py", 8, "call_1(y)"));
    shop.report(&more);
    let ran = shop.run_well(&event);
    for (name, value) in [("keys", "SEC-1,SEC-2,SEC-3"), ("created", "1"), ("updated", "1")] {
        assert_eq!(output(&ran, name).as_deref(), Some(value), "{name}: {}", ran.outputs);
    }
}

#[test]
fn what_the_run_did_stands_above_what_it_left_as_it_is() {
    let shop = Shop::with(&rules(11));
    shop.run_well(&Event::push("main", 1));
    shop.report(&rules(12));
    let summary = shop.run_well(&Event::push("main", 2)).summary;
    let (seen, folded) = summary.split_once("<details><summary>11 already tracked</summary>\n\n|").unwrap();
    assert!(seen.contains("SEC-12") && !seen.contains("SEC-11]"), "{summary}");
    assert!(folded.contains("SEC-11]") && folded.contains("|\n\n</details>\n"), "{summary}");
    // a few are not worth a click
    let few = Shop::with(&rules(10));
    few.run_well(&Event::push("main", 1));
    let summary = few.run_well(&Event::push("main", 2)).summary;
    assert!(summary.contains("SEC-10]") && !summary.contains("<details>"), "{summary}");
}

#[test]
fn the_step_summary_lists_the_tickets() {
    let shop = Shop::with(&rules(2));
    let ran = shop.run_well(&Event::push("main", 1));
    for words in
        ["## casefile", "2 findings in 1 report", "/browse/SEC-1)", "/browse/SEC-2)", "created", "high"]
    {
        assert!(ran.summary.contains(words), "{words}: {}", ran.summary);
    }
}

#[test]
fn what_everybody_can_see_has_no_details() {
    let shop = Shop::with(&rules(1));
    let mut event = Event::pull_request(7, "feature", 1);
    event.payload["repository"]["visibility"] = json!("public");
    event.payload["repository"]["private"] = json!(false);
    let ran = shop.run_well(&event);
    let summary = shop.ticket("SEC-1").summary;
    let places = [ran.result.to_string(), ran.summary, ran.outputs, ran.errors, shop.description(7)];
    for place in &places {
        for secret in [summary.as_str(), "src/f1.py", "Something is wrong"] {
            assert!(!place.contains(secret), "{secret}: {place}");
        }
    }
    assert_eq!(shop.shown(7, &["SEC-1"]), ["SEC-1"]);
}

#[test]
fn exit_codes_are_those_of_the_design() {
    let event = Event::push("main", 1);
    let shop = Shop::with(&rules(1));
    let run = |arguments: &[&str]| shop.run_with(&event, arguments).code;
    assert_eq!(run(&[]), 0);
    assert_eq!((run(&["--fail-on", "high"]), run(&["--fail-on", "critical"])), (1, 0));
    assert_eq!((run(&["--fail-on", "dreadful"]), run(&["--unknown"])), (2, 2));
    assert_eq!(run(&["--reports", "nothing/*.sarif"]), 3);

    shop.write("reports/broken.sarif", "{\"version\": \"2.1.0\", \"runs\": [");
    let ran = shop.run_with(&event, &["--fail-on", "high"]);
    ran.fails(3, &["broken.sarif"]);
    assert_eq!(ran.tickets(), ["tracked SEC-1"], "the readable ones are handled");

    shop.sim.state().users[0].token = Some("another".into());
    assert_eq!(run(&["--fail-on", "high"]), 4);
    assert_eq!(run(&["--on-tracker-error", "warn"]), 3, "the report is still broken");

    shop.configure(json!({"minimum-severty": "low"}));
    let ran = shop.run(&event);
    ran.fails_early(2, &["minimum-severty", "minimum-severity"]);
    assert_eq!(shop.sim.journal().len(), 0);
}

#[test]
fn fail_on_does_not_count_what_is_set_aside() {
    let shop = Shop::with(&rules(1));
    shop.configure(json!({"fail-on": "high"}));
    let event = Event::push("main", 1);
    assert_eq!(shop.run(&event).code, 1);
    shop.go("SEC-1", "Won't Do");
    assert_eq!(shop.run(&event).code, 0);
}

#[test]
fn fail_on_counts_on_a_pull_request_only_what_its_base_lacks() {
    let shop = Shop::with(&rules(1));
    shop.configure(json!({"fail-on": "high"}));
    shop.run(&Event::push("main", 1));
    let event = |number| Event::pull_request(7, "feature", number);
    assert_eq!(shop.run(&event(2)).code, 0, "its base has it");
    shop.report(&rules(2));
    assert_eq!(shop.run(&event(3)).code, 1, "it adds one");
    assert_eq!(shop.run(&event(3)).code, 1, "and goes on having it");
    let mut grown = rules(1);
    grown.push(found("R1", "src/new.py", 8, "call_1(y)"));
    shop.report(&grown);
    assert_eq!(shop.run(&event(4)).code, 1, "it adds one to a ticket that its base has");
    assert_eq!(shop.run(&event(4)).code, 1, "and goes on having it");
}

#[test]
fn nothing_that_is_printed_is_a_workflow_command() {
    let shop = Shop::with(&[found("::error::R1", "src/##[group]a.py", 1, "::set-output name=x::y")]);
    shop.write("reports/::warning::.sarif", "{");
    let ran = shop.run(&Event::push("main", 1));
    // our own warning about the broken report
    let commands: BTreeSet<&str> = ran
        .errors
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("::")?.split([' ', ':']).next())
        .collect();
    assert_eq!(commands, BTreeSet::from(["warning"]), "{}", ran.errors);
    assert_eq!(ran.tickets(), ["created SEC-1"]);
    assert!(!ran.printed.lines().any(|line| line.trim_start().starts_with("::")), "{}", ran.printed);
    assert!(!ran.printed.contains("##[") && !ran.errors.contains("##["), "{} {}", ran.printed, ran.errors);
}
