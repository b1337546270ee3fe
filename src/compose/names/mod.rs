//! How a rule or an advisory is named for people who do not know the scanner.

use std::collections::BTreeSet;

mod advisory;
mod credential;
mod package;
mod readable;
mod rule;
mod sentences;
mod trim;

pub(super) use advisory::advisory;
pub(crate) use advisory::{is_id, short_id};
use credential::credential;
pub(super) use package::without_package;
use package::{packages, with_packages};
pub(super) use readable::capital;
pub(super) use rule::{has_metavariable, rule};

use crate::document::visible::one_line;
use crate::model::finding::{FindingKind, Rule};
use crate::model::record::Mode;
use crate::model::survey::{Common, Exemplar, Group};

/// Weaknesses whose findings quote a credential: hard-coded password, key, credentials.
const CREDENTIALS: [u32; 3] = [259, 321, 798];

/// Whether what the scanner quotes for this rule may be a credential, so that nothing is quoted.
pub fn is_secret(kind: FindingKind, rule: &Rule) -> bool {
    kind == FindingKind::Secret || rule.cwe.iter().any(|number| CREDENTIALS.contains(number))
}

/// What a group's ticket is about, without the number of places: a rule's name, packages with what is
/// wrong with them, a file's path.
pub fn group(group: &Group) -> String {
    match &group.common {
        Common::Rule(rule) if group.kind == FindingKind::Secret => {
            credential(rule).unwrap_or_else(|| self::rule(rule, None, false))
        }
        Common::Rule(rule) => {
            let secret = is_secret(group.kind, rule);
            let messages: BTreeSet<&str> = group.exemplars.iter().map(|one| &*one.detail.message).collect();
            let common = if messages.len() > 1 { common(&messages) } else { None };
            let message = common.as_deref().or(messages.iter().next().copied()).filter(|_| !secret);
            self::rule(rule, message, messages.len() <= 1)
        }
        Common::Advisory(advisory) => {
            let rule = group.exemplars.first().map(|one| &*one.rule);
            let names: BTreeSet<&str> = packages(&group.exemplars).map(|package| &*package.name).collect();
            let title = self::advisory(advisory, rule, &names);
            with_packages(&title, &group.exemplars, group.mode == Mode::Vulnerability)
        }
        Common::File(path) => one_line(path),
        Common::Package(purl) => {
            let name = packages(&group.exemplars).next().map_or(&**purl, |package| &package.name);
            one_line(name)
        }
    }
}

/// The words with which all of several messages begin and end, so that a title does not say what is said at one place
/// only: `this literal … times`. `None`: they have too few in common.
fn common(messages: &BTreeSet<&str>) -> Option<String> {
    const FEWEST: usize = 4;
    let mut all = messages.iter().map(|text| text.split_whitespace().collect::<Vec<_>>());
    let first = all.next()?;
    let (mut begin, mut end, mut shortest) = (first.len(), first.len(), first.len());
    for words in all {
        let alike =
            |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| pairs.take_while(|(a, b)| a == b).count();
        begin = begin.min(alike(&mut first.iter().zip(&words)));
        end = end.min(alike(&mut first.iter().rev().zip(words.iter().rev())));
        shortest = shortest.min(words.len());
    }
    // what only some of them have in the middle is not counted twice
    end = end.min(shortest.saturating_sub(begin));
    let (head, tail) = (&first[..begin], &first[first.len() - end..]);
    let whole = [head, &["…"], tail].concat().join(" ");
    (begin >= 2 && begin + end >= FEWEST).then_some(whole)
}

/// What is wrong at one place of a group that holds several rules or advisories.
pub(super) fn exemplar(one: &Exemplar) -> String {
    match (&one.advisory, &one.package) {
        (Some(advisory), Some(package)) => {
            let title = self::advisory(advisory, Some(&one.rule), &[&*package.name].into());
            with_packages(&title, std::slice::from_ref(one), true)
        }
        _ => rule(&one.rule, None, false),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn groups_are_called_by_what_they_have_in_common() {
        let check = |(group, _): (Group, _), expected: &str| assert_eq!(super::group(&group), expected);
        check(samples::code(0), "Subprocess call with shell=True");
        check(samples::dependency(), "lodash: Command injection");
        check(samples::secret(), "AWS Access Key");
        check(samples::file(), "src/deploy.py");
    }

    #[test]
    fn a_title_says_only_what_all_places_have_in_common() {
        let check = |messages: &[&str], expected: Option<&str>| {
            let messages: BTreeSet<&str> = messages.iter().copied().collect();
            assert_eq!(common(&messages).as_deref(), expected, "{messages:?}");
        };
        check(
            &["Avoid this literal 'a.html' 3 times.", "Avoid this literal 'b.html' 12 times."],
            Some("Avoid this literal … times."),
        );
        check(&["Make the x of a smaller", "Make the x of a smaller now"], Some("Make the x of a smaller …"));
        check(&["The file a is bad", "A file b is bad"], None);
        check(&["a b", "a b c"], None);
        let (mut group, _) = samples::code(0);
        group.exemplars.truncate(1);
        let mut other = group.exemplars[0].clone();
        let rule = Rule { id: "python:S1192".into(), ..Rule::default() };
        (group.exemplars[0].detail.message, other.detail.message) =
            ("Avoid this literal 'a' 3 times.".into(), "Avoid this literal 'b' 4 times.".into());
        group.exemplars.push(other);
        group.common = Common::Rule(rule.into());
        assert_eq!(super::group(&group), "Avoid this literal … times");
    }
}
