//! Resources of a cloud: how one is called as a place, and how several findings on one are told apart.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::model::finding::{Anchors, FlowStep, Location};
use crate::model::fingerprint::{Fingerprint, Recipe};
use crate::report::shared::{secret, words};

/// How many further resources of a finding are named.
const MOST_RESOURCES: usize = 100;

/// How much of a message is compared, in bytes.
const LONGEST_MESSAGE: usize = 2_000;

/// How many findings are compared with each other.
const MOST_COMPARED: usize = 200_000;

/// A resource with its account and region, as far as its name does not contain them: `logs (1234, eu-west-1)`. The same
/// name may stand for one resource in each region.
pub(crate) fn place(name: &str, around: &[&str]) -> Option<String> {
    let more: Vec<&str> = around
        .iter()
        .copied()
        .filter(|part| !part.is_empty() && *part != "global" && !secret::has_word(name, part))
        .collect();
    match (name, more.as_slice()) {
        ("", []) => None,
        ("", more) => Some(more.join(", ")),
        (name, []) => Some(name.to_owned()),
        (name, more) => Some(format!("{name} ({})", more.join(", "))),
    }
}

/// Whether a place says this about the resource, or there is nothing to say.
pub(crate) fn is_shown(place: &Location<'_>, part: &str) -> bool {
    let logical = place.logical.as_deref().unwrap_or_default();
    let says = |text: &str| secret::has_word(text, part) || text == part;
    part.is_empty() || part == "global" || says(&place.path) || says(logical) || logical.contains(part)
}

/// The resource that a finding is at, and the others that it names.
pub(crate) fn places(
    mut resources: impl Iterator<Item = Option<String>>,
) -> (Location<'static>, Vec<FlowStep<'static>>) {
    let at = |name: Option<String>| Location { logical: name.map(Cow::Owned), ..Location::default() };
    let first = at(resources.next().flatten());
    let others = resources.flatten().take(MOST_RESOURCES);
    let others = others.map(|name| FlowStep::new(at(Some(name)), Cow::Borrowed("")));
    (first, others.collect())
}

/// What identifies a finding about a resource. What a check says about it quotes no credential, even if the check is
/// about passwords or keys: it is not about a file's content.
pub(crate) fn anchors<'r>(stable: String, message: &str) -> Anchors<'r> {
    let quotes_none = !secret::quotes_one(message);
    Anchors { stable: Some(Cow::Owned(stable)), quotes_none, ..Anchors::default() }
}

/// The resources about which a rule says several things in one report, such as something about each user of an account.
#[derive(Default)]
pub(crate) struct Several {
    first: HashMap<Fingerprint, Fingerprint>,
    several: HashSet<Fingerprint>,
}

impl Several {
    /// Notes what a rule says about a resource.
    pub(crate) fn note(&mut self, rule: &str, resource: &str, message: &str) {
        let place = Recipe::new("resource").value(rule).value(resource).finish();
        let said = Recipe::new("message").value(&lasting(message)).finish();
        if self.first.len() < MOST_COMPARED && *self.first.entry(place).or_insert(said) != said {
            self.several.insert(place);
        }
    }

    /// What identifies a finding: its resource, and what is said about it if that is needed to tell it apart.
    pub(crate) fn stable(&self, rule: &str, resource: &str, message: &str) -> String {
        match self.several.contains(&Recipe::new("resource").value(rule).value(resource).finish()) {
            true => format!("Resource:{resource}|{}", words::name(&lasting(message))),
            false => format!("Resource:{resource}"),
        }
    }
}

/// A message without how long something lasts, which is different every day: `was last accessed 3 days ago`.
fn lasting(message: &str) -> String {
    const UNITS: &[&str] = &["second", "minute", "hour", "day", "week", "month", "year"];
    let words: Vec<&str> = words::start(message, LONGEST_MESSAGE).split_whitespace().collect();
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_unit = |word: &str| {
        let word = word.trim_end_matches(['.', ',', ')']);
        UNITS.contains(&word.strip_suffix('s').unwrap_or(word))
    };
    let lasts = |at: usize| is_number(words[at]) && words.get(at + 1).is_some_and(|unit| is_unit(unit));
    let kept = (0..words.len()).filter(|&at| !(lasts(at) || at > 0 && lasts(at - 1)));
    kept.map(|at| words[at]).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_says_what_its_name_does_not() {
        let check = |name, around: &[&str], expected: Option<&str>| {
            assert_eq!(place(name, around).as_deref(), expected, "{name} {around:?}");
        };
        check("1234", &["eu-west-1"], Some("1234 (eu-west-1)"));
        check(
            "arn:aws:ec2:eu-west-1:1234:vpc/a",
            &["1234", "eu-west-1"],
            Some("arn:aws:ec2:eu-west-1:1234:vpc/a"),
        );
        check(
            "arn:aws:ec2:eu-west-10:1234:vpc/a",
            &["", "eu-west-1"],
            Some("arn:aws:ec2:eu-west-10:1234:vpc/a (eu-west-1)"),
        );
        check("AppInsights", &["sub-1", "global"], Some("AppInsights (sub-1)"));
        check("", &["eu-west-1"], Some("eu-west-1"));
        check("", &[""], None);
    }

    #[test]
    fn only_what_shares_a_resource_is_told_apart() {
        let mut several = Several::default();
        several.note("mfa", "1234|e", "ada has no MFA");
        several.note("mfa", "1234|e", "bob has no MFA");
        several.note("root", "1234|e", "root was used 1 day ago");
        several.note("root", "1234|e", "root was used 12 days ago");
        assert_eq!(several.stable("mfa", "1234|e", "ada  has no MFA"), "Resource:1234|e|ada has no MFA");
        assert_eq!(several.stable("root", "1234|e", "x"), "Resource:1234|e");
        assert_eq!(several.stable("mfa", "1234|f", "x"), "Resource:1234|f");
    }

    #[test]
    fn a_duration_is_not_what_is_said() {
        let check = |message, expected: &str| assert_eq!(lasting(message), expected, "{message}");
        check("used 1 day ago", "used ago");
        check("used 12 days, and 3 hours.", "used and");
        check("port 22 of 3 users", "port 22 of 3 users");
        check("", "");
    }
}
