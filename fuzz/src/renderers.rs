//! Any document in every markup: within its limit, valid, and with nothing that the text did not ask
//! for.

use arbitrary::{Result, Unstructured};
use casefile::document::{
    Block, Document, DocumentPart, Inline, adf, fit, html, markdown, plain, terminal, wiki,
};
use serde_json::Value;

use crate::acting::acting;
use crate::text::hostile;

/// Takes the bytes for a document and a limit.
pub fn check(bytes: &[u8]) {
    // too few bytes make no case
    let _ = case(&mut Unstructured::new(bytes));
}

fn case(from: &mut Unstructured<'_>) -> Result<()> {
    let limit = from.int_in_range(0..=4_000)?;
    let document = document(from)?;
    in_adf(&document);
    in_markdown(&document);
    in_wiki(&document);
    let text = plain::render(&document);
    in_a_log(&text);
    in_html(&text);
    let measures: [fn(&Document) -> usize; 3] = [
        |document| adf::render(document).to_string().len(),
        |document| markdown::render(document).chars().count(),
        |document| wiki::render(document).chars().count(),
    ];
    let measure = measures[limit % measures.len()];
    let (fitted, left_out) = fit::fit(&document, limit, measure);
    assert!(fitted == Document::default() || measure(&fitted) <= limit);
    let empty = document.blocks().next().is_none();
    assert_eq!(left_out.is_empty(), empty || measure(&document) <= limit);
    Ok(())
}

fn document(from: &mut Unstructured<'_>) -> Result<Document> {
    const NAMES: [&str; 4] = ["what", "facts", "where", "fix"];
    let mut parts = Vec::new();
    for name in NAMES {
        let blocks = blocks(from, 3)?;
        parts.push(DocumentPart { name, weight: from.arbitrary()?, blocks });
    }
    Ok(Document { parts })
}

fn blocks(from: &mut Unstructured<'_>, depth: u8) -> Result<Vec<Block>> {
    (0..from.int_in_range(0..=3)?).map(|_| block(from, depth)).collect()
}

fn block(from: &mut Unstructured<'_>, depth: u8) -> Result<Block> {
    Ok(match from.int_in_range(0..=if depth == 0 { 3 } else { 5 })? {
        0 => Block::Heading(from.arbitrary()?, inlines(from)?),
        1 => Block::Paragraph(inlines(from)?),
        2 => {
            let language = if from.arbitrary()? { Some(hostile(from)?) } else { None };
            Block::Code { language, text: hostile(from)? }
        }
        3 => Block::Table { head: row(from)?, rows: (0..2).map(|_| row(from)).collect::<Result<_>>()? },
        4 => {
            let items = (0..from.int_in_range(0..=3)?).map(|_| blocks(from, depth - 1));
            Block::List { ordered: true, items: items.collect::<Result<_>>()? }
        }
        _ => Block::Quote(blocks(from, depth - 1)?),
    })
}

fn row(from: &mut Unstructured<'_>) -> Result<Vec<Vec<Inline>>> {
    (0..from.int_in_range(0..=2)?).map(|_| inlines(from)).collect()
}

fn inlines(from: &mut Unstructured<'_>) -> Result<Vec<Inline>> {
    (0..from.int_in_range(0..=3)?).map(|_| inline(from)).collect()
}

fn inline(from: &mut Unstructured<'_>) -> Result<Inline> {
    Ok(match from.int_in_range(0..=6)? {
        0 => Inline::Break,
        1 => Inline::Strong(hostile(from)?),
        2 => Inline::Emphasis(hostile(from)?),
        3 => Inline::Code(hostile(from)?),
        4 => Inline::link(hostile(from)?, &format!("https://a.example/{}", hostile(from)?)),
        _ => Inline::Text(hostile(from)?),
    })
}

/// By the rules of Atlassian's schema for the nodes that the renderer makes.
fn in_adf(document: &Document) {
    let adf = adf::render(document);
    assert_eq!((&adf["type"], &adf["version"]), (&"doc".into(), &1.into()));
    children(&adf).iter().for_each(|node| node_of(node, "doc"));
    assert_eq!(plain::fold(&adf::text(&adf)), plain::fold(&plain::render(document)));
}

fn children(node: &Value) -> &[Value] {
    node["content"].as_array().map_or(&[], Vec::as_slice)
}

fn node_of(node: &Value, parent: &str) {
    const LEAVES: &[&str] = &["paragraph", "heading", "codeBlock", "bulletList", "orderedList"];
    let kind = node["type"].as_str().expect("a node has a type");
    let fits = match parent {
        "doc" => LEAVES.contains(&kind) || ["table", "blockquote"].contains(&kind),
        "listItem" | "blockquote" => LEAVES.contains(&kind) && kind != "heading",
        "bulletList" | "orderedList" => kind == "listItem",
        "table" => kind == "tableRow",
        "tableRow" => ["tableHeader", "tableCell"].contains(&kind),
        "tableHeader" | "tableCell" => kind == "paragraph",
        "paragraph" | "heading" => ["text", "hardBreak"].contains(&kind),
        "codeBlock" => kind == "text",
        _ => false,
    };
    assert!(fits, "{kind} in {parent}");
    match kind {
        "text" => {
            let text = node["text"].as_str().expect("a text");
            assert!(!text.is_empty() && (parent == "codeBlock" || !text.contains('\n')), "{text:?}");
            for mark in node["marks"].as_array().into_iter().flatten() {
                let link =
                    mark["attrs"]["href"].as_str().is_some_and(|to| to.starts_with("https://a.example/"));
                assert!(
                    link || ["strong", "em", "code"].contains(&mark["type"].as_str().unwrap_or("")),
                    "{mark}"
                );
            }
        }
        "heading" => assert!((1..=6).contains(&node["attrs"]["level"].as_u64().unwrap_or(0))),
        "listItem" => {
            assert!(["paragraph", "codeBlock"].contains(&children(node)[0]["type"].as_str().unwrap_or("")))
        }
        "paragraph" | "codeBlock" | "hardBreak" => {}
        _ => assert!(!children(node).is_empty(), "an empty {kind}"),
    }
    children(node).iter().for_each(|child| node_of(child, kind));
}

fn in_markdown(document: &Document) {
    let markdown = markdown::render(document);
    assert!(!markdown.contains("<!--") && !markdown.contains("casefile:end -->"), "{markdown}");
    assert_eq!(acting(&markdown), Vec::<String>::new(), "{markdown}");
}

fn in_html(text: &str) {
    let html = html::escape(text);
    assert!(!html.contains(['<', '>', '"']), "{html}");
}

/// Of a text alone nothing that means something in wiki markup stays unescaped; a block of code ends
/// where it should.
fn in_wiki(document: &Document) {
    for block in document.blocks() {
        match block {
            Block::Paragraph(inlines) => {
                let all = inlines.iter().filter_map(|inline| match inline {
                    Inline::Text(text) => Some(text.as_str()),
                    _ => None,
                });
                let wiki = wiki::render(&Document::of(vec![Block::text(all.collect::<String>())]));
                // keys of tickets and the like are code, so that they are no links
                let bare = wiki.replace("{{", "").replace("}}", "");
                let mut last = ' ';
                for c in bare.chars() {
                    assert!(!"{}[]|!~^".contains(c) || last == '\\', "{wiki:?}");
                    last = c;
                }
            }
            Block::Code { .. } => {
                let wiki = wiki::render(&Document::of(vec![block.clone()])).to_ascii_lowercase();
                let ends = wiki.matches("{code").count() + wiki.matches("{noformat").count();
                assert!(ends == 2 || wiki.is_empty(), "{wiki:?}");
            }
            _ => {}
        }
    }
    // all of it together, for the panics
    let _ = wiki::render(document);
}

fn in_a_log(text: &str) {
    let shown = terminal::shown(text);
    let obeyed = |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
    assert!(!shown.split(['\n', '\r']).any(obeyed), "{shown:?}");
    assert!(!shown.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "{shown:?}");
}
