//! What became of findings, in numbers: those that were read are kept or skipped.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::model::survey::{Group, Sighting, Survey};
use crate::model::ticket::TicketId;
use crate::pipeline::outcome::gate::FailOnGate;
use crate::pipeline::outcome::run_context::RunContext;
use crate::pipeline::outcome::ticket::ResultTicket;
use crate::plan::{GroupAction, GroupOutcome, Plan};
use crate::tracker::Read;

/// The tickets that stand for findings, and the findings that they stand for, in numbers.
pub(crate) struct Tally {
    /// What became of each ticket.
    pub(crate) tickets: Vec<ResultTicket>,
    /// How many findings have a ticket, or should get one.
    pub(crate) kept: usize,
    /// How many have none, by reason.
    pub(crate) skipped: BTreeMap<ExclusionReason, usize>,
    /// How many of these become tickets when the pull request is merged.
    pub(crate) waiting: usize,
    /// Why a group has no ticket as a whole, by its first name.
    pub(crate) skipped_groups: BTreeMap<Fingerprint, ExclusionReason>,
    /// What reached `fail-on`, if it is set.
    pub(crate) fail_on: Option<FailOnGate>,
}

impl Tally {
    /// Counts what a plan means, and what became of it.
    pub(crate) fn of<T: Read>(known: &RunContext<'_, T>) -> Tally {
        let RunContext { survey, plan, .. } = *known;
        let groups: BTreeMap<Fingerprint, &Group> =
            survey.groups.iter().map(|group| (group.name(), group)).collect();
        let elsewhere = kept_elsewhere(plan, &groups);
        let tickets = Vec::with_capacity(plan.outcomes.len() + plan.endings.len() + plan.remediations.len());
        let fail_on = FailOnGate::of(known.job.config);
        let skipped_groups = BTreeMap::new();
        let (skipped, kept, waiting) = (survey.skipped(), 0, 0);
        let mut tally = Tally { tickets, kept, skipped, waiting, skipped_groups, fail_on };
        for outcome in &plan.outcomes {
            let Some(group) = groups.get(&outcome.group) else { continue };
            let ticket = known.ticket(group, outcome);
            // the findings of a route's group are counted with their own group
            if group.route.is_none() {
                let key = ticket.as_ref().and_then(|ticket| ticket.key.as_deref());
                tally.count(known, group, outcome, &elsewhere, key);
            }
            tally.tickets.extend(ticket);
        }
        tally.tickets.extend(plan.endings.iter().filter_map(|ending| known.ending(ending)));
        let ended: BTreeSet<&TicketId> = plan.endings.iter().map(|ending| &ending.ticket).collect();
        let remediations =
            plan.remediations.iter().filter(|remediation| !ended.contains(&remediation.ticket));
        tally.tickets.extend(remediations.filter_map(|remediation| known.remediation(&remediation.ticket)));
        tally
    }

    /// Reports it if findings got lost along the way.
    pub(crate) fn fault<T: Read>(&self, known: &RunContext<'_, T>) -> Option<Problem> {
        let RunContext { survey, plan, .. } = *known;
        let (read, kept) = (survey.read(), self.kept);
        let reported: usize = survey.reports.iter().map(|report| report.findings).sum();
        let adds_up = read == kept + self.skipped.values().sum::<usize>() && read == reported;
        (!plan.outcomes.is_empty() && !adds_up).then(|| {
            let message = format!("the numbers of findings do not add up: {reported} were reported, {read} were read and {kept} were kept");
            Problem::new("casefile", message)
                .hint("This is a bug in casefile: report it at https://github.com/casefile/casefile/issues.")
        })
    }

    fn count<T: Read>(
        &mut self,
        known: &RunContext<'_, T>,
        group: &Group,
        outcome: &GroupOutcome,
        elsewhere: &BTreeSet<Fingerprint>,
        key: Option<&str>,
    ) {
        let ids: BTreeSet<_> = outcome.findings.iter().collect();
        let sightings: Vec<&Sighting> = group.kept().filter(|one| ids.contains(&one.id())).collect();
        let counts = |one: &&Sighting| known.counts(one.id());
        match outcome.action {
            GroupAction::Skipped(reason, _) => {
                let is_filed =
                    |one: &&Sighting| reason == ExclusionReason::NotSelected && elsewhere.contains(&one.id());
                let (filed, left): (Vec<_>, Vec<_>) = sightings.into_iter().partition(is_filed);
                self.kept += filed.len();
                self.weigh(known.survey, group, filed.into_iter().filter(counts), key);
                self.put_aside(group, reason, left.len());
            }
            // it is still present, so `fail-on` counts it
            GroupAction::BranchNotTracked(_) => {
                self.put_aside(group, ExclusionReason::BranchNotTracked, sightings.len());
                if known.files_on_merge() {
                    self.waiting += sightings.iter().filter(|one| counts(one)).count();
                }
                self.weigh(known.survey, group, sightings.into_iter().filter(counts), key);
            }
            _ => {
                self.kept += sightings.len();
                self.weigh(known.survey, group, sightings.into_iter().filter(counts), key);
            }
        }
    }

    fn put_aside(&mut self, group: &Group, reason: ExclusionReason, count: usize) {
        if count > 0 {
            self.skipped_groups.insert(group.name(), reason);
            *self.skipped.entry(reason).or_default() += count;
        }
    }

    /// Compares findings with `fail-on`, with the ticket that stands for them.
    fn weigh<'s>(
        &mut self,
        survey: &Survey,
        group: &Group,
        sightings: impl IntoIterator<Item = &'s Sighting>,
        key: Option<&str>,
    ) {
        let Some(gate) = &mut self.fail_on else { return };
        sightings.into_iter().for_each(|one| gate.add((group, survey, one), key));
    }
}

/// The findings for which a route created an additional ticket: if nobody selected their own ticket, they are still
/// filed.
pub(crate) fn kept_elsewhere(plan: &Plan, groups: &BTreeMap<Fingerprint, &Group>) -> BTreeSet<Fingerprint> {
    let is_routed =
        |outcome: &&GroupOutcome| groups.get(&outcome.group).is_some_and(|group| group.route.is_some());
    let stands = |outcome: &&GroupOutcome| {
        !matches!(outcome.action, GroupAction::Skipped(..) | GroupAction::BranchNotTracked(_))
    };
    plan.outcomes
        .iter()
        .filter(is_routed)
        .filter(stands)
        .flat_map(|outcome| outcome.findings.iter().copied())
        .collect()
}
