//! What the page of a single run says, as far as it may be shown where the page can be read: tickets and findings with
//! the words of the other outputs.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use crate::cli::output::ticket_findings::TicketFindings;
use crate::cli::output::words::counted;
use crate::cli::output::{pointing, rows, step, text};
use crate::cli::setup::prepare::Prepared;
use crate::compose::pointed::PointedFinding;
use crate::compose::section::TicketDetail;
use crate::compose::{Provenance, links};
use crate::document::{Block, Inline};
use crate::export::Item;
use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::Fingerprint;
use crate::model::survey::{Group, ReadReport, Sighting};
use crate::page::{RunPage, RunTicket};
use crate::pipeline::result::{Action, CommandOutcome, ResultTicket};

/// How many findings of a ticket are listed.
const FINDINGS: usize = 50;

/// How many skipped findings are listed.
const SKIPPED: usize = 100;

/// The page of a run, or of its plan.
pub(crate) fn render(outcome: &CommandOutcome, prepared: &Prepared) -> String {
    let detail = prepared.detail();
    let run = &prepared.run;
    let provenance = run.provenance();
    let place = match run.pull_request {
        Some(number) => format!("pull request #{number}"),
        None if run.branch.is_empty() => "no known branch".to_owned(),
        None => format!("branch {}", run.branch),
    };
    let mut details = if detail == TicketDetail::Full { skipped(outcome, &provenance) } else { Vec::new() };
    details.extend(reports(outcome, prepared));
    details.extend(facts(prepared, &provenance));
    let page = RunPage {
        repository: &run.repository.to_string(),
        place: &place,
        now: run.now,
        provenance: &provenance,
        detail,
        counts: counts(outcome),
        overview: overview(outcome, prepared),
        tickets: tickets(outcome, prepared),
        details,
    };
    page.render()
}

/// How many findings there were, how many tickets had each action, and what has none.
fn counts(outcome: &CommandOutcome) -> Vec<(String, usize, bool)> {
    let result = &outcome.result;
    let mut counts = vec![("Findings".to_owned(), result.findings.read, false)];
    let reached = result.fail_on.as_ref().map_or(0, |gate| gate.count());
    counts.push(("Reached fail-on".to_owned(), reached, true));
    let mut of_each: BTreeMap<Action, usize> = BTreeMap::new();
    result.tickets.iter().for_each(|ticket| *of_each.entry(ticket.action).or_default() += 1);
    let of_each = of_each.into_iter();
    counts.extend(
        of_each.map(|(action, count)| (capital(rows::word(action)), count, action == Action::Failed)),
    );
    counts.push(("Not filed".to_owned(), unnamed(outcome).count(), true));
    let new = result.without_ticket.as_ref().map_or(0, |new| new.count);
    counts.push(("New without a ticket".to_owned(), new, false));
    counts.push(("Skipped".to_owned(), result.findings.set_aside.values().sum(), false));
    counts.retain(|(name, count, _)| *count > 0 || name == "Findings");
    counts
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// What could not be filed and is no ticket of the result, because the tracker could not be read.
fn unnamed(outcome: &CommandOutcome) -> impl Iterator<Item = &Item> {
    let named: HashSet<Fingerprint> = outcome.result.tickets.iter().map(|ticket| ticket.group).collect();
    outcome.unfiled.iter().filter(move |item| !named.contains(&item.group))
}

/// What is to be known first: what went wrong, what reached `fail-on`, what is new, and the run in numbers.
fn overview(outcome: &CommandOutcome, prepared: &Prepared) -> Vec<Block> {
    let mut blocks = Vec::new();
    if outcome.is_plan {
        blocks.push(Block::text("This is a plan: nothing was written."));
    }
    if prepared.detail() != TicketDetail::Full {
        let why = "Everybody can read where this was run, so summaries, severities and places are left out.";
        blocks.push(Block::text(why));
    }
    if !outcome.unfiled.is_empty() {
        let were = if outcome.unfiled.len() == 1 { "was" } else { "were" };
        let line = format!("{} {were} not filed", counted(outcome.unfiled.len(), "ticket"));
        let see = Inline::text(": the problems below say why, and the next run files what is missing.");
        blocks.push(Block::Paragraph(vec![Inline::text("❌ "), Inline::strong(line), see]));
    }
    blocks.extend(pointing::blocks(outcome, prepared));
    let item = |line| vec![Block::text(line)];
    let items = text::sums_of(outcome, prepared).into_iter().map(item).collect();
    blocks.push(Block::List { ordered: false, items });
    let problems = &outcome.result.within(prepared.detail()).problems;
    if !problems.is_empty() {
        blocks.extend([heading("Problems"), step::problem_table(problems)]);
    }
    blocks
}

fn heading(text: &str) -> Block {
    Block::Heading(2, vec![Inline::text(text)])
}

/// The tickets in the order of the other outputs, and then what could not be filed.
fn tickets(outcome: &CommandOutcome, prepared: &Prepared) -> Vec<RunTicket> {
    let detail = prepared.detail();
    let findings = TicketFindings::of(&outcome.survey);
    let result = outcome.result.within(detail);
    let mut all: Vec<&ResultTicket> = result.tickets.iter().collect();
    all.sort_by_key(|ticket| (ticket.action, Reverse(ticket.severity)));
    let mut tickets: Vec<RunTicket> = all.into_iter().map(|ticket| row(ticket, &findings)).collect();
    if detail == TicketDetail::Full {
        tickets.extend(unnamed(outcome).map(|item| row(&unfiled(item, &findings), &findings)));
    }
    tickets
}

/// A ticket that does not exist, with the findings that it would have.
fn unfiled(item: &Item, findings: &TicketFindings<'_>) -> ResultTicket {
    let ids = findings.group(item.group).map(|group| group.kept().map(Sighting::id).collect());
    ResultTicket {
        key: None,
        url: None,
        action: Action::Failed,
        group: item.group,
        findings: ids.unwrap_or_default(),
        summary: item.summary.clone(),
        severity: Some(item.severity),
        status: None,
        project: Some(item.project.clone()),
    }
}

fn row(ticket: &ResultTicket, findings: &TicketFindings<'_>) -> RunTicket {
    let worst = findings.worst(ticket, FINDINGS);
    RunTicket {
        key: ticket.key.clone(),
        url: ticket.url.clone().unwrap_or_default(),
        action: match (ticket.action, &ticket.key) {
            (Action::Failed, None) => "not filed",
            (action, _) => rows::word(action),
        },
        summary: ticket.summary.clone(),
        severity: ticket.severity,
        status: ticket.status.clone().unwrap_or_default(),
        project: ticket.project.clone().unwrap_or_default(),
        more: if worst.is_empty() { 0 } else { ticket.findings.len().saturating_sub(worst.len()) },
        findings: worst,
    }
}

/// The findings that are skipped, the worst first, each with the reason.
fn skipped(outcome: &CommandOutcome, provenance: &Provenance) -> Vec<Block> {
    let (survey, result) = (&outcome.survey, &outcome.result);
    let listed = result.without_ticket.iter().flat_map(|new| &new.findings);
    let listed: HashSet<Fingerprint> = listed.map(|one| one.finding.id).collect();
    let mut all: Vec<(&Group, &Sighting, ExclusionReason)> = Vec::new();
    for group in survey.own() {
        let of_group = result.skipped_groups.get(&group.name()).copied();
        let reason = |one: &Sighting| one.skipped.or(of_group).filter(|_| !listed.contains(&one.id()));
        all.extend(group.sightings.iter().filter_map(|one| Some((group, one, reason(one)?))));
    }
    if all.is_empty() {
        return Vec::new();
    }
    all.sort_by_key(|(_, one, _)| Reverse(one.severity));
    let why = |one: &Sighting, reason: ExclusionReason| match survey.justifications.get(&one.id()) {
        Some(words) if !words.is_empty() => format!("{reason}: {words}"),
        _ => reason.to_string(),
    };
    let row = |&(group, one, reason): &(&Group, &Sighting, ExclusionReason)| {
        let finding = PointedFinding::of(group, survey, one);
        let last = vec![Inline::text(why(one, reason))];
        pointing::row(&finding, last, provenance)
    };
    let rows = all.iter().take(SKIPPED).map(row).collect();
    let mut blocks = vec![heading("Skipped findings")];
    blocks.extend(pointing::table("Why", rows, all.len()));
    blocks
}

/// The reports that were read.
fn reports(outcome: &CommandOutcome, prepared: &Prepared) -> Vec<Block> {
    let result = outcome.result.within(prepared.detail());
    if result.reports.is_empty() || prepared.detail() != TicketDetail::Full {
        return Vec::new();
    }
    let state = |report: &ReadReport| match (report.broken, report.whole) {
        (true, _) => "could not be read completely",
        (_, true) => "complete",
        _ => "says that the scan failed, or was not read completely",
    };
    let row = |report: &ReadReport| {
        let format = if report.format.is_empty() { "not recognised" } else { &report.format };
        let problems = report.problems.to_string();
        let texts = [format, &report.scanner, &report.findings.to_string(), &problems, state(report)];
        let path = vec![Inline::code(&report.path)];
        std::iter::once(path).chain(texts.map(|text| vec![Inline::text(text)])).collect()
    };
    let head = ["Report", "Format", "Scanner", "Findings", "Problems", "State"];
    let head = head.map(|title| vec![Inline::text(title)]).into();
    vec![heading("Reports"), Block::Table { head, rows: result.reports.iter().map(row).collect() }]
}

/// What the run was about.
fn facts(prepared: &Prepared, provenance: &Provenance) -> Vec<Block> {
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
