//! Tools that examine a running application from outside: what they find is at an address, not in a file.

use std::borrow::Cow;

use crate::model::finding::Location;

pub(crate) mod nuclei;
mod quoted;
pub(crate) mod zap;

/// An address as a place. What follows `?` or `#` is left out: it contains what the scanner tried, which is different
/// each time, and what it should not have seen. A user name and password before the host are left out, too.
pub(crate) fn place<'r>(address: &'r str, logical: Option<Cow<'r, str>>) -> Location<'r> {
    let plain = address.split(['?', '#']).next().unwrap_or(address).trim();
    let host = plain.split_once("://").map(|(scheme, rest)| {
        let authority = rest.split('/').next().unwrap_or(rest);
        (scheme, rest, authority.rfind('@').map(|at| at + 1))
    });
    let path = match host {
        Some((scheme, rest, Some(at))) => Cow::Owned(format!("{scheme}://{}", &rest[at..])),
        _ => Cow::Borrowed(plain),
    };
    Location { path, logical, ..Location::default() }
}

/// What a request to an address was: its method, and the part of the request or of the answer that it is about.
pub(crate) fn request(method: &str, part: Option<&str>) -> Option<Cow<'static, str>> {
    match (method, part) {
        ("", None) => None,
        ("", Some(one)) | (one, None) => Some(Cow::Owned(one.to_owned())),
        (method, Some(part)) => Some(Cow::Owned(format!("{method}, {part}"))),
    }
}

/// Advice, and where to read more: at most this many pages.
pub(crate) fn advice<'t>(advice: &str, references: impl Iterator<Item = &'t str>) -> String {
    const MOST: usize = 10;
    let pages = references.filter(|page| page.starts_with("http://") || page.starts_with("https://"));
    let pages = pages.take(MOST).map(|page| format!("- {page}")).collect::<Vec<_>>().join("\n");
    let more = if pages.is_empty() { pages } else { format!("References:\n\n{pages}") };
    let parts = [advice.trim(), &more].into_iter().filter(|text| !text.is_empty());
    parts.collect::<Vec<_>>().join("\n\n")
}

/// The text of HTML as scanners write it in their descriptions: paragraphs and items become lines, and other tags are
/// ignored.
pub(crate) fn text(html: &str) -> Cow<'_, str> {
    if !html.contains(['<', '&']) {
        return Cow::Borrowed(html.trim());
    }
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let tag =
            rest.starts_with('<') && rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        let taken = if tag { tag_of(rest, &mut text) } else { entity(rest, &mut text) };
        rest = &rest[taken..];
    }
    text.push_str(rest);
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        // one blank line is enough between two paragraphs
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    Cow::Owned(lines.join("\n").trim().to_owned())
}

/// Writes what a tag means; returns how many bytes of it were read.
fn tag_of(rest: &str, text: &mut String) -> usize {
    let Some(end) = rest.find('>') else {
        text.push('<');
        return 1;
    };
    let name = rest[1..end].trim_start_matches('/').split([' ', '/', '\n', '\t']).next().unwrap_or_default();
    match name.to_ascii_lowercase().as_str() {
        "p" | "div" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4" | "pre" | "table" => text.push_str("\n\n"),
        "br" | "tr" => text.push('\n'),
        "li" if !rest.starts_with("</") => text.push_str("\n- "),
        _ => {}
    }
    end + 1
}

/// Writes the character that an entity means; returns how many bytes of it were read. If it is not an entity, it stands
/// for itself.
fn entity(rest: &str, text: &mut String) -> usize {
    const ENTITIES: &[(&str, char)] = &[
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&amp;", '&'),
        ("&quot;", '"'),
        ("&#39;", '\''),
        ("&apos;", '\''),
        ("&nbsp;", ' '),
    ];
    let known = ENTITIES.iter().find(|(entity, _)| rest.starts_with(entity));
    let (taken, character) = known
        .map_or((1, rest.chars().next().unwrap_or_default()), |(entity, character)| {
            (entity.len(), *character)
        });
    text.push(character);
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_place_without_what_was_tried() {
        let check = |address, expected: &str| assert_eq!(place(address, None).path, expected, "{address}");
        check("https://shop.test/search?q=%3Cscript%3E#x", "https://shop.test/search");
        check("https://bob:hunter2@shop.test/a@b", "https://shop.test/a@b");
        check("https://shop.test", "https://shop.test");
        check("shop.test:22", "shop.test:22");
        check("", "");
    }

    #[test]
    fn html_becomes_text() {
        let check = |html, expected: &str| assert_eq!(text(html), expected, "{html}");
        check("<p>Use a <b>safe</b> header.</p><p>Or two.</p>", "Use a safe header.\n\nOr two.");
        check("<ul><li>one</li><li>two</li></ul>", "- one\n- two");
        check("a &lt; b &amp;&amp; c &copy; < d", "a < b && c &copy; < d");
        check("<p>cut <", "cut <");
        check("<a href=\"x\"", "<a href=\"x\"");
        check("plain", "plain");
    }
}
