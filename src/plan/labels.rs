//! Labels that something took off: an automation rule that sets labels replaces all of them. The record that lies on a
//! ticket still says what it is.

use std::collections::{BTreeSet, HashSet};

use super::decision::Decision;
use super::edit::next_of;
use super::ours::{is_due_labels, stripped};
use super::{Input, Plan, Step, Work};
use crate::model::fingerprint::Fingerprint;
use crate::model::record::Record;
use crate::model::scan::Problem;
use crate::model::ticket::{Key, Ticket, TicketId, labels};
use crate::model::write::{Draft, Edit, Ref};

/// How many tickets are named.
const NAMED: usize = 10;

impl Decision<'_> {
    /// Puts labels back that something took off tickets which the record on them says are ours: with what is written to
    /// them anyway, else by themselves. Once: where they do not stay, that is said instead, and the ticket is tracked by
    /// its record.
    pub(super) fn relabel(&mut self) {
        let (input, snapshot) = (self.input, self.snapshot);
        if !input.run.writes() {
            return;
        }
        let leaving: Vec<&Ref> = self.plan.merges.iter().map(|work| &work.on).collect();
        let groups: HashSet<Fingerprint> =
            input.survey.groups.iter().flat_map(|group| group.names.iter().copied()).collect();
        let lost = snapshot.tickets().filter_map(|ticket| {
            let record = stripped(ticket, &input.run.repository, input.site)?;
            // it was found by what anybody can write, and is another repository's if none of its names is known here
            let known = record.names.iter().any(|name| groups.contains(name)) && self.is_recorded(ticket);
            let stays = !leaving.contains(&&Ref::Known(ticket.id.clone()));
            (known && stays).then_some((ticket, record))
        });
        for (ticket, record) in lost.collect::<Vec<_>>() {
            if is_due_labels(input, record) {
                self.put_back(ticket, record);
                self.plan.relabelled.insert(ticket.id.clone());
            } else {
                self.plan.unlabelled.insert(ticket.id.clone());
            }
        }
        let keys = |ids: &BTreeSet<TicketId>| -> Vec<Key> {
            ids.iter().filter_map(|id| Some(snapshot.ticket(id.id)?.key.clone())).collect()
        };
        let (back, gone) = (keys(&self.plan.relabelled), keys(&self.plan.unlabelled));
        self.plan.problems.extend(put_back(&back).into_iter().chain(unlabelled(&gone)));
    }

    fn put_back(&mut self, ticket: &Ticket, record: &Record) {
        let input = self.input;
        let on = Ref::Known(ticket.id.clone());
        let lacks = lacking(input, ticket, record);
        let today = Some(input.run.today());
        let steps = self.plan.works.iter_mut().filter(|work| work.on == on).flat_map(|work| &mut work.steps);
        let mut written = false;
        for step in steps {
            let (Step::Edit(edit) | Step::Note(edit) | Step::Try(_, edit)) = step else { continue };
            let Some(record) = &mut edit.record else { continue };
            record.relabelled = today;
            if !written {
                let added: Vec<String> =
                    lacks.iter().filter(|label| !edit.labels_added.contains(label)).cloned().collect();
                edit.labels_added.extend(added);
            }
            written = true;
        }
        if !written {
            let edit = Box::new(back(input, ticket, record));
            // a done ticket may take no edit
            let step = if ticket.is_open() { Step::Edit(edit) } else { Step::Note(edit) };
            self.plan.works.push(Work { on, steps: vec![step] });
        }
    }
}

/// casefile's own labels that a ticket lacks.
fn lacking(input: &Input<'_>, ticket: &Ticket, record: &Record) -> Vec<String> {
    let mut own = labels(&input.run.repository, &record.names);
    own.retain(|label| !ticket.has_label(label));
    own
}

/// The edit that puts them back, and says so in the record.
pub(super) fn back(input: &Input<'_>, ticket: &Ticket, record: &Record) -> Edit {
    let next = Record { relabelled: Some(input.run.today()), ..next_of(input, ticket, record) };
    Edit { labels_added: lacking(input, ticket, record), record: Some(next), ..Edit::default() }
}

/// The small plan that puts labels back on tickets that were just made, and which they are. A tracker that keeps no record
/// gives the draft's.
pub fn relabel(input: &Input<'_>, made: &[(&Draft, &Ticket)]) -> Plan {
    let mut plan = Plan::default();
    for (draft, ticket) in made {
        let record = ticket.record.as_ref().unwrap_or(&draft.record);
        if lacking(input, ticket, record).is_empty() {
            continue;
        }
        let edit = back(input, ticket, record);
        plan.works.push(Work { on: Ref::Known(ticket.id.clone()), steps: vec![Step::Edit(Box::new(edit))] });
        plan.relabelled.insert(ticket.id.clone());
    }
    plan.naming(made.iter().map(|(_, ticket)| *ticket))
}

/// What people should know of labels that are put back; nothing where there are none.
pub fn put_back(keys: &[Key]) -> Option<Problem> {
    let message = format!("casefile's labels were taken off {}, and are put back once", tickets(keys));
    let hint = "An automation rule that sets labels replaces all of them: let it add its labels instead.";
    (!keys.is_empty()).then(|| Problem::new(named(keys), message).hint(hint))
}

/// What people should know of labels that do not stay; nothing where there are none.
pub fn unlabelled(keys: &[Key]) -> Option<Problem> {
    let message = format!(
        "casefile's labels do not stay on {}: they are known by what casefile notes on them, so nothing is filed twice, \
         and nothing is written to them",
        tickets(keys)
    );
    let hint = "An automation rule that sets labels replaces all of them: let it add its labels instead. casefile puts \
                its labels back once a week.";
    (!keys.is_empty()).then(|| Problem::new(named(keys), message).hint(hint))
}

fn tickets(keys: &[Key]) -> String {
    if let [_] = keys { "this ticket".to_owned() } else { format!("{} tickets", keys.len()) }
}

fn named(keys: &[Key]) -> String {
    let mut named: Vec<String> = keys.iter().take(NAMED).map(ToString::to_string).collect();
    if keys.len() > NAMED {
        named.push(format!("and {} more", keys.len() - NAMED));
    }
    named.join(", ")
}
