//! What casefile posts on a ticket when something happened: short, and with what to do next.

mod added;

use super::ticket::reference;
use super::title::summary;
use super::{Provenance, count, cut, either, links, names, places};
use crate::document::visible::one_line;
use crate::document::{Block, Document, Inline};
use crate::model::fingerprint::Fingerprint;
use crate::model::survey::{Group, Survey};

pub use added::added;

/// How many groups of linked findings, or findings that joined the ticket, are listed.
const LISTED: usize = 8;

/// Another ticket: its key and page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherTicket<'t> {
    /// Its key, e.g. `SEC-12`.
    pub key: &'t str,
    /// Its page.
    pub url: &'t str,
}

/// What happens next if a finding is present although its ticket is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecurrenceOutlook {
    /// A new ticket after this many days.
    Refile {
        /// Days from now; 0: with the next run.
        days: u32,
    },
    /// This ticket is reopened after this many days.
    Reopen {
        /// Days from now; 0: with the next run.
        days: u32,
    },
    /// Nothing more than this comment.
    Nothing,
}

/// The finding is present although the ticket is done.
pub fn recurred(
    group: &Group,
    survey: &Survey,
    provenance: &Provenance,
    status: &str,
    next: RecurrenceOutlook,
) -> Document {
    let mut line = vec![
        Inline::text("This ticket is "),
        Inline::strong(one_line(status)),
        Inline::text(format!(", but {} still detected {} ", its_findings(group), seen(provenance))),
    ];
    line.extend(seen_on(provenance));
    let later = |days| format!("If this is still the case in {}", count(days as usize, "day"));
    let next = match next {
        RecurrenceOutlook::Refile { days: 0 } => {
            "The next run files a new ticket and links it to this one.".to_owned()
        }
        RecurrenceOutlook::Refile { days } => {
            format!("{}, a new ticket will be filed and linked to this one.", later(days))
        }
        RecurrenceOutlook::Reopen { days: 0 } => "The next run reopens this ticket.".to_owned(),
        RecurrenceOutlook::Reopen { days } => format!("{}, this ticket will be reopened.", later(days)),
        RecurrenceOutlook::Nothing => {
            "Nothing else will happen automatically; reopen this ticket if there is still work to do."
                .to_owned()
        }
    };
    let finding = either(group.kept().count(), "the finding", "the findings");
    let accept = format!(
        "To accept {finding} instead, give this ticket a resolution that says so (such as Won't Do)."
    );
    let mut blocks = vec![Block::Paragraph(line)];
    blocks.extend(places::listed("", group.kept(), group.kind, survey, provenance));
    blocks.push(Block::text(format!("{next} {accept}")));
    Document::of(blocks)
}

/// The finding came back, so its ticket is reopened.
pub fn reopened(group: &Group, survey: &Survey, provenance: &Provenance) -> Document {
    let mut line = vec![Inline::text(format!(
        "This ticket was reopened because {} detected again {} ",
        either(group.kept().count(), "its finding was", "its findings were"),
        seen(provenance)
    ))];
    line.extend(seen_on(provenance));
    let mut blocks = vec![Block::Paragraph(line)];
    blocks.extend(places::listed("", group.kept(), group.kind, survey, provenance));
    Document::of(blocks)
}

/// All findings are proven gone.
pub fn resolved(provenance: &Provenance) -> Document {
    let mut line =
        vec![Inline::text(format!("Resolved: no longer detected. Last checked {} ", seen(provenance)))];
    line.extend(seen_on(provenance));
    Document::of(vec![Block::Paragraph(line)])
}

/// Some findings are proven gone; `number` of them.
pub fn partly_resolved(number: usize, provenance: &Provenance) -> Document {
    let (findings, are) = (count(number, "finding"), either(number, "is", "are"));
    let gone =
        format!("{findings} of this ticket {are} no longer detected; last checked {} ", seen(provenance));
    let mut line = vec![Inline::text(gone)];
    line.extend(seen_on(provenance));
    line.push(Inline::text(" This ticket still has other findings."));
    Document::of(vec![Block::Paragraph(line)])
}

/// How many reasons a comment lists.
const REASONS: usize = 5;

/// The longest reason, in characters.
const REASON: usize = 500;

/// All findings are skipped, for these reasons, as far as they are known.
pub fn skipped(reasons: &[String], provenance: &Provenance) -> Document {
    let mut listed: Vec<String> =
        reasons.iter().take(REASONS).map(|why| cut(&one_line(why), REASON)).collect();
    if reasons.len() > REASONS {
        listed.push(format!("and {}", count(reasons.len() - REASONS, "more reason")));
    }
    let why = match listed.as_slice() {
        [] => "suppressed, ignored or marked as not affected".to_owned(),
        listed => listed.join("; "),
    };
    let mut line = vec![Inline::text(format!(
        "All findings of this ticket are skipped wherever they are detected; last checked {} ",
        seen(provenance)
    ))];
    line.extend(seen_on(provenance));
    line.push(Inline::text(format!(" Reason: {why}.")));
    let later =
        " Once one of them is no longer skipped, this ticket will be reopened or a new one will be filed.";
    line.push(Inline::text(later));
    Document::of(vec![Block::Paragraph(line)])
}

/// A secret is no longer in the code, but it is still exposed: it has to be rotated.
pub fn rotate(provenance: &Provenance) -> Document {
    let mut line =
        vec![Inline::text(format!("The secret is no longer detected; last checked {} ", seen(provenance)))];
    line.extend(seen_on(provenance));
    line.push(Inline::text(
        " It is still in the repository's history, and others may know it: rotate it, then close this ticket.",
    ));
    Document::of(vec![Block::Paragraph(line)])
}

/// The pull requests that alone had the findings, by number, were closed without being merged.
pub fn abandoned(pulls: &[u64], provenance: &Provenance) -> Document {
    let mut line = vec![Inline::text("Resolved: detected only in ")];
    line.extend(closed_alone(pulls, provenance));
    Document::of(vec![Block::Paragraph(line)])
}

/// The same for some of the findings; `number` of them.
pub fn partly_abandoned(number: usize, pulls: &[u64], provenance: &Provenance) -> Document {
    let (findings, were) = (count(number, "finding"), either(number, "was", "were"));
    let mut line = vec![Inline::text(format!("{findings} of this ticket {were} detected only in "))];
    line.extend(closed_alone(pulls, provenance));
    line.push(Inline::text(" This ticket still has other findings."));
    Document::of(vec![Block::Paragraph(line)])
}

/// The same for a secret: anybody who could see the pull request may know it.
pub fn rotate_abandoned(pulls: &[u64], provenance: &Provenance) -> Document {
    let mut line = vec![Inline::text("The secret was detected only in ")];
    line.extend(closed_alone(pulls, provenance));
    line.push(Inline::text(" Others may know it: rotate it, then close this ticket."));
    Document::of(vec![Block::Paragraph(line)])
}

/// `pull request #7, which was closed without being merged.`
fn closed_alone(pulls: &[u64], provenance: &Provenance) -> Vec<Inline> {
    let several = pulls.len() > 1;
    let mut line = vec![Inline::text(if several { "pull requests " } else { "pull request " })];
    for (index, number) in pulls.iter().enumerate() {
        if index > 0 {
            line.push(Inline::text(if index + 1 < pulls.len() { ", " } else { " and " }));
        }
        line.push(links::pull_request(*number, provenance));
    }
    let were = if several { "were" } else { "was" };
    line.push(Inline::text(format!(", which {were} closed without being merged.")));
    line
}

/// A pull request would resolve the ticket when it is merged into `base`.
pub fn remediation(base: &str, provenance: &Provenance) -> Document {
    let mut line = vec![Inline::text("Merging ")];
    line.extend(source(provenance));
    line.extend([Inline::text(" into "), links::branch(base, provenance)]);
    line.push(Inline::text(
        " would resolve this ticket: its findings are no longer detected in the pull request.",
    ));
    Document::of(vec![Block::Paragraph(line)])
}

/// A pull request would no longer resolve the ticket.
pub fn seen_again(provenance: &Provenance) -> Document {
    let mut line = vec![Inline::text("Merging ")];
    line.extend(source(provenance));
    line.push(Inline::text(
        " would no longer resolve this ticket: its findings are detected in the pull request again.",
    ));
    Document::of(vec![Block::Paragraph(line)])
}

/// A pull request that would have resolved the ticket is merged elsewhere, into `base`.
pub fn retargeted(number: u64, base: &str, provenance: &Provenance) -> Document {
    Document::of(vec![Block::Paragraph(vec![
        Inline::text("Pull request "),
        links::pull_request(number, provenance),
        Inline::text(" now targets "),
        links::branch(base, provenance),
        Inline::text(", so merging it would no longer resolve this ticket."),
    ])])
}

/// A pull request that would have resolved the ticket was closed.
pub fn closed_unmerged(number: u64, provenance: &Provenance) -> Document {
    Document::of(vec![Block::Paragraph(vec![
        Inline::text("Pull request "),
        links::pull_request(number, provenance),
        Inline::text(" was closed without being merged, so it does not resolve this ticket."),
    ])])
}

/// A pull request that would have resolved the ticket is no longer open, and did not resolve it.
pub fn still_there(number: u64, provenance: &Provenance) -> Document {
    let mut line = vec![
        Inline::text("Pull request "),
        links::pull_request(number, provenance),
        Inline::text(" is no longer open and did not resolve this ticket: the findings are still detected "),
        Inline::text(format!("{} ", seen(provenance))),
    ];
    line.extend(seen_on(provenance));
    Document::of(vec![Block::Paragraph(line)])
}

/// Posted on a duplicate that two concurrent runs created: where the work continues.
pub fn merged(kept: OtherTicket<'_>) -> Document {
    Document::of(vec![Block::Paragraph(vec![
        Inline::text("Two concurrent runs each filed a ticket for the same findings. Work continues in "),
        Inline::link(one_line(kept.key), kept.url),
        Inline::text("; this ticket is no longer needed."),
    ])])
}

/// A person linked findings to this ticket: `findings` says of each group how many. The words at the end are those by
/// which a text search finds the ticket if its labels go.
pub fn linked(findings: &[(&Group, usize)], survey: &Survey, provenance: &Provenance) -> Document {
    let number = findings.iter().map(|(_, number)| number).sum();
    let are = either(number, "is", "are");
    let repository = one_line(&provenance.repository.name);
    let begin = format!(
        "{} in {repository} {are} now tracked on this ticket, because somebody linked ",
        count(number, "finding")
    );
    let what = either(number, "it here:", "them here:");
    let group = |(group, number): &(&Group, usize)| {
        let all = group.kept().count();
        let what = match *number == all {
            true => summary(group, survey, ""),
            false => format!("{} ({number} of {})", names::group(group), count(all, "finding")),
        };
        vec![Block::text(what)]
    };
    let mut items: Vec<Vec<Block>> = findings.iter().take(LISTED).map(group).collect();
    if let Some(more) = findings.len().checked_sub(LISTED).filter(|more| *more > 0) {
        items.push(vec![Block::text(format!("{} of findings", count(more, "more group")))]);
    }
    let names: Vec<Fingerprint> = findings.iter().map(|(group, _)| group.name()).collect();
    let mut blocks = vec![Block::text(begin + what), Block::List { ordered: false, items }];
    blocks.extend(reference(&names).blocks);
    Document::of(blocks)
}

/// A person linked findings of this ticket to another one.
pub fn moved(to: OtherTicket<'_>, findings: usize) -> Document {
    let (are, them) = (either(findings, "is", "are"), either(findings, "it", "them"));
    Document::of(vec![Block::Paragraph(vec![
        Inline::text(format!("{} of this ticket {are} now tracked in ", count(findings, "finding"))),
        Inline::link(one_line(to.key), to.url),
        Inline::text(format!(", because somebody linked {them} there. Nothing else changes on this ticket.")),
    ])])
}

/// News that would have changed what a person edited: `edited` names the fields in plain words; empty if casefile wrote
/// none of them.
pub fn update(group: &Group, survey: &Survey, provenance: &Provenance, edited: &[&str]) -> Document {
    let why = match edited {
        [] => String::new(),
        [one] => format!("Somebody edited the {one} of this ticket, so casefile did not update it. "),
        [first @ .., last] => format!(
            "Somebody edited the {} and {last} of this ticket, so casefile did not update them. ",
            first.join(", ")
        ),
    };
    let mut line = vec![Inline::text("The scan of ")];
    line.extend(source(provenance));
    line.push(Inline::text(" shows changes."));
    let listed = format!("{why}Current state: {}, severity {}.", names::group(group), group.severity);
    let mut blocks = vec![Block::Paragraph(line), Block::text(listed)];
    blocks.extend(places::listed("", group.kept(), group.kind, survey, provenance));
    Document::of(blocks)
}

/// The findings of a ticket as a subject.
fn its_findings(group: &Group) -> &'static str {
    either(group.kept().count(), "its finding is", "its findings are")
}

/// The preposition before [`seen_on`].
fn seen(provenance: &Provenance) -> &'static str {
    if provenance.pull_request.is_some() { "in" } else { "on" }
}

/// `branch at commit.`
fn seen_on(provenance: &Provenance) -> Vec<Inline> {
    let mut line = source(provenance);
    line.push(Inline::text("."));
    line
}

/// `branch at commit`
fn source(provenance: &Provenance) -> Vec<Inline> {
    let mut line = match provenance.pull_request {
        Some(number) => vec![Inline::text("pull request "), links::pull_request(number, provenance)],
        None => vec![links::branch(&provenance.branch, provenance)],
    };
    if !provenance.commit.is_empty() {
        line.extend([Inline::text(" at "), links::commit(provenance)]);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::document::plain;

    const OTHER: OtherTicket<'_> =
        OtherTicket { key: "SEC-3", url: "https://acme.atlassian.net/browse/SEC-3" };

    #[test]
    fn comments_say_what_happened_and_what_to_do() {
        let (group, survey) = samples::code(1);
        let provenance = samples::provenance();
        let check = |document: Document, expected: &str| {
            assert_eq!(plain::fold(&plain::render(&document)), expected);
        };
        let accept =
            "To accept the findings instead, give this ticket a resolution that says so (such as Won't Do).";
        let places = "3 places: src/deploy.py:10 src/more0.py:7 src/old tool.py:4";
        check(
            linked(&[(&group, 2)], &survey, &provenance),
            "2 findings in acme/shop are now tracked on this ticket, because somebody linked them here: Subprocess \
             call with shell=True (2 of 3 findings) Reference: casefileba909fc43f0f915ce2ec",
        );
        check(
            added(&group, &survey, &provenance, &[samples::id(2)]),
            "1 more finding, detected on main at c0ffee. 1 place: src/old tool.py:4",
        );
        check(
            recurred(&group, &survey, &provenance, "Done", RecurrenceOutlook::Refile { days: 7 }),
            &format!(
                "This ticket is Done, but its findings are still detected on main at c0ffee. {places} If this \
                 is still the case in 7 days, a new ticket will be filed and linked to this one. {accept}"
            ),
        );
        check(
            recurred(&group, &survey, &provenance, "Done", RecurrenceOutlook::Reopen { days: 0 }),
            &format!(
                "This ticket is Done, but its findings are still detected on main at c0ffee. {places} The \
                 next run reopens this ticket. {accept}"
            ),
        );
        let at = "main at c0ffee.";
        check(resolved(&provenance), &format!("Resolved: no longer detected. Last checked on {at}"));
        let others = "This ticket still has other findings.";
        check(
            partly_resolved(1, &provenance),
            &format!("1 finding of this ticket is no longer detected; last checked on {at} {others}"),
        );
        check(
            remediation("main", &Provenance { pull_request: Some(7), ..provenance.clone() }),
            "Merging pull request #7 at c0ffee into main would resolve this ticket: its findings are no longer detected \
             in the pull request.",
        );
        check(
            closed_unmerged(7, &provenance),
            "Pull request #7 was closed without being merged, so it does not resolve this ticket.",
        );
        let closed = ", which was closed without being merged.";
        check(abandoned(&[7], &provenance), &format!("Resolved: detected only in pull request #7{closed}"));
        check(
            abandoned(&[7, 9], &provenance),
            "Resolved: detected only in pull requests #7 and #9, which were closed without being merged.",
        );
        check(
            partly_abandoned(2, &[7], &provenance),
            &format!("2 findings of this ticket were detected only in pull request #7{closed} {others}"),
        );
        check(
            rotate_abandoned(&[7], &provenance),
            &format!(
                "The secret was detected only in pull request #7{closed} Others may know it: rotate it, then \
                 close this ticket."
            ),
        );
        check(
            still_there(7, &provenance),
            &format!(
                "Pull request #7 is no longer open and did not resolve this ticket: the findings are still \
                 detected on {at}"
            ),
        );
        check(
            merged(OTHER),
            "Two concurrent runs each filed a ticket for the same findings. Work continues in SEC-3; this ticket is no longer needed.",
        );
        check(
            update(&group, &survey, &provenance, &["summary", "description"]),
            &format!(
                "The scan of main at c0ffee shows changes. Somebody edited the summary and description of this ticket, \
                 so casefile did not update them. Current state: Subprocess call with shell=True, severity high. {places}"
            ),
        );
        check(
            reopened(&group, &survey, &provenance),
            &format!("This ticket was reopened because its findings were detected again on {at} {places}"),
        );
        let unwritten = plain::render(&update(&group, &survey, &provenance, &[]));
        assert!(unwritten.contains("Current state: ") && !unwritten.contains("omebody"), "{unwritten}");
    }

    #[test]
    fn one_finding_is_it_and_several_are_they() {
        let provenance = samples::provenance();
        let check = |document: Document, expected: &str| {
            assert_eq!(plain::fold(&plain::render(&document)), expected);
        };
        let rest = "there. Nothing else changes on this ticket.";
        check(
            moved(OTHER, 1),
            &format!("1 finding of this ticket is now tracked in SEC-3, because somebody linked it {rest}"),
        );
        check(
            moved(OTHER, 2),
            &format!(
                "2 findings of this ticket are now tracked in SEC-3, because somebody linked them {rest}"
            ),
        );
        let reasons = |number: usize| vec!["no longer used".to_owned(); number];
        let skipped = |number| plain::render(&skipped(&reasons(number), &provenance));
        assert!(skipped(REASONS + 1).contains("; and 1 more reason."), "{}", skipped(REASONS + 1));
        assert!(skipped(REASONS + 2).contains("; and 2 more reasons."), "{}", skipped(REASONS + 2));
        let (mut group, survey) = samples::code(0);
        group.sightings.truncate(1);
        let again = plain::render(&reopened(&group, &survey, &provenance));
        assert!(again.contains("because its finding was detected again"), "{again}");
    }
}
