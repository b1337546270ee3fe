//! What is taken off a name: ids, severities and scanners' own words before it, and what is too long.

use crate::document::shorten::shortened;

/// How long a name may be: a longer one is cut at a word.
const NAME_LIMIT: usize = 120;

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

/// At most [`NAME_LIMIT`] characters, cut at a word.
pub(super) fn cut_at_word(text: &str) -> String {
    shortened(text, NAME_LIMIT)
}
