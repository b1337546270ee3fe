//! What proves that findings are gone, and what does not.

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
    assert_eq!((world.at(1), world.last_reported()), ("Done", Some(State::Resolved)));
    assert!(world.plan(NONE).is_empty());
}

#[test]
fn without_a_mapping_it_is_told_once_and_nothing_else() {
    let mut world = world(UNMAPPED, ONE);
    assert_eq!(world.ends(NONE), ["resolved 1"]);
    assert_eq!((world.at(1), world.comments(1)), ("To Do", 1));
    assert!(world.plan(NONE).is_empty());
    assert_eq!(world.run(ONE), ["update 1"]);
    assert_eq!(world.last_reported(), Some(State::Open));
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
fn a_slice_stays_full_as_long_as_something_of_it_is_kept() {
    let mut full = world(MAPPED, TWO);
    full.slices.values_mut().for_each(|slice| slice.truncated = true);
    full.scan.unread = vec![Unread { path: "x".into(), why: "odd".into() }];
    full.run(&TWO[1..]);
    full.scan.unread = Vec::new();
    assert_eq!(full.ends(NONE), NONE);
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
    check(31, "partiallyresolved 1");
}

#[test]
fn a_slice_that_was_lost_is_not_known_to_hold_nothing() {
    let mut world = world(MAPPED, ONE);
    world
        .record(1)
        .slices
        .insert(SliceId::of_property("casefile-00000000000a").unwrap(), "1.1".parse().unwrap());
    assert_eq!(world.ends(NONE), ["partiallyresolved 1"]);
    assert_eq!(world.at(1), "To Do");
}

#[test]
fn a_file_that_could_not_be_looked_at_keeps_its_findings_and_the_rest_is_proven_gone() {
    let mut world = world(MAPPED, TWO);
    world.scan.unread = vec![Unread { path: "x".into(), why: "odd".into() }];
    assert_eq!(world.ends(NONE), ["partiallyresolved 1"]);
    assert!(world.plan(NONE).is_empty());
    assert_eq!(world.ends(&["A x:1 a high suppressed"]), ["closed 1"], "what is there is known all the same");

    let mut world = self::world(MAPPED, ONE);
    world.scan.unread = vec![Unread { path: "x".into(), why: "odd".into() }];
    assert!(world.plan(NONE).is_empty());
    world.scan.unread = Vec::new();
    let unread = vec![Unread { path: "x".into(), why: "odd".into() }];
    world.more = vec![Scan { unread, ..World::new().scan }];
    assert!(world.plan(NONE).is_empty(), "whichever report of the scan says so");
    world.more = Vec::new();
    assert_eq!(world.ends(NONE), ["resolved 1"]);
}

#[test]
fn a_rule_that_is_not_listed_was_dropped_where_the_scanner_has_listed_rules_that_found_nothing() {
    // the first one is SEC-1, and so on
    let three = ["A x:1 a critical", "B y:2 b high", "C z:3 c low"];
    let one = &three[..1];
    // a scanner that lists only rules that found something
    let mut found = World::with(MAPPED);
    found.lists(&["A", "B", "C"], false).run(&three);
    assert_eq!(found.lists(&["A", "B"], false).ends(&three[..2]), ["resolved 3"]);
    assert_eq!(found.lists(&["A"], false).ends(one), ["resolved 2"]);

    // the ticket itself remembers that the scanner also lists rules that found nothing
    let mut itself = World::with(MAPPED);
    itself.lists(&["A", "B", "D"], true).run(&three[..2]);
    assert!(itself.lists(&["A"], false).plan(one).is_empty());
    assert_eq!(itself.lists(&["A", "B"], true).ends(one), ["resolved 2"]);

    // another ticket, which is done, remembers that
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
    assert_eq!(world.last_reported(), Some(State::Open));
    world.texts.get_mut(&1).unwrap().description = "Mine.".into();
    world.run(TWO);
    assert_eq!(world.comments(1), 1);
    world.run(ONE);
    assert_eq!(world.comments(1), 2, "a person's description stays, so it is a comment");
}
