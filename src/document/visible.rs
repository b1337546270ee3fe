//! Characters that have an effect instead of being read: control characters, text direction, zero width. Every renderer
//! shows them as an escape like `\u{202e}`, so that what a person reads is what is there.

use std::borrow::Cow;
use std::fmt::Write;

use super::Inline;
use super::references::named;

/// The text with every such character shown. Lines end only with `\n`; tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    // most texts are plain ASCII
    let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t'));
    if plain || !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' if rest.peek() == Some(&'\n') => {}
            c if acts(c) => push_escape(&mut shown, c),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// The text on one line: such characters left out, white space folded to single spaces.
pub fn one_line(text: &str) -> String {
    let visible = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if visible && !text.starts_with(' ') && !text.ends_with(' ') && !text.contains("  ") {
        return text.to_owned();
    }
    let kept: String = text.chars().filter(|&c| c.is_whitespace() || !acts(c)).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character does something other than stand for itself.
pub(super) fn acts(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        // soft hyphen, Arabic letter mark, Hangul fillers, Mongolian vowel separator
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}' | '\u{ffa0}' => true,
        // zero width, direction marks; line and paragraph separator, embeddings and overrides
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        // word joiner, invisible operators, isolates, deprecated format characters
        '\u{2060}'..='\u{206f}' => true,
        // byte order mark, interlinear annotation, non-characters
        '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' => true,
        // tags and further variation selectors, which can hide a whole text
        '\u{e0000}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}' => true,
        c => c.is_control(),
    }
}

/// The inlines as they are rendered: neighbouring plain texts joined and empty ones left out, so that an escape can
/// look across their boundaries, and anything that would be interpreted as a link or a reference as code, so that it
/// can be copied.
pub(super) fn joined(inlines: &[Inline]) -> Vec<Cow<'_, Inline>> {
    let mut all = Vec::new();
    for inline in together(inlines) {
        let (text, kind): (&str, fn(String) -> Inline) = match inline.as_ref() {
            Inline::Text(text) => (text, Inline::Text),
            Inline::Strong(text) => (text, Inline::Strong),
            Inline::Emphasis(text) => (text, Inline::Emphasis),
            _ => {
                all.push(inline);
                continue;
            }
        };
        let pieces = named(text);
        if pieces.iter().all(|(_, names)| !names) {
            all.push(inline);
            continue;
        }
        let piece = |(text, names): (&str, bool)| match names {
            true => Cow::Owned(Inline::Code(text.to_owned())),
            false => Cow::Owned(kind(text.to_owned())),
        };
        all.extend(pieces.into_iter().map(piece));
    }
    all
}

/// Neighbouring plain texts joined, and empty ones left out.
pub(super) fn together(inlines: &[Inline]) -> Vec<Cow<'_, Inline>> {
    let mut all: Vec<Cow<'_, Inline>> = Vec::with_capacity(inlines.len());
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Strong(text) | Inline::Emphasis(text) | Inline::Code(text)
                if text.is_empty() => {}
            Inline::Link(link) if link.text().is_empty() => {}
            Inline::Text(text) => match all.last_mut() {
                Some(last) if matches!(last.as_ref(), Inline::Text(_)) => {
                    if let Inline::Text(before) = last.to_mut() {
                        before.push_str(text);
                    }
                }
                _ => all.push(Cow::Borrowed(inline)),
            },
            other => all.push(Cow::Borrowed(other)),
        }
    }
    all
}

/// A language's short name as code blocks accept it; `None`: it is not one.
pub(super) fn language(name: Option<&String>) -> Option<&str> {
    let name = name?.as_str();
    let fine = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'#' | b'_' | b'.');
    ((1..=32).contains(&name.len()) && name.bytes().all(fine)).then_some(name)
}

fn push_escape(to: &mut String, c: char) {
    // writing to a string cannot fail
    let _ = write!(to, "\\u{{{:x}}}", u32::from(c));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_shown() {
        let check = |text, expected: &str| assert_eq!(visible(text), expected, "{text:?}");
        check("plain é 漢 \t\n", "plain é 漢 \t\n");
        check("a\r\nb\rc", "a\nb\\u{d}c");
        check("\0\u{1b}[31m", "\\u{0}\\u{1b}[31m");
        check("a\u{202e}b\u{200b}c\u{feff}", "a\\u{202e}b\\u{200b}c\\u{feff}");
        check("\u{85}\u{2028}", "\\u{85}\\u{2028}");
    }

    #[test]
    fn one_line_is_one_line() {
        let check = |text, expected: &str| assert_eq!(one_line(text), expected, "{text:?}");
        check("  a \r\n\tb ", "a b");
        check("a\u{2028}b\u{202e}c\0d", "a bcd");
        check("npm\u{e0120}\u{e01ef} security", "npm security");
        check("\n", "");
    }

    #[test]
    fn a_language_is_a_short_name() {
        let check = |name: &str, ok| assert_eq!(language(Some(&name.to_owned())).is_some(), ok, "{name}");
        check("python", true);
        check("c++", true);
        check("", false);
        check("a`b", false);
        check("a\nb", false);
    }
}
