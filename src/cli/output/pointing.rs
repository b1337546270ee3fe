//! Findings that people have to look at: what reached `fail-on`, and what is new on the pull request; in the step
//! summary as tables, and as annotations at their lines.

use crate::cli::output::words::counted;
use crate::cli::setup::prepare::Prepared;
use crate::compose::names::short_id;
use crate::compose::pointed::PointedFinding;
use crate::compose::section::TicketDetail;
use crate::compose::{Provenance, columns, links, marked};
use crate::document::{Block, Inline};
use crate::github::commands::{Annotation, Level};
use crate::model::new_finding::NoTicket;
use crate::model::severity::Severity;
use crate::pipeline::finding::{NewcomerDocument, ReachingFinding, WithoutTicket};
use crate::pipeline::result::{CommandOutcome, RunResult};

/// How many rows a table of the step summary has.
const LISTED: usize = 50;

/// What a severity looks like, so that it is recognised at a glance and not by its colour alone.
pub(crate) fn severity_cell(severity: Option<Severity>) -> Vec<Inline> {
    severity.map(marked).unwrap_or_default()
}

/// What reached `fail-on` and what is new, as tables.
pub(crate) fn blocks(outcome: &CommandOutcome, prepared: &Prepared) -> Vec<Block> {
    let (result, detail) = (&outcome.result, prepared.detail());
    let provenance = prepared.run.provenance();
    let mut blocks = Vec::new();
    if let Some(gate) = &result.fail_on
        && let Some(line) = gate.counted(result.pull_request.is_some(), detail)
    {
        blocks.push(Block::Paragraph(vec![Inline::text("❌ "), Inline::strong(line)]));
        let reached = gate.reached().iter().filter(|_| detail == TicketDetail::Full);
        let rows = reached.map(|one| row(&one.finding, vec![ticket(one, result)], &provenance));
        blocks.extend(table("Ticket", rows.collect(), gate.count()));
    }
    if let Some(new) = &result.without_ticket {
        let title = format!("{} without a ticket", counted(new.count, "new finding"));
        blocks.push(Block::Heading(3, vec![Inline::text(title)]));
        let listed = new.findings.iter().filter(|one| detail == TicketDetail::Full && !one.fails);
        let why = |one: &NewcomerDocument| vec![Inline::text(one.reason.describe(new.base.as_deref()))];
        // a reason that all have is said once, as in the section
        let common = new.reasons.keys().next().filter(|_| new.reasons.len() == 1);
        let last = |one: &NewcomerDocument| if common.is_some() { Vec::new() } else { why(one) };
        let rows: Vec<_> = listed.map(|one| row(&one.finding, last(one), &provenance)).collect();
        if detail != TicketDetail::Full || rows.is_empty() {
            let item = |line| vec![Block::text(line)];
            blocks.push(Block::List { ordered: false, items: reasons(new).into_iter().map(item).collect() });
        }
        if let Some(why) = common.filter(|_| !rows.is_empty()) {
            blocks.push(Block::text(format!("No ticket yet: {}.", why.describe(new.base.as_deref()))));
        }
        blocks.extend(table("Why", rows, new.milder));
    }
    blocks
}

/// How many findings have no ticket for each reason, one line each.
pub(crate) fn reasons(new: &WithoutTicket) -> Vec<String> {
    let line = |(why, count): (&NoTicket, &usize)| {
        format!("{}: {}", counted(*count, "new finding"), why.describe(new.base.as_deref()))
    };
    new.reasons.iter().map(line).collect()
}

fn row(finding: &PointedFinding, last: Vec<Inline>, provenance: &Provenance) -> Vec<Vec<Inline>> {
    let mut what = vec![Inline::text(&finding.title)];
    if !finding.rule.is_empty() && !finding.title.contains(&finding.rule) {
        what.extend([Inline::text(" "), Inline::code(short_id(finding.rule.clone()))]);
    }
    if !finding.path.is_empty() {
        what.extend([Inline::Break, links::pointed(finding, provenance)]);
    }
    vec![severity_cell(Some(finding.severity)), what, last]
}

fn table(last: &str, rows: Vec<Vec<Vec<Inline>>>, all: usize) -> Vec<Block> {
    if rows.is_empty() {
        return Vec::new();
    }
    let shown = rows.len().min(LISTED);
    let rows = rows.into_iter().take(LISTED).collect();
    let mut blocks = vec![columns::used(&["Severity", "Finding", last], rows)];
    if all > shown {
        blocks.push(Block::text(format!("and {} more", all - shown)));
    }
    blocks
}

/// The ticket of a finding, as a link to its page.
pub(super) fn ticket(one: &ReachingFinding, result: &RunResult) -> Inline {
    let Some(key) = &one.ticket else { return Inline::text(why(&one.finding, result).unwrap_or_default()) };
    let ticket = result.tickets.iter().find(|ticket| ticket.key.as_ref() == Some(key));
    links::ticket(key, ticket.and_then(|ticket| ticket.url.as_deref()))
}

/// Why a finding has no ticket, if that is known.
fn why(finding: &PointedFinding, result: &RunResult) -> Option<String> {
    let new = result.without_ticket.as_ref()?;
    let known = new.findings.iter().find(|one| one.finding.id == finding.id)?;
    Some(known.reason.describe(new.base.as_deref()))
}

/// An annotation at the line of each finding that reached `fail-on`, and of each new one. If no finding may be named, a
/// single annotation says how many reached it.
pub(crate) fn annotations(outcome: &CommandOutcome, prepared: &Prepared) -> Vec<Annotation> {
    let (result, detail) = (&outcome.result, prepared.detail());
    let gate = result.fail_on.as_ref().filter(|gate| gate.is_reached());
    if detail != TicketDetail::Full {
        let line = gate.and_then(|gate| gate.counted(result.pull_request.is_some(), detail));
        let one =
            |message| Annotation { level: Level::Error, title: "casefile".to_owned(), message, at: None };
        return line.map(one).into_iter().collect();
    }
    let reached: &[ReachingFinding] = gate.map_or(&[], |gate| gate.reached());
    let errors = reached.iter().map(|one| {
        let ticket = one.ticket.clone().or_else(|| why(&one.finding, result));
        annotation(Level::Error, &one.finding, "fail-on reached", ticket)
    });
    let others = result.without_ticket.iter().flat_map(|new| &new.findings).filter(|one| !one.fails);
    let warnings =
        others.map(|one| annotation(Level::Warning, &one.finding, "new", why(&one.finding, result)));
    errors.chain(warnings).collect()
}

/// For each level, how many findings get no annotation because only a limited number is listed.
pub(crate) fn unlisted(outcome: &CommandOutcome, prepared: &Prepared) -> [(Level, usize); 2] {
    let result = &outcome.result;
    if prepared.detail() != TicketDetail::Full {
        return [(Level::Error, 0), (Level::Warning, 0)];
    }
    let gate =
        result.fail_on.as_ref().map_or(0, |gate| gate.count() - gate.reached().len().min(gate.count()));
    let new = result
        .without_ticket
        .as_ref()
        .map_or(0, |new| new.milder - new.findings.iter().filter(|one| !one.fails).count());
    [(Level::Error, gate), (Level::Warning, new)]
}

fn annotation(level: Level, finding: &PointedFinding, what: &str, ticket: Option<String>) -> Annotation {
    let is_said = finding.rule.is_empty() || finding.title.contains(&finding.rule);
    let rule = if is_said { String::new() } else { format!(" ({})", short_id(finding.rule.clone())) };
    let ticket = ticket.map_or(String::new(), |ticket| format!(" [{ticket}]"));
    Annotation {
        level,
        title: format!("casefile: {}, {what}", finding.severity),
        message: format!("{}{rule}{ticket}", finding.title),
        at: finding.is_file.then(|| (finding.path.clone(), finding.line)),
    }
}
