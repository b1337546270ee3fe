//! The life of a ticket: gone, set aside, back again; and everything that proves nothing.

use crate::model::scan::{Scan, Unread};
use crate::plan::tests::*;

#[test]
fn what_is_gone_is_told_once_and_moved() {
    let mut world = world(MAPPED, ONE);
    let plan = world.plan(NONE);
    let [Work { steps, .. }] = plan.works.as_slice() else { panic!("{plan:?}") };
    let [Step::Edit(edit), Step::Try(go, settled)] = steps.as_slice() else { panic!("{steps:?}") };
    assert!(edit.comment.is_some());
    assert_eq!(go.resolution.as_deref(), Some("Fixed"));
    assert_eq!(edit.record.as_ref().unwrap().pending.len(), 1, "what is owed stands there until it is done");
    assert_eq!(settled.record.as_ref().unwrap().pending.len(), 0);
    assert_eq!(world.ends(NONE), ["resolved 1"]);
    assert_eq!((world.at(1), world.told()), ("Done", Some(State::Resolved)));
    assert!(world.plan(NONE).is_empty());
}

#[test]
fn without_a_mapping_it_is_told_once_and_nothing_else() {
    let mut world = world(UNMAPPED, ONE);
    assert_eq!(world.ends(NONE), ["resolved 1"]);
    assert_eq!((world.at(1), world.comments(1)), ("To Do", 1));
    assert!(world.plan(NONE).is_empty());
    assert_eq!(world.run(ONE), ["update 1"]);
    assert_eq!(world.told(), Some(State::Open));
    assert!(world.plan(ONE).is_empty());
}

#[test]
fn what_proves_nothing_resolves_nothing() {
    let check = |change: fn(&mut World)| {
        let mut world = world(MAPPED, ONE);
        change(&mut world);
        assert!(world.plan(NONE).is_empty());
    };
    check(|world| world.scan.success = Some(false));
    check(|world| world.scan.has_results = false);
    check(|world| world.scan.scanner = "Other".into());
    check(|world| world.scan.category = Some("other".into()));
    check(|world| world.run.job = "ci/other".into());
    check(|world| _ = world.lists(&["B"], true));
    check(|world| world.run.untrusted = Some("a fork".into()));
    check(|world| world.run.pattern = None);
    check(|world| world.only = vec![world.tickets[&1].record.as_ref().unwrap().names[0]]);
    check(|world| {
        world.on("develop");
    });
    check(|world| {
        world.run.place = Place::PullRequest(7);
        world.run.pull_request = Some(7);
    });
    for head in [BranchTip::At("older".into()), BranchTip::Gone, BranchTip::Unknown] {
        let mut world = world(MAPPED, ONE);
        let passed = head != BranchTip::Unknown;
        world.heads.insert(Place::Branch("main".into()), head);
        let plan = world.plan(NONE);
        assert_eq!((plan.is_empty(), plan.unproven.len()), (true, usize::from(passed)));
    }
    let mut known = world(MAPPED, ONE);
    known.lists(&["A", "B"], true);
    assert_eq!(known.ends(NONE), ["resolved 1"]);
}

#[test]
fn two_reports_of_one_scan_prove_only_together() {
    let part = |success| Scan { success: Some(success), ..World::new().scan };
    for (first, second, resolved) in [(true, false, 0), (false, true, 0), (true, true, 1)] {
        let mut world = world(MAPPED, ONE);
        world.scan.success = Some(first);
        world.more = vec![part(second)];
        assert_eq!(world.ends(NONE).len(), resolved, "{first} {second}");
    }
}

#[test]
fn a_part_that_lists_no_rules_may_have_looked_for_any() {
    let listing = |rules: &[&str]| Scan {
        rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
        lists_all: true,
        ..World::new().scan
    };
    let check = |first: &[&str], second: &[&str], resolved: usize| {
        let mut world = world(MAPPED, ONE);
        world.scan = listing(first);
        world.more = vec![listing(second)];
        assert_eq!(world.ends(NONE).len(), resolved, "{first:?} {second:?}");
    };
    check(&["B"], &["C"], 0);
    check(&["B"], &["A"], 1);
    check(&["A"], &["B"], 1);
    check(&["B"], &[], 1);
    check(&[], &["B"], 1);
}

#[test]
fn what_a_full_slice_had_no_room_for_may_still_be_there() {
    let mut full = world(MAPPED, ONE);
    full.slices.values_mut().for_each(|slice| slice.truncated = true);
    assert_eq!(full.ends(NONE), NONE);
    assert_eq!(full.at(1), "To Do");
}

#[test]
fn more_places_than_are_asked_about_count_as_they_are() {
    let check = |branches: usize, expected: &str| {
        let mut world = world("{jira: {project: SEC}, branches: [main, 'b*']}", ONE);
        for n in 0..branches {
            let name = format!("b{n:02}");
            world.on(&name).run(ONE);
            world.heads.insert(Place::Branch(name), BranchTip::Gone);
        }
        assert_eq!(world.main().ends(NONE), [expected], "{branches}");
    };
    check(30, "resolved 1");
    check(31, "lessened 1");
}

#[test]
fn a_slice_that_was_lost_is_not_known_to_hold_nothing() {
    let mut world = world(MAPPED, ONE);
    world
        .record(1)
        .slices
        .insert(ScopeStateId::of_property("casefile-00000000000a").unwrap(), "1.1".to_owned());
    assert_eq!(world.ends(NONE), ["lessened 1"]);
    assert_eq!(world.at(1), "To Do");
}

#[test]
fn a_file_that_could_not_be_looked_at_keeps_its_findings_and_the_rest_is_proven_gone() {
    let mut world = world(MAPPED, TWO);
    world.scan.unread = vec![Unread { path: "x".into(), why: "odd".into() }];
    assert_eq!(world.ends(NONE), ["lessened 1"]);
    assert!(world.plan(NONE).is_empty());
    assert_eq!(world.ends(&["A x:1 a high suppressed"]), ["closed 1"], "what is there is known all the same");

    let mut world = self::world(MAPPED, ONE);
    world.scan.unread = vec![Unread { path: "x".into(), why: "odd".into() }];
    assert!(world.plan(NONE).is_empty());
    world.scan.unread = Vec::new();
    assert_eq!(world.ends(NONE), ["resolved 1"]);
}

#[test]
fn a_rule_that_is_not_listed_was_dropped_where_the_scanner_has_listed_rules_that_found_nothing() {
    // the first is SEC-1, and so on
    let three = ["A x:1 a critical", "B y:2 b high", "C z:3 c low"];
    let one = &three[..1];
    // a scanner that lists those rules alone that found something
    let mut found = World::with(MAPPED);
    found.lists(&["A", "B", "C"], false).run(&three);
    assert_eq!(found.lists(&["A", "B"], false).ends(&three[..2]), ["resolved 3"]);
    assert_eq!(found.lists(&["A"], false).ends(one), ["resolved 2"]);

    // the ticket itself remembers that the scanner is another
    let mut itself = World::with(MAPPED);
    itself.lists(&["A", "B", "D"], true).run(&three[..2]);
    assert!(itself.lists(&["A"], false).plan(one).is_empty());
    assert_eq!(itself.lists(&["A", "B"], true).ends(one), ["resolved 2"]);

    // another one does, which is done
    let mut another = World::with(MAPPED);
    another.lists(&["A", "B", "C"], false).run(&three);
    assert_eq!(another.lists(&["A", "B", "C"], true).ends(&three[..2]), ["resolved 3"]);
    another.lists(&["A"], false);
    assert!(another.plan(one).is_empty());
    assert_eq!(another.ends(&[three[0], "E v:1 e"]), NONE, "also in a run that files something");
}

#[test]
fn nobody_is_asked_about_tips_as_long_as_nothing_is_gone() {
    let mut world = world(MAPPED, TWO);
    world.plan(TWO);
    assert_eq!(world.asked, ["account", "open", "done"]);
    world.plan(&["A y:9 b"]);
    assert_eq!(world.asked, ["account", "open", "slices", "head", "texts", "done", "all slices"]);
}

#[test]
fn an_edited_line_and_a_moved_file_are_not_gone() {
    for mode in ["type", "vulnerability", "file"] {
        let mut world = world(&format!("{{group-by: {mode}, jira: {{project: SEC}}}}"), TWO);
        for findings in [["A x:1 a", "A y:9 c"], ["A x:2 d", "A y:9 c"]] {
            assert_eq!(world.ends(&findings), NONE, "{mode}");
            assert!(world.plan(&findings).is_empty(), "{mode}");
        }
    }
    let mut moved = world("{group-by: vulnerability, jira: {project: SEC}}", ONE);
    assert_eq!(moved.ends(&["A z/x:1 a"]), NONE);
}

#[test]
fn a_grouped_ticket_drops_what_is_gone_from_its_list() {
    let mut world = world(MAPPED, TWO);
    let plan = world.plan(ONE);
    let Step::Edit(edit) = &plan.works[0].steps[0] else { panic!("{plan:?}") };
    assert!(edit.body.is_some() && edit.comment.is_none() && plan.works[0].steps.len() == 1);
    assert_eq!(edit.slices[0].kept.0.len(), 1);
    world.apply(plan);
    assert!(world.plan(ONE).is_empty());
    assert_eq!(world.told(), Some(State::Open));
    world.texts.get_mut(&1).unwrap().description = "Mine.".into();
    world.run(TWO);
    assert_eq!(world.comments(1), 1);
    world.run(ONE);
    assert_eq!(world.comments(1), 2, "a person's description stays, so it is a comment");
}

#[test]
fn it_is_gone_when_it_is_gone_from_every_branch() {
    let mut world = world(MAPPED, ONE);
    world.on("develop").run(ONE);
    assert_eq!(world.on("main").ends(NONE), ["lessened 1"]);
    assert_eq!(world.comments(1), 0, "it still stands on develop");
    for branch in ["develop", "main"] {
        let findings = if branch == "main" { NONE } else { ONE };
        assert!(world.on(branch).plan(findings).is_empty());
    }
    assert_eq!(world.on("develop").ends(NONE), ["resolved 1"]);
    assert!(world.plan(NONE).is_empty());
    assert!(world.on("main").plan(NONE).is_empty());
}

#[test]
fn a_branch_that_is_deleted_or_no_longer_allowed_leaves_the_reckoning_and_resolves_nothing_alone() {
    let develop = Place::Branch("develop".into());
    let mut deleted = world(MAPPED, ONE);
    deleted.on("develop").run(ONE);
    deleted.on("main").ends(NONE);
    assert!(deleted.plan(NONE).is_empty());
    deleted.heads.insert(develop.clone(), BranchTip::Gone);
    assert_eq!(deleted.ends(NONE), ["resolved 1"]);
    assert!(deleted.plan(NONE).is_empty());

    let mut disallowed = world(MAPPED, ONE);
    disallowed.on("develop").run(ONE);
    disallowed.config = MAPPED.replace("main, develop", "main");
    assert_eq!(disallowed.on("main").ends(NONE), ["resolved 1"]);

    let mut alone = World::with(MAPPED);
    alone.on("develop").run(ONE);
    alone.heads.insert(develop, BranchTip::Gone);
    assert!(alone.on("main").plan(NONE).is_empty());
}

#[test]
fn two_jobs_of_one_scanner_do_not_resolve_each_others_findings() {
    let mut world = World::with(MAPPED);
    for round in 0..6 {
        for (job, findings) in [("ci/a", ["A x:1 a"]), ("ci/b", ["A y:9 b"])] {
            world.run.job = job.into();
            let plan = world.plan(&findings);
            assert!(round == 0 || plan.is_empty(), "{job} {plan:?}");
            world.apply(plan);
        }
    }
    assert_eq!(world.tickets.len(), 1);
    world.run.job = "ci/a".into();
    assert_eq!(world.ends(NONE), ["lessened 1"]);
    assert_eq!(world.comments(1), 2, "one finding more, and one less");
    assert!(world.plan(NONE).is_empty());
}

#[test]
fn a_scope_that_is_silent_for_thirty_days_is_retired_unless_it_runs() {
    let start = || {
        let mut world = World::with(MAPPED);
        for job in ["ci/old", "ci/new"] {
            world.run.job = job.into();
            world.run(ONE);
        }
        assert_eq!(world.ends(NONE), ["lessened 1"]);
        world.later(29);
        assert!(world.plan(NONE).is_empty());
        world.later(1);
        world.run(NONE);
        assert_eq!(world.record(1).life.silent.len(), 1);
        assert!(world.plan(NONE).is_empty());
        world
    };
    let mut silent = start();
    silent.later(29);
    assert!(silent.plan(NONE).is_empty());
    silent.later(1);
    assert_eq!(silent.ends(NONE), ["resolved 1"]);
    assert!(silent.plan(NONE).is_empty());

    let mut alive = start();
    alive.run.job = "ci/old".into();
    alive.run(ONE);
    assert_eq!(alive.record(1).life.silent.len(), 0);
    assert!(alive.plan(ONE).is_empty());
    alive.run.job = "ci/new".into();
    alive.later(29);
    assert!(alive.plan(NONE).is_empty());
}

#[test]
fn what_is_set_aside_everywhere_is_closed_and_back_when_that_ends() {
    for word in ["suppressed", "ignored", "not-affected", "withdrawn"] {
        let aside = format!("A x:1 a high {word}");
        let aside = [aside.as_str()];
        let mut world = world(MAPPED, ONE);
        assert_eq!(world.ends(&aside), ["closed 1"], "{word}");
        assert_eq!((world.at(1), world.comments(1)), ("Won't Do", 1));
        assert!(world.plan(&aside).is_empty());
        assert_eq!(world.run(ONE), ["reopen 1"], "what casefile closed was accepted by nobody");
        assert_eq!((world.at(1), world.told()), ("To Do", Some(State::Open)));
        assert!(world.plan(ONE).is_empty());
    }
}

#[test]
fn what_is_set_aside_on_one_branch_alone_stays_open() {
    let mut world = world(MAPPED, ONE);
    world.on("develop").run(ONE);
    assert_eq!(world.ends(&["A x:1 a high suppressed"]), ["lessened 1"]);
    assert_eq!((world.told(), world.comments(1)), (Some(State::Open), 0));
}

#[test]
fn what_falls_below_the_minimum_or_into_the_baseline_changes_nothing() {
    for word in ["below-minimum-severity", "baseline"] {
        let aside = format!("A x:1 a low {word}");
        assert!(world(MAPPED, ONE).plan(&[aside.as_str()]).is_empty(), "{word}");
    }
}

#[test]
fn a_secret_that_left_the_code_is_told_once_and_stays_open() {
    for config in [MAPPED, &MAPPED.replace("SEC}", "SEC, attach: [csv]}")] {
        let mut world = World::with(config);
        world.kind = FindingKind::Secret;
        world.run(ONE);
        assert_eq!(world.ends(NONE), ["lessened 1"], "{config}");
        assert_eq!((world.at(1), world.comments(1)), ("To Do", 1));
        assert!(world.plan(NONE).is_empty());
    }
}

#[test]
fn a_mass_of_tickets_is_resolved_only_if_that_is_wanted() {
    let lines: Vec<String> = (0..20).map(|n| format!("R{n} x:1 a")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let check = |left: usize, mass: bool, resolved: usize| {
        let mut world = world(MAPPED, &lines);
        world.mass = mass;
        let plan = world.plan(&lines[..left]);
        assert_eq!((plan.works.len(), plan.endings.len()), (resolved, resolved), "{left}");
        assert_eq!(plan.problems.iter().any(|one| one.hint.contains("--allow-mass-resolve")), resolved == 0);
    };
    check(10, false, 10);
    check(9, false, 0);
    check(0, false, 0);
    check(0, true, 20);
}

/// Findings of so many rules whose names begin like this, each at a place of its own.
fn rules(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{prefix}{n} {prefix}{n}:1 {prefix}{n}")).collect()
}

fn as_lines(findings: &[String]) -> Vec<&str> {
    findings.iter().map(String::as_str).collect()
}

#[test]
fn a_mass_is_held_back_every_time_whatever_is_filed_in_its_place() {
    let (old, new) = (rules("OLD", 20), rules("NEW", 20));
    let mut world = world(MAPPED, &as_lines(&old));
    for round in 0..3 {
        let plan = world.plan(&as_lines(&new));
        assert_eq!((plan.endings.len(), plan.problems.len()), (0, 1), "{round}");
        assert!(round == 0 || plan.is_empty(), "{round}: {:?}", plan.works);
        assert!(!world.asked.contains(&"all slices"), "nothing ends");
        world.apply(plan);
    }
    // with more new ones than old ones, and some of the new ones fixed
    let more = rules("NEW", 60);
    world.run(&as_lines(&more));
    assert_eq!(world.ends(&as_lines(&more[5..])), NONE);
    assert_eq!(world.tickets.len(), 80);
    // what is new is a mass in its turn
    assert_eq!(world.ends(&as_lines(&more[59..])), NONE);
    world.mass = true;
    assert_eq!(world.ends(&as_lines(&more[5..])).len(), 25);
    world.mass = false;
    assert_eq!(world.ends(&as_lines(&more[7..])).len(), 2, "a few of many are no mass");
}

#[test]
fn a_mass_is_held_back_though_a_pull_request_has_filed_what_takes_its_place() {
    let (old, new) = (rules("OLD", 20), rules("NEW", 20));
    let mut world = world(MAPPED, &as_lines(&old));
    world.pull().run(&as_lines(&new));
    assert_eq!(world.tickets.len(), 40);
    for round in 0..3 {
        assert_eq!(world.main().ends(&as_lines(&new)), NONE, "{round}");
    }
}

#[test]
fn a_mass_is_held_back_though_an_older_commit_has_filed_what_takes_its_place() {
    let (old, new) = (rules("OLD", 20), rules("NEW", 20));
    let mut world = world(MAPPED, &as_lines(&old));
    let main = Place::Branch("main".into());
    world.heads.insert(main.clone(), BranchTip::At("newer".into()));
    world.run(&as_lines(&new));
    world.heads.remove(&main);
    assert_eq!(world.ends(&as_lines(&new)), NONE);
}

#[test]
fn many_of_many_more_are_no_mass() {
    let lines: Vec<String> = (0..30).map(|n| format!("R{n} x:1 a")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut world = world(MAPPED, &lines);
    assert_eq!(world.ends(&lines[..15]).len(), 15);
}

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
        let words: Vec<String> = plan.fates.iter().map(|fate| words(&fate.verdict)).collect();
        assert_eq!(words, ["tracked 2"]);
        let [problem] = plan.problems.as_slice() else { panic!("{:?}", plan.problems) };
        assert_eq!(problem.place, "SEC-2");
        assert!(problem.message.contains("resolved 2 times since 1970-01-01 "), "{}", problem.message);
        assert!(plan.is_empty());
        world.later(days);
    }
    assert_eq!(world.run(ONE), ["refile 2"], "on the day that was told");
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
    assert_eq!(world.told(), Some(State::Open), "it still stands on develop");
    world.on("develop").run(NONE);
    assert_eq!((world.told(), world.comments(1)), (Some(State::Resolved), 0));
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
