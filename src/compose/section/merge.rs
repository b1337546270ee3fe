//! Merges what a run reports into what the section remembers: the rows of other jobs stay.

use std::collections::{BTreeMap, BTreeSet};

use super::Update;
use crate::model::code_place::CodePlace;
use crate::model::fingerprint::Recipe;
use crate::model::new_finding::{NewFindings, NewGroup};
use crate::model::remembered::Remembered;
use crate::model::section::{Role, Row, Section, Shown};
use crate::model::ticket::TicketId;

/// The version of the section's hidden data that this version of casefile writes.
pub(super) const VERSION: u32 = 1;

/// How many tickets of a site are remembered.
const MADE: usize = 200;

/// The run's scans replace their rows, and its tickets replace the way they were shown; a ticket that no scan lists any
/// more is removed.
pub(super) fn merge(old: &Section, update: &Update<'_>) -> Section {
    let mut scans = old.scans.clone();
    let filed = |scan: &str, ticket: &TicketId| {
        let rows = old.scans.get(scan).into_iter().flatten();
        rows.filter(|row| row.role == Role::Filed).any(|row| row.ticket == *ticket)
    };
    for (scan, rows) in update.scans {
        // a push does not know the pull request that it files for; what was filed here stays marked as such
        let role = |row: &Row| match row.role {
            Role::Tracked if filed(scan, &row.ticket) => Role::Filed,
            role => role,
        };
        let rows = rows.iter().map(|row| Row { role: role(row), at: place(old, scan, row), ..row.clone() });
        // another run may have filed the same scan on another site
        let is_elsewhere = |row: &&Row| !row.ticket.site.is_empty() && row.ticket.site != update.site;
        let elsewhere = old.scans.get(scan).into_iter().flatten().filter(is_elsewhere).cloned();
        scans.insert(scan.clone(), rows.chain(elsewhere).collect());
    }
    scans.retain(|_, rows| !rows.is_empty());
    for rows in scans.values_mut() {
        rows.sort_unstable();
        rows.dedup();
    }
    let listed: BTreeSet<&TicketId> = scans.values().flatten().map(|row| &row.ticket).collect();
    let mut shown: BTreeMap<&TicketId, &Shown> = BTreeMap::new();
    for one in old.shown.iter().chain(update.shown).filter(|shown| listed.contains(&shown.ticket)) {
        // what is shown in the same way is not written again
        if shown.get(&one.ticket).is_none_or(|known| !known.shows(one)) {
            shown.insert(&one.ticket, one);
        }
    }
    let shown = shown.into_values().cloned().collect();
    Section { version: VERSION, scans, shown, new: new(old, update), made: made(old, update) }
}

/// The place of a row's finding, at the commit at which it was first seen in that line, so that another commit changes
/// nothing.
fn place(old: &Section, scan: &str, row: &Row) -> Option<CodePlace> {
    let now = row.at.as_ref()?;
    let same = |known: &&Row| known.ticket == row.ticket && known.at.as_ref().is_some_and(|at| at.is(now));
    let known = old.scans.get(scan).into_iter().flatten().find(same).and_then(|known| known.at.as_ref());
    Some(known.unwrap_or(now).clone())
}

/// The new findings of scans: for those of this run, on its site, they are replaced.
fn new(old: &Section, update: &Update<'_>) -> BTreeMap<String, NewFindings> {
    let mut all = old.new.clone();
    for scan in update.scans.keys() {
        let key = Recipe::new("new findings").value(scan).value(update.site).finish().to_string();
        let known = all.remove(&key).unwrap_or_default();
        if let Some(now) = update.new.get(scan).filter(|new| !new.is_empty()) {
            let mut now = now.clone();
            now.listed.iter_mut().for_each(|one| keep_commit(one, &known.listed));
            all.insert(key, now);
        }
    }
    all
}

fn keep_commit(one: &mut NewGroup, known: &[NewGroup]) {
    if let Some(known) = known.iter().find(|known| known.id == one.id && known.place.is(&one.place)) {
        one.place.commit.clone_from(&known.place.commit);
    }
}

/// The tickets that were created, including those of this run.
fn made(old: &Section, update: &Update<'_>) -> BTreeMap<String, Vec<Remembered>> {
    let mut all = old.made.clone();
    for (site, new) in update.made {
        let made = all.entry(site.clone()).or_default();
        made.retain(|old| new.iter().all(|new| new.id != old.id));
        made.extend(new.iter().cloned());
        let old = made.len().saturating_sub(MADE);
        made.drain(..old);
    }
    all.retain(|_, made| !made.is_empty());
    all
}

#[cfg(test)]
mod tests {
    use super::super::tests::{rows, section, shown, update};
    use super::*;
    use crate::model::section::Role::{Filed, Resolves, Tracked};

    #[test]
    fn a_run_replaces_its_own_scans_alone() {
        let old =
            section(&[("a", &[(1, Filed), (2, Tracked)]), ("b", &[(2, Tracked), (3, Resolves)])], &[1, 2, 3]);
        let check = |scans: &[(&str, &[(u64, _)])], new: &[u64], expected: Section| {
            let (scans, shown) = (rows(scans), new.iter().map(|&id| shown(id)).collect::<Vec<_>>());
            assert_eq!(merge(&old, &update(&scans, &shown)), expected);
        };
        check(&[], &[], old.clone());
        let kept = section(&[("a", &[(4, Filed)]), ("b", &[(2, Tracked), (3, Resolves)])], &[2, 3, 4]);
        check(&[("a", &[(4, Filed), (4, Filed)])], &[4], kept);
        check(&[("a", &[])], &[], section(&[("b", &[(2, Tracked), (3, Resolves)])], &[2, 3]));
        check(&[("a", &[]), ("b", &[])], &[7], section(&[], &[]));
        let third = [
            ("a", &[(1, Filed), (2, Tracked)][..]),
            ("b", &[(2, Tracked), (3, Resolves)]),
            ("c", &[(1, Tracked)]),
        ];
        check(&[("c", &[(1, Tracked)])], &[], section(&third, &[1, 2, 3]));
    }

    #[test]
    fn what_was_filed_for_a_pull_request_is_not_tracked_there_by_the_next_push() {
        let old = section(&[("a", &[(1, Filed), (2, Tracked)])], &[1, 2]);
        let now = rows(&[("a", &[(1, Tracked), (2, Tracked)])]);
        assert_eq!(merge(&old, &update(&now, &[])), old);
        // another scan's row says nothing about this one's
        let other = rows(&[("b", &[(1, Tracked)])]);
        let both = section(&[("a", &[(1, Filed), (2, Tracked)]), ("b", &[(1, Tracked)])], &[1, 2]);
        assert_eq!(merge(&old, &update(&other, &[])), both);
    }

    #[test]
    fn the_same_scan_keeps_its_rows_of_another_site() {
        let mut old = section(&[("a", &[(1, Filed), (2, Tracked)])], &[1, 2]);
        let there = TicketId { site: "ops.example".to_owned(), id: 1 };
        for row in old.scans.values_mut().flatten().filter(|row| row.ticket.id == 1) {
            row.ticket = there.clone();
        }
        old.shown[0].ticket = there.clone();
        let now = rows(&[("a", &[(1, Filed)])]);
        let merged = merge(&old, &update(&now, &[shown(1)]));
        let tickets: Vec<&TicketId> = merged.scans["a"].iter().map(|row| &row.ticket).collect();
        assert_eq!(tickets, [&shown(1).ticket, &there]);
        assert_eq!(merged.shown.len(), 2);
    }

    #[test]
    fn what_the_tracker_says_now_is_shown() {
        let old = section(&[("a", &[(1, Filed)])], &[1]);
        let now = [Shown { summary: "new".to_owned(), status: None, ..shown(1) }];
        assert_eq!(merge(&old, &update(&BTreeMap::new(), &now)).shown, now);
    }
}
