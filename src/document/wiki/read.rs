//! The text of wiki markup: the way back from the renderer, and from what a person has made of it.

/// What ends verbatim text, by what begins it.
const VERBATIM: [&str; 2] = ["code", "noformat"];

/// The text of any wiki markup, in the form in which [`plain::render`](crate::document::plain::render) returns a
/// document's.
///
/// Marks of blocks and macros are removed, escapes and entities become what they stand for; markup that casefile does
/// not write stays as it is.
pub fn text(wiki: &str) -> String {
    let wiki = wiki.replace("\r\n", "\n");
    let mut out = String::with_capacity(wiki.len());
    let mut rest = wiki.as_str();
    let mut start = true;
    while !rest.is_empty() {
        if start {
            rest = without_mark(rest);
        }
        let taken = step(&mut out, rest);
        start = rest[..taken].ends_with('\n');
        rest = &rest[taken..];
    }
    // the renderer's own breaks; one in a text is shown as an escape
    out.retain(|c| c != '\u{200b}');
    out
}

/// Takes the next piece of a text that is not empty; returns its length.
fn step(out: &mut String, rest: &str) -> usize {
    let mut chars = rest.chars();
    let Some(c) = chars.next() else { return rest.len() };
    let next = chars.next();
    let taken = match (c, next) {
        ('\\', Some('\\')) => Some((2, "\n")),
        // the renderer's way to write a backslash
        ('\\', Some('\u{200b}')) => Some((1 + '\u{200b}'.len_utf8(), "\\")),
        ('\\', Some(sign)) if sign.is_ascii_punctuation() => Some((2, &rest[1..2])),
        ('|', _) => Some((1, "\n")),
        _ => None,
    };
    if let Some((length, words)) = taken {
        out.push_str(words);
        return length;
    }
    let taken = match c {
        '{' => braces(out, rest),
        '}' if next == Some('}') => Some(2),
        '[' => link(out, rest),
        '&' => entity(out, rest),
        _ => None,
    };
    taken.unwrap_or_else(|| {
        out.push(c);
        c.len_utf8()
    })
}

/// A line without the mark of a heading, a quotation or a list item.
fn without_mark(line: &str) -> &str {
    let heading = line.strip_prefix('h').and_then(|rest| rest.strip_prefix(|c: char| c.is_ascii_digit()));
    if let Some(rest) = heading.or_else(|| line.strip_prefix("bq")).and_then(|rest| rest.strip_prefix(". ")) {
        return rest;
    }
    let item = line.trim_start_matches(['*', '#', '-']);
    if item.len() < line.len() { item.strip_prefix(' ').unwrap_or(line) } else { line }
}

/// A macro or a mark in braces. The contents of a code block are taken as they are.
fn braces(out: &mut String, rest: &str) -> Option<usize> {
    if rest.starts_with("{{") {
        return Some(2);
    }
    let end = rest.find(['}', '\n']).filter(|end| rest[*end..].starts_with('}'))?;
    let name = rest[1..end].split(':').next().unwrap_or_default();
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '*' | '_' | '-' | '+'))
        || name.is_empty()
    {
        return None;
    }
    let inner = &rest[end + 1..];
    out.push_str(if name.starts_with(|c: char| c.is_ascii_alphabetic()) { "\n" } else { "" });
    if !VERBATIM.contains(&name) {
        return Some(end + 1);
    }
    let close = format!("{{{name}}}");
    let length = inner.find(&close).unwrap_or(inner.len());
    out.push_str(&inner[..length]);
    out.push('\n');
    Some((end + 1 + length + close.len()).min(rest.len()))
}

/// The visible part of a link: its text or, if there is none, its target.
fn link(out: &mut String, rest: &str) -> Option<usize> {
    let end = unescaped(rest, ']').filter(|end| !rest[..*end].contains('\n'))?;
    let inner = &rest[1..end];
    let words = unescaped(inner, '|').map_or(inner, |bar| &inner[..bar]);
    out.push_str(&text(words));
    Some(end + 1)
}

/// The position of a character that has no backslash before it.
fn unescaped(text: &str, sign: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let found = c == sign && !escaped;
        escaped = c == '\\' && !escaped;
        found.then_some(at)
    })
}

/// A character that is written by its number.
fn entity(out: &mut String, rest: &str) -> Option<usize> {
    let digits = rest.strip_prefix("&#")?;
    let end = digits.find(|c: char| !c.is_ascii_digit()).filter(|end| digits[*end..].starts_with(';'))?;
    out.push(char::from_u32(digits[..end].parse().ok()?)?);
    Some("&#".len() + end + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::{plain, samples};
    use super::super::render;
    use super::*;

    #[test]
    fn words_are_read() {
        let check = |wiki: &str, expected: &str| assert_eq!(plain::fold(&text(wiki)), expected, "{wiki:?}");
        check("h2. Where\r\n\r\n* one\r\n** two \\\\ three\r\n# four", "Where one two three four");
        check("||a||b||\n|x&#124;y| |", "a b x|y");
        check("\\{code\\} \\[a\\|b\\] C:\\\u{200b}temp", "{code} [a|b] C:\\temp");
        check("[a&#124;b.py|https://a.example/x] in {{f\\*}} {*}bold{*}", "a|b.py in f* bold");
        check("{code:python}\nif x[1] == '\\n': # {*}\n{code}\nafter", "if x[1] == '\\n': # {*} after");
        check("{quote}\nh1. x\n{quote}", "x");
        // as a person writes it
        check(
            "*bold* {color:red}red{color} [https://a.example] -- [~bob]",
            "*bold* red https://a.example -- ~bob",
        );
        check("{noformat}\nnever closed [x|y]", "never closed [x|y]");
        check("a { b } {no such\nthing} [no link", "a { b } {no such thing} [no link");
        check("&amp; &#x41; &#99999999999; \\", "&amp; &#x41; &#99999999999; \\");
    }

    proptest! {
        #[test]
        fn the_words_are_read_back(document in samples::document()) {
            let wiki = render(&document);
            let (back, words) = (text(&wiki), plain::render(&document));
            prop_assert!(back.split_whitespace().eq(words.split_whitespace()), "{:?} from {:?}", back, wiki);
        }

        #[test]
        fn anything_is_read(wiki in samples::hostile()) {
            let words = text(&wiki);
            prop_assert!(words.len() <= 2 * wiki.len() + 2);
        }
    }
}
