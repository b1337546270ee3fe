//! Findings that come back, tickets that flap, and what people decided about tickets.

use crate::plan::tests::*;

#[test]
fn a_ticket_that_flaps_is_left_alone_until_some_days_are_over() {
    for config in [MAPPED, UNMAPPED] {
        let mut world = world(config, ONE);
        let open = |world: &World| world.tickets.values().filter(|ticket| ticket.is_open()).count();
        for _ in 0..2 {
            assert_eq!(world.ends(NONE).len(), 1);
            world.run(ONE);
            assert_eq!(open(&world), 1);
        }
        let plan = world.plan(NONE);
        assert!(plan.is_empty() && plan.problems.len() == 1, "{:?}", plan.problems);
        world.later(8);
        assert_eq!(world.ends(NONE).len(), 1);
    }
}

#[test]
fn what_flaps_over_several_tickets_is_not_filed_anew_until_some_days_are_over() {
    let mut world = world(&UNMAPPED.replace("branches", "states: {resolved: Done}, branches"), ONE);
    assert_eq!((world.ends(NONE).len(), world.run(ONE)), (1, vec!["refile 1".to_owned()]));
    world.later(3);
    assert_eq!(world.ends(NONE), ["resolved 2"]);
    for days in [4, 1] {
        let plan = world.plan(ONE);
        let words: Vec<String> = plan.outcomes.iter().map(|outcome| words(&outcome.action)).collect();
        assert_eq!(words, ["tracked 2"]);
        let [problem] = plan.problems.as_slice() else { panic!("{:?}", plan.problems) };
        assert_eq!(problem.place, "SEC-2");
        assert!(problem.message.contains("resolved 2 times since 1970-01-01, "), "{}", problem.message);
        assert!(plan.is_empty());
        world.later(days);
    }
    assert_eq!(world.run(ONE), ["refile 2"], "on the day that was announced");
}

#[test]
fn what_never_was_on_a_ticket_that_flaps_is_filed() {
    let mut world = world(&UNMAPPED.replace("branches", "states: {resolved: Done}, branches"), ONE);
    assert_eq!((world.ends(NONE).len(), world.run(ONE)), (1, vec!["refile 1".to_owned()]));
    assert_eq!((world.ends(NONE).len(), world.run(ONE)), (1, vec!["tracked 2".to_owned()]));
    assert_eq!(world.run(TWO), ["tracked 2", "refile 2"], "one is back, one is new");
    assert_eq!(world.record(3).slices.len(), 1);
    assert_eq!(world.run(TWO), ["update 3"], "from now on its group has an open ticket");
    assert!(world.plan(TWO).is_empty());
}

#[test]
fn nobodys_manual_move_is_fought() {
    let mut world = world(MAPPED, ONE);
    world.run(NONE);
    world.ticket(1).status = status("To Do");
    assert!(world.plan(NONE).is_empty(), "a person opened it again");
    world.ticket(1).status = status("In Progress");
    assert!(world.plan(NONE).is_empty());
    world.run(ONE);
    assert_eq!(world.at(1), "In Progress", "it is back where the person has it");
    assert!(world.plan(ONE).is_empty());
}

#[test]
fn what_was_resolved_and_then_accepted_by_a_person_stays_accepted() {
    let mut world = world(MAPPED, ONE);
    world.run(NONE);
    world.ticket(1).status = status("Risk Accepted");
    assert_eq!(world.run(ONE), ["accepted 1"]);
}

#[test]
fn an_older_commit_that_is_run_again_brings_nothing_back() {
    let mut world = world(MAPPED, ONE);
    world.run(NONE);
    world.heads.insert(Place::Branch("main".into()), BranchTip::At("newer".into()));
    assert_eq!(world.run(ONE), ["tracked 1"]);
    assert_eq!(world.at(1), "Done");
    world.heads.clear();
    assert_eq!(world.run(ONE), ["reopen 1"]);
}

#[test]
fn a_move_that_got_lost_is_made_up_for() {
    let mut world = world(MAPPED, ONE);
    let mut plan = world.plan(NONE);
    plan.works[0].steps.truncate(1);
    world.apply(plan);
    assert_eq!(world.at(1), "To Do");
    world.run(NONE);
    assert_eq!((world.at(1), world.comments(1)), ("Done", 1));
    assert!(world.record(1).pending.is_empty() && world.plan(NONE).is_empty());
}

#[test]
fn what_a_person_closed_before_it_was_proven_gone_comes_back_at_once() {
    let mut world = world("{jira: {project: SEC}, branches: [main, develop]}", ONE);
    world.on("develop").run(ONE);
    world.ticket(1).status = status("Done");
    world.on("main").run(NONE);
    assert_eq!(world.last_reported(), Some(State::Open), "it still stands on develop");
    world.on("develop").run(NONE);
    assert_eq!((world.last_reported(), world.comments(1)), (Some(State::Resolved), 0));
    assert!(world.plan(NONE).is_empty());
    assert_eq!(world.run(ONE), ["refile 1"]);
}

#[test]
fn what_a_person_accepted_is_accepted_whether_it_is_gone_or_not() {
    let mut world = world(MAPPED, ONE);
    world.ticket(1).status = status("Risk Accepted");
    assert!(world.plan(NONE).is_empty());
    assert_eq!(world.run(ONE), ["accepted 1"]);
}
