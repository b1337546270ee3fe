//! Text for a terminal or a workflow's log: neither interprets anything in it.

use std::borrow::Cow;
use std::fmt::Write;

use super::visible::{acts, visible};

/// The text with control characters, direction marks and zero-width characters shown as `\u{202e}`, and with no line
/// that GitHub's runner interprets as a command. Line breaks and tabs stay.
///
/// The runner obeys `::command::` after leading spaces and the old `##[command]` anywhere in a line; a visible
/// backslash inside breaks both. Apply it to whole lines: two harmless halves can form a command.
pub fn shown(text: &str) -> String {
    let text = visible(text);
    let mut out = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let command = line.trim_start();
        let blanks = &line[..line.len() - command.len()];
        out.push_str(blanks);
        if command.starts_with("::") {
            out.push('\\');
        }
        out.push_str(&command.replace("##[", "##\\["));
    }
    out
}

/// Serialized JSON with the same value that has no effect on a terminal or runner: what [`shown`] would show is written
/// with JSON's own escapes.
pub fn json(serialized: &str) -> Cow<'_, str> {
    // most texts are plain ASCII
    let plain = serialized.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t' | b'\r'));
    if plain && !(serialized.contains('#') && serialized.contains("##[")) {
        return Cow::Borrowed(serialized);
    }
    let mut out = String::with_capacity(serialized.len());
    for c in serialized.replace("##[", "#\\u0023[").chars() {
        if acts(c) && c != '\r' {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // writing to a string cannot fail
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::hostile;
    use super::*;

    fn obeyed(text: &str) -> bool {
        text.split(['\n', '\r']).any(|line| line.trim_start().starts_with("::") || line.contains("##["))
    }

    #[test]
    fn commands_are_broken_to_be_seen() {
        let check = |text, expected: &str| assert_eq!(shown(text), expected, "{text:?}");
        check("std::vector a::b", "std::vector a::b");
        check(" \t::error::x", " \t\\::error::x");
        check("a\r\n::add-mask::x\rb", "a\n\\::add-mask::x\\u{d}b");
        check("x ###[command]y", "x ###\\[command]y");
        check("\u{1b}[2J\u{202e}", "\\u{1b}[2J\\u{202e}");
    }

    proptest! {
        #[test]
        fn nothing_is_obeyed(text in hostile()) {
            let out = shown(&text);
            prop_assert!(!obeyed(&out));
            prop_assert!(!out.contains(acts));
            let value = serde_json::json!({ "text": text, &text: [&text] });
            for serialized in [serde_json::to_string(&value), serde_json::to_string_pretty(&value)] {
                let serialized = serialized.unwrap();
                let out = json(&serialized);
                prop_assert!(!obeyed(&out));
                prop_assert!(!out.contains(acts));
                prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(&out).unwrap(), &value);
            }
        }
    }
}
