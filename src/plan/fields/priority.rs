//! The priority that stands for a severity.

use super::Filler;
use crate::model::answer::{Choice, Screen};
use crate::model::field::{choice, chosen, listed};
use crate::model::record::Record;
use crate::model::scan::Problem;
use crate::model::severity::Severity;
use crate::model::ticket::Ticket;
use crate::model::write::Value;
use crate::plan::decision::Decision;
use crate::plan::place;
use crate::policy::route::Target;

impl Filler<'_, '_> {
    /// Sets the priority; gives its name. A screen without one is no trouble: it is casefile's own wish.
    pub(super) fn priority(&mut self, severity: Severity) -> Option<String> {
        let found = priority(self.form.screen, self.form.target, severity);
        match found {
            Ok(found) => {
                let (name, value) = found?;
                self.push("priority", value);
                Some(name)
            }
            Err(problem) => {
                self.decision.problem(problem);
                None
            }
        }
    }
}

/// The priority for a severity by its name, and as a value; `Ok(None)`: none is wanted, or the screen has
/// none.
///
/// # Errors
/// There is no such priority; the ticket is filed without one.
pub(in crate::plan) fn priority(
    screen: &Screen,
    target: &Target,
    severity: Severity,
) -> Result<Option<(String, Value)>, Problem> {
    let (Some(field), Some(wanted)) = (screen.fields.get("priority"), target.priorities.get(&severity))
    else {
        return Ok(None);
    };
    if field.allowed.is_empty() {
        return Ok(Some((wanted.clone(), Value::Name(wanted.clone()))));
    }
    if let Some(choice) = choice(&field.allowed, wanted).or_else(|| own(&field.allowed, wanted)) {
        return Ok(Some((choice.name.clone(), chosen(choice))));
    }
    let project = &target.project;
    let message = format!("project {project} has no priority `{wanted}`; its tickets are filed without one");
    Err(Problem::new(format!("jira.priorities.{severity}"), message).hint(listed(&field.allowed)))
}

/// Jira's own five, from the highest to the lowest: their ids are 1 to 5 in every language.
const OWN: [&str; 5] = ["Highest", "High", "Medium", "Low", "Lowest"];

/// One of Jira's own that has another name here: the site's language, or an older Jira's `Blocker`.
fn own<'c>(allowed: &'c [Choice], wanted: &str) -> Option<&'c Choice> {
    let place = OWN.iter().position(|own| own.eq_ignore_ascii_case(wanted))?;
    allowed.iter().find(|choice| choice.id == (place + 1).to_string())
}

/// Another priority where the severity's is another now, and a person has not chosen one. `None`: more must
/// be known first.
pub(super) fn follow(
    decision: &mut Decision<'_>,
    target: &Target,
    ticket: &Ticket,
    record: &Record,
) -> Option<Option<(String, Value)>> {
    let Some(wrote) = &record.wrote.priority else { return Some(None) };
    let Some(wanted) = target.priorities.get(&record.severity) else { return Some(None) };
    let is = |name: &str| name.to_lowercase() == wrote.to_lowercase();
    if ticket.priority.as_ref() != Some(wrote) || is(wanted) {
        return Some(None);
    }
    if ticket.key.project() != target.project {
        // it was moved, and what its project has now is not known
        return Some(Some((wanted.clone(), Value::Name(wanted.clone()))));
    }
    let project = decision.needs.project(decision.snapshot, &target.project)?;
    let Ok(issue_type) = place::issue_type(project, target.issue_type.as_deref()) else { return Some(None) };
    let screen = decision.needs.screen(decision.snapshot, &target.project, &issue_type.id)?;
    match priority(screen, target, record.severity) {
        Ok(found) => Some(found.filter(|(name, _)| !is(name))),
        Err(problem) => {
            decision.problem(problem);
            Some(None)
        }
    }
}
