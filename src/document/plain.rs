//! Stand-in for the plain renderer: words alone, a line a block.

use super::{Block, Document, Inline};

/// The document as plain text.
pub fn render(document: &Document) -> String {
    document.blocks().map(block).collect::<Vec<_>>().join("\n")
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(_, line) | Block::Paragraph(line) => inlines(line),
        Block::List { items, .. } => items.iter().flatten().map(self::block).collect::<Vec<_>>().join("\n"),
        Block::Code { text, .. } => text.clone(),
        Block::Table { head, rows } => {
            std::iter::once(head).chain(rows).flatten().map(|c| inlines(c)).collect::<Vec<_>>().join("\n")
        }
        Block::Quote(blocks) => blocks.iter().map(self::block).collect::<Vec<_>>().join("\n"),
        Block::Fold { summary, blocks } => std::iter::once(inlines(summary))
            .chain(blocks.iter().map(self::block))
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

fn inlines(line: &[Inline]) -> String {
    line.iter()
        .map(|inline| match inline {
            Inline::Text(text) | Inline::Strong(text) | Inline::Emphasis(text) | Inline::Code(text) => text,
            Inline::Link(link) => link.text(),
            Inline::Break => " ",
        })
        .collect()
}
