//! The same rules in other CI systems.

use serde_json::json;

use super::*;
use crate::ci::{CiFound, CiRun, CodeSource};

/// A checkout of `acme/shop` at `main`, as a CI system sees it.
fn elsewhere(found: CiFound) -> EventContext {
    let checkout = EventCheckout {
        repository: Repository::named("github.com/acme/shop").unwrap(),
        branch: None,
        commit: Some("5a5a".to_owned()),
    };
    EventContext::of_checkout(&|_| None, &checkout).unwrap().in_ci(found)
}

fn ci_run(source: CodeSource) -> CiRun {
    CiRun { branch: Some("fix".to_owned()), commit: Some("5a5a".to_owned()), source, ..CiRun::default() }
}

#[test]
fn the_rules_of_trust_hold_in_every_ci_system() {
    let check = |run: CiRun, expected: Trust| {
        let context = elsewhere(CiFound::One("Jenkins", run.clone()));
        assert_eq!(context.trust, expected, "{run:?}");
        assert!(context.ci && context.is_exposed());
        assert_eq!(context.head_repository.is_some(), expected == Trust::MayWrite);
    };
    let unknown = Trust::ReadsOnly(ReadOnlyReason::PullUnknown);
    check(ci_run(CodeSource::Own), Trust::MayWrite);
    check(ci_run(CodeSource::Fork), FORK);
    check(ci_run(CodeSource::Tag), TAG);
    check(ci_run(CodeSource::Queue), QUEUE);
    check(ci_run(CodeSource::Unknown), unknown);
    let at = |address: &str| ci_run(CodeSource::At(address.to_owned()));
    check(at("git://github.com/Acme/shop.git"), Trust::MayWrite);
    check(at("git@github.com:acme/shop"), Trust::MayWrite);
    check(at("git://github.com/eve/shop.git"), FORK);
    check(at("https://gitlab.com/acme/shop"), FORK);
    check(at("nonsense"), unknown);
    let queue = Some("gh-readonly-queue/main/pr-7-abc".to_owned());
    check(CiRun { branch: queue, ..ci_run(CodeSource::Own) }, QUEUE);
    // a push of a commit other than the one that is checked out; for a pull request, a merge is checked out
    let other = CiRun { commit: Some("beef".to_owned()), ..ci_run(CodeSource::Own) };
    check(other.clone(), Trust::ReadsOnly(ReadOnlyReason::OtherCheckout));
    check(CiRun { pull_request: Some(7), ..other.clone() }, Trust::MayWrite);
    let found = elsewhere(CiFound::One("Jenkins", other))
        .with_flags(FlagOverrides { commit: Some("beef".to_owned()), ..FlagOverrides::default() });
    assert_eq!((found.trust, found.commit.as_deref()), (Trust::MayWrite, Some("beef")));
    let several = elsewhere(CiFound::Several(vec!["Jenkins", "Buildkite"]));
    assert!(matches!(several.trust, Trust::ReadsOnly(ReadOnlyReason::Contradiction(_))) && several.ci);
    let none = elsewhere(CiFound::Nothing);
    assert!(none.trust == Trust::MayWrite && !none.ci);
}

#[test]
fn a_pull_request_is_whose_github_says() {
    let merge = vec!["base".to_owned(), "BEEF".to_owned()];
    let check = |source: CodeSource, commit: Option<&str>, from: Option<&str>, expected: (Trust, &str)| {
        let run = CiRun {
            branch: None,
            commit: commit.map(str::to_owned),
            pull_request: Some(7),
            ..ci_run(source.clone())
        };
        let mut context = elsewhere(CiFound::One("Jenkins", run));
        assert!(context.is_off_default);
        assert_eq!(context.pull_to_ask(), Some(7));
        context.pull_is(from, "fix", "beef", "main", &merge);
        assert_eq!((context.trust, context.commit.as_deref().unwrap()), expected, "{source:?} {from:?}");
        assert_eq!(context.branch.as_deref(), Some("fix"));
        assert_eq!(context.pull_request.unwrap().base.as_deref(), Some("main"));
    };
    let own = Some("Acme/Shop");
    check(CodeSource::Unknown, None, own, (Trust::MayWrite, "beef"));
    check(CodeSource::Unknown, None, Some("eve/shop"), (FORK, "beef"));
    check(CodeSource::Unknown, None, None, (FORK, "beef"));
    check(CodeSource::Own, None, Some("eve/shop"), (FORK, "beef"));
    check(CodeSource::Fork, None, own, (FORK, "beef"));
    check(CodeSource::Tag, None, own, (TAG, "beef"));
    // what was scanned does not change, although the pull request may have moved on
    check(CodeSource::Own, Some("d00d"), own, (Trust::MayWrite, "d00d"));
}

#[test]
fn a_pull_request_that_a_flag_names_beats_the_ci_systems() {
    let flags = |number| FlagOverrides { pull_request: Some(number), commit: None };
    let run = CiRun { pull_request: Some(7), base: Some("main".to_owned()), ..ci_run(CodeSource::Own) };
    let context = |number| elsewhere(CiFound::One("Jenkins", run.clone())).with_flags(flags(number));
    let same = context(7);
    assert_eq!((same.trust, same.pull_request.unwrap().base.as_deref()), (Trust::MayWrite, Some("main")));
    let other = context(8);
    assert_eq!((other.trust, other.pull_to_ask()), (Trust::ReadsOnly(ReadOnlyReason::PullUnknown), Some(8)));
    // in GitHub Actions, too, if no event names one
    let push = self::context(&[], json!({})).unwrap();
    assert_eq!(push.pull_to_ask(), None);
    assert_eq!(push.with_flags(flags(8)).pull_to_ask(), Some(8));
    let event = self::context(&[("GITHUB_EVENT_NAME", "pull_request")], pull(OWN)).unwrap();
    assert_eq!(event.clone().with_flags(flags(7)).trust, Trust::MayWrite);
    assert_eq!(event.pull_to_ask(), None);
}
