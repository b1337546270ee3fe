//! Documents and texts for the renderers' tests: anything, and what has broken tools like this one.

use proptest::prelude::*;

use super::words::PIECES;
use super::{Block, Document, DocumentPart, Inline};

/// A text of hostile pieces, or any text.
pub(crate) fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Any document.
pub(crate) fn document() -> impl Strategy<Value = Document> {
    prop::collection::vec(block(), 0..5).prop_map(|blocks| {
        let parts = blocks.into_iter().enumerate();
        let part =
            |(index, block)| DocumentPart { name: NAMES[index], weight: WEIGHTS[index], blocks: vec![block] };
        Document { parts: parts.map(part).collect() }
    })
}

const NAMES: [&str; 5] = ["what", "facts", "where", "fix", "provenance"];
const WEIGHTS: [u8; 5] = [250, 200, 100, 50, 200];

fn inline() -> impl Strategy<Value = Inline> {
    prop_oneof![
        5 => hostile().prop_map(Inline::Text),
        1 => hostile().prop_map(Inline::Strong),
        1 => hostile().prop_map(Inline::Emphasis),
        2 => hostile().prop_map(Inline::Code),
        1 => (hostile(), hostile()).prop_map(|(text, path)| Inline::link(text, &format!("https://a.example/{path}"))),
        1 => Just(Inline::Break),
    ]
}

fn inlines() -> impl Strategy<Value = Vec<Inline>> {
    prop::collection::vec(inline(), 0..4)
}

fn block() -> impl Strategy<Value = Block> {
    let row = || prop::collection::vec(inlines(), 0..3);
    let leaf = prop_oneof![
        (0..9_u8, inlines()).prop_map(|(level, inlines)| Block::Heading(level, inlines)),
        inlines().prop_map(Block::Paragraph),
        (prop::option::of(hostile()), hostile()).prop_map(|(language, text)| Block::Code { language, text }),
        (row(), prop::collection::vec(row(), 0..3)).prop_map(|(head, rows)| Block::Table { head, rows }),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let blocks = || prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            (any::<bool>(), prop::collection::vec(blocks(), 0..4))
                .prop_map(|(ordered, items)| Block::List { ordered, items }),
            blocks().prop_map(Block::Quote),
        ]
    })
}
