//! Two Jira sites on one pull request: each run is for one of them, and leaves the other one's rows where they are.

use serde_json::json;

use super::event::Event;
use super::sarif::rules;
use super::shop::{Deployment, Shop};
use crate::simulator::{Options, Simulator};

/// A shop that files on one site, and another site that was set up alike: with the same keys and ids.
struct Sites {
    shop: Shop,
    other: Simulator,
    jira: Deployment,
}

impl Sites {
    fn of(jira: Deployment) -> Sites {
        let (shop, other) = (Shop::on(jira), Simulator::start(Options::default()));
        other.state().face = jira.face();
        shop.report(&rules(1));
        Sites { shop, other, jira }
    }

    fn url(&self, simulator: &Simulator) -> String {
        match self.jira {
            Deployment::Cloud => simulator.jira_url(),
            Deployment::DataCenter => simulator.data_center_url(),
        }
    }

    /// What runs from now on file on.
    fn file_on(&self, simulator: &Simulator) {
        self.shop.configure(json!({"jira": {"url": self.url(simulator)}}));
    }

    /// Both rows are there, each with this status.
    fn both_are_shown(&self, one: &str, other: &str) {
        let body = self.shop.description(7);
        for (simulator, status) in [(&self.shop.sim, one), (&self.other, other)] {
            let page = format!("| [SEC-1]({}/browse/SEC-1) |", self.url(simulator));
            let rows: Vec<&str> = body.lines().filter(|line| line.starts_with(&page)).collect();
            assert!(
                matches!(rows.as_slice(), [row] if row.contains(&format!("{status} |"))),
                "{page}: {body}"
            );
        }
    }
}

fn each_keeps_the_others_rows(jira: Deployment, scopes: [&[&str]; 2]) {
    let sites = Sites::of(jira);
    let (shop, event) = (&sites.shop, Event::pull_request(7, "feature", 1));
    let run = |simulator: &Simulator, scope: &[&str], created: bool| {
        sites.file_on(simulator);
        let ran = shop.run_with(&event, scope);
        let expected = if created { "created SEC-1" } else { "tracked SEC-1" };
        assert_eq!((ran.code, ran.tickets()), (0, vec![expected.to_owned()]), "{}", ran.errors);
    };
    run(&shop.sim, scopes[0], true);
    run(&sites.other, scopes[1], true);
    sites.both_are_shown("To Do", "To Do");
    run(&shop.sim, scopes[0], false);
    assert_eq!(shop.writes(), [""; 0], "{}", shop.description(7));
    run(&sites.other, scopes[1], false);
    assert_eq!(shop.writes(), [""; 0], "{}", shop.description(7));

    assert!(sites.other.state().transition_as("alice", "SEC-1", "Done"));
    let refresh = || {
        let ran = shop.command(&Event::schedule(), &["refresh"]);
        assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{}", ran.errors);
    };
    refresh();
    sites.both_are_shown("To Do", "Done");
    sites.file_on(&shop.sim);
    refresh();
    assert_eq!(shop.writes(), [""; 0], "{}", shop.description(7));
    // what one site's run no longer has goes, and the other's stays
    shop.report(&[]);
    shop.run_with(&event, scopes[0]);
    let body = shop.description(7);
    assert!(!body.contains(&format!("{}/browse", sites.url(&shop.sim))), "{body}");
    assert!(body.contains(&format!("{}/browse/SEC-1", sites.url(&sites.other))), "{body}");
}

#[test]
fn two_jobs_keep_each_others_rows() {
    let scopes: [&[&str]; 2] = [&["--scope", "one"], &["--scope", "two"]];
    Deployment::BOTH.into_iter().for_each(|jira| each_keeps_the_others_rows(jira, scopes));
}

#[test]
fn two_steps_of_one_job_keep_each_others_rows() {
    Deployment::BOTH.into_iter().for_each(|jira| each_keeps_the_others_rows(jira, [&[], &[]]));
}
