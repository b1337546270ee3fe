//! Text within HTML, and blocks as HTML.

use super::visible::visible;
use super::{Block, Inline};

/// The text, escaped so that it stands for itself, in an element or in a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
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
    out
}

/// Blocks as HTML. A table can be scrolled by itself, so that a long one does not make the page wider.
pub fn render(blocks: &[Block]) -> String {
    let mut out = String::new();
    blocks.iter().for_each(|one| block(&mut out, one));
    out
}

/// Text within a block as HTML.
pub fn inlines(inlines: &[Inline]) -> String {
    let one = |inline: &Inline| match inline {
        Inline::Text(text) => escape(text),
        Inline::Strong(text) => format!("<strong>{}</strong>", escape(text)),
        Inline::Emphasis(text) => format!("<em>{}</em>", escape(text)),
        Inline::Code(text) => format!("<code>{}</code>", escape(text)),
        Inline::Link(link) => format!(
            "<a href=\"{}\" rel=\"noopener noreferrer\">{}</a>",
            escape(link.to().as_str()),
            escape(link.text())
        ),
        Inline::Break => "<br>".to_owned(),
    };
    inlines.iter().map(one).collect()
}

fn block(out: &mut String, block: &Block) {
    match block {
        Block::Heading(level, text) => {
            let level = (*level).clamp(1, 6);
            out.push_str(&format!("<h{level}>{}</h{level}>\n", inlines(text)));
        }
        Block::Paragraph(text) => out.push_str(&format!("<p>{}</p>\n", inlines(text))),
        Block::List { ordered, items } => {
            let tag = if *ordered { "ol" } else { "ul" };
            let items = items.iter().map(|item| format!("<li>{}</li>\n", render(item)));
            out.push_str(&format!("<{tag}>\n{}</{tag}>\n", items.collect::<String>()));
        }
        Block::Code { text, .. } => out.push_str(&format!("<pre><code>{}</code></pre>\n", escape(text))),
        Block::Table { head, rows } => {
            out.push_str("<div class=\"scroll\"><table>");
            if !head.is_empty() {
                let titles = head.iter().map(|title| format!("<th scope=\"col\">{}</th>", inlines(title)));
                out.push_str(&format!("<thead><tr>{}</tr></thead>", titles.collect::<String>()));
            }
            out.push_str("<tbody>\n");
            for row in rows {
                let cells = row.iter().map(|cell| format!("<td>{}</td>", inlines(cell)));
                out.push_str(&format!("<tr>{}</tr>\n", cells.collect::<String>()));
            }
            out.push_str("</tbody></table></div>\n");
        }
        Block::Quote(blocks) => out.push_str(&format!("<blockquote>{}</blockquote>\n", render(blocks))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_elements_whose_text_stays_text() {
        let check = |block: Block, expected: &str| assert_eq!(render(&[block]).replace('\n', ""), expected);
        let bad = || vec![Inline::text("<b>")];
        check(Block::Heading(2, bad()), "<h2>&lt;b&gt;</h2>");
        check(Block::Heading(9, bad()), "<h6>&lt;b&gt;</h6>");
        check(
            Block::List { ordered: false, items: vec![vec![Block::text("<b>")]] },
            "<ul><li><p>&lt;b&gt;</p></li></ul>",
        );
        check(
            Block::Table { head: vec![bad()], rows: vec![vec![vec![Inline::code("<b>"), Inline::Break]]] },
            "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">&lt;b&gt;</th></tr></thead><tbody>\
             <tr><td><code>&lt;b&gt;</code><br></td></tr></tbody></table></div>",
        );
        check(Block::Code { language: None, text: "<b>".into() }, "<pre><code>&lt;b&gt;</code></pre>");
        check(
            Block::Quote(vec![Block::Paragraph(vec![Inline::strong("<b>"), Inline::Emphasis("&".into())])]),
            "<blockquote><p><strong>&lt;b&gt;</strong><em>&amp;</em></p></blockquote>",
        );
    }

    #[test]
    fn a_link_leads_where_it_says() {
        let check = |to: &str, expected: &str| assert_eq!(inlines(&[Inline::link("<b>", to)]), expected);
        check(
            "https://a.example/?b=1&c='\"",
            "<a href=\"https://a.example/?b=1&amp;c=%27%22\" rel=\"noopener noreferrer\">&lt;b&gt;</a>",
        );
        check("javascript:alert(1)", "&lt;b&gt;");
    }

    #[test]
    fn text_stays_text() {
        let check = |text: &str, expected: &str| assert_eq!(escape(text), expected);
        check("<b title=\"x\">'&amp;'</b>", "&lt;b title=&quot;x&quot;&gt;&#39;&amp;amp;&#39;&lt;/b&gt;");
        check("lodash 4.17.20", "lodash 4.17.20");
    }
}
