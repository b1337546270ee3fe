//! A CSV for Jira's importer, one per project: a header row, and a column for each value of a field that has several
//! (Jira: "Importing data from CSV").

use std::collections::BTreeMap;

use super::item::Item;
use crate::document::visible::visible;
use crate::document::{Document, fit, wiki};
use crate::model::ticket::TicketKey;

/// What Jira accepts in one text field, in characters, with some room left.
const TEXT_LIMIT: usize = 32_000;

/// The files by name.
pub(super) fn tables(items: &[Item]) -> Vec<(String, Vec<u8>)> {
    let mut projects: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
    for item in items {
        projects.entry(&item.project).or_default().push(item);
    }
    let file = |(project, items): (&str, Vec<&Item>)| {
        // only a valid key becomes a part of a file's name
        let is_key = TicketKey::parse(&format!("{project}-1")).is_some_and(|_| project.len() <= 64);
        let name = if is_key { format!("jira-{project}.csv") } else { "jira.csv".to_owned() };
        (name, table(&items))
    };
    projects.into_iter().map(file).collect()
}

/// Cells contain exactly what the ticket is to have, even if it looks like the start of a formula: the importer does
/// not calculate, and an apostrophe would stay.
fn table(items: &[&Item]) -> Vec<u8> {
    let rows: Vec<Vec<(&str, Vec<String>)>> = items.iter().map(|item| row(item)).collect();
    let mut columns: Vec<(&str, usize)> = Vec::new();
    for (name, values) in rows.iter().flatten() {
        match columns.iter_mut().find(|(known, _)| known == name) {
            Some((_, most)) => *most = values.len().max(*most),
            None => columns.push((name, values.len())),
        }
    }
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // writing to memory does not fail
    let _ = writer.write_record(columns.iter().flat_map(|(name, most)| vec![*name; *most]));
    for row in &rows {
        let cells = columns.iter().flat_map(|(name, most)| {
            let values = row.iter().find(|(known, _)| known == name).map_or(&[][..], |(_, values)| values);
            (0..*most).map(|at| values.get(at).map_or("", String::as_str))
        });
        let _ = writer.write_record(cells);
    }
    writer.into_inner().unwrap_or_default()
}

/// The values of a ticket by column; each name once.
fn row(item: &Item) -> Vec<(&str, Vec<String>)> {
    let mut row = vec![
        ("Summary", vec![item.summary.clone()]),
        ("Issue Type", vec![item.issue_type.clone()]),
        ("Labels", item.labels.clone()),
        ("Description", vec![description(&item.body)]),
    ];
    for (name, values) in &item.fields {
        let shown = values.iter().map(|value| visible(value).into_owned());
        match row.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => known.extend(shown),
            None => row.push((name, shown.collect())),
        }
    }
    row
}

fn description(body: &Document) -> String {
    let length = |document: &Document| wiki::render(document).encode_utf16().count();
    wiki::render(&fit::fit(body, TEXT_LIMIT, length).0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Block;
    use crate::model::fingerprint::Recipe;
    use crate::model::severity::Severity;

    fn item(number: u64, project: &str, labels: &[&str], fields: &[(&str, &[&str])]) -> Item {
        let texts = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        Item {
            group: Recipe::new("item").number(number).finish(),
            project: project.to_owned(),
            issue_type: "Bug".to_owned(),
            summary: format!("=SUM({number}), \"quoted\""),
            body: Document::of(vec![Block::text("one"), Block::text("two {x}")]),
            severity: Severity::High,
            labels: texts(labels),
            fields: fields.iter().map(|(name, values)| ((*name).to_owned(), texts(values))).collect(),
        }
    }

    #[test]
    fn several_values_have_a_column_each() {
        let items = [
            item(1, "SEC", &["casefile", "a"], &[("Priority", &["High"]), ("Component", &["X", "Y"])]),
            item(2, "SEC", &["casefile"], &[("Due Date", &["2026-12-01"]), ("Component", &["Z"])]),
        ];
        let files = tables(&items);
        let [(name, text)] = files.as_slice() else { panic!("{} files", files.len()) };
        assert_eq!(name, "jira-SEC.csv");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_slice());
        let rows: Vec<Vec<String>> =
            reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        let head = [
            "Summary",
            "Issue Type",
            "Labels",
            "Labels",
            "Description",
            "Priority",
            "Component",
            "Component",
            "Due Date",
        ];
        assert_eq!(rows[0], head);
        let first =
            ["=SUM(1), \"quoted\"", "Bug", "casefile", "a", "one\n\ntwo \\{x\\}", "High", "X", "Y", ""];
        assert_eq!(rows[1], first);
        assert_eq!(rows[2][2..], ["casefile", "", "one\n\ntwo \\{x\\}", "", "Z", "", "2026-12-01"]);
    }

    #[test]
    fn each_project_has_its_file() {
        let items = [item(1, "SEC", &[], &[]), item(2, "OPS", &[], &[]), item(3, "../x", &[], &[])];
        let names: Vec<String> = tables(&items).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["jira.csv", "jira-OPS.csv", "jira-SEC.csv"]);
    }

    #[test]
    fn a_long_description_is_cut_to_what_jira_takes() {
        let mut long = item(1, "SEC", &[], &[]);
        long.body = Document::of(vec![Block::text("word ".repeat(20_000))]);
        assert!(description(&long.body).encode_utf16().count() <= TEXT_LIMIT);
    }
}
