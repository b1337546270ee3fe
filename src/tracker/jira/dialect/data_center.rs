//! Jira Data Center, REST API version 2.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::common::{Call, Dialect, IssueParts, Search};
use crate::document::{Document, fit, wiki};
use crate::http::Repeat;
use crate::tracker::jira::wire;

/// How long a text may be as wiki markup, in UTF-16 units: a little less than Jira accepts unless an administrator has
/// changed it (`jira.text.field.character.limit`, 32,767).
const TEXT_LIMIT: usize = 32_000;

/// Jira Data Center.
#[derive(Debug, Clone, Copy)]
pub(in crate::tracker::jira) struct DataCenter;

impl Dialect for DataCenter {
    fn root(&self) -> [&'static str; 3] {
        ["rest", "api", "2"]
    }

    fn rich(&self, document: &Document) -> Json {
        json!(wiki::render(document))
    }

    fn fit(&self, document: Document) -> Document {
        fit::fit(&document, TEXT_LIMIT, |document| wiki::render(document).encode_utf16().count()).0
    }

    fn plain(&self, stored: &Json) -> String {
        stored.as_str().map(wiki::text).unwrap_or_default()
    }

    fn person(&self, name: &str) -> Json {
        json!({"name": name})
    }

    /// `searchUsingSearchRequest`. It supports neither entity properties nor ids to reconcile; a page is identified by
    /// the index of its first issue.
    fn search(&self, search: &Search, page: Option<&str>) -> Call {
        let from: u64 = page.and_then(|page| page.parse().ok()).unwrap_or(0);
        let body = json!({
            "jql": search.jql,
            "fields": search.part.fields,
            "startAt": from,
            "maxResults": search.size,
        });
        self.with_body(Method::POST, &["search"], body, Repeat::Yes)
    }

    /// The next page starts after what was returned: a server may be configured to return fewer than were requested.
    fn next(&self, page: &wire::Issues) -> Option<String> {
        let next = page.start_at.unwrap_or(0) + page.issues.len();
        let more = !page.issues.is_empty() && page.total.is_some_and(|total| next < total);
        more.then(|| next.to_string())
    }

    fn searches_properties(&self) -> bool {
        false
    }

    /// `getIssue`, which follows issues that were moved and does not go through the index. Several at once are only
    /// available through a search, which fails as a whole if one key does not exist.
    fn fetch(&self, which: &[String], part: &IssueParts) -> Call {
        let mut query = vec![("fields", part.fields.join(","))];
        if !part.properties.is_empty() {
            query.push(("properties", part.properties.join(",")));
        }
        self.get(&["issue", which.first().map_or("", String::as_str)], query)
    }

    fn at_once(&self) -> usize {
        1
    }

    fn side_by_side(&self) -> usize {
        8
    }

    /// `getPermissions`, which lists all permissions that exist.
    fn permissions(&self, project: &str) -> Call {
        self.get(&["mypermissions"], vec![("projectKey", project.to_owned())])
    }

    /// `getAllProjects`, `getResolutions`: everything in one answer.
    fn all(&self, what: &'static str, _from: usize) -> Call {
        self.get(&[what], Vec::new())
    }

    /// `findUsers`: for names and addresses alike.
    fn people(&self, who: &str) -> Call {
        self.get(&["user", "search"], vec![("username", who.to_owned())])
    }
}
