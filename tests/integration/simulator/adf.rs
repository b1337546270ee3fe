//! The checker of ADF documents, held against Atlassian's own schema where that is at hand.

use serde_json::{Value, json};

use crate::simulator::check_adf;

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn marked(marks: &Value) -> Value {
    paragraph(&json!([{"type": "text", "text": "a", "marks": marks}]))
}

fn paragraph(content: &Value) -> Value {
    json!({"type": "paragraph", "content": content})
}

fn holding(kind: &str, content: &Value) -> Value {
    json!({"type": kind, "content": content})
}

fn with(kind: &str, attrs: &Value, content: &Value) -> Value {
    json!({"type": kind, "attrs": attrs, "content": content})
}

fn table(cell: &Value) -> Value {
    holding(
        "table",
        &json!([holding(
            "tableRow",
            &json!([holding("tableHeader", &json!([cell])), holding("tableCell", &json!([cell]))])
        )]),
    )
}

/// Blocks, and whether a document of this one block is valid.
fn blocks() -> Vec<(Value, bool)> {
    let p = paragraph(&json!([text("a")]));
    let item = holding("listItem", &json!([p]));
    let list = holding("bulletList", &json!([item]));
    let code = with("codeBlock", &json!({"language": "rust"}), &json!([text("fn main() {}\n")]));
    let link = json!({"type": "link", "attrs": {"href": "https://example.com"}});
    let heading = |level: i32| with("heading", &json!({"level": level}), &json!([text("a")]));
    let panel = |kind: &str, inner: &Value| with("panel", &json!({"panelType": kind}), &json!([inner]));
    let expand = |inner: &Value| with("expand", &json!({"title": "more"}), &json!([inner]));
    let nested = with("nestedExpand", &json!({"title": "more"}), &json!([p]));
    let mut cases = vec![
        (p.clone(), true),
        (json!({"type": "paragraph"}), true),
        (json!({"type": "paragraph", "marks": []}), true),
        (paragraph(&json!([])), true),
        (paragraph(&json!([text("")])), false),
        (paragraph(&json!([p])), false),
        (paragraph(&json!("a")), false),
        (json!({"type": "paragraph", "contents": []}), false),
        (json!({"type": "paragraph", "attrs": {"align": "left"}}), false),
        (paragraph(&json!([{"type": "hardBreak"}, {"type": "hardBreak", "attrs": {"text": "\n"}}])), true),
        (paragraph(&json!([{"type": "hardBreak", "content": []}])), false),
        (paragraph(&json!([{"type": "text", "text": 1}])), false),
        (paragraph(&json!([{"type": "text"}])), false),
        (text("a"), false),
        (json!({"type": "unknown"}), false),
        (json!("a"), false),
        (heading(1), true),
        (heading(6), true),
        (heading(0), false),
        (heading(7), false),
        (holding("heading", &json!([text("a")])), false),
        (list.clone(), true),
        (holding("bulletList", &json!([])), false),
        (holding("bulletList", &json!([p])), false),
        (holding("orderedList", &json!([item])), true),
        (with("orderedList", &json!({"order": 3}), &json!([item])), true),
        (with("orderedList", &json!({"order": -1}), &json!([item])), false),
        (holding("bulletList", &json!([holding("listItem", &json!([p, list]))])), true),
        (holding("bulletList", &json!([holding("listItem", &json!([code]))])), true),
        (holding("bulletList", &json!([holding("listItem", &json!([heading(1)]))])), false),
        (holding("bulletList", &json!([holding("listItem", &json!([]))])), false),
        (item.clone(), false),
        (code.clone(), true),
        (json!({"type": "codeBlock"}), true),
        (with("codeBlock", &json!({"lang": "rust"}), &json!([text("a")])), false),
        (holding("codeBlock", &json!([{"type": "text", "text": "a", "marks": [{"type": "strong"}]}])), false),
        (holding("codeBlock", &json!([{"type": "hardBreak"}])), false),
        (holding("blockquote", &json!([p, list, code])), true),
        (holding("blockquote", &json!([heading(1)])), false),
        (holding("blockquote", &json!([])), false),
        (panel("info", &p), true),
        (panel("danger", &p), false),
        (panel("warning", &table(&p)), false),
        (holding("panel", &json!([p])), false),
        (json!({"type": "rule"}), true),
        (holding("rule", &json!([p])), false),
        (table(&p), true),
        (table(&heading(2)), true),
        (table(&nested), true),
        (table(&table(&p)), false),
        (table(&text("a")), false),
        (holding("table", &json!([])), false),
        (holding("table", &json!([holding("tableRow", &json!([]))])), true),
        (holding("tableRow", &json!([])), false),
        (
            with(
                "table",
                &json!({"layout": "default", "isNumberColumnEnabled": false}),
                &json!([holding(
                    "tableRow",
                    &json!([with("tableCell", &json!({"colspan": 2, "colwidth": [1, 2]}), &json!([p]))])
                )]),
            ),
            true,
        ),
        (with("table", &json!({"layout": "left"}), &json!([holding("tableRow", &json!([]))])), false),
        (expand(&p), true),
        (expand(&table(&p)), true),
        (expand(&nested), true),
        (expand(&expand(&p)), false),
        (nested.clone(), false),
        (holding("expand", &json!([])), false),
        (paragraph(&json!([{"type": "inlineCard", "attrs": {"url": "https://example.com"}}])), true),
        (paragraph(&json!([{"type": "inlineCard", "attrs": {}}])), false),
        (paragraph(&json!([{"type": "status", "attrs": {"text": "High", "color": "red"}}])), true),
        (paragraph(&json!([{"type": "status", "attrs": {"text": "High", "color": "pink"}}])), false),
        (paragraph(&json!([{"type": "status", "attrs": {"text": "", "color": "red"}}])), false),
        (paragraph(&json!([{"type": "date", "attrs": {"timestamp": "1"}}])), true),
        (paragraph(&json!([{"type": "emoji", "attrs": {"shortName": ":smile:"}}])), true),
        (paragraph(&json!([{"type": "mention", "attrs": {"text": "@a"}}])), false),
    ];
    cases.extend([
        (
            marked(
                &json!([{"type": "strong"}, {"type": "em"}, {"type": "strike"}, {"type": "underline"}, link]),
            ),
            true,
        ),
        (marked(&json!([{"type": "code"}])), true),
        (marked(&json!([{"type": "code"}, link])), true),
        (marked(&json!([{"type": "code"}, {"type": "strong"}])), false),
        (marked(&json!([{"type": "bold"}])), false),
        (marked(&json!([{"type": "strong", "attrs": {}}])), false),
        (marked(&json!([{"type": "link"}])), false),
        (marked(&json!([{"type": "link", "attrs": {"href": "x", "target": "y"}}])), false),
        (marked(&json!([{"type": "subsup", "attrs": {"type": "sub"}}])), true),
        (marked(&json!([{"type": "subsup", "attrs": {"type": "up"}}])), false),
        (marked(&json!([{"type": "textColor", "attrs": {"color": "#ff0000"}}])), true),
        (marked(&json!([{"type": "textColor", "attrs": {"color": "red"}}])), false),
        (marked(&json!("strong")), false),
    ]);
    cases
}

/// What the schema takes and the checker does not, on purpose.
fn stricter() -> Vec<Value> {
    vec![
        paragraph(&json!([text("a\u{0}b")])),
        paragraph(&json!([text("a\u{1b}[31m")])),
        paragraph(&json!([text("a\u{ffff}")])),
        marked(&json!([{"type": "strong"}, {"type": "strong"}])),
        json!({"type": "paragraph", "marks": [{"type": "alignment", "attrs": {"align": "end"}}]}),
        json!({"type": "taskList", "attrs": {"localId": "1"}, "content": [{"type": "taskItem", "attrs": {"localId": "2", "state": "TODO"}}]}),
    ]
}

fn document(block: &Value) -> Value {
    json!({"type": "doc", "version": 1, "content": [block]})
}

#[test]
fn knows_valid_documents_from_others() {
    for (block, valid) in blocks() {
        let verdict = check_adf(&document(&block));
        assert_eq!(verdict.is_ok(), valid, "{block}: {verdict:?}");
    }
    for block in stricter() {
        assert!(check_adf(&document(&block)).is_err(), "{block}");
    }
    for document in [
        json!({}),
        json!([]),
        json!({"type": "doc", "content": []}),
        json!({"type": "doc", "version": 2, "content": []}),
    ] {
        assert!(check_adf(&document).is_err(), "{document}");
    }
    let spaces =
        json!({"type": "doc", "version": 1, "content": [paragraph(&json!([text("tab\t line\n return\r")]))]});
    assert_eq!(check_adf(&spaces), Ok(()));
}

#[test]
fn agrees_with_the_schema() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/specs/adf.schema.json");
    let Ok(schema) = std::fs::read_to_string(path) else {
        return eprintln!("skipped: {path} is not there");
    };
    let schema: Value = serde_json::from_str(&schema).expect("schema");
    let validator = jsonschema::validator_for(&schema).expect("schema");
    for (block, valid) in blocks() {
        assert_eq!(validator.is_valid(&document(&block)), valid, "{block}");
    }
    for block in stricter() {
        assert!(validator.is_valid(&document(&block)), "{block}");
    }
}
