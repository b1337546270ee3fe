//! What the texts lack or have wrong, each with its source. Short, or the judge judges nothing.

use serde_json::{Value, json};

use crate::simulator::Face;

/// Service, method, path (`*` is any one part, `**` all that follow), and where it is described instead.
#[rustfmt::skip]
const OPERATIONS: &[(Face, &str, &str, &str)] = &[
    (Face::JiraCloud, "GET", "/_edge/tenant_info", "Atlassian support, \"Retrieve my Atlassian site's cloud ID\""),
    (Face::JiraCloud, "GET", "/_auth/authorize", "Atlassian, \"OAuth 2.0 (3LO) apps\""),
    (Face::JiraCloud, "POST", "/_auth/oauth/token", "Atlassian, \"OAuth 2.0 (3LO) apps\""),
    (Face::JiraCloud, "POST", "/_gateway/oauth/token", "Atlassian, \"OAuth 2.0 credentials for service accounts\""),
    (Face::JiraCloud, "GET", "/_gateway/oauth/token/accessible-resources", "Atlassian, \"OAuth 2.0 (3LO) apps\""),
    (Face::JiraCloud, "GET", "/rest/webhooks/1.0/webhook", "Atlassian, \"Webhooks\" (admin webhooks)"),
    (Face::JiraCloud, "POST", "/rest/webhooks/1.0/webhook", "Atlassian, \"Webhooks\" (admin webhooks)"),
    (Face::JiraDataCenter, "GET", "/jira-webhook/1.0/webhooks", "Atlassian, Data Center, \"Webhooks\", from 10.0 on"),
    (Face::JiraDataCenter, "POST", "/jira-webhook/1.0/webhooks", "Atlassian, Data Center, \"Webhooks\", from 10.0 on"),
    (Face::GitHub, "GET", "/repositories/*", "GitHub, \"Best practices for using the REST API\": where a renamed repository's 301 leads"),
    (Face::GitHub, "GET", "/repos/*/*/git/ref/heads/**", "GitHub's whole text: git/get-ref"),
    (Face::GitHub, "GET", "/repos/*/*/git/ref/tags/**", "GitHub's whole text: git/get-ref"),
    (Face::GitHub, "GET", "/repos/*/*/contents/**", "GitHub's whole text: repos/get-content"),
    (Face::GitHub, "GET", "/repos/*/*/branches", "GitHub's whole text: repos/list-branches"),
    (Face::GitHub, "GET", "/repos/*/*/issues/comments", "GitHub's whole text: issues/list-comments-for-repo"),
    (Face::GitHub, "GET", "/repos/*/*/code-scanning/analyses", "GitHub's whole text: code-scanning/list-recent-analyses"),
    (Face::GitHub, "GET", "/repos/*/*/secret-scanning/alerts", "GitHub's whole text: secret-scanning/list-alerts-for-repo"),
    (Face::GitHub, "GET", "/repos/*/*/installation", "GitHub's whole text: apps/get-repo-installation"),
    (Face::GitHub, "POST", "/app/installations/*/access_tokens", "GitHub's whole text: apps/create-installation-access-token"),
];

/// An operation as its text calls it, a query parameter that it takes, and where that is described.
const PARAMETERS: &[(&str, &str, &str)] =
    &[("GET /api/2/issue/{issueIdOrKey}/transitions", "expand", "the operation's own description")];

/// An operation as its text calls it, a status that it answers, and where that is described.
const STATUSES: &[(&str, u16, &str)] = &[(
    "POST /api/2/issue/{issueIdOrKey}/remotelink",
    201,
    "Atlassian, Data Center, \"Jira REST API for Remote Issue Links\": a new link",
)];

/// Whether this is an operation that the text lacks.
pub(super) fn knows(face: Face, method: &str, segments: &[&str]) -> bool {
    OPERATIONS.iter().any(|(of, verb, path, _)| *of == face && *verb == method && fits(path, segments))
}

fn fits(path: &str, segments: &[&str]) -> bool {
    let (path, open) = path.strip_suffix("/**").map_or((path, false), |path| (path, true));
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let long = if open { segments.len() > parts.len() } else { segments.len() == parts.len() };
    long && parts.iter().zip(segments).all(|(part, asked)| *part == "*" || part == asked)
}

/// Whether this operation takes a query parameter that the text lacks.
pub(super) fn takes(operation: &str, parameter: &str) -> bool {
    PARAMETERS.iter().any(|(own, name, _)| *own == operation && *name == parameter)
}

/// Whether this operation answers with a status that the text lacks.
pub(super) fn answers(operation: &str, code: u16) -> bool {
    STATUSES.iter().any(|(own, status, _)| *own == operation && *status == code)
}

/// Whether any operation may answer so: GitHub, "Best practices for using the REST API", "Follow redirects", of which
/// the text has a few alone.
pub(super) fn redirects(face: Face, code: u16) -> bool {
    face == Face::GitHub && matches!(code, 301 | 307)
}

/// A schema without what is known to be wrong with it.
pub(super) fn mended(name: &str, mut schema: Value) -> Value {
    let more =
        |schema: &mut Value, name: &str, kind: &str| schema["properties"][name] = json!({"type": kind});
    match name {
        // Data Center types the values of fields as objects; a summary is a text. An issue has its `expand`, and its
        // properties by name
        "IssueUpdateBean" => schema["properties"]["fields"] = json!({"type": "object"}),
        "IssueBean" if schema["properties"].get("properties").is_some() => {
            schema["properties"]["fields"] = json!({"type": "object"});
            schema["properties"]["properties"] = json!({"type": "object"});
            more(&mut schema, "expand", "string");
        }
        // any JSON, which Java holds as text: the same bean is what `getProperty` answers with
        "EntityPropertyBean" => schema["properties"]["value"] = json!({}),
        // `{"add": …}`, as the descriptions of the operations that take it have it
        "FieldOperation" => schema = json!({"type": "object", "maxProperties": 1}),
        // what `getPermissions` is asked for: its description's example has it
        "PermissionJsonBean" => more(&mut schema, "havePermission", "boolean"),
        "TransitionsMetaBean" => more(&mut schema, "expand", "string"),
        // Cloud's recorded create metadata has it
        "IssueTypeIssueCreateMetadata" => more(&mut schema, "untranslatedName", "string"),
        // the operation's own example has it
        "BulkIssueResults" => more(&mut schema, "expand", "string"),
        _ => {}
    }
    schema
}
