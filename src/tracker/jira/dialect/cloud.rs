//! Jira Cloud, REST API version 3.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::common::{self, Call, Dialect, IssueParts, Search};
use crate::document::{Document, adf, fit};
use crate::http::Repeat;
use crate::tracker::jira::wire;

/// How long a text may be as serialized ADF. Jira accepts 32,767 characters of what it stores.
const TEXT_LIMIT: usize = 30_000;

/// How many ids one search reconciles.
const RECONCILED: usize = 50;

/// Jira Cloud.
#[derive(Debug, Clone, Copy)]
pub(in crate::tracker::jira) struct Cloud;

impl Dialect for Cloud {
    fn root(&self) -> [&'static str; 3] {
        ["rest", "api", "3"]
    }

    fn rich(&self, document: &Document) -> Json {
        adf::render(document)
    }

    fn fit(&self, document: Document) -> Document {
        fit::fit(&document, TEXT_LIMIT, |document| adf::render(document).to_string().len()).0
    }

    fn plain(&self, stored: &Json) -> String {
        adf::text(stored).trim_end().to_owned()
    }

    fn person(&self, id: &str) -> Json {
        json!({"accountId": id})
    }

    /// `searchAndReconsileIssuesUsingJqlPost`. The ids to reconcile are the same on every page.
    fn search(&self, search: &Search, page: Option<&str>) -> Call {
        let mut body = json!({
            "jql": search.jql,
            "fields": search.part.fields,
            "maxResults": search.size,
        });
        if !search.part.properties.is_empty() {
            body["properties"] = json!(search.part.properties);
        }
        if !search.recent.is_empty() {
            // the newest are those that the index may lack
            let mut recent = search.recent.clone();
            recent.sort_unstable_by(|a, b| b.cmp(a));
            recent.dedup();
            recent.truncate(RECONCILED);
            body["reconcileIssues"] = json!(recent);
        }
        if let Some(page) = page {
            body["nextPageToken"] = json!(page);
        }
        self.with_body(Method::POST, &["search", "jql"], body, Repeat::Yes)
    }

    /// `bulkFetchIssues`; it follows issues that were moved, and does not go through the index.
    fn fetch(&self, which: &[String], part: &IssueParts) -> Call {
        let mut body = json!({"issueIdsOrKeys": which, "fields": part.fields});
        if !part.properties.is_empty() {
            body["properties"] = json!(part.properties);
        }
        self.with_body(Method::POST, &["issue", "bulkfetch"], body, Repeat::Yes)
    }

    fn next(&self, page: &wire::Issues) -> Option<String> {
        page.next_page_token.clone()
    }

    fn searches_properties(&self) -> bool {
        true
    }

    fn at_once(&self) -> usize {
        100
    }

    fn side_by_side(&self) -> usize {
        1
    }

    /// `searchProjects`, `searchResolutions`.
    fn all(&self, what: &'static str, from: usize) -> Call {
        self.get(&[what, "search"], common::page(from, common::LIST_PAGE))
    }

    /// `findUsers` for an e-mail address, otherwise `getUser`.
    fn people(&self, who: &str) -> Call {
        if who.contains('@') {
            self.get(&["user", "search"], vec![("query", who.to_owned())])
        } else {
            self.get(&["user"], vec![("accountId", who.to_owned())])
        }
    }
}
