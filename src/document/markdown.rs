//! GitHub's Markdown: for the section, the local tracker and exports.
//!
//! GitHub looks for mentions, references and keys in the text *after* Markdown was rendered, where an escape or an
//! entity for `@` is an `@` again. So a zero-width space, written as `&#8203;` to be visible in the source, is put
//! after what would trigger them; everything else is escaped as usual.

use super::references::broken;
use super::visible::{joined, language, visible};
use super::{Block, Document, Inline};

mod escape;
mod table;

use escape::{code_span, escaped, link_target};

/// The document as Markdown; ends with a new line unless it is empty.
pub fn render(document: &Document) -> String {
    let blocks: Vec<String> = document.blocks().filter_map(block).collect();
    if blocks.is_empty() { String::new() } else { blocks.join("\n\n") + "\n" }
}

/// A line's inlines as Markdown on one line, e.g. for a table cell.
pub fn inline(inlines: &[Inline]) -> String {
    line(inlines, MarkdownContext::Cell)
}

/// Where a line is: that determines what a line break in it becomes, and what must be escaped.
#[derive(Clone, Copy, PartialEq)]
enum MarkdownContext {
    Paragraph,
    Heading,
    Cell,
}

/// A block without its final line break; `None`: there is nothing to see.
fn block(block: &Block) -> Option<String> {
    let text = match block {
        Block::Heading(level, inlines) => {
            let line = line(inlines, MarkdownContext::Heading);
            if line.is_empty() {
                return None;
            }
            format!("{} {line}", "#".repeat(usize::from(*level.clamp(&1, &6))))
        }
        Block::Paragraph(inlines) => line(inlines, MarkdownContext::Paragraph),
        Block::List { ordered, items } => list(*ordered, items),
        Block::Code { language: name, text } => fenced(language(name.as_ref()).unwrap_or_default(), text),
        Block::Table { head, rows } => table::render(head, rows),
        Block::Quote(inner) => prefixed(&blocks(inner), "> ", "> "),
    };
    (!text.is_empty()).then_some(text)
}

fn blocks(inner: &[Block]) -> String {
    inner.iter().filter_map(block).collect::<Vec<_>>().join("\n\n")
}

/// A list whose items are all single paragraphs has no empty lines.
fn list(ordered: bool, items: &[Vec<Block>]) -> String {
    let tight = items.iter().all(|item| matches!(item.as_slice(), [Block::Paragraph(_)] | []));
    let items = items.iter().enumerate().map(|(index, item)| {
        let marker = if ordered { format!("{}. ", index + 1) } else { "- ".to_owned() };
        let text = blocks(item);
        // with an empty item, the marker would turn the line above into a heading
        let text = if text.is_empty() { "&#8203;".to_owned() } else { text };
        prefixed(&text, &marker, &" ".repeat(marker.len()))
    });
    items.collect::<Vec<_>>().join(if tight { "\n" } else { "\n\n" })
}

fn prefixed(text: &str, first: &str, others: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let prefix = if index == 0 { first } else { others };
        out.push_str(if line.is_empty() { prefix.trim_end() } else { prefix });
        out.push_str(line);
    }
    out
}

/// A fence longer than any run of backticks within. The delimiters of comments are broken up, because whoever looks for
/// one of our markers does not know that it is in a code block.
fn fenced(language: &str, text: &str) -> String {
    let text = visible(text).replace("<!--", "<!\u{200b}--").replace("-->", "--\u{200b}>");
    let fence = "`".repeat(escape::longest_run(&text, '`').max(2) + 1);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    format!("{fence}{language}\n{text}\n{fence}")
}

fn line(inlines: &[Inline], place: MarkdownContext) -> String {
    let mut out = String::new();
    let mut rest = joined(inlines).into_iter().peekable();
    while let Some(inline) = rest.next() {
        let next = rest.peek().map(|next| first(next));
        push_inline(&mut out, &inline, next, place);
    }
    // a line break at either end of a block would be shown as a backslash
    let mut line = out.trim_matches([' ', '\t']);
    while let Some(rest) = line.strip_suffix("\\\n") {
        line = rest.trim_end_matches([' ', '\t']);
    }
    while let Some(rest) = line.strip_prefix("\\\n") {
        line = rest;
    }
    line.trim_start().to_owned()
}

/// How an inline begins in Markdown.
fn first(inline: &Inline) -> char {
    match inline {
        Inline::Text(text) => text.chars().next().unwrap_or('*'),
        Inline::Strong(_) | Inline::Emphasis(_) => '*',
        Inline::Code(_) => '`',
        Inline::Link(_) => '[',
        Inline::Break => '\n',
    }
}

/// `next` is the character that follows; `None`: the block ends.
fn push_inline(out: &mut String, inline: &Inline, next: Option<char>, place: MarkdownContext) {
    match inline {
        Inline::Text(text) => push_lines(out, text, place),
        Inline::Strong(text) => push_marked(out, text, next, place, "**", "strong"),
        Inline::Emphasis(text) => push_marked(out, text, next, place, "*", "em"),
        Inline::Code(text) => out.push_str(&code_span(text, out, place)),
        Inline::Link(link) => {
            let text = visible(link.text()).replace(['\n', '\t'], " ");
            // as code, it mentions nobody
            let mentions = text.contains('@') && !text.contains(['`', '|', '\\']);
            let text = match mentions {
                true => code_span(&text, "[", place),
                false => escaped(&text.replace('@', "@\u{200b}"), out, place),
            };
            out.push_str(&format!("[{text}]({})", link_target(link.to())));
        }
        Inline::Break => push_break(out, place),
    }
}

fn push_break(out: &mut String, place: MarkdownContext) {
    match place {
        MarkdownContext::Paragraph => out.push_str("\\\n"),
        MarkdownContext::Heading => out.push(' '),
        MarkdownContext::Cell => out.push_str("<br>"),
    }
}

fn push_lines(out: &mut String, text: &str, place: MarkdownContext) {
    let text = broken(&visible(text));
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            push_break(out, place);
        }
        let escaped = escaped(line, out, place);
        out.push_str(&escaped);
    }
}

/// Asterisks if they are certain to be interpreted as markup, otherwise the tags that GitHub treats as equivalent.
fn push_marked(
    out: &mut String,
    text: &str,
    next: Option<char>,
    place: MarkdownContext,
    stars: &str,
    tag: &str,
) {
    let plain = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    // beside a space or the edge of the block, asterisks may also touch punctuation
    let free = |c: Option<char>| c.is_none_or(|c| c == ' ' || c == '\n');
    let bare = text.trim_matches(' ');
    let before =
        if bare.len() < text.trim_end_matches(' ').len() { Some(' ') } else { out.chars().next_back() };
    let after = if text.ends_with(' ') { Some(' ') } else { next };
    let (start, end) = (bare.chars().next(), bare.chars().next_back());
    let touches = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace() && !c.is_control());
    let opens = plain(start) || touches(start) && free(before);
    let closes = plain(end) || touches(end) && free(after);
    let inner = |out: &mut String| push_lines(out, text, place);
    if opens && closes && !text.contains('\n') && before != Some('*') && after != Some('*') {
        out.push_str(&" ".repeat(usize::from(text.starts_with(' '))));
        out.push_str(stars);
        push_lines(out, bare, place);
        out.push_str(stars);
        out.push_str(&" ".repeat(usize::from(text.ends_with(' '))));
    } else {
        out.push_str(&format!("<{tag}>"));
        inner(out);
        out.push_str(&format!("</{tag}>"));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    use super::super::acting::acting;
    use super::super::{plain, samples};
    use super::*;

    /// The words that [`render`] produced, in the form in which [`plain::render`] gives a document's words.
    fn text(markdown: &str) -> String {
        let mut out = String::new();
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
            match event {
                Event::Text(text) | Event::Code(text) => out.push_str(&text),
                Event::SoftBreak | Event::HardBreak => out.push('\n'),
                Event::InlineHtml(html) if html.as_ref() == "<br>" => out.push('\n'),
                // the renderer's own tags; text that looks like a tag never appears as HTML
                Event::InlineHtml(_) => {}
                Event::Start(Tag::Item) | Event::End(TagEnd::Item | TagEnd::TableCell) => out.push('\n'),
                Event::End(
                    TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::HtmlBlock,
                ) => {
                    out.push('\n');
                }
                _ => {}
            }
        }
        out
    }

    #[test]
    fn blocks_look_as_people_write_them() {
        let check = |blocks, expected: &str| assert_eq!(render(&Document::of(blocks)), expected);
        check(vec![], "");
        check(
            vec![
                Block::Heading(2, vec![Inline::text("Where #1 #")]),
                Block::Paragraph(vec![
                    Inline::link("a_b.py:1", "https://a.example/(x)"),
                    Inline::text(" in "),
                    Inline::code("f`"),
                    Inline::Break,
                ]),
            ],
            "## Where `#1` \\#\n\n[a_b.py:1](https://a.example/%28x%29) in `` f` ``\n",
        );
        check(
            vec![Block::List {
                ordered: true,
                items: vec![vec![Block::text("a\nb")], vec![Block::text("- c")]],
            }],
            "1. a\\\n   b\n2. \\- c\n",
        );
        check(vec![Block::Paragraph(vec![Inline::code("  "), Inline::text("- no item")])], "\\- no item\n");
        // a workflow that prints it obeys nothing
        let old = vec![Block::Paragraph(vec![Inline::code("a ##[error]b")])];
        check(old, "<code>a ##\\[error\\]b</code>\n");
        check(
            vec![Block::Code { language: Some("c".into()), text: "```\n<!-- casefile:end -->\n".into() }],
            "````c\n```\n<!\u{200b}-- casefile:end --\u{200b}>\n````\n",
        );
        check(
            vec![Block::Table {
                head: vec![],
                rows: vec![vec![vec![Inline::strong("a|b")], vec![Inline::code("|")]]],
            }],
            "|  |  |\n| --- | --- |\n| **a&#124;b** | `\\|` |\n",
        );
    }

    #[test]
    fn words_of_the_text_stay_as_they_are_or_stand_for_themselves() {
        let check =
            |text: &str, expected: &str| assert_eq!(inline(&[Inline::text(text)]), expected, "{text:?}");
        check("CVE-2021-23337 in lodash 4.17.20", "CVE-2021-23337 in lodash 4.17.20");
        check("shell_exec(x) and _x_", "shell_exec(x) and \\_x\\_");
        check("SEC-12 gh-3 deadbeef1", "`SEC-12` `gh-3` `deadbeef1`");
        check("https://a.example www.b.example", "`https://a.example` `www.b.example`");
        check("XSEC-12 _SEC-12 _www.x", "`XSEC-12` \\_`SEC-12` \\_`www.x`");
        check("<!-- casefile:end -->", "&lt;!-- casefile:end --&gt;");
        check("](javascript:x)", "\\](javascript:x)");
        check("bob@a.example @team", "`bob@a.example` `@team`");
    }

    #[test]
    fn bold_text_has_asterisks_where_they_are_certain_to_act() {
        let check = |line: Vec<Inline>, expected: &str| {
            assert_eq!(render(&Document::of(vec![Block::Paragraph(line)])).trim(), expected);
        };
        check(vec![Inline::strong("A list (NACL)")], "**A list (NACL)**");
        check(vec![Inline::strong("Cut…")], "**Cut…**");
        check(
            vec![Inline::strong("with "), Inline::code("x"), Inline::strong(" that call…")],
            "**with** `x` **that call…**",
        );
        check(vec![Inline::strong("(a)"), Inline::text("b")], "<strong>(a)</strong>b");
        check(vec![Inline::text("b"), Inline::strong("(a)")], "b<strong>(a)</strong>");
        check(vec![Inline::text("see "), Inline::strong("(a)"), Inline::text(" b")], "see **(a)** b");
    }

    proptest! {
        #[test]
        fn the_words_are_read_back(document in samples::document()) {
            let markdown = render(&document);
            prop_assert_eq!(plain::fold(&text(&markdown)), plain::fold(&plain::render(&document)), "{}", markdown);
        }

        #[test]
        fn nothing_comes_through(document in samples::document()) {
            let markdown = render(&document);
            prop_assert_eq!(acting(&markdown), Vec::<String>::new(), "{}", markdown);
            prop_assert!(!markdown.contains("<!--") && !markdown.contains("casefile:end -->"));
        }

        #[test]
        fn a_cell_stays_within_its_row(cells in prop::collection::vec(samples::hostile(), 1..4)) {
            let row: Vec<_> = cells.iter().map(|text| vec![Inline::text(text), Inline::code(text)]).collect();
            let table = render(&Document::of(vec![Block::Table { head: vec![], rows: vec![row] }]));
            prop_assert_eq!(table.lines().count(), 3);
            let ends = Parser::new_ext(&table, Options::ENABLE_TABLES);
            let ends = ends.filter(|event| matches!(event, Event::End(TagEnd::TableCell))).count();
            prop_assert_eq!(ends, cells.len() * 2);
        }
    }
}
