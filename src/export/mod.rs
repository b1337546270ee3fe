//! What the tracker would not take goes to a folder, so that nothing is lost: one Markdown file a
//! ticket, and all of them as JSON.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use crate::document::{markdown, visible};
use crate::error::{Error, Kind, Result};
use crate::model::scan::Problem;
use crate::model::write::Draft;

/// The folder, below the checkout's root.
pub const FOLDER: &str = "casefile-export";

/// Writes drafts that could not be filed; gives the remark that says where they are.
///
/// # Errors
/// The folder cannot be written.
pub fn write(root: &Path, drafts: &[Draft]) -> Result<Problem> {
    let folder = root.join(FOLDER);
    let wrong = |error: io::Error| {
        let message = format!("the export folder {} cannot be written: {error}", folder.display());
        Error::new(Kind::Machine, message).hint("take away what stands there, or let the job write there")
    };
    if folder.symlink_metadata().is_ok_and(|data| data.is_symlink()) {
        return Err(wrong(io::Error::other("it is a symbolic link, which is not followed")));
    }
    fs::create_dir_all(&folder).map_err(wrong)?;
    for draft in drafts {
        let summary = visible::one_line(&draft.summary);
        let text = format!(
            "# {}\n\n{}\n",
            markdown::inline(&[crate::document::Inline::text(summary)]),
            markdown::render(&draft.body)
        );
        fs::write(folder.join(format!("{}.md", draft.group)), text).map_err(wrong)?;
    }
    let all: Vec<Value> = drafts.iter().map(value).collect();
    let text = serde_json::to_string_pretty(&all).unwrap_or_default();
    fs::write(folder.join("tickets.json"), text).map_err(wrong)?;
    let tickets = if drafts.len() == 1 { "ticket was" } else { "tickets were" };
    let message =
        format!("{} {tickets} written there instead; the next run files what is missing", drafts.len());
    Ok(Problem::new(format!("{FOLDER}/"), message))
}

fn value(draft: &Draft) -> Value {
    json!({
        "group": draft.group,
        "project": draft.project,
        "summary": draft.summary,
        "description": markdown::render(&draft.body),
        "severity": draft.record.severity,
        "labels": draft.labels,
    })
}
