//! The tickets of a run as tables of the step summary.

use std::cmp::Reverse;

use crate::cli::output::ticket_findings::TicketFindings;
use crate::cli::output::{pointing, rows, text};
use crate::cli::setup::prepare::Prepared;
use crate::compose::pointed::PointedFinding;
use crate::compose::section::TicketDetail;
use crate::compose::{Provenance, columns, links};
use crate::document::{Document, Inline, markdown};
use crate::model::survey::Sighting;
use crate::pipeline::result::{Action, CommandOutcome, ResultTicket};

/// How many tickets the summary lists.
const LISTED: usize = 300;

/// How many of the tickets that a run leaves as they are stay visible without unfolding.
const UNFOLDED: usize = 10;

/// Makes tables of tickets.
pub(super) struct TicketTables<'a> {
    findings: TicketFindings<'a>,
    provenance: Provenance,
    detail: TicketDetail,
    prefix: &'a str,
}

impl<'a> TicketTables<'a> {
    pub(super) fn of(outcome: &'a CommandOutcome, prepared: &'a Prepared) -> TicketTables<'a> {
        TicketTables {
            findings: TicketFindings::of(&outcome.survey),
            provenance: prepared.run.provenance(),
            detail: prepared.detail(),
            prefix: &prepared.config.summary_prefix,
        }
    }

    /// What the run did, and collapsed, if there are many, what it left as it is.
    pub(super) fn parts(&self, all: &[ResultTicket]) -> Vec<String> {
        let mut tickets: Vec<&ResultTicket> = all.iter().collect();
        tickets.sort_by_key(|ticket| (ticket.action, Reverse(ticket.severity)));
        let more = tickets.len().saturating_sub(LISTED);
        tickets.truncate(LISTED);
        let is_left = |ticket: &&ResultTicket| {
            let is_left = matches!(ticket.action, Action::Tracked | Action::Deferred | Action::NotSelected);
            is_left && !ticket.resolved_on_merge
        };
        let folds = tickets.iter().filter(|ticket| is_left(ticket)).count() > UNFOLDED;
        let (left, seen): (Vec<_>, Vec<_>) = tickets.into_iter().partition(|ticket| folds && is_left(ticket));
        let mut parts = Vec::new();
        if !seen.is_empty() {
            parts.push(self.table(&seen));
        }
        if !left.is_empty() {
            let rows = self.table(&left);
            parts.push(format!("<details><summary>{}</summary>\n\n{rows}\n</details>\n", counts(&left)));
        }
        if more > 0 {
            parts.push(format!("and {}\n", text::counted(more, "more ticket")));
        }
        parts
    }

    fn table(&self, tickets: &[&ResultTicket]) -> String {
        let head: &[&str] = match self.detail {
            TicketDetail::Full => &["Ticket", "Action", "Severity", "Summary", "Status", "Due"],
            _ => &["Ticket", "Action", "Status"],
        };
        let rows = tickets.iter().map(|ticket| self.row(ticket)).collect();
        markdown::render(&Document::of(vec![columns::used(head, rows)]))
    }

    fn row(&self, ticket: &ResultTicket) -> Vec<Vec<Inline>> {
        let key = ticket
            .key
            .as_deref()
            .map_or(Inline::text("–"), |key| links::ticket(key, ticket.url.as_deref()));
        let status = Inline::text(ticket.status.clone().unwrap_or_default());
        let action = Inline::text(match ticket.resolved_on_merge {
            true => "resolved when merged",
            false => rows::cell(ticket.action),
        });
        match self.detail {
            TicketDetail::Full => vec![
                vec![key],
                vec![action],
                pointing::severity_cell(ticket.severity),
                self.summary(ticket),
                vec![status],
                vec![Inline::text(ticket.due.map(columns::day).unwrap_or_default())],
            ],
            _ => vec![vec![key], vec![action], vec![status]],
        }
    }

    /// The summary, with the place of the worst finding below, and how many more places there are.
    fn summary(&self, ticket: &ResultTicket) -> Vec<Inline> {
        let mut cell = vec![Inline::text(rows::title(ticket, self.prefix))];
        let all = self.findings.all(ticket);
        let worst: Option<&Sighting> = all.iter().copied().min_by_key(|one| Reverse(one.severity));
        let worst = worst.and_then(|worst| self.findings.pointed(ticket, worst));
        if let Some(worst) = worst.filter(|worst: &PointedFinding| !worst.path.is_empty()) {
            let more = self.findings.count_places(&all).saturating_sub(1);
            cell.extend([Inline::Break, links::pointed(&worst, &self.provenance)]);
            cell.extend((more > 0).then(|| Inline::text(pointing::and_more(more))));
        }
        cell
    }
}

/// How many tickets are left as they are, by what the run says about them.
fn counts(left: &[&ResultTicket]) -> String {
    let of = |action: Action| left.iter().filter(|ticket| ticket.action == action).count();
    let counts = [
        (Action::Tracked, "already tracked"),
        (Action::Deferred, "deferred"),
        (Action::NotSelected, "not selected"),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .map(|(action, words)| (of(action), words))
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    counts.join(", ")
}
