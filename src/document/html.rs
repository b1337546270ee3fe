//! HTML: a self-contained fragment without scripts, styles or pictures.

use super::visible::{joined, language, visible};
use super::{Block, Document, Inline};

/// The document as a fragment; it loads nothing, and its links reveal to nobody where they were followed.
pub fn render(document: &Document) -> String {
    let mut out = String::new();
    document.blocks().for_each(|block| push_block(&mut out, block));
    out
}

/// The text of a line as HTML.
pub fn inline(inlines: &[Inline]) -> String {
    let mut out = String::new();
    push_inlines(&mut out, inlines);
    out
}

/// The text so that it stands for itself, in an element or in a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_text(&mut out, text);
    out
}

fn push_block(out: &mut String, block: &Block) {
    match block {
        Block::Heading(level, inlines) => {
            let tag = format!("h{}", level.clamp(&1, &6));
            push_element(out, &tag, |out| push_inlines(out, inlines));
            out.push('\n');
        }
        Block::Paragraph(inlines) => {
            push_element(out, "p", |out| push_inlines(out, inlines));
            out.push('\n');
        }
        Block::List { ordered, items } => {
            push_element(out, if *ordered { "ol" } else { "ul" }, |out| {
                for item in items {
                    push_element(out, "li", |out| push_item(out, item));
                }
            });
            out.push('\n');
        }
        Block::Code { language: name, text } => {
            match language(name.as_ref()) {
                Some(name) => out.push_str(&format!("<pre><code class=\"language-{name}\">")),
                None => out.push_str("<pre><code>"),
            }
            push_text(out, text);
            out.push_str("</code></pre>\n");
        }
        Block::Table { head, rows } => push_table(out, head, rows),
        Block::Quote(blocks) => {
            push_element(out, "blockquote", |out| blocks.iter().for_each(|block| push_block(out, block)));
            out.push('\n');
        }
        Block::Fold { summary, blocks } => {
            push_element(out, "details", |out| {
                push_element(out, "summary", |out| push_inlines(out, summary));
                blocks.iter().for_each(|block| push_block(out, block));
            });
            out.push('\n');
        }
    }
}

/// An item of one paragraph is written without one, as a browser shows short lists best.
fn push_item(out: &mut String, item: &[Block]) {
    match item {
        [Block::Paragraph(inlines)] => push_inlines(out, inlines),
        blocks => blocks.iter().for_each(|block| push_block(out, block)),
    }
}

fn push_table(out: &mut String, head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) {
    let push_row = |out: &mut String, tag: &str, row: &[Vec<Inline>]| {
        push_element(out, "tr", |out| {
            row.iter().for_each(|cell| push_element(out, tag, |out| push_inlines(out, cell)));
        });
    };
    push_element(out, "table", |out| {
        if !head.is_empty() {
            push_element(out, "thead", |out| push_row(out, "th", head));
        }
        push_element(out, "tbody", |out| rows.iter().for_each(|row| push_row(out, "td", row)));
    });
    out.push('\n');
}

fn push_inlines(out: &mut String, inlines: &[Inline]) {
    for inline in joined(inlines) {
        match inline.as_ref() {
            Inline::Text(text) => push_lines(out, text),
            Inline::Strong(text) => push_element(out, "strong", |out| push_lines(out, text)),
            Inline::Emphasis(text) => push_element(out, "em", |out| push_lines(out, text)),
            Inline::Code(text) => push_element(out, "code", |out| push_text(out, text)),
            Inline::Link(link) => {
                out.push_str("<a href=\"");
                push_text(out, link.to().as_str());
                out.push_str("\" rel=\"noopener noreferrer nofollow\">");
                push_text(out, link.text());
                out.push_str("</a>");
            }
            Inline::Break => out.push_str("<br>"),
        }
    }
}

fn push_element(out: &mut String, tag: &str, content: impl FnOnce(&mut String)) {
    out.push_str(&format!("<{tag}>"));
    content(out);
    out.push_str(&format!("</{tag}>"));
}

fn push_lines(out: &mut String, text: &str) {
    for (index, line) in visible(text).split('\n').enumerate() {
        if index > 0 {
            out.push_str("<br>");
        }
        push_text(out, line);
    }
}

fn push_text(out: &mut String, text: &str) {
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{plain, samples};
    use super::*;

    const TAGS: &[&str] = &[
        "p",
        "ol",
        "ul",
        "li",
        "pre",
        "code",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "blockquote",
        "details",
        "summary",
        "strong",
        "em",
        "a",
        "br",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ];

    /// The text between the tags; fails on a tag that the renderer does not know.
    fn text(html: &str) -> String {
        let mut out = String::new();
        let mut rest = html;
        while let Some((before, after)) = rest.split_once('<') {
            let (tag, after) = after.split_once('>').unwrap();
            let name = tag.trim_start_matches('/').split(' ').next().unwrap();
            assert!(TAGS.contains(&name), "{tag}");
            out.push_str(before);
            if !matches!(name, "strong" | "em" | "code" | "a") {
                out.push('\n');
            }
            rest = after;
        }
        out.push_str(rest);
        for (entity, c) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
            out = out.replace(entity, c);
        }
        out
    }

    #[test]
    fn a_small_document() {
        let check = |block, expected: &str| assert_eq!(render(&Document::of(vec![block])), expected);
        check(
            Block::Paragraph(vec![Inline::link("a<b", "https://a.example/?x=\"y\"&z"), Inline::code("<i>")]),
            "<p><a href=\"https://a.example/?x=%22y%22&amp;z\" rel=\"noopener noreferrer nofollow\">a&lt;b</a>\
             <code>&lt;i&gt;</code></p>\n",
        );
        check(Block::List { ordered: false, items: vec![vec![Block::text("x")]] }, "<ul><li>x</li></ul>\n");
    }

    proptest! {
        #[test]
        fn text_stays_text(document in samples::document()) {
            let html = render(&document);
            prop_assert_eq!(plain::fold(&text(&html)), plain::fold(&plain::render(&document)));
        }
    }
}
