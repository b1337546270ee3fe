//! Findings that have an open ticket: what is new to the ticket.

use std::collections::BTreeSet;

use crate::model::fingerprint::Fingerprint;
use crate::model::record::{LinkKind, Pending, Record, State};
use crate::model::repository::Place;
use crate::model::slice::SliceId;
use crate::model::survey::Sighting;
use crate::model::ticket::Ticket;
use crate::model::write::{Edit, Ref};
use crate::plan::create::{attachments, draft};
use crate::plan::fields::fill;
use crate::plan::matching::duplicates::Inheritance;
use crate::plan::observed::observation::Observation;
use crate::plan::observed::ticket_scope::TicketScope;
use crate::plan::observed::{observation, ticket_scope};
use crate::plan::planner::Planner;
use crate::plan::presence::difference::{Difference, difference};
use crate::plan::presence::liveness::has_read_all;
use crate::plan::tickets::linked;
use crate::plan::tickets::names::{is_named, rename};
use crate::plan::tickets::ownership::record_of;
use crate::plan::tickets::records::{add_life, cover, next_record};
use crate::plan::tickets::steps::{move_alone, owed_state, steps};
use crate::plan::types::outcome::GroupAction;
use crate::plan::types::plan::{Step, Work};
use crate::plan::update::announcement::{News, news};

/// Tracks everything that a ticket stands for. The ticket is edited only when its content changes: its findings, their
/// severity, their advisory. One edit contains everything; the results are in the order of the scopes. `None`: more
/// must be known first.
pub(crate) fn track(
    decision: &mut Planner<'_>,
    ticket_scopes: &[TicketScope<'_>],
    ticket: &Ticket,
    inheritance: Inheritance,
) -> Option<Vec<GroupAction>> {
    let input = decision.input;
    let tracked = vec![GroupAction::Tracked(ticket.id.clone()); ticket_scopes.len()];
    if !input.run.writes() || !decision.is_ours(ticket) {
        decision.note_hidden_creators(ticket);
        return Some(tracked);
    }
    let tracking = Tracking::of(decision, ticket_scopes, ticket, &inheritance);
    let snapshot = decision.snapshot;
    let knows =
        tracking.record.is_some_and(|it| observation::known(&tracking.observations, snapshot, ticket, it));
    if knows && !tracking.due && !tracking.milder {
        tracking.move_on(decision);
        return Some(tracked);
    }
    if !decision.needs.slices(decision.snapshot, ticket) {
        return None;
    }
    let change = tracking.change(decision)?;
    if !change.content && !tracking.due && change.difference.changed.is_empty() {
        tracking.move_on(decision);
        return Some(tracked);
    }
    let steps = tracking.steps(decision, &change, inheritance)?;
    if tracking.record.is_none() {
        decision.plan.begun.insert(ticket.id.clone());
    }
    decision.plan.works.push(Work { on: Ref::Known(ticket.id.clone()), steps });
    let action = |ticket_scope| match change.content && tracking.is_new(ticket_scope, &change) {
        true => GroupAction::Update(ticket.id.clone()),
        false => GroupAction::Tracked(ticket.id.clone()),
    };
    Some(ticket_scopes.iter().map(action).collect())
}

/// A ticket, and what this run saw of all that it stands for.
struct Tracking<'t, 'a> {
    ticket_scopes: &'t [TicketScope<'a>],
    /// The one that the ticket's own text is about, if one is.
    main: Option<&'t TicketScope<'a>>,
    ticket: &'t Ticket,
    record: Option<&'t Record>,
    observations: Vec<Observation>,
    /// Whether something is to be written whatever was seen: names, what duplicates leave behind, what is pending, a
    /// scope that was noted as silent and is not.
    due: bool,
    /// Whether the ticket's severity is lower than what was seen.
    milder: bool,
}

/// What is new to the ticket.
struct TicketUpdate {
    difference: Difference,
    /// Whether its severity has changed.
    worse: bool,
    /// Whether people should know about any of it.
    content: bool,
}

impl<'t, 'a> Tracking<'t, 'a> {
    fn of(
        decision: &Planner<'_>,
        ticket_scopes: &'t [TicketScope<'a>],
        ticket: &'t Ticket,
        inheritance: &Inheritance,
    ) -> Tracking<'t, 'a> {
        let input = decision.input;
        let mut observations = ticket_scope::observe(input, ticket_scopes);
        let record = record_of(ticket, input.site);
        if let Some(record) = record {
            let has = |id: &SliceId| decision.snapshot.digest(ticket, record, id).is_some();
            observation::complete(input, &decision.proof, has, &mut observations);
        }
        let inherits = !inheritance.slices.is_empty() || !inheritance.linked.is_empty();
        let owed = |record: &Record| {
            let noted = |observation: &Observation| record.life.silent.contains_key(&observation.slice.id());
            let owes = record.pending.iter().any(|owed| !matches!(owed, Pending::Go(_)));
            owes || observations.iter().any(noted)
        };
        // a screen without labels would refuse them again each time
        let labels = record.is_none_or(|record| !record.refused.contains("labels"));
        let due = inherits || record.is_some_and(owed) || labels && !is_named(input, ticket_scopes, ticket);
        // a pull request does not record what its base also has, so for that the base's scans decide
        let seen = observations.iter().filter_map(|observation| observation.slice.severity).max();
        let on_branch = matches!(input.run.place, Place::Branch(_));
        let milder =
            on_branch && record.is_some_and(|record| seen.is_some_and(|seen| record.severity < seen));
        Tracking {
            ticket_scopes,
            main: ticket_scope::main(ticket_scopes, record),
            ticket,
            record,
            observations,
            due,
            milder,
        }
    }

    /// Moves the ticket where it should be, if that is still pending and nothing else is to be written.
    fn move_on(&self, decision: &mut Planner<'_>) {
        let begun = |record: &&Record| matches!(owed_state(record), Some(State::Open | State::InProgress));
        let record = self.record.filter(begun);
        decision.plan.works.extend(record.and_then(|it| move_alone(decision.input, self.ticket, it)));
    }

    /// The scope that represents the ticket.
    fn first(&self) -> Option<&'t TicketScope<'a>> {
        self.main.or(self.ticket_scopes.first())
    }

    /// What is new, once the slices have been read; `None`: more must be known first.
    fn change(&self, decision: &mut Planner<'_>) -> Option<TicketUpdate> {
        let mut difference = difference(decision, self.ticket, &self.observations);
        // whoever linked them knows about them
        let linked = self
            .ticket_scopes
            .iter()
            .filter(|ticket_scope| !ticket_scope.is_group())
            .flat_map(|ticket_scope| &ticket_scope.rest);
        let linked: BTreeSet<Fingerprint> = linked.map(Sighting::id).collect();
        let by_person = |finding: &Fingerprint| {
            linked.contains(finding) || self.record.is_some_and(|record| record.linked.contains(finding))
        };
        difference.added.retain(|finding| !by_person(finding));
        // findings that are reported as gone must not be in slices that the record does not list
        let gone = difference.gone_everywhere() > 0;
        let mut asked = !gone || has_read_all(decision, self.ticket);
        for ticket_scope in
            self.ticket_scopes.iter().filter(|ticket_scope| !ticket_scope.among(&difference.added).is_empty())
        {
            // Only done tickets show whether a person accepted what seems to be new.
            asked &= decision.needs.labelled(decision.snapshot, ticket_scope.group);
        }
        if !asked {
            return None;
        }
        let severity = difference.severity.unwrap_or(self.first()?.group.severity);
        let worse = self.record.is_none_or(|record| record.severity != severity);
        let news = !difference.added.is_empty()
            || worse
            || difference.facts
            || difference.loses()
            || difference.arrived;
        // nobody knows what was announced on a ticket without a record
        let content = news && self.record.is_some();
        Some(TicketUpdate {
            difference: Difference { severity: Some(severity), ..difference },
            worse,
            content,
        })
    }

    /// Whether the news is about this scope.
    fn is_new(&self, ticket_scope: &TicketScope<'_>, change: &TicketUpdate) -> bool {
        match change.difference.added.is_empty() {
            true => self.first().is_some_and(|first| std::ptr::eq(ticket_scope, first)),
            false => !ticket_scope.among(&change.difference.added).is_empty(),
        }
    }

    /// All that is done on the ticket; `None`: more must be known first.
    fn steps(
        &self,
        decision: &mut Planner<'_>,
        change: &TicketUpdate,
        inheritance: Inheritance,
    ) -> Option<Vec<Step>> {
        let (input, ticket) = (decision.input, self.ticket);
        let texts = match change.content {
            true => decision.needs.texts(decision.snapshot, ticket.id.id)?,
            false => None,
        };
        let mut next = self.next_record(decision, change)?;
        let mut edit = Edit { slices: change.difference.changed.clone(), ..Edit::default() };
        edit.slices.extend(inheritance.slices);
        add_life(input, &mut next, &edit.slices, decision.snapshot.slices_of(ticket.id.id));
        if let Some(main) = self.main {
            rename(&mut edit, &mut next, self.ticket_scopes, ticket);
            if change.content {
                let target = decision.target(main.group);
                edit.fields = fill::follow(decision, &target, ticket, &mut next, change.worse)?;
            }
        }
        if change.content {
            let News { body, summary, comment, instead } =
                news(decision, self.ticket_scopes, &change.difference, change.worse, texts, &mut next);
            (edit.body, edit.summary, edit.comment, edit.instead) = (body, summary, comment, instead);
        }
        let mut all: Vec<Step> = Vec::new();
        next.duplicates.extend(inheritance.linked.iter().map(|duplicate| duplicate.id));
        all.extend(
            inheritance
                .linked
                .into_iter()
                .map(|duplicate| Step::Link(LinkKind::Relates, Ref::Known(duplicate))),
        );
        let owes = next.pending.iter().any(|owed| matches!(owed, Pending::Attach(_)));
        let attaches =
            |ticket_scope: &&TicketScope<'_>| owes || (change.content && self.is_new(ticket_scope, change));
        for ticket_scope in self.ticket_scopes.iter().filter(attaches) {
            let files = attachments::files(decision, &draft::part(ticket_scope.group, &ticket_scope.rest));
            all.extend(files.into_iter().map(Step::Attach));
        }
        let go = owed_state(&next);
        all.extend(steps(input.config, edit, next, go));
        Some(all)
    }

    /// The record as this edit writes it, except for the edit's own text.
    fn next_record(&self, decision: &Planner<'_>, change: &TicketUpdate) -> Option<Record> {
        let first = self.first()?;
        let mut next = next_record(decision.input, decision.snapshot, first.group, self.ticket);
        self.ticket_scopes.iter().for_each(|ticket_scope| cover(&mut next, ticket_scope.group));
        // a linked finding that was edited is recorded under its present identity
        let linked = self.ticket_scopes.iter().filter(|ticket_scope| !ticket_scope.is_group());
        linked::note(&mut next, linked.flat_map(|ticket_scope| &ticket_scope.rest));
        next.severity = change.difference.severity.unwrap_or(next.severity);
        if matches!(next.last_reported, Some(State::Resolved | State::Closed)) {
            // it is back, and a person has reopened the ticket: it stays where they moved it
            (next.last_reported, next.recurred) = (Some(State::Open), None);
        }
        let has = |id: &SliceId| next.slices.contains_key(id);
        if self
            .observations
            .iter()
            .any(|observation| !observation.candidates.is_empty() && !has(&observation.slice.id()))
        {
            decision.mark_beside(&mut next);
        }
        next.life
            .silent
            .retain(|id, _| self.observations.iter().all(|observation| observation.slice.id() != *id));
        Some(next)
    }
}
