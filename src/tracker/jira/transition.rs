//! Moves a ticket to a status: by a transition that leads there, with what its screen accepts. Several can lead to one
//! status, and each may be refused.

use std::collections::{BTreeMap, BTreeSet};

use super::failure::check;
use super::project::field_meta;
use super::ticket::category;
use super::write::refused;
use super::{Jira, wire};
use crate::model::answer::{Failure, FieldMeta};
use crate::model::field::{FieldShape, convert, listed, shape};
use crate::model::ticket::{Person, TicketId};
use crate::model::write::{Field, FieldContent, Move, MoveTarget, TransitionField};

impl Jira {
    /// Checks where the ticket is before moving it, so that doing it twice does nothing. After a conflict or an unclear
    /// answer it checks once more. If one transition is refused, the next one is tried.
    pub(super) async fn gone_to(&self, id: &TicketId, to: &Move) -> Result<(), Failure> {
        let id = self.own(id)?;
        let (mut again, mut refusal) = (true, None);
        loop {
            let issue: wire::WireIssue = self.client.ask(&self.dialect.status(id)).await?;
            if issue.fields.status.is_some_and(|status| is(&status, &to.to)) {
                return Ok(());
            }
            if let Some(refusal) = refusal {
                return Err(refusal);
            }
            let (answer, conflict) = self.go_once(id, to).await;
            match answer {
                Err(failure) if again && (conflict || failure.is_ambiguous()) => again = false,
                // somebody else may have moved it there since it was checked, so that no transition leads there any
                // more
                Err(failure @ Failure::Refused { .. }) => refusal = Some(failure),
                checked => return checked,
            }
        }
    }

    /// Tries each transition once; also returns whether that conflicted with somebody else's change.
    async fn go_once(&self, id: u64, to: &Move) -> (Result<(), Failure>, bool) {
        let open = self.client.ask::<wire::Transitions>(&self.dialect.transitions(id)).await;
        let open = match open {
            Ok(open) => open.transitions,
            Err(failure) => return (Err(failure), false),
        };
        let ways = match ways(&open, to) {
            Ok(ways) => ways,
            Err(failure) => return (Err(failure), false),
        };
        let mut refusals = Vec::new();
        for way in ways {
            let taken = match self.taken(way, to).await {
                Ok(taken) => taken,
                Err(failure @ Failure::Refused { .. }) => {
                    refusals.push((way.name.clone(), failure));
                    continue;
                }
                Err(failure) => return (Err(failure), false),
            };
            let call = self.dialect.transition(id, &way.id, self.dialect.fields(&taken));
            let answer = self.client.send(&call).await;
            let conflict = answer.as_ref().is_ok_and(|answer| answer.status == 409);
            match answer.and_then(check) {
                Ok(_) => return (Ok(()), false),
                Err(failure @ (Failure::Refused { .. } | Failure::Scope(_))) if !conflict => {
                    refusals.push((way.name.clone(), failure));
                }
                Err(failure) => return (Err(failure), conflict),
            }
        }
        (Err(all(refusals)), false)
    }

    /// The fields that are wanted and that the transition's screen accepts.
    async fn taken(&self, transition: &wire::Transition, to: &Move) -> Result<Vec<Field>, Failure> {
        let mut fields = Vec::new();
        for given in &to.fields {
            let Some((id, meta)) = find(transition, &given.field) else { continue };
            let shape = shape_of(&id, &meta, given);
            let people = match shape {
                FieldShape::Person | FieldShape::People => self.people(&given.texts).await?,
                _ => People::default(),
            };
            let value = value(shape, &meta, given, &people)?;
            fields.push(Field { id, value });
        }
        if let Some(name) = to.resolution.as_ref().filter(|_| transition.takes("resolution")) {
            fields.push(Field { id: "resolution".to_owned(), value: FieldContent::Name(name.clone()) });
        }
        Ok(fields)
    }

    async fn people(&self, texts: &[String]) -> Result<People, Failure> {
        let mut people = People::default();
        for text in texts.iter().map(|text| text.trim()) {
            match self.whose(text).await {
                // the field is left out, which is no reason not to move the ticket
                Err(Failure::Scope(why)) => people.unseen = Some(why),
                found => people.found.extend(found?.map(|person| (text.to_owned(), person))),
            }
        }
        Ok(people)
    }
}

/// The people that names and addresses belong to.
#[derive(Default)]
struct People {
    found: BTreeMap<String, Person>,
    /// Why the account is not allowed to look people up, if it is not.
    unseen: Option<String>,
}

/// A field of the transition's screen, by its id or its name, ignoring case.
fn find(transition: &wire::Transition, word: &str) -> Option<(String, FieldMeta)> {
    let fields = transition.fields().map(|(id, meta)| (id, field_meta(meta)));
    let mut named = None;
    for (id, meta) in fields {
        if id == word {
            return Some((id, meta));
        }
        if meta.name.trim().to_lowercase() == word.trim().to_lowercase() {
            named = named.or(Some((id, meta)));
        }
    }
    named
}

/// What a field accepts; if it is not described, text.
fn shape_of(id: &str, meta: &FieldMeta, given: &TransitionField) -> FieldShape {
    match (meta.schema.is_empty(), given.texts.len()) {
        (true, 1) => FieldShape::Line,
        (true, _) => FieldShape::Words,
        (false, _) => shape(id, meta),
    }
}

/// The value for a field; a refusal that names the field if there is none.
fn value(
    shape: FieldShape,
    meta: &FieldMeta,
    given: &TransitionField,
    people: &People,
) -> Result<FieldContent, Failure> {
    convert(shape, meta, &given.texts, &|text| people.found.get(text).cloned()).map_err(|wrong| {
        let allowed = if wrong.instead.is_empty() { &meta.allowed } else { &wrong.instead };
        let why = match &people.unseen {
            Some(why) => format!("the account is not allowed to search for users ({why})"),
            None => format!("{}. {}", wrong.why, listed(allowed)).trim_end().to_owned(),
        };
        Failure::Refused { fields: BTreeMap::from([(given.field.clone(), why)]), message: String::new() }
    })
}

fn is(status: &wire::WireStatus, wanted: &MoveTarget) -> bool {
    match wanted {
        MoveTarget::Status(word) => status.id == *word || status.name.to_lowercase() == word.to_lowercase(),
        MoveTarget::Any(means) => category(&status.category.key) == *means,
    }
}

/// The transitions that lead there, in the order in which they are tried: first those whose screens need nothing that
/// is not given; among these, first those that accept a wanted resolution.
fn ways<'t>(open: &'t [wire::Transition], to: &Move) -> Result<Vec<&'t wire::Transition>, Failure> {
    let mut ways: Vec<&wire::Transition> =
        open.iter().filter(|transition| is(&transition.to, &to.to)).collect();
    ways.sort_by_key(|way| (lacks(way, to), !(to.resolution.is_some() && way.takes("resolution"))));
    if ways.is_empty() {
        let names: BTreeSet<&str> = open.iter().map(|transition| transition.to.name.as_str()).collect();
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        let names = if names.is_empty() { "none".to_owned() } else { names };
        return Err(refused(&format!(
            "no transition leads to {} from the ticket's current status; possible transitions: {names}",
            to.to
        )));
    }
    Ok(ways)
}

/// Whether a transition's screen needs a field that is neither given nor filled in by Jira
/// (`transitions.fields.*.required`, `hasDefaultValue`).
fn lacks(way: &wire::Transition, to: &Move) -> bool {
    let same = |given: &TransitionField, id: &str, meta: &FieldMeta| {
        given.field == id || given.field.trim().to_lowercase() == meta.name.trim().to_lowercase()
    };
    way.fields().map(|(id, meta)| (id, field_meta(meta))).any(|(id, meta)| {
        let given = id == "resolution" && to.resolution.is_some()
            || to.fields.iter().any(|given| same(given, &id, &meta));
        meta.required && !meta.has_default && !given
    })
}

/// Why no transition could be made; if there is only one, in its own words.
fn all(mut refusals: Vec<(String, Failure)>) -> Failure {
    if refusals.len() == 1
        && let Some((_, failure)) = refusals.pop()
    {
        return failure;
    }
    let mut all_fields = BTreeMap::new();
    let mut words = Vec::new();
    for (way, failure) in refusals {
        let why = match failure {
            Failure::Refused { fields, message } => {
                let mut parts: Vec<String> = Some(message).filter(|it| !it.is_empty()).into_iter().collect();
                parts.extend(fields.values().cloned());
                all_fields.extend(fields);
                parts.join("; ")
            }
            other => other.to_string(),
        };
        words.push(format!("`{way}`: {why}"));
    }
    // the fields say what to do, and their messages come with their names
    all_fields.values_mut().for_each(String::clear);
    Failure::Refused { fields: all_fields, message: words.join("; ") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Shaped like `Transitions`, with made-up values.
    fn open() -> Vec<wire::Transition> {
        let to = |id: &str, name: &str| json!({"id": id, "name": name, "statusCategory": {"key": "done"}});
        let screen = json!({
            "resolution": {"required": true, "allowedValues": [{"name": "Fixed"}]},
            "customfield_7": {"name": "Root cause", "schema": {"type": "option"},
                "allowedValues": [{"id": "71", "value": "Code"}, {"id": "72", "value": "Design"}]},
            "customfield_8": {"name": "Hours", "schema": {"type": "number"}},
            "customfield_9": {},
        });
        let read: wire::Transitions =
            serde_json::from_value(json!({"expand": "transitions", "transitions": [
                {"id": "11", "name": "Close", "to": to("5", "Done"), "hasScreen": false},
                {"id": "21", "name": "Close with reason", "to": to("5", "Done"), "fields": screen},
                {"id": "31", "name": "Start", "to": to("3", "In Progress"), "fields": {}},
            ]}))
            .unwrap();
        read.transitions
    }

    fn to(status: &str, resolution: Option<&str>) -> Move {
        Move {
            to: MoveTarget::Status(status.to_owned()),
            resolution: resolution.map(str::to_owned),
            fields: Vec::new(),
            state: None,
        }
    }

    #[test]
    fn the_transition_goes_by_its_target() {
        let check = |status: &str, resolution: Option<&str>, expected: &str| {
            let open = open();
            let said = match ways(&open, &to(status, resolution)) {
                Ok(ways) => ways.iter().map(|way| way.id.as_str()).collect::<Vec<_>>().join(", "),
                Err(failure) => failure.to_string(),
            };
            assert_eq!(said, expected);
        };
        check("done", None, "11, 21");
        check("DONE", Some("Fixed"), "21, 11");
        check("3", Some("Fixed"), "31");
        let none = "refused: no transition leads to `Close` from the ticket's current status; possible transitions: \
                    Done, In Progress";
        check("Close", None, none);
        assert!(ways(&[], &to("x", None)).is_err());
    }

    #[test]
    fn a_way_that_needs_a_field_which_is_not_given_is_tried_last() {
        let check = |first: &serde_json::Value, given: &[&str], expected: &[&str]| {
            let to_done = json!({"id": "5", "name": "Done", "statusCategory": {"key": "done"}});
            let read: wire::Transitions = serde_json::from_value(json!({"transitions": [
                {"id": "11", "name": "Close", "to": to_done, "fields": {"customfield_7": first}},
                {"id": "21", "name": "Finish", "to": to_done, "fields": {}},
            ]}))
            .unwrap();
            let mut to = to("Done", None);
            to.fields = given
                .iter()
                .map(|field| TransitionField { field: (*field).to_owned(), texts: vec!["x".to_owned()] })
                .collect();
            let ways: Vec<&str> =
                ways(&read.transitions, &to).unwrap().iter().map(|way| way.id.as_str()).collect();
            assert_eq!(ways, expected, "{first} {given:?}");
        };
        let needed = json!({"name": "Root cause", "required": true});
        check(&needed, &[], &["21", "11"]);
        check(&needed, &["root cause"], &["11", "21"]);
        check(&needed, &["customfield_7"], &["11", "21"]);
        let filled = json!({"name": "Root cause", "required": true, "hasDefaultValue": true});
        check(&filled, &[], &["11", "21"]);
        check(&json!({"name": "Root cause", "required": false}), &[], &["11", "21"]);
    }

    #[test]
    fn all_ways_say_why_they_are_closed() {
        let no = |field: &str, why: &str| Failure::Refused {
            fields: BTreeMap::from([(field.to_owned(), why.to_owned())]),
            message: String::new(),
        };
        let one = all(vec![("Close".to_owned(), no("resolution", "Resolution is required."))]);
        assert_eq!(one.to_string(), "refused: resolution: Resolution is required.");
        let both = all(vec![
            ("Close".to_owned(), no("resolution", "Resolution is required.")),
            ("Finish".to_owned(), refused("Only a manager may do that.")),
        ]);
        let said = "`Close`: Resolution is required.; `Finish`: Only a manager may do that.";
        assert!(both.to_string().contains(said), "{both}");
        let Failure::Refused { fields, .. } = both else { panic!("a refusal") };
        assert!(fields.contains_key("resolution"));
    }

    #[test]
    fn a_screens_fields_take_what_they_are_made_for() {
        let check = |field: &str, texts: &[&str], expected: &str| {
            let given = TransitionField {
                field: field.to_owned(),
                texts: texts.iter().map(|text| (*text).to_owned()).collect(),
            };
            let said = match find(&open()[1], field) {
                Some((id, meta)) => {
                    let shape = shape_of(&id, &meta, &given);
                    value(shape, &meta, &given, &People::default())
                        .map_or_else(|failure| failure.to_string(), |value| format!("{id} {value:?}"))
                }
                None => "not on the screen".to_owned(),
            };
            assert_eq!(said, expected);
        };
        check("root cause", &["code"], r#"customfield_7 Id("71")"#);
        check("customfield_7", &["72"], r#"customfield_7 Id("72")"#);
        check("Hours", &["7.5"], "customfield_8 Number(7.5)");
        check("customfield_9", &["a", "b"], r#"customfield_9 Words(["a", "b"])"#);
        check("customfield_9", &["a b"], r#"customfield_9 Text("a b")"#);
        check("Team", &["x"], "not on the screen");
        let wrong = "refused: Root cause: `bug` is not one of its values. It takes: Code, Design.";
        check("Root cause", &["bug"], wrong);
    }

    #[test]
    fn who_may_not_look_people_up_is_not_told_that_they_are_nobody() {
        let check = |unseen: Option<&str>, expected: &str| {
            let given = TransitionField { field: "Reviewer".to_owned(), texts: vec!["carol".to_owned()] };
            let people = People { unseen: unseen.map(str::to_owned), ..People::default() };
            let value = value(FieldShape::Person, &FieldMeta::default(), &given, &people);
            assert_eq!(value.unwrap_err().to_string(), expected);
        };
        check(None, "refused: Reviewer: `carol` is not an active account, or is not visible.");
        let why = "Browse users and groups";
        let unseen =
            "refused: Reviewer: the account is not allowed to search for users (Browse users and groups)";
        check(Some(why), unseen);
    }
}
