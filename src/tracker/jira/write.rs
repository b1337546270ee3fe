//! Writes to Jira: creates in bulk, changes as one unit, links, moves.

use std::collections::{BTreeMap, BTreeSet};

use super::failure::check;
use super::ticket::category;
use super::{Jira, bulk, wire};
use crate::model::answer::Failure;
use crate::model::record::LinkKind;
use crate::model::ticket::TicketId;
use crate::model::write::{Draft, Edit, Field, Move, Target, Value};
use crate::tracker::Made;

/// How many issues one bulk create takes.
pub(super) const BATCH: usize = 50;

impl Jira {
    pub(super) async fn created(&self, drafts: &[Draft]) -> Vec<Result<Made, Failure>> {
        let mut outcomes = Vec::with_capacity(drafts.len());
        // what comes first is on top, so that outcomes keep the order of the drafts
        let mut left: Vec<&[Draft]> = drafts.chunks(BATCH).rev().collect();
        while let Some(drafts) = left.pop() {
            match self.client.send(&self.dialect.create(drafts)).await {
                // nothing happened: half of it may be small enough
                Ok(answer) if answer.status == 413 && drafts.len() > 1 => {
                    let (one, other) = drafts.split_at(drafts.len() / 2);
                    left.extend([other, one]);
                }
                // an old server, or a proxy that lets this path not through: nothing happened either
                Ok(answer) if answer.status == 404 && !self.dialect.searches_properties() => {
                    for draft in drafts {
                        let answer = self.client.send(&self.dialect.create_one(draft)).await;
                        outcomes.push(answer.and_then(|answer| bulk::outcome(answer, &self.site)));
                    }
                }
                Ok(answer) => outcomes.extend(bulk::outcomes(answer, drafts.len(), &self.site)),
                Err(failure) => outcomes.extend(vec![Err(failure); drafts.len()]),
            }
        }
        outcomes
    }

    pub(super) async fn edited(&self, id: &TicketId, edit: &Edit) -> Result<(), Failure> {
        if edit.is_empty() {
            return Ok(());
        }
        self.client.tell(&self.dialect.edit(self.own(id)?, edit)).await
    }

    pub(super) async fn linked(&self, from: &TicketId, kind: LinkKind, to: &TicketId) -> Result<(), Failure> {
        let answer = self.client.send(&self.dialect.link(self.own(from)?, kind, self.own(to)?)).await?;
        match (answer.status, check(answer)) {
            // it does not say which of the two is gone, or whether linking is switched off
            (404, Err(Failure::Gone)) => {
                Err(refused("one of the two may not be seen, or linking is switched off"))
            }
            (_, checked) => checked.map(drop),
        }
    }

    /// Looks where the ticket is before it moves it, so that doing it twice does nothing. After a conflict
    /// or an unclear answer it looks once more.
    pub(super) async fn gone_to(&self, id: &TicketId, to: &Move) -> Result<(), Failure> {
        let id = self.own(id)?;
        let mut again = true;
        loop {
            let issue: wire::Issue = self.client.ask(&self.dialect.status(id)).await?;
            if issue.fields.status.is_some_and(|status| is(&status, &to.to)) {
                return Ok(());
            }
            let open: wire::Transitions = self.client.ask(&self.dialect.transitions(id)).await?;
            let transition = pick(&open.transitions, to)?;
            let fields = self.dialect.fields(&taken(transition, to));
            let answer = self.client.send(&self.dialect.transition(id, &transition.id, fields)).await;
            let conflict = answer.as_ref().is_ok_and(|answer| answer.status == 409);
            match answer.and_then(check) {
                Err(failure) if again && (conflict || failure.is_ambiguous()) => again = false,
                checked => return checked.map(drop),
            }
        }
    }

    /// The numeric id of a ticket of this site: ids of another site name other tickets here.
    pub(super) fn own(&self, id: &TicketId) -> Result<u64, Failure> {
        if id.site == self.site {
            Ok(id.id)
        } else {
            Err(refused(&format!("the ticket is one of {}, not of {}", id.site, self.site)))
        }
    }
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

/// The fields that are wanted and that the transition's screen takes.
fn taken(transition: &wire::Transition, to: &Move) -> Vec<Field> {
    let resolution = to
        .resolution
        .as_ref()
        .map(|name| Field { id: "resolution".to_owned(), value: Value::Name(name.clone()) });
    let wanted = to.fields.iter().cloned().chain(resolution);
    wanted.filter(|field| transition.takes(&field.id)).collect()
}

pub(super) fn refused(message: &str) -> Failure {
    Failure::Refused { fields: BTreeMap::new(), message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The shape of `Transitions`; own values.
    fn open() -> Vec<wire::Transition> {
        let to = |id: &str, name: &str| json!({"id": id, "name": name, "statusCategory": {"key": "done"}});
        let screen = json!({"resolution": {"required": true, "allowedValues": [{"name": "Fixed"}]}});
        let read: wire::Transitions =
            serde_json::from_value(json!({"expand": "transitions", "transitions": [
                {"id": "11", "name": "Close", "to": to("5", "Done"), "hasScreen": false},
                {"id": "21", "name": "Close with reason", "to": to("5", "Done"), "fields": screen},
                {"id": "31", "name": "Start", "to": to("3", "In Progress"), "fields": {}},
            ]}))
            .unwrap();
        read.transitions
    }

    /// A wanted status and resolution; the transition and its fields, or the refusal.
    fn check(to: &str, resolution: Option<&str>, expected: &str) {
        let own = Field { id: "customfield_1".to_owned(), value: Value::Number(1.0) };
        let to = Move {
            to: Target::Status(to.to_owned()),
            resolution: resolution.map(str::to_owned),
            fields: vec![own],
        };
        let open = open();
        let said = match pick(&open, &to) {
            Ok(transition) => {
                let fields: Vec<String> = taken(transition, &to).into_iter().map(|field| field.id).collect();
                format!("{} {}", transition.id, fields.join(" "))
            }
            Err(failure) => failure.to_string(),
        };
        assert_eq!(said, expected);
    }

    #[test]
    fn the_transition_goes_by_its_target() {
        check("done", None, "11 ");
        check("DONE", Some("Fixed"), "21 resolution");
        check("3", Some("Fixed"), "31 ");
        check(
            "Close",
            None,
            "refused: no transition leads to `Close` from here; open are: Done, In Progress",
        );
        assert!(
            pick(&[], &Move { to: Target::Status("x".to_owned()), resolution: None, fields: Vec::new() })
                .is_err()
        );
    }
}
