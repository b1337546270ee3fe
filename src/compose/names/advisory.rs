//! What an advisory is called.

use std::collections::BTreeSet;

use super::readable::capital;
use super::sentences::{
    is_announcement, is_background, is_continuation, is_denial, is_fix, is_introduction, is_phrase,
    names_a_flaw, sentences,
};
use super::trim::{cut_at_word, without};
use crate::document::parse;
use crate::document::visible::one_line;
use crate::model::finding::{Advisory, Rule};

/// An advisory by its title if the report has one, otherwise by its best-known id. `packages`: what it is about.
pub(crate) fn advisory(advisory: &Advisory, rule: Option<&Rule>, packages: &BTreeSet<&str>) -> String {
    let mut ids: Vec<&str> = vec![&advisory.id];
    ids.extend(advisory.aliases.iter().map(String::as_str));
    let title = |rule: &Rule| {
        let name = without(&one_line(&parse::unescaped(&rule.name)), &ids);
        let described = std::iter::once(rule)
            .flat_map(|rule| sentences(&rule.description, rule.is_markdown))
            .map(|text| without(&text, &ids));
        best(std::iter::once(name).chain(described), packages)
    };
    match rule.and_then(title) {
        Some(title) => {
            let title = cut_at_word(&title);
            // a package keeps its own spelling
            let first = title.split([' ', ':', ',', '\'', '’']).next().unwrap_or_default();
            let is = |name: &&str| *name == first || name.rsplit(['/', ':']).next() == Some(first);
            if packages.iter().any(is) { title } else { capital(&title) }
        }
        // its name is a better sentence than the one in capitals that identifies it
        None => one_line(match rule.filter(|rule| !is_id(&advisory.id) && !rule.name.trim().is_empty()) {
            Some(rule) => &rule.name,
            None => &advisory.id,
        }),
    }
}

/// The first text that says what is wrong. After one that only introduces the package, or says how it works, that is one
/// with a word for it: what follows an introduction may be more of the same.
fn best(mut texts: impl Iterator<Item = String>, packages: &BTreeSet<&str>) -> Option<String> {
    let (mut introduced, mut other) = (false, None);
    let mut in_background = false;
    let found = texts.find(|text| {
        if is_introduction(text) || is_background(text) {
            introduced = true;
            in_background |= is_background(text);
            return false;
        }
        let says_nothing = names_nothing(text, packages)
            || is_announcement(text)
            || is_continuation(text)
            || is_denial(text)
            || is_fix(text);
        if says_nothing || !is_phrase(text) {
            return false;
        }
        if introduced && !names_a_flaw(text) {
            other.get_or_insert_with(|| text.clone());
            return false;
        }
        true
    });
    found.or(other.filter(|_| !in_background))
}

/// Whether a name is one by which people find an advisory. Some sources have sentences instead: they identify it, but
/// say nothing that its title does not say.
pub(crate) fn is_id(name: &str) -> bool {
    !name.trim().contains(char::is_whitespace)
}

/// The beginning of a random ID is enough, even after a name: `GEMNASIUM-7368F513`.
pub(crate) fn short_id(id: String) -> String {
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
    /// Words that say which vulnerability it is.
    const WHICH: [&str; 18] = [
        "clickjacking",
        "csrf",
        "deserialization",
        "disclosure",
        "dos",
        "idor",
        "injection",
        "overflow",
        "rce",
        "redos",
        "smuggling",
        "spoofing",
        "sqli",
        "ssrf",
        "tampering",
        "traversal",
        "xss",
        "xxe",
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
    match left.next() {
        Some(word) if WHICH.contains(&word.to_lowercase().as_str()) => false,
        Some(_) => left.next().is_none(),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(id: &str, name: &str, description: &str) -> Rule {
        Rule { id: id.into(), name: name.into(), description: description.into(), ..Rule::default() }
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
        check("lodash ReDoS vulnerability", "", "lodash ReDoS vulnerability");
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
            "Certifi is a curated collection of Root Certificates for validating the trustworthiness of SSL…",
            "Certifi is a curated collection of Root Certificates for validating the trustworthiness of SSL certificates \
             while verifying the identity of TLS hosts. Certifi 1.0 recognizes e-Tugra, whose security issues were reported.",
            "Certifi 1.0 recognizes e-Tugra, whose security issues were reported",
        );
        check(
            "In order to decrypt data an application is expected to call EVP_PKEY_decrypt()",
            "In order to decrypt data an application is expected to call EVP_PKEY_decrypt(). Typically it will call this \
             twice. The first time, on entry, out can be NULL. The application can then allocate a buffer. A bug in it means \
             that the size can be too small. Fixed in 1.1.",
            "A bug in it means that the size can be too small",
        );
        check(
            "Red Hat's versions of the associated software have been determined to NOT be affected",
            "",
            "CVE-2021-1",
        );
        check("", "a is a library. It has many uses for everyone.", "It has many uses for everyone");
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
}
