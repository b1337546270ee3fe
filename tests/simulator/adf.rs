//! A strict judge of the part of the Atlassian Document Format that a ticket needs; shaped from Atlassian's `adf.schema.json`
//! (definitions `doc_node`, `inline_node`, …), and stricter in four things: nodes that casefile has no use for, marks on
//! blocks, a mark given twice, and characters that XML cannot hold.

use serde_json::{Map, Value};

/// A kind of node: its attributes and what it holds.
struct Node {
    name: &'static str,
    attrs: &'static [Attr],
    holds: Holds,
    /// The schema allows an empty `marks`.
    empty_marks: bool,
}

/// An attribute: name, whether it must be there, what it takes.
type Attr = (&'static str, bool, Takes);

#[derive(Clone, Copy)]
enum Takes {
    Text,
    NonEmpty,
    Number(f64, f64),
    Flag,
    Numbers,
    OneOf(&'static [&'static str]),
    /// `#` and six hexadecimal digits, or one of these names.
    Colour(&'static [&'static str]),
}

#[derive(Clone, Copy)]
enum Holds {
    Nothing,
    /// Inline nodes; may be left out.
    Inline,
    /// Text without marks; may be left out.
    Plain,
    /// These nodes, at least so many; must be there.
    Blocks(&'static [&'static str], usize),
}

const LOCAL_ID: Attr = ("localId", false, Takes::Text);
const ANY: (f64, f64) = (f64::MIN, f64::MAX);
const CELL: &[&str] = &[
    "paragraph",
    "panel",
    "blockquote",
    "orderedList",
    "bulletList",
    "rule",
    "heading",
    "codeBlock",
    "nestedExpand",
];
const CELL_ATTRS: &[Attr] = &[
    LOCAL_ID,
    ("colspan", false, Takes::Number(ANY.0, ANY.1)),
    ("rowspan", false, Takes::Number(ANY.0, ANY.1)),
    ("colwidth", false, Takes::Numbers),
    ("background", false, Takes::Text),
    ("valign", false, Takes::OneOf(&["top", "middle", "bottom"])),
];
const DOCUMENT: &[&str] = &[
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "codeBlock",
    "blockquote",
    "panel",
    "rule",
    "table",
    "expand",
];
const EXPAND: &[&str] = &[
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "codeBlock",
    "blockquote",
    "panel",
    "rule",
    "table",
    "nestedExpand",
];
const NESTED_EXPAND: &[&str] = &[
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "codeBlock",
    "blockquote",
    "panel",
    "rule",
];
const INLINE: &[&str] = &[
    "text",
    "hardBreak",
    "inlineCard",
    "status",
    "mention",
    "emoji",
    "date",
];

#[rustfmt::skip]
const NODES: &[Node] = &[
    Node { name: "paragraph", attrs: &[LOCAL_ID], holds: Holds::Inline, empty_marks: true },
    Node { name: "heading", attrs: &[LOCAL_ID, ("level", true, Takes::Number(1.0, 6.0))], holds: Holds::Inline, empty_marks: true },
    Node { name: "bulletList", attrs: &[LOCAL_ID], holds: Holds::Blocks(&["listItem"], 1), empty_marks: false },
    Node { name: "orderedList", attrs: &[LOCAL_ID, ("order", false, Takes::Number(0.0, f64::MAX))], holds: Holds::Blocks(&["listItem"], 1), empty_marks: false },
    Node { name: "listItem", attrs: &[LOCAL_ID], holds: Holds::Blocks(&["paragraph", "bulletList", "orderedList", "codeBlock"], 1), empty_marks: false },
    Node { name: "codeBlock", attrs: &[LOCAL_ID, ("language", false, Takes::Text), ("uniqueId", false, Takes::Text), ("wrap", false, Takes::Flag), ("hideLineNumbers", false, Takes::Flag)], holds: Holds::Plain, empty_marks: true },
    Node { name: "blockquote", attrs: &[LOCAL_ID], holds: Holds::Blocks(&["paragraph", "orderedList", "bulletList", "codeBlock"], 1), empty_marks: false },
    Node { name: "panel", attrs: &[LOCAL_ID, ("panelType", true, Takes::OneOf(&["info", "note", "tip", "warning", "error", "success", "custom"])), ("panelIcon", false, Takes::Text), ("panelIconId", false, Takes::Text), ("panelIconText", false, Takes::Text), ("panelColor", false, Takes::Text)], holds: Holds::Blocks(&["paragraph", "heading", "bulletList", "orderedList", "codeBlock", "rule"], 1), empty_marks: false },
    Node { name: "rule", attrs: &[LOCAL_ID], holds: Holds::Nothing, empty_marks: false },
    Node { name: "table", attrs: &[("localId", false, Takes::NonEmpty), ("displayMode", false, Takes::OneOf(&["default", "fixed"])), ("isNumberColumnEnabled", false, Takes::Flag), ("layout", false, Takes::OneOf(&["wide", "full-width", "center", "align-end", "align-start", "default"])), ("width", false, Takes::Number(ANY.0, ANY.1))], holds: Holds::Blocks(&["tableRow"], 1), empty_marks: true },
    Node { name: "tableRow", attrs: &[LOCAL_ID], holds: Holds::Blocks(&["tableCell", "tableHeader"], 0), empty_marks: false },
    Node { name: "tableCell", attrs: CELL_ATTRS, holds: Holds::Blocks(CELL, 1), empty_marks: false },
    Node { name: "tableHeader", attrs: CELL_ATTRS, holds: Holds::Blocks(CELL, 1), empty_marks: false },
    Node { name: "expand", attrs: &[LOCAL_ID, ("title", false, Takes::Text)], holds: Holds::Blocks(EXPAND, 1), empty_marks: true },
    Node { name: "nestedExpand", attrs: &[LOCAL_ID, ("title", false, Takes::Text)], holds: Holds::Blocks(NESTED_EXPAND, 1), empty_marks: true },
    Node { name: "hardBreak", attrs: &[LOCAL_ID, ("text", false, Takes::OneOf(&["\n"]))], holds: Holds::Nothing, empty_marks: false },
    Node { name: "inlineCard", attrs: &[LOCAL_ID, ("url", true, Takes::Text)], holds: Holds::Nothing, empty_marks: false },
    Node { name: "status", attrs: &[LOCAL_ID, ("text", true, Takes::NonEmpty), ("color", true, Takes::Colour(&["neutral", "purple", "blue", "red", "yellow", "green"])), ("style", false, Takes::Text)], holds: Holds::Nothing, empty_marks: false },
    Node { name: "mention", attrs: &[LOCAL_ID, ("id", true, Takes::Text), ("text", false, Takes::Text), ("accessLevel", false, Takes::Text), ("userType", false, Takes::OneOf(&["DEFAULT", "SPECIAL", "APP"]))], holds: Holds::Nothing, empty_marks: false },
    Node { name: "emoji", attrs: &[LOCAL_ID, ("shortName", true, Takes::Text), ("id", false, Takes::Text), ("text", false, Takes::Text)], holds: Holds::Nothing, empty_marks: false },
    Node { name: "date", attrs: &[LOCAL_ID, ("timestamp", true, Takes::NonEmpty)], holds: Holds::Nothing, empty_marks: false },
];

/// Marks of text; those that may stand beside `code` are [`BESIDE_CODE`].
#[rustfmt::skip]
const MARKS: &[(&str, &[Attr])] = &[
    ("strong", &[]), ("em", &[]), ("strike", &[]), ("underline", &[]), ("code", &[]),
    ("link", &[("href", true, Takes::Text), ("title", false, Takes::Text), ("id", false, Takes::Text), ("collection", false, Takes::Text), ("occurrenceKey", false, Takes::Text)]),
    ("subsup", &[("type", true, Takes::OneOf(&["sub", "sup"]))]),
    ("textColor", &[("color", true, Takes::Colour(&[]))]),
    ("backgroundColor", &[("color", true, Takes::Colour(&[]))]),
];
const BESIDE_CODE: [&str; 2] = ["code", "link"];

/// Whether this is a document that Jira takes; the error says where and why not.
pub(crate) fn check(document: &Value) -> Result<(), String> {
    let map = object(document, "document")?;
    keys(map, &["type", "version", "content"], "document")?;
    if kind(map) != "doc" || map.get("version") != Some(&Value::from(1)) {
        return Err("document: type must be doc, version 1".to_owned());
    }
    children(map.get("content"), DOCUMENT, 0, "doc")
}

fn children(
    content: Option<&Value>,
    allowed: &[&str],
    least: usize,
    path: &str,
) -> Result<(), String> {
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
        if name == "text" {
            text(map, &path)
        } else {
            node(map, name, &path)
        }
    })
}

fn node(map: &Map<String, Value>, name: &str, path: &str) -> Result<(), String> {
    let Some(rule) = NODES.iter().find(|rule| rule.name == name) else {
        return Err(format!("{path}: unknown node"));
    };
    keys(map, &["type", "attrs", "content", "marks"], path)?;
    let needs_attrs = name == "nestedExpand" || rule.attrs.iter().any(|(_, required, _)| *required);
    attrs(map.get("attrs"), rule.attrs, needs_attrs, path)?;
    if map.get("marks").is_some_and(|marks| {
        !rule.empty_marks || marks.as_array().is_none_or(|marks| !marks.is_empty())
    }) {
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
                child
                    .get("marks")
                    .and_then(Value::as_array)
                    .is_some_and(|marks| !marks.is_empty())
            };
            if content
                .and_then(Value::as_array)
                .is_some_and(|nodes| nodes.iter().any(marked))
            {
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
    let marks = marks
        .as_array()
        .ok_or_else(|| format!("{path}: marks is no array"))?;
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
        return if needed {
            Err(format!("{path}: attrs are missing"))
        } else {
            Ok(())
        };
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
            Self::Number(least, most) => value
                .as_f64()
                .is_some_and(|number| (least..=most).contains(&number)),
            Self::Flag => value.is_boolean(),
            Self::Numbers => value
                .as_array()
                .is_some_and(|all| all.iter().all(Value::is_number)),
            Self::OneOf(names) => value.as_str().is_some_and(|name| names.contains(&name)),
            Self::Colour(names) => value
                .as_str()
                .is_some_and(|name| names.contains(&name) || is_colour(name)),
        };
        if fits {
            Ok(())
        } else {
            Err(format!("{path}: {value} does not fit"))
        }
    }
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.chars().all(|digit| digit.is_ascii_hexdigit()))
}

fn string(value: Option<&Value>, filled: bool, path: &str) -> Result<(), String> {
    let text = value
        .and_then(Value::as_str)
        .ok_or_else(|| format!("{path}: no text"))?;
    if filled && text.is_empty() {
        return Err(format!("{path}: empty text"));
    }
    let unfit = |one: &char| {
        (*one < ' ' && !matches!(one, '\t' | '\n' | '\r')) || matches!(one, '\u{fffe}' | '\u{ffff}')
    };
    match text.chars().find(unfit) {
        Some(one) => Err(format!(
            "{path}: control character U+{:04X}",
            u32::from(one)
        )),
        None => Ok(()),
    }
}

fn object<'v>(value: &'v Value, path: &str) -> Result<&'v Map<String, Value>, String> {
    value
        .as_object()
        .ok_or_else(|| format!("{path}: no object"))
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
