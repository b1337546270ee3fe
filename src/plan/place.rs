//! Where a ticket can be filed: a project's issue types, and what the account may do there.

use crate::model::answer::{IssueType, Permissions, Project, Screen};
use crate::model::scan::Problem;

/// The configured issue type, by name without regard to case or by id; else Bug, Task or Story, else the
/// first that needs no parent.
pub(super) fn issue_type<'p>(project: &'p Project, wanted: Option<&str>) -> Result<&'p IssueType, Problem> {
    let named = |name: &str| {
        let lower = name.to_lowercase();
        project.issue_types.iter().find(|kind| kind.name.to_lowercase() == lower || kind.id == name)
    };
    let found = match wanted {
        Some(name) => named(name),
        None => ["Bug", "Task", "Story"]
            .into_iter()
            .find_map(|name| named(name).filter(|kind| !kind.subtask))
            .or_else(|| project.issue_types.iter().find(|kind| !kind.subtask)),
    };
    found.ok_or_else(|| {
        let names: Vec<_> = project.issue_types.iter().map(|kind| kind.name.as_str()).collect();
        let wanted = wanted.unwrap_or("Bug");
        Problem::new("jira.issue-type", format!("project {} has no issue type `{wanted}`", project.key))
            .hint(format!("Its issue types are: {}.", names.join(", ")))
    })
}

/// Nothing is filed where casefile could not find, mark or edit its own tickets.
pub(super) fn check_permissions(project: &Project) -> Result<(), Problem> {
    let Permissions { browse, create, edit, .. } = project.may;
    let lacking: Vec<&str> = [("Browse Projects", browse), ("Create Issues", create), ("Edit Issues", edit)]
        .into_iter()
        .filter_map(|(name, has)| (!has).then_some(name))
        .collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let message = if browse {
        format!("the account lacks {} in project {}", lacking.join(", "), project.key)
    } else {
        format!("project {} does not exist, or the account may not browse it", project.key)
    };
    Err(Problem::new("PROVIDER_SCOPE_UNAVAILABLE", message)
        .hint("Let a Jira administrator grant it; without it nothing is filed there."))
}

/// Labels are what tickets are found by.
pub(super) fn check_labels(project: &str, issue_type: &str, screen: &Screen) -> Result<(), Problem> {
    if screen.fields.contains_key("labels") {
        return Ok(());
    }
    let message = "the create screen has no Labels field, so tickets could not be found again";
    Err(Problem::new(format!("{project}, {issue_type}"), message)
        .hint("Let a Jira administrator put Labels on the create screen; until then nothing is filed there."))
}
