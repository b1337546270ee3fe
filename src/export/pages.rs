//! Tickets for people: a Markdown page each, and an index.

use super::item::Item;
use crate::document::visible::one_line;
use crate::document::{Block, Document, Inline, markdown};

/// A ticket's page: its summary, its fields, its description.
pub(super) fn page(item: &Item) -> String {
    let mut rows = vec![
        ("Project", item.project.clone()),
        ("Issue Type", item.issue_type.clone()),
        ("Severity", item.severity.name().to_owned()),
        ("Labels", item.labels.join(", ")),
    ];
    rows.extend(item.fields.iter().map(|(name, values)| (name.as_str(), values.join(", "))));
    let cell = |text: &str| vec![Inline::text(one_line(text))];
    let rows = rows.iter().map(|(name, value)| vec![cell(name), cell(value)]).collect();
    let head = vec![cell("Field"), cell("Value")];
    let fields = markdown::render(&Document::of(vec![Block::Table { head, rows }]));
    format!("# {}\n\n{fields}\n{}", text(&item.summary), markdown::render(&item.body))
}

/// All tickets, the severest first.
pub(super) fn index(items: &[Item]) -> String {
    let mut sorted: Vec<&Item> = items.iter().collect();
    sorted.sort_by_key(|item| (std::cmp::Reverse(item.severity), &item.project, &item.summary));
    let tickets = if items.len() == 1 { "ticket" } else { "tickets" };
    let mut page = format!("# {} {tickets}, as casefile would file them\n", items.len());
    if !items.is_empty() {
        page.push_str("\n| Severity | Project | Ticket |\n| --- | --- | --- |\n");
    }
    for item in sorted {
        let (summary, file) = (text(&item.summary), item.page());
        page.push_str(&format!("| {} | {} | [{summary}]({file}) |\n", item.severity, text(&item.project)));
    }
    page
}

/// A text on one line.
fn text(text: &str) -> String {
    markdown::inline(&[Inline::text(one_line(text))])
}
