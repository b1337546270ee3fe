//! Atlassian Document Format, version 1: what Jira Cloud's REST v3 accepts and returns.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::visible::{joined, language, visible};
use super::{Block, Document, Inline};

/// The document as ADF, valid against Atlassian's schema.
///
/// What cannot be nested in ADF is simplified: in list items and quotations, a heading becomes a strong paragraph, a
/// table's row a paragraph, a quotation or a fold its own blocks.
pub fn render(document: &Document) -> Value {
    let mut content = Vec::new();
    document.blocks().for_each(|block| push_block(&mut content, block, Within::Document));
    json!({ "type": "doc", "version": 1, "content": content })
}

/// The text of any ADF, whatever Jira or a person added, in the form in which [`super::plain::render`] returns a
/// document's.
pub fn text(adf: &Value) -> String {
    let mut out = String::new();
    push_words(&mut out, adf);
    out
}

/// What contains a block: it determines what the block can be.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    Document,
    /// A list item or a quotation.
    Narrow,
}

fn push_block(to: &mut Vec<Value>, block: &Block, within: Within) {
    match block {
        Block::Heading(_, inlines) if within == Within::Narrow => {
            let strong = |inline: Cow<'_, Inline>| match inline.into_owned() {
                Inline::Text(text) => Inline::Strong(text),
                other => other,
            };
            to.push(paragraph(&joined(inlines).into_iter().map(strong).collect::<Vec<_>>()));
        }
        Block::Heading(level, inlines) => to.push(json!({
            "type": "heading",
            "attrs": { "level": level.clamp(&1, &6) },
            "content": line(inlines),
        })),
        Block::Paragraph(inlines) => to.push(paragraph(inlines)),
        Block::List { ordered, items } => {
            let items: Vec<Value> = items.iter().map(|item| list_item(item)).collect();
            if !items.is_empty() {
                let kind = if *ordered { "orderedList" } else { "bulletList" };
                to.push(json!({ "type": kind, "content": items }));
            }
        }
        Block::Code { language: name, text } => to.push(code_block(language(name.as_ref()), text)),
        Block::Table { head, rows } if within == Within::Narrow => {
            for row in std::iter::once(head).chain(rows).filter(|row| !row.is_empty()) {
                to.push(paragraph(&row.join(&Inline::text(" "))));
            }
        }
        Block::Table { head, rows } => push_table(to, head, rows),
        Block::Quote(blocks) if within == Within::Narrow => {
            blocks.iter().for_each(|block| push_block(to, block, within));
        }
        Block::Quote(blocks) => {
            let content = content_of(blocks, Within::Narrow);
            to.push(json!({ "type": "blockquote", "content": content }));
        }
    }
}

/// Never empty, as ADF requires of anything that contains blocks.
fn content_of(blocks: &[Block], within: Within) -> Vec<Value> {
    let mut content = Vec::new();
    blocks.iter().for_each(|block| push_block(&mut content, block, within));
    if content.is_empty() {
        content.push(paragraph(&[]));
    }
    content
}

/// Jira's editor expects an item to begin with a paragraph or code, although the schema does not say so.
fn list_item(blocks: &[Block]) -> Value {
    let mut content = content_of(blocks, Within::Narrow);
    if content.first().is_some_and(|first| first["type"] != "paragraph" && first["type"] != "codeBlock") {
        content.insert(0, paragraph(&[]));
    }
    json!({ "type": "listItem", "content": content })
}

fn code_block(language: Option<&str>, text: &str) -> Value {
    let text = visible(text);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let content = if text.is_empty() { vec![] } else { vec![json!({ "type": "text", "text": text })] };
    let attrs = language.map_or_else(|| json!({}), |language| json!({ "language": language }));
    json!({ "type": "codeBlock", "attrs": attrs, "content": content })
}

/// Every row is as wide as the widest; a table without cells is left out.
fn push_table(to: &mut Vec<Value>, head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0).max(head.len());
    if width == 0 {
        return;
    }
    let row = |kind: &str, row: &[Vec<Inline>]| {
        let cell = |at| {
            let inlines = row.get(at).map_or(&[][..], |cell: &Vec<Inline>| cell.as_slice());
            json!({ "type": kind, "attrs": {}, "content": [paragraph(inlines)] })
        };
        json!({ "type": "tableRow", "content": (0..width).map(cell).collect::<Vec<_>>() })
    };
    let mut content = Vec::with_capacity(rows.len() + 1);
    if !head.is_empty() {
        content.push(row("tableHeader", head));
    }
    content.extend(rows.iter().map(|cells| row("tableCell", cells)));
    to.push(json!({ "type": "table", "content": content }));
}

fn paragraph(inlines: &[Inline]) -> Value {
    json!({ "type": "paragraph", "content": line(inlines) })
}

fn line(inlines: &[Inline]) -> Vec<Value> {
    let mut nodes = Vec::new();
    for inline in joined(inlines) {
        match inline.as_ref() {
            Inline::Text(text) => push_text(&mut nodes, text, None),
            Inline::Strong(text) => push_text(&mut nodes, text, Some(json!({ "type": "strong" }))),
            Inline::Emphasis(text) => push_text(&mut nodes, text, Some(json!({ "type": "em" }))),
            Inline::Code(text) => push_text(&mut nodes, text, Some(json!({ "type": "code" }))),
            Inline::Link(link) => {
                let mark = json!({ "type": "link", "attrs": { "href": link.to().as_str() } });
                push_text(&mut nodes, link.text(), Some(mark));
            }
            Inline::Break => nodes.push(json!({ "type": "hardBreak" })),
        }
    }
    nodes
}

/// Text nodes contain no line breaks, and are never empty.
fn push_text(nodes: &mut Vec<Value>, text: &str, mark: Option<Value>) {
    for (index, text) in visible(text).split('\n').enumerate() {
        if index > 0 {
            nodes.push(json!({ "type": "hardBreak" }));
        }
        if text.is_empty() {
            continue;
        }
        nodes.push(match &mark {
            Some(mark) => json!({ "type": "text", "text": text, "marks": [mark] }),
            None => json!({ "type": "text", "text": text }),
        });
    }
}

fn push_words(out: &mut String, node: &Value) {
    let attribute = |name: &str| node["attrs"][name].as_str();
    match node["type"].as_str().unwrap_or_default() {
        "text" => out.push_str(node["text"].as_str().unwrap_or_default()),
        "hardBreak" => out.push('\n'),
        "mention" | "status" | "placeholder" => out.push_str(attribute("text").unwrap_or_default()),
        "emoji" => out.push_str(attribute("text").or(attribute("shortName")).unwrap_or_default()),
        "inlineCard" => out.push_str(attribute("url").unwrap_or_default()),
        "date" => out.push_str(attribute("timestamp").unwrap_or_default()),
        _ => {
            for name in ["title", "url", "alt"] {
                if let Some(words) = attribute(name) {
                    out.push_str(words);
                    out.push('\n');
                }
            }
            node["content"].as_array().into_iter().flatten().for_each(|child| push_words(out, child));
            out.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::plain;
    use super::super::samples;
    use super::*;

    #[test]
    fn small_documents() {
        let check = |block: Block, expected: Value| {
            assert_eq!(render(&Document::of(vec![block]))["content"], json!([expected]));
        };
        check(
            Block::Paragraph(vec![Inline::text("a\n"), Inline::text(""), Inline::code("b\0")]),
            json!({ "type": "paragraph", "content": [
                { "type": "text", "text": "a" },
                { "type": "hardBreak" },
                { "type": "text", "text": "b\\u{0}", "marks": [{ "type": "code" }] },
            ] }),
        );
        check(
            Block::List { ordered: false, items: vec![vec![]] },
            json!({ "type": "bulletList", "content": [
                { "type": "listItem", "content": [{ "type": "paragraph", "content": [] }] },
            ] }),
        );
    }

    #[test]
    fn what_jira_and_people_add_is_read() {
        let adf = json!({ "type": "doc", "version": 1, "content": [
            { "type": "panel", "attrs": { "panelType": "info" }, "content": [{ "type": "paragraph", "content": [
                { "type": "mention", "attrs": { "id": "1", "text": "@Alice" } },
                { "type": "text", "text": " see " },
                { "type": "inlineCard", "attrs": { "url": "https://a.example" } },
                { "type": "emoji", "attrs": { "shortName": ":x:" } },
                { "type": "status", "attrs": { "text": "DONE", "color": "green" } },
            ] }] },
            { "type": "rule" },
            { "type": "mediaSingle", "content": [{ "type": "media", "attrs": { "alt": "picture" } }] },
            7,
        ] });
        assert_eq!(plain::fold(&text(&adf)), "@Alice see https://a.example:x:DONE picture");
    }

    #[test]
    fn it_holds_against_atlassians_schema() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/specs/adf.schema.json");
        let Ok(schema) = std::fs::read(path) else {
            eprintln!("skipped: {path} is not there");
            return;
        };
        let schema = serde_json::from_slice(&schema).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let config = ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() };
        proptest!(config, |(document in samples::document())| {
            let adf = render(&document);
            let faults: Vec<String> = validator.iter_errors(&adf).map(|fault| fault.to_string()).collect();
            prop_assert!(faults.is_empty(), "{faults:?} in {adf}");
        });
    }

    proptest! {
        #[test]
        fn the_words_are_read_back(document in samples::document()) {
            let back = text(&render(&document));
            prop_assert_eq!(plain::fold(&back), plain::fold(&plain::render(&document)));
        }
    }
}
