//! Checked values that describe tickets: Jira itself, routes, owners.

use std::collections::BTreeMap;

use ipnet::IpNet;
use url::Url;

use super::valid::Condition;
use super::words::{Attach, CommentEvent, Deployment, TicketSection};
use crate::model::auth_method::AuthMethod;
use crate::model::property::Property;
use crate::model::severity::Severity;

/// The project of tickets if none is configured; only the local tracker accepts it.
pub const LOCAL_PROJECT: &str = "LOCAL";

/// Where and how tickets are created in Jira.
#[derive(Debug, Clone)]
pub struct JiraConfig {
    /// The site; `None`: it comes from the environment.
    pub url: Option<Url>,
    /// Cloud or Data Center; `None`: inferred from the address.
    pub deployment: Option<Deployment>,
    /// The authentication method; `None`: inferred from the credentials that are set.
    pub auth: Option<AuthMethod>,
    /// Private networks that the address may resolve to.
    pub allow_networks: Vec<IpNet>,
    /// The project's key; [`LOCAL_PROJECT`] if `tracker: local` needs none.
    pub project: String,
    /// The issue type by name or id; `None`: Bug, otherwise Task, otherwise Story, otherwise the first that is not a
    /// sub-task.
    pub issue_type: Option<String>,
    /// Labels in addition to casefile's own.
    pub labels: Vec<String>,
    /// Components by name or id.
    pub components: Vec<String>,
    /// An e-mail address, account id or user name.
    pub assignee: Option<String>,
    /// The key of the tickets' parent.
    pub parent: Option<String>,
    /// The security level by name or id.
    pub security_level: Option<String>,
    /// The priority by name or id, for each severity.
    pub priorities: BTreeMap<Severity, String>,
    /// Other fields by name or id.
    pub fields: BTreeMap<String, FieldValue>,
    /// Days until the due date; a severity without an entry has none.
    pub due_in_days: BTreeMap<Severity, u32>,
    /// The parts of the description, in order.
    pub sections: Vec<TicketSection>,
    /// The events that become comments.
    pub comments: Vec<CommentEvent>,
    /// Whether comments on service desk tickets are for agents only.
    pub internal_comments: bool,
    /// The files that are attached.
    pub attach: Vec<Attach>,
}

impl JiraConfig {
    /// A project with defaults for everything else.
    pub fn new(project: impl Into<String>) -> JiraConfig {
        JiraConfig {
            url: None,
            deployment: None,
            auth: None,
            allow_networks: Vec::new(),
            project: project.into(),
            issue_type: None,
            labels: Vec::new(),
            components: Vec::new(),
            assignee: None,
            parent: None,
            security_level: None,
            priorities: default_priorities(),
            fields: BTreeMap::new(),
            due_in_days: BTreeMap::new(),
            sections: TicketSection::ALL.into(),
            comments: CommentEvent::ALL.into(),
            internal_comments: true,
            attach: Vec::new(),
        }
    }
}

/// Jira's own five priorities; one that a project does not have is left out of the ticket.
pub(super) fn default_priorities() -> BTreeMap<Severity, String> {
    [
        (Severity::Critical, "Highest"),
        (Severity::High, "High"),
        (Severity::Medium, "Medium"),
        (Severity::Low, "Low"),
        (Severity::Info, "Lowest"),
    ]
    .map(|(severity, priority)| (severity, priority.to_owned()))
    .into()
}

/// The value of a field that the user configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// One value or several, as they are spelled; the field's own type determines what they mean.
    Values(Vec<String>),
    /// A property of the finding, e.g. `cvss.score`.
    From(Property),
    /// A template's source, which has been checked: it can be parsed and names only properties.
    Template(String),
}

/// Findings that are filed elsewhere. `None`: as without the route.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Its name. With `continues` it is part of the groups' identity.
    pub name: String,
    /// The findings that it matches.
    pub when: Condition,
    /// Whether they get this ticket in addition to the one that they would get otherwise.
    pub continues: bool,
    /// The project's key.
    pub project: Option<String>,
    /// The issue type by name or id.
    pub issue_type: Option<String>,
    /// Labels instead of the default target's.
    pub labels: Option<Vec<String>>,
    /// Components instead of the default target's.
    pub components: Option<Vec<String>>,
    /// An e-mail address, account id or user name.
    pub assignee: Option<String>,
    /// The key of the tickets' parent.
    pub parent: Option<String>,
    /// The security level by name or id.
    pub security_level: Option<String>,
    /// Priorities; they replace those of the default target individually.
    pub priorities: BTreeMap<Severity, String>,
    /// Fields; they replace those of the default target individually.
    pub fields: BTreeMap<String, FieldValue>,
    /// Days until the due date; they replace those of the default target individually.
    pub due_in_days: BTreeMap<Severity, u32>,
}

/// What a team or person of CODEOWNERS is in Jira.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnerTarget {
    /// Components in addition to the target's.
    pub components: Vec<String>,
    /// The assignee of the ticket.
    pub assignee: Option<String>,
    /// Labels in addition to the target's.
    pub labels: Vec<String>,
}
