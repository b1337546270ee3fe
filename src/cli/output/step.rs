//! What a step passes to its runner: outputs, the step summary, annotations.

use crate::cli::output::step_tickets::TicketTables;
use crate::cli::output::{pointing, printer, text};
use crate::cli::setup::prepare::Prepared;
use crate::compose::links;
use crate::compose::section::TicketDetail;
use crate::document::{Block, Document, Inline, markdown, parse};
use crate::error::Result;
use crate::github::commands::{self, Annotation, Level};
use crate::github::context::Runner;
use crate::github::outputs;
use crate::model::scan::Problem;
use crate::pipeline::result::{Action, CommandOutcome, RunResult};

/// Writes step outputs, the step summary and annotations, if the runner accepts them.
pub(crate) fn report(outcome: &CommandOutcome, prepared: &Prepared, warn: bool) -> Result<()> {
    let runner = &prepared.context.runner;
    let result = &outcome.result;
    let counts_alone = prepared.detail() == TicketDetail::Counts;
    let mut written = Ok(());
    if let Some(path) = &runner.output {
        let mut keys: Vec<&str> = result.tickets.iter().filter_map(|one| one.key.as_deref()).collect();
        keys.sort_unstable();
        keys.dedup();
        let keys = if counts_alone { String::new() } else { keys.join(",") };
        let count = |actions: &[Action]| result.count(actions).to_string();
        written = outputs::write_outputs(
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
        // each is written even if another one could not be
        written = written.and(outputs::write_summary(path, &summary(outcome, prepared)));
    }
    // what fails the run is an error on its page, too
    let failed = outcome.failed || result.count(&[Action::Failed]) > 0;
    let mut all = pointing::annotations(outcome, prepared);
    all.splice(0..0, problem_annotations(&result.within(prepared.detail()).problems, failed && !warn));
    say(&all, &pointing::unlisted(outcome, prepared), prepared);
    written
}

/// Reports what went wrong to the runner, if there is one. `failed`: as errors.
pub(crate) fn annotate(problems: &[Problem], prepared: &Prepared, failed: bool) {
    say(&problem_annotations(problems, failed), &[], prepared);
}

/// Reports to the runner what ended a command early: each problem at its line of the configuration, if it has one.
pub(crate) fn failed(runner: &Runner, message: &str, problems: &[Problem]) -> Result<()> {
    let mut all = problem_annotations(problems, true);
    if all.is_empty() {
        all.push(Annotation {
            level: Level::Error,
            title: "casefile".to_owned(),
            message: message.to_owned(),
            at: None,
        });
    }
    printer::command(&commands::annotations(&all, &[]));
    let Some(path) = &runner.summary else { return Ok(()) };
    let mut blocks = vec![Block::Heading(2, vec![Inline::text("casefile")])];
    blocks.push(Block::Paragraph(vec![Inline::text("❌ "), Inline::strong("The run ended early.")]));
    blocks.extend(if problems.is_empty() { vec![line(message)] } else { self::problems(problems) });
    outputs::write_summary(path, &markdown::render(&Document::of(blocks)))
}

/// Reports to the runner something that is worth knowing, with a summary that says only that.
pub(crate) fn noted(prepared: &Prepared, message: &str) -> Result<()> {
    let note = Annotation {
        level: Level::Notice,
        title: "casefile".to_owned(),
        message: message.to_owned(),
        at: None,
    };
    say(&[note], &[], prepared);
    let Some(path) = &prepared.context.runner.summary else { return Ok(()) };
    let blocks = vec![Block::Heading(2, vec![Inline::text("casefile")]), line(message)];
    outputs::write_summary(path, &markdown::render(&Document::of(blocks)))
}

fn say(all: &[Annotation], unlisted: &[(Level, usize)], prepared: &Prepared) {
    if prepared.context.runner.output.is_some() {
        printer::command(&commands::annotations(all, unlisted));
    }
}

fn problem_annotations(problems: &[Problem], failed: bool) -> Vec<Annotation> {
    let level = if failed { Level::Error } else { Level::Warning };
    let annotation = |problem: &Problem| Annotation {
        level,
        title: format!("casefile: {}", problem.place),
        message: joined(&problem.message, &problem.hint),
        at: configured_at(&problem.place),
    };
    problems.iter().map(annotation).collect()
}

/// The file and line of a place in a configuration, such as `.github/casefile.yml:3:11`.
fn configured_at(place: &str) -> Option<(String, u32)> {
    let (file, position) = place.split_once(".yml:").or_else(|| place.split_once(".yaml:"))?;
    let name = &place[..place.len() - position.len() - 1];
    let line = position.split(':').next()?.parse().ok()?;
    (!file.is_empty()).then(|| (name.to_owned(), line))
}

/// A message with its hint, as sentences of one text.
pub(crate) fn joined(message: &str, hint: &str) -> String {
    match message {
        _ if hint.is_empty() => message.to_owned(),
        ended if ended.ends_with(['.', '!', '?', ':']) => format!("{ended} {hint}"),
        open => format!("{open}. {hint}"),
    }
}

/// The outcome as Markdown tables, as far as it may be shown there.
pub(crate) fn summary(outcome: &CommandOutcome, prepared: &Prepared) -> String {
    let result = &outcome.result;
    let detail = prepared.detail();
    let mut blocks = vec![Block::Heading(2, vec![Inline::text("casefile")])];
    blocks.extend(pointing::blocks(outcome, prepared));
    blocks.extend(text::sums(outcome, detail).iter().map(|sum| line(sum)));
    blocks.extend(resolving(result, detail));
    if let Some((number, how)) = text::annotated(result) {
        let pull = links::pull_request(number, &prepared.run.provenance());
        blocks.push(Block::Paragraph(vec![
            Inline::text("pull request "),
            pull,
            Inline::text(format!(" {how}")),
        ]));
    }
    blocks.extend(
        text::deferred(outcome, prepared).into_iter().chain([prepared.source()]).map(|one| line(&one)),
    );
    let mut parts = vec![markdown::render(&Document::of(blocks))];
    if detail != TicketDetail::Counts && !result.tickets.is_empty() {
        parts.extend(TicketTables::of(outcome, prepared).parts(&result.tickets));
    }
    if detail == TicketDetail::Full {
        parts.push(markdown::render(&Document::of(problems(&result.problems))));
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// The tickets that the pull request resolves when it is merged, as links; where no keys may be shown, how many.
fn resolving(result: &RunResult, detail: TicketDetail) -> Option<Block> {
    let tickets = text::resolved_on_merge(result);
    let mut words = vec![Inline::text(text::RESOLVED_ON_MERGE)];
    if detail == TicketDetail::Counts {
        words.push(Inline::text(text::counted(tickets.len(), "ticket")));
    } else {
        let keyed = tickets.iter().filter_map(|ticket| Some((ticket.key.as_deref()?, ticket.url.as_deref())));
        for (at, (key, url)) in keyed.take(text::KEYS_LISTED).enumerate() {
            words.extend((at > 0).then(|| Inline::text(", ")));
            words.push(links::ticket(key, url));
        }
        words.push(Inline::text(pointing::and_more(tickets.len().saturating_sub(text::KEYS_LISTED))));
    }
    (!tickets.is_empty()).then_some(Block::Paragraph(words))
}

/// A line of casefile's own, in which what is between backticks is code.
pub(crate) fn line(text: &str) -> Block {
    Block::Paragraph(parse::coded(text))
}

/// What went wrong, as a table of the step summary; nothing if nothing did.
pub(crate) fn problems(problems: &[Problem]) -> Vec<Block> {
    if problems.is_empty() {
        return Vec::new();
    }
    vec![Block::Heading(3, vec![Inline::text("Problems")]), problem_table(problems)]
}

/// What went wrong, as a table.
pub(super) fn problem_table(problems: &[Problem]) -> Block {
    let columns = if problems.iter().all(|one| one.hint.is_empty()) { 2 } else { 3 };
    let row = |one: &Problem| {
        // as plain text, a key or a number would be broken up so that it does not become a reference
        let place = vec![Inline::code(&one.place)];
        let cells = [parse::coded(&one.message), parse::coded(&one.hint)];
        std::iter::once(place).chain(cells).take(columns).collect()
    };
    let head =
        ["Where", "What", "What to do"].into_iter().take(columns).map(|title| vec![Inline::text(title)]);
    Block::Table { head: head.collect(), rows: problems.iter().map(row).collect() }
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

    #[test]
    fn a_place_in_a_configuration_is_a_line_of_a_file() {
        let check = |place: &str, expected: Option<(&str, u32)>| {
            assert_eq!(configured_at(place), expected.map(|(path, line)| (path.to_owned(), line)), "{place}");
        };
        check(".github/casefile.yml:3:11", Some((".github/casefile.yml", 3)));
        check("casefile.yaml:12", Some(("casefile.yaml", 12)));
        check("reports/a.sarif:3:11", None);
        check("casefile.yml", None);
        check("tracker", None);
    }
}
