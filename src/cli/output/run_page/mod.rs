//! What the page of a single run says, limited to what may be shown where the page can be read. Tickets and findings
//! are described in the words of the other outputs.
//!
//! | file | what is in it |
//! |---|---|
//! | `tickets` | the tickets, and what could not be filed |
//! | `findings` | the findings that deserve separate attention |
//! | `facts` | the reports, and what the run was about |

mod facts;
mod findings;
mod tickets;

use std::collections::BTreeMap;

use crate::cli::output::ticket_findings::TicketFindings;
use crate::cli::output::words::counted;
use crate::cli::output::{rows, step, text};
use crate::cli::setup::prepare::Prepared;
use crate::compose::section::TicketDetail;
use crate::document::Block;
use crate::page::RunPage;
use crate::pipeline::finding::WithoutTicket;
use crate::pipeline::gate::FailOnGate;
use crate::pipeline::result::{Action, CommandOutcome};

/// The page of a run, or of its plan.
pub(crate) fn render(outcome: &CommandOutcome, prepared: &Prepared) -> String {
    let (run, detail) = (&prepared.run, prepared.detail());
    let provenance = run.provenance();
    let place = match run.pull_request {
        Some(number) => format!("pull request #{number}"),
        None if run.branch.is_empty() => "unknown branch".to_owned(),
        None => format!("branch {}", run.branch),
    };
    let seen = TicketFindings::of(&outcome.survey);
    let unfiled = tickets::unfiled(outcome, &seen);
    let gate = outcome.result.fail_on.as_ref();
    let reached = gate.and_then(|gate| gate.counted(run.pull_request.is_some(), detail));
    let (mut findings, mut details) = (Vec::new(), Vec::new());
    if detail == TicketDetail::Full {
        findings = vec![findings::new(&outcome.result), findings::skipped(outcome)];
        details = facts::reports(&outcome.survey.reports);
    }
    details.extend(facts::facts(prepared, &provenance));
    let page = RunPage {
        repository: &run.repository.name,
        place: &place,
        now: run.now,
        provenance: &provenance,
        detail,
        counts: counts(outcome, unfiled.len()),
        alerts: unfiled_alert(outcome).into_iter().collect(),
        reached: reached.map(|sentence| (sentence, findings::reaching(&outcome.result, &unfiled, detail))),
        overview: overview(outcome, prepared),
        tickets: tickets::rows(&outcome.result, &unfiled, &seen, detail),
        findings,
        details,
    };
    page.render()
}

/// How many findings there were, how many tickets had each action, and how many findings have no ticket.
/// `unfiled`: how many tickets could not be filed and are not in the result.
fn counts(outcome: &CommandOutcome, unfiled: usize) -> Vec<(String, usize, bool)> {
    let result = &outcome.result;
    let mut of_each: BTreeMap<Action, usize> = BTreeMap::new();
    result.tickets.iter().for_each(|ticket| *of_each.entry(ticket.action).or_default() += 1);
    let mut counts = vec![
        ("Findings".to_owned(), result.findings.read, false),
        ("Reached fail-on".to_owned(), result.fail_on.as_ref().map_or(0, FailOnGate::count), true),
    ];
    let of_each = of_each.into_iter();
    counts.extend(
        of_each.map(|(action, count)| (capital(rows::word(action)), count, action == Action::Failed)),
    );
    let new = result.without_ticket.as_ref().map_or(0, |new| new.count);
    counts.extend([
        ("Not filed".to_owned(), unfiled, true),
        ("New without a ticket".to_owned(), new, false),
        ("Skipped".to_owned(), result.findings.skipped(), false),
    ]);
    counts.retain(|(name, count, _)| *count > 0 || name == "Findings");
    counts
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// What could not be filed.
fn unfiled_alert(outcome: &CommandOutcome) -> Option<String> {
    let count = outcome.unfiled.len();
    let were = if count == 1 { "was" } else { "were" };
    let tickets = counted(count, "ticket");
    (count > 0).then(|| {
        format!("{tickets} {were} not filed. The problems below say why; the next run files what is missing.")
    })
}

/// The run in numbers, and its problems.
fn overview(outcome: &CommandOutcome, prepared: &Prepared) -> Vec<Block> {
    let detail = prepared.detail();
    let mut lines = Vec::new();
    if outcome.is_plan {
        lines.push("This is a plan: nothing was written.".to_owned());
    }
    if detail != TicketDetail::Full {
        lines.push(
            "Summaries, severities and places are not shown, because this page may be public.".to_owned(),
        );
    }
    lines.extend(text::sums_of(outcome, prepared));
    lines.extend(outcome.result.without_ticket.iter().flat_map(WithoutTicket::lines));
    let items = lines.into_iter().map(|line| vec![step::line(&line)]).collect();
    let mut blocks = vec![Block::List { ordered: false, items }];
    let problems = &outcome.result.within(detail).problems;
    if !problems.is_empty() {
        blocks.extend([facts::heading("Problems"), step::problem_table(problems)]);
    }
    blocks
}
