//! Atlassian Document Format: a document as Jira Cloud stores it, and its text read back.

use serde_json::{Value, json};

use super::{Block, Document, Inline};

/// The document in ADF.
pub fn render(document: &Document) -> Value {
    let content: Vec<Value> = document.blocks().filter_map(paragraph).collect();
    json!({"type": "doc", "version": 1, "content": content})
}

/// The text of an ADF document, without its markup.
pub fn text(value: &Value) -> String {
    let own = value.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
    let children = value.get("content").and_then(Value::as_array).into_iter().flatten();
    children.fold(own, |all, child| all + &text(child) + " ").trim_end().to_owned()
}

fn paragraph(block: &Block) -> Option<Value> {
    let Block::Paragraph(runs) = block else { return None };
    let runs: Vec<Value> = runs
        .iter()
        .filter_map(|run| match run {
            Inline::Text(text) => Some(json!({"type": "text", "text": text})),
            _ => None,
        })
        .collect();
    Some(json!({"type": "paragraph", "content": runs}))
}
