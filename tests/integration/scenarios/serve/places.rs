//! Several Jira sites and repositories, and the ways to GitHub.

use serde_json::json;

use super::*;
use crate::simulator::{Face, PullRequest, Repository};

/// How often GitHub was asked for something whose path holds this.
fn asked(shop: &Shop, path: &str) -> usize {
    let journal = shop.sim.journal();
    journal.iter().filter(|entry| entry.face == Face::GitHub && entry.path.contains(path)).count()
}

#[test]
fn sites_do_not_collide_and_each_has_its_own_secret() {
    let shop = filed(1);
    shop.configure(json!({
        "repository": "github.com/acme/shop",
        "serve": {"sites": {"desk-2": {
            "url": shop.sim.data_center_url(), "deployment": "data-center", "allow-networks": ["127.0.0.0/8"],
        }}},
    }));
    let own = [("JIRA_PERSONAL_ACCESS_TOKEN_DESK_2", "sim-token"), ("JIRA_WEBHOOK_SECRET_DESK_2", "another")];
    let server = Server::start(&shop, &own, &[]);
    shop.go("SEC-1", "Done");
    shop.sim.clear_journal();
    let body = webhook(&shop, "SEC-1");
    assert_eq!(server.post("/webhooks/jira/desk-2", Some(&sign(SECRET, &body)), &body), 200);
    assert_eq!(server.post("/webhooks/jira", Some(&sign("another", &body)), &body), 200);
    assert_eq!(shop.sim.journal().len(), 0);
    // the same number is another ticket there, which no pull request shows
    assert_eq!(server.post("/webhooks/jira/desk-2", Some(&sign("another", &body)), &body), 200);
    assert_eq!(shop.writes(), NOTHING);
    assert!(shop.sim.journal().iter().all(|entry| entry.face != Face::JiraCloud));
    assert!(row(&shop, "SEC-1").contains("| To Do |"));
    assert_eq!(server.tell(&shop, "SEC-1"), 200);
    assert!(row(&shop, "SEC-1").contains("| ✔ Done |"));
}

#[test]
fn only_the_tickets_own_repository_is_looked_at() {
    let shop = filed(1);
    {
        let mut desk = Repository::new(4713, "acme/desk");
        desk.add_pull(PullRequest::new(1, "acme/desk", "work", "main"));
        shop.sim.state().github.repositories.push(desk);
    }
    shop.configure(json!({"serve": {"repositories": ["github.com/acme/desk", "github.com/acme/shop"]}}));
    let server = Server::start(&shop, &[], &[]);
    assert_eq!(asked(&shop, "/repos/acme/desk"), 1);
    shop.go("SEC-1", "Done");
    shop.sim.clear_journal();
    assert_eq!(server.tell(&shop, "SEC-1"), 200);
    assert_eq!(shop.writes(), FIRST_CHANGE);
    assert_eq!(asked(&shop, "/repos/acme/desk"), 0);
}

#[test]
fn an_app_gets_a_token_for_a_repository_and_keeps_it() {
    let shop = filed(1);
    shop.sim.state().github.app = Some("4712".to_owned());
    shop.configure(json!({"repository": "github.com/acme/shop"}));
    let kind = "RSA PRIVATE KEY";
    let key = include_str!("../../../../fixtures/github-app-key.txt");
    let key = format!("-----BEGIN {kind}-----\n{key}-----END {kind}-----\n");
    let app = [("GITHUB_TOKEN", ""), ("GITHUB_APP_ID", "4712"), ("GITHUB_APP_PRIVATE_KEY", key.as_str())];
    let server = Server::start(&shop, &app, &[]);
    for status in ["In Progress", "Done"] {
        shop.go("SEC-1", status);
        assert_eq!(server.tell(&shop, "SEC-1"), 200);
        assert!(row(&shop, "SEC-1").contains(&format!("{status} |")));
    }
    assert_eq!((asked(&shop, "/installation"), asked(&shop, "/access_tokens")), (2, 1));
    let wanted = shop.sim.journal().into_iter().find(|entry| entry.path.ends_with("/access_tokens")).unwrap();
    assert_eq!(wanted.body, json!({"repositories": ["shop"], "permissions": {"pull_requests": "write"}}));
}

#[test]
fn a_public_repository_shows_no_more_than_a_run_does() {
    let shop = filed(1);
    shop.sim.state().github.repository_mut("acme/shop").unwrap().private = false;
    shop.configure(json!({"repository": "github.com/acme/shop"}));
    let server = Server::start(&shop, &[], &[]);
    shop.go("SEC-1", "Done");
    assert_eq!(server.tell(&shop, "SEC-1"), 200);
    let body = shop.description(7);
    let summary = shop.ticket("SEC-1").summary;
    assert!(body.contains("SEC-1") && body.contains("Done") && !body.contains(&summary), "{body}");
}
