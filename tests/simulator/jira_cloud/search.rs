//! Searching by JQL, and fetching many issues by id or key.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::{Value, json};

use super::super::jql;
use super::super::request::Answer;
use super::super::state::{Issue, Refusal, World};
use super::{Reply, render};

/// Keys of `SearchAndReconcileRequestBean`.
const KEYS: [&str; 8] = [
    "expand",
    "fields",
    "fieldsByKeys",
    "jql",
    "maxResults",
    "nextPageToken",
    "properties",
    "reconcileIssues",
];
/// A page of ids and keys alone, and one with fields.
const PAGES: (usize, usize) = (5000, 100);

/// The old `/search` (`searchForIssuesUsingJql`) since its removal.
pub(crate) fn gone() -> Answer {
    let refusal = Refusal::new(
        410,
        "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046",
    );
    Answer::json(410, &refusal.to_json())
}

/// `searchAndReconsileIssuesUsingJqlPost`.
pub(crate) fn by_jql(world: &World, body: &Value) -> Reply {
    let known = body.as_object().is_some_and(|map| map.keys().all(|key| KEYS.contains(&key.as_str())));
    if !known || body.get("expand").is_some_and(|expand| !expand.is_string()) {
        return Err(invalid());
    }
    let text = body.get("jql").and_then(Value::as_str).unwrap_or_default();
    let reconciled = reconciled(body)?;
    let found = jql::run(world, text, &reconciled).map_err(|words| Refusal::new(400, words).noted(text))?;
    let mark = mark(text, &reconciled);
    let wanted = strings(body, "fields")?.unwrap_or_else(|| vec!["id".to_owned()]);
    let size = page_size(world, body, &wanted)?;
    let token = body.get("nextPageToken").and_then(Value::as_str);
    let new = token.is_none_or(|token| token.ends_with(SECOND));
    let mut start = match token {
        None => 0,
        Some(token) => offset(token.trim_end_matches(SECOND), mark)
            .ok_or_else(|| Refusal::new(400, "The provided next page token is invalid or expired."))?,
    };
    let repeated = world.repeats_pages && !new;
    if repeated {
        start = start.saturating_sub(size);
    }
    let properties = properties(body)?;
    let changelog = body
        .get("expand")
        .and_then(Value::as_str)
        .is_some_and(|expand| expand.split(',').any(|part| part == "changelog"));
    // Found by what the index saw, shown as it is now: an issue deleted since is simply not there.
    let page = found.iter().skip(start).take(size).filter_map(|id| world.issues.get(id));
    let issues: Vec<Value> = page
        .map(|issue| {
            if wanted == ["id"] {
                json!({"id": issue.id.to_string()})
            } else {
                render::issue(world, issue, &wanted, &properties, changelog)
            }
        })
        .collect();
    let last = start + size >= found.len();
    let mut out = json!({"issues": issues, "isLast": last});
    if let (false, Some(map)) = (last, out.as_object_mut()) {
        map.insert(
            "nextPageToken".to_owned(),
            json!(format!("{mark:x}.{}{}", start + size, if repeated { SECOND } else { "" })),
        );
    }
    Ok(Answer::json(200, &out))
}

/// `bulkFetchIssues`: follows moves, is silent on what is missing or invisible, answers by rising id.
pub(crate) fn bulk_fetch(world: &World, body: &Value) -> Reply {
    let known = ["expand", "fields", "fieldsByKeys", "issueIdsOrKeys", "properties"];
    if !body.as_object().is_some_and(|map| map.keys().all(|key| known.contains(&key.as_str()))) {
        return Err(invalid());
    }
    let wanted = strings(body, "issueIdsOrKeys")?.unwrap_or_default();
    if wanted.is_empty() || wanted.len() > 100 {
        return Err(Refusal::new(400, "The number of issue ids or keys must be between 1 and 100."));
    }
    let fields = strings(body, "fields")?.unwrap_or_else(|| vec!["*navigable".to_owned()]);
    let properties = properties(body)?;
    let changelog =
        strings(body, "expand")?.is_some_and(|expand| expand.iter().any(|part| part == "changelog"));
    let seen = wanted.iter().filter_map(|key| world.find(key)).filter(|issue| world.shows(issue));
    let by_id: BTreeMap<u64, &Issue> = seen.map(|issue| (issue.id, issue)).collect();
    let issues: Vec<Value> =
        by_id.values().map(|issue| render::issue(world, issue, &fields, &properties, changelog)).collect();
    Ok(Answer::json(200, &json!({"expand": "schema,names", "issues": issues, "issueErrors": []})))
}

fn invalid() -> Refusal {
    Refusal::new(400, "Invalid request payload. Refer to the REST API documentation and try again.")
}

/// A list of texts; `None` if it is not given.
fn strings(body: &Value, name: &str) -> Result<Option<Vec<String>>, Refusal> {
    let Some(value) = body.get(name).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let list =
        value.as_array().and_then(|list| list.iter().map(|one| one.as_str().map(str::to_owned)).collect());
    list.map(Some).ok_or_else(|| Refusal::new(400, format!("'{name}' must be a list of texts.")))
}

fn properties(body: &Value) -> Result<Vec<String>, Refusal> {
    let properties = strings(body, "properties")?.unwrap_or_default();
    if properties.len() > 5 {
        Err(Refusal::new(400, "A maximum of 5 issue property keys can be specified."))
    } else {
        Ok(properties)
    }
}

fn reconciled(body: &Value) -> Result<Vec<u64>, Refusal> {
    let Some(value) = body.get("reconcileIssues").filter(|value| !value.is_null()) else {
        return Ok(Vec::new());
    };
    let ids: Option<Vec<u64>> = value.as_array().and_then(|list| list.iter().map(Value::as_u64).collect());
    let ids = ids.ok_or_else(|| Refusal::new(400, "'reconcileIssues' must be a list of issue ids."))?;
    if ids.len() > 50 {
        Err(Refusal::new(400, "A maximum of 50 issue ids can be reconciled."))
    } else {
        Ok(ids)
    }
}

fn page_size(world: &World, body: &Value, wanted: &[String]) -> Result<usize, Refusal> {
    let bare = wanted.iter().all(|field| field == "id" || field == "key");
    let asked = match body.get("maxResults") {
        None | Some(Value::Null) => 50,
        Some(number) => number
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
            .filter(|number| *number > 0)
            .ok_or_else(|| Refusal::new(400, "'maxResults' must be a positive number."))?,
    };
    let most = if bare { PAGES.0 } else { PAGES.1 };
    Ok(asked.min(most).min(world.short_pages.unwrap_or(usize::MAX)))
}

/// Marks the token that follows a page shown for the second time.
const SECOND: &str = "-2";

/// Ties a page token to its query and its list of reconciled ids, which must be the same on every page.
fn mark(jql: &str, reconciled: &[u64]) -> u64 {
    let mut hasher = DefaultHasher::new();
    (jql, reconciled).hash(&mut hasher);
    hasher.finish()
}

fn offset(token: &str, mark: u64) -> Option<usize> {
    let (given, offset) = token.split_once('.')?;
    (given == format!("{mark:x}")).then(|| offset.parse().ok()).flatten()
}
