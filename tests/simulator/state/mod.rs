//! What the simulated services know: one world, seen through every face.

mod alerts;
mod arrange;
mod automation;
mod defaults;
mod fields;
pub(crate) mod github;
mod hooks;
mod issue;
mod links;
mod people;
mod project;
mod refusal;
mod search;
mod sign_in;
mod values;
mod workflow;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use super::Face;

pub(crate) use automation::{Automation, Does, Due, When};
pub(crate) use fields::{Draft, Operation, Texts};
pub(crate) use hooks::{Hook, Hooks};
pub(crate) use issue::{Attachment, Change, Comment, Issue, Item};
pub(crate) use links::{Link, LinkType, RemoteLink};
pub(crate) use people::User;
pub(crate) use project::{Component, Field, FieldKind, IssueType, Project};
pub(crate) use refusal::Refusal;
pub(crate) use search::Index;
pub(crate) use sign_in::{Access, App, SCOPES, SignIn};
pub(crate) use values::{FIRST_OPTION, first_child};
pub(crate) use workflow::{Category, Status, Transition};

/// How the site treats credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Auth {
    /// Wrong ones are 401.
    #[default]
    Checked,
    /// Any are taken for an expired token: 200 as nobody, with empty results.
    Nobody,
}

/// Everything, with public parts: a test arranges and asserts here.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) jira_url: String,
    /// Data Center's, with its context path.
    pub(crate) data_center_url: String,
    /// The Jira that was last spoken to: people, texts and links look otherwise in each.
    pub(crate) face: Face,
    pub(crate) auth: Auth,
    pub(crate) sign_in: SignIn,
    pub(crate) users: Vec<User>,
    pub(crate) projects: Vec<Project>,
    pub(crate) statuses: Vec<Status>,
    /// Names from the highest to the lowest; ids count from 1.
    pub(crate) priorities: Vec<&'static str>,
    pub(crate) resolutions: Vec<&'static str>,
    pub(crate) fields: Vec<Field>,
    pub(crate) link_types: Vec<LinkType>,
    pub(crate) issues: BTreeMap<u64, Issue>,
    pub(crate) links: Vec<Link>,
    pub(crate) index: Index,
    /// Bytes that one attachment may have.
    pub(crate) upload_limit: usize,
    /// A person's clone takes the entity properties along (not known of the real Jira).
    pub(crate) clones_copy_properties: bool,
    /// People show their e-mail addresses to nobody.
    pub(crate) hides_addresses: bool,
    /// A page of a search, or of a list of GitHub's, holds at most this many, whatever was asked for.
    pub(crate) short_pages: Option<usize>,
    /// Jira Cloud's searches show each page but the last twice, as its page tokens have been seen to do.
    pub(crate) repeats_pages: bool,
    pub(crate) hooks: Hooks,
    pub(crate) github: github::GitHub,
    /// Added to the machine's clock.
    pub(crate) ahead: Duration,
    /// What rules will do.
    due: Vec<Due>,
    deleted_keys: BTreeSet<String>,
    next_id: u64,
}

impl World {
    /// The time that everything here goes by.
    #[expect(clippy::disallowed_methods, reason = "a simulated service has a clock of its own")]
    pub(crate) fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        now.checked_add(self.ahead).unwrap_or(now)
    }

    /// The base URL of the Jira that was last spoken to.
    pub(crate) fn site(&self) -> &str {
        if self.face == Face::JiraDataCenter { &self.data_center_url } else { &self.jira_url }
    }

    /// A number that nothing else has; ids of all kinds rise together.
    pub(crate) fn fresh_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// The project with this key or id.
    pub(crate) fn project(&self, key_or_id: &str) -> Option<&Project> {
        self.projects.iter().find(|project| project.key == key_or_id || project.id == key_or_id)
    }

    pub(crate) fn project_mut(&mut self, key: &str) -> Option<&mut Project> {
        self.projects.iter_mut().find(|project| project.key == key)
    }

    /// The issue with this id, key or former key.
    pub(crate) fn find(&self, id_or_key: &str) -> Option<&Issue> {
        if let Ok(id) = id_or_key.parse::<u64>() {
            return self.issues.get(&id);
        }
        let key = id_or_key.to_uppercase();
        let current = self.issues.values().find(|issue| issue.key == key);
        current.or_else(|| self.issues.values().find(|issue| issue.old_keys.contains(&key)))
    }

    pub(crate) fn status(&self, id: &str) -> Option<&Status> {
        self.statuses.iter().find(|status| status.id == id)
    }

    pub(crate) fn status_named(&self, name: &str) -> Option<&Status> {
        self.statuses.iter().find(|status| status.name.eq_ignore_ascii_case(name))
    }

    /// The category of an issue's status.
    pub(crate) fn category(&self, issue: &Issue) -> Category {
        self.status(&issue.status).map_or(Category::New, |status| status.category)
    }

    /// Whether the accounts on the API may see an issue.
    pub(crate) fn shows(&self, issue: &Issue) -> bool {
        !issue.hidden && self.project(&issue.project).is_some_and(|project| project.grants("BROWSE_PROJECTS"))
    }

    /// The issues that are not done: what deduplication must not double.
    pub(crate) fn open_issues(&self) -> Vec<&Issue> {
        self.issues.values().filter(|issue| self.category(issue) != Category::Done).collect()
    }

    /// Issues with a label, by rising id.
    pub(crate) fn labelled(&self, label: &str) -> Vec<&Issue> {
        self.issues.values().filter(|issue| issue.labels.iter().any(|held| held == label)).collect()
    }

    /// Changes an issue as `author`: notes the difference in its history, sets `updated`, tells the index.
    /// `None` if there is no such issue.
    pub(crate) fn change<T>(
        &mut self,
        id: u64,
        author: &str,
        act: impl FnOnce(&mut Issue) -> T,
    ) -> Option<T> {
        let now = self.now();
        let before = self.issues.get(&id)?.clone();
        let result = act(self.issues.get_mut(&id)?);
        let after = self.issues.get(&id)?.clone();
        let items = self.differences(&before, &after);
        let issue = self.issues.get_mut(&id)?;
        issue.updated = now;
        if !items.is_empty() {
            issue.history.push(Change { author: author.to_owned(), at: now, items });
        }
        self.reindex(id);
        Some(result)
    }
}
