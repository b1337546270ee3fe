//! Sends an edit. A part that the tracker rejects is left out, and the others are written. It is also a valid result
//! that nothing of a ticket can be changed.

use std::collections::BTreeMap;

use super::left_out::LeftOut;
use super::subject::Subject;
use crate::model::answer::{Answer, Ask, Failure};
use crate::model::ticket::TicketId;
use crate::model::write::Edit;
use crate::tracker::Write;

/// What became of an edit.
#[derive(Debug)]
pub(super) enum Edited {
    /// It is written, perhaps without parts that were refused.
    Yes,
    /// Nothing of this ticket can be changed at present, and why.
    Closed(Failure),
}

/// Sends an edit; after an ambiguous response, the record's revision shows whether it succeeded.
///
/// # Errors
/// Failures other than a refusal: the tracker could not be reached, or does not say whether the edit was made.
pub(super) async fn send<T: Write>(
    tracker: &T,
    on: &Subject,
    edit: &Edit,
    left_out: &mut Vec<LeftOut>,
) -> Result<Edited, Failure> {
    let mut edit = edit.clone();
    let mut left: BTreeMap<String, String> = BTreeMap::new();
    let (mut again, mut asked) = (true, false);
    loop {
        let failure = match tracker.edit(&on.id, &edit).await {
            Ok(()) => break,
            Err(failure) => failure,
        };
        match &failure {
            Failure::Refused { .. } | Failure::Scope(_) => {
                let named = take_out(&mut edit, &failure);
                let screens = named.values().all(|why| is_of_the_screen(why));
                // an account without edit permission is told that no field is on the screen (JRASERVER-67013)
                if !asked && screens && (named.is_empty() || !sets_fields(&edit)) {
                    asked = true;
                    if takes_nothing(tracker, &on.id).await {
                        return Ok(Edited::Closed(if named.is_empty() { failure } else { closed() }));
                    }
                }
                if named.is_empty() && !drop_rejected(&mut edit, &failure, &mut left) {
                    return Ok(Edited::Closed(failure));
                }
                left.extend(named);
            }
            ambiguous if ambiguous.is_ambiguous() && again => match landed(tracker, &on.id, &edit).await {
                Some(true) => break,
                Some(false) => again = false,
                None => return Err(failure),
            },
            _ => return Err(failure),
        }
    }
    left_out.extend(left.into_iter().map(|(field, why)| left_out_of(on, field, why)));
    Ok(Edited::Yes)
}

/// Removes the parts that a refusal names from an edit; returns them by their fields' ids, each with the reason.
fn take_out(edit: &mut Edit, failure: &Failure) -> BTreeMap<String, String> {
    let Failure::Refused { fields, .. } = failure else { return BTreeMap::new() };
    let mut named = BTreeMap::new();
    for (field, why) in fields {
        if drop_part(edit, field) {
            named.insert(field.clone(), why.clone());
        }
    }
    named
}

/// Removes the part of an edit that is about a field; returns whether there was one. What is left out is not written,
/// and this is noted.
fn drop_part(edit: &mut Edit, field: &str) -> bool {
    let there = match field {
        "summary" => edit.summary.take().is_some(),
        "description" => {
            let there = edit.body.take().is_some();
            if there && edit.comment.is_none() {
                edit.comment = edit.instead.take();
            }
            there
        }
        "comment" => edit.comment.take().is_some(),
        "labels" => {
            let there = !edit.labels_added.is_empty() || !edit.labels_removed.is_empty();
            edit.labels_added.clear();
            edit.labels_removed.clear();
            there
        }
        _ => {
            let before = edit.fields.len();
            edit.fields.retain(|one| one.id != field);
            edit.fields.len() < before
        }
    };
    if let Some(record) = edit.record.as_mut().filter(|_| there) {
        record.last_written.forget(field);
        record.refused.insert(field.to_owned());
    }
    there
}

/// If a refusal names no part, the comment is left out first, because it needs a separate permission, then everything
/// that people read. `false`: there is nothing more to leave out.
fn drop_rejected(edit: &mut Edit, failure: &Failure, left: &mut BTreeMap<String, String>) -> bool {
    let why = failure.to_string();
    let parts: Vec<String> = if edit.comment.is_some() {
        vec!["comment".to_owned()]
    } else {
        edit.instead = None;
        let own = ["summary", "description", "labels"].map(str::to_owned);
        own.into_iter().chain(edit.fields.iter().map(|field| field.id.clone())).collect()
    };
    let mut any = false;
    for part in parts {
        if drop_part(edit, &part) {
            left.insert(part, why.clone());
            any = true;
        }
    }
    any && !edit.is_empty()
}

/// Whether an edit still sets fields, besides a comment and casefile's own marks.
fn sets_fields(edit: &Edit) -> bool {
    let labels = !edit.labels_added.is_empty() || !edit.labels_removed.is_empty();
    edit.summary.is_some() || edit.body.is_some() || !edit.fields.is_empty() || labels
}

/// Jira's own sentence for a field that is not on a screen.
fn is_of_the_screen(why: &str) -> bool {
    why.contains("cannot be set")
}

/// Whether no field of a ticket can be changed at present: the account is not allowed to edit it, or its status does
/// not accept edits.
async fn takes_nothing<T: Write>(tracker: &T, id: &TicketId) -> bool {
    match tracker.answer(&Ask::Takes(id.id)).await {
        Ok(Answer::Takes(takes)) => takes.fields.is_empty(),
        _ => false,
    }
}

fn closed() -> Failure {
    let why = "the account lacks the Edit Issues permission, or the ticket's status does not allow edits";
    Failure::Scope(why.to_owned())
}

fn left_out_of(on: &Subject, field: String, why: String) -> LeftOut {
    let hint = match field.as_str() {
        "comment" => "Ask a Jira administrator for the Add Comments permission in that project.".to_owned(),
        _ if is_of_the_screen(&why) => {
            format!("Ask a Jira administrator to add the field `{field}` to the edit screen.")
        }
        _ => String::new(),
    };
    LeftOut {
        on: on.name.clone(),
        what: "left out".to_owned(),
        kind: format!("field {field}"),
        field: Some(field),
        why,
        hint,
        foreign: true,
    }
}

/// Whether the edit's revision is on the ticket; `None`: unknown.
async fn landed<T: Write>(tracker: &T, id: &TicketId, edit: &Edit) -> Option<bool> {
    let wanted = edit.record.as_ref()?.revision;
    let Ok(Answer::Tickets(tickets)) = tracker.answer(&Ask::Ids(vec![id.id])).await else { return None };
    Some(tickets.first()?.record.as_ref()?.revision >= wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::model::write::{Field, FieldContent};

    fn refused(fields: &[&str]) -> Failure {
        let fields = fields.iter().map(|field| ((*field).to_owned(), "no".to_owned())).collect();
        Failure::Refused { fields, message: String::new() }
    }

    fn full() -> Edit {
        Edit {
            summary: Some("s".to_owned()),
            body: Some(Document::default()),
            instead: Some(Document::default()),
            comment: None,
            labels_added: vec!["casefile".to_owned()],
            fields: vec![Field { id: "priority".to_owned(), value: FieldContent::Id("1".to_owned()) }],
            ..Edit::default()
        }
    }

    #[test]
    fn each_part_goes_for_itself() {
        let check = |fields: &[&str], named: &[&str], sets: bool| {
            let mut edit = full();
            let out = take_out(&mut edit, &refused(fields));
            assert_eq!(out.keys().map(String::as_str).collect::<Vec<_>>(), named, "{fields:?}");
            assert_eq!(sets_fields(&edit), sets, "{fields:?}");
        };
        check(&["description"], &["description"], true);
        check(&["labels", "priority"], &["labels", "priority"], true);
        check(
            &["summary", "description", "labels", "priority"],
            &["description", "labels", "priority", "summary"],
            false,
        );
        check(&["duedate"], &[], true);
        check(&["comment"], &[], true);
    }

    #[test]
    fn what_a_description_does_not_say_a_comment_does() {
        let mut edit = full();
        take_out(&mut edit, &refused(&["description"]));
        assert!(edit.comment.is_some() && edit.body.is_none());
    }

    #[test]
    fn a_refusal_without_names_costs_the_comment_first_and_then_the_rest() {
        let mut edit = Edit { comment: Some(Document::default()), instead: None, ..full() };
        let mut left = BTreeMap::new();
        // only casefile's own notes are left in the end
        edit.slices = Vec::new();
        assert!(drop_rejected(&mut edit, &refused(&[]), &mut left));
        assert_eq!(
            (left.keys().map(String::as_str).collect::<Vec<_>>(), sets_fields(&edit)),
            (vec!["comment"], true)
        );
        assert!(!drop_rejected(&mut edit, &refused(&[]), &mut left), "nothing would be left");
        assert!(!sets_fields(&edit));
    }
}
