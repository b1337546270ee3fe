//! Markdown and plain text, as blocks.

use proptest::prelude::*;

use super::builder::DEPTH;
use super::*;
use crate::document::{Document, adf, plain, samples};

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
    check("<b onclick=x>y", Inline::text("y"));
    check("<a href='https://a.example/x'>y</a>", Inline::link("y", "https://a.example/x"));
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

#[test]
fn plain_text_has_links_and_code() {
    let check = |given: &str, expected: &[Inline]| {
        assert_eq!(text(given), vec![Block::Paragraph(expected.to_vec())], "{given}");
    };
    let link = || Inline::link("docs", "https://a.example/x");
    check("See [docs](https://a.example/x).", &[Inline::text("See "), link(), Inline::text(".")]);
    check("See [docs](#here)", &[Inline::text("See "), Inline::text("docs")]);
    check("a[0](x) ](http", &[Inline::text("a[0]("), Inline::text("x) ]("), Inline::text("http")]);
    check("call `f(x)`\nnow", &[Inline::text("call "), Inline::code("f(x)"), Inline::text("\nnow")]);
    check("one ` alone", &[Inline::text("one ` alone")]);
    check("the variable &#039;a&#039; &amp; more", &[Inline::text("the variable 'a' & more")]);
    check("write &amp; for &", &[Inline::text("write &amp; for &")]);
}

#[test]
fn a_text_is_what_it_looks_like() {
    let check = |given: &str, expected: &[Block]| assert_eq!(described(given, false), expected, "{given}");
    check(
        "## Impact\nIt is bad.",
        &[Block::Heading(2, vec![Inline::text("Impact")]), Block::text("It is bad.")],
    );
    check("<p>It is <b>bad</b>.</p>", &[Block::text("It is bad.")]);
    check("# in C# 8", &[Block::Heading(1, vec![Inline::text("in C# 8")])]);
    check("use <b> for bold", &[Block::text("use <b> for bold")]);
    check("a_b_c *x*", &[Block::text("a_b_c *x*")]);
}

#[test]
fn html_becomes_blocks() {
    let check = |html: &str, expected: &str| {
        assert!(html::is_html(html), "{html}");
        assert_eq!(
            crate::document::markdown::render(&Document::of(of_html(html))).trim_end(),
            expected,
            "{html}"
        );
    };
    check("<p>One\n  line.</p><p>Two &amp; <code>a&lt;b</code>.</p>", "One line.\n\nTwo &amp; `a<b`.");
    check("a<br>b", "a\\\nb");
    check(
        "<h2>Fix</h2>See <a href=\"https://a.example/x\">there</a>.",
        "## Fix\n\nSee [there](https://a.example/x).",
    );
    check("<ul><li>one</li><li>two</li></ul>", "- one\n- two");
    check("<pre>\na\n b\n</pre>", "```\na\n b\n```");
    check("<p>do not use &lt;script&gt; or <script></p>", "do not use &lt;script&gt; or &lt;script&gt;");
    check("<b><a href='javascript:x'>y</a></b>", "y");
}

#[test]
fn a_text_about_tags_is_none() {
    for text in ["1 < 2 > 0", "the <a> element", "XSS by <script>alert(1)</script>", "a < b", "Vec<b>"] {
        assert!(!html::is_html(text), "{text}");
    }
}

#[test]
fn a_line_that_was_full_continues_its_sentence() {
    let check = |text: &str, expected: &str| {
        assert_eq!(plain::render(&Document::of(super::text(text))).trim_end(), expected);
    };
    let full = "An attacker who controls the name of the file that is uploaded";
    check(
        &format!("{full}\ncan write anywhere.\nUpdate it."),
        &format!("{full} can write anywhere.\nUpdate it."),
    );
    check(&format!("{full}:\nanywhere"), &format!("{full}:\nanywhere"));
    // an item of a list
    check(&format!("{full}\n- anywhere"), &format!("{full}\nanywhere"));
    check("short\nlines stay", "short\nlines stay");
}
