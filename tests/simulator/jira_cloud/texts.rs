//! Rich text on Cloud: ADF, bounded by the length of its JSON.

use serde_json::{Value, json};

use super::super::state::{Texts, World};
use super::super::{Face, adf, jira_data_center};

/// Cloud's limit counts the serialized document.
const LIMIT: usize = 32_767;

/// How Cloud takes descriptions and other long texts.
const ADF: Texts = Texts { check, stored };

/// How the face that is spoken to takes them.
pub(super) fn of(world: &World) -> Texts {
    if world.face == Face::JiraDataCenter { jira_data_center::WIKI } else { ADF }
}

/// The words of the refusal, and the reason for the journal.
fn check(value: &Value) -> Result<(), (String, String)> {
    if !value.is_object() {
        let words = "Operation value must be an Atlassian Document (see the Atlassian Document Format)";
        return Err((words.to_owned(), "no object".to_owned()));
    }
    adf::check(value).map_err(|reason| ("INVALID_INPUT".to_owned(), reason))?;
    let length = value.to_string().encode_utf16().count();
    if length > LIMIT {
        return Err(("CONTENT_LIMIT_EXCEEDED".to_owned(), format!("{length} characters of ADF")));
    }
    Ok(())
}

/// A document as Jira gives it back: tables with their default attributes, neighbouring texts with equal marks joined, so that
/// nobody takes "the same JSON" for "the same text".
fn stored(value: &Value) -> Value {
    let Value::Object(node) = value else {
        return value.clone();
    };
    let mut node = node.clone();
    if node.get("type").is_some_and(|kind| kind == "table") && !node.contains_key("attrs") {
        node.insert("attrs".to_owned(), json!({"isNumberColumnEnabled": false, "layout": "default"}));
    }
    if let Some(Value::Array(children)) = node.get_mut("content") {
        let mut joined: Vec<Value> = Vec::new();
        for child in children.iter().map(stored) {
            let both = joined.last().and_then(|last| join(last, &child));
            if both.is_some() {
                joined.pop();
            }
            joined.push(both.unwrap_or(child));
        }
        *children = joined;
    }
    Value::Object(node)
}

/// Two texts as one, if their marks are the same.
fn join(first: &Value, second: &Value) -> Option<Value> {
    let text = |node: &Value| node.get("text").and_then(Value::as_str).map(str::to_owned);
    let is_text = |node: &Value| node.get("type").is_some_and(|kind| kind == "text");
    if !is_text(first) || !is_text(second) || first.get("marks") != second.get("marks") {
        return None;
    }
    let mut both = first.clone();
    both["text"] = json!(text(first)? + &text(second)?);
    Some(both)
}
