//! The keys that describe tickets in Jira: the default target, routes, owners and states.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{OneOf, OneOrMany, RawCondition, ScalarText};
use crate::config::words::{Attach, CommentEvent, Deployment, TicketSection};
use crate::model::auth_method::AuthMethod;
use crate::model::severity::Severity;

/// A field's value: one, several, or one that is computed.
pub(in crate::config) type RawFieldValue = OneOf<OneOrMany<ScalarText>, Computed>;

/// Where and how tickets are created in Jira.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Jira")]
pub(in crate::config) struct RawJira {
    /// The site, e.g. `https://acme.atlassian.net`. Default: `JIRA_BASE_URL`.
    #[schemars(url)]
    pub(in crate::config) url: Option<String>,
    /// Jira Cloud or Data Center. Default: inferred from the address where possible.
    pub(in crate::config) deployment: Option<Deployment>,
    /// Which credentials to use. Default: inferred from the environment variables that are set.
    pub(in crate::config) auth: Option<AuthMethod>,
    /// Private networks that the address may resolve to, e.g. `10.20.0.0/16`.
    pub(in crate::config) allow_networks: Option<OneOrMany<String>>,
    /// The key of the project in which tickets are created, e.g. `SEC`.
    #[schemars(regex(pattern = "^[A-Z][A-Z0-9_]*$"))]
    pub(in crate::config) project: Option<String>,
    /// The issue type by name or id. Default: Bug, else Task, else Story, else the first that is not a sub-task.
    pub(in crate::config) issue_type: Option<ScalarText>,
    /// Labels in addition to casefile's own, at most 10.
    pub(in crate::config) labels: Option<OneOrMany<ScalarText>>,
    /// Components by name or id.
    pub(in crate::config) components: Option<OneOrMany<ScalarText>>,
    /// An e-mail address, an account id (Cloud) or a user name (Data Center).
    pub(in crate::config) assignee: Option<ScalarText>,
    /// The key of an epic, or of the parent that a sub-task type requires, e.g. `SEC-1`.
    #[schemars(regex(pattern = "^[A-Z][A-Z0-9_]*-[1-9][0-9]*$"))]
    pub(in crate::config) parent: Option<String>,
    /// The security level by name or id.
    pub(in crate::config) security_level: Option<ScalarText>,
    /// The priority by name or id for each severity. Default: Highest, High, Medium, Low, Lowest.
    pub(in crate::config) priorities: Option<BTreeMap<Severity, ScalarText>>,
    /// Further fields by name or id.
    pub(in crate::config) fields: Option<BTreeMap<String, RawFieldValue>>,
    /// Days until the due date by severity, counted from the day the finding was first seen.
    pub(in crate::config) due_in_days: Option<BTreeMap<Severity, u32>>,
    /// The sections of the description, in the order in which they are listed. Default: all.
    pub(in crate::config) sections: Option<OneOrMany<TicketSection>>,
    /// The events that are posted as comments. Default: all.
    pub(in crate::config) comments: Option<OneOrMany<CommentEvent>>,
    /// Whether comments on service-desk tickets are visible to agents only. Default: true.
    pub(in crate::config) internal_comments: Option<bool>,
    /// The files to attach. Default: none.
    pub(in crate::config) attach: Option<OneOrMany<Attach>>,
}

/// A field's value that is computed for each ticket.
#[derive(Debug, Default, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::config) struct Computed {
    /// A property of the finding, e.g. `cvss.score`.
    pub(in crate::config) from: Option<String>,
    /// Text that contains `{{ property }}`; `-` in a property's name is written as `_` here.
    pub(in crate::config) template: Option<String>,
}

/// Findings that are filed elsewhere. Settings that the route omits are taken from `jira`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Route")]
pub(in crate::config) struct RawRoute {
    /// Its name; required with `continue: true`, and must not change afterwards.
    pub(in crate::config) name: Option<ScalarText>,
    /// Which findings it matches.
    pub(in crate::config) r#match: RawCondition,
    /// Whether the findings get this ticket in addition to the one they get otherwise.
    pub(in crate::config) r#continue: Option<bool>,
    /// The key of the project in which tickets are created.
    #[schemars(regex(pattern = "^[A-Z][A-Z0-9_]*$"))]
    pub(in crate::config) project: Option<String>,
    /// The issue type by name or id.
    pub(in crate::config) issue_type: Option<ScalarText>,
    /// Labels instead of those of `jira`, at most 10.
    pub(in crate::config) labels: Option<OneOrMany<ScalarText>>,
    /// Components instead of those of `jira`.
    pub(in crate::config) components: Option<OneOrMany<ScalarText>>,
    /// An e-mail address, an account id (Cloud) or a user name (Data Center).
    pub(in crate::config) assignee: Option<ScalarText>,
    /// The key of an epic, or of the parent that a sub-task type requires.
    #[schemars(regex(pattern = "^[A-Z][A-Z0-9_]*-[1-9][0-9]*$"))]
    pub(in crate::config) parent: Option<String>,
    /// The security level by name or id.
    pub(in crate::config) security_level: Option<ScalarText>,
    /// The priority by name or id for each severity.
    pub(in crate::config) priorities: Option<BTreeMap<Severity, ScalarText>>,
    /// Fields in addition to those of `jira`, or overriding them.
    pub(in crate::config) fields: Option<BTreeMap<String, RawFieldValue>>,
    /// Days until the due date by severity.
    pub(in crate::config) due_in_days: Option<BTreeMap<Severity, u32>>,
}

/// How a team or person of CODEOWNERS is represented in Jira.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Owner")]
pub(in crate::config) struct RawOwner {
    /// Components by name, in addition to the target's.
    pub(in crate::config) components: Option<OneOrMany<ScalarText>>,
    /// An e-mail address, an account id (Cloud) or a user name (Data Center).
    pub(in crate::config) assignee: Option<ScalarText>,
    /// Labels in addition to the target's.
    pub(in crate::config) labels: Option<OneOrMany<ScalarText>>,
}

/// A Jira status with what its transition sets.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "StateTarget")]
pub(in crate::config) struct RawStateTarget {
    /// By name or id.
    pub(in crate::config) status: ScalarText,
    /// By name; set where the transition's screen takes one.
    pub(in crate::config) resolution: Option<ScalarText>,
    /// Further fields; set where the transition's screen takes them.
    pub(in crate::config) fields: Option<BTreeMap<String, RawFieldValue>>,
}
