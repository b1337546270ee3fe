//! The dialogue with somebody whose answers are known in advance, and which flags count.

use std::collections::VecDeque;

use super::*;
use crate::config;
use crate::github::context::DefaultBranch;
use crate::init::Host;

/// Answers in turn; then there is nobody.
#[derive(Default)]
struct Script {
    answers: VecDeque<&'static str>,
    refused: Vec<String>,
}

impl Person for Script {
    fn ask(&mut self, _question: &str) -> Result<Option<String>> {
        Ok(self.answers.pop_front().map(str::to_owned))
    }

    fn refuse(&mut self, reason: &Error) {
        self.refused.push(reason.to_string());
    }
}

fn script(answers: &[&'static str]) -> Script {
    Script { answers: answers.iter().copied().collect(), refused: Vec::new() }
}

fn args() -> InitArgs {
    InitArgs {
        site: None,
        project: None,
        branches: Vec::new(),
        group_by: None,
        scanner: Vec::new(),
        workflow_only: false,
        print: false,
    }
}

fn questions(args: InitArgs, existing: Option<&str>) -> Questions {
    let existing = existing.map(|text| config::parse(text, "a").unwrap());
    let wanted = Wanted { configuration: existing.is_none(), workflow: true };
    Questions { args, observed: Observed::default(), existing, wanted }
}

#[test]
fn a_wrong_answer_is_asked_again() {
    let check = |answers: &[&'static str], expected: std::result::Result<&str, &str>, refused: usize| {
        let mut person = script(answers);
        let found = questions(args(), None).answers(&mut person);
        match (found.map(|found| found.answers), expected) {
            (Ok(found), Ok(site)) => {
                assert_eq!(found.site, site, "{answers:?}");
                assert_eq!(found.filing.unwrap().project, "SEC", "{answers:?}");
                assert_eq!(found.branches, ["main", "release/*"], "{answers:?}");
            }
            (Err(error), Err(words)) => assert!(error.to_string().contains(words), "{answers:?}: {error}"),
            (found, _) => panic!("{answers:?}: {found:?}"),
        }
        assert_eq!(person.refused.len(), refused, "{answers:?}: {:?}", person.refused);
    };
    let site = "https://acme.atlassian.net";
    check(&["acme.atlassian.net", "sec", "main, release/*"], Ok(site), 0);
    check(
        &["acme", "", "acme.atlassian.net/browse/SEC-1", "no key", "SEC", "a b", "main,release/*,"],
        Ok(site),
        4,
    );
    check(&["acme", "acme", "acme", "acme.atlassian.net"], Err("not the address"), 2);
    check(&["http://jira.acme.example", "acme.atlassian.net"], Err("--project KEY"), 1);
    check(&["acme"], Err("--site URL"), 1);
    check(&[], Err("--site URL"), 0);
}

#[test]
fn a_flag_is_not_asked_again() {
    let mut person = script(&["acme.atlassian.net"]);
    let wrong = InitArgs { site: Some("acme".to_owned()), ..args() };
    assert!(questions(wrong, None).answers(&mut person).is_err());
    assert!(person.refused.is_empty() && person.answers.len() == 1);
}

#[test]
fn a_branch_that_nobody_named_is_said_to_be_assumed() {
    let check =
        |branch: Option<(&str, bool)>, flag: &[&str], answers: &[&'static str], expected: (&str, bool)| {
            let given = InitArgs {
                site: Some("https://acme.atlassian.net".to_owned()),
                project: Some("SEC".to_owned()),
                branches: flag.iter().map(|name| (*name).to_owned()).collect(),
                ..args()
            };
            let mut questions = questions(given, None);
            questions.observed.branch =
                branch.map(|(name, is_noted)| DefaultBranch { name: name.to_owned(), is_noted });
            let found = questions.answers(&mut script(answers)).unwrap();
            assert_eq!((found.answers.branches.join(" ").as_str(), found.is_branch_assumed), expected);
        };
    check(Some(("trunk", true)), &[], &[], ("trunk", false));
    check(Some(("trunk", false)), &[], &[], ("trunk", true));
    check(None, &[], &[], ("main", true));
    check(Some(("trunk", false)), &[], &[""], ("trunk", false));
    check(Some(("trunk", false)), &["main", " release/*"], &[], ("main release/*", false));
}

#[test]
fn a_configuration_that_exists_decides() {
    let text = "branches: [trunk, 'v*']\nreports: ['github:code-scanning']\njira: {url: 'https://acme.atlassian.net', project: SEC}\n";
    let given = InitArgs {
        site: Some("other.atlassian.net".to_owned()),
        branches: vec!["main".to_owned()],
        project: Some("sec".to_owned()),
        group_by: Some("file".to_owned()),
        ..args()
    };
    let questions = questions(given, Some(text));
    let found = questions.answers(&mut script(&[])).unwrap().answers;
    assert_eq!(
        (found.site.as_str(), found.branches),
        ("https://acme.atlassian.net", vec!["trunk".to_owned(), "v*".to_owned()])
    );
    assert!(found.filing.is_none() && found.code_scanning.is_some());
    let said = questions.unused(Some("casefile.yml")).join("\n");
    assert!(
        said.contains("not used: --site, --branches, --group-by, because casefile.yml already exists"),
        "{said}"
    );

    // without branches, it means all of them
    let all =
        super::tests::questions(args(), Some("jira: {url: 'https://acme.atlassian.net', project: SEC}\n"));
    assert_eq!(all.answers(&mut script(&[])).unwrap().answers.branches, ["**"]);
    assert!(all.unused(Some("casefile.yml")).is_empty());
}

#[test]
fn what_is_printed_has_the_flags() {
    let text = "branches: [trunk]\njira: {url: 'https://acme.atlassian.net', project: SEC}\n";
    let given = InitArgs { branches: vec!["main".to_owned()], print: true, ..args() };
    let mut questions = questions(given, Some(text));
    questions.wanted.configuration = true;
    let found = questions.answers(&mut script(&[])).unwrap().answers;
    assert_eq!(
        (found.site.as_str(), found.branches),
        ("https://acme.atlassian.net", vec!["main".to_owned()])
    );
    assert_eq!(found.filing.unwrap().project, "SEC");
    assert!(questions.unused(Some("casefile.yml")).is_empty());
}

#[test]
fn a_workflow_alone_needs_no_project() {
    let given = InitArgs { site: Some("acme.atlassian.net".to_owned()), workflow_only: true, ..args() };
    let mut questions = questions(given, None);
    questions.wanted.configuration = false;
    questions.observed.host = Host::Github;
    assert!(questions.answers(&mut script(&[])).unwrap().answers.filing.is_none());
}

#[test]
fn the_name_that_is_wrong_is_named() {
    let names = ["main".to_owned(), " a b ".to_owned()];
    let said = branches(&names).unwrap_err().to_string();
    assert_eq!(said, "the branch `a b` is not valid: a branch name cannot contain a space");
    assert!(branches(&[" ".to_owned()]).is_err());
}
