//! Markdown and plain text, as blocks.

use proptest::prelude::*;

use super::*;
use crate::document::{Document, adf, samples};

#[test]
fn structure_is_taken_over() {
    let check = |text, expected: Vec<Block>| assert_eq!(markdown(text), expected, "{text}");
    let paragraph = |text: &str| Block::text(text);
    check("# a\nb\nc", vec![Block::Heading(1, vec![Inline::text("a")]), paragraph("b c")]);
    check(
        "- a\n- b\n  1. c",
        vec![Block::List {
            ordered: false,
            items: vec![
                vec![paragraph("a")],
                vec![paragraph("b"), Block::List { ordered: true, items: vec![vec![paragraph("c")]] }],
            ],
        }],
    );
    check(
        "```python title\nx = 1\n```",
        vec![Block::Code { language: Some("python".into()), text: "x = 1".into() }],
    );
    check(
        "|a|b|\n|-|-|\n|1|`2`|",
        vec![Block::Table {
            head: vec![vec![Inline::text("a")], vec![Inline::text("b")]],
            rows: vec![vec![vec![Inline::text("1")], vec![Inline::code("2")]]],
        }],
    );
    check("> q", vec![Block::Quote(vec![paragraph("q")])]);
    check(
        "**s** *e*",
        vec![Block::Paragraph(vec![Inline::strong("s"), Inline::text(" "), Inline::Emphasis("e".into())])],
    );
}

#[test]
fn only_web_links_come_through() {
    let check = |text, expected: Inline| {
        assert_eq!(markdown(text), vec![Block::Paragraph(vec![expected])], "{text}");
    };
    check("[**a** `b`](https://a.example)", Inline::link("a b", "https://a.example"));
    check("<https://a.example>", Inline::link("https://a.example", "https://a.example"));
    check("[a](javascript:alert)", Inline::text("a"));
    check("[a](../x)", Inline::text("a"));
    check("![a](https://a.example/x.png)", Inline::text("a"));
    check("<script>", Inline::text("<script>"));
    check("<b onclick=x>y", Inline::text("<b onclick=x>y"));
    check("a<b>b</b>", Inline::text("ab"));
    check("<details>\n<summary>More</summary>\n", Inline::text("More"));
}

#[test]
fn depth_is_bounded() {
    fn depth(blocks: &[Block]) -> usize {
        let inner = |block: &Block| match block {
            Block::List { items, .. } => items.iter().map(|item| depth(item)).max().unwrap_or(0),
            Block::Quote(blocks) => depth(blocks),
            _ => 0,
        };
        1 + blocks.iter().map(inner).max().unwrap_or(0)
    }
    for text in ["> ".repeat(5_000) + "x", "- ".repeat(5_000) + "x"] {
        let blocks = markdown(&text);
        assert!(depth(&blocks) <= DEPTH * 2 + 1);
        assert_eq!(plain::render(&Document::of(blocks)).trim(), "x");
    }
}

#[test]
fn plain_text_has_paragraphs() {
    let check = |input, expected: &[&str]| {
        assert_eq!(text(input), expected.iter().map(|&text| Block::text(text)).collect::<Vec<_>>());
    };
    check("a\nb\n\n\nc\n", &["a\nb", "c"]);
    check("  \n", &[]);
}

proptest! {
    #[test]
    fn nothing_panics_and_links_are_checked(text in samples::hostile()) {
        let adf = adf::render(&Document::of(markdown(&text))).to_string();
        prop_assert!(!adf.contains("\"href\":\"javascript"));
    }
}
