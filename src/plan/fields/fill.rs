//! The fields of a new ticket, and what follows the severity on an open one.

use crate::model::record::Record;
use crate::model::scan::Problem;
use crate::model::ticket::Ticket;
use crate::model::write::{Field, FieldContent};
use crate::plan::fields::filler::{Filled, Filler, Form};
use crate::plan::fields::{due, priority};
use crate::plan::planner::Planner;
use crate::policy::route::TicketTarget;

/// The fields of a new ticket; what people may change later is noted in its record. `Ok(None)`: more must be known
/// first. The problem says which required field has no value; problems with other fields are noted separately.
pub(crate) fn fill(
    decision: &mut Planner<'_>,
    form: Form<'_>,
    record: &mut Record,
) -> Result<Option<Filled>, Problem> {
    let (filled, missing) = fill_all(decision, form, record);
    missing.iter().for_each(|problem| decision.problem(problem.clone()));
    missing.into_iter().next().map_or(Ok(filled), Err)
}

/// The same, with a problem for each required field that has no value. `None`: more must be known first.
pub(crate) fn fill_all(
    decision: &mut Planner<'_>,
    form: Form<'_>,
    record: &mut Record,
) -> (Option<Filled>, Vec<Problem>) {
    let mut filler = Filler { decision, form, filled: Filled::default(), waits: false, missing: Vec::new() };
    let target = form.target;
    filler.filled.labels.clone_from(&target.labels);
    filler.describe(record);
    record.last_written.priority = filler.priority(record.severity);
    record.last_written.due = filler.due(record.first_seen, record.severity);
    filler.own("components", "components", "Components", &target.components);
    let assignee: Vec<String> = target.assignee.iter().cloned().collect();
    filler.own("assignee", "assignee", "Assignee", &assignee);
    filler.parent();
    let level: Vec<String> = target.security_level.iter().cloned().collect();
    filler.own("security-level", "security", "Security Level", &level);
    filler.further();
    filler.require();
    let Filler { filled, waits, missing, .. } = filler;
    if waits {
        return (None, Vec::new());
    }
    record.last_written.assignee = filled.fields.iter().find_map(|field| match &field.value {
        FieldContent::Person(id) if field.id == "assignee" => Some(id.clone()),
        _ => None,
    });
    (Some(filled), missing.into_iter().map(|(_, problem)| problem).collect())
}

/// The fields that follow a group's severity, as long as nobody else has changed them: the priority, and the due date,
/// which is only ever moved to an earlier day. `None`: more must be known first.
pub(crate) fn follow(
    decision: &mut Planner<'_>,
    target: &TicketTarget,
    ticket: &Ticket,
    record: &mut Record,
    worse: bool,
) -> Option<Vec<Field>> {
    let mut fields = Vec::new();
    if let Some((priority, value)) = priority::follow(decision, target, ticket, record)? {
        record.last_written.priority = Some(priority);
        fields.push(Field { id: "priority".to_owned(), value });
    }
    if let Some(due) = due::follow(target, ticket, record, worse) {
        record.last_written.due = Some(due);
        fields.push(Field { id: "duedate".to_owned(), value: FieldContent::Date(due) });
    }
    Some(fields)
}
