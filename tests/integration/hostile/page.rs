//! Markdown as GitHub shows it: what of a page is more than text.

use pulldown_cmark::{Event, Options, Parser, Tag};

/// Where the section of a description starts and ends.
const MARKERS: [&str; 2] = ["<!-- casefile:start -->", "<!-- casefile:end -->"];

/// The one section of a description, markers included, and what stands around it. What the author wrote
/// may have `quoted` pairs of markers in code.
pub(crate) fn section(body: &str, quoted: usize) -> (&str, [&str; 2]) {
    let [start, end] = MARKERS.map(|marker| {
        let ends = body.split_inclusive('\n').scan(0, |at, line| {
            *at += line.len();
            Some((*at - line.len(), line.trim_end()))
        });
        let found: Vec<_> = ends.filter(|(_, line)| *line == marker).map(|(at, _)| at).collect();
        assert_eq!(found.len(), quoted + 1, "{marker}: {body}");
        found[quoted]
    });
    let end = end + MARKERS[1].len();
    (&body[start..end], [&body[..start], &body[end..]])
}

/// A page of ours has links to tickets and to the repository's own files and pull request alone, no image, no HTML but our own, no mention, no reference.
pub(crate) fn is_plain(markdown: &str, tickets: &str) {
    let mut text = String::new();
    let mut in_link = false;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                let repository = "https://github.com/acme/shop";
                let is_code = dest_url.starts_with(&format!("{repository}/blob/"))
                    || *dest_url == format!("{repository}/pull/7");
                assert!(is_code || dest_url.starts_with(tickets), "a link of theirs: {dest_url}");
                in_link = true;
            }
            Event::End(pulldown_cmark::TagEnd::Link) => in_link = false,
            Event::Start(Tag::Image { dest_url, .. }) => panic!("an image: {dest_url}"),
            Event::Start(Tag::Strikethrough) => panic!("struck through: {markdown}"),
            Event::Html(html) | Event::InlineHtml(html) => {
                assert!(is_ours(html.trim()), "HTML of theirs: {html:?}")
            }
            Event::Start(Tag::CodeBlock(_)) => panic!("a code block: {markdown}"),
            Event::Text(piece) if !in_link => text.push_str(&piece),
            Event::Text(_) => {}
            Event::End(_) | Event::SoftBreak | Event::HardBreak => text.push('\n'),
            _ => {}
        }
    }
    refers_to_nothing(&text);
}

fn is_ours(html: &str) -> bool {
    let data = html.strip_prefix("<!-- casefile:").and_then(|rest| rest.strip_suffix(" -->"));
    let word = |c: char| c.is_ascii_alphanumeric() || " =+/:".contains(c);
    // a line break, or code with a bar, within a table's cell has no other way
    html.is_empty()
        || ["<br>", "<code>", "</code>"].contains(&html)
        || data.is_some_and(|data| data.chars().all(word))
        || html == "</details>"
        || html.starts_with("<details><summary>")
            && [" already tracked</summary>", " more</summary>"].iter().any(|end| html.ends_with(end))
}

/// What GitHub makes links and notifications of, after rendering: `@name`, `#1`, `GH-1`, addresses.
fn refers_to_nothing(text: &str) {
    let pairs = text.char_indices().zip(text.chars().skip(1));
    for ((at, c), next) in pairs {
        let before = text[..at].chars().next_back();
        let starts = before.is_none_or(|c| !c.is_alphanumeric());
        assert!(!(c == '@' && starts && next.is_alphanumeric()), "a mention: {:?}", &text[at..]);
        assert!(!(c == '#' && next.is_ascii_digit()), "a reference: {:?}", &text[at..]);
    }
    for address in ["://", "www.e"] {
        assert!(!text.contains(address), "an address: {text:?}");
    }
    let turns = |c: char| ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
    assert!(!text.contains(turns), "text is turned around: {text:?}");
}
