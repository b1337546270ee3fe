//! Any text as a description that gets casefile's section.

use std::collections::BTreeMap;

use arbitrary::{Result, Unstructured};
use casefile::compose::section::{self, LIMIT, PullRequestStatus, TicketDetail, Update};
use casefile::model::repository::Repository;
use casefile::model::section::{Role, Row, Shown};
use casefile::model::severity::Severity;
use casefile::model::ticket::{Category, Status, TicketId};

use crate::text::hostile;
use crate::words::{AUTHORS, MARKS};

/// Takes the bytes for a description and for what a run has to say.
pub fn check(bytes: &[u8]) {
    // too few bytes make no case
    let _ = case(&mut Unstructured::new(bytes));
}

fn case(from: &mut Unstructured<'_>) -> Result<()> {
    let scans = scans(from)?;
    let shown = (1..=3).map(|id| shown(from, id)).collect::<Result<Vec<_>>>()?;
    let detail = *from.choose(&[TicketDetail::Full, TicketDetail::Keys, TicketDetail::Counts])?;
    let standing = *from.choose(&[PullRequestStatus::Live, PullRequestStatus::Closed])?;
    let (renamed, made) = (BTreeMap::new(), BTreeMap::new());
    let site = shown.first().map_or("", |one| one.ticket.site.as_str());
    let new = BTreeMap::new();
    let (host, name) = ("github.com".to_owned(), "acme/shop".to_owned());
    let repository = Repository { host, id: Some(1), name, also: Vec::new() };
    let update = Update {
        scans: &scans,
        new: &new,
        repository: &repository,
        site,
        shown: &shown,
        renamed: &renamed,
        made: &made,
        detail,
        standing,
    };
    let (before, after) = (text(from)?, text(from)?);
    spliced(&(before.clone() + &after), &update);
    between(before, &after, &update);
    Ok(())
}

/// Doing it twice is doing it once, and what casefile puts in it takes out again.
fn spliced(text: &str, update: &Update<'_>) {
    let Ok(once) = section::update(text, update) else { return };
    assert!(once.chars().count() <= LIMIT.max(text.chars().count()));
    assert_eq!(section::update(&once, update).as_ref(), Ok(&once), "twice is not once: {text:?}");
    let removed = section::remove(&once);
    assert_eq!(section::remove(&removed), removed);
    if !text.contains("<!-- casefile:") {
        assert!(once.starts_with(text) || once.ends_with(text), "{text:?} is not kept in {once:?}");
        assert_eq!(removed, text, "taken out of {once:?}");
    }
}

/// Both texts around a section are kept to the byte.
fn between(before: String, after: &str, update: &Update<'_>) {
    if before.contains("<!-- casefile:") || after.contains("<!-- casefile:") {
        return;
    }
    let Ok(section) = section::update("", update) else { return };
    let before = if before.is_empty() || before.ends_with('\n') { before } else { before + "\n" };
    let text = format!("{before}{section}\n{after}");
    // in a code block that the author did not close the section is the author's
    if section.is_empty() || section::remove(&text) == text {
        return;
    }
    let Ok(once) = section::update(&text, update) else { return };
    let left = section::remove(&text);
    let is_put_back = || section::update(&left, update).as_ref() == Ok(&once);
    assert!(left == format!("{before}{after}") || is_put_back(), "{text:?} became {left:?}");
    assert!(once.starts_with(&before) && once.ends_with(after), "{text:?} became {once:?}");
}

fn text(from: &mut Unstructured<'_>) -> Result<String> {
    let mut text = String::new();
    for _ in 0..from.int_in_range(0..=9)? {
        if from.ratio(1, 4)? {
            text += from.arbitrary::<&str>()?;
        } else {
            let lines = if from.ratio(1, 3)? { MARKS } else { AUTHORS };
            text += from.choose(lines)?;
        }
        text += from.choose(&["\n", "\r\n", "\n", ""])?;
    }
    Ok(text)
}

fn scans(from: &mut Unstructured<'_>) -> Result<BTreeMap<String, Vec<Row>>> {
    let mut scans = BTreeMap::new();
    for scan in ["a", "b"] {
        let mut rows = Vec::new();
        for id in 0..from.int_in_range(0..=4)? {
            let role = *from.choose(&[Role::Filed, Role::Tracked, Role::Resolves])?;
            rows.push(Row::new(ticket(id), role));
        }
        scans.insert(scan.to_owned(), rows);
    }
    Ok(scans)
}

fn ticket(id: u64) -> TicketId {
    TicketId { site: "acme.example".to_owned(), id }
}

fn shown(from: &mut Unstructured<'_>, id: u64) -> Result<Shown> {
    let name = hostile(from)?;
    Ok(Shown {
        ticket: ticket(id),
        key: format!("SEC-{id}"),
        url: format!("https://acme.example/browse/SEC-{id}"),
        severity: Some(Severity::High),
        summary: hostile(from)?,
        status: Some(Status { id: "1".to_owned(), name, category: Category::New }),
        accepted: from.arbitrary()?,
        assignee: Some(hostile(from)?),
        priority: None,
        due: None,
        revision: from.int_in_range(0..=2)?,
    })
}
