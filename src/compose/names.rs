//! How a rule or an advisory is called for people who do not know the scanner.

use std::collections::BTreeSet;

use crate::document::visible::one_line;
use crate::model::finding::{Advisory, FindingKind, Rule};
use crate::model::survey::{Common, Exemplar, Group};

/// The longest sentence that still is a name.
const SENTENCE: usize = 120;

/// Names with capitals that begin no word of their own.
const NAMES: [&str; 19] = [
    "APIs",
    "DynamoDB",
    "GitHub",
    "GitLab",
    "GraphQL",
    "IDs",
    "JavaScript",
    "MongoDB",
    "MySQL",
    "MySQLi",
    "NoSQL",
    "OAuth",
    "PostgreSQL",
    "SQLi",
    "TypeScript",
    "URLs",
    "YouTube",
    "iOS",
    "macOS",
];

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
        Common::Rule(rule) => {
            let secret = is_secret(group.kind, rule);
            let messages: BTreeSet<&str> = group.exemplars.iter().map(|one| &*one.detail.message).collect();
            let message = if secret { None } else { messages.iter().next().copied() };
            self::rule(rule, message, messages.len() <= 1)
        }
        Common::Advisory(advisory) => {
            let rule = group.exemplars.first().map(|one| &*one.rule);
            with_packages(&self::advisory(advisory, rule), &group.exemplars)
        }
        Common::File(path) => one_line(path),
    }
}

/// A rule by the first of these that reads like language: its name, its description's first sentence,
/// the message's; else its name or id made readable.
///
/// `same` says whether the message is the same at every place, so that it can stand for all of them.
pub fn rule(rule: &Rule, message: Option<&str>, same: bool) -> String {
    let name = without(&one_line(&rule.name), &[&rule.id]);
    let identifier = [&name, &rule.id].into_iter().map(|id| readable(id)).find(|name| !name.is_empty());
    let message = message.map(sentence).filter(|text| is_phrase(text));
    let candidates = [
        Some(name.clone()).filter(|name| is_phrase(name)),
        Some(sentence(&rule.description)).filter(|text| is_phrase(text) && text.chars().count() <= SENTENCE),
        message.clone().filter(|_| same),
        identifier.clone().filter(|name| name.contains(' ')),
        message,
        identifier,
    ];
    let name = candidates.into_iter().flatten().next().unwrap_or_else(|| "Finding without a rule".to_owned());
    capital(&name)
}

/// An advisory by its title where the report has one, else by its best known id.
pub fn advisory(advisory: &Advisory, rule: Option<&Rule>) -> String {
    let mut ids: Vec<&str> = vec![&advisory.id];
    ids.extend(advisory.aliases.iter().map(String::as_str));
    let title = |rule: &Rule| {
        let name = without(&one_line(&rule.name), &ids);
        let first = without(&sentence(&rule.description), &ids);
        [name, first].into_iter().find(|text| {
            // "high vulnerability for lodash package", "Package: lodash" name nothing
            let said = text.contains("vulnerability for ")
                || text.contains("vulnerability in ")
                || text.starts_with("Package:");
            is_phrase(text) && !said && text.chars().count() <= SENTENCE
        })
    };
    match rule.and_then(title) {
        Some(title) => capital(&title),
        None => one_line(&advisory.id),
    }
}

fn with_packages(title: &str, exemplars: &[Exemplar]) -> String {
    let names: BTreeSet<String> = exemplars
        .iter()
        .filter_map(|one| one.package.as_ref())
        .map(|package| one_line(&package.name))
        .collect();
    let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
    let packages = match names.as_slice() {
        [] => return title.to_owned(),
        [one] => one.clone(),
        [one, two] => format!("{one}, {two}"),
        [one, two, others @ ..] => format!("{one}, {two} and {} more", others.len()),
    };
    // some reports begin the title with the package
    let plain = title.get(packages.len()..).filter(|rest| rest.starts_with(':'));
    match plain {
        Some(rest) if title[..packages.len()].eq_ignore_ascii_case(&packages) => format!("{packages}{rest}"),
        _ => format!("{packages}: {title}"),
    }
}

/// The text without the ids, the severity or the scanner's own words that some reports put before it.
fn without(text: &str, ids: &[&str]) -> String {
    let mut rest = text;
    loop {
        let before = rest.len();
        for id in ids.iter().filter(|id| !id.is_empty()) {
            let bare = rest.strip_prefix('[').unwrap_or(rest);
            let Some(behind) = bare.get(..id.len()).filter(|start| start.eq_ignore_ascii_case(id)) else {
                continue;
            };
            let behind = &bare[behind.len()..];
            if behind.starts_with([']', ':', ' ']) {
                rest = behind.trim_start_matches([']', ':', ' ', '-']);
            }
        }
        for severity in ["Critical", "High", "Medium", "Low"] {
            let tail = rest.strip_prefix(severity).and_then(|rest| rest.strip_prefix(" severity - "));
            rest = tail.unwrap_or(rest);
        }
        rest = rest.strip_prefix("Semgrep Finding: ").unwrap_or(rest);
        if rest.len() == before {
            return rest.trim_end_matches('.').to_owned();
        }
    }
}

/// The first sentence on one line, without its full stop.
fn sentence(text: &str) -> String {
    let first = text.trim_start().split("\n\n").next().unwrap_or_default();
    let line = one_line(first);
    let end = line.match_indices(['.', '!', '?']).map(|(at, _)| at).find(|at| {
        line[at + 1..].starts_with(' ') && !line[..*at].ends_with("e.g") && !line[..*at].ends_with("i.e")
    });
    // what a scanner found out adds nothing to what it is
    let sentence = end.map_or(line.as_str(), |end| &line[..end]).trim_end_matches('.');
    sentence.strip_suffix(" identified, security issue").unwrap_or(sentence).to_owned()
}

/// Whether it reads like language rather than like an identifier, or an address to read on at.
fn is_phrase(text: &str) -> bool {
    text.contains(' ') && !text.contains("://") && text.chars().any(char::is_lowercase)
}

/// `py/sql-injection`, `SqlInjection` and `sql_injection` as "sql injection"; what has no small letter
/// (`CKV_AWS_20`, `B602`) stays as it is.
fn readable(id: &str) -> String {
    let id = one_line(id);
    if is_phrase(&id) || !id.contains(|c: char| c.is_lowercase()) {
        return id;
    }
    let last = id.rsplit(['/', '.', ':']).find(|part| !part.is_empty()).unwrap_or(&id);
    let mut words = String::with_capacity(last.len() + 8);
    let letters: Vec<char> = last.chars().collect();
    let mut named = 0;
    for (at, &c) in letters.iter().enumerate() {
        if at < named {
            continue;
        }
        if let Some(name) = name_at(&letters, at) {
            named = at + name.len();
            words.push(' ');
            words.push_str(name);
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied();
        let next = letters.get(at + 1).copied();
        let small = |c: Option<char>| c.is_some_and(char::is_lowercase);
        if matches!(c, '-' | '_') {
            words.push(' ');
        } else if c.is_uppercase()
            && (small(before) || (small(next) && before.is_some_and(char::is_uppercase)))
        {
            words.push(' ');
            words.extend(if small(next) { c.to_lowercase().collect::<Vec<_>>() } else { vec![c] });
        } else {
            words.push(c);
        }
    }
    one_line(&words)
}

/// The well-known name that stands here, and is not a part of another word.
fn name_at(letters: &[char], at: usize) -> Option<&'static str> {
    let before = at.checked_sub(1).and_then(|at| letters.get(at));
    let within = |c: &char| c.is_uppercase() || letters[at].is_lowercase() && c.is_alphabetic();
    if before.is_some_and(within) {
        return None;
    }
    NAMES.into_iter().find(|name| {
        let end = at + name.len();
        letters.get(at..end).is_some_and(|part| part.iter().copied().eq(name.chars()))
            && !letters.get(end).is_some_and(|c| c.is_lowercase())
    })
}

pub(super) fn capital(text: &str) -> String {
    if NAMES.iter().any(|name| text.split(' ').next() == Some(name)) {
        return text.to_owned();
    }
    let mut rest = text.chars();
    match rest.next() {
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(rest).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn named(id: &str, name: &str, description: &str) -> Rule {
        Rule { id: id.into(), name: name.into(), description: description.into(), ..Rule::default() }
    }

    #[test]
    fn rules_are_called_by_what_reads_best() {
        let check = |id, name, description, message, expected: &str| {
            assert_eq!(rule(&named(id, name, description), message, true), expected);
        };
        check("B602", "Subprocess call with shell=True.", "", None, "Subprocess call with shell=True");
        check(
            "B602",
            "subprocess_popen_with_shell_equals_true",
            "",
            Some("subprocess call with shell=True identified, security issue."),
            "Subprocess call with shell=True",
        );
        check("B602", "subprocess_popen", "", None, "Subprocess popen");
        check("B602", "", "", None, "B602");
        check(
            "CKV_AWS_20",
            "CKV_AWS_20",
            "",
            Some("S3 bucket is public. Make it private."),
            "S3 bucket is public",
        );
        check(
            "py-shell-true",
            "Semgrep Finding: py-shell-true",
            "subprocess with shell=True ($X)",
            None,
            "Subprocess with shell=True ($X)",
        );
        check(
            "SNYK-CC-K8S-6",
            "Medium severity - Container runs as root",
            "",
            None,
            "Container runs as root",
        );
        check("js/NoRateLimitingForHTTPServer", "", "", None, "No rate limiting for HTTP server");
        for name in ["SQLi", "MySQLi", "OAuth", "GitHub", "iOS", "NoSQL"] {
            check("x", name, "", None, name);
        }
        check("js/GitHubOAuthToken", "", "", None, "GitHub OAuth token");
        check("NoSQLInjection", "", "", None, "NoSQL injection");
        check("insecure-iOS_URLs", "", "", None, "Insecure iOS URLs");
        check("audiOS", "", "", None, "Audi OS");
        check("a.b.sql-injection", "a.b.sql-injection", "", None, "Sql injection");
        check(
            "clippy::needless_return",
            "",
            "for further information visit https://example.org/#needless_return",
            None,
            "Needless return",
        );
        check("", "", "", None, "Finding without a rule");
        check("x", "a\u{202e}b\nc d", "", None, "Ab c d");
    }

    #[test]
    fn a_message_that_differs_from_place_to_place_stands_back() {
        let rule =
            |same| super::rule(&named("x", "sql-injection", ""), Some("query uses name in a.py"), same);
        assert_eq!(rule(true), "Query uses name in a.py");
        assert_eq!(rule(false), "Sql injection");
    }

    #[test]
    fn advisories_are_called_by_their_title() {
        let advisory =
            Advisory { id: "CVE-2021-1".into(), aliases: vec!["GHSA-x".into()], ..Advisory::default() };
        let check = |name, description, expected: &str| {
            let rule = named("CVE-2021-1-lodash", name, description);
            assert_eq!(super::advisory(&advisory, Some(&rule)), expected);
        };
        check("CVE-2021-1: Regex takes long", "", "Regex takes long");
        check("[GHSA-x] Regex takes long", "", "Regex takes long");
        check(
            "CVE-2021-1 low vulnerability for x package",
            "The server trusts its input. More.",
            "The server trusts its input",
        );
        check("JavaMatcherCpeMatch", "", "CVE-2021-1");
        check("CVE-2021-1", &"long ".repeat(50), "CVE-2021-1");
    }

    #[test]
    fn groups_are_called_by_what_they_have_in_common() {
        let check = |(group, _): (Group, _), expected: &str| assert_eq!(super::group(&group), expected);
        check(
            samples::code(0),
            "Starting a process through a shell lets whoever controls the command run others",
        );
        check(samples::dependency(), "lodash: Command injection in lodash");
        check(samples::secret(), "AWS Access Key");
        check(samples::file(), "src/deploy.py");
    }

    #[test]
    fn the_package_is_not_said_twice() {
        let (group, _) = samples::dependency();
        assert_eq!(with_packages("Lodash: a fault", &group.exemplars), "lodash: a fault");
        assert_eq!(with_packages("é fault", &group.exemplars), "lodash: é fault");
    }
}
