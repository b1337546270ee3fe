//! `casefile report`: one page of all that was filed.

use super::event::Event;
use super::sarif::rules;
use super::shop::{Deployment, Ran, Shop};

fn report(shop: &Shop, more: &[&str]) -> Ran {
    let words = [&["report", "--html", "tickets.html"], more].concat();
    shop.command(&Event::push("main", 9), &words)
}

fn page(shop: &Shop) -> String {
    std::fs::read_to_string(shop.checkout().join("tickets.html")).unwrap()
}

fn lists_what_was_filed_open_or_done(jira: Deployment) {
    let shop = Shop::on(jira);
    shop.report(&rules(3));
    shop.run_well(&Event::push("main", 1));
    shop.go("SEC-2", "Done");
    shop.sim
        .state()
        .edit_as("alice", "SEC-3", |issue| issue.summary = "<script>alert(1)</script>".to_owned());
    for _again in 0..2 {
        let ran = report(&shop, &[]);
        assert_eq!(ran.code, 0, "{}", ran.errors);
        assert_eq!(shop.writes(), [""; 0]);
    }
    let page = page(&shop);
    for key in ["SEC-1", "SEC-2", "SEC-3"] {
        assert!(page.contains(&format!("/browse/{key}\" rel=\"noopener noreferrer\">{key}</a>")), "{key}");
    }
    assert_eq!(page.matches("<tr data-state=\"open\"").count(), 2);
    assert_eq!(page.matches("<tr data-state=\"done\"").count(), 1);
    assert_eq!(page.matches("<script").count(), 1, "casefile's own");
    assert!(page.contains("data-scanner=\"finder\""), "{page}");
}

#[test]
fn it_lists_what_was_filed_open_or_done() {
    Deployment::BOTH.into_iter().for_each(lists_what_was_filed_open_or_done);
}

#[test]
fn it_is_about_this_repository_unless_all_are_asked_for() {
    let shop = Shop::with(&rules(1));
    shop.run_well(&Event::push("main", 1));
    let event =
        Event::push("main", 9).with("GITHUB_REPOSITORY_ID", "9").with("GITHUB_REPOSITORY", "acme/other");
    let ran = shop.command(&event, &["report", "--html", "tickets.html"]);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    assert!(!page(&shop).contains("SEC-1"));
    let words = ["report", "--html", "tickets.html", "--repositories", "all"];
    assert_eq!(shop.command(&event, &words).code, 0);
    assert!(page(&shop).contains(">SEC-1</a>"));
}

#[test]
fn it_writes_over_nothing_but_its_own_page() {
    let shop = Shop::with(&rules(1));
    std::fs::write(shop.checkout().join("tickets.html"), "<!DOCTYPE html>\n<p>mine").unwrap();
    let ran = report(&shop, &[]);
    assert_ne!(ran.code, 0);
    assert!(ran.errors.contains("was not written by casefile"), "{}", ran.errors);
    assert!(page(&shop).ends_with("mine"));
}
