//! A ticket that stands for several groups, or for findings that a person linked to it.

use std::collections::BTreeSet;

use crate::model::write::Ref;
use crate::plan::tests::*;

const THREE: &[&str] = &["A x:1 a", "B y:2 b", "C z:3 c"];

/// What is done on a ticket: how many works, and how many comments they contain.
fn on(plan: &Plan, id: u64) -> (usize, usize) {
    let works: Vec<&Work> =
        plan.works.iter().filter(|work| matches!(&work.on, Ref::Known(on) if on.id == id)).collect();
    let comments = works.iter().flat_map(|work| &work.steps).filter(|step| match step {
        Step::Edit(edit) => edit.comment.is_some(),
        _ => false,
    });
    (works.len(), comments.count())
}

/// The first ticket stands for three groups: a person copied the labels of the other two and deleted those tickets.
fn merged(config: &str) -> World {
    let mut world = world(config, THREE);
    let labels: BTreeSet<String> = world.tickets.values().flat_map(|ticket| ticket.labels.clone()).collect();
    world.ticket(1).labels = labels.into_iter().collect();
    world.tickets.retain(|id, _| *id == 1);
    world
}

#[test]
fn a_ticket_of_several_groups_is_edited_once_and_then_left_alone() {
    let mut world = merged(PLAIN);
    let plan = world.plan(THREE);
    assert_eq!((plan.works.len(), on(&plan, 1)), (1, (1, 1)));
    let mut words: Vec<String> = plan.outcomes.iter().map(|outcome| words(&outcome.action)).collect();
    words.sort();
    assert_eq!(words, ["tracked 1", "update 1", "update 1"], "one of the three was there before");
    world.apply(plan);
    assert!(world.plan(THREE).is_empty(), "{:?}", world.plan(THREE).works);

    // two of them have one more place each
    let more = [THREE, &["A q:1 p", "B q:2 r"]].concat();
    let plan = world.plan(&more);
    assert_eq!((plan.works.len(), on(&plan, 1)), (1, (1, 1)));
    world.apply(plan);
    assert!(world.plan(&more).is_empty());
    // one group leaves, and then the others
    assert_eq!(on(&world.plan(&["A x:1 a", "A q:1 p", "C z:3 c"]), 1).0, 1);
    world.run(&["A x:1 a", "A q:1 p", "C z:3 c"]);
    assert!(world.plan(&["A x:1 a", "A q:1 p", "C z:3 c"]).is_empty());
    assert_eq!(world.ends(NONE), ["resolved 1"]);
    assert!(world.plan(NONE).is_empty());
}

#[test]
fn a_ticket_of_more_groups_than_names_fit_keeps_a_name_of_each() {
    let rules: Vec<String> = (0..12).map(|n| format!("R{n} x:{n} t{n}")).collect();
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    let mut world = world(PLAIN, &rules);
    let labels: BTreeSet<String> = world.tickets.values().flat_map(|ticket| ticket.labels.clone()).collect();
    world.ticket(1).labels = labels.into_iter().collect();
    world.tickets.retain(|id, _| *id == 1);
    world.run(&rules);
    assert!(world.plan(&rules).is_empty());
}

/// A world with one ticket for `A`'s findings and one for `B`'s, in which the first finding of `A` was linked to the
/// latter; and both tickets' ids.
fn linked(config: &str) -> (World, u64, u64) {
    let mut world = world(config, &["A x:1 a", "A y:9 b", "B q:1 z"]);
    let plan = world.plan(&["A x:1 a", "A y:9 b", "B q:1 z"]);
    let outcome = plan.outcomes.iter().find(|outcome| outcome.findings.len() == 2).unwrap();
    let own = outcome.action.ticket().unwrap().id;
    let other = if own == 1 { 2 } else { 1 };
    world.record(other).linked = vec![outcome.findings[0]];
    (world, own, other)
}

#[test]
fn what_becomes_of_a_linked_finding_is_told_where_it_is_linked() {
    let all = ["A x:1 a", "A y:9 b", "B q:1 z"];
    let (mut world, own, other) = linked(MAPPED);
    let plan = world.plan(&all);
    assert_eq!((on(&plan, own), on(&plan, other)), ((1, 0), (1, 0)), "it moves without a word");
    world.apply(plan);
    assert!(world.plan(&all).is_empty());

    let plan = world.plan(&["A y:9 b", "B q:1 z"]);
    assert_eq!((on(&plan, own), on(&plan, other)), ((0, 0), (1, 1)));
    world.apply(plan);
    assert!(world.plan(&["A y:9 b", "B q:1 z"]).is_empty());

    let (mut world, own, other) = linked(MAPPED);
    world.run(&all);
    world.run(&["A x:1 a", "A y:9 b"]);
    assert_eq!(world.at(other), "To Do", "the linked one is still there");
    assert_eq!(world.ends(&["A y:9 b"]), [format!("resolved {other}")]);
    assert_eq!((world.at(other), world.at(own)), ("Done", "To Do"));
}

#[test]
fn a_ticket_whose_findings_were_all_linked_elsewhere_is_not_told_that_they_are_gone() {
    let mut world = world(MAPPED, &["A x:1 a", "B q:1 z"]);
    let plan = world.plan(&["A x:1 a"]);
    let GroupAction::Tracked(own) = &plan.outcomes[0].action else { panic!("{plan:?}") };
    let (own, other) = (own.id, if own.id == 1 { 2 } else { 1 });
    world.record(other).linked = plan.outcomes[0].findings.clone();
    assert_eq!(world.ends(&["B q:1 z"]), Vec::<String>::new());
    assert_eq!((world.at(own), world.comments(own)), ("To Do", 0));
}

#[test]
fn the_rest_of_a_file_is_not_drawn_after_a_linked_finding() {
    let config = "{group-by: file, jira: {project: SEC}}";
    let mut world = world(config, &["A q:1 z"]);
    let finding = world.plan(&["A x:1 a"]).outcomes[0].findings[0];
    world.record(1).linked = vec![finding];
    let mut words = world.run(&["A q:1 z", "A x:1 a", "A x:5 b"]);
    words.sort();
    assert_eq!(words, ["create", "tracked 1", "tracked 1"]);
    assert!(world.plan(&["A q:1 z", "A x:1 a", "A x:5 b"]).is_empty());
}
