//! The keys that describe tickets in Jira: the default target, routes, owners and states.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Condition, List, OneOf, Text};
use crate::config::words::{Attach, Auth, CommentEvent, Deployment, Section};
use crate::model::severity::Severity;

/// A field's value: one, several, or one that is worked out.
pub(in crate::config) type FieldValue = OneOf<List<Text>, Computed>;

/// Where and how tickets are made in Jira.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::config) struct Jira {
    /// The site, e.g. `https://acme.atlassian.net`. Default: `JIRA_BASE_URL`.
    #[schemars(url)]
    pub(in crate::config) url: Option<String>,
    /// Jira Cloud or Data Center. Default: told from the address where it can be.
    pub(in crate::config) deployment: Option<Deployment>,
    /// Which credentials are used. Default: told from the environment variables that are set.
    pub(in crate::config) auth: Option<Auth>,
    /// Private networks that the address may lead to, e.g. `10.20.0.0/16`.
    pub(in crate::config) allow_networks: Option<List<String>>,
    /// The key of the project that tickets are made in, e.g. `SEC`.
    #[schemars(regex(pattern = "^[A-Z][A-Z0-9_]*$"))]
    pub(in crate::config) project: Option<String>,
    /// The issue type by name or id. Default: Bug, else Task, else Story, else the first that is no sub-task.
    pub(in crate::config) issue_type: Option<Text>,
    /// Labels beside casefile's own, at most 10.
    pub(in crate::config) labels: Option<List<Text>>,
    /// Components by name or id.
    pub(in crate::config) components: Option<List<Text>>,
    /// An e-mail address, an account id (Cloud) or a user name (Data Center).
    pub(in crate::config) assignee: Option<Text>,
    /// The key of an epic, or of what a sub-task type needs, e.g. `SEC-1`.
    #[schemars(regex(pattern = "^[A-Z][A-Z0-9_]*-[1-9][0-9]*$"))]
    pub(in crate::config) parent: Option<String>,
    /// The security level by name or id.
    pub(in crate::config) security_level: Option<Text>,
    /// The priority by name or id for each severity. Default: Highest, High, Medium, Low, Lowest.
    pub(in crate::config) priorities: Option<BTreeMap<Severity, Text>>,
    /// Further fields by name or id.
    pub(in crate::config) fields: Option<BTreeMap<String, FieldValue>>,
    /// For each severity the days until the due date, from the day the finding was first seen.
    pub(in crate::config) due_in_days: Option<BTreeMap<Severity, u32>>,
    /// The parts of the description, in this order. Default: all.
    pub(in crate::config) sections: Option<List<Section>>,
    /// The events that become comments. Default: all.
    pub(in crate::config) comments: Option<List<CommentEvent>>,
    /// Whether comments on service-desk tickets are for agents alone. Default: true.
    pub(in crate::config) internal_comments: Option<bool>,
    /// The files that are attached. Default: none.
    pub(in crate::config) attach: Option<List<Attach>>,
}

/// A field's value that is worked out for each ticket.
#[derive(Debug, Default, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::config) struct Computed {
    /// A property of the finding, e.g. `cvss.score`.
    pub(in crate::config) from: Option<String>,
    /// A text with `{{ property }}` in it; `-` in a property's name is `_` here.
    pub(in crate::config) template: Option<String>,
}

/// Findings that go elsewhere. What the route does not say is as in `jira`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::config) struct Route {
    /// What it is called; needed with `continue: true`, and then it must stay as it is.
    pub(in crate::config) name: Option<Text>,
    /// Which findings it takes.
    pub(in crate::config) r#match: Condition,
    /// Whether the findings get a ticket there beside the one that they get otherwise.
    pub(in crate::config) r#continue: Option<bool>,
    /// The key of the project that tickets are made in.
    #[schemars(regex(pattern = "^[A-Z][A-Z0-9_]*$"))]
    pub(in crate::config) project: Option<String>,
    /// The issue type by name or id.
    pub(in crate::config) issue_type: Option<Text>,
    /// Labels instead of those of `jira`, at most 10.
    pub(in crate::config) labels: Option<List<Text>>,
    /// Components instead of those of `jira`.
    pub(in crate::config) components: Option<List<Text>>,
    /// An e-mail address, an account id (Cloud) or a user name (Data Center).
    pub(in crate::config) assignee: Option<Text>,
    /// The key of an epic, or of what a sub-task type needs.
    #[schemars(regex(pattern = "^[A-Z][A-Z0-9_]*-[1-9][0-9]*$"))]
    pub(in crate::config) parent: Option<String>,
    /// The security level by name or id.
    pub(in crate::config) security_level: Option<Text>,
    /// The priority by name or id for each severity.
    pub(in crate::config) priorities: Option<BTreeMap<Severity, Text>>,
    /// Fields beside or instead of those of `jira`.
    pub(in crate::config) fields: Option<BTreeMap<String, FieldValue>>,
    /// For each severity the days until the due date.
    pub(in crate::config) due_in_days: Option<BTreeMap<Severity, u32>>,
}

/// What a team or person of CODEOWNERS is in Jira.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::config) struct Owner {
    /// Components by name, beside the target's.
    pub(in crate::config) components: Option<List<Text>>,
    /// An e-mail address, an account id (Cloud) or a user name (Data Center).
    pub(in crate::config) assignee: Option<Text>,
    /// Labels beside the target's.
    pub(in crate::config) labels: Option<List<Text>>,
}

/// A Jira status with what its transition sets.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::config) struct StateTarget {
    /// By name or id.
    pub(in crate::config) status: Text,
    /// By name; set where the transition's screen takes one.
    pub(in crate::config) resolution: Option<Text>,
    /// Further fields; set where the transition's screen takes them.
    pub(in crate::config) fields: Option<BTreeMap<String, FieldValue>>,
}
