//! Rules of a Jira site that rewrite tickets: what is filed is still known, and filed once.

use std::time::Duration;

use serde_json::json;

use super::event::Event;
use super::sarif::{found, rules};
use super::shop::{Deployment, Ran, Shop, only};
use crate::simulator::{Does, When};

/// A minute, which a rule may take.
const LATER: Duration = Duration::from_secs(60);

/// A rule that sets labels, so that all others go.
fn sets_labels(shop: &Shop, when: When, after: Duration) {
    shop.sim.state().automate("SEC", when, after, Does::SetLabels(vec!["triage"]));
}

/// Time passes, and rules act.
fn later(shop: &Shop) {
    let mut world = shop.sim.state();
    world.ahead += LATER;
    world.automation();
}

/// There are so many tickets, whatever their labels.
fn there_are(shop: &Shop, tickets: usize) {
    let keys: Vec<String> = shop.sim.state().issues.values().map(|issue| issue.key.clone()).collect();
    assert_eq!(keys.len(), tickets, "{keys:?}");
}

fn is_labelled(shop: &Shop, key: &str) -> bool {
    let labels = shop.ticket(key).labels;
    let own = |start: &str| labels.iter().any(|label| label.starts_with(start));
    own("casefile-repo-") && labels.iter().any(|label| label == "casefile") && labels.len() >= 3
}

fn on(deployment: Deployment, count: usize) -> Shop {
    let shop = Shop::on(deployment);
    shop.report(&rules(count));
    shop
}

/// An ordinary run that has nothing to do.
fn is_ordinary(shop: &Shop, ran: &Ran, tickets: usize) {
    assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{}", ran.errors);
    assert_eq!(ran.actions(), only("tracked", tickets));
    assert_eq!(shop.writes(), [""; 0]);
    there_are(shop, tickets);
}

#[test]
fn labels_that_a_rule_takes_off_at_creation_are_put_back_once() {
    for deployment in Deployment::BOTH {
        let shop = on(deployment, 2);
        sets_labels(&shop, When::Created, Duration::ZERO);
        let ran = shop.run(&Event::push("main", 1));
        ran.fails(0, &["labels were removed", "automation rule"]);
        assert_eq!(ran.actions(), only("created", 2));
        there_are(&shop, 2);
        assert!(is_labelled(&shop, "SEC-1") && is_labelled(&shop, "SEC-2"));
        is_ordinary(&shop, &shop.run(&Event::push("main", 2)), 2);
    }
}

#[test]
fn labels_that_a_rule_takes_off_later_are_put_back_once() {
    for deployment in Deployment::BOTH {
        let shop = on(deployment, 2);
        sets_labels(&shop, When::Created, LATER);
        shop.run_well(&Event::push("main", 1));
        later(&shop);
        assert!(!is_labelled(&shop, "SEC-1"));
        let ran = shop.run(&Event::push("main", 2));
        ran.fails(0, &["SEC-1, SEC-2", "labels were removed", "automation rule"]);
        assert_eq!(ran.actions(), only("tracked", 2));
        is_ordinary(&shop, &shop.run(&Event::push("main", 3)), 2);
    }
}

#[test]
fn where_labels_never_stay_nothing_is_filed_twice_and_each_run_says_so() {
    for (deployment, after) in [
        (Deployment::Cloud, Duration::ZERO),
        (Deployment::DataCenter, Duration::ZERO),
        (Deployment::Cloud, LATER),
    ] {
        let shop = on(deployment, 3);
        sets_labels(&shop, When::Changed, after);
        let ran = shop.run(&Event::push("main", 1));
        assert_eq!(ran.actions(), only("created", 3));
        if after.is_zero() {
            ran.fails(4, &["were removed again"]);
        } else {
            later(&shop);
            shop.run(&Event::push("main", 2)).fails(0, &["labels were removed"]);
        }
        for number in [3, 4] {
            later(&shop);
            let ran = shop.run(&Event::push("main", number));
            ran.fails(4, &["were removed again", "automation rule"]);
            assert_eq!(ran.actions(), only("tracked", 3));
            assert_eq!(shop.writes(), [""; 0]);
            there_are(&shop, 3);
        }
        // a week on, the rule is mended
        shop.sim.state().project_mut("SEC").unwrap().automation.clear();
        shop.sim.state().ahead += Duration::from_secs(8 * 24 * 3600);
        let event = Event::push("main", 5);
        shop.run(&event);
        there_are(&shop, 3);
    }
}

#[test]
fn an_accepted_finding_stays_accepted_though_a_rule_took_the_labels_off() {
    for deployment in Deployment::BOTH {
        let shop = on(deployment, 2);
        shop.run_well(&Event::push("main", 1));
        shop.go("SEC-1", "Won't Do");
        shop.edit("SEC-1", |issue| issue.labels.clear());
        let ran = shop.run(&Event::push("main", 2));
        assert_eq!(ran.tickets(), ["tracked SEC-2"], "{}", ran.errors);
        assert_eq!(ran.result["findings"]["set_aside"]["accepted"], 1);
        there_are(&shop, 2);
    }
}

/// Nothing finds these tickets before one was filed again, which shows the others.
#[test]
fn where_labels_and_descriptions_are_replaced_one_ticket_is_filed_and_the_labels_are_restored() {
    for deployment in Deployment::BOTH {
        let shop = on(deployment, 4);
        shop.run_well(&Event::push("main", 1));
        shop.go("SEC-3", "Won't Do");
        for key in ["SEC-1", "SEC-2", "SEC-3", "SEC-4"] {
            shop.edit(key, |issue| {
                issue.labels = vec!["triage".into()];
                issue.description = json!(null);
            });
        }
        let ran = shop.run(&Event::push("main", 2));
        ran.fails(4, &["SEC-1", "lost casefile's labels", "SEC-5 was filed", "the labels were restored"]);
        there_are(&shop, 5);
        assert!(["SEC-1", "SEC-2", "SEC-3", "SEC-4"].iter().all(|key| is_labelled(&shop, key)));
        // the duplicate gives way, and then there is nothing to do
        shop.run(&Event::push("main", 3)).fails(0, &[]);
        let open = |key: &str| shop.ticket(key).resolution.is_none();
        assert!(!open("SEC-5") && open("SEC-1"), "{deployment:?}");
        there_are(&shop, 5);
        let ran = shop.run(&Event::push("main", 4));
        assert_eq!((ran.code, shop.writes()), (0, Vec::<String>::new()), "{}", ran.errors);
    }
}

#[test]
fn what_is_new_to_a_ticket_without_labels_is_told_there() {
    let shop = on(Deployment::Cloud, 1);
    shop.run_well(&Event::push("main", 1));
    shop.edit("SEC-1", |issue| issue.labels.clear());
    let mut all = rules(1);
    all.push(found("R1", "src/new.py", 8, "call_1(y)"));
    shop.report(&all);
    let ran = shop.run(&Event::push("main", 2));
    assert_eq!(ran.tickets(), ["updated SEC-1"]);
    assert!(is_labelled(&shop, "SEC-1"));
    assert_eq!(shop.writes(), ["PUT issue/SEC-1 204"], "one edit says it all");
    shop.report(&rules(1));
    there_are(&shop, 1);
}

/// Nobody but casefile's account made it: what a stranger writes into a description is a claim.
#[test]
fn a_strangers_ticket_that_holds_the_words_of_ours_is_none_of_ours() {
    let shop = on(Deployment::Cloud, 1);
    shop.run_well(&Event::push("main", 1));
    let ours = shop.ticket("SEC-1");
    assert!(shop.sim.state().delete("SEC-1"));
    let forged = shop.sim.state().add_issue("SEC", "alice", |issue| {
        issue.description = ours.description.clone();
        issue.properties = ours.properties.clone();
    });
    let ran = shop.run_well(&Event::push("main", 2));
    assert_eq!(ran.tickets(), ["created SEC-3"]);
    assert_eq!(shop.ticket(&forged.unwrap()).labels, [""; 0]);
}

#[test]
fn a_run_that_files_much_takes_one_question_more() {
    let shop = on(Deployment::Cloud, 120);
    shop.configure(json!({"max-new": 200}));
    shop.run_well(&Event::push("main", 1));
    let asked = shop.sim.journal();
    let texts =
        asked.iter().filter(|one| one.body["jql"].as_str().is_some_and(|jql| jql.contains('~'))).count();
    assert_eq!(texts, 1);
    shop.run_well(&Event::push("main", 2));
    let asked = shop.sim.journal();
    assert!(!asked.iter().any(|one| one.body["jql"].as_str().is_some_and(|jql| jql.contains('~'))));
}

#[test]
fn a_ticket_that_findings_were_linked_to_is_found_when_its_labels_are_gone() {
    for deployment in Deployment::BOTH {
        for whole in [true, false] {
            let shop = on(deployment, 2);
            let key = shop.sim.state().add_issue("SEC", "alice", |issue| {
                issue.summary = "Get rid of the old deployment script".to_owned();
            });
            let plan = shop.command(&Event::push("main", 1), &["plan"]);
            let chosen = match whole {
                true => ["--group", plan.result["tickets"][0]["group"].as_str().unwrap()],
                false => ["--finding", plan.result["tickets"][0]["findings"][0]["id"].as_str().unwrap()],
            };
            let key = key.unwrap();
            let ran = shop.command(&Event::push("main", 1), &["link", &key, chosen[0], chosen[1]]);
            assert_eq!(ran.code, 0, "{}", ran.errors);
            shop.sim.state().issues.values_mut().for_each(|issue| issue.labels = vec!["triage".to_owned()]);
            let ran = shop.run(&Event::push("main", 1));
            ran.fails(0, &["labels were removed", "restores them, but only once"]);
            there_are(&shop, 2);
            assert!(shop.ticket(&key).labels.contains(&"casefile".to_owned()), "{whole}");
            assert_eq!(shop.ticket(&key).comments.len(), 1, "{whole}");
            let ran = shop.run(&Event::push("main", 2));
            is_ordinary(&shop, &ran, 2);
        }
    }
}
