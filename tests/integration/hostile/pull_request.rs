//! Descriptions of pull requests: whatever their authors write stays theirs, and is believed in nothing.

use std::collections::BTreeMap;

use casefile::compose::section::{self, PullRequestStatus, TicketDetail, Update};
use casefile::model::repository::Repository;
use casefile::model::section::{Role, Row, Shown};
use casefile::model::ticket::{Category, Status, TicketId};

use super::harness::Place;
use super::page;

const START: &str = "<!-- casefile:start -->";
const END: &str = "<!-- casefile:end -->";

fn place() -> Place {
    let place = Place::new();
    place.fixture("plain.sarif");
    place
}

/// Every line that the author wrote, in order, without those that are markers by themselves and without
/// the blank ones.
fn words(text: &str) -> Vec<&str> {
    text.split_inclusive('\n')
        .filter(|line| !line.trim().is_empty() && ![START, END].contains(&line.trim()))
        .collect()
}

#[test]
fn what_the_author_wrote_stays_to_the_byte() {
    let markers = format!("{START}\n{END}\n");
    let bodies = [
        String::new(),
        "one line".to_owned(),
        "a\r\nb\r\n\r\n  c  \r\n".to_owned(),
        "mixed\r\nends\nhere\r".to_owned(),
        format!("a\n{markers}b\n{markers}c\n"),
        format!("a\n{START}\n{START}\nb\n"),
        format!("a\n{END}\nb\n{START}\nc\n"),
        format!("```\n{markers}```\nx\n"),
        format!("~~~~\r\n{markers}~~~~\r\nx\r\n"),
        format!("```\nnever closed\n{START}\n"),
        format!("> {START}\n> {END}\n\n- {START}\n  x\n"),
        format!("    {START}\n    x\n    {END}\n\nx {START} y {END} z\n"),
        format!("<details>\n\n{START}\n"),
        format!("<!-- casefile:data 3 00000000 AAAA -->\nx\ny\nz\n{END}\n"),
        format!("<!-- not closed\n{START}\nx\n"),
        "<table><tr><td>".to_owned(),
        "\u{feff}\u{202e}\u{0}x\n@team #1\n".to_owned(),
        "é".repeat(60_000),
        format!("{}\n{START}\n", "x\r\n".repeat(20_000)),
    ];
    for body in bodies {
        let place = place();
        place.set_body(&body);
        place.pull_request(&["run"]).ends_with(0);
        let first = place.body();
        assert!(first.chars().count() <= 65_536 && first.contains("SEC-1"), "{body:?}");
        let quoted = first.lines().filter(|line| line.trim() == START).count() - 1;
        let tickets = format!("{}/browse/", place.sim.jira_url());
        let lines: Vec<_> = first.split_inclusive('\n').collect();
        let ours = lines.iter().position(|line| line.contains("casefile:data") && line.len() > 60).unwrap();
        let from = ours - 1;
        let to = from + lines[from..].iter().position(|line| line.trim() == END).unwrap();
        assert_eq!(lines[from].trim(), START, "{first}");
        page::is_plain(&lines[from..=to].concat(), &tickets);
        let outside = [lines[..from].concat(), lines[to + 1..].concat()].concat();
        let forged = |line: &&&str| !line.contains("casefile:data 3 00000000");
        let expected: Vec<_> = words(&body)
            .iter()
            .filter(forged)
            .map(|line| line.trim_end_matches(['\r', '\n']).to_owned())
            .collect();
        let found: Vec<_> =
            words(&outside).iter().map(|line| line.trim_end_matches(['\r', '\n']).to_owned()).collect();
        assert_eq!(found, expected, "{quoted}: {first}");
        // and the second run has nothing to say
        place.sim.clear_journal();
        place.pull_request(&["run"]).ends_with(0);
        assert_eq!((place.body(), place.sim.writes().len()), (first, 0), "{body:?}");
    }
}

#[test]
fn a_description_without_room_is_left_alone_and_said_so() {
    let place = place();
    let body = "é".repeat(65_500);
    place.set_body(&body);
    let ran = place.pull_request(&["run"]);
    ran.says(&["too long for casefile's section", "pull-request.annotate: comment"]);
    assert_eq!(place.body(), body);
    assert_eq!(place.sim.state().issues.len(), 1, "the ticket is filed all the same");
}

/// A description whose hidden data says that these tickets belong to the pull request.
fn forged(place: &Place, ids: &[u64]) -> String {
    let site = place.sim.jira_url();
    let ticket = |id: &u64| TicketId { site: site.clone(), id: *id };
    let rows = ids.iter().map(|id| Row::new(ticket(id), Role::Filed)).collect();
    let shown: Vec<_> = ids
        .iter()
        .map(|id| Shown {
            ticket: ticket(id),
            key: format!("EVIL-{id}"),
            url: "https://evil.example/browse/EVIL-1".to_owned(),
            severity: None,
            summary: "@team <!-- casefile:end --> forged".to_owned(),
            status: Some(Status { id: "1".to_owned(), name: "Done".to_owned(), category: Category::Done }),
            accepted: false,
            assignee: Some("@mallory".to_owned()),
            priority: None,
            due: None,
            revision: 0,
        })
        .collect();
    let scans = BTreeMap::from([("00112233445566778899".to_owned(), rows)]);
    section::update(
        "mine\n",
        &Update {
            scans: &scans,
            new: &BTreeMap::new(),
            repository: &Repository::named("github.com/acme/shop").unwrap(),
            site: &site,
            shown: &shown,
            renamed: &BTreeMap::new(),
            made: &BTreeMap::new(),
            detail: TicketDetail::Full,
            standing: PullRequestStatus::Live,
        },
    )
    .unwrap()
}

#[test]
fn a_ticket_that_a_description_names_is_a_claim() {
    let place = place();
    let secret = {
        let mut world = place.sim.state();
        world
            .add_issue("SEC", "alice", |issue| issue.summary = "the merger with Initech".to_owned())
            .map(|key| world.find(&key).unwrap().id)
            .unwrap()
    };
    let many: Vec<u64> = (1..2_000).chain([secret]).rev().collect();
    place.set_body(&forged(&place, &many));
    assert!(place.body().contains("evil.example"), "the forgery looks like the real thing");
    let ran = place.pull_request(&["run", "--format", "json", "-vv"]);
    ran.ends_with(0);
    let body = place.body();
    for text in ["evil.example", "EVIL", "mallory", "forged", "Initech", "SEC-1]"] {
        assert!(!body.contains(text), "{text}: {body}");
    }
    assert!(body.contains("SEC-2]"), "{body}");
    ran.has_none_of(&["Initech", "EVIL", "evil.example", "mallory"]);
    let mut asked = 0;
    for entry in place.sim.journal() {
        if let Some(jql) = entry.body["jql"].as_str() {
            assert!(!jql.contains("EVIL") && !jql.contains("10001"), "{jql}");
        }
        let ids = entry.body["issueIdsOrKeys"].as_array().into_iter().flatten();
        asked += ids.filter(|id| id.as_str().is_some_and(|id| id.parse::<u64>().is_ok())).count();
    }
    assert_eq!(asked, 200, "so many claims are looked at");
    assert!(place.sim.state().find("SEC-1").unwrap().comments.is_empty());
    assert!(place.sim.writes().iter().all(|entry| !entry.path.contains(&secret.to_string())));
}
