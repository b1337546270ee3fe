//! Moves a ticket to a status: by the transition that leads there, with what its screen takes.

use std::collections::{BTreeMap, BTreeSet};

use super::failure::check;
use super::project::field_meta;
use super::ticket::category;
use super::write::refused;
use super::{Jira, wire};
use crate::model::answer::{Failure, FieldMeta};
use crate::model::field::{Shape, convert, listed, shape};
use crate::model::ticket::{Person, TicketId};
use crate::model::write::{Field, Given, Move, Target, Value};

impl Jira {
    /// Looks where the ticket is before it moves it, so that doing it twice does nothing. After a conflict
    /// or an unclear answer it looks once more.
    pub(super) async fn gone_to(&self, id: &TicketId, to: &Move) -> Result<(), Failure> {
        let id = self.own(id)?;
        let (mut again, mut refusal) = (true, None);
        loop {
            let issue: wire::Issue = self.client.ask(&self.dialect.status(id)).await?;
            if issue.fields.status.is_some_and(|status| is(&status, &to.to)) {
                return Ok(());
            }
            if let Some(refusal) = refusal {
                return Err(refusal);
            }
            let (answer, conflict) = self.go_once(id, to).await;
            match answer {
                Err(failure) if again && (conflict || failure.is_ambiguous()) => again = false,
                // somebody else may have moved it there since it was looked at, so that no way leads there any more
                Err(failure @ Failure::Refused { .. }) => refusal = Some(failure),
                checked => return checked,
            }
        }
    }

    /// Tries once to move it; says also whether that met somebody else's change.
    async fn go_once(&self, id: u64, to: &Move) -> (Result<(), Failure>, bool) {
        let asked = async {
            let open: wire::Transitions = self.client.ask(&self.dialect.transitions(id)).await?;
            let transition = pick(&open.transitions, to)?;
            let fields = self.dialect.fields(&self.taken(transition, to).await?);
            self.client.send(&self.dialect.transition(id, &transition.id, fields)).await
        };
        let answer = asked.await;
        let conflict = answer.as_ref().is_ok_and(|answer| answer.status == 409);
        (answer.and_then(check).map(drop), conflict)
    }

    /// The fields that are wanted and that the transition's screen takes.
    async fn taken(&self, transition: &wire::Transition, to: &Move) -> Result<Vec<Field>, Failure> {
        let mut fields = Vec::new();
        for given in &to.fields {
            let Some((id, meta)) = find(transition, &given.field) else { continue };
            let shape = shape_of(&id, &meta, given);
            let people = match shape {
                Shape::Person | Shape::People => self.people(&given.texts).await?,
                _ => People::default(),
            };
            let value = value(shape, &meta, given, &people)?;
            fields.push(Field { id, value });
        }
        if let Some(name) = to.resolution.as_ref().filter(|_| transition.takes("resolution")) {
            fields.push(Field { id: "resolution".to_owned(), value: Value::Name(name.clone()) });
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

/// Whom names and addresses mean.
#[derive(Default)]
struct People {
    found: BTreeMap<String, Person>,
    /// Why the account may not look people up, where it may not.
    unseen: Option<String>,
}

/// A field of the transition's screen, by its id or its name without regard to case.
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

/// What a field takes; of one that is not described, text.
fn shape_of(id: &str, meta: &FieldMeta, given: &Given) -> Shape {
    match (meta.schema.is_empty(), given.texts.len()) {
        (true, 1) => Shape::Line,
        (true, _) => Shape::Words,
        (false, _) => shape(id, meta),
    }
}

/// What is to be in a field; a refusal that names it where it cannot be.
fn value(shape: Shape, meta: &FieldMeta, given: &Given, people: &People) -> Result<Value, Failure> {
    convert(shape, meta, &given.texts, &|text| people.found.get(text).cloned()).map_err(|wrong| {
        let allowed = if wrong.instead.is_empty() { &meta.allowed } else { &wrong.instead };
        let why = match &people.unseen {
            Some(why) => format!("the account may not look people up ({why})"),
            None => format!("{}. {}", wrong.why, listed(allowed)).trim_end().to_owned(),
        };
        Failure::Refused { fields: BTreeMap::from([(given.field.clone(), why)]), message: String::new() }
    })
}

fn is(status: &wire::Status, wanted: &Target) -> bool {
    match wanted {
        Target::Status(word) => status.id == *word || status.name.to_lowercase() == word.to_lowercase(),
        Target::Any(means) => category(&status.category.key) == *means,
    }
}

/// The transition that leads there; of several the one whose screen takes a wanted resolution.
fn pick<'t>(open: &'t [wire::Transition], to: &Move) -> Result<&'t wire::Transition, Failure> {
    let leads = || open.iter().filter(|transition| is(&transition.to, &to.to));
    let resolves = |transition: &&wire::Transition| to.resolution.is_some() && transition.takes("resolution");
    leads().find(resolves).or_else(|| leads().next()).ok_or_else(|| {
        let names: BTreeSet<&str> = open.iter().map(|transition| transition.to.name.as_str()).collect();
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        let names = if names.is_empty() { "none".to_owned() } else { names };
        refused(&format!("no transition leads to {} from here; open are: {names}", to.to))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The shape of `Transitions`; own values.
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
            to: Target::Status(status.to_owned()),
            resolution: resolution.map(str::to_owned),
            fields: Vec::new(),
        }
    }

    #[test]
    fn the_transition_goes_by_its_target() {
        let check = |status: &str, resolution: Option<&str>, expected: &str| {
            let open = open();
            let said = match pick(&open, &to(status, resolution)) {
                Ok(transition) => transition.id.clone(),
                Err(failure) => failure.to_string(),
            };
            assert_eq!(said, expected);
        };
        check("done", None, "11");
        check("DONE", Some("Fixed"), "21");
        check("3", Some("Fixed"), "31");
        let none = "refused: no transition leads to `Close` from here; open are: Done, In Progress";
        check("Close", None, none);
        assert!(pick(&[], &to("x", None)).is_err());
    }

    #[test]
    fn a_screens_fields_take_what_they_are_made_for() {
        let check = |field: &str, texts: &[&str], expected: &str| {
            let given = Given {
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
            let given = Given { field: "Reviewer".to_owned(), texts: vec!["carol".to_owned()] };
            let people = People { unseen: unseen.map(str::to_owned), ..People::default() };
            let value = value(Shape::Person, &FieldMeta::default(), &given, &people);
            assert_eq!(value.unwrap_err().to_string(), expected);
        };
        check(None, "refused: Reviewer: `carol` is not an active account that can be seen.");
        let why = "Browse users and groups";
        let unseen = "refused: Reviewer: the account may not look people up (Browse users and groups)";
        check(Some(why), unseen);
    }
}
