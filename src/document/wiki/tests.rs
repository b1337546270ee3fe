//! Wiki markup as people write it, and that nothing has an effect that the document did not ask for.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::line::leads;
use super::*;
use crate::document::samples;
use crate::document::visible::joined;

#[test]
fn a_quoted_heading_behind_a_break_is_no_heading() {
    let heading = Block::Heading(1, vec![Inline::Break, Inline::Text("h1. a".to_owned())]);
    assert_eq!(render(&Document::of(vec![Block::Quote(vec![heading])])), "{quote}\nh1\u{200b}. a\n{quote}");
}

#[test]
fn text_stands_for_itself() {
    let check = |text: &str, expected: &str| {
        assert_eq!(render(&Document::of(vec![Block::text(text)])), expected, "{text:?}");
    };
    check("shell_exec in a-b", "shell_exec in a-b");
    check("{code} [a|b] *b* _c_ !x.png!", "\\{code\\} \\[a\\|b\\] \\*b\\* \\_c\\_ \\!x.png\\!");
    check("h1. a\nbq. b\n# c\n- d", "h1\u{200b}. a\nbq\u{200b}. b\n\\# c\n\\- d");
    check("C:\\temp \\\\{", "C:\\temp \\\u{200b}\\\u{200b}\\{");
    check("ok :) (/) file(s)", "ok :\u{200b}) (\u{200b}/) file(s)");
    check("SEC-12 &lt; ???", "{{SEC-12}} &\u{200b}lt; \\?\\?\\?");
    check("[~bob] https://a.example", "\\[\\~bob\\] {{https://a.example}}");
}

#[test]
fn blocks_look_as_people_write_them() {
    let check = |block, expected: &str| assert_eq!(render(&Document::of(vec![block])), expected);
    check(
        Block::Paragraph(vec![
            Inline::link("a|b].py", "https://a.example/[x]#L1"),
            Inline::text(" in "),
            Inline::code("f"),
        ]),
        "[a&#124;b&#93;.py|https://a.example/%5Bx%5D#L1] in {{f}}",
    );
    check(
        Block::Paragraph(vec![Inline::link("!a!", "https://a.example/")]),
        "[&#33;a&#33;|https://a.example/]",
    );
    // the end of an entity does not make a smiley
    check(
        Block::Paragraph(vec![Inline::link("[)|D](", "https://a.example/")]),
        "[&#91;\u{200b})&#124;\u{200b}D&#93;\u{200b}(|https://a.example/]",
    );
    check(
        Block::Code { language: Some("python".into()), text: "{code}".into() },
        "{code:python}\n{\u{200b}code}\n{code}",
    );
    check(Block::Code { language: Some("cobol".into()), text: "x".into() }, "{noformat}\nx\n{noformat}");
    // Jira looks for the end of a quotation before it looks at its contents
    check(
        Block::Quote(vec![Block::Code { language: None, text: "{Quote} {noformat} {q}".into() }]),
        "{quote}\n{noformat}\n{\u{200b}Quote} {\u{200b}noformat} {q}\n{noformat}\n{quote}",
    );
    check(
        Block::Table {
            head: vec![vec![Inline::text("a")], vec![]],
            rows: vec![vec![vec![Inline::text("x|\ny")], vec![]]],
        },
        "||a|| ||\n|x&#124; \\\\ y| |",
    );
    check(
        Block::List {
            ordered: true,
            items: vec![vec![
                Block::text("a"),
                Block::List { ordered: false, items: vec![vec![Block::text("b\nc")]] },
                Block::text("d"),
            ]],
        },
        "# a\n#* b \\\\ c\n# d",
    );
}

/// What is not the renderer's own: characters with a meaning that have no backslash before them.
///
/// Its own are code blocks (up to their end), quotations, `{*}`, `{_}`, `{{`, `}}`, links to the pages of [`samples`],
/// and the bars of a table's rows.
fn leftovers(wiki: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut rest, mut in_row, mut at_start) = (wiki, false, true);
    while let Some(sign) = rest.chars().next() {
        let block = ["{noformat}", "{code:"].into_iter().find(|start| rest.starts_with(start));
        let own = ["{quote}", "{*}", "{_}", "{{", "}}"].into_iter().find(|own| rest.starts_with(own));
        in_row = if at_start { sign == '|' } else { in_row && sign != '\n' };
        at_start = sign == '\n';
        let taken = if let Some(start) = block {
            let end = if start == "{code:" { "\n{code}" } else { "\n{noformat}" };
            rest.find(end).map_or(rest.len(), |at| at + end.len())
        } else if let Some(own) = own {
            own.len()
        } else if let Some(link) = link(rest) {
            link.len()
        } else if sign == '\\' {
            1 + rest[1..].chars().next().map_or(0, char::len_utf8)
        } else {
            let means = "{}[]!~^".contains(sign) || sign == '|' && !in_row;
            found.extend(means.then_some(rest));
            sign.len_utf8()
        };
        rest = &rest[taken..];
    }
    found
}

/// A link at the start of a text, if it leads to where the samples' links lead.
fn link(text: &str) -> Option<&str> {
    let (shown, _) = text.strip_prefix('[')?.split_once('|')?;
    let end = text.find(']')?;
    let to = text.get(shown.len() + 2..end)?;
    (to.starts_with("https://a.example/") && !shown.contains(['[', ']', '\n'])).then_some(&text[..=end])
}

#[test]
fn what_has_a_meaning_is_told() {
    let check = |wiki: &str, expected: &[&str]| assert_eq!(leftovers(wiki), expected, "{wiki}");
    check("a \\! b {{c}} {*}d{*} [x|https://a.example/y]\n|e|\n{quote}\n\\\\", &[]);
    check("{code:go}\n!{x}[y]\n{code}", &[]);
    check("a !", &["!"]);
    check("a|", &["|"]);
    check("[~bob]", &["[~bob]", "~bob]", "]"]);
    check("[x|https://evil.example]", &["[x|https://evil.example]", "|https://evil.example]", "]"]);
}

/// How many headings a document contains.
fn headings(blocks: &[Block]) -> usize {
    let of = |block: &Block| match block {
        Block::Heading(..) => 1,
        Block::List { items, .. } => items.iter().map(|item| headings(item)).sum(),
        Block::Quote(blocks) => headings(blocks),
        _ => 0,
    };
    blocks.iter().map(of).sum()
}

proptest! {
    /// Nothing in a document has an effect that the document did not ask for.
    #[test]
    fn a_document_holds_nothing_of_its_texts(document in samples::document()) {
        let wiki = render(&document);
        prop_assert_eq!(leftovers(&wiki), Vec::<&str>::new(), "{:?}", wiki);
        let blocks: Vec<Block> = document.blocks().cloned().collect();
        let outside_code = without_code(&wiki);
        let lines = outside_code.lines().filter(|line| line.get(2..).is_some_and(|rest| rest.starts_with('.')));
        prop_assert!(lines.filter(|line| leads(&line[..2])).count() <= headings(&blocks), "{:?}", wiki);
    }

    /// Outside code, everything that could start a macro, a link, an image or a table is escaped.
    #[test]
    fn nothing_comes_through(text in samples::hostile(), place in 0..2) {
        let block = if place == 0 {
            Block::text(&text)
        } else {
            Block::List { ordered: false, items: vec![vec![Block::text(&text)]] }
        };
        let wiki = render(&Document::of(vec![block]));
        prop_assert_eq!(leftovers(&wiki), Vec::<&str>::new(), "{:?}", wiki);
        prop_assert!(wiki.lines().all(|line| !leads(line.split('.').next().unwrap_or(""))
            || !line[2..].starts_with('.')), "{:?}", wiki);
    }

    #[test]
    fn code_ends_where_it_should(text in samples::hostile()) {
        let wiki = render(&Document::of(vec![Block::Code { language: Some("go".into()), text }]));
        let ends = wiki.to_ascii_lowercase().matches("{code").count();
        prop_assert!(ends == 2 || wiki.is_empty(), "{:?}", wiki);
    }
}

/// The markup without the contents of code blocks.
fn without_code(wiki: &str) -> String {
    let (mut out, mut end) = (String::new(), "");
    for mut line in wiki.lines() {
        if !end.is_empty() {
            // in a list item, something may follow the end on the same line
            let Some(rest) = line.strip_prefix(end) else { continue };
            (line, end) = (rest, "");
        }
        if line.contains("{noformat}") {
            end = "{noformat}";
        } else if line.contains("{code:") {
            end = "{code}";
        } else {
            out += line;
            out.push('\n');
        }
    }
    out
}

/// What a block contains, by ADF's names.
fn asks(block: &Block, asked: &mut BTreeSet<String>) {
    let mut ask = |names: &[&str]| asked.extend(names.iter().map(|name| (*name).to_owned()));
    let (lines, blocks): (Vec<&Vec<Inline>>, Vec<&Block>) = match block {
        Block::Heading(_, inlines) => {
            ask(&["heading"]);
            (vec![inlines], Vec::new())
        }
        Block::Paragraph(inlines) => (vec![inlines], Vec::new()),
        Block::List { ordered, items } => {
            ask(&["listItem", if *ordered { "orderedList" } else { "bulletList" }]);
            (Vec::new(), items.iter().flatten().collect())
        }
        Block::Code { .. } => {
            ask(&["codeBlock"]);
            (Vec::new(), Vec::new())
        }
        Block::Table { head, rows } => {
            // Jira shows table headers in bold
            ask(&["table", "tableRow", "tableCell"]);
            ask(if head.is_empty() { &[] } else { &["tableHeader", "strong"] });
            (head.iter().chain(rows.iter().flatten()).collect(), Vec::new())
        }
        Block::Quote(blocks) => {
            ask(&["blockquote"]);
            (Vec::new(), blocks.iter().collect())
        }
    };
    // names within texts are shown as code, for example an address, a key or a hash
    for inline in lines.into_iter().flat_map(|line| joined(line)) {
        asked.extend(match inline.as_ref() {
            Inline::Strong(_) => Some("strong".to_owned()),
            Inline::Emphasis(_) => Some("em".to_owned()),
            Inline::Code(_) => Some("code".to_owned()),
            Inline::Link(link) => Some(format!("link to {}", link.to())),
            Inline::Text(_) | Inline::Break => None,
        });
    }
    blocks.into_iter().for_each(|block| asks(block, asked));
}

/// Prints documents with their markup, one JSON object per line, for Atlassian's own parser: `tests/wiki.sh` runs this
/// and reads the output.
#[test]
#[ignore = "tests/wiki.sh runs it"]
fn print_samples() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let print = |document: &Document| {
        let mut asked = BTreeSet::new();
        document.blocks().for_each(|block| asks(block, &mut asked));
        let sample = serde_json::json!({"wiki": render(document), "asked": asked});
        println!("sample: {sample}");
    };
    for _ in 0..1_500 {
        let text = samples::hostile().new_tree(&mut runner).unwrap().current();
        print(&Document::of(vec![Block::text(text)]));
        print(&samples::document().new_tree(&mut runner).unwrap().current());
    }
}
