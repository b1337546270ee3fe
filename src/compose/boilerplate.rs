//! What scanners write into every text for readers of their own pages, and what says nothing in a ticket.

use std::borrow::Cow;

/// From here on, OSV-Scanner's help says how to configure OSV-Scanner itself.
const ENDS: [&str; 1] = ["If you believe these vulnerabilities do not affect your code"];

/// Lines that lead to another part of the scanner's page (OpenSSF Scorecard).
const LINES: [&str; 2] =
    ["Click Remediation section below to solve this issue", "**Remediation (click \"Show more\" below)**:"];

/// A text without them.
pub(super) fn left_out(text: &str) -> Cow<'_, str> {
    let is_line = |line: &str| LINES.contains(&line.trim());
    let end = ENDS.iter().find_map(|end| text.find(end));
    if end.is_none() && !text.lines().any(is_line) {
        return Cow::Borrowed(text);
    }
    let kept = &text[..end.unwrap_or(text.len())];
    let lines: Vec<&str> = kept.lines().filter(|line| !is_line(line)).collect();
    Cow::Owned(lines.join("\n").trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_about_the_scanners_own_page_is_left_out() {
        let check = |text: &str, expected: &str| assert_eq!(left_out(text), expected, "{text}");
        check("score is 5: warn\nClick Remediation section below to solve this issue", "score is 5: warn");
        check("**Remediation (click \"Show more\" below)**:\n\n- Pin it", "\n- Pin it");
        check(
            "Update it.\n\nIf you believe these vulnerabilities do not affect your code and wish to ignore them, add",
            "Update it.",
        );
        check("Click here\nto see", "Click here\nto see");
    }
}
