//! `casefile disconnect`: every mark goes, the tickets and the texts of people stay.

use serde_json::json;

use super::event::Event;
use super::sarif::rules;
use super::shop::{Deployment, Ran, Shop};
use crate::simulator::{Kind, Moment, Nth, RemoteLink};

/// What the author wrote into the description of pull request 7.
const AUTHORS: &str = "What this does.\r\n\r\nAnd why.";

/// A shop with two tickets, one of them done, a section, a comment and a timeline.
fn connected() -> Shop {
    connected_on(Deployment::Cloud)
}

/// The same with this Jira.
fn connected_on(deployment: Deployment) -> Shop {
    let shop = Shop::on(deployment);
    shop.report(&rules(2));
    shop.configure(json!({"pull-request": {"annotate": "both"}, "jira": {"labels": ["security"]}}));
    shop.run_well(&Event::pull_request(7, "feature", 1));
    shop.go("SEC-1", "Done");
    shop.command(&Event::schedule(), &["refresh"]);
    let mut world = shop.sim.state();
    assert_eq!(world.github.pull("acme/shop", 7).unwrap().comments.len(), 2);
    world.add_issue("SEC", "alice", |issue| issue.labels = vec!["casefile-friends".to_owned()]);
    drop(world);
    shop
}

fn disconnect(shop: &Shop, words: &[&str]) -> Ran {
    shop.command(&Event::schedule(), &[&["disconnect"], words].concat())
}

/// Nothing of casefile is left, and all of people.
fn is_clean(shop: &Shop) {
    for key in ["SEC-1", "SEC-2"] {
        let ticket = shop.ticket(key);
        assert_eq!((ticket.labels, ticket.properties.len()), (vec!["security".to_owned()], 0), "{key}");
        assert!(ticket.remote_links.is_empty(), "{:?}", ticket.remote_links);
    }
    assert_eq!(shop.ticket("SEC-3").labels, ["casefile-friends"]);
    let world = shop.sim.state();
    let pull = world.github.pull("acme/shop", 7).unwrap();
    assert_eq!(pull.body.as_deref().unwrap(), AUTHORS);
    assert!(pull.comments.is_empty(), "{:?}", pull.comments);
}

#[test]
fn it_shows_first_and_writes_nothing() {
    let shop = connected();
    let before = shop.description(7);
    let ran = disconnect(&shop, &[]);
    assert_eq!((ran.code, shop.writes(), shop.description(7)), (0, vec![], before));
    let mut result = ran.result.clone();
    assert!(result["requests"].take().is_object());
    let ticket = |key: &str| json!({"key": key, "url": format!("{}/browse/{key}", shop.sim.jira_url()), "removed": false});
    assert_eq!(
        result,
        json!({
            "version": 1,
            "done": false,
            "tickets": [ticket("SEC-1"), ticket("SEC-2")],
            "pull_requests": [{"number": 7, "section": true, "comments": 2, "removed": false}],
            "problems": [],
            "requests": null,
        })
    );
}

#[test]
fn every_mark_goes_and_the_tickets_stay() {
    for deployment in Deployment::BOTH {
        let shop = connected_on(deployment);
        let (summary, status) = (shop.ticket("SEC-1").summary, shop.ticket("SEC-1").status);
        let ran = disconnect(&shop, &["--yes"]);
        assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{}", ran.errors);
        assert_eq!(ran.result["tickets"][0]["removed"], json!(true));
        is_clean(&shop);
        assert_eq!((shop.ticket("SEC-1").summary, shop.ticket("SEC-1").status), (summary, status));

        let again = disconnect(&shop, &["--yes"]);
        assert_eq!((again.code, shop.writes()), (0, vec![]));
        assert_eq!((&again.result["tickets"], &again.result["pull_requests"]), (&json!([]), &json!([])));
        let told = disconnect(&shop, &["--yes", "--format", "text"]).printed;
        assert_eq!(told, "no casefile marks were found: there is nothing to remove\n");
    }
}

#[test]
fn what_people_wrote_into_casefiles_comments_stays() {
    let shop = connected();
    {
        let mut world = shop.sim.state();
        let pull = world.github.pull_mut("acme/shop", 7).unwrap();
        for (at, comment) in pull.comments.iter_mut().enumerate() {
            comment.body.push_str(&format!("\n\nAlice thinks {at}.\n- and a list"));
        }
    }
    // the next change of a ticket leaves it as well
    shop.go("SEC-2", "Done");
    shop.command(&Event::schedule(), &["refresh"]);
    let comments = |shop: &Shop| -> Vec<String> {
        let world = shop.sim.state();
        let pull = world.github.pull("acme/shop", 7).unwrap();
        pull.comments.iter().map(|comment| comment.body.clone()).collect()
    };
    let told = comments(&shop);
    assert!(
        told.concat().contains("SEC-2: status changed") || told.concat().contains("): status changed"),
        "{told:?}"
    );
    for (at, comment) in told.iter().enumerate() {
        assert!(comment.contains(&format!("Alice thinks {at}.\n- and a list")), "{comment}");
    }
    let ran = disconnect(&shop, &["--yes"]);
    assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{}", ran.errors);
    assert_eq!(comments(&shop), [0, 1].map(|at| format!("Alice thinks {at}.\n- and a list")));
    let again = disconnect(&shop, &["--yes"]);
    assert_eq!((again.code, shop.writes()), (0, vec![]));
}

#[test]
fn it_is_said_where_the_marks_are_and_what_comes_next() {
    let shop = connected();
    let told = |words: &[&str]| disconnect(&shop, &[words, &["--format", "text"]].concat()).printed;
    let check = |told: String, words: &[&str]| {
        let lines: Vec<&str> = told.lines().collect();
        let starts = |(line, word): (&&str, &&str)| line.starts_with(word);
        assert!(lines.len() == words.len() && lines.iter().zip(words).all(starts), "{told}");
    };
    let [first, second, pull] =
        ["marked   SEC-1 ", "marked   SEC-2 ", "marked   #7         section, 2 comments"];
    let on = "casefile's marks are on 2 tickets and 1 pull request";
    check(told(&[]), &[first, second, pull, on, "nothing was changed; `casefile disconnect --yes` removes"]);
    shop.fault("/issue/10001", Nth::Every(1), Kind::Status(403, Vec::new(), "{}".to_owned()));
    let left = "casefile's marks were removed from 1 ticket and 0 pull requests, but are still on 1 ticket \
                and 1 pull request";
    check(told(&["--yes"]), &[first, "unmarked SEC-2 ", pull, left, "run the command again"]);
    shop.sim.clear_faults();
    let off = "casefile's marks were removed from 1 ticket and 1 pull request; the tickets were kept";
    check(
        told(&["--yes"]),
        &["unmarked SEC-1 ", "unmarked #7 ", off, "remove casefile from the workflows too"],
    );
}

#[test]
fn links_to_pull_requests_go_and_peoples_links_stay() {
    let shop = connected();
    let repository = casefile::model::repository::Repository {
        host: "github.com".to_owned(),
        id: Some(4711),
        name: "acme/shop".to_owned(),
        also: Vec::new(),
    };
    let own = casefile::plan::global_ids(&repository, 7).concat();
    let link = |id: u64, global: &str| RemoteLink {
        id,
        global_id: Some(global.to_owned()),
        body: json!({"object": {"url": "https://x.example", "title": "x"}}),
    };
    shop.edit("SEC-2", |issue| {
        issue.remote_links = vec![link(1, &own), link(2, "alices")];
        issue.properties.get_mut("casefile").unwrap()["remediation"] = json!([7]);
    });
    disconnect(&shop, &["--yes"]);
    let left: Vec<_> = shop.ticket("SEC-2").remote_links.into_iter().map(|link| link.global_id).collect();
    assert_eq!(left, [Some("alices".to_owned())]);
}

#[test]
fn wherever_it_is_killed_it_can_be_finished() {
    for nth in [5, 8, 12, 14] {
        let shop = connected();
        assert!(shop.killed(&Event::schedule(), &["disconnect", "--yes"], nth, Moment::After), "{nth}");
        let ran = disconnect(&shop, &["--yes"]);
        assert_eq!(ran.code, 0, "{nth}: {}", ran.errors);
        is_clean(&shop);
    }
}

#[test]
fn a_fork_disconnects_nothing() {
    let shop = connected();
    let ran = shop.command(&Event::fork(7, "feature", 1), &["disconnect", "--yes"]);
    ran.fails_early(2, &["this run is not allowed to remove casefile's marks"]);
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn without_a_github_token_it_says_what_it_leaves() {
    let shop = connected();
    let ran = shop.command(&Event::schedule().with("GITHUB_TOKEN", ""), &["disconnect", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    assert!(ran.problems().contains("GITHUB_TOKEN is not set"), "{}", ran.problems());
    assert!(shop.description(7).contains("casefile:start"));
    disconnect(&shop, &["--yes"]);
    is_clean(&shop);
}
