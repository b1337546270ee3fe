//! The nodes and marks of ADF that a ticket needs, as a table.

/// A kind of node: its attributes and what it holds.
pub(super) struct Node {
    pub(super) name: &'static str,
    pub(super) attrs: &'static [Attr],
    pub(super) holds: Holds,
    /// The schema allows an empty `marks`.
    pub(super) empty_marks: bool,
}

/// An attribute: name, whether it must be there, what it takes.
pub(super) type Attr = (&'static str, bool, Takes);

#[derive(Clone, Copy)]
pub(super) enum Takes {
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
pub(super) enum Holds {
    Nothing,
    /// Inline nodes; may be left out.
    Inline,
    /// Text without marks; may be left out.
    Plain,
    /// These nodes, at least so many; must be there.
    Blocks(&'static [&'static str], usize),
}

pub(super) const LOCAL_ID: Attr = ("localId", false, Takes::Text);
pub(super) const ANY: (f64, f64) = (f64::MIN, f64::MAX);
pub(super) const CELL: &[&str] = &[
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
pub(super) const CELL_ATTRS: &[Attr] = &[
    LOCAL_ID,
    ("colspan", false, Takes::Number(ANY.0, ANY.1)),
    ("rowspan", false, Takes::Number(ANY.0, ANY.1)),
    ("colwidth", false, Takes::Numbers),
    ("background", false, Takes::Text),
    ("valign", false, Takes::OneOf(&["top", "middle", "bottom"])),
];
pub(super) const DOCUMENT: &[&str] = &[
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
pub(super) const EXPAND: &[&str] = &[
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
pub(super) const NESTED_EXPAND: &[&str] =
    &["paragraph", "heading", "bulletList", "orderedList", "codeBlock", "blockquote", "panel", "rule"];
pub(super) const INLINE: &[&str] = &["text", "hardBreak", "inlineCard", "status", "mention", "emoji", "date"];

#[rustfmt::skip]
pub(super) const NODES: &[Node] = &[
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
pub(super) const MARKS: &[(&str, &[Attr])] = &[
    ("strong", &[]), ("em", &[]), ("strike", &[]), ("underline", &[]), ("code", &[]),
    ("link", &[("href", true, Takes::Text), ("title", false, Takes::Text), ("id", false, Takes::Text), ("collection", false, Takes::Text), ("occurrenceKey", false, Takes::Text)]),
    ("subsup", &[("type", true, Takes::OneOf(&["sub", "sup"]))]),
    ("textColor", &[("color", true, Takes::Colour(&[]))]),
    ("backgroundColor", &[("color", true, Takes::Colour(&[]))]),
];
pub(super) const BESIDE_CODE: [&str; 2] = ["code", "link"];
