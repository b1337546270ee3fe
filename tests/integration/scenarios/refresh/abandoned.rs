//! What a pull request alone had, and that it was closed without being merged.

use serde_json::{Value, json};

use super::{NOTHING, closed::end, refresh, refresh_in_vain, row, timeline};
use crate::scenarios::event::{Event, commit};
use crate::scenarios::sarif::{self, Found, found, rules};
use crate::scenarios::shop::{Deployment, Shop};
use crate::simulator::{Kind, Nth, PullRequest};

const RESOLVED: [&str; 4] =
    ["PUT issue/SEC-1 204", "POST issue/SEC-1/transitions 204", "PUT issue/SEC-1 204", "PATCH pulls/7 200"];

/// What the comments say of the pull request, after its link.
const CLOSED: &str = ", which was closed without being merged.";

/// A shop with a status for each state, whose pull request 7 has these findings.
fn filed(deployment: Deployment, findings: &[Found]) -> Shop {
    let shop = mapped(deployment);
    shop.report(findings);
    pull(&shop, 7, 2);
    shop
}

fn mapped(deployment: Deployment) -> Shop {
    let shop = Shop::on(deployment);
    shop.configure(
        json!({"states": {"open": "To Do", "resolved": {"status": "Done", "resolution": "Fixed"}}}),
    );
    shop
}

/// A run of a pull request at its newest commit.
fn pull(shop: &Shop, pull: u64, number: u64) {
    shop.sim.state().github.pull_mut("acme/shop", pull).unwrap().head.1 = commit(number);
    let branch = if pull == 7 { "feature" } else { "release/1" };
    shop.run_well(&Event::pull_request(pull, branch, number));
}

/// A push of `main` with these findings.
fn push(shop: &Shop, number: u64, findings: &[Found]) {
    let mut world = shop.sim.state();
    let repository = world.github.repository_mut("acme/shop").unwrap();
    repository.branches.insert("main".to_owned(), commit(number));
    drop(world);
    shop.report(findings);
    shop.run_well(&Event::push("main", number));
}

/// Two findings of rule R1.
fn two() -> Vec<Found> {
    [rules(1), vec![found("R1", "src/new.py", 8, "call_1(y)")]].concat()
}

/// The name of a ticket's status, and its comments.
fn state(shop: &Shop, key: &str) -> (String, Vec<String>) {
    let ticket = shop.ticket(key);
    let world = shop.sim.state();
    let status = world.statuses.iter().find(|one| one.id == ticket.status).unwrap();
    (status.name.clone(), ticket.comment_texts().iter().map(|text| text.trim().to_owned()).collect())
}

#[test]
fn its_ticket_is_resolved() {
    for deployment in Deployment::BOTH {
        let shop = filed(deployment, &rules(1));
        refresh_in_vain(&shop);
        end(&shop, 1, false);
        let ran = refresh(&shop);
        assert_eq!(
            (shop.writes(), &ran.result["resolved"]),
            (RESOLVED.map(str::to_owned).into(), &json!(["SEC-1"]))
        );
        let (status, told) = state(&shop, "SEC-1");
        assert_eq!((status.as_str(), told.len()), ("Done", 1));
        assert!(told[0].starts_with("Resolved: ") && told[0].ends_with(CLOSED), "{told:?}");
        assert_eq!(shop.ticket("SEC-1").resolution.as_deref(), Some("Fixed"));
        assert!(row(&shop, "SEC-1").contains("| ✔ Done |"), "{}", row(&shop, "SEC-1"));
        assert!(shop.description(7).contains("(closed without merging)"));
        assert_eq!(timeline(&shop, 7), [""; 0], "casefile did it itself");
        refresh_in_vain(&shop);
    }
}

#[test]
fn without_a_section_and_a_status_there_is_one_comment() {
    for deployment in Deployment::BOTH {
        let shop = Shop::on(deployment);
        shop.configure(json!({"pull-request": {"annotate": "none"}}));
        shop.report(&rules(1));
        pull(&shop, 7, 2);
        end(&shop, 1, false);
        refresh(&shop);
        assert_eq!(shop.writes(), ["PUT issue/SEC-1 204"]);
        assert_eq!((state(&shop, "SEC-1").0.as_str(), state(&shop, "SEC-1").1.len()), ("To Do", 1));
        refresh_in_vain(&shop);
    }
}

#[test]
fn after_a_merge_it_stays_until_the_bases_scan_lacks_it() {
    for deployment in Deployment::BOTH {
        let shop = filed(deployment, &rules(1));
        end(&shop, 1, true);
        refresh(&shop);
        assert_eq!(shop.writes(), ["PUT issue/SEC-1 204"], "it is the base's now");
        assert_eq!(state(&shop, "SEC-1"), ("To Do".to_owned(), vec![]));
        refresh_in_vain(&shop);
        push(&shop, 3, &rules(1));
        assert_eq!(shop.writes(), NOTHING);
        push(&shop, 4, &[]);
        assert_eq!(state(&shop, "SEC-1").0, "Done", "main never told of it");
    }
}

#[test]
fn what_the_bases_scan_has_told_of_needs_nothing_after_a_merge() {
    let shop = filed(Deployment::Cloud, &rules(1));
    push(&shop, 3, &rules(1));
    end(&shop, 1, true);
    refresh_in_vain(&shop);
}

#[test]
fn what_main_has_as_well_stays() {
    for deployment in Deployment::BOTH {
        let shop = filed(deployment, &rules(1));
        push(&shop, 1, &rules(1));
        end(&shop, 1, false);
        refresh(&shop);
        assert_eq!(shop.writes(), ["PUT issue/SEC-1 204", "PATCH pulls/7 200"], "its slice alone");
        assert_eq!(state(&shop, "SEC-1"), ("To Do".to_owned(), vec![]));
        refresh_in_vain(&shop);
        push(&shop, 2, &[]);
        assert_eq!(state(&shop, "SEC-1").0, "Done");
    }
}

#[test]
fn what_another_pull_request_has_stays_until_that_is_closed_too() {
    for deployment in Deployment::BOTH {
        for merged in [false, true] {
            let shop = filed(deployment, &rules(1));
            let other = PullRequest::new(8, "acme/shop", "release/1", "main");
            shop.sim.state().github.repository_mut("acme/shop").unwrap().add_pull(other);
            pull(&shop, 8, 3);
            assert_eq!(shop.writes(), ["PUT issue/SEC-1 204", "PATCH pulls/8 200"], "its slice alone");
            let at = shop.sim.state().now();
            let close =
                |number| shop.sim.state().github.pull_mut("acme/shop", number).unwrap().close(at, merged);
            if merged {
                close(8);
            }
            end(&shop, 1, false);
            refresh(&shop);
            assert_eq!(shop.writes(), ["PUT issue/SEC-1 204", "PATCH pulls/7 200"]);
            assert_eq!(state(&shop, "SEC-1"), ("To Do".to_owned(), vec![]));
            if merged {
                refresh(&shop);
                assert_eq!(shop.writes(), ["PUT issue/SEC-1 204"], "main's next scan decides");
            }
            refresh_in_vain(&shop);
            if !merged {
                close(8);
                refresh(&shop);
                assert_eq!(state(&shop, "SEC-1").0, "Done");
                refresh_in_vain(&shop);
            }
        }
    }
}

#[test]
fn a_group_of_which_main_has_a_part_is_told_and_stays() {
    for deployment in Deployment::BOTH {
        let shop = mapped(deployment);
        push(&shop, 1, &rules(1));
        shop.report(&two());
        pull(&shop, 7, 2);
        let before = state(&shop, "SEC-1").1.len();
        end(&shop, 1, false);
        refresh(&shop);
        assert_eq!(shop.writes(), ["PUT issue/SEC-1 204", "PATCH pulls/7 200"]);
        let (status, told) = state(&shop, "SEC-1");
        assert_eq!((status.as_str(), told.len()), ("To Do", before + 1));
        let told = told.last().unwrap();
        assert!(told.starts_with("1 finding of this ticket was detected only in pull request "), "{told}");
        assert!(told.ends_with(&format!("{CLOSED} This ticket still has other findings.")), "{told}");
        refresh_in_vain(&shop);
        push(&shop, 2, &rules(1));
        assert_eq!(shop.writes(), NOTHING);
    }
}

#[test]
fn a_secret_is_told_and_stays_open() {
    for deployment in Deployment::BOTH {
        let shop = mapped(deployment);
        let secret = sarif::report(&[found("generic-api-key", "src/key.py", 3, "x")]);
        let mut report: Value = serde_json::from_str(&secret).unwrap();
        report["runs"][0]["tool"]["driver"]["rules"][0]["properties"]["tags"] =
            json!(["external/cwe/cwe-798"]);
        shop.write("reports/finder.sarif", &report.to_string());
        pull(&shop, 7, 2);
        end(&shop, 1, false);
        let ran = refresh(&shop);
        assert_eq!(shop.writes(), ["PUT issue/SEC-1 204", "PATCH pulls/7 200"]);
        assert_eq!(ran.result["resolved"], Value::Null);
        let (status, told) = state(&shop, "SEC-1");
        assert!(status == "To Do" && told.len() == 1 && told[0].contains("rotate it"), "{status} {told:?}");
        refresh_in_vain(&shop);
    }
}

#[test]
fn what_its_own_scan_lacked_before_leaves_nothing() {
    for deployment in Deployment::BOTH {
        let shop = filed(deployment, &rules(1));
        shop.report(&[]);
        pull(&shop, 7, 3);
        assert_eq!(state(&shop, "SEC-1").0, "Done");
        refresh_in_vain(&shop);
        end(&shop, 1, false);
        refresh_in_vain(&shop);
        assert_eq!(state(&shop, "SEC-1").1.len(), 1);
    }
}

#[test]
fn one_that_a_person_opens_again_stays_open() {
    for deployment in Deployment::BOTH {
        let shop = filed(deployment, &rules(1));
        end(&shop, 1, false);
        refresh(&shop);
        shop.go("SEC-1", "To Do");
        refresh(&shop);
        refresh_in_vain(&shop);
        assert_eq!((state(&shop, "SEC-1").0.as_str(), state(&shop, "SEC-1").1.len()), ("To Do", 1));
    }
}

#[test]
fn a_mass_of_them_is_resolved_only_if_that_is_wanted() {
    let shop = filed(Deployment::Cloud, &rules(11));
    end(&shop, 1, false);
    let ran = shop.command(&Event::schedule(), &["refresh"]);
    ran.fails(
        0,
        &["closed pull requests", "11 tickets", "would be resolved (SEC-1, ", "refresh --allow-mass-resolve"],
    );
    assert_eq!((shop.writes(), shop.open_tickets().len()), (vec!["PATCH pulls/7 200".to_owned()], 11));
    let ran = shop.command(&Event::schedule(), &["refresh", "--allow-mass-resolve", "--format", "text"]);
    assert!(
        ran.printed
            .contains("resolved 11 tickets with findings only in pull requests that were closed without being merged: SEC-1, ")
    );
    assert_eq!(shop.open_tickets(), NOTHING);
    refresh_in_vain(&shop);
}

#[test]
fn a_move_that_failed_is_made_by_the_next_refresh() {
    for deployment in Deployment::BOTH {
        let shop = filed(deployment, &rules(1));
        end(&shop, 1, false);
        shop.fault("/transitions", Nth::From(1), Kind::CutBefore);
        let ran = shop.command(&Event::schedule(), &["refresh", "--time-limit", "3s"]);
        ran.fails(4, &["SEC-1", "after a pull request was closed"]);
        assert_eq!(ran.result["resolved"], Value::Null);
        shop.sim.clear_faults();
        refresh(&shop);
        assert_eq!((state(&shop, "SEC-1").0.as_str(), state(&shop, "SEC-1").1.len()), ("Done", 1));
        refresh_in_vain(&shop);
    }
}

#[test]
fn a_run_that_may_not_write_leaves_it_to_one_that_may() {
    let shop = filed(Deployment::Cloud, &rules(1));
    end(&shop, 1, false);
    let ran = shop.command(&Event::tag("v1", 1), &["refresh"]);
    assert_eq!((ran.code, shop.writes()), (0, vec!["PATCH pulls/7 200".to_owned()]), "{}", ran.errors);
    assert_eq!(state(&shop, "SEC-1").0, "To Do");
}
