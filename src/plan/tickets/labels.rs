//! Labels that something removed from a ticket: which ones it lacks, and the edit that restores them.

use crate::model::record::Record;
use crate::model::scan::Problem;
use crate::model::ticket::{Ticket, TicketKey, labels};
use crate::model::write::{Draft, Edit, Ref};
use crate::plan::tickets::records::next_of;
use crate::plan::types::input::Input;
use crate::plan::types::plan::{Plan, Step, Work};

/// How many tickets are named.
const NAMED: usize = 10;

/// casefile's own labels that a ticket lacks.
pub(crate) fn lacking(input: &Input<'_>, ticket: &Ticket, record: &Record) -> Vec<String> {
    let mut own = labels(&input.run.repository, &record.names);
    own.retain(|label| !ticket.has_label(label));
    own
}

/// The edit that restores them and notes this in the record.
pub(crate) fn back(input: &Input<'_>, ticket: &Ticket, record: &Record) -> Edit {
    let next = Record { relabelled: Some(input.run.today()), ..next_of(input, ticket, record) };
    Edit { labels_added: lacking(input, ticket, record), record: Some(next), ..Edit::default() }
}

/// The small plan that restores labels on tickets that were just created, and which tickets these are. If the tracker
/// keeps no record, the draft's is used.
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

/// What people should know about labels that are being restored; nothing if there are none.
pub fn put_back(keys: &[TicketKey]) -> Option<Problem> {
    let message = format!(
        "casefile's labels were removed from {}; casefile restores them, but only once",
        tickets(keys)
    );
    let hint = "An automation rule that sets labels replaces all other labels: have the rule add its labels \
                instead.";
    (!keys.is_empty()).then(|| Problem::new(named(keys), message).hint(hint))
}

/// What people should know about labels that do not stay; nothing if there are none.
pub fn unlabelled(keys: &[TicketKey]) -> Option<Problem> {
    let message = format!(
        "casefile's labels were removed again from {}. casefile's record still shows what was filed, so \
         nothing is filed twice, but no updates are written",
        tickets(keys)
    );
    let hint = "An automation rule that sets labels replaces all other labels: have the rule add its labels \
                instead. casefile puts its own labels back once a week.";
    (!keys.is_empty()).then(|| Problem::new(named(keys), message).hint(hint))
}

fn tickets(keys: &[TicketKey]) -> String {
    if let [_] = keys { "this ticket".to_owned() } else { format!("{} tickets", keys.len()) }
}

fn named(keys: &[TicketKey]) -> String {
    let mut named: Vec<String> = keys.iter().take(NAMED).map(ToString::to_string).collect();
    if keys.len() > NAMED {
        named.push(format!("and {} more", keys.len() - NAMED));
    }
    named.join(", ")
}
