//! What names mean on a site: people, statuses, the values that a field accepts.

use std::collections::HashSet;

use serde_json::Value;

use super::ticket::{person, status};
use super::{Jira, wire};
use crate::model::answer::{Choice, Failure};
use crate::model::ticket::{Person, Status};

impl Jira {
    /// The person that an e-mail address, account id or user name belongs to. [`Failure::Scope`]: the account is not
    /// allowed to look people up; reporting this is up to the caller.
    pub(super) async fn whose(&self, who: &str) -> Result<Option<Person>, Failure> {
        let who = who.trim();
        if who.is_empty() {
            return Ok(None);
        }
        match self.client.ask::<wire::Users>(&self.dialect.people(who)).await {
            Ok(wire::Users::One(user)) => Ok(pick(vec![*user], who)),
            Ok(wire::Users::Several(users)) => Ok(pick(users, who)),
            Err(Failure::Gone | Failure::Refused { .. }) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// The statuses of all issue types, each once.
    pub(super) async fn statuses(&self, project: &str) -> Result<Vec<Status>, Failure> {
        let kinds: Vec<wire::TypeWithStatuses> = self
            .client
            .ask(&self.dialect.statuses(project))
            .await
            .map_err(|failure| hidden(failure, project))?;
        let mut seen = HashSet::new();
        let all = kinds.into_iter().flat_map(|kind| kind.statuses);
        Ok(all.filter(|one| seen.insert(one.id.clone())).map(status).collect())
    }
}

/// The account that is meant: the one with this id, name or address, otherwise the only one found if its address is
/// hidden. `None` if that account is deactivated.
fn pick(users: Vec<wire::User>, who: &str) -> Option<Person> {
    let is = |value: &Option<String>| value.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(who));
    let exact = |user: &wire::User| is(&user.account_id) || is(&user.name) || is(&user.email_address);
    let found = users.len();
    let meant = users.into_iter().filter(|user| {
        let address_hidden = user.email_address.as_deref().is_none_or(|address| !address.contains('@'));
        exact(user) || found == 1 && address_hidden && who.contains('@')
    });
    let mut active = meant.filter(|user| user.active != Some(false));
    // two people have the same address, so it is not known which of them is meant
    active.next().filter(|_| active.next().is_none()).and_then(person)
}

/// The values that a field accepts, without disabled ones.
pub(super) fn choices(values: &[Value]) -> Vec<Choice> {
    values
        .iter()
        .filter(|value| value.get("disabled") != Some(&Value::Bool(true)))
        .filter_map(choice)
        .collect()
}

fn choice(value: &Value) -> Option<Choice> {
    let text = |key: &str| match value.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let name = text("name").or_else(|| text("value")).or_else(|| value.as_str().map(str::to_owned))?;
    let children = value.get("children").and_then(Value::as_array);
    Some(Choice {
        id: text("id").unwrap_or_else(|| name.clone()),
        children: children.map(|values| choices(values)).unwrap_or_default(),
        name,
    })
}

/// A project is not a ticket: without it, nothing can be filed.
pub(super) fn hidden(failure: Failure, project: &str) -> Failure {
    match failure {
        Failure::Gone => Failure::Scope(format!(
            "project {project} does not exist, or the account is not allowed to browse it"
        )),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_person_is_told_without_guessing() {
        let check = |users: Value, who: &str, expected: Option<&str>| {
            let users = serde_json::from_value(users.clone()).unwrap();
            assert_eq!(pick(users, who).map(|person| person.id).as_deref(), expected, "{who}");
        };
        let alice = json!({"accountId": "5b:1", "emailAddress": "Alice@example.com", "active": true});
        let other = json!({"accountId": "5b:2", "emailAddress": "alice@example.com.au", "active": true});
        let hidden = json!({"accountId": "5b:3", "displayName": "A", "active": true});
        let left = json!({"accountId": "5b:4", "emailAddress": "carol@example.com", "active": false});
        let server = json!({"name": "dora", "key": "JIRAUSER1", "emailAddress": "d@example.com"});
        check(json!([]), "alice@example.com", None);
        check(json!([other, alice]), "alice@example.com", Some("5b:1"));
        check(json!([other]), "alice@example.com", None);
        check(json!([hidden]), "alice@example.com", Some("5b:3"));
        check(json!([hidden, hidden]), "alice@example.com", None);
        check(json!([alice, alice]), "alice@example.com", None);
        check(json!([left]), "carol@example.com", None);
        check(json!([alice]), "5b:1", Some("5b:1"));
        check(json!([hidden]), "alice", None);
        check(json!([server, {"name": "dorax"}]), "Dora", Some("dora"));
        check(json!([server]), "d@example.com", Some("dora"));
    }

    #[test]
    fn values_have_ids_and_names() {
        let check = |values: Value, expected: &[(&str, &str, usize)]| {
            let read = choices(values.as_array().unwrap());
            let read: Vec<_> =
                read.iter().map(|one| (one.id.as_str(), one.name.as_str(), one.children.len())).collect();
            assert_eq!(read, expected, "{values}");
        };
        check(
            json!([{"id": "1", "name": "High"}, {"id": 2, "value": "AppSec"}]),
            &[("1", "High", 0), ("2", "AppSec", 0)],
        );
        check(json!(["plain", {"id": "3"}, null]), &[("plain", "plain", 0)]);
        check(json!([{"id": "1", "value": "old", "disabled": true}]), &[]);
        let cascade = json!([{"id": "1", "value": "EU", "children": [{"id": "2", "value": "DE"}, {"id": "3", "value": "x", "disabled": true}]}]);
        check(cascade, &[("1", "EU", 1)]);
    }
}
