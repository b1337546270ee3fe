//! A person who writes into the pull request while casefile works: before any request but the write that follows a read
//! of the same text at once. Not a word of hers is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::event::Event;
use super::refresh::filed_on;
use super::sarif::{found, rules};
use super::serve::served;
use super::shop::{Deployment, Shop};
use crate::simulator::{Entry, Face, Nth, World};

/// What a person wrote into pull request 7 meanwhile.
#[derive(Default)]
pub(super) struct Words {
    written: Arc<AtomicUsize>,
}

impl Words {
    /// She writes one more word before the matching ones of the requests from now on: into her own text, and into the
    /// comment with casefile's section, if there is one.
    pub(super) fn written_before(&self, shop: &Shop, nth: Nth) {
        let written = Arc::clone(&self.written);
        shop.sim.person(nth, move |world: &mut World, _| {
            let word = word(written.fetch_add(1, Ordering::SeqCst));
            let pull = world.github.pull_mut("acme/shop", 7).unwrap();
            let body = pull.body.clone().unwrap_or_default();
            pull.body = Some(body.replacen("And why.", &format!("And why. {word}"), 1));
            let ours = pull.comments.iter_mut().find(|one| one.body.starts_with("<!-- casefile:comment -->"));
            if let Some(comment) = ours {
                comment.body = format!("{}\n\n{word}", comment.body);
            }
        });
    }

    /// The words that are in the description no more.
    pub(super) fn lost(&self, shop: &Shop) -> Vec<String> {
        let body = shop.description(7);
        let written = (0..self.written.load(Ordering::SeqCst)).map(word);
        written.filter(|word| !body.contains(word.as_str())).collect()
    }

    fn are_kept(&self, shop: &Shop) {
        assert!(self.written.load(Ordering::SeqCst) > 0, "nobody wrote anything");
        assert_eq!(self.lost(shop), [""; 0], "{}", shop.description(7));
    }
}

/// A word that is no part of another one.
fn word(number: usize) -> String {
    format!("(word {number})")
}

/// How many requests GitHub has seen for the description.
fn about_description(shop: &Shop) -> usize {
    let of = |entry: &&Entry| entry.face == Face::GitHub && entry.path.ends_with("/pulls/7");
    shop.sim.journal().iter().filter(of).count()
}

/// Jobs side by side: each has findings of its own, and shows those of the other one.
fn other_job(shop: &Shop) -> Event {
    shop.report(&[found("X1", "src/x.py", 3, "call_x(y)")]);
    Event::pull_request(7, "feature", 1).with("GITHUB_JOB", "other")
}

fn a_run_keeps_what_is_written_meanwhile(jira: Deployment) {
    let shop = filed_on(jira, 2);
    let (words, event) = (Words::default(), other_job(&shop));
    words.written_before(&shop, Nth::Every(1));
    shop.run_well(&event);
    words.are_kept(&shop);
    assert_eq!(shop.shown(7, &["SEC-1", "SEC-2", "SEC-3"]).len(), 3, "{}", shop.description(7));
    shop.sim.clear_faults();
    shop.run_well(&event);
    assert_eq!(shop.writes(), [""; 0]);
    words.are_kept(&shop);
}

fn a_refresh_keeps_what_is_written_meanwhile(jira: Deployment) {
    let shop = filed_on(jira, 2);
    shop.go("SEC-1", "Done");
    let words = Words::default();
    words.written_before(&shop, Nth::Every(1));
    let ran = shop.command(&Event::schedule(), &["refresh"]);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    words.are_kept(&shop);
    assert!(shop.description(7).contains("| ✔ Done |"), "{}", shop.description(7));
}

/// Runs each on Jira Cloud and on Data Center.
mod both {
    use super::Deployment::{Cloud, DataCenter};

    #[test]
    fn a_run_keeps_what_is_written_meanwhile() {
        [Cloud, DataCenter].into_iter().for_each(super::a_run_keeps_what_is_written_meanwhile);
    }

    #[test]
    fn a_refresh_keeps_what_is_written_meanwhile() {
        [Cloud, DataCenter].into_iter().for_each(super::a_refresh_keeps_what_is_written_meanwhile);
    }
}

#[test]
fn a_webhook_keeps_what_is_written_meanwhile() {
    let (shop, server) = served(1);
    shop.go("SEC-1", "In Progress");
    let words = Words::default();
    words.written_before(&shop, Nth::Every(1));
    assert_eq!(server.tell(&shop, "SEC-1"), 200);
    words.are_kept(&shop);
    assert!(shop.description(7).contains("| ▶ In Progress |"), "{}", shop.description(7));
}

#[test]
fn words_in_the_comment_are_kept_as_well() {
    let shop = Shop::with(&rules(1));
    shop.configure(json!({"pull-request": {"annotate": "both"}}));
    shop.run_well(&Event::pull_request(7, "feature", 1));
    let (words, event) = (Words::default(), other_job(&shop));
    words.written_before(&shop, Nth::Every(1));
    shop.run_well(&event);
    shop.sim.clear_faults();
    words.are_kept(&shop);
    let world = shop.sim.state();
    let comments = &world.github.pull("acme/shop", 7).unwrap().comments;
    let ours = comments.iter().find(|one| one.body.starts_with("<!-- casefile:comment -->")).unwrap();
    let lost: Vec<String> = (0..words.written.load(Ordering::SeqCst))
        .map(word)
        .filter(|word| !ours.body.contains(word.as_str()))
        .collect();
    assert_eq!(lost, [""; 0], "{}", ours.body);
}

#[test]
fn an_annotation_takes_at_most_four_requests() {
    let shop = Shop::with(&rules(2));
    let event = Event::pull_request(7, "feature", 1);
    shop.run_well(&event);
    assert!(about_description(&shop) <= 3 + 1, "the head is asked as well: {}", about_description(&shop));
    shop.run_well(&event);
    assert!(about_description(&shop) <= 1 + 1, "{}", about_description(&shop));
    // the other job's tickets are asked for between reading and writing
    shop.run_well(&other_job(&shop));
    assert!(about_description(&shop) <= 4 + 1, "{}", about_description(&shop));
}
