//! What a run adds to a section: the tickets of its groups and of its remediations, by the scan that saw the findings.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::apply::Outcomes;
use crate::model::code_place::{self, CodePlace, FurtherPlaces};
use crate::model::distinct::Distinct;
use crate::model::fingerprint::Fingerprint;
use crate::model::section::{Role, Row, Shown};
use crate::model::survey::{Group, Sighting, Survey};
use crate::model::ticket::Ticket;
use crate::pipeline::annotate::section_builder::SectionBuilder;
use crate::pipeline::annotate::shown::{role, unseen};
use crate::pipeline::outcome::made;
use crate::pipeline::outcome::news::News;
use crate::pipeline::outcome::run_context::RunContext;
use crate::plan::GroupOutcome;
use crate::tracker::Read;

impl<'a> SectionBuilder<'a> {
    /// What a run contributes: its scans, with the tickets of their findings; their new findings; the tickets that it
    /// created; and those that the pull request resolves when it is merged.
    pub(crate) fn of<T: Read>(known: &RunContext<'a, T>) -> SectionBuilder<'a> {
        let mut builder = SectionBuilder::new(known.tracker, known.job, known.job.detail);
        builder.add_scans(known.survey);
        builder.add_tickets(known);
        builder.new = News::of(known).by_scope(known);
        builder.add_made(known);
        builder.add_remediations(known);
        builder
    }

    /// Each scan has an entry, even without rows, so that the rows that the section has for it are removed.
    fn add_scans(&mut self, survey: &Survey) {
        for seen in &survey.scans {
            self.scans.entry(seen.scope.fingerprint().to_string()).or_default();
        }
    }

    /// Adds the ticket of each group to the scans that saw its findings.
    fn add_tickets<T: Read>(&mut self, known: &RunContext<'a, T>) {
        let groups: BTreeMap<Fingerprint, &Group> =
            known.survey.groups.iter().map(|group| (group.name(), group)).collect();
        for outcome in &known.plan.outcomes {
            let read = ticket_read(known, outcome);
            let Some((shown, role)) = self.ticket_of(known, outcome, read) else { continue };
            if let Some(ticket) = read {
                self.note_current(known.before.get(&ticket.id.id).unwrap_or(ticket));
            }
            let ticket = shown.ticket.clone();
            self.shown.insert(ticket.clone(), shown);
            let group = groups.get(&outcome.group).copied();
            for (scan, sightings) in by_scan(group, outcome) {
                let Some(seen) = known.survey.scans.get(scan as usize) else { continue };
                let (at, further) = place(&sightings, group, known.survey, &known.job.run.commit);
                self.list(&seen.scope, &Row { ticket: ticket.clone(), role, at, further });
            }
        }
    }

    /// The ticket of a group as it is shown, with its role; `None`: the group has none. It was read, or created by this
    /// run, or this plan is to create it, or an earlier run created it and it cannot be seen.
    fn ticket_of<T: Read>(
        &self,
        known: &RunContext<'a, T>,
        outcome: &GroupOutcome,
        read: Option<&Ticket>,
    ) -> Option<(Shown, Role)> {
        let tracker = known.tracker;
        if let Some(ticket) = read {
            return Some((self.view.show(ticket), role(ticket, known.job.run.pull_request)));
        }
        let draft = known.drafts.get(&outcome.group).copied();
        let done = known.outcomes;
        let shown = match (done.and_then(|done| done.made.get(&outcome.group)), draft) {
            (Some(made), Some(draft)) => {
                let sample = done.and_then(|done| done.samples.get(&draft.project));
                self.view.filed(made, tracker.page(&made.key), draft, sample)
            }
            (None, Some(draft)) if done.is_none() => {
                self.view.planned(draft, tracker.site(), self.shown.len())
            }
            (None, None) => unseen(known.plan.hidden.get(&outcome.group)?, tracker),
            (Some(_), None) | (None, Some(_)) => return None,
        };
        Some((shown, Role::Filed))
    }

    /// Adds the tickets that the run created, so that the next run knows them before the search index does.
    fn add_made<T: Read>(&mut self, known: &RunContext<'a, T>) {
        let made = known.outcomes.map(|outcomes| made::made(known.plan, outcomes)).unwrap_or_default();
        if !made.is_empty() {
            self.made.insert(known.tracker.site().to_owned(), made);
        }
    }

    /// Adds the tickets that the pull request resolves when it is merged.
    fn add_remediations<T: Read>(&mut self, known: &RunContext<'a, T>) {
        for remediation in &known.plan.remediations {
            let Some(ticket) = known.snapshot.ticket(remediation.ticket.id) else { continue };
            self.show(ticket);
            self.note_sites(ticket);
            let row = Row::new(ticket.id.clone(), Role::Resolves);
            remediation.scopes.iter().for_each(|scope| self.list(scope, &row));
        }
    }
}

/// The ticket of a group as it was read, before the run or when an unanswered create was looked for.
fn ticket_read<'k, T>(known: &RunContext<'k, T>, outcome: &GroupOutcome) -> Option<&'k Ticket> {
    let planned = outcome.action.ticket().and_then(|id| known.snapshot.ticket(id.id));
    planned.or_else(|| known.outcomes.and_then(|Outcomes { found, .. }| found.get(&outcome.group)))
}

/// The sightings of the findings that an outcome is about, by the scan that they belong to.
fn by_scan<'s>(group: Option<&'s Group>, outcome: &GroupOutcome) -> BTreeMap<u32, Vec<&'s Sighting>> {
    let findings: BTreeSet<&Fingerprint> = outcome.findings.iter().collect();
    let sightings = group.into_iter().flat_map(|group| &group.sightings);
    let mut by_scan: BTreeMap<u32, Vec<&Sighting>> = BTreeMap::new();
    for sighting in sightings.filter(|one| findings.contains(&one.id())) {
        by_scan.entry(sighting.scan).or_default().push(sighting);
    }
    by_scan
}

/// The first place of a ticket's findings that a scan saw, and the others.
fn place(
    sightings: &[&Sighting],
    group: Option<&Group>,
    survey: &Survey,
    commit: &str,
) -> (Option<CodePlace>, FurtherPlaces) {
    let places = sightings.iter().map(|one| (survey.path(one), one.line));
    let places = places.filter(|(path, _)| !path.is_empty());
    let worst = sightings.iter().min_by_key(|one| (Reverse(one.severity), survey.path(one), one.line));
    let Some(worst) = worst.filter(|worst| !survey.path(worst).is_empty()) else {
        return (None, FurtherPlaces::default());
    };
    let is_file = group.is_some_and(|group| survey.is_file(group, survey.path(worst)));
    let commit = if is_file { commit.to_owned() } else { String::new() };
    let at = CodePlace { path: survey.path(worst).to_owned(), line: worst.line, commit };
    let all = Distinct::of(places.map(|(path, line)| code_place::digest(path, line)));
    let further = FurtherPlaces::beside(&at, &all);
    (Some(at), further)
}
