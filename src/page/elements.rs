//! Links, severities and cards as HTML.

use crate::document::Inline;
use crate::document::html::{self, escape};
use crate::model::severity::Severity;

/// An important number, with its name.
pub(super) struct Card<'c> {
    pub(super) name: &'c str,
    pub(super) count: usize,
    /// Whether a count above zero is bad news.
    pub(super) is_bad: bool,
}

/// The most important numbers.
pub(super) fn cards<'c>(out: &mut String, cards: impl IntoIterator<Item = Card<'c>>) {
    out.push_str("<dl class=\"cards\">\n");
    for Card { name, count, is_bad } in cards {
        let class = if is_bad && count > 0 { "bad" } else { "" };
        out.push_str(&format!("<div class=\"{class}\"><dt>{}</dt><dd>{count}</dd></div>\n", escape(name)));
    }
    out.push_str("</dl>\n");
}

/// A text, as a link if it has a web page.
pub(super) fn link(text: &str, page: &str) -> String {
    html::inlines(&[Inline::link(text, page)])
}

/// A severity as a word with its colour.
pub(super) fn severity(severity: Option<Severity>) -> String {
    let name = severity.map_or("unknown", Severity::name);
    format!("<span class=\"severity {name}\">{name}</span>")
}
