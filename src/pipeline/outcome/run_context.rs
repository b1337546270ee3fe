//! Everything that is known about a run when it is decided or done, and what it means for an outcome.

use std::collections::{BTreeMap, HashMap};

use crate::apply::Outcomes;
use crate::compose::ticket as compose;
use crate::model::answer::Failure;
use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::Fingerprint;
use crate::model::record::State;
use crate::model::scan::Problem;
use crate::model::survey::{Group, Survey};
use crate::model::ticket::{self, TicketId};
use crate::model::write::{Draft, Ref};
use crate::pipeline::job::Job;
use crate::pipeline::outcome::ticket::{Action, ResultTicket};
use crate::plan::{Ending, GroupAction, GroupOutcome, How, Plan, Snapshot, Step, Work};
use crate::tracker::Read;

/// A run: what was requested, read, answered, planned and done.
pub(crate) struct RunContext<'a, T> {
    pub(crate) tracker: &'a T,
    pub(crate) job: &'a Job<'a>,
    pub(crate) survey: &'a Survey,
    pub(crate) plan: &'a Plan,
    pub(crate) snapshot: &'a Snapshot,
    /// What became of the plan; `None`: it was not carried out.
    pub(crate) outcomes: Option<&'a Outcomes>,
    /// The tickets that it changed, as they were before.
    pub(crate) before: &'a BTreeMap<u64, ticket::Ticket>,
    /// The plan's new tickets, by their groups.
    pub(crate) drafts: HashMap<Fingerprint, &'a Draft>,
    /// The tickets that the plan has work on, each with whether it moves them.
    works: HashMap<&'a TicketId, bool>,
}

impl<'a, T: Read> RunContext<'a, T> {
    /// What is known about a plan that was not carried out.
    pub(crate) fn planned(
        tracker: &'a T,
        job: &'a Job<'a>,
        survey: &'a Survey,
        plan: &'a Plan,
        snapshot: &'a Snapshot,
    ) -> RunContext<'a, T> {
        const NOTHING: &BTreeMap<u64, ticket::Ticket> = &BTreeMap::new();
        let drafts = plan.creates.iter().map(|draft| (draft.group, draft)).collect();
        let mut works = HashMap::new();
        for Work { on, steps } in &plan.works {
            if let Ref::Known(id) = on {
                let moves = steps.iter().any(|step| matches!(step, Step::Go(_) | Step::Try(..)));
                *works.entry(id).or_default() |= moves;
            }
        }
        RunContext { tracker, job, survey, plan, snapshot, outcomes: None, before: NOTHING, drafts, works }
    }

    /// The same for a plan that was carried out.
    pub(crate) fn done(
        self,
        outcomes: &'a Outcomes,
        before: &'a BTreeMap<u64, ticket::Ticket>,
    ) -> RunContext<'a, T> {
        RunContext { outcomes: Some(outcomes), before, ..self }
    }

    /// The ticket that stands for the findings, if one does or should.
    pub(crate) fn ticket(&self, group: &Group, outcome: &GroupOutcome) -> Option<ResultTicket> {
        match outcome.action {
            // a plan shows what can be selected
            GroupAction::Skipped(ExclusionReason::NotSelected, _) if self.outcomes.is_none() => {}
            GroupAction::Skipped(..) | GroupAction::BranchNotTracked(_) => return None,
            _ => {}
        }
        let made = self.outcomes.and_then(|outcomes| outcomes.made.get(&outcome.group));
        let found = self.outcomes.and_then(|outcomes| outcomes.found.get(&outcome.group));
        let known = outcome.action.ticket().and_then(|id| self.snapshot.ticket(id.id)).or(found);
        let draft = self.drafts.get(&outcome.group);
        let sample = made.zip(draft).and_then(|(_, draft)| self.outcomes?.samples.get(&draft.project));
        let key = match (made, known) {
            (Some(made), None) => Some(&made.key),
            (_, known) => known.map(|ticket| &ticket.key),
        };
        let prefix = &self.job.config.summary_prefix;
        let summary = known
            .map(|ticket| ticket.summary.clone())
            .or_else(|| draft.map(|draft| draft.summary.clone()))
            .unwrap_or_else(|| compose::summary(group, self.survey, prefix));
        Some(ResultTicket {
            url: key.map(|key| self.tracker.page(key)),
            project: key.map(|key| key.project().to_owned()).or_else(|| draft.map(|one| one.project.clone())),
            key: key.map(ToString::to_string),
            action: self.action(outcome),
            group: outcome.group,
            findings: outcome.findings.clone(),
            summary,
            severity: Some(group.severity),
            status: known.or(sample).map(|ticket| ticket.status.name.clone()),
            due: match known {
                Some(ticket) => ticket.due,
                None => draft.and_then(|draft| draft.record.last_written.due),
            },
            resolved_on_merge: false,
        })
    }

    /// A ticket whose findings are gone.
    pub(crate) fn ending(&self, ending: &Ending) -> Option<ResultTicket> {
        let id = &ending.ticket;
        let failed = self.outcomes.is_some_and(|outcomes| outcomes.undone.contains_key(id));
        let state = match ending.how {
            How::Resolved => Some(State::Resolved),
            How::Closed => Some(State::Closed),
            How::Owed(state) => Some(state),
            How::PartiallyResolved => None,
        };
        let written = !matches!(ending.how, How::Owed(_)) && !self.is_unedited(id);
        let moved = state.is_some_and(|state| self.is_moved(id, state));
        let is_mapped = self.job.config.states.target(State::Resolved).is_some();
        let is_plan = self.outcomes.is_none();
        let action = match (state, written) {
            _ if failed => Action::Failed,
            (Some(State::Resolved), _) if moved && is_plan => Action::Resolve,
            (Some(State::Resolved), _) if moved => Action::Resolved,
            (Some(_), _) if moved && is_plan => Action::Close,
            (Some(_), _) if moved => Action::Closed,
            // nothing else would show it to other programs
            (Some(State::Resolved), true) if !is_mapped && is_plan => Action::Leave,
            (Some(State::Resolved), true) if !is_mapped => Action::Gone,
            (_, true) if is_plan => Action::Update,
            (_, true) => Action::Updated,
            (_, false) => Action::Tracked,
        };
        self.without_group(id, action, &ending.findings)
    }

    /// Whether a ticket is, or would be, moved to a status for this state. If that is not the case in the tracker, it
    /// is never reported.
    fn is_moved(&self, id: &TicketId, state: State) -> bool {
        let planned = self.works.get(id).is_some_and(|moves| *moves);
        let states = &self.job.config.states;
        let there = self.snapshot.ticket(id.id).is_some_and(|ticket| {
            !ticket.is_open() || states.state(&ticket.status.name, &ticket.status.id) == Some(state)
        });
        match self.outcomes {
            Some(outcomes) => there && !outcomes.unmoved.contains(id),
            None => planned,
        }
    }

    /// Whether nothing of a ticket could be changed.
    fn is_unedited(&self, id: &TicketId) -> bool {
        self.outcomes.is_some_and(|outcomes| outcomes.unedited.contains_key(id))
    }

    /// A ticket that the pull request would resolve.
    pub(crate) fn remediation(&self, id: &TicketId) -> Option<ResultTicket> {
        let has_work = self.works.contains_key(id);
        let done = self.outcomes.map(|outcomes| !outcomes.undone.contains_key(id));
        let action = match (has_work, done) {
            (false, _) => Action::Tracked,
            (true, None) => Action::Update,
            (true, Some(true)) if self.is_unedited(id) => Action::Tracked,
            (true, Some(true)) => Action::Updated,
            (true, Some(false)) => Action::Failed,
        };
        let ticket = self.without_group(id, action, &[])?;
        Some(ResultTicket { resolved_on_merge: action != Action::Failed, ..ticket })
    }

    /// A ticket for which no group of this run has findings.
    fn without_group(&self, id: &TicketId, action: Action, findings: &[Fingerprint]) -> Option<ResultTicket> {
        let ticket = self.snapshot.ticket(id.id)?;
        let record = ticket.record.as_ref();
        Some(ResultTicket {
            key: Some(ticket.key.to_string()),
            url: Some(self.tracker.page(&ticket.key)),
            action,
            group: record
                .and_then(|record| record.names.first().copied())
                .or_else(|| ticket.names().next())
                // findings that were linked one by one do not form a group
                .or_else(|| record?.linked.first().copied())?,
            findings: findings.to_vec(),
            summary: ticket.summary.clone(),
            severity: record.map(|record| record.severity),
            status: Some(ticket.status.name.clone()),
            project: Some(ticket.key.project().to_owned()),
            due: ticket.due,
            resolved_on_merge: false,
        })
    }

    /// What was done about it, or would be.
    fn action(&self, outcome: &GroupOutcome) -> Action {
        let has_work = outcome.action.ticket().is_some_and(|id| self.works.contains_key(id));
        let Some(outcomes) = self.outcomes else {
            return match outcome.action {
                GroupAction::Create => Action::Create,
                GroupAction::Refile(_) => Action::Refile,
                GroupAction::Reopen(_) => Action::Reopen,
                GroupAction::Update(_) => Action::Update,
                GroupAction::Recurred(_) if has_work => Action::Update,
                GroupAction::Deferred => Action::Deferred,
                GroupAction::Skipped(..) => Action::NotSelected,
                GroupAction::Impossible(_) => Action::Failed,
                _ => Action::Tracked,
            };
        };
        let done = |action| match outcome.action.ticket() {
            Some(id) if outcomes.undone.contains_key(id) => Action::Failed,
            Some(id) if action == Action::Reopened && outcomes.unmoved.contains(id) => Action::Tracked,
            Some(id) if action == Action::Updated && outcomes.unedited.contains_key(id) => Action::Tracked,
            _ => action,
        };
        let filed = |action| {
            if outcomes.made.contains_key(&outcome.group) {
                action
            } else if outcomes.found.contains_key(&outcome.group) {
                Action::Tracked
            } else {
                Action::Failed
            }
        };
        match outcome.action {
            GroupAction::Create => filed(Action::Created),
            GroupAction::Refile(_) => filed(Action::Refiled),
            GroupAction::Reopen(_) => done(Action::Reopened),
            GroupAction::Update(_) => done(Action::Updated),
            GroupAction::Recurred(_) if has_work => done(Action::Updated),
            GroupAction::Deferred => Action::Deferred,
            GroupAction::Impossible(_) => Action::Failed,
            _ => Action::Tracked,
        }
    }

    /// Whether `fail-on` counts a finding: on a pull request, only one that its base does not have. A finding without a
    /// ticket counts there, even if `max-new` also holds it back on the base: nothing says that the base has it.
    pub(crate) fn counts(&self, finding: Fingerprint) -> bool {
        self.job.run.pull_request.is_none() || !self.plan.on_base.contains(&finding)
    }

    /// What went wrong along the way.
    pub(crate) fn problems(&self, outcomes: &Outcomes) -> Vec<Problem> {
        let mut problems = outcomes.problems.clone();
        let mut reasons: BTreeMap<String, (usize, &Failure)> = BTreeMap::new();
        for failure in outcomes.unfiled.values() {
            reasons.entry(failure.to_string()).or_insert((0, failure)).0 += 1;
        }
        problems.extend(reasons.into_iter().map(|(why, (count, failure))| {
            let tickets = if count == 1 { "ticket" } else { "tickets" };
            problem_of(failure, "tracker".to_owned(), format!("{count} {tickets} could not be filed: {why}"))
        }));
        problems.extend(outcomes.undone.iter().map(|(id, failure)| {
            let made = outcomes.made.values().find(|made| made.id == *id).map(|made| &made.key);
            let key = self.snapshot.ticket(id.id).map(|ticket| &ticket.key).or(made);
            let key = key.map_or_else(|| id.id.to_string(), ToString::to_string);
            problem_of(failure, key, format!("the ticket could not be updated: {failure}"))
        }));
        problems
    }
}

/// A failure as a problem; what the tracker says about a value may quote it.
fn problem_of(failure: &Failure, place: String, message: String) -> Problem {
    let problem = Problem::new(place, message).hint(failure.hint());
    if matches!(failure, Failure::Refused { .. } | Failure::Folder { .. }) {
        problem.foreign()
    } else {
        problem
    }
}
