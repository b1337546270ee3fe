//! The reports of a run, and what it was about.

use crate::cli::setup::prepare::Prepared;
use crate::compose::{Provenance, links};
use crate::document::{Block, Inline};
use crate::model::survey::ReadReport;

/// The heading of a part of the page.
pub(super) fn heading(text: &str) -> Block {
    Block::Heading(2, vec![Inline::text(text)])
}

/// The reports that were read.
pub(super) fn reports(reports: &[ReadReport]) -> Vec<Block> {
    if reports.is_empty() {
        return Vec::new();
    }
    let state = |report: &ReadReport| match (report.broken, report.whole) {
        (true, _) => "could not be read completely",
        (_, true) => "complete",
        _ => "incomplete, or its scan failed",
    };
    let row = |report: &ReadReport| {
        let format = if report.format.is_empty() { "not recognised" } else { &report.format };
        let (findings, problems) = (report.findings.to_string(), report.problems.to_string());
        let texts = [format, &report.scanner, &findings, &problems, state(report)];
        let path = vec![Inline::code(&report.path)];
        std::iter::once(path).chain(texts.map(|text| vec![Inline::text(text)])).collect()
    };
    let head = ["Report", "Format", "Scanner", "Findings", "Problems", "State"];
    let head = head.map(|title| vec![Inline::text(title)]).into();
    vec![heading("Reports"), Block::Table { head, rows: reports.iter().map(row).collect() }]
}

/// What the run was about.
pub(super) fn facts(prepared: &Prepared, provenance: &Provenance) -> Vec<Block> {
    let run = &prepared.run;
    let mut facts = vec![("Repository", links::repository(provenance))];
    if !run.branch.is_empty() {
        facts.push(("Branch", links::branch(&run.branch, provenance)));
    }
    if !run.commit.is_empty() {
        facts.push(("Commit", links::commit(provenance)));
    }
    facts.extend(run.pull_request.map(|number| ("Pull request", links::pull_request(number, provenance))));
    facts.extend(run.url.as_deref().map(|page| ("Workflow run", Inline::link(page, page))));
    facts.push(("Settings", Inline::text(prepared.source())));
    let row = |(name, value)| vec![vec![Inline::strong(name)], vec![value]];
    vec![heading("The run"), Block::Table { head: Vec::new(), rows: facts.into_iter().map(row).collect() }]
}
