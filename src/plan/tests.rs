//! The decision table, without a tracker: a world of tickets that answers questions and carries out plans.

use jiff::Timestamp;

use crate::model::answer::FieldMeta;
use crate::model::finding::FindingKind;
use crate::model::record::{LinkKind, State};
use crate::model::repository::Place;
use crate::model::severity::Severity;
use crate::model::slice::SliceId;
use crate::model::ticket::TicketKey;
use crate::plan::*;

mod gone;
mod jobs;
mod labels;
mod liveness;
mod mass_resolve;
mod pull_request;
mod recurrence;
mod ticket_scopes;
mod world;

pub(crate) use world::World;
use world::{person, status, words, world};

const NONE: &[&str] = &[];
const ONE: &[&str] = &["A x:1 a"];
const TWO: &[&str] = &["A x:1 a", "A y:9 b"];

/// The least that is needed.
const PLAIN: &str = "jira: {project: SEC}";

/// Each state has a status, and findings that come back reopen their ticket.
const MAPPED: &str = "{jira: {project: SEC}, recurrence: {action: reopen}, branches: [main, develop],
    states: {open: To Do, in-progress: In Progress, resolved: {status: Done, resolution: Fixed}, closed: Won't Do}}";

const UNMAPPED: &str = "{jira: {project: SEC}, branches: [main, develop]}";

#[test]
fn a_new_group_takes_six_questions_and_an_unchanged_one_three() {
    let mut world = World::new();
    assert_eq!(world.run(ONE), ["create"]);
    assert_eq!(world.asked, ["account", "open", "labelled", "mentioned", "project", "screen"]);
    assert!(world.plan(ONE).is_empty());
    assert_eq!(world.asked, ["account", "open", "done"]);
}

#[test]
fn three_hundred_groups_are_one_question() {
    let mut world = World::new();
    let lines: Vec<String> = (0..300).map(|n| format!("R{n} x:1 a")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_eq!(world.plan(&lines).creates.len(), 100);
    assert_eq!(world.asked.iter().filter(|asked| **asked == "labelled").count(), 1);
}

#[test]
fn moved_lines_another_commit_and_another_order_change_nothing() {
    let mut world = world(PLAIN, TWO);
    world.run.commit = "d".repeat(40);
    assert!(world.plan(&["A y:19 b", "A x:11 a"]).is_empty());
}

#[test]
fn of_one_finding_that_is_told_twice_the_worst_counts_in_whatever_order() {
    let config = "jira: {project: SEC, due-in-days: {critical: 7, low: 90}}";
    let findings = ["A x:1 a low", "A x:1 a critical", "A x:1 a medium"];
    let mut drafts = Vec::new();
    for order in [[0, 1, 2], [1, 0, 2], [2, 0, 1], [0, 2, 1]] {
        let mut world = World::with(config);
        let findings: Vec<&str> = order.iter().map(|at| findings[*at]).collect();
        let plan = world.plan(&findings);
        assert_eq!(plan.creates[0].record.severity, Severity::Critical, "{order:?}");
        drafts.push((plan.creates[0].fields.clone(), plan.creates[0].body.clone()));
        world.apply(plan);
        assert!(world.plan(&findings).is_empty(), "{order:?}");
        // a ticket that was filed by the mildest finding is updated once
        world.record(1).severity = Severity::Low;
        world.ticket(1).priority = Some("Low".into());
        world.record(1).last_written.priority = Some("Low".into());
        assert_eq!(world.run(&findings), ["update 1"], "{order:?}");
        assert_eq!(world.record(1).severity, Severity::Critical);
        assert_eq!(world.record(1).last_written.priority.as_deref(), Some("Highest"));
        assert!(world.plan(&findings).is_empty(), "{order:?}");
    }
    assert!(drafts.iter().all(|draft| *draft == drafts[0]), "{drafts:?}");
}

#[test]
fn an_added_finding_is_one_edit_with_one_comment() {
    let mut world = world(PLAIN, ONE);
    let plan = world.plan(TWO);
    let [Work { steps, .. }] = plan.works.as_slice() else { panic!("{plan:?}") };
    let [Step::Edit(edit)] = steps.as_slice() else { panic!("{steps:?}") };
    assert!(edit.comment.is_some() && edit.body.is_some() && edit.summary.is_some());
    assert_eq!(edit.record.as_ref().unwrap().revision, 2);
    world.apply(plan);
    assert!(world.plan(TWO).is_empty());
}

#[test]
fn what_a_person_wrote_stays_and_the_news_is_a_comment() {
    let mut world = world(PLAIN, ONE);
    world.texts.get_mut(&1).unwrap().description = "Mine now.".to_owned();
    assert_eq!(world.run(TWO), ["update 1"]);
    assert_eq!((world.texts[&1].description.as_str(), world.comments(1)), ("Mine now.", 1));
}

#[test]
fn a_worse_severity_changes_the_priority_unless_a_person_did() {
    let mut world = world(PLAIN, ONE);
    let fields = |world: &mut World| match world.plan(&["A x:1 a critical"]).works.remove(0).steps.remove(0) {
        Step::Edit(edit) => edit.fields.len(),
        _ => 0,
    };
    assert_eq!(fields(&mut world), 1);
    world.ticket(1).priority = Some("Lowest".to_owned());
    assert_eq!(fields(&mut world), 0);
}

#[test]
fn an_edited_line_is_no_news() {
    let mut world = world(PLAIN, TWO);
    assert_eq!(world.run(&["A x:1 a", "A y:9 c"]), ["tracked 1"]);
    assert_eq!(world.comments(1), 0);
    assert!(world.plan(&["A x:1 a", "A y:9 c"]).is_empty());
}

#[test]
fn an_edited_line_and_a_moved_file_keep_their_ticket_of_one_finding() {
    let mut world = world("{group-by: vulnerability, jira: {project: SEC}}", ONE);
    assert_eq!(world.run(&["A x:2 b"]), ["tracked 1"]);
    assert_eq!(world.run(&["A z/x:2 b"]), ["tracked 1"]);
    assert!(world.plan(&["A z/x:2 b"]).is_empty());
}

#[test]
fn another_mode_files_nothing_that_is_held_already() {
    let mut world = world(PLAIN, TWO);
    world.config = "{group-by: file, jira: {project: SEC}}".to_owned();
    assert_eq!(world.run(TWO), ["tracked 1", "tracked 1"]);
    assert_eq!(
        world.run(&["A x:1 a", "A y:9 b", "A z:1 c"]).iter().filter(|word| *word == "create").count(),
        1
    );
}

#[test]
fn a_finding_that_a_person_linked_is_tracked_there() {
    let mut world = world(PLAIN, &["B q:1 z"]);
    let linked = world.plan(ONE).outcomes[0].findings.clone();
    world.record(1).linked = linked;
    // the finding that it was created for has left it
    assert_eq!(world.run(ONE), ["update 1"]);
    assert_eq!(world.run(ONE), ["tracked 1"]);
    let mut both = world.run(TWO);
    both.sort();
    assert_eq!(both, ["create", "tracked 1"]);
}

#[test]
fn progress_and_another_project_change_nothing() {
    let mut world = world(PLAIN, ONE);
    world.ticket(1).status = status("In Progress");
    world.ticket(1).key = TicketKey::parse("OPS-7").unwrap();
    assert!(world.plan(ONE).is_empty());
}

#[test]
fn a_done_ticket_gets_one_comment_and_is_refiled_after_its_days_of_grace() {
    let mut world = world(PLAIN, ONE);
    world.ticket(1).status = status("Done");
    for _ in 0..3 {
        assert_eq!(world.run(ONE), ["recurred 1"]);
    }
    assert_eq!(world.comments(1), 1);
    world.later(7);
    assert_eq!(world.run(ONE), ["refile 1"]);
    assert_eq!(world.run(ONE), ["tracked 2"]);
}

#[test]
fn without_grace_it_is_refiled_at_once_and_the_link_is_owed_until_it_is_there() {
    let mut world = world("{recurrence: {grace-days: 0}, jira: {project: SEC}}", ONE);
    world.ticket(1).status = status("Done");
    let mut plan = world.plan(ONE);
    assert_eq!(plan.creates[0].record.pending.len(), 1);
    let work = plan.works.remove(0);
    assert!(matches!(work.steps[0], Step::Link(LinkKind::Relates, _)), "and it is cut off before that");
    world.apply(plan);
    assert!(matches!(world.plan(ONE).works[0].steps[0], Step::Link(LinkKind::Relates, _)));
    world.run(ONE);
    assert!(world.plan(ONE).is_empty());
}

#[test]
fn what_a_done_ticket_never_held_is_filed() {
    let mut world = world("{recurrence: {action: comment}, jira: {project: SEC}}", ONE);
    world.ticket(1).status = status("Done");
    assert_eq!(world.run(TWO), ["recurred 1", "refile 1"]);
    assert_eq!(world.run(TWO), ["update 2"]);
    assert!(world.plan(TWO).is_empty());
}

#[test]
fn what_was_told_resolved_comes_back_at_once() {
    let mut world = world("{recurrence: {action: reopen}, jira: {project: SEC}}", ONE);
    world.ticket(1).status = status("Done");
    world.record(1).last_reported = Some(State::Resolved);
    assert_eq!(world.run(ONE), ["reopen 1"]);
    assert!(world.plan(ONE).is_empty());
}

#[test]
fn an_accepted_finding_is_set_aside_and_a_new_one_beside_it_is_filed() {
    let mut world = world(PLAIN, ONE);
    world.ticket(1).status = status("Done");
    world.ticket(1).resolution = Some("won't fix".to_owned());
    assert_eq!(world.run(ONE), ["accepted 1"]);
    assert_eq!(world.run(TWO), ["accepted 1", "create"]);
    assert_eq!(world.run(TWO), ["accepted 1", "tracked 2"]);
    assert!(world.plan(TWO).is_empty());
}

#[test]
fn acceptance_ends_after_its_days_and_does_not_count_on_a_strangers_ticket() {
    let mut world = world("{recurrence: {accepted-days: 10, grace-days: 0}, jira: {project: SEC}}", ONE);
    world.ticket(1).status = status("Won't Do");
    world.ticket(1).resolved = Some(Timestamp::UNIX_EPOCH);
    world.later(10);
    assert_eq!(world.run(ONE), ["accepted 1"]);
    world.later(1);
    assert_eq!(words(&world.plan(ONE).outcomes[0].action), "refile 1");
    world.ticket(1).creator = Some(person("mallory"));
    assert_eq!(world.run(ONE), ["create"]);
}

#[test]
fn a_persons_clone_counts_and_is_never_preferred_or_written_to() {
    let mut world = world(PLAIN, ONE);
    let clone = |world: &mut World, id: u64| {
        let mut ticket = world.tickets[&1].clone();
        ticket.id.id = id;
        ticket.creator = Some(person("alice"));
        world.tickets.insert(id, ticket);
        let texts = world.texts[&1].clone();
        world.texts.insert(id, texts);
    };
    clone(&mut world, 0);
    clone(&mut world, 5);
    assert!(world.plan(ONE).is_empty());
    assert_eq!(world.run(TWO), ["update 1"]);
    world.ticket(1).status = status("Done");
    assert_eq!(world.run(TWO), ["tracked 0"]);
}

#[test]
fn an_untouched_twin_gives_way_and_a_touched_one_is_left_alone() {
    let mut world = World::new();
    let duplicate = |world: &mut World| {
        let plan = World::new().plan(ONE);
        world.apply(plan);
    };
    world.run(ONE);
    duplicate(&mut world);
    duplicate(&mut world);
    duplicate(&mut world);
    world.ticket(3).status = status("In Progress");
    world.texts.get_mut(&4).unwrap().comments = 1;
    assert_eq!(world.run(ONE), ["tracked 1"]);
    assert_eq!(world.tickets[&2].status.name, "Done");
    assert!(world.tickets[&2].labels.is_empty());
    assert_eq!(world.tickets[&3].status.name, "In Progress");
    assert_eq!(world.comments(3), 0);
    assert_eq!((world.at(4), world.comments(4)), ("To Do", 1), "a person said something there");
    assert!(world.plan(ONE).is_empty());
}

#[test]
fn whatever_a_person_changed_on_a_twin_keeps_it() {
    let check = |change: fn(&mut World), expected: &str| {
        let mut world = World::new();
        world.run(ONE);
        let plan = World::new().plan(ONE);
        world.apply(plan);
        change(&mut world);
        world.run(ONE);
        assert_eq!(world.at(2), expected);
    };
    check(|_| {}, "Done");
    check(|world| world.texts.get_mut(&2).unwrap().summary.push('!'), "To Do");
    check(|world| world.texts.get_mut(&2).unwrap().description.push('!'), "To Do");
    check(|world| world.texts.get_mut(&2).unwrap().comments = 1, "To Do");
    check(|world| world.ticket(2).due = Some("2027-01-31".parse().unwrap()), "To Do");
    check(|world| world.ticket(2).status = status("In Progress"), "In Progress");
}

#[test]
fn a_run_that_may_not_write_plans_no_write() {
    let mut world = world(PLAIN, ONE);
    world.run.pattern = None;
    let plan = world.plan(&["A x:1 a", "A y:9 b", "B x:1 c"]);
    assert!(plan.is_empty());
    let mut actions: Vec<_> = plan.outcomes.iter().map(|outcome| words(&outcome.action)).collect();
    actions.sort();
    assert_eq!(actions, ["not allowed: branch `main` is not among the configured branches", "tracked 1"]);
}

#[test]
fn a_pull_request_tells_the_ticket_only_what_its_base_lacks() {
    let mut world = world(PLAIN, ONE);
    world.run.place = Place::PullRequest(7);
    world.run.pull_request = Some(7);
    assert!(world.plan(ONE).is_empty());
    assert_eq!(world.asked, ["account", "open"]);
    let plan = world.plan(TWO);
    let Step::Edit(edit) = &plan.works[0].steps[0] else { panic!("{plan:?}") };
    assert_eq!(edit.slices[0].kept.0.len(), 1);
    world.apply(plan);
    assert!(world.plan(TWO).is_empty());
}

#[test]
fn the_severest_are_filed_first_and_the_others_wait() {
    let mut world = World::with("{max-new: 1, jira: {project: SEC}}");
    let plan = world.plan(&["A x:1 a low", "B x:2 b critical"]);
    assert_eq!(plan.creates[0].record.severity, Severity::Critical);
    assert_eq!(plan.outcomes.iter().filter(|outcome| outcome.action == GroupAction::Deferred).count(), 1);
    world.apply(plan);
    let mut later = world.run(&["A x:1 a low", "B x:2 b critical"]);
    later.sort();
    assert_eq!(later, ["create", "tracked 1"]);
    let mut world = World::with("{max-new: 1, jira: {project: SEC}}");
    // more than are kept in memory at once
    let many = ["A x:1 a low", "B x:2 b medium", "C x:3 c low", "D x:4 d critical", "E x:5 e high"];
    let plan = world.plan(&many);
    assert_eq!((plan.creates.len(), plan.creates[0].record.severity), (1, Severity::Critical));
    assert_eq!(plan.outcomes.iter().filter(|outcome| outcome.action == GroupAction::Deferred).count(), 4);
}

#[test]
fn what_there_was_no_time_to_draft_waits() {
    let many = ["A x:1 a low", "B x:2 b medium", "C x:3 c low", "D x:4 d critical", "E x:5 e high"];
    let mut drafted = Vec::new();
    for time in 0..40 {
        let mut world = World { time, ..World::new() };
        let plan = world.plan(&many);
        let deferred = plan.outcomes.iter().filter(|outcome| outcome.action == GroupAction::Deferred).count();
        assert_eq!(plan.creates.len() + deferred, many.len(), "{time}: {plan:?}");
        assert!(plan.creates.iter().is_sorted_by_key(|draft| std::cmp::Reverse(draft.record.severity)));
        drafted.push(plan.creates.len());
    }
    assert!(
        drafted.is_sorted() && drafted[0] == 0 && drafted.contains(&2) && drafted.ends_with(&[5]),
        "{drafted:?}"
    );
}

#[test]
fn a_person_chooses_what_is_filed() {
    let mut world = World::new();
    let plan = world.plan(TWO);
    world.config = "{create: manual, jira: {project: SEC}}".to_owned();
    assert_eq!(world.run(TWO), ["not-selected 0"]);
    world.only = vec![plan.outcomes[0].findings[0]];
    assert_eq!(world.run(TWO), ["create"]);
    assert_eq!(world.tickets[&1].record.as_ref().unwrap().slices.len(), 1);
}

#[test]
fn where_tickets_could_not_be_found_again_nothing_is_filed() {
    let check = |change: fn(&mut World), expected: &str| {
        let mut world = World::new();
        change(&mut world);
        let plan = world.plan(TWO);
        assert!(plan.is_empty());
        assert_eq!(words(&plan.outcomes[0].action), expected);
    };
    check(|world| world.may.edit = false, "impossible: the account lacks Edit Issues in project SEC");
    check(
        |world| drop(world.screen.fields.remove("labels")),
        "impossible: the create screen has no Labels field, so casefile would not find its tickets again",
    );
    check(
        |world| {
            let team = FieldMeta { name: "Team".into(), required: true, ..FieldMeta::default() };
            world.screen.fields.insert("customfield_1".into(), team);
        },
        "impossible: the field `Team` (customfield_1) is required and has no value",
    );
}

#[test]
fn a_project_without_priorities_gets_tickets_without() {
    let mut world = World::new();
    world.screen.fields.remove("priority");
    let plan = world.plan(ONE);
    assert!(plan.creates[0].fields.is_empty() && plan.problems.is_empty());
}

#[test]
fn a_later_casefiles_ticket_is_tracked_and_left_alone() {
    let mut world = world(PLAIN, ONE);
    world.record(1).version = 2;
    assert!(world.plan(TWO).is_empty());
    assert_eq!(world.run(TWO), ["tracked 1"]);
}

#[test]
fn a_lost_record_loses_detail_and_no_deduplication() {
    let mut world = world(PLAIN, ONE);
    world.ticket(1).record = None;
    world.slices.clear();
    assert_eq!(world.run(ONE), ["tracked 1"]);
    assert!(world.ticket(1).record.is_some());
    assert!(world.plan(ONE).is_empty());
}
