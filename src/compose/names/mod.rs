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
            let message = if secret { None } else { messages.iter().next().copied() };
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
        check(
            samples::code(0),
            "Starting a process through a shell lets whoever controls the command run others",
        );
        check(samples::dependency(), "lodash: Command injection");
        check(samples::secret(), "AWS Access Key");
        check(samples::file(), "src/deploy.py");
    }
}
