//! Tickets as files: what the tracker did not accept, so that nothing is lost, and what `casefile export` writes
//! instead of filing. One Markdown file per ticket with an index, all of them as JSON, and for each project a CSV for
//! Jira's importer.

mod folder;
mod item;
mod jira;
mod pages;
mod sarif;

use std::path::Path;

use serde_json::{Value, json};

use self::folder::ExportFolder;
use crate::document::markdown;
use crate::error::Result;
use crate::model::scan::Problem;

pub(crate) use item::Item;
pub(crate) use sarif::sarif;

/// The folder for what could not be filed, relative to the checkout's root.
pub(crate) const FOLDER: &str = "casefile-export";

/// Writes tickets to a folder, in place of what an earlier export left there; returns the files' names.
///
/// # Errors
/// The folder cannot be written, or contains somebody else's file with one of these names.
pub(crate) fn write(folder: &Path, items: &[Item]) -> Result<Vec<String>> {
    let mut files = vec![("index.md".to_owned(), pages::index(items).into_bytes())];
    let mut tickets = Vec::new();
    for item in items {
        let description = markdown::render(&item.body);
        files.push((item.page(), pages::page(item, &description).into_bytes()));
        tickets.push(value(item, description));
    }
    files.extend(jira::tables(items));
    ExportFolder::open(folder)?.replace(&files, &tickets)
}

/// Removes what an earlier export left in a folder, and the folder itself if nothing else is in it.
///
/// # Errors
/// A file of casefile's own cannot be removed.
pub(crate) fn clear(folder: &Path) -> Result<()> {
    if folder.symlink_metadata().is_err() {
        return Ok(());
    }
    ExportFolder::open(folder)?.clear()
}

/// What is reported about tickets that a run could not file and wrote to [`FOLDER`] instead. `more`: how many it could
/// not even write.
pub(crate) fn unfiled(count: usize, more: usize) -> Problem {
    let tickets = if count == 1 { "ticket was" } else { "tickets were" };
    let those = match more {
        0 => String::new(),
        _ => format!(" (the ones with the most severe findings, out of {} in total)", count + more),
    };
    let message = format!(
        "{count} {tickets} written to this folder instead of being filed{those}; the next run files what is \
         missing"
    );
    Problem::new(format!("{FOLDER}/"), message)
}

fn value(item: &Item, description: String) -> Value {
    let fields: serde_json::Map<String, Value> =
        item.fields.iter().map(|(name, values)| (name.clone(), json!(values))).collect();
    json!({
        "group": item.group,
        "project": item.project,
        "issue-type": item.issue_type,
        "summary": item.summary,
        "description": description,
        "severity": item.severity,
        "labels": item.labels,
        "fields": fields,
        "file": item.page(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_even_written_is_counted() {
        let check = |count, more, expected: &str| assert_eq!(unfiled(count, more).message, expected);
        let next = "the next run files what is missing";
        check(1, 0, &format!("1 ticket was written to this folder instead of being filed; {next}"));
        let severe = "(the ones with the most severe findings, out of 12 in total)";
        check(
            9,
            3,
            &format!("9 tickets were written to this folder instead of being filed {severe}; {next}"),
        );
    }
}
