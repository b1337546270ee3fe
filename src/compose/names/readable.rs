//! Ids made readable, and words with their usual capitals.

use super::sentences::is_phrase;
use crate::document::visible::one_line;

/// Names whose capitals do not begin a new word.
pub(super) const NAMES: [&str; 19] = [
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

/// Words of ids that are written in capitals.
const ACRONYMS: [&str; 40] = [
    "api", "aws", "cors", "cpu", "csrf", "css", "dns", "dom", "dos", "ec2", "gcp", "html", "http", "https",
    "iam", "id", "io", "ip", "json", "jwt", "kms", "ldap", "md5", "os", "pdf", "php", "rce", "rsa", "s3",
    "sql", "ssh", "ssl", "ssrf", "tls", "uri", "url", "vpc", "xml", "xss", "xxe",
];

/// `py/sql-injection`, `SqlInjection` and `sql_injection` as "sql injection"; an id without lower-case letters
/// (`CKV_AWS_20`, `B602`) stays as it is.
pub(super) fn readable(id: &str) -> String {
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
    let words = one_line(&words);
    let acronym = |word: &str| if ACRONYMS.contains(&word) { word.to_uppercase() } else { word.to_owned() };
    words.split(' ').map(acronym).collect::<Vec<_>>().join(" ")
}

/// The well-known name at this position, if it is not a part of another word.
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

/// The text with an initial capital if it begins with a word; names of packages and functions, paths and ids stay as
/// they are.
pub(in crate::compose) fn capital(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    let word = first.trim_end_matches([',', ':', ';']);
    let plain = |c: char| c.is_lowercase() || matches!(c, '\'' | '’' | '-');
    if !word.chars().all(plain) {
        return text.to_owned();
    }
    if NAMES.iter().any(|name| text.split(' ').next() == Some(name)) || is_subject(text) {
        return text.to_owned();
    }
    let mut rest = text.chars();
    match rest.next() {
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(rest).collect(),
        _ => text.to_owned(),
    }
}

/// Whether a text begins with a name that does something: `strcpy is dangerous`. A sentence whose subject has neither
/// an article nor a capital is about an identifier.
fn is_subject(text: &str) -> bool {
    let mut words = text.split(' ');
    let subject = words.next().unwrap_or_default();
    let verb = words.next().unwrap_or_default();
    const PRONOUNS: [&str; 11] =
        ["this", "that", "it", "there", "which", "these", "those", "what", "you", "code", "input"];
    const VERBS: [&str; 6] = ["is", "will", "does", "can", "may", "should"];
    VERBS.contains(&verb) && !PRONOUNS.contains(&subject)
}
