//! Where findings are still present: on other branches, in other scopes, or skipped by a decision.

use crate::plan::tests::*;

#[test]
fn it_is_gone_when_it_is_gone_from_every_branch() {
    let mut world = world(MAPPED, ONE);
    world.on("develop").run(ONE);
    assert_eq!(world.on("main").ends(NONE), ["partiallyresolved 1"]);
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
fn a_branch_that_is_deleted_or_no_longer_allowed_counts_no_more_and_resolves_nothing_alone() {
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
    assert_eq!(world.ends(NONE), ["partiallyresolved 1"]);
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
        assert_eq!(world.ends(NONE), ["partiallyresolved 1"]);
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
        let skipped = format!("A x:1 a high {word}");
        let skipped = [skipped.as_str()];
        let mut world = world(MAPPED, ONE);
        assert_eq!(world.ends(&skipped), ["closed 1"], "{word}");
        assert_eq!((world.at(1), world.comments(1)), ("Won't Do", 1));
        assert!(world.plan(&skipped).is_empty());
        assert_eq!(world.run(ONE), ["reopen 1"], "what casefile closed was accepted by nobody");
        assert_eq!((world.at(1), world.last_reported()), ("To Do", Some(State::Open)));
        assert!(world.plan(ONE).is_empty());
    }
}

#[test]
fn what_is_set_aside_on_one_branch_alone_stays_open() {
    let mut world = world(MAPPED, ONE);
    world.on("develop").run(ONE);
    assert_eq!(world.ends(&["A x:1 a high suppressed"]), ["partiallyresolved 1"]);
    assert_eq!((world.last_reported(), world.comments(1)), (Some(State::Open), 0));
}

#[test]
fn what_falls_below_the_minimum_or_into_the_baseline_changes_nothing() {
    for word in ["below-minimum-severity", "baseline"] {
        let skipped = format!("A x:1 a low {word}");
        assert!(world(MAPPED, ONE).plan(&[skipped.as_str()]).is_empty(), "{word}");
    }
}

#[test]
fn a_secret_that_left_the_code_is_told_once_and_stays_open() {
    for config in [MAPPED, &MAPPED.replace("SEC}", "SEC, attach: [csv]}")] {
        let mut world = World::with(config);
        world.kind = FindingKind::Secret;
        world.run(ONE);
        assert_eq!(world.ends(NONE), ["partiallyresolved 1"], "{config}");
        assert_eq!((world.at(1), world.comments(1)), ("To Do", 1));
        assert!(world.plan(NONE).is_empty());
    }
}
