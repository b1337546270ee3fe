//! The structure of Jira's answers, as far as they are read; private to this client.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// `null` is treated as absent.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// `IssueBean`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct WireIssue {
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) key: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) fields: Fields,
    #[serde(default)]
    pub(super) properties: Option<BTreeMap<String, Value>>,
}

/// `PropertyKeys`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct PropertyKeys {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) keys: Vec<PropertyKey>,
}

/// `PropertyKey`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct PropertyKey {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) key: String,
}

/// The fields that are requested; each is absent or null if the project does not have it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    pub(super) summary: Option<String>,
    pub(super) description: Option<Value>,
    pub(super) status: Option<WireStatus>,
    pub(super) resolution: Option<WireNamed>,
    pub(super) resolutiondate: Option<String>,
    pub(super) priority: Option<WireNamed>,
    pub(super) assignee: Option<User>,
    pub(super) duedate: Option<String>,
    pub(super) labels: Option<Vec<String>>,
    pub(super) creator: Option<User>,
    pub(super) created: Option<String>,
    pub(super) comment: Option<Comments>,
}

/// `PageOfComments`, of which only the total is read.
#[derive(Debug, Deserialize)]
pub(super) struct Comments {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) total: usize,
}

/// `StatusDetails`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct WireStatus {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default, deserialize_with = "or_default", rename = "statusCategory")]
    pub(super) category: StatusCategory,
}

/// `StatusCategory`, of which only the key is the same in every language.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct StatusCategory {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) key: String,
}

/// Anything that is identified by its name.
#[derive(Debug, Deserialize)]
pub(super) struct WireNamed {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
}

/// `User`: identified by `accountId` on Cloud, by `name` on Data Center. The e-mail address may be hidden.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct User {
    pub(super) account_id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) email_address: Option<String>,
    pub(super) active: Option<bool>,
}

/// One account, or those that a search found.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Users {
    Several(Vec<User>),
    One(Box<User>),
}

/// `IssueTypeWithStatus`.
#[derive(Debug, Deserialize)]
pub(super) struct TypeWithStatuses {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) statuses: Vec<WireStatus>,
}

/// `AttachmentSettings`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttachmentSettings {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) enabled: bool,
    #[serde(default)]
    pub(super) upload_limit: Option<u64>,
}

/// `SearchAndReconcileResults`, `BulkIssueResults`, and Data Center's `SearchResultsBean`, which gives its position in
/// numbers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Issues {
    pub(super) issues: Vec<WireIssue>,
    #[serde(default)]
    pub(super) next_page_token: Option<String>,
    #[serde(default)]
    pub(super) issue_errors: Option<Vec<IssueError>>,
    #[serde(default)]
    pub(super) start_at: Option<usize>,
    #[serde(default)]
    pub(super) total: Option<usize>,
}

/// What reading issues by id or key returns: several from Cloud, one from Data Center.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Fetched {
    Several(Issues),
    One(Box<WireIssue>),
}

/// `IssueError`: an issue that exists and could not be returned this time.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct IssueError {
    #[serde(deserialize_with = "or_default")]
    pub(super) id: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) error_message: String,
}

/// `PageOfCreateMetaIssueTypes` and `PageOfCreateMetaIssueTypeWithField`; on Data Center `PageBean`.
#[derive(Debug, Deserialize)]
pub(super) struct Paged<T> {
    #[serde(alias = "issueTypes", alias = "fields")]
    pub(super) values: Vec<T>,
    #[serde(default)]
    pub(super) total: Option<usize>,
    #[serde(default, rename = "isLast")]
    pub(super) is_last: Option<bool>,
}

/// A list that comes in pages, or all at once.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum WireList<T> {
    Page(Paged<T>),
    All(Vec<T>),
}

/// `Project`, as lists have it.
#[derive(Debug, Deserialize)]
pub(super) struct WireProject {
    pub(super) key: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
}

/// `IssueLinkTypes`.
#[derive(Debug, Deserialize)]
pub(super) struct LinkTypes {
    #[serde(rename = "issueLinkTypes")]
    pub(super) types: Vec<WireNamed>,
}

/// `IssueUpdateMetadata`, of which only the fields' ids are read.
#[derive(Debug, Deserialize)]
pub(super) struct EditMeta {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) fields: BTreeMap<String, Value>,
}

/// `IssueTypeIssueCreateMetadata`. Recorded ones have a second name, which is the same in every language.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireIssueType {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) untranslated_name: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) subtask: bool,
    /// On Cloud: 0 for ordinary work, 1 and up for epics and the levels above them.
    #[serde(default)]
    pub(super) hierarchy_level: Option<i64>,
}

/// `FieldCreateMetadata`; also a field of a transition's screen.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct WireFieldMeta {
    pub(super) field_id: Option<String>,
    pub(super) key: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) name: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) required: bool,
    #[serde(deserialize_with = "or_default")]
    pub(super) has_default_value: bool,
    #[serde(deserialize_with = "or_default")]
    pub(super) schema: Schema,
    pub(super) allowed_values: Option<Vec<Value>>,
}

/// `JsonTypeBean`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Schema {
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub(super) kind: String,
    pub(super) items: Option<String>,
    pub(super) custom: Option<String>,
}

/// `Permissions`.
#[derive(Debug, Deserialize)]
pub(super) struct WirePermissions {
    pub(super) permissions: BTreeMap<String, Permission>,
}

/// `UserPermission`.
#[derive(Debug, Deserialize)]
pub(super) struct Permission {
    #[serde(default, deserialize_with = "or_default", rename = "havePermission")]
    pub(super) granted: bool,
}

/// `CreatedIssues`, with 201 and with 400 alike.
#[derive(Debug, Deserialize)]
pub(super) struct Created {
    pub(super) issues: Vec<CreatedIssue>,
    #[serde(default)]
    pub(super) errors: Option<Vec<CreateError>>,
}

/// `CreatedIssue`.
#[derive(Debug, Deserialize)]
pub(super) struct CreatedIssue {
    pub(super) id: String,
    pub(super) key: String,
}

/// `BulkOperationErrorResult`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateError {
    pub(super) failed_element_number: usize,
    #[serde(default)]
    pub(super) status: Option<u16>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) element_errors: Value,
}

/// `Transitions`.
#[derive(Debug, Deserialize)]
pub(super) struct Transitions {
    pub(super) transitions: Vec<Transition>,
}

/// `IssueTransition`, with the fields of its screen.
#[derive(Debug, Deserialize)]
pub(super) struct Transition {
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
    pub(super) to: WireStatus,
    #[serde(default)]
    fields: Option<BTreeMap<String, Value>>,
}

impl Transition {
    /// Whether its screen accepts the field.
    pub(super) fn takes(&self, field: &str) -> bool {
        self.fields.as_ref().is_some_and(|fields| fields.contains_key(field))
    }

    /// The fields of its screen by their ids. One that is not described has no type and accepts nothing.
    pub(super) fn fields(&self) -> impl Iterator<Item = (String, WireFieldMeta)> {
        let meta = |value: &Value| WireFieldMeta::deserialize(value).unwrap_or_default();
        self.fields.iter().flatten().map(move |(id, value)| (id.clone(), meta(value)))
    }
}
