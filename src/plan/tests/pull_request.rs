//! What a pull request does to tickets of others, and to its own.

use crate::document::plain;
use crate::model::answer::Permissions;
use crate::plan::tests::*;

#[test]
fn what_a_pull_request_alone_has_is_gone_when_its_own_scan_lacks_it() {
    let mut world = World::with(MAPPED);
    world.pull();
    world.run(ONE);
    assert_eq!(world.ends(NONE), ["resolved 1"]);
    assert!(world.plan(NONE).is_empty());
}

#[test]
fn after_a_merge_the_bases_next_scan_decides() {
    let mut world = World::with(MAPPED);
    world.pull();
    world.run(ONE);
    world.run.pull_request = None;
    world.on("main").run(ONE);
    assert_eq!(world.ends(NONE), ["partiallyresolved 1"], "the pull request may still be open");
    world.heads.insert(Place::PullRequest(7), BranchTip::Gone);
    assert_eq!(world.ends(NONE), ["resolved 1"]);
    assert!(world.plan(NONE).is_empty());
}

#[test]
fn a_pull_request_that_would_resolve_a_ticket_says_so_once() {
    let mut world = world(MAPPED, ONE);
    let plan = world.pull().plan(NONE);
    assert_eq!(named(&plan), ["remote", "comment", "try"]);
    assert_eq!((plan.remediations.len(), plan.endings.len()), (1, 0));
    world.apply(plan);
    assert_eq!((world.at(1), world.last_reported()), ("In Progress", Some(State::InProgress)));
    let again = world.plan(NONE);
    assert!(again.is_empty() && again.remediations.len() == 1);
    assert_eq!(world.asked, ["account", "open"]);
    world.scan.success = Some(false);
    let failed = world.plan(NONE);
    assert!(failed.is_empty() && failed.remediations.len() == 1, "a scan that failed takes nothing back");
    world.scan.success = None;
    assert_eq!(world.main().ends(NONE), ["resolved 1"]);
    assert_eq!(world.at(1), "Done");
    assert!(world.plan(NONE).is_empty());
}

#[test]
fn what_a_pull_request_said_is_taken_back_when_it_has_it_again() {
    let mut world = world(MAPPED, ONE);
    world.pull().run(NONE);
    let plan = world.plan(ONE);
    assert_eq!((named(&plan), plan.remediations.len()), (vec!["unremote", "comment", "try"], 0));
    world.apply(plan);
    assert_eq!((world.at(1), world.last_reported()), ("To Do", Some(State::Open)));
    assert!(world.plan(ONE).is_empty());
    let both = ["A x:1 a", "A y:9 b"];
    world.run(NONE);
    assert_eq!(named(&world.plan(&both)), ["unremote", "comment", "try"], "one edit, whatever it is for");
    world.run(&both);
    assert!(world.plan(&both).is_empty());
}

#[test]
fn a_person_who_moved_the_ticket_keeps_it_where_it_is() {
    let mut world = world(MAPPED, ONE);
    world.pull().run(NONE);
    world.ticket(1).status = status("To Do");
    assert!(world.plan(NONE).is_empty());
    world.run(ONE);
    world.ticket(1).status = status("In Progress");
    world.run(NONE);
    assert_eq!(world.at(1), "In Progress");
}

#[test]
fn what_a_person_began_is_not_taken_back() {
    let check = |back: fn(&mut World)| {
        let mut world = world(MAPPED, ONE);
        world.ticket(1).status = status("In Progress");
        world.pull().run(NONE);
        back(&mut world);
        assert_eq!((world.at(1), world.last_reported()), ("In Progress", Some(State::Open)));
    };
    check(|world| {
        world.run(ONE);
    });
    check(|world| {
        let plan = world.close();
        assert_eq!(named(&plan), ["unremote", "comment"]);
        world.apply(plan);
    });
}

#[test]
fn a_pull_request_into_another_branch_takes_back_what_it_said() {
    let mut world = world(
        "{branches: [main], states: {open: To Do, in-progress: In Progress}, jira: {project: SEC}}",
        ONE,
    );
    world.pull().run(NONE);
    assert_eq!(world.at(1), "In Progress");
    world.run.base = Some("experiment".into());
    let plan = world.plan(NONE);
    assert_eq!((named(&plan), plan.remediations.len()), (vec!["unremote", "comment", "try"], 0));
    world.apply(plan);
    assert_eq!((world.at(1), world.last_reported()), ("To Do", Some(State::Open)));
    assert!(world.plan(NONE).is_empty());
}

#[test]
fn who_may_not_write_still_says_what_would_be_resolved() {
    let mut fork = world(MAPPED, ONE);
    fork.run.untrusted = Some("a fork".into());
    let plan = fork.pull().plan(NONE);
    assert!(plan.is_empty() && plan.remediations.len() == 1);
    let mut disallowed = world(MAPPED, ONE);
    disallowed.run.pattern = None;
    let plan = disallowed.pull().plan(NONE);
    assert_eq!((named(&plan).len(), plan.remediations.len()), (3, 1));
    let mut elsewhere = world(MAPPED, ONE);
    elsewhere.pull().run.base = Some("experiment".into());
    assert!(elsewhere.plan(NONE).remediations.is_empty());
}

#[test]
fn what_is_still_there_or_proves_nothing_is_no_remedy() {
    let check = |config: &str, change: fn(&mut World), before: &[&str], after: &[&str]| {
        let mut world = world(config, before);
        change(world.pull());
        let plan = world.plan(after);
        assert_eq!(plan.remediations, [], "{after:?}");
        assert!(plan.is_empty());
    };
    let one = "{group-by: vulnerability, jira: {project: SEC}}";
    check(MAPPED, |_| (), TWO, ONE);
    check(MAPPED, |_| (), ONE, &["A x:7 b"]);
    check(MAPPED, |_| (), ONE, &["A x:1 a high suppressed"]);
    check(one, |world| world.run.pattern = None, ONE, &["A x:7 b"]);
    check(MAPPED, |world| world.scan.success = Some(false), ONE, NONE);
    check(MAPPED, |world| _ = world.lists(&["B"], true), ONE, NONE);
    check(MAPPED, |world| world.run.job = "ci/other".into(), ONE, NONE);
    check("{pull-request: {scope: changed}, jira: {project: SEC}}", |_| (), ONE, NONE);
}

#[test]
fn what_another_scope_has_on_the_base_is_not_told_as_resolved() {
    let mut world = world(MAPPED, ONE);
    world.run.job = "ci/other".into();
    world.run(&["A y:9 b"]);
    let plan = world.pull().plan(NONE);
    assert!(plan.is_empty());
    assert_eq!(plan.remediations.len(), 1, "the section adds up what each scan says");
}

#[test]
fn a_closed_pull_request_takes_back_what_it_said() {
    let mut world = world(MAPPED, ONE);
    world.pull().run(NONE);
    let plan = world.close();
    assert_eq!(named(&plan), ["unremote", "comment", "try"]);
    world.apply(plan);
    assert_eq!((world.at(1), world.last_reported()), ("To Do", Some(State::Open)));
    assert!(world.close().is_empty());
}

#[test]
fn what_a_merged_pull_request_alone_had_is_its_bases_whose_next_scan_decides() {
    let merged = |base: &str| Ended { merged: [(7, base.to_owned())].into(), ..Ended::default() };
    let start = || {
        let mut world = World::with(MAPPED);
        world.pull().run(ONE);
        world.heads.insert(Place::PullRequest(7), BranchTip::Gone);
        world
    };
    let mut world = start();
    let plan = world.end(merged("main"));
    assert_eq!(named(&plan), ["edit"]);
    world.apply(plan);
    assert_eq!(world.record(1).life.stands, [Place::Branch("main".into())].into());
    assert!(world.end(merged("main")).is_empty());
    assert!(world.main().plan(ONE).is_empty(), "it is known there");
    assert_eq!(world.ends(NONE), ["resolved 1"]);
    assert_eq!((world.at(1), world.comments(1)), ("Done", 1));

    let mut scanned = start();
    scanned.main().run(ONE);
    assert!(scanned.end(merged("main")).is_empty(), "the base's scan has decided");
    assert!(start().end(merged("experiment")).is_empty(), "nothing is known of it");
    let mut fixed_before = world;
    fixed_before.ticket(1).status = status("To Do");
    fixed_before.pull().run(ONE);
    let plan = fixed_before.end(merged("main"));
    fixed_before.apply(plan);
    assert_eq!(fixed_before.main().ends(NONE), ["resolved 1"], "though main has a slice that holds nothing");
}

#[test]
fn what_a_closed_pull_request_alone_had_is_gone() {
    let mut alone = World::with(MAPPED);
    alone.pull().run(ONE);
    let plan = alone.close();
    assert_eq!(named(&plan), ["comment", "try"]);
    alone.apply(plan);
    assert_eq!(alone.at(1), "Done");
    assert!(alone.close().is_empty());

    let mut beside = world(MAPPED, ONE);
    beside.pull().run(TWO);
    let plan = beside.close();
    assert_eq!(named(&plan), ["comment"]);
    beside.apply(plan);
    assert_eq!(beside.last_reported(), Some(State::Open));
    assert!(beside.close().is_empty());
}

#[test]
fn what_another_pull_request_has_as_well_is_recorded_there_too() {
    let mut world = World::with(MAPPED);
    world.pull().run(ONE);
    (world.run.place, world.run.pull_request) = (Place::PullRequest(8), Some(8));
    assert_eq!(named(&world.plan(ONE)), ["edit"]);
    world.run(ONE);
    assert!(world.plan(ONE).is_empty());
    world.heads.insert(Place::PullRequest(8), BranchTip::At("c".repeat(40)));
    let plan = world.close();
    assert_eq!(named(&plan), ["edit"]);
    world.apply(plan);
    assert_eq!((world.last_reported(), world.close().is_empty()), (Some(State::Open), true));
    assert_eq!(world.ends(NONE), ["resolved 1"], "though the slice of the closed one holds nothing as well");
    assert_eq!(world.at(1), "Done");
}

#[test]
fn a_mass_of_closed_pull_requests_tickets_is_resolved_only_if_that_is_wanted() {
    let check = |ours: usize, on_main: usize, mass: bool, resolved: usize| {
        let mut world = World::with(MAPPED);
        world.mass = mass;
        let findings: Vec<String> = (0..ours + on_main).map(|n| format!("R{n} x{n}:1 a")).collect();
        let findings: Vec<&str> = findings.iter().map(String::as_str).collect();
        world.run(&findings[..on_main]);
        world.pull().run(&findings);
        let plan = world.close();
        assert_eq!(plan.endings.len(), resolved, "{ours} beside {on_main}");
        let hinted = plan.problems.iter().any(|one| one.hint.contains("refresh --allow-mass-resolve"));
        assert_eq!((hinted, plan.is_empty()), (resolved == 0, resolved == 0));
    };
    check(10, 0, false, 10);
    check(11, 0, false, 0);
    check(11, 0, true, 11);
    check(11, 10, false, 0);
    check(11, 11, false, 11);
}

#[test]
fn a_mass_of_closed_pull_requests_tickets_is_held_back_whatever_is_filed_later() {
    let mut world = World::with(MAPPED);
    let findings: Vec<String> = (0..40).map(|n| format!("R{n} x{n}:1 a")).collect();
    let findings: Vec<&str> = findings.iter().map(String::as_str).collect();
    world.pull().run(&findings[..11]);
    assert_eq!(world.close().endings.len(), 0);
    world.main().run(&findings[11..]);
    assert_eq!((world.tickets.len(), world.close().endings.len()), (40, 0));
}

/// The steps of a plan that has only one work.
fn named(plan: &Plan) -> Vec<&'static str> {
    let name = |step: &Step| match step {
        Step::Edit(edit) if edit.comment.is_some() => "comment",
        Step::Edit(_) => "edit",
        Step::Remote(_) => "remote",
        Step::Unremote(_) => "unremote",
        Step::Try(..) => "try",
        _ => "other",
    };
    plan.works.iter().flat_map(|work| work.steps.iter().map(name)).collect()
}

#[test]
fn what_a_pull_request_and_its_base_had_is_resolved_when_both_lack_it() {
    let check = |before: &[&str], after: [&str; 2]| {
        for config in [MAPPED.to_owned(), MAPPED.replace("{jira", "{group-by: vulnerability, jira")] {
            let mut world = World::with(&config);
            let mut ends = Vec::new();
            for place in before {
                let world = if *place == "main" { world.main() } else { world.pull() };
                world.run(ONE);
            }
            for place in after {
                let world = if place == "main" { world.main() } else { world.pull() };
                ends.extend(world.ends(NONE));
                assert!(world.plan(NONE).is_empty());
            }
            assert_eq!(ends.last().map(String::as_str), Some("resolved 1"), "{config} {before:?} {after:?}");
            assert_eq!(world.at(1), "Done");
        }
    };
    for after in [["main", "pull"], ["pull", "main"]] {
        check(&["pull", "main"], after);
        check(&["pull", "main", "pull"], after);
        check(&["main", "pull", "main"], after);
    }
}

#[test]
fn before_the_first_ticket_it_is_found_out_whether_any_can_be_filed() {
    let mut world = World::with("{branches: [main], jira: {project: SEC}}");
    world.pull().run.pattern = None;
    let problems = |world: &mut World| {
        let problems = world.plan(ONE).problems.into_iter().map(|problem| problem.message);
        problems.collect::<Vec<_>>()
    };
    assert_eq!(problems(&mut world), [""; 0]);
    assert_eq!(world.asked.last(), Some(&"project"), "{:?}", world.asked);
    world.may = Permissions { browse: false, ..Permissions::ALL };
    let missing = "project SEC does not exist, or the account is not allowed to browse it";
    assert_eq!(problems(&mut world), [missing]);
    world.run.untrusted = Some("the code comes from a fork".to_owned());
    assert_eq!(problems(&mut world), [""; 0]);
    assert!(!world.asked.contains(&"project"));

    let mut world = self::world(MAPPED, ONE);
    world.may = Permissions { browse: false, ..Permissions::ALL };
    world.pull().run.pattern = None;
    assert_eq!(problems(&mut world), [""; 0]);
    assert!(!world.asked.contains(&"project"), "there are tickets: {:?}", world.asked);
}

#[test]
fn a_text_names_every_branch_that_has_one_of_its_findings() {
    let check = |go: fn(&mut World), findings: &[&str], expected: &str| {
        let mut world = world(MAPPED, ONE);
        go(&mut world);
        let plan = world.plan(findings);
        let Step::Edit(edit) = &plan.works[0].steps[0] else { panic!("{plan:?}") };
        let text = plain::render(edit.body.as_ref().unwrap());
        assert!(text.contains(expected), "{expected}: {text}");
    };
    let pull = |world: &mut World| _ = world.pull();
    let release = |world: &mut World| _ = world.on("release");
    check(pull, &["A x:1 a", "A y:9 c"], "On feature. 1 of these is also on main.");
    check(pull, &["A y:9 c"], "On feature. Other scans: 1 finding on main.");
    check(release, &["A x:1 a", "A y:9 c"], "On release. 1 of these is also on main.");
}

#[test]
fn after_the_merge_the_text_is_about_the_base() {
    let mut world = world(MAPPED, ONE);
    let both = ["A x:1 a", "A y:9 c"];
    world.pull().run(&both);
    let told = world.comments(1);
    let plan = world.main().plan(&both);
    let Step::Edit(edit) = &plan.works[0].steps[0] else { panic!("{plan:?}") };
    assert!(plain::render(edit.body.as_ref().unwrap()).contains("On main."), "{edit:?}");
    assert!(edit.comment.is_none() && edit.instead.is_none());
    world.apply(plan);
    assert_eq!(world.comments(1), told);
    assert!(world.plan(&both).is_empty());
}

#[test]
fn what_a_pull_request_adds_to_a_group_is_not_on_its_base() {
    let mut world = world(MAPPED, ONE);
    world.run.pattern = None;
    let both = ["A x:1 a", "A y:9 c"];
    let plan = world.pull().plan(&both);
    assert!(plan.works.is_empty());
    let found: Vec<bool> =
        plan.outcomes.iter().flat_map(|one| &one.findings).map(|id| plan.on_base.contains(id)).collect();
    assert_eq!(found, [true, false]);
}
