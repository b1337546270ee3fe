//! Concurrent jobs: each plans with what it read before any of the others wrote, so the last one's record remains.

use crate::plan::tests::*;

const JOBS: [&str; 5] = ["ci/a", "ci/b", "ci/c", "ci/d", "ci/e"];

/// These jobs run at the same time, all with these findings.
fn at_once(world: &mut World, jobs: &[&str], findings: &[&str]) {
    let plan = |job: &&str| {
        world.run.job = (*job).to_owned();
        world.plan(findings)
    };
    let plans: Vec<Plan> = jobs.iter().map(plan).collect();
    plans.into_iter().for_each(|plan| world.apply(plan));
}

/// One job runs; what becomes of tickets that findings left.
fn job(world: &mut World, job: &str, findings: &[&str]) -> Vec<String> {
    world.run.job = job.to_owned();
    world.ends(findings)
}

/// A world in which five jobs contributed to a ticket in one push.
fn joined() -> World {
    let mut world = world(MAPPED, ONE);
    at_once(&mut world, &JOBS, ONE);
    assert_eq!((world.tickets.len(), world.slices.len()), (1, 6));
    assert!(world.record(1).slices.len() < 6, "some are not listed");
    world
}

#[test]
fn a_ticket_that_jobs_have_which_its_record_does_not_list_is_not_resolved() {
    let mut world = joined();
    world.run.job = "ci/scan".into();
    assert_eq!(world.ends(NONE), ["partiallyresolved 1"]);
    for name in &JOBS[..4] {
        assert_eq!(job(&mut world, name, NONE), ["partiallyresolved 1"], "{name}");
        assert_eq!((world.at(1), world.comments(1)), ("To Do", 0), "{name}");
    }
    assert_eq!(job(&mut world, JOBS[4], NONE), ["resolved 1"]);
    assert_eq!((world.at(1), world.comments(1)), ("Done", 1));
    for name in JOBS {
        world.run.job = name.into();
        assert!(world.plan(NONE).is_empty(), "{name}");
    }
}

#[test]
fn jobs_that_have_joined_at_once_write_nothing_more() {
    let mut world = joined();
    for name in JOBS {
        world.run.job = name.into();
        assert!(world.plan(ONE).is_empty(), "{name}");
        assert_eq!(world.asked, ["account", "open", "done"], "{name}");
    }
}

#[test]
fn jobs_that_fix_a_finding_at_once_leave_a_ticket_that_the_next_run_of_any_of_them_resolves() {
    for next in JOBS {
        let mut world = World::with(MAPPED);
        for name in JOBS {
            world.run.job = name.into();
            world.run(ONE);
        }
        at_once(&mut world, &JOBS, NONE);
        assert_eq!(world.at(1), "To Do", "each has seen the others'");
        assert_eq!(job(&mut world, next, NONE), ["resolved 1"], "{next}");
        assert_eq!((world.at(1), world.comments(1)), ("Done", 1), "{next}");
        for name in JOBS {
            world.run.job = name.into();
            assert!(world.plan(NONE).is_empty(), "{name} after {next}");
        }
    }
}

#[test]
fn of_jobs_that_fix_a_finding_at_once_the_last_to_write_resolves_the_ticket() {
    let mut world = World::with(MAPPED);
    for name in JOBS {
        world.run.job = name.into();
        world.run(ONE);
    }
    let mut plans: Vec<Plan> = Vec::new();
    for name in JOBS {
        world.run.job = name.into();
        plans.push(world.plan(NONE));
    }
    plans.iter().for_each(|plan| world.apply(plan.clone()));
    for (name, plan) in JOBS.into_iter().zip(&plans) {
        world.run.job = name.into();
        let last = world.finish(NONE, plan);
        assert_eq!(last.endings.len(), usize::from(name == JOBS[4]), "{name}");
        world.apply(last);
    }
    assert_eq!((world.at(1), world.comments(1)), ("Done", 1));
    for name in JOBS {
        world.run.job = name.into();
        assert!(world.plan(NONE).is_empty(), "{name}");
    }
}

#[test]
fn a_job_that_lost_its_findings_asks_for_the_others_only_for_some_days() {
    let mut world = World::with(MAPPED);
    for name in ["ci/a", "ci/b"] {
        world.run.job = name.into();
        world.run(ONE);
    }
    assert_eq!(job(&mut world, "ci/a", NONE), ["partiallyresolved 1"]);
    let asks = |world: &mut World| {
        assert!(world.plan(NONE).is_empty());
        world.asked.contains(&"slices")
    };
    assert!(asks(&mut world));
    world.later(8);
    assert!(!asks(&mut world));
}

#[test]
fn two_branches_that_run_at_once_keep_each_others_findings() {
    let mut world = world(MAPPED, ONE);
    let develop = world.on("develop").plan(ONE);
    let more = world.main().plan(TWO);
    world.apply(develop);
    world.apply(more);
    assert_eq!(world.record(1).slices.len(), 1, "develop's is not listed");
    assert_eq!(world.main().ends(NONE), ["partiallyresolved 1"]);
    assert_eq!(world.on("develop").ends(NONE), ["resolved 1"]);
}

#[test]
fn what_another_job_noted_on_an_accepted_ticket_is_accepted_though_it_is_not_listed() {
    let mut world = world(PLAIN, ONE);
    at_once(&mut world, &["ci/a", "ci/b"], TWO);
    world.record(1).slices.clear();
    world.ticket(1).status = status("Won't Do");
    world.run.job = "ci/c".into();
    assert_eq!(world.run(TWO), ["accepted 1"]);
    assert_eq!(world.tickets.len(), 1);
}

#[test]
fn a_slice_that_is_there_and_cannot_be_read_keeps_its_ticket_open() {
    let mut world = joined();
    world.run.job = "ci/scan".into();
    world.slices.retain(|_, slice| slice.scope.job == "ci/scan");
    world.unreadable = vec![SliceId::of_property("casefile-00000000000a").unwrap()];
    let there: Vec<SliceId> = world.slices.keys().map(|(_, id)| id.clone()).collect();
    world.record(1).slices.retain(|id, _| there.contains(id));
    assert_eq!(world.ends(NONE), ["partiallyresolved 1"]);
    assert_eq!(world.at(1), "To Do");
}

#[test]
fn a_pull_request_promises_nothing_for_what_another_job_has_on_its_base() {
    let mut world = World::with(MAPPED);
    for name in ["ci/a", "ci/b"] {
        world.run.job = name.into();
        world.run(ONE);
    }
    world.run.job = "ci/a".into();
    let unlisted = world.slices.values().find(|slice| slice.scope.job == "ci/b").unwrap().id();
    world.record(1).slices.remove(&unlisted);
    let plan = world.pull().plan(NONE);
    assert!(plan.is_empty(), "{:?}", plan.works);
    assert_eq!(plan.remediations.len(), 1, "this job's part is shown");
}

#[test]
fn a_twin_gives_way_with_all_that_lies_on_it() {
    let mut world = world(MAPPED, ONE);
    let mut duplicate = World::new();
    duplicate.run.job = "ci/b".into();
    let plan = duplicate.plan(ONE);
    world.apply(plan);
    world.record(2).slices.clear();
    world.run.job = "ci/scan".into();
    assert_eq!(world.run(ONE), ["tracked 1"]);
    assert_eq!(world.at(2), "Done");
    assert!(world.slices.keys().any(|(ticket, _)| *ticket == 1 && world.slices.len() > 2));
    assert_eq!(world.ends(NONE), ["partiallyresolved 1"], "the other job has it");
}
