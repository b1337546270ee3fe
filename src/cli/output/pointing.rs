//! Findings that people have to look at: what reached `fail-on`, and what is new on the pull request; in the step
//! summary as tables, and as annotations at their lines.

use crate::cli::output::words::counted;
use crate::cli::setup::prepare::Prepared;
use crate::compose::names::short_id;
use crate::compose::pointed::{self, PointedFinding};
use crate::compose::section::TicketDetail;
use crate::compose::{Provenance, columns, links, marked};
use crate::document::{Block, Inline};
use crate::github::commands::{Annotation, Level};
use crate::model::new_finding::NoTicket;
use crate::model::severity::Severity;
use crate::pipeline::finding::{NewGroupRow, ReachingFinding, WithoutTicket};
use crate::pipeline::result::{CommandOutcome, RunResult};

/// How many findings a table of the step summary lists one by one.
const LISTED: usize = 50;

/// What a severity looks like, so that it is recognised at a glance and not by its colour alone.
pub(crate) fn severity_cell(severity: Option<Severity>) -> Vec<Inline> {
    severity.map(marked).unwrap_or_default()
}

/// What reached `fail-on` and what is new, as tables. On a pull request, a row stands for all findings of a ticket.
pub(crate) fn blocks(outcome: &CommandOutcome, prepared: &Prepared) -> Vec<Block> {
    let (result, detail) = (&outcome.result, prepared.detail());
    let provenance = prepared.run.provenance();
    let groups = result.new_groups.rows.iter().filter(|_| detail == TicketDetail::Full);
    let (failing, milder): (Vec<&NewGroupRow>, Vec<_>) = groups.partition(|row| row.group.fails);
    let mut blocks = Vec::new();
    if let Some(gate) = &result.fail_on
        && let Some(line) = gate.counted(result.pull_request.is_some(), detail)
    {
        blocks.push(Block::Paragraph(vec![Inline::text("❌ "), Inline::strong(line)]));
        let reached = gate.reached().iter().filter(|_| detail == TicketDetail::Full && failing.is_empty());
        let rows = reached.map(|one| row(&one.finding, vec![ticket(one, result)], &provenance));
        let rows: Vec<_> = rows.take(LISTED).collect();
        let left = gate.count().saturating_sub(rows.len());
        blocks.extend(table("Ticket", rows, more(left, "finding")));
        let rows = failing.iter().map(|row| group_row(row, ticket_of(row, result), &provenance));
        let listed: usize = failing.iter().map(|row| row.group.failing.count).sum();
        let left = result.new_groups.failing.saturating_sub(listed);
        blocks.extend(table("Ticket", rows.collect(), more(left, "finding")));
    }
    if let Some(new) = &result.without_ticket {
        blocks.extend(new_blocks(new, &milder, result, &provenance, detail));
    }
    blocks
}

/// What is new and has no ticket; what reaches `fail-on` is in the table above.
fn new_blocks(
    new: &WithoutTicket,
    rows: &[&NewGroupRow],
    result: &RunResult,
    provenance: &Provenance,
    detail: TicketDetail,
) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(3, vec![Inline::text(new.heading())])];
    // a reason that all have is said once, as in the section
    let common = new.reasons.keys().next().filter(|_| new.reasons.len() == 1);
    let common = common.filter(|why| **why != NoTicket::JoinsOnMerge);
    let last = |row: &NewGroupRow| match common {
        Some(_) => Vec::new(),
        None => ticket_of(row, result),
    };
    let cells: Vec<_> = rows.iter().map(|row| group_row(row, last(row), provenance)).collect();
    if detail != TicketDetail::Full {
        let item = |line| vec![Block::text(line)];
        blocks.push(Block::List { ordered: false, items: new.lines().map(item).collect() });
        return blocks;
    }
    let above = new.beside_failing;
    let mut said: Vec<String> = Vec::from_iter(match above {
        0 => None,
        _ if above == new.count && above == 1 => Some("It is in the table above.".to_owned()),
        _ if above == new.count => Some("They are in the table above.".to_owned()),
        1 => Some("1 of them is in the table above.".to_owned()),
        _ => Some(format!("{above} of them are in the table above.")),
    });
    if let Some(why) = common.filter(|_| !cells.is_empty()) {
        said.push(format!("No ticket yet: {}.", why.describe(new.base.as_deref())));
    }
    if !said.is_empty() {
        blocks.push(Block::text(said.join(" ")));
    }
    let listed: usize = rows.iter().map(|row| row.group.findings.count).sum();
    let left = new.count.saturating_sub(above + listed);
    blocks.extend(table("Ticket", cells, more(left, "new finding")));
    blocks
}

fn group_row(row: &NewGroupRow, last: Vec<Inline>, provenance: &Provenance) -> Vec<Vec<Inline>> {
    let one = &row.group;
    let mut what = vec![Inline::text(&one.title)];
    if !one.fix.is_empty() {
        what.extend([Inline::Break, Inline::text(&one.fix)]);
    }
    if !one.place.path.is_empty() {
        let place = pointed::place(&one.place.path, one.place.line);
        what.extend([Inline::Break, links::remembered(place, &one.place, provenance)]);
        what.extend((one.further.more > 0).then(|| Inline::text(and_more(one.further.more))));
    }
    vec![severity_cell(Some(one.severity)), what, last]
}

/// ` and 2 more`; nothing if there are none.
pub(super) fn and_more(count: usize) -> String {
    if count == 0 { String::new() } else { format!(" and {count} more") }
}

/// The line below a table that does not list this many.
fn more(count: usize, what: &str) -> Option<String> {
    (count > 0).then(|| format!("and {}", counted(count, &format!("more {what}"))))
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

fn table(last: &str, rows: Vec<Vec<Vec<Inline>>>, more: Option<String>) -> Vec<Block> {
    if rows.is_empty() {
        return Vec::new();
    }
    let table = columns::used(&["Severity", "Finding", last], rows);
    std::iter::once(table).chain(more.map(Block::text)).collect()
}

/// The ticket of findings, or why they have none.
fn ticket_of(row: &NewGroupRow, result: &RunResult) -> Vec<Inline> {
    let base = result.without_ticket.as_ref().and_then(|new| new.base.as_deref());
    match (&row.key, row.group.why) {
        (Some(key), Some(NoTicket::JoinsOnMerge)) => {
            let when = base.map_or("merged".to_owned(), |base| format!("merged into {base}"));
            vec![linked(key, result), Inline::Break, Inline::text(format!("when {when}"))]
        }
        (Some(key), _) => vec![linked(key, result)],
        (None, why) => vec![Inline::text(why.map(|why| why.describe(base)).unwrap_or_default())],
    }
}

/// The ticket of a finding, as a link to its page.
pub(super) fn ticket(one: &ReachingFinding, result: &RunResult) -> Inline {
    let Some(key) = &one.ticket else { return Inline::text(why(&one.finding, result).unwrap_or_default()) };
    linked(key, result)
}

fn linked(key: &String, result: &RunResult) -> Inline {
    let ticket = result.tickets.iter().find(|ticket| ticket.key.as_ref() == Some(key));
    links::ticket(key, ticket.and_then(|ticket| ticket.url.as_deref()))
}

/// Why a finding has no ticket, if that is known.
fn why(finding: &PointedFinding, result: &RunResult) -> Option<String> {
    let new = result.without_ticket.as_ref()?;
    let known = new.findings.iter().find(|one| one.finding.id == finding.id)?;
    let row = result.new_groups.rows.iter().find(|row| row.group.id == known.group);
    let (key, base) = (row.and_then(|row| row.key.as_deref()), new.base.as_deref());
    Some(key.map_or_else(|| known.reason.describe(base), |key| known.reason.describe_for(key, base)))
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
