//! The priority that stands for a severity.

use crate::model::answer::{Choice, Screen};
use crate::model::field::{choice, chosen, listed};
use crate::model::record::Record;
use crate::model::scan::Problem;
use crate::model::severity::Severity;
use crate::model::ticket::Ticket;
use crate::model::write::FieldContent;
use crate::plan::fields::destination::issue_type_of;
use crate::plan::fields::filler::Filler;
use crate::plan::planner::Planner;
use crate::policy::route::TicketTarget;

impl Filler<'_, '_> {
    /// Sets the priority and returns its name. A screen without one is not a problem, because the user did not ask for
    /// a priority.
    pub(crate) fn priority(&mut self, severity: Severity) -> Option<String> {
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

/// The priority for a severity, by its name and as a value; `Ok(None)`: none is wanted, or the screen has none.
///
/// # Errors
/// There is no such priority; the ticket is filed without one.
pub(crate) fn priority(
    screen: &Screen,
    target: &TicketTarget,
    severity: Severity,
) -> Result<Option<(String, FieldContent)>, Problem> {
    let (Some(field), Some(wanted)) = (screen.fields.get("priority"), target.priorities.get(&severity))
    else {
        return Ok(None);
    };
    if field.allowed.is_empty() {
        return Ok(Some((wanted.clone(), FieldContent::Name(wanted.clone()))));
    }
    if let Some(choice) = choice(&field.allowed, wanted).or_else(|| own(&field.allowed, wanted)) {
        return Ok(Some((choice.name.clone(), chosen(choice))));
    }
    let project = &target.project;
    let message = format!(
        "project {project} has no priority `{wanted}`; tickets of this severity are filed without a priority"
    );
    Err(Problem::new(format!("jira.priorities.{severity}"), message).hint(listed(&field.allowed)))
}

/// Jira's own five priorities, from the highest to the lowest: their ids are 1 to 5 in every language.
const OWN: [&str; 5] = ["Highest", "High", "Medium", "Low", "Lowest"];

/// Where each of Jira's own five is in a project's shorter list, by the list's length.
const PLACES: [[usize; 5]; 4] = [[0, 0, 0, 0, 0], [0, 0, 1, 1, 1], [0, 0, 1, 2, 2], [0, 1, 2, 3, 3]];

/// One of Jira's own priorities that has another name here: in the site's language, in an older Jira (`Blocker`), or in
/// a list of the project's own, whose order then decides.
fn own<'c>(allowed: &'c [Choice], wanted: &str) -> Option<&'c Choice> {
    let place = OWN.iter().position(|own| own.eq_ignore_ascii_case(wanted.trim()))?;
    // Jira's own are in their order; if they are not, an id says nothing
    let ids: Vec<usize> =
        allowed.iter().filter_map(|one| one.id.parse().ok()).filter(|id| *id <= 5).collect();
    let by_id = allowed.iter().find(|choice| choice.id == (place + 1).to_string());
    if let Some(choice) = by_id.filter(|_| ids.is_sorted()) {
        return Some(choice);
    }
    let last = allowed.len().checked_sub(1)?;
    let at = match PLACES.get(last) {
        Some(places) => places[place],
        None if place == OWN.len() - 1 => last,
        None => place,
    };
    // the top of the list stands for the highest, the end for the lowest; in between, a name may say more
    allowed.get(at)
}

/// Another priority, if the severity's priority has changed and no person has chosen one. `None`: more must be known
/// first.
pub(crate) fn follow(
    decision: &mut Planner<'_>,
    target: &TicketTarget,
    ticket: &Ticket,
    record: &Record,
) -> Option<Option<(String, FieldContent)>> {
    let Some(last_written) = &record.last_written.priority else { return Some(None) };
    let Some(wanted) = target.priorities.get(&record.severity) else { return Some(None) };
    let is = |name: &str| name.to_lowercase() == last_written.to_lowercase();
    if ticket.priority.as_ref() != Some(last_written) || is(wanted) {
        return Some(None);
    }
    if ticket.key.project() != target.project {
        // the ticket was moved, and what its project offers now is not known
        return Some(Some((wanted.clone(), FieldContent::Name(wanted.clone()))));
    }
    let project = decision.needs.project(decision.snapshot, &target.project)?;
    let Ok(issue_type) = issue_type_of(decision, project, target.issue_type.as_deref()) else {
        return Some(None);
    };
    let issue_type = issue_type?;
    let screen = decision.needs.screen(decision.snapshot, &target.project, &issue_type.id)?;
    match priority(screen, target, record.severity) {
        Ok(found) => Some(found.filter(|(name, _)| !is(name))),
        Err(problem) => {
            decision.problem(problem);
            Some(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_a_projects_own_list_decides() {
        let check = |list: &[(&str, &str)], expected: [&str; 5]| {
            let allowed: Vec<Choice> = list
                .iter()
                .map(|(id, name)| Choice {
                    id: (*id).to_owned(),
                    name: (*name).to_owned(),
                    children: Vec::new(),
                })
                .collect();
            let named = OWN.map(|word| {
                let found = choice(&allowed, word).or_else(|| own(&allowed, word));
                found.map_or("", |choice| choice.name.as_str())
            });
            assert_eq!(named, expected, "{list:?}");
        };
        let german =
            [("1", "Höchste"), ("2", "Hoch"), ("3", "Mittel"), ("4", "Niedrig"), ("5", "Niedrigste")];
        check(&german, ["Höchste", "Hoch", "Mittel", "Niedrig", "Niedrigste"]);
        check(&german[1..4], ["Hoch", "Hoch", "Mittel", "Niedrig", "Niedrig"]);
        let own = [("10001", "P1"), ("10002", "P2"), ("10003", "P3"), ("10004", "P4")];
        check(&own, ["P1", "P2", "P3", "P4", "P4"]);
        check(&[("4", "P1"), ("3", "P2"), ("2", "P3"), ("1", "P4")], ["P1", "P2", "P3", "P4", "P4"]);
        check(&[("7", "P0"), ("8", "P1"), ("9", "P2")], ["P0", "P0", "P1", "P2", "P2"]);
        let six = [("11", "P0"), ("12", "P1"), ("13", "P2"), ("14", "P3"), ("15", "P4"), ("16", "P5")];
        check(&six, ["P0", "P1", "P2", "P3", "P5"]);
        let mixed = [("10001", "Critical"), ("10002", "High"), ("10003", "Medium"), ("10004", "Low")];
        check(&mixed, ["Critical", "High", "Medium", "Low", "Low"]);
        check(&[("7", "Any")], ["Any"; 5]);
        check(&[], [""; 5]);
    }
}
