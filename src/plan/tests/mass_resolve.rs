//! The mass-resolve guard.

use crate::plan::tests::*;

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

/// Findings of this many rules whose names start with the prefix, each in a place of its own.
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
    // with more new findings than old ones, and some of the new ones fixed
    let more = rules("NEW", 60);
    world.run(&as_lines(&more));
    assert_eq!(world.ends(&as_lines(&more[5..])), NONE);
    assert_eq!(world.tickets.len(), 80);
    // the new ones are themselves a mass
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
