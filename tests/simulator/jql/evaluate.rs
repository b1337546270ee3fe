//! Holding issues against a query: names are checked against what is, matching goes by what the index sees.

use std::cmp::Ordering;

use super::super::state::{Category, Issue, World};
use super::dates::moment;
use super::parse::parse;
use super::{Clause, Operator, Query};

/// Ids of the matching issues in the query's order (by falling id where it names none). The error is Jira's message.
pub(crate) fn run(world: &World, text: &str, reconciled: &[u64]) -> Result<Vec<u64>, String> {
    let query = parse(text)?;
    if query.order.len() > 7 {
        return Err("The number of ORDER BY fields must not exceed 7.".to_owned());
    }
    let Some(clause) = &query.clause else {
        return Err(
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
                .to_owned(),
        );
    };
    check(world, clause)?;
    let candidates = world.searchable(reconciled).into_iter().filter(|issue| world.shows(issue));
    let mut found: Vec<&Issue> = candidates.filter(|issue| holds(world, clause, issue)).collect();
    sort(&mut found, &query)?;
    Ok(found.into_iter().map(|issue| issue.id).collect())
}

fn sort(issues: &mut [&Issue], query: &Query) -> Result<(), String> {
    let fields = ["key", "issuekey", "id", "created", "updated", "priority"];
    if let Some((field, _)) = query.order.iter().find(|(field, _)| !fields.contains(&field.as_str())) {
        return Err(format!("Not able to sort using field '{field}'."));
    }
    issues.sort_by(|a, b| {
        let by_field = |(field, falling): &(String, bool)| {
            let order = match field.as_str() {
                "key" | "issuekey" => key_parts(&a.key).cmp(&key_parts(&b.key)),
                "id" => a.id.cmp(&b.id),
                "created" => a.created.cmp(&b.created),
                "updated" => a.updated.cmp(&b.updated),
                _ => b.priority.cmp(&a.priority),
            };
            if *falling { order.reverse() } else { order }
        };
        let decided = query.order.iter().map(by_field).find(|order| *order != Ordering::Equal);
        decided.unwrap_or_else(|| b.id.cmp(&a.id))
    });
    Ok(())
}

/// What Jira finds wrong with a query that can be parsed: unknown fields, operators that do not fit, values that do not exist.
fn check(world: &World, clause: &Clause) -> Result<(), String> {
    let (field, operator, values) = match clause {
        Clause::And(a, b) | Clause::Or(a, b) => {
            return check(world, a).and_then(|()| check(world, b));
        }
        Clause::Not(inner) => return check(world, inner),
        Clause::Term { field, operator, values } => (field.as_str(), *operator, values),
    };
    let relation =
        matches!(operator, Operator::Less | Operator::LessEqual | Operator::Greater | Operator::GreaterEqual);
    let fits = match field {
        "created" | "updated" => !matches!(operator, Operator::In | Operator::NotIn | Operator::Contains),
        "key" | "issuekey" | "id" | "issue" => operator != Operator::Contains,
        "summary" | "description" => matches!(operator, Operator::Contains | Operator::Is | Operator::IsNot),
        // Atlassian's JQL reference: the master field `text` and `comment` know `~` and `!~` alone
        "text" | "comment" => operator == Operator::Contains,
        _ => !relation && operator != Operator::Contains,
    };
    if !fits {
        return Err(format!("The operator '{operator:?}' is not supported by the '{field}' field."));
    }
    values.iter().try_for_each(|value| check_value(world, field, value))
}

fn check_value(world: &World, field: &str, value: &str) -> Result<(), String> {
    let missing = || Err(format!("The value '{value}' does not exist for the field '{field}'."));
    let known = match field {
        "key" | "issuekey" | "id" | "issue" => {
            return if world.find(value).is_some_and(|issue| world.shows(issue)) {
                Ok(())
            } else if value.parse::<u64>().is_ok() {
                Err(format!("A value with ID '{value}' does not exist for the field '{field}'."))
            } else {
                Err(format!("An issue with key '{value}' does not exist for field '{field}'."))
            };
        }
        "project" => {
            world.projects.iter().filter(|project| project.grants("BROWSE_PROJECTS")).any(|project| {
                [&project.key, &project.id, &project.name].iter().any(|name| name.eq_ignore_ascii_case(value))
            })
        }
        "statuscategory" => category(value).is_some(),
        "status" => world.status_named(value).or_else(|| world.status(value)).is_some(),
        "issuetype" | "type" => world.projects.iter().any(|project| project.issue_type(value).is_some()),
        "created" | "updated" => {
            return if moment(value, world.now()).is_some() {
                Ok(())
            } else {
                Err(format!(
                    "Date value '{value}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
                ))
            };
        }
        "assignee" | "creator" | "reporter" => world.user(value).is_some(),
        "labels" | "summary" | "description" | "text" | "comment" | "resolution" => true,
        _ => {
            return Err(format!("Field '{field}' does not exist or you do not have permission to view it."));
        }
    };
    if known { Ok(()) } else { missing() }
}

fn holds(world: &World, clause: &Clause, issue: &Issue) -> bool {
    match clause {
        Clause::And(a, b) => holds(world, a, issue) && holds(world, b, issue),
        Clause::Or(a, b) => holds(world, a, issue) || holds(world, b, issue),
        Clause::Not(inner) => !holds(world, inner, issue),
        Clause::Term { field, operator, values } => {
            let any = || values.iter().any(|value| equals(world, issue, field, value));
            match operator {
                Operator::Equal | Operator::In => any(),
                // As in Jira: an issue without a value fits neither `=` nor `!=`.
                Operator::NotEqual | Operator::NotIn => !is_empty(issue, field) && !any(),
                Operator::Is => is_empty(issue, field),
                Operator::IsNot => !is_empty(issue, field),
                Operator::Contains => values.iter().all(|value| contains(issue, field, value)),
                _ => values.iter().all(|value| {
                    ordered(world, issue, field, value).is_some_and(|order| allows(*operator, order))
                }),
            }
        }
    }
}

fn equals(world: &World, issue: &Issue, field: &str, value: &str) -> bool {
    match field {
        "labels" => issue.labels.iter().any(|label| label == value),
        "key" | "issuekey" | "id" | "issue" => is_called(world, issue, value),
        "project" => world.project(&issue.project).is_some_and(|project| {
            [&project.key, &project.id, &project.name].iter().any(|name| name.eq_ignore_ascii_case(value))
        }),
        "statuscategory" => category(value) == Some(world.category(issue)),
        "status" => {
            issue.status == value
                || world.status(&issue.status).is_some_and(|status| status.name.eq_ignore_ascii_case(value))
        }
        "issuetype" | "type" => world
            .project(&issue.project)
            .and_then(|project| project.issue_type(value))
            .is_some_and(|kind| kind.id == issue.issue_type),
        "assignee" => issue.assignee.as_ref() == Some(&world.account(value)),
        "creator" => issue.creator == world.account(value),
        "reporter" => issue.reporter == world.account(value),
        "resolution" => match &issue.resolution {
            Some(resolution) => resolution.eq_ignore_ascii_case(value),
            None => value.eq_ignore_ascii_case("unresolved"),
        },
        _ => ordered(world, issue, field, value) == Some(Ordering::Equal),
    }
}

/// By id, key or former key, as they are now.
fn is_called(world: &World, issue: &Issue, name: &str) -> bool {
    let now = world.issues.get(&issue.id).unwrap_or(issue);
    let mut keys = now.old_keys.iter().chain([&now.key]);
    name.parse() == Ok(issue.id) || keys.any(|key| key.eq_ignore_ascii_case(name))
}

fn is_empty(issue: &Issue, field: &str) -> bool {
    match field {
        "labels" => issue.labels.is_empty(),
        "description" => issue.description.is_null(),
        "assignee" => issue.assignee.is_none(),
        "resolution" => issue.resolution.is_none(),
        _ => false,
    }
}

/// Jira's text search, by whole words. The reference's "Search for issues using the text field": `*` at a word's end is for any
/// end; what is neither letter nor digit parts words.
fn contains(issue: &Issue, field: &str, value: &str) -> bool {
    if field == "summary" {
        let summary = issue.summary.to_lowercase();
        return value
            .to_lowercase()
            .split_whitespace()
            .all(|word| summary.contains(word.trim_matches(['"', '*'])));
    }
    let mut words = value.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.all(|word| issue.has_word(field, word))
}

/// How the issue's value stands to the given one. Keys compare within one project alone.
fn ordered(world: &World, issue: &Issue, field: &str, value: &str) -> Option<Ordering> {
    match field {
        "key" | "issuekey" | "id" | "issue" => {
            let (own, other) = (key_parts(&issue.key), key_parts(&world.find(value)?.key));
            (own.0 == other.0).then(|| own.1.cmp(&other.1))
        }
        "created" => Some(issue.created.cmp(&moment(value, world.now())?)),
        "updated" => Some(issue.updated.cmp(&moment(value, world.now())?)),
        _ => None,
    }
}

fn allows(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Less => order.is_lt(),
        Operator::LessEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        _ => order.is_ge(),
    }
}

fn category(name: &str) -> Option<Category> {
    let all = [Category::New, Category::Indeterminate, Category::Done];
    all.into_iter().find(|category| {
        let (id, key, _, title) = category.facts();
        title.eq_ignore_ascii_case(name) || key.eq_ignore_ascii_case(name) || id.to_string() == name
    })
}

fn key_parts(key: &str) -> (&str, u64) {
    let (project, number) = key.rsplit_once('-').unwrap_or((key, ""));
    (project, number.parse().unwrap_or(0))
}
