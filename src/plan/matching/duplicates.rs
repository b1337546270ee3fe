//! Several open tickets of one group: the oldest is the ticket. A duplicate that casefile created and nobody touched
//! gives way to it, in an order that can be interrupted anywhere and resumed.

use std::collections::BTreeSet;

use crate::compose::comments;
use crate::model::answer::TicketTexts;
use crate::model::record::{LinkKind, Record, WrittenValues};
use crate::model::slice::{Slice, SliceId};
use crate::model::survey::Group;
use crate::model::ticket::{Category, LABEL, Ticket, TicketId};
use crate::model::write::{Edit, Ref};
use crate::plan::planner::Planner;
use crate::plan::tickets::ownership::record_of;
use crate::plan::tickets::transitions;
use crate::plan::types::input::Input;
use crate::plan::types::plan::{Step, Work};

/// What the main ticket takes over.
#[derive(Debug, Default)]
pub(crate) struct Inheritance {
    /// Slices that the main ticket lacks, from duplicates that give way.
    pub(crate) slices: Vec<Slice>,
    /// Duplicates that people work on: they are linked once, and left alone.
    pub(crate) linked: Vec<TicketId>,
}

/// Plans what becomes of the open tickets other than the main one; `None`: more must be known first.
pub(crate) fn merge(
    decision: &mut Planner<'_>,
    group: &Group,
    main: &Ticket,
    open: &[&Ticket],
) -> Option<Inheritance> {
    let mut inheritance = Inheritance::default();
    if !decision.input.run.writes() || !decision.is_recorded(main) {
        return Some(inheritance);
    }
    let own = record_of(main, decision.input.site);
    for duplicate in open.iter().filter(|duplicate| duplicate.id != main.id) {
        if !decision.is_recorded(duplicate)
            || !duplicate.all_names().iter().any(|name| group.names.contains(name))
        {
            continue;
        }
        let Some(record) = record_of(duplicate, decision.input.site) else { continue };
        let read = decision.needs.all_slices(decision.snapshot, duplicate)
            & decision.needs.all_slices(decision.snapshot, main);
        let texts = decision.needs.texts(decision.snapshot, duplicate.id.id)?;
        if !read {
            return None;
        }
        if texts.is_some_and(|texts| is_untouched(duplicate, record, texts)) {
            let own: BTreeSet<&SliceId> = decision.snapshot.slices_of(main.id.id).map(|(id, _)| id).collect();
            let lacks = |id: &SliceId| !own.contains(id);
            let slices = decision.snapshot.slices_of(duplicate.id.id).filter(|(id, _)| lacks(id));
            inheritance.slices.extend(slices.map(|(_, slice)| slice.clone()));
            let work = give_way(decision.input, duplicate, record.clone(), main);
            decision.plan.merges.push(work);
        } else if own.is_none_or(|own| !own.duplicates.contains(&duplicate.id.id)) {
            inheritance.linked.push(duplicate.id.clone());
        }
    }
    Some(inheritance)
}

/// Whether a ticket is as casefile created it, except for what an earlier run did to make it give way.
fn is_untouched(ticket: &Ticket, record: &Record, texts: &TicketTexts) -> bool {
    let last_written = &record.last_written;
    let same = |text: &str, written: Option<_>| written == Some(WrittenValues::text(text));
    let own_comments = usize::from(record.successor.is_some());
    ticket.status.category == Category::New
        && ticket.assignee.as_ref().map(|person| &person.id) == last_written.assignee.as_ref()
        && ticket.due == last_written.due
        && (last_written.priority.is_none() || ticket.priority == last_written.priority)
        && same(&texts.summary, last_written.summary)
        && (same(&texts.description, last_written.description)
            || last_written.description.is_none() && texts.description.trim().is_empty())
        && texts.comments <= own_comments
        && record.linked.is_empty()
}

/// Links a duplicate to the ticket that it gives way to, comments on it, closes it and removes casefile's marks. What
/// an earlier run has already written is not written again, so that a duplicate that its workflow does not allow to be
/// closed does not cost a write in every run.
pub(crate) fn give_way(input: &Input<'_>, duplicate: &Ticket, mut record: Record, main: &Ticket) -> Work {
    let mut steps = Vec::new();
    if record.successor.as_ref() != Some(&main.id) {
        steps.push(Step::Link(LinkKind::Duplicates, Ref::Known(main.id.clone())));
        let is_news = record.successor.is_none();
        record.follow(&duplicate.id);
        record.successor = Some(main.id.clone());
        // a second comment would be taken for a person's
        let comment = is_news.then(|| {
            (input.fit)(comments::merged(comments::OtherTicket { key: main.key.as_str(), url: &main.url }))
        });
        steps.push(Step::Edit(Box::new(Edit { comment, record: Some(record), ..Edit::default() })));
    }
    steps.push(Step::Go(transitions::anywhere(Category::Done)));
    let marks = duplicate.labels.iter().filter(|label| is_mark(label)).cloned().collect();
    steps.push(Step::Edit(Box::new(Edit { labels_removed: marks, ..Edit::default() })));
    Work { on: Ref::Known(duplicate.id.clone()), steps }
}

fn is_mark(label: &str) -> bool {
    label == LABEL || label.starts_with("casefile-")
}
