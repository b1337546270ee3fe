//! Tables, each row on one line.

use super::{MarkdownContext, line};
use crate::document::Inline;

/// The table with as many columns as its widest row; GitHub requires a heading row, so a missing one is written with
/// empty cells.
pub(super) fn render(head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) -> String {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0).max(head.len());
    if width == 0 {
        return String::new();
    }
    let row = |cells: &[Vec<Inline>]| {
        let cell =
            |at: usize| cells.get(at).map_or_else(String::new, |cell| line(cell, MarkdownContext::Cell));
        let cells: Vec<String> = (0..width).map(cell).collect();
        format!("| {} |", cells.join(" | "))
    };
    let mut lines = vec![row(head), format!("|{}", " --- |".repeat(width))];
    lines.extend(rows.iter().map(|cells| row(cells)));
    lines.join("\n")
}
