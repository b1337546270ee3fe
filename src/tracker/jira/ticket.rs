//! Jira's issues as tickets.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::wire;
use crate::http::Base;
use crate::model::record::Record;
use crate::model::slice::{PROPERTY, Slice, SliceId};
use crate::model::ticket::{Category, Person, Status, Ticket, TicketId, TicketKey};

/// The fields that a ticket is read from.
pub(super) const FIELDS: &[&str] = &[
    "summary",
    "status",
    "resolution",
    "resolutiondate",
    "priority",
    "assignee",
    "duedate",
    "labels",
    "creator",
    "created",
];

/// A ticket from an issue with [`FIELDS`] and the record's property; the error says what is missing.
///
/// `own`: the slices whose digests were requested along with it.
pub(super) fn ticket(issue: wire::WireIssue, base: &Base, own: &[SliceId]) -> Result<Ticket, String> {
    let fields = issue.fields;
    let key = TicketKey::parse(&issue.key).ok_or_else(|| format!("`{}` is not a ticket key", issue.key))?;
    let status = fields.status.ok_or_else(|| format!("{key} has no status"))?;
    let mut properties = issue.properties.unwrap_or_default();
    let record = properties.remove(PROPERTY);
    let digest = |slice: &Value| Some(Slice::deserialize(slice).ok()?.digest());
    let own = own.iter().map(|id| (id.clone(), properties.get(&id.property()).and_then(digest))).collect();
    let named =
        |field: Option<wire::WireNamed>| field.map(|field| field.name).filter(|name| !name.is_empty());
    Ok(Ticket {
        id: TicketId { site: base.site(), id: number(&issue.id)? },
        url: base.at(["browse", key.as_str()]).into(),
        key,
        summary: fields.summary.unwrap_or_default(),
        status: self::status(status),
        resolution: named(fields.resolution),
        resolved: fields.resolutiondate.as_deref().and_then(moment),
        priority: named(fields.priority),
        assignee: fields.assignee.and_then(person),
        due: fields.duedate.as_deref().and_then(|day| day.parse().ok()),
        labels: fields.labels.unwrap_or_default(),
        creator: fields.creator.and_then(person),
        created: fields.created.as_deref().and_then(moment),
        // one that cannot be read loses detail, not deduplication
        record: record.and_then(|record| Record::read(&record)),
        own,
    })
}

/// Jira's numeric id.
pub(super) fn number(id: &str) -> Result<u64, String> {
    id.parse().map_err(|_| format!("`{id}` is not the ID of an issue"))
}

/// A person, if Jira says who it is; accounts may be hidden.
pub(super) fn person(user: wire::User) -> Option<Person> {
    let id = user.account_id.or(user.name).filter(|id| !id.is_empty())?;
    let name = user.display_name.filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone());
    Some(Person { id, name })
}

pub(super) fn status(status: wire::WireStatus) -> Status {
    let category = category(&status.category.key);
    Status { id: status.id, name: status.name, category }
}

/// `2026-05-24T13:12:37.200+0200`, as Jira writes it.
fn moment(text: &str) -> Option<Timestamp> {
    text.parse().or_else(|_| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text)).ok()
}

/// What a status category's key means; `undefined` and unknown ones mean work that has not begun.
pub(super) fn category(key: &str) -> Category {
    match key {
        "done" => Category::Done,
        "indeterminate" => Category::InProgress,
        _ => Category::New,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::AddressPolicy;

    fn read(issue: Value) -> Result<Ticket, String> {
        let base = Base::parse("https://a.example/jira", &AddressPolicy::default()).unwrap();
        ticket(serde_json::from_value(issue).unwrap(), &base, &[])
    }

    /// Shaped like `IssueBean`, with made-up values.
    fn full() -> Value {
        json!({"expand": "", "id": "10042", "key": "SEC-7", "self": "https://a.example/jira/rest/api/3/issue/10042",
            "fields": {
                "summary": "lodash: Prototype pollution",
                "status": {"id": "3", "name": "En cours", "statusCategory": {"id": 4, "key": "indeterminate"}},
                "resolution": {"name": "Fixed"}, "resolutiondate": "2026-05-24T13:12:37.200+0200",
                "priority": {"name": "High", "id": "2"}, "duedate": "2026-06-01",
                "assignee": {"accountId": "5b:1", "displayName": "Alice", "accountType": "atlassian"},
                "labels": ["casefile", "x"], "creator": {"accountId": "5b:2", "displayName": ""},
                "created": "2026-05-24T11:12:37.000+0000"},
            "properties": {"casefile": {"version": 1, "revision": 4, "repository": "github.com/a/b",
                "site": "a.example", "names": [], "mode": "type", "origin": {}, "first-seen": "2026-05-24",
                "severity": "high"}}})
    }

    #[test]
    fn an_issue_becomes_a_ticket() {
        let ticket = read(full()).unwrap();
        assert_eq!(ticket.id, TicketId { site: "a.example/jira".to_owned(), id: 10042 });
        assert_eq!(ticket.url, "https://a.example/jira/browse/SEC-7");
        assert_eq!(ticket.status.category, Category::InProgress);
        assert_eq!(ticket.resolved, Some("2026-05-24T11:12:37.2Z".parse().unwrap()));
        assert_eq!(ticket.created, Some("2026-05-24T11:12:37Z".parse().unwrap()));
        assert_eq!(ticket.due, Some("2026-06-01".parse().unwrap()));
        assert_eq!(ticket.assignee.unwrap().name, "Alice");
        assert_eq!(ticket.creator.unwrap(), Person { id: "5b:2".to_owned(), name: "5b:2".to_owned() });
        assert_eq!(ticket.record.unwrap().revision, 4);
    }

    #[test]
    fn what_a_project_lacks_is_none() {
        let status = json!({"id": "1", "name": "x", "statusCategory": {"key": "undefined"}});
        let ticket = read(json!({"id": "1", "key": "A-1", "fields": {"status": status, "assignee": null,
            "priority": null, "labels": null, "duedate": null, "creator": {"accountId": null}},
            "properties": {"casefile": {"version": "mad"}}}))
        .unwrap();
        assert_eq!((ticket.priority, ticket.assignee, ticket.creator), (None, None, None));
        assert_eq!((ticket.due, ticket.record, ticket.status.category), (None, None, Category::New));
        assert!(ticket.labels.is_empty());
    }

    #[test]
    fn categories_go_by_their_key() {
        let check = |key: &str, expected| {
            let mut issue = full();
            issue["fields"]["status"]["statusCategory"]["key"] = key.into();
            assert_eq!(read(issue).unwrap().status.category, expected, "{key}");
        };
        check("new", Category::New);
        check("undefined", Category::New);
        check("indeterminate", Category::InProgress);
        check("done", Category::Done);
    }

    #[test]
    fn what_is_no_issue_is_said() {
        for (at, value) in [("/id", json!("x")), ("/key", json!("sec 1")), ("/fields/status", Value::Null)] {
            let mut issue = full();
            *issue.pointer_mut(at).unwrap() = value;
            assert!(read(issue).is_err(), "{at}");
        }
    }
}
