//! What a rule is called.

use super::readable::{capital, readable};
use super::sentences::{is_phrase, sentences};
use super::trim::{cut_at_word, without};
use crate::document::parse;
use crate::document::visible::one_line;
use crate::model::finding::Rule;

/// From this length on, in bytes, a name that has several sentences is only the first one.
const SEVERAL: usize = 80;

/// From this length on, in bytes, the first sentence of a description may well be background.
const BACKGROUND: usize = 70;

/// Up to this length, in bytes, a message is a title.
const SHORT_MESSAGE: usize = 60;

/// A rule by the first of these that reads like language: its name, the first sentence of its description, that of the
/// message; otherwise its name or id made readable.
///
/// `same` says whether the message is the same at every place, so that it can stand for all of them.
pub(crate) fn rule(rule: &Rule, message: Option<&str>, same: bool) -> String {
    let name = without(&one_line(&parse::unescaped(&rule.name)), &[&rule.id]);
    let name = without_marks(without_weaknesses(&name));
    // of several sentences, the first says what is wrong
    let first = sentences(name, false).into_iter().next();
    let name = match first.filter(|first| name.len() > SEVERAL && is_phrase(first)) {
        Some(first) => first,
        None => name.to_owned(),
    };
    let identifier = [&name, &rule.id].into_iter().map(|id| readable(id)).find(|name| !name.is_empty());
    let message = message.and_then(|text| sentences(text, false).into_iter().find(|text| is_phrase(text)));
    if let Some(message) =
        message.as_deref().filter(|text| same && names_a_version(text) && !names_a_version(&name))
    {
        return capital(&cut_at_word(message));
    }
    // most rules have a name, and a longer text takes longer to read
    let is_written = is_phrase(&name) && !is_of_id(&name, &rule.id);
    let of_all = message.clone().filter(|_| same);
    // a long sentence begins with the background, and a short message says what is wrong (DevSkim)
    let is_background = |phrase: &str| phrase.len() > BACKGROUND;
    let is_short = |text: &String| text.len() <= SHORT_MESSAGE;
    if let Some(message) = of_all.as_ref().filter(|text| is_background(&name) && is_short(text)) {
        return capital(message);
    }
    if is_written && !has_metavariable(&name) {
        return capital(&cut_at_word(&name));
    }
    // an id of several words was written for people (Fortify)
    let written = Some(name).filter(|_| is_written).into_iter().chain([one_line(&rule.id)]);
    let written = written.filter(|text| is_phrase(text));
    let described = sentences(&rule.description, rule.is_markdown).into_iter().find(|text| is_phrase(text));
    let phrase = described.into_iter().chain(written).next();
    let candidates = [
        of_all.clone().filter(|_| phrase.as_deref().is_some_and(has_metavariable)),
        of_all.clone().filter(|text| is_short(text) && phrase.as_deref().is_some_and(is_background)),
        phrase,
        of_all,
        identifier.clone().filter(|name| name.contains(' ')),
        message,
        identifier,
    ];
    let name = candidates.into_iter().flatten().next().unwrap_or_else(|| "Finding without a rule".to_owned());
    capital(&cut_at_word(without_weaknesses(&name)))
}

/// Whether a name is an id or the last part of one, with spaces (Semgrep).
fn is_of_id(name: &str, id: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let last = id.rsplit(['.', '/', ':']).next().unwrap_or(id);
    let own = letters(name);
    let is_plain = !name.contains(char::is_uppercase) && name.contains(' ');
    is_plain && (own == letters(last) || own == letters(id))
}

/// Whether a text has a variable of Semgrep's patterns, for which a message has what was found: `exec of $CMD`.
pub(crate) fn has_metavariable(text: &str) -> bool {
    text.split('$').skip(1).any(|behind| {
        let name = behind.strip_prefix("...").unwrap_or(behind);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        name[..end].starts_with(|c: char| c.is_ascii_uppercase())
            && !name[..end].contains(|c: char| c.is_ascii_lowercase())
    })
}

/// The text without the note of CIS benchmarks whether a recommendation counts for the score (Prowler).
fn without_marks(text: &str) -> &str {
    let marks = ["(Scored)", "(Not Scored)", "(Automated)", "(Manual)"];
    marks.iter().find_map(|mark| Some(text.strip_suffix(mark)?.trim_end())).unwrap_or(text)
}

/// Whether a message says which version of what is vulnerable, which says more than the kind of weakness (Brakeman):
/// `Rails 3.2.3 contains a SQL injection vulnerability`.
fn names_a_version(message: &str) -> bool {
    let lower = message.to_lowercase();
    let is_version = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_digit())
            && word.contains('.')
            && !word.contains(char::is_alphabetic)
    };
    ["cve-", "vulnerab"].iter().any(|word| lower.contains(word)) && message.split(' ').any(is_version)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_names_a_vulnerable_version_says_more_than_the_weakness() {
        let check = |message: &str, expected: &str| {
            let rule = named("BRAKE0069", "SQL Injection", "");
            assert_eq!(super::rule(&rule, Some(message), true), expected);
        };
        check(
            "Rails 3.2.3 contains a SQL injection vulnerability (CVE-2013-6417). Upgrade to Rails 3.2.16",
            "Rails 3.2.3 contains a SQL injection vulnerability (CVE-2013-6417)",
        );
        check("Possible SQL injection", "SQL Injection");
        let rule = named("check12", "Ensure MFA is enabled (Scored)", "");
        assert_eq!(super::rule(&rule, None, true), "Ensure MFA is enabled");
    }

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
        let background =
            "These functions are historically error-prone and have been associated with vulnerabilities";
        check("DS1", background, "", Some("Banned C function detected"), "Banned C function detected");
        check("DS1", background, "", None, background);
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
}
