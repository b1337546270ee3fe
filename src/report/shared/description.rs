//! What databases put around a description, and what they write instead of one.

use std::borrow::Cow;

/// Tags that surround a text from a page.
const TAGS: &[&str] = &["article", "br", "div", "li", "p", "section", "span", "ul"];

/// Sentences that stand where there is no text.
const NOTHING: &[&str] = &[
    "issue summary",
    "no description is available",
    "no description is available for this cve",
    "no description available",
];

/// The text without the label of Red Hat's database (`DOCUMENTATION: …`) and without the tags of the page that it comes
/// from; empty: it says nothing.
pub(crate) fn said(text: &str) -> &str {
    let mut rest = text.trim();
    rest = rest.strip_prefix("DOCUMENTATION:").map_or(rest, str::trim_start);
    while let Some(behind) = behind_tag(rest) {
        rest = behind.trim_start();
    }
    let bare = rest.trim_end_matches(['.', ':', ' ']).to_lowercase();
    if NOTHING.contains(&bare.as_str()) { "" } else { rest }
}

/// Labels of Red Hat's database for what follows a description on the same line, each with the words to show.
const LABELS: [(&str, &str); 2] = [("STATEMENT:", "Statement:"), ("MITIGATION:", "Mitigation:")];

/// The text with a paragraph for each of Red Hat's labels, and with the quotation marks that Prisma escapes.
pub(crate) fn parted(text: &str) -> Cow<'_, str> {
    let mut parted = Cow::Borrowed(text);
    if text.contains("\\'") {
        parted = Cow::Owned(text.replace("\\'", "'"));
    }
    for (label, shown) in LABELS {
        if let Some((before, behind)) =
            parted.split_once(label).filter(|(before, _)| before.ends_with(char::is_whitespace))
        {
            parted = Cow::Owned(format!("{}\n\n{shown} {}", before.trim_end(), behind.trim_start()));
        }
    }
    parted
}

/// The same for a title, without the label of OpenSSL's advisories.
pub(crate) fn title(text: &str) -> &str {
    let text = said(text);
    text.strip_prefix("Issue summary: ").map_or(text, str::trim_start)
}

/// What follows the tag at the beginning of a text; `<script> is not escaped` is a sentence.
fn behind_tag(text: &str) -> Option<&str> {
    let (tag, behind) = text.strip_prefix('<')?.split_once('>')?;
    let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    TAGS.contains(&name).then_some(behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_begin_paragraphs() {
        let check = |text: &str, expected: &str| assert_eq!(parted(text), expected, "{text}");
        check(
            "A race was found.      STATEMENT: It is hard.   MITIGATION: Update.",
            "A race was found.\n\nStatement: It is hard.\n\nMitigation: Update.",
        );
        check("Red Hat\\'s versions", "Red Hat's versions");
        check("No STATEMENTS here", "No STATEMENTS here");
    }

    #[test]
    fn what_says_nothing_is_no_description() {
        let check = |text: &str, expected: &str| assert_eq!(said(text), expected, "{text}");
        check("DOCUMENTATION: A race was found.", "A race was found.");
        check("DOCUMENTATION: No description is available for this CVE.", "");
        check("No description is available for this CVE", "");
        check("<div class=\"field field-name\">", "");
        check("<div class=\"a\"><p>It fails.</p></div>", "It fails.</p></div>");
        check("<script> is not escaped", "<script> is not escaped");
        check("Issue summary", "");
        check("Issue summary: It is slow.", "Issue summary: It is slow.");
        assert_eq!(title("Issue summary: It is slow."), "It is slow.");
    }
}
