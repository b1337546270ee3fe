//! Whether a finding matters where it was found, according to the scanner: JFrog's contextual analysis and its validation
//! of tokens.

use std::borrow::Cow;

use crate::report::shared::words;

/// The state of a credential that was tried and works.
pub(crate) const WORKS: &str = "Active";

/// The state of one that no longer works.
pub(crate) const REVOKED: &str = "Inactive";

/// The states of a credential. Any other word could quote it.
const TOKEN_STATES: &[&str] = &[WORKS, REVOKED, "Not a token", "Unavailable", "Unsupported"];

/// Words that stand where nothing was analysed.
const NOTHING: &[&str] = &["none", "not scanned", "null", "unknown"];

/// How much of a word is used, in bytes.
const LONGEST: usize = 100;

/// What the analysis says about a vulnerability, in the scanner's words: `Not Applicable` and `not_applicable` as
/// `Not applicable`.
pub(crate) fn of_vulnerability(status: &str) -> Option<Cow<'static, str>> {
    let words = words::line(words::start(status, LONGEST)).replace('_', " ").to_lowercase();
    let mut letters = words.chars();
    let first = letters.next().filter(|_| !NOTHING.contains(&words.as_str()))?;
    Some(first.to_uppercase().chain(letters).collect::<String>().into())
}

/// Whether a credential still works.
pub(crate) fn of_credential(status: &str) -> Option<Cow<'static, str>> {
    let known = TOKEN_STATES.iter().find(|state| state.eq_ignore_ascii_case(status.trim()))?;
    Some(Cow::Borrowed(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_analysis_says_is_in_plain_words() {
        let check = |status: &str, expected: Option<&str>| {
            assert_eq!(of_vulnerability(status).as_deref(), expected, "{status}");
        };
        check("Not Applicable", Some("Not applicable"));
        check("not_applicable", Some("Not applicable"));
        check("Undetermined", Some("Undetermined"));
        check("not_scanned", None);
        check("", None);
    }

    #[test]
    fn a_credential_is_not_quoted_as_its_state() {
        assert_eq!(of_credential("active").as_deref(), Some("Active"));
        assert_eq!(of_credential("ghp_0123456789"), None);
        assert_eq!(of_credential(""), None);
    }
}
