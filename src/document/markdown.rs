//! Stand-in for the Markdown renderer: words alone, a paragraph a block.

use super::Document;

/// The document as Markdown.
pub fn render(document: &Document) -> String {
    super::plain::render(document).replace('\n', "\n\n").replace('<', "&lt;")
}
