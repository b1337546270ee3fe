//! How GitHub writes what the world holds: the required keys of its schemas, and what clients look at.

use serde_json::{Map, Value, json};

use super::super::state::World;
use super::super::state::github::{IssueComment, PullRequest, Repository};

/// Everything here happened then.
const TIME: &str = "2026-01-05T09:00:00Z";

/// `simple-user`.
pub(super) fn user(world: &World, login: &str) -> Value {
    let url = format!("{}/users/{login}", world.github.url);
    let links = [
        "avatar_url",
        "events_url",
        "followers_url",
        "following_url",
        "gists_url",
        "html_url",
        "organizations_url",
        "received_events_url",
        "repos_url",
        "starred_url",
        "subscriptions_url",
        "url",
    ];
    let mut map: Map<String, Value> = links.iter().map(|name| ((*name).to_owned(), json!(url))).collect();
    let kind = if login.ends_with("[bot]") { "Bot" } else { "User" };
    map.extend([
        ("login".to_owned(), json!(login)),
        ("id".to_owned(), json!(login.bytes().map(u64::from).sum::<u64>())),
        ("node_id".to_owned(), json!("U_1")),
        ("gravatar_id".to_owned(), json!("")),
        ("type".to_owned(), json!(kind)),
        ("site_admin".to_owned(), json!(false)),
    ]);
    Value::Object(map)
}

/// The addresses that a repository has beside its own.
#[rustfmt::skip]
const LINKS: [&str; 38] = [
    "archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare", "contents",
    "contributors", "deployments", "downloads", "events", "forks", "git_commits", "git_refs", "git_tags", "hooks",
    "issue_comment", "issue_events", "issues", "keys", "labels", "languages", "merges", "milestones", "notifications",
    "pulls", "releases", "stargazers", "statuses", "subscribers", "subscription", "tags", "teams", "trees", "clone", "svn",
];

/// `full-repository`.
pub(super) fn repository(world: &World, repository: &Repository) -> Value {
    let mut all = nested(world, repository);
    all["network_count"] = json!(0);
    all["subscribers_count"] = json!(1);
    all
}

/// `repository`, as it stands within other objects.
fn nested(world: &World, repository: &Repository) -> Value {
    let (owner, name) = repository.full_name.split_once('/').unwrap_or_default();
    let url = format!("{}/repos/{}", world.github.url, repository.full_name);
    let links = LINKS.iter().map(|name| (format!("{name}_url"), json!(format!("{url}/{name}"))));
    let own = json!({
        "id": repository.id, "node_id": "R_1", "name": name, "full_name": repository.full_name, "owner": user(world, owner),
        "private": repository.private, "visibility": if repository.private { "private" } else { "public" },
        "html_url": format!("https://github.com/{}", repository.full_name), "description": null, "fork": false, "url": url,
        "default_branch": repository.default_branch, "archived": false, "disabled": false, "has_issues": true,
        "squash_merge_commit_message": repository.squash_message, "created_at": TIME, "updated_at": TIME, "pushed_at": TIME,
        "git_url": format!("git:github.com/{}.git", repository.full_name), "ssh_url": format!("git@github.com:{}.git", repository.full_name),
        "has_projects": true, "has_wiki": true, "has_pages": false, "has_discussions": false, "has_downloads": true, "homepage": null,
        "language": null, "license": null, "mirror_url": null, "forks": 0, "forks_count": 0, "open_issues": 0, "open_issues_count": 0,
        "size": 108, "stargazers_count": 0, "watchers": 0, "watchers_count": 0,
    });
    own.as_object().cloned().into_iter().flatten().chain(links).collect::<Map<_, _>>().into()
}

/// `pull-request`.
pub(super) fn pull(world: &World, here: &Repository, pull: &PullRequest) -> Value {
    let more = json!({
        "merged": pull.merged, "merged_by": null, "comments": pull.comments.len(), "commits": 1,
        "changed_files": pull.files.len(), "additions": 1, "deletions": 0, "review_comments": 0,
        "maintainer_can_modify": false, "mergeable": true, "mergeable_state": "clean",
    });
    joined([listed_pull(world, here, pull), more])
}

/// `pull-request-simple`, as lists have it.
pub(super) fn listed_pull(world: &World, here: &Repository, pull: &PullRequest) -> Value {
    let url = format!("{}/repos/{}/pulls/{}", world.github.url, here.full_name, pull.number);
    let html = format!("https://github.com/{}/pull/{}", here.full_name, pull.number);
    let side = |(branch, sha): &(String, String), full_name: &str| {
        let owner = full_name.split('/').next().unwrap_or_default();
        // A fork that the world does not list is another repository all the same.
        let fork = || Repository { private: here.private, ..Repository::new(here.id + 1, full_name) };
        let known = world.github.repository(full_name).cloned().unwrap_or_else(fork);
        json!({"label": format!("{owner}:{branch}"), "ref": branch, "sha": sha, "user": user(world, owner), "repo": nested(world, &known)})
    };
    let ways =
        ["self", "html", "issue", "comments", "review_comments", "review_comment", "commits", "statuses"];
    let links = json!({
        "url": url, "html_url": html,
        "diff_url": format!("{html}.diff"), "patch_url": format!("{html}.patch"),
        "issue_url": format!("{}/repos/{}/issues/{}", world.github.url, here.full_name, pull.number),
        "comments_url": format!("{}/repos/{}/issues/{}/comments", world.github.url, here.full_name, pull.number),
        "commits_url": format!("{url}/commits"), "review_comments_url": format!("{url}/comments"),
        "review_comment_url": format!("{url}/comments{{/number}}"), "statuses_url": format!("{url}/statuses"),
        "_links": ways.iter().map(|name| ((*name).to_owned(), json!({"href": url}))).collect::<Map<_, _>>(),
    });
    // nothing but its end changes a pull request here
    let closed =
        pull.closed.map_or_else(|| TIME.to_owned(), |at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    let rest = json!({
        "id": 70_000 + pull.number, "node_id": "PR_1", "number": pull.number,
        "state": if pull.open { "open" } else { "closed" }, "locked": false, "title": pull.title, "body": pull.body,
        "user": user(world, "alice"), "labels": [], "milestone": null, "assignee": null, "assignees": [], "draft": false,
        "created_at": TIME, "updated_at": closed, "closed_at": if pull.open { Value::Null } else { json!(closed) },
        "merged_at": if pull.merged { json!(closed) } else { Value::Null }, "merge_commit_sha": null,
        "head": side(&pull.head, &pull.head_repository), "base": side(&pull.base, &here.full_name),
        "author_association": "MEMBER", "auto_merge": null,
    });
    joined([links, rest])
}

fn joined(parts: [Value; 2]) -> Value {
    let objects = parts.iter().filter_map(Value::as_object);
    objects.flatten().map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>().into()
}

/// `issue-comment`.
pub(super) fn comment(world: &World, here: &Repository, number: u64, comment: &IssueComment) -> Value {
    let base = format!("{}/repos/{}/issues", world.github.url, here.full_name);
    json!({
        "id": comment.id, "node_id": "IC_1", "url": format!("{base}/comments/{}", comment.id),
        "html_url": format!("https://github.com/{}/pull/{number}#issuecomment-{}", here.full_name, comment.id),
        "issue_url": format!("{base}/{number}"), "body": comment.body, "user": user(world, &comment.author),
        "author_association": "NONE", "created_at": TIME, "updated_at": TIME,
    })
}
