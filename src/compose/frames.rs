//! Stack traces in messages, which become code: as text, their lines would run together.

use std::borrow::Cow;

/// The text with fences around two and more lines of a stack trace: `#0 0x55d6 in main src/a.c:11`.
pub(super) fn fenced(text: &str) -> Cow<'_, str> {
    let is_shown = text.contains("```");
    if is_shown || text.lines().filter(|line| is_frame(line)).count() < 2 {
        return Cow::Borrowed(text);
    }
    let mut fenced = String::with_capacity(text.len() + 16);
    let mut within = false;
    for line in text.lines() {
        if is_frame(line) != within {
            within = !within;
            // a fence ends a paragraph, and begins one
            fenced.push_str(if within { "\n```\n" } else { "```\n\n" });
        }
        fenced.push_str(line);
        fenced.push('\n');
    }
    if within {
        fenced.push_str("```\n");
    }
    Cow::Owned(fenced)
}

/// Whether a line is a frame, as debuggers and sanitizers number them.
fn is_frame(line: &str) -> bool {
    let Some(rest) = line.trim_start().strip_prefix('#') else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0 && rest[digits..].starts_with(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_trace_is_code() {
        let check = |text: &str, expected: &str| assert_eq!(fenced(text), expected, "{text}");
        check(
            "It crashes:\n    #0 0x1 in f a.c:11\n    #1 0x2 in main a.c:9\n[Details](https://a.example)",
            "It crashes:\n\n```\n    #0 0x1 in f a.c:11\n    #1 0x2 in main a.c:9\n```\n\n[Details](https://a.example)\n",
        );
        check("#0 a\n#1 b", "\n```\n#0 a\n#1 b\n```\n");
        check("See #12 and\n#13 there", "See #12 and\n#13 there");
        check("# A\n## B", "# A\n## B");
    }
}
