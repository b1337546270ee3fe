//! What is taken off a name: ids, severities and scanners' own words before it, and what is too long.

use crate::document::shorten::shortened;

/// How long a name may be: a longer one is cut at a word.
const NAME_LIMIT: usize = 120;

/// Words with digits that rules are called after.
const WORDS: [&str; 12] =
    ["base64", "ec2", "http2", "k8s", "log4j", "md4", "md5", "oauth2", "s3", "sha1", "sha256", "x509"];

/// The text without the ids, the severity or the scanner's own words that some reports put before it.
pub(super) fn without(text: &str, ids: &[&str]) -> String {
    let mut rest = text;
    loop {
        let before = rest.len();
        for id in ids.iter().filter(|id| !id.is_empty()) {
            let bare = rest.strip_prefix(['[', '(']).unwrap_or(rest);
            let Some(behind) = bare.get(..id.len()).filter(|start| start.eq_ignore_ascii_case(id)) else {
                continue;
            };
            let behind = &bare[behind.len()..];
            if behind.starts_with([']', ')', ':']) || behind.starts_with(' ') && !is_word(id, behind) {
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

/// Whether an id is a word of the sentence that it begins: `debug` of `debug mode is on`, `MD5` of `MD5 is weak`.
fn is_word(id: &str, behind: &str) -> bool {
    let is_code = id.contains(|c: char| c.is_ascii_digit() || matches!(c, '-' | '_' | '.' | '/'));
    let joined = behind.trim_start().starts_with(['-', '–', '(']);
    !joined && (!is_code || WORDS.contains(&id.to_ascii_lowercase().as_str()))
}

/// At most [`NAME_LIMIT`] characters, cut at a word.
pub(super) fn cut_at_word(text: &str) -> String {
    shortened(text, NAME_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_off_and_a_word_of_the_sentence_stays() {
        let check =
            |text: &str, id: &str, expected: &str| assert_eq!(without(text, &[id]), expected, "{text}");
        check("Debug mode is on", "debug", "Debug mode is on");
        check("XSS in template", "xss", "XSS in template");
        check("MD5 is weak", "md5", "MD5 is weak");
        check("radix: parameter is missing", "radix", "parameter is missing");
        check("[eval] With a variable", "eval", "With a variable");
        check("eval - With a variable", "eval", "With a variable");
        check("B602 subprocess call", "B602", "subprocess call");
        check("CVE-2021-1 in lodash", "CVE-2021-1", "in lodash");
    }
}
