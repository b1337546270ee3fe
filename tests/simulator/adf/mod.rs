//! A strict judge of the part of the Atlassian Document Format that a ticket needs; shaped from Atlassian's `adf.schema.json`
//! (definitions `doc_node`, `inline_node`, …), and stricter in four things: nodes that casefile has no use for, marks on
//! blocks, a mark given twice, and characters that XML cannot hold.

mod rules;

use serde_json::{Map, Value};

use rules::{Attr, BESIDE_CODE, DOCUMENT, Holds, INLINE, MARKS, NODES, Takes};

/// Whether this is a document that Jira takes; the error says where and why not.
pub(crate) fn check(document: &Value) -> Result<(), String> {
    let map = object(document, "document")?;
    keys(map, &["type", "version", "content"], "document")?;
    if kind(map) != "doc" || map.get("version") != Some(&Value::from(1)) {
        return Err("document: type must be doc, version 1".to_owned());
    }
    children(map.get("content"), DOCUMENT, 0, "doc")
}

fn children(content: Option<&Value>, allowed: &[&str], least: usize, path: &str) -> Result<(), String> {
    let Some(Value::Array(nodes)) = content else {
        return Err(format!("{path}: content is missing or no array"));
    };
    if nodes.len() < least {
        return Err(format!("{path}: content is empty"));
    }
    nodes.iter().enumerate().try_for_each(|(at, child)| {
        let path = format!("{path}/{at}");
        let map = object(child, &path)?;
        let name = kind(map);
        let path = format!("{path}:{name}");
        if !allowed.contains(&name) {
            return Err(format!("{path}: not allowed here"));
        }
        if name == "text" { text(map, &path) } else { node(map, name, &path) }
    })
}

fn node(map: &Map<String, Value>, name: &str, path: &str) -> Result<(), String> {
    let Some(rule) = NODES.iter().find(|rule| rule.name == name) else {
        return Err(format!("{path}: unknown node"));
    };
    keys(map, &["type", "attrs", "content", "marks"], path)?;
    let needs_attrs = name == "nestedExpand" || rule.attrs.iter().any(|(_, required, _)| *required);
    attrs(map.get("attrs"), rule.attrs, needs_attrs, path)?;
    if map
        .get("marks")
        .is_some_and(|marks| !rule.empty_marks || marks.as_array().is_none_or(|marks| !marks.is_empty()))
    {
        return Err(format!("{path}: marks on a block"));
    }
    let content = map.get("content");
    match rule.holds {
        Holds::Nothing if content.is_some() => Err(format!("{path}: holds no content")),
        Holds::Nothing => Ok(()),
        Holds::Inline | Holds::Plain if content.is_none() => Ok(()),
        Holds::Inline => children(content, INLINE, 0, path),
        Holds::Plain => {
            let marked = |child: &Value| {
                child.get("marks").and_then(Value::as_array).is_some_and(|marks| !marks.is_empty())
            };
            if content.and_then(Value::as_array).is_some_and(|nodes| nodes.iter().any(marked)) {
                return Err(format!("{path}: marks in a code block"));
            }
            children(content, &["text"], 0, path)
        }
        Holds::Blocks(allowed, least) => children(content, allowed, least, path),
    }
}

fn text(map: &Map<String, Value>, path: &str) -> Result<(), String> {
    keys(map, &["type", "text", "marks"], path)?;
    string(map.get("text"), true, path)?;
    let Some(marks) = map.get("marks") else {
        return Ok(());
    };
    let marks = marks.as_array().ok_or_else(|| format!("{path}: marks is no array"))?;
    let mut names = Vec::new();
    for mark in marks {
        let mark = object(mark, path)?;
        keys(mark, &["type", "attrs"], path)?;
        let name = kind(mark);
        let Some((_, takes)) = MARKS.iter().find(|(known, _)| *known == name) else {
            return Err(format!("{path}: unknown mark {name}"));
        };
        if takes.is_empty() && mark.contains_key("attrs") {
            return Err(format!("{path}: mark {name} has no attrs"));
        }
        attrs(mark.get("attrs"), takes, !takes.is_empty(), path)?;
        if names.contains(&name) {
            return Err(format!("{path}: mark {name} twice"));
        }
        names.push(name);
    }
    if names.contains(&"code") && names.iter().any(|name| !BESIDE_CODE.contains(name)) {
        return Err(format!("{path}: code beside another mark than link"));
    }
    Ok(())
}

fn attrs(given: Option<&Value>, known: &[Attr], needed: bool, path: &str) -> Result<(), String> {
    let Some(given) = given else {
        return if needed { Err(format!("{path}: attrs are missing")) } else { Ok(()) };
    };
    let given = object(given, path)?;
    for (name, required, _) in known {
        if *required && !given.contains_key(*name) {
            return Err(format!("{path}: attribute {name} is missing"));
        }
    }
    given.iter().try_for_each(|(name, value)| {
        let Some((.., takes)) = known.iter().find(|(known, ..)| known == name) else {
            return Err(format!("{path}: unknown attribute {name}"));
        };
        takes.check(value, &format!("{path}@{name}"))
    })
}

impl Takes {
    fn check(self, value: &Value, path: &str) -> Result<(), String> {
        let fits = match self {
            Self::Text => return string(Some(value), false, path),
            Self::NonEmpty => return string(Some(value), true, path),
            Self::Number(least, most) => {
                value.as_f64().is_some_and(|number| (least..=most).contains(&number))
            }
            Self::Flag => value.is_boolean(),
            Self::Numbers => value.as_array().is_some_and(|all| all.iter().all(Value::is_number)),
            Self::OneOf(names) => value.as_str().is_some_and(|name| names.contains(&name)),
            Self::Colour(names) => {
                value.as_str().is_some_and(|name| names.contains(&name) || is_colour(name))
            }
        };
        if fits { Ok(()) } else { Err(format!("{path}: {value} does not fit")) }
    }
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.chars().all(|digit| digit.is_ascii_hexdigit()))
}

fn string(value: Option<&Value>, filled: bool, path: &str) -> Result<(), String> {
    let text = value.and_then(Value::as_str).ok_or_else(|| format!("{path}: no text"))?;
    if filled && text.is_empty() {
        return Err(format!("{path}: empty text"));
    }
    let unfit = |one: &char| {
        (*one < ' ' && !matches!(one, '\t' | '\n' | '\r')) || matches!(one, '\u{fffe}' | '\u{ffff}')
    };
    match text.chars().find(unfit) {
        Some(one) => Err(format!("{path}: control character U+{:04X}", u32::from(one))),
        None => Ok(()),
    }
}

fn object<'v>(value: &'v Value, path: &str) -> Result<&'v Map<String, Value>, String> {
    value.as_object().ok_or_else(|| format!("{path}: no object"))
}

fn kind(map: &Map<String, Value>) -> &str {
    map.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn keys(map: &Map<String, Value>, known: &[&str], path: &str) -> Result<(), String> {
    match map.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("{path}: unknown key {key}")),
        None => Ok(()),
    }
}
