//! Sentences in other people's texts: which of them says what is wrong.

use crate::document::visible::one_line;
use crate::document::{Block, parse, plain};

/// How much of a description is examined to find a name, in characters.
const LOOKED_AT: usize = 1_000;

/// The first sentences of a text, as far as it is examined: without markup, and with its lines joined.
pub(super) fn sentences(text: &str, is_markdown: bool) -> Vec<String> {
    let end = text.char_indices().nth(LOOKED_AT).map_or(text.len(), |(at, _)| at);
    let blocks = parse::described(&text[..end], is_markdown);
    let paragraphs = blocks.iter().filter_map(|block| match block {
        Block::Paragraph(line) => Some(plain::inline(line)),
        _ => None,
    });
    paragraphs
        .take(3)
        .flat_map(|text| split(&one_line(&text)).into_iter().take(SENTENCES).collect::<Vec<_>>())
        .collect()
}

/// How many sentences of a paragraph are examined: the first ones may be background.
const SENTENCES: usize = 6;

/// Beginnings of sentences that are about the text, or about what follows from the flaw, and not about the flaw.
const ASIDES: [&str; 12] = [
    "Mitigation:",
    "Note:",
    "Note that ",
    "See ",
    "Statement:",
    "Successful exploitation ",
    "The highest threat ",
    "The issue has been ",
    "There are currently no ",
    "Users are advised ",
    "Users should ",
    "Versions mentioned in the description",
];

/// The sentences of a line, without their full stops.
fn split(line: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let first = sentence(rest);
        let behind = rest.get(first.len()..).unwrap_or_default();
        rest = behind.trim_start_matches(['.', '!', '?', ' ']);
        // how it was found adds nothing to what it is
        let sentence = first.strip_suffix(" identified, security issue").unwrap_or(&first);
        let sentence = sentence.strip_prefix("Issue summary: ").unwrap_or(sentence);
        let bare = sentence.trim_start_matches('*');
        if !ASIDES.iter().any(|start| bare.starts_with(start)) {
            all.push(sentence.to_owned());
        }
        if behind.is_empty() || all.len() >= SENTENCES {
            break;
        }
    }
    all
}

/// Words in sentences that say what is wrong.
const WRONG: [&str; 41] = [
    "affect",
    "allow",
    "arbitrary",
    "attack",
    "before",
    "bug ",
    "bypass",
    "cause",
    "craft",
    "crash",
    "deni",
    "disclos",
    "exhaust",
    "expos",
    "fail",
    "fault",
    "flaw",
    "improper",
    "inject",
    "insecure",
    "issue",
    "lack",
    "leak",
    "malicious",
    "memory",
    "miss",
    "overflow",
    "pollut",
    "prior to",
    "problem",
    "race",
    "redirect",
    "smuggl",
    "spoof",
    "through",
    "travers",
    "unauth",
    "validat",
    "victim",
    "vulnerab",
    "weak",
];

/// Those of them that may stand before a version.
const VERSIONS: [&str; 3] = ["before", "prior to", "through"];

/// Those of them that may as well say what a library is for: `a collection of certificates for validating …`.
const PURPOSES: [&str; 10] =
    ["affect", "allow", "cause", "fail", "lack", "memory", "miss", "race", "redirect", "validat"];

/// Whether a sentence has a word that says what is wrong.
pub(super) fn names_a_flaw(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    WRONG.iter().any(|word| lower.contains(word))
}

/// Whether a sentence only says how something works that has nothing to do with the flaw yet: `In order to decrypt data,
/// an application is expected to call …`.
pub(super) fn is_background(sentence: &str) -> bool {
    const BEGINS: [&str; 10] = [
        "By default",
        "In general",
        "In order to ",
        "Normally",
        "Some background",
        "This library ",
        "This module ",
        "This package ",
        "Typically",
        "Usually",
    ];
    const WITHIN: [&str; 5] =
        [" is expected to ", " is supposed to ", " is designed to ", " is intended to ", " is used to "];
    let is_one = BEGINS.iter().any(|start| sentence.starts_with(start))
        || WITHIN.iter().any(|words| sentence.contains(words));
    is_one && !names_a_flaw(sentence)
}

/// Whether a sentence says how the flaw was fixed.
pub(super) fn is_fix(sentence: &str) -> bool {
    const WORDS: [&str; 8] = [
        "addressed in ",
        "fix this issue",
        "fixed in ",
        "fixes this issue",
        "issue has been ",
        "patched in ",
        "resolved in ",
        "vulnerability has been ",
    ];
    /// Words that may be there without saying which flaw it is.
    const VAGUE: [&str; 9] =
        ["before", "bug ", "fault", "flaw", "issue", "prior to", "problem", "through", "vulnerab"];
    let lower = sentence.to_lowercase();
    let is_vague = !WRONG.iter().any(|word| !VAGUE.contains(word) && lower.contains(word));
    is_vague && WORDS.iter().any(|words| lower.contains(words))
}

/// Whether a sentence says that some packages do not have the flaw: `Red Hat's versions have been determined to NOT be
/// affected`.
pub(super) fn is_denial(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    ["not be affected", "not affected by", "not vulnerable to"].iter().any(|words| lower.contains(words))
}

/// Whether a sentence only says what the library is: `Django is a web framework`.
pub(super) fn is_introduction(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    let mut words = lower.split(' ');
    let defines =
        words.by_ref().take(8).any(|word| matches!(word, "is" | "are" | "provides" | "was" | "offers"));
    let first = lower.split(' ').take(9).collect::<Vec<_>>().join(" ");
    let article = [" is a ", " is an ", " is the ", " are ", " provides ", " offers ", " is one of "]
        .iter()
        .any(|joint| format!("{first} ").contains(joint));
    // `CXF before 3.3.4 provides …` is about a version, and yet says nothing of what is wrong with it
    let provides = first.contains(" provides ") || first.contains(" offers ");
    // a sentence that begins with a name defines it; whatever else is there may be a flaw
    let is_named =
        !["there", "it", "this", "in", "an", "if", "when"].contains(&first.split(' ').next().unwrap_or(""));
    let mut wrong = WRONG
        .iter()
        .filter(|word| !(provides && VERSIONS.contains(word) || is_named && PURPOSES.contains(word)));
    defines && article && !wrong.any(|word| lower.contains(word))
}

/// Whether a sentence says only that something is wrong: `An issue was discovered in libX11 through 1.6.5`.
pub(super) fn is_announcement(sentence: &str) -> bool {
    const SUBJECTS: [&str; 8] =
        ["issue", "vulnerability", "flaw", "bug", "problem", "weakness", "defect", "issues"];
    const VERBS: [&str; 5] = ["discovered", "found", "identified", "reported", "detected"];
    let words: Vec<String> = sentence.split(' ').map(str::to_lowercase).collect();
    // `This affects all versions of the package ini before 1.3.6`
    if sentence.starts_with("This affects ") && words.len() <= 15 {
        return true;
    }
    let verb = words.iter().position(|word| VERBS.contains(&word.as_str()));
    let Some(verb) = verb.filter(|&at| at <= 7) else { return false };
    let subject = words[..verb].iter().any(|word| SUBJECTS.contains(&word.as_str()));
    let said =
        ["when", "where", "which", "that", "way", "how", "allowing", "leading", "because", "due", "via"];
    let more = words[verb..].iter().any(|word| said.contains(&word.trim_end_matches(',')));
    let what = words[verb..].iter().position(|word| word == "of").map(|at| words[verb + at - 1].as_str());
    let more = more || what.is_some_and(|word| !word.starts_with("version"));
    // `A buffer overflow flaw was found` says which
    let generic =
        ["a", "an", "some", "the", "was", "were", "has", "have", "been", "security", "new", "critical"];
    let named = words[..verb]
        .iter()
        .any(|word| !SUBJECTS.contains(&word.as_str()) && !generic.contains(&word.as_str()));
    subject && !named && !more && words.len() - verb <= 12
}

/// Whether a sentence refers to the one before it.
pub(super) fn is_continuation(sentence: &str) -> bool {
    let is_found =
        ["It was found that ", "It was discovered that "].iter().any(|start| sentence.starts_with(start));
    let mut words = sentence.split(' ');
    let subject = !is_found && matches!(words.next(), Some("This" | "It" | "That" | "These" | "They"));
    subject
        && matches!(
            words.next(),
            Some("allows" | "can" | "could" | "leads" | "may" | "might" | "results" | "was" | "were")
        )
}

/// The first sentence of a line, without its full stop.
fn sentence(line: &str) -> String {
    const SHORT: [&str; 6] = ["e.g", "i.e", "vs", "etc", "cf", "approx"];
    let stops = line.match_indices(['.', '!', '?']).map(|(at, _)| at);
    let goes_on = |at: usize| {
        let more = line[at + 1..].trim_start_matches(['`', ' ']);
        // a quoted question does not end a sentence: See `How to fix?` for more
        !line[at..].starts_with('.') && more.starts_with(char::is_lowercase)
    };
    let end = stops.into_iter().find(|&at| {
        let is_end = line[at + 1..].starts_with(' ') && !goes_on(at);
        is_end && !SHORT.iter().any(|short| line[..at].ends_with(short))
    });
    end.map_or(line, |end| &line[..end]).trim_end_matches('.').to_owned()
}

/// Whether it reads like language rather than like an identifier, or an address to read more at.
pub(super) fn is_phrase(text: &str) -> bool {
    text.contains(' ') && !text.contains("://") && text.chars().any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_unfolded() {
        let check = |text: &str, expected: &[&str]| assert_eq!(sentences(text, false), expected, "{text}");
        check("One\nfault. Two, e.g. this.\n\nThree", &["One fault", "Two, e.g. this", "Three"]);
        check("## Impact\n\nA `b` [c](https://d.example).", &["A b c"]);
        check("Version 1.2 is bad! Update.", &["Version 1.2 is bad", "Update"]);
        check("", &[]);
    }

    #[test]
    fn an_announcement_says_nothing_of_the_fault() {
        let check = |text: &str, expected: bool| assert_eq!(is_announcement(text), expected, "{text}");
        check("An issue was discovered in libX11 through 1.6.5", true);
        check("A flaw was found in the Linux kernel", true);
        check("A security vulnerability has been identified in all supported versions of OpenSSL", true);
        check("A buffer overflow flaw was found in libtiff", false);
        check("An issue was discovered in Django 2.2 where a form is not validated", false);
        check("A bug has been identified in the processing of key and IV lengths", false);
        check("The server trusts its input", false);
        check("A flaw was found in the way nettle's functions handled crafted input", false);
        check("This affects the package jinja2 from 0.0.0 and before 2.11.3", true);
        assert!(!is_continuation("It was found that the fix for CVE-2017-7500 was incomplete"));
        assert!(is_continuation("It was introduced in 1.0"));
        assert!(is_fix("Log4j 2.16.0 fix this issue by removing support for message lookup patterns"));
        assert!(!is_fix("A prefix is fixed, so names collide"));
        assert!(!is_fix("A stack overflow, fixed in 1.2, allows attackers to run code"));
    }

    #[test]
    fn how_something_works_says_nothing_of_a_fault() {
        let check = |text: &str, expected: bool| assert_eq!(is_background(text), expected, "{text}");
        check(
            "In order to decrypt SM2 encrypted data an application is expected to call EVP_PKEY_decrypt()",
            true,
        );
        check("Typically an application will call this function twice", true);
        check("The parser is expected to reject it, but a crafted file crashes it", false);
        check("The server trusts its input", false);
        assert!(is_denial(
            "Red Hat's versions of it have been determined to NOT be affected by CVE-2022-22576"
        ));
        assert!(!is_denial("Versions before 3.2 are affected by it"));
    }

    #[test]
    fn what_a_library_is_says_nothing_of_its_fault() {
        let check = |text: &str, expected: bool| assert_eq!(is_introduction(text), expected, "{text}");
        check("Django is a high-level Python web framework", true);
        check("node-tar is a full-featured Tar for Node.js", true);
        check("Mozilla Network Security Services (NSS) is a set of libraries", true);
        check("Apache CXF before 3.3.4 provides all of the components that a service needs", true);
        check(
            "Certifi is a curated collection of Root Certificates for validating the trustworthiness of SSL",
            true,
        );
        check("TZInfo is a Ruby library that provides access to data and allows times to be converted", true);
        check("Hawk is an HTTP authentication scheme providing mechanisms for authenticated requests", true);
        check("Forge (also called node-forge) is a native implementation of Transport Layer Security", true);
        check("There is a race in the parser", false);
        check("There is a heap overflow in the parser", false);
        check("lodash before 4.17.21 is vulnerable to injection", false);
        check("A specially crafted file is a way to crash it", false);
    }
}
