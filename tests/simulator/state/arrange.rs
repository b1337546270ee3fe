//! What people do behind casefile's back: tests arrange the world with these.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::Face;
use super::{Comment, Issue, World};

impl World {
    /// A new issue by `who`, of the project's first type, as `fill` makes it. Returns its key; `None` if there is no such
    /// project.
    pub(crate) fn add_issue(
        &mut self,
        project: &str,
        who: &str,
        fill: impl FnOnce(&mut Issue),
    ) -> Option<String> {
        let author = self.account(who);
        let kind = self.project(project)?.issue_types.first()?.id.clone();
        let mut issue = self.blank(project, &kind, &author)?;
        fill(&mut issue);
        let id = self.insert(issue);
        self.issues.get(&id).map(|issue| issue.key.clone())
    }

    /// An issue that is not yet in the world and has neither id nor key.
    pub(crate) fn blank(&self, project: &str, kind: &str, author: &str) -> Option<Issue> {
        let now = self.now();
        let project = self.project(project)?;
        let has_priority = project.create_screen.contains("priority");
        Some(Issue {
            id: 0,
            key: String::new(),
            old_keys: Vec::new(),
            project: project.key.clone(),
            issue_type: kind.to_owned(),
            status: project.first_status.clone(),
            resolution: None,
            summary: String::new(),
            description: Value::Null,
            labels: Vec::new(),
            priority: has_priority.then(|| "3".to_owned()),
            assignee: None,
            reporter: author.to_owned(),
            creator: author.to_owned(),
            components: Vec::new(),
            due: None,
            parent: None,
            hidden: false,
            security: None,
            custom: Default::default(),
            properties: Default::default(),
            comments: Vec::new(),
            remote_links: Vec::new(),
            attachments: Vec::new(),
            history: Vec::new(),
            created: now,
            updated: now,
        })
    }

    /// Gives the issue its id and key, and the world the issue.
    pub(crate) fn insert(&mut self, mut issue: Issue) -> u64 {
        let id = self.fresh_id();
        issue.id = id;
        issue.key = self.next_key(&issue.project);
        self.issues.insert(id, issue);
        self.reindex(id);
        id
    }

    /// Changes an issue as a person; `false` if there is none.
    pub(crate) fn edit_as(&mut self, who: &str, key: &str, act: impl FnOnce(&mut Issue)) -> bool {
        let author = self.account(who);
        let Some(id) = self.find(key).map(|issue| issue.id) else {
            return false;
        };
        self.change(id, &author, act).is_some()
    }

    /// Sets the status by its name, whatever the workflow says; a done one gets the resolution that the workflow gives.
    pub(crate) fn transition_as(&mut self, who: &str, key: &str, status: &str) -> bool {
        let Some(to) = self.status_named(status).cloned() else {
            return false;
        };
        let ways =
            self.find(key).and_then(|issue| self.project(&issue.project)).map(|project| &project.transitions);
        let resolution =
            ways.and_then(|ways| ways.iter().find(|way| way.to == to.id)).and_then(|way| way.resolution);
        self.edit_as(who, key, |issue| {
            issue.status = to.id;
            issue.resolution = resolution.map(str::to_owned);
        })
    }

    /// Adds a comment as a person.
    pub(crate) fn comment_as(&mut self, who: &str, key: &str, text: &str) -> bool {
        let (id, now, author) = (self.fresh_id(), self.now(), self.account(who));
        let body = self.long_text(text);
        self.edit_as(who, key, |issue| {
            issue.comments.push(Comment { id, author, body, internal: false, created: now, updated: now })
        })
    }

    /// Moves an issue to another project and returns its new key; the old one goes on leading there.
    pub(crate) fn move_issue(&mut self, who: &str, key: &str, project: &str) -> Option<String> {
        let first = self.project(project)?.clone();
        let new_key = self.next_key(project);
        let moved = self.edit_as(who, key, |issue| {
            let old = std::mem::replace(&mut issue.key, new_key.clone());
            issue.old_keys.push(old);
            issue.project.clone_from(&first.key);
            if first.issue_type(&issue.issue_type).is_none() {
                issue.issue_type = first.issue_types.first().map(|kind| kind.id.clone()).unwrap_or_default();
            }
        });
        moved.then_some(new_key)
    }

    /// Deletes an issue with its links; `false` if there is none.
    pub(crate) fn delete(&mut self, key: &str) -> bool {
        let Some(id) = self.find(key).map(|issue| issue.id) else {
            return false;
        };
        if let Some(issue) = self.issues.remove(&id) {
            self.deleted_keys.insert(issue.key);
        }
        self.links.retain(|link| link.from != id && link.to != id);
        self.reindex(id);
        true
    }

    /// Whether an issue with this key was deleted.
    pub(crate) fn was_deleted(&self, key: &str) -> bool {
        self.deleted_keys.contains(key)
    }

    /// Clones an issue as a person does: summary, description, labels and fields go along, with a link "Cloners".
    pub(crate) fn clone_as(&mut self, who: &str, key: &str) -> Option<String> {
        let author = self.account(who);
        let original = self.find(key)?.clone();
        let fresh = self.blank(&original.project, &original.issue_type, &author)?;
        let clone = Issue {
            summary: format!("CLONE - {}", original.summary),
            description: original.description,
            labels: original.labels,
            priority: original.priority,
            components: original.components,
            custom: original.custom,
            properties: if self.clones_copy_properties { original.properties } else { Default::default() },
            ..fresh
        };
        let id = self.insert(clone);
        let _linked = self.link("Cloners", id, original.id);
        self.issues.get(&id).map(|issue| issue.key.clone())
    }

    /// Makes an issue look as old as this; the index knows at once.
    pub(crate) fn backdate(&mut self, key: &str, to: Timestamp) -> bool {
        let done = self.edit_as("alice", key, |issue| issue.created = to);
        if let Some(id) = self.find(key).map(|issue| issue.id) {
            self.issues.entry(id).and_modify(|issue| issue.updated = to);
            self.reindex(id);
        }
        done
    }

    /// A long text in the form of the face that is spoken to.
    pub(super) fn long_text(&self, text: &str) -> Value {
        if self.face == Face::JiraDataCenter { json!(text) } else { document(text) }
    }

    fn next_key(&mut self, project: &str) -> String {
        let number = self.project_mut(project).map_or(0, |project| {
            project.last_number += 1;
            project.last_number
        });
        format!("{project}-{number}")
    }
}

/// A document of one paragraph.
fn document(text: &str) -> Value {
    json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]})
}
