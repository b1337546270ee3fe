//! Texts of Fortify's rules: placeholders, which only a result's message fills, and code between lines that consist of
//! a backtick.

use std::borrow::Cow;

/// How a placeholder begins: `<Replace key="PrimaryCall.name"/>`.
const PLACEHOLDER: &str = "<Replace ";

/// With more placeholders, a line only says what the result's message says, too.
const FEW: usize = 2;

/// Whether a text has placeholders.
pub(crate) fn has_placeholders(text: &str) -> bool {
    text.contains(PLACEHOLDER)
}

/// The text with an ellipsis for each placeholder, and its code as Markdown has it.
pub(crate) fn readable(text: &str) -> Cow<'_, str> {
    match (has_placeholders(text), text.lines().any(|line| line.trim_end() == "`")) {
        (false, false) => Cow::Borrowed(text),
        (true, _) => Cow::Owned(fenced(&without_placeholders(text))),
        (false, true) => Cow::Owned(fenced(text)),
    }
}

fn without_placeholders(text: &str) -> String {
    let is_general = |line: &&str| line.matches(PLACEHOLDER).count() <= FEW;
    let text: String = text.split_inclusive('\n').filter(is_general).collect();
    let mut parts = text.split(PLACEHOLDER);
    let mut readable = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        readable.push('…');
        readable.push_str(part.split_once('>').map_or("", |(_, behind)| behind));
    }
    readable
}

/// Lines that consist of a backtick become fences if they come in pairs.
fn fenced(text: &str) -> String {
    let is_mark = |line: &str| line.trim_end() == "`";
    let marks = text.lines().filter(|line| is_mark(line)).count();
    if marks == 0 || marks % 2 == 1 {
        return text.to_owned();
    }
    let line = |line: &str| if is_mark(line) { "```\n".to_owned() } else { format!("{line}\n") };
    text.lines().map(line).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_and_code_become_readable() {
        let check = |text: &str, expected: &str| assert_eq!(readable(text), expected, "{text}");
        check("plain `code`", "plain `code`");
        check(
            r#"The function <Replace key="F.name" link="F"/>() reveals <Replace key="x"/>."#,
            "The function …() reveals ….",
        );
        check("cut off <Replace key=", "cut off …");
        check(
            "A leak.\n\n<Replace a/> of <Replace b/> at <Replace c/>.\n\nAvoid it.",
            "A leak.\n\n\nAvoid it.",
        );
        check(
            "Example:\r\n\r\n`\nint a;\nint b;\n`\r\n\r\nMore.",
            "Example:\n\n```\nint a;\nint b;\n```\n\nMore.",
        );
        check("one\n`\nalone", "one\n`\nalone");
    }
}
