//! The outcome for people at a terminal or in a log.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use clap::ColorChoice;

use crate::cli::args::CommonArgs;
use crate::cli::output::list::{self, ListRow};
use crate::cli::output::printer::{self, Channel, Paint};
use crate::cli::output::rows::{TicketRows, word};
pub(crate) use crate::cli::output::words::counted;
use crate::cli::output::{pointing, silent};
use crate::cli::setup::prepare::Prepared;
use crate::compose::pointed;
use crate::compose::section::TicketDetail;
use crate::document::visible::one_line;
use crate::model::new_finding::NewFindings;
use crate::model::scan::Problem;
use crate::pipeline::finding::NewGroupRow;
use crate::pipeline::result::{Action, CommandOutcome, ResultTicket, RunResult};

/// How many tickets are listed.
const LISTED: usize = 50;

/// How many keys a line names.
pub(crate) const KEYS_LISTED: usize = 10;

/// How many reasons for not being affected are listed.
const NOT_AFFECTED_LISTED: usize = 10;

/// Prints tickets and totals as the result, and problems on standard error; with `--verbose`, also what a pull request
/// shows. If a runner accepts annotations, these show the problems.
pub(crate) fn print(outcome: &CommandOutcome, prepared: &Prepared, common: &CommonArgs, to: Channel) {
    let detail = prepared.detail();
    let result = outcome.result.within(detail);
    let is_annotated = prepared.context.runner.output.is_some();
    let problems = result.problems.iter().filter(|_| !is_annotated);
    problems.for_each(|problem| warn(problem, common.color));
    if common.quiet {
        return;
    }
    if detail != TicketDetail::Counts {
        let mut tickets: Vec<&ResultTicket> = result.tickets.iter().collect();
        tickets.sort_by_key(|ticket| (ticket.action, Reverse(ticket.severity)));
        let listed = if common.verbose > 0 || outcome.is_plan { tickets.len() } else { LISTED };
        let view = TicketRows::of(outcome, prepared, common, to);
        let rows: Vec<ListRow> = tickets.iter().take(listed).map(|ticket| view.row(ticket)).collect();
        show(&rows, common, to);
        if tickets.len() > listed {
            let more = counted(tickets.len() - listed, "more ticket");
            to.text(&format!("… and {more}; `-v` lists all of them"));
        }
    }
    new_findings(&result, common, to);
    for alert in &result.alerts {
        let reason = alert.reason.map_or(String::new(), |reason| format!(" ({reason})"));
        let key = alert.ticket.as_deref().unwrap_or("-");
        to.text(&format!("{:<9} {key:<10} {} alert #{}{reason}", alert.action, alert.feed, alert.number));
    }
    for sum in sums_of(outcome, prepared) {
        to.text(&sum);
    }
    if common.verbose > 0 && !outcome.section.is_empty() && to == Channel::Result {
        printer::raw(&format!("\nThe pull request section:\n\n{}", outcome.section));
    }
}

/// A problem with what to do about it.
pub(crate) fn line(problem: &Problem) -> String {
    let hint = if problem.hint.is_empty() { String::new() } else { format!("\n  {}", problem.hint) };
    format!("{}: {}{hint}", problem.place, problem.message)
}

/// Prints a problem.
pub(crate) fn warn(problem: &Problem, color: ColorChoice) {
    printer::remark("warning", Paint::Yellow, &line(problem), color);
}

/// What is new on the pull request and has no ticket, one row for each future ticket.
fn new_findings(result: &RunResult, common: &CommonArgs, to: Channel) {
    let Some(new) = &result.without_ticket else { return };
    let row = |row: &NewGroupRow| {
        let (one, why) = (&row.group, row.group.why?);
        let place = pointed::place(&one.place.path, one.place.line) + &pointing::and_more(one.further.more);
        let base = new.base.as_deref();
        let why = row.key.as_deref().map_or_else(|| why.describe(base), |key| why.describe_for(key, base));
        let known = [one.fix.clone(), place, why];
        let mut notes: Vec<String> = known.into_iter().filter(|note| !note.is_empty()).collect();
        if common.verbose > 0 {
            notes.push(format!("group {}", one.id));
            let own = new.findings.iter().filter(|finding| finding.group == one.id);
            notes.extend(own.map(|own| format!("finding {} {}", own.finding.id, own.finding.place())));
        }
        let (severity, title) = (Some(one.severity), one.title.clone());
        Some(ListRow { action: "new", severity, title, notes, ..ListRow::default() })
    };
    let rows: Vec<ListRow> =
        result.new_groups.rows.iter().filter_map(row).take(NewFindings::LISTED).collect();
    show(&rows, common, to);
    new.lines().for_each(|line| to.text(&line));
}

fn show(rows: &[ListRow], common: &CommonArgs, to: Channel) {
    list::lines(rows, to.width()).iter().for_each(|line| to.line(line, common.color));
}

/// What happened, in numbers, one line each, as far as a place may show it.
pub(crate) fn sums(outcome: &CommandOutcome, detail: TicketDetail) -> Vec<String> {
    let result = &outcome.result;
    let findings = &result.findings;
    let skipped: Vec<String> = findings
        .set_aside
        .iter()
        .map(|(reason, count)| (reason, count - findings.waiting_as(*reason)))
        .filter(|(_, count)| *count > 0)
        .map(|(reason, count)| format!("{count} {reason}"))
        .collect();
    let skipped = if skipped.is_empty() { String::new() } else { format!(" ({})", skipped.join(", ")) };
    let waiting = match findings.waiting {
        0 => String::new(),
        count => format!("{count} waiting for the merge, "),
    };
    let mut lines = vec![format!(
        "{} in {}: {} reported, {waiting}{} skipped{skipped}",
        counted(findings.read, "finding"),
        counted(result.reports.len(), "report"),
        findings.kept,
        findings.skipped()
    )];
    let partial = result.reports.iter().filter(|report| !report.whole).count();
    if partial > 0 {
        let of = counted(result.reports.len(), "report");
        let failed = "not read completely, or from a failed scan: findings missing from such a report do not \
                      count as gone";
        lines.push(format!("{partial} of {of} {failed}"));
    }
    if detail == TicketDetail::Full {
        lines.extend(silent::lines(&outcome.survey));
        lines.extend(not_affected_lines(&findings.not_affected));
    }
    let actions = result.tickets.iter().map(|ticket| ticket.action);
    let word = |action| match action {
        Action::Leave | Action::Gone => "whose findings are gone (status unchanged)",
        Action::Create => "to create",
        Action::Refile => "to refile",
        Action::Reopen => "to reopen",
        Action::Resolve => "to resolve",
        Action::Close => "to close",
        Action::Update => "to update",
        action => word(action),
    };
    lines.extend(counts("tickets", actions, word));
    lines.extend(unproven(result.unproven));
    lines.extend(counts("GitHub's alerts", result.alerts.iter().map(|alert| alert.action), |action| action));
    if let Some(reason) = &result.branch.reason {
        lines.push(format!("nothing is filed from here: {reason}"));
    }
    lines
}

/// The tickets that the pull request resolves when it is merged, in the order of their keys.
pub(crate) fn resolved_on_merge(result: &RunResult) -> Vec<&ResultTicket> {
    let mut tickets: Vec<&ResultTicket> =
        result.tickets.iter().filter(|ticket| ticket.resolved_on_merge).collect();
    // the numbers in keys have no leading zeros
    tickets.sort_by_key(|ticket| ticket.key.as_ref().map(|key| (key.len(), key)));
    tickets
}

/// What comes before their keys, or their number where no keys may be shown.
pub(crate) const RESOLVED_ON_MERGE: &str = "resolved when the pull request is merged: ";

/// The same in one line, as far as a place may show it; nothing if there are none.
fn resolving(result: &RunResult, detail: TicketDetail) -> Option<String> {
    let tickets = resolved_on_merge(result);
    let keys = tickets.iter().filter_map(|ticket| ticket.key.as_deref()).take(KEYS_LISTED);
    let keys: Vec<&str> = keys.filter(|_| detail != TicketDetail::Counts).collect();
    let which = match keys.as_slice() {
        [] => counted(tickets.len(), "ticket"),
        keys => keys.join(", ") + &pointing::and_more(tickets.len() - keys.len()),
    };
    (!tickets.is_empty()).then(|| format!("{RESOLVED_ON_MERGE}{which}"))
}

/// The number of the pull request that was annotated, and what became of what it shows.
pub(crate) fn annotated(result: &RunResult) -> Option<(u64, &'static str)> {
    let pull = result.pull_request.as_ref().filter(|pull| pull.annotated)?;
    Some((pull.number, if pull.written { "was updated" } else { "is up to date" }))
}

/// How many of each there are, in one line; nothing if there are none.
fn counts<K: Ord + Copy>(
    what: &str,
    all: impl Iterator<Item = K>,
    word: impl Fn(K) -> &'static str,
) -> Option<String> {
    let mut of_each: BTreeMap<K, usize> = BTreeMap::new();
    all.for_each(|one| *of_each.entry(one).or_default() += 1);
    let words: Vec<String> =
        of_each.into_iter().map(|(one, count)| format!("{count} {}", word(one))).collect();
    (!words.is_empty()).then(|| format!("{what}: {}", words.join(", ")))
}

/// Tickets whose findings only seem gone.
fn unproven(count: usize) -> Option<String> {
    let seem = if count == 1 { "has findings that seem" } else { "have findings that seem" };
    let why = "this is not certain, because the scanned commit is not the newest one";
    (count > 0).then(|| format!("{} {seem} to be gone; {why}", counted(count, "ticket")))
}

/// What reached `fail-on`, if something did.
pub(crate) fn reached(outcome: &CommandOutcome, prepared: &Prepared) -> Option<String> {
    let result = &outcome.result;
    result.fail_on.as_ref()?.line(result.pull_request.is_some(), prepared.detail())
}

/// What happened, in numbers, with what waits for the next run.
pub(crate) fn sums_of(outcome: &CommandOutcome, prepared: &Prepared) -> Vec<String> {
    let annotated = annotated(&outcome.result).map(|(number, how)| format!("pull request #{number} {how}"));
    let (sums, detail) = (sums(outcome, prepared.detail()), prepared.detail());
    sums.into_iter()
        .chain(resolving(&outcome.result, detail))
        .chain(annotated)
        .chain(deferred(outcome, prepared))
        .collect()
}

/// How many tickets wait for the next run, if any do.
pub(crate) fn deferred(outcome: &CommandOutcome, prepared: &Prepared) -> Option<String> {
    held(outcome.result.count(&[Action::Deferred]), prepared.config.max_new)
}

/// Why tickets are deferred.
fn held(held: usize, most: usize) -> Option<String> {
    let are = if held == 1 { "ticket is" } else { "tickets are" };
    let next = match held.min(most) {
        0 if held == 1 => "it is not filed while max-new is 0".to_owned(),
        0 => "they are not filed while max-new is 0".to_owned(),
        _ if held == 1 => "the next run files it".to_owned(),
        _ if held <= most => "the next run files them".to_owned(),
        1 => "the next run files one of them".to_owned(),
        next => format!("the next run files {next} of them"),
    };
    (held > 0).then(|| format!("max-new is {most}: {held} {are} deferred; {next}"))
}

/// Why findings are not affected, the most frequent reason first.
fn not_affected_lines(not_affected: &BTreeMap<String, usize>) -> Vec<String> {
    let mut reasons: Vec<(&String, &usize)> = not_affected.iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let line = |(words, count): &(&String, &usize)| {
        format!("skipped: {count} not affected — {:.200}", one_line(words))
    };
    let mut lines: Vec<String> = reasons.iter().take(NOT_AFFECTED_LISTED).map(line).collect();
    if reasons.len() > NOT_AFFECTED_LISTED {
        lines.push(format!(
            "… and {}; `--format json` lists all of them",
            counted(reasons.len() - NOT_AFFECTED_LISTED, "more reason")
        ));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_explained() {
        let check = |count, most, expected: Option<&str>| assert_eq!(held(count, most).as_deref(), expected);
        check(0, 3, None);
        check(57, 3, Some("max-new is 3: 57 tickets are deferred; the next run files 3 of them"));
        check(57, 1, Some("max-new is 1: 57 tickets are deferred; the next run files one of them"));
        check(2, 3, Some("max-new is 3: 2 tickets are deferred; the next run files them"));
        check(1, 3, Some("max-new is 3: 1 ticket is deferred; the next run files it"));
        check(1, 0, Some("max-new is 0: 1 ticket is deferred; it is not filed while max-new is 0"));
        check(2, 0, Some("max-new is 0: 2 tickets are deferred; they are not filed while max-new is 0"));
    }

    #[test]
    fn reasons_are_told_with_the_most_frequent_first() {
        let check = |word: &[(&str, usize)], expected: &[&str]| {
            let word = word.iter().map(|(words, count)| ((*words).to_owned(), *count)).collect();
            assert_eq!(not_affected_lines(&word), expected);
        };
        check(&[], &[]);
        check(
            &[("a\nb", 1), ("vulnerable_code_not_present", 2)],
            &["skipped: 2 not affected — vulnerable_code_not_present", "skipped: 1 not affected — a b"],
        );
        let many: Vec<String> = (0..12).map(|at| format!("{at:02}")).collect();
        let many: BTreeMap<String, usize> = many.into_iter().map(|words| (words, 1)).collect();
        assert_eq!(not_affected_lines(&many).len(), 11);
        assert_eq!(not_affected_lines(&many)[10], "… and 2 more reasons; `--format json` lists all of them");
    }
}
