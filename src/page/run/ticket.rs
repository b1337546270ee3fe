//! A ticket of a run with the findings that it stands for.

use super::super::elements;
use super::super::list::{Cell, Column, Row};
use crate::compose::pointed::PointedFinding;
use crate::compose::{Provenance, links};
use crate::document::html::{self, escape};
use crate::model::severity::Severity;

/// How many findings are shown before the others are collapsed.
const FIRST: usize = 3;

/// The mark of a ticket whose findings reached `fail-on`.
const REACHED: &str = " <span class=\"reached\">reached fail-on</span>";

/// A ticket of a run.
#[derive(Debug, Clone, Default)]
pub(crate) struct RunTicket {
    /// Its key; a ticket that does not exist has none.
    pub key: Option<String>,
    /// Its page in the tracker; empty if it has none.
    pub url: String,
    /// What became of it, in one word.
    pub action: &'static str,
    /// Its summary, on one line; empty if not everybody may see it.
    pub summary: String,
    /// The highest severity of its findings, if that is known and may be shown.
    pub severity: Option<Severity>,
    /// Whether its findings reached `fail-on`, if that may be shown and there is such a limit.
    pub reached: Option<bool>,
    /// The name of its status, if that is known.
    pub status: String,
    /// The key of its project, if that is known.
    pub project: String,
    /// The worst of its findings that this run saw.
    pub findings: Vec<PointedFinding>,
    /// How many more it has.
    pub more: usize,
}

/// The columns of the run's tickets.
pub(super) const COLUMNS: [Column; 6] = [
    Column { name: "Ticket", width: "key", sort: "" },
    Column { name: "Severity", width: "level", sort: "worst" },
    Column { name: "Findings", width: "", sort: "" },
    Column { name: "Action", width: "status", sort: "" },
    Column { name: "Status", width: "name", sort: "" },
    Column { name: "Scanner", width: "name", sort: "" },
];

/// The columns that everybody may see.
pub(super) const KEY_COLUMNS: [Column; 3] = [
    Column { name: "Ticket", width: "", sort: "" },
    Column { name: "Action", width: "", sort: "" },
    Column { name: "Status", width: "", sort: "" },
];

impl RunTicket {
    /// Its row if everybody can read the page.
    pub(super) fn key_row(&self) -> Row {
        let cells = vec![self.key(), Cell::text(self.action), Cell::text(&self.status)];
        Row { filters: vec![("action", self.action.to_owned()), ("project", self.project.clone())], cells }
    }

    /// Its row. `prefix`: the beginning of all summaries.
    pub(super) fn row(&self, prefix: &str, provenance: &Provenance) -> Row {
        let mut scanners: Vec<&str> = self.findings.iter().map(|one| one.scanner.as_str()).collect();
        scanners.sort_unstable();
        scanners.dedup();
        let reached = |reached| if reached { "reached" } else { "not reached" }.to_owned();
        let filters = vec![
            ("gate", self.reached.map(reached).unwrap_or_default()),
            ("action", self.action.to_owned()),
            ("severity", self.severity.map_or("", Severity::name).to_owned()),
            ("project", self.project.clone()),
            ("scanner", scanners.join("\n")),
        ];
        let mark = if self.reached == Some(true) { REACHED } else { "" };
        let summary = escape(self.summary.strip_prefix(prefix).unwrap_or(&self.summary));
        let cells = vec![
            self.key(),
            Cell::severity(self.severity).followed_by(mark),
            Cell::html(summary + &self.places(provenance)),
            Cell::text(self.action),
            Cell::text(&self.status),
            Cell::text(&scanners.join(", ")),
        ];
        Row { filters, cells }
    }

    fn key(&self) -> Cell {
        self.key.as_ref().map_or(Cell::default(), |key| Cell::html(elements::link(key, &self.url)))
    }

    /// The places of its findings: the first ones, and the others collapsed.
    fn places(&self, provenance: &Provenance) -> String {
        let (first, others) = self.findings.split_at(self.findings.len().min(FIRST));
        let mut out = list(first, &self.summary, provenance);
        let left = others.len() + self.more;
        if left > 0 {
            let rest = if self.more > 0 {
                format!("<p>and {} more, which the JSON result lists</p>", self.more)
            } else {
                String::new()
            };
            let others = list(others, &self.summary, provenance);
            out.push_str(&format!("<details><summary>and {left} more</summary>{others}{rest}</details>"));
        }
        out
    }
}

/// One line for each finding: its place, and its rule unless the summary names it.
fn list(findings: &[PointedFinding], summary: &str, provenance: &Provenance) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let line = |one: &PointedFinding| {
        let place = html::inlines(&[links::pointed(one, provenance)]);
        let is_said = one.rule.is_empty() || summary.contains(&one.rule);
        let rule = if is_said { String::new() } else { format!(" {}", escape(&one.rule)) };
        format!("<li>{place}{rule}</li>")
    };
    format!("<ul class=\"places\">{}</ul>", findings.iter().map(line).collect::<String>())
}
