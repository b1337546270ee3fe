//! Creating many issues: each element has its own outcome.

use serde_json::{Value, json};

use super::super::request::Answer;
use super::super::state::{Refusal, World};
use super::{Reply, issues};

/// `createIssues`: 201 if any was created, 400 if all failed, in one shape.
pub(crate) fn create_many(world: &mut World, body: &Value, me: &str) -> Reply {
    let updates = body.get("issueUpdates").and_then(Value::as_array).filter(|updates| !updates.is_empty());
    let updates = updates.ok_or_else(|| Refusal::new(400, "Expected at least one issue update."))?;
    if updates.len() > 50 {
        return Err(Refusal::new(400, "The number of issues to create exceeds the limit of 50."));
    }
    let (mut issues, mut errors, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for (place, update) in updates.iter().enumerate() {
        match issues::create(world, update, me) {
            Ok(created) => issues.push(created),
            Err(refusal) => {
                let why = refusal.note.clone().unwrap_or_else(|| refusal.to_json().to_string());
                notes.push(format!("{place}: {why}"));
                errors.push(json!({
                    "status": refusal.status, "elementErrors": refusal.to_json(), "failedElementNumber": place,
                }));
            }
        }
    }
    let status = if issues.is_empty() { 400 } else { 201 };
    let note = (!notes.is_empty()).then(|| notes.join("; "));
    Ok(Answer { note, ..Answer::json(status, &json!({"issues": issues, "errors": errors})) })
}
