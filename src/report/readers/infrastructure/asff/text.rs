//! Texts without what a product writes instead of one.

use std::borrow::Cow;

/// A text that was cut, with an ellipsis instead of the product's own mark for it.
pub(super) fn whole(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    match ["...Truncated", "…Truncated", " .."].iter().find_map(|mark| text.strip_suffix(mark)) {
        Some(kept) => Cow::Owned(format!("{}…", kept.trim_end())),
        None => Cow::Borrowed(text),
    }
}

/// Whether advice only says that there is advice behind a link, or that there is none.
pub(super) fn is_filler(advice: &str) -> bool {
    is_direction(advice)
        || begins(
            advice,
            &[
                "none provided",
                "more information on this vulnerability is provided",
                "remediation is available.",
            ],
        )
}

/// Whether advice says where there are instructions: it is of use together with the link.
pub(super) fn is_direction(advice: &str) -> bool {
    begins(advice, &["for directions on how to", "for information on how to"])
}

fn begins(advice: &str, beginnings: &[&str]) -> bool {
    const LONGEST: usize = 300;
    let lower = advice.trim().to_ascii_lowercase();
    lower.len() <= LONGEST && beginnings.iter().any(|begin| lower.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_for_a_cut_becomes_an_ellipsis() {
        let check = |text, expected: &str| assert_eq!(whole(text), expected, "{text}");
        check("may be used to trans ...Truncated", "may be used to trans…");
        check("by the application a second time  ..", "by the application a second time…");
        check("It was truncated.", "It was truncated.");
    }

    #[test]
    fn advice_that_advises_nothing_is_filler() {
        let check = |text, expected| assert_eq!(is_filler(text), expected, "{text}");
        check("More information on this vulnerability is provided in the hyperlink", true);
        check("None Provided", true);
        check("For directions on how to fix this issue, please consult the documentation.", true);
        check("Block it.", false);
        check("", false);
    }
}
