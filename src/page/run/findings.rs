//! A table of findings, each with its place and a note: its ticket, or why it has none.

use super::super::elements;
use crate::compose::pointed::PointedFinding;
use crate::compose::{Provenance, links};
use crate::document::Inline;
use crate::document::html::{self, escape};

/// A table of findings.
#[derive(Debug)]
pub(crate) struct FindingTable {
    /// Its name in links to it.
    pub id: &'static str,
    /// What they have in common, as its heading.
    pub heading: &'static str,
    /// What the notes are, as the heading of their column.
    pub notes: &'static str,
    /// The worst of them, each with its note.
    pub rows: Vec<(PointedFinding, Inline)>,
    /// How many there are, listed or not.
    pub all: usize,
}

impl FindingTable {
    /// The table under its heading; nothing where no finding is listed.
    pub(super) fn render(&self, out: &mut String, provenance: &Provenance) {
        let FindingTable { id, heading, notes, rows, all } = self;
        if rows.is_empty() {
            return;
        }
        out.push_str(&format!(
            "<h2 id=\"{id}\">{heading}</h2>\n<div class=\"scroll\"><table class=\"findings\"><thead><tr><th scope=\"col\">Severity</th>\
             <th scope=\"col\">Finding</th><th scope=\"col\">{notes}</th></tr></thead><tbody>\n"
        ));
        for (finding, note) in rows {
            let severity = elements::severity(Some(finding.severity));
            let (what, note) = (what(finding, provenance), html::inlines(std::slice::from_ref(note)));
            out.push_str(&format!(
                "<tr><td>{severity}</td><td>{what}</td><td data-label=\"{notes}\">{note}</td></tr>\n"
            ));
        }
        out.push_str("</tbody></table></div>\n");
        if *all > rows.len() {
            out.push_str(&format!("<p>and {} more</p>\n", all - rows.len()));
        }
    }
}

/// What is wrong, by which rule, and where.
fn what(finding: &PointedFinding, provenance: &Provenance) -> String {
    let mut what = escape(&finding.title);
    if !finding.rule.is_empty() && !finding.title.contains(&finding.rule) {
        what.push_str(&format!(" <code>{}</code>", escape(&finding.rule)));
    }
    if !finding.path.is_empty() {
        what.push_str(&format!("<br>{}", html::inlines(&[links::pointed(finding, provenance)])));
    }
    what
}
