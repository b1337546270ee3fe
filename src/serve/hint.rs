//! How a webhook is interpreted: as a hint that a ticket changed. Nothing else in it is trusted.

use serde_json::Value;

use crate::model::ticket::TicketKey;

/// How a ticket is named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TicketHint {
    /// By Jira's numeric id.
    Id(u64),
    /// By its key.
    Key(TicketKey),
}

impl std::fmt::Display for TicketHint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TicketHint::Id(id) => write!(f, "{id}"),
            TicketHint::Key(key) => write!(f, "{key}"),
        }
    }
}

/// A ticket that may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The ticket.
    pub ticket: TicketHint,
    /// The labels that it had: nothing else says which repository a deleted ticket belonged to. `None`: unknown.
    pub labels: Option<Vec<String>>,
}

impl Hint {
    /// The hint from the address alone, if the webhook has no body (Jira's "Exclude body").
    pub fn of_key(key: TicketKey) -> Hint {
        Hint { ticket: TicketHint::Key(key), labels: None }
    }

    /// Reads a webhook's body (Atlassian, "Webhooks"): `issue.id`, a string or a number, and `issue.fields.labels`.
    /// `None`: it is about something else, or not a webhook.
    pub fn read(body: &[u8]) -> Option<Hint> {
        let payload: Value = serde_json::from_slice(body).ok()?;
        let issue = &payload["issue"];
        let ticket = match &issue["id"] {
            Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok()?,
            Value::Number(number) => number.as_u64()?,
            _ => return None,
        };
        let labels = issue["fields"]["labels"]
            .as_array()
            .map(|labels| labels.iter().filter_map(|label| label.as_str().map(str::to_owned)).collect());
        Some(Hint { ticket: TicketHint::Id(ticket), labels })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_id_and_the_labels_count() {
        let check = |body: &str, expected: Option<(u64, Option<&[&str]>)>| {
            let expected = expected.map(|(ticket, labels)| Hint {
                ticket: TicketHint::Id(ticket),
                labels: labels.map(|labels| labels.iter().map(|label| (*label).to_owned()).collect()),
            });
            assert_eq!(Hint::read(body.as_bytes()), expected, "{body}");
        };
        check(
            r#"{"webhookEvent":"jira:issue_updated","issue":{"id":"10002","key":"SEC-1"}}"#,
            Some((10002, None)),
        );
        check(r#"{"issue":{"id":10002,"fields":{"labels":["a",1]}}}"#, Some((10002, Some(&["a"]))));
        check(r#"{"issue":{"id":"1","fields":null}}"#, Some((1, None)));
        for body in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"issue":"SEC-1"}"#,
            r#"{"issue":{"id":"+1"}}"#,
            r#"{"issue":{"id":""}}"#,
            r#"{"issue":{"id":-1}}"#,
            r#"{"issue":{"id":"99999999999999999999999"}}"#,
            r#"{"issue":{"id":"1 OR 1=1"}}"#,
            r#"{"issue":{"id":["1"]}}"#,
        ] {
            check(body, None);
        }
        check(&"[".repeat(100_000), None);
    }
}
