//! Jira Cloud, simulated: held to the contract.

use std::time::Duration;

use casefile::apply::{Stop, apply};
use casefile::http::{AddressPolicy, Base};
use casefile::model::answer::{Answer, Ask, Failure};
use casefile::model::write::{Attachment, Edit, Ref, Remote};
use casefile::plan::{Plan, Step, Work};
use casefile::tracker::jira::{Credentials, Jira};
use casefile::tracker::{Made, Read, Write};
use secrecy::SecretString;

use crate::contract::contract;
use crate::rig::{Behind, Rig, draft, make, one};
use crate::simulator::{Face, Fault, Kind, Nth, Options, Simulator};
use crate::site::{behind, connect};
use crate::specs::Judge;

/// A site of its own for each test; nothing is in it yet.
struct Site(Simulator, #[expect(dead_code, reason = "it judges when it goes")] Option<Judge>);

impl Site {
    fn new() -> Site {
        let simulator = Simulator::start(Options::default());
        let judge = Judge::of(&simulator);
        Site(simulator, judge)
    }
}

impl Rig for Site {
    type Tracker = Jira;

    fn tracker(&self) -> Jira {
        let (client, base) = connect(&self.0.jira_url());
        let auth =
            Credentials::ApiToken { email: "bot@example.com".into(), token: SecretString::from("sim-token") };
        Jira::cloud(client, base, auth)
    }

    fn project(&self) -> (&str, &str) {
        ("SEC", "10004")
    }

    fn behind(&self, ticket: &Made) -> Behind {
        behind(&self.0, ticket)
    }

    fn person(&self) -> (String, String) {
        ("alice@example.com".to_owned(), self.0.state().account("alice"))
    }
}

contract!(Site::new());

#[tokio::test]
async fn a_file_that_is_too_large_is_not_sent() {
    let site = Site::new();
    site.0.state().upload_limit = 10;
    let made = make(&site, &[draft(&site, 1)]).await.remove(0);
    let tracker = site.tracker();
    let file = |size| Attachment {
        name: "findings.csv".into(),
        media_type: "text/csv".into(),
        content: vec![b'x'; size],
    };
    site.0.clear_journal();
    let Err(Failure::Refused { message, .. }) = tracker.attach(&made.id, &file(11)).await else { panic!() };
    assert!(message.contains("11 bytes") && message.contains("at most 10"), "{message}");
    tracker.attach(&made.id, &file(10)).await.unwrap();
    let paths: Vec<_> = site.0.journal().into_iter().map(|entry| entry.path).collect();
    let upload = format!("/rest/api/3/issue/{}/attachments", made.id.id);
    assert_eq!(paths, ["/rest/api/3/attachment/meta", upload.as_str()], "the limit is asked for once");
}

#[tokio::test]
async fn a_person_whose_address_is_hidden_is_found_when_alone() {
    let site = Site::new();
    let who = async |who: &str| match site.tracker().answer(&Ask::Person(who.into())).await.unwrap() {
        Answer::Person(person) => person.map(|person| person.id),
        other => panic!("{other:?}"),
    };
    let alice = site.0.state().account("alice");
    assert_eq!(who(&alice).await, Some(alice.clone()));
    assert_eq!(who("carol@example.com").await, None, "who has left is nobody");
    site.0.state().hides_addresses = true;
    assert_eq!(who("alice@example.com").await, Some(alice));
    assert_eq!(who("nobody@example.com").await, None);
}

#[test]
fn a_site_on_loopback_has_to_be_allowed() {
    let site = Site::new();
    assert!(Base::parse(&site.0.jira_url(), &AddressPolicy::new(Vec::new())).is_err());
    assert_eq!(site.tracker().site(), site.0.jira_url().trim_start_matches("http://"));
}

/// Files and links are a help to people: what the site does not take costs a warning and nothing else, and a file
/// is not sent again where it is not known whether it arrived.
#[tokio::test]
async fn a_refused_file_or_link_costs_nothing_else() {
    let site = Site::new();
    site.0.state().upload_limit = 10;
    let made = make(&site, &[draft(&site, 1)]).await.remove(0);
    let file = |name: &str, size| Attachment {
        name: name.into(),
        media_type: "text/csv".into(),
        content: vec![b'x'; size],
    };
    let long =
        Remote { id: "x".repeat(256), title: "t".into(), url: "https://a.example".into(), resolved: false };
    let label = Edit { labels_added: vec!["told".into()], ..Edit::default() };
    let steps = vec![
        Step::Attach(file("large.csv", 11)),
        Step::Remote(long.clone()),
        Step::Attach(file("lost.csv", 10)),
        Step::Remote(Remote { id: "pull-7".into(), ..long }),
        Step::Unremote("never".into()),
        Step::Edit(Box::new(label)),
    ];
    let plan = Plan { works: vec![Work { on: Ref::Known(made.id.clone()), steps }], ..Plan::default() };
    site.0.fault(Fault {
        face: Some(Face::JiraCloud),
        method: Some("POST"),
        path_contains: "/attachments".into(),
        nth: Nth::Only(1),
        kind: Kind::CutAfter,
    });
    site.0.clear_journal();
    let stop = Stop::after(Duration::from_secs(60));
    let outcomes = apply(&site.tracker(), &plan, &stop, &|_, _| ()).await;
    assert!(outcomes.undone.is_empty(), "{:?}", outcomes.undone);
    let problems: Vec<&str> = outcomes.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(problems.len(), 3, "{problems:?}");
    for words in [["large.csv", "at most 10"], ["lost.csv", ""], ["https://a.example", "255"]] {
        assert!(
            problems.iter().any(|one| words.iter().all(|word| one.contains(word))),
            "{words:?} {problems:?}"
        );
    }
    let behind = site.behind(&made);
    assert_eq!((behind.files.len(), behind.remote.len()), (1, 1), "each once");
    assert!(one(&site, &made).await.has_label("told"));
}
