//! What the tracker would not take goes to a folder, so that nothing is lost: one Markdown file a
//! ticket, and all of them as JSON.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use crate::document::{Document, Inline, markdown, visible};
use crate::error::{Error, Kind, Result};
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::model::severity::Severity;
use crate::model::write::Draft;

/// The folder, below the checkout's root.
pub const FOLDER: &str = "casefile-export";

/// A ticket that could not be filed, with everything that people would have read on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The group's first name; names the file as well.
    pub group: Fingerprint,
    /// One line.
    pub summary: String,
    /// The description.
    pub body: Document,
    /// The worst of its findings.
    pub severity: Severity,
    /// The labels by which it would have been found.
    pub labels: Vec<String>,
    /// The project's key, where it was decided.
    pub project: Option<String>,
}

impl From<Draft> for Item {
    fn from(draft: Draft) -> Item {
        Item {
            group: draft.group,
            summary: draft.summary,
            body: draft.body,
            severity: draft.record.severity,
            labels: draft.labels,
            project: Some(draft.project),
        }
    }
}

/// Writes tickets that could not be filed; gives the remark that says where they are.
///
/// # Errors
/// The folder cannot be written.
pub fn write(root: &Path, items: &[Item]) -> Result<Problem> {
    let folder = root.join(FOLDER);
    let wrong = |error: io::Error| {
        let message = format!("the export folder {} cannot be written: {error}", folder.display());
        Error::new(Kind::Machine, message).hint("take away what stands there, or let the job write there")
    };
    if folder.symlink_metadata().is_ok_and(|data| data.is_symlink()) {
        return Err(wrong(io::Error::other("it is a symbolic link, which is not followed")));
    }
    fs::create_dir_all(&folder).map_err(wrong)?;
    for item in items {
        let title = markdown::inline(&[Inline::text(visible::one_line(&item.summary))]);
        let text = format!("# {title}\n\n{}\n", markdown::render(&item.body));
        fs::write(folder.join(format!("{}.md", item.group)), text).map_err(wrong)?;
    }
    let all: Vec<Value> = items.iter().map(value).collect();
    let text = serde_json::to_string_pretty(&all).unwrap_or_default();
    fs::write(folder.join("tickets.json"), text).map_err(wrong)?;
    let tickets = if items.len() == 1 { "ticket was" } else { "tickets were" };
    let message =
        format!("{} {tickets} written there instead; the next run files what is missing", items.len());
    Ok(Problem::new(format!("{FOLDER}/"), message))
}

fn value(item: &Item) -> Value {
    json!({
        "group": item.group,
        "project": item.project,
        "summary": item.summary,
        "description": markdown::render(&item.body),
        "severity": item.severity,
        "labels": item.labels,
    })
}
