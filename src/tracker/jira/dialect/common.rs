//! The requests that both kinds of Jira accept, and what each kind adds.

use reqwest::Method;
use serde_json::{Map, Value as Json, json};

use crate::document::Document;
use crate::http::Repeat;
use crate::model::record::{LinkKind, Record};
use crate::model::slice::{PROPERTY, Slice};
use crate::model::write::{Draft, Edit, Field, FieldContent, Remote};
use crate::tracker::jira::wire;

/// A request before it has a base URL and credentials.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::tracker::jira) struct Call {
    pub(in crate::tracker::jira) method: Method,
    /// Relative to the context path; each part is escaped separately.
    pub(in crate::tracker::jira) path: Vec<String>,
    pub(in crate::tracker::jira) query: Vec<(&'static str, String)>,
    pub(in crate::tracker::jira) body: Option<Json>,
    pub(in crate::tracker::jira) repeat: Repeat,
}

/// Which parts of issues are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::tracker::jira) struct IssueParts {
    pub(in crate::tracker::jira) fields: &'static [&'static str],
    /// Keys of entity properties; five at most.
    pub(in crate::tracker::jira) properties: Vec<String>,
}

/// A search that goes page by page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::tracker::jira) struct Search {
    pub(in crate::tracker::jira) jql: String,
    pub(in crate::tracker::jira) part: IssueParts,
    /// Ids that the index may not contain yet.
    pub(in crate::tracker::jira) recent: Vec<u64>,
    /// The page size.
    pub(in crate::tracker::jira) size: u32,
}

/// The permissions that are asked for, in the order of `Permissions`.
pub(in crate::tracker::jira) const PERMISSIONS: [&str; 6] =
    ["BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "ADD_COMMENTS", "TRANSITION_ISSUES", "LINK_ISSUES"];

/// How many entries of create metadata are requested at once; a server may return fewer.
const METADATA_PAGE: usize = 200;

/// How many of a site's projects or resolutions are requested at once: `searchProjects` returns no more.
pub(super) const LIST_PAGE: usize = 100;

/// One kind of Jira.
pub(in crate::tracker::jira) trait Dialect: Send + Sync {
    /// The root of its API.
    fn root(&self) -> [&'static str; 3];
    /// Text with structure, in the form in which it is stored.
    fn rich(&self, document: &Document) -> Json;
    /// The document, or as much of it as fits into a description.
    fn fit(&self, document: Document) -> Document;
    /// The plain text of what is stored.
    fn plain(&self, stored: &Json) -> String;
    /// A person as a field's value.
    fn person(&self, id: &str) -> Json;
    /// A page of a search: the first, or the one that [`Dialect::next`] named.
    fn search(&self, search: &Search, page: Option<&str>) -> Call;
    /// The page that follows, if there is one.
    fn next(&self, page: &wire::Issues) -> Option<String>;
    /// Whether a search returns entity properties; if not, its issues are read once more.
    fn searches_properties(&self) -> bool;
    /// Issues by ids or keys, at most [`Dialect::at_once`]; those that do not exist are left out.
    fn fetch(&self, which: &[String], part: &IssueParts) -> Call;
    /// How many issues one fetch returns; 1: an issue that does not exist has its own answer.
    fn at_once(&self) -> usize;
    /// How many fetches are sent at the same time.
    fn side_by_side(&self) -> usize;
    /// Accounts that an e-mail address, account id or user name may belong to.
    fn people(&self, who: &str) -> Call;
    /// All `project`s or `resolution`s of the site, starting with the one at this index if they come in pages.
    fn all(&self, what: &'static str, from: usize) -> Call;

    /// Who we are: `getCurrentUser`.
    fn account(&self) -> Call {
        self.get(&["myself"], Vec::new())
    }

    /// An issue's status: `getIssue`.
    fn status(&self, id: u64) -> Call {
        self.get(&["issue", &id.to_string()], vec![("fields", "status".to_owned())])
    }

    /// A project's issue types, starting with the one at this index: `getCreateIssueMetaIssueTypes`.
    fn issue_types(&self, project: &str, from: usize) -> Call {
        self.get(&["issue", "createmeta", project, "issuetypes"], page(from, METADATA_PAGE))
    }

    /// A create screen's fields, starting with the one at this index: `getCreateIssueMetaIssueTypeId`.
    fn screen(&self, project: &str, issue_type: &str, from: usize) -> Call {
        self.get(&["issue", "createmeta", project, "issuetypes", issue_type], page(from, METADATA_PAGE))
    }

    /// What we are allowed to do in a project: `getMyPermissions`.
    fn permissions(&self, project: &str) -> Call {
        let asked = PERMISSIONS.join(",");
        self.get(&["mypermissions"], vec![("projectKey", project.to_owned()), ("permissions", asked)])
    }

    /// The transitions available for an issue, with their screens: `getTransitions`.
    fn transitions(&self, id: u64) -> Call {
        let query = vec![("expand", "transitions.fields".to_owned())];
        self.get(&["issue", &id.to_string(), "transitions"], query)
    }

    /// Creates several issues: `createIssues`. Never repeated blindly.
    fn create(&self, drafts: &[Draft]) -> Call {
        let elements: Vec<Json> = drafts.iter().map(|draft| self.element(draft)).collect();
        let body = json!({"issueUpdates": elements});
        self.with_body(Method::POST, &["issue", "bulk"], body, Repeat::IfRefused)
    }

    /// Creates one issue, if several cannot be created at once: `createIssue`.
    fn create_one(&self, draft: &Draft) -> Call {
        self.with_body(Method::POST, &["issue"], self.element(draft), Repeat::IfRefused)
    }

    /// Changes an issue in one request: `editIssue`. Repeating it changes nothing, except that a comment would be added
    /// twice. `internal`: on a service desk's issue, the comment is for agents only.
    fn edit(&self, id: u64, edit: &Edit, internal: bool) -> Call {
        let repeat = if edit.comment.is_none() { Repeat::Yes } else { Repeat::IfRefused };
        let mut fields = self.fields(&edit.fields);
        fields.extend(edit.summary.as_ref().map(|summary| ("summary".to_owned(), json!(summary))));
        fields.extend(edit.body.as_ref().map(|body| ("description".to_owned(), self.rich(body))));
        let added = edit.labels_added.iter().map(|label| json!({"add": label}));
        let removed = edit.labels_removed.iter().map(|label| json!({"remove": label}));
        let labels: Vec<Json> = added.chain(removed).collect();
        let comment = edit.comment.as_ref().map(|comment| {
            let mut added = json!({"body": self.rich(comment)});
            if internal {
                // a service desk shows comments to its customers unless they have this property; elsewhere it has no
                // effect
                added["properties"] = json!([{"key": "sd.public.comment", "value": {"internal": true}}]);
            }
            json!([{"add": added}])
        });

        let mut update = Map::new();
        update.extend((!labels.is_empty()).then(|| ("labels".to_owned(), labels.into())));
        update.extend(comment.map(|comment| ("comment".to_owned(), comment)));
        let mut body = Map::new();
        body.extend((!fields.is_empty()).then(|| ("fields".to_owned(), fields.into())));
        body.extend((!update.is_empty()).then(|| ("update".to_owned(), update.into())));
        let properties = properties(edit.record.as_ref(), &edit.slices);
        body.extend((!properties.is_empty()).then(|| ("properties".to_owned(), properties.into())));
        self.with_body(Method::PUT, &["issue", &id.to_string()], body.into(), repeat)
    }

    /// Links two issues: `linkIssues`. According to Jira, a link that exists already stays as it is, so this may be
    /// repeated, and nothing has to be read before. The `inwardIssue` is the one that duplicates the other.
    fn link(&self, from: u64, kind: LinkKind, to: u64) -> Call {
        let name = match kind {
            LinkKind::Relates => "Relates",
            LinkKind::Duplicates => "Duplicate",
        };
        let body = json!({"type": {"name": name}, "inwardIssue": {"id": from.to_string()},
            "outwardIssue": {"id": to.to_string()}});
        self.with_body(Method::POST, &["issueLink"], body, Repeat::Yes)
    }

    /// Moves an issue: `doTransition`.
    fn transition(&self, id: u64, transition: &str, fields: Map<String, Json>) -> Call {
        let mut body = json!({"transition": {"id": transition}});
        if !fields.is_empty() {
            body["fields"] = fields.into();
        }
        let path = ["issue", &id.to_string(), "transitions"];
        self.with_body(Method::POST, &path, body, Repeat::IfRefused)
    }

    /// The statuses of a project's issues, by issue type: `getAllStatuses`.
    fn statuses(&self, project: &str) -> Call {
        self.get(&["project", project, "statuses"], Vec::new())
    }

    /// The types of links between issues: `getIssueLinkTypes`.
    fn link_types(&self) -> Call {
        self.get(&["issueLinkType"], Vec::new())
    }

    /// The fields of an issue's edit screen: `getEditIssueMeta`.
    fn edit_screen(&self, id: u64) -> Call {
        self.get(&["issue", &id.to_string(), "editmeta"], Vec::new())
    }

    /// How large an attachment may be: `getAttachmentMeta`.
    fn attachment_limit(&self) -> Call {
        self.get(&["attachment", "meta"], Vec::new())
    }

    /// Attaches a file, sent as a form, to an issue: `addAttachment`. Sending it twice makes two files.
    fn attach(&self, id: u64) -> Call {
        self.bare(Method::POST, &["issue", &id.to_string(), "attachments"], Vec::new(), Repeat::IfRefused)
    }

    /// Links an issue to the web, replacing the link with this global id: `createOrUpdateRemoteIssueLink`.
    fn remote(&self, id: u64, link: &Remote) -> Call {
        let body = json!({
            "globalId": link.id,
            "application": {"type": "casefile", "name": "casefile"},
            "object": {"url": link.url, "title": link.title, "status": {"resolved": link.resolved}},
        });
        self.with_body(Method::POST, &["issue", &id.to_string(), "remotelink"], body, Repeat::Yes)
    }

    /// Removes a link to the web from an issue: `deleteRemoteIssueLinkByGlobalId`.
    fn unremote(&self, id: u64, link: &str) -> Call {
        let query = vec![("globalId", link.to_owned())];
        self.bare(Method::DELETE, &["issue", &id.to_string(), "remotelink"], query, Repeat::Yes)
    }

    /// Deletes an issue: `deleteIssue`.
    fn delete(&self, id: u64) -> Call {
        self.bare(Method::DELETE, &["issue", &id.to_string()], Vec::new(), Repeat::Yes)
    }

    /// The keys of an issue's properties: `getIssuePropertyKeys`, `getPropertiesKeys`.
    fn property_keys(&self, id: u64) -> Call {
        self.get(&["issue", &id.to_string(), "properties"], Vec::new())
    }

    /// Removes a property from an issue: `deleteIssueProperty`.
    fn unset(&self, id: u64, property: &str) -> Call {
        let path = ["issue", &id.to_string(), "properties", property];
        self.bare(Method::DELETE, &path, Vec::new(), Repeat::Yes)
    }

    /// Fields by id, in the form that each requires.
    fn fields(&self, fields: &[Field]) -> Map<String, Json> {
        fields.iter().map(|field| (field.id.clone(), self.value(field))).collect()
    }

    /// A field's value. Options of custom fields are identified by `value`, everything else by `name`.
    fn value(&self, field: &Field) -> Json {
        let by = if field.id.starts_with("customfield_") { "value" } else { "name" };
        match &field.value {
            FieldContent::Text(text) => json!(text),
            FieldContent::Rich(document) => self.rich(document),
            FieldContent::Number(number) => json!(number),
            FieldContent::Date(date) => json!(date.to_string()),
            FieldContent::Name(name) => json!({by: name}),
            FieldContent::Names(names) => names.iter().map(|name| json!({by: name})).collect(),
            FieldContent::Words(words) => json!(words),
            FieldContent::Person(id) => self.person(id),
            FieldContent::Key(key) => json!({"key": key}),
            FieldContent::Id(id) | FieldContent::Cascade(id, None) => json!({"id": id}),
            FieldContent::Ids(ids) => ids.iter().map(|id| json!({"id": id})).collect(),
            FieldContent::Cascade(id, Some(child)) => json!({"id": id, "child": {"id": child}}),
            FieldContent::Url(url) => json!(url),
            FieldContent::Estimate(original, None) => json!({"originalEstimate": original}),
            FieldContent::Estimate(original, Some(left)) => {
                json!({"originalEstimate": original, "remainingEstimate": left})
            }
            FieldContent::People(ids) => ids.iter().map(|id| self.person(id)).collect(),
            FieldContent::Group(name) => json!({"name": name}),
            FieldContent::Groups(names) => names.iter().map(|name| json!({"name": name})).collect(),
        }
    }

    /// One issue of a bulk create: `IssueUpdateDetails`.
    fn element(&self, draft: &Draft) -> Json {
        let mut fields = self.fields(&draft.fields);
        fields.extend([
            ("project".to_owned(), json!({"key": draft.project})),
            ("issuetype".to_owned(), json!({"id": draft.issue_type})),
            ("summary".to_owned(), json!(draft.summary)),
            ("labels".to_owned(), json!(draft.labels)),
        ]);
        fields.extend(draft.describes.then(|| ("description".to_owned(), self.rich(&draft.body))));
        json!({"fields": fields, "properties": properties(Some(&draft.record), &draft.slices)})
    }

    /// A request that reads, without a body.
    fn get(&self, path: &[&str], query: Vec<(&'static str, String)>) -> Call {
        self.bare(Method::GET, path, query, Repeat::Yes)
    }

    /// A request without a body.
    fn bare(
        &self,
        method: Method,
        path: &[&str],
        query: Vec<(&'static str, String)>,
        repeat: Repeat,
    ) -> Call {
        Call { method, path: self.below(path), query, body: None, repeat }
    }

    /// A request with a body.
    fn with_body(&self, method: Method, path: &[&str], body: Json, repeat: Repeat) -> Call {
        Call { method, path: self.below(path), query: Vec::new(), body: Some(body), repeat }
    }

    /// A path relative to the API's root.
    fn below(&self, path: &[&str]) -> Vec<String> {
        self.root().iter().chain(path).map(|segment| (*segment).to_owned()).collect()
    }
}

pub(super) fn page(from: usize, size: usize) -> Vec<(&'static str, String)> {
    vec![("startAt", from.to_string()), ("maxResults", size.to_string())]
}

/// The record and its slices as `EntityProperty`s.
fn properties(record: Option<&Record>, slices: &[Slice]) -> Vec<Json> {
    let record = record.map(|record| json!({"key": PROPERTY, "value": record}));
    let slices = slices.iter().map(|slice| json!({"key": slice.id().property(), "value": slice}));
    record.into_iter().chain(slices).collect()
}
