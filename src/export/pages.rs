//! Tickets for people: a Markdown page each, and an index.

use super::item::Item;
use crate::document::visible::one_line;
use crate::document::{Block, Document, Inline, markdown};

/// A ticket's page: its summary, its fields, its description as Markdown.
pub(super) fn page(item: &Item, description: &str) -> String {
    let cell = |text: &str| vec![Inline::text(one_line(text))];
    let mut rows = vec![
        vec![cell("Project"), cell(&item.project)],
        vec![cell("Issue Type"), cell(&item.issue_type)],
        vec![cell("Severity"), cell(item.severity.name())],
        vec![cell("Labels"), exact(&item.labels)],
    ];
    rows.extend(item.fields.iter().map(|(name, values)| vec![cell(name), exact(values)]));
    let head = vec![cell("Field"), cell("Value")];
    let fields = markdown::render(&Document::of(vec![Block::Table { head, rows }]));
    format!("# {}\n\n{fields}\n{description}", text(&item.summary))
}

/// All tickets, most severe first.
pub(super) fn index(items: &[Item]) -> String {
    let mut sorted: Vec<&Item> = items.iter().collect();
    sorted.sort_by_key(|item| (std::cmp::Reverse(item.severity), &item.project, &item.summary));
    let tickets = if items.len() == 1 { "ticket" } else { "tickets" };
    let mut page = format!("# {} {tickets} that casefile would file\n", items.len());
    if !items.is_empty() {
        page.push_str("\n| Severity | Project | Ticket |\n| --- | --- | --- |\n");
    }
    for item in sorted {
        let (summary, file) = (text(&item.summary), item.page());
        page.push_str(&format!("| {} | {} | [{summary}]({file}) |\n", item.severity, text(&item.project)));
    }
    page
}

/// Values that a person copies: what would be escaped or broken up as text, such as a label that looks like a commit,
/// is shown as code, which is exactly what is meant.
fn exact(values: &[String]) -> Vec<Inline> {
    let one = |value: &String| {
        let value = one_line(value);
        if text(&value) == value { Inline::text(value) } else { Inline::code(value) }
    };
    let mut all: Vec<Inline> = values.iter().flat_map(|value| [one(value), Inline::text(", ")]).collect();
    all.pop();
    all
}

/// A text on one line.
fn text(text: &str) -> String {
    markdown::inline(&[Inline::text(one_line(text))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fingerprint::Recipe;
    use crate::model::severity::Severity;

    #[test]
    fn what_is_copied_from_a_page_is_what_was_meant() {
        let labels = ["casefile", "casefile-repo-0123456789ab", "casefile-0011223344556677aabb", "a_b*c"];
        let item = Item {
            group: Recipe::new("item").finish(),
            project: "SEC".to_owned(),
            issue_type: "Bug".to_owned(),
            summary: "one".to_owned(),
            body: Document::default(),
            severity: Severity::High,
            labels: labels.map(str::to_owned).into(),
            fields: vec![
                ("Parent".to_owned(), vec!["SEC-1".to_owned()]),
                ("Region".to_owned(), vec!["EU -> DE".to_owned(), "none".to_owned()]),
            ],
        };
        let page = page(&item, "");
        let check = |row: &str| assert!(page.lines().any(|line| line == row), "{row}: {page}");
        check(
            "| Labels | casefile, `casefile-repo-0123456789ab`, `casefile-0011223344556677aabb`, `a_b*c` |",
        );
        check("| Parent | `SEC-1` |");
        check("| Region | `EU -> DE`, none |");
    }
}
