//! Jira Cloud, simulated: held to the contract.

use std::time::Duration;

use casefile::http::{Base, Client, Gate, Settings};
use casefile::tracker::jira::{Auth, Jira};
use casefile::tracker::{Made, Read};
use secrecy::SecretString;
use tokio::time::Instant;

use crate::contract::contract;
use crate::rig::{Behind, Rig};
use crate::simulator::{Options, Simulator};

/// A site of its own for each test; nothing is in it yet.
struct Site(Simulator);

impl Site {
    fn new() -> Site {
        Site(Simulator::start(Options::default()))
    }
}

impl Rig for Site {
    type Tracker = Jira;

    fn tracker(&self) -> Jira {
        let gate = Gate::new(vec!["127.0.0.0/8".parse().unwrap()]);
        let base = Base::parse(&self.0.jira_url(), &gate).unwrap();
        let settings = Settings::new(gate, Instant::now() + Duration::from_secs(60));
        let auth = Auth::ApiToken { email: "bot@example.com".into(), token: SecretString::from("sim-token") };
        Jira::cloud(Client::new(settings).unwrap(), base, auth)
    }

    fn project(&self) -> (&str, &str) {
        ("SEC", "10004")
    }

    fn behind(&self, ticket: &Made) -> Behind {
        let world = self.0.state();
        let id = ticket.id.id;
        Behind {
            comments: world.issues[&id].comment_texts().join("\n"),
            links: world.links.iter().filter(|link| link.from == id || link.to == id).count(),
        }
    }
}

contract!(Site::new());

#[test]
fn a_site_on_loopback_has_to_be_allowed() {
    let site = Site::new();
    assert!(Base::parse(&site.0.jira_url(), &Gate::new(Vec::new())).is_err());
    assert_eq!(site.tracker().site(), site.0.jira_url().trim_start_matches("http://"));
}
