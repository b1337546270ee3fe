//! Tickets that lost casefile's labels, and tickets that another account created.

use crate::model::ticket::TicketId;
use crate::plan::tests::*;

/// Removes all labels from a ticket.
fn strip(world: &mut World, id: u64) {
    world.ticket(id).labels = vec!["triage".to_owned()];
}

#[test]
fn labels_that_went_are_put_back_once_and_again_after_a_week() {
    let mut world = world(PLAIN, ONE);
    let before = world.ticket(1).labels.clone();
    strip(&mut world, 1);
    assert_eq!(world.run(ONE), ["tracked 1"]);
    assert!(before.iter().all(|label| world.ticket(1).has_label(label)));
    strip(&mut world, 1);
    let plan = world.plan(ONE);
    assert_eq!((plan.is_empty(), plan.unlabelled.len()), (true, 1));
    // the new finding is on a ticket that is not written to
    assert_eq!(world.run(TWO), ["tracked 1"]);
    assert_eq!((world.tickets.len(), world.comments(1)), (1, 0));
    world.later(7);
    assert_eq!(world.run(ONE), ["tracked 1"]);
    assert!(before.iter().all(|label| world.ticket(1).has_label(label)));
    assert!(world.plan(ONE).is_empty());
}

#[test]
fn what_a_person_accepted_stays_so_without_labels() {
    let mut world = world(PLAIN, ONE);
    world.ticket(1).status = status("Won't Do");
    strip(&mut world, 1);
    assert_eq!(world.run(ONE), ["accepted 1"]);
    assert!(world.ticket(1).has_label("casefile"));
}

#[test]
fn a_ticket_without_labels_that_says_it_gave_way_stays_so() {
    let mut world = world(PLAIN, ONE);
    strip(&mut world, 1);
    world.record(1).successor = Some(TicketId { site: "acme.atlassian.net".to_owned(), id: 9 });
    assert_eq!(world.run(ONE), ["create"]);
    assert_eq!(world.ticket(1).labels, ["triage"]);
}

#[test]
fn another_account_changes_nothing() {
    let mut world = world(MAPPED, ONE);
    world.account = "service".to_owned();
    assert_eq!(world.run(TWO), ["update 1"]);
    assert_eq!(world.ends(NONE), ["resolved 1"]);

    let mut accepted = crate::plan::tests::world(PLAIN, ONE);
    accepted.account = "service".to_owned();
    accepted.ticket(1).status = status("Won't Do");
    assert_eq!(accepted.run(ONE), ["accepted 1"]);
}

#[test]
fn twins_of_two_accounts_are_one() {
    let mut world = world(PLAIN, ONE);
    let (mut duplicate, text) = (world.ticket(1).clone(), world.texts[&1].clone());
    duplicate.id.id = 2;
    duplicate.key = TicketKey::parse("SEC-2").unwrap();
    duplicate.creator = Some(person("service"));
    duplicate.record.as_mut().unwrap().creator = Some("service".to_owned());
    world.tickets.insert(2, duplicate);
    world.texts.insert(2, text);
    assert_eq!(world.run(ONE), ["tracked 1"]);
    assert!(!world.ticket(2).has_label("casefile"));
    assert_eq!(world.at(2), "Done");
}

#[test]
fn a_clone_with_the_record_is_not_ours_whichever_account_asks() {
    for account in ["bot", "service"] {
        let mut world = world(PLAIN, ONE);
        world.account = account.to_owned();
        let mut clone = world.ticket(1).clone();
        clone.id.id = 2;
        clone.creator = Some(person("alice"));
        world.tickets.insert(2, clone.clone());
        world.ticket(1).status = status("Done");
        assert_eq!(world.run(TWO), ["tracked 2"]);
        assert_eq!(world.tickets[&2], clone);
    }
}
