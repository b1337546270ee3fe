//! Fields that the tracker refused: they are left out of the ticket, and of all others that would be refused for the
//! same reason, so that a wrong value costs one request, not one per ticket.

use crate::model::answer::Failure;
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::model::write::{Draft, Field};

/// What was refused so far in this run.
#[derive(Debug, Default)]
pub(super) struct RefusedFields(Vec<One>);

/// A value that a project's screen does not accept.
#[derive(Debug, PartialEq)]
struct One {
    project: String,
    issue_type: String,
    what: What,
}

#[derive(Debug, PartialEq)]
enum What {
    Field(Field),
    /// The user's labels.
    Labels(Vec<String>),
    /// The description: whatever it says, or only that of this group.
    Description(Option<Fingerprint>),
}

impl RefusedFields {
    /// The draft without the optional fields that the tracker refused; `None` if that would not help.
    pub(super) fn learn(
        &mut self,
        draft: &Draft,
        failure: &Failure,
        problems: &mut Vec<Problem>,
    ) -> Option<Draft> {
        let Failure::Refused { fields, .. } = failure else { return None };
        let is = |field: &&Field| fields.keys().any(|key| *key == field.id || is_parent(key, &field.id));
        let mut refused: Vec<What> =
            draft.fields.iter().filter(is).map(|field| What::Field(field.clone())).collect();
        let labels: Vec<String> = draft.labels.iter().filter(|label| is_the_users(label)).cloned().collect();
        if fields.contains_key("labels") && !labels.is_empty() {
            refused.push(What::Labels(labels));
        }
        if let Some(why) = fields.get("description").filter(|_| draft.describes) {
            // a screen without it accepts none at all; otherwise, another text may be accepted
            refused.push(What::Description((!why.contains("cannot be set")).then_some(draft.group)));
        }
        if refused.is_empty() {
            return None;
        }
        for what in refused {
            let one = One { project: draft.project.clone(), issue_type: draft.issue_type.clone(), what };
            if !self.0.contains(&one) {
                self.0.push(one);
            }
        }
        for (field, why) in fields {
            let place = format!("{}, field {field}", draft.project);
            let problem = Problem::new(place, format!("left out, because Jira refused it: {why}")).foreign();
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        let mut smaller = draft.clone();
        self.leave_out(&mut smaller);
        Some(smaller)
    }

    /// Removes from a draft what is known to be refused; what is left out is noted as not written.
    pub(super) fn leave_out(&self, draft: &mut Draft) {
        for one in &self.0 {
            if one.project != draft.project || one.issue_type != draft.issue_type {
                continue;
            }
            match &one.what {
                What::Field(field) if draft.fields.contains(field) => {
                    draft.fields.retain(|other| other != field);
                    draft.record.last_written.forget(&field.id);
                }
                What::Description(group) if group.is_none_or(|group| group == draft.group) => {
                    draft.describes = false;
                    draft.record.last_written.forget("description");
                }
                What::Field(_) | What::Description(_) => {}
                What::Labels(labels) => draft.labels.retain(|label| !labels.contains(label)),
            }
        }
    }
}

/// Jira's own name for the parent in some refusals.
fn is_parent(key: &str, id: &str) -> bool {
    key == "parentId" && id == "parent"
}

fn is_the_users(label: &str) -> bool {
    !label.starts_with("casefile")
}
