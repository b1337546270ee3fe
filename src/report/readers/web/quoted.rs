//! What a scanner quotes of requests and answers, without the values of credentials.

use crate::report::shared::words;

/// Parts of names of what is confidential.
const NAMES: &[&str] = &[
    "apikey",
    "api_key",
    "api-key",
    "auth",
    "bearer",
    "cookie",
    "credential",
    "csrf",
    "jwt",
    "passw",
    "pwd",
    "secret",
    "sess",
    "sid",
    "token",
    "xsrf",
];

/// How long a word of letters and digits is at least that may be a session's id, in bytes.
const ID: usize = 16;

/// The beginning of a quoted text, at most this many bytes, with `***` for each value that has a confidential name. In
/// an alert that is about such values, this applies to all values, and to whatever may be the id of a session.
pub(crate) fn quoted(text: &str, limit: usize, about: &str) -> String {
    let is_about = is_confidential(about);
    let start = words::start(text.trim(), limit);
    let mut quoted = String::with_capacity(start.len());
    let mut named = false;
    for word in start.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        match masked(bare, is_about, named) {
            Some(masked) => {
                quoted.push_str(&masked);
                quoted.push_str(&word[bare.len()..]);
            }
            None => quoted.push_str(word),
        }
        // `Authorization: Bearer …`
        let names = bare.ends_with([':', '=']) || bare.eq_ignore_ascii_case("bearer");
        named = names && is_confidential(bare)
            || named && (bare.is_empty() || bare.eq_ignore_ascii_case("basic"));
    }
    if start.len() < text.trim().len() {
        quoted.push('…');
    }
    quoted
}

/// A word with its value masked; `None`: it has none. `named`: the word before it is a confidential name.
fn masked(word: &str, is_about: bool, named: bool) -> Option<String> {
    if named && !word.is_empty() && !["basic", "bearer"].iter().any(|kind| word.eq_ignore_ascii_case(kind)) {
        return Some("***".to_owned());
    }
    let mut from = 0;
    while let Some(at) = word[from..].find(['=', ':']).map(|at| from + at) {
        let (name, value) = (&word[from..at], &word[at + 1..]);
        let is_value = !value.trim_matches(|c: char| !c.is_alphanumeric()).is_empty();
        let is_pair = word[at..].starts_with('=');
        if is_value && (is_confidential(name) || is_about && is_pair) {
            return Some(format!("{}***", &word[..=at]));
        }
        from = at + 1;
    }
    (is_about && is_id(word)).then(|| "***".to_owned())
}

fn is_confidential(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    NAMES.iter().any(|own| lower.contains(own))
}

/// Whether a word has letters and digits, and is as long as an id.
fn is_id(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    word.len() >= ID
        && !word.contains('/')
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_credentials_are_not_quoted() {
        let check = |about: &str, text: &str, expected: &str| {
            assert_eq!(quoted(text, 100, about), expected, "{text}")
        };
        check("SQL Injection", "' OR '1'='1' --", "' OR '1'='1' --");
        check("Comments", "<!-- admin: see /setup -->", "<!-- admin: see /setup -->");
        check("Comments", "<!-- password: hunter2 -->", "<!-- password: *** -->");
        check("Comments", "<!-- password:hunter2 -->", "<!-- password:*** -->");
        check("Path", "http://a/b?id=1&sessionid=38B1CFDD", "http://a/b?id=1&sessionid=***");
        check("Headers", "Authorization: Basic aHVudGVy x", "Authorization: Basic *** x");
        check("Headers", "Authorization: Bearer aHVudGVy", "Authorization: Bearer ***");
        check("Headers", "Set-Cookie: JSESSIONID=38B1CFDD; Path=/", "Set-Cookie: *** Path=/");
        check("Loosely Scoped Cookie", "shop.test\nSID2=38B1CFDD", "shop.test\nSID2=***");
        check("Cookie Slack Detector", "dropping it: [JSESSIONID]", "dropping it: [JSESSIONID]");
        check("Session ID in URL", "38B1CFDD1A2B3C4D5E", "***");
        check("Timestamp", "1577836800, which is 2020-01-01", "1577836800, which is 2020-01-01");
        check("Anti-CSRF Tokens", "[Form 1: \"id\" \"password\" ].", "[Form 1: \"id\" \"password\" ].");
        check("a", &"x".repeat(200), &format!("{}…", "x".repeat(100)));
        check("a", "", "");
    }
}
