//! What a step tells its runner: outputs, the step summary, annotations.

use crate::cli::output::{printer, text};
use crate::cli::setup::prepare::Prepared;
use crate::compose::links;
use crate::compose::section::TicketDetail;
use crate::document::{Block, Document, Inline, markdown};
use crate::error::Result;
use crate::github::commands::{self, Annotation, Level};
use crate::github::outputs;
use crate::model::scan::Problem;
use crate::model::severity::Severity;
use crate::pipeline::result::{Action, CommandOutcome, ResultTicket};

/// How many tickets the summary lists.
const LISTED: usize = 300;

/// Writes step outputs, the step summary and annotations, where the runner takes them.
pub(crate) fn tell(outcome: &CommandOutcome, prepared: &Prepared, warn: bool) -> Result<()> {
    let runner = &prepared.context.runner;
    let result = &outcome.result;
    let counts_alone = prepared.detail() == TicketDetail::Counts;
    let mut told = Ok(());
    if let Some(path) = &runner.output {
        let mut keys: Vec<&str> = result.tickets.iter().filter_map(|one| one.key.as_deref()).collect();
        keys.sort_unstable();
        keys.dedup();
        let keys = if counts_alone { String::new() } else { keys.join(",") };
        let count = |actions: &[Action]| result.count(actions).to_string();
        told = outputs::write_outputs(
            path,
            &[
                ("keys", &keys),
                ("created", &count(&[Action::Created, Action::Refiled])),
                ("updated", &count(&[Action::Updated, Action::Reopened, Action::Closed])),
                ("resolved", &count(&[Action::Resolved, Action::Gone])),
                ("failed", &count(&[Action::Failed])),
            ],
        );
    }
    if let Some(path) = &runner.summary {
        // each is told though another could not be
        told = told.and(outputs::write_summary(path, &summary(outcome, prepared)));
    }
    // what fails the run is an error on its page, too
    let failed = outcome.failed || result.count(&[Action::Failed]) > 0;
    annotate(&result.within(prepared.detail()).problems, prepared, failed && !warn);
    told
}

/// Tells the runner what went wrong, where there is one. `failed`: as errors.
pub(crate) fn annotate(problems: &[Problem], prepared: &Prepared, failed: bool) {
    if prepared.context.runner.output.is_none() {
        return;
    }
    let level = if failed { Level::Error } else { Level::Warning };
    let annotation = |problem: &Problem| Annotation {
        level,
        title: format!("casefile: {}", problem.place),
        message: joined(&problem.message, &problem.hint),
        at: None,
    };
    printer::command(&commands::annotations(&problems.iter().map(annotation).collect::<Vec<_>>()));
}

/// A message with its hint, as sentences of one text.
fn joined(message: &str, hint: &str) -> String {
    match message {
        _ if hint.is_empty() => message.to_owned(),
        ended if ended.ends_with(['.', '!', '?', ':']) => format!("{ended} {hint}"),
        open => format!("{open}. {hint}"),
    }
}

/// The outcome as Markdown tables, as far as the place where it is shown may tell.
pub(crate) fn summary(outcome: &CommandOutcome, prepared: &Prepared) -> String {
    let result = &outcome.result;
    let detail = prepared.detail();
    let mut blocks = vec![Block::Heading(2, vec![Inline::text("casefile")])];
    let lines = text::reached(outcome, prepared).into_iter().chain(text::sums_of(outcome, prepared));
    let lines = lines.chain([prepared.source()]);
    blocks.extend(lines.map(Block::text));
    if detail != TicketDetail::Counts && !result.tickets.is_empty() {
        let mut tickets: Vec<&ResultTicket> = result.tickets.iter().collect();
        tickets.sort_by_key(|ticket| (ticket.action, std::cmp::Reverse(ticket.severity)));
        let head: &[&str] = match detail {
            TicketDetail::Full => &["Ticket", "Action", "Severity", "Summary", "Status"],
            _ => &["Ticket", "Action", "Status"],
        };
        blocks.push(Block::Table {
            head: head.iter().map(|title| vec![Inline::text(*title)]).collect(),
            rows: tickets.iter().take(LISTED).map(|ticket| row(ticket, detail)).collect(),
        });
        if tickets.len() > LISTED {
            blocks.push(Block::text(format!("and {} more tickets", tickets.len() - LISTED)));
        }
    }
    if detail == TicketDetail::Full {
        blocks.extend(problems(&result.problems));
    }
    markdown::render(&Document::of(blocks))
}

/// What went wrong, as a table of the step summary; nothing where nothing did.
pub(crate) fn problems(problems: &[Problem]) -> Vec<Block> {
    if problems.is_empty() {
        return Vec::new();
    }
    let row =
        |one: &Problem| [&one.place, &one.message, &one.hint].map(|text| vec![Inline::text(text)]).into();
    let head = ["Where", "What", "What to do"].map(|title| vec![Inline::text(title)]).into();
    vec![
        Block::Heading(3, vec![Inline::text("Problems")]),
        Block::Table { head, rows: problems.iter().map(row).collect() },
    ]
}

fn row(ticket: &ResultTicket, detail: TicketDetail) -> Vec<Vec<Inline>> {
    let key =
        ticket.key.as_deref().map_or(Inline::text("–"), |key| links::ticket(key, ticket.url.as_deref()));
    let status = Inline::text(ticket.status.clone().unwrap_or_default());
    let action = Inline::text(text::cell(ticket.action));
    match detail {
        TicketDetail::Full => vec![
            vec![key],
            vec![action],
            vec![Inline::text(ticket.severity.map_or("", Severity::name))],
            vec![Inline::text(&ticket.summary)],
            vec![status],
        ],
        _ => vec![vec![key], vec![action], vec![status]],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotation_says_one_sentence_after_the_other() {
        let check = |message, hint, expected| assert_eq!(joined(message, hint), expected);
        check("it failed", "try again", "it failed. try again");
        check("It failed.", "Try again.", "It failed. Try again.");
        check("it failed", "", "it failed");
    }
}
