//! A ticket's summary: what is wrong, or what is to be done, where, and what distinguishes it from every other one.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{self, is_secret};
use super::{count, facts, places, upgrade};
use crate::document::shorten::{shortened, units};
use crate::document::visible::one_line;
use crate::model::finding::FindingKind;
use crate::model::record::Mode;
use crate::model::survey::{Common, Group, Survey};

/// How long a summary may be: characters as Jira counts them, in UTF-16.
pub const SUMMARY_LIMIT: usize = 255;

/// How long the title in a row of a table may be, counted in the same way.
const ROW_LIMIT: usize = 160;

/// The prefix, what it is about, where, and what identifies it: one line that Jira accepts.
///
/// It depends only on the group, except for [`Survey::distinctions`], so that it stays the same whatever else a run
/// finds.
pub fn summary(group: &Group, survey: &Survey, prefix: &str) -> String {
    within(SUMMARY_LIMIT, group, survey, prefix)
}

/// The same as short as a row of a table and without a prefix, and what to update, if that does not say it.
pub fn short(group: &Group, survey: &Survey) -> (String, String) {
    (within(ROW_LIMIT, group, survey, ""), shortened(&upgrade::fix(group), ROW_LIMIT))
}

/// The same in at most so many characters, which are counted like those of a summary.
fn within(limit: usize, group: &Group, survey: &Survey, prefix: &str) -> String {
    let prefix = one_line(prefix);
    let head = if prefix.is_empty() { prefix } else { format!("{prefix} ") };
    let head = shortened(&head, limit / 3);
    let title = Title::of(group, survey);
    // the end of a path is more informative than its beginning
    let place = ended(&title.place, limit / 3);
    let known = match title.known() {
        known if known.is_empty() => known,
        known => format!(" ({known})"),
    };
    let room = limit.saturating_sub(units(&head) + units(&place) + units(&known));
    format!("{head}{}{place}{known}", shortened(&title.subject, room))
}

/// Whether the summary has this text in full, whatever its prefix is.
pub(super) fn is_in_summary(group: &Group, survey: &Survey, text: &str) -> bool {
    let title = Title::of(group, survey);
    let most = [SUMMARY_LIMIT / 3, units(&ended(&title.place, SUMMARY_LIMIT / 3)), units(&title.known()) + 3];
    title.subject == text && units(text) + most.into_iter().sum::<usize>() <= SUMMARY_LIMIT
}

/// Finds out which groups would have the same title, and what distinguishes them: an id that the title leaves out,
/// otherwise the scanner, otherwise a part of what identifies them.
pub fn tell_apart(survey: &mut Survey) {
    survey.distinctions.clear();
    let filed = |index: &usize| survey.groups[*index].kept().next().is_some();
    let mut alike: Vec<usize> = (0..survey.groups.len()).filter(filed).collect();
    for more in [numbers, scanners, reference] {
        let mut called: BTreeMap<(Option<&str>, String), Vec<usize>> = BTreeMap::new();
        for index in alike {
            let group = &survey.groups[index];
            let key = (group.route.as_deref(), summary(group, survey, "").to_lowercase());
            called.entry(key).or_default().push(index);
        }
        alike = called.into_values().filter(|groups| groups.len() > 1).flatten().collect();
        for &index in &alike {
            let (name, words) = (survey.groups[index].name(), more(&survey.groups[index]));
            if words.is_empty() {
                continue;
            }
            let known = survey.distinctions.entry(name).or_default();
            *known = if known.is_empty() { words } else { format!("{known}, {words}") };
        }
    }
}

/// The rule's id, if a title leaves it out because it says nothing.
fn numbers(group: &Group) -> String {
    match &group.common {
        Common::Rule(rule) => {
            let id = names::short_id(one_line(&rule.id));
            if !id.is_empty() && says_nothing(&id) {
                format!("rule {}", shortened(&id, SUMMARY_LIMIT / 8))
            } else {
                String::new()
            }
        }
        _ => String::new(),
    }
}

/// Short, because a distinction is never cut later.
fn scanners(group: &Group) -> String {
    shortened(&facts::scanners(group), SUMMARY_LIMIT / 8)
}

fn reference(group: &Group) -> String {
    format!("#{}", &group.name().to_string()[..8])
}

/// The parts of a summary.
#[derive(Default)]
struct Title {
    subject: String,
    /// ` in path`; empty: it is about several.
    place: String,
    /// What is in parentheses.
    known: Vec<String>,
    /// The last part in the parentheses, which is never cut: it alone distinguishes this title from others.
    distinction: String,
}

impl Title {
    fn of(group: &Group, survey: &Survey) -> Title {
        let mut title = match &group.common {
            Common::File(path) => file(group, path),
            Common::Package(purl) => package(group, purl),
            Common::Rule(_) | Common::Advisory(_) => finding(group, survey),
        };
        title.distinction = survey.distinctions.get(&group.name()).cloned().unwrap_or_default();
        title.known.retain(|words| !words.is_empty());
        title
    }

    /// The text in parentheses, at most a third of a summary.
    fn known(&self) -> String {
        let limit = SUMMARY_LIMIT / 3;
        let (known, distinction) = (self.known.join(", "), &self.distinction);
        if distinction.is_empty() {
            return shortened(&known, limit);
        }
        if known.is_empty() {
            return distinction.clone();
        }
        let room = limit.saturating_sub(units(distinction) + units(", "));
        format!("{}, {distinction}", shortened(&known, room))
    }
}

fn file(group: &Group, path: &str) -> Title {
    let number = group.kept().count();
    let packages = group.exemplars.iter().any(|one| one.package.is_some());
    let found = match packages {
        true if number == 1 => "1 advisory".to_owned(),
        true => format!("{number} advisories"),
        false => count(number, "finding"),
    };
    let path = if path.is_empty() { "no file" } else { path };
    let by = if packages { "from" } else { "by" };
    let what = format!("{found} {by} {}", facts::scanners(group));
    Title { subject: one_line(path), place: format!(": {what}"), ..Title::default() }
}

/// `Update django 3.2.1 → 3.2.25 (20 advisories, critical)`.
fn package(group: &Group, purl: &str) -> Title {
    let number = group.kept().map(|one| one.rule).collect::<BTreeSet<u32>>().len();
    let upgrades = upgrade::upgrades(group);
    let name = upgrades.first().map_or_else(|| package_name(purl), |upgrade| upgrade.name.clone());
    let instead = upgrade::introducer(group).filter(|_| upgrades.iter().all(|one| one.to.is_none()));
    let subject = match &instead {
        Some((introducer, to)) => {
            format!("Update {introducer} to {to} for {}", upgrade::phrase(&name, &upgrades))
        }
        None => upgrade::phrase(&name, &upgrades),
    };
    let to = upgrades.iter().filter_map(|one| one.to.as_deref()).collect::<BTreeSet<&str>>();
    let left: usize = upgrades.iter().map(|one| one.left.len()).max().unwrap_or(0);
    let advisories = match (number, group.worst()) {
        (1, Some(worst)) if names::is_id(&upgrade::advisory(worst)) => upgrade::advisory(worst),
        (1, _) => "1 advisory".to_owned(),
        _ if left > 0 && !to.is_empty() => {
            format!("fixes {} of {number} advisories", number.saturating_sub(left))
        }
        _ => format!("{number} advisories"),
    };
    let prospect = if instead.is_none() && to.is_empty() { upgrade::prospect(&upgrades) } else { "" };
    let image = group.exemplars.first().filter(|_| group.kind == FindingKind::Container);
    Title {
        subject,
        place: image.map(|one| in_place(&one_line(&one.location.path))).unwrap_or_default(),
        known: vec![
            advisories,
            match left > 0 && number > 1 && !to.is_empty() {
                // the worst may not be among those that it fixes
                true => format!("worst {}", group.severity.name()),
                false => group.severity.name().to_owned(),
            },
            prospect.to_owned(),
        ],
        ..Title::default()
    }
}

/// The last part of a package URL.
fn package_name(purl: &str) -> String {
    one_line(purl.rsplit('/').next().unwrap_or(purl))
}

/// A rule or an advisory, at one place or several.
fn finding(group: &Group, survey: &Survey) -> Title {
    let number = places::number(group, survey);
    let first = group.kept().next().or(group.sightings.first());
    let path = first.map(|one| one_line(survey.path(one))).unwrap_or_default();
    let subject = names::group(group);
    let secret = group.exemplars.first().is_some_and(|one| is_secret(group.kind, &one.rule));
    let files: BTreeSet<u32> = group.kept().map(|one| one.path).collect();
    let place = if group.mode == Mode::Vulnerability {
        let line = first.map_or(0, |one| one.line);
        let column = group.exemplars.first().map_or(0, |one| one.location.column);
        let package = group.exemplars.first().is_some_and(|one| one.package.is_some());
        match (line, column) {
            _ if package || path.is_empty() => in_place(&path),
            (0, _) => {
                let logical = group.exemplars.first().and_then(|one| one.location.logical.as_deref());
                let logical = logical.map(one_line).filter(|name| !name.is_empty());
                logical.map_or_else(|| in_place(&path), |name| in_place(&format!("{path} ({name})")))
            }
            (line, 0 | 1) => in_place(&format!("{path}:{line}")),
            (line, column) => in_place(&format!("{path}:{line}:{column}")),
        }
    } else if secret && !path.is_empty() {
        match files.len() {
            0 | 1 => in_place(&path),
            more => format!("{} and {}", in_place(&path), count(more - 1, "other file")),
        }
    } else {
        String::new()
    };
    // what has several places is a single finding
    let also: usize = group.exemplars.iter().map(|one| one.detail.also.len()).sum();
    let places = if number + also > 1 && group.mode != Mode::Vulnerability {
        format!("{} places", number + also)
    } else {
        String::new()
    };
    Title { known: vec![id(group, &subject), places], subject, place, ..Title::default() }
}

/// The rule's or advisory's id, unless the title already contains it.
fn id(group: &Group, title: &str) -> String {
    let id = match &group.common {
        // people search for the CVE
        Common::Rule(_) if title.contains("CVE-") => String::new(),
        Common::Rule(rule) => one_line(&rule.id),
        Common::Advisory(advisory) if names::is_id(&advisory.id) => one_line(&advisory.id),
        Common::Advisory(_) => String::new(),
        Common::File(_) | Common::Package(_) => String::new(),
    };
    let id = Some(names::short_id(id)).filter(|id| !says_nothing(id)).unwrap_or_default();
    let letters = |text: &str| -> String {
        let spaced = text.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' });
        format!(" {} ", spaced.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
    };
    // the last part of an id like `python.lang.security.audit.exec-use.exec-use`
    let end = id.rsplit('.').next().filter(|end| end.contains(['-', '_']) && units(&id) > LONGEST_ID);
    let id = end.map_or(id.clone(), str::to_owned);
    let (said, own) = (letters(title), letters(&id));
    // an id of words may only add the scanner to the title: `TruffleHog rule ID Password in URL`
    let adds_nothing = said.contains(&own) || id.contains(' ') && own.ends_with(&said);
    if adds_nothing { String::new() } else { id }
}

/// How long an id may be before only its last part is used.
const LONGEST_ID: usize = 40;

/// Whether an id says nothing and nobody searches for it: a number, or a part of a hash.
fn says_nothing(id: &str) -> bool {
    const SHORTEST_HASH: usize = 8;
    let is_hash = |id: &str| {
        let hex = id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        hex && id.len() >= SHORTEST_HASH && id.bytes().any(|byte| byte.is_ascii_digit())
    };
    id.bytes().all(|byte| byte.is_ascii_digit()) || is_hash(id)
}

fn in_place(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(" in {path}") }
}

/// The end of a place that is too long.
fn ended(place: &str, limit: usize) -> String {
    let Some(path) = place.strip_prefix(" in ").filter(|_| units(place) > limit) else {
        return shortened(place, limit);
    };
    let room = limit.saturating_sub(" in …".len());
    let mut taken = 0;
    let start = path.char_indices().rev().take_while(|(_, c)| {
        taken += c.len_utf16();
        taken <= room
    });
    let at = start.last().map_or(path.len(), |(at, _)| at);
    format!(" in …{}", &path[at..])
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::model::finding::{Introducer, Rule};
    use crate::model::severity::Severity;

    #[test]
    fn places_of_one_finding_are_counted() {
        let (mut group, survey) = samples::code(0);
        let location = samples::location("b.py", 1);
        group.exemplars[0].detail.also = vec![crate::model::finding::FlowStep::new(location, "".into())];
        let title = summary(&group, &survey, "");
        assert!(title.ends_with("3 places)"), "{title}");
    }

    #[test]
    fn summaries_say_what_and_where() {
        let check = |(group, survey): (Group, Survey), mode: Mode, expected: &str| {
            assert_eq!(summary(&Group { mode, ..group }, &survey, "[casefile]"), expected);
        };
        let shell = "[casefile] Subprocess call with shell=True";
        check(samples::code(3), Mode::Type, &format!("{shell} (B602, 5 places)"));
        check(samples::code(0), Mode::Vulnerability, &format!("{shell} in src/deploy.py:10 (B602)"));
        check(
            samples::dependency(),
            Mode::Type,
            "[casefile] lodash: Command injection (CVE-2021-23337, 2 places)",
        );
        check(
            samples::dependency(),
            Mode::Vulnerability,
            "[casefile] lodash 4.17.20: Command injection in package-lock.json (CVE-2021-23337)",
        );
        check(samples::secret(), Mode::Type, "[casefile] AWS Access Key in auth.py");
        check(samples::file(), Mode::File, "[casefile] src/deploy.py: 2 findings by Bandit");
        check(
            samples::package(),
            Mode::Package,
            "[casefile] Update lodash 4.17.20 → 4.17.21 (2 advisories, critical)",
        );
    }

    #[test]
    fn a_row_keeps_what_identifies_its_ticket() {
        let (group, survey) = samples::code(3);
        let (title, fix) = short(&group, &survey);
        assert_eq!((title, fix), (summary(&group, &survey, ""), String::new()));
        let mut long = group;
        let mut rule = Rule { id: "B602".into(), ..Rule::default() };
        rule.description = "word ".repeat(60).into();
        long.common = Common::Rule(rule.into());
        long.exemplars.clear();
        let (title, _) = short(&long, &survey);
        assert!(units(&title) <= ROW_LIMIT && title.ends_with("(B602, 5 places)"), "{title}");
    }

    #[test]
    fn a_package_without_a_fixed_version_is_updated_through_the_one_that_brings_it_in() {
        let (mut group, survey) = samples::package();
        for package in group.exemplars.iter_mut().filter_map(|one| one.package.as_mut()) {
            (package.fixed, package.unfixed) = (Vec::new(), true);
            let (name, update_to) = ("webpack".into(), "5.0.0".into());
            package.introduced_by = vec![Introducer { name, update_to, is_major: true }];
        }
        assert_eq!(
            summary(&group, &survey, ""),
            "Update webpack to 5.0.0 for lodash 4.17.20 (2 advisories, critical)"
        );
    }

    #[test]
    fn an_update_that_leaves_the_worst_does_not_claim_it() {
        let (mut group, survey) = samples::package();
        if let Some(package) = group.exemplars[0].package.as_mut() {
            package.fixed.clear();
        }
        assert_eq!(
            summary(&group, &survey, ""),
            "Update lodash 4.17.20 → 4.17.21 (fixes 1 of 2 advisories, worst critical)"
        );
    }

    #[test]
    fn a_sentence_is_no_id() {
        let title = |id: &str| {
            let (mut group, survey) = samples::dependency();
            let Common::Advisory(advisory) = &group.common else { panic!() };
            let mut advisory = (**advisory).clone();
            advisory.id = id.into();
            for one in &mut group.exemplars {
                std::sync::Arc::make_mut(&mut one.rule).name = "Command injection".into();
            }
            group.common = Common::Advisory(advisory.into());
            for one in &mut group.exemplars {
                one.rule = Rule { name: "Command injection in lodash".into(), ..Rule::default() }.into();
            }
            summary(&group, &survey, "")
        };
        assert_eq!(title("OSSINDEX: CWE-77: INJECTION (LODASH)"), "lodash: Command injection (2 places)");
        assert_eq!(
            title("OSSINDEX-A86C2790-B37F-4290-A069-08FC9C4B6AC0"),
            "lodash: Command injection (OSSINDEX-A86C2790, 2 places)"
        );
    }

    #[test]
    fn what_is_called_the_same_is_told_apart() {
        let (mut group, mut survey) = samples::secret();
        let mut other = group.clone();
        other.names = vec![samples::id(7)];
        other.scanners = vec!["TruffleHog".into()];
        group.severity = Severity::High;
        survey.groups = vec![group, other];
        tell_apart(&mut survey);
        let all: Vec<String> = survey.groups.iter().map(|group| summary(group, &survey, "")).collect();
        assert_eq!(all, ["AWS Access Key in auth.py (gitleaks)", "AWS Access Key in auth.py (TruffleHog)"]);
        survey.groups[1].scanners = survey.groups[0].scanners.clone();
        tell_apart(&mut survey);
        let all: BTreeSet<String> = survey.groups.iter().map(|group| summary(group, &survey, "")).collect();
        assert_eq!(all.len(), 2, "{all:?}");
        // even if the rule's id or the scanner's name is longer than a title may be
        let long = |words: &str| words.repeat(40);
        for (group, number) in survey.groups.iter_mut().zip([8, 9]) {
            let rule = Rule { id: long("rule-id "), name: "Hidden key".into(), ..Rule::default() };
            (group.kind, group.common) = (FindingKind::Code, Common::Rule(rule.into()));
            (group.names, group.scanners) = (vec![samples::id(number)], vec![long("Scanner ").into()]);
        }
        tell_apart(&mut survey);
        let all: BTreeSet<String> = survey.groups.iter().map(|group| summary(group, &survey, "")).collect();
        assert_eq!(all.len(), 2, "{all:?}");
        assert!(all.iter().all(|title| units(title) <= SUMMARY_LIMIT), "{all:?}");
    }

    #[test]
    fn an_id_that_says_nothing_only_tells_titles_apart() {
        let named = |id: &str, number: u64| {
            let (group, survey) = samples::code(0);
            let rule = Rule { id: id.into(), name: "Path Traversal".into(), ..Rule::default() };
            (Group { common: Common::Rule(rule.into()), names: vec![samples::id(number)], ..group }, survey)
        };
        let check = |id: &str, expected: &str| {
            let (group, survey) = named(id, 1);
            assert_eq!(summary(&group, &survey, ""), format!("Path Traversal ({expected}2 places)"));
        };
        check("10021", "");
        check("42bb6b7f-2d54-428e-b707-666f669d94fb", "");
        check("31D4607AA3FF447C", "");
        for id in ["B602", "CKV_AWS_1", "CA3001", "S3.8", "python.lang.x", "CWE-22"] {
            check(id, &format!("{id}, "));
        }
        check("python.lang.security.audit.path-traversal.path-traversal", "");
        check("python.lang.security.audit.path.path-join-of-user-input", "path-join-of-user-input, ");
        let ((one, mut survey), (two, _)) = (named("6", 1), named("7", 2));
        survey.groups = vec![one, two];
        tell_apart(&mut survey);
        let all: Vec<String> = survey.groups.iter().map(|group| summary(group, &survey, "")).collect();
        assert_eq!(all, ["Path Traversal (2 places, rule 6)", "Path Traversal (2 places, rule 7)"]);
    }

    #[test]
    fn the_end_of_a_long_path_stays() {
        let path = format!(" in {}/file.py", "folder/".repeat(40));
        let ended = ended(&path, 85);
        assert!(ended.starts_with(" in …") && ended.ends_with("/file.py") && units(&ended) <= 85, "{ended}");
    }
}
