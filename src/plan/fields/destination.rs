//! Where a ticket can be filed: a project's issue types, and what the account may do there.

use crate::model::answer::{IssueType, Permissions, Project, Screen};
use crate::model::scan::Problem;
use crate::plan::planner::Planner;

/// What is known about a project's issue type.
#[derive(Debug, PartialEq)]
pub(crate) enum Kinds<'p> {
    /// It is this one.
    One(&'p IssueType),
    /// The create screens of these show it.
    Look(Vec<&'p IssueType>),
}

/// Names that show that a project is in English. `Story` and `Epic` are the same in other languages.
const ENGLISH: [&str; 6] = ["bug", "task", "sub-task", "subtask", "new feature", "improvement"];

/// The configured issue type, by name (ignoring case) or by id; otherwise Bug, Task or Story, otherwise the first that
/// is neither a sub-task's nor an epic's. In other languages names say nothing, so a type is used only if it is the
/// only one left. `is_epic`: `None` if that is not known yet.
pub(crate) fn issue_type<'p>(
    project: &'p Project,
    wanted: Option<&str>,
    is_epic: impl Fn(&IssueType) -> Option<bool>,
) -> Result<Kinds<'p>, Problem> {
    let named = |name: &str| {
        let lower = name.to_lowercase();
        let own =
            |kind: &IssueType| kind.untranslated.as_ref().is_some_and(|own| own.to_lowercase() == lower);
        let types = || project.issue_types.iter();
        let by_name = types().find(|kind| kind.name.to_lowercase() == lower || kind.id == name);
        by_name.or_else(|| types().find(|kind| own(kind)))
    };
    let refuse = |message: String, what: &str| {
        let names: Vec<_> = project.issue_types.iter().map(|kind| kind.name.as_str()).collect();
        let hint = format!("{what} The project's issue types are: {}.", names.join(", "));
        Err(Problem::new("jira.issue-type", message).hint(hint.trim_start()))
    };
    if let Some(name) = wanted {
        return match named(name) {
            Some(kind) => Ok(Kinds::One(kind)),
            None => refuse(format!("project {} has no issue type `{name}`", project.key), ""),
        };
    }
    let english = project.english
        || project.issue_types.iter().any(|kind| ENGLISH.contains(&kind.name.to_lowercase().as_str()));
    let usual = if english { &["Bug", "Task", "Story"][..] } else { &["Bug", "Task"] };
    if let Some(kind) = usual.iter().find_map(|name| named(name).filter(|kind| !kind.subtask)) {
        return Ok(Kinds::One(kind));
    }
    let free: Vec<&IssueType> = project.issue_types.iter().filter(|kind| !kind.subtask).collect();
    let unknown: Vec<&IssueType> = free.iter().copied().filter(|kind| is_epic(kind).is_none()).collect();
    if !unknown.is_empty() {
        return Ok(Kinds::Look(unknown));
    }
    let left: Vec<&IssueType> = free.into_iter().filter(|kind| is_epic(kind) == Some(false)).collect();
    match left.as_slice() {
        [one] => Ok(Kinds::One(one)),
        [first, ..] if english => Ok(Kinds::One(first)),
        _ => refuse(
            format!(
                "project {} has no issue type `Bug`, and casefile does not guess which other type to use",
                project.key
            ),
            "Set the issue type in the configuration, by name or ID: `jira: {issue-type: …}`.",
        ),
    }
}

/// The issue type of new tickets in a project; `None`: more must be known first.
pub(crate) fn issue_type_of<'p>(
    decision: &mut Planner<'_>,
    project: &'p Project,
    wanted: Option<&str>,
) -> Result<Option<&'p IssueType>, Problem> {
    let snapshot = decision.snapshot;
    let is_epic = |kind: &IssueType| {
        kind.epic.or_else(|| snapshot.screen(&project.key, &kind.id).map(Screen::is_epics))
    };
    match issue_type(project, wanted, is_epic)? {
        Kinds::One(kind) => Ok(Some(kind)),
        Kinds::Look(kinds) => {
            for kind in kinds {
                decision.needs.screen(snapshot, &project.key, &kind.id);
            }
            Ok(None)
        }
    }
}

/// Nothing is filed where casefile cannot find, mark or edit its own tickets.
pub(crate) fn check_permissions(project: &Project) -> Result<(), Problem> {
    let Permissions { browse, create, edit, .. } = project.may;
    let lacking: Vec<&str> = [("Browse Projects", browse), ("Create Issues", create), ("Edit Issues", edit)]
        .into_iter()
        .filter_map(|(name, has)| (!has).then_some(name))
        .collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let (message, hint) = if browse {
        let message = format!("the account lacks {} in project {}", lacking.join(", "), project.key);
        (message, "Ask a Jira administrator to grant that access; without it, nothing is filed there.")
    } else {
        let message =
            format!("project {} does not exist, or the account is not allowed to browse it", project.key);
        let hint = "Check the project's key in the configuration, or ask a Jira administrator to let the account \
                    browse the project; without that, nothing is filed there.";
        (message, hint)
    };
    Err(Problem::new("PROVIDER_SCOPE_UNAVAILABLE", message).hint(hint))
}

/// Tickets are found by their labels.
pub(crate) fn check_labels(project: &str, issue_type: &str, screen: &Screen) -> Result<(), Problem> {
    if screen.fields.contains_key("labels") {
        return Ok(());
    }
    let message = "the create screen has no Labels field, so casefile would not find its tickets again";
    Err(Problem::new(format!("{project}, {issue_type}"), message).hint(
        "Ask a Jira administrator to add Labels to the create screen; until then, nothing is filed there.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issue types as `name`, `name=untranslated`, `name/` for a sub-task type, `name!` for an epic type, `name?` if
    /// the kind is not known; and which one is used, or the reason for refusing.
    fn check(english: bool, types: &[&str], wanted: Option<&str>, expected: &str) {
        let kinds = types.iter().map(|text| IssueType {
            id: text.len().to_string(),
            name: text.split('=').next().unwrap().trim_end_matches(['/', '!', '?']).to_owned(),
            untranslated: text.split_once('=').map(|(_, own)| own.to_owned()),
            subtask: text.ends_with('/'),
            epic: (!text.ends_with('?')).then(|| text.ends_with('!')),
        });
        let issue_types = kinds.collect();
        let project = Project { key: "SEC".to_owned(), issue_types, may: Permissions::ALL, english };
        let said = match issue_type(&project, wanted, |kind| kind.epic) {
            Ok(Kinds::One(kind)) => kind.name.clone(),
            Ok(Kinds::Look(kinds)) => format!("look at {}", kinds.len()),
            Err(problem) => format!("{} {}", problem.message, problem.hint),
        };
        assert!(said.starts_with(expected), "{types:?}: {said}");
    }

    #[test]
    fn an_epic_is_never_guessed() {
        check(true, &["Epic!", "Task", "Bug"], None, "Bug");
        check(true, &["Epic!", "Story", "Sub-task/"], None, "Story");
        check(true, &["Epic!", "Incident", "Change"], None, "Incident");
        check(true, &["Epic?", "Incident?"], None, "look at 2");
        check(true, &["Epic!"], None, "project SEC has no issue type `Bug`");
        check(true, &["Epic!"], Some("epic"), "Epic");
    }

    #[test]
    fn in_another_language_only_what_is_left_is_taken() {
        let german = ["Epos!", "Story", "Aufgabe", "Fehler", "Unteraufgabe/"];
        check(false, &german, None, "project SEC has no issue type `Bug`, and casefile does not guess");
        check(false, &german, Some("fehler"), "Fehler");
        check(false, &["Epos?", "Fehler?", "Unteraufgabe/"], None, "look at 2");
        check(false, &["Epos!", "Fehler", "Unteraufgabe/"], None, "Fehler");
        check(false, &["Epic!", "Story", "Improvement"], None, "Story");
        check(false, &["Epos!", "Aufgabe", "Fehler=Bug"], None, "Fehler");
        check(false, &["Epos!"], None, "project SEC has no issue type `Bug`");
    }
}
