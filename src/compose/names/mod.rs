//! How a rule or an advisory is named for people who do not know the scanner.

use std::collections::BTreeSet;

mod credential;
mod readable;
mod sentences;

use credential::credential;
pub(super) use readable::capital;
use readable::readable;
use sentences::{is_announcement, is_continuation, is_introduction, is_phrase, sentences};

use crate::document::parse;
use crate::document::shorten::shortened;
use crate::document::visible::one_line;
use crate::model::finding::{Advisory, FindingKind, Package, Rule};
use crate::model::record::Mode;
use crate::model::survey::{Common, Exemplar, Group};

/// How long a name may be: a longer one is cut at a word.
const NAME_LIMIT: usize = 120;

/// From this length on, in bytes, a name that has several sentences is only the first one.
const SEVERAL: usize = 80;

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

/// A rule by the first of these that reads like language: its name, the first sentence of its description, that of the
/// message; otherwise its name or id made readable.
///
/// `same` says whether the message is the same at every place, so that it can stand for all of them.
pub fn rule(rule: &Rule, message: Option<&str>, same: bool) -> String {
    let name = without(&one_line(&parse::unescaped(&rule.name)), &[&rule.id]);
    let name = without_weaknesses(&name);
    // of several sentences, the first says what is wrong
    let first = sentences(name, false).into_iter().next();
    let name = match first.filter(|first| name.len() > SEVERAL && is_phrase(first)) {
        Some(first) => first,
        None => name.to_owned(),
    };
    let identifier = [&name, &rule.id].into_iter().map(|id| readable(id)).find(|name| !name.is_empty());
    let message = message.and_then(|text| sentences(text, false).into_iter().find(|text| is_phrase(text)));
    // most rules have a name, and a longer text takes longer to read
    if is_phrase(&name) && !has_metavariable(&name) {
        return capital(&cut_at_word(&name));
    }
    let of_all = message.clone().filter(|_| same);
    // an id of several words was written for people (Fortify)
    let written = [name, one_line(&rule.id)].into_iter().filter(|text| is_phrase(text));
    let described = sentences(&rule.description, rule.is_markdown).into_iter().find(|text| is_phrase(text));
    let phrase = described.into_iter().chain(written).next();
    let candidates = [
        of_all.clone().filter(|_| phrase.as_deref().is_some_and(has_metavariable)),
        phrase,
        of_all,
        identifier.clone().filter(|name| name.contains(' ')),
        message,
        identifier,
    ];
    let name = candidates.into_iter().flatten().next().unwrap_or_else(|| "Finding without a rule".to_owned());
    capital(&cut_at_word(without_weaknesses(&name)))
}

/// An advisory by its title if the report has one, otherwise by its best-known id. `packages`: what it is about.
pub fn advisory(advisory: &Advisory, rule: Option<&Rule>, packages: &BTreeSet<&str>) -> String {
    let mut ids: Vec<&str> = vec![&advisory.id];
    ids.extend(advisory.aliases.iter().map(String::as_str));
    let title = |rule: &Rule| {
        let name = without(&one_line(&parse::unescaped(&rule.name)), &ids);
        let described = std::iter::once(rule)
            .flat_map(|rule| sentences(&rule.description, rule.is_markdown))
            .map(|text| without(&text, &ids));
        std::iter::once(name).chain(described).find(|text| {
            let said = names_nothing(text, packages)
                || is_introduction(text)
                || is_announcement(text)
                || is_continuation(text);
            is_phrase(text) && !said
        })
    };
    match rule.and_then(title) {
        Some(title) => {
            let title = cut_at_word(&title);
            // a package keeps its own spelling
            let first = title.split([' ', ':', ',', '\'', '’']).next().unwrap_or_default();
            let is = |name: &&str| *name == first || name.rsplit(['/', ':']).next() == Some(first);
            if packages.iter().any(is) { title } else { capital(&title) }
        }
        None => one_line(&advisory.id),
    }
}

/// The beginning of a random ID is enough, even after a name: `GEMNASIUM-7368F513`.
pub fn short_id(id: String) -> String {
    const LENGTH: usize = 36;
    let Some(at) = id.len().checked_sub(LENGTH).filter(|&at| id.is_char_boundary(at)) else { return id };
    let (name, uuid) = id.split_at(at);
    let random = uuid.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && uuid.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if random && (name.is_empty() || name.ends_with('-')) { format!("{name}{}", &uuid[..8]) } else { id }
}

/// Whether a text only says that something is wrong with a package: `CVE-2021-1 high vulnerability for lodash package`.
fn names_nothing(text: &str, packages: &BTreeSet<&str>) -> bool {
    const EMPTY: [&str; 14] = [
        "a",
        "critical",
        "for",
        "found",
        "high",
        "in",
        "low",
        "medium",
        "moderate",
        "package",
        "security",
        "severity",
        "vulnerabilities",
        "vulnerability",
    ];
    let is_id = |word: &str| word.contains('-') && word.bytes().any(|byte| byte.is_ascii_digit());
    let words = text.split([' ', ':', ',']).filter(|word| !word.is_empty());
    let mut left = words.filter(|word| {
        let lower = word.to_lowercase();
        !EMPTY.contains(&lower.as_str())
            && !is_id(word)
            && !packages.iter().any(|name| name.eq_ignore_ascii_case(word))
    });
    // one more word may be another name of the package
    left.next().is_none() || left.next().is_none()
}

fn packages(exemplars: &[Exemplar]) -> impl Iterator<Item = &Package<'static>> {
    exemplars.iter().filter_map(|one| one.package.as_ref()).filter(|package| !package.name.is_empty())
}

fn with_packages(title: &str, exemplars: &[Exemplar], with_version: bool) -> String {
    let named = |package: &Package<'static>| match (with_version, one_line(&package.version)) {
        (true, version) if !version.is_empty() => format!("{} {version}", one_line(&package.name)),
        _ => one_line(&package.name),
    };
    let names: BTreeSet<String> = packages(exemplars).map(named).collect();
    let names: Vec<String> = names.into_iter().collect();
    let list = match names.as_slice() {
        [] => return title.to_owned(),
        [one] => one.clone(),
        [one, two] => format!("{one}, {two}"),
        [one, two, others @ ..] => format!("{one}, {two} and {} more", others.len()),
    };
    let mut title = title.to_owned();
    for package in packages(exemplars) {
        title = without_package(&title, &one_line(&package.name));
    }
    format!("{list}: {title}")
}

/// The title without the package before and after it, however often: `glob: glob: … in glob`.
pub(super) fn without_package(title: &str, package: &str) -> String {
    let short = package.rsplit(['/', ':']).next().unwrap_or(package);
    let mut rest = title;
    loop {
        let before = rest.len();
        for name in [package, short] {
            let bare = rest.trim_start_matches(['[', '`', '"']);
            let behind = bare.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name));
            if let Some(behind) = behind.map(|start| &bare[start.len()..]) {
                let behind = behind.trim_start_matches([']', '`', '"']);
                let more = behind.strip_prefix(": ").or_else(|| behind.strip_prefix(" - "));
                let more = more.or_else(|| predicate(behind));
                rest = more.map(str::trim_start).filter(|more| !more.is_empty()).unwrap_or(rest);
            }
            for joint in [" in ", " in the ", " of "] {
                let head = rest.strip_suffix(name).and_then(|head| head.strip_suffix(joint));
                rest = head.filter(|head| head.contains(' ')).unwrap_or(rest);
            }
        }
        if rest.len() == before {
            return if rest.len() == title.len() { rest.to_owned() } else { capital(rest) };
        }
    }
}

/// What is wrong with the package that stands before it: `is vulnerable to …`.
fn predicate(text: &str) -> Option<&str> {
    let text = text.strip_prefix(' ')?;
    let text = text.strip_prefix("is ").unwrap_or(text);
    ["vulnerable to ", "susceptible to ", "affected by "]
        .iter()
        .any(|start| text.starts_with(start))
        .then_some(text)
}

/// The text without the ids, the severity or the scanner's own words that some reports put before it.
fn without(text: &str, ids: &[&str]) -> String {
    let mut rest = text;
    loop {
        let before = rest.len();
        for id in ids.iter().filter(|id| !id.is_empty()) {
            let bare = rest.strip_prefix(['[', '(']).unwrap_or(rest);
            let Some(behind) = bare.get(..id.len()).filter(|start| start.eq_ignore_ascii_case(id)) else {
                continue;
            };
            let behind = &bare[behind.len()..];
            if behind.starts_with([']', ')', ':', ' ']) {
                rest = behind.trim_start_matches([']', ')', ':', ' ', '-']);
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

/// Whether a text has a variable of Semgrep's patterns, for which a message has what was found: `exec of $CMD`.
pub(super) fn has_metavariable(text: &str) -> bool {
    text.split('$').skip(1).any(|behind| {
        let name = behind.strip_prefix("...").unwrap_or(behind);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        name[..end].starts_with(|c: char| c.is_ascii_uppercase())
            && !name[..end].contains(|c: char| c.is_ascii_lowercase())
    })
}

/// The text without the weaknesses in parentheses at its end, which a ticket lists: `… buffer overflows (CWE-120)`.
fn without_weaknesses(text: &str) -> &str {
    let Some((head, tail)) = text.trim_end_matches(['.', ':']).rsplit_once(" (CWE-") else { return text };
    let is_list = |tail: &str| tail.chars().all(|c| c.is_ascii_digit() || "CWE-,/!: ".contains(c));
    match tail.strip_suffix(')') {
        Some(tail) if is_list(tail) && !head.is_empty() => head,
        _ => text,
    }
}

/// At most [`NAME_LIMIT`] characters, cut at a word.
fn cut_at_word(text: &str) -> String {
    shortened(text, NAME_LIMIT)
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
        check("py-exec", "exec of $CMD", "", Some("exec of `name`. Avoid it."), "Exec of name");
        check("py-exec", "costs $5, or $HOME/a", "", Some("another"), "Costs $5, or $HOME/a");
        check(
            "FF1021",
            "scanf() permits overflows (CWE-120, CWE-20).",
            "",
            None,
            "scanf() permits overflows",
        );
        check("Buffer Overflow", "", "", Some("f() in a.c writes too much on line 87"), "Buffer Overflow");
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
        check(
            "DS185832",
            "",
            "strcpy is frequently dangerous. Use another.",
            None,
            "strcpy is frequently dangerous",
        );
        check("B1", "", "this is bad", None, "This is bad");
        check(
            "DS1",
            "The call reads as many bytes as there are, whatever the buffer holds. This allows an overflow.",
            "",
            None,
            "The call reads as many bytes as there are, whatever the buffer holds",
        );
        check("a.b.sql-injection", "a.b.sql-injection", "", None, "SQL injection");
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
        assert_eq!(rule(false), "SQL injection");
    }

    #[test]
    fn advisories_are_called_by_their_title() {
        let advisory =
            Advisory { id: "CVE-2021-1".into(), aliases: vec!["GHSA-x".into()], ..Advisory::default() };
        let check = |name, description, expected: &str| {
            let rule = named("CVE-2021-1-lodash", name, description);
            assert_eq!(super::advisory(&advisory, Some(&rule), &["lodash"].into()), expected);
        };
        check("CVE-2021-1: Regex takes long", "", "Regex takes long");
        check("[GHSA-x] Regex takes long", "", "Regex takes long");
        check(
            "CVE-2021-1 low vulnerability for x package",
            "The server trusts its input. More.",
            "The server trusts its input",
        );
        check("CVE-2021-1 vulnerability in lodash", "", "CVE-2021-1");
        check(
            "Incorrect Privilege Assignment vulnerability in lodash",
            "",
            "Incorrect Privilege Assignment vulnerability in lodash",
        );
        check(
            "JavaMatcherCpeMatch",
            "There is a stack overflow vulnerability in a.c. More.",
            "There is a stack overflow vulnerability in a.c",
        );
        check("JavaMatcherCpeMatch", "", "CVE-2021-1");
        let long = "long ".repeat(50);
        check("CVE-2021-1", &long, &format!("Long {}…", long[..110].trim_end()));
        check(
            "CVE-2021-1",
            "Django is a high-level\nPython web framework. Versions before\n3.2 are open to XSS. More.",
            "Versions before 3.2 are open to XSS",
        );
        check("lodash lets prototypes be polluted", "", "lodash lets prototypes be polluted");
        check(
            "",
            "An issue was discovered in libX11 through 1.6.5. XListExtensions reads a variable as signed.",
            "XListExtensions reads a variable as signed",
        );
        check(
            "",
            "**Note:** *Versions mentioned in the description apply only to the upstream package.* *See \
             `How to fix?` for fixed versions.*\n\nThe server trusts its input.",
            "The server trusts its input",
        );
    }

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

    #[test]
    fn the_package_is_not_said_twice() {
        let (group, _) = samples::dependency();
        let check = |title: &str, expected: &str| {
            assert_eq!(with_packages(title, &group.exemplars, false), expected);
        };
        check("Lodash: a fault", "lodash: A fault");
        check("lodash: lodash: a fault", "lodash: A fault");
        check("[lodash]: a fault in lodash", "lodash: A fault");
        check("é fault", "lodash: é fault");
        check("lodash vulnerable to injection", "lodash: Vulnerable to injection");
        check("lodash is vulnerable to injection", "lodash: Vulnerable to injection");
        check("lodash is slow", "lodash: lodash is slow");
        check("lodash", "lodash: lodash");
    }
}
